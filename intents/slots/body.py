"""Measures of a body: height in cm, weight in kg."""

import re
from collections.abc import Iterator

from intents.finding import Found
from intents.slots.numerals import DIGITS, NUMBER, number

_TALL = r"(?:1[0-9]\d|2[0-2]\d|[5-9]\d)"
_CM = r"(?:cm|CM|Cm|公分|厘米)"
_KG = r"(?:kg|KG|Kg|公斤|千克)"
_METRES = re.compile(
    r"(?<![\d.])([12一二两])(?:米|m(?![lLa-zA-Z])|M(?![lL码A-Za-z]))(?:([0-9零一二三四五六七八九])"
    rf"([0-9一二三四五六七八九])?)(?![\d.])(?!的?床|宽|长|深|厚){_CM}?"
)
_DECIMAL = re.compile(r"(?<![\d.])([12]\.\d{1,2})(?:米|m(?![lL])|M(?![lL码]))(?!的?床|[长宽厚深])")
_CENTIMETRES = re.compile(rf"(?<![\d.])({_TALL}(?:\.5)?){_CM}(?:高(?![度]))?")
_HEIGHT = re.compile(
    rf"(?:身高|净身高|个子|个头|(?<![提很较更最太增显跟鞋])高)(?:是|有|大概|大约|差不多|才|就|在|:|,| ){{0,3}}"
    rf"({_TALL}|一[四五六七八九][零〇一二三四五六七八九]?|[1]\.\d{{1,2}})"
    rf"(?![\d.]|斤|元|块|kg|K|米|m){_CM}?"
)
_WORN_TALL = re.compile(
    r"(?:^|(?<=[,。 ]))(?:我|本人|女|男|净身高|她|他|我妈|我老公|我爸|我女儿|我儿子|孩子)?(1[4-9]\d)(?:左右)?(?:的|,"
    r"|能|可以|要|应该)?(?=穿|选|拿|买|什么码|多大)"
)
_BEFORE_TALL = re.compile(r"(?<![\d./])(1\d\d)(?=的?(?:身高|个子|个头|小个子|高个子|高的))")
_OTHER_LENGTH = re.compile(r"[长宽围厚深距跟底]|直径|尺寸|规格")
_FURNITURE = re.compile(r"(?<!身)[长宽围厚深]|[床桌被窗柜毯]|沙发|铺|件套|布|尺寸|规格|行李")
"""Before a figure: it measures goods."""
_THING = re.compile(r"[长宽厚深跟*xX×]|的?(?:床|桌|柜|行李|锅|窗帘|毛巾|浴巾|裙长|衣长|被子|地毯|沙发|电视)")
_PAIR_TALL = re.compile(r"(?<![\d.A-Za-z])(1[4-9]\d|20\d|一[四五六七八九][零一二三四五六七八九]?)(?![\d.]|ml|码)")
_AFTER_TALL = re.compile(
    r"(?:左右|高|多)?(?P<gap>[ ,、/+\-和&]{0,2})的?(?P<word>体重是?|净重|重|大概|差不多|有|是|才|:| ){0,3}"
    rf"(?P<heavy>\d{{2,3}}(?:\.\d)?|[一二两]百[一二三四五六七八九零十]{{0,4}}|[七八九]十[一二三四五六七八九]?)(?P<odd>多|来)?"
    rf"(?P<unit>{_KG}|斤)?(?![\d.]|元|块|以[内下上]|岁|年|{_CM}|ml|ML|天|号|[kK]|码|[A-Fa-f]|分|件|箱|片|月|个|米)"
)
_JIN = re.compile(rf"({NUMBER})(?:多|来)?(斤|{_KG})(半)?(?![\d一二三四五六七八九]两|装|[大小糯]?米(?!\d)|的?棉?被|的?货|的?面粉)")
_WEIGHT = re.compile(
    rf"(?:体重|净重|(?<![沉严尊贵轻比重多很])重|毛重)(?:是|有|大概|大约|差不多|才|就|在|:|,| ){{0,3}}({NUMBER})(?:多)?(?:左右)?"
    rf"(?![\d.]|元|块|斤|{_KG}|克|g)"
)
_WORN = re.compile(
    r"体重|身高|穿|尺码|码|胖|瘦|多重|[我她他]\s*(?:是|有|才|就|现在|都)?\s*$|宝宝|孩子|娃|儿子|女儿|老公|老婆|男朋友"
    r"|女朋友|本人|我妈|我爸|岁半?[的了, ]{0,2}$|个月[大的了, ]{1,3}$"
)
_SIZED = re.compile(r"身高|体重|穿|码(?!头)|斤|[kK][gG]|胖|瘦")
_CHILD_AFTER = re.compile(r"(?:重)?的?(?:小)?(?:宝宝|宝贝|娃|孩子|小孩|儿子|女儿|胖子|女生|男生|人穿|能穿|可以穿|微胖|体重)")
_BOUGHT = re.compile(r"(?:[要来买拿订称送发寄退]|下单|[一二两三四五六七八九十\d]份|装|箱|包邮|大米|小米|苹果|肉|一袋)")
_CHANGED = re.compile(r"(?:[胖瘦涨减掉轻差缺少]|(?<!体)重)(?:了|到)?$")
_LIGHT, _HEAVY = 60, 400
"""Between these many 斤 a weight is a body's unless goods are bought."""


def body(text: str) -> Iterator[Found]:
    """Heights, the weights behind them, then weights that stand for themselves."""
    tall = [*_heights(text)]
    for found in _PAIR_TALL.finditer(text):
        if not any(one.start <= found.start() < one.end for one in tall) and _AFTER_TALL.match(text, found.end()):
            tall.append(Found("height_cm", _whole(_tall(found[1])), *found.span()))
    for one in tall:
        yield from _with_weight(text, one)
    yield from _weights(text)


def _with_weight(text: str, tall: Found) -> Iterator[Found]:
    """160 55kg, 一米六五，一百二: a height and, behind it, a weight; a bare pair alone is no height."""
    plain = text[tall.start : tall.end].isdigit() or text[tall.start : tall.end][-1] in DIGITS
    found = _AFTER_TALL.match(text, tall.end)
    heavy = number(found["heavy"]) if found else None
    if found and heavy is not None and (found["unit"] or found["word"] or found["gap"]):
        kilos = _kilos(heavy, found["unit"])
        odd = not (found["unit"] or found["word"]) and ("-" in found["gap"] or heavy > _figure(tall))
        if 20 <= heavy <= 250 and (found["unit"] or heavy >= 38) and not (odd and not _SIZED.search(text)):
            end = found.end("unit") if found["unit"] else found.end("heavy")
            yield Found("weight_kg", kilos, found.start("heavy"), end)
            yield tall
            return
    if not (plain and _PAIR_TALL.fullmatch(text[tall.start : tall.end])) or _told(text, tall):
        yield tall


def _figure(found: Found) -> float:
    """The figure of a height."""
    return float(found.value) if isinstance(found.value, int | float) else 0.0


def _told(text: str, tall: Found) -> bool:
    """Whether bare figures are a height by the words around them."""
    return any(
        pattern is not _CENTIMETRES and found.start(1) == tall.start
        for pattern in (_HEIGHT, _BEFORE_TALL, _WORN_TALL)
        for found in pattern.finditer(text)
    )


def _tall(text: str) -> float:
    """160, 一六, 一六五 and 1.65 in cm."""
    value = number(text) or 0.0
    return round(value * 100) if value < 3 else value * 10 if value < 30 else value


def _heights(text: str) -> Iterator[Found]:
    """Heights with a unit or the word."""
    for found in _METRES.finditer(text):
        if _FURNITURE.search(text[max(0, found.start() - 8) : found.start()]):
            continue
        metre, tenth, rest = (_digit(found[group]) for group in (1, 2, 3))
        yield Found("height_cm", metre * 100 + tenth * 10 + rest, found.start(), found.end())
    for found in _DECIMAL.finditer(text):
        if 0.5 <= float(found[1]) <= 2.3 and not _FURNITURE.search(text[max(0, found.start() - 8) : found.start()]):
            yield Found("height_cm", _whole(round(float(found[1]) * 100, 1)), *found.span())
    for pattern in (_CENTIMETRES, _HEIGHT, _BEFORE_TALL, _WORN_TALL):
        for found in pattern.finditer(text):
            if (pattern is _CENTIMETRES and not _a_height(text, found)) or re.search(r"[床桌柜]高?$", text[: found.start()]):
                continue
            end = found.end() if pattern in (_CENTIMETRES, _HEIGHT) else found.end(1)
            yield Found("height_cm", _whole(_tall(found[1])), found.start(1), end)


def _a_height(text: str, found: re.Match[str]) -> bool:
    """Centimetres are a height unless they are a waist, a length or a screen."""
    before = text[max(0, found.start() - 4) : found.start()]
    if _OTHER_LENGTH.search(before) or _THING.match(text[found.end() :]) or re.search(r"[*xX×]$", before):
        return False
    return float(found[1]) >= 100 or bool(_WORN.search(text))


def _weights(text: str) -> Iterator[Found]:
    """Weights with a unit where somebody is weighed, and figures behind 体重."""
    for found in _WEIGHT.finditer(text):
        if (value := number(found[1])) and 4 <= value <= 300:
            yield Found("weight_kg", _kilos(value, None), *found.span(1))
    for found in _JIN.finditer(text):
        value = number(found[1])
        near = text[max(0, found.start() - 8) : found.start()]
        if value is None or _CHANGED.search(near):
            continue
        value += 0.5 if found[3] else 0
        heavy = value * (1 if found[2] == "斤" else 2)
        worn = _WORN.search(near) or re.search(r"穿|码(?!头)|体重|身高|胖|瘦", text) or _CHILD_AFTER.match(text[found.end() :])
        alone = _LIGHT <= heavy <= _HEAVY and not _BOUGHT.search(near)
        if (worn and not re.search(r"[来称订买要]$|下单$", near)) or alone:
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
