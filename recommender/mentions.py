"""Words of the catalogue that a text names outright and does not refuse."""

import re
from collections.abc import Collection

from recommender.contents import fold

LONGEST = 12
"""Longer values are not looked for: nobody types them whole."""
_REFUSED = re.compile(r"(?:不要|不想要|不含|不能含|不用|不是|别|除了|避开|排除|讨厌)[^，,。;；!！?？\s]{0,3}$")


def mentioned(text: str, known: Collection[str]) -> tuple[str, ...]:
    """Known words of two or more characters, longest first at each place, in order of appearance.

    Words are folded. A word close behind a refusal (不要…, 除了…) is left out.
    """
    folded, found, start = fold(text), dict[str, None](), 0
    while start < len(folded) - 1:
        word = _longest(folded, start, known)
        if word is None:
            start += 1
            continue
        if not _REFUSED.search(folded, 0, start):
            found[word] = None
        start += len(word)
    return tuple(found)


def _longest(text: str, start: int, known: Collection[str]) -> str | None:
    for end in range(min(len(text), start + LONGEST), start + 1, -1):
        if text[start:end] in known:
            return text[start:end]
    return None
