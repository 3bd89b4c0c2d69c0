"""Facts of one product, from the catalogue as it stands now: price, contents, sizes, how to use it. Nothing is guessed.

What the catalogue does not state is asked of the base, and what nobody states is said to be unknown, with a way to a person.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot import followups
from bot.handlers import attributes, handover, places, questions
from bot.handlers.base import HUMAN, Draft, Line, Route, Turn
from bot.handlers.pointing import named, shown_at_once, told
from bot.handlers.products import RECOMMEND, product_card, recommend
from bot.handlers.suitability import spoken, warning
from bot.handlers.which import which
from bot.model import Handover, Option
from bot.services import Services
from recommender import Product

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
    text = turn.recognition.normalized or turn.message.text
    if not _PRICE.search(text) or _RULE.search(text):
        return info(turn, services)
    product = named(turn, services)
    if product is not None and product.status == "active":
        return told(turn, product, Line("price", {"商品名": product.name, "价格": _yuan(product)}), "price")
    if product is not None:
        return questions.question(turn, services)
    if any(slot.name == "category" and not slot.negated for slot in turn.recognition.slots):
        return recommend(turn, services)
    found = [one for sku in shown_at_once(turn.session)[:3] if (one := services.recommender.product(sku)) is not None]
    if not found:
        return which(turn, services)
    line = Line("prices", {"价格": "；".join(f"{one.name} {_yuan(one)}" for one in found)})
    trace = {"items": [{"sku": one.sku, "evidence": ["price"]} for one in found]}
    return Draft((line,), reason="报几款的价格", session=replace(turn.session, misses=0), trace=trace)


def _yuan(product: Product) -> str:
    return f"¥{product.price.normalize():f}"


def info(turn: Turn, services: Services) -> Draft:
    """A fact that the catalogue states of the product; what it does not state, the base or a person must say."""
    product = named(turn, services)
    if product is None:
        return questions.question(turn, services)
    text = turn.recognition.normalized or turn.message.text
    draft = _contains(turn, product, services, text) or _variants(turn, product, services, text)
    if draft is not None:
        return draft
    name = attributes.asked(text)
    if name is not None and (fact := _stated(turn, product, name)) is not None:
        return fact
    answer = questions.find(turn, services)
    if name is None or answer.entry is not None:
        return questions.respond(turn, services, answer)
    return unknown(turn, product, name)


def _stated(turn: Turn, product: Product, name: str) -> Draft | None:
    """The fact as the catalogue words it, where it does."""
    found = attributes.stated(product, name)
    if found is None:
        return None
    key, text = found
    if key == "适用肤质":
        text = "、".join(map(spoken, text.split("、")))
    script = "ingredients" if name == "成分" else "product_fact"
    return told(turn, product, Line(script, {"商品名": product.name, "属性": key, "内容": text}), f"attribute:{key}")


def unknown(turn: Turn, product: Product, name: str) -> Draft:
    """The catalogue is silent: so are we, and a person may be asked."""
    line = Line("fact_unknown", {"商品名": product.name, "属性": name}, options=(HUMAN,))
    return told(turn, product, line, f"attribute:{name}=unknown")


def _contains(turn: Turn, product: Product, services: Services, text: str) -> Draft | None:
    """Whether it holds what was asked for; None where nothing is asked for, or the base knows better than a silent catalogue."""
    name = _substance(turn, text)
    if name is None:
        return None
    marked = any({name, f"含{name}", f"无{name}"} & one.tags for one in services.recommender.products.values())
    held = attributes.holds(product, name, lambda one: _standard(one, services), marked)
    facts = {"商品名": product.name, "成分": name, "内容": "、".join(attributes.ingredients(product))}
    script = {"yes": "contains", "no": "contains_free", "unlisted": "contains_not"}.get(held)
    if script is not None and (facts["内容"] or script == "contains_free"):
        return told(turn, product, Line(script, facts), f"attribute:成分={name}:{held}")
    if held == "yes":
        return told(turn, product, Line("contains", {**facts, "内容": name}), f"tag:含{name}")
    answer = questions.find(turn, services)
    if answer.entry is not None:
        return questions.respond(turn, services, answer)
    line = Line("contains_unknown", {"商品名": product.name, "成分": name}, options=(HUMAN,))
    return told(turn, product, line, f"attribute:成分={name}:unknown")


def _substance(turn: Turn, text: str) -> str | None:
    """What may be inside, by its standard name where it has one."""
    if not re.search(r"含|有没有|[有加]", text):
        return None
    material = next((str(slot.value) for slot in turn.recognition.slots if slot.name == "material"), None)
    return material or attributes.substance(text)


def _standard(ingredient: str, services: Services) -> Sequence[str]:
    """The standard names of a listed ingredient; 乙醇酸 is none of 酒精, for only whole names count."""
    found = services.recognizer.gazetteer.find(ingredient)
    return [str(one.value) for one in found if one.name == "material" and one.end - one.start == len(ingredient)]


def _variants(turn: Turn, product: Product, services: Services, text: str) -> Draft | None:
    """In what sizes or colours it comes, as far as the catalogue tells; None where no other form is asked for."""
    if not followups.of_variants(text):
        return None
    name = attributes.asked(text) or "规格"
    if name != "规格":
        return _stated(turn, product, name) or unknown(turn, product, name)
    same = attributes.siblings(product, services.recommender.products.values())
    sizes = [f"{fact[1]}（{_yuan(one)}）" for one in same if (fact := attributes.stated(one, "规格")) is not None]
    if not sizes:
        return unknown(turn, product, name)
    script = "sizes" if len(sizes) > 1 else "sizes_only"
    facts = {"商品名": attributes.stem(product), "内容": "、".join(sizes)}
    return told(turn, product, Line(script, facts), "attribute:规格")


def usage(turn: Turn, services: Services) -> Draft:
    """How to use it: what the catalogue says of this one, else for 第一款怎么用 the base about that kind of goods."""
    product = named(turn, services)
    if product is not None and (fact := _stated(turn, product, "用法")) is not None:
        return fact
    answer = questions.find(turn, services)
    if product is None or answer.entry is not None:
        return questions.respond(turn, services, answer)
    for kind in _called(product, services):
        words = f"{kind}{_rest(turn)}"
        found = questions.find(replace(turn, recognition=replace(turn.recognition, normalized=words)), services)
        if found.entry is not None:
            draft = questions.respond(turn, services, found)
            return replace(draft, trace={**draft.trace, "items": [{"sku": product.sku, "evidence": [f"category:{kind}"]}]})
    return unknown(turn, product, "用法")


MOST_NAMES = 4
"""Names of a kind of goods under which the base is asked: it may know 洁面 as 洗面奶."""


def _called(product: Product, services: Services) -> Sequence[str]:
    """What the product's kind is called: by the catalogue, then as shoppers say."""
    known = services.recognizer.gazetteer.names.items()
    spoken_of = [word for word, meant in known if ("category", product.category) in meant]
    return tuple(dict.fromkeys((*product.category.split("/")[::-1], *sorted(spoken_of, key=len))))[:MOST_NAMES]


def _rest(turn: Turn) -> str:
    """The question without what points at the product: 第二个怎么用 leaves 怎么用."""
    rest = _POINTING.sub("", turn.recognition.normalized)
    for slot in turn.recognition.slots:
        rest = rest.replace(slot.text, "") if slot.name == "product" and slot.text else rest
    return rest


_POINTING = re.compile(r"^那么?(?![个款瓶支种])|第[一二两三四五1-5][个款瓶支]?|[这那][个款瓶支种]|(?:最)?便宜的|它|花间集")


def product_named(turn: Turn, services: Services) -> Draft:
    """Only a name: the product is shown, and what of it is asked for is the shopper's to say; first what speaks against it."""
    product = named(turn, services)
    if product is None:
        return questions.clarify(turn, services)
    if (warned := warning(turn, product, services)) is not None:
        return warned
    card = product_card(product, places.entrance(turn, product).link)
    return told(turn, product, Line("received_product", {"商品名": product.name}, cards=(card,)), "name")


_HOW = re.compile(r"怎么|怎样|咋|哪|[吗么?]")
"""怎么下单 asks for the way; 来一瓶 wants the thing."""


def order(turn: Turn, services: Services) -> Draft:
    """Wants to buy: the way to do it for the product under discussion, else we ask which; never past what speaks against it."""
    product = named(turn, services)
    if product is None:
        return _which_to_buy(turn, services)
    if product.status != "active":
        return told(turn, product, Line("stock_ended", {"商品名": product.name}), "status")
    if not product.in_stock():
        return told(turn, product, Line("stock_none", {"商品名": product.name}, options=(HUMAN,)), "stock=0")
    if (warned := warning(turn, product, services)) is not None:
        return warned
    door = places.entrance(turn, product)
    if door.link is None:
        return _at_the_shop(turn, services, product)
    line = Line("order_link", {"商品名": product.name}, cards=(product_card(product, door.link),))
    return told(turn, product, line, f"link:{door.channel}")


def _at_the_shop(turn: Turn, services: Services, product: Product) -> Draft:
    """Only a shop has it: a guide keeps one, at the nearest that has it."""
    shops = places.nearest(places.having(product, services.staff), places.home(turn, services))
    reason = f"想买门店商品：{product.name}" + (f"，{shops[0].name}有货" if shops else "")
    wish = Handover(
        reason, 1, kind="order", why={"rule": "只在门店有，请导购帮忙留货", "topic": "store_only", "sku": product.sku}
    )
    draft = handover.fetch(turn, services, wish, "handover_order")
    return replace(draft, trace={**draft.trace, "items": [{"sku": product.sku, "evidence": ["link:store"]}]})


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


def size(turn: Turn, services: Services) -> Draft:
    """Which size or shade fits: the base where it is sure, else the product's own table, word for word; nothing is worked out."""
    product = named(turn, services)
    answer = questions.find(turn, services)
    if product is None or answer.entry is not None:
        return questions.respond(turn, services, answer)
    return _stated(turn, product, "尺码表") or _stated(turn, product, "颜色") or unknown(turn, product, "尺码表")


_NAME = frozenset({"商品名"})
_FACT = _NAME | {"属性", "内容"}
_INSIDE = _NAME | {"成分", "内容"}
_KNOWLEDGE = {**questions.QUESTION.says, "product_fact": _FACT, "fact_unknown": _NAME | {"属性"}}
_INFO = {
    **_KNOWLEDGE,
    "ingredients": _FACT,
    "contains": _INSIDE,
    "contains_not": _INSIDE,
    "contains_free": _INSIDE,
    "contains_unknown": _NAME | {"成分"},
    "sizes": _NAME | {"内容"},
    "sizes_only": _NAME | {"内容"},
}
_ASK = {**RECOMMEND.says, "which_product": frozenset[str]()}
_WARNED = {"not_suitable": _NAME | {"人群", "原因"}}
PRICE = Route(price, {**_INFO, **_ASK, "price": _NAME | {"价格"}, "prices": frozenset({"价格"})})
INFO = Route(info, _INFO)
SIZE = Route(size, _KNOWLEDGE)
USAGE = Route(usage, _KNOWLEDGE)
NAMED = Route(product_named, {**questions.CLARIFY.says, **_WARNED, "received_product": _NAME})
ORDER = Route(
    order,
    {
        **_KNOWLEDGE,
        **RECOMMEND.says,
        **_WARNED,
        "order_which": frozenset(),
        "order_link": _NAME,
        "stock_none": _NAME,
        "stock_ended": _NAME,
        **handover.ORDER_MATTER.says,
    },
)
