"""Campaigns as the desk opens, reads and changes them: seen under the viewer's role, written under the campaign's lock."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.db import campaigns
from bot.db.campaigns_rows import Campaign, Doubt, OrderLine
from bot.db.codec import storable, to_json
from bot.db.desk import allowed
from bot.db.scoped import leave, scoped
from bot.db.users import User, audit
from bot.errors import BadRequestError
from bot.model import JsonMap

_LATEST = 50
"""Campaigns of a group that are listed."""
_OPEN = text(
    """
    insert into campaigns (conversation_id, title, menu, terms, opens_at, deadline, author, after_inbox, read_upto, version,
        created_at)
    select :talk, :title, cast(:menu as jsonb), cast(:terms as jsonb) || jsonb_build_object('from', f.message, 'changed', 1),
        :now, cast(:deadline as timestamptz), :author, f.inbox, f.inbox, 1, :now
    from (select coalesce(max(id), 0) as message, coalesce(max(inbox_id), 0) as inbox from messages
        where conversation_id = :talk and at < :since) as f
    returning id
    """
)
_LIST = text(
    """
    select o.id, o.title, o.state, o.opens_at, o.deadline, o.closed_at, o.version,
        (select count(distinct l.sender) from order_lines l where l.campaign_id = o.id and l.granted > 0) as people,
        (select count(*) from order_doubts d where d.campaign_id = o.id and d.settled_at is null) as doubts
    from campaigns o where o.conversation_id = :talk order by o.id desc limit :limit
    """
)
_MAY = text("select id from campaigns where id = :id")
_EDIT = text(
    """
    insert into order_edits (campaign_id, sender, name, sku, n, note, author, after_inbox, at)
    select o.id, :sender, :name, :sku, :n, :note, :author, greatest(o.read_upto,
        (select coalesce(max(m.inbox_id), 0) from messages m where m.conversation_id = o.conversation_id)), :now
    from campaigns o where o.id = :id returning id
    """
)
_BUMP = text("update campaigns set version = version + 1 where id = :id")
_CHANGE = text(
    """
    update campaigns set title = :title, menu = cast(:menu as jsonb), deadline = :deadline, state = :state, closed_at = :closed,
        reminded_at = :reminded, version = version + 1,
        terms = (terms - 'followed') || cast(:terms as jsonb) || jsonb_build_object('changed', version + 1)
    where id = :id
    """
)
# With another menu or end all that was written is read anew.
_SETTLE = text(
    """
    update order_doubts set settled_at = :now where id = :doubt and campaign_id = :id and settled_at is null returning id
    """
)
_DOUBT = text("select exists (select from order_doubts where id = :doubt and campaign_id = :id)")


class ChangedError(BadRequestError):
    """Somebody was faster (409); ``now``: how it stands."""

    def __init__(self, why: str, now: JsonMap) -> None:
        super().__init__(why, status=409, code="changed")
        self.now = now


@dataclass(frozen=True, slots=True)
class Opening:
    """A campaign to be opened."""

    title: str
    menu: Sequence[JsonMap]
    terms: JsonMap
    deadline: datetime | None
    since: datetime
    """What was said from this moment on counts."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A campaign in the list of its group."""

    id: int
    title: str
    state: str
    opens_at: datetime
    deadline: datetime | None
    closed_at: datetime | None
    version: int
    people: int
    doubts: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a guide sets a line to; ``was`` is what they saw, ``version`` the ledger in which they saw it."""

    sender: str
    name: str
    sku: str
    n: Decimal
    note: str = ""
    version: int | None = None
    was: Decimal | None = None


async def open_campaign(engine: AsyncEngine, viewer: User, talk: str, opening: Opening, now: datetime) -> int:
    """Open a campaign in a group; its id.

    Raises:
        BadRequestError: no such talk for the viewer (404), no group (400), or one is open there already (409).
    """
    async with scoped(engine, viewer) as connection:
        place = await allowed(connection, viewer, talk)
        if not place.group:
            raise BadRequestError("只有群里才能开接龙", code="not_a_group")
        await leave(connection)
        values = {
            "talk": talk, "title": storable(opening.title), "menu": to_json(opening.menu), "terms": to_json(opening.terms),
            "deadline": opening.deadline, "since": opening.since, "author": viewer.actor, "now": now,
        }  # fmt: skip
        try:
            id_ = int((await connection.execute(_OPEN, values)).scalar_one())
        except IntegrityError as error:
            raise BadRequestError("这个群已经有一个接龙开着，先截单再开新的", status=409, code="already_open") from error
        await audit(connection, now, viewer.name, ("open_orders", talk), campaign=id_)
        return id_


async def listed(engine: AsyncEngine, viewer: User, talk: str) -> Sequence[Listed]:
    """The campaigns of a group, the newest first; raises BadRequestError (404)."""
    async with scoped(engine, viewer) as connection:
        await allowed(connection, viewer, talk)
        rows = await connection.execute(_LIST, {"talk": talk, "limit": _LATEST})
        return [Listed(**row) for row in rows.mappings()]


async def ledger(engine: AsyncEngine, viewer: User, id_: int) -> tuple[Campaign, Sequence[OrderLine], Sequence[Doubt]]:
    """A campaign with its lines and doubts; raises BadRequestError (404) where the viewer may not see it."""
    async with scoped(engine, viewer) as connection:
        await _seen(connection, id_)
        found = await campaigns.read(connection, id_)
        assert found is not None, "it was just seen"
        return found, await campaigns.lines(connection, id_), await campaigns.doubts(connection, id_)


async def people(engine: AsyncEngine, viewer: User, talk: str) -> Sequence[tuple[str, str]]:
    """(id, name) of a group's members."""
    async with scoped(engine, viewer) as connection:
        await allowed(connection, viewer, talk)
        return [(one[0], one[1]) for one in await campaigns.members(connection, talk)]


@asynccontextmanager
async def changing(engine: AsyncEngine, viewer: User, id_: int) -> AsyncIterator[tuple[AsyncConnection, Campaign]]:
    """A deed on a campaign that the viewer may see, under its lock, from here on as the owner; raises BadRequestError (404)."""
    async with scoped(engine, viewer) as connection:
        await _seen(connection, id_)
        await leave(connection)
        found = await campaigns.locked(connection, id_)
        if found is None:
            raise _missing()
        yield connection, found


async def edit(engine: AsyncEngine, viewer: User, id_: int, wanted: Wanted, now: datetime) -> None:
    """Set a line; what the group says later goes on from there.

    Raises:
        BadRequestError: no such campaign (404), or it was cancelled (409).
        ChangedError: the line is not what the guide saw, or the ledger is another and they did not say what they saw.
    """
    async with changing(engine, viewer, id_) as (connection, found):
        if found.state == "cancelled":
            raise BadRequestError("这个接龙已经取消了", status=409, code="cancelled")
        known = {(one.sender, one.sku): one for one in await campaigns.lines(connection, id_)}
        line = known.get((wanted.sender, wanted.sku))
        _unchanged(found, line, wanted)
        values = {
            "id": id_, "sender": storable(wanted.sender), "name": storable(wanted.name), "sku": wanted.sku, "n": wanted.n,
            "note": storable(wanted.note), "author": viewer.actor, "now": now,
        }  # fmt: skip
        await connection.execute(_EDIT, values)
        await connection.execute(_BUMP, {"id": id_})
        subject = ("edit_orders", found.conversation)
        await audit(connection, now, viewer.name, subject, campaign=id_, sku=wanted.sku, n=str(wanted.n))


def _unchanged(found: Campaign, line: OrderLine | None, wanted: Wanted) -> None:
    n = line.n if line else Decimal(0)
    seen = n == wanted.was if wanted.was is not None else wanted.version is None or wanted.version >= found.version
    if not seen:
        told = {"version": found.version, "sender": wanted.sender, "sku": wanted.sku, "n": float(n)}
        raise ChangedError("这一行刚才有变化，请看一眼新的再改", told)


async def change(
    engine: AsyncEngine, viewer: User, id_: int, changes: Mapping[str, object], version: int | None, now: datetime
) -> None:
    """Another title, menu, deadline, state or terms; ``changes`` holds those that are to be others.

    Raises:
        BadRequestError: no such campaign (404); another is open in the group (409).
        ChangedError: a colleague changed it since.
    """
    async with changing(engine, viewer, id_) as (connection, found):
        since = found.terms.get("changed")
        if version is not None and isinstance(since, int) and version < since:
            frame = {"version": found.version, "title": found.title, "state": found.state, "menu": found.menu}
            told = {**frame, "deadline": found.deadline.isoformat() if found.deadline else None}
            raise ChangedError("同事刚改过这个接龙，请看一眼新的再改", told)
        values = _changed(found, changes, now)
        try:
            await connection.execute(_CHANGE, {"id": id_, **values})
        except IntegrityError as error:
            raise BadRequestError("这个群已经有一个接龙开着，先截单再重开", status=409, code="already_open") from error
        await audit(connection, now, viewer.name, ("change_orders", found.conversation), campaign=id_, what=sorted(changes))


def _changed(found: Campaign, changes: Mapping[str, object], now: datetime) -> dict[str, object]:
    """The columns after a change: whoever opens again makes what came late count, whoever moves the end is reminded anew."""
    state = changes.get("state", found.state)
    deadline = changes.get("deadline", found.deadline)
    reopened = state == "open" and found.state != "open"
    terms = dict(changes["terms"]) if isinstance(changes.get("terms"), Mapping) else {}  # type: ignore[call-overload]
    if reopened or deadline != found.deadline:
        terms["late"] = {}
    return {
        "title": changes.get("title", found.title),
        "menu": to_json(changes.get("menu", found.menu)),
        "deadline": deadline,
        "state": state,
        "closed": None if state == "open" else found.closed_at or now,
        "reminded": None if reopened or deadline != found.deadline else found.reminded_at,
        "terms": to_json(terms),
    }


async def settle(engine: AsyncEngine, viewer: User, id_: int, doubt: int, now: datetime) -> bool:
    """A guide says that nothing is to be asked here; False where it was settled. Raises BadRequestError (404)."""
    async with changing(engine, viewer, id_) as (connection, _):
        values = {"id": id_, "doubt": doubt}
        if not (await connection.execute(_DOUBT, values)).scalar_one():
            raise BadRequestError("这一条已经不用确认了", status=404, code="not_found")
        done = (await connection.execute(_SETTLE, {**values, "now": now})).scalar_one_or_none() is not None
        if done:
            await connection.execute(_BUMP, {"id": id_})
        return done


async def _seen(connection: AsyncConnection, id_: int) -> None:
    if (await connection.execute(_MAY, {"id": id_})).scalar_one_or_none() is None:
        raise _missing()


def _missing() -> BadRequestError:
    return BadRequestError("没有这个接龙", status=404, code="not_found")
