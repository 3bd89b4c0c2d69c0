"""The whole recommendation on one page: understand → hard limits → soft needs → rank → vary → explain."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from typing import Self

from recommender import comparison, finding
from recommender.behaviour import day_of
from recommender.constraints import Limits, allowed, broken, limits
from recommender.contents import fold
from recommender.crowd import Crowd, carried, gather
from recommender.demand import Demand, Lexicon, lexicon, local_day, understand
from recommender.doors import door
from recommender.history import Past, recall
from recommender.index import Index, Mask, lay_out
from recommender.merchandising import LaidRule, Orders, in_force, lay_rules, orders
from recommender.model import (
    Comparison,
    Event,
    Product,
    Rule,
    Shopper,
    Suggestion,
    Suggestions,
    TagKind,
    Wish,
)
from recommender.neighbours import neighbours
from recommender.question import ask
from recommender.ranking import Likeness, best, likeness, sample, scores, varied
from recommender.reasons import Case, basis, explain, shares
from recommender.relax import Need, meeting, needs, search
from recommender.sources import signals

WIDTH = 6
"""For each product shown so many are looked at, so that the few can be varied."""
SAMPLE = 20_000
"""From a larger pool so many are looked at to find the question that narrows it most."""


@dataclass(frozen=True, slots=True)
class Recommender:
    """A catalogue that answers wishes; never changes, safe to share between threads."""

    products: Mapping[str, Product]
    kinds: Mapping[str, TagKind]
    zone: tzinfo
    index: Index
    crowd: Crowd
    rules: tuple[LaidRule, ...]
    near: Mapping[str, tuple[str, ...]]
    words: Lexicon
    names: tuple[str, ...]

    @classmethod
    def build(
        cls,
        products: Iterable[Product],
        tag_kinds: Iterable[TagKind] = (),
        rules: Iterable[Rule] = (),
        events: Iterable[Event] = (),
        zone: tzinfo = UTC,
    ) -> Self:
        """Lay everything out once; of products with the same sku the last one counts.

        `zone` is the brand's: in it days begin and rules end.
        """
        known = {product.sku: product for product in products}
        kinds = {kind.name: kind for kind in tag_kinds}
        index = lay_out(known.values())
        return cls(
            products=known,
            kinds=kinds,
            zone=zone,
            index=index,
            crowd=gather(events, index),
            rules=lay_rules(rules, index),
            near=neighbours(index, {}),
            words=lexicon(kinds, index),
            names=tuple(fold(product.name) for product in known.values()),
        )

    def with_neighbours(self, told: Mapping[str, tuple[str, ...]]) -> Self:
        """The same, with ops' word on which categories may stand in for which."""
        return replace(self, near=neighbours(self.index, told))

    def with_events(self, events: Iterable[Event]) -> Self:
        """The same catalogue, which has learnt from these events and from no others."""
        return replace(self, crowd=gather(events, self.index))

    def learnt_from(self, other: "Recommender") -> Self:
        """The same catalogue with what another one learnt of the products that both show; of the others nothing is known.

        Where both show the same products in the same categories, it is what the same events would have taught.
        """
        return replace(self, crowd=carried(other.crowd, other.index, self.index))

    def recommend(self, shopper: Shopper, wish: Wish, *, limit: int = 3, at: datetime) -> Suggestions:
        """At most `limit` products that break no hard limit, pinned ones first, each with its real reason."""
        past = recall(shopper, self.crowd, self.index, day_of(at, self.zone))
        shopper = replace(shopper, owned=shopper.owned | past.bought)
        demand = understand(shopper, wish, self.words, self.index, local_day(at, self.zone))
        ordered = orders(self.rules, demand)
        bounds = limits(demand, self.kinds, ordered.blocks, past.fresh)
        open_ = allowed(self.index, bounds)
        wanted = needs(demand, self.index, self.kinds, self.near)
        pool, relaxed = search(open_, wanted)
        case = self._case(demand, past, pool, ordered)
        pins = self._pinned(case, bounds, meeting(open_, _pin_needs(wanted, relaxed)))[: max(limit, 0)]
        rows = [*pins, *self._chosen(case, bounds, pins, limit - len(pins))]
        items = tuple(self._suggest(row, case) for row in rows)
        question = ask(demand, self.index, self.kinds, sample(pool, SAMPLE), case.total)
        return Suggestions(items, relaxed if items else (), question, basis(case))

    def product(self, sku: str) -> Product | None:
        """The product of that sku, whatever its status."""
        return self.products.get(sku)

    def find(self, name: str, limit: int = 5) -> tuple[Product, ...]:
        """Products by a typed name, the best first, whatever their status."""
        return finding.find(name, tuple(self.products.values()), self.names, limit)

    def stock(self, sku: str, store: str | None = None) -> int | None:
        """Pieces left, at a store or everywhere; None where nobody knows."""
        product = self.products.get(sku)
        if product is None:
            return None
        if isinstance(product.stock, int):
            return product.stock if store is None else None
        return product.stock.get(store, 0) if store is not None else sum(product.stock.values())

    def compare(self, skus: Sequence[str], *, at: datetime | None = None) -> Comparison:
        """Products side by side; with a time only the rules in force then count, else all."""
        known = [self.products[sku] for sku in dict.fromkeys(skus) if sku in self.products]
        unknown = tuple(sku for sku in dict.fromkeys(skus) if sku not in self.products)
        day = local_day(at, self.zone) if at is not None else None
        rules = [laid.rule for laid in self.rules if day is None or in_force(laid.rule, day)]
        return comparison.compare(known, unknown, self.kinds.values(), rules)

    def _case(self, demand: Demand, past: Past, pool: Mask, ordered: Orders) -> Case:
        found = signals(demand, past, self.index, self.crowd, self.kinds)
        return Case(
            demand=demand,
            past=past,
            index=self.index,
            crowd=self.crowd,
            pool=pool,
            total=scores(len(self.index), found, ordered.boosts),
            signals=found,
            shares=shares((signal.rows for signal in found), pool),
            boosts=ordered.boosts,
            boost_shares=shares((laid.boosted for laid in ordered.boosts), pool),
            pins=ordered.pins,
        )

    def _pinned(self, case: Case, bounds: Limits, open_: Mask) -> list[int]:
        rows = [self.index.position[sku] for sku in case.pins if sku in self.index.position]
        return [row for row in rows if open_[row] and not self._broken(row, bounds)]

    def _chosen(self, case: Case, bounds: Limits, pins: Sequence[int], count: int) -> list[int]:
        if count <= 0:
            return []
        free = case.pool.copy()
        free[list(pins)] = False
        rows = best(case.total, free, WIDTH * count, self.index.by_price)
        while True:
            chosen = varied(rows, case.total, self._look, count)
            faulty = {row for row in chosen if self._broken(row, bounds)}
            if not faulty:
                return chosen
            rows = [row for row in rows if row not in faulty]

    def _broken(self, row: int, bounds: Limits) -> bool:
        return bool(broken(self.index.products[row], bounds))

    def _look(self, row: int) -> Likeness:
        return likeness(self.index.products[row])

    def _suggest(self, row: int, case: Case) -> Suggestion:
        product, opened = self.index.products[row], door(self.index.products[row], case.demand)
        reason, evidence = explain(row, case)
        score = round(float(case.total[row]), 4)
        return Suggestion(product, score, reason, opened.link, opened.channel, evidence)


def _pin_needs(wanted: Sequence[Need], relaxed: Sequence[str]) -> list[Mask]:
    """What a pinned product must meet: category, brand and what it must suit, but not the concern.

    Ops may put something on top of what was asked for, never beside it.
    """
    kept = (need for need in wanted if need.name != "concern")
    return [need.wider if need.name in relaxed else need.met for need in kept]
