"""Days, resolved against the moment the message was sent: 下周三, 月底, 3月8号, 三天后."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from intents.finding import Found
from intents.slots.numerals import NUMBER, number

_SHIFT = {
    "大前天": -3, "前天": -2, "昨天": -1, "昨日": -1, "昨晚": -1, "今天": 0, "今日": 0, "今晚": 0, "今早": 0, "今儿": 0,
    "明天": 1,    "明日": 1, "明晚": 1, "明早": 1, "明儿": 1, "后天": 2, "后晚": 2, "大后天": 3, "前晚": -2, "当天": 0,
}  # fmt: skip
_DAY = re.compile("|".join(sorted((word for word in _SHIFT if word != "当天"), key=len, reverse=True)))
_WEEKDAY = re.compile(r"(上上|下下|上|下|这|本)?(?:个)?(?:周|星期|礼拜)([一二三四五六日天末1-6])(?![年日]?[期刊岁])")
_MONTH_PART = re.compile(r"(上|下|这|本|当)?(?:个)?月(底|末|初|中)(?!旬)")
_MONTH_OF = re.compile(rf"({NUMBER})月(?:份)?(底|末|初)")
_FULL = re.compile(r"(?<!\d)(20\d{2})[年/.-](\d{1,2})[月/.-](\d{1,2})[日号]?(?!\d)")
_MONTH_DAY = re.compile(rf"(?:(明年|今年|去年))?(?<!\d)(1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月({NUMBER})[日号]?")
_RELATIVE_DAY = re.compile(rf"(上|下|这|本)(?:个)?月({NUMBER})[日号]")
_DAY_OF_MONTH = re.compile(
    rf"(?<![\d.第月A-Za-z年])({NUMBER})[号日](?!链|色|店|线|楼|码|柜|机|套|款|球|电池|门|院|房|桌|选手|产品|商品|瓶|箱|同|包|油|位|常|用)"
)
_LATER = re.compile(rf"({NUMBER}|半)(天|日|周|个?星期|个?礼拜|个月)(?:之|以)?(后|前)(?!台|端|面)")
_YEAR_END = re.compile(r"(今|明|去)?年底")
_PAST = re.compile(r"买的|下的?单|下单|拍的|订的|付的|到的|收到|发的|就|已经|都|签收")
_DUE = re.compile(r"预产期?|生产|要生|[要会]?卸货|临盆")
_STEPS = {"上上": -2, "上": -1, "下": 1, "下下": 2, "去": -1, "明": 1, "去年": -1, "明年": 1}


def dates(text: str, at: datetime | None) -> Iterator[Found]:
    """All days of a sentence; without a moment only those that name their year."""
    name = "due_date" if _DUE.search(text) else "date"
    for found in _FULL.finditer(text):
        if day := _day(int(found[1]), int(found[2]), int(found[3])):
            yield Found(name, day.isoformat(), *found.span())
    if at is None:
        return
    for day, start, end in _relative(text, at.date()):
        yield Found(name, day.isoformat(), start, end)


def _relative(text: str, today: date) -> Iterator[tuple[date, int, int]]:
    """Days that lean on today, the longer forms first."""
    yield from _named_days(text, today)
    for found in _WEEKDAY.finditer(text):
        yield _weekday(today, found[1], found[2]), *found.span()
    yield from _months(text, today)
    for found in _DAY.finditer(text):
        yield today + timedelta(_SHIFT[found[0]]), *found.span()
    for found in _LATER.finditer(text):
        if (resolved := _later(today, found)) is not None:
            yield resolved, *found.span()
    for found in _DAY_OF_MONTH.finditer(text):
        value = number(found[1])
        if value and value == int(value) and 1 <= value <= 31 and (resolved := _next_day(today, int(value), text)):
            yield resolved, *found.span()


def _named_days(text: str, today: date) -> Iterator[tuple[date, int, int]]:
    """3月8号, 下月15号."""
    for found in _MONTH_DAY.finditer(text):
        month, day = int(number(found[2]) or 0), int(number(found[3]) or 0)
        if found[0].endswith(("日", "号")) or found[3].isdigit() or len(found[3]) > 1:
            year = today.year + _STEPS.get(found[1] or "", 0)
            if resolved := _day(year, month, day):
                yield resolved if found[1] else _nearest(resolved, today, text), *found.span()
    for found in _RELATIVE_DAY.finditer(text):
        month_start = _month(today, _STEPS.get(found[1], 0))
        if resolved := _day(month_start.year, month_start.month, int(number(found[2]) or 0)):
            yield resolved, *found.span()


def _months(text: str, today: date) -> Iterator[tuple[date, int, int]]:
    """月底, 下月初, 三月底, 年底."""
    for found in _MONTH_OF.finditer(text):
        month = int(number(found[1]) or 0)
        if 1 <= month <= 12:
            year = today.year + (1 if month < today.month else 0)
            yield _part(date(year, month, 1), found[2]), *found.span()
    for found in _MONTH_PART.finditer(text):
        yield _part(_month(today, _STEPS.get(found[1] or "", 0)), found[2]), *found.span()
    for found in _YEAR_END.finditer(text):
        yield date(today.year + _STEPS.get(found[1] or "", 0), 12, 31), *found.span()


def _part(first: date, part: str) -> date:
    """The last, first or middle day of the month that ``first`` begins."""
    if part in "底末":
        return first.replace(day=monthrange(first.year, first.month)[1])
    return first if part == "初" else first.replace(day=15)


def _month(today: date, shift: int) -> date:
    """The first day of the month ``shift`` months from now."""
    months = today.year * 12 + today.month - 1 + shift
    return date(months // 12, months % 12 + 1, 1)


def _weekday(today: date, which: str | None, name: str) -> date:
    """Weeks begin on Monday, 周末 is Saturday; a bare weekday is the next one, today included."""
    index = 5 if name == "末" else "一二三四五六日".find("日" if name == "天" else name)
    index = int(name) - 1 if index < 0 else index
    monday = today - timedelta(today.weekday())
    if which:
        return monday + timedelta(7 * _STEPS.get(which, 0) + index)
    day = monday + timedelta(index)
    return day if day >= today else day + timedelta(7)


def _later(today: date, found: re.Match[str]) -> date | None:
    """三天后, 两周前, 一个月后."""
    value = 0.5 if found[1] == "半" else number(found[1])
    if value is None or value > 366:
        return None
    sign = 1 if found[3] == "后" else -1
    if found[2] == "个月":
        if value == 0.5:
            return today + timedelta(15 * sign)
        first = _month(today, sign * int(value))
        return first.replace(day=min(today.day, monthrange(first.year, first.month)[1]))
    return today + timedelta(sign * int(value * (1 if found[2] in "天日" else 7)))


def _next_day(today: date, day: int, text: str) -> date | None:
    """15号: of this month, of the next where it is over, and looking back where the sentence does."""
    here = _day(today.year, today.month, day)
    if (here and (here >= today) != bool(_PAST.search(text))) or here == today:
        return here
    other = _month(today, -1 if _PAST.search(text) else 1)
    return _day(other.year, other.month, day) or here


def _nearest(day: date, today: date, text: str) -> date:
    """3月8号: of the year that brings it closest, never over where a due date is meant."""
    years = (_day(day.year + shift, day.month, day.day) for shift in (-1, 0, 1))
    known = [one for one in years if one and (one >= today or not _DUE.search(text))]
    return min(known, key=lambda one: abs((one - today).days) + (one < today)) if known else day


def _day(year: int, month: int, day: int) -> date | None:
    """A date, or None for one that the calendar lacks."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
