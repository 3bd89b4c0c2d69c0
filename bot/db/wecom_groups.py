"""Customer groups of WeCom: which there are, which one is to be asked for, and what callbacks told of it.

The state of the reading lies in ``customers.profile`` of the customer that stands for the group, under ``group``, moments in
milliseconds since the epoch: ``next`` (not to be asked for before), ``asked`` (somebody waits for it), ``lease`` (somebody is
asking), ``upto`` (inbox id of the last callback that is in it), ``version`` of the members, ``owner``, ``fetched``, ``over``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.ids import conversation_id, customer_id
from bot.model import ConversationId, JsonMap

CHANNEL = "wecom_group"
LEASE = timedelta(minutes=2)
SETTLES = timedelta(seconds=2)
"""What WeCom answers right after a callback may be from before it."""
ONCE = timedelta(days=1)
"""Nobody is announced twice within this."""
DISMISSED = "group_dismissed"
"""Kind of the kept callback after which there is no group any more."""

_STATE = "coalesce(p.profile -> 'group', '{}'::jsonb)"
_NOTICE = text(
    f"""
    update customers p set profile = p.profile || jsonb_build_object('group', {_STATE} || jsonb_build_object(
        'next', least(cast({_STATE} ->> 'next' as bigint), cast(:due as bigint)),
        'asked', coalesce(cast({_STATE} ->> 'asked' as bigint), cast(:due as bigint))))
    where p.id = :customer and coalesce({_STATE} ->> 'over', '') = ''
    """  # noqa: S608  (a piece of our own)
)
_CUSTOMERS = text(
    """
    insert into customers (id, channel, account, external)
    select id, :channel, :account, external
    from unnest(cast(:customers as text[]), cast(:externals as text[])) as t(id, external) order by 1 on conflict do nothing
    """
)
_TALKS = text(
    """
    insert into conversations (id, channel, account, peer, external, customer_id, is_group)
    select id, :channel, :account, '', external, customer, true
    from unnest(cast(:ids as text[]), cast(:externals as text[]), cast(:customers as text[])) as t(id, external, customer)
    order by 1 on conflict do nothing
    """
)
_SESSIONS = text("insert into sessions (conversation_id) select unnest(cast(:ids as text[])) on conflict do nothing")
_GROUPS = text("insert into groups (conversation_id) select unnest(cast(:ids as text[])) on conflict do nothing")
_DUE = text(
    f"""
    update customers p set profile = p.profile || jsonb_build_object('group', {_STATE}
        || jsonb_build_object('next', least(cast({_STATE} ->> 'next' as bigint), cast(:now as bigint))))
    where p.id = any(cast(:customers as text[])) and coalesce({_STATE} ->> 'over', '') = ''
        and coalesce(cast({_STATE} ->> 'fetched' as bigint), 0) <= :before
    """  # noqa: S608
)
_CLAIM = text(
    f"""
    with due as (
        select p.id, c.id as talk from groups g join conversations c on c.id = g.conversation_id
            join customers p on p.id = c.customer_id
        where c.channel = :channel and c.account = :account
            and cast(p.profile #>> '{{group,next}}' as bigint) <= :now
            and coalesce(cast(p.profile #>> '{{group,lease}}' as bigint), 0) <= :now
            and (not :asked or p.profile #> '{{group,asked}}' is not null)
        order by cast(p.profile #>> '{{group,asked}}' as bigint) nulls last,
            cast(p.profile #>> '{{group,next}}' as bigint), p.id
        limit :most for no key update of p skip locked
    )
    update customers p
    set profile = p.profile || jsonb_build_object('group', {_STATE} || jsonb_build_object('lease', cast(:lease as bigint)))
    from due where p.id = due.id returning p.id, p.external, due.talk, p.profile -> 'group' as state
    """  # noqa: S608
)
_CALLBACKS = text(
    """
    select id, platform_id, kind, payload, sent_at, received_at from inbox
    where conversation_id = :id and id > :upto and kind <> 'group_joined' and payload ? 'ChangeType' order by id
    """
)
_ANNOUNCED = text(
    """
    select payload from inbox where conversation_id = :id and kind in ('member_joined', 'group_joined')
        and received_at > :since order by id
    """
)
_MEMBERS = text("select id from members where conversation_id = :id and left_at is null")
_GONE = text("select exists (select from inbox where conversation_id = :id and kind = :kind)")


@dataclass(frozen=True, slots=True)
class Callback:
    """A callback of a group, as it is kept."""

    id: int
    key: str
    """Its platform id."""
    kind: str
    payload: JsonMap
    sent_at: datetime
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """A group that is ours to ask for until the lease is over, with what we know of it."""

    customer: str
    """The customer that stands for it."""
    account: str
    chat: str
    conversation: ConversationId
    lease: int
    upto: int = 0
    version: str = ""
    owner: str = ""
    """Userid of whoever owned it when it was last asked for."""
    fetched: int = 0
    """When that was, in milliseconds since the epoch; 0: never."""
    callbacks: tuple[Callback, ...] = ()
    """Those that are not in it yet, oldest first."""
    present: frozenset[str] = frozenset()
    """Ids of members who are there, as far as we know."""
    announced: tuple[JsonMap, ...] = ()
    """Payloads of what was announced within ``ONCE``."""


@dataclass(frozen=True, slots=True)
class Person:
    """A shopper who is in a group."""

    id: str
    name: str = ""
    unionid: str = ""
    joined: int = 0
    """Seconds since the epoch; 0: not told."""
    state: str = ""
    """The code by which they came."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of a group."""

    version: str = ""
    """Of its members; empty: not told."""
    name: str = ""
    owner: str = ""
    """Userid; empty: not told."""
    guide: str | None = None
    """Our guide of the owner; None: the owner is no guide of ours."""
    store: str | None = None
    """That guide's store."""
    people: tuple[Person, ...] = ()


def stamp(moment: datetime) -> int:
    """Milliseconds since the epoch."""
    return int(moment.timestamp() * 1000)


async def notice(connection: AsyncConnection, account: str, chat: str, now: datetime) -> None:
    """A callback told of a group, whose rows are there: it is asked for as soon as its data have settled."""
    await connection.execute(_GROUPS, {"ids": [conversation_id(CHANNEL, account, "", chat)]})
    await connection.execute(_NOTICE, {"customer": customer_id(CHANNEL, account, chat), "due": stamp(now + SETTLES)})


async def enrol(engine: AsyncEngine, account: str, chats: Sequence[str], now: datetime, within: timedelta) -> None:
    """Make the rows of groups that exist, and have all those asked for that were not within ``within``."""
    if not chats:
        return
    told = sorted(set(chats))
    customers = [customer_id(CHANNEL, account, chat) for chat in told]
    ids = [conversation_id(CHANNEL, account, "", chat) for chat in told]
    place = {"channel": CHANNEL, "account": account, "customers": customers, "externals": told}
    async with engine.begin() as connection:
        await connection.execute(_CUSTOMERS, place)
        await connection.execute(_TALKS, {**place, "ids": ids})
        await connection.execute(_SESSIONS, {"ids": ids})
        await connection.execute(_GROUPS, {"ids": ids})
        await connection.execute(_DUE, {"customers": customers, "now": stamp(now), "before": stamp(now - within)})


async def claim(engine: AsyncEngine, account: str, now: datetime, most: int, *, asked: bool = False) -> tuple[Look, ...]:
    """Some groups whose turn it is, those first that somebody waits for (``asked``: only those), each for one asker at a time."""
    lease = stamp(now + LEASE)
    values = {"channel": CHANNEL, "account": account, "now": stamp(now), "most": most, "lease": lease, "asked": asked}
    async with engine.begin() as connection:
        rows = (await connection.execute(_CLAIM, values)).all()
        return tuple([await _look(connection, account, row, now) for row in rows])


async def dismissed(engine: AsyncEngine, conversation: str) -> bool:
    """Whether a group is no more."""
    async with engine.connect() as connection:
        return bool((await connection.execute(_GONE, {"id": conversation, "kind": DISMISSED})).scalar_one())


async def _look(connection: AsyncConnection, account: str, row: "Row[tuple[object, ...]]", now: datetime) -> Look:
    state, talk = row.state, {"id": row.talk}
    upto = int(state.get("upto", 0))
    told = (await connection.execute(_CALLBACKS, {**talk, "upto": upto})).all()
    announced = await connection.execute(_ANNOUNCED, {**talk, "since": now - ONCE})
    return Look(
        customer=row.id,
        account=account,
        chat=row.external,
        conversation=ConversationId(row.talk),
        lease=state["lease"],
        upto=upto,
        version=state.get("version", ""),
        owner=state.get("owner", ""),
        fetched=int(state.get("fetched", 0)),
        callbacks=tuple(Callback(one.id, one.platform_id, one.kind, one.payload, one.sent_at, one.received_at) for one in told),
        present=frozenset((await connection.execute(_MEMBERS, talk)).scalars()),
        announced=tuple(announced.scalars()),
    )
