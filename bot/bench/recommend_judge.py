"""A judge of recommendations that knows only the contract (FORMATS §1, §2): plain Python, nothing of the room's logic."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from bot.bench.recommend_worlds import AGES, ZONE, World
from recommender import Product, Rule, Selector, Shopper, Suggestions, Wish

_USED_UP = ("保质期", "净含量")
_JUST = 2.0
"""Days in which nothing that was bought is offered again."""


def faults(world: World, shopper: Shopper, wish: Wish, at: datetime, found: Suggestions) -> Iterator[str]:
    """The name of each limit that a shown product breaks."""
    for item in found.items:
        product = world.by_sku[item.product.sku]
        yield from _of_product(product, wish)
        yield from _of_age(product, shopper, wish)
        yield from _of_home(world, product, shopper, wish, at)
        for rule in world.rules:
            if _in_force(rule, at) and _meant(rule, shopper, wish) and _touches(rule.block, product):
                yield "rule"


def _of_product(product: Product, wish: Wish) -> Iterator[str]:
    stock = product.stock
    if product.status != "active":
        yield "status"
    if wish.at_store is not None:
        if isinstance(stock, int) or stock.get(wish.at_store, 0) <= 0:
            yield "stock of the store"
    elif (stock if isinstance(stock, int) else max(stock.values(), default=0)) <= 0:
        yield "stock"
    if wish.budget_max is not None and product.price > wish.budget_max:
        yield "budget"
    if wish.budget_min is not None and product.price < wish.budget_min:
        yield "budget"
    if set(wish.exclude_tags) & _contents(product) or any(tag in product.name for tag in wish.exclude_tags):
        yield "excluded tag"
    if product.brand in wish.exclude_brand or product.category in wish.exclude_category or product.sku in wish.exclude_sku:
        yield "excluded"


def _contents(product: Product) -> set[str]:
    inside = product.attributes.get("成分", ())
    return {*product.tags, *((inside,) if isinstance(inside, str) else inside)}


def _of_age(product: Product, shopper: Shopper, wish: Wish) -> Iterator[str]:
    for_whom = {*wish.tags.get("age_stage", ())} or {*shopper.tags.get("age_stage", ())}
    made_for = product.tags & AGES
    if for_whom and made_for and not for_whom & made_for:
        yield "age stage"


def _of_home(world: World, product: Product, shopper: Shopper, wish: Wish, at: datetime) -> Iterator[str]:
    named = product.sku in wish.product and any(key in product.attributes for key in _USED_UP)
    if product.sku in shopper.owned and not named:
        yield "owned"
    deeds = sorted(
        ((e.at, e.kind == "buy") for e in world.events
         if e.customer == shopper.id and e.sku == product.sku and e.at <= at and e.kind in {"buy", "return"}),
        reverse=True,
    )  # fmt: skip
    if not deeds or not deeds[0][1]:
        return
    if (at - deeds[0][0]).total_seconds() < _JUST * 86_400:
        yield "just bought"
    if not any(key in product.attributes for key in _USED_UP):
        yield "bought before and lasting"


def _in_force(rule: Rule, at: datetime) -> bool:
    day: date = at.astimezone(ZONE).date()
    return (rule.start is None or rule.start <= day) and (rule.until is None or day <= rule.until)


def _meant(rule: Rule, shopper: Shopper, wish: Wish) -> bool:
    facts: Mapping[str, set[str]] = {
        "audience": {*shopper.tags.get("audience", ()), *wish.tags.get("audience", ())},
        "category": {*wish.category},
        "level": {shopper.level or ""},
    }
    return all(facts[key] & {*values} for key, values in rule.when.items())


def _touches(block: Selector, product: Product) -> bool:
    return bool(
        block.tags & _contents(product)
        or product.brand in block.brand
        or product.category in block.category
        or product.sku in block.sku
    )
