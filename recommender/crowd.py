"""What all customers together did (众人): what sells, what goes together, and when it is bought again."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from recommender import together
from recommender.behaviour import Deeds, Numbers, buyers, cells, intervals, lessons, moved, read
from recommender.index import NOBODY, Index
from recommender.model import Event
from recommender.signal import Signal
from recommender.together import Together

POPULAR = 1.0
HALF_LIFE_DAYS = 30.0
"""Of what is popular."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """Learnt once from the events."""

    deeds: Deeds
    popular: Signal
    buyers: Numbers
    """Of each row how many different customers kept what they bought."""
    together: Together
    interval: npt.NDArray[np.float32]
    """Of each row the usual days until it is bought again; NaN where nobody knows."""


def gather(events: Iterable[Event], index: Index) -> Crowd:
    """Read the events and learn from them; the same events teach the same, in whatever order they come."""
    deeds, size = read(events, index), len(index)
    return Crowd(
        deeds=deeds,
        popular=_popular(deeds, size),
        buyers=buyers(deeds, size),
        together=together.learn(lessons(deeds, size)) if len(deeds.rows) else together.NOTHING,
        interval=intervals(deeds, index),
    )


def carried(crowd: Crowd, before: Index, index: Index) -> Crowd:
    """What was learnt on one catalogue, told of another one: products that are gone are forgotten, new ones unknown."""
    rows = np.array([index.position.get(product.sku, -1) for product in before.products], dtype=np.intp)
    same = len(index) == len(before) and bool((rows == np.arange(len(before))).all())
    if same:
        return replace(crowd, interval=intervals(crowd.deeds, index))
    deeds, kept = moved(crowd.deeds, rows), rows >= 0
    counts = np.zeros(len(index), dtype=crowd.buyers.dtype)
    counts[rows[kept]] = crowd.buyers[kept]
    known, heat = kept[crowd.popular.rows], crowd.popular.weights
    weights = heat if isinstance(heat, float) else heat[known]
    popular = replace(crowd.popular, rows=rows[crowd.popular.rows][known], weights=weights)
    return Crowd(deeds, popular, counts, together.moved(crowd.together, rows), intervals(deeds, index))


def _popular(deeds: Deeds, size: int) -> Signal:
    """Lately wanted by many; each customer counts once, however often they came."""
    _, rows, wanted = cells(deeds, HALF_LIFE_DAYS)
    if not len(rows):
        return Signal("popular", "popular", "", NOBODY, 0.0)
    heat = np.log1p(np.bincount(rows, weights=wanted, minlength=size))
    found = np.flatnonzero(heat)
    return Signal("popular", "popular", "", found, POPULAR * heat[found] / heat.max())
