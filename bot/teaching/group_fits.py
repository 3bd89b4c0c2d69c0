"""Fitting the models of groups: softmax regression and conditional logit with sets of right answers, and principal axes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intents.groups.judge import SORTS, Features

SEEN = 2
"""A feature is learnt from so many remarks or candidates at least."""
_MUST = 3.0
_STEPS = 200
Matrix = NDArray[np.float64]
Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Tie:
    """Candidates of one remark, and which of them are right."""

    candidates: Sequence[Features]
    right: frozenset[int]


def fitted_sorts(
    features: Sequence[Features], allowed: Sequence[frozenset[str]], index: Mapping[str, int], strength: float
) -> Matrix:
    """Weights, features × sorts, that make what is allowed likeliest."""
    from scipy.optimize import minimize  # noqa: PLC0415

    x = _sparse(features, index)
    mask = np.array([[sort in one for sort in SORTS] for one in allowed], np.float64)
    # whoever is hurt, angry or shows what is his own must not be missed
    weight = np.array([_MUST if one <= {"handover", "private"} else 1.0 for one in allowed])[:, None]
    shape = (len(index), len(SORTS))

    def cost(flat: Matrix) -> tuple[float, Matrix]:
        w = flat.reshape(shape)
        scores = x @ w
        scores -= scores.max(axis=1, keepdims=True)
        p = np.exp(scores)
        p /= p.sum(axis=1, keepdims=True)
        good = np.maximum((p * mask).sum(axis=1, keepdims=True), 1e-12)
        gradient = x.T @ (weight * (p - p * mask / good)) + strength * w
        return float(-(weight * np.log(good)).sum() + strength * (w**2).sum() / 2), np.asarray(gradient).ravel()

    found = minimize(cost, np.zeros(shape[0] * shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": _STEPS})
    return np.asarray(found.x).reshape(shape)


def fitted_ties(rows: Sequence[Tie], strength: float) -> dict[str, float]:
    """Weights by name that make the right candidates likeliest."""
    from scipy.optimize import minimize  # noqa: PLC0415

    flat = [one for row in rows for one in row.candidates]
    often = Counter(name for one in flat for name in one)
    index = {name: row for row, name in enumerate(sorted(name for name, times in often.items() if times >= SEEN))}
    x = _sparse(flat, index)
    sizes = np.array([len(row.candidates) for row in rows])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    group = np.repeat(np.arange(len(rows)), sizes)
    right = np.array([place in row.right for row in rows for place in range(len(row.candidates))], np.float64)

    def cost(w: Matrix) -> tuple[float, Matrix]:
        scores = x @ w
        scores -= np.maximum.reduceat(scores, starts)[group]
        p = np.exp(scores)
        p /= np.add.reduceat(p, starts)[group]
        good = np.maximum(np.add.reduceat(p * right, starts), 1e-12)
        gradient = x.T @ (p - p * right / good[group]) + strength * w
        return float(-np.log(good).sum() + strength * (w**2).sum() / 2), np.asarray(gradient)

    found = minimize(cost, np.zeros(len(index)), jac=True, method="L-BFGS-B", options={"maxiter": _STEPS})
    return {name: float(found.x[row]) for name, row in index.items() if abs(found.x[row]) > 1e-4}


def _sparse(rows: Sequence[Features], index: Mapping[str, int]) -> Any:
    from scipy.sparse import csr_matrix  # noqa: PLC0415

    columns, values, ends = [], [], [0]
    for one in rows:
        found = [(index[name], value) for name, value in one.items() if name in index]
        columns += [column for column, _ in found]
        values += [value for _, value in found]
        ends.append(len(columns))
    return csr_matrix((values, columns, ends), shape=(len(rows), len(index)))


def principal(rows: Vectors, count: int) -> tuple[Vectors, Vectors]:
    """The mean of vectors and the axes along which they differ most, as coarse as they are stored."""
    mean = rows.mean(axis=0)
    axes = np.linalg.svd((rows - mean), full_matrices=False)[2][:count].T
    return mean.astype(np.float16).astype(np.float32), axes.astype(np.float16).astype(np.float32)
