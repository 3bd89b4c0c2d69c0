"""What a product holds, in one spelling: tags and attribute values, category and brand with their parts."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from recommender.model import Product

_SEPARATORS = re.compile(r"[、,，;；/／|｜]+")
PATH = re.compile(r"[/／>＞|｜]+")
"""What separates the parts of a category."""
_BRAND_PARTS = re.compile(r"[/／|｜()（）·・]+")
_ABSENCE = ("不含", "不添加", "无添加", "未添加", "零添加", "free")
UNSAID = ("无", "零", "0", "免", "不含", "不加", "不添加", "未添加", "无添加", "零添加", "非", "抗", "防")
"""Before a word these say that it is not inside."""


@lru_cache(maxsize=65536)
def fold(value: str) -> str:
    """One spelling for a value: width, case and outer spaces do not count."""
    return unicodedata.normalize("NFKC", value).casefold().strip()


def folded(values: Iterable[str]) -> frozenset[str]:
    """Values in one spelling, empty ones dropped."""
    return frozenset(spelling for value in values if (spelling := fold(value)))


def contained(values: Iterable[str]) -> frozenset[str]:
    """Contents in the ways in which they are written on products: 酒精 is also 含酒精, and the other way round."""
    found = set(folded(values))
    for value in tuple(found):
        found.add(value.removeprefix("含") if len(value) > 2 else value)
        found.add(value if value.startswith("含") else f"含{value}")
    return frozenset(found)


def attribute_values(product: Product) -> frozenset[str]:
    """Values of the attributes, lists written in one string cut apart.

    Attributes that tell what is *not* inside (不含: 酒精) are left out: who excludes 酒精 may have that product.
    """
    found: set[str] = set()
    for key, value in product.attributes.items():
        if any(word in fold(key) for word in _ABSENCE):
            continue
        for part in (value,) if isinstance(value, str) else value:
            found.update(_cut(part))
    return frozenset(found)


@lru_cache(maxsize=65536)
def _cut(value: str) -> frozenset[str]:
    return folded((value, *_SEPARATORS.split(value)))


def categories(product: Product) -> frozenset[str]:
    """The category and, where it is a path, each part of it."""
    return folded((product.category, *PATH.split(product.category)))


def brands(product: Product) -> frozenset[str]:
    """The brand, and each of its parts: two names (雅诗兰黛/Estee Lauder), or a line of a house (花间集·积雪草)."""
    return folded((product.brand, *_BRAND_PARTS.split(product.brand)))


def says(name: str, value: str) -> bool:
    """Whether a name (folded) holds the value (folded) and does not say that it is absent (无酒精)."""
    if len(value) < 2:
        return False
    start = name.find(value)
    while start >= 0:
        if not name.endswith(UNSAID, 0, start):
            return True
        start = name.find(value, start + 1)
    return False


@dataclass(frozen=True, slots=True)
class Held:
    """What one product holds, folded."""

    sku: str
    name: str
    tags: frozenset[str]
    attributes: frozenset[str]
    brands: frozenset[str]
    categories: frozenset[str]


def hold(product: Product) -> Held:
    """Read a product once."""
    return Held(
        sku=product.sku,
        name=fold(product.name),
        tags=folded(product.tags),
        attributes=attribute_values(product),
        brands=brands(product),
        categories=categories(product),
    )
