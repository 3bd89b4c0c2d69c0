"""What somebody at the desk is to be rung for: alerts that the timers wrote, for them or for their whole store."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db.scoped import scoped
from bot.db.users import User

FRESH = timedelta(minutes=10)
"""Older ones ring nobody who opens the desk now."""
_NEW = text(
    """
    select id, kind, guide, conversation_id, text, created_at from alerts
    where id > :after and created_at > :since and (guide = :actor or guide is null) order by id limit 20
    """
)


@dataclass(frozen=True, slots=True)
class Alert:
    """One ring."""

    id: int
    kind: str
    conversation: str | None
    text: str
    at: datetime
    mine: bool


async def since(engine: AsyncEngine, viewer: User, after: int, now: datetime) -> Sequence[Alert]:
    """Alerts after one that was heard, oldest first."""
    async with scoped(engine, viewer) as connection:
        rows = await connection.execute(_NEW, {"after": after, "since": now - FRESH, "actor": viewer.actor})
        return [Alert(r.id, r.kind, r.conversation_id, r.text, r.created_at, r.guide == viewer.actor) for r in rows]
