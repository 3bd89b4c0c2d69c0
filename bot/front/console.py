"""The console's API below ``/api/console``: gaps, drafts, pairs; for editors, leads and admins, published by the latter two."""

import asyncio
from typing import Annotated, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bot.db import drafts, gaps
from bot.db.codec import iso
from bot.db.drafts import Draft, State
from bot.db.users import Role, User
from bot.errors import BadRequestError, ContentError
from bot.front import accounts, reading
from bot.front.chat import json
from bot.front.console_port import Grows
from bot.front.context import FRONT, Front
from bot.model import JsonMap

WRITERS: tuple[Role, ...] = ("editor", "lead", "admin")
PUBLISHERS: tuple[Role, ...] = ("lead", "admin")
_STATES: tuple[State, ...] = ("draft", "published", "dismissed")


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
    """``POST /api/console/drafts/{draft}``."""

    entry: EntryFields


class Trying(_Shape):
    """``POST /api/console/trial``: a question to a draft, saved or not."""

    question: _Line
    entry: EntryFields
    draft: Annotated[str, StringConstraints(max_length=128)] = ""
    channel: Literal["web", "wecom_kf", "feishu", "dingtalk", "wecom_aibot"] | None = None


class FromGap(_Shape):
    """``POST /api/console/gaps/draft``: the question that stands for the gap."""

    question: _Line
    days: Annotated[int, Field(ge=1, le=365)] = 28


class Aside(_Shape):
    """``POST /api/console/gaps/aside``."""

    question: _Line
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""


async def _grows(front: Front) -> Grows:
    if front.growing is None:
        raise BadRequestError("知识库还没有准备好，请稍后再试", status=503, code="unavailable")
    return await front.growing()


async def list_gaps(request: web.Request) -> web.Response:
    """``GET /api/console/gaps?days=&limit=`` → rising ones first."""
    await accounts.user(request, *WRITERS)
    front = request.app[FRONT]
    days, limit = reading.number(request, "days", 28, 1, 365), reading.number(request, "limit", 50, 1, 500)
    return json({"days": days, "gaps": await (await _grows(front)).gaps(front.clock.now(), days, limit)})


async def draft_gap(request: web.Request) -> web.Response:
    """``POST /api/console/gaps/draft {"question","days"?}`` → 201 with the draft."""
    who = await accounts.user(request, *WRITERS)
    front, told = request.app[FRONT], await reading.shaped(request, FromGap)
    now = front.clock.now()
    made = await (await _grows(front)).draft(told.question, now, told.days)
    await drafts.keep(front.engine, [made], who.name, now)
    return json({"draft": _shown(await drafts.draft(front.engine, made.id))}, 201)


async def aside(request: web.Request) -> web.Response:
    """``POST /api/console/gaps/aside {"question","note"?}``: none of ours."""
    who = await accounts.user(request, *WRITERS)
    front, told = request.app[FRONT], await reading.shaped(request, Aside)
    await gaps.set_aside(front.engine, told.question, who.name, front.clock.now(), told.note)
    return web.Response(status=204)


async def list_drafts(request: web.Request) -> web.Response:
    """``GET /api/console/drafts?state=draft|published|dismissed``."""
    await accounts.user(request, *WRITERS)
    wanted = request.query.get("state", "draft")
    states = [state for state in _STATES if state == wanted] or ["draft"]
    return json({"drafts": [_shown(one) for one in await drafts.drafts(request.app[FRONT].engine, states)]})


async def read_draft(request: web.Request) -> web.Response:
    """``GET /api/console/drafts/{draft}``."""
    await accounts.user(request, *WRITERS)
    return json({"draft": _shown(await drafts.draft(request.app[FRONT].engine, request.match_info["draft"]))})


async def make_draft(request: web.Request) -> web.Response:
    """``POST /api/console/drafts {"entry"}`` → 201: one that is written by hand."""
    who = await accounts.user(request, *WRITERS)
    front, told = request.app[FRONT], await reading.shaped(request, NewDraft)
    id_ = f"hand-{front.draw()[-10:]}".replace("_", "-")
    entry = told.entry.over({"id": id_, "source": f"{who.name} 手写"})
    await drafts.keep(front.engine, [Draft(id_, entry, f"{who.name} 手写")], who.name, front.clock.now())
    return json({"draft": _shown(await drafts.draft(front.engine, id_))}, 201)


async def save_draft(request: web.Request) -> web.Response:
    """``POST /api/console/drafts/{draft} {"entry"}``."""
    who = await accounts.user(request, *WRITERS)
    front, told = request.app[FRONT], await reading.shaped(request, SavedDraft)
    found = await drafts.draft(front.engine, request.match_info["draft"])
    changed = Draft(found.id, {**told.entry.over(found.entry), "id": found.id}, found.origin, found.note)
    await drafts.save(front.engine, changed, who.name, front.clock.now())
    return json({"draft": _shown(await drafts.draft(front.engine, found.id))})


async def publish(request: web.Request) -> web.Response:
    """``POST /api/console/drafts/{draft}/publish`` → the release; 422 with every fault where it cannot go live."""
    who = await accounts.user(request, *PUBLISHERS)
    front = request.app[FRONT]
    grows = await _grows(front)
    try:
        # a caller who goes away does not leave a release half made
        release = await asyncio.shield(grows.publish([request.match_info["draft"]], who.name, front.clock.now()))
    except ContentError as error:
        return _refused(error)
    return json({"release": release})


async def dismiss(request: web.Request) -> web.Response:
    """``POST /api/console/drafts/{draft}/dismiss``."""
    who = await accounts.user(request, *WRITERS)
    front = request.app[FRONT]
    await drafts.dismiss(front.engine, request.match_info["draft"], who.name, front.clock.now())
    return web.Response(status=204)


async def trial(request: web.Request) -> web.Response:
    """``POST /api/console/trial {"question","entry","draft"?,"channel"?}`` → the answers today and with the draft."""
    await accounts.user(request, *WRITERS)
    front, told = request.app[FRONT], await reading.shaped(request, Trying)
    stored = (await drafts.draft(front.engine, told.draft)).entry if told.draft else {"id": "new-draft", "source": "试答"}
    try:
        found = await (await _grows(front)).trial(told.entry.over(stored), told.question, told.channel, front.clock.now())
    except ContentError as error:
        return _refused(error)
    return json(dict(found))


async def list_pairs(request: web.Request) -> web.Response:
    """``GET /api/console/pairs?limit=``: contradictions first."""
    await accounts.user(request, *WRITERS)
    limit = reading.number(request, "limit", 100, 1, 500)
    return json({"pairs": await (await _grows(request.app[FRONT])).pairs(limit)})


def may_publish(who: User) -> bool:
    """Whether somebody may make a draft live."""
    return who.role in PUBLISHERS


def _shown(one: Draft) -> dict[str, object]:
    return {
        "id": one.id,
        "entry": dict(one.entry),
        "origin": one.origin,
        "note": one.note,
        "state": one.state,
        "author": one.author,
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
