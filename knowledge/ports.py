"""The seams of the knowledge room: what it needs from outside, and what its retrievers promise."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
"""One row a text; rows have length 1."""

Asked = TypeVar("Asked", contravariant=True)  # noqa: PLC0105 - a question goes in; the name is read in signatures
"""What a retriever is asked with."""


class Embedder(Protocol):
    """Turns sentences into vectors whose inner product says how alike they are in meaning."""

    @property
    def dimensions(self) -> int:
        """Length of each vector."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """A matrix of len(texts) × dimensions, rows normalised to length 1; deterministic."""
        ...


class Retriever(Protocol[Asked]):
    """Scores every stored phrasing against a question, given as its terms or as its vector."""

    def scores(self, asked: Asked, /) -> Vectors:
        """One score a phrasing, in the order in which they were given; at most 1, higher is nearer, deterministic."""
        ...
