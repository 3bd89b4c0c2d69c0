"""What an evening leaves in the database, beside what is true of it: the books that are judged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.bench.evening_oracle import Books, Heard, Place, Said
from bot.bench.evening_people import Group, spoken_to
from bot.bench.evening_world import START
from bot.brand import Brand
from bot.groups.manners import settings_of
from bot.sandbox.groups_cast import ordered
from bot.sandbox.groups_model import Event

_INBOX = text(
    """
    select i.id, i.platform_id, i.conversation_id as talk, i.sender, i.kind, i.text, i.state, i.outcome, i.trace,
        extract(epoch from i.received_at)::float8 as at, (select count(*) from messages m where m.inbox_id = i.id) as told
    from inbox i where i.platform_id not like '%-founders' order by i.id
    """
)
_OUTBOX = text(
    """
    select o.id, o.conversation_id as talk, o.author, o.state, o.speech, extract(epoch from o.sent_at)::float8 as at,
        c.is_group, c.external, (select count(*) from messages m where m.msgid = o.msgid) as told
    from outbox o join conversations c on c.id = o.conversation_id order by o.id
    """
)
_LINES = text(
    "select o.conversation_id as talk, l.name, l.sku, l.granted from order_lines l join campaigns o on o.id = l.campaign_id "
    "where l.granted > 0"
)
_LARGEST = text(
    "select coalesce(max(octet_length(s.data::text)), 0) from sessions s join conversations c on c.id = s.conversation_id "
    "where c.is_group"
)
_CAMPAIGNS = text("select count(*) from campaigns where state = 'closed' and confirmed_at >= closed_at")


@dataclass(frozen=True, slots=True)
class Orders:
    """The groups' ledgers beside the true ones."""

    groups: int
    exact: int
    """Groups whose ledger is right to the last line."""
    lines: int
    """True lines."""
    right: int
    """Of these with the right number."""
    extra: int
    """Lines that nobody ordered."""
    told: int
    """Groups that were shown their whole list at the end."""


async def read(engine: AsyncEngine, groups: Sequence[Group], brand: Brand, faults: Sequence[str]) -> Books:
    """Everything there is."""
    places = {one.room: _place(one, brand) for one in groups}
    events = {one.platform_id(event.id): event for one in groups for event in one.events}
    members = {one.room: one for one in groups}
    async with engine.connect() as connection:
        heard = [_heard(row, events.get(row.platform_id), members, brand) for row in await connection.execute(_INBOX)]
        said = [_said(row) for row in await connection.execute(_OUTBOX)]
    return Books(places, heard, said, _guided(groups), faults)


def _place(group: Group, brand: Brand) -> Place:
    how = settings_of(brand, group.settings)
    return Place(group.room, group.mark, group.members, how.level, how.hold, how.per_hour)


def _heard(row: "Row[tuple[object, ...]]", event: Event | None, groups: Mapping[str, Group], brand: Brand) -> Heard:
    trace = row.trace or {}
    return Heard(
        id=row.id,
        talk=row.talk,
        sender=row.sender or "",
        at=row.at,
        text=row.text,
        kind=row.kind,
        state=row.state,
        outcome=row.outcome,
        told=row.told,
        gold=event.gold if event is not None and row.talk in groups else None,
        guide=event is not None and event.guide,
        spoken_to=event is not None and spoken_to(event, brand.persona.name),
        action=str(trace.get("action") or "silent"),
        named=trace.get("named") is True,
    )


def _said(row: "Row[tuple[object, ...]]") -> Said:
    speech = row.speech
    trace = speech.get("trace") or {}
    return Said(
        id=row.id,
        talk=row.talk,
        text=str(speech.get("text") or ""),
        at=row.at,
        state=row.state,
        author=row.author,
        member=None if row.is_group else row.external,
        mentions=tuple((one["id"], one["name"]) for one in speech.get("mentions") or ()),
        answers=tuple(int(one) for one in speech.get("answers") or ()),
        pushed=bool(speech.get("pushed")),
        order=trace.get("campaign") is not None,
        script=str((trace.get("script") or {}).get("id") or ""),
        told=row.told,
    )


def _guided(groups: Sequence[Group]) -> dict[tuple[str, str], float]:
    """When a guide first answered in each thread, by the crowd's own labels."""
    found: dict[tuple[str, str], float] = {}
    for group in groups:
        for one in group.events:
            if one.gold is not None and one.gold.tag == "guide":
                found.setdefault((group.room, one.gold.thread), (START + one.at).timestamp())
    return found


async def orders(engine: AsyncEngine, groups: Sequence[Group]) -> Orders:
    """The ledgers as the evening left them."""
    held: dict[str, dict[tuple[str, str], Decimal]] = {}
    async with engine.connect() as connection:
        for row in await connection.execute(_LINES):
            held.setdefault(row.talk, {})[row.name, row.sku] = row.granted
        told = int((await connection.execute(_CAMPAIGNS)).scalar_one())
    true = {one.room: ordered(one.events) for one in groups}
    pairs = [(true[one.room], held.get(one.room, {})) for one in groups]
    return Orders(
        groups=len(groups),
        exact=sum(wanted == got for wanted, got in pairs),
        lines=sum(len(wanted) for wanted, _ in pairs),
        right=sum(got.get(key) == n for wanted, got in pairs for key, n in wanted.items()),
        extra=sum(key not in wanted for wanted, got in pairs for key in got),
        told=told,
    )


async def largest(engine: AsyncEngine) -> int:
    """Bytes of the largest memory of a group."""
    async with engine.connect() as connection:
        return int((await connection.execute(_LARGEST)).scalar_one())
