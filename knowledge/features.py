"""What speaks for and against an entry as the answer to a question: the evidence that calibration weighs."""

import math
from collections.abc import Container, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz

from knowledge.senses import Topic
from knowledge.texts import EntryText, Texts
from knowledge.words import Reading

NAMES: Final = (
    "best phrasing is near",
    "best phrasing is near by words",
    "second phrasing is near",
    "phrasings are near on average",
    "answer is near",
    "nearer than any question from outside",
    "nearer than the other entries",
    "asked words found in the phrasing",
    "phrasing's words found in the question",
    "asked words found in the entry",
    "asked words meant by the entry",
    "asked pairs of characters found in the entry",
    "asked characters found in the entry",
    "spelt like the phrasing",
    "spelt like a part of the phrasing",
    "weightiest asked word that the entry does not mean",
    "weight of all asked words that the entry does not mean",
    "weightiest word of the phrasing that was not asked",
    "denies what the other does not",
    "numbers and names the entry lacks",
    "of one matter with the phrasing",
    "of one matter with the entry",
    "none of our business",
    "asks nothing",
    "length",
    "phrasings",
    "score",
    "ahead of the next entry",
    "share of the scores",
    "above what the base cannot answer",
    "below what the base can answer",
    "always",
)
"""One line a feature, in the order of `Evidence.of`; weights are in this order too."""

SCORE: Final = NAMES.index("score")
"""This and those after it but the last are left at 0 by `Evidence.of`: they are known only once all candidates are ordered."""

Features = npt.NDArray[np.float64]

_PARTLY: Final = 0.5
"""Worth of a word whose characters all occur, but not as that word: 退 in 退货."""
_LOOSELY: Final = 0.6
"""The same where a word's meaning may count as well."""
_OUTSIDE: Final = 0.5
"""Difference of cosines beyond which more makes no difference."""
_GAPS: Final = 3.0


@dataclass(frozen=True, slots=True)
class Sighting:
    """An entry as retrieval found it, all scores about 0…1."""

    entry: int
    """Position of the entry."""
    row: int
    """Position of its phrasing that is nearest to the question."""
    lexical: float
    dense: float
    fused: float
    second: float
    """Fused score of its second-best phrasing; 0 where it has only one."""
    mean: float
    """Mean cosine of its phrasings."""
    answer: float
    """Cosine between the question and its answer."""
    topics: tuple[float, float]
    """How much it is of one matter with the best phrasing, and with all of them on average; 0 where nobody knows."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What stands around the candidates of one question."""

    outside: float
    """Cosine between the question and the nearest question that no base answers."""
    usual: float
    """Mean fused score of the candidates."""
    idleness: tuple[float, float] = (0.0, 0.0)
    """How likely the question is none of our business, and how likely it asks nothing."""
    hidden: AbstractSet[int] = frozenset()
    """Phrasings that are to be overlooked."""
    changed: Mapping[int, EntryText] = field(default_factory=dict)
    """What entries say without them."""


def one_matter(question: Topic, phrasings: Topic, best: int) -> tuple[float, float]:
    """How much a question is of one matter with an entry's phrasings (a row each): with the best one, with all on average."""
    found = phrasings @ question
    return float(found[best]), float(found.mean())


class Evidence:
    """Computes features over the texts of a base."""

    def __init__(self, texts: Texts) -> None:
        """`texts` must have been taught its lexicon already, if it gets one."""
        self._texts = texts

    def of(self, question: Reading, seen: Sighting, setting: Setting) -> Features:
        """The features of one candidate, in the order of NAMES; each about −1…1."""
        texts = self._texts
        phrase, text = texts.phrase(seen.row), setting.changed.get(seen.entry) or texts.entry(seen.entry)
        weights = [texts.weight(word) for word in question.content]
        meant = self._meant(question.content, text)
        gaps = [weight * (1.0 - found) for weight, found in zip(weights, meant, strict=True)]
        rest = [texts.weight(word) * (1.0 - _held(word, question.content, question.key)) for word in phrase.content]
        covered = self._coverage(question.content, phrase.content, phrase.key)
        return np.array(
            (
                seen.fused,
                seen.lexical,
                seen.second,
                seen.mean,
                seen.answer,
                _clip((seen.dense - setting.outside) / _OUTSIDE),
                _clip(3.0 * (seen.fused - setting.usual)),
                covered,
                self._coverage(phrase.content, question.content, question.key),
                self._coverage(question.content, text.words, text.signs),
                _mean(meant, weights),
                _pairs_found(question.key, text.line),
                _signs_found(question.key, text.line),
                fuzz.ratio(question.key, phrase.key) / 100,
                fuzz.partial_ratio(question.key, phrase.key) / 100,
                max(gaps, default=0.0),
                min(1.0, sum(gaps) / _GAPS),
                max(rest, default=0.0),
                covered if question.negated ^ phrase.negated else 0.0,
                _share(question.numbers - text.numbers, question.numbers),
                *seen.topics,
                *setting.idleness,
                math.log1p(len(question.key)) / 3,
                min(1.0, len(texts.rows(seen.entry)) / 5),
                *(0.0,) * (len(NAMES) - SCORE - 1),
                1.0,
            )
        )

    def _meant(self, asked: Sequence[str], text: EntryText) -> list[float]:
        """For each asked word how surely the entry has it: the word, one that means the same, or at least its characters."""
        lexicon = self._texts.lexicon
        near = lexicon.alike(asked, text.places).max(axis=1, initial=0.0).tolist() if lexicon is not None else [0.0] * len(asked)
        return [
            1.0 if word in text.words else max(alike, _LOOSELY * _inside(word, text.signs))
            for word, alike in zip(asked, near, strict=True)
        ]

    def _coverage(self, wanted: Sequence[str], words: Container[str], signs: Container[str]) -> float:
        """The share of the wanted words, weighed by what they tell, that the other side has; 0 where nothing is wanted."""
        weight = self._texts.weight
        return _mean([_held(word, words, signs) for word in wanted], [weight(word) for word in wanted])


def _held(word: str, words: Container[str], signs: Container[str]) -> float:
    return 1.0 if word in words else _PARTLY * _inside(word, signs)


def _inside(word: str, signs: Container[str]) -> float:
    return sum(sign in signs for sign in word) / len(word)


def _mean(found: Sequence[float], weights: Sequence[float]) -> float:
    whole = sum(weights)
    return sum(one * weight for one, weight in zip(found, weights, strict=True)) / whole if whole else 0.0


def _pairs_found(key: str, line: str) -> float:
    pairs = [key[at : at + 2] for at in range(len(key) - 1)] or [key]
    return sum(pair in line for pair in pairs) / len(pairs) if key else 0.0


def _signs_found(key: str, line: str) -> float:
    return sum(sign in line for sign in key) / len(key) if key else 0.0


def _clip(value: float) -> float:
    return max(-1.0, min(1.0, value))


def _share(some: AbstractSet[str], everything: AbstractSet[str]) -> float:
    return len(some) / len(everything) if everything else 0.0
