"""What the larger encoders make of the texts: their vectors, kept under ``.daogou/teaching``, and targets of our size.

A teacher's vectors are centred first (all its sentences point one way a little) and turned onto their main axes: Mu & Viswanath
2018, All-but-the-Top (ICLR); Reimers' recipe for smaller students is the same projection.
"""

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.adapters.encoder import Engine, Vectors, text_key
from bot.adapters.keeping import write_whole

Say = Callable[[str], None]
_BLOCK, _CHUNK = 8192, 32
"""Texts between two savings; texts in one pass of a teacher."""


def taught(teacher: Engine, texts: Sequence[str], folder: Path, say: Say) -> Vectors:
    """One row a text; what the teacher was asked before comes out of ``folder``, the rest is asked and kept."""
    path = folder / f"{teacher.name}.npz"
    known = _kept(path)
    keys = [text_key(text) for text in texts]
    fresh = list({key: text for key, text in zip(keys, texts, strict=True) if key not in known}.items())
    for start in range(0, len(fresh), _BLOCK):
        block = sorted(fresh[start : start + _BLOCK], key=lambda one: len(one[1]))  # alike in length: less padding
        for at in range(0, len(block), _CHUNK):
            chunk = block[at : at + _CHUNK]
            rows = teacher.encode([text for _, text in chunk])
            known.update(zip((key for key, _ in chunk), np.asarray(rows, np.float16), strict=True))
        _keep(path, known)
        say(f"{teacher.name}: {min(start + _BLOCK, len(fresh))} of {len(fresh)} texts")
    return np.stack([known[key] for key in keys]).astype(np.float32)


def shown(teacher: Engine, texts: Sequence[str], folder: Path, first: int) -> NDArray[np.intp]:
    """Places of the first so many texts, and of those that the teacher was asked before."""
    known = _kept(folder / f"{teacher.name}.npz").keys()
    return np.array([place for place, text in enumerate(texts) if place < first or text_key(text) in known], np.intp)


def target(rows: Vectors, dimensions: int) -> Vectors:
    """Centred rows on their main axes, of length 1."""
    centred = _unit(rows - rows.mean(0))
    some = centred[::3]
    _, axes = np.linalg.eigh((some.T @ some).astype(np.float64) / len(some))
    main = np.ascontiguousarray(axes[:, ::-1][:, :dimensions]).astype(np.float32)
    return _unit(centred @ main)


def _unit(rows: Vectors) -> Vectors:
    made: Vectors = rows / (np.linalg.norm(rows, axis=1, keepdims=True) + 1e-6)
    return made


def _kept(path: Path) -> dict[bytes, "np.ndarray[tuple[int, ...], np.dtype[np.float16]]"]:
    if not path.exists():
        return {}
    with np.load(path) as file:
        return dict(zip((key.tobytes() for key in file["keys"]), file["rows"], strict=True))


def _keep(path: Path, known: dict[bytes, "np.ndarray[tuple[int, ...], np.dtype[np.float16]]"]) -> None:
    data = io.BytesIO()
    keys = np.frombuffer(b"".join(known), np.uint8).reshape(len(known), -1)
    np.savez(data, keys=keys, rows=np.stack(list(known.values())))
    write_whole(path, data.getvalue())
