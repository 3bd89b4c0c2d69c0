"""Faults that no single row shows: doubles, dangling references, and values that nobody declared."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from recommender.contents import fold, folded
from recommender.merchandising import OWN_KEYS
from recommender.model import Product, Rule, TagKind

T = TypeVar("T")
Fault = tuple[str, str, str]
"""File, place in it, reason in Chinese."""


@dataclass(frozen=True, slots=True)
class Placed(Generic[T]):
    """A value and where it was written."""

    file: str
    place: str
    """The line or key of the value, as its editor would look for it: 第3行, [2]."""
    value: T

    def fault(self, key: str, reason: str) -> Fault:
        """A fault at one key of the value."""
        return self.file, f"{self.place}.{key}" if self.place else key, reason


def disagreements(
    products: Collection[Placed[Product]],
    kinds: Iterable[TagKind],
    rules: Collection[Placed[Rule]],
    stores: Collection[str] | None = None,
) -> Iterator[Fault]:
    """All faults across rows and files; `stores` are the known store ids, None where they are not to be checked.

    A place in `stock` that is not a store must be called `online` or `warehouse`.
    """
    declared = {kind.name: kind for kind in kinds}
    yield from _doubles(products, "sku", lambda product: product.sku)
    for product in products:
        yield from _product_faults(product, declared, stores)
    yield from _doubles(rules, "id", lambda rule: rule.id)
    known = {product.value.sku for product in products}
    for rule in rules:
        yield from _rule_faults(rule, known)
        yield from _when_faults(rule, declared, stores)


NO_STORES = frozenset({"online", "warehouse"})
"""Places that hold stock and are no shops."""


def _doubles(placed: Iterable[Placed[T]], key: str, read: Callable[[T], str]) -> Iterator[Fault]:
    seen: dict[str, Placed[T]] = {}
    for one in placed:
        first = seen.setdefault(read(one.value), one)
        if first is not one:
            yield one.fault(key, f"{read(one.value)} 重复了，{first.file} {first.place} 已经有")


def _product_faults(placed: Placed[Product], kinds: Mapping[str, TagKind], stores: Collection[str] | None) -> Iterator[Fault]:
    product = placed.value
    if product.price < 0:
        yield placed.fault("price", f"价格不能是负数：{product.price}")
    pieces = {"": product.stock} if isinstance(product.stock, int) else product.stock
    for place, count in pieces.items():
        if count < 0:
            yield placed.fault(f"stock.{place}" if place else "stock", f"库存不能是负数：{count}")
        if place and stores is not None and place not in stores and place not in NO_STORES:
            yield placed.fault(f"stock.{place}", f"没有门店 {place}")
    yield from _undeclared(placed, kinds)


def _undeclared(placed: Placed[Product], kinds: Mapping[str, TagKind]) -> Iterator[Fault]:
    """Values written for a hard kind (`age_stage:9月` as a tag, or as an attribute) that it does not have."""
    for name, kind in kinds.items():
        if not kind.hard:
            continue
        allowed = folded(kind.values)
        for tag in sorted(placed.value.tags):
            head, _, value = tag.replace("：", ":").replace("=", ":").partition(":")
            if head == name and fold(value) not in allowed:
                yield placed.fault("tags", f"{name} 没有「{value}」，可用的有：{_listed(kind)}")
        held = placed.value.attributes.get(name, ())
        for value in (held,) if isinstance(held, str) else held:
            if fold(value) not in allowed:
                yield placed.fault(f"attributes.{name}", f"没有「{value}」，可用的有：{_listed(kind)}")


def _rule_faults(placed: Placed[Rule], skus: Collection[str]) -> Iterator[Fault]:
    rule = placed.value
    if not (rule.pin or rule.block or rule.boost):
        yield placed.fault("id", f"规则 {rule.id} 什么也没做：pin、block、boost 至少写一个")
    if rule.start is not None and rule.until is not None and rule.start > rule.until:
        yield placed.fault("until", f"结束日期 {rule.until} 早于开始日期 {rule.start}")
    for sku in rule.pin:
        if sku not in skus:
            yield placed.fault("pin", f"没有商品 {sku}")
    for name, selector in (("block", rule.block), ("boost", rule.boost)):
        for sku in sorted(selector.sku - set(skus)):
            yield placed.fault(f"{name}.sku", f"没有商品 {sku}")


def _when_faults(placed: Placed[Rule], kinds: Mapping[str, TagKind], stores: Collection[str] | None) -> Iterator[Fault]:
    for key, values in placed.value.when.items():
        kind = kinds.get(key)
        if kind is None and key not in OWN_KEYS:
            known = "、".join(sorted({*kinds, *OWN_KEYS}))
            yield placed.fault(f"when.{key}", f"没有这个条件，可用的有：{known}")
        if kind is not None and kind.hard:
            for value in values:
                if fold(value) not in folded(kind.values):
                    yield placed.fault(f"when.{key}", f"没有「{value}」，可用的有：{_listed(kind)}")
        if key == "store" and stores is not None:
            for value in values:
                if value not in stores:
                    yield placed.fault("when.store", f"没有门店 {value}")


def _listed(kind: TagKind) -> str:
    return "、".join(kind.values) or "无"
