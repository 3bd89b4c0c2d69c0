"""What a deed says of whoever did it: an event with a product becomes hints for tags. Pure.

Deeds are weaker than words. A plain statement is worth 0.9 (``bot.learning``), a tag counts from 0.35 on
(``recommender.profile.BELIEVED``), and hints add up as independent ones do. So one purchase of a product that is for one
thing is just believed, a cart or a collection needs a second hint, clicks need four. A view says nothing: pages are opened
for any reason. What a return says is no stronger than what the purchase said, and what somebody said outlives it.

What is never concluded, however often somebody buys: for whom (``audience``), on what occasion, a kind with hard limits
(``age_stage``), and anything that bears on safety (孕, 过敏, 不耐受). People buy presents, and a wrong 孕妇 hides products or,
worse, a wrong 1-3岁 shows them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from math import sqrt

from bot.model import Evidence
from recommender import Product, TagKind
from recommender.model import EventKind

SURE: Mapping[EventKind, float] = {"buy": 0.5, "cart": 0.35, "collect": 0.3, "pick": 0.2, "click": 0.12, "return": -0.4}
"""How sure a deed makes us of what its product is for; a guide's pick is an expert's guess, not the shopper's own hand."""
HABIT = 0.5
"""How sure one purchase makes us of where somebody buys: the deed itself, nothing is guessed."""
_PRICE = 0.6
"""Of what a deed says, so much for the price band: a lipstick at 59 says little of the cream that will be wanted."""
_FAINT = 0.03
"""What is weaker than this is not kept: forty of them would not be believed."""
_NEVER = frozenset({"audience", "occasion"})
_OTHERWISE = frozenset({"channel_habit", "price_band"})
"""Kinds that a product carries no values of: they are read from the purchase."""
_SAFETY = re.compile("孕|哺乳|过敏|不耐受")
_PRESENT = "送礼"
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Doing:
    """One deed of one shopper."""

    kind: EventKind
    at: datetime
    channel: str | None = None
    """Where it happened: wecom_mini, tmall, jd, store; None where nobody says."""
    source: str = ""
    """What the evidence names as its reason."""


def evidence(doing: Doing, product: Product | None, kinds: Mapping[str, TagKind]) -> tuple[Evidence, ...]:
    """The hints of one deed, for declared kinds and values only; of an unknown product (None) only where it was bought."""
    found = [*_habit(doing, kinds)]
    if product is not None:
        found += _price_band(doing, product.price, kinds)
        if not for_somebody_else(product, kinds.values()):
            found += (one for kind in kinds.values() for one in _tags(doing, product, kind))
    return tuple(found)


def for_somebody_else(product: Product, kinds: Iterable[TagKind]) -> bool:
    """Whether the product names whom it is for, or is a present: whoever buys it may not be who uses it."""
    named = {value for kind in kinds if kind.hard or kind.name in _NEVER for value in kind.values}
    return _PRESENT in product.tags or not named.isdisjoint(product.tags)


def _tags(doing: Doing, product: Product, kind: TagKind) -> Iterator[Evidence]:
    """What the product is for, of one kind; several values share what is said.

    Of an exclusive kind the shopper has only one, so each of n is worth 1/n, and a product for most values says nothing;
    needs may well hold together, so there each is worth 1/√n. A return never denies what somebody is.
    """
    sure = SURE.get(doing.kind, 0.0)
    values = [value for value in kind.values if value in product.tags and not _SAFETY.search(value)]
    if not values or not sure or kind.hard or kind.name in _NEVER | _OTHERWISE:
        return
    if kind.exclusive and (sure < 0 or 2 * len(values) > len(kind.values)):
        return
    share = round(abs(sure) / (len(values) if kind.exclusive else sqrt(len(values))), 3)
    if share >= _FAINT:
        for value in values:
            yield Evidence(kind.name, value, share, doing.at, doing.source, retracted=sure < 0)


def _habit(doing: Doing, kinds: Mapping[str, TagKind]) -> Iterator[Evidence]:
    kind = kinds.get("channel_habit")
    if kind is not None and doing.kind == "buy" and doing.channel in kind.values:
        yield Evidence(kind.name, str(doing.channel), HABIT, doing.at, doing.source)


def _price_band(doing: Doing, price: Decimal, kinds: Mapping[str, TagKind]) -> Iterator[Evidence]:
    kind = kinds.get("price_band")
    if kind is None or doing.kind not in {"buy", "cart"} or price <= 0:
        return
    band = next((value for value in kind.values if _holds(value, price)), None)
    if band is not None:
        yield Evidence(kind.name, band, round(SURE[doing.kind] * _PRICE, 3), doing.at, doing.source)


def _holds(band: str, price: Decimal) -> bool:
    """Whether a price lies in 100以下, 100-200 (200 itself in the next one) or 500以上."""
    ends = [Decimal(number) for number in _NUMBER.findall(band)]
    if len(ends) == 2:
        return ends[0] <= price < ends[1]
    if len(ends) != 1:
        return False
    return price >= ends[0] if band.endswith("以上") else price < ends[0] and band.endswith(("以下", "以内"))
