"""How characters sound: their syllables, what ears and keyboards confuse, and Latin letters read as syllables."""

import re
from collections.abc import Mapping
from functools import cache

from intents.syllables import SYLLABLES

_GROUP = re.compile(r"([a-z]+)([^/]*)/?(.*)")
_ALIKE = re.compile(r"^([zcs])h|(?<=[aei])ng$|^n(?!g?$)")
_MOST = 3
"""Readings of a character that are looked at."""


@cache
def readings() -> Mapping[str, tuple[str, ...]]:
    """Each known character's syllables without tones, the usual one first (made once, about 7000 characters)."""
    usual: dict[str, str] = {}
    rare: dict[str, list[str]] = {}
    for group in SYLLABLES.replace("\n", "").split("|"):
        if found := _GROUP.fullmatch(group):
            usual.update(dict.fromkeys(found[2], found[1]))
            for char in found[3]:
                rare.setdefault(char, []).append(found[1])
    return {char: (first, *rare.get(char, ())[: _MOST - 1]) for char, first in usual.items()}


@cache
def syllables() -> frozenset[str]:
    """All syllables that occur."""
    return frozenset(syllable for spoken in readings().values() for syllable in spoken)


@cache
def blurred(syllable: str) -> str:
    """A syllable without what many speakers do not keep apart: z/zh, c/ch, s/sh, n/ng at the end, n/l at the beginning."""
    return _ALIKE.sub(lambda found: found[1] or ("l" if found.start() == 0 else "n"), syllable)


@cache
def sounds() -> Mapping[int, str]:
    """A table for `str.translate`: each known character to one private sign for its usual blurred syllable."""
    return {ord(char): sign(spoken[0]) for char, spoken in readings().items()}


@cache
def _signs() -> Mapping[str, str]:
    """One sign of the private use area for each blurred syllable."""
    return {syllable: chr(0xE000 + at) for at, syllable in enumerate(sorted(map(blurred, syllables())))}


def sign(syllable: str) -> str:
    """The private sign of a syllable; syllables that are easily confused share it."""
    return _signs()[blurred(syllable)]


def same_sound(one: str, other: str) -> bool:
    """Whether two characters have a reading in common."""
    spoken = readings()
    return not set(spoken.get(one, ())).isdisjoint(spoken.get(other, ()))


def similar_sound(one: str, other: str) -> bool:
    """Whether two characters have readings that are easily confused."""
    spoken = readings()
    return not set(map(blurred, spoken.get(one, ()))).isdisjoint(map(blurred, spoken.get(other, ())))
