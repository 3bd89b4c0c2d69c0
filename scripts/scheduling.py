"""When something may be said: from one day to another, on days of the week, within hours that may cross midnight."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*-\s*([01]?\d|2[0-4]):([0-5]\d)")
_DAY = 24 * 60
_FAR = 400
"""Days that are looked at to see whether a window ever opens: more than a year."""
DAYS_FORM = "写成 mon-fri、sat 这样的星期，或者 [2026-12-12] 这样的日期"


def span(told: str) -> tuple[int, ...] | None:
    """The weekdays (Monday is 0) that ``mon-fri`` or ``sat`` names; None for anything else."""
    first, dash, last = told.strip().lower().partition("-")
    if first not in _WEEK or (dash and last not in _WEEK):
        return None
    start = _WEEK.index(first)
    end = _WEEK.index(last) if dash else start
    return tuple(day % 7 for day in range(start, end + 1 if end >= start else end + 8))


def listed(value: object) -> object:
    """Days as YAML gives them, as a tuple: ``mon-fri`` and one date are lists of one; a date in quotes is a date."""
    told = (value,) if isinstance(value, str | date) else value
    return tuple(map(_day, told)) if isinstance(told, list | tuple) else told


def _day(value: object) -> object:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value


def hours(told: str) -> tuple[int, int] | None:
    """Minutes of the day from ``09:00-12:00``; the end may be 24:00 or lie behind midnight (``22:00-02:00``).

    None for what cannot be read and for a span without any length.
    """
    match = _HOURS.fullmatch(told.strip())
    if match is None:
        return None
    begins, ends = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    return (begins, ends) if begins != ends and ends <= _DAY else None


@dataclass(frozen=True, slots=True)
class Window:
    """When something may be said; without any condition always. Days are those of the brand's zone."""

    begins: date | None = None
    ends: date | None = None
    """The last day."""
    weekdays: frozenset[int] = frozenset()
    """Monday is 0."""
    dates: frozenset[date] = frozenset()
    """Single days, besides the weekdays; where neither is named every day counts."""
    hours: tuple[int, int] | None = None
    """Minutes of the day, the end not counted; an end before the begin lies on the next day."""

    def open_at(self, moment: datetime | None) -> bool:
        """Whether ``moment`` (in the brand's zone) lies in it; a night belongs to the day on which it began.

        Without a moment only what is always open is.
        """
        if self == _ALWAYS:
            return True
        if moment is None:
            return False
        day: date | None = moment.date()
        if self.hours is not None:
            day = _began(moment, self.hours)
        return day is not None and self.runs_on(day)

    def runs_on(self, day: date) -> bool:
        """Whether it opens on a day."""
        if (self.begins is not None and day < self.begins) or (self.ends is not None and day > self.ends):
            return False
        return not (self.weekdays or self.dates) or day in self.dates or day.weekday() in self.weekdays

    @property
    def ever(self) -> bool:
        """Whether there is any day on which it opens."""
        if any(self.runs_on(day) for day in self.dates):
            return True
        if self.begins is None or self.ends is None:
            return bool(self.weekdays) or not self.dates
        length = min((self.ends - self.begins).days, _FAR)
        return any(self.runs_on(self.begins + timedelta(days=n)) for n in range(length + 1))

    @property
    def conditions(self) -> int:
        """How many things it asks: dates, days of the week, hours."""
        return bool(self.begins or self.ends) + bool(self.weekdays or self.dates) + (self.hours is not None)

    def written(self) -> Mapping[str, object]:
        """What it asks, as plain values in a fixed order, without what it does not ask."""
        days: Sequence[object] = [*sorted(self.weekdays), *(day.isoformat() for day in sorted(self.dates))]
        told = {
            "from": self.begins.isoformat() if self.begins else None,
            "until": self.ends.isoformat() if self.ends else None,
            "days": days or None,
            "hours": list(self.hours) if self.hours else None,
        }
        return {name: value for name, value in told.items() if value is not None}


_ALWAYS = Window()


def _began(moment: datetime, span_: tuple[int, int]) -> date | None:
    """On which day the hours began that ``moment`` lies in; None where it lies in none."""
    begins, ends = span_
    minute = moment.hour * 60 + moment.minute
    if begins < ends:
        return moment.date() if begins <= minute < ends else None
    if minute >= begins:
        return moment.date()
    return moment.date() - timedelta(days=1) if minute < ends else None
