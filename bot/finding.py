"""Find something by what a thumb types: its words, its full pinyin (tuihuo) or the initials (th). Pure.

What matches more exactly stands first; of equally exact ones what is used more. Polyphonic characters are first taken in their
usual reading; only where that finds nothing are the others tried.
"""

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Self

from intents.pinyin import readings

_GAP = re.compile(r"[\W_]+")
_LATIN = re.compile(r"[a-z']+")
_SPLIT = re.compile(r"[\s,，;；、]+")
EQUAL, BEGINS, HOLDS, SOUNDS, INITIALS, ALIKE = 100.0, 80.0, 60.0, 50.0, 40.0, 20.0
"""How exactly a word was met: the whole name, its beginning, inside it, by sound, by initials, by most of its characters."""
_AT_START = 5.0
"""More where a sound begins with the name."""
_USE = 9.0
"""What use can add at most: less than the distance of two kinds of match."""
_ENOUGH = 0.5
"""Of the pairs of characters so many must be there, where the words stand nowhere as they were typed."""
_VARIANTS = 8
"""Readings of a name that are tried at most, where it has characters with several."""


@dataclass(frozen=True, slots=True)
class _Field:
    """One text of an item, as it is compared."""

    words: str
    sounds: str
    starts: frozenset[int]
    """Where in ``sounds`` a syllable begins."""
    initials: str
    weight: float


@dataclass(frozen=True, slots=True)
class Item:
    """Something that can be found: its texts with how much each weighs (1: its name)."""

    id: str
    texts: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """One that was found."""

    id: str
    score: float


def folded(text: str) -> str:
    """A text as it is compared: one width, one case, nothing but letters, digits and characters."""
    return _GAP.sub("", unicodedata.normalize("NFKC", text).casefold())


def pinyin(text: str) -> tuple[str, ...]:
    """The usual syllable of each character; what has none stays itself."""
    spoken = readings()
    return tuple(spoken[char][0] if char in spoken else char for char in folded(text))


def _field(text: str, weight: float, syllables: Sequence[str] | None = None) -> _Field:
    parts = syllables or pinyin(text)
    starts, at = set(), 0
    for part in parts:
        starts.add(at)
        at += len(part)
    return _Field(folded(text), "".join(parts), frozenset(starts), "".join(part[0] for part in parts), weight)


class Finder:
    """Items laid out once for many searches; immutable."""

    def __init__(self, items: Sequence[Item], fields: Sequence[tuple[_Field, ...]]) -> None:
        self._items = items
        self._fields = fields

    @classmethod
    def of(cls, items: Iterable[Item]) -> Self:
        """Lay out; the order of the items decides between equals."""
        kept = tuple(items)
        return cls(kept, tuple(tuple(_field(text, weight) for text, weight in one.texts if text) for one in kept))

    def find(self, query: str, limit: int, used: Mapping[str, float] | None = None) -> tuple[Hit, ...]:
        """The best that hold every word of the query; an empty query finds all, the most used first."""
        terms = [term for part in _SPLIT.split(query) if (term := _term(part))]
        found = self._ranked(self._fields, terms, used or {})
        if not found and any(_LATIN.fullmatch(term) for term in terms):
            found = self._ranked([self._rare(at) for at in range(len(self._items))], terms, used or {})
        return found[:limit]

    def _ranked(self, fields: Sequence[tuple[_Field, ...]], terms: Sequence[str], used: Mapping[str, float]) -> tuple[Hit, ...]:
        scored = []
        for at, (item, texts) in enumerate(zip(self._items, fields, strict=True)):
            score = _score(terms, texts)
            if score > 0:
                scored.append((-score - _use(used.get(item.id, 0.0)), at))
        return tuple(Hit(self._items[at].id, -score) for score, at in sorted(scored))

    def _rare(self, at: int) -> tuple[_Field, ...]:
        """An item in the other readings of its name."""
        text, weight = self._items[at].texts[0]
        spoken = readings()
        each = [spoken.get(char, (char,)) for char in folded(text)]
        few = [options if len(options) > 1 and sum(len(one) > 1 for one in each[:n]) < 3 else options[:1]
               for n, options in enumerate(each)]  # fmt: skip
        ways = [way for way, _ in zip(product(*few), range(_VARIANTS), strict=False)]
        return tuple(_field(text, weight, way) for way in ways if way)


def _term(part: str) -> str:
    """A word of the query; the apostrophe that parts syllables (xi'an) stays out."""
    return folded(part.replace("'", "").replace("’", ""))


def _score(terms: Sequence[str], fields: Sequence[_Field]) -> float:
    """How well an item answers all words; 0 where one is missing. Without words everything answers a little."""
    if not terms:
        return 1.0
    total = 0.0
    for term in terms:
        best = max((_met(term, field) * field.weight for field in fields), default=0.0)
        if best <= 0:
            return 0.0
        total += best
    return total / len(terms)


def _met(term: str, field: _Field) -> float:
    if term == field.words:
        return EQUAL
    if field.words.startswith(term):
        return BEGINS
    if term in field.words:
        return HOLDS
    if _LATIN.fullmatch(term):
        return _heard(term, field)
    return _alike(term, field.words)


def _heard(term: str, field: _Field) -> float:
    """By sound from the beginning of a syllable on, or by two initials and more."""
    at = field.sounds.find(term)
    while at >= 0:
        if at in field.starts:
            return SOUNDS + (_AT_START if at == 0 else 0.0)
        at = field.sounds.find(term, at + 1)
    if len(term) < 2:
        return INITIALS if field.initials.startswith(term) else 0.0
    at = field.initials.find(term)
    return 0.0 if at < 0 else INITIALS + (_AT_START if at == 0 else 0.0)


def _alike(term: str, words: str) -> float:
    """By most of its pairs of characters: 退货流程 finds 退货的流程."""
    pairs = {term[at : at + 2] for at in range(len(term) - 1)}
    if not pairs:
        return 0.0
    share = sum(pair in words for pair in pairs) / len(pairs)
    return ALIKE * share if share >= _ENOUGH else 0.0


def _use(times: float) -> float:
    return min(_USE, 2 * math.log2(1 + max(times, 0.0)))
