"""Where candidates come from (召回): each source says which rows it lifts, by how much, and on what evidence."""

import re
from collections.abc import Iterator, Mapping

import numpy as np

from recommender.contents import fold
from recommender.crowd import Crowd
from recommender.demand import Demand
from recommender.history import Past, recalled
from recommender.index import NOBODY, Index
from recommender.model import TagKind
from recommender.signal import Signal

SAID = 3.0
"""A value that was just said; everything below is set against this one."""
KNOWN = 2.0
"""A value known from before."""
MENTIONED = 2.0
"""A word in the text that no field holds."""
NAMED = 50.0
"""Asked for by name: nothing else comes before it."""
NEW, USUAL_PRICE = 0.4, 0.8
WRONG_AUDIENCE = -1.0
"""Made for somebody else than was said; not forbidden, as audiences on products are not complete."""
NEW_DAYS = 60
NOT_ON_PRODUCTS = frozenset({"channel_habit", "price_band"})
"""Kinds that speak of doors and prices, not of what a product is."""


def signals(demand: Demand, past: Past, index: Index, crowd: Crowd, kinds: Mapping[str, TagKind]) -> tuple[Signal, ...]:
    """All that lifts (or lowers) rows for this demand."""
    found = [*_asked(demand, index), *_matches(demand, index), *recalled(past, crowd)]
    found += _usual_price(demand, index)
    if "audience" in kinds and "audience" in demand.said:
        others = np.flatnonzero(index.unfit(kinds["audience"], demand.said["audience"]))
        found.append(Signal("audience", "audience", "", others, WRONG_AUDIENCE))
    found.append(crowd.popular)
    today = demand.today.toordinal()
    found.append(Signal("new", "new", "", index.launched_between(today - NEW_DAYS, today), NEW))
    return tuple(signal for signal in found if len(signal.rows))


def _asked(demand: Demand, index: Index) -> Iterator[Signal]:
    for sku in demand.wish.product:
        if (row := index.position.get(sku)) is not None:
            yield Signal("named", "named", sku, np.array([row], dtype=np.intp), NAMED)
    for word in demand.words:
        for postings in (index.contents, index.categories, index.brands):
            if word in postings:
                yield Signal("text", "text", word, postings[word], MENTIONED)
                break


def _matches(demand: Demand, index: Index) -> Iterator[Signal]:
    for name, values in demand.said.items():
        for value in values:
            yield Signal("said", name, value, index.contents.get(fold(value), NOBODY), SAID)
    for name, values in demand.profile.items():
        fresh = (v for v in values if v not in demand.said.get(name, ()))
        for value in fresh if name not in NOT_ON_PRODUCTS else ():
            yield Signal("known", name, value, index.contents.get(fold(value), NOBODY), KNOWN)


def _usual_price(demand: Demand, index: Index) -> Iterator[Signal]:
    """The price band that a shopper is used to (100以下, 100-200, 500以上); a budget just named outweighs it."""
    if demand.wish.budget_min is not None or demand.wish.budget_max is not None:
        return
    for band in demand.profile.get("price_band", ()):
        ends = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", band)]
        if len(ends) == 2 or (len(ends) == 1 and band.endswith(("以下", "以内", "以上"))):
            low = ends[0] if len(ends) == 2 or band.endswith("以上") else 0.0
            high = ends[-1] if not band.endswith("以上") else np.inf
            rows = np.flatnonzero((index.price >= low) & (index.price <= high))
            yield Signal("price_band", "price_band", band, rows, USUAL_PRICE)
