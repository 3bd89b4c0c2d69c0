"""Scheduled posts in groups (群SOP): what a file under ``posts/`` may hold, the post as a value, and on which days it runs."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from scripts.placeholders import broken, names
from scripts.scheduling import DAYS_FORM, listed, span
from scripts.schema import Fault

_STRICT = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, populate_by_name=True)
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_FAR = 400
"""Days that are looked at to see whether a post ever runs: more than a year."""


def _clock(value: object) -> object:
    """YAML 1.1 reads 10:00 without quotes as 600; it is meant as it was written."""
    return f"{value // 60:02d}:{value % 60:02d}" if isinstance(value, int) and 60 <= value < 24 * 60 else value


_Short = Annotated[str, Field(min_length=1, max_length=60)]
_Url = Annotated[str, Field(max_length=2000, pattern=r"^https?://\S+$")]


class PostCardModel(BaseModel):
    """A card that goes with a post."""

    model_config = _STRICT

    title: _Short
    text: Annotated[str, Field(max_length=200)] = ""
    url: _Url | None = None
    image: _Url | None = None


class PostLinkModel(BaseModel):
    """A link that goes with a post: a card with nothing but its title."""

    model_config = _STRICT

    title: _Short
    url: _Url


class PostGroupsModel(BaseModel):
    """Which groups a post is for; none named: all of the brand."""

    model_config = _STRICT

    stores: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


class PostRow(BaseModel):
    """One post of a file."""

    model_config = _STRICT

    id: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z0-9_\-]+$")]
    title: Annotated[str, Field(max_length=40)] = ""
    """What ops call it; shoppers never see it."""
    at: Annotated[str, BeforeValidator(_clock)]
    """Time of day in the brand's zone."""
    days: Annotated[tuple[str | date, ...], BeforeValidator(listed), Field(min_length=1)] = ("mon-sun",)
    from_: Annotated[date | None, Field(alias="from")] = None
    until: date | None = None
    """The last day."""
    groups: PostGroupsModel = PostGroupsModel()
    text: Annotated[str, Field(max_length=1000)] = ""
    script: Annotated[str, Field(validate_default=True)] = ""
    cards: Annotated[tuple[PostCardModel, ...], Field(max_length=5)] = ()
    links: Annotated[tuple[PostLinkModel, ...], Field(max_length=5)] = ()

    @field_validator("at")
    @classmethod
    def _time(cls, value: str) -> str:
        if not _CLOCK.fullmatch(value):
            raise ValueError('时间要写成 "10:00" 这样，24 小时制')
        return value

    @field_validator("days")
    @classmethod
    def _known_days(cls, value: tuple[str | date, ...]) -> tuple[str | date, ...]:
        for one in value:
            if isinstance(one, str) and span(one) is None:
                raise ValueError(f"看不懂“{one}”，{DAYS_FORM}")
        return value

    @field_validator("until")
    @classmethod
    def _order(cls, value: date | None, info: ValidationInfo) -> date | None:
        begins = info.data.get("from_")
        if value is not None and begins is not None and value < begins:
            raise ValueError(f"结束的日子不能早于开始的日子 {begins}")
        return value

    @field_validator("script")
    @classmethod
    def _one_of(cls, value: str, info: ValidationInfo) -> str:
        if "text" in info.data and bool(info.data["text"]) == bool(value):
            raise ValueError("text 和 script 要写一样，也只能写一样：要么直接写话，要么用一份话术")
        return value

    def post(self) -> "Post":
        """The post as a value."""
        hour, minute = self.at.split(":")
        spans = [span(one) or () for one in self.days if isinstance(one, str)]
        links = (PostCard(one.title, url=one.url) for one in self.links)
        return Post(
            id=self.id,
            at=time(int(hour), int(minute)),
            weekdays=frozenset(day for span in spans for day in span),
            dates=frozenset(one for one in self.days if isinstance(one, date)),
            begins=self.from_,
            ends=self.until,
            stores=frozenset(self.groups.stores),
            rooms=frozenset(self.groups.names),
            text=self.text,
            script=self.script,
            cards=(*(PostCard(one.title, one.text, one.url, one.image) for one in self.cards), *links),
            title=self.title,
        )


@dataclass(frozen=True, slots=True)
class PostCard:
    """A card or link of a post."""

    title: str
    text: str = ""
    url: str | None = None
    image: str | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """Something that is said in groups at a time of day."""

    id: str
    at: time
    weekdays: frozenset[int] = frozenset(range(7))
    """Monday is 0."""
    dates: frozenset[date] = frozenset()
    """Single days, besides the weekdays."""
    begins: date | None = None
    ends: date | None = None
    """The last day."""
    stores: frozenset[str] = frozenset()
    rooms: frozenset[str] = frozenset()
    """Names of groups."""
    text: str = ""
    script: str = ""
    cards: tuple[PostCard, ...] = ()
    title: str = ""

    def runs_on(self, day: date) -> bool:
        """Whether it is posted on a day of the brand's zone."""
        if (self.begins is not None and day < self.begins) or (self.ends is not None and day > self.ends):
            return False
        return day in self.dates or day.weekday() in self.weekdays

    def meant_for(self, store: str | None, room: str | None) -> bool:
        """Whether a group hears it: any group where none is named, else those of the stores and those of the names."""
        if not self.stores and not self.rooms:
            return True
        return (store or "") in self.stores or (room or "").strip() in self.rooms

    @property
    def ever(self) -> bool:
        """Whether there is any day on which it runs."""
        if any(self.runs_on(day) for day in self.dates):
            return True
        if self.begins is None or self.ends is None:
            return bool(self.weekdays)
        length = min((self.ends - self.begins).days, _FAR)
        return any(self.runs_on(self.begins + timedelta(days=n)) for n in range(length + 1))


def quiet(at: time, hours: str) -> bool:
    """Whether a time of day lies in the quiet hours (``22:00-08:00``; empty: there are none), their end not counted."""
    if not hours:
        return False
    begins, ends = (time.fromisoformat(part) for part in hours.split("-"))
    return begins <= at < ends if begins <= ends else (at >= begins or at < ends)


@dataclass(frozen=True, slots=True)
class Around:
    """What posts may name and must keep to."""

    scripts: Collection[str]
    """Ids of all scripts that can be said without facts of their own."""
    stores: Collection[str] | None
    """Ids of the stores; None: not known."""
    quiet_hours: str
    facts: frozenset[str]
    """Placeholders that every text may use."""


def misfits(posts: Sequence[tuple[str, int, PostRow]], around: Around) -> Iterator[Fault]:
    """Faults of posts (file, place in it, post) against everything else, each with file, path and reason in Chinese."""
    seen: dict[str, str] = {}
    for file, n, row in posts:
        if row.id in seen:
            yield file, (n, "id"), f"编号“{row.id}”和 {seen[row.id]} 里的重复"
        seen.setdefault(row.id, file)
        yield from ((file, (n, *path), reason) for path, reason in _faults(row, around))


def _faults(row: PostRow, around: Around) -> Iterator[tuple[tuple[str | int, ...], str]]:
    post = row.post()
    if quiet(post.at, around.quiet_hours):
        yield ("at",), f"{row.at} 在安静时段 {around.quiet_hours} 里，永远发不出去，换个时间"
    if not post.ever:
        yield ("days",), "在开始和结束的日子之间一天也轮不到，永远不会发"
    if row.script and row.script not in around.scripts:
        yield ("script",), f"没有话术“{row.script}”，或者它要用的变量定时发送时没有"
    if broken(row.text):
        yield ("text",), "花括号没有配对，变量应写成 {品牌名} 或 {品牌名|我们}"
    if unknown := sorted(set(names(row.text)) - around.facts):
        yield ("text",), f"没有变量 {'、'.join(unknown)}，可用的有：{'、'.join(sorted(around.facts))}"
    for n, store in enumerate(row.groups.stores):
        if around.stores is not None and store not in around.stores:
            yield ("groups", "stores", n), f"没有门店“{store}”，有：{'、'.join(sorted(around.stores))}"
