"""Facts of one product, from the catalogue as it stands now: price, stock, contents, for whom. Nothing is guessed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.handlers import handover, questions
from bot.handlers.base import HUMAN, Draft, Line, Route, Turn
from bot.handlers.pointing import discussing, named, shown_at_once
from bot.handlers.products import RECOMMEND, link, product_card, recommend
from bot.model import Handover, Option
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


_TAGS: Mapping[str, tuple[str, ...]] = {
    "新生儿": ("0-6月",),
    "孕妇": ("孕期可用",),
    "哺乳期": ("哺乳期可用",),
    "婴儿": ("婴儿可用", "全家可用"),
}
_PEOPLE = {"敏感性": "敏感肌", "油性": "油皮", "干性": "干皮", "混合性": "混合皮", "中性": "中性皮肤"}
"""Standard values as one says them."""


_PRICE = re.compile(
    r"多少(?:钱|米|一)|多钱|几钱|几钿|几多|几块|多少[?呢啊]*$|最便宜|最贵|"
    r"什么价|啥价|价格|价位|怎么卖|咋卖|卖多少|贵不贵|贵吗|[多幾几][少]?[钱錢]"
)
"""Words that ask what one product costs; 买贵了补差价吗 asks for a rule."""
_RULE = re.compile(
    r"差价|降价|补价|价保|保价|天猫|京东|淘宝|专柜|直播|"
    r"运费|邮费|升级|护理|预约|以前|之前|上次|一共|总共|合计|加起来|总价|一次|每次"
)


def price(turn: Turn, services: Services) -> Draft:
    """The price of the product under discussion, or of all just shown; in general the base is asked."""
    if not _PRICE.search(turn.recognition.normalized or turn.message.text) or _RULE.search(turn.message.text):
        return info(turn, services)
    product = named(turn, services)
    if product is not None and product.status == "active":
        return _told(turn, product, Line("price", {"商品名": product.name, "价格": _yuan(product)}), "price")
    if product is not None:
        return questions.question(turn, services)
    if any(slot.name == "category" and not slot.negated for slot in turn.recognition.slots):
        return recommend(turn, services)
    found = [one for sku in shown_at_once(turn.session)[:3] if (one := services.recommender.product(sku)) is not None]
    if found:
        line = Line("prices", {"价格": "；".join(f"{one.name} {_yuan(one)}" for one in found)})
        trace = {"items": [{"sku": one.sku, "evidence": ["price"]} for one in found]}
        return Draft((line,), reason="报几款的价格", session=replace(turn.session, misses=0), trace=trace)
    return _which(turn, services)


def _yuan(product: Product) -> str:
    return f"¥{product.price.normalize():f}"


def _which(turn: Turn, services: Services) -> Draft:
    """About a product, but which one: the base if it surely answers, else we ask."""
    answer = questions.find(turn, services)
    if answer.entry is not None:
        return questions.respond(turn, services, answer)
    return Draft((Line("which_product", options=(HUMAN,)),), reason="先问是哪一款", session=replace(turn.session, misses=0))


def stock(turn: Turn, services: Services) -> Draft:
    """Whether it is there: at the store that was named, else anywhere; a kind of goods is shown as far as it is there."""
    product = named(turn, services)
    if product is None:
        kind = any(slot.name == "category" and not slot.negated for slot in turn.recognition.slots)
        return recommend(turn, services) if kind else _which(turn, services)
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
    if (line := _contains(turn, product, services)) is not None:
        return _told(turn, product, line, "attribute:成分")
    for attribute, words in _ATTRIBUTES.items():
        value = product.attributes.get(attribute)
        if value and any(word in turn.message.text for word in words):
            text = "、".join(value) if isinstance(value, tuple) else value
            script = "ingredients" if attribute == "成分" else "product_fact"
            facts = {"商品名": product.name, "属性": attribute, "内容": text}
            return _told(turn, product, Line(script, facts), f"attribute:{attribute}")
    return questions.question(turn, services)


def _contains(turn: Turn, product: Product, services: Services) -> Line | None:
    """Whether it holds what was asked for; a "no" only where the catalogue marks that substance at all."""
    value = product.attributes.get("成分")
    listed = (value,) if isinstance(value, str) else value or ()
    for slot in turn.recognition.slots:
        if slot.name != "material" or not listed or not re.search(r"含|有|加", turn.message.text):
            continue
        name = str(slot.value)
        facts = {"商品名": product.name, "成分": name, "内容": "、".join(listed)}
        if {name, f"含{name}"} & product.tags or any(name in one for one in listed):
            return Line("contains", facts)
        if any({name, f"含{name}"} & one.tags for one in services.recommender.products.values()):
            return Line("contains_not", facts)
    return None


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
    return _declared_otherwise(turn, services, product, people)


def _declared_otherwise(turn: Turn, services: Services, product: Product, people: Sequence[str]) -> Draft:
    """Nothing forbids it and nothing says that it suits: for a skin type what the label says, else the base, else a person."""
    kinds = product.attributes.get("适用肤质")
    if kinds and set(people) <= set(_PEOPLE):
        text = kinds if isinstance(kinds, str) else "、".join(map(_spoken, kinds))
        facts = {"商品名": product.name, "属性": "适用肤质", "内容": text}
        return _told(turn, product, Line("product_fact", facts), "attribute:适用肤质")
    answer = questions.find(turn, services)
    if answer.entry is not None:
        return questions.respond(turn, services, answer)
    line = handover.promise(turn, services, "handover_suitability")
    return Draft((line,), "handed_over", "拿不准是否适合，请人来答", handover=Handover("拿不准产品是否适合顾客", 1))


def usage(turn: Turn, services: Services) -> Draft:
    """How to use it: for 第一款怎么用 the base is asked about that kind of goods."""
    answer = questions.find(turn, services)
    product = named(turn, services) if answer.entry is None else None
    if product is None:
        return questions.respond(turn, services, answer)
    rest = _POINTING.sub("", turn.recognition.normalized)
    for slot in turn.recognition.slots:
        rest = rest.replace(slot.text, "") if slot.name == "product" else rest
    asked = replace(turn.recognition, normalized=f"{product.category}{rest}")
    found = questions.find(replace(turn, recognition=asked), services)
    return questions.respond(turn, services, found if found.entry is not None else answer)


_POINTING = re.compile(r"第[一二两三四1-4][个款瓶支]|[这那][个款瓶支种]|(?:最)?便宜的|它|花间集")


def product_named(turn: Turn, services: Services) -> Draft:
    """Only a name: the product is shown, and what of it is asked for is the shopper's to say."""
    product = named(turn, services)
    if product is None:
        return questions.clarify(turn, services)
    card = product_card(product, link(product))
    return _told(turn, product, Line("received_product", {"商品名": product.name}, cards=(card,)), "name")


def _declared(person: str) -> frozenset[str]:
    """The tags by which the catalogue says that a product is for such a person."""
    return frozenset({person, f"{person}可用", *_TAGS.get(person, ())})


def _spoken(person: str) -> str:
    return _PEOPLE.get(person, person)


_HOW = re.compile(r"怎么|怎样|咋|哪|[吗么?]")
"""怎么下单 asks for the way; 来一瓶 wants the thing."""


def order(turn: Turn, services: Services) -> Draft:
    """Wants to buy: the way to do it for the product under discussion, else we ask which."""
    product = named(turn, services)
    if product is None:
        return _which_to_buy(turn, services)
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


def _which_to_buy(turn: Turn, services: Services) -> Draft:
    """Wants to buy, but what: a kind of goods is shown, 怎么下单 is answered, else we ask which of those shown."""
    if any(slot.name == "category" and not slot.negated for slot in turn.recognition.slots):
        return recommend(turn, services)
    answer = questions.find(turn, services)
    if answer.entry is not None and _HOW.search(turn.message.text):
        return questions.respond(turn, services, answer)
    known = [one for sku in shown_at_once(turn.session)[:3] if (one := services.recommender.product(sku)) is not None]
    if not known and answer.entry is not None:
        return questions.respond(turn, services, answer)
    options = tuple(Option(f"say:我要买{one.name}", one.name) for one in known)
    return Draft((Line("order_which", options=(*options, HUMAN)),), reason="想下单，先问哪一款")


def _told(turn: Turn, product: Product, line: Line, evidence: str) -> Draft:
    session = discussing(replace(turn.session, misses=0, asked=0, pending=None), product.sku)
    trace = {"items": [{"sku": product.sku, "evidence": [evidence]}]}
    return Draft((line,), reason=f"商品资料 {product.sku}", session=session, trace=trace)


_NAME = frozenset({"商品名"})
_KNOWLEDGE = questions.QUESTION.says
_ASK = {**RECOMMEND.says, "which_product": frozenset[str]()}
PRICE = Route(price, {**_KNOWLEDGE, **_ASK, "price": frozenset({"商品名", "价格"}), "prices": frozenset({"价格"})})
STOCK = Route(
    stock,
    {
        **_KNOWLEDGE,
        **_ASK,
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
        "contains": frozenset({"商品名", "成分", "内容"}),
        "contains_not": frozenset({"商品名", "成分", "内容"}),
    },
)
USAGE = Route(usage, _KNOWLEDGE)
NAMED = Route(product_named, {**questions.CLARIFY.says, "received_product": _NAME})
SUITABILITY = Route(
    suitability,
    {
        **_KNOWLEDGE,
        "product_fact": frozenset({"商品名", "属性", "内容"}),
        "suitable": frozenset({"商品名", "人群"}),
        "not_suitable": frozenset({"商品名", "人群", "原因"}),
        "handover_suitability": frozenset(),
    },
)
ORDER = Route(
    order,
    {
        **_KNOWLEDGE,
        **RECOMMEND.says,
        "order_which": frozenset(),
        "order_link": _NAME,
        "stock_none": _NAME,
        "stock_ended": _NAME,
        "handover_order": frozenset(),
    },
)
