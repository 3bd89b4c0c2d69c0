"""Read what ops wrote as lint compares it: numbers with their units, clauses, negation, and whom or what a clause is about."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final


def words_of(line: str) -> frozenset[str]:
    """The words of a line, as a set."""
    return frozenset(line.split())


_DIGITS: Final = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2}
_SPOKEN: Final = "零一二两三四五六七八九十百千万"
_UNITS: Final = {
    "天": "天", "日内": "天", "个工作日": "工作日", "工作日": "工作日", "个小时": "小时", "小时": "小时", "分钟": "分钟",
    "个月": "月", "周": "周", "年": "年", "元": "元", "块": "元", "折": "折", "倍": "倍", "积分": "积分", "%": "%",
    "岁": "岁", "成": "成", "公里": "公里", "次": "次", "位": "位", "家": "家",
    "人成团": "人", "件": "件", "张": "张", "瓶": "瓶",
    "名": "名", "字": "字",
    "个字": "字", "个月内": "月", "ml": "ml", "毫升": "ml", "g": "g", "克": "g",
    "层": "层", "期": "期", "份": "份", "个": "个", "条": "条", "单": "单",
}  # fmt: skip
_UNIT: Final = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_AMOUNT: Final = re.compile(rf"(?P<digits>\d+(?:\.\d+)?|[{_SPOKEN}]+)\s*(?P<unit>{_UNIT})", re.IGNORECASE)
_MONEY: Final = re.compile(
    r"[¥￥]\s*(\d+(?:\.\d+)?)|满\s*(\d+)(?!\d|\s*(?:元|块|件|岁|天|年|\.))|[减省抵]\s*(\d+)(?!\d|\s*(?:元|块|小时|%|天|\.))"
)
_CLOCK: Final = re.compile(r"(?<!\d)(\d{1,2})(?::([0-5]\d)|\s*点(半)?)(?!\d)")
_HALVES: Final = {
    "半个月": (15.0, "天"), "半个小时": (30.0, "分钟"), "半小时": (30.0, "分钟"), "一刻钟": (15.0, "分钟"), "半年": (6.0, "月"),
}  # fmt: skip
_HALF: Final = re.compile(rf"(?<![个\d{_SPOKEN}])(?:{'|'.join(_HALVES)})")
_LOOSE: Final = words_of("次 位 家 件 张 瓶 名 层 份 个 条 单 期")
"""Units that count things: 一个, 两次 are said loosely, so that they are compared only where little else differs."""
_ENDS: Final = re.compile(r"[。；！？;!?\n]+")
_PARTS: Final = re.compile(r"[，,：:。；！？;!?\n]+")
_NOT: Final = re.compile(
    r"(?:不(?!客气|好意思|过[，,]|仅|管|论|然|断|同|用谢|急|着急|少|错|懂|明白|妨|愧|止|但|要紧|舒服|适|满|知道|知不觉|便)"
    r"|没(?!关系|事|问题|错|想到|准|用完|有?拆|开封|买)|无(?!理由|论|香|酒精|忧|醇|所谓|痕|线)"
    r"|未(?!来|成年|拆|开封)|(?<![特区级类个分性差鉴告辨])别(?!的|人|家|处|样|名)|勿|非(?!常)|禁)"
)
_ABOUT: Final[Mapping[str, str]] = {
    word: one
    for one, words in {
        "普通": "普通会员 普通 银卡",
        "金卡": "金卡 gold",
        "黑金": "黑金 black",
        "钻石": "钻石 铂金 白金 至尊",
        "天猫": "天猫 淘宝", "京东": "京东", "直播": "直播", "预售": "预售 定金 尾款", "拼团": "拼团 成团", "秒杀": "秒杀",
        "抖音": "抖音", "自提": "自提", "门店": "门店 到店 店里", "小程序": "小程序",
        "偏远": "偏远 新疆 西藏 内蒙 青海 宁夏 海南",
        "港澳台": "港澳 台湾 海外 国外", "同城": "同城", "跨城": "跨城",
        "双12": "双十二 双12", "双11": "双十一 双11", "圣诞": "圣诞", "618": "618", "年货": "年货节 年货", "元旦": "元旦",
        "春节": "春节 过年", "国庆": "国庆", "周年": "周年庆", "妇女节": "三八 女神节 妇女节", "生日": "生日",
        "新人": "新人 首单",
        "拆封": "拆封 拆了 开封 没拆 未拆", "质量": "质量 破损 坏", "过敏": "过敏 不舒服 刺痛 泛红 不适",
        "发错": "发错 错发 漏发 少发",
        "价保": "价保 保价 降价 差价", "赠品": "赠品 小样", "礼品卡": "礼品卡", "周末": "周末 周六 周日",
        "平日": "平日 工作日 周一",
        "面膜": "面膜", "防晒": "防晒", "敏感": "敏感", "油皮": "油皮 油性", "干皮": "干皮 干性", "孕": "孕",
        "宝宝": "宝宝 婴",
        "包邮": "包邮 免邮", "换货": "换货 换色 可以换 换同款", "取件": "取件", "护理": "护理", "发票": "发票", "预约": "预约",
        "顺丰": "顺丰", "快递": "快递", "微信": "微信 零钱", "银行卡": "银行卡 信用卡 储蓄卡",
    }.items()
    for word in words.split()
}  # fmt: skip
_ABOUT_WORD: Final = re.compile("|".join(sorted(map(re.escape, _ABOUT), key=len, reverse=True)))
_EMPTY: Final = re.compile(r"[的了呢啊呀吧嘛哦啦哈您你我们咱就都也还才会要可能以是有在和跟与或到起来去一下个这那给把被让请\W\d_]")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit."""

    value: float
    unit: str
    start: int
    end: int
    """Where it stands in the text."""

    @property
    def loose(self) -> bool:
        """Whether it only counts things."""
        return self.unit in _LOOSE


@dataclass(frozen=True, slots=True)
class Clause:
    """What stands between two marks of punctuation."""

    text: str
    start: int
    """Where it begins in the whole text."""
    sentence: str
    amounts: tuple[Amount, ...]
    """Placed in the whole text."""
    denied: int
    """How many words of negation."""
    about: frozenset[str]
    """Levels, channels, campaigns, conditions that it names."""
    around: frozenset[str]
    """Those of the whole sentence."""
    grams: frozenset[str]
    """Pairs of characters that carry its matter: no numbers, no negation, no little words."""


def number(digits: str) -> float:
    """七 → 7, 十五 → 15, 1.5 → 1.5."""
    if digits[0].isdigit():
        return float(digits)
    total = digit = 0
    for sign in digits:
        if sign in "十百千万":
            total += (digit or 1) * {"十": 10, "百": 100, "千": 1000, "万": 10000}[sign]
            digit = 0
        else:
            digit = _DIGITS[sign]
    return float(total + digit)


@lru_cache(maxsize=8192)
def amounts(text: str) -> tuple[Amount, ...]:
    """All numbers with units, in their order; times of day are hours (21点半 is 21.5) of the unit 点."""
    found = [Amount(number(one["digits"]), _UNITS[one["unit"].lower()], one.start(), one.end()) for one in _AMOUNT.finditer(text)]
    found += [Amount(*_HALVES[one[0]], one.start(), one.end()) for one in _HALF.finditer(text)]
    found += [Amount(float(one[1] or one[2] or one[3]), "元", one.start(), one.end()) for one in _MONEY.finditer(text)]
    for one in _CLOCK.finditer(text):
        hour = int(one[1]) + (int(one[2]) / 60 if one[2] else 0.5 if one[3] else 0.0)
        if hour <= 24:
            found.append(Amount(hour, "点", one.start(), one.end()))
    return tuple(sorted(found, key=lambda one: one.start))


def plain(text: str) -> str:
    """The text in one width (full-width digits and letters as usual ones), every character in its place."""
    return "".join(
        one if len(one := unicodedata.normalize("NFKC", sign)) == 1 and sign not in "，：；！？（）～" else sign for sign in text
    )


def denials(text: str) -> int:
    """How often it says no."""
    return len(_NOT.findall(text))


def without_denials(text: str) -> str:
    """The text with its words of negation taken out."""
    return _NOT.sub("", text)


def about(text: str) -> frozenset[str]:
    """Levels, channels, campaigns and conditions that a text names."""
    return frozenset(_ABOUT[word] for word in _ABOUT_WORD.findall(text))


def grams(text: str) -> frozenset[str]:
    """Pairs of the characters that carry the matter; a single one where there is only one."""
    core = _EMPTY.sub("", without_denials(_AMOUNT.sub("", text)))
    return frozenset(core[at : at + 2] for at in range(max(1, len(core) - 1))) if core else frozenset()


@lru_cache(maxsize=8192)
def clauses(text: str) -> tuple[Clause, ...]:
    """The clauses of a text, each with what lint compares."""
    return tuple(_clauses(plain(text)))


def _clauses(text: str) -> Iterator[Clause]:
    known = amounts(text)
    for begin, sentence in _pieces(text, _ENDS):
        around = about(sentence)
        for start, part in _pieces(sentence, _PARTS):
            at = begin + start
            here = tuple(one for one in known if at <= one.start < at + len(part))
            yield Clause(part, at, sentence, here, denials(part), about(part), around, grams(part))


def _pieces(text: str, marks: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    """(place, piece) of what stands between marks; empty pieces are left out."""
    start = 0
    for mark in marks.finditer(text):
        if text[start : mark.start()].strip():
            yield start, text[start : mark.start()]
        start = mark.end()
    if text[start:].strip():
        yield start, text[start:]
