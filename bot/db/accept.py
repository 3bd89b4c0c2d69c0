"""Durable acceptance: arrivals into the inbox, once each, in the order in which the platform told them.

One transaction takes a whole batch. It first locks the conversations concerned, in the order of their ids, so that ids of
messages rise in the order of commit within a conversation: a page that asks for "what came after 17" never misses one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import ownership
from bot.attending import MEMBER_LEFT, named_members, present
from bot.db import restraint
from bot.db.codec import storable, to_json
from bot.db.floors import Floors
from bot.ids import customer_id
from bot.model import Arrival, ConversationId

_PLAUSIBLE = timedelta(days=3)
"""A platform keeps messages for three days (kf/sync_msg): a time further away than that comes from another clock."""
REFUSES = "顾客拒收"
"""How a platform's reason ends where the shopper switched our messages off (kf/msg_send_fail, type 10): as good as 退订."""

_CUSTOMERS = text(
    """
    insert into customers (id, channel, account, external, name)
    select * from unnest(cast(:ids as text[]), cast(:channels as text[]), cast(:accounts as text[]), cast(:externals as text[]),
                         cast(:names as text[]))
    order by 1 on conflict do nothing
    """
)
_CONVERSATIONS = text(
    """
    insert into conversations (id, channel, account, peer, external, customer_id, is_group, name)
    select * from unnest(cast(:ids as text[]), cast(:channels as text[]), cast(:accounts as text[]), cast(:peers as text[]),
                         cast(:externals as text[]), cast(:customers as text[]), cast(:groups as bool[]), cast(:names as text[]))
    order by 1 on conflict do nothing
    """
)
_MEMBERS = text(
    """
    insert into members (conversation_id, id, name, customer_id, source)
    select * from unnest(cast(:rooms as text[]), cast(:members as text[]), cast(:names as text[]), cast(:ids as text[]),
                         cast(:sources as text[]))
    order by 1, 2 on conflict (conversation_id, id) do update set left_at = null,
        name = case when excluded.name in ('', excluded.id) then members.name else excluded.name end,
        customer_id = coalesce(members.customer_id, excluded.customer_id),
        source = case when members.source = '' then excluded.source else members.source end
    where members.left_at is not null or members.customer_id is null
        or (excluded.name not in ('', excluded.id) and members.name <> excluded.name)
        or (members.source = '' and excluded.source <> '')
    """
)
_GONE = text("update members set left_at = :now where conversation_id = :id and id = any(cast(:members as text[]))")
_SESSIONS = text("insert into sessions (conversation_id) select unnest(cast(:ids as text[])) on conflict do nothing")
_INBOX = text(
    """
    with given as (
        select * from unnest(cast(:n as int[]), cast(:channels as text[]), cast(:accounts as text[]), cast(:ids as text[]),
            cast(:conversations as text[]), cast(:senders as text[]), cast(:kinds as text[]), cast(:texts as text[]),
            cast(:payloads as jsonb[]), cast(:moments as timestamptz[]), cast(:outcomes as text[]), cast(:reasons as text[]),
            cast(:roles as text[]))
        as t(n, channel, account, platform_id, conversation_id, sender, kind, text, payload, sent_at, outcome, reason, role)
    ), fresh as (
        insert into inbox (channel, account, platform_id, conversation_id, sender, kind, text, payload, sent_at, received_at,
                           state, outcome, reason, settled_at)
        select channel, account, platform_id, conversation_id, sender, kind, text, payload, sent_at, :now,
               case when outcome is null then 'new' else 'settled' end, outcome, reason,
               case when outcome is null then null else cast(:now as timestamptz) end
        from given order by n
        on conflict (channel, account, platform_id) do nothing
        returning id, channel, account, platform_id, conversation_id
    ), told as (
        insert into messages (conversation_id, author, sender, kind, text, body, at, inbox_id)
        select f.conversation_id, g.role, g.sender, g.kind, g.text, g.payload, :now, f.id
        from fresh f join given g using (channel, account, platform_id)
        where g.role <> 'event' and f.conversation_id is not null
        order by f.id
    )
    select id, channel, account, platform_id from fresh
    """
)
_HEARD = text(
    """
    update conversations c set last_inbound_at = greatest(c.last_inbound_at, h.at), sent_since = 0, updated_at = :now
    from unnest(cast(:ids as text[]), cast(:moments as timestamptz[])) as h(id, at) where c.id = h.id
    """
)
_RELEASE_HELD = text(
    "update outbox set state = 'pending', due_at = null where conversation_id = any(cast(:ids as text[])) and state = 'held'"
)
_RECALL = text(
    """
    with waited as (
        select conversation_id from inbox
        where channel = :channel and account = :account and platform_id = :platform_id and state = 'new'
    ), stale as (
        update sessions set version = version + 1 where conversation_id in (select conversation_id from waited)
    ), taken as (
        update inbox set state = 'settled',
            outcome = coalesce(outcome, 'silent'), reason = coalesce(reason, '顾客撤回了这条消息'),
            settled_at = coalesce(settled_at, :now)
        where channel = :channel and account = :account and platform_id = :platform_id returning id
    )
    update messages m set recalled_at = :now from taken where m.inbox_id = taken.id
    """
)
# A turn that is thinking about what was taken back is stale with it: nobody answers what was not said.
_FAILED = text(
    """
    with failed as (
        update outbox set state = 'failed', reason = :reason
        where msgid = :msgid and state in ('sent', 'sending', 'pending') returning speech, msgid
    ), told as (
        update messages m set failure = :reason from failed f where m.msgid = f.msgid
    )
    update inbox set outcome = 'failed', reason = :reason
    where id in (select cast(jsonb_array_elements_text(speech -> 'answers') as bigint) from failed) and outcome = 'answered'
    """
)
_HOLD = text("update outbox set state = 'held', reason = :reason where conversation_id = :id and state = 'pending'")


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was new in a batch."""

    fresh: tuple[tuple[int, Arrival], ...]
    """(inbox id, arrival) of those not seen before, in their order."""

    @property
    def waiting(self) -> tuple[tuple[ConversationId, Arrival], ...]:
        """Those that need a turn."""
        return tuple((a.conversation, a) for _, a in self.fresh if a.conversation is not None and a.settled is None)


def trusted(told: datetime, now: datetime) -> datetime:
    """The platform's time, unless it comes from another clock altogether or from the future."""
    return min(told, now) if abs(now - told) <= _PLAUSIBLE else now


class Acceptor:
    """Accepts batches; remembers which conversations exist, so that known ones cost nothing."""

    def __init__(self, remember: int = 50_000) -> None:
        self._known: dict[str, None] = {}
        self._remember = remember

    def forget(self) -> None:
        """After a failed transaction nothing is known for sure."""
        self._known.clear()

    async def accept(self, connection: AsyncConnection, arrivals: Sequence[Arrival], now: datetime) -> Accepted:
        """Keep what is new and apply what it changes at once; runs inside the caller's transaction."""
        arrivals = _distinct(arrivals)
        await self._introduce(connection, arrivals)
        refusing = await self._refusing(connection, arrivals)
        floors = await Floors.locked(connection, [a.conversation for a in arrivals if a.conversation is not None])
        fresh = await _insert(connection, arrivals, now)
        await attend(connection, [arrival for _, arrival in fresh], now)
        for _, arrival in fresh:
            if (customer := refusing.get(arrival.platform_id)) is not None:
                await restraint.wished(connection, customer, "out", now)
        heard: dict[str, datetime] = {}
        for inbox_id, arrival in fresh:
            await _apply(connection, floors, (inbox_id, arrival), now)
            if arrival.role == "shopper" and arrival.conversation is not None:
                heard[arrival.conversation] = max(
                    heard.get(arrival.conversation, trusted(arrival.sent_at, now)), trusted(arrival.sent_at, now)
                )
        if heard:
            await connection.execute(_HEARD, {"ids": list(heard), "moments": list(heard.values()), "now": now})
            await connection.execute(_RELEASE_HELD, {"ids": list(heard)})
        await floors.store(connection, now)
        return Accepted(fresh)

    async def _refusing(self, connection: AsyncConnection, arrivals: Sequence[Arrival]) -> Mapping[str, str]:
        """Platform id of the event → customer who takes no more messages, as the platform says; locked before their talks."""
        told = [a for a in arrivals if a.fails is not None and a.fails[1].endswith(REFUSES) and a.external]
        found = {a.platform_id: customer_id(a.channel, a.account, a.external) for a in told}
        await restraint.lock(connection, found.values())
        return found

    async def _introduce(self, connection: AsyncConnection, arrivals: Sequence[Arrival]) -> None:
        found = {a.conversation: a for a in arrivals if a.conversation is not None and a.conversation not in self._known}
        if not found:
            return
        # in one order for everybody: two batches that bring the same strangers must not wait for each other in a circle
        new = dict(sorted(found.items()))
        people = [customer_id(a.channel, a.account, a.external) for a in new.values()]
        shared: dict[str, object] = {
            "channels": [a.channel for a in new.values()],
            "accounts": [a.account for a in new.values()],
            "externals": [a.external for a in new.values()],
        }
        rooms = {"groups": [a.room is not None for a in new.values()], "names": [a.room or None for a in new.values()]}
        await connection.execute(_CUSTOMERS, {"ids": people, "names": [None] * len(people), **shared})
        await connection.execute(
            _CONVERSATIONS, {"ids": list(new), "peers": [a.peer for a in new.values()], "customers": people, **shared, **rooms}
        )
        await connection.execute(_SESSIONS, {"ids": list(new)})
        while len(self._known) > self._remember:
            self._known.pop(next(iter(self._known)))
        self._known.update(dict.fromkeys(new))


async def attend(connection: AsyncConnection, arrivals: Sequence[Arrival], now: datetime) -> None:
    """Who is in a group, as far as it shows: whoever speaks there, whoever came, whoever left."""
    there = {(one.room, one.id): one for arrival in arrivals for one in present(arrival)}
    if there:
        people = [there[key] for key in sorted(there)]
        persons = [customer_id(one.channel, one.account, one.id) for one in people]
        await connection.execute(
            _CUSTOMERS,
            {
                "ids": persons,
                "channels": [one.channel for one in people],
                "accounts": [one.account for one in people],
                "externals": [one.id for one in people],
                "names": [storable(one.name) or None for one in people],
            },
        )
        await connection.execute(
            _MEMBERS,
            {
                "rooms": [one.room for one in people],
                "members": [one.id for one in people],
                "names": [storable(one.name) or one.id for one in people],
                "ids": persons,
                "sources": [storable(one.source) for one in people],
            },
        )
    for arrival in arrivals:
        if arrival.kind == MEMBER_LEFT and arrival.conversation is not None:
            gone = [member for member, _ in named_members(arrival)]
            await connection.execute(_GONE, {"id": arrival.conversation, "members": gone, "now": now})


async def _insert(connection: AsyncConnection, arrivals: Sequence[Arrival], now: datetime) -> tuple[tuple[int, Arrival], ...]:
    result = await connection.execute(_INBOX, _columns(arrivals) | {"now": now})
    ids: Mapping[tuple[str, str, str], int] = {(row.channel, row.account, row.platform_id): row.id for row in result}
    fresh: dict[int, Arrival] = {}
    for arrival in arrivals:
        inbox_id = ids.get((arrival.channel, arrival.account, arrival.platform_id))
        if inbox_id is not None:
            fresh.setdefault(inbox_id, arrival)
    return tuple(sorted(fresh.items()))


def _columns(arrivals: Sequence[Arrival]) -> dict[str, object]:
    return {
        "n": list(range(len(arrivals))),
        "channels": [a.channel for a in arrivals],
        "accounts": [a.account for a in arrivals],
        "ids": [a.platform_id for a in arrivals],
        "conversations": [a.conversation for a in arrivals],
        "senders": [a.sender for a in arrivals],
        "kinds": [a.kind for a in arrivals],
        "texts": [a.text for a in arrivals],
        "payloads": [to_json(a.payload) for a in arrivals],
        "moments": [a.sent_at for a in arrivals],
        "outcomes": [a.settled[0] if a.settled else None for a in arrivals],
        "reasons": [a.settled[1] if a.settled else None for a in arrivals],
        "roles": [a.role for a in arrivals],
    }


def _distinct(arrivals: Sequence[Arrival]) -> Sequence[Arrival]:
    """Each platform id once, the first of its kind; names and words as the database keeps them."""
    found: dict[tuple[str, str, str], Arrival] = {}
    for arrival in map(_kept, arrivals):
        found.setdefault((arrival.channel, arrival.account, arrival.platform_id), arrival)
    return tuple(found.values())


def _kept(arrival: Arrival) -> Arrival:
    settled, fails = arrival.settled, arrival.fails
    optional = (arrival.sender, arrival.takes_over, arrival.recalls, settled and settled[1], *(fails or ()))
    words = "".join((arrival.platform_id, arrival.kind, arrival.text, arrival.peer, arrival.external, *filter(None, optional)))
    if storable(words) == words:
        return arrival
    sender, takes_over, recalls = (one if one is None else storable(one) for one in optional[:3])
    return replace(
        arrival,
        platform_id=storable(arrival.platform_id),
        kind=storable(arrival.kind),
        text=storable(arrival.text),
        peer=storable(arrival.peer),
        external=storable(arrival.external),
        sender=sender,
        takes_over=takes_over,
        recalls=recalls,
        settled=settled and (settled[0], storable(settled[1])),
        fails=fails and (storable(fails[0]), storable(fails[1])),
    )


async def _apply(connection: AsyncConnection, floors: Floors, item: tuple[int, Arrival], now: datetime) -> None:
    """What a fresh arrival changes at once, before any turn."""
    inbox_id, arrival = item
    place = {"channel": arrival.channel, "account": arrival.account, "now": now}
    if arrival.recalls:
        await connection.execute(_RECALL, place | {"platform_id": arrival.recalls})
    if arrival.fails:
        msgid, reason = arrival.fails
        await connection.execute(_FAILED, {"msgid": msgid, "reason": reason})
        if arrival.conversation is not None:
            await connection.execute(_HOLD, {"id": arrival.conversation, "reason": reason})
    if arrival.conversation is None:
        return
    if arrival.takes_over is not None:
        floors.change(arrival.conversation, lambda floor: ownership.claimed(floor, arrival.takes_over or "", now), inbox_id)
    if arrival.hands_back:
        floors.change(arrival.conversation, lambda floor: ownership.closed(floor, now))
    if arrival.role == "shopper" and arrival.settled is None:
        floors.change(arrival.conversation, lambda floor: ownership.written_to(floor, now))
