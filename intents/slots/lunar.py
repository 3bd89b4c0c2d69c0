"""The Chinese calendar of 2000 to 2100: days of the 农历 as days of the solar calendar."""

import re
from datetime import date, timedelta
from functools import cache

_FIRST_YEAR = 2000
_FIRST_DAY = date(2000, 2, 5)
"""New Year's Day of the table's first year."""
_YEARS = tuple(
    int(year, 16)
    for year in re.findall(
        r"\w+",
        """
    0c960 0d954 0d4a0 0da50 07552 056a0 0abb7 025d0 092d0 0cab5 0a950 0b4a0 0baa4 0ad50 055d9 04ba0 0a5b0 15176 052b0 0a930
    07954 06aa0 0ad50 05b52 04b60 0a6e6 0a4e0 0d260 0ea65 0d530 05aa0 076a3 096d0 04afb 04ad0 0a4d0 1d0b6 0d250 0d520 0dd45
    0b5a0 056d0 055b2 049b0 0a577 0a4b0 0aa50 1b255 06d20 0ada0 14b63 09370 049f8 04970 064b0 168a6 0ea50 06b20 1a6c4 0aae0
    092e0 0d2e3 0c960 0d557 0d4a0 0da50 05d55 056a0 0a6d0 055d4 052d0 0a9b8 0a950 0b4a0 0b6a6 0ad50 055a0 0aba4 0a5b0 052b0
    0b273 06930 07337 06aa0 0ad50 14b55 04b60 0a570 054e4 0d260 0e968 0d520 0daa0 16aa6 056d0 04ae0 0a9d4 0a4d0 0d150 0f252
    0d520
""",
    )
)
"""One figure for each year, as the tables after the Hong Kong Observatory's almanac write it (these are borax 4.1.3's, MIT):
bits 15 to 4 are the months 1 to 12, set where a month has 30 days and not 29; the low four bits name the month that is
followed by a leap month, and bit 16 says that this one has 30 days.
"""
_ORDER = "一二三四五六七八九"
_NAMED = {"正": 1, "元": 1, "冬": 11, "腊": 12}


@cache
def _new_year(year: int) -> date | None:
    """The first day of a Chinese year; None outside the table (the year that ends it has a first day too)."""
    if not _FIRST_YEAR <= year <= _FIRST_YEAR + len(_YEARS):
        return None
    return _FIRST_DAY + timedelta(sum(days for one in range(_FIRST_YEAR, year) for days, _ in _months(one)))


@cache
def _months(year: int) -> tuple[tuple[int, int], ...]:
    """(days, month) of a year in order; a leap month stands behind its namesake as month 0."""
    figure = _YEARS[year - _FIRST_YEAR]
    months: list[tuple[int, int]] = []
    for month in range(1, 13):
        months.append((30 if figure >> (16 - month) & 1 else 29, month))
        if figure & 0xF == month:
            months.append((30 if figure >> 16 & 1 else 29, 0))
    return tuple(months)


def solar(year: int, month: int, day: int) -> date | None:
    """The solar day of a Chinese one (of the usual, not the leap month); day 0 is the month's last.

    None for a day that the month lacks and for years outside 2000 to 2100.
    """
    start = _new_year(year)
    if start is None or not _FIRST_YEAR <= year < _FIRST_YEAR + len(_YEARS):
        return None
    passed = 0
    for days, name in _months(year):
        if name == month:
            return start + timedelta(passed + (day or days) - 1) if day <= days else None
        passed += days
    return None


def eve(year: int) -> date | None:
    """除夕, the day before the first day of a Chinese year."""
    start = _new_year(year)
    return start - timedelta(1) if start else None


def month_of(today: date) -> tuple[int, int] | None:
    """The Chinese year and month in which a day lies (a leap month as the one it repeats); None outside the table."""
    for year in (today.year, today.year - 1):
        start = _new_year(year)
        if start is None or start > today or year >= _FIRST_YEAR + len(_YEARS):
            continue
        passed, last = (today - start).days, 1
        for days, name in _months(year):
            last = name or last
            if passed < days:
                return year, last
            passed -= days
    return None


def month_number(text: str) -> int | None:
    """正 → 1, 腊 → 12, 十一 → 11, 5 → 5; None for no month."""
    if text.isdigit():
        value = int(text)
    elif text in _NAMED:
        value = _NAMED[text]
    else:
        value = _figure(text)
    return value if 1 <= value <= 12 else None


def day_number(text: str) -> int | None:
    """初五 → 5, 十五 → 15, 廿三 → 23, 三十 → 30; None for no day."""
    value = int(text) if text.isdigit() else _figure(re.sub("^初", "", text))
    return value if 1 <= value <= 30 else None


def _figure(text: str) -> int:
    """Characters up to thirty as a number; 0 for none."""
    text = text.replace("廿", "二十").replace("卅", "三十").replace("二十十", "二十")
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _ORDER.find(ones) + 1 if len(ones) == 1 else 0
    return (_ORDER.find(tens) + 1 if tens else 1) * 10 + (_ORDER.find(ones) + 1 if ones else 0)
