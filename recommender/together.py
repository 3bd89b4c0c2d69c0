"""What goes together (一起买): from who took what to a short list of neighbours for each product.

Two established methods share the work, chosen by measurement (`python -m bot.bench recommend`, BENCHMARKS.md):
EASE^R for the products that most customers touched (H. Steck, "Embarrassingly Shallow Autoencoders for Sparse
Data", WWW 2019), and shrunk cosine between the customers of two products for all others (B. Sarwar et al.,
"Item-based collaborative filtering", WWW 2001; the shrinking after Y. Koren and R. Bell).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from recommender.index import NOBODY, Ids, Weights

Cells = Any
"""A scipy CSR matrix, customers × products: how much each wanted each, 0…1."""

CORE = 2000
"""So many of the most wanted products are learnt by EASE; inverting their matrix takes a second."""
RIDGE = 3.0
"""EASE's λ, in customers of the core's average product: so a small shop is damped as a large one is."""
DAMPED = 5.0
"""λ is never less than this."""
FEW = 5.0
"""Customers whom the cosine imagines to have taken each without the other: two chance buyers are no law yet."""
ALONE = 1.0
"""Products whose common customers weigh no more than this share nothing: it may be one person's habit."""
TAIL = 0.1
"""What a cosine is worth beside a weight of EASE, whose neighbours share the explaining among themselves."""
NEIGHBOURS = 100
BEYOND = 40
"""Neighbours kept of a product outside the core."""
BLOCK = 1024
"""Rows that are multiplied at once: bounds the memory."""

Compact = npt.NDArray[np.int32]
Strengths = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Together:
    """For each product those that go with it, in three flat arrays over the products that have any."""

    rows: Ids
    """Of each place its row in the catalogue, ascending."""
    starts: Ids
    """Where the neighbours of each place begin; one more than there are places."""
    near: Compact
    """Neighbours, as places."""
    strength: Strengths
    """How much each speaks for its neighbour; EASE also knows what speaks against."""

    def places(self, rows: Ids) -> Ids:
        """Of each row its place, −1 where nothing is known of it."""
        if not len(self.rows):
            return np.full(len(rows), -1, dtype=np.intp)
        found = np.minimum(np.searchsorted(self.rows, rows), len(self.rows) - 1)
        return np.where(self.rows[found] == rows, found, -1)

    def spread(self, rows: Ids, weights: Weights) -> tuple[Ids, Weights]:
        """What a history says of all products: rows that it speaks for, ascending, and how strongly."""
        total = np.zeros(len(self.rows))
        places = self.places(rows)
        for place, weight in zip(places, weights, strict=True):
            if place >= 0:
                part = slice(self.starts[place], self.starts[place + 1])
                total[self.near[part]] += weight * self.strength[part]
        spoken = np.flatnonzero(total > 0)
        return self.rows[spoken], total[spoken]

    def between(self, row: int, rows: Ids) -> Weights:
        """How strongly each of some rows speaks for one row."""
        found, wanted = np.zeros(len(rows)), int(self.places(np.array([row]))[0])
        places = self.places(rows)
        known = np.flatnonzero(places >= 0) if wanted >= 0 else NOBODY
        if len(known):
            begins, sizes = self.starts[places[known]], np.diff(self.starts)[places[known]]
            within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
            links = np.repeat(begins, sizes) + within
            hits = self.near[links] == wanted
            found[np.repeat(known, sizes)[hits]] = self.strength[links[hits]]
        return found


NOTHING = Together(NOBODY, np.zeros(1, np.intp), np.empty(0, np.int32), np.empty(0, np.float32))


def moved(known: Together, rows: Ids) -> Together:
    """The same in a catalogue where each row is now another; −1: it is gone. The order of rows stays as it was."""
    if not len(known.rows):
        return known
    stays = rows[known.rows] >= 0
    places = np.cumsum(stays) - 1
    of = np.repeat(np.arange(len(known.rows)), np.diff(known.starts))
    links = stays[of] & stays[known.near]
    sizes = np.bincount(places[of[links]], minlength=int(stays.sum()))
    starts = np.concatenate(([0], np.cumsum(sizes))).astype(np.intp)
    return Together(rows[known.rows[stays]], starts, places[known.near[links]].astype(np.int32), known.strength[links])


class _Links(NamedTuple):
    """Neighbours of some products, one product after the other."""

    places: Ids
    sizes: Ids
    near: Compact
    strength: Strengths


def learn(cells: Cells) -> Together:
    """Neighbours of every product that two customers took.

    Args:
        cells: customers × products: how much each took of each, 0…1; no customer may weigh more than one.
    """
    rows = np.flatnonzero(np.bincount(cells.indices, minlength=cells.shape[1]) >= 2)
    if not len(rows):
        return NOTHING
    wanted = cells.tocsc()[:, rows].tocsr()
    mass = np.asarray(wanted.sum(axis=0)).ravel()
    core = np.sort(np.argsort(-mass, kind="stable")[:CORE])
    return _flat(rows, [*_core(wanted, core), *_beyond(wanted, core)])


def _flat(rows: Ids, links: list[_Links]) -> Together:
    """All neighbours in the order of their products."""
    sizes = np.zeros(len(rows), dtype=np.intp)
    for some in links:
        sizes[some.places] = some.sizes
    starts = np.concatenate(([0], np.cumsum(sizes)))
    near, strength = np.empty(starts[-1], dtype=np.int32), np.empty(starts[-1], dtype=np.float32)
    for some in links:
        within = np.arange(len(some.near)) - np.repeat(np.cumsum(some.sizes) - some.sizes, some.sizes)
        target = np.repeat(starts[some.places], some.sizes) + within
        near[target], strength[target] = some.near, some.strength
    return Together(rows, starts, near, strength)


def _core(wanted: Cells, core: Ids) -> list[_Links]:
    """EASE among the core: B = I − P·diag(P)⁻¹ with P = (XᵀX + λI)⁻¹; the strongest of each row are kept."""
    part = wanted[:, core]
    shared = np.asarray((part.T @ part).todense(), dtype=np.float32)
    diagonal = np.arange(len(core))
    damped = shared.copy()
    damped[diagonal, diagonal] += max(DAMPED, RIDGE * float(np.trace(shared)) / len(core))
    inverse = np.linalg.inv(damped)
    weights = -inverse / np.diag(inverse)
    # What shares less than one whole customer may be chance, or one customer's habit.
    weights[(weights > 0) & (shared <= ALONE)] = 0.0
    weights[diagonal, diagonal] = 0.0
    return [_Links(core[diagonal], *_strongest(weights, core, NEIGHBOURS))]


def _strongest(weights: npt.NDArray[Any], names: Ids, most: int) -> tuple[Ids, Compact, Strengths]:
    """Of each row of a square matrix the entries of largest size: counts, columns, values."""
    size = min(most, len(weights))
    columns = np.argpartition(-np.abs(weights), size - 1, axis=1)[:, :size]
    values = np.take_along_axis(weights, columns, axis=1)
    kept = values != 0.0
    return kept.sum(axis=1), names[columns[kept]].astype(np.int32), values[kept].astype(np.float32)


def _beyond(wanted: Cells, core: Ids) -> Iterator[_Links]:
    """Shrunk cosine of what is not in the core with everything."""
    outside = np.setdiff1d(np.arange(wanted.shape[1]), core, assume_unique=True)
    squares = np.asarray(wanted.multiply(wanted).sum(axis=0)).ravel()
    length = np.sqrt(squares)
    by_product = wanted.T.tocsr()
    for start in range(0, len(outside), BLOCK):
        places = outside[start : start + BLOCK]
        shared = (by_product[places] @ wanted).tocsr()
        shared.data[shared.data <= ALONE] = 0.0
        shared.eliminate_zeros()
        sizes = np.diff(shared.indptr)
        of = np.repeat(places, sizes)
        values = TAIL * shared.data / (length[of] * length[shared.indices] + FEW)
        values[of == shared.indices] = 0.0
        yield _Links(places, *_topmost(sizes, shared.indices, values))


def _topmost(sizes: Ids, columns: Compact, values: Strengths) -> tuple[Ids, Compact, Strengths]:
    """Of ragged rows the largest positive values, the largest first."""
    of = np.repeat(np.arange(len(sizes)), sizes)
    order = np.lexsort((columns, -values, of))
    rank = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    kept = order[(rank < BEYOND) & (values[order] > 0)]
    return np.bincount(of[kept], minlength=len(sizes)), columns[kept], values[kept]
