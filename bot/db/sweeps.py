"""Looks at the facts: what waits to be sent, what waits for a turn, whether a talk is quiet. Motion is rebuilt from these."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

_SENDING = text(
    "select count(*) from outbox where conversation_id = :id and state = 'sending' and author = 'bot' "
    "and lease_until > coalesce(cast(:now as timestamptz), now())"
)


async def waiting(engine: AsyncEngine, limit: int = 1000) -> tuple[str, ...]:
    """Conversations that have something to send: what the due-queue is rebuilt from."""
    async with engine.connect() as connection:
        rows = await connection.execute(
            text(
                "select distinct conversation_id from outbox where state in ('pending', 'sending') "
                "and created_at < now() - interval '2 seconds' and (due_at is null or due_at <= now()) "
                "and (lease_until is null or lease_until <= now()) limit :limit"
            ),
            {"limit": limit},
        )
        return tuple(row.conversation_id for row in rows)


async def unanswered(engine: AsyncEngine, older: float = 2.0, limit: int = 1000) -> tuple[str, ...]:
    """Conversations with messages that have waited ``older`` seconds for a turn: what the due-queue is rebuilt from."""
    async with engine.connect() as connection:
        rows = await connection.execute(
            text(
                "select distinct conversation_id from inbox where state = 'new' and conversation_id is not null "
                "and received_at < now() - make_interval(secs => :older) and (due_at is null or due_at <= now()) limit :limit"
            ),
            {"limit": limit, "older": older},
        )
        return tuple(row.conversation_id for row in rows)


async def quiet(engine: AsyncEngine, conversation: str, now: datetime | None = None) -> bool:
    """Whether no bot message of this conversation is on its way to the platform; by the database's clock if not told."""
    async with engine.connect() as connection:
        return int((await connection.execute(_SENDING, {"id": conversation, "now": now})).scalar_one()) == 0
