"""Rooms of the web chat: a talk of two or a group, its members, and what was said in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.ids import customer_id
from bot.model import ConversationId, JsonMap, Owner

CHANNEL = "web"
_LOOK_BACK = 100
"""Messages among which a page is told of those taken back: that may be done for two minutes only."""

_MAKE = text(
    """
    with person as (
        insert into customers (id, channel, account, external, name, created_at)
        values (:customer, 'web', '', :id, :shopper, :now) on conflict do nothing
    ), talk as (
        insert into conversations (id, channel, account, peer, external, customer_id, is_group, name, created_at, updated_at)
        values (:id, 'web', '', '', :id, :customer, :group, :room, :now, :now) on conflict do nothing
    )
    insert into sessions (conversation_id, updated_at) values (:id, :now) on conflict do nothing
    """
)
_MEMBER = text(
    """
    select id from members where conversation_id = :id and (id = :who or name = :who) and left_at is null
    order by id = :who desc, joined_at limit 1
    """
)
_SAID = r"""
    select m.id, m.author, m.sender, p.name as member, m.kind, m.text, m.body, m.at, m.trace, m.recalled_at, m.failure,
        m.inbox_id, i.outcome, i.reason, q.id as quoted, q.author as quoted_author, coalesce(r.name, q.sender) as quoted_name,
        left(q.text, 200) as quoted_text, q.recalled_at is not null as quoted_recalled
    from messages m left join members p on p.conversation_id = m.conversation_id and p.id = m.sender
        left join inbox i on i.id = m.inbox_id
        left join messages q on q.conversation_id = m.conversation_id
            and q.id = case when m.body ->> 'quoted' ~ '^[0-9]{1,18}$' then cast(m.body ->> 'quoted' as bigint) end
        left join members r on r.conversation_id = q.conversation_id and r.id = q.sender
    where m.conversation_id = :id
"""
_AFTER = text(f"{_SAID} and m.id > :after order by m.id limit :limit")
_LATEST = text(f"select * from ({_SAID} order by m.id desc limit :limit) as latest order by id")  # noqa: S608  (pieces of our own, no input)
_BEFORE = text(
    f"select * from ({_SAID} and m.id < :before order by m.id desc limit :limit) as earlier order by id"  # noqa: S608  (the same)
)
_STANDING = text(
    """
    select c.owner, c.guide, c.is_group, c.name, c.owner_since,
        exists (select from inbox i where i.conversation_id = c.id and i.state = 'new'
                and (not c.is_group or i.payload ->> 'at_bot' = 'true'))
            or exists (select from outbox o where o.conversation_id = c.id and o.state in ('pending', 'sending')) as busy,
        array(select l.id from (select id, recalled_at from messages m where m.conversation_id = c.id
                                order by id desc limit :back) as l where l.recalled_at is not null) as recalled
    from conversations c where c.id = :id
    """
)


@dataclass(frozen=True, slots=True)
class Quoted:
    """The message that another one quotes, as it stands now: what was taken back or erased is not told again."""

    id: int
    author: str
    name: str | None
    """The member's name, or the guide's id."""
    text: str
    """Its first 200 characters."""
    recalled: bool


@dataclass(frozen=True, slots=True)
class Said:
    """One message as a transcript holds it."""

    id: int
    author: str
    sender: str | None
    member: str | None
    """Name of the member of a group who wrote it."""
    kind: str
    text: str
    body: JsonMap
    """Cards and options of ours, or the payload of theirs."""
    at: datetime
    trace: JsonMap | None
    recalled: bool
    failure: str | None
    outcome: str | None
    """How a shopper's message ended; None while it waits."""
    reason: str | None
    inbox_id: int | None = None
    quoted: Quoted | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a conversation stands, as its page shows it."""

    owner: Owner
    guide: str | None
    group: bool
    name: str | None
    since: datetime | None
    busy: bool
    """Something is being thought about or on its way; in a group only what the assistant was asked by name."""
    recalled: tuple[int, ...] = ()
    """Ids of those among the latest messages that were taken back."""


async def make(engine: AsyncEngine, conversation: str, name: str | None, now: datetime, *, group: bool = False) -> None:
    """A new conversation of the web; ``name`` is the shopper's, or the room's."""
    values = {
        "id": conversation,
        "customer": customer_id(CHANNEL, "", conversation),
        "shopper": None if group else name,
        "room": name if group else None,
        "group": group,
        "now": now,
    }
    async with engine.begin() as connection:
        await connection.execute(_MAKE, values)


async def member(engine: AsyncEngine, conversation: str, who: str) -> str | None:
    """Whoever is in a room, by id or name; None where nobody is called so."""
    async with engine.connect() as connection:
        found: str | None = (await connection.execute(_MEMBER, {"id": conversation, "who": who})).scalar_one_or_none()
        return found


async def said(engine: AsyncEngine, conversation: str, after: int | None, limit: int) -> Sequence[Said]:
    """What was said after a message, oldest first; with None the latest ``limit``. For the talk's own page, not for the desk."""
    async with engine.connect() as connection:
        return await transcript(connection, conversation, after, limit)


async def transcript(connection: AsyncConnection, conversation: str, after: int | None, limit: int) -> Sequence[Said]:
    """The same within a transaction."""
    if after is None:
        rows = await connection.execute(_LATEST, {"id": conversation, "limit": limit})
    else:
        rows = await connection.execute(_AFTER, {"id": conversation, "after": after, "limit": limit})
    return [_said(row) for row in rows]


async def earlier(engine: AsyncEngine, conversation: str, before: int, limit: int) -> Sequence[Said]:
    """What was said before a message, oldest first, the nearest ``limit``."""
    async with engine.connect() as connection:
        rows = await connection.execute(_BEFORE, {"id": conversation, "before": before, "limit": limit})
        return [_said(row) for row in rows]


def _said(row: Row[Any]) -> Said:
    quoted = (row.quoted, row.quoted_author, row.quoted_name, row.quoted_text, row.quoted_recalled)
    return Said(
        id=row.id,
        author=row.author,
        sender=row.sender,
        member=row.member,
        kind=row.kind,
        text=row.text,
        body=row.body,
        at=row.at,
        trace=row.trace,
        recalled=row.recalled_at is not None,
        failure=row.failure,
        outcome=row.outcome,
        reason=row.reason,
        inbox_id=row.inbox_id,
        quoted=None if row.quoted is None else Quoted(*quoted),
    )


async def standing(engine: AsyncEngine, conversation: str) -> Standing | None:
    """Where a conversation stands; None where there is none."""
    async with engine.connect() as connection:
        row = (await connection.execute(_STANDING, {"id": conversation, "back": _LOOK_BACK})).one_or_none()
    if row is None:
        return None
    return Standing(row.owner, row.guide, row.is_group, row.name, row.owner_since, row.busy, tuple(row.recalled))


_ANSWER = text(
    """
    select i.state,
        coalesce((select bool_or(o.state in ('pending', 'sending')) from outbox o
                  where o.conversation_id = i.conversation_id and o.speech -> 'answers' @> to_jsonb(i.id)), false) as under_way,
        (select coalesce(array_agg(m.id order by m.id), '{}') from messages m join outbox o on o.msgid = m.msgid
         where o.conversation_id = i.conversation_id and o.speech -> 'answers' @> to_jsonb(i.id)) as told
    from inbox i where i.id = :inbox
    """
)


async def answer(engine: AsyncEngine, inbox_id: int) -> tuple[bool, Sequence[int]]:
    """Whether nothing more will come for an accepted message, and the ids of the messages that answered it so far."""
    async with engine.connect() as connection:
        row = (await connection.execute(_ANSWER, {"inbox": inbox_id})).one()
    return row.state == "settled" and not row.under_way, tuple(row.told)


def new_id(chance: str, *, group: bool) -> ConversationId:
    """The id of a new room out of 128 bits of chance; its first letter tells rooms from talks without asking a table."""
    return ConversationId(("g" if group else "w") + chance)


def is_group(conversation: str) -> bool:
    """Whether an id was made for a group room."""
    return conversation.startswith("g")
