"""The brand and its people as values: persona, opening hours, stores, guides."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator

from bot.hours import Hours

_STRICT = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Persona(BaseModel):
    """Who the assistant is."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, populate_by_name=True)

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
