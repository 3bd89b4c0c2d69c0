"""效果: what followed each script, wording, arm and entry, with how sure it is; and what can be said of experiments.

The page comes at once, the table after it: a month of a million messages takes seconds to read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.scoped import scoped
from bot.db.users import User
from bot.front import accounts, console_desk, console_pages, console_shell, limits, reading
from bot.front.console import WRITERS
from bot.front.console_overview import SPANS, families
from bot.front.context import FRONT, LIMITER, Front

if TYPE_CHECKING:
    from bot.editing.desk import Editing
    from bot.effect import By, Effect, Rate, Verdict

KINDS: Final[Mapping[str, str]] = {"script": "话术", "wording": "每种说法", "arm": "对比试验的组", "entry": "知识"}
MEASURES: Final[Mapping[str, str]] = {
    "answer": "回话",
    "good": "说好",
    "click": "点商品",
    "buy": "购买",
    "handover": "转人工",
    "complaint": "投诉",
    "optout": "退订",
}
"""``bot.effect.NAMES`` in the words of a table's head."""
BAD: Final = frozenset({"handover", "complaint", "optout"})
FEW: Final = 30
"""Of fewer people a share says nothing yet: it is greyed, and stands below all that can be ranked."""
_PAGE: Final = 60


@dataclass(frozen=True, slots=True)
class Share:
    """One cell: a share with its interval."""

    words: str
    """``12%（8–17%）``; empty where there is nobody."""
    did: int
    of: int
    few: bool
    value: float = 0.0
    low: float = 0.0
    high: float = 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """One script, wording, arm or entry."""

    id: str
    name: str
    """What it says, or its first question."""
    part: str
    """Its wording or arm."""
    family: str
    effect: Effect
    shares: Mapping[str, Share]


async def page(request: web.Request) -> web.Response:
    """``GET /console/effect?days=&by=&family=&q=&order=&script=``; for htmx the table alone."""
    who = await console_pages.writer(request)
    wish = wished(request)
    told: dict[str, object] = {
        "name": "效果",
        "here": "/console/effect",
        **wish,
        "spans": SPANS,
        "kinds": KINDS,
        "measures": MEASURES,
        "few": FEW,
        "bad": BAD,
        "query": {name: one for name, one in request.query.items() if one and name != "skip"},
        "export": f"/console/export/effect?{request.query_string}",
    }
    if not console_shell.partly(request):
        told["families"] = sorted(set((await families(await console_desk.editing(request))).values()))
        return console_shell.page(request, "console_effect.html", who, told)
    lines = await _lines(request, who)
    skip = reading.number(request, "skip", 0, 0, 100_000)
    told |= {"lines": lines[skip : skip + _PAGE], "total": len(lines), "skip": skip, "scale": scales(lines)}
    told["more"] = skip + _PAGE if skip + _PAGE < len(lines) else None
    return console_shell.page(request, "console_effect_rows.html", who, told)


def wished(request: web.Request) -> dict[str, object]:
    """What is to be shown: ``by``, ``days``, ``order``."""
    query = request.query
    days = reading.number(request, "days", 28, 1, 90)
    return {
        "by": query.get("by", "") if query.get("by") in KINDS else "script",
        "days": min(SPANS, key=lambda one: abs(one - days)),
        "order": query.get("order", "") if query.get("order") in MEASURES else "people",
    }


async def trials(request: web.Request) -> web.Response:
    """``GET /console/effect/trials?script=``: what can be said of each experiment, in words."""
    who = await console_pages.writer(request)
    script = request.query.get("script", "")
    found = [one for one in await verdicts(request, who) if script in {"", one.trial.script}]
    arms = {one.trial.id: [(arm.name, arm.people, _of_arm(one, arm.name)) for arm in one.compared.arms] for one in found}
    told = {"verdicts": found, "arms": arms, "measures": MEASURES}
    return console_shell.page(request, "console_effect_trials.html", who, told)


async def verdicts(request: web.Request, who: User) -> Sequence[Verdict]:
    """What can be said of the experiments that have begun, as far as somebody may know."""
    desk = await console_desk.editing(request)
    from bot.db import effects  # noqa: PLC0415  (numbers, which pages without them do not load)
    from bot.effect.planned import trials as planned  # noqa: PLC0415

    front = request.app[FRONT]
    workspace, now = await desk.workspace(), front.clock.now()
    wanted = planned(workspace.scripts, workspace.brand.zone, now)
    if not wanted:
        return ()
    async with _seen(front, who) as connection:
        return await effects.verdicts(connection, wanted, now=now)


def _of_arm(verdict: Verdict, name: str) -> Mapping[str, Share]:
    from bot.effect import Rate  # noqa: PLC0415  (loaded by now)

    arm = next(one for one in verdict.compared.arms if one.name == name)
    return {measure: share(Rate(one.did, one.of, one.did, one.of)) for measure, one in arm.shares.items()}


def _seen(front: Front, who: User) -> AbstractAsyncContextManager[AsyncConnection]:
    """Whoever belongs to a store sees what was said to its customers; headquarters sees everything, as numbers."""
    return scoped(front.engine, who) if who.stores else front.engine.begin()


async def _lines(request: web.Request, who: User) -> list[Line]:
    """All lines that are wanted, in the order that is wanted; what cannot be ranked yet stands below."""
    desk, wish, query = await console_desk.editing(request), wished(request), request.query
    found = await _effects(request, who, str(wish["by"]), int(str(wish["days"])))
    known, names = await families(desk), await _names(desk)
    lines = [_line(one, known, names) for one in found]
    words = query.get("q", "").strip().casefold()
    lines = [
        one
        for one in lines
        if words in f"{one.id} {one.name} {one.part}".casefold()
        and query.get("family", "") in {"", one.family}
        and query.get("script", "") in {"", one.id}
    ]
    return sorted(lines, key=_order(str(wish["order"])))


async def _effects(request: web.Request, who: User, by: str, days: int) -> Sequence[Effect]:
    from bot.db import effects  # noqa: PLC0415  (numbers, which pages without them do not load)

    front = request.app[FRONT]
    now = front.clock.now()
    first = now.astimezone(front.brand().zone).date() - timedelta(days=days - 1)
    since = datetime.combine(first, time(), front.brand().zone)
    kind: By = by  # type: ignore[assignment]
    async with _seen(front, who) as connection:
        return await effects.effects(connection, since, now, kind, now=now)


async def _names(desk: Editing) -> Mapping[tuple[str, str], str]:
    """(script or entry, wording) → what it says. A wording goes by its own id, or by a fingerprint of its text."""
    from bot.handlers.wording import BUILT_IN  # noqa: PLC0415  (the rooms, which are loaded by now)
    from scripts import wording_id  # noqa: PLC0415  (the rooms, which are loaded by now)

    names: dict[tuple[str, str], str] = {}
    workspace = await desk.workspace()
    for script in (*BUILT_IN, *workspace.scripts):
        for number, variant in enumerate(script.variants):
            if not number:
                names[script.id, ""] = variant.text
            names[script.id, wording_id(variant)] = variant.text
    for entry in workspace.entries:
        names[entry.id, ""] = entry.questions[0]
    return names


def _line(effect: Effect, known: Mapping[str, str], names: Mapping[tuple[str, str], str]) -> Line:
    label = effect.label
    entry = effect.by == "entry"
    part = f"{label.experiment} · {label.arm}" if label.arm else label.wording
    name = names.get((label.id, label.wording)) or names.get((label.id, ""), "")
    gone = bool(label.wording) and (label.id, label.wording) not in names
    shares = {measure: share(effect.rate(measure)) for measure in MEASURES}  # type: ignore[arg-type]
    family = "" if entry else known.get(label.id, "")
    return Line(label.id, f"（现在没有这种说法了）{label.wording}" if gone else name, part, family, effect, shares)


def share(rate: Rate) -> Share:
    """A rate as a cell shows it."""
    found, interval = rate.share, rate.interval
    if found is None or interval is None:
        return Share("", 0, 0, few=True)
    low, high = interval
    words = f"{_percent(found)}%（{_percent(low)}–{_percent(high)}%）"
    return Share(words, rate.did, rate.of, rate.of < FEW, found, low, high)


def scales(lines: Sequence[Line]) -> Mapping[str, float]:
    """Measure → what the full width of its bars is: the highest end of an interval that says something, at least 10 %."""
    return {
        measure: max([0.1, *(one.shares[measure].high for one in lines if not one.shares[measure].few)]) for measure in MEASURES
    }


def _percent(value: float) -> str:
    """Whole numbers, one decimal below ten."""
    told = value * 100
    return f"{told:.0f}" if told >= 10 or told == 0 else f"{told:.1f}".removesuffix(".0")


def _order(order: str) -> Callable[[Line], tuple[bool, float, str]]:
    def key(line: Line) -> tuple[bool, float, str]:
        if order == "people":
            return (False, -line.effect.people, line.id)
        found = line.shares[order]
        rate = line.effect.rate(order)  # type: ignore[arg-type]
        interval = rate.interval or (0.0, 1.0)
        # by what is surely there, so that a lucky few do not stand on top; of what is bad the worst comes first as well
        return (found.few, -interval[0] if not found.few else -float(rate.of), line.id)

    return key


async def export(request: web.Request) -> web.Response:
    """``GET /console/export/effect``: the table as it is filtered, all numbers in columns of their own, as CSV."""
    who = await accounts.user(request, *WRITERS)
    await request.app[LIMITER].count(limits.EXPORT, who.name)
    lines = await _lines(request, who)
    from bot.effect import HEAD, rows  # noqa: PLC0415  (loaded by now)

    told = [(*row, line.family, line.name) for line, row in zip(lines, rows([one.effect for one in lines]), strict=True)]
    return console_shell.table("效果", (*HEAD, "类别", "内容"), told)


def routes() -> list[web.RouteDef]:
    """The page, its experiments, its table."""
    return [
        web.get("/console/effect", page),
        web.get("/console/effect/trials", trials),
        web.get("/console/export/effect", export),
    ]
