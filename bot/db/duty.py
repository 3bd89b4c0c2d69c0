"""Who is on duty: what guides and leads said, what each has in hand, how shoppers rated them, who waits. See ``bot.routing``."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.brand import Staff, aliases
from bot.routing import Duty, Post

State = Literal["on", "break", "off"]

RATED_FOR = timedelta(days=90)
"""Ratings older than this say nothing of how somebody serves today."""
RATED_OFTEN = 5
"""Fewer ratings than this are chance."""

_STATES = text("select guide, state, until from duty")
_LOADS = text(
    """
    select guide, count(*) as load from (
        select guide from conversations where owner = 'human' and guide is not null
        union all
        select assigned from handovers where state = 'waiting' and assigned is not null
    ) as held group by guide
    """
)
_WAITING = text(
    "select coalesce(store, '') as store, count(*) as n from handovers where state = 'waiting' and assigned is null group by 1"
)
_RATINGS = text(
    """
    select guide, sum(rating) as total, count(*) as n from handovers
    where guide is not null and rating is not null and created_at > :since group by guide
    """
)
# The open handovers that are nobody's any more are offered anew; who is gone is not asked again.
_UNASSIGN = text(
    """
    update handovers set assigned = null, assigned_at = null, path = null, tried = array_append(tried, assigned)
    where state = 'waiting' and assigned = :guide
    """
)
_SET = text(
    """
    insert into duty (guide, state, until, note, updated_at) values (:guide, :state, :until, :note, :now)
    on conflict (guide) do update set state = excluded.state, until = excluded.until, note = excluded.note, updated_at = :now
        where :always or duty.state <> 'left'
    returning guide
    """
)


def _names(staffs: Sequence[Staff]) -> Mapping[str, str]:
    return aliases(guide for staff in staffs for guide in staff.guides.values())


async def snapshot(
    engine: AsyncEngine,
    staffs: Sequence[Staff],
    present: Collection[str],
    now: datetime,
    rated: Mapping[str, float] | None = None,
) -> Duty:
    """All guides as things are now; ``present``: who is at the desk (``bot.motion.presence``), ``rated``: see ``ratings``."""
    names = _names(staffs)
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        states = {row.guide: (row.state, row.until) for row in await connection.execute(_STATES)}
        loads: dict[str, int] = {}
        for row in await connection.execute(_LOADS):
            guide = names.get(row.guide, row.guide)
            loads[guide] = loads.get(guide, 0) + row.load
        waiting = {row.store: row.n for row in await connection.execute(_WAITING)}
    if rated is None:
        rated = await ratings(engine, staffs, now)
    there = {names.get(one, one) for one in present}
    posts = {}
    for guide in {*states, *loads, *there, *rated}:
        state, until = states.get(guide, ("on", None))
        if state != "left" and until is not None and until <= now:
            state, until = "on", None
        posts[guide] = Post(state, until, guide in there, loads.get(guide, 0), rated.get(guide))
    return Duty(posts, waiting)


async def ratings(engine: AsyncEngine, staffs: Sequence[Staff], now: datetime) -> Mapping[str, float]:
    """Guide → mean of the shoppers' ratings of the last 90 days, where there are enough of them."""
    names = _names(staffs)
    sums: dict[str, tuple[int, int]] = {}
    async with engine.connect() as connection:
        for row in await connection.execute(_RATINGS, {"since": now - RATED_FOR}):
            total, n = sums.get(names.get(row.guide, row.guide), (0, 0))
            sums[names.get(row.guide, row.guide)] = (total + row.total, n + row.n)
    return {guide: total / n for guide, (total, n) in sums.items() if n >= RATED_OFTEN}


async def set_state(
    connection: AsyncConnection, guide: str, state: State, now: datetime, until: datetime | None = None, note: str = ""
) -> bool:
    """Keep what a guide (or their lead) says; ``now`` in the brand's zone. False for somebody who left.

    A break or day off without an end lasts to the end of the day, so that nobody stays away by having forgotten to come back.
    """
    if state != "on" and until is None:
        until = datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo)
    return await _set(connection, guide, state, {"until": until if state != "on" else None, "note": note, "now": now})


async def gone(connection: AsyncConnection, guide: str, now: datetime, note: str = "") -> None:
    """Somebody left for good: they are offered nobody any more, and whoever was offered to them goes to another."""
    await _set(connection, guide, "left", {"until": None, "note": note, "now": now})
    await connection.execute(_UNASSIGN, {"guide": guide})


async def back(connection: AsyncConnection, guide: str, now: datetime) -> None:
    """Somebody who had left works here again."""
    await _set(connection, guide, "on", {"until": None, "note": "", "now": now}, always=True)


async def _set(connection: AsyncConnection, guide: str, state: str, rest: Mapping[str, object], *, always: bool = False) -> bool:
    kept = await connection.execute(_SET, {"guide": guide, "state": state, "always": always or state == "left", **rest})
    return kept.scalar_one_or_none() is not None
