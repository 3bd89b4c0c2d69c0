"""The child: the month of its birth out of ages and dates, so that its stage moves on by itself; and the day it is expected."""

import re
from collections.abc import Iterator
from datetime import datetime

from bot.learning.people import People
from intents import Slot

_NUMBERS = {**{sign: n for n, sign in enumerate("一二三四五六七八九十", 1)}, "十一": 11, "十二": 12}
_BORN = re.compile(
    r"(?:(?P<year>20\d\d)年?[-./]?|(?P<back>今年|去年|前年|大前年)的?)?(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])(?:月份?|[-./])"
    r"(?:[\d一二三十四五六七八九]{1,3}[号日]?|底|初|中旬?)?(?:的?时候)?(?:出生|生的|生下|生(?=$|[,，。]))"
)
_BIRTHDAY = re.compile(r"(?:生日|出生日期|出生年月|生于)(?:是|在|:|：)?(?P<year>20\d\d)[年./-](?P<month>1[0-2]|0?[1-9])")
_SOON = re.compile(r"下个?月(?:就|才|刚)?(?:要|满|到|是)?$")
_BACK = {"今年": 0, "去年": 1, "前年": 2, "大前年": 3}
_OLDEST = 12 * 12
"""Months: what is sold by stages is for younger ones."""


def births(people: People, slots: tuple[Slot, ...], at: datetime, *, asked: bool) -> Iterator[tuple[str, int]]:
    """(month of birth, place) of the shopper's own child; ``asked``: its age was our question. ``at`` in the brand's zone."""
    for slot in slots:
        if slot.name == "age_months" and isinstance(slot.value, int | float) and slot.value <= _OLDEST:
            who = people.whose(slot.start)
            if who == "child" or (asked and who == "self" and not people.explicit(slot.start)):
                shift = 1 if _SOON.search(people.text[: slot.start]) else 0
                yield _month(at, shift - int(slot.value)), slot.start
    for found in (*_BORN.finditer(people.text), *_BIRTHDAY.finditer(people.text)):
        if people.whose(found.start()) == "child" and (month := _told(found, at)) is not None:
            yield month, found.start()


def _told(found: re.Match[str], at: datetime) -> str | None:
    """The month that a match names: without a year the last such month; None for one that is still to come."""
    groups = found.groupdict()
    month = _NUMBERS.get(found["month"]) or int(found["month"])
    back = _BACK.get(groups.get("back") or "", 0 if month <= at.month else 1)
    year = int(groups["year"] or at.year - back)
    return f"{year}-{month:02d}" if (year, month) <= (at.year, at.month) else None


def _month(at: datetime, shift: int) -> str:
    """The month ``shift`` months from ``at``."""
    months = at.year * 12 + at.month - 1 + shift
    return f"{months // 12}-{months % 12 + 1:02d}"
