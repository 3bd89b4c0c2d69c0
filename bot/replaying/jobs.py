"""Replays for the console: begun with one call, run in a process of their own, told as rows, ended when nobody wants them.

The console's process keeps only the pipe: rows (``bot.db.replays``) are what pages read, from whichever process they come.
"""

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import orjson
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.content import digest_of
from bot.db import recorded, releases, replays
from bot.errors import BadRequestError
from bot.ports import Clock
from bot.replaying.child import Job
from bot.settings import PREFIX, Settings

log = structlog.get_logger(__name__)

LAST: Final = 10_000
"""Messages of a replay where nobody says how many."""
_WAITING: Final = 3
"""Replays that may be open at once in one process: one runs, the others wait."""
_LONGEST: Final = 1800.0
"""Seconds after which a replay is given up."""
_BREATH: Final = 1.0
"""Seconds between two signs of life."""
_LINE: Final = 1 << 28
"""Bytes of the longest line of a child: the report."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be compared with what is live."""

    files: Mapping[str, bytes]
    """The candidate, whole."""
    drafts: Sequence[object] = ()
    """Which drafts it is made of."""
    last: int = LAST


class Replays:
    """Begins replays and sees them through."""

    def __init__(self, engine: AsyncEngine, settings: Settings, clock: Clock) -> None:
        """Nothing runs yet."""
        self._engine = engine
        self._settings = settings
        self._clock = clock
        self._alone = asyncio.Lock()
        self._tasks: dict[int, asyncio.Task[None]] = {}

    async def start(self, wanted: Wanted, author: str) -> int:
        """Begin one; its number. What went through already, candidate and live content alike, is done again.

        Raises:
            BadRequestError: too many are open (409), or nothing is live yet.
        """
        if len(self._tasks) >= _WAITING:
            raise BadRequestError("已经有几次重放在排队了，等一等再开始", status=409, code="busy")
        now = self._clock.now()
        found = await releases.live(self._engine)
        if found is None:
            raise BadRequestError("还没有发布过内容，没有可以比较的", status=409, code="nothing_live")
        live = await releases.load(self._engine, found[0])
        said = await recorded.recorded(self._engine, wanted.last)
        digests = (digest_of(live), digest_of(wanted.files))
        number = await replays.begin(self._engine, digests, wanted.drafts, author, len(said), now)
        home = str(self._settings.home.resolve())
        job = Job(home, self._settings.encoder, live, wanted.files, said, now)
        task = asyncio.create_task(self._seen_through(number, job), name=f"replay {number}")
        self._tasks[number] = task
        task.add_done_callback(lambda _: self._tasks.pop(number, None))
        await asyncio.sleep(0)  # a task that was cancelled before its first step would leave its row waiting
        return number

    async def cancel(self, number: int, author: str) -> bool:
        """End one that nobody wants any more; False where it was over already. Any process may say so."""
        done = await replays.cancel(self._engine, number, author, self._clock.now())
        if (task := self._tasks.get(number)) is not None:
            task.cancel()
        return done

    async def settled(self, number: int) -> None:
        """Wait until one that this process runs is over."""
        if (task := self._tasks.get(number)) is not None:
            await asyncio.wait([task])

    async def close(self) -> None:
        """End what runs: this process ends."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _seen_through(self, number: int, job: Job) -> None:
        """One replay, when its turn comes; whatever goes wrong stands in its row."""
        run = asyncio.create_task(self._run(number, job))
        why = "重放被中断了"
        try:
            while not run.done() and await replays.renew(self._engine, number, self._clock.now()):
                await asyncio.wait([run], timeout=_BREATH)
            if run.done():
                await run
        except Exception as error:  # nobody would hear of it, and the page would wait until the lease ends
            log.exception("replay.failed", replay=number)
            why = str(error)[:500] or type(error).__name__
        finally:
            run.cancel()
            await asyncio.wait([run])
            # nothing happens where it is over: done, or cancelled by somebody
            await replays.fail(self._engine, number, why, self._clock.now())

    async def _run(self, number: int, job: Job) -> None:
        async with self._alone, asyncio.timeout(_LONGEST):
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot.replaying.child", stdin=PIPE, stdout=PIPE, stderr=PIPE,
                env=self._environment(), limit=_LINE, start_new_session=True,
            )  # fmt: skip
            try:
                await self._told(number, process, job)
            finally:
                await _ended(process)

    async def _told(self, number: int, process: Process, job: Job) -> None:
        """What the child says, into the row."""
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        errors = asyncio.create_task(process.stderr.read())
        process.stdin.write(await asyncio.to_thread(job.dumps))
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            await process.stdin.drain()
        process.stdin.close()
        while line := await process.stdout.readline():
            told = orjson.loads(line)
            if "report" in told:
                await replays.finish(self._engine, number, told["report"], self._clock.now())
                return
            if "error" in told:
                await replays.fail(self._engine, number, str(told["error"])[:2000], self._clock.now())
                return
            done, total = (told["done"], told["total"]) if told["what"] == "重放" else (0, len(job.recorded))
            if not await replays.advance(self._engine, number, done, total, self._clock.now()):
                return
        raise RuntimeError(f"重放的进程中途停了：{(await errors).decode(errors='replace').strip()[-300:]}")

    def _environment(self) -> Mapping[str, str]:
        told = {f"{PREFIX}HOME": str(self._settings.home.resolve()), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        return {**os.environ, **told}


async def _ended(process: Process) -> None:
    """The process and those that it forked."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
