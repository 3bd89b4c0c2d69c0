"""Two or three products side by side: in what they differ, and what speaks against each for this shopper."""

from collections.abc import Iterator
from dataclasses import replace

from bot.handlers import places, pointing, questions
from bot.handlers.base import Draft, Line, Route, Turn
from bot.handlers.products import people, product_card
from bot.handlers.suitability import unfit
from bot.services import Services
from recommender import Comparison, Product

MOST_LINES = 5
"""Differences that are told besides the price."""
_PROPERTIES = {"brand": "品牌", "category": "品类", "tags": "特点", "attributes": "其他"}


def compare(turn: Turn, services: Services) -> Draft:
    """Those named, else those just shown; where we do not know them, the base is asked."""
    skus = [str(slot.value) for slot in turn.recognition.slots if slot.name == "product" and not slot.negated]
    if len(skus) < 2:
        listed = pointing.shown_at_once(turn.session)
        skus = [*skus, *(sku for sku in pointing.places(turn.message.text, listed) or listed if sku not in skus)]
    if _foreign(turn, services):
        return questions.question(turn, services)
    found = services.recommender.compare(skus[:3], at=turn.now)
    if len(found.products) < 2:
        return questions.question(turn, services)
    words = [*_differences(found), *_against(turn, services, found)]
    cards = tuple(product_card(product, places.entrance(turn, product).link) for product in found.products)
    session = pointing.offering(replace(turn.session, misses=0), tuple(p.sku for p in found.products))
    trace = {"items": [{"sku": p.sku, "evidence": [one.key for one in found.differences]} for p in found.products]}
    return Draft((Line("compare", {"比较": "\n".join(words)}, cards=cards),), reason="比较商品", session=session, trace=trace)


def _differences(found: Comparison) -> Iterator[str]:
    for product in found.products:
        yield f"{product.name}：¥{product.price.normalize():f}"
    for difference in [one for one in found.differences if one.key != "price"][:MOST_LINES]:
        values = " / ".join(value or "未标注" for value in difference.values)
        yield f"{_PROPERTIES.get(difference.key, difference.key)}：{values}"


def _against(turn: Turn, services: Services, found: Comparison) -> Iterator[str]:
    """What this shopper has to know of each: not for them, not to be had, theirs already."""
    for product in found.products:
        if (against := unfit(product, people(turn), turn, services)) is not None:
            reason = f"（{against[1].reason}）" if against[1].reason else ""
            yield f"{product.name}不适合{against[0]}{reason}"
        if (why := _not_to_be_had(product)) is not None:
            yield f"{product.name}{why}"
        elif product.sku in turn.conversation.customer.owned and not turn.conversation.group:
            yield f"{product.name}您之前买过"


def _not_to_be_had(product: Product) -> str | None:
    if product.status != "active":
        return "目前不在售"
    return None if product.in_stock() else "现在没有货"


def _foreign(turn: Turn, services: Services) -> bool:
    """Whether a brand is named that we do not sell: we say nothing about others."""
    brands = {one.brand for one in services.recommender.products.values()}
    return any(slot.name == "brand" and slot.value not in brands for slot in turn.recognition.slots)


COMPARE = Route(compare, {**questions.QUESTION.says, "compare": frozenset({"比较"})})
