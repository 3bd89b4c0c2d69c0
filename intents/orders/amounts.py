"""How much: numbers, measure words and what one unit is in another, in exact decimals."""

import re
from dataclasses import dataclass
from decimal import Decimal

from intents.slots.numerals import number

UNITS = (
    "公斤", "千克", "毫升", "kg", "ml", "斤", "克", "升", "箱", "盒", "袋", "瓶", "罐", "桶", "提",
    "份", "套", "支", "双", "条", "包", "打", "板", "枚", "盆", "篮", "筐", "扎", "听", "卷", "杯",
    "块", "盘", "壶", "碗", "床", "副", "幅", "尾", "株", "束", "朵", "筒", "串", "捆", "件", "只",
    "对", "张", "把", "台", "根", "颗", "粒", "片", "个", "本", "顶", "组", "单", "刀", "头", "棵",
    "排", "格", "节", "兜", "框", "挂", "g",
)  # fmt: skip
_NOT_AFTER = dict(
    pair.split(":")
    for pair in [
        "个:人月小星钟娃孩多码色",
        "包:邮装子",
        "块:钱",
        "本:来",
        "头:发疼",
        "条:件",
        "份:量",
        "单:点独",
        "克:服",
        "升:级",
        "打:开算电包",
        "对:不吗了",
        "片:刻",
        "件:事",
        "套:餐",
        "把:手它我",
        "组:合",
        "台:州湾北",
        "只:要有是能",
        "排:骨",
        "节:日",
        "床:上",
        "张:姐哥阿三",
        "提:前供醒",
        "格:式",
        "听:说",
        "杯:子",
        "根:本",
        "板:栗",
        "桶:装",
        "盒:子装",
        "箱:子装",
        "袋:子装",
        "瓶:子装",
        "罐:装",
        "斤:装",
        "枚:装",
        "支:付装持",
    ]
)
"""What follows a measure word where it is none: 3个人, 2条件."""
MISSPELT = dict(
    pair.split(":")
    for pair in [
        "相:箱",
        "厢:箱",
        "合:盒",
        "和:盒",
        "平:瓶",
        "屏:瓶",
        "代:袋",
        "带:袋",
        "分:份",
        "灌:罐",
        "通:桶",
        "同:桶",
        "金:斤",
        "今:斤",
        "题:提",
        "梅:枚",
        "之:支",
        "被:杯",
        "快:块",
        "跟:根",
        "建:件",
    ]
)
"""Measure words as keyboards mistake them; only where the menu sells by the right one."""
_GRAM = Decimal("0.002")
_WEIGHTS = {
    **dict.fromkeys(("公斤", "千克", "kg"), Decimal(2)),
    **dict.fromkeys(("克", "g"), _GRAM),
    "斤": Decimal(1),
    "两": Decimal("0.1"),
}
"""In 斤."""
_VOLUMES = {"升": Decimal(1), "l": Decimal(1), "毫升": Decimal("0.001"), "ml": Decimal("0.001")}
_COUNTED = frozenset("个只枚颗粒条根支头尾块片件朵棵张本把瓶罐听杯盒袋包卷双碗")
_SINGLE = frozenset("个只枚颗粒条根支头尾块片件朵棵张本把份套碗")
"""Of these 个 may stand for any."""
_PIECES = (frozenset("个只枚颗粒"), frozenset("支根条"), frozenset(("份", "套", "单")))


@dataclass(frozen=True, slots=True)
class Amount:
    """How much somebody said; ``n`` None: not told (来点), ``rough``: a range (两三箱)."""

    n: Decimal | None
    unit: str | None = None
    rough: bool = False
    bare: bool = False
    """A number alone, without a measure word."""


VAGUE = Amount(None)
_MOST = Decimal(100_000)
"""More than this nobody orders in a group: it is a slip or a joke, and is asked about like no quantity at all."""
_WHOLE = 2**53
"""Whole numbers below it are the same in every reader of JSON (RFC 8259, 6)."""


def unit_pattern(more: frozenset[str]) -> str:
    """A pattern of measure words, ``more`` among them; none that begins another word (3个人)."""
    words = sorted({*UNITS, *more}, key=len, reverse=True)
    told = (re.escape(word) + (f"(?![{_NOT_AFTER[word]}])" if _NOT_AFTER.get(word) else _latin_end(word)) for word in words)
    return rf"(?:{'|'.join(told)})"


def _latin_end(word: str) -> str:
    return "(?![A-Za-z])" if word.isascii() else ""


def value_of(text: str) -> Decimal | None:
    """A number as written: 2.5, 十二, 半, 俩; None where it is none."""
    if text in {"半", "俩", "仨", "整"}:
        return {"半": Decimal("0.5"), "俩": Decimal(2), "仨": Decimal(3), "整": Decimal(1)}[text]
    if text[:1].isdigit():
        return Decimal(text)
    if len(text) > 1 and not set(text) & set("十百千"):
        return None
    told = number(text)
    return None if told is None else Decimal(int(told))


def sensible(amount: Amount | None) -> Amount | None:
    """The amount, or no told one where it is beyond what anybody orders (苹果99999999999斤)."""
    return VAGUE if amount is not None and amount.n is not None and amount.n > _MOST else amount


def plain(value: Decimal) -> int | float:
    """An exact decimal as the JSON number that reads the same; beyond what JSON's whole numbers hold, the nearest one."""
    return int(value) if value == value.to_integral_value() and abs(value) < _WHOLE else float(value)


def converted(amount: Amount, unit: str) -> Decimal | None:
    """The amount in the menu's unit, or None where that unit does not say how much it is."""
    if amount.n is None:
        return None
    said = amount.unit
    if said is None or said == unit:
        return amount.n
    for table in (_WEIGHTS, _VOLUMES):
        if said.lower() in table and unit.lower() in table:
            return amount.n * table[said.lower()] / table[unit.lower()]
    if said == "打":
        return amount.n * 12 if unit in _COUNTED else None
    if said == "个" and unit in _SINGLE:
        return amount.n
    return amount.n if any(said in alike and unit in alike for alike in _PIECES) else None
