"""One name in the place of another: a courier, a city, a payer, a kind of skin that a text no longer names, or mixes up."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from bot.content.items import Item
from bot.content.linting_claims import Claims
from bot.content.linting_names import PAYERS, PEOPLE, Names, Said
from bot.content.linting_pieces import Mark, Piece
from bot.content.linting_reading import plain

_ENDS: Final = re.compile(r"[，,。；;！!？?：:、\n]")
_PAUSES: Final = re.compile(r"[，,。；;！!？?：:\n]")
"""The same without the mark between things that are listed."""
_SURELY: Final = 0.5
"""Share of common pairs of characters from which on a name stands in the place of another."""
_CLEARLY: Final = 0.25
"""How much better it must fit the other's place than its own."""
_ALIKE: Final = 0.6
"""Share from which on two clauses are the same but for their names."""
_KEPT: Final = 0.45
"""The same for the sentence around a name that gave way to another."""
_ABOUT: Final = 0.4
"""Share from which on another item speaks of the same."""


def swaps(was: Piece, piece: Piece, names: Names, claims: Claims, item: Item) -> Iterator[Mark]:
    """Where ``piece`` names another of those that exclude each other than ``was`` did, or gives one's part to another."""
    old, new = plain(was.text), plain(piece.text)
    before, after = names.said(old), names.said(new)
    told: set[str] = set()
    for kind in dict.fromkeys(one.kind for one in before):
        for gone, come in _replaced(
            old, new, [one for one in before if one.kind == kind], [one for one in after if one.kind == kind]
        ):
            told.add(kind)
            yield _mark(piece, (gone, old), (come, new), _elsewhere(gone, old, claims, item))
            break
    if PAYERS not in told:
        yield from _charged(piece, (old, before), (new, after))
    yield from _lost(piece, (old, before), (new, after))
    for left, right in _crossed(old, new, before, after):
        if left.kind not in told:
            told.add(left.kind)
            why = f"原来“{_part(old, left)}”，现在“{_part(new, right)}”，{left.kind}“{left.name}”和“{right.name}”换了位置"
            yield Mark("change.names", "warn", piece.path, _part(new, right), why, "核对哪个对哪个", *_span(new, right))


def _charged(piece: Piece, old: tuple[str, Sequence[Said]], new: tuple[str, Sequence[Said]]) -> Iterator[Mark]:
    """A shopper who is to pay where only the shop did."""
    (before, said), (after, has) = old, new
    was = [one for one in said if one.kind == PAYERS]
    now = [one for one in has if one.kind == PAYERS and one.name == "您"]
    if was and now and {one.name for one in was} == {"我们"}:
        why = f"原来只说“{_part(before, was[0])}”，现在又说“{_part(after, now[0])}”"
        yield Mark("change.names", "warn", piece.path, _part(after, now[0]), why, "核对谁出钱", *_span(after, now[0]))


def _mark(piece: Piece, old: tuple[Said, str], new: tuple[Said, str], where: str) -> Mark:
    (gone, before), (come, after) = old, new
    why = f"原来说“{before[gone.start : gone.end]}”，现在说“{after[come.start : come.end]}”，不是一回事{where}"
    way = "核对哪个是对的；真的换了，别处也要一起改" if where else "核对哪个是对的"
    return Mark("change.names", "warn", piece.path, _part(after, come), why, way, *_span(after, come))


def _replaced(old: str, new: str, before: Sequence[Said], after: Sequence[Said]) -> Iterator[tuple[Said, Said]]:
    """(name that went, name that came) of one class, in clauses or sentences that otherwise stay."""
    mine = [one for one in _clauses(old, before, _PAUSES) if one.text not in new]
    theirs = [one for one in _clauses(new, after, _PAUSES) if one.text not in old]
    for one in mine:
        best = max(theirs, key=lambda other: (_jaccard(one.pairs, other.pairs), one.names == other.names), default=None)
        if best is not None and _jaccard(one.pairs, best.pairs) >= _ALIKE and one.names - best.names and best.names - one.names:
            yield one.first(best.names), best.first(one.names)
    had, has = {one.name for one in before}, {one.name for one in after}
    for gone in before:
        for come in after:
            apart = gone.name not in has and come.name not in had
            if apart and _jaccard(_around(old, gone), _around(new, come)) >= _KEPT:
                yield gone, come


@dataclass(frozen=True, slots=True)
class _Clause:
    """A clause with names of one class."""

    text: str
    said: tuple[Said, ...]
    pairs: frozenset[str]
    """Pairs of characters without the names."""

    @property
    def names(self) -> frozenset[str]:
        """The names in it."""
        return frozenset(one.name for one in self.said)

    def first(self, but: frozenset[str]) -> Said:
        """The first of its names that is none of these."""
        return next(one for one in self.said if one.name not in but)


def _clauses(text: str, said: Sequence[Said], ends: re.Pattern[str] | None = None) -> Sequence[_Clause]:
    """The clauses of a text in which names of one class stand."""
    bounds = dict.fromkeys(_bounds(text, one, said, ends or _ENDS) for one in said)
    return [_clause(text, start, end, [one for one in said if start <= one.start < end]) for start, end in bounds]


def _clause(text: str, start: int, end: int, said: Sequence[Said]) -> _Clause:
    line = text[start:end]
    for one in reversed(said):
        line = line[: one.start - start] + " " + line[one.end - start :]
    return _Clause(text[start:end].strip(), tuple(said), _pairs(line))


def _lost(piece: Piece, old: tuple[str, Sequence[Said]], new: tuple[str, Sequence[Said]]) -> Iterator[Mark]:
    """A name of the brand's own people or shops that gave way to something nobody knows: 小花 → 小朵."""
    (before, said), (after, has) = old, new
    kept = {one.name for one in has}
    clauses = [one for one in _ENDS.split(after) if one.strip() and one not in before]
    for gone in said:
        if gone.kind not in {PEOPLE, "门店", "地址"} or gone.name in kept or any(one.kind == gone.kind for one in has):
            continue
        part = _part(before, gone)
        left, _, right = part.partition(before[gone.start : gone.end])
        found = next(
            (
                one
                for one in clauses
                if one.strip() != left + right and one.strip().startswith(left) and one.strip().endswith(right)
            ),
            None,
        )
        if found and 0 < len(found.strip()) - len(left + right) <= len(gone.name) + 1:
            why = f"原来是“{part}”，“{before[gone.start : gone.end]}”不见了，换成了别的名字"
            start = after.index(found)
            yield Mark("change.names", "warn", piece.path, found.strip(), why, "核对名字是不是打错了", start, start + len(found))
            return


def _crossed(old: str, new: str, before: Sequence[Said], after: Sequence[Said]) -> Iterator[tuple[Said, Said]]:
    """(name, the one in whose place it now stands) where two names changed parts."""
    was, now = _parts(old, before), _parts(new, after)
    first = {(one.kind, one.name): one for one in reversed(before)}
    last = {(one.kind, one.name): one for one in reversed(after)}
    kept = [key for key in was if key in now]
    for one, other in combinations(kept, 2):
        if one[0] != other[0] or was[one] & was[other] == was[one] | was[other]:
            continue
        straight = min(_jaccard(was[one], now[one]), _jaccard(was[other], now[other]))
        across = min(_jaccard(was[one], now[other]), _jaccard(was[other], now[one]))
        if across >= _SURELY and across - straight >= _CLEARLY:
            yield first[one], last[other]


def _parts(text: str, said: Sequence[Said]) -> Mapping[tuple[str, str], frozenset[str]]:
    """Class and name → pairs of characters of the clauses where it stands, without the names of that class."""
    found: dict[tuple[str, str], frozenset[str]] = {}
    for kind in dict.fromkeys(one.kind for one in said):
        for clause in _clauses(text, [one for one in said if one.kind == kind]):
            for name in clause.names:
                found[kind, name] = found.get((kind, name), frozenset()) | clause.pairs
    return found


def _bounds(text: str, one: Said, said: Sequence[Said] = (), marks: re.Pattern[str] | None = None) -> tuple[int, int]:
    """Where the clause of a name begins and ends; names of one class that are only listed (新疆、西藏) stand in one clause."""
    listed = {left.end for left in said for right in said if left.kind == right.kind and left.end == right.start - 1}
    ends = [found.span() for found in (marks or _ENDS).finditer(text) if not (found[0] == "、" and found.start() in listed)]
    start = max((end for _, end in ends if end <= one.start), default=0)
    return start, min((begin for begin, _ in ends if begin >= one.end), default=len(text))


def _part(text: str, one: Said) -> str:
    start, end = _bounds(text, one)
    return text[start:end].strip()


def _span(text: str, one: Said) -> tuple[int, int]:
    start, end = _bounds(text, one)
    return start, end


def _around(text: str, one: Said) -> frozenset[str]:
    """Pairs of characters of the sentence around a name, without it; a sentence of nothing else matches any."""
    start = max((text.rfind(mark, 0, one.start) for mark in "。；！？\n"), default=-1) + 1
    ends = [at for mark in "。；！？\n" if (at := text.find(mark, one.end)) >= 0]
    return _pairs(text[start : one.start] + " " + text[one.end : min(ends, default=len(text))])


def _pairs(line: str) -> frozenset[str]:
    bare = re.sub(r"[^\w ]|_", "", line)
    return frozenset(pair for at in range(len(bare) - 1) if " " not in (pair := bare[at : at + 2])) or frozenset(
        bare.replace(" ", "")
    )


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 1.0


def _elsewhere(gone: Said, old: str, claims: Claims, item: Item) -> str:
    """Who else still says the old name about the same matter; empty where nobody does."""
    mine = _pairs(_part(old, gone).replace(old[gone.start : gone.end], " "))
    for claim in claims.all:
        text = claim.clause.text
        if old[gone.start : gone.end] in text and claim.key != item.key:
            theirs = _pairs(text.replace(old[gone.start : gone.end], " "))
            if mine and len(mine & theirs) >= _ABOUT * min(len(mine), len(theirs) or 1):
                return f"；{claim.key} 里还是“{text.strip()}”"
    return ""
