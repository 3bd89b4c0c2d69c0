"""What guides do at the desk: take a conversation, speak in it, give it back; each deed in one transaction with its audit."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot import ownership
from bot.db.codec import speech_to_json, storable
from bot.db.desk import Place, allowed, missing
from bot.db.floors import Floors
from bot.db.scoped import enter, leave, scoped
from bot.db.users import User, audit
from bot.errors import BadRequestError
from bot.ids import msgid
from bot.model import Speech
from bot.ownership import Floor

Mode = Literal["persona", "store"]
"""Whether a customer gets a guide of their own, or is their store's (``bot.brand.Brand.mode``)."""

_TAKEN = text(
    """
    insert into handovers (conversation_id, reason, kind, store, guide, state, created_at, claimed_at)
    select c.id, '导购主动接手', 'taken', c.store, :actor, 'claimed', :now, :now from conversations c
    where c.id = :id on conflict (conversation_id) where state <> 'closed'
        do update set store = coalesce(handovers.store, excluded.store)
    """
)
_THEIRS = text(
    """
    update customers set store = coalesce(store, :store),
        guide = case when guide is null and coalesce(store, :store) is not distinct from :store
            then cast(:guide as text) else guide end
    where id = :customer and (store is null or guide is null)
    """
)
_OF = text("select customer_id from conversations where id = :id")
_CUSTOMER = text("select id from customers where id = :customer for no key update")
_FAMILY = text("select id from conversations where customer_id = :customer")
_SPEAK = text(
    """
    insert into outbox (msgid, conversation_id, author, sender, epoch, speech, created_at)
    values (:msgid, :id, 'guide', :actor, :epoch, cast(:speech as jsonb), :now) on conflict (msgid) do nothing returning id
    """
)
_SPOKE = text(
    """
    with told as (update conversations set human_at = :now where id = :id)
    update handovers set first_reply_at = coalesce(first_reply_at, :now) where conversation_id = :id and state <> 'closed'
    """
)
_COVERED = text("select coalesce(max(id), 0) from inbox where conversation_id = :id")
_STAY = text("select pg_advisory_xact_lock_shared(hashtextextended('daogou guide ' || :guide, 0))")
_LEFT = text("select exists (select from duty where guide = :guide and state = 'left')")


class HeldError(BadRequestError):
    """Somebody else holds the conversation (409); ``holder`` is who, None where nobody does."""

    def __init__(self, why: str, holder: str | None) -> None:
        super().__init__(why, status=409, code="held")
        self.holder = holder


@dataclass(frozen=True, slots=True)
class Acting:
    """One talk in the hands of somebody who may see it: locked, looked at as them, and from here on written as the owner."""

    connection: AsyncConnection
    floors: Floors
    place: Place


@asynccontextmanager
async def acting(engine: AsyncEngine, viewer: User, conversation: str) -> AsyncIterator[Acting]:
    """A deed on one talk that the viewer may see; committed at the end, undone by an error.

    Raises:
        BadRequestError: there is none, or it is another store's (404).
    """
    async with scoped(engine, viewer) as connection:
        floors = await Floors.locked(connection, [storable(conversation)])
        if conversation not in floors:
            raise missing()
        place = await allowed(connection, viewer, conversation)
        await leave(connection)
        yield Acting(connection, floors, place)


@asynccontextmanager
async def acting_for(
    engine: AsyncEngine, viewer: User, conversation: str, taker: str | None
) -> AsyncIterator[tuple[Acting, str]]:
    """The same where a guide (``taker``) or another store gets the shopper: they and all their talks are locked. With their id.

    Everybody locks in this order: the guide, the customer, their talks.

    Raises:
        BadRequestError: there is no such talk, or it is another store's (404); the taker works here no more (409).
        HeldError: it was there, and somebody of another store was faster.
    """
    async with scoped(engine, viewer) as connection:
        await allowed(connection, viewer, conversation)
        await leave(connection)
        if taker is not None:
            await stays(connection, taker)
        customer = (await connection.execute(_OF, {"id": conversation})).scalar_one()
        await connection.execute(_CUSTOMER, {"customer": customer})
        family = (await connection.execute(_FAMILY, {"customer": customer})).scalars().all()
        floors = await Floors.locked(connection, family)
        await enter(connection, viewer)
        try:
            place = await allowed(connection, viewer, conversation)
        except BadRequestError as error:
            raise HeldError("已经有同事接待了", None) from error
        await leave(connection)
        yield Acting(connection, floors, place), customer


async def stays(connection: AsyncConnection, guide: str) -> None:
    """Make sure that a guide works here until this transaction ends: who leaves at this moment waits for it, or was first.

    Raises:
        BadRequestError: they left (409).
    """
    await connection.execute(_STAY, {"guide": guide})
    if (await connection.execute(_LEFT, {"guide": guide})).scalar_one():
        raise BadRequestError("这位同事已经离职，不能再接待顾客", status=409, code="left")


async def claim(engine: AsyncEngine, viewer: User, conversation: str, now: datetime, mode: Mode = "persona") -> Floor:
    """Take the conversation: of two at the same moment one gets it.

    The epoch rises with it, so what the bot had ready does not leave any more; what is leaving at this very moment is waited
    for by the caller (``bot.db.sweeps.quiet``). A shopper of no store becomes one of the claimer's, with all their talks of no
    store, and in persona mode the claimer's own.

    Raises:
        HeldError: another person holds it.
        BadRequestError: there is no such talk for the viewer (404), or they work here no more (409).
    """
    async with acting_for(engine, viewer, conversation, viewer.actor) as (talk, customer):
        connection, before = talk.connection, talk.floors[conversation]
        if before.owner == "human" and before.guide != viewer.actor:
            raise HeldError("已经有同事接待了", before.guide)
        after = talk.floors.change(conversation, lambda floor: ownership.claimed(floor, viewer.actor, now))
        await talk.floors.store(connection, now)
        if after != before:
            own = viewer.guide if mode == "persona" and not talk.place.group else None
            await connection.execute(_THEIRS, {"customer": customer, "store": viewer.store, "guide": own})
            await connection.execute(_TAKEN, {"id": conversation, "actor": viewer.actor, "now": now})
            await audit(connection, now, viewer.name, ("claim", conversation), owner=before.owner, epoch=after.epoch)
        return after


async def reply(engine: AsyncEngine, viewer: User, conversation: str, said: tuple[str, str | Speech], now: datetime) -> None:
    """Say something (``said``: the client's id of it, the words); a repeat with the same id is sent once.

    In a group whoever may see it may speak, without taking it.

    Raises:
        HeldError: the viewer does not hold the talk of two.
    """
    async with acting(engine, viewer, conversation) as talk:
        await speak(talk, viewer, said, now)


async def speak(talk: Acting, viewer: User, said: tuple[str, str | Speech], now: datetime) -> bool:
    """The same inside a deed; False for a repeat."""
    token, words = said
    connection, conversation = talk.connection, talk.place.id
    floor = talk.floors[conversation] if talk.place.group else own(talk.floors[conversation], viewer)
    covered = (await connection.execute(_COVERED, {"id": conversation})).scalar_one()
    fresh = await connection.execute(
        _SPEAK,
        {
            "msgid": msgid("desk", conversation, viewer.actor, token),
            "id": conversation,
            "actor": viewer.actor,
            "epoch": floor.epoch,
            "speech": speech_to_json(Speech(words) if isinstance(words, str) else words),
            "now": now,
        },
    )
    if fresh.scalar_one_or_none() is None:
        return False
    if talk.place.group:
        # in a group a guide speaks among others, on one matter: the others' questions stay the bot's
        talk.floors.change(conversation, ownership.joined_in)
    else:
        talk.floors.change(conversation, lambda same: same, covered)
    await connection.execute(_SPOKE, {"id": conversation, "now": now})
    await talk.floors.store(connection, now)
    return True


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
    async with acting(engine, viewer, conversation) as talk:
        before = talk.floors[conversation]
        if before.owner == "human" and viewer.role not in {"lead", "admin"}:
            own(before, viewer)
        after = talk.floors.change(conversation, lambda floor: change(floor, now))
        await talk.floors.store(talk.connection, now)
        if after != before:
            await audit(
                talk.connection, now, viewer.name, (deed, conversation), owner=before.owner, guide=before.guide, epoch=after.epoch
            )
        return after


def own(floor: Floor, viewer: User) -> Floor:
    """The floor, which the viewer holds.

    Raises:
        HeldError: they do not.
    """
    if floor.owner != "human":
        raise HeldError("要先接待，才能说话", None)
    if floor.guide != viewer.actor:
        raise HeldError("这位顾客由同事接待着", floor.guide)
    return floor
