"""Turns: load what a turn needs, and keep what came of it in one transaction, or nothing at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot import ownership
from bot.db import erasure, gathered, handovers, restraint
from bot.db.accept import Acceptor
from bot.db.codec import session_to_json, speech_to_json, to_json
from bot.db.floors import Floors
from bot.db.gathered import Aside
from bot.db.loading import Waiting, load
from bot.ids import msgid
from bot.model import Arrival, Conversation, ConversationId, Evidence, Handover, Outcome, Peace, Session, Speech

__all__ = ["Done", "Kept", "Settled", "Waiting", "attempt", "commit", "load"]

_VERSIONS = text("select conversation_id, version from sessions where conversation_id = any(cast(:ids as text[]))")
_SETTLE = text(
    """
    update inbox i set state = 'settled', outcome = t.outcome, reason = t.reason, trace = t.trace, settled_at = :now
    from unnest(cast(:ids as bigint[]), cast(:outcomes as text[]), cast(:reasons as text[]), cast(:traces as jsonb[]))
        as t(id, outcome, reason, trace) where i.id = t.id
    """
)
_OUTBOX = text(
    """
    insert into outbox (msgid, conversation_id, author, epoch, speech, critical, deadline)
    select msgid, conversation_id, author, epoch, speech, critical, deadline
    from unnest(cast(:msgids as text[]), cast(:conversations as text[]), cast(:authors as text[]), cast(:epochs as int[]),
        cast(:speeches as jsonb[]), cast(:critical as bool[]), cast(:deadlines as timestamptz[]))
        with ordinality as t(msgid, conversation_id, author, epoch, speech, critical, deadline, n)
    order by n on conflict (msgid) do nothing
    """
)
_SESSIONS = text(
    """
    update sessions s set data = t.data, version = s.version + 1, updated_at = :now
    from unnest(cast(:ids as text[]), cast(:data as jsonb[])) as t(id, data) where s.conversation_id = t.id
    """
)
_EVIDENCE = text(
    """
    insert into customer_tags (customer_id, tag, value, confidence, at, source, retracted)
    select * from unnest(cast(:customers as text[]), cast(:tags as text[]), cast(:values as text[]),
        cast(:confidences as float8[]), cast(:moments as timestamptz[]), cast(:sources as text[]), cast(:retracted as bool[]))
    """
)
_ATTEMPT = text("update inbox set attempts = attempts + 1 where id = any(cast(:ids as bigint[]))")


@dataclass(frozen=True, slots=True)
class Settled:
    """How one message ended."""

    message: int
    outcome: Outcome
    reason: str
    trace: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Done:
    """All that one turn leaves behind."""

    before: Conversation
    seed: str
    """The platform's id of the first message: what our own message ids are derived from, the same in every retry."""
    session: Session
    settled: tuple[Settled, ...]
    speeches: tuple[Speech, ...] = ()
    handover: Handover | None = None
    evidence: tuple[Evidence, ...] = ()
    received: datetime | None = None
    """When the first of the messages was accepted."""
    erase: bool = False
    """The shopper asked to be forgotten: all that is theirs goes in the same transaction (``bot.db.erasure``)."""
    erase_upto: int | None = None
    """Inbox id of the message that asked for it; None: the last one."""
    peace: tuple[Peace, ...] = ()
    """In a talk of two: what the shopper wants to be spared of from now on, or no longer (``bot.db.restraint``)."""
    rating: tuple[int, str] | None = None
    """How the shopper rates the last person's part: 1 … 5, and their words."""
    aside: Aside | None = None
    """With a group: what its turn leaves besides."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a commit kept."""

    kept: frozenset[ConversationId]
    stale: frozenset[ConversationId]
    """These had moved on; their messages still wait."""
    speaking: frozenset[ConversationId]
    """These have something in the outbox."""
    forwarded: frozenset[ConversationId] = frozenset()
    """Private talks into which something of a group was moved: they wait for a turn."""


async def attempt(engine: AsyncEngine, messages: Sequence[int]) -> None:
    """Count that these are being tried; a message that kills its worker is found out by its count."""
    async with engine.begin() as connection:
        await connection.execute(_ATTEMPT, {"ids": list(messages)})


async def commit(engine: AsyncEngine, turns: Sequence[Done], now: datetime) -> Kept:
    """Keep all turns whose conversation still stands where it stood; the others are reported as stale."""
    ids = [turn.before.id for turn in turns]
    async with engine.begin() as connection:
        await restraint.lock(connection, [customer for turn in turns for customer, _ in _peace(turn)])
        reaches = {turn.before.id: await erasure.reach(connection, _asked(turn)) for turn in turns if turn.erase}
        floors = await Floors.locked(connection, [*ids, *_private(turns), *erasure.everything(reaches.values())])
        versions = {row.conversation_id: row.version for row in await connection.execute(_VERSIONS, {"ids": ids})}
        current = [turn for turn in turns if _stands(turn, floors, versions)]
        if current:
            await _settle(connection, current, now)
            for turn in current:
                if turn.erase:
                    await erasure.erase(connection, reaches[turn.before.id], now)
            await _keep(connection, current, floors, now)
            await floors.store(connection, now)
            await _put_aside(connection, current, now)
    kept = frozenset(turn.before.id for turn in current)
    speaking = frozenset(turn.before.id for turn in current if turn.speeches)
    return Kept(kept, frozenset(ids) - kept, speaking, frozenset(_private(current)))


def _private(turns: Sequence[Done]) -> list[ConversationId]:
    """The private talks into which something of a group is moved."""
    return [arrival.conversation for arrival in _forwards(turns) if arrival.conversation is not None]


def _forwards(turns: Sequence[Done]) -> list[Arrival]:
    return [arrival for turn in turns if turn.aside for _, arrival in turn.aside.forwards]


async def _put_aside(connection: AsyncConnection, turns: Sequence[Done], now: datetime) -> None:
    """What groups' turns leave; what is private is accepted in the private talk like anything that is written there."""
    if forwards := _forwards(turns):
        await Acceptor().accept(connection, forwards, now)
    for turn in turns:
        if turn.aside is not None:
            await gathered.keep(connection, turn.before.id, turn.aside, now)


def _peace(turn: Done) -> tuple[tuple[str, Peace], ...]:
    """(customer, what they want to be spared of), also of those who said so in a group."""
    return tuple((turn.before.customer.id, one) for one in turn.peace) + (turn.aside.peace if turn.aside else ())


def _stands(turn: Done, floors: Floors, versions: Mapping[str, int]) -> bool:
    conversation = turn.before.id
    return (
        conversation in floors
        and versions.get(conversation) == turn.session.version
        and floors[conversation].epoch == turn.before.epoch
        and floors[conversation].owner == turn.before.owner
    )


def _asked(turn: Done) -> int:
    """The message that asked to be forgotten."""
    return turn.settled[-1].message if turn.erase_upto is None else turn.erase_upto


async def _settle(connection: AsyncConnection, turns: Sequence[Done], now: datetime) -> None:
    settled = [one for turn in turns for one in turn.settled]
    if not settled:
        return
    await connection.execute(
        _SETTLE,
        {
            "ids": [one.message for one in settled],
            "outcomes": [one.outcome for one in settled],
            "reasons": [one.reason for one in settled],
            "traces": [to_json(one.trace) for one in settled],
            "now": now,
        },
    )


async def _keep(connection: AsyncConnection, turns: Sequence[Done], floors: Floors, now: datetime) -> None:
    for turn in turns:
        for customer, wish in _peace(turn):
            await restraint.wished(connection, customer, wish, now)
        if turn.rating is not None:
            await handovers.rate(connection, turn.before.id, turn.rating, now)
        if turn.handover is not None:
            floors.change(turn.before.id, lambda floor: ownership.asked_for_person(floor, now))
            await handovers.wish(connection, turn.before, turn.handover, now)
    await _speak(connection, turns)
    await _remember(connection, turns)
    await connection.execute(
        _SESSIONS,
        {"ids": [t.before.id for t in turns], "data": [session_to_json(t.session) for t in turns], "now": now},
    )


async def _speak(connection: AsyncConnection, turns: Sequence[Done]) -> None:
    spoken = [(turn, n, speech) for turn in turns for n, speech in enumerate(turn.speeches)]
    if not spoken:
        return
    await connection.execute(
        _OUTBOX,
        {
            "msgids": [msgid("turn", turn.before.id, turn.seed, str(n)) for turn, n, _ in spoken],
            "conversations": [turn.before.id for turn, _, _ in spoken],
            "authors": ["bot"] * len(spoken),
            "epochs": [turn.before.epoch for turn, _, _ in spoken],
            "speeches": [speech_to_json(speech) for _, _, speech in spoken],
            "critical": [speech.critical for _, _, speech in spoken],
            "deadlines": [speech.deadline for _, _, speech in spoken],
        },
    )


async def _remember(connection: AsyncConnection, turns: Sequence[Done]) -> None:
    learnt = [(turn.before.customer.id, one) for turn in turns for one in turn.evidence]
    if learnt:
        await connection.execute(
            _EVIDENCE,
            {
                "customers": [customer for customer, _ in learnt],
                "tags": [one.tag for _, one in learnt],
                "values": [one.value for _, one in learnt],
                "confidences": [one.confidence for _, one in learnt],
                "moments": [one.at for _, one in learnt],
                "sources": [one.source for _, one in learnt],
                "retracted": [one.retracted for _, one in learnt],
            },
        )
