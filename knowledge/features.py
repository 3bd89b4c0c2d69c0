"""What speaks for and against an entry as the answer to a question: the evidence that calibration weighs."""

import copy
import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from knowledge.fusion import Candidate
from knowledge.words import Reading

NAMES: Final = (
    "lexical",
    "dense",
    "asked words found in the phrasing",
    "phrasing's words found in the question",
    "asked words found in the entry",
    "asked pairs of characters found in the entry",
    "asked words unknown to the base",
    "ahead of the next entry",
    "nearer than any question from outside",
    "denies what the other does not",
    "numbers and names the entry lacks",
    "second phrasing agrees",
    "phrasings agree on average",
    "answer is about it",
    "length",
    "always",
)
"""One line a feature, in the order of `Evidence.of`."""

Features = npt.NDArray[np.float64]

_PARTLY: Final = 0.5
"""Worth of a word whose characters all occur, but not as that word: 退 in 退货."""
_MARGIN: Final = 0.3
_OUTSIDE: Final = 0.5
"""Where the two differences stop to matter."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What stands around a candidate."""

    rival: float
    """Fused score of the best entry that answers another question; 0 without one."""
    outside: float
    """Cosine of the nearest question that no base answers."""
    answer: float
    """Cosine of the candidate's answer with the question."""


@dataclass(frozen=True, slots=True)
class EntryText:
    """All that an entry says, phrasings and answer together."""

    words: frozenset[str]
    line: str
    """Its phrasings and its answer, one after the other."""
    signs: frozenset[str]
    """Characters of its phrasings."""
    numbers: frozenset[str]


class Evidence:
    """Everything about a base that features are computed from; immutable."""

    def __init__(self, phrases: Sequence[Reading], owners: Sequence[int], told: Sequence[Reading]) -> None:
        """`phrases`: a reading a phrasing, `owners`: the position of its entry, `told`: a reading an entry's answer."""
        # The index keeps the terms in its own form; here they would only double the memory.
        self._phrases = tuple(replace(phrase, terms=()) for phrase in phrases)
        self._owners = tuple(owners)
        self._told = tuple(replace(said, terms=()) for said in told)
        own: list[list[Reading]] = [[] for _ in told]
        for phrase, owner in zip(self._phrases, owners, strict=True):
            own[owner].append(phrase)
        self._texts = tuple(_text(asked, said) for asked, said in zip(own, self._told, strict=True))
        self._entries_with = Counter(word for text in self._texts for word in text.words)
        self._changed: Mapping[int, EntryText] = {}
        self._lost: Counter[str] = Counter()

    def without(self, rows: Set[int]) -> Self:
        """The same as if these phrasings had never been written; an entry that loses all of them is gone whole."""
        view = copy.copy(self)
        view._changed = {owner: self._rest(owner, rows) for owner in {self._owners[row] for row in rows}}
        view._lost = Counter(
            word for owner, text in view._changed.items() for word in self._texts[owner].words - text.words
        )
        return view

    def of(self, question: Reading, candidate: Candidate, setting: Setting) -> Features:
        """The features of one candidate, in the order of NAMES; each about −1…1."""
        phrase = self._phrases[candidate.row]
        text = self._changed.get(candidate.entry) or self._texts[candidate.entry]
        covered = self._coverage(question.content, phrase.content, set(phrase.key))
        denied = float(bool(question.negated ^ phrase.negated)) * covered
        return np.array(
            (
                candidate.lexical,
                candidate.dense,
                covered,
                self._coverage(phrase.content, question.content, set(question.key)),
                self._coverage(question.content, text.words, text.signs),
                _pairs_found(question.key, text.line),
                self._unknown(question.content),
                _clip(candidate.fused - setting.rival, _MARGIN),
                _clip(candidate.dense - setting.outside, _OUTSIDE),
                denied,
                _share(question.numbers - text.numbers, question.numbers),
                candidate.support,
                candidate.mean,
                setting.answer,
                math.log1p(len(question.key)) / 3,
                1.0,
            )
        )

    def _rest(self, owner: int, rows: Set[int]) -> EntryText:
        start = bisect_left(self._owners, owner)
        end = bisect_right(self._owners, owner, lo=start)
        left = [self._phrases[row] for row in range(start, end) if row not in rows]
        return _text(left, self._told[owner]) if left else _NOTHING

    def _coverage(self, wanted: Set[str], words: Set[str], signs: Set[str]) -> float:
        """The share of the wanted words, weighed by rarity, that the other side has; 0 where nothing is wanted."""
        found = whole = 0.0
        for word in sorted(wanted):
            weight = self._rarity(word)
            whole += weight
            if word in words:
                found += weight
            else:
                found += weight * _PARTLY * sum(sign in signs for sign in word) / len(word)
        return found / whole if whole else 0.0

    def _unknown(self, wanted: Set[str]) -> float:
        """The share, weighed by rarity, of words that nothing in the base says."""
        weights = [(self._rarity(word), self._holders(word) == 0) for word in sorted(wanted)]
        whole = sum(weight for weight, _ in weights)
        return sum(weight for weight, unknown in weights if unknown) / whole if whole else 0.0

    def _rarity(self, word: str) -> float:
        return math.log1p((len(self._texts) + 1) / (self._holders(word) + 0.5))

    def _holders(self, word: str) -> int:
        return self._entries_with.get(word, 0) - self._lost.get(word, 0)


def _text(asked: Sequence[Reading], said: Reading) -> EntryText:
    return EntryText(
        said.content.union(*(reading.content for reading in asked)),
        " ".join((*(reading.key for reading in asked), said.key)),
        frozenset("".join(reading.key for reading in asked)),
        said.numbers.union(*(reading.numbers for reading in asked)),
    )


_NOTHING: Final = EntryText(frozenset(), "", frozenset(), frozenset())


def _pairs_found(key: str, line: str) -> float:
    pairs = [key[at : at + 2] for at in range(len(key) - 1)] or [key]
    return sum(pair in line for pair in pairs) / len(pairs) if key else 0.0


def _clip(difference: float, widest: float) -> float:
    return max(-1.0, min(1.0, difference / widest))


def _share(some: Set[str], everything: Set[str]) -> float:
    return len(some) / len(everything) if everything else 0.0
