"""Homophones and look-alikes back to the word that was meant, where nothing else can have been meant.

A stretch of 2 to 9 characters is corrected if it sounds (or, character by character, looks) like a word that shoppers
use, is no word itself, and if the sentence becomes much likelier by it: both readings are weighed by the frequencies of
the words into which they divide best (jieba's dictionary, the words of `intents.retail`, the brand's own). Names of the
brand are never touched.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from math import log

from intents.features import tokenizer
from intents.lookalikes import lookalikes
from intents.pinyin import readings, same_sound, sign, similar_sound, sounds
from intents.retail import FLUENT, SOUGHT

_HAN = re.compile(r"[\u4e00-\u9fff]+")
_LONGEST = 9
_MOST = 5_000
"""A brand's names that typos are corrected to, the shortest first; all of them are kept."""
_KEYS = 8
"""Ways to pronounce one word that are kept."""
_AROUND = 6
"""Characters on either side by which a correction is judged."""
_TOTAL = 60_000_000
"""Occurrences that jieba's frequencies were counted from."""
_SOUGHT_TIMES = 4_000
"""Frequency of a shop's word: jieba was counted on newspapers, where nobody asks for parcels."""
_UNKNOWN = log(_TOTAL) + 1.0
_SAME, _SIMILAR, _LOOK = 4.0, 6.0, 5.5
"""What one changed character must at least bring, by how it is confused (in nats)."""
_MARGINS = {2: 4.3, 3: 3.0}
_FREE = 20_000
"""From this frequency on a lone character is at home anywhere (或, 在, 加): it is changed only inside or before a border."""
_BORDER = frozenset("吗呢吧啊呀了么嘛的哦啦")
_APART = 4
"""Characters on either side of a space by which it is judged."""
_JOIN = 4.0
"""Nats that joining two stretches must bring."""
_NUMERALS = frozenset("零一二三四五六七八九十百千万亿两俩半几〇")

_EITHER = ("那哪", "他她它", "买卖", "的得地", "做作", "在再", "收受", "带戴", "间件")
"""Both are usual in the same places: only a table of typos may tell them apart."""
_COUNTED = frozenset(("一下", "一样", "一直", "一起", "一共"))
"""Words of two characters with a numeral that a typo may have meant; 两瓶 and 一个 are too much like anything else."""

Edit = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Index:
    """Words by how they sound."""

    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Signs of a word's syllables (its own or, in one place, a look-alike's) to the words."""
    lengths: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """The first two signs to the lengths that occur, longest first."""

    @staticmethod
    def of(words: Iterable[str], *, looks: bool = True) -> "Index":
        """An index of words, by their ``looks`` too; those that are not all Chinese, too short or too long are left out."""
        found: dict[str, dict[str, None]] = {}
        for word in words:
            if 2 <= len(word) <= _LONGEST and _HAN.fullmatch(word):
                for key in _keys(word, looks=looks):
                    found.setdefault(key, {})[word] = None
        lengths: dict[str, set[int]] = {}
        for key in found:
            lengths.setdefault(key[:2], set()).add(len(key))
        return Index(
            {key: tuple(meant) for key, meant in found.items()},
            {start: tuple(sorted(several, reverse=True)) for start, several in lengths.items()},
        )


def _keys(word: str, *, looks: bool) -> Iterator[str]:
    """Signs of a word: all its pronunciations, and if asked with one character read as each of its look-alikes."""
    spoken = readings()
    options = [tuple({sign(one): None for one in spoken.get(char, ())}) or (char,) for char in word]
    for several, _ in zip(product(*options), range(_KEYS), strict=False):
        yield "".join(several)
    usual = [one[0] for one in options]
    for at, char in enumerate(word) if looks else ():
        for other in sorted(lookalikes().get(char, ())):
            if other in spoken:
                yield "".join((*usual[:at], sign(spoken[other][0]), *usual[at + 1 :]))


@cache
def _retail() -> Index:
    return Index.of(word for word in SOUGHT if len(word) > 2 or word in _COUNTED or _NUMERALS.isdisjoint(word))


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """A brand's names and words: never corrected away, and themselves what typos may have meant.

    Two vocabularies are equal only if they are the same object, so that results can be remembered by it.
    """

    names: frozenset[str] = frozenset()
    """Folded lower-case names of at least two characters."""
    lengths: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """First character of a name to the lengths that occur, longest first."""
    index: Index = field(default_factory=Index)
    """Names of three to nine Chinese characters, to be recognised by their sound."""

    @staticmethod
    def of(folded: Iterable[str]) -> "Vocabulary":
        """A vocabulary of names in folded spelling (`normalize.folded`), in any case."""
        names = frozenset(name for one in folded if len(name := one.strip().lower()) > 1)
        lengths: dict[str, set[int]] = {}
        for name in names:
            lengths.setdefault(name[0], set()).add(len(name))
        return Vocabulary(
            names,
            {first: tuple(sorted(several, reverse=True)) for first, several in lengths.items()},
            Index.of(sorted((name for name in names if len(name) > 2), key=lambda name: (len(name), name))[:_MOST], looks=False),
        )

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where names of the brand stand in a folded text, the longest at each place, from left to right."""
        lower = text.lower()
        if len(lower) != len(text):
            lower = text
        found, at = [], 0
        while at < len(lower):
            length = next((n for n in self.lengths.get(lower[at], ()) if self._stands(lower, at, at + n)), 0)
            if length:
                found.append((at, at + length))
            at += length or 1
        return found

    def _stands(self, text: str, start: int, end: int) -> bool:
        """Whether a name stands here, at word edges where it is Latin."""
        if end > len(text) or text[start:end] not in self.names:
            return False
        before, after = text[start - 1 : start], text[end : end + 1]
        return not ((_latin(text[start]) and _latin(before)) or (_latin(text[end - 1]) and _latin(after)))


def _latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def corrections(text: str, keep: Vocabulary | None = None) -> Iterator[Edit]:
    """Corrections of a folded text, from left to right and not overlapping."""
    code = text.translate(sounds())
    indexes = (_retail(),) if keep is None else (_retail(), keep.index)
    done = 0
    for at in range(len(code) - 1):
        if at < done:
            continue
        start = code[at : at + 2]
        for index in indexes:
            if start in index.lengths and (found := _at(text, code, at, index, keep)):
                done = found[1]
                if found[2]:
                    yield found
                break


def _at(text: str, code: str, at: int, index: Index, keep: Vocabulary | None) -> Edit | None:
    """The word that is meant at a place, the longest first; an empty one where what stands there is right."""
    for length in index.lengths[code[at : at + 2]]:
        span = text[at : at + length]
        if len(span) < length:
            continue
        if span in FLUENT:
            return at, at + length, ""
        meant = index.words.get(code[at : at + length])
        if meant and (word := _better(text, at, span, meant, keep)):
            return at, at + length, word
    return None


def rejoined(text: str) -> Iterator[Edit]:
    """Spaces between Chinese characters that cut a word apart (怎 么退货)."""
    at = text.find(" ")
    while at > 0:
        left, right = _chinese(text[max(0, at - _APART) : at], last=True), _chinese(text[at + 1 : at + 1 + _APART], last=False)
        if left and right:
            apart = _weigh(left, frozenset()) + _weigh(right, frozenset())
            if apart - _weigh(left + right, frozenset()) >= _JOIN:
                yield at, at + 1, ""
        at = text.find(" ", at + 1)


def _better(text: str, at: int, span: str, meant: Sequence[str], keep: Vocabulary | None) -> str | None:
    """The word that was meant instead of a span, if any."""
    best, most = None, _MARGINS.get(len(span), 2.0)
    for word in meant:
        price = _price(text, at, span, word)
        if price is None:
            continue
        gain = _gain(text, at, span, word, keep) - price
        if gain > most:
            best, most = word, gain
    return best


def _price(text: str, at: int, span: str, word: str) -> float | None:
    """What changing a span into a word must bring; None where it is out of the question."""
    changed = [(place, old, new) for place, (old, new) in enumerate(zip(span, word, strict=True)) if old != new]
    if not changed or 2 * len(changed) > len(span) + 1:
        return None
    price = 0.0
    for place, old, new in changed:
        if _untouchable(old, new, len(span)):
            return None
        if same_sound(old, new):
            price += _SAME
        elif similar_sound(old, new):
            price += _SIMILAR
        elif new in lookalikes().get(old, ()):
            price += _LOOK
        else:
            return None
        if len(span) == 2 and _free(old) and not _bordered(text, at + place):
            return None
    return price


def _untouchable(old: str, new: str, length: int) -> bool:
    """Whether no evidence of sound and frequency suffices for a change in a word of this length."""
    if old in _NUMERALS or new in _NUMERALS or (old in _BORDER and length < 4):
        return True
    return any(old in group and new in group for group in _EITHER)


def _free(char: str) -> bool:
    return (tokenizer(()).FREQ.get(char) or 0) >= _FREE


def _bordered(text: str, at: int) -> bool:
    """Whether a word ends after this character."""
    after = text[at + 1 : at + 2]
    return not _HAN.match(after) or after in _BORDER


def _gain(text: str, at: int, span: str, word: str, keep: Vocabulary | None) -> float:
    """By how much the neighbourhood becomes likelier (in nats) if a span becomes a word."""
    left = max(at - _AROUND, 0)
    before, after = _chinese(text[left:at], last=True), _chinese(text[at + len(span) : at + len(span) + _AROUND], last=False)
    names = keep.names if keep else frozenset()
    return _weigh(before + span + after, names) - _weigh(before + word + after, names)


def _chinese(text: str, *, last: bool) -> str:
    """The Chinese characters at one end of a text."""
    found = _HAN.findall(text)
    if not found:
        return ""
    if last:
        return found[-1] if text.endswith(found[-1]) else ""
    return found[0] if text.startswith(found[0]) else ""


def _weigh(text: str, names: frozenset[str]) -> float:
    """The least surprise (in nats) of dividing a text into words."""
    common = tokenizer(()).FREQ
    costs = [0.0]
    for end in range(1, len(text) + 1):
        best = costs[end - 1] + _UNKNOWN
        for start in range(max(0, end - _LONGEST), end):
            piece = text[start:end]
            times = common.get(piece) or 0
            if end - start > 1 and (piece in FLUENT or piece in names):
                times = max(times, _SOUGHT_TIMES)
            if times:
                best = min(best, costs[start] + log(_TOTAL / times))
        costs.append(best)
    return costs[-1]
