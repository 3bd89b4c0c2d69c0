"""Real servers for every test: PostgreSQL and Valkey out of PyPI packages, empty at the start of each test."""

import asyncio
import socket
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import hypothesis
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.embedded import Servers, servers
from bot.db import engine as database
from bot.db.migrate import migrate
from bot.db.schema import metadata
from bot.motion import connection as motion
from bot.motion.connection import Client
from bot.motion.due import DueQueue
from bot.motion.live import Live

# nothing is timed in a test: whatever a loaded machine makes slow is no fault
hypothesis.settings.register_profile("daogou", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("daogou")

_TRUNCATE = text(f"truncate {', '.join(table.name for table in metadata.sorted_tables)} restart identity cascade")

_WAITING = ("fire", "browser", "cli")
"""Folders whose tests mostly wait for processes of their own, the longest first."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that wait lie evenly among those that compute, so that several workers are busy to the end.

    Workers take whole files in this order (``--dist loadfile --no-loadscope-reorder``); in a file nothing changes.
    """
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    waiting = sorted((path for path in files if path.parent.name in _WAITING), key=lambda path: _WAITING.index(path.parent.name))
    place = {path: n / len(waiting) for n, path in enumerate(waiting)}
    computing = [path for path in files if path not in place]
    place |= {path: n / len(computing) for n, path in enumerate(computing)}
    items[:] = [item for path in sorted(files, key=lambda path: place[path]) for item in files[path]]


class ManualClock:
    """A clock that a test turns by hand."""

    def __init__(self, moment: datetime = datetime(2026, 5, 20, 14, 0, tzinfo=UTC)) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def advance(self, **by: float) -> None:
        """Let time pass: ``clock.advance(minutes=5)``."""
        self.moment += timedelta(**by)


@pytest.fixture(autouse=True)
def no_world(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that calls out of this machine is a bug in the test."""
    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))


def _guarded(real: object) -> object:
    def call(self: socket.socket, address: object) -> object:
        host = address[0] if isinstance(address, tuple) else ""
        if self.family != socket.AF_UNIX and host not in {"127.0.0.1", "::1", "localhost"}:
            raise RuntimeError(f"tests must not call {host}")
        return real(self, address)  # type: ignore[operator]

    return call


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """One pair of servers for the whole run."""
    with ExitStack() as stack:
        with warnings.catch_warnings():
            # The servers outlive whoever started them on purpose, which Python mentions of every Popen.
            warnings.simplefilter("ignore", ResourceWarning)
            running = stack.enter_context(servers(tmp_path_factory.mktemp("servers"), None, None))
        asyncio.run(_hurried(running.database_url))
        yield running


async def _hurried(url: str) -> None:
    """What these tests write is thrown away: the disk need not be waited for. Whoever tests a crash starts servers of their own."""
    async with database.connected(url, pool=1) as engine, engine.connect() as connection:
        alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            await alone.execute(text(f"alter system set {name} = off"))
        await alone.execute(text("select pg_reload_conf()"))


@pytest.fixture(scope="session")
async def migrated(embedded: Servers) -> AsyncIterator[AsyncEngine]:
    """The database at the newest schema; tests take ``engine``, which is also empty."""
    async with database.connected(embedded.database_url) as engine:
        await migrate(engine)
        yield engine


@pytest.fixture
async def engine(migrated: AsyncEngine) -> AsyncEngine:
    """An empty database."""
    async with migrated.begin() as connection:
        await connection.execute(_TRUNCATE)
    return migrated


@pytest.fixture
async def client(embedded: Servers) -> AsyncIterator[Client]:
    """An empty Valkey."""
    async with motion.connected(embedded.redis_url) as connected:
        await connected.flushall()
        yield connected


@pytest.fixture
def queues(client: Client) -> dict[str, DueQueue]:
    """The three due-queues."""
    return {name: DueQueue(client, name) for name in ("turn", "send", "pull")}


@pytest.fixture
async def live(client: Client) -> AsyncIterator[Live]:
    """Live updates that are heard."""
    told = Live(client)
    task = asyncio.create_task(told.run())
    yield told
    task.cancel()
    await asyncio.wait([task])


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands still until it is turned."""
    return ManualClock()
