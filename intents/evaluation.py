"""Figures over labelled messages: pure functions from what was right and what was said."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BINS = 15
"""Bins of equal width of the calibration error (Guo et al. 2017, On Calibration of Modern Neural Networks)."""


@dataclass(frozen=True, slots=True)
class LabelFigures:
    """How well one label is found."""

    precision: float
    recall: float
    f1: float
    support: int
    """Messages that truly have it."""


@dataclass(frozen=True, slots=True)
class Report:
    """Figures of one evaluation."""

    n: int
    accuracy: float
    macro_f1: float
    """Mean F1 over the labels that occur among the true ones."""
    weighted_f1: float
    ece: float
    per_label: Mapping[str, LabelFigures]
    confusion: tuple[tuple[str, str, int], ...]
    """(true, said, how often), true ≠ said, most frequent first."""
    out_of_fold: tuple[str, ...] = ()
    """Of a training: the label that a model which had not seen it gave to each example, in their order; empty where none did."""


def report(truth: Sequence[str], said: Sequence[str], confidence: Sequence[float] | NDArray[np.float64]) -> Report:
    """All figures of one evaluation; the three sequences go message by message."""
    figures = per_label(truth, said)
    real = [row for row in figures.values() if row.support]
    n = len(truth)
    wrong = Counter((true, guess) for true, guess in zip(truth, said, strict=True) if true != guess)
    return Report(
        n=n,
        accuracy=accuracy(truth, said),
        macro_f1=sum(row.f1 for row in real) / len(real) if real else 0.0,
        weighted_f1=sum(row.f1 * row.support for row in real) / n if n else 0.0,
        ece=ece(truth, said, confidence),
        per_label=figures,
        confusion=tuple((*pair, times) for pair, times in sorted(wrong.items(), key=lambda item: (-item[1], item[0]))),
    )


def accuracy(truth: Sequence[str], said: Sequence[str]) -> float:
    """Share of messages whose label was said; 0 for none."""
    return sum(a == b for a, b in zip(truth, said, strict=True)) / len(truth) if truth else 0.0


def per_label(truth: Sequence[str], said: Sequence[str]) -> dict[str, LabelFigures]:
    """Precision, recall and F1 of every label that is true or said somewhere, by name."""
    hits = Counter(a for a, b in zip(truth, said, strict=True) if a == b)
    real, guessed = Counter(truth), Counter(said)

    def figures(label: str) -> LabelFigures:
        precision = hits[label] / guessed[label] if guessed[label] else 0.0
        recall = hits[label] / real[label] if real[label] else 0.0
        both = precision + recall
        return LabelFigures(precision, recall, 2 * precision * recall / both if both else 0.0, real[label])

    return {label: figures(label) for label in sorted(real | guessed)}


def ece(truth: Sequence[str], said: Sequence[str], confidence: Sequence[float] | NDArray[np.float64]) -> float:
    """Expected calibration error: mean gap between confidence and accuracy over 15 bins, weighted by size."""
    sure = np.asarray(confidence, np.float64)
    right = np.asarray([a == b for a, b in zip(truth, said, strict=True)], np.float64)
    if not len(sure):
        return 0.0
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    gaps = (abs(float(sure[bins == one].sum() - right[bins == one].sum())) for one in range(BINS))
    return sum(gaps) / len(sure)


def auroc(outside: Sequence[float], inside: Sequence[float]) -> float:
    """Chance that a message from outside scores higher than one from inside (ties count half); 0.5 for none."""
    if not len(outside) or not len(inside):
        return 0.5
    ranked = np.sort(np.asarray(inside, np.float64))
    out = np.asarray(outside, np.float64)
    below = np.searchsorted(ranked, out, "left") + np.searchsorted(ranked, out, "right")
    return float(below.mean() / (2 * len(ranked)))
