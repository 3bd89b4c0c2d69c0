"""Wishes for a person, as the rows that desk, timers and reports work on."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.codec import to_json
from bot.model import Conversation, Handover

_WISH = text(
    """
    insert into handovers (conversation_id, reason, urgency, store, wanted, brief, kind, why, skill, assigned, assigned_at, path,
        due_at, created_at)
    values (:id, :reason, :urgency, :store, :wanted, cast(:brief as jsonb), :kind, cast(:why as jsonb), :skill, :assigned,
        case when cast(:assigned as text) is not null then cast(:now as timestamptz) end, :path, :due, :now)
    on conflict (conversation_id) where state <> 'closed' do update
        set urgency = greatest(handovers.urgency, excluded.urgency), reason = excluded.reason, brief = excluded.brief,
            kind = excluded.kind, why = excluded.why, skill = coalesce(excluded.skill, handovers.skill),
            wanted = coalesce(excluded.wanted, handovers.wanted), due_at = coalesce(handovers.due_at, excluded.due_at)
    """
)


async def wish(connection: AsyncConnection, conversation: Conversation, wanted: Handover, now: datetime) -> None:
    """Keep a wish; one that is open already takes on the new reason and the greater urgency, not another guide."""
    await connection.execute(
        _WISH,
        {
            "id": conversation.id,
            "reason": wanted.reason,
            "urgency": wanted.urgency,
            "store": conversation.customer.store,
            "wanted": wanted.wanted,
            "brief": to_json(wanted.brief or {}),
            "kind": wanted.kind,
            "why": to_json(wanted.why or {}),
            "skill": wanted.skill,
            "assigned": wanted.assigned,
            "path": wanted.path,
            "due": wanted.due,
            "now": now,
        },
    )


_RATE = text(
    """
    update handovers set rating = :rating, rating_words = :words, rated_at = :now
    where id = (select id from handovers where conversation_id = :id and state = 'closed' and rating_asked_at is not null
        order by closed_at desc nulls last, id desc limit 1) and rating is null
    """
)


async def rate(connection: AsyncConnection, conversation: str, rating: tuple[int, str], now: datetime) -> bool:
    """Keep a shopper's rating (1 … 5 and their words) of the newest part of a person that they were asked about; once only."""
    kept = await connection.execute(_RATE, {"id": conversation, "rating": rating[0], "words": rating[1], "now": now})
    return bool(kept.rowcount)
