"""The editor of one thing of the catalogue (a product, a tag, a rule, a word, a setting): its form, checks, saving, history.

Each kind has a `Sort`: how its form is read and what its fields need. Every call carries the whole form; nothing is kept here
between two of them.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

from aiohttp import web

from bot.db.drafts import Draft, StaleError
from bot.db.users import User
from bot.errors import BadRequestError
from bot.front import accounts, console_desk, console_edit, console_forms, console_pages, console_parts, console_shell
from bot.front.console import WRITERS
from bot.front.console_forms import Fields, Value, number, words
from bot.front.context import FRONT

if TYPE_CHECKING:
    from bot.content.items import Kind
    from bot.editing.desk import Editing
    from bot.editing.model import Opened, Version

_LONGEST_ID: Final = 200
Told = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Sort:
    """One kind of things that have a form."""

    name: str
    """In addresses: ``products``."""
    kind: Kind
    word: str
    """商品."""
    read: Callable[[Fields, Value], dict[str, object]]
    """A form, and what it was made from → the value."""
    id_of: Callable[[Value], str]
    told: Callable[[web.Request, Editing, Value], Awaitable[Told]]
    """What the fields need."""
    page: str
    """The template of the editor."""
    sheet: str
    """The template of its fields."""
    begun: Mapping[str, object] = field(default_factory=dict)
    """A new one."""
    absent: Callable[[str], Value | None] = lambda _id: None
    """What is shown of a thing that nobody wrote yet; None where there is no such thing."""


class Form:
    """What somebody has before them."""

    def __init__(self, sort: Sort, fields: Fields, was: Value) -> None:
        """``was``: what the form was made from."""
        self.sort, self.fields = sort, fields
        self.item = words(fields, "item")
        self.value = sort.read(fields, was)

    @property
    def id(self) -> str:
        """Of the thing, also where it is new."""
        return self.item or self.sort.id_of(self.value)


async def editor(sort: Sort, request: web.Request) -> web.Response:
    """``GET /console/{sort}/{item}``: the editor."""
    who = await console_pages.writer(request)
    desk, item = await console_desk.editing(request), request.match_info["item"]
    begun = sort.absent(item)
    if begun is not None and not await desk.known(sort.kind, item):
        return await _page(request, who, desk, (sort, "", begun, None))
    opened = await desk.opened(sort.kind, item)
    return await _page(request, who, desk, (sort, opened.id, opened.value, opened))


async def new(sort: Sort, request: web.Request) -> web.Response:
    """``GET /console/new/{sort}``: an empty form."""
    who = await console_pages.writer(request)
    desk = await console_desk.editing(request)
    return await _page(request, who, desk, (sort, "", dict(sort.begun), None))


async def _page(request: web.Request, who: User, desk: Editing, what: tuple[Sort, str, Value, Opened | None]) -> web.Response:
    sort, id_, value, opened = what
    writes = await desk.may_write(who, sort.kind, value)
    told = {
        "sort": sort.name,
        "sheet": sort.sheet,
        "item": id_,
        "here": f"/console/{sort.name}",
        "name": (f"改{sort.word}" if id_ else f"新加{sort.word}") if writes else f"看{sort.word}",
        "opened": opened,
        "writes": writes,
        "own": False,
        **(await _form_told(request, desk, sort, value)),
    }
    return console_shell.page(request, sort.page, who, told)


async def _form_told(request: web.Request, desk: Editing, sort: Sort, value: Value) -> dict[str, object]:
    more = await sort.told(request, desk, value)
    return {"sort": sort.name, "value": value, "choices": await desk.choices(), **more}


async def do(sort: Sort, request: web.Request) -> web.Response:
    """``POST /console/edit/{sort}/{deed}``."""
    who = await accounts.user(request, *WRITERS)
    desk = await console_desk.editing(request)
    form = await sent(sort, request, desk)
    return await _DEEDS[request.match_info["deed"]](request, who, desk, form)


async def sent(sort: Sort, request: web.Request, desk: Editing) -> Form:
    """The form that was sent."""
    fields = await request.post()
    item = words(fields, "item")
    was: Value = dict(sort.begun)
    if item:
        was = (await desk.opened(sort.kind, item)).value
        seen, draft = words(fields, "version"), number(fields, "draft")
        if draft and seen.isdigit():  # what this very form was made from, which somebody may have replaced meanwhile
            was = await desk.value_at(draft, int(seen)) or was
    return Form(sort, fields, was)


async def _form(request: web.Request, who: User, desk: Editing, form: Form) -> web.Response:
    """All of it as it was sent: a row more or fewer, or as it was kept in the browser."""
    told = {"writes": True, "item": form.item, **(await _form_told(request, desk, form.sort, form.value))}
    return console_shell.page(request, form.sort.sheet, who, told)


async def _findings(request: web.Request, who: User, desk: Editing, form: Form) -> web.Response:
    from bot.editing.shapes import shaped  # noqa: PLC0415  (the rooms, which are loaded by now)

    shape = shaped(form.sort.kind, form.id, form.value, await desk.workspace())
    found = (*shape, *(await desk.lint_form(form.sort.kind, form.id, form.value, console_desk.today(request))))
    told = {"sort": form.sort.name, "item": form.id, **console_parts.told_of(form.value, found, fresh=not form.item)}
    return console_shell.page(request, "console_script_findings.html", who, told)


async def _save(request: web.Request, who: User, desk: Editing, form: Form) -> web.Response:
    if not form.item:
        await _new_id(desk, form)
    try:
        draft = await desk.save(
            who, console_edit.kept((form.sort.kind, form.id), form.fields, form.value), request.app[FRONT].clock.now()
        )
    except StaleError as error:
        return _clash(request, who, desk, form, error.current)
    if not form.item:
        return _sent_to(console_shell.address(form.sort.name, form.id))
    opened = await desk.opened(form.sort.kind, form.item)
    told = {"sort": form.sort.name, "item": form.item, "opened": opened, "writes": True, "saved": True, "draft": draft}
    answer = console_shell.page(request, "console_script_state.html", who, told)
    answer.headers["HX-Trigger"] = "saved"
    return answer


def _sent_to(address: str) -> web.Response:
    return web.Response(status=204, headers={"HX-Redirect": address, "HX-Trigger": "saved"})


async def _new_id(desk: Editing, form: Form) -> None:
    id_ = form.id
    if not id_ or id_.startswith("/") or id_.endswith("/"):
        raise BadRequestError(f"先给这个{form.sort.word}写上编号或名字，以后不再改")
    if len(id_) > _LONGEST_ID or any(one in id_ for one in "\\?#%") or not id_.isprintable():
        raise BadRequestError("编号太长，或者有不能用的符号")
    if not number(form.fields, "draft") and await desk.known(form.sort.kind, id_):
        raise BadRequestError(f"已经有 {id_} 了，换一个，或者直接去改那一个", status=409, code="exists")


def _clash(request: web.Request, who: User, desk: Editing, form: Form, current: Draft) -> web.Response:
    return console_edit.clash(request, who, (form.sort.name, form.id), current, desk.compared(form.value, current.value))


async def _merge(request: web.Request, who: User, desk: Editing, form: Form) -> web.Response:
    """Mine with the others' in the fields that were chosen, on their newest version; still to be saved."""
    current = await desk.opened(form.sort.kind, form.id)
    theirs = (current.draft.value if current.draft and current.draft.value else current.live) or {}
    value = desk.chosen(form.value, theirs, console_forms.several(form.fields, "take"))
    told = {"writes": True, "item": form.item, "merged": current, **(await _form_told(request, desk, form.sort, value))}
    return console_shell.page(request, "console_thing_merged.html", who, {**told, "sheet": form.sort.sheet})


async def _remove(request: web.Request, who: User, desk: Editing, form: Form) -> web.Response:
    """A draft that takes the thing away; what is live stays until it is published."""
    if not form.item:
        raise BadRequestError("还没有存过，直接离开就好")
    try:
        draft = await desk.save(
            who, console_edit.kept((form.sort.kind, form.id), form.fields, None), request.app[FRONT].clock.now()
        )
    except StaleError as error:
        return _clash(request, who, desk, form, error.current)
    return _sent_to(f"/console/drafts/{draft.id}")


async def _except(request: web.Request, who: User, desk: Editing, form: Form) -> web.Response:
    """An exception for one finding, as a draft of its own."""
    from bot.content.items import exception_id  # noqa: PLC0415  (the rooms, which are loaded by now)
    from bot.editing.desk import Saving  # noqa: PLC0415

    reason, told = words(form.fields, "x.reason").strip(), {name: words(form.fields, f"x.{name}") for name in ("rule", "words")}
    if len(reason) < 2 or not told["rule"] or not form.id:
        raise BadRequestError("写一句为什么可以放行，别人看得懂就行")
    today = console_desk.today(request).isoformat()
    value = {**told, "where": f"{form.sort.kind}/{form.id}", "reason": reason[:200], "by": who.name, "on": today}
    now, id_ = request.app[FRONT].clock.now(), exception_id(value)
    try:
        await desk.save(who, Saving("exception", id_, value, reason), now)
    except StaleError as error:
        await desk.save(who, Saving("exception", id_, value, reason, error.current.id, error.current.version), now)
    answer = await _findings(request, who, desk, form)
    return console_shell.saying(answer, "放行的理由记下了，和这条一起发布就行", go="/console/drafts")


async def history(sort: Sort, request: web.Request) -> web.Response:
    """``GET /console/{sort}/{item}/history?old=&new=``: who changed what, when and why."""
    who = await console_pages.writer(request)
    desk, item = await console_desk.editing(request), request.match_info["item"]
    found = await desk.history(sort.kind, item)
    newer = _picked(found, request.query.get("new", ""), 0)
    old = _picked(found, request.query.get("old", ""), 1)
    told = {
        "sort": sort.name,
        "item": item,
        "name": f"{sort.word}的历史",
        "here": f"/console/{sort.name}",
        "versions": found,
        "old": old,
        "new": newer,
        "fields": desk.compared(old.value if old else None, newer.value) if newer is not None else (),
    }
    return console_shell.page(request, "console_scripts_history.html", who, told)


def _picked(found: Sequence[Version], name: str, otherwise: int) -> Version | None:
    chosen = next((one for one in found if one.name == name), None)
    if name and chosen is None:
        raise BadRequestError("没有这个版本", status=404, code="not_found")
    return chosen or (found[otherwise] if otherwise < len(found) else None)


def again(answer: web.Response, words_: str, *events: str) -> web.Response:
    """The answer with words for a toast, after which what shows things is to be read again (``again``, or these events)."""
    answer.headers["HX-Trigger"] = json.dumps({"toast": {"words": words_}} | dict.fromkeys(events or ("again",), ""))
    return answer


_Deed = Callable[[web.Request, User, "Editing", Form], Awaitable[web.Response]]
_DEEDS: Final[Mapping[str, _Deed]] = {
    "form": _form,
    "findings": _findings,
    "save": _save,
    "merge": _merge,
    "remove": _remove,
    "except": _except,
}


def routes(sort: Sort, *, grows: bool = True) -> list[web.RouteDef]:
    """Pages and deeds of one kind; ``grows``: whether new ones may be added."""
    at = f"/console/{sort.name}/{{item}}"
    deeds = "|".join(_DEEDS)
    return [
        *([web.get(f"/console/new/{sort.name}", partial(new, sort))] if grows else []),
        web.post(f"/console/edit/{sort.name}/{{deed:{deeds}}}", partial(do, sort)),
        web.get(at, partial(editor, sort)),
        web.get(f"{at}/history", partial(history, sort)),
    ]
