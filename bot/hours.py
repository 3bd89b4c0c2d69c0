"""When somebody is there: opening hours and shifts, with holidays, and a coming opening in words."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_WORDS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_FAR = 35
"""Days that are looked ahead for the next opening: longer than any holiday."""
_SPAN = re.compile(r"^([01]?\d|2[0-4]):([0-5]\d)\s*-\s*([01]?\d|2[0-4]):([0-5]\d)$")


def _days(key: str) -> tuple[int, ...]:
    """The weekdays (Monday is 0) that ``mon-fri`` or ``sat`` names; ValueError for anything else."""
    first, dash, last = key.strip().lower().partition("-")
    if first not in _DAYS or (dash and last not in _DAYS):
        raise ValueError(f"营业日“{key}”应写成 mon-fri 或 sat 这样")
    start = _DAYS.index(first)
    end = _DAYS.index(last) if dash else start
    return tuple(day % 7 for day in range(start, end + 1 if end >= start else end + 8))


def _minutes(span: str) -> tuple[int, int]:
    match = _SPAN.match(span.strip())
    if match is None:
        raise ValueError(f"营业时间“{span}”应写成 10:00-22:00 这样")
    opens, closes = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    if opens >= closes or closes > 24 * 60:
        raise ValueError(f"营业时间“{span}”的结束要晚于开始")
    return opens, closes


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours: for each weekday (Monday first) minutes of the day, or None when closed."""

    week: tuple[tuple[int, int] | None, ...] = ((0, 24 * 60),) * 7
    closed: frozenset[date] = frozenset()
    """Days on which nobody is there, whatever the weekday says."""

    @classmethod
    def read(cls, told: Mapping[str, str], closed: Iterable[date] = ()) -> "Hours":
        """From ``{"mon-fri": "10:00-22:00"}``; days not named are closed, nothing named at all is always open."""
        if not told:
            return cls(closed=frozenset(closed))
        week: list[tuple[int, int] | None] = [None] * 7
        for key, span in told.items():
            for day in _days(key):
                week[day] = _minutes(span)
        return cls(tuple(week), frozenset(closed))

    def span(self, day: date) -> tuple[int, int] | None:
        """From which to which minute of a day somebody is there; None where nobody is."""
        return None if day in self.closed else self.week[day.weekday()]

    def open_at(self, moment: datetime) -> bool:
        """Whether somebody is there; ``moment`` in the brand's zone."""
        span = self.span(moment.date())
        return span is not None and span[0] <= moment.hour * 60 + moment.minute < span[1]

    def next_opening(self, moment: datetime) -> datetime | None:
        """The next time the doors open; None if they never do."""
        for ahead in range(_FAR):
            day = moment + timedelta(days=ahead)
            span = self.span(day.date())
            if span is None:
                continue
            opens = datetime.combine(day.date(), time(span[0] // 60 % 24, span[0] % 60), moment.tzinfo)
            if opens > moment:
                return opens
        return None

    def words(self, moment: datetime) -> str:
        """Today's hours as one would say them."""
        span = self.span(moment.date())
        if span is None:
            return "今天休息"
        if span == (0, 24 * 60):
            return "全天"
        return f"{span[0] // 60}:{span[0] % 60:02d}–{span[1] // 60}:{span[1] % 60:02d}"


def opening_words(opening: datetime, now: datetime) -> str:
    """A coming opening as one would say it: 今天 10:00, 明天 10:00, 周一 10:00."""
    days = (opening.date() - now.date()).days
    day = {0: "今天", 1: "明天"}.get(days, _DAY_WORDS[opening.weekday()])
    return f"{day} {opening.hour}:{opening.minute:02d}"
