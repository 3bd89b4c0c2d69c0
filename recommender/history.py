"""What one shopper did before (过往): taste, what is in use at home, and what has probably run out."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from recommender.behaviour import BUY, RETURN, SEEN, Codes, Days, Numbers, firsts, kept, medians, worth
from recommender.constraints import consumable
from recommender.crowd import Crowd
from recommender.index import NOBODY, Ids, Index, Mask, Weights
from recommender.model import Shopper
from recommender.signal import Signal

HALF_LIFE_DAYS = 90.0
"""Of one's own deeds: what was bought a season ago says half as much."""
RECALLED = 200
"""So many products of a history are looked at, those that say most."""
NEARLY = 0.7
"""差不多: of the usual time until something is bought again, the part after which it may be offered."""
JUST_BOUGHT = 2.0
"""Days in which nothing is offered again, whatever its interval."""
OWN_GAPS = 2
"""With so many gaps of one's own, one's own rhythm counts."""
TOGETHER, REBUY, LIKED, RETURNED = 1.5, 4.0, 1.0, -2.0
FEEBLE = 0.3
"""A history that speaks less clearly than this for anything is not made louder."""


def _none() -> Ids:
    return NOBODY


def _no_weights() -> Weights:
    return np.empty(0)


@dataclass(frozen=True, slots=True)
class Past:
    """A shopper's history on one day."""

    rows: Ids = field(default_factory=_none)
    """What speaks of their taste, ascending."""
    weights: Weights = field(default_factory=_no_weights)
    """How much, in purchases: 0…1."""
    bought: frozenset[str] = frozenset()
    """Skus that count as owned: bought and kept, unless used up by now."""
    fresh: frozenset[str] = frozenset()
    """Skus bought just now."""
    due: Ids = field(default_factory=_none)
    """What has probably run out, ascending."""
    need: Weights = field(default_factory=_no_weights)
    """How sure it is that each of these is wanted again, 0…1."""
    since: Ids = field(default_factory=_none)
    """Days since each of these was bought."""
    liked: Ids = field(default_factory=_none)
    """Collected or put into the cart, and not bought."""
    returned: Ids = field(default_factory=_none)

    def waited(self, row: int) -> int:
        """Days since something due was bought."""
        return int(self.since[np.searchsorted(self.due, row)])


NEW = Past()
"""Nothing is known."""


def recall(shopper: Shopper, crowd: Crowd, index: Index, day: float) -> Past:
    """What this shopper did until that day (since 1970, in UTC)."""
    rows, kinds, days = crowd.deeds.of(shopper.id, day)
    owned = np.array(sorted(row for sku in shopper.owned if (row := index.position.get(sku)) is not None), dtype=np.intp)
    if not len(rows):
        return Past(rows=owned, weights=np.ones(len(owned))) if len(owned) else NEW
    taste, weights = _taste(rows, kinds, days, day, owned)
    _, had = kept(np.zeros(len(rows), dtype=np.intp), rows, kinds)
    due, need, since = _due(rows[kinds == BUY], days[kinds == BUY], day, had, crowd)
    again = _used_up(due, shopper, index)
    due, need, since = due[again], need[again], since[again]
    traded = np.isin(kinds, (BUY, RETURN))
    bought, last = had.astype(np.intp), days[kinds == BUY]
    just = np.intersect1d(rows[kinds == BUY][last > day - JUST_BOUGHT], bought)
    return Past(
        rows=taste,
        weights=weights,
        bought=_skus(np.setdiff1d(bought, due), index),
        fresh=_skus(just, index),
        due=due,
        need=need,
        since=since,
        liked=np.setdiff1d(rows[np.isin(kinds, SEEN)], rows[traded]).astype(np.intp),
        returned=np.setdiff1d(rows[kinds == RETURN], bought).astype(np.intp),
    )


def _skus(rows: Ids, index: Index) -> frozenset[str]:
    return frozenset(index.products[row].sku for row in rows)


def _taste(rows: Numbers, kinds: Codes, days: Days, day: float, owned: Ids) -> tuple[Ids, Weights]:
    groups = firsts(rows)
    sums = np.minimum(np.add.reduceat(worth(kinds, days, day, HALF_LIFE_DAYS), groups), 1.0)
    total = dict(zip(rows[groups].tolist(), sums.tolist(), strict=True))
    total |= {row: max(total.get(row, 0.0), 1.0) for row in owned.tolist()}
    loudest = sorted((-weight, row) for row, weight in total.items() if weight > 0)[:RECALLED]
    order = sorted((row, -weight) for weight, row in loudest)
    return np.array([row for row, _ in order], dtype=np.intp), np.array([weight for _, weight in order], dtype=np.float64)


def _due(rows: Numbers, days: Days, day: float, had: Numbers, crowd: Crowd) -> tuple[Ids, Weights, Ids]:
    """Of what was bought and kept that whose usual time has nearly passed, how sure that is, and the days since.

    `rows` and `days` are those of the purchases.
    """
    mine = np.isin(rows, had)
    rows, days = rows[mine], days[mine]
    once = firsts(rows, np.floor(days))
    starts = firsts(rows[once])
    if not len(starts):
        return NOBODY, np.empty(0), NOBODY
    dates = np.floor(days[once])
    again = rows[once][1:] == rows[once][:-1]
    number = np.cumsum(np.isin(np.arange(len(once)), starts)) - 1
    own = medians(number[1:][again], np.diff(dates)[again], len(starts), OWN_GAPS)
    goods = rows[once][starts]
    usual = np.where(np.isnan(own), crowd.interval[goods], own)
    waited = day - days[np.append(firsts(rows)[1:], len(rows)) - 1]
    habit = np.add.reduceat(0.5 ** ((day - dates) / HALF_LIFE_DAYS), starts)
    due = waited >= np.maximum(NEARLY * usual, JUST_BOUGHT)  # false where no interval is known
    return goods[due].astype(np.intp), (habit / (1.0 + habit))[due], np.floor(waited[due]).astype(np.intp)


def _used_up(rows: Ids, shopper: Shopper, index: Index) -> Mask:
    """What is used up; what ops or the shopper themselves call owned is at home."""
    goods = (index.products[row] for row in rows.tolist())
    return np.array([product.sku not in shopper.owned and consumable(product) for product in goods], dtype=np.bool_)


def recalled(past: Past, crowd: Crowd) -> Iterator[Signal]:
    """What a history lifts: what goes with it, what has run out, what was nearly taken."""
    rows, strengths = crowd.together.spread(past.rows, past.weights)
    if len(rows):
        strengths = TOGETHER * strengths / max(float(strengths.max()), FEEBLE)
        yield Signal("together", "together", "", rows, strengths)
    yield Signal("rebuy", "rebuy", "", past.due, REBUY * past.need)
    yield Signal("seen", "seen", "", past.liked, LIKED)
    yield Signal("returned", "returned", "", past.returned, RETURNED)


def decisive(row: int, past: Past, crowd: Crowd) -> int:
    """The row of the history that spoke most for a row."""
    return int(past.rows[int(np.argmax(crowd.together.between(row, past.rows) * past.weights))])
