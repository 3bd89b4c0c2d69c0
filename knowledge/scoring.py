"""A base ready to be searched: what is near a question, with the evidence for and against each entry."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from knowledge.features import EntryText, Evidence, Features, Setting
from knowledge.fusion import Candidate, HybridIndex, Mask
from knowledge.ports import Vectors
from knowledge.words import Reading

HITS: Final = 10
"""How many entries are considered."""

_SAME: Final = 0.9
"""A question from outside that is this near to a phrasing is not outside for this base."""


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """Sentences, read and embedded, row by row."""

    readings: tuple[Reading, ...]
    vectors: Vectors


@dataclass(frozen=True, slots=True, eq=False)
class Considered:
    """The entries nearest to a question, with the evidence for each."""

    entries: tuple[int, ...]
    """Positions of the entries; empty where nothing is allowed."""
    features: Features
    """A row an entry, in the order of `features.NAMES`, the lead still open."""
    alike: Features
    """n × n of 0 or 1: who answers the same question for other people; everybody is like himself."""


class Base:
    """Phrasings with their entries beside questions from outside, searchable; immutable."""

    def __init__(self, asked: Text, owners: Sequence[int], told: Text, outside: Text) -> None:
        """`asked`: phrasings; `owners`: the entry of each, ascending from 0 without gaps; `told`: an answer an entry;
        `outside`: questions that no base answers.
        """
        self.asked = asked
        self.owners = tuple(owners)
        self._answers = told.vectors
        self._index = HybridIndex(asked.readings, asked.vectors, owners)
        self._evidence = Evidence(asked.readings, owners, told.readings)
        self._everything = np.ones(len(told.readings), dtype=np.bool_)
        rows_of: dict[int, set[int]] = defaultdict(set)
        rows_with: dict[str, set[int]] = defaultdict(set)
        for row, (phrase, owner) in enumerate(zip(asked.readings, owners, strict=True)):
            rows_of[owner].add(row)
            rows_with[phrase.key].add(row)
        self._rows_of = {owner: frozenset(rows) for owner, rows in rows_of.items()}
        self._rows_with = {key: frozenset(rows) for key, rows in rows_with.items()}
        self._peers = tuple(self._answering_alike(entry) for entry in range(len(told.readings)))
        kept = np.flatnonzero((outside.vectors @ asked.vectors.T).max(axis=1) < _SAME)
        self._outside = Text(tuple(outside.readings[int(at)] for at in kept), outside.vectors[kept])

    def same_question(self, question: Reading) -> frozenset[int]:
        """Positions of the phrasings that are this very question, particles and politeness aside."""
        return self._rows_with.get(question.key, frozenset())

    def owners_of(self, rows: AbstractSet[int]) -> frozenset[int]:
        """Positions of the entries that these phrasings belong to."""
        return frozenset(self.owners[row] for row in rows)

    def rows_of(self, entries: AbstractSet[int]) -> frozenset[int]:
        """Positions of all phrasings of these entries."""
        return frozenset(row for entry in entries for row in self._rows_of[entry])

    def peers(self, entry: int) -> frozenset[int]:
        """Entries that answer a question of this one as well, for other people or at other times; itself included."""
        return self._peers[entry]

    def consider(self, question: Reading, vector: Vectors, allowed: Mask | None = None) -> Considered:
        """The nearest allowed entries with their evidence; at most HITS."""
        matches = self._index.match(question, vector)
        found = self._index.best(matches, self._everything if allowed is None else allowed, HITS)
        return self._weigh(question, vector, found, self._nearest_outside(vector))

    def rehearse(self, row: int, hidden: AbstractSet[int]) -> Considered:
        """What the base would consider for its phrasing `row`, had the `hidden` phrasings never been written."""
        question, vector = self.asked.readings[row], self.asked.vectors[row]
        matches = self._index.match(question, vector)
        found = self._index.best(matches, self._everything, HITS, np.array(sorted(hidden), dtype=np.int64))
        return self._weigh(question, vector, found, self._nearest_outside(vector), self._evidence.without(hidden))

    def rehearse_outside(self) -> Iterator[Considered]:
        """What the base considers for each question from outside, that question itself being unknown."""
        alike = self._outside.vectors @ self._outside.vectors.T
        np.fill_diagonal(alike, 0.0)
        for at, question in enumerate(self._outside.readings):
            vector = self._outside.vectors[at]
            found = self._index.best(self._index.match(question, vector), self._everything, HITS)
            yield self._weigh(question, vector, found, float(alike[at].max()))

    def _answering_alike(self, entry: int) -> frozenset[int]:
        keys = {self.asked.readings[row].key for row in self._rows_of[entry]}
        return frozenset(self.owners[row] for key in keys for row in self._rows_with[key])

    def _nearest_outside(self, vector: Vectors) -> float:
        return float((self._outside.vectors @ vector).max(initial=0.0))

    def _weigh(
        self,
        question: Reading,
        vector: Vectors,
        found: Sequence[Candidate],
        outside: float,
        changed: Mapping[int, EntryText] = MappingProxyType({}),
    ) -> Considered:
        entries = tuple(one.entry for one in found)
        answers = self._answers[list(entries)] @ vector
        settings = [Setting(outside, float(near), changed) for near in answers]
        rows = [self._evidence.of(question, one, setting) for one, setting in zip(found, settings, strict=True)]
        alike: npt.NDArray[np.float64] = np.array([[float(b in self._peers[a]) for b in entries] for a in entries])
        return Considered(entries, np.array(rows), alike)
