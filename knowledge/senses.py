"""What helps to read a question beyond its sentence vector: what single words mean, and what kind of matter it is.

Both come from outside and both may be missing: then only the words themselves count.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from knowledge.ports import Embedder, Vectors

Topic = npt.NDArray[np.float32]
"""Square roots of the probabilities of each topic: the product of two is their Bhattacharyya coefficient, 1 for the same."""
Rows = npt.NDArray[np.int32]

_REMEMBERED: Final = 4096


class Topics(Protocol):
    """Says what kind of matter sentences are: orders, stores, small talk, nothing of ours."""

    @property
    def labels(self) -> Sequence[str]:
        """The topics, in the order of the columns."""
        ...

    def classify(self, sentences: Sequence[str]) -> npt.NDArray[np.float64]:
        """Probabilities, sentences × topics, each row summing to 1; deterministic."""
        ...


@dataclass(frozen=True, slots=True)
class Senses:
    """Two helpers that understand more than characters."""

    words: Embedder
    """Encodes single words."""
    topics: Topics
    elsewhere: str = ""
    """The topic of what is none of the shop's business; empty where there is none."""
    idle: tuple[str, ...] = ()
    """Topics that ask nothing: greetings, thanks, small talk."""

    def topic(self, sentences: Sequence[str]) -> Topic:
        """Sentences × topics, as square roots."""
        return np.sqrt(self.topics.classify(sentences)).astype(np.float32)

    def idleness(self, topic: Topic) -> tuple[float, float]:
        """How likely a sentence of this topic is none of the shop's business, and how likely it asks nothing."""
        columns = _columns(tuple(self.topics.labels))
        share = topic.astype(np.float64) ** 2
        outside = float(share[columns[self.elsewhere]]) if self.elsewhere in columns else 0.0
        return outside, float(sum(share[columns[name]] for name in self.idle if name in columns))


@lru_cache(maxsize=8)
def _columns(labels: tuple[str, ...]) -> Mapping[str, int]:
    return {label: at for at, label in enumerate(labels)}


class Lexicon:
    """Vectors of the words that a base uses, each kept once (float16, half a KB at 256 dimensions); safe between threads."""

    def __init__(self, words: Embedder) -> None:
        """`words` encodes single words."""
        self._words = words
        self._places: dict[str, int] = {}
        self._matrix = np.zeros((0, words.dimensions), np.float16)
        self._lock = threading.Lock()
        self._asked = lru_cache(maxsize=_REMEMBERED)(self._one)

    def places(self, words: Sequence[str]) -> Rows:
        """Where the words' vectors stand; new ones are encoded and kept."""
        with self._lock:
            fresh = [word for word in dict.fromkeys(words) if word not in self._places]
            if fresh:
                for at, word in enumerate(fresh, len(self._places)):
                    self._places[word] = at
                self._matrix = np.concatenate((self._matrix, self._words.embed(fresh).astype(np.float16)))
            return np.array([self._places[word] for word in words], dtype=np.int32)

    def alike(self, asked: Sequence[str], places: Rows) -> Vectors:
        """Cosines of asked words × kept words, negative ones as 0; what is asked is not kept."""
        if not asked or not len(places):
            return np.zeros((len(asked), len(places)), np.float32)
        rows = np.stack([self._asked(word) for word in asked])
        cosines: Vectors = np.maximum(rows @ self._matrix[places].astype(np.float32).T, np.float32(0.0))
        return cosines

    def _one(self, word: str) -> Vectors:
        row: Vectors = self._words.embed([word])[0]
        return row
