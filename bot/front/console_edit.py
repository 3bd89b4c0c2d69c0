"""What the editor does while somebody writes: parts of the form, findings, previews, live tests, saving, exceptions.

Every call carries the whole form; nothing is kept here between two of them, so that two people, two tabs and a lost line
cannot mix their words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from aiohttp import web

from bot.db.drafts import Draft, StaleError
from bot.db.users import User
from bot.editing.model import Reader
from bot.errors import BadRequestError, ContentError
from bot.front import accounts, console_desk, console_forms, console_shell
from bot.front.console import WRITERS
from bot.front.console_forms import Fields, number, words
from bot.front.console_parts import shuffled, told_of
from bot.front.console_words import KIND, form_told
from bot.front.context import FRONT

if TYPE_CHECKING:
    from bot.editing.desk import Editing, Saving
    from bot.editing.model import Told
    from bot.kinds import Kind

_LONGEST_ID: Final = 64
_MOST_NOTE: Final = 300


class Form:
    """What somebody has before them: the fields that were sent, and the value that they make."""

    def __init__(self, sort: str, fields: Fields, was: Mapping[str, object]) -> None:
        """``was``: what the form was made from."""
        self.sort, self.fields, self.was = sort, fields, was
        self.kind = KIND[sort]
        self.item = words(fields, "item")
        read = console_forms.script if sort == "scripts" else console_forms.entry
        # whoever may only look sends no fields: a browser leaves out what cannot be changed
        self.value: Mapping[str, object] = read(fields, was) if "id" in fields or not self.item else was

    @property
    def id(self) -> str:
        """Of the thing, also where it is new."""
        return self.item or str(self.value.get("id", ""))


async def sent(request: web.Request, desk: Editing) -> Form:
    """The form that was sent."""
    sort, fields = request.match_info["sort"], await request.post()
    item = words(fields, "item")
    was: Mapping[str, object] = {}
    if item:
        was = (await desk.opened(KIND[sort], item)).value
        seen = words(fields, "version")
        draft = number(fields, "draft")
        if draft and seen:  # what this very form was made from, which somebody may have replaced meanwhile
            was = await desk.value_at(draft, int(seen)) or was if seen.isdigit() else was
    return Form(sort, fields, was)


async def do(request: web.Request) -> web.Response:
    """``POST /console/edit/{scripts|entries}/{step}``."""
    who = await accounts.user(request, *WRITERS)
    desk = await console_desk.editing(request)
    form = await sent(request, desk)
    return await _DEEDS[request.match_info["step"]](request, who, desk, form)


# --- the form itself


async def _form(request: web.Request, who: User, desk: Editing, form: Form) -> web.Response:
    """A part more, fewer, elsewhere; or all of it as it was kept in the browser."""
    value = shuffled(form.value, words(form.fields, "op"), words(form.fields, "at"), form.sort)
    part = "console_script_sheet.html" if form.sort == "scripts" else "console_entry_sheet.html"
    return console_shell.page(
        request, part, who, {"writes": True, "item": form.item, **(await form_told(desk, form.sort, value))}
    )


# --- findings, previews, tests


async def _findings(request: web.Request, who: User, desk: Editing, form: Form) -> web.Response:
    found = await desk.lint_form(form.kind, form.id, form.value, console_desk.today(request))
    if form.sort == "entries" and not form.id:  # it gets one when it is saved
        found = tuple(one for one in found if one.path != ("id",))
    told = {"sort": form.sort, "item": form.id, **told_of(form.value, found, fresh=not form.item)}
    return console_shell.page(request, "console_script_findings.html", who, told)


async def _preview(request: web.Request, who: User, desk: Editing, form: Form) -> web.Response:
    reader = _reader(request, form.fields)
    seen, silent = await desk.preview(form.value, reader)
    return console_shell.page(
        request, "console_script_preview.html", who, {"seen": seen, "silent": silent, "channel": reader.channel}
    )


def _reader(request: web.Request, fields: Fields) -> Reader:
    front = request.app[FRONT]
    zone = front.brand().zone
    told = words(fields, "p.at")
    try:
        moment = datetime.fromisoformat(told).replace(tzinfo=zone) if told else front.clock.now().astimezone(zone)
    except ValueError:
        raise BadRequestError("预览的时间看不懂") from None
    tags: dict[str, frozenset[str]] = {}
    for one in console_forms.several(fields, "p.tags"):
        name, _, value = one.partition("=")
        tags[name] = tags.get(name, frozenset()) | {value}
    return Reader(
        channel=words(fields, "p.channel") or "web",
        level=words(fields, "p.level"),
        store=words(fields, "p.store"),
        tags=tags,
        first={"yes": True, "no": False}.get(words(fields, "p.first")),
        moment=moment,
        arm=words(fields, "p.arm"),
        known=words(fields, "p.known") != "no",
    )


async def _try(request: web.Request, who: User, desk: Editing, form: Form) -> web.Response:
    """这样问会怎么答: as it stands, and with what is in the form."""
    del desk
    front = request.app[FRONT]
    asked = form.value.get("questions")
    questions = asked if isinstance(asked, list) else []
    question = words(form.fields, "ask").strip()[:200] or (str(questions[0]) if questions else "")
    told: dict[str, object] = {"question": question, "item": form.id or "new-draft", "told": None, "wrong": ""}
    if question and not form.value.get("answer"):
        told["wrong"] = "答案还空着"
    elif question:
        entry = {name: one for name, one in form.value.items() if name != "scope"}
        entry = {**entry, "id": form.id or "new-draft", "source": entry.get("source") or "试答"}
        try:
            grows = await console_desk.grows(front)
            told["told"] = await grows.trial(entry, question, words(form.fields, "p.channel") or None, front.clock.now())
        except ContentError as error:
            told["wrong"] = "；".join(dict.fromkeys(problem.reason for problem in error.problems[:3]))
    return console_shell.page(request, "console_entry_tried.html", who, told)


# --- saving


async def _save(request: web.Request, who: User, desk: Editing, form: Form) -> web.Response:
    if not form.item:
        await _new_id(request, desk, form)
    try:
        draft = await desk.save(who, kept((form.kind, form.id), form.fields, form.value), request.app[FRONT].clock.now())
    except StaleError as error:
        return _clash(request, who, desk, form, error.current)
    if not form.item:
        answer = web.Response(status=204, headers={"HX-Redirect": console_shell.address(form.sort, form.id)})
        answer.headers["HX-Trigger"] = "saved"
        return answer
    told = {
        "sort": form.sort,
        "item": form.item,
        "opened": await desk.opened(form.kind, form.item),
        "writes": True,
        "saved": True,
    }
    answer = console_shell.page(request, "console_script_state.html", who, {**told, "draft": draft})
    answer.headers["HX-Trigger"] = "saved"
    return answer


async def _new_id(request: web.Request, desk: Editing, form: Form) -> None:
    """A new thing needs an id that nothing has; an entry that was given none gets one, for nobody ever says it."""
    if form.sort == "entries" and not form.id:
        if not form.value.get("questions"):
            raise BadRequestError("先写一种顾客会怎么问，写了才存得上")
        form.value = {**form.value, "id": f"hand-{request.app[FRONT].draw()[-10:]}".replace("_", "-")}
    id_ = form.id
    if not id_:
        raise BadRequestError("先给它一个编号，例如 return-window，以后不再改")
    if len(id_) > _LONGEST_ID or any(one in id_ for one in "/\\?#%") or not id_.isprintable():
        raise BadRequestError("编号太长，或者有不能用的符号；用小写字母、数字和短横就好")
    if not number(form.fields, "draft") and await desk.known(form.kind, id_):
        raise BadRequestError(f"已经有 {id_} 了，换一个编号，或者直接去改那一条", status=409, code="exists")


def _clash(request: web.Request, who: User, desk: Editing, form: Form, current: Draft) -> web.Response:
    return clash(request, who, (form.sort, form.id), current, desk.compared(form.value, current.value))


def clash(request: web.Request, who: User, thing: tuple[str, str], current: Draft, fields: Sequence[Told]) -> web.Response:
    """Somebody was faster: both side by side, and nothing is written over; ``thing``: (page, id)."""
    sort, item = thing
    told = {"sort": sort, "item": item, "current": current, "fields": fields, "gone": current.value is None}
    answer = console_shell.page(request, "console_script_clash.html", who, told, 409)
    answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#clash", "innerHTML show:#clash:top"
    return answer


def kept(named: tuple[Kind, str], fields: Fields, value: Mapping[str, object] | None) -> Saving:
    """What is to be kept of a form that was sent; ``named``: kind and id of the thing."""
    from bot.editing.desk import Saving  # noqa: PLC0415  (the rooms, which are loaded by now)

    note, base = words(fields, "note").strip()[:_MOST_NOTE], words(fields, "base")
    return Saving(*named, value, note, number(fields, "draft"), number(fields, "version"), base or None)


async def _merge(request: web.Request, who: User, desk: Editing, form: Form) -> web.Response:
    """My words with the others' in the fields that were chosen, on their newest version; still to be saved."""
    current = await desk.opened(form.kind, form.id)
    theirs = (current.draft.value if current.draft and current.draft.value else current.live) or {}
    value = desk.chosen(form.value, theirs, console_forms.several(form.fields, "take"))
    part = "console_script_sheet.html" if form.sort == "scripts" else "console_entry_sheet.html"
    told = {"writes": True, "item": form.item, "merged": current, **(await form_told(desk, form.sort, value))}
    return console_shell.page(request, part, who, told)


async def _remove(request: web.Request, who: User, desk: Editing, form: Form) -> web.Response:
    """A draft that takes the thing away; what is live stays until it is published."""
    if not form.item:
        raise BadRequestError("还没有存过，直接离开就好")
    try:
        draft = await desk.save(who, kept((form.kind, form.id), form.fields, None), request.app[FRONT].clock.now())
    except StaleError as error:
        return _clash(request, who, desk, form, error.current)
    return web.Response(status=204, headers={"HX-Redirect": f"/console/drafts/{draft.id}", "HX-Trigger": "saved"})


async def _except(request: web.Request, who: User, desk: Editing, form: Form) -> web.Response:
    """An exception for one finding, as a draft of its own: somebody may publish it with the words that it is for."""
    from bot.content.items import exception_id  # noqa: PLC0415  (the rooms, which are loaded by now)
    from bot.editing.desk import Saving  # noqa: PLC0415

    front = request.app[FRONT]
    reason = words(form.fields, "x.reason").strip()
    if len(reason) < 2:
        raise BadRequestError("写一句为什么可以放行，别人看得懂就行")
    value = {
        "rule": words(form.fields, "x.rule"),
        "words": words(form.fields, "x.words"),
        "where": f"{form.kind}/{form.id}",
        "reason": reason[:200],
        "by": who.name,
        "on": console_desk.today(request).isoformat(),
    }
    if not value["rule"] or not form.id:
        raise BadRequestError("这一条不能放行，先存一次草稿再试")
    now, id_ = front.clock.now(), exception_id(value)
    try:
        await desk.save(who, Saving("exception", id_, value, reason), now)
    except StaleError as error:
        told = Saving("exception", id_, value, reason, error.current.id, error.current.version)
        await desk.save(who, told, now)
    answer = await _findings(request, who, desk, form)
    return console_shell.saying(answer, "放行的理由记下了，和这条一起发布就行", go="/console/drafts")


_DEEDS: Final = {
    "form": _form,
    "findings": _findings,
    "preview": _preview,
    "try": _try,
    "save": _save,
    "merge": _merge,
    "remove": _remove,
    "except": _except,
}


def routes() -> list[web.RouteDef]:
    """What the editor calls."""
    deeds = "|".join(_DEEDS)
    return [web.post(rf"/console/edit/{{sort:scripts|entries}}/{{step:{deeds}}}", do)]
