"""Which product a message is about: named, pointed at (第二款, 便宜的那个), or the one under discussion. Nothing is guessed.

What was shown in one go and what is being talked about stand in ``Session.wish`` beside the slots: ``offered`` (in the order
shown) and ``focus``.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.handlers.base import Draft, Line, Turn
from bot.model import Session
from bot.services import Services
from recommender import Product

_ORDINAL = re.compile(r"第\s*([一二两三四五六七八1-8])|(?<![0-9一二三四五六七八九十百两])([一二三四五六七八1-8])号")
_NUMBERS = {sign: n for n, signs in enumerate(("一1", "二2两", "三3", "四4", "五5", "六6", "七7", "八8")) for sign in signs}
_LAST = re.compile(r"最后(?:那|这|面|的|一)?[一]?(?:个|款|瓶|支)")
_MIDDLE = re.compile(r"中间(?:那|这|的)?(?:个|款|瓶|支)")
_CHEAP = re.compile(
    r"[那这](?:个|款|瓶|支|种)?(?:最)?便宜的|便宜(?:点|一点|些)?的?[那这](?:个|款|瓶|支|种)|最便宜的|"
    r"便宜的(?:多少|怎么|咋|含|能)"
)
_DEAR = re.compile(r"[那这](?:个|款|瓶|支|种)?(?:最)?贵的|贵(?:点|一点|些)?的?[那这](?:个|款|瓶|支|种)|最贵的")
_IN_GENERAL = re.compile(r"你们|你家|所有|全部|哪些|哪款|哪个|产品都|都含|都有")
_TALKED_OF = 20
"""A message longer than this names what it is about."""


def shown_at_once(session: Session) -> tuple[str, ...]:
    """The products of the last list, in its order; without a list whatever was shown, latest first."""
    listed = session.wish.get("offered")
    return tuple(map(str, listed)) if isinstance(listed, list | tuple) else session.shown


def focus(session: Session) -> str | None:
    """The one product under discussion, if there is one."""
    told = session.wish.get("focus")
    if isinstance(told, str):
        return told
    return None if "offered" in session.wish and len(shown_at_once(session)) != 1 else next(iter(session.shown), None)


def offering(session: Session, skus: Sequence[str]) -> Session:
    """The memory after a list was shown: nothing of it is under discussion yet."""
    wish = {key: value for key, value in session.wish.items() if key != "focus"}
    rest = tuple(sku for sku in session.shown if sku not in skus)
    return replace(session, wish={**wish, "offered": list(skus)}, shown=(*skus, *rest)[:9])


def discussing(session: Session, sku: str) -> Session:
    """The memory after one product was talked of."""
    rest = tuple(one for one in session.shown if one != sku)
    return replace(session, wish={**session.wish, "focus": sku}, shown=(sku, *rest)[:8])


def told(turn: Turn, product: Product, line: Line, evidence: str) -> Draft:
    """A fact of one product: it is under discussion now, and the trace names it with what the fact stands on."""
    session = discussing(replace(turn.session, misses=0, asked=0, pending=None), product.sku)
    trace = {"items": [{"sku": product.sku, "evidence": [evidence]}]}
    return Draft((line,), reason=f"商品资料 {product.sku}", session=session, trace=trace)


def named(turn: Turn, services: Services) -> Product | None:
    """The one product that the message is about; None where it is none or may be several."""
    product = services.recommender.product
    for slot in turn.recognition.slots:
        if slot.name == "product" and not slot.negated:
            return product(str(slot.value))
    text, listed = turn.message.text, shown_at_once(turn.session)
    pointed = _pointed(text, listed, services)
    if pointed is not None:
        return product(pointed)
    if _IN_GENERAL.search(text) or len(text) > _TALKED_OF:
        return None
    categories = {str(slot.value) for slot in turn.recognition.slots if slot.name == "category" and not slot.negated}
    known = [one for sku in dict.fromkeys((focus(turn.session), *listed)) if sku and (one := product(sku)) is not None]
    if categories:
        fitting = [one for one in known if one.category in categories]
        return fitting[0] if len(fitting) == 1 else None
    sku = focus(turn.session)
    return product(sku) if sku else None


def places(text: str, listed: Sequence[str]) -> tuple[str, ...]:
    """The products at the places that a message names: 第一款和第三款."""
    found = (_NUMBERS[sign] for match in _ORDINAL.finditer(text) if (sign := match[1] or match[2]))
    return tuple(listed[n] for n in dict.fromkeys(found) if n < len(listed))


def _pointed(text: str, listed: Sequence[str], services: Services) -> str | None:
    """What words point at in the list."""
    if not listed:
        return None
    if at := places(text, listed):
        return at[0]
    if _LAST.search(text):
        return listed[-1]
    if _MIDDLE.search(text) and len(listed) == 3:
        return listed[1]
    priced = sorted(
        (one.price, n, one.sku) for n, sku in enumerate(listed) if (one := services.recommender.product(sku)) is not None
    )
    if priced and _CHEAP.search(text):
        return priced[0][2]
    return priced[-1][2] if priced and _DEAR.search(text) else None
