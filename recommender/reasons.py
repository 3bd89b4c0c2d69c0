"""Why a product is shown (推荐理由): the parts of its score that really decided, in words and as evidence."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import prod

import numpy as np

from recommender.contents import categories, fold
from recommender.crowd import Crowd
from recommender.demand import Demand
from recommender.history import Past, decisive
from recommender.index import Ids, Index, Mask, Weights
from recommender.merchandising import LaidRule
from recommender.model import Basis, Product, Rule
from recommender.signal import Signal

PARTS = 2
"""So many reasons are said aloud; all are in the evidence."""
WITNESSES = 3
"""From so many buyers on we speak of them."""
PINNED = "店里这期主推"
IN_STOCK = "店里有现货"
REBUY = "上次买过，差不多该补货了"
BASES: Mapping[str, Basis] = {
    "together": "history",
    "rebuy": "history",
    "seen": "history",
    "said": "tags",
    "known": "tags",
    "text": "tags",
    "named": "tags",
    "price_band": "tags",
    "popular": "popular",
}
"""Signal → what an answer stands on that has it; the first of these that is there counts."""


@dataclass(frozen=True, slots=True)
class Case:
    """One answered demand: everything that moved a score."""

    demand: Demand
    past: Past
    index: Index
    crowd: Crowd
    pool: Mask
    total: Weights
    signals: Sequence[Signal]
    shares: Sequence[float]
    """Of each signal: the part of the pool that has it, 0…1."""
    boosts: Sequence[LaidRule]
    boost_shares: Sequence[float]
    pins: Mapping[str, Rule]

    def bare(self, row: int) -> float:
        """The score of a row before rules lifted it."""
        return float(self.total[row]) / prod(laid.rule.factor for laid in self.boosts if laid.boosted[row])


@dataclass(frozen=True, slots=True)
class Factor:
    """One part of one product's score."""

    source: str
    kind: str
    value: str
    weight: float
    """In points of the score."""
    decided: float
    """The weight, less where the whole pool has the same."""
    evidence: str


def shares(rows: Iterable[Ids | Mask], pool: Mask) -> tuple[float, ...]:
    """How common some rows are among the candidates: what all have decides little between them."""
    size = max(int(np.count_nonzero(pool)), 1)
    return tuple(int(np.count_nonzero(pool[some])) / size for some in rows)


def basis(case: Case) -> Basis:
    """What the answer stands on: the most personal of what is known about the candidates."""
    there = {signal.source for signal, share in zip(case.signals, case.shares, strict=True) if share > 0}
    return next((found for source, found in BASES.items() if source in there), "new")


def explain(row: int, case: Case) -> tuple[str, tuple[str, ...]]:
    """The reason in Chinese, and the evidence for the whole score."""
    product = case.index.products[row]
    factors = sorted(_factors(row, case), key=lambda factor: -factor.decided)
    pin = case.pins.get(product.sku)
    evidence = [f"rule:{pin.id}"] if pin else []
    evidence += [factor.evidence for factor in factors]
    evidence += [mark for _, mark in _frame(product, case.demand)]
    phrases = dict.fromkeys([pin.reason or PINNED] if pin else [])
    phrases |= dict.fromkeys(_phrases(factors, row, case))
    phrases |= dict.fromkeys(phrase for phrase, _ in _frame(product, case.demand))
    return "，".join(list(phrases)[:PARTS]) or IN_STOCK, tuple(dict.fromkeys(evidence)) or ("stock",)


def _factors(row: int, case: Case) -> Iterator[Factor]:
    for signal, share in zip(case.signals, case.shares, strict=True):
        if weight := signal.at(row):
            mark = _evidence(signal, row, case)
            yield Factor(signal.source, signal.kind, signal.value, weight, weight * (1 - share / 2), mark)
    for laid, share in zip(case.boosts, case.boost_shares, strict=True):
        if laid.boosted[row]:
            weight = case.bare(row) * (laid.rule.factor - 1)
            decided = weight * (1 - share / 2)
            yield Factor("boost", "boost", laid.rule.reason or "", weight, decided, f"rule:{laid.rule.id}")


def _evidence(signal: Signal, row: int, case: Case) -> str:
    product = case.index.products[row]
    marks: Mapping[str, Callable[[], str]] = {
        "said": lambda: f"tag:{signal.kind}={signal.value}",
        "known": lambda: f"tag:{signal.kind}={signal.value}",
        "popular": lambda: f"event:buy={case.crowd.buyers[row]}",
        "together": lambda: f"together:{case.index.products[decisive(row, case.past, case.crowd)].sku}",
        "rebuy": lambda: f"rebuy:{case.past.waited(row)}d",
        "seen": lambda: "event:seen",
        "returned": lambda: "event:return",
        "new": lambda: f"new:{product.launched}",
        "audience": lambda: "audience:other",
    }
    return marks.get(signal.source, lambda: f"{signal.source}:{signal.value}")()


def _phrases(factors: Sequence[Factor], row: int, case: Case) -> Iterator[str]:
    """A phrase per group of factors, the most decisive first; factors without words are passed over."""
    told = set[tuple[str, str]]()
    for factor in factors:
        group = (factor.source, factor.kind)
        if factor.weight <= 0 or (group in told and factor.source in ("said", "known")):
            continue
        told.add(group)
        values = [f.value for f in factors if (f.source, f.kind) == group and f.weight > 0]
        if phrase := _phrase(factor, values, row, case):
            yield phrase


def _phrase(factor: Factor, values: Sequence[str], row: int, case: Case) -> str | None:
    if factor.source in ("said", "known"):
        return tag_phrase(factor.kind, values, said=factor.source == "said")
    buyers = int(case.crowd.buyers[row])
    wordings: Mapping[str, Callable[[], str | None]] = {
        "text": lambda: f"正合你说的{factor.value}",
        "named": lambda: "就是你点名要的这款",
        "popular": lambda: f"有{buyers}位顾客买过" if buyers >= WITNESSES else None,
        "together": lambda: f"买过{case.index.products[decisive(row, case.past, case.crowd)].name}的顾客也常带它",
        "rebuy": lambda: REBUY,
        "seen": lambda: "你之前看中过",
        "new": lambda: "刚上新",
        "price_band": lambda: f"合你平时{factor.value}元的价位",
        "boost": lambda: factor.value or None,
    }
    return wordings.get(factor.source, lambda: None)()


def tag_phrase(kind: str, values: Sequence[str], *, said: bool) -> str:
    """Matched values in a shop's words; kinds that we do not know get a plain sentence."""
    listed = "、".join(dict.fromkeys(values))
    match kind:
        case "skin_type":
            return f"适合{listed}{'' if listed.endswith(('肌', '皮', '皮肤')) else '皮肤'}"
        case "concern":
            return f"主打{listed}"
        case "age_stage":
            years = re.match(r"\d+", listed)
            small = "月" in listed or (years is not None and int(years[0]) < 3)
            return f"适合{listed}的{'宝宝' if small else '孩子'}"
        case "audience":
            return f"适合{listed}"
    return f"有你要的{listed}" if said else f"合你平时的喜好：{listed}"


def _frame(product: Product, demand: Demand) -> Iterator[tuple[str, str]]:
    """What let it into the pool: brand, category, budget; each with its evidence."""
    if demand.wish.brand and (brand := _asked_brand(product, demand)):
        yield f"是你要的{brand}", f"brand:{product.brand}"
    if demand.categories:
        asked = next((c for c in demand.categories if fold(c) in categories(product)), None)
        if asked is not None:
            yield f"就是你要的{asked}", f"category:{asked}"
        else:
            yield f"和{demand.categories[0]}相近的{product.category}", f"category~{product.category}"
    low, high = demand.wish.budget_min, demand.wish.budget_max
    if low is not None and high is not None:
        yield f"价格在{yuan(low)}到{yuan(high)}元之间", f"budget:{yuan(low)}-{yuan(high)}"
    elif high is not None:
        yield f"在{yuan(high)}元预算以内", f"budget:≤{yuan(high)}"
    elif low is not None:
        yield f"价位在{yuan(low)}元以上", f"budget:≥{yuan(low)}"


def _asked_brand(product: Product, demand: Demand) -> str | None:
    own = fold(product.brand)
    return next((brand for brand in demand.wish.brand if fold(brand) in own), None)


def yuan(amount: Decimal) -> str:
    """An amount without needless zeros: 199, 12.5."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
