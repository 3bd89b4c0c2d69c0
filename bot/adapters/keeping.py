"""Files that we keep for ourselves under DAOGOU_HOME: written whole or not at all, and not more of them than are of use."""

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
"""Where the program lies; what is kept in its own ``.daogou`` is found from whatever folder a command is run."""


def folders(home: Path) -> tuple[Path, ...]:
    """Where kept files may be: the home's own folder first, the only one that is written to."""
    return tuple(dict.fromkeys((home.resolve() / "models", CHECKOUT / ".daogou" / "models")))


def held(path: Path) -> bool:
    """Whether another process has the lock file at this moment."""
    try:
        with path.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold a lock file, so that of several processes one does the work; without it where the folder cannot be written to."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a")
    except OSError:
        yield
        return
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that nobody ever sees half of it; raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def prune(folder: Path, pattern: str, keep: int) -> None:
    """Remove all but the ``keep`` files that were used last."""
    with suppress(OSError):
        found = sorted(folder.glob(pattern), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in found[keep:]:
            path.unlink(missing_ok=True)


class SeenSound:
    """Content that was found sound, as empty files in ``home/models``; another version of the program looks again."""

    def __init__(self, home: Path, program: Path) -> None:
        """``program`` is the folder whose code decides what is sound."""
        self._folder = home / "models"
        self._program = program

    def sound(self, digest: str) -> bool:
        """Whether this content was found sound by this version of the program."""
        return self._path(digest).exists()

    def found_sound(self, digest: str) -> None:
        """Remember it; a home that cannot be written to forgets it."""
        with suppress(OSError):
            write_whole(self._path(digest), b"")
            prune(self._folder, "sound-*", 50)

    def _path(self, digest: str) -> Path:
        return self._folder / f"sound-{self._version()}-{digest}"

    def _version(self) -> str:
        """Sizes and times of the code: any change of it counts, and to look costs a millisecond."""
        code = hashlib.blake2b(digest_size=8)
        for room in ("bot/content", "bot/handlers", "bot", "intents", "knowledge", "recommender", "scripts"):
            for path in sorted((self._program / room).glob("*.py")):
                told = path.stat()
                code.update(f"{path.name}{told.st_size}{told.st_mtime_ns}".encode())
        return code.hexdigest()
