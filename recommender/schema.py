"""The schema of what ops write: product rows, tags.yml, rule files, and events; each turns into a value of the room."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, field_validator

from recommender.model import Event, EventKind, Product, Rule, Selector, Status, TagKind

_FORBIDDEN_SCHEMES = ("javascript:", "data:", "vbscript:")


def _words(value: object) -> object:
    """`a;b`, one scalar or a list of scalars → a list of strings."""
    if value is None or value == "":
        return ()
    if isinstance(value, str):
        return tuple(part.strip() for part in value.replace("；", ";").split(";") if part.strip())
    if isinstance(value, list | tuple | set | frozenset):
        return tuple(_word(part) for part in value)
    return (_word(value),)


def _word(value: object) -> object:
    """YAML reads 110 as a number and 是 as itself; both are words here."""
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value).strip() if isinstance(value, str | int | float | Decimal | date) else value


def _parsed(value: object) -> object:
    """JSON text → its value; what is no text stays."""
    if not isinstance(value, str):
        return value
    if not value.strip():
        return None
    try:
        return json.loads(value)
    except ValueError as error:
        raise ValueError("不是合法的 JSON") from error


def _attributes(value: object) -> object:
    found = _parsed(value)
    if found is None:
        return {}
    if not isinstance(found, dict):  # pydantic reports a ValueError as a fault, and lets a TypeError through
        raise ValueError('要写成 {"属性": "值"}')  # noqa: TRY004 - see above
    return {key: _words(part) if isinstance(part, list) else _word(part) for key, part in found.items()}


def _stock(value: object) -> object:
    found = _parsed(value)
    return 0 if found is None else found


def _links(value: object) -> object:
    found = _parsed(value)
    return {} if found is None else found


def _price(value: object) -> object:
    if isinstance(value, str):
        return value.strip().lstrip("¥￥").removesuffix("元").replace(",", "").strip()
    return str(value) if isinstance(value, float) else value


def _blank_is_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _absent_is_empty(value: object) -> object:
    return "" if value is None else _word(value)


Name = Annotated[str, BeforeValidator(_word), StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Text = Annotated[str, BeforeValidator(_absent_is_empty), StringConstraints(strip_whitespace=True)]
Words = Annotated[tuple[Name, ...], BeforeValidator(_words)]
Pieces = Annotated[int, Field(strict=True)]
Day = Annotated[date | None, BeforeValidator(_blank_is_none)]


class _Row(BaseModel):
    """Frozen; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, allow_inf_nan=False)


class ProductRow(_Row):
    """A line of products.csv (all strings) or of products.jsonl (values)."""

    sku: Name
    name: Name
    brand: Text = ""
    category: Name
    price: Annotated[Decimal, BeforeValidator(_price)]
    tags: Words = ()
    attributes: Annotated[dict[Name, str | tuple[str, ...]], BeforeValidator(_attributes)] = {}
    stock: Annotated[dict[Name, Pieces] | Pieces, BeforeValidator(_stock)] = 0
    links: Annotated[dict[Name, str | bool], BeforeValidator(_links)] = {}
    image: Text = ""
    status: Annotated[Status, BeforeValidator(lambda value: value or "active")] = "active"
    launched: Day = None

    @field_validator("links")
    @classmethod
    def _safe(cls, links: dict[str, str | bool]) -> dict[str, str | bool]:
        for channel, link in links.items():
            if isinstance(link, str) and link.strip().lower().startswith(_FORBIDDEN_SCHEMES):
                raise ValueError(f"{channel} 的链接不能用脚本地址")
        return links

    def product(self) -> Product:
        """The value that the room works with."""
        return Product(
            sku=self.sku,
            name=self.name,
            brand=self.brand,
            category=self.category,
            price=self.price,
            tags=frozenset(self.tags),
            attributes=MappingProxyType(dict(self.attributes)),
            stock=self.stock if isinstance(self.stock, int) else MappingProxyType(dict(self.stock)),
            links=MappingProxyType(dict(self.links)),
            image=self.image,
            status=self.status,
            launched=self.launched,
        )


class TagKindRow(_Row):
    """One kind in tags.yml."""

    values: Words = ()
    exclusive: bool = False
    half_life_days: Annotated[float, Field(gt=0)] | None = None
    hard: bool = False
    wecom: Name | None = None


class TagsFile(_Row):
    """tags.yml."""

    tags: dict[Name, TagKindRow] = {}
    neighbours: dict[Name, Words] = {}
    """Optional: category → categories that may stand in for it."""

    def kinds(self) -> tuple[TagKind, ...]:
        """The kinds, in the file's order."""
        return tuple(
            TagKind(name, tuple(dict.fromkeys(row.values)), row.exclusive, row.half_life_days, row.hard, row.wecom)
            for name, row in self.tags.items()
        )


class SelectorRow(_Row):
    """What a rule blocks or boosts: one of the named is enough."""

    tags: Words = ()
    brand: Words = ()
    category: Words = ()
    sku: Words = ()

    def selector(self) -> Selector:
        """The value that the room works with."""
        return Selector(frozenset(self.tags), frozenset(self.brand), frozenset(self.category), frozenset(self.sku))


class RuleRow(_Row):
    """One rule of a file in rules/."""

    id: Name
    when: dict[Name, Words] = {}
    pin: Words = ()
    block: SelectorRow = SelectorRow()
    boost: SelectorRow = SelectorRow()
    factor: Annotated[float, Field(gt=0, le=100)] = 1.2
    reason: Name | None = None
    start: Annotated[Day, Field(alias="from")] = None
    until: Day = None

    @field_validator("when")
    @classmethod
    def _said(cls, when: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        if empty := [key for key, values in when.items() if not values]:
            raise ValueError(f"{'、'.join(empty)} 没有写值")
        return when

    def rule(self) -> Rule:
        """The value that the room works with."""
        return Rule(
            id=self.id,
            when=MappingProxyType(dict(self.when)),
            pin=self.pin,
            block=self.block.selector(),
            boost=self.boost.selector(),
            factor=self.factor,
            reason=self.reason,
            start=self.start,
            until=self.until,
        )


class EventRow(_Row):
    """A line of an events file."""

    customer: Name
    sku: Name
    kind: EventKind
    at: datetime

    @field_validator("at")
    @classmethod
    def _zoned(cls, at: datetime) -> datetime:
        return at if at.tzinfo else at.replace(tzinfo=UTC)

    def event(self) -> Event:
        """The value that the room works with."""
        return Event(self.customer, self.sku, self.kind, self.at)
