"""Lexical retrieval: BM25 over words, characters and pairs of characters, exact and without pruning.

Okapi BM25 as in Robertson & Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), §3, with the
idf that Lucene uses, log(1 + (n − df + ½)/(df + ½)), which is never negative. Scores are divided by the score that the
query would get from a text holding all its terms, so that they lie in 0…1 and mean the same in every base.
"""

import math
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import count
from typing import Final

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float32]

_K1: Final = 0.9
"""Stored questions are short: a term said twice means hardly more than once."""
_B: Final = 0.5


class KeywordIndex:
    """BM25 over short texts given as terms; immutable. Memory: 8 bytes for each different term of a text, and the vocabulary."""

    def __init__(self, texts: Iterable[Sequence[str]]) -> None:
        """`texts`: the terms of each text, in the order in which `scores` answers; walked through once and not kept."""
        number_of: defaultdict[str, int] = defaultdict(count().__next__)
        said, lengths = array("i"), array("i")
        for terms in texts:
            said.extend(map(number_of.__getitem__, terms))
            lengths.append(len(terms))
        self.size = len(lengths)
        self._numbers = dict(number_of)
        sizes = np.frombuffer(lengths, dtype=np.intc) if lengths else np.zeros(0, dtype=np.intc)
        occurrences = np.frombuffer(said, dtype=np.intc) if said else np.zeros(0, dtype=np.intc)
        self._starts, self._rows, counts = _postings(occurrences, sizes, len(self._numbers))
        held = np.diff(self._starts)
        rarity = np.log1p((self.size - held + 0.5) / (held + 0.5)).astype(np.float32)
        usual = float(sizes.mean()) if said else 1.0
        norm = (_K1 * (1 - _B + _B * sizes / usual)).astype(np.float32)
        # (k1 + 1) is left out: it scales every score alike.
        self._weights: Scores = np.repeat(rarity, held) * counts
        self._weights /= counts + norm[self._rows]

    def idf(self, term: str) -> float:
        """How much a term tells; a term that no text holds tells most."""
        number = self._numbers.get(term)
        df = 0 if number is None else int(self._starts[number + 1] - self._starts[number])
        return math.log1p((self.size - df + 0.5) / (df + 0.5))

    def scores(self, terms: Sequence[str]) -> Scores:
        """A score in 0…1 for each text; all zero for an empty query."""
        total = np.zeros(self.size, dtype=np.float32)
        best = 0.0
        # In the order of asking, because sums of floats depend on it and that of a set differs between processes.
        for term in dict.fromkeys(terms):
            best += self.idf(term)
            if (number := self._numbers.get(term)) is not None:
                held = slice(int(self._starts[number]), int(self._starts[number + 1]))
                np.add.at(total, self._rows[held], self._weights[held])
        if best > 0.0:
            total /= np.float32(best)
        return total


def _postings(
    said: npt.NDArray[np.intc], lengths: npt.NDArray[np.intc], vocabulary: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], Scores]:
    """For each term where its texts begin, the texts of all terms one after the other, and how often each says the term."""
    texts = len(lengths)
    pairs = said.astype(np.int64)
    pairs *= max(texts, 1)
    pairs += np.repeat(np.arange(texts), lengths)
    pairs.sort()
    fresh = np.ones(len(pairs), dtype=np.bool_)
    np.not_equal(pairs[1:], pairs[:-1], out=fresh[1:])
    first = np.flatnonzero(fresh)
    counts = np.diff(first, append=len(pairs)).astype(np.float32)
    pairs = pairs[first]
    starts = np.searchsorted(pairs, np.arange(vocabulary + 1) * texts)
    pairs %= max(texts, 1)
    return starts, pairs.astype(np.int32), counts
