"""Rasa as a program beside us: its own Python 3.10 environment, one folder with project and models, one process that serves."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.keeping import alone, prune, write_whole
from bot.content import OWN
from bot.errors import PeerError
from bot.peers.rasa_workspace import CONFIG, DATA, fingerprint

VERSION = "3.6.21"
HOST, PORT = "127.0.0.1", 5005
ENVIRONMENT = ".venv-rasa"
"""Where `make rasa` installs it, inside the checkout."""
_OWN_VARIABLE = "TEST_RASA"
"""A ``rasa`` program elsewhere. No ``DAOGOU_…`` name: those are our settings, and an unknown one stops the start."""
_KEEP = 2
_PATIENCE = 180.0
"""Seconds that a server may take to load its model (seen: 15 s)."""
_QUIET: Mapping[str, str] = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONWARNINGS": "ignore",
    "PYTHONUNBUFFERED": "1",
    "LOG_LEVEL_LIBRARIES": "ERROR",
}
_TAIL = 15
"""Lines of Rasa's own words that stand in an error."""

Say = Callable[[str], None]


def program(environ: Mapping[str, str] | None = None, checkout: Path = OWN) -> Path | None:
    """The ``rasa`` program; None where it is not installed."""
    told = (os.environ if environ is None else environ).get(_OWN_VARIABLE)
    found = Path(told) if told else checkout / ENVIRONMENT / "bin" / "rasa"
    return found if found.is_file() and os.access(found, os.X_OK) else None


def environment(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """What Rasa is started with: no telemetry, few words, none of our own settings."""
    given = os.environ if environ is None else environ
    kept = {name: value for name, value in given.items() if not name.startswith(("DAOGOU_", "RASA_", "PYTHON", "VIRTUAL_ENV"))}
    return {**kept, **_QUIET}


def trained(rasa: Path, folder: Path, files: Mapping[str, bytes], say: Say) -> Path:
    """The model of a project, trained now if nobody has trained it yet; ``folder`` holds project and models.

    ``say`` is told every line of Rasa's output, its progress bar included.

    Raises:
        PeerError: Rasa did not train; with its last lines.
    """
    name = f"daogou-{fingerprint(files, VERSION)}"
    model = folder / "models" / f"{name}.tar.gz"
    with alone(folder / "training.lock"):
        # whoever held the lock before us may have trained this very model
        if model.is_file():
            os.utime(model)
        else:
            _laid(folder, files)
            _made(rasa, folder, f"making-{name}", say).replace(model)
            prune(folder / "models", "daogou-*.tar.gz", _KEEP)
    return model


def _made(rasa: Path, folder: Path, name: str, say: Say) -> Path:
    """The model of the project that lies in the folder; raises PeerError."""
    command = [str(rasa), "train", "nlu", "--nlu", DATA, "--config", CONFIG, "--out", "models", "--fixed-model-name", name]
    tail = deque[str](maxlen=_TAIL)

    def tell(line: str) -> None:
        tail.append(line)
        say(line)

    code = _watched(command, folder, tell)
    made = folder / "models" / f"{name}.tar.gz"
    # Rasa may end with 0 without having trained anything: only the model itself is proof
    if code or not made.is_file():
        raise PeerError("Rasa 没有训练成：\n" + "\n".join(tail), "untrained")
    return made


def _laid(folder: Path, files: Mapping[str, bytes]) -> None:
    """The project and nothing else: what lay in its folders before would be learnt as well."""
    for top in {path.partition("/")[0] for path in files if "/" in path} | {DATA}:
        shutil.rmtree(folder / top, ignore_errors=True)
    for path, data in files.items():
        write_whole(folder / path, data)


def _watched(command: list[str], folder: Path, tell: Say) -> int:
    """Run to the end; its exit status. A progress bar's carriage returns count as ends of lines."""
    process = subprocess.Popen(  # noqa: S603  (our own words)
        command, cwd=folder, env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert process.stdout is not None
    try:
        with process.stdout as out:
            rest = b""
            while chunk := os.read(out.fileno(), 65_536):
                *lines, rest = (rest + chunk).replace(b"\r", b"\n").split(b"\n")
                for line in lines:
                    if text := line.decode("utf-8", "replace").strip():
                        tell(text)
        return process.wait()
    finally:
        _ended(process)


def serving_command(rasa: Path, model: Path, port: int = PORT) -> list[str]:
    """What serves a model on loopback."""
    return [str(rasa), "run", "--enable-api", "--model", str(model.resolve()), "--port", str(port), "-i", HOST]


def taken(port: int, host: str = HOST) -> bool:
    """Whether somebody listens there already."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


@dataclass(frozen=True, slots=True)
class Serving:
    """A Rasa server that answers."""

    url: str
    pid: int
    seconds: float
    """From its start until it answered."""


@contextmanager
def serving(rasa: Path, model: Path, cores: frozenset[int] = frozenset()) -> Iterator[Serving]:
    """A server on a free port of loopback for as long as the block lasts; ``cores`` it is held to, empty for all.

    Raises:
        PeerError: it ended, or did not answer in time; with its last lines.
    """
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "log").open("w+b") as log:
        port = _free()
        begun = time.monotonic()
        process = subprocess.Popen(  # noqa: S603  (our own words)
            serving_command(rasa, model, port),
            cwd=folder, env=environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        try:
            if cores:
                os.sched_setaffinity(process.pid, cores)
            while not taken(port):
                if process.poll() is not None or time.monotonic() - begun > _PATIENCE:
                    raise PeerError("Rasa 没有启动起来：\n" + _last(log.name), "unstarted")
                time.sleep(0.05)
            yield Serving(f"http://{HOST}:{port}", process.pid, time.monotonic() - begun)
        finally:
            _ended(process)


def _ended(process: "subprocess.Popen[bytes]") -> None:
    """Stop it, politely at first."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _last(path: str) -> str:
    return "\n".join(Path(path).read_text("utf-8", "replace").splitlines()[-_TAIL:])


def _free() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
