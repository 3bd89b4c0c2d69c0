"""What a turn begins with: the conversations that have messages waiting, with all that it may look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.db import gathered
from bot.db.codec import session_from_json
from bot.db.gathered import Gathered
from bot.model import Conversation, ConversationId, Customer, Evidence, InboundMessage, Session

_STATES = text(
    """
    select c.id, c.channel, c.account, c.peer, c.external, c.is_group, c.owner, c.epoch, c.guide, c.owner_since, c.human_upto,
        c.last_inbound_at, c.sent_since, s.version, s.data, s.updated_at as touched, p.id as customer, p.name, p.level, p.store,
        p.guide as own_guide, p.owned,
        case when p.unionid is not null or exists (select from events e where e.customer_id = p.id)
            then coalesce(p.unionid, p.id) end as person,
        case when not c.is_group then exists (select from messages m join conversations o on o.id = m.conversation_id
            where o.customer_id = p.id and m.author in ('bot', 'guide')) end as met,
        (select count(*) from outbox o where o.conversation_id = c.id and o.state in ('pending', 'sending', 'held')) as pending
    from conversations c join sessions s on s.conversation_id = c.id join customers p on p.id = c.customer_id
    where c.id = any(cast(:ids as text[]))
    """
)
_WAITING = text(
    """
    select id, conversation_id, platform_id, sender, kind, text, payload, sent_at, received_at, attempts from inbox
    where conversation_id = any(cast(:ids as text[])) and state = 'new' order by id
    """
)
_TAGS = text(
    "select customer_id, tag, value, confidence, at, source, retracted from customer_tags "
    "where customer_id = any(cast(:ids as text[])) order by id"
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A conversation with the messages that wait for their turn, oldest first."""

    conversation: Conversation
    session: Session
    messages: tuple[InboundMessage, ...]
    touched: datetime | None = None
    """When the session was last written: how long the shopper was silent."""
    gathered: Gathered | None = None
    """With a group: its people and settings, and what guides said there."""


async def load(engine: AsyncEngine, conversations: Sequence[str], now: datetime | None = None) -> tuple[Waiting, ...]:
    """The conversations that have messages waiting, with all that a turn may look at.

    ``now``: for what is too old to matter in a group; without it the newest message tells.
    """
    ids = {"ids": list(conversations)}
    async with engine.connect() as connection:
        # Each question sees what is committed then. The version is asked for first: whoever answers these messages between the
        # questions raises it, and this turn is stale in ``commit``. The other way round it would answer them a second time.
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        states = (await connection.execute(_STATES, ids)).all()
        waiting: dict[str, list[InboundMessage]] = {}
        for row in await connection.execute(_WAITING, ids):
            waiting.setdefault(row.conversation_id, []).append(message(row))
        states = [state for state in states if state.id in waiting]
        if not states:
            return ()
        evidence: dict[str, list[Evidence]] = {}
        for row in await connection.execute(_TAGS, {"ids": [state.customer for state in states]}):
            evidence.setdefault(row.customer_id, []).append(
                Evidence(row.tag, row.value, row.confidence, row.at, row.source, row.retracted)
            )
        rooms = await _rooms(connection, [state for state in states if state.is_group], waiting, now)
    return tuple(
        Waiting(
            _conversation(state, tuple(evidence.get(state.customer, ()))),
            session_from_json(state.data, state.version),
            tuple(waiting[state.id]),
            state.touched,
            rooms.get(state.id),
        )
        for state in states
    )


async def _rooms(
    connection: AsyncConnection,
    states: "Sequence[Row[tuple[object, ...]]]",
    waiting: Mapping[str, Sequence[InboundMessage]],
    now: datetime | None,
) -> Mapping[str, Gathered]:
    if not states:
        return {}
    here = {state.id: waiting[state.id] for state in states}
    after = {state.id: heard_upto(state.data) for state in states}
    lately = {state.id: spoke_lately(state.data) for state in states}
    present = now or max(one.received_at for said in here.values() for one in said)
    return await gathered.load(connection, here, after, present, lately)


def heard_upto(data: Mapping[str, object]) -> int:
    """Id of the last of the guides' messages that a group's memory holds."""
    room = data.get("room")
    told = room.get("heard") if isinstance(room, Mapping) else None
    return told if isinstance(told, int) else 0


def spoke_lately(data: Mapping[str, object]) -> Sequence[str]:
    """Members whose words a group's memory holds: they may have asked what is answered now."""
    room = data.get("room")
    memory = room.get("memory") if isinstance(room, Mapping) else None
    told = memory.get("turns") if isinstance(memory, Mapping) else None
    found = (one.get("by") for one in (told if isinstance(told, list) else ()) if isinstance(one, Mapping))
    return tuple(dict.fromkeys(one for one in found if isinstance(one, str)))


def message(row: "Row[tuple[object, ...]]") -> InboundMessage:
    """A row of the inbox as a message."""
    return InboundMessage(
        id=row.id,
        conversation=ConversationId(row.conversation_id),
        kind=row.kind,
        text=row.text,
        payload=row.payload,
        sent_at=row.sent_at,
        received_at=row.received_at,
        platform_id=row.platform_id,
        sender=row.sender,
        attempts=row.attempts,
    )


def _conversation(row: "Row[tuple[object, ...]]", evidence: tuple[Evidence, ...]) -> Conversation:
    return Conversation(
        id=ConversationId(row.id),
        channel=row.channel,
        account=row.account,
        peer=row.peer,
        external=row.external,
        customer=Customer(
            row.customer, row.name, row.level, row.store, row.own_guide, evidence, tuple(row.owned), row.person, row.met
        ),
        group=row.is_group,
        owner=row.owner,
        epoch=row.epoch,
        guide=row.guide,
        owner_since=row.owner_since,
        human_upto=row.human_upto,
        last_inbound_at=row.last_inbound_at,
        sent_since=row.sent_since,
        pending_out=row.pending,
    )
