"""Which purchases came back: what was returned is not counted as bought. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Trade:
    """One purchase or return of a product."""

    id: int
    person: str
    sku: str
    kind: Literal["buy", "return"]


def returned(trades: Iterable[Trade]) -> frozenset[int]:
    """Ids of the purchases that came back; ``trades`` oldest first.

    A return takes back the latest purchase of the same product by the same person that still stands; a return of what we never
    saw bought takes back nothing (as ``bot.db.events.held`` counts).
    """
    standing: dict[tuple[str, str], list[int]] = {}
    gone: set[int] = set()
    for one in trades:
        held = standing.setdefault((one.person, one.sku), [])
        if one.kind == "buy":
            held.append(one.id)
        elif held:
            gone.add(held.pop())
    return frozenset(gone)
