"""The console's API below ``/api/console``: gaps, drafts, pairs; for editors, leads and admins, published by the latter two."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Literal, get_args

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import scopes
from bot.brand import Staff
from bot.db import drafts, gaps
from bot.db.codec import iso
from bot.db.drafts import OPEN, Draft, State
from bot.db.users import Role, User
from bot.errors import BadRequestError, ContentError
from bot.front import accounts, reading
from bot.front.chat import json
from bot.front.console_desk import grows
from bot.front.context import FRONT
from bot.model import JsonMap

WRITERS: tuple[Role, ...] = ("editor", "lead", "admin")
PUBLISHERS: tuple[Role, ...] = ("lead", "admin")
_STATES: tuple[State, ...] = get_args(State)


_Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
_Day = Annotated[str, StringConstraints(pattern=r"^(?:\d{4}-\d\d-\d\d)?$")]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class EntryFields(_Shape):
    """What the form of an entry holds; what an entry has besides (audience, attachments) stays as it was."""

    questions: Annotated[list[_Line], Field(max_length=60)] = []
    answer: Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)] = ""
    short: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = ""
    source: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    valid_from: _Day = ""
    valid_until: _Day = ""
    tags: Annotated[list[_Line], Field(max_length=20)] = []
    private: bool = False

    def over(self, entry: JsonMap) -> dict[str, object]:
        """An entry with these fields in it; one that is empty takes its key away, but a source stays what it was."""
        told = self.model_dump(exclude_unset=True)
        if not told.get("source"):
            told.pop("source", None)
        kept = {name: value for name, value in entry.items() if name not in told}
        return {**kept, **{name: value for name, value in told.items() if value not in ("", [], False)}}


class NewDraft(_Shape):
    """``POST /api/console/drafts``: an entry that somebody writes by hand."""

    entry: EntryFields


class SavedDraft(_Shape):
    """``POST /api/console/drafts/{draft}``: ``version`` is the one that was read; without it the newest is meant."""

    entry: EntryFields
    version: Annotated[int | None, Field(ge=1)] = None


class Publishing(_Shape):
    """``POST /api/console/drafts/{draft}/publish``: what was looked at and is published all the same."""

    unseen: bool = False
    groups: Annotated[list[Annotated[str, StringConstraints(max_length=64)]], Field(max_length=1000)] = []
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)] = ""
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)] = ""


class Trying(_Shape):
    """``POST /api/console/trial``: a question to a draft, saved or not."""

    question: _Line
    entry: EntryFields
    draft: Annotated[int | None, Field(ge=1)] = None
    channel: Literal["web", "wecom_kf", "feishu", "dingtalk", "wecom_aibot"] | None = None


class FromGap(_Shape):
    """``POST /api/console/gaps/draft``: the question that stands for the gap."""

    question: _Line
    days: Annotated[int, Field(ge=1, le=365)] = 28


class Aside(_Shape):
    """``POST /api/console/gaps/aside``."""

    question: _Line
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""


async def list_gaps(request: web.Request) -> web.Response:
    """``GET /api/console/gaps?days=&limit=`` → rising ones first."""
    await accounts.user(request, *WRITERS)
    front = request.app[FRONT]
    days, limit = reading.number(request, "days", 28, 1, 365), reading.number(request, "limit", 50, 1, 500)
    return json({"days": days, "gaps": await (await grows(front)).gaps(front.clock.now(), days, limit)})


async def draft_gap(request: web.Request) -> web.Response:
    """``POST /api/console/gaps/draft {"question","days"?}`` → 201 with the draft."""
    who = await accounts.user(request, *WRITERS)
    front, told = request.app[FRONT], await reading.shaped(request, FromGap)
    now = front.clock.now()
    made = await (await grows(front)).draft(told.question, now, told.days)
    await drafts.keep(front.engine, [made], who.name, now)
    kept = await drafts.open_draft(front.engine, made.kind, made.item)
    if kept is None:
        raise BadRequestError("这个问题的草稿已经处理过了", status=409, code="closed")
    return json({"draft": _shown(kept)}, 201)


async def aside(request: web.Request) -> web.Response:
    """``POST /api/console/gaps/aside {"question","note"?}``: none of ours."""
    who = await accounts.user(request, *WRITERS)
    front, told = request.app[FRONT], await reading.shaped(request, Aside)
    await gaps.set_aside(front.engine, told.question, who.name, front.clock.now(), told.note)
    return web.Response(status=204)


async def list_drafts(request: web.Request) -> web.Response:
    """``GET /api/console/drafts?state=``: those in one state, else the open ones."""
    await accounts.user(request, *WRITERS)
    wanted = request.query.get("state", "")
    states: Sequence[State] = [state for state in _STATES if state == wanted] or OPEN
    found = await drafts.drafts(request.app[FRONT].engine, states)
    return json({"drafts": [_shown(one) for one in found]})


def _id(request: web.Request) -> int:
    told = request.match_info["draft"]
    if not (told.isascii() and told.isdigit() and len(told) < 18):
        raise BadRequestError("没有这条草稿", status=404, code="not_found")
    return int(told)


async def read_draft(request: web.Request) -> web.Response:
    """``GET /api/console/drafts/{draft}``."""
    await accounts.user(request, *WRITERS)
    return json({"draft": _shown(await drafts.draft(request.app[FRONT].engine, _id(request)))})


async def make_draft(request: web.Request) -> web.Response:
    """``POST /api/console/drafts {"entry"}`` → 201: one that is written by hand."""
    who = await accounts.user(request, *WRITERS)
    front, told = request.app[FRONT], await reading.shaped(request, NewDraft)
    id_ = f"hand-{front.draw()[-10:]}".replace("_", "-")
    entry = told.entry.over({"id": id_, "source": f"{who.name} 手写"})
    _theirs(who, entry, front.staff())
    made = await drafts.begin(front.engine, Draft("entry", id_, entry, f"{who.name} 手写"), who.name, front.clock.now())
    return json({"draft": _shown(made)}, 201)


async def save_draft(request: web.Request) -> web.Response:
    """``POST /api/console/drafts/{draft} {"entry","version"?}``; 409 where somebody else was faster."""
    who = await accounts.user(request, *WRITERS)
    front, told = request.app[FRONT], await reading.shaped(request, SavedDraft)
    found = await _entry_draft(front.engine, _id(request))
    value = {**told.entry.over(found.value or {}), "id": found.item}
    for one in (found.value or {}, value):
        _theirs(who, one, front.staff())
    changed = replace(found, value=value, version=told.version or found.version)
    return json({"draft": _shown(await drafts.save(front.engine, changed, who.name, front.clock.now()))})


async def _entry_draft(engine: AsyncEngine, id_: int) -> Draft:
    """The draft of an entry; these calls know of no other kind."""
    found = await drafts.draft(engine, id_)
    if found.kind != "entry":
        raise BadRequestError("这条草稿不是知识，请到后台的页面里改", status=409, code="other_kind")
    return found


def _theirs(who: User, value: JsonMap, staff: Staff) -> None:
    if not scopes.may_write(who, scopes.scope_of("entry", value), staff):
        raise BadRequestError("这一条不归您管，请总部的同事来改", status=403, code="scope")


async def publish(request: web.Request) -> web.Response:
    """``POST /api/console/drafts/{draft}/publish {"unseen"?,"groups"?,"reason"?,"note"?}`` → the release.

    422 with every fault where it cannot go live; 409 where a replay, a yes or an approval is missing.
    """
    who = await accounts.user(request, *PUBLISHERS)
    front, told = request.app[FRONT], await reading.shaped(request, Publishing)
    desk = (await grows(front)).editing
    from bot.editing.desk import yes  # noqa: PLC0415  (the rooms, which are loaded by now)

    agreed = yes(told.groups, unseen=told.unseen, reason=told.reason, note=told.note)
    try:
        # a caller who goes away does not leave a release half made
        release = await asyncio.shield(desk.publish(who, [_id(request)], agreed, front.clock.now()))
    except ContentError as error:
        return _refused(error)
    return json({"release": release})


async def dismiss(request: web.Request) -> web.Response:
    """``POST /api/console/drafts/{draft}/dismiss``."""
    who = await accounts.user(request, *WRITERS)
    front = request.app[FRONT]
    found = await drafts.draft(front.engine, _id(request))
    if not scopes.may_write(who, scopes.read(found.scope), front.staff()):
        raise BadRequestError("这一条不归您管，请总部的同事来处理", status=403, code="scope")
    await drafts.dismiss(front.engine, found.id, who.name, front.clock.now())
    return web.Response(status=204)


async def trial(request: web.Request) -> web.Response:
    """``POST /api/console/trial {"question","entry","draft"?,"channel"?}`` → the answers today and with the draft."""
    await accounts.user(request, *WRITERS)
    front, told = request.app[FRONT], await reading.shaped(request, Trying)
    stored: JsonMap = {"id": "new-draft", "source": "试答"}
    if told.draft is not None:
        stored = (await _entry_draft(front.engine, told.draft)).value or stored
    try:
        found = await (await grows(front)).trial(told.entry.over(stored), told.question, told.channel, front.clock.now())
    except ContentError as error:
        return _refused(error)
    return json(dict(found))


async def list_pairs(request: web.Request) -> web.Response:
    """``GET /api/console/pairs?limit=``: contradictions first."""
    await accounts.user(request, *WRITERS)
    limit = reading.number(request, "limit", 100, 1, 500)
    return json({"pairs": await (await grows(request.app[FRONT])).pairs(limit)})


def _shown(one: Draft) -> dict[str, object]:
    return {
        "id": one.id,
        "kind": one.kind,
        "item": one.item,
        "entry": dict(one.value or {}),
        "version": one.version,
        "origin": one.origin,
        "note": one.note,
        "state": one.state,
        "author": one.last_author,
        "at": iso(one.updated_at or one.created_at),
        "release": one.release,
    }


_FIELDS = {"answer": "答案", "questions": "问题", "source": "来源", "valid_until": "截止日期", "valid_from": "生效日期"}


def _refused(error: ContentError) -> web.Response:
    """Content that cannot go live, in its editor's words."""
    reasons = [_reason(problem.key, problem.reason) for problem in error.problems[:20]]
    return json({"error": {"code": "content", "message": "；".join(reasons[:3]), "reasons": reasons}}, 422)


def _reason(key: str, reason: str) -> str:
    name = next((words for field, words in _FIELDS.items() if field in key), "")
    return f"{name}：{reason}" if name and name not in reason else reason


def routes() -> list[web.RouteDef]:
    """The calls."""
    get, post = web.get, web.post
    one = "/api/console/drafts/{draft}"
    return [
        get("/api/console/gaps", list_gaps),
        post("/api/console/gaps/draft", draft_gap),
        post("/api/console/gaps/aside", aside),
        get("/api/console/drafts", list_drafts),
        post("/api/console/drafts", make_draft),
        get(one, read_draft),
        post(one, save_draft),
        post(one + "/publish", publish),
        post(one + "/dismiss", dismiss),
        post("/api/console/trial", trial),
        get("/api/console/pairs", list_pairs),
    ]
