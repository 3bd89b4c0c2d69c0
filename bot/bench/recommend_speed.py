"""How long an answer takes over large catalogues, beside the plain way: filter a list, sort it, show three."""

import gc
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

import psutil  # type: ignore[import-untyped]

from bot.bench import recommend_worlds as worlds
from bot.bench.figures_of import Waits
from bot.bench.nlu_plan import table
from bot.bench.recommend_plan import Bench
from recommender import Event, Product, Recommender, Shopper, Wish

_NOW = datetime(2026, 6, 20, 12, tzinfo=UTC)
_EVENTS_EACH = 10
_MOST_EVENTS = 1_000_000


def measure(bench: Bench) -> str:
    """A table with a row for each way and size."""
    rows = [row for size in bench.plan.sizes for row in _of_size(size, bench)]
    return (
        table(("products", "way", "p50 ms", "p99 ms", "worst ms", "built in", "taught in", "MB beside the products"), rows)
        + "\n\nOne core; random wishes with categories, budgets, concerns, skin, exclusions and stores, or with nothing at all."
    )


def _of_size(size: int, bench: Bench) -> list[list[str]]:
    random = Random(bench.plan.seed)  # noqa: S311  (nothing secret)
    products = [replace(worlds.product(random, f"p{number:07}"), status="active") for number in range(size)]
    asked = [(_shopper(random, size), worlds.wish(random)) for _ in range(bench.plan.wishes)]
    gc.collect()
    gc.freeze()  # a collection that walks a million products is not the recommender's time
    held = _resident()
    begun = time.perf_counter()
    shop = Recommender.build(products, worlds.KINDS, zone=worlds.ZONE)
    built = time.perf_counter() - begun
    events = _events(random, products)
    begun = time.perf_counter()
    shop = shop.with_events(events)
    taught, grown = time.perf_counter() - begun, _resident() - held
    bench.say(f"  {size} products: built in {built:.1f} s, taught {len(events)} events in {taught:.1f} s, {grown:.0f} MB")
    gc.collect()
    gc.freeze()
    ours = _waits(lambda shopper, wish: shop.recommend(shopper, wish, at=_NOW), asked)
    plain = _waits(lambda shopper, wish: _plainly(products, shopper, wish), asked[: max(len(asked) // 20, 20)])
    worst = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    bench.say(f"  at most {worst:.0f} MB resident")
    return [
        [str(size), "daogou", *_told(ours), f"{built:.1f} s", f"{taught:.1f} s ({len(events)} events)", f"{grown:.0f}"],
        [str(size), "list comprehension and sort", *_told(plain), "–", "–", "0"],
    ]


def _shopper(random: Random, size: int) -> Shopper:
    known = worlds.shopper(random)
    return replace(known, owned=frozenset(f"p{random.randrange(size):07}" for _ in range(5)), id=f"c{random.randrange(1000)}")


def _events(random: Random, products: Sequence[Product]) -> list[Event]:
    """Customers with ten deeds each; half of the deeds touch the same thousand products."""
    count = min(_MOST_EVENTS, _EVENTS_EACH * len(products))
    start, hot = _NOW.timestamp(), min(1000, len(products))
    return [
        Event(
            f"c{random.randrange(max(count // _EVENTS_EACH, 1))}",
            products[random.randrange(hot) if random.random() < 0.5 else random.randrange(len(products))].sku,
            random.choice(("view", "click", "cart", "buy")),
            datetime.fromtimestamp(start - random.random() * 200 * 86_400, UTC),
        )
        for _ in range(count)
    ]


def _plainly(products: Sequence[Product], shopper: Shopper, wish: Wish) -> list[Product]:
    """The plain way: the limits that one line each can hold, then the wanted words counted."""
    wanted = {*wish.concern, *(value for values in (*wish.tags.values(), *shopper.tags.values()) for value in values)}
    found = [
        product
        for product in products
        if product.status == "active"
        and product.in_stock(wish.at_store)
        and (not wish.category or product.category in wish.category)
        and (wish.budget_min is None or product.price >= wish.budget_min)
        and (wish.budget_max is None or product.price <= wish.budget_max)
        and product.brand not in wish.exclude_brand
        and product.category not in wish.exclude_category
        and product.sku not in shopper.owned
        and not product.tags & {*wish.exclude_tags}
    ]
    return sorted(found, key=lambda product: (-len(product.tags & wanted), product.sku))[:3]


def _waits(answer: Callable[[Shopper, Wish], object], asked: Sequence[tuple[Shopper, Wish]]) -> Waits:
    """Each once, after a few to warm up."""
    for one in asked[:10]:
        answer(*one)
    seconds = []
    for one in asked:
        begun = time.perf_counter()
        answer(*one)
        seconds.append(time.perf_counter() - begun)
    return Waits.of(seconds)


def _told(waits: Waits) -> list[str]:
    return [f"{1000 * value:.1f}" for value in (waits.p50, waits.p99, waits.worst)]


def _resident() -> float:
    found: int = psutil.Process().memory_info().rss
    return found / 1e6
