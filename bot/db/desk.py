"""What the guides' desk shows: who waits, and their talk; each guide sees the customers of their own store."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.db.users import User
from bot.errors import BadRequestError
from bot.model import JsonMap, Owner

_SEEN = """(
    :all or coalesce(h.store, p.store) is null or coalesce(h.store, p.store) = :store or (c.owner = 'human' and c.guide = :actor)
)"""
"""Whose conversations somebody may read: their own store's, nobody's, and what they hold themselves."""

_ROW = """
    select c.id, c.channel, c.is_group, coalesce(p.name, c.name) as name, c.owner, c.guide, c.owner_since,
        coalesce(h.store, p.store) as store, h.reason, h.urgency, h.wanted, h.created_at as asked_at,
        coalesce(h.brief, '{}'::jsonb) as brief, l.text as last, l.at as last_at,
        (select count(*) from messages m where m.conversation_id = c.id and m.author = 'shopper' and m.id >
            coalesce((select max(g.id) from messages g where g.conversation_id = c.id and g.author = 'guide'), 0)) as unread
    from conversations c join customers p on p.id = c.customer_id
        left join handovers h on h.conversation_id = c.id and h.state <> 'closed'
        left join lateral (select case when recalled_at is null then text else '已撤回' end as text, author, at from messages m
            where m.conversation_id = c.id and m.author = 'shopper' order by m.id desc limit 1) as l on true
"""
_QUEUE = text(
    f"""
    {_ROW} where c.owner in ('waiting', 'human') and {_SEEN}
    order by c.owner = 'human' and c.guide = :actor desc, c.owner = 'waiting' desc, h.urgency desc nulls last, c.owner_since
    limit 200
    """
)
_BOT_TALKS = text(
    f"""
    {_ROW} where c.id in (select conversation_id from messages where id > (select max(id) from messages) - 2000)
        and c.owner = 'bot' and {_SEEN}
    order by l.at desc limit 30
    """  # noqa: S608  (pieces of our own, no input)
)
_ONE = text(f"{_ROW} where c.id = :id and {_SEEN}")
_FAILED = text(
    f"""
    select i.id, i.conversation_id, i.text, i.kind, i.reason, i.received_at, coalesce(p.name, c.name) as name
    from inbox i join conversations c on c.id = i.conversation_id join customers p on p.id = c.customer_id
        left join handovers h on h.conversation_id = c.id and h.state <> 'closed'
    where i.outcome = 'failed' and {_SEEN} order by i.id desc limit 50
    """  # noqa: S608  (pieces of our own, no input)
)
_LEAVING = text(
    """
    select id, author, speech ->> 'text' as text, state, reason, created_at from outbox
    where conversation_id = :id and (state in ('pending', 'sending', 'held') or (state = 'failed' and created_at > :since))
    order by id
    """
)


@dataclass(frozen=True, slots=True)
class Place:
    """One conversation in the list of the desk."""

    id: str
    channel: str
    group: bool
    name: str | None
    owner: Owner
    guide: str | None
    since: datetime | None
    """Since when it is in this owner's hands: the start of the wait for whoever waits."""
    store: str | None
    reason: str | None
    urgency: int
    wanted: str | None
    """The guide that the shopper asked for."""
    brief: JsonMap
    last: str
    """The shopper's last words."""
    last_at: datetime | None
    unread: int
    """Messages of the shopper since a person last spoke."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A message that nobody could answer."""

    id: int
    conversation: str
    name: str | None
    text: str
    reason: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Leaving:
    """A message of ours that has not reached the shopper."""

    id: int
    author: str
    text: str
    state: str
    reason: str | None
    at: datetime


def _view(viewer: User) -> dict[str, object]:
    return {"all": viewer.sees_all, "store": viewer.store, "actor": viewer.actor}


async def queue(engine: AsyncEngine, viewer: User) -> Sequence[Place]:
    """Whoever waits for a person or is with one: the viewer's own first, then the most urgent, then the longest waiting."""
    async with engine.connect() as connection:
        return [_place(row) for row in await connection.execute(_QUEUE, _view(viewer))]


async def bot_talks(engine: AsyncEngine, viewer: User) -> Sequence[Place]:
    """The latest talks that the bot holds, for whoever wants to step in."""
    async with engine.connect() as connection:
        return [_place(row) for row in await connection.execute(_BOT_TALKS, _view(viewer))]


async def failures(engine: AsyncEngine, viewer: User) -> Sequence[Failed]:
    """The latest messages that ended in a failure."""
    async with engine.connect() as connection:
        rows = await connection.execute(_FAILED, _view(viewer))
        return [Failed(r.id, r.conversation_id, r.name, r.text or f"[{r.kind}]", r.reason, r.received_at) for r in rows]


async def place(engine: AsyncEngine, viewer: User, conversation: str) -> Place:
    """One conversation that the viewer may read.

    Raises:
        BadRequestError: there is none, or it is another store's (both 404: even that it exists is nobody's business).
    """
    async with engine.connect() as connection:
        return await allowed(connection, viewer, conversation)


async def leaving(engine: AsyncEngine, conversation: str, since: datetime) -> Sequence[Leaving]:
    """What is on its way to the shopper, held back, or failed since a moment."""
    async with engine.connect() as connection:
        rows = await connection.execute(_LEAVING, {"id": conversation, "since": since})
        return [Leaving(r.id, r.author, r.text or "", r.state, r.reason, r.created_at) for r in rows]


async def allowed(connection: AsyncConnection, viewer: User, conversation: str) -> Place:
    """The same within a transaction."""
    values = {"id": conversation.replace("\0", ""), **_view(viewer)}
    row = (await connection.execute(_ONE, values)).one_or_none()
    if row is None:
        raise BadRequestError("没有这段对话", status=404, code="not_found")
    return _place(row)


def _place(row: "Row[tuple[object, ...]]") -> Place:
    return Place(
        id=row.id,
        channel=row.channel,
        group=row.is_group,
        name=row.name,
        owner=row.owner,
        guide=row.guide,
        since=row.owner_since,
        store=row.store,
        reason=row.reason,
        urgency=row.urgency or 0,
        wanted=row.wanted,
        brief=row.brief,
        last=row.last or "",
        last_at=row.last_at,
        unread=row.unread,
    )


_MARK = text(
    """
    select c.epoch, c.owner, (select max(id) from messages m where m.conversation_id = c.id) as said,
        (select count(*) from messages m
            where m.conversation_id = c.id and (m.recalled_at is not null or m.failure is not null)) as changed,
        (select max(id * 10 + length(state)) from outbox o where o.conversation_id = c.id) as leaving
    from conversations c where c.id = :id
    """
)


async def mark(engine: AsyncEngine, conversation: str) -> tuple[object, ...]:
    """Something that differs when a conversation shows anything new."""
    async with engine.connect() as connection:
        row = (await connection.execute(_MARK, {"id": conversation})).one_or_none()
    return () if row is None else tuple(row)
