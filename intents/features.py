"""What a classifier sees of a sentence: pieces of its characters, its words, and how it looks as a whole."""

import logging
import re
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jieba import Tokenizer

LONGEST = 400
"""Characters of a message that are looked at; what is longer is a pasted text, not an errand."""
_DIGITS = re.compile(r"\d")
_PIECES = (1, 2, 3, 4)


class Overlay:
    """A brand's words over the common dictionary, which stays one for the whole process: a copy of it would be 20 MB."""

    def __init__(self, common: Mapping[str, int]) -> None:
        self._common = common
        self._own: dict[str, int] = {}

    def __contains__(self, word: object) -> bool:
        return word in self._common or word in self._own

    def __getitem__(self, word: str) -> int:
        own = self._own.get(word)
        return self._common[word] if own is None else own

    def __setitem__(self, word: str, frequency: int) -> None:
        self._own[word] = frequency

    def get(self, word: str, default: int | None = None) -> int | None:
        """The word's frequency, the brand's own first."""
        own = self._own.get(word)
        return self._common.get(word, default) if own is None else own


@cache
def tokenizer(words: tuple[str, ...]) -> "Tokenizer":
    """A word segmenter of our own that also knows the brand's words (jieba; its dictionary is read once)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba  # noqa: PLC0415 - it warns while it is imported
    jieba.setLogLevel(logging.ERROR)
    jieba.dt.initialize()
    if not words:
        return jieba.dt
    own = jieba.Tokenizer()
    own.FREQ, own.total, own.initialized = Overlay(jieba.dt.FREQ), jieba.dt.total, True
    for word in words:
        own.add_word(word)
    return own


def prepared(sentence: str) -> str:
    """The form that features are taken from: a normalised sentence in lower case, digits as 0, of bounded length."""
    return _DIGITS.sub("0", sentence[:LONGEST].lower())


def pieces(sentence: str) -> Counter[str]:
    """Counts of all runs of 1 to 4 characters of a prepared sentence, its edges marked."""
    edged = f"\x02{sentence}\x03"
    return Counter(edged[at : at + n] for n in _PIECES for at in range(len(edged) - n + 1))


def terms(sentence: str, words: tuple[str, ...] = ()) -> Counter[str]:
    """Counts of the words of a prepared sentence and of neighbouring pairs."""
    cut: Sequence[str] = [word for word in tokenizer(words).lcut(sentence, HMM=False) if word != " "]
    found = Counter(cut)
    found.update(f"{first}\x1f{second}" for first, second in zip(("\x02", *cut), (*cut, "\x03"), strict=True))
    return found
