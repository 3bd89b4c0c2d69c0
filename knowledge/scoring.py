"""A base ready to be searched: what is near a question, with the evidence for and against each entry."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from knowledge.earlier import Earlier
from knowledge.features import Evidence, Features, Setting, Sighting, one_matter
from knowledge.nearest import Found, Mask, Numbers, build_candidates
from knowledge.ports import Embedder, Vectors
from knowledge.senses import Senses, Topic
from knowledge.texts import KEPT, Read, Texts
from knowledge.words import Reader, Reading

HITS: Final = 10
"""How many entries are considered."""

_SAME: Final = 0.9
"""A question from outside that is this near to a phrasing is not outside for this base."""
_NOTHING: Final = Earlier()
_FEW: Final = 3
"""Phrasings of an entry whose matter is looked at in a base that is too large to know the matter of all."""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A question as a base compares it."""

    reading: Reading
    vector: Vectors
    topic: Topic | None
    """None where nobody knows topics."""
    idleness: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Considered:
    """The entries nearest to a question, with the evidence for each."""

    entries: tuple[int, ...]
    """Positions of the entries; empty where nothing is allowed."""
    features: Features
    """A row an entry, in the order of `features.NAMES`, those from `SCORE` on still open."""
    alike: Features
    """n × n of 0 or 1: who answers the same question for other people; everybody is like himself."""


@dataclass(frozen=True, slots=True)
class Material:
    """What a base is made of: phrasings with the entry of each (ascending from 0 without gaps), an answer an entry, strangers."""

    asked: Sequence[str]
    owners: Sequence[int]
    told: Sequence[str]
    outside: Sequence[str]
    """Questions that no base answers."""


def _once(read: Read) -> Read:
    """Reads each sentence once, for as long as it lives."""
    found: dict[str, Reading] = {}

    def reading(sentence: str) -> Reading:
        known = found.get(sentence)
        if known is None:
            known = found[sentence] = read(sentence)
        return known

    return reading


class Base:
    """Phrasings with their entries beside questions from outside, searchable; immutable."""

    def __init__(
        self,
        material: Material,
        reader: Reader,
        embedder: Embedder,
        senses: Senses | None = None,
        earlier: Earlier = _NOTHING,
    ) -> None:
        """Reads and encodes everything once, but for what a base under the same encoder made `earlier`.

        Raises IndexMissingError, see `nearest.build_candidates`.
        """
        self.material, self.senses = material, senses
        self._reader, self._embedder = reader, embedder
        asking, telling = earlier.asking(reader), earlier.telling(reader)
        if len(material.asked) <= KEPT:
            # Three parts read every sentence; a large base would rather read again than hold them all.
            asking, telling = _once(asking), _once(telling)
        self._read: Read = asking
        self.owners = tuple(material.owners)
        self.texts = Texts(material.asked, material.owners, material.told, (asking, telling))
        if senses is not None:
            self.texts.teach(earlier.lexicon_of(senses))
        rows_with: dict[str, list[int]] = defaultdict(list)

        def terms() -> Iterator[Sequence[str]]:
            for row, asked in enumerate(material.asked):
                read = self._read(asked)
                rows_with[read.key].append(row)
                yield read.terms

        known = earlier.vectors
        vectors = self._encoded([asking(one).text for one in material.asked], known)
        self._outside = self._strangers(vectors, known)
        self._candidates = build_candidates(terms(), vectors, np.array(material.owners, dtype=np.int32))
        self._rows_with = {key: tuple(rows) for key, rows in rows_with.items()}
        self._answers = self._encoded([telling(one).text for one in material.told], known)
        self._matters = self._known_matters(earlier)
        self._evidence = Evidence(self.texts)
        self._together = self._answering_alike()
        self._read = reader.read

    def of(self, material: Material, senses: Senses | None) -> "Base":
        """Another base with this one's reader and encoder; what is the same is neither read nor encoded again."""
        return Base(material, self._reader, self._embedder, senses, self.earlier())

    def earlier(self) -> Earlier:
        """What this base made of its sentences, for another one."""
        kept = list(self.texts.known())
        asked = [reading for reading, answers in kept if not answers] or [self._reader.read(one) for one in self.material.asked]
        told = [reading for reading, answers in kept if answers] or [self._reader.read(one) for one in self.material.told]
        rows = self._candidates.vectors(np.arange(len(self.owners)))
        known = {one.text: row for one, row in zip((*asked, *told), (*rows, *self._answers), strict=True)}
        topics = () if self._matters is None else self._matters
        return Earlier(
            self._reader,
            dict(zip(self.material.asked, asked, strict=True)) if kept else {},
            dict(zip(self.material.told, told, strict=True)) if kept else {},
            self._foreign | known,
            self.senses,
            dict(zip((one.text for one in asked), topics, strict=False)),
            self.texts.lexicon,
        )

    @property
    def plain(self) -> bool:
        """Whether it has to do without senses."""
        return self.senses is None

    def read(self, text: str) -> Reading:
        """A sentence, read as this base's own were."""
        return self._reader.read(text)

    def question(self, reading: Reading) -> Question:
        """A sentence as this base compares it."""
        return self._asked(reading, self._embedder.embed([reading.text])[0])

    def same_question(self, question: Reading) -> frozenset[int]:
        """Positions of the phrasings that are this very question, particles and politeness aside."""
        return frozenset(self._rows_with.get(question.key, ()))

    def owners_of(self, rows: AbstractSet[int]) -> frozenset[int]:
        """Positions of the entries that these phrasings belong to."""
        return frozenset(self.owners[row] for row in rows)

    def rows_of(self, entries: AbstractSet[int]) -> frozenset[int]:
        """Positions of all phrasings of these entries."""
        return frozenset(row for entry in entries for row in self.texts.rows(entry))

    def peers(self, entry: int) -> frozenset[int]:
        """Entries that answer a question of this one as well, for other people or at other times; itself included."""
        return self._together.get(entry) or frozenset({entry})

    def consider(self, question: Question, allowed: Mask | None = None) -> Considered:
        """The nearest allowed entries with their evidence; at most HITS."""
        found = self._candidates.nearest(question.reading.terms, question.vector, allowed, HITS)
        return self._weigh(question, found, self._nearest_outside(question.vector), frozenset())

    def rehearse(self, row: int, hidden: AbstractSet[int]) -> Considered:
        """What the base would consider for its phrasing `row`, had the `hidden` phrasings never been written."""
        vector = self._candidates.vectors(np.array([row]))[0]
        question = self._asked(self._reader.read(self.material.asked[row]), vector)
        without = np.array(sorted(hidden), dtype=np.int64)
        found = self._candidates.nearest(question.reading.terms, vector, None, HITS, without)
        return self._weigh(question, found, self._nearest_outside(vector), hidden)

    def rehearse_outside(self) -> Iterator[Considered]:
        """What the base considers for each question from outside, that question itself being unknown."""
        readings, vectors = self._outside
        alike = vectors @ vectors.T
        np.fill_diagonal(alike, 0.0)
        for at, reading in enumerate(readings):
            question = self._asked(reading, vectors[at])
            found = self._candidates.nearest(reading.terms, vectors[at], None, HITS)
            yield self._weigh(question, found, float(alike[at].max()), frozenset())

    def _asked(self, reading: Reading, vector: Vectors) -> Question:
        if self.senses is None:
            return Question(reading, vector, None)
        topic = self.senses.topic([reading.text])[0]
        return Question(reading, vector, topic, self.senses.idleness(topic))

    def _encoded(self, texts: Sequence[str], known: Mapping[str, Vectors]) -> Vectors:
        if fresh := [text for text in dict.fromkeys(texts) if text not in known]:
            known = {**known, **dict(zip(fresh, self._embedder.embed(fresh), strict=True))}
        vectors = np.stack([known[text] for text in texts])
        vectors.setflags(write=False)
        return vectors

    def _strangers(self, asked: Vectors, known: Mapping[str, Vectors]) -> tuple[tuple[Reading, ...], Vectors]:
        readings = tuple(self._read(one) for one in self.material.outside)
        vectors = self._encoded([one.text for one in readings], known)
        self._foreign = dict(zip((one.text for one in readings), vectors, strict=True))
        kept = np.flatnonzero((vectors @ asked.T).max(axis=1) < _SAME)
        return tuple(readings[int(at)] for at in kept), vectors[kept]

    def _known_matters(self, earlier: Earlier) -> Topic | None:
        if self.senses is None or len(self.material.asked) > KEPT:
            return None
        texts = [self.texts.phrase(row).text for row in range(len(self.material.asked))]
        known = dict(earlier.topics_of(self.senses))
        if fresh := [text for text in dict.fromkeys(texts) if text not in known]:
            known.update(zip(fresh, self.senses.topic(fresh), strict=True))
        return np.stack([known[text] for text in texts])

    def _answering_alike(self) -> dict[int, frozenset[int]]:
        found: dict[int, set[int]] = defaultdict(set)
        for rows in self._rows_with.values():
            owners = {self.owners[row] for row in rows}
            for owner in owners if len(owners) > 1 else ():
                found[owner] |= owners
        return {entry: frozenset(others) for entry, others in found.items()}

    def _nearest_outside(self, vector: Vectors) -> float:
        return float((self._outside[1] @ vector).max(initial=0.0))

    def _weigh(self, question: Question, found: Found, outside: float, hidden: AbstractSet[int]) -> Considered:
        entries = tuple(found.entries.tolist())
        usual = float(found.fused.mean()) if entries else 0.0
        changed = {entry: self.texts.without(entry, hidden) for entry in self.owners_of(hidden) & set(entries)}
        setting = Setting(outside, usual, question.idleness, hidden, changed)
        answers = self._answers[list(entries)] @ question.vector
        seen = [self._seen(question, found, at, float(answers[at]), hidden) for at in range(len(entries))]
        rows = [self._evidence.of(question.reading, one, setting) for one in seen]
        alike: npt.NDArray[np.float64] = np.array([[float(b in self.peers(a)) for b in entries] for a in entries])
        return Considered(entries, np.array(rows), alike)

    def _seen(self, question: Question, found: Found, at: int, answer: float, hidden: AbstractSet[int]) -> Sighting:
        told: Sequence[Numbers] = (found.lexical, found.dense, found.fused, found.second, found.mean)
        lexical, dense, fused, second, mean = (float(one[at]) for one in told)
        seen = Sighting(int(found.entries[at]), int(found.rows[at]), lexical, dense, fused, second, mean, answer, (0.0, 0.0))
        return seen if question.topic is None else replace(seen, topics=self._matter(question.topic, seen, hidden))

    def _matter(self, topic: Topic, seen: Sighting, hidden: AbstractSet[int]) -> tuple[float, float]:
        rows = [row for row in self.texts.rows(seen.entry) if row not in hidden]
        if self._matters is not None:
            return one_matter(topic, self._matters[rows], rows.index(seen.row))
        assert self.senses is not None
        rows = [seen.row, *(row for row in rows if row != seen.row)][:_FEW]
        return one_matter(topic, self.senses.topic([self.texts.phrase(row).text for row in rows]), 0)
