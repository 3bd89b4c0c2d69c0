"""What helps a knowledge base to understand: an encoder that was taught to answer, single words, and kinds of matter.

`python -m bot.teaching.answers` makes the weights: a matrix that moves a sentence's vectors (the chosen encoder's beside the
static encoder's) so that questions lie near the phrasings and answers that answer them. Encoders that it was not made for
serve as they are.
"""

import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bot.adapters.encoder import Encoder, Vectors
from bot.adapters.static import StaticEncoder
from bot.errors import SettingsError
from intents.packing import BROKEN
from knowledge import Judge
from knowledge.forest import Forest

WEIGHTS: Final = Path(__file__).parent / "weights" / "answering.npz"
"""A matrix an encoder, by its name without version (dimensions of both × the same, float16), and the judge's numbers."""
FOREST: Final = tuple(field.name for field in fields(Forest))


class Answering:
    """An embedder for knowledge bases; safe between threads."""

    def __init__(self, encoder: Encoder, words: StaticEncoder, matrix: NDArray[np.float32]) -> None:
        """`matrix`: (d₁ + d₂) × (d₁ + d₂), what is added to both vectors side by side."""
        self._encoder, self._words, self._matrix = encoder, words, matrix

    @property
    def dimensions(self) -> int:
        """Length of one vector."""
        return int(self._matrix.shape[1])

    @property
    def identity(self) -> str:
        """What vectors are kept under."""
        digest = hashlib.blake2b(self._matrix.tobytes(), digest_size=6).hexdigest()
        return f"{self._encoder.identity}+{self._words.name}+{digest}"

    def load(self) -> None:
        """Load both encoders now."""
        self._encoder.load()
        self._words.load()

    def warm(self, texts: Iterable[str]) -> None:
        """Encode what is not kept yet."""
        self._encoder.warm(texts)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row of length 1 for each text, in order."""
        return moved(beside(self._encoder.embed(texts), self._words.encode(list(texts))), self._matrix)


class Words:
    """Single words as the static encoder knows them."""

    def __init__(self, engine: StaticEncoder) -> None:
        """`engine` is loaded at the first word."""
        self._engine = engine

    @property
    def dimensions(self) -> int:
        """Length of one vector."""
        return self._engine.dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row of length 1 a word; of zeros where nothing of it is known."""
        return self._engine.encode(list(texts))


def beside(one: Vectors, other: Vectors) -> Vectors:
    """Two vectors a text as one, side by side."""
    return np.concatenate((one, other), axis=1)


def moved(vectors: Vectors, matrix: NDArray[np.float32]) -> Vectors:
    """Vectors moved to where answers lie, of length 1 again; a row of zeros stays."""
    found = vectors + vectors @ matrix
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    return np.asarray(found / np.maximum(lengths, np.float32(1e-9)), dtype=np.float32)


@cache
def static() -> StaticEncoder:
    """The static encoder that the program ships, once a process."""
    return StaticEncoder()


@dataclass(frozen=True, slots=True)
class Understanding:
    """An encoder that was taught to answer, and the judge that was taught with it."""

    embedder: Answering
    judge: Judge
    digest: str
    """Another one for other weights."""


def taught(encoder: Encoder, path: Path = WEIGHTS) -> Understanding | None:
    """What answers under an encoder; None for one that was never taught.

    Raises SettingsError where the weights are broken.
    """
    if not path.is_file():
        return None
    try:
        arrays, digest = _arrays(path)
        matrix = arrays.get(encoder.identity.partition("-")[0].partition("/")[0])
        if matrix is None or matrix.shape[0] != encoder.dimensions + static().dimensions:
            return None
        judge = Judge(tuple(arrays["order"].tolist()), Forest.of({name: arrays[name] for name in FOREST}))
    except (ValueError, *BROKEN) as error:
        raise SettingsError(f"知识库的权重文件 {path} 坏了，请恢复它，或者用 python -m bot.teaching.answers 重新训练") from error
    return Understanding(Answering(encoder, static(), matrix.astype(np.float32)), judge, digest)


def written(matrices: Mapping[str, NDArray[np.float32]], judge: Judge) -> bytes:
    """The weights as a file; the judge's second model must be a `Forest`."""
    forest = {name: np.asarray(getattr(judge.sure, name)) for name in FOREST}
    arrays: dict[str, Any] = {**{name: matrix.astype(np.float16) for name, matrix in matrices.items()}, **forest}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, order=np.array(judge.order), **arrays)
    return buffer.getvalue()


@cache
def _arrays(path: Path) -> tuple[Mapping[str, NDArray[Any]], str]:
    data = path.read_bytes()
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}, hashlib.blake2b(data, digest_size=8).hexdigest()
