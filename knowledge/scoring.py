"""A base ready to be searched: what is near a question, with the evidence for and against each entry."""

from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Final

import numpy as np

from knowledge.features import Evidence, Features, Setting
from knowledge.fusion import Candidate, HybridIndex, Mask, Matches
from knowledge.ports import Vectors
from knowledge.words import Reading

HITS: Final = 10
"""How many entries are considered."""

_SAME: Final = 0.9
"""A question from outside that is this near to a phrasing is not outside for this base."""


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """The base's words, read and embedded: what everything else is built from."""

    phrases: tuple[Reading, ...]
    vectors: Vectors
    """A row a phrasing."""
    owners: tuple[int, ...]
    """For each phrasing the position of its entry, ascending from 0 without gaps."""
    told: tuple[Reading, ...]
    """A reading an entry: its answer and tags."""
    told_vectors: Vectors
    """A row an entry."""


@dataclass(frozen=True, slots=True, eq=False)
class Considered:
    """A candidate with its evidence, in the order of `features.NAMES`."""

    candidate: Candidate
    features: Features


class Base:
    """Phrasings with their owners beside questions from outside, searchable; immutable."""

    def __init__(self, text: Text, outside: Sequence[Reading], outside_vectors: Vectors) -> None:
        """`outside`: questions that no base answers, with a row of `outside_vectors` each; never empty."""
        self.text = text
        self._index = HybridIndex(text.phrases, text.vectors, text.owners)
        self._evidence = Evidence(text.phrases, text.owners, text.told)
        self._everything = np.ones(len(text.told), dtype=np.bool_)
        self._rows_of: dict[int, set[int]] = defaultdict(set)
        self._rows_with: dict[str, set[int]] = defaultdict(set)
        for row, (phrase, owner) in enumerate(zip(text.phrases, text.owners, strict=True)):
            self._rows_of[owner].add(row)
            self._rows_with[phrase.key].add(row)
        self._peers = tuple(self._answering_alike(entry) for entry in range(len(text.told)))
        near = (outside_vectors @ text.vectors.T).max(axis=1)
        kept = [at for at in range(len(outside)) if near[at] < _SAME]
        self._outside = [outside[at] for at in kept]
        self._outside_vectors = np.ascontiguousarray(outside_vectors[kept])

    def match(self, question: Reading, vector: Vectors) -> Matches:
        """How near every phrasing is."""
        return self._index.match(question, vector)

    def same_question(self, question: Reading) -> set[int]:
        """Positions of the phrasings that are this very question, particles and politeness aside."""
        return self._rows_with.get(question.key, set())

    def owners_of(self, rows: Set[int]) -> set[int]:
        """Positions of the entries that these phrasings belong to."""
        return {self.text.owners[row] for row in rows}

    def rows_of(self, entries: Set[int]) -> set[int]:
        """Positions of all phrasings of these entries."""
        return {row for entry in entries for row in self._rows_of[entry]}

    def peers(self, entry: int) -> frozenset[int]:
        """Entries that answer a question of this one as well, for other people or at other times; itself included."""
        return self._peers[entry]

    def consider(
        self, question: Reading, vector: Vectors, matches: Matches, allowed: Mask | None = None
    ) -> list[Considered]:
        """The nearest allowed entries with their evidence, nearest first; at most HITS."""
        found = self._index.best(matches, self._everything if allowed is None else allowed, HITS)
        return self._weigh(question, found, self._evidence, self._nearest_outside(vector), vector)

    def rehearse(self, row: int, hidden: Set[int]) -> list[Considered]:
        """What the base would consider for its phrasing `row`, had the `hidden` phrasings never been written."""
        question, vector = self.text.phrases[row], self.text.vectors[row]
        matches = self.match(question, vector)
        found = self._index.best(matches, self._everything, HITS, np.array(sorted(hidden), dtype=np.int64))
        return self._weigh(question, found, self._evidence.without(hidden), self._nearest_outside(vector), vector)

    def rehearse_outside(self) -> Iterator[list[Considered]]:
        """What the base considers for each question from outside, that question itself being unknown."""
        alike = self._outside_vectors @ self._outside_vectors.T
        np.fill_diagonal(alike, -1.0)
        for at, question in enumerate(self._outside):
            vector = self._outside_vectors[at]
            found = self._index.best(self.match(question, vector), self._everything, HITS)
            yield self._weigh(question, found, self._evidence, float(alike[at].max()), vector)

    def _answering_alike(self, entry: int) -> frozenset[int]:
        keys = {self.text.phrases[row].key for row in self._rows_of[entry]}
        return frozenset(self.text.owners[row] for key in keys for row in self._rows_with[key])

    def _nearest_outside(self, vector: Vectors) -> float:
        return float((self._outside_vectors @ vector).max(initial=0.0))

    def _weigh(
        self, question: Reading, found: Sequence[Candidate], evidence: Evidence, outside: float, vector: Vectors
    ) -> list[Considered]:
        return [
            Considered(one, evidence.of(question, one, Setting(self._rival(one, found), outside, float(self.text.told_vectors[one.entry] @ vector)))) for one in found
        ]

    def _rival(self, candidate: Candidate, found: Sequence[Candidate]) -> float:
        peers = self.peers(candidate.entry)
        return next((other.fused for other in found if other.entry not in peers), 0.0)
