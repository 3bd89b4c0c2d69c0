"""The figures of an evening, as tables; and what "answer when @-ed" would have done with the same stream. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.bench.evening_books import Orders
from bot.bench.evening_oracle import CHECKS, HOUR, Books, Heard, Ledger, judge
from bot.bench.evening_world import Spent
from bot.bench.figures_of import Waits

ACTIONS = ("answer", "private", "handover", "order", "welcome", "silent")
_SHOWN = 12
"""Breaches that are told in words."""


@dataclass(frozen=True, slots=True)
class Evening:
    """Everything that is told of an evening."""

    books: Books
    orders: Orders
    spent: Spent
    session: int
    """Bytes of the largest memory of a group."""
    breaches: Mapping[str, Sequence[str]]
    slips: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Rival:
    """What a bot did with the questions of the evening."""

    name: str
    answered: int
    """Question threads for the shop that no guide answered in time: those that it answered."""
    questions: int
    named: int
    """Of the answered those that named it."""
    aloud: int
    """Private or a person's matters that it answered before everybody."""
    words: int
    """Messages that it put into groups."""
    limited: int = 0
    """Of the missed those where the group had heard as many unasked answers in the hour before as it may, or hears none."""


def lines(one: Evening) -> Iterator[str]:
    """For people."""
    yield from _sums(one)
    yield ""
    yield from _decided(one.books)
    yield ""
    yield from _beside(one.books)
    yield ""
    yield from _rules(one)
    yield ""
    yield from _cost(one)


def _sums(one: Evening) -> Iterator[str]:
    books, ledger = one.books, Ledger(one.books)
    spoken = [heard for heard in books.heard if heard.talk in books.places]
    outcomes = Counter(heard.outcome for heard in spoken)
    moved = {heard.talk for heard in books.heard if heard.talk not in books.places}
    unasked = {said.id for said, _ in ledger.unasked()}
    most = Counter(said.talk for said, _ in ledger.unasked())
    full = sum(n >= books.places[talk].per_hour for talk, n in most.items())
    yield "| the evening | |"
    yield "|---|---:|"
    yield f"| groups · people who did something | {len(books.places)} · {sum(len(p.members) for p in books.places.values())} |"
    yield f"| messages and events in groups | {len(spoken)} |"
    yield f"| answered · silent · handed over | {outcomes['answered']} · {outcomes['silent']} · {outcomes['handed_over']} |"
    yield f"| taken to a talk alone | {len(books.heard) - len(spoken)} messages, {len(moved)} talks |"
    yield f"| said in groups · of these unasked answers | {len(ledger.aloud)} · {len(unasked)} |"
    yield f"| most unasked answers in a group · groups at their limit | {max(most.values(), default=0)} · {full} |"
    yield f"| unasked answer after, s | {_waits(ledger, asked=False)} |"
    yield f"| answer to who named it after, s | {_waits(ledger, asked=True)} |"
    yield f"| words of guides that the desk refused | {one.spent.refused} |"
    orders = one.orders
    yield f"| order lines right · extra | {orders.right} of {orders.lines} · {orders.extra} |"
    yield f"| ledgers exact · closing list told | {orders.exact} · {orders.told} of {orders.groups} |"


def _waits(ledger: Ledger, *, asked: bool) -> str:
    unasked = {said.id for said, _ in ledger.unasked()}
    found = Waits.of([(said.at or 0.0) - led.at for said, led in ledger.answers() if (said.id not in unasked) == asked])
    return f"p50 {found.p50:.0f}, p95 {found.p95:.0f}, worst {found.worst:.0f}" if found.n else "–"


def _decided(books: Books) -> Iterator[str]:
    """Where the policy is the usual one: what was right by the crowd's labels, and what was decided."""
    usual = {one.id for one in books.places.values() if one.level == "careful" and one.hold == 30.0}
    some = [one for one in books.heard if one.talk in usual and one.gold is not None and one.gold.tag != "recall"]
    table: Counter[tuple[str, str]] = Counter((one.gold.action, one.action) for one in some if one.gold is not None)
    yield f"| right → decided ({len(usual)} careful groups) | {' | '.join(ACTIONS)} | right or allowed |"
    yield "|---|" + "---:|" * (len(ACTIONS) + 1)
    for action in ACTIONS:
        row = [one for one in some if one.gold is not None and one.gold.action == action]
        good = sum(_right(one) for one in row)
        share = f"{100 * good / len(row):.1f} %" if row else "–"
        yield f"| {action} ({len(row)}) | {' | '.join(str(table[action, other]) for other in ACTIONS)} | {share} |"


def _right(one: Heard) -> bool:
    return one.gold is not None and one.action in {one.gold.action, *one.gold.also}


def _beside(books: Books) -> Iterator[str]:
    yield "| bot | questions answered | of these @ | missed | of these kept back by the limit | own matters aloud | said |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for one in (ours(books), when_named(books)):
        missed = one.questions - one.answered
        did = f"{one.answered} of {one.questions} | {one.named} | {missed}"
        yield f"| {one.name} | {did} | {one.limited} | {one.aloud} | {one.words} |"


def _questions(books: Books) -> dict[tuple[str, str], list[Heard]]:
    """Threads with a question for the shop that is the assistant's to answer → the messages that ask it."""
    found: dict[tuple[str, str], list[Heard]] = {}
    for one in books.heard:
        gold = one.gold
        if gold is not None and gold.action == "answer" and gold.tag in {"ask", "same"}:
            found.setdefault((one.talk, gold.thread), []).append(one)
    return found


def ours(books: Books) -> Rival:
    """What was really done."""
    ledger, asked = Ledger(books), _questions(books)
    answered = {(said.talk, led.gold.thread) for said, led in ledger.answers() if led.gold is not None} & asked.keys()
    aloud = len(judge(books, {"aloud": CHECKS["nothing private answered aloud"]})["aloud"])
    named = sum(any(one.spoken_to for one in asked[key]) for key in answered)
    limited = sum(_limited(ledger, asked[key][0]) for key in asked.keys() - answered)
    return Rival("daogou", len(answered), len(asked), named, aloud, len(ledger.aloud), limited)


def _limited(ledger: Ledger, one: Heard) -> bool:
    place = ledger.books.places[one.talk]
    due = one.at + place.hold
    spoken = sum(said.talk == one.talk and due - HOUR < (said.at or 0.0) <= due for said, _ in ledger.unasked())
    return place.level == "at_only" or spoken >= place.per_hour


def when_named(books: Books) -> Rival:
    """Answers whoever names it by @ or by name, whatever it is, and nobody else."""
    asked = _questions(books)
    answered = {key for key, some in asked.items() if any(one.spoken_to for one in some)}
    heard = [one for one in books.heard if one.spoken_to and one.talk in books.places]
    return Rival("answer when @-ed", len(answered), len(asked), len(answered), sum(map(_own, heard)), len(heard))


def _own(one: Heard) -> bool:
    return one.gold is not None and one.gold.action in {"private", "handover"}


def _rules(one: Evening) -> Iterator[str]:
    for name, found in one.breaches.items():
        yield f"{'BROKEN' if found else 'holds '}  {name}" + (f": {len(found)}" if found else "")
        yield from (f"          {words}" for words in found[:_SHOWN])
    for name, found in one.slips.items():
        yield f"slips     {name}: {len(found)}"
        yield from (f"          {words}" for words in found[:_SHOWN])


def _cost(one: Evening) -> Iterator[str]:
    spent = one.spent
    many = max(spent.accepted, 1)
    yield "| cost | |"
    yield "|---|---:|"
    yield f"| real seconds · messages a second | {spent.seconds:.0f} · {many / max(spent.seconds, 1e-9):.0f} |"
    yield f"| ms a message, all in | {1000 * spent.seconds / many:.1f} |"
    yield f"| of these in the worker's turns | {1000 * spent.thinking / many:.1f} |"
    yield f"| largest memory of a group | {one.session / 1024:.1f} KiB |"
    marks = " · ".join(f"{minute:.0f} min {size:.0f}" for minute, size in spent.resident)
    yield f"| MB resident after | {marks} |"
    yield f"| growth after the first ten minutes | {slope(spent.resident):+.2f} MB in ten minutes |"


def slope(marks: Sequence[tuple[float, float]]) -> float:
    """MB in ten minutes by least squares, the first ten minutes left out; 0 for fewer than two looks."""
    some = [(minute, size) for minute, size in marks if minute >= 10]
    if len(some) < 2:
        return 0.0
    mean_x, mean_y = sum(minute for minute, _ in some) / len(some), sum(size for _, size in some) / len(some)
    spread = sum((minute - mean_x) ** 2 for minute, _ in some)
    return 10 * sum((minute - mean_x) * (size - mean_y) for minute, size in some) / spread
