"""``python -m bot.bench fence --database N``: the same schedules through the real code and an embedded PostgreSQL.

Every second interleaving goes deed by deed, as the model does; in the others every actor goes on by itself, on connections of
their own, and PostgreSQL decides who comes first.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters import embedded
from bot.bench.fence_oracle import Books, judge, overtook
from bot.bench.fence_people import ACTS, Actual
from bot.bench.fence_plan import DEEDS, Step, schedule
from bot.db import engine as database
from bot.db.migrate import migrate

_SIDE_BY_SIDE = 12
_REST = timedelta(seconds=31)
_ROUNDS = 60


@dataclass(slots=True)
class Found:
    """What the interleavings came to."""

    ran: int = 0
    delivered: int = 0
    spans: int = 0
    """Times that a person had the floor."""
    overtook: int = 0
    broken: list[tuple[int, str, str]] = field(default_factory=list)
    """(number, kind, breach in words)."""


async def run(count: int, seed: int, say: Callable[[str], None]) -> int:
    """0 where everything holds."""
    begun = time.monotonic()
    with TemporaryDirectory() as home, embedded.servers(Path(home), None, None) as servers:
        async with database.connected(servers.database_url, pool=2 * _SIDE_BY_SIDE) as engine:
            await migrate(engine)
            found = await prove(engine, seed, range(count), say)
    say(
        f"{found.ran} interleavings on PostgreSQL, {found.delivered} delivered, a person had the floor {found.spans} times, "
        f"{found.overtook} calls under way while one came and went, {time.monotonic() - begun:.0f} s"
    )
    for n, kind, words in found.broken[:20]:
        say(f"  {seed}:{n} {kind}: {words}")
    say("BROKEN" if found.broken else "HOLDS")
    return 1 if found.broken else 0


async def prove(engine: AsyncEngine, seed: int, numbers: Sequence[int], say: Callable[[str], None] | None = None) -> Found:
    """Some interleavings, several conversations at a time."""
    found, room = Found(), asyncio.Semaphore(_SIDE_BY_SIDE)

    async def one(n: int) -> None:
        async with room:
            books = await interleave(engine, seed, n)
        found.ran += 1
        found.delivered += len(books.delivered)
        found.spans += len(books.spans)
        found.overtook += overtook(books)
        found.broken += [(n, kind, words) for kind, words in judge(books)]
        if say is not None and found.ran % 500 == 0:
            say(f"{found.ran} of {len(numbers)}, {len(found.broken)} breaches")

    async with asyncio.TaskGroup() as tasks:
        for n in numbers:
            tasks.create_task(one(n))
    return found


async def interleave(engine: AsyncEngine, seed: int, n: int) -> Books:
    """The books of one; every fourth is the web chat's, every second runs all actors at once."""
    actual = Actual(engine, f"f{seed}x{n}", web=n % 4 == 3)
    steps = schedule(seed, n)
    if n // 2 % 2:
        await _at_once(actual, steps)
    else:
        await _go(actual, steps)
    await _rest(actual)
    return await actual.books()


async def _go(actual: Actual, steps: Sequence[Step]) -> None:
    for deed, luck, pause in steps:
        actual.now += pause
        actual.tick()
        name, who = DEEDS[deed]
        await ACTS[name](actual, who, luck)


async def _at_once(actual: Actual, steps: Sequence[Step]) -> None:
    """Each actor has their own deeds in order; between actors the database decides."""
    own: dict[int, list[Step]] = {}
    for step in steps:
        own.setdefault(step[0], []).append(step)
    async with asyncio.TaskGroup() as tasks:
        for mine in own.values():
            tasks.create_task(_go(actual, mine))


async def _rest(actual: Actual) -> None:
    """Nobody dies, nobody claims any more: whatever was begun comes to its end."""
    for n in range(_ROUNDS):
        if actual.pulled < len(actual.platform.stream):
            await actual.accept(actual.pulled, len(actual.platform.stream))
        if n and not any(actual.turns) and not any(actual.jobs) and not await actual.busy():
            return
        for who in (0, 1, 0, 1, 0, 1):
            await actual.worker(who, 0.9)
            await actual.courier(who, 0.9)
        if n % 3 == 2:
            actual.now += _REST
