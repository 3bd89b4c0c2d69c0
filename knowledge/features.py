"""What speaks for and against an entry as the answer to a question: the evidence that calibration weighs."""

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from knowledge.fusion import Candidate
from knowledge.words import Reading

NAMES: Final = (
    "best phrasing is near",
    "asked words found in the phrasing",
    "phrasing's words found in the question",
    "asked words found in the entry",
    "asked pairs of characters found in the entry",
    "second phrasing is near",
    "phrasings are near on average",
    "answer is near",
    "nearer than any question from outside",
    "denies what the other does not",
    "numbers and names the entry lacks",
    "length",
    "ahead of the next entry",
    "always",
)
"""One line a feature, in the order of `Evidence.of`; weights are in this order too."""

AHEAD: Final = NAMES.index("ahead of the next entry")
"""Left at 0 by `Evidence.of`: it is known only once all candidates are ordered."""

Features = npt.NDArray[np.float64]

_PARTLY: Final = 0.5
"""Worth of a word whose characters all occur, but not as that word: 退 in 退货."""
_OUTSIDE: Final = 0.5
"""Difference of cosines beyond which more makes no difference."""


@dataclass(frozen=True, slots=True)
class EntryText:
    """All that an entry says, phrasings and answer together."""

    words: frozenset[str]
    line: str
    """Its phrasings and its answer, one after the other."""
    signs: frozenset[str]
    """Characters of its phrasings."""
    numbers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Setting:
    """What stands around a candidate."""

    outside: float
    """Cosine between the question and the nearest question that no base answers."""
    answer: float
    """Cosine between the question and the candidate's answer."""
    changed: Mapping[int, EntryText] = field(default_factory=dict)
    """Entries that are to be seen without some of their phrasings; see `Evidence.without`."""


class Evidence:
    """Everything about a base that features are computed from; immutable."""

    def __init__(self, phrases: Sequence[Reading], owners: Sequence[int], told: Sequence[Reading]) -> None:
        """`phrases`: a reading a phrasing, `owners`: the position of its entry, `told`: a reading an entry's answer."""
        # Index and encoder have made their own of text and terms; here they would only double the memory.
        self._phrases = tuple(replace(phrase, text="", terms=()) for phrase in phrases)
        self._owners = tuple(owners)
        self._told = tuple(replace(said, text="", terms=()) for said in told)
        own: list[list[Reading]] = [[] for _ in told]
        for phrase, owner in zip(self._phrases, owners, strict=True):
            own[owner].append(phrase)
        self._texts = tuple(_text(asked, said) for asked, said in zip(own, self._told, strict=True))
        entries_with = Counter(word for text in self._texts for word in text.words)
        # Inverse frequency over entries, not phrasings: an entry that says a word five times makes it no commoner.
        self._rarity = {word: _rarity(held, len(told)) for word, held in entries_with.items()}
        self._unheard = _rarity(0, len(told))

    def without(self, rows: AbstractSet[int]) -> Mapping[int, EntryText]:
        """What the entries of these phrasings would say without them: give it to `of`. Without any, an entry says nothing."""
        return {owner: self._rest(owner, rows) for owner in {self._owners[row] for row in rows}}

    def of(self, question: Reading, candidate: Candidate, setting: Setting) -> Features:
        """The features of one candidate, in the order of NAMES; each about −1…1."""
        phrase = self._phrases[candidate.row]
        text = setting.changed.get(candidate.entry, self._texts[candidate.entry])
        covered = self._coverage(question.content, phrase.content, phrase.key)
        return np.array(
            (
                candidate.fused,
                covered,
                self._coverage(phrase.content, question.content, question.key),
                self._coverage(question.content, text.words, text.signs),
                _pairs_found(question.key, text.line),
                candidate.second,
                candidate.mean,
                setting.answer,
                _clip((candidate.dense - setting.outside) / _OUTSIDE),
                covered if question.negated ^ phrase.negated else 0.0,
                _share(question.numbers - text.numbers, question.numbers),
                math.log1p(len(question.key)) / 3,
                0.0,
                1.0,
            )
        )

    def _rest(self, owner: int, rows: AbstractSet[int]) -> EntryText:
        start = bisect_left(self._owners, owner)
        end = bisect_right(self._owners, owner, lo=start)
        left = [self._phrases[row] for row in range(start, end) if row not in rows]
        return _text(left, self._told[owner]) if left else _NOTHING

    def _coverage(self, wanted: Sequence[str], words: Container[str], signs: Container[str]) -> float:
        """The share of the wanted words, weighed by rarity, that the other side has; 0 where nothing is wanted."""
        found = whole = 0.0
        for word in wanted:
            weight = self._rarity.get(word, self._unheard)
            whole += weight
            found += weight if word in words else weight * _PARTLY * sum(sign in signs for sign in word) / len(word)
        return found / whole if whole else 0.0


def _rarity(held: int, entries: int) -> float:
    return math.log1p((entries + 1) / (held + 0.5))


def _text(asked: Sequence[Reading], said: Reading) -> EntryText:
    return EntryText(
        frozenset(said.content).union(*(reading.content for reading in asked)),
        " ".join((*(reading.key for reading in asked), said.key)),
        frozenset("".join(reading.key for reading in asked)),
        said.numbers.union(*(reading.numbers for reading in asked)),
    )


_NOTHING: Final = EntryText(frozenset(), "", frozenset(), frozenset())


def _pairs_found(key: str, line: str) -> float:
    pairs = [key[at : at + 2] for at in range(len(key) - 1)] or [key]
    return sum(pair in line for pair in pairs) / len(pairs) if key else 0.0


def _clip(value: float) -> float:
    return max(-1.0, min(1.0, value))


def _share(some: AbstractSet[str], everything: AbstractSet[str]) -> float:
    return len(some) / len(everything) if everything else 0.0
