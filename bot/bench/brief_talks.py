"""Scripted handovers: what was said, what a guide would have to know of it, and what must not be believed of it.

One JSON object a line in ``tests/data/briefs_{dev,test}.jsonl``: ``messages`` (author, text; ``entry`` and ``items`` of what the
bot answered and showed; ``sender`` where somebody else of a group speaks; ``recalled``), ``gold`` (clauses: a kind and wordings
of which one must stand there), ``known`` and ``traps`` (what, and such wordings; ``whom`` of whom).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.brief import Remark, Story
from bot.brief.model import Author
from bot.rehearsal import Rehearsal
from bot.services import Services

DATA = Path(__file__).parents[2] / "tests" / "data"
START = datetime(2026, 11, 22, 15, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
"""A Sunday afternoon: the shops are open."""
_PAUSE = timedelta(seconds=25)
_ASKER = "asker"


@dataclass(frozen=True, slots=True)
class Expected:
    """Something that must be told (or, as a trap, must not), in any of these wordings."""

    what: str
    any: tuple[str, ...]
    whom: str | None = None


@dataclass(frozen=True, slots=True)
class Talk:
    """One scripted handover."""

    id: str
    messages: tuple[Mapping[str, object], ...]
    gold: tuple[Expected, ...]
    known: tuple[Expected, ...]
    traps: tuple[Expected, ...]


def talks(split: str) -> tuple[Talk, ...]:
    """The talks of ``dev`` or ``test``."""
    lines = (DATA / f"briefs_{split}.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(_talk(json.loads(line)) for line in lines if line)


def _talk(raw: Mapping[str, object]) -> Talk:
    gold, known, traps = (tuple(_expected(one) for one in _objects(raw[name])) for name in ("gold", "known", "traps"))
    return Talk(str(raw["id"]), tuple(_objects(raw["messages"])), gold, known, traps)


def _expected(raw: Mapping[str, object]) -> Expected:
    wordings = raw["any"]
    assert isinstance(wordings, list)
    whom = raw.get("whom")
    return Expected(str(raw.get("kind", raw.get("what", ""))), tuple(map(str, wordings)), None if whom is None else str(whom))


def _objects(value: object) -> Iterator[Mapping[str, object]]:
    assert isinstance(value, list)
    yield from value


def story(talk: Talk, services: Services) -> Story:
    """The talk with real traces: the shopper's messages go through the very turn, the others' are taken as written."""
    group = any("sender" in message for message in talk.messages)
    rehearsal = Rehearsal(services, group=group)
    names: dict[str, str] = {}
    entries: dict[str, str] = {}
    remarks: list[Remark] = []
    reason, kind, urgency = "", "asked", 0
    for n, message in enumerate(talk.messages, 1):
        at = START + n * _PAUSE
        if message["author"] != "shopper":
            if message["author"] == "guide" and rehearsal.conversation.owner != "human":
                rehearsal.claim("g1", at)
            remarks.append(_answer(n, message, at, names, entries))
            continue
        sender = str(message.get("sender", _ASKER)) if group else None
        done = rehearsal.say(str(message["text"]), at, sender=sender, at_bot=group and sender == _ASKER)
        if done.handover is not None:
            reason, kind, urgency = done.handover.reason, done.handover.kind, done.handover.urgency
        last = done.settled[-1]
        recalled = bool(message.get("recalled"))
        remarks.append(Remark(n, "shopper", str(message["text"]), at, last.trace, last.outcome, recalled=recalled, sender=sender))
    return Story(tuple(remarks), reason, kind, urgency, names, entries, _ASKER if group else None)


def _answer(n: int, message: Mapping[str, object], at: datetime, names: dict[str, str], entries: dict[str, str]) -> Remark:
    """A message of the bot or of a guide, with the trace that the bot would have left."""
    author: Author = "guide" if message["author"] == "guide" else "bot"
    trace: dict[str, object] = {}
    if "entry" in message:
        entries[f"e{n}"] = str(message["entry"])
        trace["entry"] = {"id": f"e{n}", "version": "1"}
    items = message.get("items")
    if isinstance(items, Sequence):
        names.update({f"p{n}-{m}": str(item) for m, item in enumerate(items)})
        trace["items"] = [{"sku": f"p{n}-{m}"} for m in range(len(items))]
    return Remark(n, author, str(message["text"]), at, trace or None)
