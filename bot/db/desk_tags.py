"""Tags that a guide puts on or takes off with one tap: evidence like any other, of full confidence, with who says so."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.db.desk import allowed
from bot.db.scoped import scoped
from bot.db.users import User, audit
from bot.errors import BadRequestError
from bot.ids import customer_id

SURE = 1.0
"""A guide who taps has seen or asked."""
_WHOSE = text(
    """
    select c.channel, c.account, c.is_group, c.customer_id, m.id as message, m.sender, m.author,
        (select max(id) from messages where conversation_id = c.id and author = 'shopper') as last
    from conversations c left join messages m on m.conversation_id = c.id and m.id = cast(:message as bigint)
    where c.id = :id
    """
)
_EVERYONE = text(
    """
    select k.id from customers me join customers k on k.id = me.id or k.unionid = me.unionid where me.id = :customer order by k.id
    """
)
_FORGETFUL = text(
    """
    select exists (select from (
        select distinct on (customer_id) retracted from customer_tags
        where customer_id = any(cast(:ids as text[])) and tag = 'memory' order by customer_id, id desc
    ) as told where not retracted)
    """
)
_LAST = text(
    """
    select source, retracted from customer_tags where customer_id = :customer and tag = :tag and value = :value
    order by id desc limit 1
    """
)
_PUT = text(
    """
    insert into customer_tags (customer_id, tag, value, confidence, at, source, retracted)
    select id, :tag, :value, :confidence, :now, :source, :retracted from unnest(cast(:ids as text[])) as t(id)
    """
)


@dataclass(frozen=True, slots=True)
class Mark:
    """One tag, put on or taken off, and the message that says so."""

    tag: str
    value: str
    retract: bool = False
    message: int | None = None


async def put(engine: AsyncEngine, viewer: User, conversation: str, mark: Mark, now: datetime) -> bool:
    """Keep it for everybody whom we know that shopper as; False where the guide's last word was the same.

    Raises:
        BadRequestError: no such message (404); a group without a message to say whose it is; the shopper wants nothing
            remembered (409).
    """
    async with scoped(engine, viewer) as connection:
        await allowed(connection, viewer, conversation)
        return await put_in(connection, viewer, conversation, mark, now)


async def put_in(connection: AsyncConnection, viewer: User, conversation: str, mark: Mark, now: datetime) -> bool:
    """The same inside a transaction that has looked whether the viewer may."""
    row = (await connection.execute(_WHOSE, {"id": conversation, "message": mark.message})).one()
    customer = _customer(row, mark)
    everyone = list((await connection.execute(_EVERYONE, {"customer": customer})).scalars())
    if not everyone:
        raise BadRequestError("还不认识这位群成员", status=404, code="not_found")
    if not mark.retract and (await connection.execute(_FORGETFUL, {"ids": everyone})).scalar_one():
        raise BadRequestError("顾客说过不要记他的信息，不能再打标签", status=409, code="forgetful")
    told = {"tag": mark.tag, "value": mark.value}
    last = (await connection.execute(_LAST, {"customer": customer, **told})).one_or_none()
    if last is not None and last.retracted == mark.retract and last.source.startswith("desk:"):
        return False
    source = f"desk:{viewer.actor}:{mark.message or row.last or 0}"
    values = {"ids": everyone, **told, "confidence": SURE, "now": now, "source": source, "retracted": mark.retract}
    await connection.execute(_PUT, values)
    await audit(connection, now, viewer.name, ("tag", conversation), tag=mark.tag, retracted=mark.retract)
    return True


def _customer(row: "Row[tuple[object, ...]]", mark: Mark) -> str:
    """Whose tag it is: the shopper's of a talk of two, in a group that of whoever wrote the message."""
    if mark.message is not None and row.message is None:
        raise BadRequestError("这段对话里没有这条消息", status=404, code="not_found")
    if not row.is_group:
        return str(row.customer_id)
    if mark.message is None or row.author != "shopper" or not row.sender:
        raise BadRequestError("群里要先点选是哪条消息说的，才知道给谁打标签")
    return customer_id(row.channel, row.account, row.sender)
