"""What the guides' desk shows: who waits, and their talk; PostgreSQL keeps back what is not the viewer's (``bot.db.scoped``)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.db import rooms
from bot.db.codec import storable
from bot.db.rooms import Said
from bot.db.scoped import scoped
from bot.db.users import User
from bot.errors import BadRequestError
from bot.model import JsonMap, Owner

_ROW = """
    select c.id, c.channel, c.is_group, coalesce(p.name, c.name) as name, p.level, c.owner, c.guide, c.owner_since,
        coalesce(c.store, h.store) as store, h.reason, h.urgency, h.wanted, h.kind, h.assigned, h.assigned_at, h.path, h.due_at,
        h.breaches,
        coalesce(h.brief, '{}'::jsonb) as brief, l.text as last, l.at as last_at,
        (select count(*) from messages m where m.conversation_id = c.id and m.author = 'shopper' and m.id >
            coalesce((select max(g.id) from messages g where g.conversation_id = c.id and g.author = 'guide'), 0)) as unread,
        (select count(*) from tasks t where t.conversation_id = c.id and t.state = 'open' and t.guide = :actor) as tasks
"""
_REST = """
    left join customers p on p.id = c.customer_id
    left join lateral (select case when recalled_at is null then text else '已撤回' end as text, author, at from messages m
        where m.conversation_id = c.id and m.author = 'shopper' order by m.id desc limit 1) as l on true
"""
_WISH = "left join handovers h on h.conversation_id = c.id and h.state <> 'closed'"
_RANK = """
    c.owner = 'human' and c.guide = :actor desc, c.owner = 'waiting' desc, coalesce(h.urgency, 0) desc,
    coalesce(cardinality(h.breaches), 0) > 0 desc, c.owner = 'waiting' and coalesce(h.assigned = :actor, false) desc,
    c.owner_since
"""
"""One's own first; then who waits: by urgency, by a broken promise, what is offered to oneself, by the wait."""
_QUEUE = text(
    f"""
    with first as (
        select c.id as talk, row_number() over (order by {_RANK}) as place from conversations c {_WISH}
        where c.owner in ('waiting', 'human') order by {_RANK} limit 200
    )
    {_ROW} from first f join conversations c on c.id = f.talk {_WISH} {_REST} order by f.place
    """  # noqa: S608  (pieces of our own, no input)
)
# the best of all are found before anything is read of their talks
_BOT_TALKS = text(
    f"""
    with heard as (
        select conversation_id as talk, max(id) as place from messages
        where id > (select max(id) from messages) - 2000 and author = 'shopper' group by 1
    ), first as (
        select h.talk, h.place from heard h, lateral (select from conversations where id = h.talk and owner = 'bot' offset 0) as c
        order by h.place desc limit 30
    )
    {_ROW} from first f join conversations c on c.id = f.talk {_WISH} {_REST} order by f.place desc
    """  # noqa: S608  (pieces of our own, no input)
)
_ONE = text(f"{_ROW} from conversations c {_WISH} {_REST} where c.id = :id")
_FAILED = text(
    """
    select i.id, i.conversation_id, i.text, i.kind, i.reason, i.received_at, coalesce(p.name, c.name) as name
    from inbox i join conversations c on c.id = i.conversation_id left join customers p on p.id = c.customer_id
    where i.outcome = 'failed' order by i.id desc limit 50
    """
)
_LEAVING = text(
    """
    select id, author, speech ->> 'text' as text, state, reason, created_at from outbox
    where conversation_id = :id and (state in ('pending', 'sending', 'held') or (state = 'failed' and created_at > :since))
    order by id
    """
)
_MARK = text(
    """
    select c.epoch, c.owner, (select max(id) from messages m where m.conversation_id = c.id) as said,
        (select count(*) from messages m
            where m.conversation_id = c.id and (m.recalled_at is not null or m.failure is not null)) as changed,
        (select max(id * 10 + length(state)) from outbox o where o.conversation_id = c.id) as leaving,
        (select count(*) from inbox i where i.conversation_id = c.id and i.outcome is not null) as settled,
        (select count(*) || '/' || max(id) from notes n where n.conversation_id = c.id) as noted
    from conversations c where c.id = :id
    """
)


@dataclass(frozen=True, slots=True)
class Place:
    """One conversation in the list of the desk."""

    id: str
    channel: str
    group: bool
    name: str | None
    level: str | None
    """The customer's level of membership."""
    owner: Owner
    guide: str | None
    since: datetime | None
    """Since when it is in this owner's hands: the start of the wait for whoever waits."""
    store: str | None
    reason: str | None
    urgency: int
    wanted: str | None
    """The guide that the shopper asked for."""
    kind: str | None
    """Why a person is wanted (``bot.model.Handover``); None where nobody is."""
    assigned: str | None
    """The guide to whom it is offered."""
    assigned_at: datetime | None
    """When it was offered."""
    path: str | None
    """How that guide was found (``bot.routing.Path``)."""
    due_at: datetime | None
    """When a person is promised."""
    breaches: tuple[str, ...]
    """The times of ``service:`` that were not kept."""
    brief: JsonMap
    last: str
    """The shopper's last words."""
    last_at: datetime | None
    unread: int
    """Messages of the shopper since a person last spoke."""
    tasks: int
    """Open tasks of the viewer's own in this talk."""

    def waited(self, now: datetime) -> float:
        """Seconds that it is in this owner's hands."""
        return 0.0 if self.since is None else max((now - self.since).total_seconds(), 0.0)

    def offered_to(self, actor: str) -> bool:
        """Whether it waits for this guide to take it."""
        return self.owner == "waiting" and self.assigned == actor


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


async def queue(engine: AsyncEngine, viewer: User) -> Sequence[Place]:
    """Whoever waits for a person or is with one, the first 200.

    The viewer's own come first; then who waits: by urgency, by a time that was not kept, offered to the viewer, by the wait.
    """
    async with scoped(engine, viewer) as connection:
        return [_place(row) for row in await connection.execute(_QUEUE, {"actor": viewer.actor})]


async def bot_talks(engine: AsyncEngine, viewer: User) -> Sequence[Place]:
    """The latest talks that the bot holds, for whoever wants to step in."""
    async with scoped(engine, viewer) as connection:
        return [_place(row) for row in await connection.execute(_BOT_TALKS, {"actor": viewer.actor})]


async def failures(engine: AsyncEngine, viewer: User) -> Sequence[Failed]:
    """The latest messages that ended in a failure."""
    async with scoped(engine, viewer) as connection:
        rows = await connection.execute(_FAILED)
        return [Failed(r.id, r.conversation_id, r.name, r.text or f"[{r.kind}]", r.reason, r.received_at) for r in rows]


async def place(engine: AsyncEngine, viewer: User, conversation: str) -> Place:
    """One conversation that the viewer may read.

    Raises:
        BadRequestError: there is none, or it is another store's (both 404: even that it exists is nobody's business).
    """
    async with scoped(engine, viewer) as connection:
        return await allowed(connection, viewer, conversation)


async def allowed(connection: AsyncConnection, viewer: User, conversation: str) -> Place:
    """The same within a transaction of the viewer's (``bot.db.scoped``)."""
    row = (await connection.execute(_ONE, {"id": storable(conversation), "actor": viewer.actor})).one_or_none()
    if row is None:
        raise missing()
    return _place(row)


def missing() -> BadRequestError:
    """What is said of a talk that does not exist, or not for whoever asks."""
    return BadRequestError("没有这段对话", status=404, code="not_found")


async def said(engine: AsyncEngine, viewer: User, conversation: str, after: int | None, limit: int) -> Sequence[Said]:
    """What was said after a message, oldest first; with None the latest ``limit``. Nothing where the viewer may not look."""
    async with scoped(engine, viewer) as connection:
        return await rooms.transcript(connection, conversation, after, limit)


async def leaving(engine: AsyncEngine, viewer: User, conversation: str, since: datetime) -> Sequence[Leaving]:
    """What is on its way to the shopper, held back, or failed since a moment. Nothing where the viewer may not look."""
    async with scoped(engine, viewer) as connection:
        rows = await connection.execute(_LEAVING, {"id": conversation, "since": since})
        return [Leaving(r.id, r.author, r.text or "", r.state, r.reason, r.created_at) for r in rows]


async def mark(engine: AsyncEngine, viewer: User, conversation: str) -> tuple[object, ...]:
    """Something that differs when a conversation shows anything new; empty where the viewer may not see it (any more)."""
    async with scoped(engine, viewer) as connection:
        row = (await connection.execute(_MARK, {"id": conversation})).one_or_none()
    return () if row is None else tuple(row)


def _place(row: "Row[tuple[object, ...]]") -> Place:
    return Place(
        id=row.id,
        channel=row.channel,
        group=row.is_group,
        name=row.name,
        level=row.level,
        owner=row.owner,
        guide=row.guide,
        since=row.owner_since,
        store=row.store,
        reason=row.reason,
        urgency=row.urgency or 0,
        wanted=row.wanted,
        kind=row.kind,
        assigned=row.assigned,
        assigned_at=row.assigned_at,
        path=row.path,
        due_at=row.due_at,
        breaches=tuple(row.breaches or ()),
        brief=row.brief,
        last=row.last or "",
        last_at=row.last_at,
        unread=row.unread,
        tasks=row.tasks,
    )
