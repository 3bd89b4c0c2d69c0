"""Random shops with all that a workspace may hold, and random shoppers with wishes; the same seed gives the same."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import get_args
from zoneinfo import ZoneInfo

from recommender import Event, Product, Rule, Selector, Shopper, TagKind, Wish
from recommender.model import EventKind

ZONE = ZoneInfo("Asia/Shanghai")
SKIN = ("干性", "油性", "混合性", "敏感性")
CONCERNS = ("补水", "美白", "抗老", "祛痘", "舒缓")
AUDIENCE = ("孕妇", "男士", "学生", "牛奶蛋白过敏")
STAGES = ("0-6月", "6-12月", "1-3岁")
AGES = frozenset(STAGES)
KINDS = (
    TagKind("skin_type", SKIN, exclusive=True),
    TagKind("concern", CONCERNS),
    TagKind("audience", AUDIENCE),
    TagKind("age_stage", STAGES, exclusive=True, hard=True),
)
RISKS = ("酒精", "香精", "维A醇", "牛奶蛋白")
CATEGORIES = ("面霜", "精华", "奶粉", "洁面", "面膜", "口红")
BRANDS = ("花间集", "青禾里", "小满田", "山茶屋")
STORES = ("sh", "hz", "bj")
_NAMES = ("积雪草修护", "山茶花", "燕麦舒缓", "玻尿酸", "维A醇焕亮", "清爽")
_FIRST = date(2026, 6, 1)
_MOST = 60
_CUSTOMERS = tuple(f"c{number}" for number in range(8))
_DEEDS: Sequence[EventKind] = get_args(EventKind)


@dataclass(frozen=True)
class World:
    """One shop."""

    products: tuple[Product, ...]
    rules: tuple[Rule, ...]
    events: tuple[Event, ...]
    by_sku: dict[str, Product] = field(default_factory=dict)


def world(random: Random) -> World:
    """A shop of up to sixty products."""
    products = tuple(product(random, f"p{number:02}") for number in range(random.randint(1, _MOST)))
    rules = tuple(_rule(random, f"r{number}") for number in range(random.randint(0, 5)))
    events = tuple(_event(random) for _ in range(random.choice((0, 20, 200))))
    return World(products, rules, events, {one.sku: one for one in products})


def product(random: Random, sku: str) -> Product:
    """Anything that could be for sale."""
    category = random.choice(CATEGORIES)
    attributes: dict[str, str | tuple[str, ...]] = {"成分": _some(random, (*RISKS, "甘油", "神经酰胺"), 2)}
    if random.random() < 0.6:
        attributes["净含量"] = random.choice(("30ml", "50ml", "100g"))
    stock: dict[str, int] | int = random.choice((0, 2, 9))
    if random.random() < 0.5:
        stock = {place: random.randint(0, 3) for place in _some(random, (*STORES, "online"), 4)}
    return Product(
        sku=sku,
        name=f"{random.choice(_NAMES)}{category}",
        brand=random.choice(BRANDS),
        category=category,
        price=Decimal(random.randint(500, 60_000)) / 100,
        tags=frozenset(
            (*_some(random, (*SKIN, *CONCERNS, *AUDIENCE), 4), *_some(random, STAGES, 2 if category == "奶粉" else 0))
        ),
        attributes=attributes,
        stock=stock,
        links={"wecom_mini": f"https://shop.example/{sku}"},
        status=random.choice(("active", "active", "active", "active", "hidden", "ended")),
        launched=random.choice((None, _FIRST - timedelta(days=random.randint(-20, 200)))),
    )


def shopper(random: Random) -> Shopper:
    """Somebody, known or not."""
    return Shopper(
        tags={kind.name: _some(random, kind.values, 1 if kind.exclusive else 2) for kind in KINDS if random.random() < 0.3},
        owned=frozenset(_some(random, tuple(f"p{number:02}" for number in range(_MOST)), 4)),
        level=random.choice((None, "gold")),
        store=random.choice((None, *STORES)),
        id=random.choice((None, *_CUSTOMERS)),
    )


def wish(random: Random) -> Wish:
    """What they might ask for."""
    low = Decimal(random.randint(0, 200)) if random.random() < 0.2 else None
    high = (low or Decimal(0)) + random.randint(50, 400) if random.random() < 0.5 else None
    return Wish(
        category=_some(random, CATEGORIES, 1),
        budget_min=low,
        budget_max=high,
        concern=_some(random, CONCERNS, 1),
        tags={kind.name: _some(random, kind.values, 1) for kind in KINDS if random.random() < 0.2},
        exclude_tags=_some(random, RISKS, 1) if random.random() < 0.3 else (),
        exclude_brand=_some(random, BRANDS, 1) if random.random() < 0.2 else (),
        exclude_category=_some(random, CATEGORIES, 1) if random.random() < 0.2 else (),
        exclude_sku=_some(random, ("p01", "p02", "p03"), 1),
        brand=_some(random, BRANDS, 1) if random.random() < 0.2 else (),
        at_store=random.choice((None, None, None, *STORES)),
        product=_some(random, tuple(f"p{number:02}" for number in range(_MOST)), 1) if random.random() < 0.2 else (),
    )


def moment(random: Random) -> datetime:
    """Some time in June."""
    return datetime.combine(_FIRST, datetime.min.time(), ZONE) + timedelta(minutes=random.randint(0, 30 * 24 * 60))


def _event(random: Random) -> Event:
    at = datetime.combine(_FIRST, datetime.min.time(), ZONE) + timedelta(hours=random.randint(-120 * 24, 29 * 24))
    return Event(random.choice(_CUSTOMERS), f"p{random.randint(0, _MOST):02}", random.choice((*_DEEDS, "buy", "buy")), at)


def _rule(random: Random, name: str) -> Rule:
    key, values = random.choice((("", ()), ("audience", AUDIENCE), ("category", CATEGORIES), ("level", ("gold",))))
    kept = random.random() < 0.6 and key
    return Rule(
        id=name,
        when={key: (random.choice(values),)} if key else {},
        pin=_some(random, tuple(f"p{number:02}" for number in range(_MOST)), 3),
        block=Selector(frozenset(_some(random, RISKS, 1)), frozenset(_some(random, BRANDS, 1))) if kept else Selector(),
        boost=Selector(tags=frozenset(_some(random, CONCERNS, 1))),
        start=random.choice((None, _FIRST + timedelta(days=10))),
        until=random.choice((None, _FIRST + timedelta(days=20))),
    )


def _some(random: Random, values: Sequence[str], most: int) -> tuple[str, ...]:
    return tuple(random.sample(values, random.randint(0, min(most, len(values)))))
