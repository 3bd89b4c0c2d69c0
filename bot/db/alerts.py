"""Alerts to the staff: the timers write them, the herald takes and sends them, each once while all goes well."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

LIFE = timedelta(hours=1)
"""An alert that reached nobody in that time is worth nothing any more."""
LEASE = timedelta(minutes=2)
"""How long sending one may take before another herald takes it over."""

_EXPIRE = text(
    "update alerts set state = 'expired', reason = coalesce(reason, '一小时内没有发出去') "
    "where state = 'pending' and created_at <= :old"
)
_CLAIM = text(
    """
    with due as (
        select id from alerts where state = 'pending' and (due_at is null or due_at <= :now)
        order by id limit :most for no key update skip locked
    )
    update alerts a set attempts = a.attempts + 1, due_at = :lease
    from due where a.id = due.id
    returning a.id, a.kind, a.guide, a.store, a.conversation_id, a.text, a.attempts, a.created_at,
        (select c.account from conversations c where c.id = a.conversation_id) as account
    """
)
_SETTLE = text(
    """
    update alerts a set state = t.state, reason = t.reason, due_at = t.due,
        sent_at = case when t.state = 'sent' then cast(:now as timestamptz) end
    from unnest(cast(:ids as bigint[]), cast(:tries as int[]), cast(:states as text[]), cast(:reasons as text[]),
        cast(:due as timestamptz[])) as t(id, tries, state, reason, due)
    where a.id = t.id and a.state = 'pending' and a.attempts = t.tries
    """
)
_AWAY = text("select guide from duty where state = 'left' or (state in ('off', 'break') and (until is null or until > :now))")


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing that somebody of the staff should know now."""

    id: int
    kind: str
    guide: str | None
    """Whom it is for; None: the store, or where there is none either, the leads."""
    store: str | None
    conversation: str | None
    account: str | None
    """WeCom account of the talk."""
    text: str
    attempts: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """What became of an alert."""

    alert: Alert
    state: Literal["sent", "shown", "pending"]
    """``shown``: there is no way to the staff but the desk itself, where it stands anyway."""
    reason: str | None = None
    due: datetime | None = None
    """With ``pending``: not before."""


async def claim(engine: AsyncEngine, now: datetime, most: int) -> tuple[Alert, ...]:
    """The oldest alerts that are to be sent, ours until the lease is over; those too old for it end here."""
    async with engine.begin() as connection:
        await connection.execute(_EXPIRE, {"old": now - LIFE})
        rows = (await connection.execute(_CLAIM, {"now": now, "lease": now + LEASE, "most": most})).all()
    return tuple(
        Alert(r.id, r.kind, r.guide, r.store, r.conversation_id, r.account, r.text, r.attempts, r.created_at)
        for r in sorted(rows, key=lambda row: row.id)
    )


async def settle(engine: AsyncEngine, told: Collection[Told], now: datetime) -> None:
    """Keep what became of them; what another herald has taken over since is left to it."""
    if not told:
        return
    values = {
        "ids": [one.alert.id for one in told],
        "tries": [one.alert.attempts for one in told],
        "states": [one.state for one in told],
        "reasons": [one.reason for one in told],
        "due": [one.due for one in told],
        "now": now,
    }
    async with engine.begin() as connection:
        await connection.execute(_SETTLE, values)


async def away(engine: AsyncEngine, now: datetime) -> frozenset[str]:
    """Guides who are on a break, off or gone: what is for the whole store need not ring them."""
    async with engine.connect() as connection:
        return frozenset(row.guide for row in await connection.execute(_AWAY, {"now": now}))


def bundles(words: Sequence[str], places: int, most: int) -> tuple[tuple[int, str], ...]:
    """The words in at most ``places`` messages of at most ``most`` bytes: (how many of them, the message), in their order.

    One each where there is room; else the last message holds as many as fit, and the rest waits.
    """
    if len(words) <= places:
        return tuple((1, one) for one in words)
    if places <= 0:
        return ()
    single, rest = words[: places - 1], words[places - 1 :]
    lines: list[str] = []
    for one in rest:
        joined = "\n".join((*lines, f"· {one}"))
        if lines and len(joined.encode()) > most:
            break
        lines.append(f"· {one}")
    return (*((1, one) for one in single), (len(lines), "\n".join(lines)))
