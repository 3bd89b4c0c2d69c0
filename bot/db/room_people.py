"""The people of a group room of the web: who comes in, who is there, who left, and where each talks with the assistant alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.db.rooms import CHANNEL
from bot.errors import BadRequestError
from bot.ids import customer_id

MOST = 500
"""Members of one room, as in a WeChat group; whoever is invited after them is told that it is full."""
_LOOK_BACK = 2000
"""Messages in which guides are looked for who spoke in a room."""

_DOOR = text("select is_group, name from conversations where id = :id for no key update")
_TAKEN = text("select name, left_at is null as present from members where conversation_id = :id")
_PERSON = text(
    """
    insert into customers (id, channel, account, external, name, created_at)
    values (:customer, 'web', '', :member, :name, :now) on conflict do nothing
    """
)
_ENTER = text(
    """
    insert into members (conversation_id, id, name, customer_id, source, joined_at)
    values (:id, :member, :name, :customer, :source, :now) on conflict do nothing
    """
)
_LINE = text(
    """
    insert into messages (conversation_id, author, sender, kind, text, at)
    values (:id, 'system', :member, :kind, :text, :now)
    """
)
_FIND = text(
    """
    select m.id, m.name, m.left_at is not null as gone, m.private_id, m.source, c.name as room
    from members m join conversations c on c.id = m.conversation_id
    where m.conversation_id = :id and m.id = :member
    """
)
_PRESENT = text("select id, name from members where conversation_id = :id and left_at is null order by joined_at, id limit :most")
_KNOWN = text("select id from members where conversation_id = :id and id = any(cast(:members as text[])) and left_at is null")
_COUNT = text(
    """
    select c.name, (select count(*) from members m where m.conversation_id = c.id and m.left_at is null) as people
    from conversations c where c.id = :id and c.is_group
    """
)
_GUIDES = text(
    """
    select guide from (
        select sender as guide from (
            select author, sender from messages where conversation_id = :id order by id desc limit :back
        ) as latest where author = 'guide'
        union select guide from conversations where id = :id
        union select guide from groups where conversation_id = :id
    ) as found where guide is not null order by guide
    """
)


@dataclass(frozen=True, slots=True)
class Door:
    """A room as somebody finds it who wants to come in; locked until the transaction ends."""

    name: str
    taken: tuple[str, ...]
    """What everybody is called who is or was there."""
    people: int
    """How many are there now."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who comes in."""

    room: str
    member: str
    name: str
    source: str = ""
    """The code (活码) by which they came."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of a room."""

    id: str
    name: str
    gone: bool
    """They left."""
    private: str
    """Their own talk with the assistant; empty: there is none."""
    source: str
    room: str
    """Name of the room."""


async def door(connection: AsyncConnection, conversation: str) -> Door:
    """Lock a room, so that two who come at once do not take the same name.

    Raises:
        BadRequestError: there is no such room (404), or it is a talk of two (409).
    """
    found = (await connection.execute(_DOOR, {"id": conversation})).one_or_none()
    if found is None:
        raise BadRequestError("没有这段对话", status=404, code="not_found")
    if not found.is_group:
        raise BadRequestError("这是一对一的对话，不能加人", status=409, code="not_a_group")
    rows = (await connection.execute(_TAKEN, {"id": conversation})).all()
    return Door(found.name or "", tuple(row.name for row in rows), sum(row.present for row in rows))


async def enter(connection: AsyncConnection, who: Newcomer, now: datetime) -> None:
    """Let somebody in, with a customer of their own behind them; nothing happens to whoever is there already."""
    values = {
        "id": who.room,
        "member": who.member,
        "name": who.name,
        "customer": customer_id(CHANNEL, "", who.member),
        "source": who.source,
        "now": now,
    }
    await connection.execute(_PERSON, values)
    await connection.execute(_ENTER, values)


async def line(connection: AsyncConnection, conversation: str, who: tuple[str, str], words: str, now: datetime) -> None:
    """A line of the house in the room's transcript; ``who``: (member whom it is about, kind)."""
    member, kind = who
    await connection.execute(_LINE, {"id": conversation, "member": member, "kind": kind, "text": words, "now": now})


async def find(engine: AsyncEngine, conversation: str, member: str) -> Member | None:
    """Somebody of a room by id, also after they left; None where nobody has this id."""
    async with engine.connect() as connection:
        return await found(connection, conversation, member)


async def found(connection: AsyncConnection, conversation: str, member: str) -> Member | None:
    """The same within a transaction."""
    row = (await connection.execute(_FIND, {"id": conversation, "member": member})).one_or_none()
    if row is None:
        return None
    return Member(row.id, row.name, row.gone, row.private_id, row.source, row.room or "")


async def present(engine: AsyncEngine, conversation: str) -> Sequence[tuple[str, str]]:
    """(id, name) of whoever is in the room, in the order in which they came."""
    async with engine.connect() as connection:
        rows = await connection.execute(_PRESENT, {"id": conversation, "most": 2 * MOST})
        return [(row.id, row.name) for row in rows]


async def known(engine: AsyncEngine, conversation: str, members: Sequence[str]) -> frozenset[str]:
    """Which of these ids are members who are in the room."""
    if not members:
        return frozenset()
    async with engine.connect() as connection:
        rows = await connection.execute(_KNOWN, {"id": conversation, "members": list(members)})
        return frozenset(row.id for row in rows)


async def guides(engine: AsyncEngine, conversation: str) -> Sequence[str]:
    """Ids of the guides of a room: who holds it, whose group it is, and who spoke there lately."""
    async with engine.connect() as connection:
        rows = await connection.execute(_GUIDES, {"id": conversation, "back": _LOOK_BACK})
        return [row.guide for row in rows]


async def count(engine: AsyncEngine, conversation: str) -> tuple[str, int] | None:
    """What a room is called and how many are in it; None where there is no such room."""
    async with engine.connect() as connection:
        row = (await connection.execute(_COUNT, {"id": conversation})).one_or_none()
    return None if row is None else (row.name or "", row.people)
