"""What happens to the system while people talk: killed processes, a restarted database, lost motion, a stumbling platform."""

import asyncio
import contextlib
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from subprocess import SubprocessError

from bot.bench.arena import Arena
from bot.motion.connection import MOTION_FAULTS
from bot.sandbox import Faults

FAULTS = Faults(
    late=0.05,
    late_s=3.0,
    double=0.15,
    reorder=0.1,
    lost=0.1,
    token_expired=0.01,
    freq=0.005,
    busy=0.02,
    http_500=0.03,
    reset=0.03,
    timeout=0.03,
    timeout_s=1.5,
    slow=0.05,
    slow_s=0.8,
    empty_page=0.05,
    short_page=0.1,
)
"""Every mishap of the platform that a correct bot must survive; each of them falls many times in a minute."""

Deed = Callable[[Arena], Awaitable[None]]


def _killing(role: str) -> Deed:
    async def kill(arena: Arena) -> None:
        arena.kill(role)

    return kill


def _restarting(mode: str) -> Deed:
    async def restart(arena: Arena) -> None:
        await arena.restart_postgres(mode)

    return restart


async def _flush(arena: Arena) -> None:
    await arena.flush()


async def _crash(arena: Arena) -> None:
    await arena.crash_postgres()


DEEDS: Mapping[str, tuple[float, Deed]] = {
    "kill -9 worker": (4, _killing("worker")),
    "kill -9 courier": (5, _killing("courier")),
    "kill -9 web": (4, _killing("web")),
    "FLUSHALL": (4, _flush),
    "PostgreSQL restart -m immediate": (1.5, _restarting("immediate")),
    "PostgreSQL restart -m fast": (1.5, _restarting("fast")),
    "PostgreSQL crash": (1.0, _crash),
}
"""Deed → how often it falls, relative to the others."""


async def rage(arena: Arena, seed: int, until: float, pause: tuple[float, float] = (0.5, 3.0)) -> Counter[str]:
    """Do one deed after the other until the time is over (``time.monotonic``); every deed falls at least once.

    Returns how often each was done.
    """
    dice = random.Random(f"{seed}:hazards")  # noqa: S311  (chance that must repeat itself, not a secret)
    names, weights = list(DEEDS), [weight for weight, _ in DEEDS.values()]
    first = dice.sample(names, len(names))
    done: Counter[str] = Counter()
    while time.monotonic() < until:
        await asyncio.sleep(dice.uniform(*pause))
        name = first.pop() if first else dice.choices(names, weights)[0]
        # a deed may hit what another one has just taken down
        with contextlib.suppress(*MOTION_FAULTS, SubprocessError, ValueError, IndexError):
            await DEEDS[name][1](arena)
            done[name] += 1
    return done
