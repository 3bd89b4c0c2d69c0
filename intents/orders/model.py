"""What goes into the reading of a group's orders and what comes out of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Article:
    """One article of the menu, sold by ``unit`` at ``price`` yuan."""

    sku: str
    name: str
    unit: str
    price: Decimal
    aliases: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """One message of the group; ``at`` with a zone or None where nobody knows."""

    id: str
    sender: str
    text: str
    at: datetime | None = None
    reply_to: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """What one sender takes of one article, net."""

    sender: str
    sku: str
    n: Decimal
    unit: str
    note: str
    sources: tuple[str, ...]
    """Ids of the messages that made it, in order."""
    steps: tuple[tuple[str, Decimal], ...] = ()
    """How it grew: message and what it put on top, oldest first; they add up to ``n``. What is taken away goes from the last."""


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Words that make no line before somebody has answered ``question``."""

    message: str
    text: str
    question: str
    """To the sender, who is named first."""
    sender: str = ""


@dataclass(frozen=True, slots=True)
class Total:
    """All that is taken of one article; ``amount`` in yuan."""

    sku: str
    n: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Share:
    """What one sender has to pay, in yuan."""

    sender: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Ledger:
    """The whole order: lines by sender as they came, totals as on the menu."""

    lines: tuple[Line, ...]
    unresolved: tuple[Unresolved, ...]
    totals: tuple[Total, ...]
    by_sender: tuple[Share, ...]
    amount: Decimal
