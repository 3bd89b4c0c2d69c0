"""``daogou serve``: embedded servers, schema, content, and one process for each role, started again when one dies."""

import asyncio
import contextlib
import os
import shutil
import socket
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import content
from bot.adapters import embedded
from bot.adapters.keeping import SeenSound
from bot.content.harvest_writing import keeping_drafts
from bot.content.merging import merged
from bot.db import releases
from bot.db.engine import CONNECTION_FAULTS, connected
from bot.db.migrate import migrate
from bot.errors import ContentError, SettingsError
from bot.motion import connection as motion
from bot.settings import PREFIX, Settings, secret_key
from bot.signals import SUPERVISOR

log = structlog.get_logger(__name__)

_GRACE = 30.0
"""Seconds that roles may take to finish what they began before they are killed."""
_PATIENCE = 20.0
"""Seconds to wait at the start for a database that is still coming up."""
_FOR_GOOD = frozenset(
    {"InvalidPasswordError", "InvalidAuthorizationSpecificationError", "InvalidCatalogNameError", "AuthenticationError"}
)
"""Refusals that waiting does not change: asyncpg's for password, user and database, redis's for its password."""
ROLES = ("web", "worker", "courier")


def plan(settings: Settings) -> tuple[str, ...]:
    """The processes of one tree; more workers by DAOGOU_WORKERS."""
    return ("web", *("worker",) * settings.workers, "courier")


async def prepare(settings: Settings) -> None:
    """Schema and content, before any role starts; several processes may do this at once.

    Raises:
        SettingsError: the database does not come up.
        ContentError: the workspace cannot go live.
    """
    assert settings.database_url is not None
    assert settings.redis_url is not None
    workspace = await asyncio.to_thread(
        content.read_folder, settings.workspace or content.OWN, SeenSound(settings.home, content.OWN)
    )
    redis_url = settings.redis_url.get_secret_value()
    await _waited("Redis", "DAOGOU_REDIS_URL", lambda: _answers(redis_url), motion.MOTION_FAULTS)
    async with connected(settings.database_url.get_secret_value(), pool=2) as engine:
        await _waited("数据库", "DAOGOU_DATABASE_URL", lambda: migrate(engine), CONNECTION_FAULTS)
        await bring_in(engine, workspace)


async def bring_in(engine: AsyncEngine, folder: content.Workspace) -> None:
    """Publish what changed in the folder since the last start; what was published in the console stays.

    Where both do not go together the live content goes on as it is, and the log says what stands in the way.
    """
    live, before = await releases.live(engine), await releases.folder_before(engine)
    note = f"启动时导入 {folder.brand.name}"
    if live is None:
        await releases.import_release(engine, folder, author="serve", note=note)
    elif before is None:
        kept = await asyncio.to_thread(keeping_drafts, folder, await releases.load(engine, live[0]))
        await releases.import_release(engine, kept, author="serve", note=note)
    elif before != folder.files:
        files = await releases.load(engine, live[0])
        try:
            both = await asyncio.to_thread(lambda: content.read_files(merged(before, folder.files, files)))
        except ContentError as error:
            log.exception("folder.refused", release=live[0], problems=[str(one) for one in error.problems[:20]])
            return
        await releases.import_release(engine, both, author="serve", note=f"文件夹有改动，{note}")
    else:
        return
    await releases.keep_folder(engine, folder)


async def _answers(redis_url: str) -> None:
    async with motion.connected(redis_url) as client:
        await client.ping()


async def _waited(name: str, variable: str, do: Callable[[], Awaitable[None]], faults: tuple[type[BaseException], ...]) -> None:
    """Do it as soon as the server answers; one that refuses us for good is not waited for.

    Raises:
        SettingsError: it does not answer, or does not let us in; the reason names no address and no password.
    """
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            return await do()
        except faults as error:
            causes = _causes(error)
            if _FOR_GOOD & set(causes) or time.monotonic() > deadline:
                raise SettingsError(f"连不上{name}（{causes[-1]}），请检查 {variable}") from error
            await asyncio.sleep(0.3)


def _causes(error: BaseException) -> list[str]:
    """Names of an error and of what lies behind it, the deepest last."""
    found: list[str] = []
    behind: BaseException | None = error
    while behind is not None and len(found) < 8:
        found.append(type(behind).__name__)
        behind = getattr(behind, "orig", None) or behind.__cause__
    return found


@dataclass(slots=True)
class _Child:
    role: str
    number: int
    process: asyncio.subprocess.Process
    started: float


class Tree:
    """The processes below ``serve``."""

    def __init__(self, settings: Settings, found: embedded.Servers, environment: Mapping[str, str]) -> None:
        self._settings = settings
        self._found = found
        self._environment = dict(environment)
        self._children: list[_Child] = []
        self._stopping = False

    async def run(self, stop: asyncio.Event) -> None:
        """Keep every role alive until told to stop, then let them finish."""
        for number, role in enumerate(plan(self._settings)):
            self._children.append(await self._start(role, number))
        watchers = [asyncio.create_task(self._watch(n)) for n in range(len(self._children))]
        revival = asyncio.create_task(self._revive())
        await stop.wait()
        self._stopping = True
        revival.cancel()
        await self._end()
        for watcher in watchers:
            watcher.cancel()
        await asyncio.gather(*watchers, revival, return_exceptions=True)

    async def _start(self, role: str, number: int) -> _Child:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "serve", "--role", role, env=self._environment, start_new_session=True
        )
        return _Child(role, number, process, time.monotonic())

    async def _watch(self, n: int) -> None:
        """Start a role again when it ends; one that ends at once is given a breath."""
        while True:
            child = self._children[n]
            code = await child.process.wait()
            if self._stopping:
                return
            lived = time.monotonic() - child.started
            log.warning("role.ended", role=child.role, code=code, lived_s=round(lived, 1))
            await asyncio.sleep(0.1 if lived > 5 else 1.0)
            if not self._stopping:
                self._children[n] = await self._start(child.role, child.number)

    async def _revive(self) -> None:
        """Embedded servers that died are started again."""
        own_postgres, own_valkey = self._settings.database_url is None, self._settings.redis_url is None
        while own_postgres or own_valkey:
            await asyncio.sleep(1)
            with contextlib.suppress(SettingsError, OSError):
                await asyncio.to_thread(
                    embedded.revive, self._settings.home, self._found, postgres=own_postgres, valkey=own_valkey
                )

    async def _end(self) -> None:
        """Accepting stops first, then thinking, then carrying: what was accepted and thought still leaves."""
        for role in ROLES:
            ending = [child for child in self._children if child.role == role]
            for child in ending:
                with contextlib.suppress(ProcessLookupError):
                    child.process.terminate()
            for child in ending:
                try:
                    async with asyncio.timeout(_GRACE):
                        await child.process.wait()
                except TimeoutError:
                    log.exception("role.killed", role=child.role)
                    child.process.kill()


def child_environment(settings: Settings, found: embedded.Servers) -> dict[str, str]:
    """The environment of a role: ours, with the servers' addresses and the key filled in."""
    metrics = settings.home.resolve() / "metrics"
    shutil.rmtree(metrics, ignore_errors=True)
    metrics.mkdir(parents=True, exist_ok=True)
    return {
        **os.environ,
        f"{PREFIX}DATABASE_URL": found.database_url,
        f"{PREFIX}REDIS_URL": found.redis_url,
        f"{PREFIX}SECRET_KEY": secret_key(settings).decode(),
        f"{PREFIX}HOME": str(settings.home.resolve()),
        "PROMETHEUS_MULTIPROC_DIR": str(metrics),
        "PYTHONUNBUFFERED": "1",
        SUPERVISOR: str(os.getpid()),
        **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
    }


def with_servers(settings: Settings, found: embedded.Servers) -> Settings:
    """The settings with the addresses filled in."""
    return settings.model_copy(update={"database_url": SecretStr(found.database_url), "redis_url": SecretStr(found.redis_url)})


def check_port(host: str, port: int) -> None:
    """Nobody else may listen where our door will be.

    Raises:
        SettingsError: somebody does, or the address is not of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingsError(
                f"{host}:{port} 不能监听（{error.strerror}），可能已被别的程序占用，请改 DAOGOU_LISTEN"
            ) from error


def check_home(home: Path) -> None:
    """DAOGOU_HOME must be a folder that we may write to.

    Raises:
        SettingsError: it is not.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        probe = home / ".probe"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        raise SettingsError(f"DAOGOU_HOME={home} 不能写入：{error.strerror}") from error
