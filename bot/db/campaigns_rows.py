"""Campaigns of group orders as values: what a campaign is, what was written and edited in it, its lines and doubts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from bot.model import JsonMap, Owner


@dataclass(frozen=True, slots=True)
class Marks:
    """How far a talk has come: last message, last edit, how many messages were taken back since the campaign began."""

    message: int
    edit: int
    recalled: int


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign and the talk that it is held in."""

    id: int
    conversation: str
    title: str
    menu: Sequence[JsonMap]
    terms: JsonMap
    """What was agreed, and beside it what the program keeps: from, followed, called, late, announce, changed."""
    opens_at: datetime
    deadline: datetime | None
    state: str
    """``open``, ``closed`` or ``cancelled``."""
    author: str
    after_inbox: int
    read_upto: int
    version: int
    confirmed_at: datetime | None
    reminded_at: datetime | None
    closed_at: datetime | None
    channel: str = ""
    account: str = ""
    owner: Owner = "bot"
    epoch: int = 0
    settings: JsonMap = field(default_factory=dict)
    """The group's own settings."""

    @property
    def start(self) -> int:
        """The last message before the campaign began."""
        return _count(self.terms.get("from"))

    @property
    def followed(self) -> Marks:
        """How far its talk was read."""
        told = self.terms.get("followed")
        known = told if isinstance(told, Mapping) else {}
        return Marks(_count(known.get("message")), _count(known.get("edit")), _count(known.get("recalled")))

    @property
    def called(self) -> Mapping[str, str]:
        """Member → name in the reading."""
        told = self.terms.get("called")
        return {str(who): str(name) for who, name in told.items()} if isinstance(told, Mapping) else {}

    @property
    def late(self) -> Mapping[str, bool]:
        """Who ordered after the end, and whether they were told."""
        told = self.terms.get("late")
        return {str(who): bool(one) for who, one in told.items()} if isinstance(told, Mapping) else {}

    @property
    def end(self) -> datetime | None:
        """What was written after this does not count."""
        return min((one for one in (self.deadline, self.closed_at) if one is not None), default=None)


@dataclass(frozen=True, slots=True)
class Glance:
    """As much of a campaign as tells whether there is anything to do about it."""

    id: int
    conversation: str
    account: str
    opens_at: datetime
    deadline: datetime | None
    confirmed_at: datetime | None
    reminded_at: datetime | None
    terms: JsonMap
    settings: JsonMap
    stirred: bool
    """Something is to be read or said, whatever the time."""
    open: bool
    pending: int
    """Lines of which the group was not told as they are."""
    pending_since: datetime | None
    unasked_since: datetime | None


@dataclass(frozen=True, slots=True)
class Words:
    """Something written in the group."""

    id: int
    author: str
    sender: str
    text: str
    recalled: bool
    at: datetime
    inbox: int | None
    quoted: int | None
    """Id of the message that this one quotes."""
    quote: str


@dataclass(frozen=True, slots=True)
class Edit:
    """What a guide set a line to, behind an inbox row."""

    id: int
    sender: str
    sku: str
    n: Decimal
    note: str
    after_inbox: int


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A row of the ledger."""

    sender: str
    sku: str
    name: str
    n: Decimal
    unit: str
    note: str
    sources: tuple[str, ...]
    state: str
    """``taken``, ``short`` where less is there than was ordered, ``gone`` where nothing is left and that was not told yet."""
    granted: Decimal
    place: int
    confirmed: Decimal | None = None
    """What the group was last told."""
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """Words that make no line before somebody has answered."""

    sender: str
    name: str
    message: str
    text: str
    question: str
    id: int = 0
    asked_at: datetime | None = None
    settled_at: datetime | None = None
    """When a guide said that nothing is to be asked here."""
    created_at: datetime | None = None


def _count(told: object) -> int:
    return told if isinstance(told, int) else 0
