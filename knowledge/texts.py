"""All sentences of a base, read: its phrasings, its answers, and how much each word tells."""

import math
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import numpy as np

from knowledge.senses import Lexicon, Rows
from knowledge.words import Reading

KEPT: Final = 20_000
"""Phrasings up to which readings are kept (2 KB each); in a larger base they are read again when they are needed."""
_READ: Final = 8192
_TEXTS: Final = 2048
_USUAL: Final = 20.0
"""Added to a word's frequency in the dictionary: below it nothing gets rarer."""
_WIDEST: Final = 14.0
"""log(total / frequency) of the rarest words of jieba's dictionary, so that rarity is about 0…1."""
_UNSEEN: Final = np.zeros(0, dtype=np.int32)


Read = Callable[[str], Reading]


@dataclass(frozen=True, slots=True, eq=False)
class EntryText:
    """All that an entry says, phrasings and answer together."""

    words: frozenset[str]
    line: str
    """Its phrasings and its answer, one after the other."""
    signs: frozenset[str]
    """Characters of its phrasings."""
    numbers: frozenset[str]
    places: Rows
    """Where its words stand in the lexicon; empty without one."""


class Texts:
    """Readings of a base's sentences; immutable but for what it remembers."""

    def __init__(self, questions: Sequence[str], owners: Sequence[int], answers: Sequence[str], reads: tuple[Read, Read]) -> None:
        """`questions`: the phrasings, `owners`: the entry of each, ascending from 0 without gaps, `answers`: one an entry.

        `reads`: how a phrasing is read, and how an answer is.
        """
        read, said = reads
        self._questions, self._answers = questions, answers
        self._starts = np.searchsorted(np.asarray(owners), np.arange(len(answers) + 1)).tolist()
        self._kept: tuple[Reading, ...] | None = None
        self._told: tuple[Reading, ...] | None = None
        if len(questions) <= KEPT:
            # A base that comes after this one need not read them again; the index holds the very terms, an answer's nobody asks.
            self._kept = tuple(_sparing(read(one)) for one in questions)
            self._told = tuple(replace(said(one), terms=()) for one in answers)
        self.lexicon: Lexicon | None = None
        # Never asked where readings are kept; `read` may remember them all a second time.
        self._again: Read = lru_cache(maxsize=_READ)(read) if self._kept is None else _never
        self._text = lru_cache(maxsize=len(answers) if self._kept is not None else _TEXTS)(self._made)
        entries_with = Counter(word for entry in range(len(answers)) for word in self._words_of(entry))
        self._entries = len(answers)
        self._held = dict(entries_with)
        self._weights = lru_cache(maxsize=_READ)(self._weight)

    def teach(self, lexicon: Lexicon) -> None:
        """From now on entries know what their words mean; asked once, before anything else."""
        self.lexicon = lexicon
        if self._kept is not None:
            lexicon.places(sorted(self._held))

    def rows(self, entry: int) -> range:
        """The phrasings of an entry."""
        return range(self._starts[entry], self._starts[entry + 1])

    def phrase(self, row: int) -> Reading:
        """A phrasing."""
        return self._kept[row] if self._kept is not None else self._again(self._questions[row])

    def known(self) -> Iterator[tuple[Reading, bool]]:
        """What was read and kept: (reading, whether it is an answer's), phrasings first; nothing of a large base."""
        yield from ((one, False) for one in self._kept or ())
        yield from ((one, True) for one in self._told or ())

    def entry(self, entry: int) -> EntryText:
        """What an entry says."""
        return self._text(entry)

    def without(self, entry: int, rows: AbstractSet[int]) -> EntryText:
        """What an entry would say without some of its phrasings; nothing where none is left."""
        left = [self.phrase(row) for row in self.rows(entry) if row not in rows]
        return self._joined(left, self._said(entry)) if left else _NOTHING

    def weight(self, word: str) -> float:
        """How much a word tells, about 0.3…1: rare in the language, and rare among the entries.

        Inverse frequency over entries, not phrasings: an entry that says a word five times makes it no commoner.
        """
        return self._weights(word)

    def _weight(self, word: str) -> float:
        held = self._held.get(word, 0)
        here = math.log1p((self._entries + 1) / (held + 0.5)) / math.log1p((self._entries + 1) / 0.5)
        return 0.5 * here + 0.5 * _rarity(word)

    def _made(self, entry: int) -> EntryText:
        return self._joined([self.phrase(row) for row in self.rows(entry)], self._said(entry))

    def _said(self, entry: int) -> Reading:
        return self._told[entry] if self._told is not None else self._again(self._answers[entry])

    def _words_of(self, entry: int) -> frozenset[str]:
        return frozenset(self._said(entry).content).union(*(self.phrase(row).content for row in self.rows(entry)))

    def _joined(self, asked: Sequence[Reading], said: Reading) -> EntryText:
        words = frozenset(said.content).union(*(reading.content for reading in asked))
        return EntryText(
            words,
            " ".join((*(reading.key for reading in asked), said.key)),
            frozenset("".join(reading.key for reading in asked)),
            said.numbers.union(*(reading.numbers for reading in asked)),
            _UNSEEN if self.lexicon is None else self.lexicon.places(sorted(words)),
        )


def _sparing(reading: Reading) -> Reading:
    """The same with terms that are one object wherever they stand."""
    return replace(reading, terms=tuple(map(sys.intern, reading.terms)))


def _never(sentence: str) -> Reading:
    raise LookupError(sentence)


def _rarity(word: str) -> float:
    import jieba  # noqa: PLC0415 - whoever loads its dictionary shall import it first

    jieba.dt.initialize()
    return math.log(jieba.dt.total / (jieba.dt.FREQ.get(word, 0) + _USUAL)) / _WIDEST


_NOTHING: Final = EntryText(frozenset(), "", frozenset(), frozenset(), _UNSEEN)
