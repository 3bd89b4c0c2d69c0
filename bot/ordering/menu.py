"""What a campaign sells and under which terms, out of the columns that keep it as JSON. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from intents.orders import Article


@dataclass(frozen=True, slots=True)
class Good:
    """One article of a campaign, sold by ``unit`` at ``price`` yuan; ``stock`` None: as much as anybody wants."""

    sku: str
    name: str
    unit: str
    price: Decimal
    aliases: tuple[str, ...] = ()
    stock: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What makes a campaign come about, and how often it is told."""

    minimum_amount: Decimal | None = None
    """Yuan that all orders must reach together (成团)."""
    minimum_n: Decimal | None = None
    """Pieces of all articles that must be ordered together."""
    confirm_every: float | None = None
    """Minutes between two confirmations; None: as the group's settings say."""
    note: str = ""


def goods_of(menu: Sequence[Mapping[str, object]]) -> tuple[Good, ...]:
    """The articles of a campaign's menu."""
    return tuple(
        Good(
            sku=str(row["sku"]),
            name=str(row["name"]),
            unit=str(row["unit"]),
            price=number(row.get("price")) or Decimal(0),
            aliases=tuple(str(one) for one in _many(row.get("aliases"))),
            stock=number(row.get("stock")),
        )
        for row in menu
    )


def rows_of(goods: Iterable[Good]) -> list[dict[str, object]]:
    """The menu as its column keeps it; numbers as text, so that they stay exact."""
    return [
        {
            "sku": one.sku,
            "name": one.name,
            "unit": one.unit,
            "price": str(one.price),
            "aliases": list(one.aliases),
            "stock": None if one.stock is None else str(one.stock),
        }
        for one in goods
    ]


def terms_of(told: Mapping[str, object]) -> Terms:
    """The terms among all that stands in the column."""
    pace = number(told.get("confirm_every"))
    return Terms(
        number(told.get("minimum_amount")),
        number(told.get("minimum_n")),
        float(pace) if pace is not None and pace > 0 else None,
        str(told.get("note") or ""),
    )


def articles(goods: Sequence[Good]) -> list[Article]:
    """The same for the reading of orders."""
    return [Article(one.sku, one.name, one.unit, one.price, one.aliases) for one in goods]


def number(told: object) -> Decimal | None:
    """A number as JSON holds it; None where there is none."""
    if told is None or isinstance(told, bool) or told == "":
        return None
    try:
        found = Decimal(str(told))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def spoken(value: Decimal) -> str:
    """A quantity or a sum as people write it: 3, 2.5, 0.75."""
    told = f"{value.normalize():f}"
    return told.rstrip("0").rstrip(".") if "." in told else told


def _many(told: object) -> Sequence[object]:
    return told if isinstance(told, list | tuple) else ()
