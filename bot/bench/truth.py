"""What the database says at the end of a run: every accepted message, and every message of ours."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

_INBOX = text(
    """
    select i.id, i.channel, i.platform_id, i.conversation_id, i.kind, i.state, i.outcome, i.reason, c.external,
        extract(epoch from i.received_at)::float8 as received, extract(epoch from i.settled_at)::float8 as settled,
        (select count(*) from messages m where m.inbox_id = i.id) as told
    from inbox i left join conversations c on c.id = i.conversation_id order by i.id
    """
)
_OUTBOX = text(
    """
    select o.id, o.msgid, o.conversation_id, c.channel, c.external, o.author, o.state, o.reason, o.uncertain, o.attempts,
        coalesce(o.speech -> 'answers', '[]'::jsonb) as answers, extract(epoch from o.created_at)::float8 as created,
        extract(epoch from o.sent_at)::float8 as sent, (select count(*) from messages m where m.msgid = o.msgid) as told
    from outbox o join conversations c on c.id = o.conversation_id order by o.id
    """
)
_UNDER_WAY = text(
    """
    select (select count(*) from inbox where state = 'new') + (select count(*) from outbox where state in ('pending', 'sending'))
        + (select count(*) from pulls where noticed > pulled)
    """
)


@dataclass(frozen=True, slots=True)
class Heard:
    """One row of the inbox; times in seconds since 1970."""

    id: int
    channel: str
    platform_id: str
    conversation: str | None
    external: str | None
    kind: str
    state: str
    outcome: str | None
    reason: str | None
    received: float
    settled: float | None
    told: int
    """How often it stands in the transcript."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One row of the outbox; times in seconds since 1970."""

    id: int
    msgid: str
    conversation: str
    channel: str
    external: str
    author: str
    state: str
    reason: str | None
    uncertain: bool
    attempts: int
    answers: tuple[int, ...]
    created: float
    sent: float | None
    told: int
    """How often it stands in the transcript."""


@dataclass(frozen=True, slots=True)
class Truth:
    """Inbox and outbox, each in the order of its ids."""

    heard: Sequence[Heard]
    spoken: Sequence[Spoken]


async def read(engine: AsyncEngine) -> Truth:
    """Everything there is."""
    async with engine.connect() as connection:
        heard = [
            Heard(
                id=row.id,
                channel=row.channel,
                platform_id=row.platform_id,
                conversation=row.conversation_id,
                external=row.external,
                kind=row.kind,
                state=row.state,
                outcome=row.outcome,
                reason=row.reason,
                received=row.received,
                settled=row.settled,
                told=row.told,
            )
            for row in await connection.execute(_INBOX)
        ]
        spoken = [
            Spoken(
                id=row.id,
                msgid=row.msgid,
                conversation=row.conversation_id,
                channel=row.channel,
                external=row.external,
                author=row.author,
                state=row.state,
                reason=row.reason,
                uncertain=row.uncertain,
                attempts=row.attempts,
                answers=tuple(int(one) for one in row.answers),
                created=row.created,
                sent=row.sent,
                told=row.told,
            )
            for row in await connection.execute(_OUTBOX)
        ]
    return Truth(heard, spoken)


async def under_way(engine: AsyncEngine) -> int:
    """How much is accepted and not settled, or said and not sent, or announced and not pulled."""
    async with engine.connect() as connection:
        count: int = (await connection.execute(_UNDER_WAY)).scalar_one()
        return count


async def accepted(engine: AsyncEngine, channel: str) -> int:
    """How many messages of shoppers and events a channel has brought in."""
    async with engine.connect() as connection:
        rows = await connection.execute(text("select count(*) from inbox where channel = :channel"), {"channel": channel})
        count: int = rows.scalar_one()
        return count
