"""Products before and after an edit: prices, tags that protect, categories, names and sizes that a slip of the pen changed."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from bot.content.items import Item
from bot.content.linting_catalogue import Shelf
from bot.content.linting_pairs import signs
from bot.content.linting_pieces import Mark, below, named, told
from bot.content.linting_reading import plain

_LARGE: Final = 5.0
"""A price so many times larger is a slip more often than a decision."""
_CHEAPER: Final = 0.5


def changed(before: Item, after: Item, barred: Collection[str], strict: Collection[str]) -> Iterator[Mark]:
    """What an edit changed of price, state and the tags that protect; ``barred``: tags that safety rules block, ``strict``:
    values of hard tags.
    """
    yield from _sale(before, after)
    yield from _tags(before, after, barred, strict)


def _sale(before: Item, after: Item) -> Iterator[Mark]:
    old, new = _price(before), _price(after)
    if old and new and (new < old * _CHEAPER or new > old * _LARGE):
        why = f"价格从 {old:g} 变成 {new:g}，差得太多，像是多按或少按了一位"
        yield Mark("change.price", "warn", ("price",), f"{new:g}", why, "核对价格")

    if before.value.get("status", "active") == "active" != after.value.get("status", "active") and _HOT & set(
        named(before.value, "tags")
    ):
        why = "这是热卖的商品，改了以后问到它、推荐它都没有了"
        yield Mark("change.status", "warn", ("status",), told(after.value, "status"), why, "确认真的下架了")


_HOT: Final = frozenset({"热卖", "爆款", "主推", "明星单品"})


def _price(item: Item) -> float:
    try:
        return float(str(item.value.get("price") or 0).strip("¥￥元 ").replace(",", ""))
    except ValueError:
        return 0.0


def _tags(before: Item, after: Item, barred: Collection[str], strict: Collection[str]) -> Iterator[Mark]:
    gone = set(named(before.value, "tags")) - set(named(after.value, "tags"))
    for tag in sorted(gone & set(strict)):
        why = f"“{tag}”限定这件商品给谁用，去掉以后别的顾客也会推荐到"
        yield Mark("change.guard", "warn", ("tags",), tag, why, "核对适用人群，补回标签")
    for tag in sorted(gone & set(barred) - set(strict)):
        why = f"“{tag}”这个标签让规则替孕妇、过敏的人避开它，去掉以后会推荐给他们"
        yield Mark("change.guard", "warn", ("tags",), tag, why, "核对成分表，补回标签")


def product(before: Item | None, after: Item, shelf: Shelf) -> Iterator[Mark]:
    """What is wrong with a product as it is now, beside what it was."""
    value, name, tags = after.value, told(after.value, "name"), set(named(after.value, "tags"))
    had: set[str] = set(named(before.value, "tags")) if before is not None else set()
    for tag in sorted(tags):
        if tag.startswith("含") and (clash := tags & {f"无{tag[1:]}", f"不含{tag[1:]}"}) and not {tag, *clash} <= had:
            why = f"又标“{tag}”又标“{'、'.join(sorted(clash))}”，对它过敏的顾客会被推荐到"
            yield Mark("product.tags", "block", ("tags",), tag, why, "核对成分表，去掉其中一个")
    if before is None:
        return
    for tag in sorted(had - tags):
        if len(tag) > 1 and tag in name:
            yield Mark("change.guard", "warn", ("tags",), tag, f"名字里就写着“{tag}”，标签却去掉了，找它的顾客找不到", "补回标签")
    yield from _animal(tags - had, tags)
    was, now = told(before.value, "category"), told(value, "category")
    if was != now and now:
        times = shelf.categories.get(now, 0)
        why = (
            f"从“{was}”挪到了“{now}”"
            + (f"，而名字里写的是“{was}”" if was in name else "")
            + ("，这个品类只有它一件" if times <= 1 else "")
        )
        yield Mark("change.category", "warn", ("category",), now, why, "核对品类")
    if told(before.value, "brand") != told(value, "brand") and shelf.brands.get(told(value, "brand"), 0) <= 1:
        brand = told(value, "brand")
        yield Mark(
            "change.name", "warn", ("brand",), brand, f"别的商品没有叫“{brand}”的品牌", f"原来是“{told(before.value, 'brand')}”"
        )
    yield from _renamed(told(before.value, "name"), name)
    yield from _measured(before, after)


_ANIMAL: Final = re.compile(r"牛奶|羊毛|蜂|乳蛋白|胶原|燕窝|蚕丝|珍珠|鱼")


def _animal(fresh: Collection[str], tags: Collection[str]) -> Iterator[Mark]:
    clash = sorted(tag for tag in tags if _ANIMAL.search(tag))
    if clash and ("纯素" in fresh or (set(clash) & set(fresh) and "纯素" in tags)):
        yield Mark("product.tags", "warn", ("tags",), "纯素", f"标了“纯素”，又标“{'、'.join(clash)}”", "核对成分表，去掉其中一个")


def _renamed(old: str, new: str) -> Iterator[Mark]:
    mine, theirs = (signs(re.sub(r"[\W\d_a-zA-Z]", "", one)) for one in (old, new))
    changed = (mine - theirs) and (theirs - mine)
    if mine and changed and len(theirs - mine) >= 2 and len(mine - theirs) >= 2:
        why = f"原来叫“{old}”，现在叫“{new}”，订单、链接和图片还是原来那一件"
        yield Mark("change.name", "warn", ("name",), new, why, "换了商品就另建一件；改名请核对图片和链接")


def _measured(before: Item, after: Item) -> Iterator[Mark]:
    old, new = below(before.value, "attributes"), below(after.value, "attributes")
    for name in new:
        was, now = plain("、".join(named(old, name))), plain("、".join(named(new, name)))
        if was == now or not was:
            continue
        left, right = _sizes(was), _sizes(now)
        if left and right and any(max(a, b) >= 5 * min(a, b) > 0 for a, b in zip(left, right, strict=False)):
            yield Mark(
                "change.number",
                "warn",
                ("attributes", str(name)),
                now,
                f"“{name}”从“{was}”变成“{now}”，差得太多",
                "核对数字和单位",
            )


_SIZE: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(kg|mg|ml|g|l|L|cm|mm|m|小时|分钟|天|个月|年|岁|片|支|件)")
_TIMES: Final[Mapping[str, float]] = {"kg": 1000, "mg": 0.001, "l": 1000, "L": 1000, "cm": 10, "m": 1000, "年": 12}


def _sizes(text: str) -> list[float]:
    return [float(one[1]) * _TIMES.get(one[2], 1) for one in _SIZE.finditer(text)]
