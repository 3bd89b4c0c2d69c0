"""The catalogue laid out for questions: one row per product that may be shown, sorted by sku."""

import re
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from recommender.contents import UNSAID, contained, fold, hold
from recommender.model import Product, Selector, TagKind

Mask = npt.NDArray[np.bool_]
Ids = npt.NDArray[np.intp]
Weights = npt.NDArray[np.float64]
Postings = Mapping[str, Ids]
Growing: TypeAlias = "array[int]"

NOBODY: Ids = np.empty(0, dtype=np.intp)

_REMEMBERED = 512
"""Words whose rows are kept: shoppers exclude the same few again and again."""
_DAYS = 8
"""Windows of days that are kept: the same one is asked about all day."""


@dataclass(frozen=True, slots=True)
class Index:
    """Columns and postings (value → rows, ascending); all values are folded."""

    products: tuple[Product, ...]
    position: Mapping[str, int]
    price: Weights
    launched: Ids
    """Ordinal of the day, 0 where unknown."""
    anywhere: Mask
    stores: Postings
    tags: Postings
    attributes: Postings
    contents: Postings
    """Tags and attributes together."""
    brands: Postings
    categories: Postings
    kinds_of_goods: tuple[str, ...]
    """The categories as written, sorted."""
    category: Ids
    """Of each row: which of them."""
    by_price: Ids
    """All rows, the cheapest first."""
    by_launch: Ids
    """The rows whose day is known, the oldest first."""
    names: str
    """All names, a line each."""
    starts: Ids
    """Where each name begins."""
    named: dict[str, Ids] = field(default_factory=dict)
    """Rows found by `naming` before: a memory, no part of the value."""
    windows: dict[tuple[int, int], Ids] = field(default_factory=dict)
    """Rows found by `launched_between` before."""

    def __len__(self) -> int:
        """Products that may be shown."""
        return len(self.products)

    def mask(self, rows: Iterable[Ids] = ()) -> Mask:
        """True at the named rows."""
        found = np.zeros(len(self.products), dtype=np.bool_)
        for ids in rows:
            found[ids] = True
        return found

    def holding(self, postings: Postings, values: Iterable[str]) -> Mask:
        """Rows that hold one of the values."""
        return self.mask(postings.get(fold(value), NOBODY) for value in values)

    def launched_between(self, first: int, last: int) -> Ids:
        """Rows launched on a day (ordinal) from the first to the last, ascending."""
        if (known := self.windows.get((first, last))) is not None:
            return known
        days = self.launched[self.by_launch]
        start, end = np.searchsorted(days, first, "left"), np.searchsorted(days, last, "right")
        found: Ids = np.sort(self.by_launch[start:end])
        if len(self.windows) >= _DAYS:
            self.windows.clear()
        self.windows[first, last] = found
        return found

    def naming(self, value: str) -> Ids:
        """Rows whose name says the value, as `contents.says` means it."""
        wanted = fold(value)
        if (known := self.named.get(wanted)) is not None:
            return known
        places = _said(wanted).finditer(self.names) if len(wanted) >= 2 else ()
        begins = np.fromiter((hit.start() for hit in places), dtype=np.intp)
        found = np.unique(np.searchsorted(self.starts, begins, "right") - 1)
        if len(self.named) >= _REMEMBERED:
            self.named.clear()
        self.named[wanted] = found
        return found

    def select(self, selector: Selector) -> Mask:
        """Rows that a selector chooses."""
        return self._chosen(selector, selector.tags)

    def forbid(self, selector: Selector) -> Mask:
        """Rows that a selector forbids: also those whose contents or name give a tag or a brand away."""
        tags = contained(selector.tags)
        chosen = self._chosen(selector, tags)
        for value in (*tags, *selector.brand):
            chosen[self.naming(value)] = True
        return chosen

    def _chosen(self, selector: Selector, tags: Iterable[str]) -> Mask:
        chosen = self.holding(self.contents, tags)
        chosen |= self.holding(self.brands, selector.brand)
        chosen |= self.holding(self.categories, selector.category)
        for sku in selector.sku:
            if (row := self.position.get(sku)) is not None:
                chosen[row] = True
        return chosen

    def unfit(self, kind: TagKind, values: Iterable[str]) -> Mask:
        """Rows that carry values of a kind, but none of these; tags and attributes are judged apart."""
        wanted, wrong = tuple(values), np.zeros(len(self), dtype=np.bool_)
        for postings in (self.tags, self.attributes):
            carried = self.holding(postings, kind.values)
            wrong |= carried & ~self.holding(postings, wanted)
        return wrong


def _said(wanted: str) -> re.Pattern[str]:
    # The word first, and only where it stands what is before it: a search for plain text is fast.
    word = re.escape(wanted)
    return re.compile(word + "".join(f"(?<!{re.escape(absent)}{word})" for absent in UNSAID))


def lay_out(products: Iterable[Product]) -> Index:
    """Build the index; products that are hidden or ended are not in it."""
    shown = tuple(sorted((p for p in products if p.status == "active"), key=lambda p: p.sku))
    names, tags, attributes, brands, parts = _read(shown)
    goods = tuple(sorted({product.category for product in shown}))
    place = {name: number for number, name in enumerate(goods)}
    price = np.array([float(product.price) for product in shown], dtype=np.float64)
    launched = np.array([p.launched.toordinal() if p.launched else 0 for p in shown], dtype=np.intp)
    by_launch = np.argsort(launched, kind="stable")
    return Index(
        products=shown,
        position={product.sku: row for row, product in enumerate(shown)},
        price=price,
        launched=launched,
        anywhere=np.array([product.in_stock() for product in shown], dtype=np.bool_),
        stores=_stores(shown),
        tags=tags,
        attributes=attributes,
        contents=_merged(tags, attributes),
        brands=brands,
        categories=parts,
        kinds_of_goods=goods,
        category=np.array([place[product.category] for product in shown], dtype=np.intp),
        by_price=np.argsort(price, kind="stable"),
        by_launch=by_launch[launched[by_launch] > 0],
        names="\n".join(names),
        starts=np.cumsum([0, *(len(name) + 1 for name in names)])[:-1],
    )


def _read(shown: Iterable[Product]) -> tuple[list[str], Postings, Postings, Postings, Postings]:
    """Names, and postings of tags, attributes, brands and categories: each product is read once and not kept."""
    names, posted = list[str](), tuple(defaultdict[str, Growing](_growing) for _ in range(4))
    for row, product in enumerate(shown):
        held = hold(product)
        names.append(held.name.replace("\n", " "))
        for postings, values in zip(posted, (held.tags, held.attributes, held.brands, held.categories), strict=True):
            for value in values:
                postings[value].append(row)
    tags, attributes, brands, parts = (_settled(postings) for postings in posted)
    return names, tags, attributes, brands, parts


def _stores(shown: Iterable[Product]) -> Postings:
    posted = defaultdict[str, Growing](_growing)
    for row, product in enumerate(shown):
        if not isinstance(product.stock, int):
            for place, pieces in product.stock.items():
                if pieces > 0:
                    posted[place].append(row)
    return _settled(posted)


def _growing() -> Growing:
    return array("q")


def _settled(posted: Mapping[str, Growing]) -> Postings:
    return {value: np.array(rows, dtype=np.intp) for value, rows in posted.items()}


def _merged(one: Postings, other: Postings) -> Postings:
    merged = {**one, **other}
    for value in one.keys() & other.keys():
        merged[value] = np.union1d(one[value], other[value])
    return merged
