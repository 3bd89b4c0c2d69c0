"""The courier: outbox → platforms. Fence, quota and order are checked in the step that marks a message as sending."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import metrics
from bot.batching import Batcher
from bot.crew import Names, nobody
from bot.db import outgoing
from bot.db.outgoing import Sent, Taken
from bot.errors import ConfirmDeliveryError, DeliveryError, HeldDeliveryError, TakenOverError, TemporaryDeliveryError
from bot.model import Outgoing
from bot.motion.due import Claim, DueQueue
from bot.motion.live import Live
from bot.ports import Channel, Clock

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=30)
_MOST_TRIES = 8
"""Tries of one message before it becomes a failure that a person sees; the waits between them grow to two minutes."""


CALL_WITHIN = outgoing.LEASE - timedelta(seconds=5)
"""From the step under the fence until the platform has answered. Past its lease nobody waits for a call any more, and a person
who claimed the talk is told that the bot is silent: so a call that would be later is not begun, and one that is later is cut."""


class Courier:
    """Delivers what the outbox holds, each conversation in order, different conversations side by side."""

    def __init__(
        self, engine: AsyncEngine, queue: DueQueue, live: Live, channels: Mapping[tuple[str, str], Channel], clock: Clock
    ) -> None:
        self._engine = engine
        self._queue = queue
        self._live = live
        self._channels = channels
        self._clock = clock
        self.names: Names = nobody
        self._results: Batcher[Sent, None] = Batcher(self._record)
        self._released: Batcher[tuple[Claim, timedelta | None], None] = Batcher(self._release)
        self._under_way: set[asyncio.Task[None]] = set()

    @property
    def busy(self) -> int:
        """Sends that are under way."""
        return len(self._under_way)

    async def step(self, claims: Sequence[Claim]) -> None:
        """Take the next message of each claimed conversation and start its delivery."""
        by_conversation = {claim.member: claim for claim in claims}
        until = asyncio.get_running_loop().time() + CALL_WITHIN.total_seconds()
        taken = await outgoing.take(self._engine, list(by_conversation), self._clock.now())
        done: list[Claim] = []
        for one in taken:
            claim = by_conversation.pop(one.conversation)
            await self._go(one, claim, until, done)
        await self._queue.settle([*by_conversation.values(), *done])

    async def _go(self, one: Taken, claim: Claim, until: float, done: list[Claim]) -> None:
        if one.verdict == "go" and one.outgoing is not None:
            task = asyncio.create_task(self._deliver(one, claim, until))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        elif one.verdict == "later":
            await self._queue.postpone([claim], one.wait or timedelta(seconds=1))
        elif one.verdict == "held":
            log.info("send.held", conversation=one.conversation, why=one.reason)
            done.append(claim)
        else:
            log.info("send.dropped", conversation=one.conversation, why=one.reason)
            metrics.SENT.labels(channel=_channel(one), result="dropped").inc()
            await self._queue.postpone([claim], timedelta())

    async def _deliver(self, one: Taken, claim: Claim, until: float) -> None:
        assert one.outgoing is not None
        message = one.outgoing
        result = await self._send(message, until)
        try:
            await self._results.submit(result)
        except Exception:  # the database is away: the lease runs out and the message is taken again, with the same msgid
            log.exception("send.unrecorded", msgid=message.msgid)
            return
        metrics.SENT.labels(channel=message.channel, result=result.state).inc()
        if result.state == "pending":
            wait = (result.due - self._clock.now()) if result.due else timedelta()
            await self._released.submit((claim, max(wait, timedelta())))
        else:
            await self._released.submit((claim, timedelta() if one.more and result.state != "held" else None))

    async def _send(self, message: Outgoing, until: float) -> Sent:
        """One call of the platform, not begun and not waited for after ``until``; every way it can end is a result."""
        channel = self._channels.get((message.channel, message.account))
        if channel is None:
            return Sent(message, "failed", f"没有配置渠道 {message.channel}/{message.account}")
        if asyncio.get_running_loop().time() >= until:
            return self._later(message, TemporaryDeliveryError("这一步耽搁得太久，没有发", timedelta()))
        try:
            async with asyncio.timeout_at(until):
                await channel.send(message)
        except DeliveryError as error:
            return await self._refused(message, error)
        except TimeoutError:
            return self._later(message, TemporaryDeliveryError("平台迟迟没有应答", timedelta(seconds=1), uncertain=True))
        except Exception:  # a bug in a channel must not stop the courier: the message is tried again, and given up in the end
            log.exception("send.bug", msgid=message.msgid)
            return self._later(message, TemporaryDeliveryError("内部错误", timedelta(seconds=5), uncertain=True))
        if message.created_at is not None:
            metrics.WAIT_SECONDS.observe((self._clock.now() - message.created_at).total_seconds())
        return Sent(message, "sent")

    async def _refused(self, message: Outgoing, error: DeliveryError) -> Sent:
        """What a refusal means for the message, by who must act."""
        if isinstance(error, TemporaryDeliveryError):
            return self._later(message, error)
        if isinstance(error, ConfirmDeliveryError):
            return Sent(message, "offered", str(error), due=self._clock.now() + error.within)
        log.warning("send.refused", conversation=message.conversation, code=error.code, why=str(error))
        if isinstance(error, TakenOverError):
            return _given_way(message, error, (await self.names()).get(error.servicer, error.servicer))
        return Sent(message, "held" if isinstance(error, HeldDeliveryError) else "failed", str(error), error.code)

    def _later(self, message: Outgoing, error: TemporaryDeliveryError) -> Sent:
        log.info("send.postponed", conversation=message.conversation, code=error.code, why=str(error), tries=message.attempts + 1)
        if message.attempts + 1 >= _MOST_TRIES:
            return Sent(message, "failed", f"试了 {_MOST_TRIES} 次都没有送达：{error}", error.code)
        delay = min(error.delay * 2 ** min(message.attempts, 5), max(error.delay, timedelta(minutes=2)))
        due = self._clock.now() + delay
        return Sent(message, "pending", str(error), error.code, due, uncertain=error.uncertain or message.uncertain)

    async def _record(self, results: Sequence[Sent]) -> Sequence[None]:
        changed = await outgoing.finish(self._engine, results, self._clock.now())
        await self._live.tell(list(changed))
        return [None] * len(results)

    async def _release(self, claims: Sequence[tuple[Claim, timedelta | None]]) -> Sequence[None]:
        await self._queue.release(claims)
        return [None] * len(claims)

    async def drain(self) -> None:
        """Until every delivery that was started is recorded."""
        while self._under_way:
            await asyncio.wait(self._under_way)
        await self._results.drain()


def _given_way(message: Outgoing, error: TakenOverError, servicer: str) -> Sent:
    """A person serves the shopper in the platform's own client: the bot gives way, a guide must see that they were not heard."""
    if message.author == "guide":
        return Sent(message, "failed", "同事正在企业微信里接待这位顾客，这句没有发出", error.code, servicer=servicer)
    return Sent(message, "dropped", "接待人员正在企业微信里服务，机器人不再开口", error.code, servicer=servicer)


def _channel(one: Taken) -> str:
    return one.outgoing.channel if one.outgoing is not None else "unknown"
