"""What each role does from start to end: web takes in, workers think, couriers carry."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from datetime import timedelta

import structlog

from bot import courier as couriers
from bot import metrics
from bot import puller as pullers
from bot import worker as workers
from bot.courier import Courier
from bot.db import outgoing, pulls
from bot.db.engine import CONNECTION_FAULTS
from bot.motion.connection import MOTION_FAULTS
from bot.motion.due import Claims
from bot.motion.live import Bell
from bot.puller import Puller
from bot.wiring import World, until
from bot.worker import Worker

log = structlog.get_logger(__name__)

FAULTS = (*CONNECTION_FAULTS, *MOTION_FAULTS)
_IDLE = 1.0
"""Longest sleep of a role that waits for its bell, in seconds: a lost ring costs no more than this."""
_SWEEP = 2.0
"""Seconds between looks at the facts, by which lost motion (FLUSHALL, a crash between commit and wake) is made good."""
ALIVE = "daogou:alive:worker"
"""Key that stands in Redis as long as some worker thinks."""
_BATCH = 32
_LANES = 2
"""Batches of a worker side by side: one thinks while the other waits for the database."""
_SENDS = 128
"""Sends of one courier under way at once."""


async def work(world: World, stop: asyncio.Event) -> None:
    """A worker until told to stop; turns that were begun are finished."""
    await world.shelf.load()
    log.info("role.ready")
    turns = world.queues["turn"]
    worker = Worker(world.engine, world.queues, world.live, world.shelf, world.clock)
    bell = Bell(world.client, turns.bell)

    async def lane() -> None:
        await _serve(stop, lambda: turns.claim(_BATCH, workers.LEASE), lambda claims: worker.step(claims.taken), bell)

    async def sweep() -> None:
        members = await outgoing.unanswered(world.engine, world.settings.debounce + _SWEEP)
        await turns.wake(members)
        await world.client.set(ALIVE, 1, ex=15)
        metrics.QUEUE.labels(queue="turn").set(await turns.size())

    async with _beside(bell.run(), _every(_SWEEP, sweep), world.shelf.watch()), asyncio.TaskGroup() as lanes:
        for _ in range(_LANES):
            lanes.create_task(lane())


async def carry(world: World, stop: asyncio.Event) -> None:
    """A courier until told to stop: messages out, and kf's messages in; sends that were begun are finished."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_send(world, stop))
        tasks.create_task(_pull(world, stop))
    log.info("role.drained")


async def _send(world: World, stop: asyncio.Event) -> None:
    sends = world.queues["send"]
    courier = Courier(world.engine, sends, world.live, world.channels(), world.clock)
    bell = Bell(world.client, sends.bell)

    async def claim() -> Claims:
        room = _SENDS - courier.busy
        return await sends.claim(min(room, 64), couriers.LEASE) if room > 0 else Claims((), timedelta(milliseconds=5))

    async def sweep() -> None:
        await sends.wake(await outgoing.waiting(world.engine))
        metrics.QUEUE.labels(queue="send").set(await sends.size())

    log.info("role.ready")
    async with _beside(bell.run(), _every(_SWEEP, sweep)):
        await _serve(stop, claim, lambda claims: courier.step(claims.taken), bell)
        await courier.drain()


async def _pull(world: World, stop: asyncio.Event) -> None:
    queue = world.queues["pull"]
    channels = world.kf_channels()
    puller = Puller(world.engine, world.queues, world.live, channels, world.clock)
    puller.debounce = world.settings.debounce
    puller.backlog = timedelta(minutes=world.settings.backlog_minutes)
    bell = Bell(world.client, queue.bell)
    own = [f"{name}|{kf}" for name, account in world.settings.wecom.items() for kf in account.kf_accounts]

    async def step(claims: Claims) -> None:
        await asyncio.gather(*(puller.step(claim) for claim in claims.taken))

    async def sweep() -> None:
        await queue.wake([f"{account}|{kf}" for account, kf in await pulls.behind(world.engine)])

    async def poll() -> None:
        await queue.wake(own)

    with contextlib.suppress(*FAULTS):
        await poll()
    async with _beside(bell.run(), _every(_SWEEP, sweep), _every(world.settings.poll_seconds, poll)):
        await _serve(stop, lambda: queue.claim(4, pullers.LEASE), step, bell)


async def _serve(
    stop: asyncio.Event,
    claim: Callable[[], Awaitable[Claims]],
    step: Callable[[Claims], Awaitable[None]],
    bell: Bell,
) -> None:
    """Claim and work until told to stop. A database or Redis that is away is waited for; whatever was claimed comes back."""
    while not stop.is_set():
        try:
            claims = await claim()
            if claims.taken:
                await step(claims)
                continue
            wait = _IDLE if claims.wait is None else min(claims.wait.total_seconds(), _IDLE)
            await bell.wait(wait)
        except FAULTS as error:
            metrics.FAULTS.labels(where=type(error).__name__).inc()
            log.warning("role.waiting", why=type(error).__name__)
            await until(stop, 0.25)


async def _every(seconds: float, do: Callable[[], Awaitable[None]]) -> None:
    while True:
        with contextlib.suppress(*FAULTS):
            await do()
        await asyncio.sleep(seconds)


@contextlib.asynccontextmanager
async def _beside(*errands: Coroutine[object, object, None]) -> AsyncIterator[None]:
    """Run errands for as long as the block lasts."""
    tasks = [asyncio.create_task(errand) for errand in errands]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
