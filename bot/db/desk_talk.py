"""What else belongs to a talk at the desk: notes, tasks of it, the open handover, and the shopper as they are known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.db.codec import storable
from bot.db.desk import allowed
from bot.db.scoped import scoped
from bot.db.users import User, audit
from bot.errors import BadRequestError
from bot.model import Conversation, ConversationId, Customer, Evidence, JsonMap

_NOTES = text("select id, author, text, at from notes where conversation_id = :id order by id")
_NOTE = text("insert into notes (conversation_id, author, text, at) values (:id, :author, :text, :now) returning id")
_LAST_NOTE = text(
    """
    select id from notes where conversation_id = :id and author = :author and text = :text and at > :since
    order by id desc limit 1
    """
)
_DROP_NOTE = text("delete from notes where id = :note and conversation_id = :id and (author = :author or :any) returning id")
_HANDOVER = text(
    """
    select id, reason, kind, urgency, why, brief, skill, wanted, path, created_at, claimed_at, first_reply_at, due_at, breaches
    from handovers where conversation_id = :id and state <> 'closed' order by id desc limit 1
    """
)
_WHO = text(
    """
    select c.id, c.channel, c.account, c.peer, c.external, c.is_group, c.owner, c.guide, c.name as room, c.store as place,
        p.id as customer, coalesce(p.name, c.name) as name, p.level, coalesce(p.store, c.store) as store, p.guide as own, p.owned,
        p.unionid, p.created_at
    from conversations c join customers p on p.id = c.customer_id where c.id = :id
    """
)
_EVIDENCE = text(
    "select tag, value, confidence, at, source, retracted from customer_tags where customer_id = :customer order by id"
)
_REPEAT = 60
"""Seconds within which the same note again is a second tap."""


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody at the desk wrote for their colleagues; the shopper never sees it."""

    id: int
    author: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Open:
    """The open wish for a person."""

    id: int
    reason: str
    kind: str
    urgency: int
    why: JsonMap
    brief: JsonMap
    skill: str | None
    wanted: str | None
    path: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """A talk with its shopper, and since when they are ours."""

    conversation: Conversation
    since: datetime
    unionid: str | None


async def known(engine: AsyncEngine, viewer: User, conversation: str) -> Known:
    """A talk with its shopper and the evidence on them; raises BadRequestError (404) where the viewer may not see it."""
    async with scoped(engine, viewer) as connection:
        await allowed(connection, viewer, conversation)
        return await known_in(connection, conversation)


async def known_in(connection: AsyncConnection, conversation: str) -> Known:
    """The same inside a transaction that has looked whether the viewer may."""
    row = (await connection.execute(_WHO, {"id": conversation})).one()
    told = await connection.execute(_EVIDENCE, {"customer": row.customer})
    evidence = tuple(Evidence(r.tag, r.value, r.confidence, r.at, r.source, r.retracted) for r in told)
    customer = Customer(row.customer, row.name, row.level, row.store, row.own, evidence, tuple(row.owned))
    talk = Conversation(
        id=ConversationId(row.id),
        channel=row.channel,
        account=row.account,
        peer=row.peer,
        external=row.external,
        customer=customer,
        group=row.is_group,
        owner=row.owner,
        guide=row.guide,
    )
    return Known(talk, row.created_at, row.unionid)


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a talk."""

    known: Known
    handover: Open | None
    notes: Sequence[Note]


async def beside(engine: AsyncEngine, viewer: User, conversation: str) -> Beside:
    """All of it at once; raises BadRequestError (404) where the viewer may not see the talk."""
    async with scoped(engine, viewer) as connection:
        await allowed(connection, viewer, conversation)
        row = (await connection.execute(_HANDOVER, {"id": conversation})).one_or_none()
        notes = [Note(r.id, r.author, r.text, r.at) for r in await connection.execute(_NOTES, {"id": conversation})]
        return Beside(await known_in(connection, conversation), None if row is None else _open(row), notes)


def _open(row: object) -> Open:
    names = ("id", "reason", "kind", "urgency", "why", "brief", "skill", "wanted", "path", "created_at")
    return Open(**{name: getattr(row, name) for name in names})


async def note(engine: AsyncEngine, viewer: User, conversation: str, words: str, now: datetime) -> int:
    """Write something down for colleagues; the same words again within a minute are the same note."""
    async with scoped(engine, viewer) as connection:
        await allowed(connection, viewer, conversation)
        return await note_in(connection, viewer, conversation, words, now)


async def note_in(connection: AsyncConnection, viewer: User, conversation: str, words: str, now: datetime) -> int:
    """The same inside a transaction that has looked whether the viewer may."""
    told = {"id": conversation, "author": viewer.actor, "text": storable(words)}
    since = datetime.fromtimestamp(now.timestamp() - _REPEAT, now.tzinfo)
    found: int | None = (await connection.execute(_LAST_NOTE, {**told, "since": since})).scalar_one_or_none()
    return found if found is not None else int((await connection.execute(_NOTE, {**told, "now": now})).scalar_one())


async def drop_note(engine: AsyncEngine, viewer: User, conversation: str, note_id: int, now: datetime) -> None:
    """Take a note away: one's own, for leads any.

    Raises:
        BadRequestError: there is none, or it is a colleague's (404).
    """
    async with scoped(engine, viewer) as connection:
        await allowed(connection, viewer, conversation)
        values = {"id": conversation, "note": note_id, "author": viewer.actor, "any": viewer.role in {"lead", "admin"}}
        if (await connection.execute(_DROP_NOTE, values)).scalar_one_or_none() is None:
            raise BadRequestError("没有这条备注，或者不是您写的", status=404, code="not_found")
        await audit(connection, now, viewer.name, ("note.delete", conversation), note=note_id)


_STORY = text(
    """
    select * from (
        select m.id, m.author, m.sender, m.kind, m.text, m.body, m.at, coalesce(i.trace, m.trace) as trace, i.outcome,
            m.recalled_at is not null as recalled
        from messages m left join inbox i on i.id = m.inbox_id
        where m.conversation_id = :id
            and m.at > coalesce(
                (select max(closed_at) from handovers where conversation_id = :id and state = 'closed'), '-infinity')
        order by m.id desc limit 200
    ) as latest order by id
    """
)
_AWAITED = text(
    """
    select text, author from (
        select id, text, author from messages where conversation_id = :id and recalled_at is null and kind = 'text'
        order by id desc limit 40
    ) as latest order by id
    """
)


@dataclass(frozen=True, slots=True)
class Told:
    """One message as a brief is made from it."""

    id: int
    author: str
    sender: str | None
    kind: str
    text: str
    body: JsonMap
    at: datetime
    trace: JsonMap | None
    """What was understood of a shopper's message, or why the bot said this."""
    outcome: str | None
    recalled: bool


async def story(engine: AsyncEngine, viewer: User, conversation: str) -> Sequence[Told]:
    """What was said since the talk began anew, the latest 200, oldest first; nothing of a talk that the viewer may not see."""
    async with scoped(engine, viewer) as connection:
        rows = await connection.execute(_STORY, {"id": conversation})
        return [Told(r.id, r.author, r.sender, r.kind, r.text, r.body, r.at, r.trace, r.outcome, r.recalled) for r in rows]


async def awaited(engine: AsyncEngine, viewer: User, conversation: str) -> tuple[str, Sequence[str]]:
    """The shopper's words since somebody last answered, and those of theirs before; where all is answered, their last ones."""
    async with scoped(engine, viewer) as connection:
        await allowed(connection, viewer, conversation)
        said = [(row.author, row.text) for row in await connection.execute(_AWAITED, {"id": conversation})]
    last = max((at for at, (author, _) in enumerate(said) if author in {"bot", "guide"}), default=-1)
    every = [words for author, words in said if author == "shopper"]
    fresh = [words for at, (author, words) in enumerate(said) if author == "shopper" and at > last] or every[-1:]
    return "，".join(fresh[-4:]), every[: len(every) - len(fresh)]
