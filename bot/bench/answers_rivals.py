"""What stands beside the library: phrasings ranked by words, by meaning or by both, and nothing that judges."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np

from bot.adapters.encoder import Embeds, Vectors
from knowledge.nearest import Mask, Owners, build_candidates, top
from knowledge.words import Reading

HITS: Final = 10
"""How many are ranked."""
_CHUNK: Final = 2_000
_K1: Final = 1.2
_B: Final = 0.75
"""As Lucene has them."""

Ranked = list[tuple[int, float]]
"""Entries by position with their scores, the best first."""


class CharacterBM25:
    """Okapi BM25 as anybody would begin: characters of what was typed, the usual parameters, nothing folded but case."""

    def __init__(self, texts: Sequence[str]) -> None:
        """Every text is an entry of its own."""
        counts = [Counter(_characters(text)) for text in texts]
        lengths = np.array([one.total() for one in counts])
        self._size = len(counts)
        norm = _K1 * (1 - _B + _B * lengths / max(lengths.mean(), 1.0))
        rows, said = defaultdict(list), defaultdict(list)
        for row, one in enumerate(counts):
            for sign, times in one.items():
                rows[sign].append(row)
                said[sign].append(times)
        self._rows = {sign: np.array(held) for sign, held in rows.items()}
        self._weights = {sign: self._weighed(np.array(said[sign]), norm[held]) for sign, held in self._rows.items()}

    def _weighed(self, said: Vectors, norm: Vectors) -> Vectors:
        held = len(said)
        return np.asarray(math.log1p((self._size - held + 0.5) / (held + 0.5)) * said * (_K1 + 1) / (said + norm))

    def best(self, text: str) -> Ranked:
        """The best `HITS` texts that share a character with this one."""
        total = np.zeros(self._size)
        for sign in _characters(text):
            if sign in self._rows:
                total[self._rows[sign]] += self._weights[sign]
        return [(int(row), float(total[row])) for row in top(total.astype(np.float32), HITS, above=0.0)]


class Nearest:
    """The phrasings of a base under one encoder."""

    def __init__(self, readings: Sequence[Reading], owners: Owners, embedder: Embeds) -> None:
        """`owners`: the position of the entry of each phrasing, ascending from 0 without gaps; at least one phrasing."""
        self._owners = owners
        self._starts = np.flatnonzero(np.diff(owners, prepend=-1))
        self._vectors = embedded([reading.text for reading in readings], embedder)
        self._candidates = build_candidates((reading.terms for reading in readings), self._vectors, owners)

    def fused(self, asked: Reading, vector: Vectors, allowed: Mask | None = None) -> Ranked:
        """By words and meaning, as the library's own candidates are; `allowed`: which entries may be found, None for all."""
        found = self._candidates.nearest(asked.terms, vector, allowed, HITS)
        return list(zip(found.entries.tolist(), found.fused.tolist(), strict=True))

    def dense(self, vector: Vectors, allowed: Mask | None = None) -> Ranked:
        """By meaning alone: the cosine of the nearest phrasing of each entry."""
        best = np.maximum.reduceat(self._vectors @ vector, self._starts)
        if allowed is not None:
            best[~allowed] = -np.inf
        return [(int(entry), float(best[entry])) for entry in top(best, HITS)]


def embedded(texts: Sequence[str], embedder: Embeds) -> Vectors:
    """One row a text; in pieces, so that not everything lies in memory twice."""
    rows = np.empty((len(texts), embedder.dimensions), np.float32)
    for at in range(0, len(texts), _CHUNK):
        rows[at : at + _CHUNK] = embedder.embed(texts[at : at + _CHUNK])
    rows.setflags(write=False)
    return rows


def _characters(text: str) -> list[str]:
    return [sign for sign in text.lower() if not sign.isspace()]
