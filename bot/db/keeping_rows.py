"""What the keeper judges, and what comes of it, as values: talks, wishes, parts that ended, tasks, alerts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Row

from bot.ownership import Floor


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that a guide or the leads of a store should know of; the key makes it come once."""

    key: str
    kind: Literal["take", "breach", "task", "central", "group"]
    text: str
    guide: str | None = None
    store: str | None = None
    conversation: str | None = None


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation and its shopper, as far as time is concerned."""

    id: str
    account: str
    channel: str
    group: bool
    floor: Floor
    placed: str | None
    """The store whose people see it now: that of whoever it is offered to."""
    last_inbound_at: datetime | None
    sent_since: int
    pending: int
    customer: str
    name: str | None
    level: str | None
    home: str | None
    """The customer's store."""
    own: str | None
    """The customer's guide."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish for a person."""

    id: int
    kind: str
    reason: str
    urgency: int
    wanted: str | None
    skill: str | None
    language: str | None
    assigned: str | None
    assigned_at: datetime | None
    tried: frozenset[str]
    path: str | None
    store: str | None
    """In whose queue it stands: the shopper's store, or the one that somebody passed it to."""
    due_at: datetime | None
    created_at: datetime
    claimed_at: datetime | None
    first_reply_at: datetime | None
    breaches: frozenset[str]


@dataclass(frozen=True, slots=True)
class Waits:
    """A shopper who waits for a person."""

    talk: Talk
    wish: Wish
    told: bool = False
    """The guide to whom it is offered was alerted."""
    escalated: bool = False
    """The leads were alerted that nobody takes it."""
    noted: bool = False
    """There is a task for it."""


@dataclass(frozen=True, slots=True)
class Held:
    """A talk that a person holds."""

    talk: Talk
    wish: Wish | None
    """None where somebody began to speak in the platform's own client without anybody having asked."""
    human_at: datetime | None
    """When a person last spoke, as the conversation has it."""
    said_at: datetime | None
    """When a person last spoke."""
    leaving_at: datetime | None
    """When a person last wrote what is still on its way."""
    first_at: datetime | None
    """The shopper's first word that wants an answer since a person last spoke."""
    last_at: datetime | None
    """The shopper's last one, be it only a 谢谢."""
    warned_at: datetime | None
    """When the person was last reminded that the shopper waits for an answer."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A person's part that is over."""

    talk: Talk
    wish: Wish
    ending: str | None
    closed_at: datetime
    spoke: bool
    """Whether the person said anything."""
    asked: bool
    """Whether the shopper was asked how it was, after this part or another one of these hours."""
    went_on: bool
    """Whether the shopper has written since."""
    opted_out: bool


@dataclass(frozen=True, slots=True)
class Overdue:
    """A task whose time has come and of which nobody was reminded lately."""

    id: int
    kind: Literal["reminder", "callback"]
    text: str
    guide: str | None
    store: str | None
    conversation: str | None
    account: str
    due_at: datetime
    reminded_at: datetime | None
    key: str | None


def waits_of(row: "Row[tuple[object, ...]]") -> Waits:
    """A shopper who waits."""
    return Waits(talk_of(row), wish_of(row), row.told or False, row.escalated, row.noted)


def held_of(row: "Row[tuple[object, ...]]") -> Held:
    """A talk that a person holds."""
    wish = None if row.handover is None else wish_of(row)
    return Held(talk_of(row), wish, row.human_at, row.said_at, row.leaving_at, row.first_at, row.last_at, row.warned_at)


def talk_of(row: "Row[tuple[object, ...]]") -> Talk:
    """The conversation of any of them."""
    return Talk(
        id=row.id,
        account=row.account,
        channel=row.channel,
        group=row.is_group,
        floor=Floor(row.owner, row.epoch, row.guide, row.owner_since),
        placed=row.placed,
        last_inbound_at=row.last_inbound_at,
        sent_since=row.sent_since,
        pending=row.pending,
        customer=row.customer,
        name=row.name,
        level=row.level,
        home=row.home,
        own=row.own,
    )


def wish_of(row: "Row[tuple[object, ...]]") -> Wish:
    """The wish of any of them."""
    return Wish(
        id=row.handover,
        kind=row.kind,
        reason=row.reason,
        urgency=row.urgency,
        wanted=row.wanted,
        skill=row.skill,
        language=row.language,
        assigned=row.assigned,
        assigned_at=row.assigned_at,
        tried=frozenset(row.tried),
        path=row.path,
        store=row.wish_store,
        due_at=row.due_at,
        created_at=row.created_at,
        claimed_at=row.claimed_at,
        first_reply_at=row.first_reply_at,
        breaches=frozenset(row.breaches),
    )


def ended_of(row: "Row[tuple[object, ...]]") -> Ended:
    """A person's part that is over."""
    return Ended(talk_of(row), wish_of(row), row.ending, row.closed_at, row.spoke, row.asked, row.went_on, row.opted_out)


def overdue_of(row: "Row[tuple[object, ...]]") -> Overdue:
    """A task that is due."""
    place = (row.conversation_id, row.account or "")
    return Overdue(row.id, row.kind, row.text, row.guide, row.store, *place, row.due_at, row.reminded_at, row.key)
