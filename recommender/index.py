"""The catalogue laid out for questions: one row per product that may be shown, sorted by sku."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.contents import Held, contained, fold, hold, says
from recommender.model import Product, Selector, TagKind

Mask = npt.NDArray[np.bool_]
Ids = npt.NDArray[np.intp]
Weights = npt.NDArray[np.float64]
Postings = Mapping[str, Ids]

NOBODY: Ids = np.empty(0, dtype=np.intp)


@dataclass(frozen=True, slots=True)
class Index:
    """Columns and postings (value → rows, ascending); all values are folded."""

    products: tuple[Product, ...]
    held: tuple[Held, ...]
    """What each row holds, read once."""
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
    names: str
    """All names, a line each."""
    starts: tuple[int, ...]

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

    def naming(self, value: str) -> list[int]:
        """Rows whose name says the value, as `contents.says` means it."""
        wanted, rows = fold(value), []
        start = self.names.find(wanted) if len(wanted) >= 2 else -1
        while start >= 0:
            row = bisect_right(self.starts, start) - 1
            if says(self.held[row].name, wanted):
                rows.append(row)
            following = self.starts[row + 1] if row + 1 < len(self.starts) else len(self.names)
            start = self.names.find(wanted, following)
        return rows

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


def lay_out(products: Iterable[Product]) -> Index:
    """Build the index; products that are hidden or ended are not in it."""
    shown = tuple(sorted((p for p in products if p.status == "active"), key=lambda p: p.sku))
    held = tuple(hold(product) for product in shown)
    names = [one.name.replace("\n", " ") for one in held]
    lengths = [0, *(len(name) + 1 for name in names)]
    goods = tuple(sorted({product.category for product in shown}))
    place = {name: number for number, name in enumerate(goods)}
    tags, attributes = _post(one.tags for one in held), _post(one.attributes for one in held)
    return Index(
        products=shown,
        held=held,
        position={product.sku: row for row, product in enumerate(shown)},
        price=np.array([float(product.price) for product in shown], dtype=np.float64),
        launched=np.array([p.launched.toordinal() if p.launched else 0 for p in shown], dtype=np.intp),
        anywhere=np.array([product.in_stock() for product in shown], dtype=np.bool_),
        stores=_post(_places(product) for product in shown),
        tags=tags,
        attributes=attributes,
        contents=_merged(tags, attributes),
        brands=_post(one.brands for one in held),
        categories=_post(one.categories for one in held),
        kinds_of_goods=goods,
        category=np.array([place[product.category] for product in shown], dtype=np.intp),
        names="\n".join(names),
        starts=tuple(int(start) for start in np.cumsum(lengths)[:-1]),
    )


def _places(product: Product) -> Iterable[str]:
    if isinstance(product.stock, int):
        return ()
    return (place for place, pieces in product.stock.items() if pieces > 0)


def _post(values: Iterable[Iterable[str]]) -> Postings:
    rows: dict[str, list[int]] = {}
    for row, some in enumerate(values):
        for value in some:
            rows.setdefault(value, []).append(row)
    return {value: np.array(ids, dtype=np.intp) for value, ids in rows.items()}


def _merged(one: Postings, other: Postings) -> Postings:
    merged = {**one, **other}
    for value in one.keys() & other.keys():
        merged[value] = np.union1d(one[value], other[value])
    return merged
