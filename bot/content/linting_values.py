"""Values of products, rules, spellings, shops, settings and windows before and after an edit: slips of the pen."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from bot.content import linting_products, linting_rules
from bot.content.items import Item
from bot.content.linting_catalogue import Shelf
from bot.content.linting_pieces import Mark, below, day, listed, told
from bot.content.linting_reading import amounts, plain
from bot.content.linting_rules import Spoken

_YEAR: Final = 300
"""Days by which a window moves only where a year was typed wrong."""
_FAR: Final = 5 * 366
"""Days from today from which on nobody plans a window."""
_SLIP: Final = 5
"""A number of the settings so many times larger or smaller is a slip more often than a decision."""
_DATES: Final = ("from", "valid_from")


def marks(before: Item | None, after: Item, shelf: Shelf, spoken: Spoken) -> Iterator[Mark]:
    """What an edit made of values; a new item has none before."""
    kind = after.key.kind
    if kind == "spelling":
        yield from linting_rules.spelling(before, after, spoken)
    elif kind == "rule":
        yield from linting_rules.rule(before, after, shelf, spoken)
    elif kind == "product":
        yield from linting_products.product(before, after, shelf)
    elif kind == "store" and before is not None:
        yield from _store(before, after)
    elif kind == "guide" and before is not None:
        yield from _guide(before, after)
    elif kind == "brand" and before is not None:
        yield from _limits(before.value.get("value"), after.value.get("value"), ("value",))
    elif kind == "tag" and before is not None:
        yield from _limits(before.value.get("half_life_days"), after.value.get("half_life_days"), ("half_life_days",))
    elif kind == "script":
        yield from _weights(after)
    yield from _years(before, after, spoken.today)


def _store(before: Item, after: Item) -> Iterator[Mark]:
    """Facts of a shop that entries, cards and maps repeat."""
    for name, called in (
        ("name", "店名"),
        ("city", "城市"),
        ("region", "大区"),
        ("address", "地址"),
        ("phone", "电话"),
        ("hours", "营业时间"),
    ):
        old, new = before.value.get(name), after.value.get(name)
        if old and new and old != new and plain(str(old)) != plain(str(new)):
            why = f"{called}从“{_said(old)}”变成“{_said(new)}”，别处说到这家店的话不会跟着变"
            yield Mark("change.store", "warn", (name,), _said(new), why, "核对；真的变了，问答和话术里的也要一起改")
    limit, now = (amounts(plain(told(below(one.value, "coupon"), "text"))) for one in (before, after))
    if limit and below(after.value, "coupon") and not now:
        words = told(below(after.value, "coupon"), "text")
        yield Mark("change.condition", "warn", ("coupon", "text"), words, "券的门槛没有了，会被当成无门槛", "把门槛补回来")


def _said(value: object) -> str:
    return "、".join(f"{name} {one}" for name, one in value.items()) if isinstance(value, Mapping) else str(value)


def _guide(before: Item, after: Item) -> Iterator[Mark]:
    old, new = told(before.value, "store"), told(after.value, "store")
    if old and new and old != new:
        why = f"{told(after.value, 'name')} 从 {old} 挪到了 {new}，{old} 的顾客会转给别人"
        yield Mark("change.store", "warn", ("store",), new, why, "核对是不是真的调店了")


def _limits(old: object, new: object, path: tuple[str, ...]) -> Iterator[Mark]:
    """Numbers of the brand's settings so many times larger or smaller that a key slipped."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in old:
            yield from _limits(old[name], new.get(name), (*path, str(name)))
    elif isinstance(old, int | float) and isinstance(new, int | float) and old != new and _far(old, new):
        yield Mark("change.number", "warn", path, f"{new:g}", f"从 {old:g} 变成 {new:g}，差得太多", "核对数字")


def _far(old: float, new: float) -> bool:
    return not isinstance(old, bool) and min(old, new) >= 0 and max(old, new) >= _SLIP * min(old, new)


def _weights(after: Item) -> Iterator[Mark]:
    variants = listed(after.value, "variants")
    if variants and all(str(one.get("weight", 1)) in {"0", "0.0"} for one in variants):
        yield Mark(
            "variant.unreachable",
            "block",
            ("variants",),
            after.key.id,
            "每种说法的 weight 都是 0，一种也说不出来",
            "至少留一种大于 0",
        )


def _years(before: Item | None, after: Item, today: date) -> Iterator[Mark]:
    """Windows that moved by a year, or end so far away that a year was typed wrong."""
    value = before.value if before is not None else {}
    for name in _DATES:
        old, new = day(value, name), day(after.value, name)
        if old and new and abs((new - old).days) >= _YEAR:
            yield Mark("change.window", "warn", (name,), new.isoformat(), f"从 {old} 变成 {new}，差了一年上下", "核对年份")
    for name in ("until", "valid_until"):
        ends = day(after.value, name)
        if ends and ends != day(value, name) and (ends - today).days > _FAR:
            yield Mark(
                "change.window",
                "warn",
                (name,),
                ends.isoformat(),
                f"要到 {ends} 才结束，像是年份打错了",
                "核对年份；一直有效就不写",
            )
