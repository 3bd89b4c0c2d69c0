"""Groups in the console: how each does, with charts, and how the assistant is to behave there.

Editors, leads and admins look; leads and admins change. Everything runs under ``bot.db.scoped``: whoever belongs to a store sees
its groups, and those that are no store's.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal

import aiohttp_jinja2
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bot.brand import Staff
from bot.db import group_settings
from bot.db import health as counted
from bot.db.codec import iso
from bot.db.health import BY, Health, Line, Room
from bot.db.scoped import scoped
from bot.db.users import User
from bot.errors import BadRequestError
from bot.front import accounts, bubbles, console_pages, limits, reading
from bot.front import desk_shown as shown
from bot.front.chat import json
from bot.front.console import PUBLISHERS, WRITERS
from bot.front.context import FRONT, LIMITER, Front

_PAGE, _MOST_DAYS, _DAYS = 100, 92, 28
_BY = {"assistant": "助手答", "guide": "导购答", "member": "群友答", "nobody": "没人答"}
_OWN = ("level", "hold", "names", "per_hour", "rules")
"""Settings that the page changes; others of a group stay as they are."""
_ONE = r"/api/console/groups/{conversation:[\w-]{1,64}}"


class _Shape(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


_Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]


class Ways(_Shape):
    """How the assistant behaves in one group; null: as the brand says."""

    level: Literal["at_only", "careful", "lively"] | None = None
    hold: Annotated[float | None, Field(ge=0, le=600, strict=False)] = None
    names: Annotated[list[_Name], Field(max_length=10)] | None = None
    per_hour: Annotated[int | None, Field(ge=0, le=1000)] = None
    rules: Annotated[str, StringConstraints(strip_whitespace=True, max_length=600)] | None = None


class GroupSettings(_Shape):
    """``POST /api/console/groups/{conversation}``: ``version`` is the one that the page was given."""

    version: Annotated[str, StringConstraints(max_length=64)]
    guide: Annotated[str, StringConstraints(max_length=128)] | None = None
    settings: Ways = Ways()


def routes() -> list[web.RouteDef]:
    """Pages and calls."""
    return [
        web.get("/console/groups", page),
        web.get(r"/console/groups/{conversation:[\w-]{1,64}}", page),
        web.get("/api/console/groups", list_groups),
        web.get(_ONE, read_group),
        web.post(_ONE, set_group),
        web.get(_ONE + "/export", export),
    ]


async def page(request: web.Request) -> web.Response:
    """``GET /console/groups`` and ``/console/groups/{conversation}``: the list, or one group."""
    who = await console_pages.writer(request)
    group = request.match_info.get("conversation", "")
    told = {**console_pages.named(who), "group": group, "changes": who.role in PUBLISHERS}
    return aiohttp_jinja2.render_template("console_groups.html", request, told)


async def list_groups(request: web.Request) -> web.Response:
    """``GET /api/console/groups?skip=`` → ``{"groups","more"}``, those first where somebody wrote last; figures of seven days."""
    front, who = request.app[FRONT], await accounts.user(request, *WRITERS)
    skip = reading.number(request, "skip", 0, 0, 100_000)
    zone, staff = front.brand().zone, front.staff()
    now = front.clock.now().astimezone(zone)
    since = counted.start(now, 7, zone)
    async with scoped(front.engine, who) as connection:
        found = await counted.rooms(connection, _PAGE + 1, skip)
        lines = await counted.lines(connection, [one.id for one in found[:_PAGE]], since)
    figures = {one.id: counted.health(lines[one.id], since.date(), now) for one in found[:_PAGE]}
    groups = [_listed(one, figures[one.id], staff, now) for one in found[:_PAGE]]
    return json({"days": 7, "groups": groups, "more": len(found) > _PAGE})


async def read_group(request: web.Request) -> web.Response:
    """``GET /api/console/groups/{conversation}?days=`` → figures, the series of the charts, and the settings."""
    front, who = request.app[FRONT], await accounts.user(request, *WRITERS)
    room, lines, found, now = await _looked(request, front, who)
    staff, brand = front.staff(), front.brand()
    week = counted.start(now, 7, brand.zone)
    recent = counted.speakers(one for one in lines if one.at >= week)
    return json(
        {
            **_listed(room, found, staff, now, recent),
            "days": [_day(one) for one in found.days],
            "hours": list(found.hours),
            "said": found.said,
            "assistant_said": found.assistant,
            "guides_said": found.guides,
            "share": round(found.share, 3),
            "settings": {name: room.settings.get(name) for name in _OWN},
            "defaults": {name: getattr(brand.groups, name) for name in _OWN},
            "version": room.version,
            "guides": [{"id": one.id, "name": one.name} for one in staff.guides.values() if _assignable(one.store, who)],
            "changes": who.role in PUBLISHERS,
        }
    )


async def set_group(request: web.Request) -> web.Response:
    """``POST /api/console/groups/{conversation} {"version","guide","settings"}`` → ``{"version"}``."""
    front, who = request.app[FRONT], await accounts.user(request, *PUBLISHERS)
    told = await reading.shaped(request, GroupSettings)
    group = request.match_info["conversation"]
    async with scoped(front.engine, who) as connection:
        (room,) = await counted.rooms(connection, one=group) or (None,)
        if room is None:
            raise _missing()
        if told.guide and told.guide != room.guide:
            known = front.staff().guides.get(told.guide)
            if known is None or not _assignable(known.store, who):
                raise BadRequestError("没有这位导购，或者不是您门店的")
        ways = {name: value for name, value in told.settings.model_dump().items() if name in told.settings.model_fields_set}
        version = await group_settings.change(connection, who, (group, told.version), told.guide or None, ways, front.clock.now())
    return json({"version": version})


async def export(request: web.Request) -> web.Response:
    """``GET /api/console/groups/{conversation}/export?days=``: the days of a group as CSV (UTF-8 with a mark, for Excel)."""
    front, who = request.app[FRONT], await accounts.user(request, *WRITERS)
    await request.app[LIMITER].count(limits.EXPORT, who.name)
    _, _, found, now = await _looked(request, front, who)
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(("日期", "发言人数", "群友消息", "助手消息", "问题", *(_BY[by] for by in BY)))
    for one in found.days:
        answers = [one.by.get(by, 0) for by in BY]
        table.writerow((one.day.isoformat(), one.speakers, one.said, one.assistant, sum(answers), *answers))
    return web.Response(
        body=written.getvalue().encode("utf-8-sig"),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="group-{now:%Y%m%d}.csv"'},
    )


async def _looked(request: web.Request, front: Front, who: User) -> tuple[Room, Sequence[Line], Health, datetime]:
    """A group as the caller may see it, its lines, how it did, the present in the brand's zone; raises BadRequestError (404)."""
    zone = front.brand().zone
    now = front.clock.now().astimezone(zone)
    since = counted.start(now, reading.number(request, "days", _DAYS, 1, _MOST_DAYS), zone)
    group = request.match_info["conversation"]
    async with scoped(front.engine, who) as connection:
        found = await counted.rooms(connection, one=group)
        if not found:
            raise _missing()
        lines = await counted.lines(connection, [group], since)
    return found[0], lines[group], counted.health(lines[group], since.date(), now), now


def _missing() -> BadRequestError:
    return BadRequestError("没有这个群", status=404, code="not_found")


def _assignable(store: str, who: User) -> bool:
    return who.sees_all or store in who.stores


def _listed(room: Room, found: Health, staff: Staff, now: datetime, speakers: int | None = None) -> dict[str, object]:
    """A group in the list; ``speakers`` of the last seven days where the figures are of another span."""
    week = found.speakers if speakers is None else speakers
    return {
        "conversation": room.id,
        "name": room.name,
        "channel": room.channel,
        "store": shown.store_name(room.store, staff),
        "guide": room.guide,
        "owner": bubbles.guide_name(room.guide, staff),
        "members": room.members,
        "speakers": week,
        "questions": found.questions,
        "answered": dict(found.by),
        "minutes": found.minutes,
        "last_at": iso(room.last_at),
        "level": room.settings.get("level"),
        "alarm": counted.alarm(room, week, now),
    }


def _day(one: counted.Day) -> Mapping[str, object]:
    return {
        "day": one.day.isoformat(),
        "speakers": one.speakers,
        "said": one.said,
        "assistant": one.assistant,
        "answered": dict(one.by),
    }
