"""What a classifier sees of a sentence: pieces of its characters and of its sound, its words, its emoji."""

import logging
import re
import warnings
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Protocol

from intents.pinyin import sounds

if TYPE_CHECKING:
    from jieba import Tokenizer

LONGEST = 400
"""Characters of a message that are looked at; what is longer is a pasted text, not an errand."""
_DIGITS = re.compile(r"\d")
_PIECES = (1, 2, 3, 4)
_SOUNDS = (2, 3)
_CODE = re.compile(r"\[[\u4e00-\u9fffA-Za-z]{1,6}\]")
_LEAST = 2
"""Letters that must be left of a sentence without its emoji; what is shorter is said by them."""


class Frequencies(Protocol):
    """Words with how often they occur, 0 for what only begins one: a dict, or whatever takes less room."""

    def __contains__(self, word: object) -> bool: ...

    def __getitem__(self, word: str) -> int: ...

    def get(self, word: str, default: int | None = None) -> int | None:
        """A word's frequency, else the default."""


class Overlay:
    """A brand's words over the common dictionary, which stays one for the whole process."""

    def __init__(self, common: Frequencies) -> None:
        self.common = common
        """What every brand's words are laid over."""
        self.own: dict[str, int] = {}
        """The brand's."""

    def __contains__(self, word: object) -> bool:
        return word in self.common or word in self.own

    def __getitem__(self, word: str) -> int:
        own = self.own.get(word)
        return self.common[word] if own is None else own

    def __setitem__(self, word: str, frequency: int) -> None:
        self.own[word] = frequency

    def get(self, word: str, default: int | None = None) -> int | None:
        """The word's frequency, the brand's own first."""
        own = self.own.get(word)
        return self.common.get(word, default) if own is None else own


_asked: dict[int, tuple[tuple[str, ...], "Tokenizer"]] = {}
"""The latest segmenters by the identity of their words: to hash thousands of words costs more than to cut a sentence."""
_ASKED = 8


def tokenizer(words: tuple[str, ...]) -> "Tokenizer":
    """A word segmenter of our own that also knows the brand's words (jieba; its dictionary is read once)."""
    known = _asked.get(id(words))
    if known is not None and known[0] is words:
        return known[1]
    if len(_asked) >= _ASKED:
        _asked.clear()
    made = _tokenizer(words)
    _asked[id(words)] = (words, made)
    return made


def forget_tokenizers() -> None:
    """Make them anew when they are asked for again: jieba has another dictionary now."""
    _asked.clear()
    _tokenizer.cache_clear()


@cache
def _tokenizer(words: tuple[str, ...]) -> "Tokenizer":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba  # noqa: PLC0415 - it warns while it is imported
    jieba.setLogLevel(logging.ERROR)
    jieba.dt.initialize()
    if not words:
        return jieba.dt
    own = type(jieba.dt)()
    own.FREQ, own.total, own.initialized = Overlay(jieba.dt.FREQ), jieba.dt.total, True
    for word in words:
        own.add_word(word)
    return own


def prepared(sentence: str) -> str:
    """The form that features are taken from: a normalised sentence in lower case, digits as 0, of bounded length."""
    return _DIGITS.sub("0", sentence[:LONGEST].lower())


def unadorned(sentence: str) -> str:
    """A normalised sentence without its emoji codes, which stand anywhere between words; whole where little else is left."""
    if "[" not in sentence:
        return sentence
    words = _CODE.sub("", sentence).strip()
    return words if sum(map(str.isalnum, words)) >= _LEAST else sentence


def pieces(sentence: str) -> Counter[str]:
    """Counts of all runs of 1 to 4 characters of a prepared sentence, its edges marked, and of 2 or 3 of its sounds.

    A homophone changes the characters and leaves the sounds (pinyin without tones, easily confused syllables as one).
    """
    written = f"\x02{unadorned(sentence)}\x03"
    spoken = written.translate(sounds())
    found = [written[at : at + n] for n in _PIECES for at in range(len(written) - n + 1)]
    if spoken != written:
        for n in _SOUNDS:
            heard = ((spoken[at : at + n], written[at : at + n]) for at in range(len(spoken) - n + 1))
            found += [sound for sound, signs in heard if sound != signs]
    return Counter(found)


def terms(sentence: str, words: tuple[str, ...] = ()) -> Counter[str]:
    """Counts of the words of a prepared sentence, of neighbouring pairs, and of its emoji codes."""
    said = unadorned(sentence)
    cut: Sequence[str] = [word for word in tokenizer(words).lcut(said, HMM=False) if word != " "]
    found = Counter(cut)
    if said != sentence:
        found.update(_CODE.findall(sentence))
    found.update(f"{first}\x1f{second}" for first, second in zip(("\x02", *cut), (*cut, "\x03"), strict=True))
    return found
