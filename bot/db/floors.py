"""Who has the floor, in PostgreSQL: conversations are locked, changed through ``bot.ownership``, and written back.

Every path that may change who speaks goes through here: acceptance of platform events, turns, the desk.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Self

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ownership import Floor

_LOCK = text(
    """
    select id, owner, epoch, guide, owner_since, is_group from conversations
    where id = any(cast(:ids as text[])) order by id for no key update
    """
)
_STORE = text(
    """
    update conversations c set owner = f.owner, epoch = f.epoch, guide = f.guide, owner_since = f.since,
        human_upto = greatest(c.human_upto, f.upto), updated_at = :now
    from unnest(cast(:ids as text[]), cast(:owners as text[]), cast(:epochs as int[]), cast(:guides as text[]),
                cast(:since as timestamptz[]), cast(:upto as bigint[])) as f(id, owner, epoch, guide, since, upto)
    where c.id = f.id
    """
)
_AFRESH = text(
    """
    update sessions set version = version + 1, updated_at = :now, data = jsonb_strip_nulls(jsonb_build_object(
        'episode', coalesce(cast(data ->> 'episode' as int), 0) + 1, 'opted_out', data -> 'opted_out', 'room', data -> 'room',
        'wish', null,
        'trail', jsonb_build_object('wish', data -> 'trail' -> 'wish')))
    where conversation_id = any(cast(:ids as text[]))
    """
)
# What a person and a shopper settled between them is not the bot's to go on with: after them a new episode begins.
_CLOSE = text(
    """
    update handovers set state = case when f.owner = 'human' then 'claimed' else 'closed' end,
        guide = coalesce(f.guide, handovers.guide),
        claimed_at = case when f.owner = 'human' and handovers.guide is distinct from f.guide then :now else claimed_at end,
        closed_at = case when f.owner = 'human' then null else cast(:now as timestamptz) end
    from unnest(cast(:ids as text[]), cast(:owners as text[]), cast(:guides as text[])) as f(id, owner, guide)
    where handovers.conversation_id = f.id and handovers.state <> 'closed' and f.owner <> 'waiting'
    """
)


class Floors:
    """The floors of some conversations, locked until the transaction ends."""

    def __init__(self, floors: dict[str, Floor]) -> None:
        self._floors = floors
        self._before = dict(floors)
        self._changed: dict[str, int] = {}

    @classmethod
    async def locked(cls, connection: AsyncConnection, conversations: Sequence[str]) -> Self:
        """Lock and read; unknown ids are left out."""
        ids = sorted(set(conversations))
        if not ids:
            return cls({})
        rows = await connection.execute(_LOCK, {"ids": ids})
        return cls({row.id: Floor(row.owner, row.epoch, row.guide, row.owner_since, row.is_group) for row in rows})

    def __getitem__(self, conversation: str) -> Floor:
        return self._floors[conversation]

    def __contains__(self, conversation: object) -> bool:
        return conversation in self._floors

    def change(self, conversation: str, step: Callable[[Floor], Floor], covered: int = 0) -> Floor:
        """Apply a transition; ``covered`` is the inbox id up to which a person has answered by speaking."""
        before = self._floors[conversation]
        after = step(before)
        if after != before or covered:
            self._floors[conversation] = after
            self._changed[conversation] = max(covered, self._changed.get(conversation, 0))
        return after

    async def store(self, connection: AsyncConnection, now: datetime) -> None:
        """Write back what changed; open handovers follow the floor."""
        if not self._changed:
            return
        ids = sorted(self._changed)
        floors = [self._floors[one] for one in ids]
        owners, guides = [f.owner for f in floors], [f.guide for f in floors]
        await connection.execute(
            _STORE,
            {
                "ids": ids,
                "owners": owners,
                "epochs": [f.epoch for f in floors],
                "guides": guides,
                "since": [f.since for f in floors],
                "upto": [self._changed[one] for one in ids],
                "now": now,
            },
        )
        await connection.execute(_CLOSE, {"ids": ids, "owners": owners, "guides": guides, "now": now})
        over = [one for one in ids if self._before[one].owner == "human" and self._floors[one].owner in {"bot", "closed"}]
        if over:
            await connection.execute(_AFRESH, {"ids": over, "now": now})
        self._before.update({one: self._floors[one] for one in ids})
        self._changed.clear()
