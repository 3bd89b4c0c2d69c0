"""Days, resolved against the moment the message was sent: 下周三, 月底, 3月8号, 三天后, 中秋, 腊月廿三."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial

from intents.finding import Found
from intents.slots.almanac import Dated, back, feasts, lunar_days, on
from intents.slots.numerals import NUMBER, number

_SHIFT = {
    "大前天": -3, "前天": -2, "前日": -2, "前晚": -2, "前儿": -2, "昨天": -1, "昨日": -1, "昨晚": -1, "昨夜": -1, "昨儿": -1,
    "今天": 0, "今日": 0, "今晚": 0, "今早": 0, "今儿": 0, "今夜": 0, "今个儿": 0, "昨个儿": -1, "明个儿": 1, "今天早": 0,
    "明天": 1, "明日": 1, "明晚": 1, "明早": 1, "明儿": 1, "后天": 2, "后日": 2, "后晚": 2, "后儿": 2, "大后天": 3, "大后日": 3,
}  # fmt: skip
_DAY = re.compile("|".join(sorted((word for word in _SHIFT if word != "今天早"), key=len, reverse=True)))
_WEEK = r"(?:周|星期|礼拜)"
_WEEKDAY = re.compile(
    rf"(?<![每隔几]个)(?<![每隔几])(?<!(?<![周期拜])[一二两三四五六七八九十\d])(?:(?P<which>上上|下下|上|下|这|本)个?)?{_WEEK}"
    r"(?P<day>[一二三四五六日天末]|[1-6](?!\d))(?![年日]?[期刊岁])(?!次|遍|回|[个年瓶片左右内以]|天)"
)
_SERVICE = re.compile(rf"(?:{_WEEK}[一二三四五六日天](?:到|至|-|~)(?:{_WEEK})?[一二三四五六日天])|(?:工作日|每)[^,。]{{0,3}}周末")
_MONTH_PART = re.compile(
    r"(?<![\d一二三四五六七八九十正腊冬])(?P<which>上|下|这|本|当)?(?:个)?月(?P<part>底|末|初|中)(?![旬药国式餐等间])"
    r"(?!级|始|[一二三四五六七八九十])"
)
_MONTH_OF = re.compile(
    rf"(?<!农历)(?<!阴历)(?P<year>[去今明]年)?(?P<month>{NUMBER})月(?:份)?(?P<part>底|末|初(?![一二三四五六七八九十])"
    r"|中(?=$|[^旬]))"
)
_FULL = re.compile(r"(?<!\d)(20\d{2})[年/.-](\d{1,2})[月/.-](\d{1,2})[日号]?(?!\d)")
_MONTH_DAY = re.compile(
    r"(?<!农历)(?<!阴历)(?:(?P<year>[去今明]年)的?)?(?<![\d.])(?P<month>1[0-2]|0?[1-9]|十[一二]?"
    r"|[一二三四五六七八九])月(?:份)?的?"
    rf"(?P<day>{NUMBER})(?P<sure>[日号])?(?![个\d月])"
)
_POINT = re.compile(
    r"(?:^|(?<=[,。!? 在于等是从,，]))(1[0-2]|0?[1-9])[./](3[01]|[12]\d|0?[1-9])(?:号|(?!\d|\.\d"
    r"|[元块折斤米寸分度%版万年月折]|[a-zA-Z]))"
    r"(?=之?前|之?后|能|可以|发|到|下单|买|拍|那天|当天|有活动|开|生日|要|的?订单|[ ]?(?:早上|下午|晚上|号))"
)
_RELATIVE_DAY = re.compile(
    rf"(?P<which>上上|下下|上|下|这|本)(?:个)?月(?:(?P<day>{NUMBER})[日号]|(?P<ten>[12]\d|3[01])(?![\d个天月]))"
)
_DAY_OF_MONTH = re.compile(
    rf"(?<![\d.第月A-Za-z年农历选大小换拿戴穿])(?!0)({NUMBER})(?:号|日(?=[之以]?[前后]|能|到|发|$|[,。!? ]|下|买|送|收))"
    r"(?!链|色|店|线|楼|码|柜|机|套|款|球|电池|门|院|房|桌|选手|产品|商品|瓶|箱|同|包|油|位|常|用|鞋|粉|自然|象牙|偏"
    r"|白|亮|适合|裤|童|女|男|针|针|管|袋|盒|字|召|称|令|哪)"
)
_SHADE = re.compile(r"(?:气垫|粉底液?|色号|口红|粉饼|遮瑕|唇釉|颜色)[^,。]{0,4}$")
_LATER = re.compile(
    rf"(?<![大第每])({NUMBER}|半)(天|日|周|个?星期|个?礼拜|个月|个半月|年)(?:之|以)?(后|前)(?!台|端|面|摄|置"
    r"|[一两]天)"
)
_YEAR_END = re.compile(r"(?P<which>今|明|去)?年(?:底|末)(?!奖)")
_DUE = re.compile(
    r"预产期?|(?:[要会快该]|准备|计划)生(?!鲜|姜|气|产日|吃|活|日|发|病|意|蚝|理|效)|生娃|生宝宝|卸货|临盆|剖腹产"
    r"|分娩"
)
_STEPS = {"上上": -2, "上": -1, "下": 1, "下下": 2, "去年": -1, "明年": 1, "去": -1, "明": 1}
_RECENT = 45
"""Days by which a day without a year may lie back."""


def dates(text: str, at: datetime | None) -> Iterator[Found]:
    """All days of a sentence; without a moment only those that name their year."""
    due = [found.span() for found in _DUE.finditer(text)]
    for found in _FULL.finditer(text):
        if day := _day(int(found[1]), int(found[2]), int(found[3])):
            yield Found(_name(due, *found.span()), day.isoformat(), *found.span())
    if at is None:
        return
    for day, start, end in _relative(text, at.date()):
        yield Found(_name(due, start, end), day.isoformat(), start, end)


def _name(due: list[tuple[int, int]], start: int, end: int) -> str:
    """A day near to words of birth is a due date."""
    near = any(0 <= start - last <= 12 or 0 <= first - end <= 6 for first, last in due)
    return "due_date" if near else "date"


def _relative(text: str, today: date) -> Iterator[Dated]:
    """Days that lean on today, the longer forms first."""
    yield from feasts(text, today)
    if "月" in text or "年" in text or "初" in text:
        yield from lunar_days(text, today)
        yield from _named_days(text, today)
        yield from _months(text, today)
    yield from _weekdays(text, today)
    for found in _DAY.finditer(text):
        if not (found[0][0] == "后" and text[found.start() - 1 : found.start()] in ("明", "今")):
            yield today + timedelta(_SHIFT[found[0]]), *found.span()
    for found in _LATER.finditer(text):
        if (resolved := _later(today, found)) is not None:
            yield resolved, *found.span()
    yield from _numbered(text, today)


def _numbered(text: str, today: date) -> Iterator[Dated]:
    """4.15, 15号."""
    for found in _POINT.finditer(text):
        if day := _of_month(int(found[1]), int(found[2]), text, found.end(), today):
            yield day, found.start(), found.end()
    for found in _DAY_OF_MONTH.finditer(text):
        value = number(found[1])
        if not value or value != int(value) or not 1 <= value <= 31 or _SHADE.search(text[: found.start()]):
            continue
        if resolved := _next_day(today, int(value), back(text, found.end())):
            yield resolved, *found.span()


def _named_days(text: str, today: date) -> Iterator[Dated]:
    """3月8号, 明年3月8号, 下月15号."""
    for found in _MONTH_DAY.finditer(text):
        month, day = int(number(found["month"]) or 0), int(number(found["day"]) or 0)
        if not (found["sure"] or found["day"].isdigit() or len(found["day"]) > 1):
            continue
        year = today.year + _STEPS.get(found["year"], 0) if found["year"] else None
        resolved = _day(year, month, day) if year else _of_month(month, day, text, found.end(), today)
        if resolved:
            yield resolved, *found.span()
    for found in _RELATIVE_DAY.finditer(text):
        first = _month(today, _STEPS.get(found["which"], 0))
        if resolved := _day(first.year, first.month, int(number(found["day"] or found["ten"]) or 0)):
            yield resolved, *found.span()


def _of_month(month: int, day: int, text: str, end: int, today: date) -> date | None:
    """A month and a day of the year that fits: one just gone is meant rather than one in eleven months."""
    near = any(0 <= found.start() - end <= 6 or 0 <= end - found.end() <= 20 for found in _DUE.finditer(text))
    return on(lambda year: _day(year, month, day), today, back(text, end), 0 if near else _RECENT)


def _months(text: str, today: date) -> Iterator[Dated]:
    """月底, 下月初, 三月底, 年底; a bare 月初 is the next one unless the sentence looks back."""
    for found in _MONTH_OF.finditer(text):
        month, part = int(number(found["month"]) or 0), found["part"]
        if not 1 <= month <= 12:
            continue
        if found["year"]:
            yield _part(date(today.year + _STEPS.get(found["year"], 0), month, 1), part), *found.span()
        elif day := on(partial(_month_part, month, part), today, back(text, found.end()), 31):
            yield day, *found.span()
    for found in _MONTH_PART.finditer(text):
        day = _part(_month(today, _STEPS.get(found["which"] or "", 0)), found["part"])
        if not found["which"] and day < today and not back(text, found.end()):
            day = _part(_month(today, 1), found["part"])
        yield day, *found.span()
    for found in _YEAR_END.finditer(text):
        yield date(today.year + _STEPS.get(found["which"] or "", 0), 12, 31), *found.span()


def _month_part(month: int, part: str, year: int) -> date:
    """三月底 of a year."""
    return _part(date(year, month, 1), part)


def _part(first: date, part: str) -> date:
    """The last, first or middle day of the month that ``first`` begins."""
    if part in "底末":
        return first.replace(day=monthrange(first.year, first.month)[1])
    return first if part == "初" else first.replace(day=15)


def _month(today: date, shift: int) -> date:
    """The first day of the month ``shift`` months from now."""
    months = today.year * 12 + today.month - 1 + shift
    return date(months // 12, months % 12 + 1, 1)


def _weekdays(text: str, today: date) -> Iterator[Dated]:
    """下周三, 周末; hours of business (周一到周五) name no day."""
    service = [found.span() for found in _SERVICE.finditer(text)]
    for found in _WEEKDAY.finditer(text):
        if not any(start <= found.start() < end for start, end in service):
            yield _weekday(today, found["which"], found["day"], back(text, found.end())), *found.span()


def _weekday(today: date, which: str | None, name: str, back: bool) -> date:
    """Weeks begin on Monday, 周末 is Saturday; a bare weekday is the next one, today included, or the last one."""
    index = 5 if name == "末" else "一二三四五六日".find("日" if name == "天" else name)
    index = int(name) - 1 if index < 0 else index
    monday = today - timedelta(today.weekday())
    if which:
        return monday + timedelta(7 * _STEPS.get(which, 0) + index)
    day = monday + timedelta(index)
    if back:
        return day if day <= today else day - timedelta(7)
    return day if day >= today else day + timedelta(7)


def _later(today: date, found: re.Match[str]) -> date | None:
    """三天后, 两周前, 一个月后, 半年前."""
    value = 0.5 if found[1] == "半" else number(found[1])
    if value is None or value > (5 if found[2] == "年" else 366) or re.fullmatch(r"[一二两三四五六七八九]{2}", found[1]):
        return None
    sign = 1 if found[3] == "后" else -1
    if found[2] in ("个月", "个半月", "年"):
        months = value * (12 if found[2] == "年" else 1)
        first = _month(today, sign * int(months))
        day = first.replace(day=min(today.day, monthrange(first.year, first.month)[1]))
        return day + timedelta(15 * sign) if months != int(months) or found[2] == "个半月" else day
    return today + timedelta(sign * int(value * (1 if found[2] in "天日" else 7)))


def _next_day(today: date, day: int, back: bool) -> date | None:
    """15号: of this month, of the next where it is over, and looking back where the sentence does."""
    here = _day(today.year, today.month, day)
    if (here and (here >= today) != back) or here == today:
        return here
    for shift in (-1, -2) if back else (1, 2):
        other = _month(today, shift)
        if found := _day(other.year, other.month, day):
            return found
    return None


def _day(year: int, month: int, day: int) -> date | None:
    """A date, or None for one that the calendar lacks."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
