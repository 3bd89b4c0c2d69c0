"""A menu as somebody types or pastes it, read kindly: 「阳光玫瑰 箱 68 限20」, 「土鸡蛋（柴鸡蛋） 35元/板」. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from bot.ordering.menu import Good
from intents.orders.amounts import UNITS

MOST = 200
"""Articles of one menu."""
LONGEST = 40
"""Characters of an article's name."""
_UNIT = "|".join(re.escape(one) for one in sorted(UNITS, key=len, reverse=True))
_PRICE = r"[¥￥]?\s*(?P<price>\d{1,7}(?:\.\d{1,4})?)\s*(?:元|块钱|块|圆|rmb)?"
_BREAK = r"[\s,，;；:：|]+"
_SHAPES = tuple(
    re.compile(shape, re.IGNORECASE)
    for shape in (
        rf"{_PRICE}\s*(?:/|每|一|1(?![0-9]))\s*(?P<unit>{_UNIT})(?![\u4e00-\u9fff])",
        rf"(?:^|{_BREAK})(?:每|一|1)?(?P<unit>{_UNIT}){_BREAK}{_PRICE}(?![\d\u4e00-\u9fffA-Za-z])",
        rf"(?:每|一)(?P<unit>{_UNIT})\s*{_PRICE}(?![\d\u4e00-\u9fffA-Za-z])",
        rf"(?:^|{_BREAK}){_PRICE}{_BREAK}(?:每|一)?(?P<unit>{_UNIT})(?![\u4e00-\u9fff])",
        rf"{_BREAK}(?P<unit>[^\s\d,，;；:：|]{{1,3}}){_BREAK}{_PRICE}(?![\d\u4e00-\u9fffA-Za-z])",
    )
)
_STOCK = re.compile(rf"[(（]?(?:限量?|库存|只有|仅有?|共|总共|剩)\s*[:：]?\s*(\d{{1,7}}(?:\.\d{{1,3}})?)\s*(?:{_UNIT})?[)）]?")
_BARE_STOCK = re.compile(r"^\s*[,，;；|\t ]\s*(\d{1,7})\s*$")
_ALIASES = re.compile(r"[(（]([^()（）]{1,60})[)）]|(?:又叫|别名|也叫)\s*[:：]?\s*(\S{1,40})")
_NUMBERED = re.compile(r"^\s*(?:\d{1,3}\s*[.、)）](?!\d)|[①-⑳]|[-•·*]\s)\s*")
_EDGE = " \t,，;；:：|、-—–·.。/"


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that could not be read: its number from 1, the line, and what to do about it."""

    line: int
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class MenuRead:
    """What came of a menu's text."""

    goods: tuple[Good, ...]
    faults: tuple[Fault, ...]


def read_menu(text: str, standing: Sequence[Good] = ()) -> MenuRead:
    """The articles of a text, a line each; ``standing``: those that are on the menu already, whose names are taken."""
    goods: list[Good] = []
    faults: list[Fault] = []
    for number, line in enumerate(text.replace("\r", "\n").split("\n"), 1):
        told = line.strip()
        if not told or told.startswith("#"):
            continue
        found = _line(told)
        if isinstance(found, str):
            faults.append(Fault(number, told[:60], found))
        elif found.name in {one.name for one in (*standing, *goods)}:
            faults.append(Fault(number, told[:60], f"「{found.name}」已经有了，重名会分不清，换个名字或者删掉这一行"))
        elif len(goods) + len(standing) >= MOST:
            faults.append(Fault(number, told[:60], f"一次接龙最多 {MOST} 样"))
            break
        else:
            goods.append(found)
    return MenuRead(tuple(numbered(goods, {one.sku for one in standing})), tuple(faults))


def numbered(goods: Iterable[Good], taken: Iterable[str]) -> list[Good]:
    """Articles without a number of their own get the next free one, as m1, m2."""
    used, found, number = set(taken), [], 0
    for good in goods:
        if good.sku:
            found.append(good)
            continue
        number += 1
        while f"m{number}" in used:
            number += 1
        found.append(replace(good, sku=f"m{number}"))
    return found


def _line(line: str) -> Good | str:
    """An article, or what is wrong with its line."""
    rest = _NUMBERED.sub("", line).strip()
    stock: Decimal | None = None
    if (limit := _STOCK.search(rest)) is not None:
        stock = Decimal(limit[1])
        rest = f"{rest[: limit.start()]} {rest[limit.end() :]}".strip()
    shape = next((found for one in _SHAPES if (found := one.search(rest)) is not None), None)
    if shape is None:
        return _missing(rest)
    after = rest[shape.end() :]
    if stock is None and (bare := _BARE_STOCK.match(f" {after}" if after[:1].isdigit() else after)) is not None:
        stock, after = Decimal(bare[1]), ""
    name, aliases = _named(rest[: shape.start()].strip(_EDGE) or after.strip(_EDGE))
    if not name or not re.search(r"[\u4e00-\u9fffA-Za-z]", name):
        return "没看到品名，写成「阳光玫瑰 箱 68 限20」这样"
    if len(name) > LONGEST:
        return f"品名太长了，最多 {LONGEST} 个字"
    return Good("", name, shape["unit"], Decimal(shape["price"]), aliases, stock)


def _named(told: str) -> tuple[str, tuple[str, ...]]:
    """The name without what else it is called."""
    aliases: list[str] = []
    for found in _ALIASES.finditer(told):
        aliases += re.split(r"[、,，/\s]+", (found[1] or found[2]).strip())
    name = _ALIASES.sub(" ", told).strip(_EDGE)
    return " ".join(name.split()), tuple(dict.fromkeys(one for one in aliases if one and one != name))


def _missing(rest: str) -> str:
    if not re.search(r"\d", rest):
        return "没看到价格，写成「阳光玫瑰 箱 68」这样"
    return "没看出是按什么卖的，写上单位，比如「阳光玫瑰 箱 68」或「阳光玫瑰 68元/箱」"
