"""The outbox: take what may leave now, under the fence, and record what became of it.

``take`` locks the conversations, compares each message's epoch with the conversation's (``bot.ownership.may_leave``), marks
what may leave as *sending* and commits; only then is the platform called. A person who claims the conversation raises the
epoch under the same lock and then waits until nothing of it is being sent (``quiet``): whatever the platform got, it got
before the claim was confirmed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot import ownership, quota
from bot.db import restraint
from bot.db.codec import speech_from_json
from bot.db.floors import Floors
from bot.db.restraint import Head, Restraint
from bot.model import ConversationId, Outgoing
from bot.ownership import Floor

LEASE = timedelta(seconds=20)
"""How long a message may be *sending* before another courier takes it over: longer than any call to a platform."""

_LOCK = text(
    """
    select id, channel, account, peer, external, is_group, owner, epoch, guide, owner_since, last_inbound_at, sent_since
    from conversations where id = any(cast(:ids as text[])) order by id for no key update
    """
)
_HEADS = text(
    """
    select distinct on (conversation_id) id, msgid, conversation_id, author, epoch, speech, deadline, state, attempts, uncertain,
        due_at, lease_until, created_at,
        count(*) over (partition by conversation_id) as waiting
    from (select *, bool_or(state = 'held') over (partition by conversation_id order by id) as behind from outbox
          where conversation_id = any(cast(:ids as text[])) and state in ('pending', 'sending', 'held')) as waits
    order by conversation_id,
        case when state = 'sending' then 0 when behind and speech ->> 'code' is not null then 1
            when pushed and attempts = 0 and due_at > :now then 3 else 2 end, id
    """
)
# A welcome does not wait behind what is held until the shopper writes: its code is good for seconds. And nobody's answer waits
# behind what was put off until the morning.
_MARK = text(
    """
    update outbox o set state = t.state, attempts = o.attempts + t.tries, reason = t.reason,
        uncertain = o.uncertain or o.state = 'sending',
        lease_until = case when t.state = 'sending' then cast(:lease as timestamptz) end
    from unnest(cast(:ids as bigint[]), cast(:states as text[]), cast(:reasons as text[]), cast(:tries as int[]))
        as t(id, state, reason, tries) where o.id = t.id
    """
)
_PUT_OFF = text(
    """
    update outbox o set due_at = t.at, reason = t.reason
    from unnest(cast(:ids as bigint[]), cast(:moments as timestamptz[]), cast(:reasons as text[])) as t(id, at, reason)
    where o.id = t.id
    """
)
_COUNT = text(
    """
    update conversations c set sent_since = greatest(0, c.sent_since + t.n)
    from (select id, sum(n) as n from unnest(cast(:ids as text[]), cast(:n as int[])) as u(id, n) group by id) as t
    where c.id = t.id
    """
)
_FINISH = text(
    """
    update outbox o set state = case when t.state = 'held' and c.sent_since = 0 then 'pending' else t.state end,
        reason = t.reason, code = t.code, lease_until = null,
        due_at = case when t.state <> 'offered' then t.due_at end,
        deadline = case when t.state = 'offered' then least(o.deadline, t.due_at) else o.deadline end,
        uncertain = t.uncertain, attempts = case when t.state = 'held' then 0 else o.attempts end,
        sent_at = case when t.state = 'sent' then cast(:now as timestamptz) end
    from unnest(cast(:ids as bigint[]), cast(:states as text[]), cast(:reasons as text[]), cast(:codes as int[]),
        cast(:due as timestamptz[]), cast(:uncertain as bool[]), cast(:tries as int[]))
        as t(id, state, reason, code, due_at, uncertain, tries), conversations c
    where o.id = t.id and c.id = o.conversation_id and ((t.state = 'sent' and o.state in ('sending', 'pending', 'dropped'))
        or (o.state in ('sending', 'pending') and o.attempts = t.tries))
    returning o.id, o.state
    """
)
_FULL = text("update conversations set sent_since = greatest(sent_since, :most) where id = :id")
_HOLD_REST = text(
    """
    update outbox set state = 'held', reason = :reason
    where conversation_id = any(cast(:ids as text[])) and state = 'pending' and speech ->> 'code' is null
    """
)
# A refusal for the quota holds nothing back once the shopper has written again, which set the count to zero.
# That the platform has a message is true whoever says it; anything else counts only from whoever tried last.
_TOLD = text(
    """
    insert into messages (conversation_id, author, sender, kind, text, body, at, msgid, trace)
    select o.conversation_id, o.author, o.sender, 'text', o.speech ->> 'text', o.speech - 'trace' - 'text', :now, o.msgid,
        o.speech -> 'trace'
    from outbox o where o.id = any(cast(:ids as bigint[])) order by o.id
    on conflict (msgid) where msgid is not null do nothing
    """
)
_UNANSWER = text(
    """
    update inbox i set outcome = :outcome, reason = :reason
    from (select cast(jsonb_array_elements_text(coalesce(speech -> 'answers', '[]')) as bigint) as id
          from outbox where id = any(cast(:ids as bigint[]))) as t
    where i.id = t.id and i.outcome = 'answered'
    """
)

Verdict = Literal["go", "later", "held", "dropped"]
_OVERTAKEN = "导购已经接手，机器人的话不再发出"
_UNASKED = "顾客在等导购，不拿别的话打扰"
_LATE = "过了平台规定的时限"
_BEHIND = "前面的话还在等顾客再开口"
_UNSAID = {_OVERTAKEN: ("handed_over", "导购先接手了，机器人的回复不再发出"), _LATE: ("silent", _LATE)}
"""Why a message was dropped → outcome and reason of what it would have answered."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What ``take`` found at the head of a conversation's outbox."""

    conversation: ConversationId
    verdict: Verdict
    outgoing: Outgoing | None = None
    reason: str = ""
    wait: timedelta | None = None
    """With ``later``: when to look again."""
    more: bool = False
    """Whether something else waits behind it."""
    put_off: datetime | None = None
    """With ``later``, of what nobody asked for: until when it is put off, and what is behind it goes first."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a message that was sending."""

    outgoing: Outgoing
    state: Literal["sent", "pending", "held", "offered", "failed", "dropped"]
    reason: str | None = None
    code: int | None = None
    due: datetime | None = None
    """With ``pending``: not before; with ``offered``: not after."""
    uncertain: bool = False
    """With ``pending``: the platform may have taken it all the same."""
    servicer: str | None = None
    """With ``dropped``: who serves the shopper in the platform's own client."""


async def take(engine: AsyncEngine, conversations: Sequence[str], now: datetime) -> tuple[Taken, ...]:
    """The next message of each conversation that may leave now, marked as sending."""
    ids = {"ids": sorted(set(conversations))}
    async with engine.begin() as connection:
        places = {row.id: row for row in await connection.execute(_LOCK, ids)}
        found = await connection.execute(_HEADS, {**ids, "now": now})
        # a talk that was made since the lock is not ours yet: whoever made it has woken a courier
        heads = [head for head in found if head.conversation_id in places]
        sparing = await restraint.look(connection, [_pushed(head) for head in heads if head.speech.get("pushed")], now)
        taken = tuple(_judge(head, places[head.conversation_id], sparing, now) for head in heads)
        await _put_off(connection, [(head, one) for head, one in zip(heads, taken, strict=True) if one.put_off])
        marks = [(head, one) for head, one in zip(heads, taken, strict=True) if one.verdict != "later"]
        if marks:
            await _mark(connection, marks, now)
    return taken


def _pushed(head: "Row[tuple[object, ...]]") -> Head:
    """A head that nobody asked for."""
    return Head(head.id, head.conversation_id, speech_from_json(head.speech), head.attempts > 0)


async def _put_off(connection: AsyncConnection, put_off: Sequence[tuple["Row[tuple[object, ...]]", Taken]]) -> None:
    if put_off:
        values = {"ids": [head.id for head, _ in put_off], "moments": [one.put_off for _, one in put_off]}
        await connection.execute(_PUT_OFF, {**values, "reasons": [one.reason for _, one in put_off]})


def _judge(head: "Row[tuple[object, ...]]", place: "Row[tuple[object, ...]]", sparing: Restraint, now: datetime) -> Taken:
    conversation = ConversationId(head.conversation_id)
    more = head.waiting > 1
    if head.state == "sending" and head.lease_until is not None and head.lease_until > now:
        return Taken(conversation, "later", wait=head.lease_until - now, more=more)
    if head.due_at is not None and head.due_at > now:
        return Taken(conversation, "later", wait=head.due_at - now, more=more)
    outgoing = _outgoing(head, place)
    floor = Floor(place.owner, place.epoch, place.guide, place.owner_since, place.is_group)
    decided, reason = verdict(outgoing, floor, (place.sent_since, place.last_inbound_at), now)
    if decided == "dropped" or not outgoing.speech.pushed or (why := sparing.judge(_pushed(head))) is None:
        return Taken(conversation, decided, outgoing, reason, more=more)
    if why.until is None:
        return Taken(conversation, "dropped", outgoing, why.reason, more=more)
    if why.keeps_place:
        return Taken(conversation, "later", outgoing, why.reason, why.until - now, more=more)
    wait = timedelta() if more else why.until - now
    return Taken(conversation, "later", outgoing, why.reason, wait, more=more, put_off=why.until)


def verdict(outgoing: Outgoing, floor: Floor, quoted: tuple[int, datetime | None], now: datetime) -> tuple[Verdict, str]:
    """Whether a message may leave now, and why not: fence, deadline, window, quota. Pure.

    ``quoted``: how many the platform took since the shopper's last message, and when that was.
    """
    sent, last_inbound = quoted
    limits = quota.LIMITS.get(outgoing.channel, quota.UNLIMITED)
    coded = outgoing.speech.code is not None
    if not ownership.may_leave(outgoing.author, outgoing.epoch, floor, pushed=outgoing.speech.pushed):
        return "dropped", _OVERTAKEN if floor.epoch != outgoing.epoch or floor.owner == "human" else _UNASKED
    if outgoing.deadline is not None and now >= outgoing.deadline:
        return "dropped", _LATE
    if coded or outgoing.attempts > 0:
        return "go", ""
    if not quota.open_window(limits, last_inbound, now):
        return "held", "顾客超过 48 小时没有来消息，等顾客再开口"
    if quota.left(limits, sent, 0) == 0:
        return "held", "平台条数用完，等顾客再开口"
    return "go", ""


def _outgoing(head: "Row[tuple[object, ...]]", place: "Row[tuple[object, ...]]") -> Outgoing:
    return Outgoing(
        id=head.id,
        msgid=head.msgid,
        conversation=ConversationId(head.conversation_id),
        channel=place.channel,
        account=place.account,
        peer=place.peer,
        external=place.external,
        author=head.author,
        epoch=head.epoch,
        speech=speech_from_json(head.speech),
        attempts=head.attempts,
        uncertain=head.uncertain or head.state == "sending",
        deadline=head.deadline,
        created_at=head.created_at,
    )


async def _mark(connection: AsyncConnection, marks: Sequence[tuple["Row[tuple[object, ...]]", Taken]], now: datetime) -> None:
    states = {"go": "sending", "held": "held", "dropped": "dropped"}
    await connection.execute(
        _MARK,
        {
            "ids": [head.id for head, _ in marks],
            "states": [states[one.verdict] for _, one in marks],
            "reasons": [one.reason or None for _, one in marks],
            "tries": [int(one.verdict == "go") for _, one in marks],
            "lease": now + LEASE,
        },
    )
    counted = [head.conversation_id for head, one in marks if one.verdict == "go" and _counts(one) and not head.attempts]
    if counted:
        await connection.execute(_COUNT, {"ids": counted, "n": [1] * len(counted)})
    held = [head.conversation_id for head, one in marks if one.verdict == "held"]
    if held:
        await connection.execute(_HOLD_REST, {"ids": held, "reason": _BEHIND})
    for cause, (outcome, reason) in _UNSAID.items():
        dropped = [head.id for head, one in marks if one.verdict == "dropped" and one.reason == cause]
        if dropped:
            await connection.execute(_UNANSWER, {"ids": dropped, "outcome": outcome, "reason": reason})


def _counts(one: Taken) -> bool:
    return one.outgoing is not None and one.outgoing.speech.code is None


async def finish(engine: AsyncEngine, results: Sequence[Sent], now: datetime) -> frozenset[ConversationId]:
    """Record a batch of results; the conversations that now show something new."""
    async with engine.begin() as connection:
        floors = await Floors.locked(connection, [one.outgoing.conversation for one in results])
        results = [_fenced(one, floors) for one in results]
        rows = await connection.execute(
            _FINISH,
            {
                "ids": [one.outgoing.id for one in results],
                "states": [one.state for one in results],
                "reasons": [one.reason for one in results],
                "codes": [one.code for one in results],
                "due": [one.due for one in results],
                "uncertain": [one.uncertain for one in results],
                "tries": [one.outgoing.attempts + 1 for one in results],
                "now": now,
            },
        )
        states = {row.id: row.state for row in rows}
        recorded = set(states)
        told = [one.outgoing.id for one in results if one.state == "sent" and one.outgoing.id in recorded]
        if told:
            await connection.execute(_TOLD, {"ids": told, "now": now})
        await _take_back(connection, [one for one in results if one.outgoing.id in recorded])
        await _hold(connection, [one.outgoing for one in results if states.get(one.outgoing.id) == "held"])
        for one in results:
            # where the floor has passed on since, we have been told who serves, and that may be over by now
            where = one.outgoing.conversation
            if one.servicer is not None and where in floors and floors[where].epoch == one.outgoing.epoch:
                floors.change(where, _taken_by(one.servicer, now))
        await floors.store(connection, now)
    return frozenset(one.outgoing.conversation for one in results)


def _fenced(one: Sent, floors: Floors) -> Sent:
    """In the web chat the record of a message is its delivery: this, however late it comes, is the step that asks the fence."""
    message = one.outgoing
    if one.state != "sent" or message.channel != "web" or message.conversation not in floors:
        return one
    if ownership.may_leave(message.author, message.epoch, floors[message.conversation], pushed=message.speech.pushed):
        return one
    return Sent(message, "dropped", _OVERTAKEN)


async def _take_back(connection: AsyncConnection, results: Sequence[Sent]) -> None:
    """What the platform refused takes no place of the quota, and did not answer anybody."""
    untaken = {"failed", "held", "offered", "dropped"}
    refused = [one for one in results if one.state in untaken and one.outgoing.speech.code is None]
    if refused:
        await connection.execute(_COUNT, {"ids": [one.outgoing.conversation for one in refused], "n": [-1] * len(refused)})
    for one in results:
        if one.state in {"failed", "dropped"}:
            outcome = "failed" if one.state == "failed" else "handed_over"
            await connection.execute(
                _UNANSWER, {"ids": [one.outgoing.id], "outcome": outcome, "reason": one.reason or "平台没有收下"}
            )


async def _hold(connection: AsyncConnection, refused: Sequence[Outgoing]) -> None:
    """Where the platform says that the quota is used up, it is right, and what waits behind need not ask it again.

    It counts from the moment at which the shopper wrote, we from the moment at which we heard of it.
    """
    for one in refused:
        most = quota.LIMITS.get(one.channel, quota.UNLIMITED).messages
        if most is not None:
            await connection.execute(_FULL, {"id": one.conversation, "most": most})
        await connection.execute(_HOLD_REST, {"ids": [one.conversation], "reason": _BEHIND})


def _taken_by(servicer: str, now: datetime) -> Callable[[Floor], Floor]:
    return lambda floor: ownership.claimed(floor, servicer, now)
