"""The seams of the knowledge room: what it needs from outside, and what its retrievers promise."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from knowledge.words import Reading

Vectors = npt.NDArray[np.float32]
"""One row a text; rows have length 1."""


class Embedder(Protocol):
    """Turns sentences into vectors whose inner product says how alike they are in meaning."""

    @property
    def dimensions(self) -> int:
        """Length of each vector."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """A matrix of len(texts) × dimensions, rows normalised to length 1; deterministic."""
        ...


class Retriever(Protocol):
    """Scores every stored phrasing against a question."""

    def scores(self, question: Reading, vector: Vectors) -> Vectors:
        """One score a phrasing, in the order in which they were given; about 0…1, higher is nearer."""
        ...
