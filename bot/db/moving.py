"""Customers change hands: a guide passes a talk on, and what somebody had goes to a colleague or to a store (在职、离职继承).

Everything that one move changes is changed in one transaction, in bulk, or not at all. The floor passes through
``bot.db.floors`` as it does anywhere; the customers' rows are locked before their talks, as everybody does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot import ownership
from bot.brand import Staff
from bot.db import duty
from bot.db import moving_rows as rows
from bot.db.floors import Floors
from bot.db.reception import Acting, HeldError, acting_for, own, stays
from bot.db.scoped import enter, leave
from bot.db.users import User, audit
from bot.errors import BadRequestError
from bot.ownership import Floor

_GOES = text("select pg_advisory_xact_lock(hashtextextended('daogou guide ' || :guide, 0))")
"""Waits for whatever the leaver is taking at this moment (``bot.db.reception.stays``); what they take later is refused."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who gets it: a guide, or whoever of a store takes it first."""

    store: str | None
    """None only for a guide of no store."""
    guide: str | None = None

    @classmethod
    def of(cls, staff: Staff, guide: str | None = None, store: str | None = None) -> Self:
        """One of the staff, by id.

        Raises:
            BadRequestError: there is no such guide or store (404), or not exactly one was named.
        """
        if (guide is None) == (store is None):
            raise BadRequestError("要写明交给哪位导购，或者哪家门店，只写一个")
        if guide is not None:
            if guide not in staff.guides:
                raise BadRequestError(f"没有导购 {guide}", status=404, code="not_found")
            return cls(staff.guides[guide].store or None, guide)
        if store not in staff.stores:
            raise BadRequestError(f"没有门店 {store}", status=404, code="not_found")
        return cls(store)


@dataclass(frozen=True, slots=True)
class Transfer:
    """One talk passed on."""

    conversation: str
    to: Receiver
    note: str = ""
    """For the receiver; the shopper never sees it."""


@dataclass(frozen=True, slots=True)
class Legacy:
    """What somebody had passed on."""

    leaving: str
    """Guide id."""
    to: Receiver
    store: str | None
    """The store of whoever leaves; None where they belong to none, or are no longer in ``guides.yml``."""
    customers: tuple[str, ...] | None = None
    """Only these (在职); None: everything, and the account is closed (离职)."""

    @classmethod
    def of(cls, staff: Staff, leaving: str, to: Receiver, customers: Sequence[str] | None = None) -> Self:
        """What a guide of the staff had."""
        guide = staff.guides.get(leaving)
        return cls(leaving, to, (guide.store or None) if guide else None, None if customers is None else tuple(customers))


@dataclass(frozen=True, slots=True)
class Moved:
    """How much changed hands."""

    customers: int = 0
    """Whose own guide they were."""
    conversations: int = 0
    """Talks that they held."""
    offers: int = 0
    """Shoppers who were offered to them and waited."""
    tasks: int = 0
    """Open tasks."""
    messages: int = 0
    """Messages of theirs that had not left yet."""
    talks: tuple[str, ...] = ()
    """The talks whose pages show something new."""

    @property
    def counts(self) -> dict[str, int]:
        """The same for the audit."""
        names = ("customers", "conversations", "offers", "tasks", "messages")
        return {name: getattr(self, name) for name in names}


async def transfer(engine: AsyncEngine, viewer: User, move: Transfer, now: datetime) -> Floor:
    """Pass a talk on to a colleague, or back into the queue of a store.

    Another store's talk and customer it is from then on, and no longer the giver's to see; within a store, and to a guide of no
    store, the customer stays at home. Whoever has it is told by the caller.

    Raises:
        HeldError: another guide holds it, or the bot.
        BadRequestError: there is no such talk for the viewer (404), or the receiver works here no more (409).
    """
    async with acting_for(engine, viewer, move.conversation, move.to.guide) as (talk, customer):
        before = talk.floors[move.conversation]
        _may_give(before, viewer)
        after = talk.floors.change(move.conversation, lambda floor: _passed(floor, move.to, now))
        await talk.floors.store(talk.connection, now)
        if _goes_elsewhere(talk, viewer, move.to):
            await rows.rehome(talk.connection, [customer], [move.conversation], move.to.store, move.to.guide)
        if after != before or move.to.guide is None:
            to = (move.to.guide, move.to.store)
            await rows.follow(talk.connection, [move.conversation], to, now, _not_again(viewer, move.to))
        if move.note:
            await rows.note(talk.connection, move.conversation, (viewer.actor, move.note), now)
        told = {"from_guide": before.guide, "guide": move.to.guide, "store": move.to.store, "epoch": after.epoch}
        await audit(talk.connection, now, viewer.name, ("transfer", move.conversation), **told)
        return after


def _may_give(floor: Floor, viewer: User) -> None:
    if floor.owner in {"bot", "closed"}:
        raise HeldError("要先接待，才能转给同事", None)
    if floor.owner == "human" and viewer.role not in {"lead", "admin"}:
        own(floor, viewer)


def _passed(floor: Floor, to: Receiver, now: datetime) -> Floor:
    return ownership.queued_again(floor, now) if to.guide is None else ownership.transferred(floor, to.guide, now)


def _goes_elsewhere(talk: Acting, viewer: User, to: Receiver) -> bool:
    """Whether the talk leaves its store: not where a guide who helps another store asks a colleague beside them."""
    beside = to.guide is not None and to.store == viewer.store
    return to.store is not None and to.store != talk.place.store and (not beside or talk.place.store is None)


def _not_again(viewer: User, to: Receiver) -> tuple[str, ...]:
    """Who gives a talk back into the queue of their own store is not the first whom it is offered to."""
    return (viewer.actor,) if to.guide is None and to.store == viewer.store else ()


async def inherit(engine: AsyncEngine, viewer: User, legacy: Legacy, now: datetime) -> Moved:
    """Give what a guide has to a colleague or a store: some customers of theirs, or everything as they leave for good.

    Whoever leaves is signed out and cannot sign in any more. A second call finds nothing left to move.

    Raises:
        BadRequestError: not the viewer's to decide (403), a customer whom they may not see (404), or the receiver works here no
            more (409).
    """
    _may_move(viewer, legacy)
    async with engine.begin() as connection:
        await _look(connection, viewer, legacy)
        for guide in sorted(filter(None, (legacy.leaving, legacy.to.guide))):
            await (connection.execute(_GOES, {"guide": guide}) if guide == legacy.leaving else stays(connection, guide))
        moved = await _move(connection, legacy, now)
        closed = legacy.customers is None and await _close_account(connection, legacy.leaving, now)
        if closed or any(moved.counts.values()):
            to = {"guide": legacy.to.guide, "store": legacy.to.store}
            deed = "guide.leave" if legacy.customers is None else "guide.inherit"
            await audit(connection, now, viewer.name, (deed, legacy.leaving), **to, **moved.counts)
        return moved


def _may_move(viewer: User, legacy: Legacy) -> None:
    if legacy.leaving in {legacy.to.guide, viewer.actor}:
        raise BadRequestError("不能交给离开的人自己，也不能给自己办交接，请让店长或管理员来办")
    inside = viewer.role == "lead" and viewer.store is not None and viewer.store == legacy.store == legacy.to.store
    if not (viewer.sees_all or inside):
        raise BadRequestError("只能在自己店里的同事之间交接，跨店的请管理员办", status=403, code="forbidden")


async def _look(connection: AsyncConnection, viewer: User, legacy: Legacy) -> None:
    """Refuse customers whom the viewer may not see, and leads who would close an account that is more than a guide's."""
    if legacy.customers is not None:
        await enter(connection, viewer)
        seen = await rows.customers(connection, legacy.customers)
        await leave(connection)
        if len(seen) < len(set(legacy.customers)):
            raise BadRequestError("有的顾客不存在，或者不是您店里的", status=404, code="not_found")
    elif not viewer.sees_all and await rows.is_more_than_guide(connection, legacy.leaving):
        raise BadRequestError("店长和管理员的离职请管理员办", status=403, code="forbidden")


async def _move(connection: AsyncConnection, legacy: Legacy, now: datetime) -> Moved:
    """Everything but the account. The receiver's name stands in every row afterwards, or nobody's where a store receives."""
    found = await rows.belongings(connection, legacy.leaving, legacy.customers)
    floors = await Floors.locked(connection, found.talks)
    held = [talk for talk in found.talks if talk in floors and _holds(floors[talk], legacy.leaving)]
    for talk in held:
        floors.change(talk, lambda floor: _passed(floor, legacy.to, now))
    await floors.store(connection, now)
    to = (legacy.to.guide, legacy.to.store)
    if legacy.to.store is not None:
        await rows.rehome(connection, found.customers, held if legacy.to.guide is None else (), legacy.to.store, None)
    await rows.own_guide(connection, found.customers, legacy.to.guide)
    await rows.follow(connection, held, to, now)
    whose = (legacy.leaving, legacy.customers)
    offered = await rows.offers(connection, whose, legacy.to.guide, now)
    return Moved(
        customers=len(found.customers),
        conversations=len(held),
        offers=len(offered),
        tasks=await rows.tasks(connection, whose, to),
        messages=await rows.messages(connection, whose, legacy.to.guide),
        talks=tuple(sorted({*held, *offered})),
    )


def _holds(floor: Floor, guide: str) -> bool:
    return floor.owner == "human" and floor.guide == guide


async def _close_account(connection: AsyncConnection, guide: str, now: datetime) -> bool:
    """Whether it was open until now."""
    before = await rows.working(connection, guide)
    if before:
        await duty.gone(connection, guide, now)
        await rows.disable(connection, guide)
    return before
