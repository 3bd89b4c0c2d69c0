"""Make scores mean something: margins to probabilities that are right as often as they say."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_TINY = 1e-6


@dataclass(frozen=True, slots=True)
class Calibration:
    """A temperature for the softmax over margins, then a beta map for its best probability.

    Sources: Guo et al. 2017 (temperature scaling); Kull et al. 2017, Beta calibration.
    """

    temperature: float = 1.0
    slope: float = 1.0
    """Weight of ln p."""
    mirror: float = 1.0
    """Weight of −ln(1 − p)."""
    shift: float = 0.0

    def probabilities(self, margins: NDArray[np.float64]) -> NDArray[np.float64]:
        """Margins (sentences × labels) to rows of probabilities; the order of the labels never changes."""
        if not margins.size:
            return margins
        chances = softmax(margins * self.temperature)
        best = chances.argmax(axis=1)
        rows = np.arange(len(best))
        top = np.clip(chances[rows, best], _TINY, 1 - _TINY)
        wanted = _sigmoid(self.slope * np.log(top) - self.mirror * np.log1p(-top) + self.shift)
        chances[rows, best] = 0.0
        rest = chances.sum(axis=1)
        second = chances.max(axis=1) / np.maximum(rest, _TINY)
        wanted = np.maximum(wanted, second / (1 + second) + _TINY)
        chances *= ((1 - wanted) / np.maximum(rest, 1e-300))[:, None]
        chances[rows, best] = 0.0
        chances[rows, best] = 1 - chances.sum(axis=1)
        return chances


def calibrate(margins: NDArray[np.float64], truth: NDArray[np.int64]) -> Calibration:
    """The calibration that makes the true labels (row numbers) of held-out margins likeliest."""
    temperature = _temperature(margins, truth)
    chances = softmax(margins * temperature)
    top = np.clip(chances.max(axis=1), _TINY, 1 - _TINY)
    right = (chances.argmax(axis=1) == truth).astype(np.float64)
    slope, mirror, shift = _beta(top, right)
    return Calibration(temperature, slope, mirror, shift)


def softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows of scores as rows of probabilities."""
    risen = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(risen / risen.sum(axis=1, keepdims=True), np.float64)


def _sigmoid(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -30, 30))), np.float64)


def _temperature(margins: NDArray[np.float64], truth: NDArray[np.int64]) -> float:
    """The factor of least negative log-likelihood, by golden-section search over its logarithm."""
    rows = np.arange(len(truth))

    def loss(power: float) -> float:
        scores = margins * np.exp(power)
        top = scores.max(axis=1)
        return float((np.log(np.exp(scores - top[:, None]).sum(axis=1)) + top - scores[rows, truth]).mean())

    low, high, ratio = -3.0, 4.0, (5**0.5 - 1) / 2
    for _ in range(40):
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        if loss(left) < loss(right):
            high = right
        else:
            low = left
    return float(np.exp((low + high) / 2))


def _beta(top: NDArray[np.float64], right: NDArray[np.float64]) -> tuple[float, float, float]:
    """Logistic regression of being right on ln p and −ln(1 − p) by Newton steps, drawn towards the identity.

    A step is halved until the penalised loss falls: full steps run away where nearly all is right.
    """
    inputs = np.stack([np.log(top), -np.log1p(-top), np.ones_like(top)], axis=1)
    identity = np.array([1.0, 1.0, 0.0])

    def loss(weights: NDArray[np.float64]) -> float:
        said = inputs @ weights
        return float(np.logaddexp(0.0, said).sum() - right @ said + ((weights - identity) ** 2).sum() / 2)

    weights, now = identity, loss(identity)
    for _ in range(50):
        said = _sigmoid(inputs @ weights)
        slope = inputs.T @ (said - right) + (weights - identity)
        curve = (inputs * (said * (1 - said))[:, None]).T @ inputs + np.eye(3)
        move = np.linalg.solve(curve, slope)
        while (better := loss(weights - move)) > now and float(np.abs(move).max()) > 1e-8:
            move = move / 2
        if better > now or float(np.abs(move).max()) < 1e-8:
            break
        weights, now = weights - move, better
    a, b = max(0.0, float(weights[0])), max(0.0, float(weights[1]))
    return a, b, float(weights[2])
