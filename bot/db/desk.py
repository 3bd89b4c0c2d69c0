"""The guides' desk: who waits, who takes them, what is answered; each guide sees the customers of their own store."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot import ownership
from bot.db.codec import speech_to_json
from bot.db.floors import Floors
from bot.db.users import User, audit
from bot.errors import BadRequestError
from bot.ids import msgid
from bot.model import JsonMap, Owner, Speech
from bot.ownership import Floor

_SEEN = "(:all or coalesce(h.store, p.store) is null or coalesce(h.store, p.store) = :store or (c.owner = 'human' and c.guide = :actor))"
"""Whose conversations somebody may read: their own store's, nobody's, and what they hold themselves."""

_ROW = """
    select c.id, c.channel, c.is_group, coalesce(p.name, c.name) as name, c.owner, c.guide, c.owner_since,
        coalesce(h.store, p.store) as store, h.reason, h.urgency, h.wanted, h.created_at as asked_at,
        coalesce(h.brief, '{}'::jsonb) as brief, l.text as last, l.author as last_author, l.at as last_at,
        (select count(*) from messages m where m.conversation_id = c.id and m.author = 'shopper' and m.id >
            coalesce((select max(g.id) from messages g where g.conversation_id = c.id and g.author = 'guide'), 0)) as unread
    from conversations c join customers p on p.id = c.customer_id
        left join handovers h on h.conversation_id = c.id and h.state <> 'closed'
        left join lateral (select case when recalled_at is null then text else '已撤回' end as text, author, at from messages m
            where m.conversation_id = c.id order by m.id desc limit 1) as l on true
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
    """
)
_ONE = text(f"{_ROW} where c.id = :id and {_SEEN}")
_FAILED = text(
    f"""
    select i.id, i.conversation_id, i.text, i.kind, i.reason, i.received_at, coalesce(p.name, c.name) as name
    from inbox i join conversations c on c.id = i.conversation_id join customers p on p.id = c.customer_id
        left join handovers h on h.conversation_id = c.id and h.state <> 'closed'
    where i.outcome = 'failed' and {_SEEN} order by i.id desc limit 50
    """
)
_LEAVING = text(
    """
    select id, author, speech ->> 'text' as text, state, reason, created_at from outbox
    where conversation_id = :id and (state in ('pending', 'sending', 'held') or (state = 'failed' and created_at > :since)) order by id
    """
)
_TAKEN = text(
    """
    insert into handovers (conversation_id, reason, store, guide, state, created_at, claimed_at)
    select c.id, '导购主动接手', p.store, :actor, 'claimed', :now, :now from conversations c join customers p on p.id = c.customer_id
    where c.id = :id on conflict (conversation_id) where state <> 'closed' do nothing
    """
)
_SPEAK = text(
    """
    insert into outbox (msgid, conversation_id, author, sender, epoch, speech, created_at)
    values (:msgid, :id, 'guide', :actor, :epoch, cast(:speech as jsonb), :now) on conflict (msgid) do nothing
    """
)
_COVERED = text("select coalesce(max(id), 0) from inbox where conversation_id = :id")


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
    last_author: str | None
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


class HeldError(BadRequestError):
    """Somebody else holds the conversation (409); ``holder`` is who, None where nobody does."""

    def __init__(self, why: str, holder: str | None) -> None:
        super().__init__(why, status=409, code="held")
        self.holder = holder


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
        return await _allowed(connection, viewer, conversation)


async def leaving(engine: AsyncEngine, conversation: str, since: datetime) -> Sequence[Leaving]:
    """What is on its way to the shopper, held back, or failed since a moment."""
    async with engine.connect() as connection:
        rows = await connection.execute(_LEAVING, {"id": conversation, "since": since})
        return [Leaving(r.id, r.author, r.text or "", r.state, r.reason, r.created_at) for r in rows]


async def claim(engine: AsyncEngine, viewer: User, conversation: str, now: datetime) -> Floor:
    """Take the conversation: of two at the same moment one gets it.

    The epoch rises with it, so what the bot had ready does not leave any more; what is leaving at this very moment is waited
    for by the caller (``bot.db.outgoing.quiet``).

    Raises:
        HeldError: another person holds it.
    """
    async with engine.begin() as connection:
        floors = await Floors.locked(connection, [conversation])
        await _allowed(connection, viewer, conversation)
        before = floors[conversation]
        if before.owner == "human" and before.guide != viewer.actor:
            raise HeldError("已经有同事接待了", before.guide)
        after = floors.change(conversation, lambda floor: ownership.claimed(floor, viewer.actor, now))
        await floors.store(connection, now)
        if after != before:
            await connection.execute(_TAKEN, {"id": conversation, "actor": viewer.actor, "now": now})
            await audit(connection, now, viewer.name, ("claim", conversation), owner=before.owner, epoch=after.epoch)
        return after


async def reply(engine: AsyncEngine, viewer: User, conversation: str, said: tuple[str, str], now: datetime) -> None:
    """Say something (``said``: the client's id of it, the words); a repeat with the same id is sent once.

    Raises:
        HeldError: the viewer does not hold the conversation.
    """
    token, words = said
    async with engine.begin() as connection:
        floors = await Floors.locked(connection, [conversation])
        await _allowed(connection, viewer, conversation)
        floor = _own(floors[conversation], viewer)
        covered = (await connection.execute(_COVERED, {"id": conversation})).scalar_one()
        await connection.execute(
            _SPEAK,
            {
                "msgid": msgid("desk", conversation, viewer.actor, token),
                "id": conversation,
                "actor": viewer.actor,
                "epoch": floor.epoch,
                "speech": speech_to_json(Speech(words)),
                "now": now,
            },
        )
        floors.change(conversation, lambda same: same, covered)
        await floors.store(connection, now)


async def hand_back(engine: AsyncEngine, viewer: User, conversation: str, now: datetime) -> Floor:
    """Give the conversation back to the bot.

    Raises:
        HeldError: neither the viewer's own nor a lead's business.
    """
    return await _give_up(engine, viewer, conversation, ("hand_back", now, ownership.handed_back))


async def close(engine: AsyncEngine, viewer: User, conversation: str, now: datetime) -> Floor:
    """End the talk; the shopper's next message starts a new one.

    Raises:
        HeldError: neither the viewer's own nor a lead's business.
    """
    return await _give_up(engine, viewer, conversation, ("close", now, ownership.closed))


async def _give_up(
    engine: AsyncEngine, viewer: User, conversation: str, step: tuple[str, datetime, Callable[[Floor, datetime], Floor]]
) -> Floor:
    deed, now, change = step
    async with engine.begin() as connection:
        floors = await Floors.locked(connection, [conversation])
        await _allowed(connection, viewer, conversation)
        before = floors[conversation]
        if before.owner == "human" and viewer.role not in {"lead", "admin"}:
            _own(before, viewer)
        after = floors.change(conversation, lambda floor: change(floor, now))
        await floors.store(connection, now)
        if after != before:
            await audit(connection, now, viewer.name, (deed, conversation), owner=before.owner, guide=before.guide, epoch=after.epoch)
        return after


def _own(floor: Floor, viewer: User) -> Floor:
    if floor.owner != "human":
        raise HeldError("要先接待，才能说话", None)
    if floor.guide != viewer.actor:
        raise HeldError("这位顾客由同事接待着", floor.guide)
    return floor


async def _allowed(connection: AsyncConnection, viewer: User, conversation: str) -> Place:
    row = (await connection.execute(_ONE, {"id": conversation, **_view(viewer)})).one_or_none()
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
        last_author=row.last_author,
        last_at=row.last_at,
        unread=row.unread,
    )


_MARK = text(
    """
    select c.epoch, c.owner, (select max(id) from messages m where m.conversation_id = c.id) as said,
        (select count(*) from messages m where m.conversation_id = c.id and (m.recalled_at is not null or m.failure is not null)) as changed,
        (select max(id * 10 + length(state)) from outbox o where o.conversation_id = c.id) as leaving
    from conversations c where c.id = :id
    """
)


async def mark(engine: AsyncEngine, conversation: str) -> tuple[object, ...]:
    """Something that differs when a conversation shows anything new."""
    async with engine.connect() as connection:
        row = (await connection.execute(_MARK, {"id": conversation})).one_or_none()
    return () if row is None else tuple(row)
