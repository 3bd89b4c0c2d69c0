"""Sizes of what is worn: letters, centimetres, bras, shoes, diapers."""

import re
from collections.abc import Iterator

from intents.finding import Found
from intents.slots.numerals import HAN, number

_LETTERS = r"(?:[2-7][xX]?|[xX]{1,5})[lLsS]"
_JOINS = r"(?:和|还是|或者?|/|跟|、|还有|,|与|到|-|~| )"
_SIZE = re.compile(
    r"(?<![A-Za-z0-9])(?P<letter>(?:[2-7][xX]?|[xX]{1,5})[lLsS]|[xX]{0,5}[sSmMlL])(?:码|号)(?!店|线)"
    r"|(?<![A-Za-z0-9.])(?P<sure>(?:[2-7][xX]|X{1,5}|x{2,5})[lLsS]|xl|Xl|XS|Xs)(?![A-Za-z0-9])"
    r"|(?<=[换穿要拿拍选买是留发成])(?P<after>[sml])(?=$|[,。!?~ 的吧吗呢可行够合会码还和])"
    r"|(?<![A-Za-z0-9.'’&+/多几-])(?P<either>[SML])(?![A-Za-z0-9'’&+.]|[型家弯级形卡曲钻巾线圈妈记档姐]|-[a-z\u4e00-\u9fff])"
    rf"|(?<=[SMLsml]{{1}}[和或/跟、与])(?P<other>[SMLsml])(?![A-Za-z0-9])|(?<=[SMLsml]还是)(?P<still>[SMLsml])(?![A-Za-z0-9])"
    rf"|(?<![A-Za-z0-9'’/])(?P<first>[sml])(?={_JOINS}(?:x{{0,3}}[sml])(?![A-Za-z]))"
    r"|(?<![\d.-])(?P<number>\d{2,3}(?:\.5)?)码(?P<half>半)?(?![洋数])"
    rf"|(?<!{HAN})(?<![扫条编验二数代密])(?P<han>{HAN}{{2,5}})码(?P<half2>半)?(?!数|[事])"
    r"|(?P<free>均码)|(?<![A-Za-z0-9])(?P<newborn>NB|nb)(?:码|号)"
)
_CUT = re.compile(r"(?<![\d/])(?:1[0-9]{2}|[5-9]\d)/\d{2,3}[ABCYabcy](?![A-Za-z0-9])")
_BRA = re.compile(r"(?<![\d./A-Za-z])(?:(?:[6-9][05]|1[01][05])[A-Fa-c]|3[2468][A-Da-d])(?:码|杯|罩杯)?(?![A-Za-z0-9])")
_DIAPER = re.compile(r"(?<![A-Za-z0-9])NB(?![A-Za-z0-9])")
_DIAPERS = re.compile(r"尿|拉拉裤|新生|刚生|待产|码|预产")
_SHOE = re.compile(
    r"(?:鞋码|鞋子|码数|尺码|脚码|平时穿|一般穿|都穿|我穿|脚|鞋)(?:是|:|一般|平时|都|穿|要|的)?(?P<number>3[4-9]"
    r"|4[0-6])(?:\.5)?(?P<half>半)?"
    r"(?![\d./-]|斤|岁|码|块|元|公斤|kg|号|度|[A-Za-z])"
)
_SHOES = re.compile(r"鞋|靴|脚|拖|码")
_LEAST, _MOST = 10, 200


def sizes(text: str) -> Iterator[Found]:
    """All sizes of a sentence."""
    for found in _CUT.finditer(text):
        yield Found("size", found[0].upper(), *found.span())
    for found in _BRA.finditer(text):
        yield Found("size", re.sub(r"[码杯罩]+$", "", found[0]).upper(), *found.span())
    if _DIAPERS.search(text):
        for found in _DIAPER.finditer(text):
            yield Found("size", "NB", *found.span())
    for found in _SIZE.finditer(text):
        yield from _size(found)
    if _SHOES.search(text):
        for found in _SHOE.finditer(text):
            yield Found("size", found["number"] + (".5" if found["half"] else ""), found.start("number"), found.end())


def _size(found: re.Match[str]) -> Iterator[Found]:
    """One match by what it is written in."""
    if written := found["number"] or found["han"]:
        value = number(written)
        if value is not None and _LEAST <= value <= _MOST:
            half = 0.5 if found["half"] or found["half2"] else 0
            yield Found("size", f"{value + half:g}", *found.span())
        return
    if found["free"] or found["newborn"]:
        yield Found("size", "均码" if found["free"] else "NB", *found.span())
        return
    group = found.lastgroup or ""
    yield Found("size", letters(found[group]), found.start(group), found.end() if group == "letter" else found.end(group))


def letters(size: str) -> str:
    """Letters in capitals, counted ones written out: xl → XL, 2XL and 2L → XXL."""
    size = size.upper()
    if size[0].isdigit():
        return "X" * int(size[0]) + size[-1] if int(size[0]) <= 4 else f"{size[0]}X{size[-1]}"
    return size
