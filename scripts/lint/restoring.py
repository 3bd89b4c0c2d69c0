"""Guarded words read through their disguise: 醉好 and zui好 are 最好, 女子评 and 好🈶评 are 好评.

A stretch is only read as another word if what is written there is no usual word, alone or with its neighbours: 平价 after 好
is no 好评. What is restored is no accusation yet; the rules still ask for their context.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from scripts.lint.disguises import FREE, parts, syllables, usual, worn_by
from scripts.lint.folding import Folded, closed, folded
from scripts.lint.words import HEARD_WHOLE, INITIALS, WORDS

_NOISE = re.compile(r"[^\w{}%,。!?;:、\n]+|_+|(?<![a-z0-9])x(?![a-z0-9])|[丨丶丿亻氵讠钅纟扌忄辶饣衤礻犭疒艹宀刂阝囗彳攵冫]")
_LATIN = re.compile(r"[a-z]+")
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_NONE: frozenset[str] = frozenset()
_LONG = 60
"""Characters of a run of letters that are read as pinyin; nobody writes a longer word."""


@dataclass(frozen=True, slots=True)
class Meant:
    """A text as it is meant."""

    folded: Folded
    heard: frozenset[int]
    """Places of `folded.text` at which a Chinese character was put for another one."""

    @property
    def text(self) -> str:
        """The restored text."""
        return self.folded.text


@dataclass(slots=True, eq=False)
class _Node:
    """A place in the tree of guarded words, known by itself: what it holds is never compared."""

    onward: dict[str, "_Node"]
    word: str = ""
    """The word that ends here."""


class _Path(NamedTuple):
    """A way through a text along a guarded word (a tuple: thousands are made for a text)."""

    end: int
    node: _Node
    heard: tuple[tuple[int, str], ...] = ()
    """Places where another character is written, and which one was meant."""
    cost: int = 0
    loose: bool = False
    """Whether an initial stands for a character."""


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    word: str
    heard: tuple[tuple[int, str], ...]
    cost: int


@cache
def _trie() -> _Node:
    root = _Node({})
    for word in WORDS:
        node = root
        for char in word:
            node = node.onward.setdefault(char, _Node({}))
        node.word = word
    return root


@cache
def _reads(node: _Node) -> Mapping[str, tuple[tuple[str, _Node], ...]]:
    """Each character that may be written after a node: what it is meant as, itself first, and where that leads."""
    table: dict[str, list[tuple[str, _Node]]] = {char: [(char, child)] for char, child in node.onward.items()}
    for target, child in node.onward.items():
        for char in worn_by().get(target, ()):
            table.setdefault(char, []).append((target, child))
    return {char: tuple(several) for char, several in table.items()}


def meant(text: str, *, pictures: bool = True) -> Meant:
    """A text without noise, and its guarded words as they are meant; ``pictures``: read as words, not as noise."""
    one = closed(folded(text, pictures=pictures))
    chosen = _chosen(list(_candidates(one.text)))
    edits = [(found.start, found.end, found.word) for found in chosen if one.text[found.start : found.end] != found.word]
    restored = one.replaced(edits)
    return Meant(restored, _places(chosen))


def _chosen(found: list[_Found]) -> list[_Found]:
    """The words that are read, not overlapping, in order: the longest first, then the surest."""
    found.sort(key=lambda one: (-len(one.word), one.cost, one.start))
    taken: list[_Found] = []
    for one in found:
        if all(one.end <= other.start or other.end <= one.start for other in taken):
            taken.append(one)
    return sorted(taken, key=lambda one: one.start)


def _places(chosen: list[_Found]) -> frozenset[int]:
    """Where in the restored text characters stand that were heard."""
    places: set[int] = set()
    moved = 0
    for one in chosen:
        for _, target in one.heard:
            places.add(one.start + moved + one.word.index(target))
        moved += len(one.word) - (one.end - one.start)
    return frozenset(places)


def _candidates(text: str) -> Iterator[_Found]:
    """Guarded words from every place of a text, plain and in disguise."""
    closed_off = {at for found in _PLACEHOLDER.finditer(text) for at in range(*found.span())}
    runs = _runs(text)
    gaps = {found.start(): found.end() for found in _NOISE.finditer(text)}
    root = _trie()
    for start in _starts(text, runs, gaps):
        if start in closed_off:
            continue
        paths = _steps(text, _Path(start, root), runs)
        while paths:
            path = paths.pop()
            if (word := path.node.word) and _sure(text, path, word, start):
                yield _Found(start, path.end, word, path.heard, path.cost)
            if path.end in gaps:
                paths += _by_character(text, path)
                path = path._replace(end=gaps[path.end], cost=path.cost + 1)
            paths += _steps(text, path, runs)


def _starts(text: str, runs: Mapping[int, tuple[int, ...]], gaps: Mapping[int, int]) -> Iterator[int]:
    """Places at which a guarded word may begin: what stands there and what stands next lead into one."""
    seconds, begins = _seconds(), _begins()
    for at, (char, after) in enumerate(pairwise(f"{text}\n")):
        known = seconds.get(char, _NONE)
        if at in runs or char in begins or (known and (after in known or after in begins or at + 1 in runs or at + 1 in gaps)):
            yield at


def _steps(text: str, path: _Path, runs: Mapping[int, tuple[int, ...]]) -> list[_Path]:
    """All ways on by one character of a word."""
    if path.end >= len(text):
        return []
    found = _by_character(text, path)
    if path.end in runs:
        found += _by_letters(text, path, path.end, runs[path.end])
    return found


def _by_character(text: str, path: _Path) -> list[_Path]:
    """What stands here, itself, as another character, or as a part of one."""
    at, node, heard, cost, loose = path
    char = text[at]
    found = []
    for target, child in _reads(node).get(char, ()):
        if target == char:
            found.append(_Path(at + 1, child, heard, cost, loose))
        else:
            other = (*heard, (at, target)) if "\u4e00" <= char <= "\u9fff" else heard
            found.append(_Path(at + 1, child, other, cost + 2, loose))
    if char in _begins() and (whole := parts().get(text[at : at + 2])) and whole in node.onward:
        found.append(_Path(at + 2, node.onward[whole], heard, cost + 2, loose))
    return found


@cache
def _seconds() -> Mapping[str, frozenset[str]]:
    """Each character with which a guarded word may begin, under any disguise but letters, to those that may stand next."""
    shared: dict[tuple[str, ...], frozenset[str]] = {}
    found: dict[str, frozenset[str]] = {}
    for char, ways in _reads(_trie()).items():
        targets = tuple(target for target, _ in ways)
        if targets not in shared:
            shared[targets] = frozenset().union(*(_reads(child) for _, child in ways))
        found[char] = shared[targets]
    return found


@cache
def _begins() -> frozenset[str]:
    return frozenset(two[0] for two in parts())


def _by_letters(text: str, path: _Path, at: int, ends: tuple[int, ...]) -> Iterator[_Path]:
    """Letters as a syllable of pinyin, or a lone one as its initial."""
    for end in ends:
        if end == at + 1:
            for target, child in path.node.onward.items():
                if not path.loose and any(one[0] == text[at] for one in _spoken(target)):
                    yield _Path(end, child, path.heard, path.cost + 3, loose=True)
            continue
        for target in syllables().get(text[at:end], ()):
            if target in path.node.onward:
                yield _Path(end, path.node.onward[target], path.heard, path.cost + 2, path.loose)


@cache
def _spoken(target: str) -> frozenset[str]:
    return frozenset(syllable for syllable, targets in syllables().items() if target in targets)


def _runs(text: str) -> Mapping[int, tuple[int, ...]]:
    """Places in runs of letters that are pinyin through and through, each with where a syllable may end; lone letters too."""
    found: dict[int, tuple[int, ...]] = {}
    for run in _LATIN.finditer(text):
        start, end = run.span()
        if end - start == 1:
            found[start] = (end,)
        elif end - start <= _LONG:
            found.update(_segmented(text, start, end))
    return found


def _segmented(text: str, start: int, end: int) -> dict[int, tuple[int, ...]]:
    """For each place from which syllables lead to the end of the run: where its syllables end."""
    known = syllables()
    onward: dict[int, tuple[int, ...]] = {end: ()}
    for at in range(end - 1, start - 1, -1):
        ends = tuple(to for to in range(at + 2, min(at + 7, end + 1)) if to in onward and text[at:to] in known)
        if ends:
            onward[at] = ends
    if start not in onward:
        return {}
    reached = {start}
    for at in sorted(onward):
        if at in reached:
            reached.update(onward[at])
    return {at: ends for at, ends in onward.items() if at in reached and ends}


def _sure(text: str, path: _Path, word: str, start: int) -> bool:
    """Whether a word that was found in disguise can have been meant."""
    if path.loose and (word not in INITIALS or path.end - start < len(word)):
        return False
    if not path.heard:
        return True
    if len(path.heard) == len(word) and word not in HEARD_WHOLE:
        return False
    kept = set(word) - {target for _, target in path.heard}
    if len(word) == 2 and kept <= FREE and word not in HEARD_WHOLE:
        return False
    return all(_strange(text, at) for at, _ in path.heard)


def _strange(text: str, at: int) -> bool:
    """Whether a character makes no usual word with its neighbours, so that it must stand for another one."""
    char, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    if char in FREE:
        return False
    return not (before and usual(before, char)) and not (after and usual(char, after))
