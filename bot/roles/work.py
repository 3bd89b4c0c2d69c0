"""The worker role: thinks, and keeps what time asks for, until told to stop; turns that were begun are finished."""

import asyncio
from collections.abc import Sequence

import structlog

from bot import metrics
from bot import worker as workers
from bot.attendance import Attendance
from bot.brand import Staff
from bot.db import sweeps
from bot.keeper import Keeper
from bot.motion.live import Bell
from bot.roles.loops import ALIVE, FAULTS, SWEEP, beside, every, serve
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
_KEEP = 1.0
"""Seconds between two rounds of the keeper."""
_SHARE = 4.0
"""A round that takes long makes the pause longer: what time asks for never takes more than a fifth of it from the talking."""


async def work(world: World, stop: asyncio.Event) -> None:
    """A worker from start to end."""
    shelf = LiveShelf(world.engine, world.settings)
    await shelf.load()
    log.info("role.ready")
    turns = world.queues["turn"]
    attendance = Attendance(world.engine, world.client, lambda: _staffs(world, shelf), world.clock)
    worker = Worker(world.engine, world.queues, world.live, shelf, world.clock, attendance.duty)
    bell = Bell(world.client, turns.bell)

    async def lane() -> None:
        await serve(
            stop, turns, lambda: turns.claim(_BATCH, workers.LEASE), lambda claims: worker.step(claims.taken), bell, _PACE
        )

    async def sweep() -> None:
        members = await sweeps.unanswered(world.engine, world.settings.debounce + SWEEP)
        await turns.wake(members)
        await world.client.set(ALIVE, 1, ex=15)
        metrics.QUEUE.labels(queue="turn").set(await turns.size())

    keeper = Keeper(world.engine, world.queues["send"], world.live, shelf, attendance.look)
    errands = (bell.run(), every(SWEEP, sweep), shelf.watch(), attendance.watch(), _keep(keeper, world))
    async with beside(*errands), asyncio.TaskGroup() as lanes:
        for _ in range(_LANES):
            lanes.create_task(lane())


def _staffs(world: World, shelf: LiveShelf) -> Sequence[Staff]:
    """The people of the program's own content, and of accounts with content of their own."""
    return [shelf.services(account).staff for account in ("", *world.settings.workspaces)]


async def _keep(keeper: Keeper, world: World) -> None:
    """Round after round until cancelled; what went wrong in one is for the next."""
    loop = asyncio.get_running_loop()
    while True:
        began = loop.time()
        try:
            await keeper.step(world.clock.now())
        except FAULTS as error:
            log.warning("keeper.waiting", why=type(error).__name__)
        except Exception:  # a bug in one round must not end all timers: what it was about is tried again, and seen in the log
            log.exception("keeper.failed")
        await asyncio.sleep(max(_KEEP, _SHARE * (loop.time() - began)))
