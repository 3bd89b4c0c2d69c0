"""Names of goods that were written with characters that sound or look alike: 平果 → 苹果."""

import re
from collections.abc import Mapping, Sequence

from intents.lookalikes import lookalikes
from intents.pinyin import blurred, readings, similar_sound

_NO_TYPO = frozenset("一二两三四五六七八九十半几个的了要来我不加再和斤箱盒瓶袋份")


def corrected(text: str, sounding: Mapping[str, Sequence[str]], exact: re.Pattern[str]) -> str:
    """A text with misspelt names as they should be; ``sounding``: names by first sound, ``exact``: names that are right."""
    taken = [found.span() for found in exact.finditer(text)]
    parts: list[str] = []
    place = 0
    while place < len(text):
        name = None
        if not any(start <= place < end for start, end in taken):
            name = _misspelt(text, place, sounding, taken)
        parts.append(name or text[place])
        place += len(name) if name else 1
    return "".join(parts)


def _misspelt(text: str, place: int, sounding: Mapping[str, Sequence[str]], taken: Sequence[tuple[int, int]]) -> str | None:
    """The name that stands misspelt at a place."""
    first = text[place]
    if first in _NO_TYPO or not "\u4e00" <= first <= "\u9fff":
        return None
    for key in {first, *map(blurred, readings().get(first, ()))}:
        for name in sounding.get(key, ()):
            end = place + len(name)
            if any(start < end and place < stop for start, stop in taken):
                continue
            if _mistaken(text[place:end], name) and (_shares(text[place:end], name) or _beside(text, place, end)):
                return name
    return None


def _mistaken(said: str, name: str) -> bool:
    """Whether every character sounds or looks like the name's, at most two differ, and none is a word of its own."""
    if len(said) != len(name) or said == name:
        return False
    differ = [(one, other) for one, other in zip(said, name, strict=True) if one != other]
    if len(differ) > 2 or any(one in _NO_TYPO for one, _ in differ):
        return False
    return all(similar_sound(one, other) or one in lookalikes().get(other, ()) for one, other in differ)


def _shares(said: str, name: str) -> bool:
    return any(one == other for one, other in zip(said, name, strict=True))


def _beside(text: str, start: int, end: int) -> bool:
    """Whether an amount stands right before or behind."""
    return (
        re.match(r" ?[x*]? ?[\d一二两三四五六七八九十半俩仨]", text[end:]) is not None
        or re.search(r"[\d一二两三四五六七八九十半][\u4e00-\u9fff]? ?$", text[:start]) is not None
    )
