"""Three lines in ninety characters: what matters most goes in first, what does not fit stays in the transcript."""

from collections.abc import Iterable, Sequence

from bot.brief.model import LONGEST, Clause, Kind, Line

Offer = tuple[Kind, Clause]
"""A clause with the line that it would stand in."""
_ROWS: tuple[frozenset[Kind], ...] = (frozenset({"wants"}), frozenset({"told"}), frozenset({"promised", "hurt"}))


def fitted(offers: Iterable[Offer], longest: int = LONGEST) -> tuple[Line, ...]:
    """The lines, at most three; ``offers`` come in the order of their weight.

    Promises and hurts share the third line, under the name of what stands first in it.
    """
    taken: list[Offer] = []
    for kind, clause in offers:
        if not clause.text or _said(clause, (other for _, other in taken)):
            continue
        if _length([*taken, (kind, clause)]) <= longest:
            taken.append((kind, clause))
    return tuple(_lines(taken))


def _said(clause: Clause, taken: Iterable[Clause]) -> bool:
    return any(clause.text in other.text for other in taken)


def _length(taken: Sequence[Offer]) -> int:
    return sum(len(line.text) for line in _lines(taken))


def _lines(taken: Sequence[Offer]) -> list[Line]:
    rows = [[one for one in taken if one[0] in kinds] for kinds in _ROWS]
    return [Line(row[0][0], tuple(clause for _, clause in row)) for row in rows if row]
