"""The shopper's page at the desk: what they did, bought and sent back, and the talks they had with people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db import desk_quiet
from bot.db.desk import allowed
from bot.db.desk_quiet import Quiet
from bot.db.desk_talk import Known, known_in
from bot.db.scoped import scoped
from bot.db.users import User

_PERSON = "(select id from customers where id = :customer or unionid = cast(:unionid as text))"
_EVENTS = text(
    f"""
    select kind, sku, at from events where customer_id in {_PERSON} and kind not in ('buy', 'return')
    order by at desc, id desc limit 20
    """  # noqa: S608  (a piece of our own)
)
_TRADES = text(
    f"""
    select kind, sku, at from events where customer_id in {_PERSON} and kind in ('buy', 'return')
    order by at desc, id desc limit 30
    """  # noqa: S608
)
_TALKS = text(
    f"""
    select h.id, h.conversation_id, h.created_at, h.reason, h.guide, h.rating, h.rating_words, h.state, h.closed_at
    from handovers h join conversations c on c.id = h.conversation_id
    where c.customer_id in {_PERSON} order by h.id desc limit 10
    """  # noqa: S608
)


@dataclass(frozen=True, slots=True)
class Deed:
    """Something done with a product."""

    kind: str
    sku: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Talk:
    """One part that a person had in a talk with this shopper."""

    conversation: str
    at: datetime
    reason: str
    guide: str | None
    rating: int | None
    words: str
    """What they said with their rating."""
    open: bool


@dataclass(frozen=True, slots=True)
class Profile:
    """All of it; rows of other stores are not among them."""

    known: Known
    events: Sequence[Deed]
    trades: Sequence[Deed]
    talks: Sequence[Talk]
    quiet: Quiet
    """Whether they want to be left alone."""


async def profile(engine: AsyncEngine, viewer: User, conversation: str) -> Profile:
    """The shopper of a talk; of a group there is no single one, so only the talks stand here.

    Raises:
        BadRequestError: 404 where the viewer may not see the talk.
    """
    async with scoped(engine, viewer) as connection:
        await allowed(connection, viewer, conversation)
        found = await known_in(connection, conversation)
        who = {"customer": found.conversation.customer.id, "unionid": found.unionid}
        events = [Deed(row.kind, row.sku, row.at) for row in await connection.execute(_EVENTS, who)]
        trades = [Deed(row.kind, row.sku, row.at) for row in await connection.execute(_TRADES, who)]
        talks = [
            Talk(r.conversation_id, r.created_at, r.reason, r.guide, r.rating, r.rating_words, r.state != "closed")
            for r in await connection.execute(_TALKS, who)
        ]
        quiet = Quiet() if found.conversation.group else await desk_quiet.since(connection, found.conversation.customer.id)
        return Profile(found, events, trades, talks, quiet)


_SAID = text("select id, text from inbox where id = any(cast(:ids as bigint[])) and text <> ''")
_WRITTEN = text("select id, text from messages where id = any(cast(:ids as bigint[])) and text <> '' and recalled_at is null")
_OF = text("select id from customers where guide = :guide order by id")


async def words(engine: AsyncEngine, viewer: User, inbox: Sequence[int], messages: Sequence[int]) -> Mapping[str, str]:
    """What was written in messages, by ``inbox:{id}`` and ``message:{id}``; only those that the viewer may see."""
    async with scoped(engine, viewer) as connection:
        found = {f"inbox:{r.id}": r.text for r in await connection.execute(_SAID, {"ids": list(inbox)})} if inbox else {}
        if messages:
            rows = await connection.execute(_WRITTEN, {"ids": list(messages)})
            found |= {f"message:{r.id}": r.text for r in rows}
        return found


async def customers_of(engine: AsyncEngine, viewer: User, guide: str) -> tuple[str, ...]:
    """The customers whose own guide somebody is, those of them that the viewer may see."""
    async with scoped(engine, viewer) as connection:
        return tuple((await connection.execute(_OF, {"guide": guide})).scalars())
