"""Measures of a body and what is worn on it: height in cm, weight in kg, a size."""

import re
from collections.abc import Iterator

from intents.finding import Found
from intents.slots.numerals import DIGITS, NUMBER, number

_TALL = r"(?:1[0-9]\d|2[0-2]\d|[5-9]\d)"
_METRES = re.compile(
    r"(?<![\d.])([12一二两])(?:米|m(?![lL])|M(?![lL码]))(?:([0-9一二三四五六七八九])([0-9一二三四五六七八九])?)(?![\d.])"
)
_DECIMAL = re.compile(r"(?<![\d.])([12]\.\d{1,2})(?:米|m(?![lL])|M(?![lL码]))")
_CENTIMETRES = re.compile(rf"(?<![\d.])({_TALL})(?:\.5)?(?:cm|CM|Cm|公分|厘米)(?:高)?")
_HEIGHT = re.compile(
    rf"(?:身高|净身高|个子|个头|(?<![提很较更最太])高)(?:是|有|大概|大约|差不多|:|,| ){{0,3}}"
    rf"({_TALL}|一[四五六七八九][零〇一二三四五六七八九]?)"
    r"(?![\d.]|斤|元|块|kg|K)(?:cm|CM|公分|厘米)?"
)
_WORN_TALL = re.compile(r"^(?:我|本人|她|他)?(1[4-9]\d)(?:左右)?(?:的|,|能|可以|要|应该)?(?=穿|选|拿|买|什么码|多大)")
_BEFORE_TALL = re.compile(rf"(?<![\d.])({_TALL})(?=的?(?:身高|个子|个头|小个子|高个子))")
_PAIR = re.compile(
    r"(?<![\d.A-Za-z])(?:身高)?(1[4-9]\d|20\d|一[四五六七八九][零一二三四五六七八九]?)"
    r"(?:cm|CM|公分|厘米)?(?:[ ,/、+-]{0,2}|的?)(?:体重|重|净重)?[是:]?"
    r"(\d{2,3}(?:\.\d)?)(kg|KG|Kg|公斤|千克|斤)?(?![\d.]|元|块|以|左右|岁|年|cm|ml|天|号|[kK])"
)
_JIN = re.compile(rf"({NUMBER})(?:多)?(斤|公斤|kg|KG|Kg|千克)(半)?(?![\d一二三四五六七八九]两)")
_WEIGHT = re.compile(
    rf"(?:体重|净重|(?<![沉严尊贵轻比重多])重)(?:是|有|大概|大约|差不多|:|,| ){{0,3}}({NUMBER})(?:左右)?"
    r"(?![\d.]|元|块|斤|公斤|kg|KG|Kg|千克)"
)
_WORN = re.compile(
    r"体重|身高|穿|尺码|码|胖|瘦|多重|[我她他]\s*(?:是|有|才|就)?\s*$|宝宝|孩子|娃|儿子|女儿|老公|老婆|男朋友|女朋友|本人"
)
_BOUGHT = re.compile(r"(?:[要来买拿订称送发寄退]|下单|[一二两三四五六七八九十\d]份|装|箱|包邮|大米|小米|苹果|肉|一袋)")
_SIZE = re.compile(
    r"(?<![A-Za-z0-9])(?P<letter>(?:[2-7][xX]?|[xX]{1,4})[lLsS]|[xX]{0,3}[sSmMlL])(?=码|号)(?:码|号)"
    r"|(?<![A-Za-z0-9])(?P<sure>(?:[2-7][xX]|[xX]{1,4})[lLsS])(?![A-Za-z0-9])"
    r"|(?<=[换穿要拿拍选买是留发])(?P<after>[SMLsml])(?![A-Za-z0-9+])"
    r"|(?<![A-Za-z0-9])(?P<either>[SML])(?=(?:和|还是|或者?|/|跟|、|还有|,)(?:X{0,3}[SML])(?![A-Za-z]))"
    r"|(?<=[SMLsml](?:和|或|/|跟|、))(?P<other>[SML])(?![A-Za-z0-9])|(?<=[SML]还是)(?P<still>[SML])(?![A-Za-z0-9])"
    r"|(?<![\d.])(?P<number>\d{2,3}(?:\.5)?)码(?![洋数])|(?P<free>均码)"
)
_LIGHT = 60


def sizes(text: str) -> Iterator[Found]:
    """Heights and weights, then sizes."""
    yield from _pairs(text)
    yield from _heights(text)
    yield from _weights(text)
    for found in _SIZE.finditer(text):
        group = found.lastgroup or ""
        end = found.end() if group in ("letter", "number") else found.end(group)
        yield Found("size", _letter(found[group]), found.start(group), end)


def _letter(size: str) -> str:
    """Letters in capitals: xl → XL."""
    return size.upper()


def _pairs(text: str) -> Iterator[Found]:
    """160 55kg, 165/110: a height and, behind it, a weight."""
    for found in _PAIR.finditer(text):
        tall, heavy = number(found[1]), number(found[2])
        if not tall or heavy is None or not 20 <= heavy <= 250:
            continue
        if not found[3] and not re.search(r"[ ,/、体重]", text[found.end(1) : found.start(2)]):
            continue
        yield Found("height_cm", _whole(_tall(found[1])), found.start(1), _unit_end(text, found.end(1)))
        yield Found("weight_kg", _kilos(heavy, found[3]), found.start(2), found.end(3) if found[3] else found.end(2))


def _unit_end(text: str, end: int) -> int:
    """The end of a height with its unit."""
    unit = re.match(r"cm|CM|公分|厘米", text[end:])
    return end + (unit.end() if unit else 0)


def _tall(text: str) -> float:
    """160, 一六 and 一六五 in cm."""
    value = number(text) or 0.0
    return value * 10 if value < 30 else value


def _heights(text: str) -> Iterator[Found]:
    """Heights with a unit or the word."""
    for found in _METRES.finditer(text):
        metre, tenth, rest = (_digit(found[group]) for group in (1, 2, 3))
        end = found.end() + (2 if text[found.end() :].startswith(("公分", "厘米", "cm")) else 0)
        yield Found("height_cm", metre * 100 + tenth * 10 + rest, found.start(), end)
    for found in _DECIMAL.finditer(text):
        if 0.5 <= float(found[1]) <= 2.3 and not re.match(r"[长宽厚深]", text[found.end() :]):
            yield Found("height_cm", _whole(round(float(found[1]) * 100, 1)), *found.span())
    for pattern in (_CENTIMETRES, _HEIGHT, _BEFORE_TALL, _WORN_TALL):
        for found in pattern.finditer(text):
            if pattern is _CENTIMETRES and not _a_height(text, found):
                continue
            yield Found(
                "height_cm",
                _whole(_tall(found[1])),
                found.start(1),
                found.end() if pattern in (_CENTIMETRES, _HEIGHT) else found.end(1),
            )


def _a_height(text: str, found: re.Match[str]) -> bool:
    """Centimetres are a height unless they are a waist, a length or a screen."""
    before = text[max(0, found.start() - 4) : found.start()]
    if re.search(r"[长宽围厚深距]|直径|尺寸", before) or re.match(r"[长宽厚深]|的(?:床|桌|柜|行李|锅)", text[found.end() :]):
        return False
    return float(found[1]) >= 100 or bool(_WORN.search(text))


def _weights(text: str) -> Iterator[Found]:
    """Weights with a unit where somebody is weighed, and figures behind 体重."""
    for found in _WEIGHT.finditer(text):
        if (value := number(found[1])) and 4 <= value <= 300:
            yield Found("weight_kg", _kilos(value, None), *found.span(1))
    for found in _JIN.finditer(text):
        value = number(found[1])
        if value is None:
            continue
        value += 0.5 if found[3] else 0
        near = text[max(0, found.start() - 8) : found.start()]
        heavy = value * (1 if found[2] == "斤" else 2)
        worn = _WORN.search(near) or re.search(r"穿|码|体重|身高", text)
        if (worn and not re.search(r"[来称订]$|下单$", near)) or (heavy >= _LIGHT and not _BOUGHT.search(near) and heavy <= 400):
            yield Found("weight_kg", _kilos(value, found[2]), *found.span())


def _kilos(value: float, unit: str | None) -> float:
    """斤 × 0.5; a weight without a unit is in 斤."""
    return _whole(value if unit and unit != "斤" else value * 0.5)


def _digit(text: str | None) -> int:
    if not text:
        return 0
    return int(text) if text.isdigit() else DIGITS[text]


def _whole(value: float) -> float:
    return int(value) if value == int(value) else round(value, 2)
