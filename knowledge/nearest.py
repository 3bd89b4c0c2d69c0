"""The entries nearest to a question, by words and by meaning: exact where that is quick, from a shortlist where it is not.

A convex combination of normalised scores rather than of ranks (Bruch, Gai & Ingber, "An Analysis of Fusion Functions
for Hybrid Retrieval", ACM TOIS 2023): it keeps how *near* something is, which the calibration lives on. Both makes give
the same scores; `Approximate` compares meaning only for the phrasings that lead by words or by (clustered) meaning, so
that all it can lose is an entry which leads in neither. The lexical half is exact in both: BM25 over a million short
texts takes two milliseconds, less than any index library needs for it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from knowledge.clustered import ClusteredVectors, Rows, Visible
from knowledge.keyword import KeywordIndex, Scores
from knowledge.ports import Vectors
from knowledge.vector import VectorIndex

EXACT: Final = 2**24
"""Numbers in the matrix of vectors up to which every phrasing is compared: 32 768 phrasings at 512 dimensions, 21 845 at
768. One core reads them in some 8 ms, and in less than 30 where it is shared; 100 000 phrasings take it beyond.
"""
_LEXICAL: Final = 0.5
"""Share of the keyword score. Recall@1 on two public sets is flat between 0.3 and 0.6."""
_SHORTLIST: Final = 200
"""Phrasings that are shortlisted by words, and again by meaning."""
_LONGER: Final = 2048
"""The same where the first shortlist held too few entries."""
_BLOCK: Final = 64

Mask = npt.NDArray[np.bool_]
Owners = npt.NDArray[np.int32]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The nearest entries, best first, ties by position; everything but `words` holds a number an entry."""

    entries: Rows
    """Positions of the entries."""
    rows: Rows
    """The phrasing of each that is nearest to the question."""
    lexical: Numbers
    """Keyword score of that phrasing, 0…1."""
    dense: Numbers
    """Cosine of that phrasing."""
    fused: Numbers
    """What ranks: the two mixed."""
    second: Numbers
    """Fused score of the second-best phrasing, at least 0; 0 where there is only one."""
    mean: Numbers
    """Mean cosine of all its phrasings that are not hidden."""
    words: float
    """The best keyword score of any phrasing of an allowed entry; 0 where no word is known."""


class Candidates(Protocol):
    """The phrasings of a base, ready to be asked; immutable, deterministic."""

    def nearest(
        self, terms: Sequence[str], vector: Vectors, allowed: Mask | None, limit: int, without: Rows | None = None
    ) -> Found:
        """The best `limit` entries for a question given as index terms and as a vector of length 1.

        `allowed`: for each entry whether it may be found, None for all; `without`: phrasings to be overlooked. An entry
        without a phrasing left is not found. Empty only where nothing may be found.
        """
        ...

    def vectors(self, rows: Rows) -> Vectors:
        """The vectors of some phrasings, so that nobody else has to keep them; up to 10⁻³ from what was given."""
        ...


class _Phrasings:
    """Words and owners of all phrasings, which every make needs."""

    def __init__(self, terms: Iterable[Sequence[str]], owners: Owners) -> None:
        self.keyword = KeywordIndex(terms)
        self.owners = owners
        self.starts = np.flatnonzero(np.diff(owners, prepend=-1))
        self.ends = np.append(self.starts[1:], len(owners))

    def rows_of(self, entries: Rows) -> Rows:
        """All phrasings of these entries, entry by entry."""
        sizes = self.ends[entries] - self.starts[entries]
        before = np.cumsum(sizes) - sizes
        rows: Rows = np.arange(int(sizes.sum())) + np.repeat(self.starts[entries] - before, sizes)
        return rows

    def visible(self, allowed: Mask | None, without: Rows | None) -> Visible | None:
        """For each phrasing whether it may be found; None where all may."""
        if allowed is not None and allowed.all():
            allowed = None
        if allowed is None and without is None:
            return None
        seen: Visible = np.ones(len(self.owners), dtype=np.bool_) if allowed is None else allowed[self.owners]
        if without is not None:
            seen[without] = False
        return seen

    def described(self, rows: Rows, lexical: Scores, dense: Scores, limit: int, words: float) -> Found:
        """The best `limit` of the entries whose (visible) phrasings these are; scores are those of the rows."""
        fused = mixed(lexical, dense)
        ranked = np.lexsort((rows, -fused, self.owners[rows]))
        owners = self.owners[rows[ranked]]
        firsts = np.flatnonzero(np.diff(owners, prepend=-1))
        sizes = np.diff(firsts, append=len(ranked))
        next_best = np.where(sizes > 1, fused[ranked[np.minimum(firsts + 1, len(ranked) - 1)]], 0.0) if len(ranked) else sizes
        mean = np.add.reduceat(dense[ranked].astype(np.float64), firsts) / sizes if len(ranked) else sizes
        first = ranked[firsts]
        best = np.lexsort((owners[firsts], -fused[first]))[:limit]
        first = first[best]
        return Found(
            owners[firsts][best].astype(np.int64),
            rows[first],
            lexical[first].astype(np.float64),
            dense[first].astype(np.float64),
            fused[first].astype(np.float64),
            np.maximum(next_best[best], 0.0).astype(np.float64),
            mean[best].astype(np.float64),
            words,
        )


class Exact:
    """Compares the question with every phrasing."""

    def __init__(self, terms: Iterable[Sequence[str]], vectors: Vectors, owners: Owners) -> None:
        """See `build_candidates`."""
        self._phrasings = _Phrasings(terms, owners)
        self._matrix = VectorIndex(vectors)

    def nearest(
        self, terms: Sequence[str], vector: Vectors, allowed: Mask | None, limit: int, without: Rows | None = None
    ) -> Found:
        """See `Candidates.nearest`."""
        whole = self._phrasings
        lexical, dense = whole.keyword.scores(terms), self._matrix.scores(vector)
        visible = whole.visible(allowed, without)
        fused = mixed(lexical, dense)
        if visible is not None:
            fused[~visible] = -np.inf
        best = np.maximum.reduceat(fused, whole.starts) if len(fused) else fused
        rows = whole.rows_of(top(best, limit))
        if visible is not None:
            rows = rows[visible[rows]]
        return whole.described(rows, lexical[rows], dense[rows], limit, _most(lexical, visible))

    def vectors(self, rows: Rows) -> Vectors:
        """See `Candidates.vectors`; here exactly what was given."""
        return self._matrix.vectors(rows)


class Approximate:
    """Compares the question with the phrasings of a shortlist."""

    def __init__(self, terms: Iterable[Sequence[str]], vectors: Vectors, owners: Owners) -> None:
        """See `build_candidates`; at least one phrasing. Raises IndexMissingError."""
        self._phrasings = _Phrasings(terms, owners)
        self._clustered = ClusteredVectors(vectors)

    def nearest(
        self, terms: Sequence[str], vector: Vectors, allowed: Mask | None, limit: int, without: Rows | None = None
    ) -> Found:
        """See `Candidates.nearest`."""
        whole = self._phrasings
        lexical = whole.keyword.scores(terms)
        visible = whole.visible(allowed, without)
        heard = lexical if visible is None else np.where(visible, lexical, np.float32(0.0))

        def cosines(rows: Rows) -> Scores:
            return np.asarray(self._clustered.vectors(rows) @ vector, dtype=np.float32)

        short = self._shortlist(heard, vector, visible, limit)
        fused = mixed(lexical[short], cosines(short))
        # Twice as many as asked for: a phrasing off the shortlist may be its entry's best by a little.
        rows = whole.rows_of(_leading(whole.owners[short], fused, 2 * limit))
        if visible is not None:
            rows = rows[visible[rows]]
        return whole.described(rows, lexical[rows], cosines(rows), limit, float(heard.max(initial=0.0)))

    def vectors(self, rows: Rows) -> Vectors:
        """See `Candidates.vectors`."""
        return self._clustered.vectors(rows)

    def _shortlist(self, heard: Scores, vector: Vectors, visible: Visible | None, limit: int) -> Rows:
        """Visible phrasings that lead by words or by meaning; of `limit` entries where there are so many."""
        size = max(_SHORTLIST, limit)
        by_words = top(heard, size, above=0.0)
        rows = np.union1d(by_words, self._clustered.nearest(vector, size, visible))
        if len(np.unique(self._phrasings.owners[rows])) < limit:
            rows = np.union1d(rows, self._clustered.nearest(vector, max(_LONGER, size), visible, thorough=True))
        return rows


def build_candidates(terms: Iterable[Sequence[str]], vectors: Vectors, owners: Owners) -> Candidates:
    """The make for a base of this size.

    `terms`: the index terms of each phrasing, walked through once; `vectors`: one row of length 1 each (copied unless
    frozen, see `VectorIndex`; let go of them where `len(vectors) * dimensions > EXACT`); `owners`: the position of the
    entry of each, ascending from 0 without gaps. Raises IndexMissingError for a base that needs the extra ``large``.
    """
    make: Callable[[Iterable[Sequence[str]], Vectors, Owners], Candidates] = Exact if vectors.size <= EXACT else Approximate
    return make(terms, vectors, owners)


def mixed(lexical: Scores, dense: Scores) -> Scores:
    """The fused score: what ranks."""
    return np.float32(_LEXICAL) * lexical + np.float32(1 - _LEXICAL) * dense


def top(scores: Scores, limit: int, above: float = -np.inf) -> Rows:
    """Positions of the best `limit` scores greater than `above`, best first, ties by position.

    A million scores with many ties take about a millisecond: the maxima of blocks say which scores are worth sorting
    (`np.partition` takes a hundred times that where most scores are the same).
    """
    edge = above
    if len(scores) >= limit * _BLOCK:
        blocks = scores[: len(scores) // _BLOCK * _BLOCK].reshape(-1, _BLOCK).max(axis=1)
        # At least `limit` scores are as high as this.
        edge = max(above, float(np.sort(blocks)[-limit]))
    better = np.flatnonzero(scores > edge)
    better = better[np.argsort(-scores[better], kind="stable")][:limit]
    if len(better) == limit or edge <= above:
        return better
    return np.concatenate((better, np.flatnonzero(scores == np.float32(edge))[: limit - len(better)]))


def _leading(owners: Owners, fused: Scores, limit: int) -> Rows:
    """Of the entries whose phrasings these are the best `limit`."""
    ranked = owners[np.argsort(-fused, kind="stable")]
    _, first = np.unique(ranked, return_index=True)
    return ranked[np.sort(first)[:limit]].astype(np.int64)


def _most(lexical: Scores, visible: Visible | None) -> float:
    return float((lexical if visible is None else lexical[visible]).max(initial=0.0))
