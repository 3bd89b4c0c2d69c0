"""Policies that every shop tells in many places, each with its number: days to return, free shipping, points, reductions."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.content.items import Item
from bot.content.linting_pieces import Piece, Whom, named
from bot.content.linting_reading import about, number, plain, words_of

CONTENT: Final = frozenset({"entry", "script", "post", "macro"})
"""Kinds of items that tell shoppers something."""
_N: Final = r"(\d+(?:\.\d+)?|[一二两三四五六七八九十百千]+)"
_MATTERS: Final[Sequence[tuple[str, re.Pattern[str]]]] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        (
            "无理由退货的天数",
            (rf"(?:签收|收货|收到|到货|购买)?后?\s*{_N}\s*(?:天|日)(?:内|之内|以内)?[^。；！？]{{0,16}}?"
            rf"(?:无理由|都可以退|可以退|可退|都可以(?=，金卡|$))|{_N}\s*(?:天|日)无理由|无理由退[换货]*[^。；，]{{0,4}}{_N}\s*天"),
        ),
        (
            "包邮的门槛",
            (rf"满\s*{_N}\s*(?:元|块)?(?:就|即|可以|可|起|都)?(?:包邮|免邮|免运费)"
            rf"|(?:包邮|免邮|免运费)[^，。；]{{0,4}}满?\s*{_N}\s*(?:元|块)"),
        ),
        ("积分抵多少钱", rf"{_N}\s*积分(?:可以|可|能|就能)?(?:抵|换|当|等于)\s*{_N}\s*(?:元|块)"),
        ("付款后多久发货", rf"{_N}\s*(?:小时|天)(?:内|之内|以内)?(?:就|都|会|可以|能|安排)?(?:发货|发出)"),
        ("退款要多久", rf"{_N}\s*(?:小时|天)(?:内|之内|以内)?(?:验货并)?(?:就|会|给您)?退款"),
        ("价保的天数", rf"{_N}\s*(?:天|日)(?:的)?价保|价保(?:期)?(?:是|为)?\s*{_N}\s*(?:天|日)"),
        ("保修多久", rf"(?:保修|质保)(?:期)?(?:是|为)?\s*{_N}\s*(?:年|个月)"),
        (
            "升级的门槛",
            (rf"满\s*{_N}\s*(?:元|块)?(?:就|即|可|自动|可以)*(?:是|升|升到|升为|成为)(?:金卡|黑金|钻石)"
            rf"|(?:金卡|黑金|钻石)（(?:近12个月)?(?:累计)?(?:实付)?满\s*{_N}"),
        ),
        ("满减", rf"满\s*{_N}\s*(?:元|块)?\s*(?:立|就|再)?减\s*{_N}"),
        ("多久内说破损", rf"{_N}\s*小时(?:内|之内|以内)?(?=[^。；，]{{0,16}}(?:拍下|拍照|照片|来得及))"),
        ("质量问题的天数", rf"{_N}\s*天(?:内|之内)?[^。；，]{{0,6}}质量问题|质量问题[^。；]{{0,8}}?{_N}\s*天"),
        ("一天能签到多少积分", rf"签到[^。；，]{{0,6}}{_N}\s*积分"),
    )
)  # fmt: skip
LEVELS: Final = frozenset({"金卡", "黑金", "钻石"})
CAMPAIGNS: Final = words_of("预售 拼团 双12 双11 618 圣诞 年货 国庆 春节 周年")
_OTHERWISE: Final[Mapping[str, frozenset[str]]] = {
    "无理由退货的天数": frozenset({"质量", "过敏", "价保", "换货", "发错", "发票", "预约"}),
    "价保的天数": frozenset(),
    "退款要多久": frozenset({"价保"}),
}
"""Words that make the number one of another matter."""
_QUALIFIES: Final[Mapping[str, frozenset[str]]] = {
    "包邮的门槛": LEVELS | {"偏远", "港澳台", "同城", "天猫", "京东", "双12", "双11"},
    "付款后多久发货": LEVELS | {"预售", "拼团", "双12", "双11", "618", "圣诞", "年货", "国庆", "春节", "周末", "天猫", "京东"},
    "满减": LEVELS | {"双12", "双11", "618", "圣诞", "年货", "国庆", "春节", "周年", "天猫", "京东", "直播"},
    "退款要多久": frozenset({"微信", "银行卡", "天猫", "京东", "赠品"}),
}


@dataclass(frozen=True, slots=True)
class Told:
    """The value of a policy in one clause."""

    matter: str
    about: frozenset[str]
    value: tuple[float, ...]
    start: int
    end: int


def of_levels(whom: Whom) -> frozenset[str]:
    """The levels of customers that an audience names, in the words that texts use."""
    return frozenset().union(*(about(level) for level in whom.levels)) if whom.levels else frozenset()


def policies_of(item: Item, piece: Piece) -> Iterator[Told]:
    """The policies that a text tells, each with the levels and campaigns it is for."""
    if item.key.kind not in CONTENT or not piece.said:
        return
    text = plain(piece.text)
    for name, pattern in _MATTERS:
        for found in pattern.finditer(text):
            around = _before(text, found.start(), found.end())
            if about(around) & _OTHERWISE.get(name, frozenset()) or "超过" in text[max(0, found.start() - 6) : found.start()]:
                continue
            values = tuple(number(one) for one in found.groups() if one)
            near = found[0] if about(found[0]) & LEVELS else around
            whom = of_levels(piece.whom) | (about(near) & _QUALIFIES.get(name, LEVELS))
            topic = (about(" ".join(named(item.value, "questions"))) | about(text) & CAMPAIGNS) & _QUALIFIES.get(
                name, frozenset()
            ) - LEVELS
            if not whom & LEVELS and len(alone := about(text) & LEVELS) == 1:
                whom |= alone
            yield Told(name, whom | topic, values, found.start(), found.end())


def _before(text: str, start: int, end: int) -> str:
    """The clause in which the number stands."""
    begins = max(text.rfind(mark, 0, start) for mark in "。；！？\n，、") + 1
    whole = max(text.rfind(mark, 0, start) for mark in "。；！？\n") + 1
    ends = min((at for mark in "。；！？\n，" if (at := text.find(mark, end)) >= 0), default=len(text))
    return text[whole if "、" not in text[whole:start] else begins : ends]
