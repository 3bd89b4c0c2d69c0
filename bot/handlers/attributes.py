"""What the catalogue states of one product, and what it is silent about. Pure; silence is never a no."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from recommender import Product


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that people ask of a product."""

    asked: str
    """Pattern of the words by which it is asked for."""
    keys: tuple[str, ...]
    """The catalogue's attributes that state it, the first that is there counts."""


FACTS: Mapping[str, Fact] = {
    "成分": Fact(r"成分|成份|配料|原料|添加了|含什么|含有什么|含哪些", ("成分", "配料", "原料", "主打成分")),
    "保质期": Fact(r"保质期|有效期|能?放多久|能放几|几年过期|会过期", ("保质期", "有效期")),
    "规格": Fact(
        r"多少克|多少毫升|多大[瓶支罐盒]|容量|规格|几ml|几毫升|净含量|多重|多少g|多少ml|几[片包支颗粒]装?|[大小][瓶支罐盒包]|大号|小号",
        ("规格", "净含量", "容量"),
    ),
    "产地": Fact(r"产地|哪里产|哪产|进口|国产|哪里生产|哪儿产|哪里做", ("产地",)),
    "质地": Fact(r"质地|厚重|油不油|清爽吗|粘不粘|黏|什么状|肤感", ("质地", "肤感")),
    "功效": Fact(r"功效|有什么用|干什么用|干嘛用|效果|作用", ("功效", "主打功效")),
    "适用肤质": Fact(r"肤质|什么皮肤|什么肤|适合谁|适合什么|适合哪|给谁用", ("适用肤质", "适用人群", "适用年龄")),
    "适用年龄": Fact(r"多大能?用|几岁能?用|适合几岁|适合多大|年龄|月龄|几个月", ("适用年龄", "段位")),
    "颜色": Fact(r"色号|颜色|几个色|什么色|别的色|其他色", ("色号", "颜色")),
    "香味": Fact(r"香味|味道|什么味|气味|什么香|香型|香调", ("香味", "香调", "口味", "味道")),
    "防晒指数": Fact(r"spf|防晒指数|防晒倍数|几倍防晒|pa\+", ("防晒指数",)),
    "材质": Fact(r"材质|面料|什么料|纯棉|什么做的|什么材料", ("材质", "面料")),
    "尺码表": Fact(r"尺码|码数|尺寸|多大码|什么码|哪个码|几码|穿多大|穿几|偏大|偏小", ("尺码表", "尺码", "尺寸")),
    "用法": Fact(
        r"怎么用|用法|怎样用|咋用|使用方法|如何用|如何使用|怎么使用|用多少|几次|怎么洗|机洗",
        ("用法", "使用方法", "洗涤", "洗涤方式"),
    ),
    "过敏提示": Fact(r"过敏原|过敏提示|容易过敏|致敏", ("过敏提示", "过敏原")),
}
"""Name of a fact as one says it → how it is asked for and where the catalogue states it."""

Holds = Literal["yes", "no", "unlisted", "unknown"]
"""Stated that it is inside; stated that it is not; not among the listed although the catalogue marks it elsewhere; silence."""

_WITHOUT = ("无", "不含", "零", "0", "无添加", "不添加")
_LISTS = ("成分", "配料", "原料", "主打成分", "过敏提示", "过敏原", "材质", "面料")
_NAMED = re.compile(
    r"(?:含不含|含没含|有没有含|含有|含|有没有加|加没加|添加)(?P<what>[^\s,。?!吗么不没]{1,8}?)(?:成分)?(?:[吗么?没]|不$|$)"
)
_SIZE = re.compile(
    r"\s*(?:[\d.]+\s*(?:g|ml|kg|l|克|毫升|片|支|包|盒|袋|枚|颗|粒|块|件套|件)(?:\s*[x×*]\s*\d+\S*)?)+\s*$", re.IGNORECASE
)


def asked(text: str) -> str | None:
    """The fact that a message asks for; None where it asks for none that we know by name."""
    lower = text.lower()
    return next((name for name, fact in FACTS.items() if re.search(fact.asked, lower)), None)


def stated(product: Product, name: str) -> tuple[str, str] | None:
    """(attribute, words) where the catalogue states the fact, or any attribute of that very name; else None."""
    keys = FACTS[name].keys if name in FACTS else (name,)
    return next(((key, text) for key in keys if (text := spoken(product.attributes.get(key)))), None)


def spoken(value: str | Iterable[str] | None) -> str:
    """An attribute in words."""
    if value is None:
        return ""
    return value if isinstance(value, str) else "、".join(value)


def ingredients(product: Product) -> tuple[str, ...]:
    """All that the catalogue lists as inside, the full list first; empty where it lists nothing."""
    return tuple(dict.fromkeys(one for key in _LISTS for one in _each(product.attributes.get(key))))


def substance(text: str) -> str | None:
    """What 含硅灵吗 asks for, as written; None where nothing is asked for by name."""
    found = _NAMED.search(text)
    what = found["what"] if found is not None else None
    return what if what and what not in {"什么", "哪些", "啥", "多少"} else None


def holds(product: Product, name: str, standard: Callable[[str], Iterable[str]], marked: bool) -> Holds:
    """Whether a substance is inside, as far as the catalogue says.

    ``standard`` gives the standard names of a listed ingredient (变性乙醇 is 酒精); ``marked`` tells whether the catalogue
    marks this substance on any product at all, so that its absence here says at least something.
    """
    listed = ingredients(product)
    if {name, f"含{name}"} & product.tags or any(name in one or name in standard(one) for one in listed):
        return "yes"
    if any(f"{no}{name}" in product.tags for no in _WITHOUT):
        return "no"
    return "unlisted" if listed and marked else "unknown"


def siblings(product: Product, catalogue: Iterable[Product]) -> tuple[Product, ...]:
    """The same thing in other sizes, as it is sold now; the one asked about is among them, the cheapest first."""
    name = stem(product)
    same = (one for one in catalogue if one.status == "active" and one.brand == product.brand and stem(one) == name)
    return tuple(sorted({one.sku: one for one in (*same, product)}.values(), key=lambda one: (one.price, one.sku)))


def stem(product: Product) -> str:
    """The name without its size."""
    return _SIZE.sub("", product.name).strip()


def _each(value: str | Iterable[str] | None) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(part for part in re.split(r"[、,，;；/]", value) if part)
    return tuple(value or ())
