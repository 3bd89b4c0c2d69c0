"""Sentences as vectors: whichever encoder was chosen, behind one face that remembers, and is safe between threads.

The makes of encoders are in ``bot.adapters.encoding``; each is imported only where it was chosen.
"""

import hashlib
import os
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""One row a text; rows have length 1."""
_CHUNK = 32
"""Texts in one pass: beyond it nothing gets faster and memory grows."""
_LONGEST = 2_000
"""Characters of a text that are encoded; more adds time and no meaning."""


class Engine(Protocol):
    """One make of encoder. `Encoder` calls ``load`` and ``encode`` one at a time, and hands over clean, bounded texts.

    ``name`` and ``dimensions`` are asked from any thread at any time; where they are not known before, asking loads.
    """

    @property
    def name(self) -> str:
        """Which model it is, weights and version included: wherever vectors could come out otherwise, the name is another."""

    @property
    def dimensions(self) -> int:
        """Length of one vector."""

    def load(self) -> None:
        """Make ready to encode; a second call does nothing. Raises SettingsError where the model cannot be had."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row of ``dimensions`` numbers a text, in order; at most a few dozen texts at once."""


def one_thread() -> None:
    """Let whatever computes use one thread from now on: processes are how serving uses more cores."""
    from threadpoolctl import threadpool_limits  # noqa: PLC0415  (only serving processes need it)

    threadpool_limits(limits=1, user_api="blas")
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # for engines that are loaded later


class Encoder:
    """Encodes texts, keeps the latest ones, and loads its engine at the first text that it does not know. Thread-safe."""

    def __init__(self, engine: Engine, capacity: int = 8192) -> None:
        """``capacity`` texts are kept: 4 bytes × dimensions each (2 KB at 512)."""
        self._engine = engine
        self._capacity = capacity
        self._kept: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = threading.RLock()

    @property
    def dimensions(self) -> int:
        """Length of one vector."""
        return self._engine.dimensions

    @property
    def identity(self) -> str:
        """What vectors and models are kept under: whatever another encoder made has another identity."""
        return f"{self._engine.name}/{self._engine.dimensions}"

    def load(self) -> None:
        """Load the engine now rather than at the first text; raises SettingsError where that cannot be done."""
        with self._lock:
            self._engine.load()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row for each text, in order; each different text that is not kept is encoded once."""
        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        with self._lock:
            found = self._found(texts)
            return np.stack([found[text] for text in texts])

    def warm(self, texts: Iterable[str]) -> None:
        """Encode what is not kept yet, so that later single look-ups find it ready."""
        wanted = list(dict.fromkeys(texts))[: self._capacity]
        with self._lock:
            self._found(wanted)

    def _found(self, texts: Iterable[str]) -> Mapping[str, Vectors]:
        wanted = dict.fromkeys(texts)
        known = {text: row for text in wanted if (row := self._kept.get(text)) is not None}
        for text in known:
            self._kept.move_to_end(text)
        fresh = [text for text in wanted if text not in known]
        for start in range(0, len(fresh), _CHUNK):
            chunk = fresh[start : start + _CHUNK]
            known.update(zip(chunk, self._encoded(chunk), strict=True))
        self._keep(fresh, known)
        return known

    def _encoded(self, texts: Sequence[str]) -> Vectors:
        self._engine.load()
        # a model that makes no number of an empty text makes nothing of it: a row of zeros is like no other
        rows = np.nan_to_num(np.asarray(self._engine.encode([_readable(text) for text in texts]), np.float32))
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        normalised: Vectors = rows / np.maximum(lengths, np.float32(1e-9))
        return normalised

    def _keep(self, texts: Iterable[str], rows: Mapping[str, Vectors]) -> None:
        for text in texts:
            # a copy: a row that is a view would keep its whole batch alive
            self._kept[text] = rows[text].copy()
        while len(self._kept) > self._capacity:
            self._kept.popitem(last=False)


def _readable(text: str) -> str:
    """Of bounded length, without half characters that a broken client sent, and without a NUL that would end it for C."""
    return text[:_LONGEST].replace("\0", " ").encode("utf-8", "replace").decode()


def text_key(text: str) -> bytes:
    """16 bytes that stand for a text in a file of vectors."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


class Embeds(Protocol):
    """Whatever makes vectors."""

    @property
    def dimensions(self) -> int:
        """Length of one vector."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row for each text, in order."""


class Shelved:
    """An embedder that knows many texts from an earlier run and asks the encoder for the rest.

    ``forget`` drops what it knows once a room is built; the room goes on with the encoder alone.
    """

    def __init__(self, encoder: Embeds, known: Mapping[bytes, Vectors] | None = None) -> None:
        """``known`` maps ``text_key`` of a text to its row."""
        self._encoder = encoder
        self._known: dict[bytes, Vectors] | None = dict(known or {})
        self.fresh = 0
        """How many texts had to be encoded."""

    @property
    def dimensions(self) -> int:
        """Length of one vector."""
        return self._encoder.dimensions

    @property
    def known(self) -> Mapping[bytes, Vectors]:
        """All rows that were known or asked for; empty after ``forget``."""
        return self._known or {}

    def forget(self) -> None:
        """From now on every text is the encoder's business."""
        self._known = None

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row for each text, in order."""
        if self._known is None or not texts:
            return self._encoder.embed(texts)
        keys = [text_key(text) for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        if missing:
            self.fresh += len(missing)
            self._known.update(zip(missing, self._encoder.embed(list(missing.values())), strict=True))
        return np.stack([self._known[key] for key in keys])
