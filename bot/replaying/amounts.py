"""What a text says in numbers, taken out of it and put into one unit each. Pure.

An amount leaves a sign of its own in its place, so that what is around it can be compared without it and what limits it (以内,
至少, 满) is found beside it. ``weak`` ones promise nothing alone (a list number, a street number, how many shops there are):
they may come or go, but not change.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from bot.replaying.amount_rules import RULES, Amount, Bound, Clocks, Found
from bot.replaying.numerals import values

__all__ = ["MARK", "MARKS", "Amount", "bounded", "measured"]

MARK: Final = 0xE000
"""The first of the private signs that stand for amounts; a text has at most ``_MOST`` of them."""
_NEAR: Final = 14
"""Signs beside an amount in which something may limit it."""
_MOST: Final = 6000
MARKS: Final = "\ue000-\uf8ff"
"""The same as a class of signs in a pattern."""
_POINT = re.compile(r"([零一二三四五六七八九十])点([一二三四五六七八九])(?=倍|折|公里|[升米元])")
_PRIVATE = re.compile(f"[{MARKS}]")
_SIGNS: Final = frozenset("0123456789零〇一二两俩三四五六七八九十百千万半双每天日周次隔翌当明后今平对第翻底末初")
"""Without any of these a text has no amount."""
_FAR = r"[^，。；" + MARKS + r"]"
_BEFORE_DOWN = re.compile(
    rf"(?:(?:至多|最多|顶多|最晚|最迟|最长){_FAR}{{0,5}}|不(?:能|可以?|得|会|要|应|允许)?超[过出]|不多于|不高于|不大于|不足|(?<!不)(?:少于|低于|小于)|[不没未][满到够]了?)$"
)
_BEFORE_UP = re.compile(
    rf"(?:(?:至少|最少|起码|最早|最快){_FAR}{{0,5}}|不少于|不低于|不止|(?<![不能以可得会要应许])超[过出]?了?|(?<!不)(?:大于|高于|多于)|(?<![通经])过了|(?<![不没未])满了?)$"
)
_AFTER_DOWN = re.compile(r"(?:钟|的)?(?:(?:以|之)?内|以下|(?:以|之)?前(?!面|几|台)|为止|封顶|的?时间里)")
_AFTER_UP = re.compile(r"(?:钟|的)?(?:以上|起|开外|往上|[以之]外|(?:以|之)?后(?!面|台))")
_RATE = re.compile(rf"(?:至多|最多|不超过|最少|至少|只|可以|能|免费|得|可|洗|涂|用|抽|领|送|签到|打卡)*[{MARKS}]")
_ONLY = re.compile(r"(?:只(?![要见])|仅|限)" + _FAR + r"{0,5}$")
_LABEL = re.compile(r"[抵减返省降让优惠付收打退存余剩占提]|实付")
_ONES: Final = frozenset({"count", "times", "people"})


def measured(text: str) -> tuple[str, tuple[tuple[Amount, ...], ...]]:
    """A text with a private sign (from ``MARK`` on) for each amount, and what each of the signs stands for."""
    kept: list[tuple[Amount, ...]] = []

    def taken(told: Found) -> Callable[[re.Match[str]], str]:
        def one(found: re.Match[str]) -> str:
            if len(kept) >= _MOST:
                return found[0]
            kept.append(tuple(replace(one, told=found[0].strip()) for one in told(found)))
            return chr(MARK + len(kept) - 1)

        return one

    text = _PRIVATE.sub("", _POINT.sub(_pointed, text))
    has = frozenset(text)
    for needs, pattern, told in RULES if has & _SIGNS else ():
        if not needs or has & needs:
            text = pattern.sub(taken(told or Clocks()), text)
    return text, tuple(kept)


def _pointed(found: re.Match[str]) -> str:
    """一点五 as 1.5."""
    return f"{values(found[1])[0]:g}.{values(found[2])[0]:g}"


def bounded(clause: str, at: int, some: tuple[Amount, ...]) -> Iterator[Amount]:
    """The amounts behind the sign at a place of a clause, with what limits them there."""
    left, right = clause[max(0, at - _NEAR) : at], clause[at + 1 : at + 1 + _NEAR]
    bound: Bound = ""
    if _BEFORE_DOWN.search(left) or _AFTER_DOWN.match(right):
        bound = "down"
    if _BEFORE_UP.search(left) or (not bound and _AFTER_UP.match(right)):
        bound = "up"
    for one in some:
        yield replace(one, bound=bound, weak=(one.weak and not bound) or _light(one, left, right, bound))


def _light(one: Amount, left: str, right: str, bound: Bound) -> bool:
    """Whether an amount says nothing that could be held against the shop: 一个, 一天 of 一天两次, 5% of 5%烟酰胺."""
    if bound or _ONLY.search(left):
        return False
    if one.family == "share":
        return not _LABEL.search(left) and bool(re.match(r"[一-龥]*[酸醇胺肽素酯精油脂碱苷]", right))
    if one.family == "time":
        return one.written == "1" and bool(_RATE.match(right))
    return one.family in _ONES and one.value == "1"
