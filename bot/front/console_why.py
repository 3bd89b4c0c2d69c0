"""为什么这样答: the talks behind a question that was not answered well, each with what was understood and how sure, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from aiohttp import web

from bot.db import drafts, whys
from bot.errors import BadRequestError
from bot.front import console_desk, console_pages, console_shell, reading
from bot.front.console_intents import WAYS, named
from bot.front.console_trace import mappings, others
from bot.front.context import FRONT

if TYPE_CHECKING:
    from bot.db.whys import Told

SHOWN: Final = 10
ORIGIN: Final = "缺口："
"""What the origin of a draft begins with that was made of a gap."""
_MOST: Final = 60
"""Wordings that may be asked for at once."""
_OTHERS: Final = 3
"""What else may have been meant, at most."""


@dataclass(frozen=True, slots=True)
class Near:
    """An entry that came near."""

    id: str
    question: str
    """Its first wording; empty where it is not live any more."""
    percent: int
    told: bool
    """Whether it is the one that was told."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the reasons: what, and how it came out."""

    name: str
    words: str
    link: str = ""
    """Where that is edited; empty where it is nothing that is edited."""


async def page(request: web.Request) -> web.Response:
    """``GET /console/gaps/why?question=…&days=`` or ``?draft=``: talks in which one of these questions went wrong."""
    who = await console_pages.writer(request)
    front = request.app[FRONT]
    days = reading.number(request, "days", 90, 1, 365)
    choices = await (await console_desk.editing(request)).choices()
    draft, asked = await _asked(request)
    found = await whys.told(front.engine, who, asked, front.clock.now() - timedelta(days=days))
    entries = dict(choices.entries)
    told = {
        "question": asked[0],
        "draft": draft,
        "total": len(found),
        "store": bool(who.store),
        "talks": [(one, steps(one, entries), near(one, entries)) for one in found[:SHOWN]],
        "channels": {channel: name for channel, name, _ in choices.limits},
    }
    return console_shell.page(request, "console_why.html", who, told)


async def _asked(request: web.Request) -> tuple[drafts.Draft | None, Sequence[str]]:
    """The draft that is meant, if any, and the wordings; raises BadRequestError where there are none."""
    number = request.query.get("draft", "")
    if not number:
        found = [one.strip() for one in request.query.getall("question", []) if one.strip()][:_MOST]
        if not found:
            raise BadRequestError("没有说是哪个问题")
        return None, found
    if not (number.isascii() and number.isdigit() and len(number) < 18):
        raise BadRequestError("没有这条草稿", status=404, code="not_found")
    engine = request.app[FRONT].engine
    draft = await drafts.draft(engine, int(number))
    if not draft.origin.startswith(ORIGIN):
        raise BadRequestError("这条草稿不是从顾客的问题来的", status=404, code="not_found")
    kept = [*await drafts.saves(engine, draft.id)][::-1]
    wordings = [str(one) for save in kept for one in _listed((save.value or {}).get("questions"))]
    return draft, list(dict.fromkeys((draft.origin.removeprefix(ORIGIN), *wordings)))[:_MOST]


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()


def steps(one: Told, entries: Mapping[str, str]) -> Sequence[Step]:
    """What was made of a message, in the order in which it happened; ``entries``: id → first wording of what is live."""
    return [step for step in (*_heard(one.trace), *_answered(one, entries)) if step.words]


def _heard(trace: Mapping[str, object]) -> Iterator[Step]:
    intent = str(trace.get("intent") or "")
    yield Step("听成了", f"{named(intent)}（把握 {percent(trace.get('confidence'))}%）" if intent else "")
    yield Step("也可能是", "、".join(others(trace.get("candidates"))[:_OTHERS]))
    heard = [str(each.get("text") or each.get("value") or "") for each in mappings(trace.get("slots"))]
    yield Step("听到的条件", "、".join(filter(None, heard)))


def _answered(one: Told, entries: Mapping[str, str]) -> Iterator[Step]:
    trace = one.trace
    sure, entry = trace.get("confidence_answer"), _entry(one)
    how = "" if sure is None else f"（把握 {percent(sure)}%）"
    if entry:
        link = console_shell.address("entries", entry) if entry in entries else ""
        yield Step("拿哪条知识答", f"{entries.get(entry, entry)}{how}", link)
    else:
        yield Step("拿哪条知识答", f"没有一条够把握（最高 {percent(sure)}%）" if sure is not None else "")
    yield Step("为什么", str(trace.get("why") or ""))
    for script in (str(each.get("id")) for each in mappings(trace.get("scripts"))):
        if script != "answer":
            yield Step("用了哪条话术", script, console_shell.address("scripts", script))
    yield Step("怎么处理", "" if entry else one.reason or WAYS.get(str(trace.get("route")), ""))


def _entry(one: Told) -> str:
    """The entry that was told; empty where none was."""
    entry = one.trace.get("entry")
    return str(entry.get("id")) if isinstance(entry, Mapping) else ""


def near(one: Told, entries: Mapping[str, str]) -> Sequence[Near]:
    """The entries that came nearest, as the trace of the message says."""
    told = _entry(one)
    found = [(str(hit.get("entry")), percent(hit.get("score"))) for hit in mappings(one.trace.get("hits"))]
    ordered = sorted(found, key=lambda hit: -hit[1])
    return [Near(id_, entries.get(id_, ""), score, id_ == told) for id_, score in ordered]


def percent(value: object) -> int:
    """A probability as people read it."""
    return round(100 * value) if isinstance(value, int | float) else 0


def routes() -> list[web.RouteDef]:
    """The page."""
    return [web.get("/console/gaps/why", page)]
