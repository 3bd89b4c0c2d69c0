"""From evidence to a probability: logistic regression on the base itself, held near coefficients learnt before.

A score means something else in every base; what ops care for is how often we are right. So when a library is built, it
asks itself: each phrasing with itself hidden (right where its own entry still comes first), each phrasing with its whole
entry hidden (whatever comes first is wrong), and questions from outside (wrong as well). A logistic regression over
`features` learns from these, by Newton's method (iteratively reweighted least squares; Bishop, "Pattern Recognition and
Machine Learning", 2006, §4.3.3) under a Gaussian prior centred on PRIOR, which is what carries a base of five entries.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from knowledge.features import Features

PRIOR: Final = (0.0,) * 16
_STRENGTH: Final = 5.0
_ROUNDS: Final = 25


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights that turn features into the probability that the entry answers the question."""

    weights: tuple[float, ...]

    def probability(self, features: Features) -> Features:
        """One probability a row of an n × k matrix."""
        logits = np.clip(features @ np.array(self.weights), -30.0, 30.0)
        return np.asarray(1.0 / (1.0 + np.exp(-logits)))


def fit(features: Features, right: Features, weight: Features, prior: Sequence[float] = PRIOR, strength=_STRENGTH) -> Calibration:
    """The most probable weights: `features` n × k, `right` n of 0/1, `weight` n, how much each example counts."""
    centre = np.array(prior)
    at = centre.copy()
    for _ in range(_ROUNDS):
        p = 1.0 / (1.0 + np.exp(-np.clip(features @ at, -30.0, 30.0)))
        gradient = features.T @ (weight * (p - right)) + strength * (at - centre)
        curve = (features.T * (weight * p * (1 - p))) @ features + strength * np.eye(len(at))
        step = np.linalg.solve(curve, gradient)
        at -= step
        if np.abs(step).max() < 1e-6:
            break
    return Calibration(tuple(float(w) for w in at))
