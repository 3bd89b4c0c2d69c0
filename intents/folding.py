"""How characters are written, made one: width, script, invisible, look-alike and traditional ones; meaning is not touched."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache

from intents.pinyin import readings
from intents.variants import LETTERS, VARIANTS

Edit = tuple[int, int, str]
"""(start, end, what stands there instead)."""

_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f"
    r"\u202a-\u202e\u2060-\u206f\u20e3\ufe00-\ufe0f\ufeff\ufff9-\ufffb\ufffd\ud800-\udfff"
    r"\U0001f3fb-\U0001f3ff\U000e0000-\U000e0fff]+"
)
_SPACE = re.compile(r"[\s\u0085]+")
_BEYOND = re.compile(r"[^\x00-\x7f\u3001-\u301b\u4e00-\u9fff]")
"""What compatibility folding may change; common Chinese characters and ASCII never."""
_STRANGE = "\u0131\u0251\u0261\u0370-\u052f"
_MIXED = re.compile(rf"[A-Za-z0-9{_STRANGE}]*[{_STRANGE}][A-Za-z0-9{_STRANGE}]*")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_VARIANT = re.compile("|".join(map(re.escape, sorted(VARIANTS, key=len, reverse=True))))
_TRADITIONAL = frozenset("捱後夥袷榘麽拚乾麴餸薹醣菸於吒摺徵覆")
"""Characters of the common set that OpenCC replaces, alone or in a phrase."""


@cache
def _plain() -> frozenset[str]:
    """Characters that no step but spacing changes."""
    letters = {chr(code) for code in range(0x20, 0x7F)} | {"\n", "。", "、"}
    return frozenset(letters | set(readings())) - _TRADITIONAL - {written[0] for written in VARIANTS}


def is_plain(text: str) -> bool:
    """Whether only white space can need folding in a text (most texts: this makes the usual case fast)."""
    return _plain().issuperset(text)


def compatible(text: str) -> Iterator[Edit]:
    """NFKC, cluster by cluster, so that each result keeps its source."""
    if unicodedata.is_normalized("NFKC", text):
        return
    beyond = list(_BEYOND.finditer(text))
    if not any(_joins(found[0]) for found in beyond):
        for found in beyond:
            if (composed := unicodedata.normalize("NFKC", found[0])) != found[0]:
                yield found.start(), found.end(), composed
        return
    start = 0
    for end in range(1, len(text) + 1):
        if end < len(text) and _joins(text[end]):
            continue
        cluster = text[start:end]
        composed = unicodedata.normalize("NFKC", cluster)
        if composed != cluster:
            yield start, end, composed
        start = end


def _joins(char: str) -> bool:
    """Whether a character may compose with the one before it (marks, Hangul vowels and finals)."""
    return unicodedata.combining(char) != 0 or "\u1161" <= char <= "\u11c2" or "\u3099" <= char <= "\u309a"


def removed(text: str) -> Iterator[Edit]:
    """Characters that nobody sees."""
    for found in _INVISIBLE.finditer(text):
        yield found.start(), found.end(), ""


def spaced(text: str) -> Iterator[Edit]:
    """Runs of white space as one space, or one line break where they hold one; none at the ends."""
    for found in _SPACE.finditer(text):
        outer = found.start() == 0 or found.end() == len(text)
        yield found.start(), found.end(), "" if outer else "\n" if "\n" in found[0] else " "


@cache
def _converter(dialect: str) -> Callable[[str], str]:
    """One of OpenCC's converters, made once (it reads its dictionaries)."""
    from opencc import OpenCC  # noqa: PLC0415 - its dictionaries are read when the first text needs them

    convert: Callable[[str], str] = OpenCC(dialect).convert
    return convert


def simplified(text: str) -> Iterator[Edit]:
    """繁体 as 简体; in a traditional text Taiwan's words as the mainland's (資訊 → 信息) where they are of one length.

    Phrases first, single characters where a phrase changes length.
    """
    if text.isascii():
        return
    convert = _converter("t2s")
    simple = convert(text)
    if simple == text:
        return
    if len(simple) != len(text):
        simple = "".join(new if len(new := convert(char)) == 1 else char for char in text)
    elif len(mainland := _converter("tw2sp")(text)) == len(text):
        simple = mainland
    for index, (old, new) in enumerate(zip(text, simple, strict=True)):
        if old != new:
            yield index, index + 1, new


def variant(text: str) -> Iterator[Edit]:
    """Variants that simplification leaves alone, figures in circles, characters taken apart."""
    for found in _VARIANT.finditer(text):
        yield found.start(), found.end(), VARIANTS[found[0]]


def look_alike(text: str) -> Iterator[Edit]:
    """Letters of other scripts that stand among Latin ones or, all of them look-alikes, in a Chinese text."""
    for found in _MIXED.finditer(text):
        word = found[0]
        latin = any(char.isascii() and char.isalpha() for char in word)
        strange = [char for char in word if not char.isascii()]
        if not latin and not (_HAN.search(text) and all(char in LETTERS for char in strange)):
            continue
        for at, char in enumerate(word, found.start()):
            if char in LETTERS:
                yield at, at + 1, LETTERS[char]


STEPS = (compatible, removed, simplified, variant, look_alike)
"""For texts that are not plain, in this order; then `spaced`."""
