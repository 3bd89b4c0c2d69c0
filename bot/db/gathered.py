"""What a group's turn may look at besides its messages, and what it leaves behind besides speeches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import keeping_deeds
from bot.db.keeping_rows import Alert
from bot.model import Arrival, InboundMessage, JsonMap, Peace

BOT = "bot"
"""What is quoted is the assistant's own message."""
_BACK = timedelta(hours=2)
"""A guide's words from longer ago answer nothing that is asked now."""
_MOST_LINES = 50
_HOW = text(
    """
    select c.id, c.name, g.guide, coalesce(g.settings, '{}') as settings,
        exists (select from campaigns o where o.conversation_id = c.id and o.state = 'open') as ordering
    from conversations c left join groups g on g.conversation_id = c.id where c.id = any(cast(:ids as text[]))
    """
)
_PEOPLE = text(
    """
    select m.conversation_id, m.id, m.name, m.customer_id,
        exists (select from customers q where (q.id = p.id or q.unionid = p.unionid) and q.hushed_at is not null) as hushed,
        exists (select from customers q where (q.id = p.id or q.unionid = p.unionid) and q.opted_out_at is not null) as opted_out,
        (select coalesce(array_agg(distinct g.coupon), '{}') from coupons g join customers q on q.id = g.customer_id
         where q.id = p.id or q.unionid = p.unionid) as coupons
    from members m left join customers p on p.id = m.customer_id
    where (m.conversation_id, m.id) in (
        select * from unnest(cast(:rooms as text[]), cast(:members as text[])))
    """
)
_LINES = text(
    """
    select conversation_id, id, key, sender, text, at from (
        select m.conversation_id, m.id, coalesce(m.msgid, cast(m.id as text)) as key, m.sender, m.text, m.at,
            row_number() over (partition by m.conversation_id order by m.id desc) as back
        from messages m join unnest(cast(:ids as text[]), cast(:after as bigint[])) as t(room, after)
            on m.conversation_id = t.room and m.id > t.after
        where m.author = 'guide' and m.kind = 'text' and m.recalled_at is null and m.at > :since
        union all
        select conversation_id, 0, msgid, sender, speech ->> 'text', created_at, 1 from outbox
        where conversation_id = any(cast(:ids as text[])) and author = 'guide' and state in ('pending', 'sending')
    ) as told where back <= :most order by at, id
    """
)
_QUOTED = text(
    """
    select i.id, coalesce(q.id, m.inbox_id) as remark, m.author, coalesce(m.msgid, cast(m.id as text)) as message from inbox i
        left join inbox q on q.channel = i.channel and q.account = i.account and q.platform_id = i.payload ->> 'reply_to'
            and q.conversation_id = i.conversation_id
        left join messages m on m.conversation_id = i.conversation_id and (m.msgid = i.payload ->> 'reply_to'
            or m.id = case when i.payload ->> 'reply_to' ~ '^[0-9]{1,18}$' then cast(i.payload ->> 'reply_to' as bigint) end)
    where i.id = any(cast(:ids as bigint[]))
    """
)
_DUE = text(
    """
    update inbox i set due_at = t.at from unnest(cast(:ids as bigint[]), cast(:moments as timestamptz[])) as t(id, at)
    where i.id = t.id
    """
)
_PRIVATE = text("update members set private_id = :private where conversation_id = :room and id = :member and private_id = ''")
_COUPON = text(
    """
    insert into coupons (conversation_id, customer_id, coupon, store, source, given_at)
    values (:room, :customer, :coupon, :store, :source, :now) on conflict (customer_id, coupon) do nothing
    """
)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a group who has something to do with this turn."""

    id: str
    name: str
    customer: str | None = None
    """The person, as our tables name them."""
    hushed: bool = False
    """Wants not to be named by @."""
    opted_out: bool = False
    coupons: tuple[str, ...] = ()
    """Those that they, or the same person elsewhere, were given before."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a guide said in the group, from the desk or in the platform's own client."""

    id: int
    """Of the transcript; 0 while it is still on its way to the platform."""
    key: str
    """The same on its way and in the transcript."""
    sender: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Gathered:
    """A group as a turn finds it."""

    members: Mapping[str, Member] = field(default_factory=dict)
    told: tuple[Told, ...] = ()
    guide: str | None = None
    """The guide whose group it is."""
    name: str = ""
    """What the group is called."""
    settings: JsonMap = field(default_factory=dict)
    """What ops set for this one group, in the names of ``bot.brand.Groups``."""
    ordering: bool = False
    """Whether a group order is open."""
    quotes: Mapping[int, str] = field(default_factory=dict)
    """Inbox id → what that message quotes: ``BOT``, the inbox id of another message, or a guide's ``g17``."""


@dataclass(frozen=True, slots=True)
class Granted:
    """A coupon that somebody is given."""

    customer: str
    member: str
    """Who they are in the group."""
    coupon: str
    store: str
    source: str
    """Parameter of the code by which they came."""


@dataclass(frozen=True, slots=True)
class Aside:
    """What a group's turn leaves besides what it says in the group."""

    held: tuple[tuple[int, datetime], ...] = ()
    """(inbox id, when to listen again) of messages that wait for a guide to be faster."""
    forwards: tuple[tuple[str, Arrival], ...] = ()
    """(member, what is said to the assistant alone from now on)."""
    alerts: tuple[Alert, ...] = ()
    coupons: tuple[Granted, ...] = ()
    peace: tuple[tuple[str, Peace], ...] = ()
    """(customer, what they want to be spared of, or no longer): 别@我, 退订."""

    @property
    def wake(self) -> datetime | None:
        """When to listen again; None: nothing is held."""
        return min((at for _, at in self.held), default=None)


async def load(
    connection: AsyncConnection,
    waiting: Mapping[str, Sequence[InboundMessage]],
    after: Mapping[str, int],
    now: datetime,
    lately: Mapping[str, Sequence[str]] | None = None,
) -> Mapping[str, Gathered]:
    """Everything about these groups; ``after``: id of the last of the guides' messages that was heard in each.

    ``lately``: who spoke there a while ago, for an answer may name them as well.
    """
    ids = {"ids": list(waiting)}
    how = (await connection.execute(_HOW, ids)).all()
    members = await _members(connection, waiting, lately or {})
    quotes = await _quotes(connection, waiting)
    told: dict[str, list[Told]] = {}
    heard = {**ids, "after": [after.get(one, 0) for one in waiting], "since": now - _BACK, "most": _MOST_LINES}
    for row in await connection.execute(_LINES, heard):
        told.setdefault(row.conversation_id, []).append(Told(row.id, row.key, row.sender or "", row.text or "", row.at))
    return {
        row.id: Gathered(
            members=members.get(row.id, {}),
            told=tuple(told.get(row.id, ())),
            guide=row.guide,
            settings=row.settings,
            name=row.name or "",
            ordering=row.ordering,
            quotes=quotes,
        )
        for row in how
    }


async def _quotes(connection: AsyncConnection, waiting: Mapping[str, Sequence[InboundMessage]]) -> Mapping[int, str]:
    quoting = [one.id for said in waiting.values() for one in said if one.payload.get("reply_to")]
    found: dict[int, str] = {}
    if quoting:
        for row in await connection.execute(_QUOTED, {"ids": quoting}):
            if row.author == "bot":
                found[row.id] = BOT
            elif row.remark is not None or row.author == "guide":
                found[row.id] = str(row.remark) if row.author != "guide" else f"g{row.message}"
    return found


async def _members(
    connection: AsyncConnection, waiting: Mapping[str, Sequence[InboundMessage]], lately: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, Member]]:
    now = {(room, one) for room, messages in waiting.items() for message in messages for one in _concerned(message)}
    pairs = sorted(now | {(room, one) for room, people in lately.items() for one in people})
    found: dict[str, dict[str, Member]] = {}
    asked = {"rooms": [room for room, _ in pairs], "members": [one for _, one in pairs]}
    for row in await connection.execute(_PEOPLE, asked):
        found.setdefault(row.conversation_id, {})[row.id] = Member(
            row.id, row.name, row.customer_id, row.hushed, row.opted_out, tuple(row.coupons)
        )
    return found


def _concerned(message: InboundMessage) -> Sequence[str]:
    """Whom a message is from, or whom it tells of."""
    told = message.payload.get("members")
    named = [one.get("id") for one in told if isinstance(one, Mapping)] if isinstance(told, list) else []
    return [one for one in (message.sender, *named) if isinstance(one, str) and one]


async def keep(connection: AsyncConnection, room: str, aside: Aside, now: datetime) -> None:
    """Keep what a turn leaves, but for the forwarded messages, which are accepted like all others."""
    if aside.held:
        await connection.execute(_DUE, {"ids": [one for one, _ in aside.held], "moments": [at for _, at in aside.held]})
    for member, arrival in aside.forwards:
        await connection.execute(_PRIVATE, {"private": arrival.conversation, "room": room, "member": member})
    await keeping_deeds.alert(connection, aside.alerts, now)
    for one in aside.coupons:
        values = {"customer": one.customer, "coupon": one.coupon, "store": one.store, "source": one.source}
        await connection.execute(_COUPON, {**values, "room": room, "now": now})
