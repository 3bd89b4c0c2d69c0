"""What to give up when nothing fits: soft needs only, one by one, in a fixed order, and always named."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from recommender.contents import fold
from recommender.demand import Demand
from recommender.index import Index, Mask
from recommender.model import TagKind

ABOUT_SOMEBODY = frozenset({"audience", "concern", "channel_habit", "price_band"})
"""Said kinds that are no wish for a property of the product; the concern has its own need."""


@dataclass(frozen=True, slots=True)
class Need:
    """One soft need."""

    name: str
    met: Mask
    wider: Mask
    """What still counts once it is given up."""


def needs(demand: Demand, index: Index, kinds: Mapping[str, TagKind], near: Mapping[str, tuple[str, ...]]) -> tuple[Need, ...]:
    """The soft needs in the order in which they are given up: concern, brand, category, properties.

    A product asked for by name meets them all.
    """
    found = [*_concern(demand, index), *_brand(demand, index), *_category(demand, index, near)]
    found += _properties(demand, index, kinds)
    for sku in demand.wish.product:
        if (row := index.position.get(sku)) is not None:
            for need in found:
                need.met[row] = need.wider[row] = True
    return tuple(found)


def search(open_: Mask, wanted: Sequence[Need]) -> tuple[Mask, tuple[str, ...]]:
    """The rows that meet the needs within the hard limits, and the needs that had to go for them.

    Needs go in their order until something is found; then each that went needlessly comes back, the dearest first.
    """
    for given_up in range(len(wanted) + 1):
        if _found(open_, wanted, set(range(given_up))).any():
            return _restored(open_, wanted, set(range(given_up)))
    return np.zeros_like(open_), ()


def meeting(open_: Mask, met: Iterable[Mask]) -> Mask:
    """The open rows that are in every mask."""
    found = open_.copy()
    for mask in met:
        found &= mask
    return found


def _found(open_: Mask, wanted: Sequence[Need], gone: set[int]) -> Mask:
    return meeting(open_, (need.wider if place in gone else need.met for place, need in enumerate(wanted)))


def _restored(open_: Mask, wanted: Sequence[Need], gone: set[int]) -> tuple[Mask, tuple[str, ...]]:
    for place in sorted(gone, reverse=True):
        if _found(open_, wanted, gone - {place}).any():
            gone = gone - {place}
    return _found(open_, wanted, gone), tuple(wanted[place].name for place in sorted(gone))


def _everything(index: Index) -> Mask:
    return np.ones(len(index), dtype=np.bool_)


def _concern(demand: Demand, index: Index) -> Iterator[Need]:
    if wanted := demand.said.get("concern"):
        yield Need("concern", index.holding(index.contents, wanted), _everything(index))


def _brand(demand: Demand, index: Index) -> Iterator[Need]:
    if demand.wish.brand:
        yield Need("brand", index.holding(index.brands, demand.wish.brand), _everything(index))


def _category(demand: Demand, index: Index, near: Mapping[str, tuple[str, ...]]) -> Iterator[Need]:
    if demand.categories:
        met = index.holding(index.categories, demand.categories)
        others = (other for name in demand.categories for other in near.get(fold(name), ()))
        yield Need("category", met, met | index.holding(index.categories, others))


def _properties(demand: Demand, index: Index, kinds: Mapping[str, TagKind]) -> Iterator[Need]:
    for name in dict.fromkeys((*demand.said, *demand.profile)):
        kind = kinds.get(name)
        if name in ABOUT_SOMEBODY or (kind is not None and kind.hard):
            continue
        if kind is None and name in demand.said:
            yield Need(name, index.holding(index.contents, demand.said[name]), _everything(index))
        elif kind is not None and (kind.exclusive or name in demand.said):
            yield Need(name, ~index.unfit(kind, demand.known(name)), _everything(index))
