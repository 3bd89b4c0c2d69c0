"""A dictionary of words in three arrays: a tenth of what a Python dict of strings takes, and as quick to walk along a sentence.

The words stand sorted by length, then by their signs, so that all words which go on from one beginning are neighbours: each is
its last sign, its number, and where the words that go on from it begin.
"""

from __future__ import annotations

import zlib
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from typing import Final, overload

_SUM: Final = 4
"""Bytes of a checksum."""


class Prefixes:
    """Words with a number each, 0 for what only begins a word; immutable. Whatever begins a word is in it as well."""

    __slots__ = ("_first", "_firsts", "_numbers", "_signs")

    def __init__(self, signs: array[int], firsts: array[int], numbers: array[int]) -> None:
        """Use `of` or `loads`. All three are of one length but ``firsts``, whose last is the end of the last word's followers."""
        self._signs, self._firsts, self._numbers = signs, firsts, numbers
        lone = firsts[0] if firsts else 0
        self._first = {chr(sign): at for at, sign in enumerate(signs[:lone])}

    @staticmethod
    def of(words: Mapping[str, int]) -> Prefixes:
        """From a mapping that holds all beginnings of its words; raises ValueError where one is missing."""
        ordered = sorted(sorted(words), key=len)
        place = {word: at for at, word in enumerate(ordered)}
        follow = array("i", bytes(4 * len(ordered)))
        lone = 0
        for word in ordered:
            if len(word) == 1:
                lone += 1
            elif (parent := place.get(word[:-1])) is None:
                raise ValueError("a word whose beginning is missing")
            else:
                follow[parent] += 1
        firsts = array("i", [lone])
        for count in follow:
            firsts.append(firsts[-1] + count)
        return Prefixes(array("I", [ord(word[-1]) for word in ordered]), firsts, array("i", [words[word] for word in ordered]))

    def along(self, text: str, start: int, end: int) -> list[int]:
        """The numbers of ``text[start:start + 1]``, ``text[start:start + 2]`` and so on, as far as they begin a word."""
        node = self._first.get(text[start])
        if node is None:
            return []
        signs, firsts, numbers = self._signs, self._firsts, self._numbers
        found = [numbers[node]]
        for at in range(start + 1, end):
            low, high = firsts[node], firsts[node + 1]
            if low == high:
                break
            sign = ord(text[at])
            node = bisect_left(signs, sign, low, high)
            if node == high or signs[node] != sign:
                break
            found.append(numbers[node])
        return found

    def __len__(self) -> int:
        """How many words and beginnings there are."""
        return len(self._signs)

    def __contains__(self, word: object) -> bool:
        """Whether this is a word or begins one."""
        return isinstance(word, str) and self.get(word) is not None

    def __getitem__(self, word: str) -> int:
        """The number of a word or of what begins one."""
        found = self.get(word)
        if found is None:
            raise KeyError(word)
        return found

    @overload
    def get(self, word: str) -> int | None: ...
    @overload
    def get(self, word: str, default: int) -> int: ...
    @overload
    def get(self, word: str, default: int | None) -> int | None: ...
    def get(self, word: str, default: int | None = None) -> int | None:
        """The same, or something else where it is neither."""
        node = self._first.get(word[:1])
        if node is None:
            return default
        signs, firsts = self._signs, self._firsts
        for sign in map(ord, word[1:]):
            high = firsts[node + 1]
            node = bisect_left(signs, sign, firsts[node], high)
            if node == high or signs[node] != sign:
                return default
        return self._numbers[node]

    def items(self) -> Iterator[tuple[str, int]]:
        """All words and beginnings with their numbers, the shorter first."""
        above = [(sign, at) for sign, at in self._first.items()]
        while above:
            yield from ((word, self._numbers[at]) for word, at in above)
            above = [
                (word + chr(self._signs[at]), at)
                for word, node in above
                for at in range(self._firsts[node], self._firsts[node + 1])
            ]

    def dumps(self) -> bytes:
        """As bytes, their checksum first; for machines of the same make."""
        data = b"".join(part.tobytes() for part in (self._signs, self._numbers, self._firsts))
        return zlib.crc32(data).to_bytes(_SUM, "big") + data

    @staticmethod
    def loads(data: bytes) -> Prefixes:
        """From its bytes; raises ValueError where they are not what was written."""
        told = memoryview(data)[_SUM:]
        size = len(told) // 12 * 4
        if len(told) % 12 != 4 or zlib.crc32(told).to_bytes(_SUM, "big") != data[:_SUM]:
            raise ValueError("not the words that were kept")
        parts = array("I"), array("i"), array("i")
        for part, start, end in zip(parts, (0, size, 2 * size), (size, 2 * size, len(told)), strict=True):
            part.frombytes(told[start:end])
        return Prefixes(parts[0], parts[2], parts[1])
