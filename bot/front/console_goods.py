"""Products as a table shows them: what is on a row, which are wanted, in which order. Pure."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.front import console_catalogue_forms as forms

if TYPE_CHECKING:
    from bot.editing.model import Row

LOW: Final = 5
"""So many pieces or fewer are 快没货."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A product as the table shows it."""

    sku: str
    name: str
    brand: str
    category: str
    price: str
    cost: float
    """The price as a number, to sort by; infinite where it is none."""
    status: str
    pieces: int | None
    """All places together; None where nobody knows."""
    tags: tuple[str, ...]
    launched: str
    image: str
    mark: str
    """What its draft does: empty, ``new``, ``changed``, ``leaves``."""
    draft: int
    version: int
    author: str
    at: float

    @property
    def told(self) -> str:
        """All that is searched."""
        return f"{self.sku}\n{self.name}\n{self.brand}\n{self.category}\n{' '.join(self.tags)}".casefold()

    @property
    def row(self) -> str:
        """The name of its row on a page."""
        return mark_of(self.sku)


def shown(row: Row) -> Shown:
    """A product with the draft over it."""
    value, draft = row.value, row.draft
    told = {name: str(value.get(name) or "") for name in ("name", "brand", "category", "price", "status", "launched", "image")}
    moment = (draft.updated_at or draft.created_at) if draft else None
    return Shown(
        sku=row.id,
        **{**told, "status": told["status"] or "active"},
        cost=_cost(told["price"]),
        pieces=pieces(value.get("stock")),
        tags=tuple(forms.listed(value.get("tags"))),
        mark="leaves" if row.leaves else "" if draft is None else "new" if row.live is None else "changed",
        draft=draft.id if draft else 0,
        version=draft.version if draft else 0,
        author=draft.last_author if draft else "",
        at=moment.timestamp() if moment else 0.0,
    )


def _cost(price: str) -> float:
    found = re.search(r"\d+(?:\.\d+)?", price.replace(",", ""))
    return float(found[0]) if found else float("inf")


def pieces(stock: object) -> int | None:
    """How many are left altogether; a product that says nothing has none."""
    if isinstance(stock, Mapping):
        found = [one for one in stock.values() if isinstance(one, int)]
        return sum(found) if len(found) == len(stock) else None
    told = str(stock if stock is not None else 0).strip() or "0"
    return int(told) if re.fullmatch(r"-?\d{1,12}", told) else None


def _wanted(one: Shown, query: Mapping[str, str]) -> bool:
    low = {"low": lambda n: n is not None and 0 < n <= LOW, "none": lambda n: n is not None and n <= 0}.get(
        query.get("stock", "")
    )
    asked = query.get("q", "").casefold().split()
    category = query.get("category", "")
    return (
        query.get("status", "") in {"", one.status}
        and (not category or category == one.category or category in one.category.split("/"))
        and query.get("brand", "") in {"", one.brand}
        and (low is None or low(one.pieces))
        and (query.get("draft") != "yes" or bool(one.mark))
        and (not query.get("tag") or query["tag"] in one.tags)
        and (not asked or all(word in one.told for word in asked))
    )


def chosen(found: Sequence[Shown], query: Mapping[str, str]) -> list[Shown]:
    """The products that the query asks for, in its order."""
    picked = [one for one in found if _wanted(one, query)]
    match query.get("order", ""):
        case "name":
            picked.sort(key=lambda one: (one.name, one.sku))
        case "cheap":
            picked.sort(key=lambda one: (one.cost, one.sku))
        case "dear":
            picked.sort(key=lambda one: (-one.cost if one.cost != float("inf") else 1.0, one.sku))
        case "stock":
            picked.sort(key=lambda one: (one.pieces is None, one.pieces or 0, one.sku))
        case "launched":
            picked.sort(key=lambda one: (one.launched, one.sku), reverse=True)
        case "new":
            picked.sort(key=lambda one: (-one.at, one.sku))
    return picked


def mark_of(sku: str) -> str:
    """The name of a product's row on a page."""
    return f"p-{zlib.crc32(sku.encode()):08x}"
