"""What a desk that is left open asks again and again, in one small transaction: am I on duty, what is due, has anything moved."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db.desk_alerts import FRESH
from bot.db.scoped import scoped
from bot.db.users import User

_ME = text(
    """
    select (select state from duty where guide = :actor) as state, (select until from duty where guide = :actor) as until,
        (select count(*) from tasks where state = 'open' and due_at <= :now and (guide = :actor or guide is null)) as due
    """
)
_MOVED = text(
    """
    select count(*) as talks, coalesce(sum(hashtextextended(concat_ws('|', c.id, c.owner, c.epoch, c.guide, c.last_inbound_at,
            c.human_at, c.human_upto, h.id, h.urgency, h.assigned, h.due_at, array_length(h.breaches, 1)), 0)), 0) as marks,
        (select concat_ws('|', count(*), sum(id), count(*) filter (where due_at <= :now)) from tasks
            where state = 'open' and (guide = :actor or guide is null)) as tasks,
        (select concat_ws('|', state, until) from duty where guide = :actor) as duty,
        (select id from alerts where id > :after and created_at > :since and (guide = :actor or guide is null)
            order by id desc limit 1) as alert
    from conversations c left join handovers h on h.conversation_id = c.id and h.state <> 'closed'
    where c.owner in ('waiting', 'human')
    """
)


@dataclass(frozen=True, slots=True)
class Me:
    """How somebody at the desk stands."""

    state: str
    """``on``, ``break``, ``off`` or ``left``, as was said last."""
    until: datetime | None
    due: int
    """Open tasks of theirs, or of nobody, that are due."""


async def me(engine: AsyncEngine, viewer: User, now: datetime) -> Me:
    """Duty and due tasks."""
    async with scoped(engine, viewer) as connection:
        row = (await connection.execute(_ME, {"actor": viewer.actor, "now": now})).one()
    over = row.until is not None and row.until <= now and row.state != "left"
    return Me(row.state or "on", row.until, row.due) if not over else Me("on", None, row.due)


async def moved(engine: AsyncEngine, viewer: User, now: datetime, after: int) -> tuple[tuple[object, ...], int]:
    """Something that differs when the viewer's list would, and the newest alert after one; far cheaper than the list itself."""
    values = {"actor": viewer.actor, "now": now, "after": after, "since": now - FRESH}
    async with scoped(engine, viewer) as connection:
        row = (await connection.execute(_MOVED, values)).one()
    return (row.talks, row.marks, row.tasks, row.duty), row.alert or after
