"""Order candidates (排序): pure functions from signals to scores, and from scores to a varied few."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from recommender.contents import fold
from recommender.index import Ids, Mask, Weights
from recommender.merchandising import LaidRule
from recommender.model import Product
from recommender.signal import Signal

BASE = 1.0
"""What every candidate starts with, so that a boost has something to lift."""
LEAST = 0.1
"""No penalty takes a score below this: boosts multiply, and must not turn a penalty around."""
SAMENESS = 0.45
"""How much of its score a candidate loses when it is the twin of one already taken."""


def scores(size: int, signals: Iterable[Signal], boosts: Iterable[LaidRule]) -> Weights:
    """One score per row: the sum of its signals, times the factors of the rules that lift it."""
    total = np.full(size, BASE, dtype=np.float64)
    for signal in signals:
        total[signal.rows] += signal.weights
    np.maximum(total, LEAST, out=total)
    for laid in boosts:
        total[laid.boosted] *= laid.rule.factor
    return total


def best(total: Weights, pool: Mask, count: int, by_price: Ids) -> list[int]:
    """The rows of the pool with the highest scores, best first; equal ones by sku.

    Where nothing tells the first of them apart, they are spread over the prices: who knows nothing shows the range.
    """
    rows: Ids = np.flatnonzero(pool)
    mine = total[rows]
    if len(rows) > count:
        edge = np.partition(mine, len(mine) - count)[len(mine) - count]
        if mine.max() == edge:
            return _over_prices(pool & (total == edge), count, by_price)
        kept = mine >= edge
        rows, mine = rows[kept], mine[kept]
    order = np.argsort(-mine, kind="stable")[:count]
    return [int(row) for row in rows[order]]


def _over_prices(tied: Mask, count: int, by_price: Ids) -> list[int]:
    """So many rows in even steps from the cheapest to the dearest, the middle one first, then outwards."""
    rising = by_price[tied[by_price]]
    steps = (np.arange(count) + 0.5) * len(rising) / count
    order = np.argsort(np.abs(np.arange(count) - (count - 1) / 2), kind="stable")
    return [int(row) for row in rising[steps.astype(np.intp)][order]]


def sample(pool: Mask, most: int) -> Mask:
    """The pool, or where it is larger an even choice of its rows."""
    size = int(np.count_nonzero(pool))
    if size <= most:
        return pool
    some = np.zeros_like(pool)
    some[np.flatnonzero(pool)[:: size // most]] = True
    return some


@dataclass(frozen=True, slots=True)
class Likeness:
    """What makes two products look the same to a shopper."""

    family: str
    """Brand and name without sizes and numbers."""
    features: frozenset[str]


def likeness(product: Product) -> Likeness:
    """Read off what a shopper would compare."""
    stem = "".join(letter for letter in fold(product.name) if letter.isalpha() and not letter.isascii())
    features = {fold(tag) for tag in product.tags} | {
        f"brand {product.brand}",
        f"category {product.category}",
    }
    features.update(stem[start : start + 2] for start in range(len(stem) - 1))
    return Likeness(f"{fold(product.brand)} {stem}" if len(stem) > 2 else "", frozenset(features))


def alike(one: Likeness, other: Likeness) -> float:
    """0 (nothing in common) … 1 (the same thing in another size); Jaccard of the features between."""
    if one.family and one.family == other.family:
        return 1.0
    together = len(one.features & other.features)
    return together / max(len(one.features) + len(other.features) - together, 1)


def varied(rows: Sequence[int], total: Weights, looks: Callable[[int], Likeness], count: int) -> list[int]:
    """Choose few of many: each next one weighs its score against its likeness to those taken.

    After Carbonell and Goldstein, "The use of MMR", SIGIR 1998, with a multiplied penalty so that the scale of
    scores does not matter. The chosen come back best score first.
    """
    left, taken = list(rows), list[int]()
    closest = dict.fromkeys(rows, 0.0)
    seen = {row: looks(row) for row in rows} if len(rows) > 1 else {}
    while left and len(taken) < count:
        chosen = max(left, key=lambda row: total[row] * (1.0 - SAMENESS * closest[row] ** 2))
        left.remove(chosen)
        taken.append(chosen)
        for row in left:
            closest[row] = max(closest[row], alike(seen[chosen], seen[row]))
    place = {row: rank for rank, row in enumerate(rows)}
    return sorted(taken, key=place.__getitem__)
