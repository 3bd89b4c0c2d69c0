"""The seams of understanding: who turns texts into vectors, and who tells labels."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Embedder(Protocol):
    """Sentences as vectors whose inner product says how alike they are."""

    @property
    def dimensions(self) -> int:
        """Length of one vector."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One L2-normalised row of ``dimensions`` numbers for each text, in order."""


class Classifier(Protocol):
    """Sentences to probabilities over a fixed set of labels."""

    @property
    def labels(self) -> Sequence[str]:
        """The labels, in the order of the columns of ``classify``."""

    def classify(self, sentences: Sequence[str]) -> NDArray[np.float64]:
        """One row of calibrated probabilities (sum 1) for each normalised sentence."""
