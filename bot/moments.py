"""When somebody means to be reminded: 明天上午10点, 后天, 半小时后, 下周三晚上 → a moment, and the words around it. Pure."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

FARTHEST = timedelta(days=366)
"""Whoever means a day beyond a year has mistyped it."""
MORNING = time(10)
"""A day without an hour means when the shop opens."""
_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_N = r"(?:\d{1,4}|[零〇一二两三四五六七八九十]{1,3})"
_DAYS = {"今天": 0, "今日": 0, "今晚": 0, "今早": 0, "明天": 1, "明日": 1, "明早": 1, "明晚": 1, "后天": 2, "大后天": 3}
_WEEKDAYS = {sign: day for day, sign in enumerate("一二三四五六")} | {"日": 6, "天": 6, "末": 5}
_PARTS = {
    "凌晨": (0, 0), "清晨": (7, 0), "早上": (9, 0), "早晨": (9, 0), "上午": (10, 0), "中午": (12, 12), "下午": (15, 12),
    "傍晚": (18, 12), "晚上": (19, 12), "今晚": (19, 12), "明晚": (19, 12), "今早": (9, 0), "明早": (9, 0), "早": (9, 0),
    "晚": (19, 12),
}  # fmt: skip
"""A part of the day → its hour where none is said, and what it adds to an hour of the twelve."""
_LATER = re.compile(
    rf"(?:(?:再)?过)?(?:(?P<half>半)(?P<half_unit>个?小时|个?钟头|天)|(?P<n>{_N})(?P<and_half>个半)?个?"
    r"(?P<unit>分钟|分|刻钟|小时|钟头|天|日|星期|礼拜|周|个?月)(?P<too>半)?)(?:之?后|以后)?"
)
_DAY = (
    r"(?P<near>大后天|后天|明[天日早晚]|今[天日早晚])"
    r"|(?P<next>下下|下|这|本)?个?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天末])"
    r"|(?:(?P<year>\d{4})[-/.年])?(?P<month>\d{1,2})(?:月|[-/](?=\d))(?P<day>\d{1,2})[号日]?"
    r"|(?P<only>\d{1,2})[号日]"
)
_PART = r"(?P<part>凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|早|晚)"
_CLOCK = rf"(?:(?P<colon>\d{{1,2}})[:：](?P<sixty>\d{{2}})|(?P<hour>{_N})[点时](?:(?P<h>半)|(?P<q>[一三])刻|(?P<m>{_N})分?)?钟?)"
_MOMENT = re.compile(rf"(?:(?:{_DAY})\s*(?:的)?\s*)?(?:{_PART})?\s*(?:{_CLOCK})?")
_UNITS = {
    "分钟": timedelta(minutes=1), "分": timedelta(minutes=1), "刻钟": timedelta(minutes=15), "小时": timedelta(hours=1),
    "钟头": timedelta(hours=1), "天": timedelta(days=1), "日": timedelta(days=1), "星期": timedelta(days=7),
    "礼拜": timedelta(days=7), "周": timedelta(days=7), "月": timedelta(days=30), "个月": timedelta(days=30),
}  # fmt: skip
_OVER = re.compile(r"(?:昨天|前天|昨晚|上个?(?:周|星期|礼拜)[一二三四五六日天末]?)[的 ]?$")
_EDGES = " \t，,。；;：:、的"


@dataclass(frozen=True, slots=True)
class When:
    """A moment out of a sentence."""

    at: datetime
    rest: str
    """The sentence without the words that named it."""


def when(text: str, now: datetime) -> When | None:
    """The first moment that a text names, in the zone of ``now``; None where it names none that is still to come.

    An hour of the twelve without a part of the day is meant as shops are open: 3点 is the afternoon, 9点 the morning.
    """
    for start in _starts(text):
        found = _later(text, start, now) or _said(text, start, now)
        if found is not None:
            end, at = found
            if _OVER.search(text[:start]) or not now < at <= now + FARTHEST:
                return None
            rest = f"{text[:start].strip(_EDGES)} {text[end:].strip(_EDGES)}".strip()
            return When(at, rest)
    return None


def _starts(text: str) -> list[int]:
    return [at for at in range(len(text)) if not (at and text[at].isdigit() and text[at - 1].isdigit())]


def _later(text: str, start: int, now: datetime) -> tuple[int, datetime] | None:
    """半小时后, 三天后下午两点: a span from now."""
    found = _LATER.match(text, start)
    if found is None or not (found[0].endswith(("后",)) or "过" in found[0]):
        return None
    if found["half"]:
        span = timedelta(hours=12) if found["half_unit"] == "天" else timedelta(minutes=30)
        return found.end(), now + span
    unit = _UNITS[found["unit"].removeprefix("个")]
    count = _number(found["n"]) + (0.5 if found["and_half"] or found["too"] else 0)
    try:
        at = now + unit * count
    except OverflowError:
        return None
    if unit < timedelta(days=1):
        return found.end(), at
    clock = _MOMENT.match(text, found.end())
    hour = _clock(clock) if clock is not None and _day_of(clock, now) is None else None
    if hour is None or clock is None:
        return found.end(), datetime.combine(at.date(), MORNING, now.tzinfo)
    return clock.end(), datetime.combine(at.date(), hour, now.tzinfo)


def _said(text: str, start: int, now: datetime) -> tuple[int, datetime] | None:
    """明天上午10点, 周三, 20号下午: a day, an hour, or both."""
    found = _MOMENT.match(text, start)
    if found is None or not found[0].strip():
        return None
    day, hour = _day_of(found, now), _clock(found)
    if (found["part"] in {"早", "晚"} and day is None and found["hour"] is None) or (day is None and hour is None):
        return None
    if day is None and hour is not None:
        today = datetime.combine(now.date(), hour, now.tzinfo)
        return found.end(), today if today > now else today + timedelta(days=1)
    if day is None:
        return None
    at = datetime.combine(day, hour or MORNING, now.tzinfo)
    if hour is None and found["near"] and at <= now:
        at = now + timedelta(hours=1)
    if found["weekday"] and not found["next"] and at <= now:
        at += timedelta(days=7)
    return found.end(), at


def _day_of(found: re.Match[str], now: datetime) -> date | None:
    today = now.date()
    if found["near"]:
        return today + timedelta(days=_DAYS[found["near"]])
    if found["weekday"]:
        monday = today - timedelta(days=today.weekday())
        day = monday + timedelta(days=_WEEKDAYS[found["weekday"]], weeks={"下": 1, "下下": 2}.get(found["next"] or "", 0))
        return day + timedelta(days=7) if day < today and not found["next"] else day
    try:
        if found["month"]:
            return _coming(int(found["year"] or 0), int(found["month"]), int(found["day"]), today)
        return _day_number(int(found["only"]), today) if found["only"] else None
    except ValueError:
        return None


def _coming(year: int, month: int, day: int, today: date) -> date:
    """A day of the calendar; without a year the next one. Raises ValueError for 2月30号."""
    told = date(year or today.year, month, day)
    return told if year or told >= today else date(today.year + 1, month, day)


def _day_number(day: int, today: date) -> date:
    """20号: of this month, or of the next where it is past. Raises ValueError."""
    if day >= today.day:
        return today.replace(day=day)
    first = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    return first.replace(day=day)


def _clock(found: re.Match[str]) -> time | None:
    """The time of day; None where none is said or there is no such hour."""
    part = found["part"] or (found["near"] if found["near"] in _PARTS else None)
    usual, added = _PARTS[part] if part else (None, 0)
    told = found["colon"] or found["hour"]
    if told is None:
        return time(usual) if usual is not None else None
    hour, minute = _number(told), _minute(found)
    if part is None and 1 <= hour <= 7:
        hour += 12
    elif added and hour < 12 and not (part == "中午" and hour >= 10):
        hour += added
    try:
        return time(hour, minute)
    except ValueError:
        return None


def _minute(found: re.Match[str]) -> int:
    if found["h"]:
        return 30
    if found["q"]:
        return 15 * (_number(found["q"]))
    told = found["sixty"] or found["m"]
    return _number(told) if told else 0


def _number(told: str) -> int:
    """12, 十二, 二十, 两 as a number; what is none is far beyond any clock."""
    if told.isascii() and told.isdigit():
        return int(told)
    head, ten, tail = told.partition("十")
    if not ten:
        return _DIGITS.get(told, 10_000)
    return (_DIGITS.get(head, 1) if head else 1) * 10 + (_DIGITS.get(tail, 0) if tail else 0)
