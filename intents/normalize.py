"""One spelling for the many ways a sentence is typed, with the way back to the original characters."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from intents.spelling import EMOJI, SLANG, TYPOS, VARIANTS

_Edit = tuple[int, int, str]

_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f"
    r"\u202a-\u202e\u2060-\u206f\u20e3\ufe00-\ufe0f\ufeff\ufff9-\ufffb\ufffd\ud800-\udfff"
    r"\U0001f3fb-\U0001f3ff\U000e0000-\U000e0fff]+"
)
_SPACE = re.compile(r"[\s\u0085]+")
_REPEATED = re.compile(r"([^\sA-Za-z0-9])\1{2,}")
_LETTERS = re.compile(r"(?<![A-Za-z0-9])([A-WYZa-wyz])\1{3,}(?![A-Za-z0-9])")
_PHRASE = re.compile(r"([\u4e00-\u9fff][\u4e00-\u9fff!?~,]{1,5}?)\1{2,}")
_CODE = re.compile(r"(\[[\u4e00-\u9fffA-Z]{1,4}\])\1+")
_EMOJI = re.compile("|".join(map(re.escape, EMOJI)))
_VARIANT = re.compile("|".join(map(re.escape, VARIANTS)))
_SLANG = re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(map(re.escape, SLANG))})(?![A-Za-z0-9])", re.IGNORECASE)
_TYPOS = tuple((re.compile(wrong), right) for wrong, right in TYPOS)
_TYPO_HINT = re.compile("|".join(f"(?:{wrong})" for wrong, _ in TYPOS))
_ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Normalized:
    """A message in its standard spelling."""

    original: str
    text: str
    starts: tuple[int, ...] | None = None
    """For each character of ``text``, where its source begins; None where nothing moved."""
    ends: tuple[int, ...] | None = None
    """For each character of ``text``, where its source ends (exclusive)."""

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that became ``text[start:end]``; an empty span stays empty."""
        if self.starts is None or self.ends is None:
            return start, end
        if start >= end:
            at = self.starts[start] if start < len(self.starts) else len(self.original)
            return at, at
        return self.starts[start], max(self.ends[start:end])


@dataclass(slots=True)
class _Draft:
    """A text on its way, with its map; ``starts`` is made when the first edit moves something."""

    text: str
    starts: list[int] | None = None
    ends: list[int] | None = None

    def apply(self, edits: Iterable[_Edit]) -> None:
        """Make the edits, given in order and not overlapping."""
        pending = [edit for edit in edits if self.text[edit[0] : edit[1]] != edit[2]]
        if not pending:
            return
        if self.starts is None or self.ends is None:
            self.starts, self.ends = list(range(len(self.text))), list(range(1, len(self.text) + 1))
        parts: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        done = 0
        for start, end, new in pending:
            parts += (self.text[done:start], new)
            first, last = (self.starts[start], self.ends[end - 1]) if end > start else (0, 0)
            starts += self.starts[done:start]
            ends += self.ends[done:start]
            same = len(new) == end - start
            starts += self.starts[start:end] if same else [first] * len(new)
            ends += self.ends[start:end] if same else [last] * len(new)
            done = end
        self.text = "".join((*parts, self.text[done:]))
        self.starts, self.ends = starts + self.starts[done:], ends + self.ends[done:]


def normalize(text: str) -> Normalized:
    """The standard spelling of a message; normalising it again changes nothing.

    NFKC, simplified characters, no invisible characters, single spaces, at most two of a repeated
    character, emoji as the bracketed codes that WeChat itself uses, slang and frequent typos spelled out.
    """
    return _remembered(text) if len(text) <= _USUAL else _normalize(text)


_USUAL = 500
"""Characters of a message as people type them; only such are remembered."""


@lru_cache(maxsize=2048)
def _remembered(text: str) -> Normalized:
    """A turn asks for the same sentence several times: as a whole, by its clauses, for the base and for the classifier."""
    return _normalize(text)


def _normalize(text: str) -> Normalized:
    draft = _Draft(text)
    for _ in range(_ROUNDS):
        before = draft.text
        for step in _STEPS:
            draft.apply(step(draft.text))
        if draft.text == before:
            break
    if draft.starts is None or draft.ends is None:
        return Normalized(text, draft.text)
    return Normalized(text, draft.text, tuple(draft.starts), tuple(draft.ends))


def _compatible(text: str) -> Iterator[_Edit]:
    """NFKC, cluster by cluster, so that each result keeps its source."""
    if unicodedata.is_normalized("NFKC", text):
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


def _removed(text: str) -> Iterator[_Edit]:
    """Characters nobody sees, and spaces at both ends."""
    for found in _INVISIBLE.finditer(text):
        yield found.start(), found.end(), ""


def _spaced(text: str) -> Iterator[_Edit]:
    """Runs of white space as one space, or one line break where they hold one."""
    for found in _SPACE.finditer(text):
        outer = found.start() == 0 or found.end() == len(text)
        yield found.start(), found.end(), "" if outer else "\n" if "\n" in found[0] else " "


@cache
def _simplifier() -> Callable[[str], str]:
    """OpenCC's traditional-to-simplified converter, made once (it reads its dictionaries)."""
    from opencc import OpenCC  # noqa: PLC0415 - its dictionaries are read when the first text needs them

    convert: Callable[[str], str] = OpenCC("t2s").convert
    return convert


def _simplified(text: str) -> Iterator[_Edit]:
    """繁体 as 简体; phrases first, single characters where the phrase changes length."""
    if text.isascii():
        return
    convert = _simplifier()
    simple = convert(text)
    if simple == text:
        return
    if len(simple) != len(text):
        simple = "".join(new if len(new := convert(char)) == 1 else char for char in text)
    for index, (old, new) in enumerate(zip(text, simple, strict=True)):
        if old != new:
            yield index, index + 1, new


def _substituted(pattern: re.Pattern[str], spell: Callable[[re.Match[str]], str]) -> Callable[[str], Iterator[_Edit]]:
    """A step that replaces every match."""

    def step(text: str) -> Iterator[_Edit]:
        for found in pattern.finditer(text):
            yield found.start(), found.end(), spell(found)

    return step


def _corrected(text: str) -> Iterator[_Edit]:
    """Frequent typos; each table line in turn would re-map the text, so the first hit of a place wins."""
    if not _TYPO_HINT.search(text):
        return
    done = 0
    edits = sorted((found.start(), found.end(), found.expand(right)) for wrong, right in _TYPOS for found in wrong.finditer(text))
    for start, end, new in edits:
        if start >= done:
            yield start, end, new
            done = end


_STEPS: tuple[Callable[[str], Iterable[_Edit]], ...] = (
    _compatible,
    _removed,
    _spaced,
    _simplified,
    _substituted(_VARIANT, lambda found: VARIANTS[found[0]]),
    _substituted(_REPEATED, lambda found: found[1] * 2),
    _substituted(_LETTERS, lambda found: found[1] * 2),
    _substituted(_EMOJI, lambda found: EMOJI[found[0]]),
    _substituted(_CODE, lambda found: found[1]),
    _substituted(_PHRASE, lambda found: found[1]),
    _substituted(_SLANG, lambda found: SLANG[found[0].lower()]),
    _corrected,
)
