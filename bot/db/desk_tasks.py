"""Reminders and calls to make: made at the desk or by a promise after hours, never forgotten until somebody says done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.db.codec import storable
from bot.db.desk import allowed
from bot.db.scoped import scoped
from bot.db.users import User, audit
from bot.errors import BadRequestError
from bot.ids import msgid

State = Literal["open", "done", "cancelled"]

_COLUMNS = """
    select t.id, t.conversation_id, t.store, t.guide, t.kind, t.text, t.due_at, t.state, t.author, t.created_at, t.done_at,
        t.done_by, coalesce(p.name, q.name, c.name) as name
    from tasks t left join conversations c on c.id = t.conversation_id left join customers p on p.id = c.customer_id
        left join customers q on q.id = t.customer_id
"""
_MINE = text(
    f"""
    {_COLUMNS} where t.state = 'open' and (:all or t.guide = :actor or t.guide is null) order by t.due_at, t.id limit 300
    """
)
_OF_TALK = text(f"{_COLUMNS} where t.conversation_id = :id and t.state = 'open' order by t.due_at, t.id limit 50")
_ONE = text(f"{_COLUMNS} where t.id = :task")
_ADD = text(
    """
    insert into tasks (conversation_id, customer_id, store, guide, kind, text, due_at, author, key, created_at)
    select c.id, c.customer_id, coalesce(c.store, cast(:store as text)), :actor, :kind, :text, :due, :author, :key, :now
    from conversations c where c.id = :id
    on conflict (key) do nothing returning id
    """
)
_KEPT = text("select id from tasks where key = :key")
_CHANGE = text(
    """
    update tasks set state = :state, due_at = coalesce(cast(:due as timestamptz), due_at),
        done_at = case when :state = 'open' then null else cast(:now as timestamptz) end,
        done_by = case when :state = 'open' then null else cast(:actor as text) end,
        reminded_at = case when :state = 'open' then null else reminded_at end
    where id = :task
    """
)
_DUE = text("select count(*) from tasks where state = 'open' and due_at <= :now and (guide = :actor or guide is null)")


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do."""

    id: int
    conversation: str | None
    name: str | None
    """The shopper's."""
    guide: str | None
    """Whose it is; None: anybody's of the store."""
    store: str | None
    kind: str
    text: str
    due_at: datetime
    state: State
    author: str
    done_at: datetime | None
    done_by: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A task to be made."""

    text: str
    due_at: datetime
    kind: str = "reminder"
    token: str = ""
    """The page's id of it; where there is none, the same words for the same moment are one task."""


async def add(engine: AsyncEngine, viewer: User, conversation: str, wanted: Wanted, now: datetime) -> int:
    """Make a task of one's own for a talk; a repeat is the same task."""
    async with scoped(engine, viewer) as connection:
        await allowed(connection, viewer, conversation)
        return await add_in(connection, viewer, conversation, wanted, now)


async def add_in(connection: AsyncConnection, viewer: User, conversation: str, wanted: Wanted, now: datetime) -> int:
    """The same inside a transaction that has looked whether the viewer may.

    Raises:
        BadRequestError: the time is over.
    """
    if wanted.due_at <= now:
        raise BadRequestError("提醒的时间要在现在之后")
    token = wanted.token or f"{wanted.kind}\0{wanted.text}\0{wanted.due_at.isoformat()}"
    values = {
        "id": conversation,
        "store": viewer.store,
        "actor": viewer.actor,
        "kind": wanted.kind,
        "text": storable(wanted.text),
        "due": wanted.due_at,
        "author": viewer.actor,
        "key": f"desk:{msgid('task', conversation, viewer.actor, token)}",
        "now": now,
    }
    made: int | None = (await connection.execute(_ADD, values)).scalar_one_or_none()
    return made if made is not None else int((await connection.execute(_KEPT, values)).scalar_one())


async def mine(engine: AsyncEngine, viewer: User, *, everybodys: bool = False) -> Sequence[Task]:
    """One's open tasks and those that are anybody's of the store, the next due first; for leads ``everybodys`` of theirs."""
    async with scoped(engine, viewer) as connection:
        values = {"actor": viewer.actor, "all": everybodys and viewer.role in {"lead", "admin"}}
        return [_task(row) for row in await connection.execute(_MINE, values)]


async def of_talk(engine: AsyncEngine, viewer: User, conversation: str) -> Sequence[Task]:
    """The open tasks of a talk; none where the viewer may not see it."""
    async with scoped(engine, viewer) as connection:
        return [_task(row) for row in await connection.execute(_OF_TALK, {"id": conversation})]


async def due(engine: AsyncEngine, viewer: User, now: datetime) -> int:
    """How many of them are due."""
    async with scoped(engine, viewer) as connection:
        return int((await connection.execute(_DUE, {"actor": viewer.actor, "now": now})).scalar_one())


async def change(engine: AsyncEngine, viewer: User, task: int, to: tuple[State, datetime | None], now: datetime) -> Task:
    """Say that something is done, is not to be done, or is to be done after all or later (``to``: state, new time).

    Raises:
        BadRequestError: there is none that the viewer may see (404), it is a colleague's (403), or the time is over.
    """
    state, due_at = to
    async with scoped(engine, viewer) as connection:
        row = (await connection.execute(_ONE, {"task": task})).one_or_none()
        if row is None:
            raise BadRequestError("没有这个任务", status=404, code="not_found")
        if row.guide not in {None, viewer.actor} and viewer.role not in {"lead", "admin"}:
            raise BadRequestError("这是同事的任务", status=403, code="forbidden")
        if due_at is not None and due_at <= now:
            raise BadRequestError("提醒的时间要在现在之后")
        values = {"task": task, "state": state, "due": due_at, "now": now, "actor": viewer.actor}
        await connection.execute(_CHANGE, values)
        if state != row.state:
            await audit(connection, now, viewer.name, (f"task.{state}", str(task)), conversation=row.conversation_id)
        return _task((await connection.execute(_ONE, {"task": task})).one())


def _task(row: "Row[tuple[object, ...]]") -> Task:
    return Task(
        id=row.id,
        conversation=row.conversation_id,
        name=row.name,
        guide=row.guide,
        store=row.store,
        kind=row.kind,
        text=row.text,
        due_at=row.due_at,
        state=row.state,
        author=row.author,
        done_at=row.done_at,
        done_by=row.done_by,
    )
