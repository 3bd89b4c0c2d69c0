"""The figures: recall, rank, precision against coverage, calibration."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.evaluation import (
    Judged,
    answered_at_precision,
    calibration_error,
    figures,
    mean_reciprocal_rank,
    recall,
    risk_coverage,
)


def judged(right: str, hits: str, confidence: float = 0.9, *, answered: bool = True) -> Judged:
    return Judged(frozenset(right), tuple(hits), confidence, answered)


FIVE = [
    judged("a", "abc", 0.95),
    judged("b", "abc", 0.9),
    judged("", "abc", 0.85),
    judged("c", "abc", 0.4, answered=False),
    judged("d", "abc", 0.1, answered=False),
]


def test_recall_and_rank_count_only_what_the_base_holds() -> None:
    assert recall(FIVE, 1) == 0.25
    assert recall(FIVE, 2) == 0.5
    assert recall(FIVE, 10) == 0.75
    assert mean_reciprocal_rank(FIVE) == pytest.approx((1 + 1 / 2 + 1 / 3) / 4)


def test_all_figures_at_once() -> None:
    found = figures(FIVE)
    assert (found.n, found.answerable, found.answered, found.false_answers) == (5, 4, 3, 1)
    assert found.precision == pytest.approx(1 / 3)
    assert found.answered_right == 0.25


def test_precision_falls_as_more_is_answered() -> None:
    points = risk_coverage(FIVE)
    assert [point.coverage for point in points] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    assert [point.precision for point in points] == pytest.approx([1, 1 / 2, 1 / 3, 1 / 4, 1 / 5])
    assert answered_at_precision(FIVE, 0.93) == 0.25


def test_questions_of_one_confidence_are_answered_together() -> None:
    assert len(risk_coverage([judged("a", "a", 0.5), judged("b", "a", 0.5)])) == 1
    assert answered_at_precision([judged("a", "a", 0.5), judged("b", "a", 0.5)], 0.93) == 0.0


def test_calibration_is_the_gap_between_what_was_said_and_what_was_so() -> None:
    assert calibration_error([judged("a", "a", 1.0), judged("a", "b", 0.0)]) == 0.0
    assert calibration_error([judged("a", "a", 0.75), judged("a", "b", 0.75)]) == pytest.approx(0.25)


def test_nothing_judged_is_no_error() -> None:
    found = figures([])
    assert (found.n, found.precision, found.recall_at_1, found.ece) == (0, 1.0, 0.0, 0.0)


JUDGED = st.builds(judged, st.text("abc", max_size=2), st.text("abc", max_size=3), st.floats(0, 1), answered=st.booleans())


@given(st.lists(JUDGED, max_size=20))
def test_every_share_is_a_share(many: list[Judged]) -> None:
    found = figures(many)
    shares = (
        found.recall_at_1,
        found.recall_at_3,
        found.recall_at_10,
        found.mrr,
        found.precision,
        found.answered_right,
        found.ece,
    )
    assert all(0.0 <= share <= 1.0 + 1e-9 for share in shares)
    assert found.recall_at_1 <= found.recall_at_3 <= found.recall_at_10
