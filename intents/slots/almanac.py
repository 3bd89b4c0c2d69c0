"""Days that come once a year: feasts by name and days of the Chinese calendar, in the year that is meant."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from intents.slots.festivals import festivals
from intents.slots.lunar import day_number, eve, month_number, month_of, solar

Dated = tuple[date, int, int]
"""A day and where it is said."""

_LUNAR = re.compile(
    r"(?:(?P<year>[去今明]年)的?)?(?:(?P<sure>农历|阴历|旧历)的?)?"
    r"(?P<month>正|腊|冬|十[一二]?|[一二三四五六七八九]|1[0-2]|(?<!\d)[1-9])月"
    r"(?:份)?的?(?P<day>初[一二三四五六七八九十]|廿[一二三四五六七八九]?|二?十[一二三四五六七八九]?|三十|底|末"
    r"|\d{1,2})(?![\d日号个天])"
)
_NEW_YEAR = re.compile(r"(?:大年|年|正月里?)(?P<day>初[一二三四五六七八九十])")
_BARE = re.compile(
    r"(?<![年月最当起])(?P<day>初[一二三四五六七八九十])(?=$|[,。!?]|之?前|之?后|以[前后]|那天|当天|就|能|可以|还|开"
    r"|上班|到货|发货|营业|复工|要|会)(?!开学)"
)
_LUNAR_NOW = re.compile(r"(?:农历|阴历)(?:的)?(?:这个|本)?月(?:底|末)|(?:农历|阴历)年(?:底|末)")
_PAST = re.compile(
    r"(?:那天|当天|那会儿?|号|晚上|晚|早上|上午|下午|中午|左右|的时候|我|刚|就|在你们?家?店?|直播间?|大促|活动|已经"
    r"|才|搞活动|的){0,4}"
    r"(?:(?:买|拍|订|定|付|收|签收|囤|抢|退|寄|领|充|办|发|到|入手|下|预约|约|换)(?:的|了|到的?|过|货的|款的?|款了"
    r"|下的|单的?|单了|[^,。!?]{0,5}了)|下单|的订单|那单|到现在|就已经|开始就)"
    r"(?!能|吗|会)"
)
_ASKS = re.compile(r"能|会|可以|之前|前|再|才能|打算|准备|想")
_YEARS = {"去年": -1, "今年": 0, "明年": 1}


def feasts(text: str, today: date) -> Iterator[Dated]:
    """中秋, 去年双十一, 元旦前一天."""
    for of, year, start, end in festivals(text):
        if day := _in_year(of, year, today, back(text, end)):
            yield day, start, end


def lunar_days(text: str, today: date) -> Iterator[Dated]:
    """正月十五, 农历四月初八, 腊月底, 大年初五."""
    for found in _LUNAR.finditer(text):
        month, day = month_number(found["month"]), 0 if found["day"] in "底末" else day_number(found["day"])
        if month is None or day is None or not _is_lunar(found):
            continue
        year = _YEARS.get(found["year"]) if found["year"] else None
        if resolved := _in_year(_yearly(month, day), year, today, back(text, found.end())):
            yield resolved, *found.span()
    yield from _new_year_days(text, today)


def _new_year_days(text: str, today: date) -> Iterator[Dated]:
    """大年初五, a bare 初八 around the New Year, and the end of the Chinese month or year that runs."""
    here = month_of(today)
    for pattern in (_NEW_YEAR, _BARE):
        for found in pattern.finditer(text):
            day = day_number(found["day"]) or 1
            meant = pattern is _NEW_YEAR or (here is not None and here[1] in (12, 1))
            if meant and (resolved := on(_yearly(1, day), today, back(text, found.end()))):
                yield resolved, *found.span()
    for found in _LUNAR_NOW.finditer(text):
        resolved = on(eve, today, False) if "年" in found[0] else solar(*here, 0) if here else None
        if resolved:
            yield resolved, *found.span()


def _is_lunar(found: re.Match[str]) -> bool:
    """Whether a month and a day can only be those of the Chinese calendar."""
    if found["sure"] or found["month"] in "正腊冬":
        return True
    return found["day"][0] in "初廿" or found[0] == "八月十五"


def _yearly(month: int, day: int) -> Callable[[int], date | None]:
    """A day of the Chinese calendar as a function of the year."""
    return lambda year: solar(year, month, day)


def back(text: str, end: int) -> bool:
    """Whether what follows a day tells of something done: 15号买的."""
    found = _PAST.match(text, end)
    return found is not None and not _ASKS.search(found[0])


def on(of: Callable[[int], date | None], today: date, back: bool, recent: int = 0) -> date | None:
    """The yearly day that is meant: the last one where the sentence looks back, else the next, or one just gone."""
    days = [day for shift in (-2, -1, 0, 1, 2) if (day := of(today.year + shift))]
    if back:
        return max((day for day in days if day <= today), default=None)
    return min((day for day in days if day >= today - timedelta(recent)), default=None)


def _in_year(of: Callable[[int], date | None], year: int | str | None, today: date, back: bool) -> date | None:
    """As `on`, where no year was said."""
    if year is None:
        return on(of, today, back)
    return of(int(year) if isinstance(year, str) else today.year + year)
