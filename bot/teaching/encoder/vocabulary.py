"""Which n-grams get a row: the characters and pairs that are used, and the threes and fours that are often words."""

from collections import Counter
from collections.abc import Sequence

from bot.adapters.static import grams

_ROWS = {1: 7_000, 2: 36_000, 3: 20_000, 4: 7_000}
"""At most so many of each length: 256 numbers each, they make 18 MB."""
_SEEN = {1: 2, 2: 6, 3: 6, 4: 6}
"""A row is learnt from so many texts at least."""
_OURS = 3
"""A text of our own counts so often."""


def vocabulary(texts: Sequence[str], own: int) -> list[str]:
    """N-grams by length, then by how many texts have them; the last ``own`` texts are our own."""
    seen: Counter[str] = Counter()
    first = len(texts) - own
    for place, text in enumerate(texts):
        for gram in set(grams(text)):
            seen[gram] += 1 if place < first else _OURS
    chosen: list[str] = []
    for length, limit in _ROWS.items():
        found = sorted(
            ((gram, times) for gram, times in seen.items() if len(gram) == length and times >= _SEEN[length]),
            key=lambda one: (-one[1], one[0]),
        )
        chosen += [gram for gram, _ in found[:limit]]
    return chosen
