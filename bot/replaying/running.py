"""A replay over the cores of this machine: processes that are forked from the built contents, slices that whoever is free takes.

Both contents are shared by all of them as they stand in memory; what comes back are groups with examples, not outcomes.
"""

import gc
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from multiprocessing.sharedctypes import Synchronized
from typing import Final, TypeAlias

from bot.db.recorded import Recorded
from bot.errors import AssistantError
from bot.replaying.pairing import Pair, ground_of
from bot.replaying.probing import look_at_scripts, probes
from bot.replaying.report import Gathering, Report
from bot.replaying.walking import Walk, Work, works

Told = Callable[[int, int], None]
"""Told (messages that are done, of how many), at least every second."""
SLICE: Final = 64
"""Messages that are made ready together: enough for batches, few enough to be remembered until their turn comes."""
_ALONE: Final = 200
"""Fewer messages are not worth a second process."""
_TELL: Final = 0.5


_Counters: TypeAlias = tuple["Synchronized[int]", "Synchronized[int]"]
"""(slices that are taken, messages that are done) over all processes."""


class ReplayError(AssistantError):
    """A process of the replay died."""


def cores() -> int:
    """How many processes are worth having here."""
    return max(1, min(8, len(os.sched_getaffinity(0))))


def replayed(
    pair: Pair,
    recorded: Sequence[Recorded],
    now: datetime,
    *,
    told: Told | None = None,
    processes: int | None = None,
    own_time: bool = False,
) -> Report:
    """All messages through both sides.

    Raises:
        ReplayError: a process of it was killed.
    """
    begun = time.perf_counter()
    everything = (*recorded, *probes(pair.live, pair.draft))
    work = works(everything, pair.live, now, own_time=own_time)
    slices = [work[n : n + SLICE] for n in range(0, len(work), SLICE)]
    count = min(processes or cores(), max(1, len(work) // _ALONE + 1))
    tell = told or _nobody
    tell(0, len(everything))
    today = now.astimezone(pair.live.zone).date()
    if count == 1:
        found = _alone(pair, slices, today, lambda done: tell(done, len(everything)))
    else:
        found = _together(pair, slices, today, count, lambda done: tell(done, len(everything)))
    look_at_scripts(pair.live, pair.draft, ground_of(pair, today), found)
    return Report.of(found, time.perf_counter() - begun, (pair.live.release, pair.draft.release))


def _nobody(_done: int, _total: int) -> None:
    """Nobody watches."""


def _alone(pair: Pair, slices: Sequence[Sequence[Work]], today: date, tell: Callable[[int], None]) -> Gathering:
    walk = Walk(pair, today)
    for one in slices:
        walk.through(one)
        tell(walk.found.asked)
    return walk.found


def _together(pair: Pair, slices: Sequence[Sequence[Work]], today: date, count: int, tell: Callable[[int], None]) -> Gathering:
    """Whoever calls works as well: every further process costs a copy of the pages that work writes to."""
    with _processes(pair, slices, today, count - 1) as (pipes, counters):
        found = Gathering()
        for walk in _walks(pair, slices, today, counters):
            found = walk.found
            tell(counters[1].value)
        open_ = list(pipes)
        while open_:
            for pipe in wait(open_, timeout=_TELL):
                assert isinstance(pipe, Connection)
                try:
                    found.join(pipe.recv())
                except EOFError:
                    raise ReplayError("重放的一个进程中途停了（可能是内存不够），请再试一次") from None
                open_.remove(pipe)
            tell(counters[1].value)
    return found


def _walks(pair: Pair, slices: Sequence[Sequence[Work]], today: date, counters: "_Counters") -> Iterator[Walk]:
    """One walk, after each slice that it took; over when no slice is left."""
    taken, done = counters
    walk = Walk(pair, today)
    while True:
        with taken.get_lock():
            mine, taken.value = taken.value, taken.value + 1
        if mine >= len(slices):
            return
        before = walk.found.asked
        walk.through(slices[mine])
        with done.get_lock():
            done.value += walk.found.asked - before
        yield walk


@contextmanager
def _processes(
    pair: Pair, slices: Sequence[Sequence[Work]], today: date, count: int
) -> Iterator[tuple[list[Connection], "_Counters"]]:
    """Further processes at work, with the pipe on which each tells what it found, and what all of them count together."""
    context = multiprocessing.get_context("fork")
    taken, done = context.Value("i", 0), context.Value("i", 0)
    # what stands now is garbage in no process: collecting it would copy every page that they share
    gc.collect()
    gc.freeze()
    started: list[tuple[ForkProcess, Connection]] = []
    try:
        for _ in range(count):
            here, there = context.Pipe(duplex=False)
            process = context.Process(target=_work, args=(pair, slices, today, (taken, done), there), daemon=True)
            process.start()
            there.close()
            started.append((process, here))
        yield [pipe for _, pipe in started], (taken, done)
    finally:
        for process, pipe in started:
            process.terminate()
            process.join()
            pipe.close()
        gc.unfreeze()


def _work(pair: Pair, slices: Sequence[Sequence[Work]], today: date, counters: "_Counters", pipe: Connection) -> None:
    """One further process: slice by slice until none is left, or nobody waits for it any more."""
    parent, found = os.getppid(), Gathering()
    for walk in _walks(pair, slices, today, counters):
        found = walk.found
        if os.getppid() != parent:
            return
    pipe.send(found)
    pipe.close()
