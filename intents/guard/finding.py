"""Cues in a message: words as they are written, as they sound, and as they look."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from intents.features import tokenizer
from intents.guard.cues import CUES, OWN_SOUND
from intents.guard.reading import Read, heard
from intents.lookalikes import lookalikes

_DISGUISED = 1.15
"""Whoever writes a word so that no filter finds it, means it: homophones and look-alikes weigh more than the word itself."""
_ACROSS = 0.3
"""What is left of a short cue whose last character begins an ordinary word: 放款 in 放款式图."""
_ALSO = {"刷": "涮唰", "兼": "廉", "职": "织帜", "贷": "货袋", "佣": "拥", "返": "反", "博": "搏", "彩": "采", "赌": "睹"}
"""Look-alikes of these words' characters that only advertisers confuse."""
_ORDINARY = 200
"""Occurrences in jieba's dictionary from which on a word is one that people use."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A word that was found."""

    word: str
    """The word that was meant."""
    start: int
    end: int
    """Where in the flat text."""
    times: float
    """By how much its weight counts: disguised ones more, doubtful ones less."""


def cues(read: Read) -> tuple[Cue, ...]:
    """All cues of a message, those inside of longer ones left out; each word once."""
    found = sorted((*_written(read.flat), *_sounding(read)), key=lambda cue: (cue.start - cue.end, cue.start))
    kept: dict[str, Cue] = {}
    for cue in found:
        inside = any(one.start <= cue.start and cue.end <= one.end and cue.word in one.word for one in kept.values())
        if cue.word not in kept and not inside:
            kept[cue.word] = cue
    return tuple(sorted(kept.values(), key=lambda cue: cue.start))


def _written(flat: str) -> Iterator[Cue]:
    plain, alike = _by_two()
    for at in range(len(flat) - 1):
        two = flat[at : at + 2]
        for word in plain.get(two, ()):
            if flat.startswith(word, at):
                yield Cue(word, at, at + len(word), _ACROSS if _crossed(flat, at, word) else 1.0)
        for looks, word in alike.get(two, ()):
            if flat.startswith(looks, at):
                yield Cue(word, at, at + len(looks), _DISGUISED)


def _crossed(flat: str, at: int, word: str) -> bool:
    """Whether a word of two characters only seems to stand there."""
    if len(word) > 2:
        return False
    frequencies = _frequencies()
    after, before = flat[at + 1 : at + 3], flat[max(0, at - 1) : at + 1]
    own = frequencies.get(word, 0)
    return any(len(one) == 2 and frequencies.get(one, 0) > max(_ORDINARY, own) for one in (after, before))


def _sounding(read: Read) -> Iterator[Cue]:
    by_two = _by_sound()
    for at in range(len(read.sound) - 1):
        for signs, word in by_two.get(read.sound[at : at + 2], ()):
            if not read.sound.startswith(signs, at):
                continue
            start, end = read.places[at], read.places[at + len(signs)]
            written = read.flat[start:end]
            if written != word and _unusual(written, word):
                yield Cue(word, start, end, _DISGUISED)


def _unusual(written: str, word: str) -> bool:
    """Whether nobody writes this for its own sake: 涮单 and 刷dan, but not 简直 for 兼职."""
    if any("a" <= char <= "z" for char in written):
        return True
    same = sum(one == other for one, other in zip(written, word, strict=False))
    if same == 0 and len(word) < 3:
        return False
    return not _frequencies().get(written, 0)


@cache
def _by_two() -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, tuple[tuple[str, str], ...]]]:
    """Words, and what looks like one of them, by their first two characters."""
    plain: dict[str, tuple[str, ...]] = {}
    for word in CUES:
        plain[word[:2]] = (*plain.get(word[:2], ()), word)
    alike: dict[str, tuple[tuple[str, str], ...]] = {}
    for word in OWN_SOUND:
        for looks in _looking(word):
            alike[looks[:2]] = (*alike.get(looks[:2], ()), (looks, word))
    return plain, alike


def _looking(word: str) -> Iterator[str]:
    """The word with one character that looks like its own, where that is no word itself."""
    table, usual = lookalikes(), _frequencies()
    for at, char in enumerate(word):
        for other in sorted({*table.get(char, ()), *_ALSO.get(char, "")}):
            looks = word[:at] + other + word[at + 1 :]
            if looks not in CUES and not usual.get(looks, 0):
                yield looks


@cache
def _by_sound() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """How words sound, by their first two signs."""
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for word in sorted(OWN_SOUND):
        signs = heard(word)
        found[signs[:2]] = (*found.get(signs[:2], ()), (signs, word))
    return found


@cache
def _frequencies() -> Mapping[str, int]:
    """How often words occur, as jieba counted them."""
    segmenter = tokenizer(())
    segmenter.initialize()
    return segmenter.FREQ  # type: ignore[no-any-return]
