"""Lexical retrieval: BM25 over words, characters and pairs of characters, exact and without pruning.

Okapi BM25 as in Robertson & Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), §3, with the
idf that Lucene uses, log(1 + (n − df + ½)/(df + ½)), which is never negative. Scores are divided by the score that the
query would get from a text holding all its terms, so that they lie in 0…1 and mean the same in every base.
"""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float32]

_K1: Final = 0.9
"""Stored questions are short: a term said twice means hardly more than once."""
_B: Final = 0.5


class KeywordIndex:
    """BM25 over short texts given as terms; immutable. Memory: 6 bytes a term occurrence."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        """`texts`: the terms of each text, in the order in which `scores` answers."""
        self.size = len(texts)
        lengths = np.array([len(terms) for terms in texts], dtype=np.float32)
        usual = float(lengths.mean()) if self.size and lengths.any() else 1.0
        self._norm = _K1 * (1 - _B + _B * lengths / usual)
        rows: dict[str, list[int]] = {}
        counts: dict[str, list[int]] = {}
        for row, terms in enumerate(texts):
            for term, count in Counter(terms).items():
                rows.setdefault(term, []).append(row)
                counts.setdefault(term, []).append(count)
        self._postings = {term: self._posting(found, counts[term]) for term, found in rows.items()}

    def idf(self, term: str) -> float:
        """How much a term tells; a term that no text holds tells most."""
        held = self._postings.get(term)
        df = 0 if held is None else len(held[0])
        return math.log1p((self.size - df + 0.5) / (df + 0.5))

    def scores(self, terms: Sequence[str]) -> Scores:
        """A score in 0…1 for each text; all zero for an empty query."""
        total = np.zeros(self.size, dtype=np.float32)
        best = 0.0
        for term in set(terms):
            best += self.idf(term)
            if (held := self._postings.get(term)) is not None:
                total[held[0]] += held[1]
        if best > 0.0:
            total /= np.float32(best)
        return total

    def _posting(self, rows: Sequence[int], counts: Sequence[int]) -> tuple[npt.NDArray[np.int32], Scores]:
        at = np.array(rows, dtype=np.int32)
        count = np.array(counts, dtype=np.float32)
        weight = math.log1p((self.size - len(rows) + 0.5) / (len(rows) + 0.5))
        # (k1 + 1) is left out: it scales every score alike.
        return at, (weight * count * (1 + _K1) / (count + self._norm[at]) / (1 + _K1)).astype(np.float32)
