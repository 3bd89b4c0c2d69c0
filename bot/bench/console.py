"""``python -m bot.bench.console``: how long the console's figures take over a generated database, and what a turn's rows cost.

An embedded PostgreSQL under ``--home`` (kept, and taken up again where it is there already), or a temporary one. Each reading is
done several times; the shortest counts, for a machine that is busy with something else makes the others longer.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters import embedded
from bot.bench.arena import commit, machine
from bot.bench.console_world import fill
from bot.db import audit, effects, gaps, overview
from bot.db import engine as database
from bot.db.migrate import migrate
from bot.db.scoped import scoped
from bot.db.users import User
from bot.effect.trials import Trial

_NOW: Final = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
_ZONE: Final = ZoneInfo("Asia/Shanghai")
_DAYS: Final = 90
_LEAD: Final = User("l", "lead", None, "s1", must_change=False)
_TRIAL: Final = Trial("e1", "script7", {"A": 1.0, "B": 1.0}, _NOW - timedelta(days=60))
_PAGE: Final = 50
_ROWS: Final = 5000
# what one turn writes: a message that comes in, is settled and answered
_TURNS: Final = (
    """
    insert into inbox (channel, account, platform_id, conversation_id, kind, text, sent_at)
    select channel, '', 'bench' || clock_timestamp() || id, conversation_id, 'text', text, now() from inbox order by id limit :n
    """,
    """
    update inbox i set state = 'settled', outcome = 'answered', trace = t.trace, settled_at = now()
    from (select trace, row_number() over (order by id) as n from inbox order by id limit :n) as t,
        (select id, row_number() over (order by id) as n from inbox where state = 'new') as w where t.n = w.n and i.id = w.id
    """,
    """
    insert into messages (conversation_id, author, text, body, trace)
    select conversation_id, author, text, body, trace from messages where author = 'bot' order by id limit :n
    """,
)


def _readings(engine: AsyncEngine) -> dict[str, Callable[[], Awaitable[object]]]:
    """By name, what a page asks for."""

    async def told(days: int, viewer: User | None = None) -> object:
        async with engine.begin() if viewer is None else scoped(engine, viewer) as connection:
            return await effects.effects(connection, _NOW - timedelta(days=days), _NOW, now=_NOW)

    async def verdict() -> object:
        async with engine.begin() as connection:
            return await effects.verdicts(connection, [_TRIAL], now=_NOW)

    def days(count: int, *stores: str) -> Awaitable[object]:
        return overview.counted(engine, stores, overview.Span.last(count, _NOW, _ZONE).since, _NOW)

    return {
        "overview, 28 days": lambda: days(28),
        "overview, 90 days": lambda: days(90),
        "overview of a store, 90 days": lambda: days(90, "s1"),
        "effect, 28 days": lambda: told(28),
        "effect, 90 days": lambda: told(90),
        "effect for a lead, 90 days": lambda: told(90, _LEAD),
        "an experiment of 60 days": verdict,
        "what went wrong, 28 days (gaps)": lambda: gaps.troubles(engine, _NOW - timedelta(days=28)),
        "audit of somebody who does little": lambda: audit.deeds(engine, audit.Wanted(actor="rare"), _PAGE),
        "audit of a release": lambda: audit.refused(engine, [3]),
    }


async def _least(read: Callable[[], Awaitable[object]], times: int) -> float:
    """Seconds of the fastest of several readings."""
    spent: list[float] = []
    for _ in range(times):
        begun = time.perf_counter()
        await read()
        spent.append(time.perf_counter() - begun)
    return min(spent)


async def _written(engine: AsyncEngine) -> float:
    """Microseconds of PostgreSQL for the rows of one turn, undone again."""
    async with engine.connect() as connection:
        begun = time.perf_counter()
        for statement in _TURNS:
            await connection.execute(text(statement), {"n": _ROWS})
        spent = time.perf_counter() - begun
        await connection.rollback()
    return spent / _ROWS * 1e6


async def _measured(url: str, args: argparse.Namespace, say: Callable[[str], None]) -> Sequence[str]:
    async with database.connected(url, pool=2) as engine:
        await migrate(engine)
        async with engine.connect() as connection:
            full = (await connection.execute(text("select exists (select from inbox)"))).scalar_one()
        if not full:
            await fill(url, args.breaths, _DAYS, _NOW, say)
        rows = [f"| {name} | {await _least(read, args.times):.2f} s |" for name, read in _readings(engine).items()]
        cost = min([await _written(engine) for _ in range(args.times)])
    return [*rows, f"| rows of one turn written, in bulk | {cost:.0f} µs |"]


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bot.bench.console", description=__doc__)
    parser.add_argument(
        "--breaths", type=int, default=600_000, help="things said, over 90 days; 1.05 million messages by default"
    )
    parser.add_argument("--times", type=int, default=3, help="so often each is read")
    parser.add_argument("--home", type=Path, help="where the database is kept; it may be filled already")
    args = parser.parse_args()
    with ExitStack() as stack:
        home = args.home or Path(stack.enter_context(TemporaryDirectory()))
        servers = stack.enter_context(embedded.servers(home, None, "redis://unused"))
        rows = asyncio.run(_measured(servers.database_url, args, _say))
    head = (
        f"{datetime.now(UTC):%Y-%m-%d} · {machine()} · commit {commit()} · `python -m bot.bench.console --breaths {args.breaths}`"
    )
    sys.stdout.write("\n".join([head, "", "| | |", "|---|---|", *rows, ""]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
