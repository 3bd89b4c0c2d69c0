"""A workspace's names: standard values by the ways people write them, and products by what sets them apart."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from intents.finding import Found
from intents.normalize import normalize

_MOST_PARTIAL = 20_000
"""Products beyond it are found by their full names only."""
_HAN = re.compile(r"[\u4e00-\u9fff]")
_PART = re.compile(r"[A-Za-z0-9.+]+|[\u4e00-\u9fff]+")
_LONE_BEFORE = frozenset("要买有想是和跟或换的这选拿给款用发送来")
_LONE_AFTER = frozenset("的色款,。!?吗么 呢啊吧~还和跟、有也")


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Spellings to standard values, ready to be looked up at each place of a sentence."""

    names: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """Normalised lower-case spelling to its (slot, standard value) pairs."""
    lengths: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """First character of a spelling to the lengths that occur, longest first."""

    @staticmethod
    def build(spellings: Mapping[str, Mapping[str, Sequence[str]]], products: Sequence[tuple[str, str]] = ()) -> "Gazetteer":
        """A gazetteer of ``{slot: {standard: spellings}}`` and of products as (sku, name)."""
        names: dict[str, dict[tuple[str, str], None]] = {}
        for slot, standards in spellings.items():
            for standard, written in standards.items():
                for spelling in (standard, *written):
                    if key := _key(spelling):
                        names.setdefault(key, {})[slot, standard] = None
        for sku, name in products:
            if len(key := _key(name)) >= 2:
                names.setdefault(key, {})["product", sku] = None
        for part, sku in _partial(products[:_MOST_PARTIAL], names):
            names.setdefault(part, {})["product", sku] = None
        lengths: dict[str, set[int]] = {}
        for key in names:
            lengths.setdefault(key[0], set()).add(len(key))
        return Gazetteer(
            {key: tuple(found) for key, found in names.items()},
            {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()},
        )

    def words(self) -> tuple[str, ...]:
        """All spellings in characters, for a word segmenter."""
        return tuple(sorted(name for name in self.names if 2 <= len(name) <= 8 and _HAN.search(name)))

    def find(self, text: str) -> Iterator[Found]:
        """The longest known name at each place of a normalised sentence, from left to right."""
        lower, at = text.lower(), 0
        if len(lower) != len(text):
            lower = text
        while at < len(lower):
            length = self._longest(lower, at)
            for slot, standard in self.names[lower[at : at + length]] if length else ():
                yield Found(slot, standard, at, at + length)
            at += length or 1

    def _longest(self, lower: str, at: int) -> int:
        """Length of the longest name that begins here; 0 for none."""
        for length in self.lengths.get(lower[at], ()):
            name = lower[at : at + length]
            if len(name) == length and name in self.names and _stands(lower, at, at + length):
                return length
        return 0


def _stands(text: str, start: int, end: int) -> bool:
    """Latin names need word edges; a lone character needs neighbours that let it be a word."""
    name = text[start:end]
    before, after = text[start - 1 : start], text[end : end + 1]
    if (_latin(name[0]) and _latin(before)) or (_latin(name[-1]) and _latin(after)):
        return False
    if len(name) > 1 or _latin(name):
        return True
    return (not _HAN.match(before) or before in _LONE_BEFORE) and (not after or after in _LONE_AFTER)


def _latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _key(spelling: str) -> str:
    """A spelling as it appears in normalised, lower-case text."""
    return normalize(str(spelling)).text.lower()


def _partial(
    products: Sequence[tuple[str, str]], known: Mapping[str, Mapping[tuple[str, str], None]]
) -> Iterator[tuple[str, str]]:
    """Parts of names that one product alone has: three characters and more, no spelling of anything else."""
    owners: dict[str, str] = {}
    times: Counter[str] = Counter()
    for sku, name in products:
        for part in {part for part in _parts(_key(name)) if part not in known}:
            times[part] += 1
            owners[part] = sku
    yield from ((part, sku) for part, sku in owners.items() if times[part] == 1)


def _parts(name: str) -> Iterator[str]:
    """Heads, tails and whole pieces of a product's name, e.g. of 玫瑰补水喷雾 100ml."""
    for found in _PART.finditer(name):
        piece = found[0]
        if not _HAN.match(piece):
            continue
        for length in range(4, len(piece) + 1):
            yield piece[:length]
            yield piece[-length:]
        if len(piece) == 3:
            yield piece
    tail = name.split(" ", 1)
    if len(tail) == 2 and len(tail[1]) >= 4 and _HAN.search(tail[1]):
        yield tail[1]
