"""Text that is only somebody else's: another item's answer pasted in, an answer that has left the matter of its own questions."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bot.content.items import Item, Key
from bot.content.linting_pairs import alike, signs
from bot.content.linting_pieces import Mark, Piece, named, pieces, told
from bot.content.linting_reading import denials, grams, plain

_LONG: Final = 12
"""Signs from which on a text is more than a phrase that anybody may say."""
_INSIDE: Final = 0.8
"""Share of a text's pairs of characters that another one has too, from which on it is the other's, or a part of it."""
_LEFT: Final = 0.35
"""Share of common pairs with what stood here before, below which it was replaced and not mended."""
_STRANGE: Final = 0.12
"""Share of the new text's pairs that were said here before, in answer or questions, up to which it is on another matter."""
_PLACEHOLDER: Final = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True, slots=True)
class Shared:
    """The long texts of a content, by the pairs of characters in them."""

    texts: Callable[[], Sequence[tuple[Key, frozenset[str]]]]

    def same(self, text: str, but: Key) -> Key | None:
        """Another item that says nearly the same."""
        mine = signs(_PLACEHOLDER.sub("", text))
        if len(mine) < _LONG:
            return None
        return next((key for key, theirs in self.texts() if key != but and len(mine & theirs) >= _INSIDE * len(mine)), None)


def shared_by(items: Collection[Item]) -> Shared:
    """The texts of these items, read when somebody first asks."""

    @lru_cache(maxsize=1)
    def texts() -> Sequence[tuple[Key, frozenset[str]]]:
        said = ((item.key, plain(piece.text)) for item in items for piece in pieces(item) if piece.said)
        return tuple((key, signs(_PLACEHOLDER.sub("", text))) for key, text in said if len(text) >= _LONG)

    return Shared(texts)


def marks(pair: tuple[Piece, Piece], before: Item, after: Item, shared: Shared) -> Iterator[Mark]:
    """What is wrong with a text that took another's place; ``pair``: the text before and after."""
    was, piece = pair
    if len(piece.text) < _LONG:
        return
    old, new = plain(was.text), plain(piece.text)
    if alike(old, new) >= _LEFT:
        return
    other = shared.same(new, after.key)
    if other is not None:
        why = f"和「{other.id}」里的话几乎一样，原来这里说的是“{old[:16]}”，像是贴错了地方"
        yield Mark(
            "text.foreign", "warn", piece.path, piece.text[:20], why, "核对这句话是不是该放在这里", 0, len(piece.text[:20])
        )
    elif after.key.kind == "entry" and _astray(old, new, named(before.value, "questions")):
        why = "和这一条的问法、原来的答案都说不到一处，像是别的事"
        yield Mark(
            "text.astray", "warn", piece.path, piece.text[:20], why, "核对这句话答不答得上这些问法", 0, len(piece.text[:20])
        )


def _astray(old: str, new: str, questions: Sequence[str]) -> bool:
    known = grams(old) | frozenset(pair for one in questions for pair in grams(plain(one)))
    fresh = grams(_PLACEHOLDER.sub("", new))
    if len(fresh) < 4 or not known:
        return False
    return len(fresh & known) <= _STRANGE * len(fresh)


_PHRASE: Final = re.compile(r"[\u4e00-\u9fff]{2,6}")


def apart(pair: tuple[Piece, Piece], after: Item) -> Iterator[Mark]:
    """One word of an answer changed that the other answer of the same entry still says: 封口贴 → 塑封膜."""
    was, piece = pair
    other = {"answer": "short", "short": "answer"}.get(str(piece.path[0])) if len(piece.path) == 1 else None
    rest = plain(told(after.value, other)) if other and after.key.kind == "entry" else ""
    old, new = plain(was.text), plain(piece.text)
    left = _common(old, new)
    right = _common(old[left:][::-1], new[left:][::-1])
    gone, come = old[left : len(old) - right], new[left : len(new) - right]
    phrases = bool(_PHRASE.fullmatch(gone) and _PHRASE.fullmatch(come)) and not denials(gone) + denials(come)
    other_word = 2 * len(set(gone) & set(come)) < len(gone)
    if phrases and gone in rest and come not in rest and gone not in new and other_word:
        why = f"原来说“{gone}”，现在说“{come}”，而{'短答案' if other == 'short' else '长答案'}里还是“{gone}”"
        yield Mark("claim.apart", "warn", piece.path, come, why, "两处改成一样", left, left + len(come))


def _common(one: str, other: str) -> int:
    """How many characters two texts have in common from the start on."""
    return next((n for n, (left, right) in enumerate(zip(one, other, strict=False)) if left != right), min(len(one), len(other)))
