"""Hybrid retrieval: keyword and vector scores added, best phrasing of each entry kept.

A convex combination of normalised scores rather than of ranks (Bruch, Gai & Ingber, "An Analysis of Fusion Functions
for Hybrid Retrieval", ACM TOIS 2023): it keeps how *near* something is, which the calibration lives on.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from knowledge.keyword import KeywordIndex
from knowledge.ports import Retriever, Vectors
from knowledge.vector import VectorIndex
from knowledge.words import Reading

_LEXICAL: Final = 0.5
"""Share of the keyword score. Recall@1 on two public sets is flat between 0.3 and 0.6."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry at its best phrasing."""

    entry: int
    """Position of the entry."""
    row: int
    """Position of its phrasing that is nearest to the question."""
    dense: float
    fused: float
    second: float
    """Fused score of its second-best phrasing; 0 where it has only one."""
    mean: float
    """Mean cosine of its phrasings."""


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """Scores of every phrasing for one question; `fused` is what ranks."""

    lexical: Vectors
    dense: Vectors
    fused: Vectors


class HybridIndex:
    """All phrasings of a base, those of one entry side by side; immutable."""

    def __init__(self, readings: Sequence[Reading], vectors: Vectors, owners: Sequence[int]) -> None:
        """`owners`: for each phrasing the position of its entry, ascending from 0 without gaps."""
        self._keyword: Retriever[Sequence[str]] = KeywordIndex([reading.terms for reading in readings])
        self._vector: Retriever[Vectors] = VectorIndex(vectors)
        _, starts = np.unique(np.array(owners, dtype=np.int64), return_index=True)
        self._starts = starts
        self._ends = np.append(starts[1:], len(owners))

    def match(self, question: Reading, vector: Vectors) -> Matches:
        """How near every phrasing is to the question, by words and by meaning."""
        lexical, dense = self._keyword.scores(question.terms), self._vector.scores(vector)
        return Matches(lexical, dense, np.float32(_LEXICAL) * lexical + np.float32(1 - _LEXICAL) * dense)

    def best(self, matches: Matches, allowed: Mask, limit: int, without: npt.NDArray[np.int64] | None = None) -> list[Candidate]:
        """The best `limit` allowed entries, best first; `without` hides phrasings, as calibration needs."""
        fused = matches.fused
        if without is not None:
            fused = fused.copy()
            fused[without] = -np.inf
        best = np.maximum.reduceat(fused, self._starts)
        best[~allowed] = -np.inf
        return [self._candidate(int(at), matches, fused) for at in _top(best, limit) if best[at] > -np.inf]

    def _candidate(self, entry: int, matches: Matches, fused: Vectors) -> Candidate:
        # A handful of numbers: plain Python is faster here than arrays.
        start, end = int(self._starts[entry]), int(self._ends[entry])
        near, dense = fused[start:end].tolist(), matches.dense[start:end].tolist()
        ranked = sorted((row for row in range(len(near)) if near[row] > -math.inf), key=lambda row: -near[row])
        best = ranked[0]
        return Candidate(
            entry,
            start + best,
            dense[best],
            near[best],
            max(near[ranked[1]], 0.0) if len(ranked) > 1 else 0.0,
            sum(dense[row] for row in ranked) / len(ranked),
        )


def _top(scores: Vectors, limit: int) -> npt.NDArray[np.int64]:
    """Positions of the best `limit`, best first, ties by position: same input, same order."""
    if len(scores) <= limit:
        return np.argsort(-scores, kind="stable")
    edge = np.partition(scores, len(scores) - limit)[len(scores) - limit]
    chosen = np.flatnonzero(scores >= edge)
    return chosen[np.argsort(-scores[chosen], kind="stable")][:limit]
