"""Posts in groups: which groups there are, what was pushed to whom lately, and a post as a row of the outbox, once.

What counts as a push, and what is too many, is told in one place (``bot.db.restraint``), which asks again when it would leave.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import restraint
from bot.db.codec import speech_to_json
from bot.db.restraint import Count, Since
from bot.ids import msgid
from bot.model import JsonMap, Speech

PAGE = 200
"""Groups in one transaction, which holds them locked."""

_GROUPS = text(
    """
    select c.id, c.account, c.channel, c.name, c.epoch, coalesce(c.store, p.store) as store, c.created_at, g.guide,
        coalesce(g.settings, '{}') as settings
    from conversations c join customers p on p.id = c.customer_id left join groups g on g.conversation_id = c.id
    where c.is_group and c.id > :after and c.account = any(cast(:accounts as text[])) and p.opted_out_at is null
    order by c.id limit :limit for no key update of c
    """
)
_ACCOUNTS = text("select distinct account from conversations where is_group order by 1")
_KNOWN = text("select msgid from outbox where msgid = any(cast(:ids as text[]))")
_POST = text(
    """
    insert into outbox (msgid, conversation_id, author, epoch, speech, deadline, state, reason, created_at)
    values (:msgid, :id, 'bot', :epoch, cast(:speech as jsonb), :deadline, :state, :reason, :now)
    on conflict (msgid) do nothing returning conversation_id
    """
)


@dataclass(frozen=True, slots=True)
class Room:
    """A group, as far as posts are concerned."""

    id: str
    account: str
    channel: str
    name: str | None
    epoch: int
    store: str | None
    guide: str | None
    """Its owner."""
    born: datetime | None = None
    """Since when we know it."""
    settings: JsonMap = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Posted:
    """What becomes of one post in one group: said, or left out for a reason, which is kept as well."""

    room: Room
    key: str
    """Post and moment: one message in each group."""
    speech: Speech
    deadline: datetime
    skipped: str | None = None


def post_id(key: str, conversation: str) -> str:
    """The message id of a post in a group."""
    return msgid("post", key, conversation)


async def accounts(connection: AsyncConnection) -> tuple[str, ...]:
    """The accounts that have groups."""
    return tuple((await connection.execute(_ACCOUNTS)).scalars())


async def rooms(connection: AsyncConnection, of: Sequence[str], after: str, limit: int = PAGE) -> Sequence[Room]:
    """Groups of the accounts ``of``, by id, those behind ``after``, locked to the end of the transaction."""
    rows = await connection.execute(_GROUPS, {"accounts": list(of), "after": after, "limit": limit})
    return [
        Room(row.id, row.account, row.channel, row.name, row.epoch, row.store, row.guide, row.created_at, row.settings)
        for row in rows
    ]


async def pushes(connection: AsyncConnection, conversations: Sequence[str], now: datetime) -> Mapping[str, Count]:
    """What was pushed, or is about to be, to each of these groups (those without any left out); ``now`` in the brand's zone."""
    return await restraint.counted(connection, dict.fromkeys(conversations, Since.of(now)))


async def known(connection: AsyncConnection, ids: Sequence[str]) -> frozenset[str]:
    """Which of these message ids were decided already."""
    if not ids:
        return frozenset()
    return frozenset((await connection.execute(_KNOWN, {"ids": list(ids)})).scalars())


async def post(connection: AsyncConnection, posted: Posted, now: datetime) -> bool:
    """Keep what becomes of a post; False where that was decided before. What is left out is kept as dropped, with its reason."""
    values = {
        "msgid": post_id(posted.key, posted.room.id),
        "id": posted.room.id,
        "epoch": posted.room.epoch,
        "speech": speech_to_json(posted.speech),
        "deadline": posted.deadline,
        "state": "pending" if posted.skipped is None else "dropped",
        "reason": posted.skipped,
        "now": now,
    }
    return (await connection.execute(_POST, values)).one_or_none() is not None
