"""Well-known ways to foretell purchases, each as a function from histories to a score for every product."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

Scores = npt.NDArray[Any]
Scorer = Callable[[int], Scores]
"""Household → a score for every product."""

NEIGHBOURS = 200
FACTORS = 64
CORE = 4000


@dataclass(frozen=True)
class History:
    """Who bought what when, in parallel arrays."""

    households: int
    products: int
    who: npt.NDArray[np.intp]
    what: npt.NDArray[np.intp]
    when: npt.NDArray[np.float64]
    """Days, negative: before the moment of asking."""

    @cached_property
    def counts(self) -> Any:
        """Households × products: how often."""
        return sparse.csr_matrix((np.ones(len(self.who)), (self.who, self.what)), shape=(self.households, self.products))

    @cached_property
    def whether(self) -> Any:
        """Households × products: 1 where ever."""
        found = self.counts.copy()
        found.data[:] = 1.0
        return found

    def faded(self, half_life: float) -> Any:
        """Households × products: how often, lately."""
        weights = 0.5 ** (-self.when / half_life)
        return sparse.csr_matrix((weights, (self.who, self.what)), shape=(self.households, self.products))

    def had(self, who: int) -> npt.NDArray[np.intp]:
        """What a household ever bought."""
        found: npt.NDArray[np.intp] = self.counts.indices[self.counts.indptr[who] : self.counts.indptr[who + 1]]
        return found


def installed() -> bool:
    """Whether ``implicit`` is there."""
    return find_spec("implicit") is not None


def _same_for_all(scores: Scores) -> Scorer:
    return lambda _: scores


def _popular(history: History) -> Scorer:
    return _same_for_all(np.asarray(history.whether.sum(axis=0)).ravel())


def _lately_popular(history: History) -> Scorer:
    return _same_for_all(np.asarray(history.faded(30.0).sum(axis=0)).ravel())


def _again(history: History) -> Scorer:
    """One's own purchases once more, faded; then what is popular."""
    own, all_ = history.faded(90.0), np.asarray(history.faded(30.0).sum(axis=0)).ravel()
    return lambda who: own[who].toarray().ravel() + 1e-7 * all_


def _ease(history: History) -> Scorer:
    """Steck 2019 on the products of most households, all weights kept, λ 500."""
    most = np.argsort(-np.asarray(history.whether.sum(axis=0)).ravel(), kind="stable")[:CORE]
    part = history.whether[:, most].tocsr()
    shared = np.asarray((part.T @ part).todense(), dtype=np.float32)
    shared[np.diag_indices(len(shared))] += 500.0
    inverse = np.linalg.inv(shared)
    weights = -inverse / np.diag(inverse)
    weights[np.diag_indices(len(weights))] = 0.0
    return partial(_of_core, history.products, part, weights, most)


def _of_core(size: int, part: Any, weights: Scores, most: Scores, who: int) -> Scores:
    scores = np.full(size, -1e9)
    scores[most] = np.asarray(part[who] @ weights).ravel()
    return scores


def _neighbours(kind: str, history: History) -> Scorer:
    """Item-kNN of ``implicit``: each product's nearest by cosine, or by BM25-weighted customers."""
    nearest_neighbours = import_module("implicit.nearest_neighbours")
    cells = history.counts if kind == "BM25Recommender" else history.whether
    model = getattr(nearest_neighbours, kind)(K=NEIGHBOURS, num_threads=1)
    model.fit(cells, show_progress=False)
    return lambda who: np.asarray((cells[who] @ model.similarity).todense()).ravel()


def _factors(weighted: bool, history: History) -> Scorer:
    """``implicit`` ALS (Hu, Koren, Volinsky 2008), 15 rounds."""
    bm25_weight = import_module("implicit.nearest_neighbours").bm25_weight
    cells = bm25_weight(history.counts.T, 100, 0.8).T.tocsr() if weighted else history.counts.log1p().tocsr()
    model = import_module("implicit.als").AlternatingLeastSquares(
        factors=FACTORS,
        regularization=0.1,
        alpha=2.0 if weighted else 10.0,
        iterations=15,
        random_state=1,
        num_threads=1,
    )
    model.fit(cells.astype(np.float32), show_progress=False)
    return lambda who: model.item_factors @ model.user_factors[who]


RIVALS: Mapping[str, Callable[[History], Scorer]] = {
    "popular": _popular,
    "popular lately (half-life 30 days)": _lately_popular,
    "one's own purchases again, lately most": _again,
    "EASE, 4000 products": _ease,
    "item-kNN, cosine (implicit)": partial(_neighbours, "CosineRecommender"),
    "item-kNN, BM25 (implicit)": partial(_neighbours, "BM25Recommender"),
    "ALS on log counts (implicit)": partial(_factors, False),
    "ALS on BM25 weights (implicit)": partial(_factors, True),
}
