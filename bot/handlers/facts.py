"""Facts of one product, from the catalogue as it stands now: price, stock, contents, for whom. Nothing is guessed."""

from collections.abc import Mapping
from dataclasses import replace

from bot.handlers import handover, questions
from bot.handlers.base import HUMAN, Draft, Line, Route, Turn
from bot.handlers.products import link, named, product_card
from bot.model import Handover
from bot.services import Services
from recommender import Product

_ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "成分": ("成分", "成份", "配料", "含", "原料", "添加"),
    "保质期": ("保质期", "过期", "放多久", "能放", "开封"),
    "规格": ("多少克", "多少毫升", "多大瓶", "容量", "规格", "几ml", "几毫升", "净含量", "多重", "多少g", "多少ml"),
    "产地": ("产地", "哪里产", "哪产", "进口", "国产", "哪里生产"),
    "质地": ("质地", "厚重", "油不油", "清爽", "粘不粘", "黏", "什么状"),
    "功效": ("功效", "作用", "有什么用", "干什么用", "效果"),
    "适用肤质": ("肤质", "什么皮肤", "什么肤"),
    "色号": ("色号", "颜色", "几个色", "什么色"),
    "香味": ("香味", "味道", "什么味", "气味"),
}
"""Attribute of the catalogue → words by which people ask for it."""


_TAGS: Mapping[str, tuple[str, ...]] = {"孕妇": ("孕期可用",), "哺乳期": ("哺乳期可用",), "婴儿": ("婴儿可用", "全家可用")}
_PEOPLE = {"敏感性": "敏感肌", "油性": "油皮", "干性": "干皮", "混合性": "混合皮", "中性": "中性皮肤"}
"""Standard values as one says them."""


def price(turn: Turn, services: Services) -> Draft:
    """The price of the product under discussion; in general the base is asked."""
    product = named(turn, services)
    if product is None or product.status != "active":
        return questions.question(turn, services)
    words = f"¥{product.price.normalize():f}"
    return _told(turn, product, Line("price", {"商品名": product.name, "价格": words}), "price")


def stock(turn: Turn, services: Services) -> Draft:
    """Whether it is there: at the store that was named, else anywhere."""
    product = named(turn, services)
    if product is None:
        return questions.question(turn, services)
    if product.status != "active":
        return _told(turn, product, Line("stock_ended", {"商品名": product.name}), "status")
    told = next((str(s.value) for s in turn.recognition.slots if s.name == "store" and not s.negated), None)
    store = services.staff.store_named(told)
    if store is not None:
        left = services.recommender.stock(product.sku, store.id)
        facts = {"商品名": product.name, "门店名": store.name}
        if left is None:
            return questions.question(turn, services)
        return _told(turn, product, Line("stock_store" if left > 0 else "stock_store_none", facts), f"stock:{store.id}={left}")
    if product.in_stock():
        return _told(turn, product, Line("stock", {"商品名": product.name}), "stock")
    return _told(turn, product, Line("stock_none", {"商品名": product.name}, options=(HUMAN,)), "stock=0")


def info(turn: Turn, services: Services) -> Draft:
    """A fact that the catalogue states of the product; what it does not state, the base or a person must say."""
    product = named(turn, services)
    if product is None:
        return questions.question(turn, services)
    for attribute, words in _ATTRIBUTES.items():
        value = product.attributes.get(attribute)
        if value and any(word in turn.message.text for word in words):
            text = "、".join(value) if isinstance(value, tuple) else value
            script = "ingredients" if attribute == "成分" else "product_fact"
            facts = {"商品名": product.name, "属性": attribute, "内容": text}
            return _told(turn, product, Line(script, facts), f"attribute:{attribute}")
    return questions.question(turn, services)


def suitability(turn: Turn, services: Services) -> Draft:
    """May this person use it: what rules forbid is said with its reason; unsure about safety, a person decides."""
    product = named(turn, services)
    people = [str(s.value) for s in turn.recognition.slots if s.name in {"audience", "skin_type"} and not s.negated]
    if product is None or not people:
        return questions.question(turn, services)
    forbidden = services.recommender.compare([product.sku], at=turn.now).unsuitable.get(product.sku, ())
    for one in forbidden:
        if one.who in people:
            facts = {"商品名": product.name, "人群": _spoken(one.who), "原因": one.reason or "配方里有不适合的成分"}
            return _told(turn, product, Line("not_suitable", facts), one.evidence)
    if all(product.tags & _declared(person) for person in people):
        facts = {"商品名": product.name, "人群": "、".join(map(_spoken, people))}
        return _told(turn, product, Line("suitable", facts), "tags")
    answer = questions.find(turn, services)
    if answer.entry is not None:
        return questions.respond(turn, services, answer)
    line = handover.promise(turn, services, "handover_suitability")
    return Draft((line,), "handed_over", "拿不准是否适合，请人来答", handover=Handover("拿不准产品是否适合顾客", 1))


def _declared(person: str) -> frozenset[str]:
    """The tags by which the catalogue says that a product is for such a person."""
    return frozenset({person, f"{person}可用", *_TAGS.get(person, ())})


def _spoken(person: str) -> str:
    return _PEOPLE.get(person, person)


def order(turn: Turn, services: Services) -> Draft:
    """Wants to buy: the way to do it for the product under discussion, else we ask which."""
    product = named(turn, services)
    if product is None and turn.session.shown:
        product = services.recommender.product(turn.session.shown[0])
    if product is None:
        answer = questions.find(turn, services)
        if answer.entry is not None:
            return questions.respond(turn, services, answer)
        return Draft((Line("order_which", options=(HUMAN,)),), reason="想下单，先问哪一款")
    if product.status != "active":
        return _told(turn, product, Line("stock_ended", {"商品名": product.name}), "status")
    if not product.in_stock():
        return _told(turn, product, Line("stock_none", {"商品名": product.name}, options=(HUMAN,)), "stock=0")
    address = link(product)
    if address is None:
        line = handover.promise(turn, services, "handover_order")
        return Draft((line,), "handed_over", "只在门店有，请导购帮忙留货", handover=Handover(f"想买门店商品：{product.name}", 1))
    line = Line("order_link", {"商品名": product.name}, cards=(product_card(product, address),))
    return _told(turn, product, line, "link")


def _told(turn: Turn, product: Product, line: Line, evidence: str) -> Draft:
    shown = (product.sku, *(sku for sku in turn.session.shown if sku != product.sku))[:8]
    session = replace(turn.session, misses=0, asked=0, pending=None, shown=shown)
    trace = {"items": [{"sku": product.sku, "evidence": [evidence]}]}
    return Draft((line,), reason=f"商品资料 {product.sku}", session=session, trace=trace)


_NAME = frozenset({"商品名"})
_KNOWLEDGE = questions.QUESTION.says
PRICE = Route(price, {**_KNOWLEDGE, "price": frozenset({"商品名", "价格"})})
STOCK = Route(
    stock,
    {
        **_KNOWLEDGE,
        "stock": _NAME,
        "stock_none": _NAME,
        "stock_ended": _NAME,
        "stock_store": frozenset({"商品名", "门店名"}),
        "stock_store_none": frozenset({"商品名", "门店名"}),
    },
)
INFO = Route(
    info,
    {
        **_KNOWLEDGE,
        "ingredients": frozenset({"商品名", "属性", "内容"}),
        "product_fact": frozenset({"商品名", "属性", "内容"}),
    },
)
SUITABILITY = Route(
    suitability,
    {
        **_KNOWLEDGE,
        "suitable": frozenset({"商品名", "人群"}),
        "not_suitable": frozenset({"商品名", "人群", "原因"}),
        "handover_suitability": frozenset(),
    },
)
ORDER = Route(
    order,
    {
        **_KNOWLEDGE,
        "order_which": frozenset(),
        "order_link": _NAME,
        "stock_none": _NAME,
        "stock_ended": _NAME,
        "handover_order": frozenset(),
    },
)
