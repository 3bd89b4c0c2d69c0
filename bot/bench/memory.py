"""Figure 6: how large a worker is, and how long from its start until it can think."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable

import psutil  # type: ignore[import-untyped]

from bot.bench.arena import Arena, Plan, arena
from bot.bench.figures_of import median
from bot.bench.turns import hold
from bot.signals import SUPERVISOR

_READY = b'"role.ready"'
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")


async def measure(*, quick: bool, say: Callable[[str], None]) -> str:
    """Several spawns beside an idle system whose models are on disk, then the size of the one that has worked."""
    async with arena(Plan(debounce=0.0)) as system:
        await hold(system.sandbox.platform, 50, 5 if quick else 20)
        worked = _size(system.pids("worker")[0])
        found = [await _spawn(system) for _ in range(3 if quick else 7)]
    seconds, spent, sizes = zip(*found, strict=True)
    say(f"worker: ready after {', '.join(f'{one:.1f}' for one in seconds)} s")
    return (
        "| worker | median | worst |\n|---|---:|---:|\n"
        f"| seconds from spawn to ready | {median(seconds):.1f} | {max(seconds):.1f} |\n"
        f"| processor seconds until ready | {median(spent):.1f} | {max(spent):.1f} |\n"
        f"| MB resident when ready | {median(sizes):.0f} | {max(sizes):.0f} |\n"
        f"| MB resident after work | {worked:.0f} | {worked:.0f} |"
    )


async def _spawn(system: Arena) -> tuple[float, float, float]:
    """(seconds, processor seconds until ready, MB resident then) of one more worker, which is told to stop afterwards."""
    begun = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "serve", "--role", "worker"),
        env={**system.environment, SUPERVISOR: str(os.getpid()), **dict.fromkeys(_ONE_THREAD, "1")},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            while _READY not in await process.stdout.readline():
                pass
        waited = time.monotonic() - begun
        times = psutil.Process(process.pid).cpu_times()
        return waited, times.user + times.system, _size(process.pid)
    finally:
        process.terminate()
        try:
            await asyncio.wait_for(process.communicate(), 15)
        except TimeoutError:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


def _size(pid: int) -> float:
    resident: int = psutil.Process(pid).memory_info().rss
    return resident / 1e6
