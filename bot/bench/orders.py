"""Group orders read into ledgers, beside a plain regular expression: ``python -m bot.bench orders``.

A session counts only when its lines and its unclear messages are exactly those of the label; a confirmed amount is right when
sender, article, quantity and unit are.
"""

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson

from bot.adapters.keeping import CHECKOUT
from bot.cli.ordering import OrderSession, ordered
from intents.slots.numerals import DIGITS

SETS = tuple(CHECKOUT / "tests" / "data" / name for name in ("orders_dev.jsonl", "orders_dev_talks.jsonl", "orders_test.jsonl"))
ENOUGH, PER_SECOND = 0.95, 500.0
"""What the issue asks for: sessions exactly right on the test set, messages a second on one core."""
_DIGITS: Mapping[str, int | Decimal] = {**{sign: n for sign, n in DIGITS.items() if n}, "十": 10, "半": Decimal("0.5")}

Key = tuple[str, str, Decimal, str]
"""Sender, sku, quantity, unit."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A session and what it comes to."""

    id: str
    session: OrderSession
    lines: frozenset[Key]
    sources: tuple[tuple[str, str, tuple[str, ...]], ...]
    """Sender, sku and message ids of the lines whose sources are labelled."""
    unresolved: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reading:
    """What somebody made of a session."""

    lines: frozenset[Key]
    unresolved: frozenset[str]
    sources: tuple[tuple[str, str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """Figures of one reader over one set."""

    sessions: int
    exact: int
    confirmed: int
    right: int
    asked: int
    asked_rightly: int
    to_ask: int
    per_second: float

    def row(self, name: str) -> str:
        """One line of the table."""
        return (
            f"| {name} | {self.exact}/{self.sessions} | {_share(self.exact, self.sessions)} "
            f"| {_share(self.right, self.confirmed)} | {_share(self.asked_rightly, self.asked)} "
            f"| {_share(self.asked_rightly, self.to_ask)} | {self.per_second:,.0f} |"
        )


def labelled(path: Path) -> Sequence[Labelled]:
    """The sessions of a file of JSON Lines: the filter's input with ``lines`` and ``unresolved`` (message ids)."""
    found = []
    for line in path.read_bytes().splitlines():
        told = orjson.loads(line)
        lines = frozenset(_key(one) for one in told["lines"])
        sources = tuple((one["sender"], str(one["sku"]), tuple(one["from"])) for one in told["lines"] if "from" in one)
        found.append(Labelled(told["id"], OrderSession.model_validate(told), lines, sources, frozenset(told["unresolved"])))
    return found


def ours(session: OrderSession) -> Reading:
    """The product's reading."""
    told = orjson.loads(orjson.dumps(ordered(session)))
    return Reading(
        frozenset(_key(one) for one in told["lines"]),
        frozenset(one["message"] for one in told["unresolved"]),
        tuple((one["sender"], str(one["sku"]), tuple(one["from"])) for one in told["lines"]),
    )


def plain_pattern(session: OrderSession) -> Reading:
    """What most people write first: an article's name or alias with a number and its unit beside it, summed up by sender."""
    sums: dict[tuple[str, int], Decimal] = {}
    for place, row in enumerate(session.menu):
        names = "|".join(map(re.escape, sorted((row.name, *row.aliases), key=len, reverse=True)))
        number = r"(\d+(?:\.\d+)?|[一二两三四五六七八九十半])"
        pattern = re.compile(rf"(?:{names})[ x*×]*{number}|{number} ?{re.escape(row.unit)}(?:{names})")
        for message in session.messages:
            for found in pattern.finditer(message.text):
                told = found[1] or found[2]
                n = Decimal(told) if told[0].isdigit() else Decimal(_DIGITS[told])
                sums[message.sender, place] = sums.get((message.sender, place), Decimal(0)) + n
    rows = session.menu
    lines = frozenset((sender, str(rows[place].sku), n, rows[place].unit) for (sender, place), n in sums.items() if n > 0)
    return Reading(lines, frozenset())


def score(cases: Sequence[Labelled], read: Callable[[OrderSession], Reading]) -> tuple[Score, Sequence[str]]:
    """Figures, and the ids of the sessions that are not exactly right."""
    begun = time.perf_counter()
    readings = [read(case.session) for case in cases]
    taken = time.perf_counter() - begun
    pairs = list(zip(cases, readings, strict=True))
    wrong = [case.id for case, one in pairs if not _exact(case, one)]
    messages = sum(len(case.session.messages) for case in cases)
    return Score(
        sessions=len(cases),
        exact=len(cases) - len(wrong),
        confirmed=sum(len(one.lines) for one in readings),
        right=sum(len(case.lines & one.lines) for case, one in pairs),
        asked=sum(len(one.unresolved) for one in readings),
        asked_rightly=sum(len(case.unresolved & one.unresolved) for case, one in pairs),
        to_ask=sum(len(case.unresolved) for case in cases),
        per_second=messages / taken,
    ), wrong


def run(say: Callable[[str], None], sets: Iterable[Path] = SETS) -> int:
    """Print the table; 1 where a bar of the issue is missed on the last set."""
    say("| reader | sessions exactly right | | confirmed amounts right | questions precise | questions found | messages/s |")
    say("|---|---|---|---|---|---|---|")
    last: Score | None = None
    notes = []
    for path in sets:
        cases = labelled(path)
        score(cases[:5], ours)
        last, wrong = score(cases, ours)
        rival, _ = score(cases, plain_pattern)
        say(last.row(f"ours, {path.stem}"))
        say(rival.row(f"name + number, {path.stem}"))
        notes.append(f"{path.stem}: not exactly right: {' '.join(wrong) or 'none'}")
    for note in notes:
        say(note)
    if last is None:
        return 1
    bars = (last.exact >= ENOUGH * last.sessions, last.right == last.confirmed, last.per_second >= PER_SECOND)
    told = " ".join("kept" if bar else "MISSED" for bar in bars)
    say(f"bars (95 % exact, every confirmed amount right, 500 messages/s): {told}")
    return 0 if all(bars) else 1


def _exact(case: Labelled, one: Reading) -> bool:
    return (
        case.lines == one.lines
        and case.unresolved == one.unresolved
        and (not one.sources or set(case.sources) <= set(one.sources))
    )


def _key(line: Mapping[str, Any]) -> Key:
    return str(line["sender"]), str(line["sku"]), Decimal(str(line["n"])), str(line["unit"])


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "—"
