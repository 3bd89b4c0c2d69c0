"""What customers did (行为), as numbers: what a deed is worth, how it fades, what was kept and when it is bought again."""

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

import numpy as np
import numpy.typing as npt

from recommender.index import Ids, Index, Weights
from recommender.model import Event, EventKind

WORTH: Mapping[EventKind, float] = {
    "view": 0.1,
    "click": 0.2,
    "pick": 0.4,
    "collect": 0.5,
    "cart": 0.8,
    "buy": 2.0,
    "return": -2.5,
}
"""A guide's pick says more than a click and less than the customer's own hand."""
KINDS = tuple(WORTH)
BUY, RETURN = KINDS.index("buy"), KINDS.index("return")
SEEN = (KINDS.index("collect"), KINDS.index("cart"))
_WORTHS = np.array(list(WORTH.values())) / WORTH["buy"]
"""In purchases."""
LEARNT_HALF_LIFE = 180.0
"""Days: what goes together stays so for longer than a fashion lasts."""
MOST = 300
"""Of one customer only so many products, the last ones, are learnt from: bounds time, and what one household can say."""
USUAL = 20.0
"""Customers with more products than this, or than the average, weigh less for each."""
GAPS = 3
"""So many times a product must have come back before its interval is believed."""

Codes = npt.NDArray[np.int8]
Days = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Deeds:
    """All events of products that may be shown, by customer, product and time, in flat arrays."""

    customers: Mapping[str, int]
    starts: Ids
    """Where each customer's deeds begin; one more than there are customers."""
    rows: Numbers
    kinds: Codes
    """Place in `KINDS`."""
    days: Days
    """Since 1970, in UTC, with their fraction."""

    def of(self, customer: str | None, day: float) -> tuple[Numbers, Codes, Days]:
        """What one customer did until then: rows, kinds, days; nothing for a stranger."""
        number = self.customers.get(customer, -1) if customer is not None else -1
        part = slice(self.starts[number], self.starts[number + 1]) if number >= 0 else slice(0, 0)
        before = self.days[part] <= day
        return self.rows[part][before], self.kinds[part][before], self.days[part][before]

    @property
    def who(self) -> Ids:
        """The number of the customer of each deed."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))


def day_of(at: datetime, zone: tzinfo = UTC) -> float:
    """Days since 1970; a time without a zone is in that zone."""
    return (at if at.tzinfo else at.replace(tzinfo=zone)).timestamp() / 86_400


def read(events: Iterable[Event], index: Index) -> Deeds:
    """Read the events once; those of unknown products do not count."""
    position, customers = index.position, dict[str, int]()
    code = {kind: number for number, kind in enumerate(KINDS)}
    # Columns that grow without an object for each event: a million tuples would keep the garbage collector busy.
    columns = array("q"), array("q"), array("b"), array("d")
    for event in events:
        row = position.get(event.sku)
        if row is not None:
            columns[0].append(customers.setdefault(event.customer, len(customers)))
            columns[1].append(row)
            columns[2].append(code[event.kind])
            columns[3].append(day_of(event.at))
    who, rows, kinds, days = (np.array(column) for column in columns)
    order = np.lexsort((kinds, days, rows, who))
    starts = np.concatenate(([0], np.cumsum(np.bincount(who, minlength=len(customers)))))
    return Deeds(
        customers=customers,
        starts=starts.astype(np.intp),
        rows=rows[order].astype(np.int32),
        kinds=kinds[order].astype(np.int8),
        days=days[order].astype(np.float64),
    )


def moved(deeds: Deeds, rows: Ids) -> Deeds:
    """The same deeds in a catalogue where each row is now another; −1: it is gone. The order of rows stays as it was."""
    there = rows[deeds.rows] >= 0
    counts = np.bincount(deeds.who[there], minlength=len(deeds.starts) - 1)
    starts = np.concatenate(([0], np.cumsum(counts))).astype(np.intp)
    places = rows[deeds.rows[there]].astype(np.int32)
    return Deeds(deeds.customers, starts, places, deeds.kinds[there], deeds.days[there])


def firsts(*keys: npt.NDArray[Any]) -> Ids:
    """Where a new group begins in columns that are sorted by these keys."""
    if not len(keys[0]):
        return np.empty(0, dtype=np.intp)
    new = np.zeros(len(keys[0]), dtype=np.bool_)
    new[0] = True
    for key in keys:
        new[1:] |= key[1:] != key[:-1]
    return np.flatnonzero(new)


def worth(kinds: Codes, days: Days, day: float, half_life: float) -> Weights:
    """What each deed is worth on a day, in purchases."""
    return _WORTHS[kinds] * 0.5 ** ((day - days) / half_life)


def cells(deeds: Deeds, half_life: float) -> tuple[Ids, Ids, Weights]:
    """Customer, row and how much the one wants the other, 0…1: a hundred purchases are one sure customer.

    Counted from the last event; what was returned is not wanted.
    """
    who, last = deeds.who, float(deeds.days.max(initial=0.0))
    groups = firsts(who, deeds.rows)
    if not len(groups):
        return groups, groups, np.empty(0)
    sums = np.add.reduceat(worth(deeds.kinds, deeds.days, last, half_life), groups)
    wanted = sums > 0
    return who[groups][wanted], deeds.rows[groups][wanted].astype(np.intp), np.minimum(sums[wanted], 1.0)


def lessons(deeds: Deeds, size: int) -> Any:
    """The CSR matrix customers × rows that is learnt from; who takes far more than others weighs less for each product."""
    from scipy import sparse  # noqa: PLC0415  (a quarter of a second, for who has events)

    who, rows, wanted = cells(deeds, LEARNT_HALF_LIFE)
    order = np.lexsort((rows, -wanted, who))
    counts = np.bincount(who, minlength=len(deeds.customers))
    rank = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts)
    kept = order[rank < MOST]
    usual = max(USUAL, float(counts.mean()) if len(counts) else 0.0)
    weight = np.sqrt(usual / np.maximum(counts, usual))
    values = (wanted[kept] * weight[who[kept]]).astype(np.float32)
    return sparse.csr_matrix((values, (who[kept], rows[kept])), shape=(len(deeds.customers), size))


def buyers(deeds: Deeds, size: int) -> Numbers:
    """Of each row how many different customers kept what they bought."""
    _, rows = kept(deeds.who, deeds.rows, deeds.kinds)
    return np.bincount(rows, minlength=size).astype(np.int32)


def kept(who: Ids, rows: Numbers, kinds: Codes) -> tuple[Ids, Numbers]:
    """The (customer, row) pairs that ended with a purchase, not with a return."""
    traded = (kinds == BUY) | (kinds == RETURN)
    who, rows, kinds = who[traded], rows[traded], kinds[traded]
    ends = np.append(firsts(who, rows)[1:], len(who))[: len(who)] - 1
    had = kinds[ends] == BUY
    return who[ends][had], rows[ends][had]


def intervals(deeds: Deeds, index: Index) -> npt.NDArray[np.float32]:
    """Of each row the usual days between two purchases by one customer; NaN where nothing was ever bought again.

    The median of the product's gaps, else of its category's, else of all.
    """
    bought = deeds.kinds == BUY
    who, rows, days = deeds.who[bought], deeds.rows[bought], np.floor(deeds.days[bought])
    again = (who[1:] == who[:-1]) & (rows[1:] == rows[:-1]) & (days[1:] > days[:-1])
    rows, gaps = rows[1:][again], (days[1:] - days[:-1])[again]
    found = np.full(len(index), np.median(gaps) if len(gaps) >= GAPS else np.nan, dtype=np.float32)
    of_category = medians(index.category[rows], gaps, len(index.kinds_of_goods))
    told = of_category[index.category]
    found = np.where(np.isnan(told), found, told)
    own = medians(rows, gaps, len(index))
    return np.where(np.isnan(own), found, own)


def medians(keys: npt.NDArray[Any], values: Weights, size: int, least: int = GAPS) -> npt.NDArray[np.float32]:
    """The median of the values of each key 0 … size − 1, NaN of keys with fewer values than `least`."""
    order = np.lexsort((values, keys))
    counts = np.bincount(keys, minlength=size)
    starts = np.cumsum(counts) - counts
    sure = np.flatnonzero(counts >= least)
    found = np.full(size, np.nan, dtype=np.float32)
    rising = values[order]
    middle = starts[sure] + (counts[sure] - 1) // 2, starts[sure] + counts[sure] // 2
    found[sure] = (rising[middle[0]] + rising[middle[1]]) / 2
    return found
