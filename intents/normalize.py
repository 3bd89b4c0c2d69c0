"""One spelling for the many ways a sentence is typed, with the way back to the original characters.

Two kinds of steps: *folding* (`intents.folding`: how characters are written), which nothing escapes, and *reading* (what was
meant: emoji, slang, pinyin, typos, homophones), which leaves a brand's own names alone.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from intents.confusion import Vocabulary, corrections, rejoined
from intents.emoji import EMOJI, FACES
from intents.folding import STEPS, Edit, is_plain, spaced
from intents.latin import spelled
from intents.spelling import LOUD, SLANG, TYPOS

_REPEATED = re.compile(r"([^\sA-Za-z0-9])\1{2,}")
_LETTERS = re.compile(r"(?<![A-Za-z0-9])([A-WYZa-wyz])\1{3,}(?![A-Za-z0-9])")
_PHRASE = re.compile(r"([\u4e00-\u9fff][\u4e00-\u9fff!?~,]{1,5}?)\1{2,}")
_CODE = re.compile(r"(\[[\u4e00-\u9fffA-Z]{1,4}\])\1+")
_LATIN = re.compile(r"[A-Za-z]")
_FLAGS = "|".join(flag for flag in EMOJI if len(flag) > 1)
_EMOJI = re.compile(f"({_FLAGS}|[{''.join(re.escape(one) for one in EMOJI if len(one) == 1)}])[♀♂]?")
_FACE = re.compile(
    "|".join(re.escape(face) + ("(?![A-Za-z0-9])" if face[-1].isalnum() else "") for face in sorted(FACES, key=len, reverse=True))
)
_FACES_BEGIN = frozenset(face[0] for face in FACES)
_SLANG = re.compile(
    rf"(?<![A-Za-z0-9])(?<![A-Za-z0-9][-_.])(?:{'|'.join(map(re.escape, SLANG))})(?![A-Za-z0-9]|[-_—.'][A-Za-z0-9]| kitt)",
    re.IGNORECASE,
)
_ROUNDS = 8


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

    def apply(self, edits: Iterable[Edit]) -> None:
        """Make the edits, given in order and not overlapping."""
        pending = [edit for edit in edits if self.text[edit[0] : edit[1]] != edit[2]]
        if not pending:
            return
        if any(end - start != len(new) for start, end, new in pending):
            self._move(pending)
        parts: list[str] = []
        done = 0
        for start, end, new in pending:
            parts += (self.text[done:start], new)
            done = end
        self.text = "".join((*parts, self.text[done:]))

    def _move(self, pending: Iterable[Edit]) -> None:
        """The map after edits: what keeps its length keeps its places, anything else comes from its whole source."""
        if self.starts is None or self.ends is None:
            self.starts, self.ends = list(range(len(self.text))), list(range(1, len(self.text) + 1))
        starts: list[int] = []
        ends: list[int] = []
        done = 0
        for start, end, new in pending:
            first, last = (self.starts[start], self.ends[end - 1]) if end > start else (0, 0)
            same = len(new) == end - start
            starts += self.starts[done:start] + (self.starts[start:end] if same else [first] * len(new))
            ends += self.ends[done:start] + (self.ends[start:end] if same else [last] * len(new))
            done = end
        self.starts, self.ends = starts + self.starts[done:], ends + self.ends[done:]

    def done(self, original: str) -> Normalized:
        """The finished text."""
        if self.starts is None or self.ends is None:
            return Normalized(original, self.text)
        return Normalized(original, self.text, tuple(self.starts), tuple(self.ends))


def normalize(text: str, keep: Vocabulary | None = None) -> Normalized:
    """The standard spelling of a message; normalising it again (with the same ``keep``) changes nothing.

    NFKC, simplified characters, no invisible characters, single spaces, at most two of a repeated character, emoji as the
    bracketed codes that WeChat itself uses, slang, pinyin, frequent typos and homophones spelled out. The names in ``keep``
    are only folded, and what sounds like one of them is corrected to it.
    """
    return _remembered(text, keep) if len(text) <= _USUAL else _normalize(text, keep)


def folded(text: str) -> str:
    """A text in one script and width, its meaning untouched: how a name stands in a normalised text that keeps it."""
    draft = _Draft(text)
    _fold(draft)
    return draft.text


def vocabulary(names: Iterable[str]) -> Vocabulary:
    """What `normalize` shall keep: names and words as the brand writes them."""
    return Vocabulary.of(map(folded, names))


_USUAL = 500
"""Characters of a message as people type them; only such are remembered."""


@lru_cache(maxsize=2048)
def _remembered(text: str, keep: Vocabulary | None) -> Normalized:
    """A turn asks for the same sentence several times: as a whole, by its clauses, for the base and for the classifier."""
    return _normalize(text, keep)


def _normalize(text: str, keep: Vocabulary | None) -> Normalized:
    draft = _Draft(text)
    for _ in range(_ROUNDS):
        _fold(draft)
        before = draft.text
        for step in _READINGS:
            if edits := list(step(draft.text)):
                draft.apply(_sparing(edits, draft.text, keep))
        if edits := list(corrections(draft.text, keep)):
            draft.apply(_sparing(edits, draft.text, keep))
        if draft.text == before:
            break
    return draft.done(text)


def _fold(draft: _Draft) -> None:
    """Fold until nothing moves."""
    for _ in range(_ROUNDS):
        before = draft.text
        plain = is_plain(before)
        if not plain:
            for step in STEPS:
                draft.apply(step(draft.text))
        draft.apply(spaced(draft.text))
        if plain or draft.text == before:
            return


def _sparing(edits: list[Edit], text: str, keep: Vocabulary | None) -> Iterable[Edit]:
    """The edits that touch no name of the brand."""
    if keep is None:
        return edits
    names = keep.spans(text)
    return [edit for edit in edits if not any(edit[0] < end and start < edit[1] for start, end in names)]


def _substituted(pattern: re.Pattern[str], spell: Callable[[re.Match[str]], str]) -> Callable[[str], Iterator[Edit]]:
    """A step that replaces every match."""

    def step(text: str) -> Iterator[Edit]:
        for found in pattern.finditer(text):
            yield found.start(), found.end(), spell(found)

    return step


def _repetitions(text: str) -> Iterator[Edit]:
    """At most two of a character."""
    if len(set(text)) <= len(text) - 2:
        for found in _REPEATED.finditer(text):
            yield found.start(), found.end(), found[1] * 2


def _phrases(text: str) -> Iterator[Edit]:
    """One of what is said three times or more."""
    if len(set(text)) <= len(text) - 4:
        for found in _PHRASE.finditer(text):
            yield found.start(), found.end(), found[1]


def _faces(text: str) -> Iterator[Edit]:
    """Faces made of characters."""
    if _FACES_BEGIN.isdisjoint(text):
        return
    for found in _FACE.finditer(text):
        if not (found[0][0].isalnum() and _LATIN.match(text[found.start() - 1 : found.start()])):
            yield found.start(), found.end(), FACES[found[0]]


def _emoji(text: str) -> Iterator[Edit]:
    """Pictures as codes."""
    if not is_plain(text):
        for found in _EMOJI.finditer(text):
            yield found.start(), found.end(), EMOJI[found[1]]


def _letters(text: str) -> Iterator[Edit]:
    """Letters: stretched ones, slang, pinyin."""
    if _LATIN.search(text):
        edits = [(found.start(), found.end(), found[1] * 2) for found in _LETTERS.finditer(text)]
        yield from edits or _slang(text) or spelled(text)


def _slang(text: str) -> list[Edit]:
    """Slang spelled out; two capitals are a brand or a model, unless they are known to be loud."""
    return [
        (found.start(), found.end(), SLANG[letters])
        for found in _SLANG.finditer(text)
        if not (len(letters := found[0].lower()) == 2 and found[0].isupper() and letters not in LOUD)
    ]


def _anchored() -> Mapping[str, tuple[tuple[re.Pattern[str], str], ...]]:
    """Typos by the characters without which they cannot occur."""
    table: dict[str, list[tuple[re.Pattern[str], str]]] = {}
    for anchors, wrong, right in TYPOS:
        line = (re.compile(wrong), right)
        for anchor in anchors:
            table.setdefault(anchor, []).append(line)
    return {anchor: tuple(lines) for anchor, lines in table.items()}


_ANCHORED = _anchored()
_ANCHORS = frozenset(_ANCHORED)


def _typos(text: str) -> Iterator[Edit]:
    """Frequent typos; each table line in turn would re-map the text, so the first hit of a place wins."""
    anchors = _ANCHORS.intersection(text)
    if not anchors:
        return
    lines = {line for anchor in anchors for line in _ANCHORED[anchor]}
    edits = sorted((found.start(), found.end(), found.expand(right)) for wrong, right in lines for found in wrong.finditer(text))
    done = 0
    for start, end, new in edits:
        if start >= done:
            yield start, end, new
            done = end


_READINGS: tuple[Callable[[str], Iterable[Edit]], ...] = (
    _repetitions,
    _faces,
    _emoji,
    _substituted(_CODE, lambda found: found[1]),
    _phrases,
    _letters,
    _typos,
    rejoined,
)
