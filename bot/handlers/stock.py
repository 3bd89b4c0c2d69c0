"""Whether a product is there, as of now: at the shop that was named, in the city, at the shopper's own, or by post."""

from bot.handlers import places, questions
from bot.handlers.base import HUMAN, Draft, Line, Route, Turn
from bot.handlers.pointing import named, told
from bot.handlers.products import RECOMMEND, recommend
from bot.handlers.which import which
from bot.services import Services
from recommender import Product


def stock(turn: Turn, services: Services) -> Draft:
    """Whether it is there; a kind of goods is shown as far as it is there."""
    product = named(turn, services)
    if product is None:
        kind = any(slot.name == "category" and not slot.negated for slot in turn.recognition.slots)
        return recommend(turn, services) if kind else which(turn, services)
    if product.status != "active":
        return told(turn, product, Line("stock_ended", {"商品名": product.name}), "status")
    if places.asked(turn, services) is not None:
        return _at_shop(turn, services, product)
    if places.city(turn) is not None:
        return _in_city(turn, services, product)
    return _anywhere(turn, services, product)


def _at_shop(turn: Turn, services: Services, product: Product) -> Draft:
    """At the shop that was named; where it is not, which other one has it, the same city first."""
    store = places.asked(turn, services)
    left = services.recommender.stock(product.sku, store.id) if store is not None else None
    if store is None or left is None:
        return questions.question(turn, services)
    evidence = f"stock:{store.id}={left}"
    facts = {"商品名": product.name, "门店名": store.name}
    if left > 0:
        return told(turn, product, Line("stock_store", facts), evidence)
    others = places.elsewhere(product, store, services.staff)[:3]
    if not others:
        return told(turn, product, Line("stock_store_none", facts), evidence)
    return told(turn, product, Line("stock_store_other", {**facts, "其他门店": places.names(others)}), evidence)


def _in_city(turn: Turn, services: Services, product: Product) -> Draft:
    """In the shops of a city; a city without a shop is the base's to answer."""
    city = places.city(turn) or ""
    here = services.staff.in_city(city)
    if not here or isinstance(product.stock, int):
        return (
            _anywhere(turn, services, product)
            if not here and places.online(product, services.staff)
            else _unknown(turn, services)
        )
    having = [store for store in here if product.in_stock(store.id)]
    facts = {"商品名": product.name, "城市": city}
    evidence = f"stock:{city}={len(having)}"
    if having:
        return told(turn, product, Line("stock_city", {**facts, "其他门店": places.names(having)}), evidence)
    return told(turn, product, Line("stock_city_none", facts, options=(HUMAN,)), evidence)


def _anywhere(turn: Turn, services: Services, product: Product) -> Draft:
    """By post for everybody; where only shops have it, which, the nearest to the shopper's own first."""
    facts = {"商品名": product.name}
    if places.online(product, services.staff):
        return told(turn, product, Line("stock", facts), "stock")
    shops = places.nearest(places.having(product, services.staff), places.home(turn, services))[:3]
    if shops:
        return told(turn, product, Line("stock_shops", {**facts, "其他门店": places.names(shops)}), "stock")
    return told(turn, product, Line("stock_none", facts, options=(HUMAN,)), "stock=0")


def _unknown(turn: Turn, services: Services) -> Draft:
    """Nobody tells in which shop a piece is."""
    return questions.question(turn, services)


_NAME = frozenset({"商品名"})
STOCK = Route(
    stock,
    {
        **questions.QUESTION.says,
        **RECOMMEND.says,
        "which_product": frozenset(),
        "stock": _NAME,
        "stock_none": _NAME,
        "stock_ended": _NAME,
        "stock_shops": _NAME | {"其他门店"},
        "stock_store": _NAME | {"门店名"},
        "stock_store_none": _NAME | {"门店名"},
        "stock_store_other": _NAME | {"门店名", "其他门店"},
        "stock_city": _NAME | {"城市", "其他门店"},
        "stock_city_none": _NAME | {"城市"},
    },
)
