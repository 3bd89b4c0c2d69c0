"""What understanding got wrong in an evening, by the crowd's own labels: counted, for it may err. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping

from bot.bench.evening_oracle import Check, Ledger

_ERRANDS = frozenset({"ask", "same", "nudge"})
"""Tags of messages that belong to one question."""


def _twice(ledger: Ledger) -> Iterator[str]:
    times: Counter[tuple[str, str]] = Counter()
    for said, led in ledger.unasked():
        if led.gold is not None and led.gold.tag in _ERRANDS:
            times[said.talk, led.gold.thread] += 1
    yield from (f"{talk}: thread {thread} was answered {n} times" for (talk, thread), n in times.items() if n > 1)


def _after_guide(ledger: Ledger) -> Iterator[str]:
    first: dict[tuple[str, str], float] = {}
    for one in ledger.books.heard:
        if one.gold is not None and one.gold.tag == "ask":
            key = (one.talk, one.gold.thread)
            first[key] = max(first.get(key, 0.0), one.at)
    for said, led in ledger.unasked():
        if led.gold is None or led.gold.tag not in _ERRANDS:
            continue
        key = (said.talk, led.gold.thread)
        guided, asked = ledger.books.guided.get(key), first.get(key)
        hold = ledger.books.places[said.talk].hold
        if guided is not None and asked is not None and guided <= asked + hold and (said.at or 0.0) > guided:
            yield f"{said.talk}: message {led.id} was answered after a guide had: {led.text[:40]}"


def _wrong_person(ledger: Ledger) -> Iterator[str]:
    """Whom an answer names, but who by the crowd's own labels did not ask this."""
    for said, led in ledger.answers():
        if led.gold is None:
            continue
        thread = led.gold.thread
        asked = {one.sender for one in ledger.by_talk[said.talk] if one.gold is not None and one.gold.thread == thread}
        for who, name in said.mentions:
            if who not in asked:
                yield f"{said.talk}: our message {said.id} to {led.text[:30]!r} names {name}"


SLIPS: Mapping[str, Check] = {
    "a question thread answered twice": _twice,
    "answered after a guide had": _after_guide,
    "wrong person named": _wrong_person,
}
"""What may go wrong now and then, and where it did."""
