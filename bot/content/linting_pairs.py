"""The texts of an item before and after an edit, each beside the one it came from."""

from collections.abc import Iterator, Sequence
from typing import Final

from bot.content.items import Item
from bot.content.linting_pieces import Piece, pieces

_ALIKE: Final = 0.6
"""Share of common pairs of characters from which on a text at another place is still the same one."""


def pairs(before: Item, after: Item) -> Iterator[tuple[Piece, Piece]]:
    """(text before, text after) of every text that changed; one that moved is held beside the nearest of those that went."""
    old, new = ({piece.path: piece for piece in pieces(item)} for item in (before, after))
    left = [piece for path, piece in old.items() if path not in new]
    for path, piece in new.items():
        was = old.get(path) or _nearest(piece, left)
        if was is not None and was.text != piece.text:
            yield was, piece


def _nearest(piece: Piece, left: Sequence[Piece]) -> Piece | None:
    best = max(left, key=lambda one: alike(piece.text, one.text), default=None)
    return best if best is not None and alike(piece.text, best.text) >= _ALIKE else None


def signs(text: str) -> frozenset[str]:
    """Pairs of neighbouring characters of a text."""
    return frozenset(text[at : at + 2] for at in range(len(text) - 1))


def alike(one: str, other: str) -> float:
    """Share of common pairs of characters, 0 to 1."""
    mine, theirs = signs(one), signs(other)
    return len(mine & theirs) / (len(mine | theirs) or 1)
