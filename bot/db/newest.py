"""What went live: heard of at once, fetched as far as it is new, and noted down where a process cannot use it."""

import asyncio
import contextlib
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg
import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.db.engine import CONNECTION_FAULTS
from bot.errors import ContentError, Problem

CHANNEL = "daogou_release"
"""Of PostgreSQL's NOTIFY; ``bot.db.releases.put`` tells it the id of the release, and only a commit lets it out."""
_FAULTS = (*CONNECTION_FAULTS, asyncpg.PostgresError, asyncpg.InterfaceError)
"""What a connection may end with when it is used without SQLAlchemy around it."""
_PULSE = 30.0
"""Seconds between two looks whether the connection that listens still stands."""
_AGAIN = 1.0
"""Seconds until it is opened again."""
_MOST = 50
"""Problems of a refused release that are kept."""

_FRESH = text(
    """
    select f.path, case when f.digest = h.digest then null else f.body end as body
    from content_files f left join unnest(cast(:paths as text[]), cast(:digests as text[])) as h(path, digest) using (path)
    where f.release_id = :release and f.path like any(cast(:like as text[])) order by f.path
    """
)
_KNOWN = text("select 1 from releases where id = :release")
_LAST = """
    select action, details, at from audit where subject = :subject and action in ('content.refused', 'content.accepted')
    order by id desc limit 1
"""
_TOLD = text(_LAST)
_REFUSED = text(
    f"""
    insert into audit (actor, action, subject, details)
    select '程序', 'content.refused', :subject, cast(:details as jsonb)
    where not exists (select 1 from ({_LAST}) l where l.action = 'content.refused' and l.details = cast(:details as jsonb))
    """  # noqa: S608  (a constant of our own)
)
_ACCEPTED = text(
    f"""
    insert into audit (actor, action, subject, details)
    select '程序', 'content.accepted', :subject, '{{}}' from ({_LAST}) l where l.action = 'content.refused'
    """  # noqa: S608
)


async def fetch(engine: AsyncEngine, release: int, have: Mapping[str, bytes], like: Sequence[str] = ("%",)) -> dict[str, bytes]:
    """The files of a release: path → bytes; those that are the same in ``have`` are not sent, and are the very objects of it.

    ``like``: only paths that fit one of these patterns (of SQL).

    Raises:
        ContentError: there is no such release.
    """
    digests = [hashlib.md5(data, usedforsecurity=False).hexdigest() for data in have.values()]
    told = {"release": release, "paths": list(have), "digests": digests, "like": list(like)}
    async with engine.connect() as connection:
        if (await connection.execute(_KNOWN, {"release": release})).one_or_none() is None:
            raise ContentError([Problem(f"第 {release} 版", None, "", "没有这个版本")])
        found = await connection.execute(_FRESH, told)
        return {str(row.path): have[row.path] if row.body is None else bytes(row.body) for row in found}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why processes go on with an older release."""

    at: datetime
    problems: Sequence[str]
    """In Chinese, with file and line."""


async def refuse(engine: AsyncEngine, release: int, problems: Sequence[str]) -> None:
    """Note once in the audit that a release cannot be used and why; every process that finds the same may say so."""
    details = orjson.dumps({"problems": list(problems[:_MOST])}).decode()
    async with engine.begin() as connection:
        await connection.execute(_REFUSED, {"subject": str(release), "details": details})


async def accept(engine: AsyncEngine, release: int) -> None:
    """Note that a release which was refused before is used all the same, as after a new version of the program."""
    async with engine.begin() as connection:
        await connection.execute(_ACCEPTED, {"subject": str(release)})


async def refusal(engine: AsyncEngine, release: int) -> Refusal | None:
    """Why a release is not used; None where nobody refused it, or somebody used it since."""
    async with engine.connect() as connection:
        found = (await connection.execute(_TOLD, {"subject": str(release)})).one_or_none()
    if found is None or found.action != "content.refused":
        return None
    return Refusal(found.at, tuple(map(str, found.details.get("problems", ()))))


class News:
    """Hears of a release the moment it is committed. What is lost costs a second: whoever waits also looks by itself."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._heard = asyncio.Event()

    async def wait(self, longest: float) -> None:
        """Until something went live, or ``longest`` seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(longest):
                await self._heard.wait()
        self._heard.clear()

    async def run(self) -> None:
        """Listen until cancelled, on a connection of its own; opens it again after faults.

        Behind a pooler that lends connections by transaction nothing is ever heard, and nothing is lost but the haste.
        """
        # not from the pool: it stays open for as long as the process lives
        alone = create_async_engine(self._engine.url, poolclass=NullPool, connect_args={"timeout": 10, "command_timeout": 60})
        try:
            while True:
                with contextlib.suppress(*_FAULTS):
                    await self._listen(alone)
                await asyncio.sleep(_AGAIN)
        finally:
            await alone.dispose()

    async def _listen(self, alone: AsyncEngine) -> None:
        async with alone.connect() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            assert driver is not None, "a connection that was just opened"
            ended = asyncio.Event()
            driver.add_termination_listener(lambda _: ended.set())
            await driver.add_listener(CHANNEL, lambda *_: self._heard.set())
            self._heard.set()  # what went live while nobody listened
            while not ended.is_set():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_PULSE):
                        await ended.wait()
                        return
                await driver.fetchval("select 1")
