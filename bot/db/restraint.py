"""What spares people: whoever opted out gets nothing that they did not ask for, and nobody more of it than the brand allows.

Asked in the step that hands a message to the platform (``bot.db.outgoing.take``), for that is the one place where all flows
meet: posts, timers, ratings, mass sends. A person is all customers of one unionid with all their talks of two; a group counts
as itself. Days are those of the brand's calendar. What belongs to a service that was asked for (``Speech.service``) counts for
no cap; whoever opted out gets it all the same, for it answers what they began themselves.

The person is locked (not their rows, which turns lock in another order) while it is judged, so that of two couriers one finds
the other's message counted.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Peace, Sparing, Speech
from scripts import quiet

OPTED_OUT = "顾客退订了，不主动发"
ENOUGH_TODAY = "今天主动发的已经够多，不再打扰"
ENOUGH = "这七天主动发的已经够多，不再打扰"
UNREAD = timedelta(milliseconds=200)
"""Nothing unasked is said while a message of theirs waits for its turn: it may be 退订."""
LEFT = ("sending", "offered")
"""States of what may be with the person already, although nobody has said so."""
WAITS = ("pending", "sending", "held", "offered")
"""States of all that is on its way: what whoever makes a message must count as well, or a platform that is away would let a cap
be filled twice."""

_WHO = text(
    """
    select c.id, coalesce(p.unionid, p.id) as person,
        exists (select from customers q where (q.id = p.id or q.unionid = p.unionid) and q.opted_out_at is not null) as opted_out,
        not c.is_group and exists (select from inbox i where i.conversation_id = c.id and i.state = 'new') as unread
    from conversations c join customers p on p.id = c.customer_id where c.id = any(cast(:ids as text[]))
    """
)
_ALONE = text(
    """
    select pg_advisory_xact_lock(hashtextextended('daogou pushed ' || person, 0))
    from (select distinct person from unnest(cast(:people as text[])) as t(person) order by 1) as of
    """
)
_COUNTED = text(
    """
    select t.id, count(*) filter (where o.at >= t.day) as day, count(o.at) as week
    from unnest(cast(:ids as text[]), cast(:days as timestamptz[]), cast(:weeks as timestamptz[])) as t(id, day, week)
        join conversations c on c.id = t.id join customers p on p.id = c.customer_id
        join customers q on q.id = p.id or q.unionid = p.unionid
        join conversations d on d.customer_id = q.id and d.is_group = c.is_group,
    lateral (
        select sent_at as at, speech, id from outbox
        where conversation_id = d.id and pushed and state = 'sent' and sent_at >= t.week
        union all
        select created_at, speech, id from outbox
        where conversation_id = d.id and pushed and state = any(cast(:states as text[])) and created_at >= t.week
    ) as o
    where not coalesce(cast(o.speech ->> 'service' as bool), false) and o.id <> all(cast(:but as bigint[]))
    group by t.id
    """
)
_KIN = """
    select k.id from customers me join customers k on k.id = me.id or k.unionid = me.unionid
    where me.id = any(cast(:customers as text[]))
"""
_LOCK = text(f"select id from customers where id in ({_KIN}) order by id for no key update")  # noqa: S608  (pieces of our own)
_SETS: Mapping[Peace, str] = {
    "out": "opted_out_at = coalesce(opted_out_at, :now), hushed_at = coalesce(hushed_at, :now)",
    "hush": "hushed_at = coalesce(hushed_at, :now)",
    "back": "opted_out_at = null, hushed_at = case when hushed_at = opted_out_at then null else hushed_at end",
    "named": "hushed_at = null",
}
"""退订 hushes as well; whoever comes back from it is named as before, unless they had not wanted that for itself."""
_WISHED = {
    wish: text(f"update customers set {sets} where id in ({_KIN})")  # noqa: S608  (pieces of our own)
    for wish, sets in _SETS.items()
}
_UNSENT = text(
    f"""
    update outbox set state = 'dropped', reason = :reason where id in (
        select o.id from outbox o join conversations c on c.id = o.conversation_id and not c.is_group
        where c.customer_id in ({_KIN}) and o.pushed and not coalesce(cast(o.speech ->> 'service' as bool), false)
            and o.state in ('pending', 'held', 'offered')
        order by o.id for no key update of o)
    """  # noqa: S608  (pieces of our own)
)


@dataclass(frozen=True, slots=True)
class Since:
    """The spans in which is counted."""

    day: datetime
    """Since when today is."""
    week: datetime
    """Today and the six days before it."""

    @classmethod
    def of(cls, local: datetime) -> "Since":
        """By the calendar of the zone in which ``local`` is told."""
        midnight = datetime.combine(local.date(), time(), local.tzinfo)
        return cls(midnight, datetime.combine(local.date() - timedelta(days=6), time(), local.tzinfo))


@dataclass(frozen=True, slots=True)
class Count:
    """How many messages that nobody asked for a person, or a group, got."""

    day: int = 0
    week: int = 0

    def refuses(self, most: Sparing) -> str | None:
        """Why one more is too many; None where it is not."""
        if self.day >= most.a_day:
            return ENOUGH_TODAY
        return ENOUGH if self.week >= most.a_week else None


async def counted(
    connection: AsyncConnection,
    spans: Mapping[str, Since],
    states: Sequence[str] = WAITS,
    but: Sequence[int] = (),
) -> Mapping[str, Count]:
    """Conversation → what its person, or the group, got in its span and, in one of ``states``, is to get; none: left out.

    ``but``: ids of messages that do not count.
    """
    if not spans:
        return {}
    values = {"ids": list(spans), "days": [one.day for one in spans.values()], "weeks": [one.week for one in spans.values()]}
    rows = await connection.execute(_COUNTED, {**values, "states": list(states), "but": list(but)})
    return {row.id: Count(row.day, row.week) for row in rows}


@dataclass(frozen=True, slots=True)
class Head:
    """A message that is about to leave and that nobody asked for."""

    id: int
    conversation: str
    speech: Speech
    tried: bool = False
    """It was let out before, and the platform did not take it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a message does not leave now."""

    reason: str
    until: datetime | None = None
    """When to ask again; None: it never leaves."""
    keeps_place: bool = False
    """With ``until``: what is behind it waits with it."""


@dataclass(frozen=True, slots=True)
class _Whose:
    person: str
    opted_out: bool
    unread: bool


@dataclass(slots=True)
class Restraint:
    """What was found of the people of some messages; letting one out counts for the next."""

    now: datetime
    whose: Mapping[str, _Whose] = field(default_factory=dict)
    counts: Mapping[str, Count] = field(default_factory=dict)
    _let: Counter[str] = field(default_factory=Counter)

    def judge(self, head: Head) -> Verdict | None:
        """Why it must not leave, or not yet; None: it leaves, and is counted."""
        speech, whose = head.speech, self.whose.get(head.conversation)
        if whose is None:
            return None
        verdict = _refused(speech, whose) or _later(speech, whose, self.now)
        if verdict is not None or speech.service:
            return verdict
        more = self._let[whose.person]
        known = self.counts.get(head.conversation, Count())
        why = None
        if speech.at_most is not None and not head.tried:
            why = Count(known.day + more, known.week + more).refuses(speech.at_most)
        if why is None:
            self._let[whose.person] += 1
        return None if why is None else Verdict(why)


def _refused(speech: Speech, whose: _Whose) -> Verdict | None:
    return Verdict(OPTED_OUT) if whose.opted_out and not speech.service else None


def _later(speech: Speech, whose: _Whose, now: datetime) -> Verdict | None:
    """While something they wrote is unread, and at night."""
    if whose.unread and not speech.service:
        return Verdict("顾客刚说的话还没有听", now + UNREAD, keeps_place=True)
    morning = quiet_until(speech.at_most, now) if speech.at_most is not None else None
    return Verdict("安静时段，到点再发", morning) if morning is not None else None


def quiet_until(sparing: Sparing, now: datetime) -> datetime | None:
    """When the quiet hours in which ``now`` lies are over; None where it lies in none. Pure."""
    local = now.astimezone(ZoneInfo(sparing.zone))
    if not quiet(local.time(), sparing.quiet):
        return None
    ends = time.fromisoformat(sparing.quiet.partition("-")[2])
    today = datetime.combine(local.date(), ends, local.tzinfo)
    return today if today > local else datetime.combine(local.date() + timedelta(days=1), ends, local.tzinfo)


async def look(connection: AsyncConnection, heads: Sequence[Head], now: datetime) -> Restraint:
    """Everything that decides over these messages; their people stay locked until the transaction ends."""
    if not heads:
        return Restraint(now)
    ids = {"ids": [head.conversation for head in heads]}
    people = {row.person for row in await connection.execute(_WHO, ids)}
    await connection.execute(_ALONE, {"people": sorted(people)})
    whose = {row.id: _Whose(row.person, row.opted_out, row.unread) for row in await connection.execute(_WHO, ids)}
    spans = {
        head.conversation: Since.of(now.astimezone(ZoneInfo(head.speech.at_most.zone)))
        for head in heads
        if head.speech.at_most is not None and not head.speech.service
    }
    return Restraint(now, whose, await counted(connection, spans, LEFT, [head.id for head in heads]))


async def lock(connection: AsyncConnection, customers: Iterable[str]) -> None:
    """Lock these people, before their talks are, as everybody does who needs both (``bot.db.reception``)."""
    found = sorted(set(customers))
    if found:
        await connection.execute(_LOCK, {"customers": found})


async def wished(connection: AsyncConnection, customer: str, wish: Peace, now: datetime) -> None:
    """Keep what somebody wants to be spared of, or no longer, for the whole person; what waits for them unasked is not sent."""
    of = {"customers": [customer]}
    await connection.execute(_WISHED[wish], {**of, **({"now": now} if wish in {"out", "hush"} else {})})
    if wish == "out":
        await connection.execute(_UNSENT, {**of, "reason": OPTED_OUT})
