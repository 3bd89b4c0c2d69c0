"""What an edit turned round without a no, a name or a number: opposites, parts that changed places, steps in another order.

Clauses that stand for each other are held together; where all else stays, what took the place of what tells the turn. A no that
came or went beside an opposite makes up for it: 没拆封的 is 不能拆开的.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, TypeAlias

from bot.content.linting_opposites import another, free_noes, parties, shifted, told
from bot.content.linting_pieces import Mark, Piece
from bot.content.linting_reading import denials, plain, words_of

_PARTS: Final = re.compile(r"[，,：:。；！？;!?\n]+")
_SENTENCES: Final = re.compile(r"[。；！？;!?\n]+")
_SIGN: Final = re.compile(r"[^\w]|_")
_TWIN: Final = 0.5
"""So alike are two clauses of which one stands for the other."""
_ALONE: Final = 0.25
"""The same where no other clause changed."""
_SAME: Final = 0.62
"""So alike are they where a single word was put in another's place."""
_LITTLE: Final = words_of(
    "我 我们 您 你 咱 咱们 的 了 吗 呢 会 要 就 都 也 还 再 才 可以 能 能够 可 和 跟 与 或 把 被 给 让 是 有 在 到 去 来 这 那 "
    "个 一 请 先 后 吧 哦 呀 啦 一下 这个 那个 时候 的话 如果 要是 或者 以及 还是 之后 之前 以后 以前 得 地 着 过 上 下 里"
)
_STEPS: Final = re.compile(
    r"(?:首先|先)(?P<first>[^，。；！？先]{1,16}?)[，、；]?(?:然后|接着|最后|再|后|才)(?P<then>[^，。；！？]{1,16})"
)
_BEFORE: Final = re.compile(
    r"(?P<then>[^，。；！？、]{2,12}?)(?:之前|以前|前)[，]?(?:要|请|得|就|也|把|都)*先?(?P<first>[^，。；！？]{2,16})"
)
_THEN: Final = re.compile(r"(?P<first>[^，。；！？、]{2,12}?)(?:之后|以后|后|就|才|再)(?P<then>[^，。；！？]{1,16})")
_FROM: Final = re.compile(r"(?:从|由)(?P<first>[^，。；！？从由到至向]{1,8})(?:到|至|往|向)(?P<then>[^，。；！？]{1,8})")
_WHO: Final = r"(?:快递员|快递|您|我们|导购|客服|同事|仓库|店里|平台|厂家|对方|朋友|师傅|老师)"
_GIVES: Final = re.compile(rf"(?P<first>{_WHO})[^，。；！？给]{{0,6}}给(?P<then>{_WHO})")
_ORDERS: Final = (_GIVES, _STEPS, _FROM, _BEFORE, _THEN)


@dataclass(frozen=True, slots=True)
class _Changed:
    """A clause that took another's place, and what in it took the place of what."""

    old: str
    new: str
    alike: float
    parts: tuple[tuple[str, str], ...]


def marks(was: Piece, piece: Piece) -> Iterator[Mark]:
    """The first thing that a text turned round; nothing where it says the same in other words."""
    old, new = plain(was.text), plain(piece.text)
    changed = _changed(old, new)
    if found := _opposed(changed) or _exchanged(changed) or _replaced(changed) or _reversed(old, new):
        words, why = found
        start = max(new.find(words), 0)
        yield Mark("change.turned", "warn", piece.path, words, why, "核对说反了没有", start, start + len(words))


def makes_up(old: str, new: str) -> bool:
    """Whether an opposite took a word's place, so that a no more or less says the same."""
    return next(shifted(old, new, written=True), None) is not None


def _changed(old: str, new: str) -> Sequence[_Changed]:
    """Each clause that went with the one that is most like it, none of them twice."""
    mine, theirs = ([one.strip() for one in _PARTS.split(text) if one.strip()] for text in (old, new))
    gone = [one for one in dict.fromkeys(mine) if one not in theirs]
    come = [one for one in dict.fromkeys(theirs) if one not in mine]
    scored = sorted(
        ((_alike(one, other), -abs(i - j), i, j) for i, one in enumerate(gone) for j, other in enumerate(come)), reverse=True
    )
    left, right, found = set(range(len(gone))), set(range(len(come))), []
    for score, _, i, j in scored:
        if score >= (_ALONE if len(gone) == len(come) == 1 else _TWIN) and i in left and j in right:
            left.discard(i)
            right.discard(j)
            found.append((i, _Changed(gone[i], come[j], score, tuple(_parts(gone[i], come[j])))))
    return [one for _, one in sorted(found, key=lambda two: two[0])]


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _parts(old: str, new: str) -> Iterator[tuple[str, str]]:
    """(what went, what came) at each place of a clause."""
    for tag, i, k, j, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "replace":
            yield _SIGN.sub("", old[i:k]), _SIGN.sub("", new[j:m])


_Turned: TypeAlias = tuple[str, str] | None
"""The words that turned, and why they are told."""


def _opposed(changed: Sequence[_Changed]) -> _Turned:
    """An opposite that took a word's place, with no no to make up for it."""
    whole = set(shifted("，".join(one.old for one in changed), "，".join(one.new for one in changed)))
    ways: set[tuple[int, bool]] = set()
    for one in changed:
        if (_noes(one.old) - _noes(one.new)) % 2:
            continue
        for axis in shifted(one.old, one.new):
            left = bool(told(axis, one.old, left=True)) and not told(axis, one.new, left=True)
            before, after = told(axis, one.old, left), told(axis, one.new, not left)
            # a side that only moved to another clause is there still, unless the other one took its place in turn
            crossed = one.alike >= _SAME and (axis, not left) in ways
            if before and after and (axis in whole or crossed):
                return one.new, f"原来是“{before}”，现在成了“{after}”，意思反了"
            if one.alike >= _SAME:
                ways.add((axis, left))
    return None


def _noes(clause: str) -> int:
    """How often a clause says no to something that has no opposite of its own."""
    return denials(clause) - free_noes(clause)


def _exchanged(changed: Sequence[_Changed]) -> _Turned:
    """Two parts of which each stands now where the other stood."""
    swapped: dict[tuple[str, str], _Changed] = {}
    for one in changed:
        for gone, come in one.parts:
            if {gone, come} & _LITTLE or not gone or not come:
                continue
            if (come, gone) in swapped:
                return one.new, f"“{come}”和“{gone}”换了位置：原来“{one.old}”，现在“{one.new}”"
            swapped[gone, come] = one
    return None


def _replaced(changed: Sequence[_Changed]) -> _Turned:
    """Somebody or something else that does the part, while the rest of the clause stays."""
    for one in changed:
        if one.alike < _SAME:
            continue
        for gone, come in one.parts:
            if kind := another(gone, come) or parties(one.old, one.new):
                return one.new, f"原来是“{gone}”，现在成了“{come}”，{kind}不一样了"
    return None


def _reversed(old: str, new: str) -> _Turned:
    """Two steps of which the one that came first comes last."""
    kept = set(_SENTENCES.split(old)) & set(_SENTENCES.split(new))
    before = list(_orders(old, kept))
    for first, then in _orders(new, kept):
        for was_first, was_then in before:
            crossed = min(_shared(first, was_then), _shared(then, was_first))
            straight = max(_shared(first, was_first), _shared(then, was_then))
            if crossed >= _TWIN and crossed > straight:
                return then, f"原来先“{was_first}”后“{was_then}”，现在先“{first}”后“{then}”，先后反了"
    return None


def _orders(text: str, kept: Collection[str]) -> Iterator[tuple[str, str]]:
    """(what comes first, what comes then) of every sentence that tells an order and is not among those that stay."""
    for sentence in (one for one in _SENTENCES.split(text) if one not in kept):
        for pattern in _ORDERS:
            for one in pattern.finditer(sentence):
                yield one["first"], one["then"]


def _shared(one: str, other: str) -> float:
    """Share of the shorter one's signs that the other has too."""
    mine, theirs = (frozenset(_SIGN.sub("", text)) - frozenset("的了就才再先后用把要请得") for text in (one, other))
    few = min(len(mine), len(theirs))
    if few == 1:
        # a single sign stands in many longer parts
        return float(one.startswith(other) or other.startswith(one))
    return len(mine & theirs) / few if few else 0.0
