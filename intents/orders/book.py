"""The running order: who has how much of what, from which messages, and what is still unclear."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from intents.orders.amounts import Amount
from intents.orders.menu import Items, Menu
from intents.orders.model import Ledger, Line, Share, Total, Unresolved


@dataclass(frozen=True, slots=True)
class Holding:
    """What one sender has of one article."""

    n: Decimal
    sources: tuple[str, ...]
    note: str = ""
    steps: tuple[tuple[str, Decimal], ...] = ()
    """Message and what it put on top, oldest first."""


@dataclass(frozen=True, slots=True)
class Pending:
    """Words that wait for the same sender's clarity."""

    message: str
    text: str
    why: str
    """amount, range, unit, choice, unknown, condition, usual, reference."""
    items: Items = ()
    amount: Amount | None = None
    strange: str = ""
    entry: bool = False
    """Said in a list."""
    more: bool = False
    """It comes on top of what there is (再来点)."""


@dataclass(slots=True)
class Book:
    """Changed by message after message; `ledger` closes it."""

    menu: Menu
    held: dict[str, dict[int, Holding]] = field(default_factory=dict)
    pending: dict[str, list[Pending]] = field(default_factory=dict)
    touched: dict[str, int] = field(default_factory=dict)
    """The article that a sender changed last."""

    def has(self, sender: str) -> Mapping[int, Holding]:
        """What a sender has now."""
        return self.held.get(sender, {})

    def put(self, sender: str, place: int, n: Decimal, message: str, note: str = "") -> None:
        """Set a quantity; nothing is left where it is not above zero. Clears what waited for this article."""
        cleared = [one for one in self.pending.get(sender, ()) if place in one.items and one.message != message]
        known = self.has(sender).get(place)
        earlier = (*(one.message for one in cleared), *(known.sources if known else ()))
        sources = tuple(dict.fromkeys((*(known.sources if known else ()), *(one for one in earlier), message)))
        self.clear(sender, cleared)
        notes = "，".join(dict.fromkeys(one for one in (known.note if known else "", note) if one))
        if n > 0:
            steps = _grown(known.steps if known else (), n, message)
            self.held.setdefault(sender, {})[place] = Holding(n, sources, notes, steps)
            self.touched[sender] = place
        else:
            self.drop(sender, place)

    def add(self, sender: str, place: int, n: Decimal, message: str) -> None:
        """Put a quantity on top of what the sender has."""
        known = self.has(sender).get(place)
        self.put(sender, place, n + (known.n if known else 0), message)

    def annotate(self, sender: str, place: int, note: str) -> None:
        """Replace a line's note."""
        if (known := self.has(sender).get(place)) is not None:
            self.held[sender][place] = replace(known, note=note)

    def drop(self, sender: str, place: int) -> None:
        """Take an article out altogether."""
        self.held.get(sender, {}).pop(place, None)

    def wait(self, sender: str, pending: Pending) -> None:
        """Keep what is unclear; what the same message says twice only once."""
        waiting = self.pending.setdefault(sender, [])
        if pending not in waiting:
            waiting.append(pending)

    def clear(self, sender: str, gone: Iterable[Pending]) -> None:
        """Forget what has become clear or was taken back."""
        gone = list(gone)
        if gone:
            self.pending[sender] = [one for one in self.pending.get(sender, ()) if one not in gone]

    def ledger(self, order: Sequence[str], questions: Mapping[str, Sequence[Unresolved]]) -> Ledger:
        """The whole order; ``order``: all message ids as they came, ``questions``: what is asked, by message."""
        articles = self.menu.articles
        place_of = {message: place for place, message in enumerate(order)}
        lines: list[tuple[int, Line]] = []
        for sender, held in self.held.items():
            for place, one in held.items():
                sources = tuple(sorted(dict.fromkeys(one.sources), key=lambda message: place_of.get(message, 0)))
                article = articles[place]
                lines.append((place, Line(sender, article.sku, one.n, article.unit, one.note, sources, one.steps)))
        sums: dict[int, Decimal] = {}
        shares: dict[str, Decimal] = {}
        for place, line in lines:
            sums[place] = sums.get(place, Decimal(0)) + line.n
            shares[line.sender] = shares.get(line.sender, Decimal(0)) + line.n * articles[place].price
        totals = tuple(Total(articles[place].sku, n, n * articles[place].price) for place, n in sorted(sums.items()))
        asked = tuple(one for message in order for one in questions.get(message, ()))
        return Ledger(
            lines=tuple(line for _, line in lines),
            unresolved=asked,
            totals=totals,
            by_sender=tuple(Share(sender, amount) for sender, amount in shares.items()),
            amount=sum((one.amount for one in totals), Decimal(0)),
        )


def _grown(steps: tuple[tuple[str, Decimal], ...], n: Decimal, message: str) -> tuple[tuple[str, Decimal], ...]:
    """The steps up to a new quantity: one more on top, or as much as is too many taken from the last ones."""
    before = sum((one for _, one in steps), Decimal(0))
    if n > before:
        return (*steps, (message, n - before))
    kept = list(steps)
    while before > n:
        source, last = kept.pop()
        before -= last
        if before < n:
            kept.append((source, n - before))
            break
    return tuple(kept)
