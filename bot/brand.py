"""The brand and its people as values: persona, opening hours, stores, guides."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator

_STRICT = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_WORDS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
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

    @classmethod
    def read(cls, told: Mapping[str, str]) -> "Hours":
        """From ``{"mon-fri": "10:00-22:00"}``; days not named are closed, nothing named at all is always open."""
        if not told:
            return cls()
        week: list[tuple[int, int] | None] = [None] * 7
        for key, span in told.items():
            for day in _days(key):
                week[day] = _minutes(span)
        return cls(tuple(week))

    def open_at(self, moment: datetime) -> bool:
        """Whether somebody is there; ``moment`` in the brand's zone."""
        span = self.week[moment.weekday()]
        return span is not None and span[0] <= moment.hour * 60 + moment.minute < span[1]

    def next_opening(self, moment: datetime) -> datetime | None:
        """The next time the doors open; None if they never do."""
        for ahead in range(8):
            day = moment + timedelta(days=ahead)
            span = self.week[day.weekday()]
            if span is None:
                continue
            opens = datetime.combine(day.date(), time(span[0] // 60 % 24, span[0] % 60), moment.tzinfo)
            if opens > moment:
                return opens
        return None

    def words(self, moment: datetime) -> str:
        """Today's hours as one would say them."""
        span = self.week[moment.weekday()]
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


class Persona(BaseModel):
    """Who the assistant is."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, populate_by_name=True)

    name: str = "小助手"
    self_name: Annotated[str, Field(alias="self")] = "我"
    style: str = "亲切"
    greeting_by_name: bool = False


class Brand(BaseModel):
    """``brand.yml``."""

    model_config = _STRICT

    name: str = "我们"
    persona: Persona = Persona()
    timezone: str = "Asia/Shanghai"
    hours: Mapping[str, str] = {}
    mode: Literal["persona", "store"] = "persona"
    locale: str = "zh-CN"

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"没有时区 {value}，应写成 Asia/Shanghai 这样") from error
        return value

    @field_validator("hours")
    @classmethod
    def _hours(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        Hours.read(value)
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The brand's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def opening(self) -> Hours:
        """When somebody is there."""
        return Hours.read(self.hours)


class Store(BaseModel):
    """One shop."""

    model_config = _STRICT

    id: Annotated[str, Field(min_length=1)]
    name: Annotated[str, Field(min_length=1)]
    city: str = ""
    address: str = ""
    phone: str = ""
    hours: Mapping[str, str] = {}

    _check = field_validator("hours")(lambda value: (Hours.read(value), value)[1])

    @property
    def opening(self) -> Hours:
        """When the shop is open."""
        return Hours.read(self.hours)


class Guide(BaseModel):
    """One shopping guide."""

    model_config = _STRICT

    id: Annotated[str, Field(min_length=1)]
    name: Annotated[str, Field(min_length=1)]
    store: str = ""
    role: Literal["guide", "lead", "editor", "admin"] = "guide"
    skills: tuple[str, ...] = ()
    capacity: Annotated[int, Field(ge=0)] = 20
    wecom_userid: str = ""


class StaffFile(BaseModel):
    """``guides.yml``."""

    model_config = _STRICT

    stores: tuple[Store, ...] = ()
    guides: tuple[Guide, ...] = ()


@dataclass(frozen=True, slots=True)
class Staff:
    """Stores and guides by id."""

    stores: Mapping[str, Store] = field(default_factory=dict)
    guides: Mapping[str, Guide] = field(default_factory=dict)

    @classmethod
    def of(cls, file: StaffFile) -> "Staff":
        """The staff that a file names."""
        return cls({store.id: store for store in file.stores}, {guide.id: guide for guide in file.guides})

    def store_named(self, name: str | None) -> Store | None:
        """A store by its id or name."""
        return next((s for s in self.stores.values() if name in {s.id, s.name}), None) if name else None

    def guide_named(self, text: str) -> Guide | None:
        """The guide whose name stands in a text: 叫小王来."""
        return next((g for g in self.guides.values() if len(g.name) > 1 and g.name in text), None)

    def in_city(self, city: str) -> Sequence[Store]:
        """The stores of a city."""
        return [store for store in self.stores.values() if store.city == city]
