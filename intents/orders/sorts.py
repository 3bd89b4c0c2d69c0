"""What tells sorts of one thing apart: a size (6寸, 2米, XL), an issue (第3期), or one character (大 and 小)."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from intents.orders.amounts import UNITS
from intents.orders.model import Article
from intents.orders.written import folded

_SIZE = re.compile(
    r"第?\d+(?:\.\d+)?(?:kg|ml|cm|公斤|千克|毫升|厘米|[glw克斤升寸米期段码号次只枚片包抽颗粒条支层季年岁格件瓶罐])(?:装)?"
    r"|(?<![a-z\d])(?:x{0,3}l|x{0,2}s|m)(?![a-z])(?:码|号)?|^[特加超]?[大中小][号码份杯桶瓶包盒袋只款]"
)
_LETTERS = re.compile(r"^(?:x{0,3}l|x{0,2}s|m)(?:码|号)?$")
_BRACKETS = re.compile(r"[()（）\[\]【】 ]")
_HAN = "〇一二三四五六七八九十"
_MEASURES = frozenset(unit for unit in UNITS if len(unit) == 1) | frozenset("一二两三四五六七八九十百半几")
"""Characters that are read as amounts before they are read as sorts."""
_LEAST = 2
"""Characters of what sorts share at least."""

Spelled = Mapping[str, set[int]]
"""Spellings to places on the menu."""


def sized(articles: Sequence[Article]) -> tuple[Spelled, Spelled]:
    """Names of sorts that differ in a size alone: size and thing in any order, and the size by itself."""
    names: dict[str, set[int]] = defaultdict(set)
    alone: dict[str, set[int]] = defaultdict(set)
    for thing, sizes in _by_thing(articles).items():
        for size, place in sizes.items():
            for one in _sizes(size):
                alone[one].add(place)
                for other in _things(thing):
                    for spelled in (f"{one}{other}", f"{one}的{other}", f"{other}{one}", f"{other} {one}"):
                        names[spelled].add(place)
            if (digits := re.match(r"\d+", size)) is not None:
                alone[f"{digits[0]}的"].add(place)
    return names, alone


def _by_thing(articles: Sequence[Article]) -> Mapping[str, Mapping[str, int]]:
    """What is sold in several sizes: its name without them, to size and place on the menu."""
    groups: dict[str, dict[str, int]] = defaultdict(dict)
    for place, article in enumerate(articles):
        for told in (article.name, *article.aliases):
            name = _BRACKETS.sub("", folded(told).lower())
            found = _SIZE.findall(name)
            if len(found) == 1 and not found[0].rstrip("装").endswith(article.unit.lower()):
                groups[_SIZE.sub("", name)].setdefault(found[0].removesuffix("装"), place)
    return {thing: sizes for thing, sizes in groups.items() if len(set(sizes.values())) > 1}


def _sizes(size: str) -> Iterator[str]:
    """A size as people write it."""
    yield size
    if _LETTERS.match(size):
        plain = size.rstrip("码号")
        yield from (plain, f"{plain}码", f"{plain}号")
    if size.endswith("kg"):
        yield size.replace("kg", "公斤")
    issue = re.match(r"第?(\d{1,2})(期|季|段)$", size)
    if issue:
        n = int(issue[1])
        yield f"{n}{issue[2]}"
        if n < len(_HAN):
            yield from (f"第{_HAN[n]}{issue[2]}", f"{_HAN[n]}{issue[2]}")


def _things(thing: str) -> Iterator[str]:
    """What is left of a name without its size, and what that ends in."""
    ends = (thing[-length:] for length in (_LEAST + 1, _LEAST) if len(thing) > length)
    yield from (thing, *ends) if len(thing) >= _LEAST else ()


def single(articles: Sequence[Article]) -> Spelled:
    """Characters in which sorts of one thing differ, first or last in their names: 大粽子 小粽子, 大闸蟹公 大闸蟹母."""
    groups: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for place, article in enumerate(articles):
        name = _BRACKETS.sub("", folded(article.name).lower())
        if len(name) > _LEAST and "\u4e00" <= name[0] <= "\u9fff" and "\u4e00" <= name[-1] <= "\u9fff":
            groups[f"-{name[1:]}"][name[0]].add(place)
            groups[f"{name[:-1]}-"][name[-1]].add(place)
    found: dict[str, set[int]] = defaultdict(set)
    for sorts in groups.values():
        for char, places in sorts.items() if len(sorts) > 1 else ():
            found[char].update(places)
    return {char: places for char, places in found.items() if len(places) == 1 and char not in _MEASURES}


def beside_numbers(chars: Sequence[str]) -> str:
    """A pattern of such characters where they stand for their sort: 大的, 3大5小, 大10小10, 公母各6只."""
    told = "".join(map(re.escape, chars))
    number = r"\d一二两三四五六七八九十半"
    return "|".join(
        (
            rf"(?:(?<![\u4e00-\u9fff])|(?<=[要来是换成]))[{told}](?=的)",
            rf"[{told}](?=的 ?[{number}])",
            rf"(?<=[{number}])[{told}](?![\u4e00-\u9fff])",
            rf"(?<![\u4e00-\u9fff])[{told}](?= ?[{number}])",
            rf"(?<=[{told}])[{told}](?=各)",
            rf"(?<![\u4e00-\u9fff])[{told}](?=[{told}]各)",
        )
    )
