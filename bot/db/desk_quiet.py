"""Whether a shopper wants to be left alone, as the desk shows it, and as a guide whom they told so in other ways sets it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.db import restraint
from bot.db.desk import allowed
from bot.db.scoped import leave, scoped
from bot.db.users import User, audit
from bot.errors import BadRequestError
from bot.model import Peace

_WHOSE = text(
    """
    select c.is_group, c.customer_id, m.id as message, m.author,
        (select k.customer_id from members k where k.conversation_id = c.id and k.id = m.sender) as member
    from conversations c left join messages m on m.conversation_id = c.id and m.id = cast(:message as bigint)
    where c.id = :id
    """
)
_SINCE = text(
    """
    select min(k.opted_out_at) as opted_out, min(k.hushed_at) as hushed
    from customers me join customers k on k.id = me.id or k.unionid = me.unionid where me.id = :customer
    """
)


@dataclass(frozen=True, slots=True)
class Quiet:
    """Since when somebody wants no messages that they did not ask for, and not to be named by @; None: they mind neither."""

    opted_out: datetime | None = None
    hushed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """What a guide sets; None: as it is."""

    opted_out: bool | None = None
    hushed: bool | None = None
    message: int | None = None
    """In a group: a message of whoever it is about."""

    @property
    def wishes(self) -> tuple[Peace, ...]:
        """The same as the shopper would say it; 退订 hushes as well, so what is said of @ comes last."""
        out: tuple[Peace, ...] = () if self.opted_out is None else ("out" if self.opted_out else "back",)
        named: tuple[Peace, ...] = () if self.hushed is None else ("hush" if self.hushed else "named",)
        return (*out, *named)


async def since(connection: AsyncConnection, customer: str) -> Quiet:
    """Of the whole person, as far as the connection may see them."""
    row = (await connection.execute(_SINCE, {"customer": customer})).one()
    return Quiet(row.opted_out, row.hushed)


async def put(engine: AsyncEngine, viewer: User, conversation: str, wanted: Setting, now: datetime) -> Quiet:
    """Set it for the whole person, with its audit; how it is then.

    Raises:
        BadRequestError: no such talk for the viewer, no such message (404); a group without a message of a member (400).
    """
    async with scoped(engine, viewer) as connection:
        await allowed(connection, viewer, conversation)
        customer = await _customer(connection, conversation, wanted.message)
        await leave(connection)
        await restraint.lock(connection, [customer])
        before = await since(connection, customer)
        for wish in wanted.wishes:
            await restraint.wished(connection, customer, wish, now)
        after = await since(connection, customer)
        if (before.opted_out is None, before.hushed is None) != (after.opted_out is None, after.hushed is None):
            told = {"opted_out": after.opted_out is not None, "hushed": after.hushed is not None}
            await audit(connection, now, viewer.name, ("quiet", conversation), customer=customer, **told)
        return after


async def _customer(connection: AsyncConnection, conversation: str, message: int | None) -> str:
    row = (await connection.execute(_WHOSE, {"id": conversation, "message": message})).one()
    if message is not None and row.message is None:
        raise BadRequestError("这段对话里没有这条消息", status=404, code="not_found")
    if not row.is_group:
        return str(row.customer_id)
    if row.member is None or row.author != "shopper":
        raise BadRequestError("群里要先点选是哪位顾客说的哪条消息，才知道是谁")
    return str(row.member)
