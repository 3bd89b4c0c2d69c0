"""What may never be broken (硬约束): once for all rows, and once more for every product that is about to be shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from recommender.contents import Held, contained, folded, hold, says
from recommender.demand import Demand
from recommender.index import Index, Mask
from recommender.merchandising import LaidRule
from recommender.model import Product, Rule, Selector, TagKind

CONSUMABLE_TAGS = frozenset({"消耗品", "可回购", "consumable"})
CONSUMABLE_ATTRIBUTES = frozenset({"保质期", "净含量", "容量", "shelf_life", "net_content", "capacity"})
"""What has a shelf life or a content is used up, and may be bought again."""

_CENT = 0.005


@dataclass(frozen=True, slots=True)
class Limits:
    """Everything hard in one request."""

    budget_min: Decimal | None
    budget_max: Decimal | None
    at_store: str | None
    restricted: tuple[tuple[TagKind, tuple[str, ...]], ...]
    """Hard kinds of which the shopper has known values."""
    blocks: tuple[LaidRule, ...]
    excluded: Selector
    owned: frozenset[str]
    named: frozenset[str]
    """Skus asked for by name: what is used up may be bought again so."""
    fresh: frozenset[str] = frozenset()
    """Skus bought just now, which are not offered again even so."""


def limits(
    demand: Demand, kinds: Mapping[str, TagKind], blocks: tuple[LaidRule, ...], fresh: frozenset[str] = frozenset()
) -> Limits:
    """Gather what is hard for this shopper and this wish."""
    wish = demand.wish
    hard = ((kind, demand.known(kind.name)) for kind in kinds.values() if kind.hard)
    return Limits(
        budget_min=wish.budget_min,
        budget_max=wish.budget_max,
        at_store=wish.at_store,
        restricted=tuple((kind, values) for kind, values in hard if values),
        blocks=blocks,
        excluded=Selector(
            tags=frozenset(wish.exclude_tags),
            brand=frozenset(wish.exclude_brand),
            category=frozenset(wish.exclude_category),
            sku=frozenset(wish.exclude_sku),
        ),
        owned=demand.shopper.owned,
        named=frozenset(wish.product),
        fresh=fresh,
    )


def allowed(index: Index, bounds: Limits) -> Mask:
    """Rows that may be shown, as one mask."""
    if bounds.at_store is not None:
        open_ = index.mask([index.stores[bounds.at_store]] if bounds.at_store in index.stores else [])
    else:
        open_ = index.anywhere.copy()
    # Prices are compared here with half a cent to spare, and exactly in `broken`.
    if bounds.budget_min is not None:
        open_ &= index.price >= float(bounds.budget_min) - _CENT
    if bounds.budget_max is not None:
        open_ &= index.price <= float(bounds.budget_max) + _CENT
    for kind, values in bounds.restricted:
        open_ &= ~index.unfit(kind, values)
    for laid in bounds.blocks:
        open_ &= ~laid.blocked
    if bounds.excluded:
        open_ &= ~index.forbid(bounds.excluded)
    return _without_owned(index, bounds, open_)


def _without_owned(index: Index, bounds: Limits, open_: Mask) -> Mask:
    rows = (index.position[sku] for sku in bounds.owned | bounds.fresh if sku in index.position)
    for row in rows:
        open_[row] &= _owned_again(index.products[row], bounds)
    return open_


def broken(product: Product, bounds: Limits, held: Held | None = None) -> tuple[str, ...]:
    """Names of the limits that a product breaks; computed from the product alone, not from postings and masks.

    The last look before anything is shown: a fault in a mask, a pin or a source cannot pass it.
    """
    held = held or hold(product)
    checks = (
        ("status", product.status == "active"),
        ("stock", product.in_stock(bounds.at_store)),
        ("budget", _affordable(product, bounds)),
        ("owned", product.sku not in bounds.owned | bounds.fresh or _owned_again(product, bounds)),
        ("excluded", not _forbidden(held, bounds.excluded)),
        *((kind.name, _fits(held, kind, values)) for kind, values in bounds.restricted),
        *((f"rule:{laid.rule.id}", not _forbidden(held, laid.rule.block)) for laid in bounds.blocks),
    )
    return tuple(name for name, kept in checks if not kept)


def blocked_by(product: Product, rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """The rules that keep a product away from somebody."""
    held = hold(product)
    return tuple(rule for rule in rules if _forbidden(held, rule.block))


def consumable(product: Product) -> bool:
    """Whether it is used up and may be bought again."""
    keys = folded(product.attributes)
    return bool(folded(product.tags) & CONSUMABLE_TAGS or keys & CONSUMABLE_ATTRIBUTES)


def _fits(held: Held, kind: TagKind, values: Iterable[str]) -> bool:
    """Whether a product that carries values of a kind carries one of these; tags and attributes apart."""
    wanted, every = folded(values), folded(kind.values)
    carried = (held.tags & every, held.attributes & every)
    return all(not some or some & wanted for some in carried)


def _forbidden(held: Held, selector: Selector) -> bool:
    """Whether a selector forbids this product, by its fields or by what its name gives away."""
    if held.sku in selector.sku:
        return True
    if not selector:
        return False
    tags, makers = contained(selector.tags), folded(selector.brand)
    return bool(
        tags & held.tags
        or tags & held.attributes
        or makers & held.brands
        or folded(selector.category) & held.categories
        or any(says(held.name, value) for value in tags | makers)
    )


def _affordable(product: Product, bounds: Limits) -> bool:
    above = bounds.budget_min is None or product.price >= bounds.budget_min
    return above and (bounds.budget_max is None or product.price <= bounds.budget_max)


def _owned_again(product: Product, bounds: Limits) -> bool:
    return product.sku in bounds.named and product.sku not in bounds.fresh and consumable(product)
