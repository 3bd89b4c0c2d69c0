"""Products, rules, tags, spellings and sentences to learn from: values that do nothing, do too much, or are slips of the pen."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import DamerauLevenshtein

from bot.content.items import Item, Key
from bot.content.linting_pieces import Mark, below, named, told
from bot.content.linting_reading import words_of

_MOST: Final = 0.6
"""Share of the catalogue from which on a rule that blocks without a condition takes too much."""
_WORD: Final = words_of(
    "的 了 吗 呢 啊 我 你 您 这 那 个 一 不 是 有 没 要 好 可以 什么 怎么 多少 这个 那个 一个 东西 产品 商品 没有 "
    "不要 买 用 多少钱 "
    "推荐 有没有 一下 看看 想要 可不可以 哪个 哪款 便宜 贵 大 小 亲 在吗 你好 谢谢 好的 现在 今天 现货 快递 退货 发货 "
    "客服 价格 优惠 活动"
)
_SAFE: Final[Mapping[str, str]] = {"孕期可用": "孕妇", "哺乳期可用": "哺乳期", "婴儿可用": "婴儿", "儿童可用": "儿童"}
"""A product's tag → the value of ``audience`` that it speaks to."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """The catalogue as rules see it."""

    products: Mapping[str, Item]
    tags: Mapping[str, int]
    """Tag → how many products carry it."""
    categories: Mapping[str, int]
    brands: Mapping[str, int]
    names: Mapping[str, Collection[str]]
    """Name of an active product → its numbers."""
    barred: Mapping[str, Collection[str]]
    """Value of ``audience`` → tags that rules block for it."""
    held: Collection[str] = ()
    """Tags that rules block for everybody."""

    @classmethod
    def of(cls, items: Mapping[Key, Item]) -> "Shelf":
        """That of these items."""
        products = {key.id: item for key, item in items.items() if key.kind == "product"}
        names: dict[str, set[str]] = {}
        for sku, item in products.items():
            if _active(item):
                names.setdefault(told(item.value, "name").strip(), set()).add(sku)
        barred: dict[str, set[str]] = {}
        for key, item in items.items():
            if key.kind == "rule":
                for value in named(below(item.value, "when"), "audience"):
                    barred.setdefault(value, set()).update(named(below(item.value, "block"), "tags"))
        return cls(
            products,
            Counter(tag for item in products.values() for tag in named(item.value, "tags")),
            Counter(
                part
                for item in products.values()
                for part in (told(item.value, "category"), *told(item.value, "category").split("/"))
            ),
            Counter(told(item.value, "brand") for item in products.values()),
            names,
            barred,
            frozenset(
                tag
                for key, item in items.items()
                if key.kind == "rule" and not below(item.value, "when")
                for tag in named(below(item.value, "block"), "tags")
            ),
        )


def _active(item: Item) -> bool:
    return told(item.value, "status") in {"", "active"}


def marks(item: Item, shelf: Shelf) -> Iterator[Mark]:
    """What is wrong with an item of the catalogue or of what the program learns from."""
    if item.key.kind == "product":
        yield from _product(item, shelf)
    elif item.key.kind == "rule":
        yield from _rule(item, shelf)
    elif item.key.kind == "spelling":
        yield from _spelling(item)
    elif item.key.kind == "script":
        yield from _attached(item, shelf)


def _product(item: Item, shelf: Shelf) -> Iterator[Mark]:
    value = item.value
    price = _number(value.get("price"))
    if price is not None and price <= 0 and _active(item):
        yield Mark(
            "product.price",
            "block",
            ("price",),
            f"{price:g}",
            "在售的商品价格是 0，会报给顾客",
            "写上真正的价格，或者先设成 hidden",
        )
    if _active(item) and (others := set(shelf.names.get(told(value, "name").strip(), ())) - {item.key.id}):
        words = told(value, "name")
        yield Mark(
            "product.double", "warn", ("name",), words, f"和 {'、'.join(sorted(others))} 名字一样，顾客分不清", "名字里写上规格"
        )
    tags = set(named(value, "tags"))
    for tag, who in _SAFE.items():
        clash = sorted(tags & set(shelf.barred.get(who, ()))) if tag in tags else []
        if clash:
            why = f"标了“{tag}”，又有规则不给{who}推荐的“{'、'.join(clash)}”"
            yield Mark("product.unsafe", "block", ("tags",), tag, why, "核对成分，去掉其中一个标签")
    for tag in sorted(tags):
        if shelf.tags.get(tag, 0) <= 1 and (near := _slip(tag, shelf.tags)):
            yield Mark("catalogue.slip", "warn", ("tags",), tag, f"别的商品都写“{near}”，只有这里是“{tag}”", f"改成“{near}”")


def _number(value: object) -> float | None:
    try:
        return float(str(value).strip("¥￥元 ").replace(",", ""))
    except ValueError:
        return None


def _slip(word: str, known: Mapping[str, int]) -> str | None:
    """A usual word of the same length, one sign apart; 含 and 无 before the same word are no slip."""
    if len(word) < 3:
        return None
    usual = (one for one, times in known.items() if times >= 5 and one != word and len(one) == len(word))
    near = next((one for one in usual if DamerauLevenshtein.distance(one, word) == 1), None)
    differ = {sign for pair in zip(word, near or "", strict=False) if pair[0] != pair[1] for sign in pair}
    return None if near is None or differ & set("含无男女干油老新大小冷暖防祛抗男孕0123456789") else near


def _rule(item: Item, shelf: Shelf) -> Iterator[Mark]:
    value = item.value
    if not shelf.products:
        return
    for sku in (*named(value, "pin"), *named(below(value, "boost"), "sku")):
        if sku in shelf.products and not _active(shelf.products[sku]):
            yield Mark("rule.idle", "warn", ("pin",), sku, f"{sku} 不在售，排到前面也不会出现", "换一款在售的")
    for where, selector in (("block", below(value, "block")), ("boost", below(value, "boost"))):
        yield from _nothing(where, selector, shelf)
    for category in named(below(value, "when"), "category"):
        if category not in shelf.categories:
            near = _slip(category, shelf.categories) or "products.csv 里有的品类"
            yield Mark(
                "rule.idle", "warn", ("when", "category"), category, f"没有商品是“{category}”，这条规则永远用不上", f"改成{near}"
            )
    taken = _taken(below(value, "block"), shelf)
    share = taken / len(shelf.products)
    if share >= _MOST and not below(value, "when"):
        why = f"没有写 when，会把 {taken} 件商品（{share:.0%}）都挡掉"
        yield Mark("rule.greedy", "block", ("block",), item.key.id, why, "写上 when，或者只挡要挡的")
    factor = _number(value.get("factor")) or 1.0
    if factor >= 20 or factor <= 0.02:
        yield Mark(
            "rule.greedy",
            "warn",
            ("factor",),
            f"{factor:g}",
            "倍数太大或太小，别的规则和顾客的要求都不起作用了",
            "一般写 0.5 到 2",
        )


def _nothing(where: str, selector: Mapping[str, object], shelf: Shelf) -> Iterator[Mark]:
    for name, known in (("tags", shelf.tags), ("category", shelf.categories), ("brand", shelf.brands)):
        for word in named(selector, name):
            if word not in known and (near := _slip(word, {one: times + 4 for one, times in known.items()})):
                why = f"没有商品带“{word}”，这条规则什么也没{'挡住' if where == 'block' else '动'}"
                yield Mark("rule.idle", "block" if where == "block" else "warn", (where, name), word, why, f"是不是想写“{near}”")


def _taken(selector: Mapping[str, object], shelf: Shelf) -> int:
    sets = {name: set(named(selector, name)) for name in ("tags", "category", "brand", "sku")}
    return sum(
        bool(sets["tags"] & set(named(one.value, "tags")) or sku in sets["sku"] or told(one.value, "brand") in sets["brand"]
             or sets["category"] & {told(one.value, "category"), *told(one.value, "category").split("/")})
        for sku, one in shelf.products.items()
    )  # fmt: skip


def _spelling(item: Item) -> Iterator[Mark]:
    for n, one in enumerate(named(item.value, "spellings")):
        if one.strip() in _WORD:
            why = f"“{one}”到处都会出现，每句话都会被当成“{told(item.value, 'standard')}”"
            yield Mark("spelling.broad", "block", ("spellings", n), one, why, "去掉它，写更完整的叫法")


def _attached(item: Item, shelf: Shelf) -> Iterator[Mark]:
    variants = item.value.get("variants")
    for n, variant in enumerate(variants if isinstance(variants, Sequence) and not isinstance(variants, str) else ()):
        more = variant.get("attachments") if isinstance(variant, Mapping) else None
        for m, one in enumerate(more if isinstance(more, Sequence) and not isinstance(more, str) else ()):
            sku = told(one, "sku")
            if sku in shelf.products and not _active(shelf.products[sku]):
                at = ("variants", n, "attachments", m, "sku")
                yield Mark("attachment.idle", "warn", at, sku, f"{sku} 不在售，卡片不会发出去", "换一款在售的")


def sentence(example: str) -> str:
    """A sentence to learn from without its marks of values."""
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", example)


def unmarked(example: str) -> str:
    """A sentence to learn from with the marked values taken out."""
    return re.sub(r"\[[^\]]*\]\([^)]*\)", "…", example)
