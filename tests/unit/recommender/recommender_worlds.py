"""Builders with dull defaults, random worlds, and a judge that knows the hard limits from FORMATS.md alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from recommender import (
    Event,
    Product,
    Recommender,
    Rule,
    Selector,
    Shopper,
    Suggestions,
    TagKind,
    Wish,
)

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 6, 10, 12, 0, tzinfo=ZONE)

SKIN = TagKind("skin_type", ("干性", "油性", "混合性", "敏感性", "中性"), exclusive=True, half_life_days=365)
CONCERN = TagKind("concern", ("补水", "美白", "抗老", "祛痘"), half_life_days=120)
AUDIENCE = TagKind("audience", ("孕妇", "婴儿", "儿童", "男士", "牛奶蛋白过敏"))
AGE = TagKind("age_stage", ("0-6月", "6-12月", "1-3岁"), exclusive=True, half_life_days=120, hard=True)
HABIT = TagKind("channel_habit", ("wecom_mini", "tmall", "jd", "store"), half_life_days=180)
KINDS = (SKIN, CONCERN, AUDIENCE, AGE, HABIT)
KINDS_BY_NAME = {kind.name: kind for kind in KINDS}


def a_product(sku: str = "a", **fields: Any) -> Product:
    """A cream of 100 yuan that is in stock everywhere."""
    tags = frozenset(fields.pop("tags", ()))
    price = Decimal(str(fields.pop("price", 100)))
    fields.setdefault("name", f"{sku}霜")
    return Product(sku=sku, **{"brand": "花间集", "category": "面霜", "stock": 9, **fields}, price=price, tags=tags)


def a_shop(*products: Product, rules: tuple[Rule, ...] = (), events: tuple[Event, ...] = ()) -> Recommender:
    """A recommender over these products with the usual tags."""
    return Recommender.build(products, KINDS, rules, events, ZONE)


def skus(found: Suggestions) -> list[str]:
    """What was suggested, in order."""
    return [item.product.sku for item in found.items]


def a_wish(**fields: Any) -> Wish:
    """A wish whose single words need no tuples."""
    return Wish(**{key: (value,) if isinstance(value, str) and key not in {"text", "at_store"} else value
                   for key, value in fields.items()})  # fmt: skip


# ---- random worlds ----------------------------------------------------------------------------------------

TAGS = (*SKIN.values, *CONCERN.values, *AUDIENCE.values, *AGE.values, "维A醇", "含酒精", "含牛奶蛋白", "新品", "香精")
CATEGORIES = ("面霜", "精华", "奶粉", "洁面")
BRANDS = ("花间集", "青禾里", "小满田")
STORES = ("sh", "hz")
NAMES = ("维A醇晚霜", "无酒精水", "燕麦霜", "牛奶面膜", "清爽乳", "含酒精喷雾")
DAY = date(2026, 6, 10)


@dataclass(frozen=True)
class World:
    """A catalogue with its rules."""

    products: dict[str, Product]
    rules: tuple[Rule, ...]
    shop: Recommender


def some(random: Random, values: tuple[str, ...], most: int) -> tuple[str, ...]:
    """Up to so many different values."""
    return tuple(random.sample(values, random.randint(0, min(most, len(values)))))


def a_world(random: Random, size: int = 25) -> World:
    """Anything that a workspace could hold."""
    products = [random_product(random, f"p{number:02}") for number in range(random.randint(0, size))]
    rules = tuple(random_rule(random, f"r{number}") for number in range(random.randint(0, 7)))
    events = tuple(
        Event(f"c{random.randint(0, 5)}", f"p{random.randint(0, size):02}", random.choice(["view", "buy", "return"]),
              datetime(2026, 5, 1, tzinfo=UTC) + timedelta(hours=random.randint(0, 900)))
        for _ in range(random.randint(0, 30))
    )  # fmt: skip
    return World({p.sku: p for p in products}, rules, Recommender.build(products, KINDS, rules, events, ZONE))


def random_product(random: Random, sku: str) -> Product:
    """One of its products."""
    stock: Any = random.choice([0, 3, 5, -1, None, None])
    if stock is None:
        stock = {place: random.randint(-1, 4) for place in some(random, (*STORES, "online"), 3)}
    attributes: dict[str, Any] = {"成分": some(random, ("酒精", "牛奶蛋白", "维A醇", "甘油"), 2)}
    if random.random() < 0.5:
        attributes["保质期"] = "3年"
    if random.random() < 0.3:
        attributes["不含"] = some(random, ("酒精", "香精"), 2)
    return Product(
        sku=sku,
        name=random.choice(NAMES) + random.choice(["", " 50ml"]),
        brand=random.choice(BRANDS),
        category=random.choice(CATEGORIES),
        price=Decimal(random.randint(0, 40000)) / 100,
        tags=frozenset(some(random, TAGS, 6)),
        attributes=attributes,
        stock=stock,
        links=dict.fromkeys(some(random, ("wecom_mini", "tmall", "jd"), 3), f"https://x/{sku}"),
        status=random.choice(["active", "active", "active", "hidden", "ended"]),
        launched=random.choice([None, DAY - timedelta(days=random.randint(-9, 90))]),
    )


def random_rule(random: Random, name: str) -> Rule:
    """One of its rules."""
    key, values = random.choice(
        [("", ()), ("category", CATEGORIES), ("audience", AUDIENCE.values), ("skin_type", SKIN.values), ("level", ("gold",))]
    )  # fmt: skip
    return Rule(
        id=name,
        when={key: some(random, values, 1) or values[:1]} if key else {},
        pin=some(random, tuple(f"p{number:02}" for number in range(25)), 3) if random.random() < 0.6 else (),
        block=random_selector(random) if random.random() < (0.6 if key else 0.1) else Selector(),
        boost=random_selector(random) if random.random() < 0.5 else Selector(),
        factor=random.choice([0.5, 1.2, 3.0]),
        start=random.choice([None, DAY - timedelta(days=1), DAY, DAY + timedelta(days=1)]),
        until=random.choice([None, DAY - timedelta(days=1), DAY, DAY + timedelta(days=1)]),
    )


def random_selector(random: Random) -> Selector:
    """What it touches."""
    return Selector(
        tags=frozenset(some(random, TAGS, 2)),
        brand=frozenset(some(random, BRANDS, 1) if random.random() < 0.2 else ()),
        category=frozenset(some(random, CATEGORIES, 1) if random.random() < 0.2 else ()),
        sku=frozenset(some(random, ("p00", "p01", "p02"), 1)),
    )


def random_tags(random: Random) -> dict[str, tuple[str, ...]]:
    """What is known or was said."""
    return {kind.name: some(random, kind.values, 1 if kind.exclusive else 2) for kind in KINDS if random.random() < 0.4}


def a_demand(random: Random) -> tuple[Shopper, Wish]:
    """Somebody, asking for something."""
    shopper = Shopper(
        tags=random_tags(random),
        owned=frozenset(some(random, tuple(f"p{number:02}" for number in range(25)), 4)),
        level=random.choice([None, "gold"]),
        store=random.choice([None, *STORES]),
        channel_habit=random.choice([None, *HABIT.values]),
    )
    low = Decimal(random.randint(0, 150)) if random.random() < 0.2 else None
    wish = Wish(
        text=random.choice([None, "孕妇能用的面霜", "不要含酒精的", "1-3岁用的美白精华", "随便看看"]),
        category=some(random, CATEGORIES, 1),
        budget_min=low,
        budget_max=(low or Decimal(0)) + random.randint(50, 400) if random.random() < 0.5 else None,
        concern=some(random, CONCERN.values, 2),
        tags=random_tags(random),
        exclude_tags=some(random, ("酒精", "含酒精", "香精", "维A醇", "美白"), 1) if random.random() < 0.4 else (),
        exclude_brand=some(random, BRANDS, 1) if random.random() < 0.2 else (),
        exclude_category=some(random, CATEGORIES, 1) if random.random() < 0.3 else (),
        exclude_sku=some(random, ("p03", "p04"), 1),
        brand=some(random, BRANDS, 1) if random.random() < 0.3 else (),
        at_store=random.choice([None, None, None, None, *STORES]),
        product=some(random, ("p05", "p06", "p07"), 1),
    )
    return shopper, wish


# ---- the judge --------------------------------------------------------------------------------------------


def violations(world: World, shopper: Shopper, wish: Wish, found: Suggestions) -> Iterator[str]:
    """Every hard limit that an answer breaks; written against FORMATS.md, sharing no code with the room."""
    for item in found.items:
        product = world.products[item.product.sku]
        stock = product.stock
        pieces = [stock] if isinstance(stock, int) else list(stock.values())
        if wish.at_store is not None:
            pieces = [] if isinstance(stock, int) else [stock.get(wish.at_store, 0)]
        if product.status != "active":
            yield f"{product.sku}: {product.status}"
        if not any(count > 0 for count in pieces):
            yield f"{product.sku}: not in stock"
        if wish.budget_max is not None and product.price > wish.budget_max:
            yield f"{product.sku}: above the budget"
        if wish.budget_min is not None and product.price < wish.budget_min:
            yield f"{product.sku}: below the budget"
        if product.sku in shopper.owned and (product.sku not in wish.product or "保质期" not in product.attributes):
            yield f"{product.sku}: owned"
        known = wish.tags.get("age_stage") or (("1-3岁",) if wish.text and "1-3岁" in wish.text else ())
        known = known or shopper.tags.get("age_stage", ())
        carried = product.tags & set(AGE.values)
        if known and carried and not carried & set(known):
            yield f"{product.sku}: for another age"
        contents = {*product.tags, *(product.attributes["成分"])}
        if contents & {*wish.exclude_tags, *(tag.removeprefix("含") for tag in wish.exclude_tags)}:
            yield f"{product.sku}: contents excluded"
        if product.brand in wish.exclude_brand or product.category in wish.exclude_category:
            yield f"{product.sku}: brand or category excluded"
        if product.sku in wish.exclude_sku:
            yield f"{product.sku}: excluded"
        for rule in world.rules:
            if _blocks(rule, shopper, wish) and _hit(rule.block, product):
                yield f"{product.sku}: blocked by {rule.id}"


def _blocks(rule: Rule, shopper: Shopper, wish: Wish) -> bool:
    if (rule.start and rule.start > DAY) or (rule.until and rule.until < DAY):
        return False
    for key, values in rule.when.items():
        facts = {*shopper.tags.get(key, ()), *wish.tags.get(key, ())}
        facts |= set(wish.category) if key == "category" else set()
        facts |= {shopper.level} if key == "level" else set()
        if key == "audience" and wish.text and "孕妇" in wish.text:
            facts.add("孕妇")
        if not facts & set(values):
            return False
    return True


def _hit(block: Selector, product: Product) -> bool:
    return bool(
        block.tags & {*product.tags, *product.attributes["成分"]}
        or product.brand in block.brand
        or product.category in block.category
        or product.sku in block.sku
    )


def hunt(worlds: int, wishes: int, seed: int = 0) -> tuple[int, list[str]]:
    """How many products were suggested in so many random worlds, and every violation among them."""
    random, shown, faults = Random(seed), 0, list[str]()
    for number in range(worlds):
        world = a_world(random)
        for _ in range(wishes):
            shopper, wish = a_demand(random)
            found = world.shop.recommend(shopper, wish, limit=random.randint(0, 5), at=NOW)
            shown += len(found.items)
            faults += [f"world {number}, {fault}" for fault in violations(world, shopper, wish, found)]
    return shown, faults
