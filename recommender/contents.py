"""What a product holds, in one spelling: tags and attribute values, category and brand with their parts."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from recommender.model import Product

_SEPARATORS = re.compile(r"[、,，;；/／|｜]+")
_PATH = re.compile(r"[/／>＞|｜]+")
_BRAND_PARTS = re.compile(r"[/／|｜()（）]+")
_ABSENCE = ("不含", "不添加", "无添加", "未添加", "零添加", "free")
_UNSAID = ("无", "零", "0", "免", "不含", "不加", "不添加", "未添加", "无添加", "零添加", "非", "抗", "防")


@lru_cache(maxsize=65536)
def fold(value: str) -> str:
    """One spelling for a value: width, case and outer spaces do not count."""
    return unicodedata.normalize("NFKC", value).casefold().strip()


def folded(values: Iterable[str]) -> frozenset[str]:
    """Values in one spelling, empty ones dropped."""
    return frozenset(spelling for value in values if (spelling := fold(value)))


def attribute_values(product: Product) -> frozenset[str]:
    """Values of the attributes, lists written in one string cut apart.

    Attributes that tell what is *not* inside (不含: 酒精) are left out: who excludes 酒精 may have that product.
    """
    found: set[str] = set()
    for key, value in product.attributes.items():
        if any(word in fold(key) for word in _ABSENCE):
            continue
        for part in (value,) if isinstance(value, str) else value:
            found.add(part)
            found.update(_SEPARATORS.split(part))
    return folded(found)


def categories(product: Product) -> frozenset[str]:
    """The category and, where it is a path, each part of it."""
    return folded((product.category, *_PATH.split(product.category)))


def brands(product: Product) -> frozenset[str]:
    """The brand, and each of its names where two are written (雅诗兰黛/Estee Lauder)."""
    return folded((product.brand, *_BRAND_PARTS.split(product.brand)))


def says(name: str, value: str) -> bool:
    """Whether a name (folded) holds the value (folded) and does not say that it is absent (无酒精)."""
    if len(value) < 2:
        return False
    start = name.find(value)
    while start >= 0:
        if not name.endswith(_UNSAID, 0, start):
            return True
        start = name.find(value, start + 1)
    return False
