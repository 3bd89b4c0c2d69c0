"""Figures from what was right and what was said."""

import numpy as np
import pytest

from intents.calibration import Calibration, calibrate
from intents.evaluation import auroc, ece, report


def test_a_report_by_hand() -> None:
    figures = report(["a", "a", "b", "b"], ["a", "b", "b", "b"], [1.0, 1.0, 1.0, 1.0])
    assert figures.accuracy == 0.75
    assert figures.per_label["a"].precision == 1.0
    assert figures.per_label["a"].recall == 0.5
    assert figures.per_label["b"].f1 == pytest.approx(0.8)
    assert figures.macro_f1 == pytest.approx((2 / 3 + 0.8) / 2)
    assert figures.weighted_f1 == pytest.approx((2 / 3 + 0.8) / 2)
    assert figures.ece == pytest.approx(0.25)
    assert figures.confusion == (("a", "b", 1),)


def test_nothing_gives_zeros() -> None:
    figures = report([], [], [])
    assert (figures.n, figures.accuracy, figures.macro_f1, figures.ece) == (0, 0.0, 0.0, 0.0)
    assert auroc([], [0.1]) == 0.5


def test_honest_confidence_has_no_calibration_error() -> None:
    truth = ["a"] * 10
    said = ["a"] * 8 + ["b"] * 2
    assert ece(truth, said, [0.8] * 10) == pytest.approx(0)


def test_auroc_counts_pairs() -> None:
    assert auroc([0.9, 0.8], [0.1, 0.2]) == 1.0
    assert auroc([0.5], [0.5]) == 0.5
    assert auroc([0.1, 0.9], [0.5]) == 0.5


def test_calibration_makes_overconfident_margins_honest() -> None:
    chance = np.random.default_rng(0)
    truth = chance.integers(0, 8, 40_000)
    margins = chance.normal(size=(40_000, 8)) + 1.5 * np.eye(8)[truth]
    learnt = calibrate(9 * margins[:20_000], truth[:20_000])
    rows = learnt.probabilities(9 * margins[20_000:])
    names = [str(one) for one in truth[20_000:]]
    said = [str(one) for one in rows.argmax(axis=1)]
    raw = Calibration().probabilities(9 * margins[20_000:])
    assert ece(names, said, rows.max(axis=1)) < 0.03 < 0.15 < ece(names, said, raw.max(axis=1))


def test_calibration_keeps_the_order_of_labels() -> None:
    margins = np.random.default_rng(1).normal(size=(200, 6))
    rows = Calibration(3.0, 0.4, 0.7, -2.0).probabilities(margins)
    assert (rows.argmax(axis=1) == margins.argmax(axis=1)).all()
    assert np.allclose(rows.sum(axis=1), 1)
