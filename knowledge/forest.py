"""Boosted regression trees as arrays: what scikit-learn learnt, evaluated by numpy alone.

Gradient boosting after Friedman, "Greedy Function Approximation: A Gradient Boosting Machine" (Annals of Statistics 29, 2001).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """Trees one after the other; a leaf leads to itself, so that every walk may take the same number of steps."""

    start: float
    """Log-odds before any tree."""
    roots: npt.NDArray[np.int32]
    """Where each tree begins."""
    feature: npt.NDArray[np.int16]
    threshold: npt.NDArray[np.float32]
    """Up to it a walk goes left."""
    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    value: npt.NDArray[np.float32]
    """Log-odds that a leaf adds."""
    depth: int
    """Steps of the longest walk."""

    @classmethod
    def of(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> "Forest":
        """From the arrays by the names of the fields. ValueError where they do not belong together."""
        nodes = len(arrays["feature"])
        if any(len(arrays[name]) != nodes for name in ("threshold", "left", "right", "value")):
            raise ValueError("the arrays of a forest differ in length")
        links = np.concatenate([arrays["left"], arrays["right"], arrays["roots"]])
        if not nodes or links.min() < 0 or links.max() >= nodes or not np.isfinite(arrays["value"]).all():
            raise ValueError("a forest leads nowhere")
        return cls(
            float(arrays["start"]),
            arrays["roots"].astype(np.int32),
            arrays["feature"].astype(np.int16),
            arrays["threshold"].astype(np.float32),
            arrays["left"].astype(np.int32),
            arrays["right"].astype(np.int32),
            arrays["value"].astype(np.float32),
            int(arrays["depth"]),
        )

    def logits(self, features: Numbers) -> Numbers:
        """The log-odds of each row."""
        rows = np.arange(len(features))[:, None]
        seen = features.astype(np.float32)
        at = np.repeat(self.roots[None, :], len(features), axis=0)
        for _ in range(self.depth):
            at = np.where(seen[rows, self.feature[at]] <= self.threshold[at], self.left[at], self.right[at])
        found: Numbers = self.value[at].sum(axis=1, dtype=np.float64) + self.start
        return found
