"""导购与班次: shops, their guides with shifts and days off, who is there now; macros. What is written goes the way of drafts,
what is urgent (away today) at once by the desk's own call.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from aiohttp import web

from bot.brand import Staff
from bot.db.users import User
from bot.front import (
    accounts,
    console_desk,
    console_forms,
    console_pages,
    console_shell,
    console_staff_forms,
    console_things,
    desk_team,
    limits,
)
from bot.front.console import PUBLISHERS, WRITERS
from bot.front.console_forms import Value
from bot.front.console_things import Sort
from bot.front.context import FRONT, LIMITER, Front
from bot.routing import Duty, Post, on_duty

if TYPE_CHECKING:
    from bot.editing.desk import Editing
    from bot.editing.model import Row

STATES: Final[Mapping[str, str]] = {"on": "在岗", "away": "班次外", "break": "歇一会儿", "off": "今天不在", "left": "已离职"}
_ROLES: Final[Mapping[str, str]] = {"guide": "导购", "lead": "店长", "editor": "运营", "admin": "管理员"}


@dataclass(frozen=True, slots=True)
class Person:
    """A guide as the page shows them."""

    id: str
    value: Value
    draft: str
    """``new``, ``changed``, ``leaves`` or empty."""
    state: str
    until: datetime | None
    present: bool
    load: int
    shifts: str
    duty: bool
    """Whether whoever looks may say at once whether they are there."""
    own: bool


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop with its people; without an id those that belong to none."""

    id: str
    value: Value
    draft: str
    hours: str
    people: tuple[Person, ...]


async def page(request: web.Request) -> web.Response:
    """``GET /console/staff?q=&store=&state=``: shops with their people, macros; for htmx the lists alone."""
    who = await console_pages.writer(request)
    front, desk = request.app[FRONT], await console_desk.editing(request)
    shops = await _shops(request, who, desk)
    macros = [
        (one, await desk.may_write(who, "macro", one.value))
        for one in await desk.rows(["macro"])
        if _near(str(one.value.get("store", "")), who)
    ]
    told = {
        "name": "导购与班次",
        "here": "/console/staff",
        "shops": shops,
        "people": sum(len(one.people) for one in shops),
        "there": sum(each.state == "on" for one in shops for each in one.people),
        "macros": [(one.id, one.value, _draft(one), writes) for one, writes in macros],
        "stores": [(one.id, one.name) for one in front.staff().stores.values() if _near(one.id, who)],
        "states": STATES,
        "roles": _ROLES,
        "store_names": {one.id: one.name for one in front.staff().stores.values()},
        "may_add": await desk.may_write(who, "guide", {"store": who.store or ""}),
        "may_open": not who.store,
        "duties": who.role in PUBLISHERS,
        "query": {name: one for name, one in request.query.items() if one},
    }
    part = "console_staff_rows.html" if console_shell.partly(request) else "console_staff.html"
    return console_shell.page(request, part, who, told)


def _near(store: str, who: User) -> bool:
    """Whether a shop's people are shown: to those of a shop their own, to headquarters all."""
    return not who.stores or store in who.stores


async def _shops(request: web.Request, who: User, desk: Editing) -> list[Shop]:
    front, query = request.app[FRONT], request.query
    found = await desk_team.attendance(front)
    words, state = query.get("q", "").strip().casefold(), query.get("state", "")
    guides = [_person(one, front, who, found) for one in await desk.rows(["guide"])]
    wanted = [
        one for one in guides
        if _near(str(one.value.get("store", "")), who) and state in {"", one.state}
        and words in " ".join(str(told) for told in (one.id, *one.value.values())).casefold()
    ]  # fmt: skip
    shops = [one for one in await desk.rows(["store"]) if _near(one.id, who) and query.get("store", "") in {"", one.id}]
    made = [
        Shop(
            one.id, one.value, _draft(one), console_staff_forms.week_words(one.value.get("hours")) or "全天",
            tuple(each for each in wanted if each.value.get("store") == one.id),
        )
        for one in shops
    ]  # fmt: skip
    known = {one.id for one in await desk.rows(["store"])}
    homeless = tuple(one for one in wanted if one.value.get("store", "") not in known)
    made += [Shop("", {"name": "不属于哪家店"}, "", "", homeless)] if homeless and not query.get("store") else []
    return [one for one in made if one.people or not (words or state)]


def _draft(row: Row) -> str:
    return "" if row.draft is None else "leaves" if row.leaves else "new" if row.live is None else "changed"


def _person(row: Row, front: Front, who: User, found: Duty) -> Person:
    post = found.posts.get(row.id, Post())
    store = str(row.value.get("store", ""))
    live = row.id in front.staff().guides
    may = (
        live
        and post.state != "left"
        and (row.id == who.guide or (who.role in PUBLISHERS and (who.sees_all or store in who.stores)))
    )
    shifts = console_staff_forms.week_words(row.value.get("shifts"))
    own = row.id == who.guide
    return Person(
        row.id, row.value, _draft(row), state_of(row.id, front, found), post.until, post.present, post.load, shifts, may, own
    )


def state_of(guide: str, front: Front, found: Duty) -> str:
    """``on``, ``away`` (out of their hours), ``break``, ``off`` or ``left``."""
    state = found.posts.get(guide, Post()).state
    if state != "on":
        return state
    now = front.clock.now().astimezone(front.brand().zone)
    works = guide in front.staff().guides and on_duty(guide, found, front.staff(), front.brand(), now)
    return "on" if works else "away"


async def export(request: web.Request) -> web.Response:
    """``GET /console/export/staff``: the people as they are filtered, as CSV."""
    who = await accounts.user(request, *WRITERS)
    await request.app[LIMITER].count(limits.EXPORT, who.name)
    shops = await _shops(request, who, await console_desk.editing(request))
    rows = [
        (
            one.id, one.value.get("name"), shop.value.get("name"), _ROLES.get(str(one.value.get("role", "guide")), ""),
            STATES[one.state],
            "在线" if one.present else "", one.load, one.value.get("capacity", 20), one.shifts or shop.hours,
            console_staff_forms.days_lines(one.value.get("days_off")).replace("\n", "、"),
            _joined(one.value.get("skills")), _joined(one.value.get("languages")),
        )
        for shop in shops for one in shop.people
    ]  # fmt: skip
    head = ("编号", "名字", "门店", "身份", "现在", "在线", "手上几位", "最多几位", "班次", "休假", "擅长", "会说")
    return console_shell.table("导购与班次", head, rows)


def _joined(told: object) -> str:
    return "、".join(map(str, told)) if isinstance(told, Sequence) and not isinstance(told, str) else ""


# --- editors


async def _told(request: web.Request, desk: Editing, value: Value) -> Mapping[str, object]:
    del desk, value
    staff: Staff = request.app[FRONT].staff()
    return {
        "week": console_forms.WEEK,
        "spans": console_staff_forms.spans,
        "days_lines": console_staff_forms.days_lines,
        "stores": [(one.id, one.name) for one in staff.stores.values()],
        "areas": sorted({area for one in staff.stores.values() for area in (one.region, one.city) if area}),
        "staff_roles": _ROLES,
    }


def _id(value: Value) -> str:
    return str(value.get("id", ""))


SORTS: Final = (
    Sort("stores", "store", "门店", console_staff_forms.store, _id, _told, "console_person.html", "console_store_sheet.html"),
    Sort(
        "guides", "guide", "导购", console_staff_forms.guide, _id, _told, "console_person.html", "console_guide_sheet.html",
        {"role": "guide"},
    ),
    Sort("macros", "macro", "快捷操作", console_staff_forms.macro, _id, _told, "console_person.html", "console_macro_sheet.html"),
)  # fmt: skip


async def new(sort: Sort, request: web.Request) -> web.Response:
    """``GET /console/new/{guides|stores|macros}``: an empty form; of a shop's lead with that shop in it."""
    who = await console_pages.writer(request)
    own = {"store": who.store} if who.store and sort.kind != "store" else {}
    return await console_things.new(replace(sort, begun={**sort.begun, **own}), request)


def routes() -> list[web.RouteDef]:
    """The page, its table, the editors."""
    editors = [one for sort in SORTS for one in console_things.routes(sort, grows=False)]
    fresh = [web.get(f"/console/new/{sort.name}", partial(new, sort)) for sort in SORTS]
    return [web.get("/console/staff", page), web.get("/console/export/staff", export), *fresh, *editors]
