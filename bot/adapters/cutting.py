"""jieba's segmenter over `Prefixes`: it cuts every sentence as jieba does, with 6 MB of words instead of 64.

Only what jieba does with its dictionary is written anew (its ``get_DAG`` and ``calc``): the words that begin at each place, and
the likeliest way through them. To be imported where a sentence is cut: jieba warns while it is imported.
"""

from math import log
from typing import Any

import jieba

from bot.adapters.prefixes import Prefixes
from intents.features import Overlay, forget_tokenizers


class Ways(dict[int, list[int]]):
    """For each place where words from it end; beside it their logarithms, so that nobody looks them up again."""

    __slots__ = ("told",)

    def __init__(self) -> None:
        super().__init__()
        self.told: list[list[tuple[int, float]]] = []


class Segmenter(jieba.Tokenizer):  # type: ignore[misc]
    """A segmenter whose words are `Prefixes`, or an `Overlay` over them."""

    FREQ: Prefixes | Overlay

    def __init__(self, words: Prefixes | None = None, total: int = 0) -> None:
        """``total``: occurrences of all words together."""
        super().__init__()
        self._longest: dict[str, int] = {}
        if words is not None:
            self.FREQ, self.total, self.initialized = words, total, True

    def add_word(self, word: str, freq: int | None = None, tag: str | None = None) -> None:
        """Add a brand's word; as jieba's."""
        super().add_word(word, freq, tag)
        self._longest[word[0]] = max(self._longest.get(word[0], 0), len(word))

    def get_DAG(self, sentence: str) -> Ways:  # noqa: N802 - jieba's name
        """The words at each place; as jieba's."""
        words = self.FREQ
        own = words.own if isinstance(words, Overlay) else {}
        common: Any = words.common if isinstance(words, Overlay) else words
        ways, size = Ways(), len(sentence)
        for at in range(size):
            numbers = common.along(sentence, at, size)
            if own and (most := self._longest.get(sentence[at])):
                numbers = _over(numbers, own, sentence[at : at + most])
            told = [(end, log(number)) for end, number in enumerate(numbers, at) if number] or [(at, 0.0)]
            ways.told.append(told)
            ways[at] = [end for end, _ in told]
        return ways

    def calc(self, sentence: str, DAG: Ways, route: dict[int, tuple[float, int]]) -> None:  # noqa: N803 - jieba's name
        """The likeliest way from each place to the end; as jieba's, which takes the longer word of two that are as likely."""
        whole, size = log(self.total), len(sentence)
        route[size] = (0, 0)
        for at in range(size - 1, -1, -1):
            route[at] = max([(seen - whole + route[end + 1][0], end) for end, seen in DAG.told[at]])


def _over(numbers: list[int], own: dict[str, int], text: str) -> list[int]:
    """The numbers of what begins a text, a brand's own in place of the common ones."""
    found = numbers + [0] * (len(text) - len(numbers))
    for length in range(1, len(text) + 1):
        if (number := own.get(text[:length])) is not None:
            found[length - 1] = number
    return found


def put(words: Prefixes, total: int) -> None:
    """Let everybody who asks jieba in this process cut with these words."""
    place: Any = jieba
    place.dt = Segmenter(words, total)
    forget_tokenizers()
