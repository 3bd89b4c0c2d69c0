"""The values of the room: products, tags, rules, shoppers, wishes and what comes back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

Status = Literal["active", "hidden", "ended"]
EventKind = Literal["view", "collect", "cart", "buy", "return", "click", "pick"]
"""`pick`: a guide chose it for the customer and sent it."""
Basis = Literal["history", "tags", "popular", "new"]
"""What an answer stands on: what the shopper did; what they said or are; what all do; nothing yet but the catalogue."""


@dataclass(frozen=True, slots=True)
class Product:
    """One thing for sale."""

    sku: str
    name: str
    brand: str = ""
    category: str = ""
    """One name, or a path such as 护肤/面霜, which also answers to each of its parts."""
    price: Decimal = Decimal(0)
    """In yuan."""
    tags: frozenset[str] = frozenset()
    attributes: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    stock: Mapping[str, int] | int = 0
    """Pieces by place (store ids, or an online warehouse), or one number for all places together."""
    links: Mapping[str, str | bool] = field(default_factory=dict)
    """Channel → address; `store: true` says that shops sell it."""
    image: str = ""
    status: Status = "active"
    launched: date | None = None

    def in_stock(self, store: str | None = None) -> bool:
        """Whether a piece is left, at that store if one is named.

        A plain number does not tell which store holds a piece: it promises nothing about a named store.
        """
        if isinstance(self.stock, int):
            return store is None and self.stock > 0
        if store is not None:
            return self.stock.get(store, 0) > 0
        return any(pieces > 0 for pieces in self.stock.values())


@dataclass(frozen=True, slots=True)
class TagKind:
    """One kind of tag, as `tags.yml` declares it."""

    name: str
    values: tuple[str, ...] = ()
    exclusive: bool = False
    """A shopper has one value at a time; a newer one replaces it."""
    half_life_days: float | None = None
    """After so many days a tag is worth half; None: it does not fade."""
    hard: bool = False
    """A product that carries values of this kind is only for shoppers who have one of them."""
    wecom: str | None = None
    """The name of WeCom's group of tags (标签组) that is this kind, where it bears another name."""


@dataclass(frozen=True, slots=True)
class Selector:
    """A choice of products: one of the named tags, brands, categories or skus is enough."""

    tags: frozenset[str] = frozenset()
    brand: frozenset[str] = frozenset()
    category: frozenset[str] = frozenset()
    sku: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """False where it names nothing, and so chooses nothing."""
        return bool(self.tags or self.brand or self.category or self.sku)


@dataclass(frozen=True, slots=True)
class Rule:
    """What ops decided: put on top, keep away, or lift, for whom and when."""

    id: str
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Every key must hold, one of its values is enough; empty: always."""
    pin: tuple[str, ...] = ()
    block: Selector = Selector()
    boost: Selector = Selector()
    factor: float = 1.2
    reason: str | None = None
    start: date | None = None
    until: date | None = None
    """The last day, included."""


@dataclass(frozen=True, slots=True)
class Shopper:
    """What we know of somebody from before this wish."""

    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    owned: frozenset[str] = frozenset()
    level: str | None = None
    store: str | None = None
    channel_habit: str | None = None
    id: str | None = None
    """The customer of the events: their own deeds count as history."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for now."""

    text: str | None = None
    category: tuple[str, ...] = ()
    budget_min: Decimal | None = None
    budget_max: Decimal | None = None
    concern: tuple[str, ...] = ()
    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What was just said, by kind: skin_type, audience, color, …"""
    exclude_tags: tuple[str, ...] = ()
    exclude_brand: tuple[str, ...] = ()
    exclude_category: tuple[str, ...] = ()
    exclude_sku: tuple[str, ...] = ()
    brand: tuple[str, ...] = ()
    at_store: str | None = None
    product: tuple[str, ...] = ()
    """Skus asked for by name."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that a customer did with a product."""

    customer: str
    sku: str
    kind: EventKind
    at: datetime


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A product that may be shown, and why."""

    product: Product
    score: float
    reason: str
    link: str | None
    door: str | None
    """The channel of the link; `store` has no link; None where nobody can buy it by a link we know."""
    evidence: tuple[str, ...]
    """All that moved its score or place: `tag:skin_type=干性`, `rule:pin-618`, `event:buy=12`, …"""


@dataclass(frozen=True, slots=True)
class Question:
    """One question back; ops word it under `text_key`."""

    slot: str
    text_key: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The answer to a wish, best first."""

    items: tuple[Suggestion, ...]
    relaxed: tuple[str, ...] = ()
    """What had to be given up: `concern`, `brand`, `category`, or the name of a tag kind."""
    question: Question | None = None
    basis: Basis = "new"
    """What the answer stands on."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of a comparison: a property in which products differ."""

    key: str
    """`price`, `brand`, `category`, `tags`, or the name of an attribute."""
    values: tuple[str, ...]
    """One for each product, in their order; empty where a product does not say."""


@dataclass(frozen=True, slots=True)
class Unsuitable:
    """Somebody whom a product is not for."""

    who: str
    reason: str | None
    evidence: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Products side by side."""

    products: tuple[Product, ...]
    differences: tuple[Difference, ...]
    unsuitable: Mapping[str, tuple[Unsuitable, ...]]
    """For whom each sku is not suitable."""
    unknown: tuple[str, ...] = ()
    """Skus that were asked for and that nobody knows."""
