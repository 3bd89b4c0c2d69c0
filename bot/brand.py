"""The brand and its people as values: persona, opening hours, stores, guides."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator

from bot.hours import Hours
from bot.model import Sparing
from scripts.voices import SpokenModel

_STRICT = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Persona(SpokenModel):
    """Who the assistant is."""

    name: str = "小助手"
    self_name: Annotated[str, Field(alias="self")] = "我"
    style: str = "亲切"
    greeting_by_name: bool = False


_Minutes = Annotated[float, Field(gt=0, le=7 * 24 * 60)]


class Service(BaseModel):
    """How people serve: ``service:`` in ``brand.yml``. All times in minutes."""

    model_config = _STRICT

    take_within: _Minutes = 3
    """A guide who does not take a waiting customer in that time is passed over."""
    first_response: _Minutes = 5
    """From the wish for a person to the first word of one; later is a breach."""
    answer_within: _Minutes = 10
    """From a customer's word to the guide's next while the guide holds the talk; later is a breach, twice that a new guide."""
    resolution: _Minutes = 120
    """From the claim to the end of a guide's part; longer is a breach."""
    return_after: _Minutes = 30
    """So long after the guide's last word, with nothing open, the talk goes back to the bot with a closing line."""
    high_value: tuple[str, ...] = ()
    """Customers of these levels get a person as soon as the bot is unsure once."""
    order_over: Annotated[float | None, Field(gt=0)] = None
    """Whoever wants to spend more than this (yuan) gets a person."""
    rating: bool = True
    """Ask once after a person's part how it was."""
    central: tuple[str, ...] = ()
    """Ids of the guides who take what no store can; none named: the leads, and guides of no store."""
    holidays: tuple[date, ...] = ()
    """Days on which nobody is there at all."""


Level = Literal["at_only", "careful", "lively"]
"""How ready the assistant is to speak in a group: only when it is named; when it is surely meant; when it may well be."""


class Welcome(BaseModel):
    """What newcomers hear who came by one code (活码); ``state`` is the code's own parameter."""

    model_config = _STRICT

    state: Annotated[str, Field(min_length=1, max_length=64)]
    store: str = ""
    """Whose code it is: its coupon is given, its guides are named."""
    script: str = "hello_group_member"
    coupon: bool = True


class Groups(BaseModel):
    """How the assistant lives in groups: ``groups:`` in ``brand.yml``; the console sets the same for single groups."""

    model_config = _STRICT

    level: Level = "careful"
    names: tuple[str, ...] = ()
    """What members call the assistant besides the persona's name."""
    hold: Annotated[float, Field(ge=0, le=600)] = 30
    """Seconds that an answer waits, so that a guide may come first; who names the assistant waits for nothing."""
    guide_quiet: Annotated[float, Field(ge=0, le=24 * 60)] = 10
    """Minutes after a guide's words in which the assistant does not join in on the same matter unless asked."""
    per_hour: Annotated[int, Field(ge=0, le=1000)] = 12
    """Answers an hour that nobody asked the assistant for by name; more would flood the group."""
    gather: Annotated[float, Field(ge=0, le=600)] = 15
    """Seconds in which newcomers are welcomed together."""
    rules: Annotated[str, Field(max_length=600)] = ""
    """The group's rules, told when somebody asks for them."""
    confirm_every: Annotated[float, Field(gt=0, le=24 * 60)] = 3
    """Minutes between two confirmations of a group order."""
    remind_before: Annotated[float, Field(ge=0, le=24 * 60)] = 30
    """Minutes before the end of a group order at which the group is told."""
    quiet_hours: str = "22:00-08:00"
    """When nothing is sent that nobody asked for."""
    pushes_a_day: Annotated[int, Field(ge=0, le=100)] = 2
    """Messages a day that nobody asked for, to one person or group, over all flows together."""
    pushes_a_week: Annotated[int, Field(ge=0, le=500)] = 5
    welcomes: tuple[Welcome, ...] = ()

    def sparing(self, zone: str) -> Sparing:
        """What goes with every message that nobody asked for; ``zone``: name of the brand's."""
        return Sparing(self.pushes_a_day, self.pushes_a_week, zone, self.quiet_hours)

    @field_validator("quiet_hours")
    @classmethod
    def _span(cls, value: str) -> str:
        if value and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d", value):
            raise ValueError("应写成 22:00-08:00 这样，不要安静时段就留空")
        return value


class Coupon(BaseModel):
    """A coupon of a shop: what newcomers of its groups are given, once each."""

    model_config = _STRICT

    id: Annotated[str, Field(min_length=1, max_length=64)]
    title: Annotated[str, Field(min_length=1, max_length=40)]
    text: Annotated[str, Field(max_length=200)] = ""
    """Where and how it is used."""
    url: Annotated[str, Field(max_length=2000)] = ""
    valid_until: date | None = None


class Publishing(BaseModel):
    """How content goes live: ``publishing:`` in ``brand.yml``."""

    model_config = _STRICT

    four_eyes: bool = False
    """Somebody else than whoever wrote the last words of a draft must approve it."""


class Brand(BaseModel):
    """``brand.yml``."""

    model_config = _STRICT

    name: str = "我们"
    persona: Persona = Persona()
    timezone: str = "Asia/Shanghai"
    hours: Mapping[str, str] = {}
    mode: Literal["persona", "store"] = "persona"
    locale: str = "zh-CN"
    service: Service = Service()
    groups: Groups = Groups()
    publishing: Publishing = Publishing()
    trade: Literal["cosmetics", "food", "infant", "clothing", "home", "electronics", "device"] | None = None
    """What it sells, for what the law lets one say of it; where it is not named, the catalogue tells."""

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
    def sparing(self) -> Sparing:
        """What goes with a message that nobody asked for in a talk of two."""
        return self.groups.sparing(self.timezone)

    @property
    def opening(self) -> Hours:
        """When somebody is there."""
        return Hours.read(self.hours, self.service.holidays)


class Store(BaseModel):
    """One shop."""

    model_config = _STRICT

    id: Annotated[str, Field(min_length=1)]
    name: Annotated[str, Field(min_length=1)]
    city: str = ""
    address: str = ""
    phone: str = ""
    region: str = ""
    """What larger area it belongs to; where none is named, its city."""
    hours: Mapping[str, str] = {}
    holidays: tuple[date, ...] = ()
    coupon: Coupon | None = None
    """What newcomers of its groups are given."""

    _check = field_validator("hours")(lambda value: (Hours.read(value), value)[1])

    @property
    def opening(self) -> Hours:
        """When the shop is open."""
        return Hours.read(self.hours, self.holidays)

    @property
    def area(self) -> str:
        """Its region, or its city."""
        return self.region or self.city


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
    languages: tuple[str, ...] = ()
    """What they speak besides Mandarin (粤语, English)."""
    shifts: Mapping[str, str] = {}
    """When they work, written like opening hours; none: whenever their shop is open."""
    days_off: tuple[date, ...] = ()

    _check = field_validator("shifts")(lambda value: (Hours.read(value), value)[1])


class Macro(BaseModel):
    """Several steps for one tap: say something, put tags on, note a task, end the talk."""

    model_config = _STRICT

    id: Annotated[str, Field(min_length=1)]
    title: Annotated[str, Field(min_length=1, max_length=20)]
    text: Annotated[str, Field(max_length=600)] = ""
    tags: Mapping[str, str] = {}
    """Tag → value, as in ``tags.yml``."""
    task: str = ""
    """A task for the guide."""
    task_in_hours: Annotated[float, Field(gt=0, le=24 * 90)] = 24
    close: bool = False
    store: str = ""
    """Whose macro it is; empty: everybody's."""


class StaffFile(BaseModel):
    """``guides.yml``."""

    model_config = _STRICT

    stores: tuple[Store, ...] = ()
    guides: tuple[Guide, ...] = ()
    macros: tuple[Macro, ...] = ()


@dataclass(frozen=True, slots=True)
class Staff:
    """Stores and guides by id."""

    stores: Mapping[str, Store] = field(default_factory=dict)
    guides: Mapping[str, Guide] = field(default_factory=dict)
    macros: tuple[Macro, ...] = ()

    @classmethod
    def of(cls, file: StaffFile) -> "Staff":
        """The staff that a file names."""
        return cls({store.id: store for store in file.stores}, {guide.id: guide for guide in file.guides}, file.macros)

    def store_named(self, name: str | None) -> Store | None:
        """A store by its id or name."""
        return next((s for s in self.stores.values() if name in {s.id, s.name}), None) if name else None

    def in_city(self, city: str) -> Sequence[Store]:
        """The stores of a city."""
        return [store for store in self.stores.values() if store.city == city]


def aliases(guides: Iterable[Guide]) -> Mapping[str, str]:
    """Names under which people speak in a platform's own client → their guide id."""
    return {one.wecom_userid: one.id for one in guides if one.wecom_userid}
