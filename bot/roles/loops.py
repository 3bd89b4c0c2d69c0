"""What every role does: claim and work until told to stop, look at the facts from time to time, wait out faults."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from datetime import timedelta

import structlog

from bot import metrics
from bot.db.engine import CONNECTION_FAULTS
from bot.motion.connection import MOTION_FAULTS
from bot.motion.due import Claims, DueQueue
from bot.motion.live import Bell

log = structlog.get_logger(__name__)

FAULTS = (*CONNECTION_FAULTS, *MOTION_FAULTS)
ALIVE = "daogou:alive:worker"
"""Key that stands in Redis as long as some worker thinks."""
SWEEP = 2.0
"""Seconds between looks at the facts, by which lost motion (FLUSHALL, a crash between commit and wake) is made good."""
_IDLE = 1.0
"""Longest sleep of a role that waits for its bell, in seconds: a lost ring costs no more than this."""


async def serve(
    stop: asyncio.Event,
    queue: DueQueue,
    claim: Callable[[], Awaitable[Claims]],
    step: Callable[[Claims], Awaitable[None]],
    bell: Bell,
    pace: float = 0.0,
) -> None:
    """Claim and work until told to stop. A database or Redis that is away is waited for; what was claimed is given back."""
    while not stop.is_set():
        claims = Claims((), None)
        try:
            claims = await claim()
            if claims.taken:
                after = asyncio.get_running_loop().time() + pace
                await step(claims)
                await asyncio.sleep(max(0.0, after - asyncio.get_running_loop().time()))
                continue
            wait = _IDLE if claims.wait is None else min(claims.wait.total_seconds(), _IDLE)
            await bell.wait(wait)
        except FAULTS as error:
            metrics.FAULTS.labels(where=type(error).__name__).inc()
            log.warning("role.waiting", why=type(error).__name__)
            await until(stop, 0.25)
            with contextlib.suppress(*MOTION_FAULTS):
                await queue.postpone(claims.taken, timedelta(milliseconds=100))


async def every(seconds: float, do: Callable[[], Awaitable[None]]) -> None:
    """Do it now and then every so many seconds, until cancelled; faults are waited out."""
    while True:
        with contextlib.suppress(*FAULTS):
            await do()
        await asyncio.sleep(seconds)


@contextlib.asynccontextmanager
async def beside(*errands: Coroutine[object, object, None]) -> AsyncIterator[None]:
    """Run errands for as long as the block lasts."""
    tasks = [asyncio.create_task(errand) for errand in errands]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until(stop: asyncio.Event, seconds: float) -> bool:
    """Sleep, but not past the stop; whether it is time to stop."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return stop.is_set()
    return True
