"""The worker: inbox → one turn → one commit, for a batch of conversations at a time."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import metrics
from bot.db import turns
from bot.db.turns import Done, Waiting
from bot.groups import take_turn
from bot.motion.due import Claim, DueQueue
from bot.motion.live import Live
from bot.ordering import Ledgers, follow
from bot.ports import Clock
from bot.routing import Duty
from bot.services import Services, Shelf
from bot.turn import apologize, give_up

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=10)
"""How long a batch may take before another worker may take it over; the usual one takes a few hundredths of a second."""
_HELD = timedelta(minutes=11)
"""In a group a message may wait for a guide to be faster, ten minutes at the most (``bot.brand.Groups.hold``)."""
_POISON = 5
"""A message whose turn was begun so often without an end is taken to kill its worker: a person gets it instead."""


class Worker:
    """Thinks; writes only through ``bot.db.turns``, sends nothing."""

    def __init__(
        self,
        engine: AsyncEngine,
        queues: Mapping[str, DueQueue],
        live: Live,
        shelf: Shelf,
        clock: Clock,
        duty: Callable[[], Duty] = Duty,
    ) -> None:
        self._engine = engine
        self._turns = queues["turn"]
        self._sends = queues["send"]
        self._live = live
        self._shelf = shelf
        self._clock = clock
        self._duty = duty
        self._ledgers = Ledgers()

    async def step(self, claims: Sequence[Claim]) -> None:
        """One batch of claimed conversations, from waiting messages to settled ones."""
        waiting = await turns.load(self._engine, [claim.member for claim in claims], self._clock.now())
        await self._count_risky(waiting)
        done = self._think(waiting)
        if done:
            kept = await turns.commit(self._engine, done, self._clock.now())
            await self._sends.wake(sorted(kept.speaking))
            self._report([one for one in done if one.before.id in kept.kept])
            metrics.STALE.inc(len(kept.stale))
            await self._live.tell(sorted(kept.kept))
            await self._turns.wake(sorted(kept.forwarded))
            stale = [claim for claim in claims if claim.member in kept.stale]
            await self._turns.postpone(stale, timedelta(milliseconds=20))
            claims = [claim for claim in claims if claim.member not in kept.stale]
            await self._listen_again(done, kept.kept)
            rooms = [one.before.id for one in done if one.before.group and one.before.id in kept.kept]
            if rooms:
                await follow(self._engine, self._ledgers, rooms, self._clock.now())
        await self._turns.settle(claims)

    async def _listen_again(self, done: Sequence[Done], kept: Collection[str]) -> None:
        """Groups in which an answer waits for a guide: their turn comes again when that time is over."""
        now = self._clock.now()
        later = [(one.before.id, one.aside.wake) for one in done if one.aside and one.aside.wake and one.before.id in kept]
        if later:
            await self._turns.wake([room for room, _ in later], [max(wake - now, timedelta()) for _, wake in later])

    async def _count_risky(self, waiting: Sequence[Waiting]) -> None:
        """Tries are counted only where an earlier one came to no end: the usual message costs no extra write."""
        now = self._clock.now()
        late = [
            message.id
            for one in waiting
            for message in one.messages
            if now - message.received_at > (_HELD if one.conversation.group else LEASE)
        ]
        if late:
            await turns.attempt(self._engine, late)

    def _think(self, waiting: Sequence[Waiting]) -> list[Done]:
        now, duty = self._clock.now(), self._duty()
        self._warm(waiting)
        return [self._turn(one, now, duty) for one in waiting]

    def _warm(self, waiting: Sequence[Waiting]) -> None:
        """One pass of the encoder for the whole batch is several times cheaper than one for each message."""
        texts: dict[str, list[str]] = {}
        for one in waiting:
            texts.setdefault(one.conversation.account, []).extend(m.text for m in one.messages if m.text)
        for account, said in texts.items():
            services = self._shelf.services(account)
            try:
                services.warm(said)
            except Exception:  # a text that the encoder cannot take must not stop its neighbours: each turn encodes by itself
                log.exception("turn.unwarmed", account=account, texts=len(said))

    def _turn(self, one: Waiting, now: datetime, duty: Duty) -> Done:
        services = self._shelf.services(one.conversation.account)
        if any(message.attempts >= _POISON for message in one.messages):
            return _apologized(one, services, now, "这条消息多次没有处理完，请人工看看", duty)
        try:
            with metrics.TURN_SECONDS.time():
                return take_turn(one, services, now, duty)
        except Exception:  # a bug: the only place that may catch everything; the shopper hears words, a person sees it
            log.exception("turn.failed", conversation=one.conversation.id, messages=[m.id for m in one.messages])
            return _apologized(one, services, now, "程序出错", duty)

    def _report(self, done: Sequence[Done]) -> None:
        """One line for each turn."""
        for one in [one for one in done if one.settled]:
            for settled in one.settled:
                metrics.TURNS.labels(outcome=settled.outcome).inc()
            last = one.settled[-1]
            log.info(
                "turn",
                conversation=one.before.id,
                channel=one.before.channel,
                messages=[settled.message for settled in one.settled],
                outcome=last.outcome,
                reason=last.reason,
                intent=last.trace.get("intent"),
                route=last.trace.get("route"),
                scripts=last.trace.get("scripts"),
                entry=last.trace.get("entry"),
                replies=len(one.speeches),
                waited_ms=round((self._clock.now() - one.received).total_seconds() * 1000) if one.received else None,
            )


def _apologized(one: Waiting, services: Services, now: datetime, reason: str, duty: Duty) -> Done:
    """Words if there are any, and a person in any case: one broken message must not hold up the whole batch.

    In a group nobody is told, and what was remembered of it is forgotten: the next turn must not break on the same memory.
    """
    if one.conversation.group:
        return replace(give_up(one, reason), session=replace(one.session, room={}))
    try:
        return apologize(one, services, now, reason, duty)
    except Exception:
        log.exception("apology.failed", conversation=one.conversation.id)
        return give_up(one, reason)
