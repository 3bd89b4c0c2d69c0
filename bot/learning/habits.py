"""Habits: where somebody buys, at what price, and which brands they like. Only what is said as a habit counts. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping

from bot.learning.people import People, clause
from intents import Slot

_HABIT = re.compile(
    r"一般|平时|平常|通常|习惯|经常|常年?|总是|老是|每次|一直|从来|基本|大多|喜欢|更愿意|"
    r"都(?=是?[在去上用买]|在)|都(?=是.{0,8}[买拍下])"
)
_DOORS: Mapping[str, str] = {
    "tmall": r"天猫|淘宝",
    "jd": r"京东|(?<![A-Za-z])[jJ][dD](?![A-Za-z])|狗东",
    "wecom_mini": r"小程序|微信商城",
    "store": r"门店|店里|到店|实体店|专柜|柜台|线下(?!活动)",
}
_BUYS = re.compile(r"买|下单|拍|购|囤|入手|逛|试")
_ONCE = re.compile(r"上次|上回|之前|刚|昨天|前几天")
_NEVER = re.compile(r"(?:不|没)(?:怎么|太|再|去|在|想|爱|用|上|到|从)?(?:在|去|上|到|用)?$")
_ASKS = re.compile(r"[吗么?？]|多少|有没有|怎么|是不是")
_PAST = re.compile(r"(?:以前|之前|原来|从前|过去)[^,，。]{0,4}$")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_LIKES = re.compile(r"喜欢|爱用|最爱|一直用|常用|回购|粉丝|忠粉|用惯|习惯用")
_HATES = re.compile(r"不喜欢|讨厌|不再?用|拉黑|踩雷|再也不|不爱用|不想用|用不惯")

Habit = tuple[str, float, bool, int]
"""(value, how sure, taken back, place)"""


def doors(people: People) -> Iterator[Habit]:
    """Where the shopper buys: 我一般在天猫买 is a habit, 上次在京东买的 a hint, 天猫上多少钱 nothing."""
    for value, words in _DOORS.items():
        for found in re.finditer(words, people.text):
            before, rest, _ = clause(people.text, found.start())
            if people.whose(found.start()) != "self" or _ASKS.search(rest) or not _BUYS.search(rest):
                continue
            if _NEVER.search(before):
                yield value, 0.8, True, found.start()
            elif _PAST.search(before):
                continue
            elif _HABIT.search(before) or _HABIT.search(rest):
                yield value, 0.8, False, found.start()
            elif re.search(r"买的|拍的|下的单|买了|买过", rest) and (_ONCE.search(before) or people.explicit(found.start())):
                yield value, 0.3, False, found.start()


def price_bands(people: People, slots: Iterable[Slot], values: Iterable[str]) -> Iterator[Habit]:
    """The band of what somebody usually pays; the budget of one purchase is no habit."""
    bands = tuple(values)
    for slot in slots:
        before, rest, _ = clause(people.text, max(slot.start, 0))
        if slot.name != "budget" or not isinstance(slot.value, Mapping) or people.whose(slot.start) != "self":
            continue
        if _HABIT.search(before) and not _ASKS.search(rest) and (band := band_of(slot.value, bands)) is not None:
            yield band, 0.7, False, slot.start


def band_of(budget: Mapping[str, object], bands: Iterable[str]) -> str | None:
    """The band that holds the middle of a budget; of 200以内 what is just below, of 500以上 what is above."""
    low, high = budget.get("min"), budget.get("max")
    lowest = float(low) if isinstance(low, int | float | str) else None
    highest = float(high) if isinstance(high, int | float | str) else None
    if lowest is None and highest is None:
        return None
    middle = highest * 0.99 if lowest is None and highest is not None else lowest
    if lowest is not None and highest is not None:
        middle = (lowest + highest) / 2
    assert middle is not None
    for band in bands:
        numbers = [float(number) for number in _NUMBER.findall(band)]
        start = 0.0 if "以下" in band or "以内" in band else numbers[0] if numbers else None
        end = numbers[-1] if len(numbers) > 1 or start == 0.0 else float("inf")
        if start is not None and numbers and start <= middle < end:
            return band
    return None


def liked(people: People, slot: Slot) -> float | None:
    """How much a brand is liked (above zero) or disliked (below); None where nothing is said of it."""
    before, rest, _ = clause(people.text, slot.start)
    if people.whose(slot.start) != "self" or _ASKS.search(rest):
        return None
    if slot.negated or _HATES.search(before + rest):
        return -0.8
    return 0.8 if _LIKES.search(before + rest) else None


def usual(said: str) -> bool:
    """Whether something is done by habit: 一直喝, 平时用."""
    return _HABIT.search(said) is not None or re.search(r"在[喝用吃穿]|天天|每天", said) is not None
