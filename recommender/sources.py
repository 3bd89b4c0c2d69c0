"""Where candidates come from (召回): each source says which rows it lifts, by how much, and on what evidence."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

import numpy as np

from recommender.contents import fold
from recommender.demand import Demand
from recommender.index import NOBODY, Ids, Index, Weights
from recommender.model import Event, TagKind

SAID = 3.0
"""A value that was just said; everything below is set against this one."""
KNOWN = 2.0
"""A value known from before."""
MENTIONED = 2.0
"""A word in the text that no field holds."""
NAMED = 50.0
"""Asked for by name: nothing else comes before it."""
POPULAR, TOGETHER, NEW, USUAL_PRICE = 1.0, 1.0, 0.4, 0.8
WRONG_AUDIENCE = -1.0
"""Made for somebody else than was said; not forbidden, as audiences on products are not complete."""
NEW_DAYS = 60
HALF_LIFE_DAYS = 30.0
WORTH: Mapping[str, float] = {
    "view": 0.1,
    "click": 0.2,
    "collect": 0.5,
    "cart": 0.8,
    "buy": 2.0,
    "return": -2.5,
}
NOT_ON_PRODUCTS = frozenset({"channel_habit", "price_band"})
"""Kinds that speak of doors and prices, not of what a product is."""
BASKET = 50
"""Of one customer only so many last purchases are paired."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One reason to lift some rows."""

    source: str
    """`said`, `known`, `text`, `named`, `popular`, `together`, `new`, `price_band` or `audience`."""
    kind: str
    """The tag kind, or the source again."""
    value: str
    rows: Ids
    """Ascending."""
    weights: float | Weights
    """One for all rows, or one each."""

    def at(self, row: int) -> float:
        """What it adds to this row."""
        place = int(np.searchsorted(self.rows, row))
        if place == len(self.rows) or self.rows[place] != row:
            return 0.0
        return self.weights if isinstance(self.weights, float) else float(self.weights[place])


@dataclass(frozen=True, slots=True)
class Crowd:
    """What all customers together did."""

    popular: Signal
    buyers: Mapping[int, int]
    """Row → how many different customers kept what they bought."""
    together: Mapping[int, tuple[Ids, Weights]]
    """Row → rows bought by the same customers, with a strength of 0…1."""


def gather(events: Iterable[Event], index: Index) -> Crowd:
    """Read the events once; those of unknown products do not count."""
    known = [(event, index.position[event.sku]) for event in events if event.sku in index.position]
    if not known:
        return Crowd(Signal("popular", "popular", "", NOBODY, 0.0), {}, {})
    baskets = _baskets(known)
    buyers = Counter(row for basket in baskets.values() for row in basket)
    return Crowd(_popular(known, len(index)), buyers, _together(baskets.values(), buyers))


def _popular(known: list[tuple[Event, int]], size: int) -> Signal:
    last = max(event.at for event, _ in known)
    worth = np.zeros(size, dtype=np.float64)
    for event, row in known:
        worth[row] += WORTH[event.kind] * _faded(last, event.at)
    worth = np.log1p(np.maximum(worth, 0.0))
    rows = np.flatnonzero(worth)
    top = float(worth.max(initial=0.0)) or 1.0
    return Signal("popular", "popular", "", rows, POPULAR * worth[rows] / top)


def _faded(last: datetime, at: datetime) -> float:
    return float(0.5 ** ((last - at).total_seconds() / 86_400 / HALF_LIFE_DAYS))


def _baskets(known: list[tuple[Event, int]]) -> dict[str, list[int]]:
    baskets: defaultdict[str, dict[int, None]] = defaultdict(dict)
    for event, row in sorted(known, key=lambda pair: pair[0].at):
        if event.kind == "buy":
            baskets[event.customer].pop(row, None)
            baskets[event.customer][row] = None
        elif event.kind == "return":
            baskets[event.customer].pop(row, None)
    return {customer: list(basket)[-BASKET:] for customer, basket in baskets.items()}


def _together(baskets: Iterable[list[int]], buyers: Mapping[int, int]) -> dict[int, tuple[Ids, Weights]]:
    pairs = Counter(pair for basket in baskets for pair in combinations(sorted(basket), 2))
    strengths: defaultdict[int, dict[int, float]] = defaultdict(dict)
    for (one, other), count in pairs.items():
        # Cosine of the two buyer sets; one shared buyer alone is chance.
        if count >= 2:
            strength = count / float(np.sqrt(buyers[one] * buyers[other]))
            strengths[one][other] = strengths[other][one] = min(strength, 1.0)
    return {row: _arrays(found) for row, found in strengths.items()}


def _arrays(found: Mapping[int, float]) -> tuple[Ids, Weights]:
    rows = sorted(found)
    return np.array(rows, dtype=np.intp), np.array([found[row] for row in rows], dtype=np.float64)


def signals(demand: Demand, index: Index, crowd: Crowd, kinds: Mapping[str, TagKind]) -> tuple[Signal, ...]:
    """All that lifts (or lowers) rows for this demand."""
    found = [*_asked(demand, index), *_matches(demand, index), *_bought_with(demand, index, crowd)]
    found += _usual_price(demand, index)
    if "audience" in kinds and "audience" in demand.said:
        others = np.flatnonzero(index.unfit(kinds["audience"], demand.said["audience"]))
        found.append(Signal("audience", "audience", "", others, WRONG_AUDIENCE))
    found.append(crowd.popular)
    oldest = demand.today.toordinal() - NEW_DAYS
    fresh = np.flatnonzero((index.launched >= oldest) & (index.launched <= demand.today.toordinal()))
    found.append(Signal("new", "new", "", fresh, NEW))
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


def _bought_with(demand: Demand, index: Index, crowd: Crowd) -> Iterator[Signal]:
    for sku in sorted(demand.shopper.owned):
        row = index.position.get(sku)
        if row is not None and row in crowd.together:
            rows, strengths = crowd.together[row]
            yield Signal("together", "together", sku, rows, TOGETHER * strengths)
