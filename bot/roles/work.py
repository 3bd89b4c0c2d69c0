"""The worker role: thinks, until told to stop; turns that were begun are finished."""

import asyncio

import structlog

from bot import metrics
from bot import worker as workers
from bot.db import outgoing
from bot.motion.live import Bell
from bot.roles.loops import ALIVE, SWEEP, beside, every, serve
from bot.shelf import LiveShelf
from bot.wiring import World
from bot.worker import Worker

log = structlog.get_logger(__name__)

_BATCH = 32
_PACE = 0.03
"""Least seconds between the starts of a lane's batches: what comes meanwhile is thought about and kept together, which costs a
third of doing it one by one. A message that finds the worker idle does not wait."""
_LANES = 2
"""Batches side by side: one thinks while the other waits for the database."""


async def work(world: World, stop: asyncio.Event) -> None:
    """A worker from start to end."""
    shelf = LiveShelf(world.engine, world.settings)
    await shelf.load()
    log.info("role.ready")
    turns = world.queues["turn"]
    worker = Worker(world.engine, world.queues, world.live, shelf, world.clock)
    bell = Bell(world.client, turns.bell)

    async def lane() -> None:
        await serve(
            stop, turns, lambda: turns.claim(_BATCH, workers.LEASE), lambda claims: worker.step(claims.taken), bell, _PACE
        )

    async def sweep() -> None:
        members = await outgoing.unanswered(world.engine, world.settings.debounce + SWEEP)
        await turns.wake(members)
        await world.client.set(ALIVE, 1, ex=15)
        metrics.QUEUE.labels(queue="turn").set(await turns.size())

    async with beside(bell.run(), every(SWEEP, sweep), shelf.watch()), asyncio.TaskGroup() as lanes:
        for _ in range(_LANES):
            lanes.create_task(lane())
