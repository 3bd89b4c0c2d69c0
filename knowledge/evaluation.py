"""How good the answers are: recall, rank, calibration, and what precision costs in coverage. Pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Judged:
    """One labelled question and what came of it."""

    right: frozenset[str]
    """Entries that answer it; empty where the base does not hold the answer."""
    hits: tuple[str, ...]
    """Entries that were found, best first."""
    confidence: float
    answered: bool
    """Was the first hit given as the answer?"""

    @property
    def correct(self) -> bool:
        """Whether the first hit is a right one."""
        return bool(self.hits) and self.hits[0] in self.right


@dataclass(frozen=True, slots=True)
class Point:
    """What answering from one confidence upwards would give."""

    threshold: float
    coverage: float
    """Share of all questions that would be answered."""
    precision: float
    """Share of those answers that would be right."""
    answerable: float
    """Share of the answerable questions that would be answered right."""


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures over a set of labelled questions; shares are 0…1."""

    n: int
    answerable: int
    recall_at_1: float
    recall_at_3: float
    recall_at_10: float
    mrr: float
    answered: int
    precision: float
    """Of what was answered; 1 where nothing was."""
    answered_right: float
    """Share of the answerable questions that were answered right."""
    false_answers: int
    """Answers to questions that the base does not hold."""
    ece: float


def figures(judged: Sequence[Judged]) -> Figures:
    """Everything at once."""
    answerable = sum(bool(one.right) for one in judged)
    answered = [one for one in judged if one.answered]
    right = sum(one.correct for one in answered)
    return Figures(
        n=len(judged),
        answerable=answerable,
        recall_at_1=recall(judged, 1),
        recall_at_3=recall(judged, 3),
        recall_at_10=recall(judged, 10),
        mrr=mean_reciprocal_rank(judged),
        answered=len(answered),
        precision=right / len(answered) if answered else 1.0,
        answered_right=right / answerable if answerable else 0.0,
        false_answers=sum(not one.right for one in answered),
        ece=calibration_error(judged),
    )


def recall(judged: Sequence[Judged], k: int) -> float:
    """Share of the answerable questions with a right entry among the first k."""
    asked = [one for one in judged if one.right]
    return sum(not one.right.isdisjoint(one.hits[:k]) for one in asked) / len(asked) if asked else 0.0


def mean_reciprocal_rank(judged: Sequence[Judged]) -> float:
    """Mean of 1 / rank of the first right entry over the answerable questions; 0 where none was found."""
    asked = [one for one in judged if one.right]
    ranks = [next((at for at, hit in enumerate(one.hits, 1) if hit in one.right), None) for one in asked]
    return sum(1 / rank for rank in ranks if rank) / len(asked) if asked else 0.0


def risk_coverage(judged: Sequence[Judged]) -> list[Point]:
    """A point for each confidence that occurs, from the surest on; questions of one confidence stand or fall together."""
    answerable = sum(bool(one.right) for one in judged)
    points: list[Point] = []
    given = right = 0
    for confidence, group in groupby(sorted(judged, key=lambda one: -one.confidence), key=lambda one: one.confidence):
        together = list(group)
        given += len(together)
        right += sum(one.correct for one in together)
        points.append(Point(confidence, given / len(judged), right / given, right / answerable if answerable else 0.0))
    return points


def answered_at_precision(judged: Sequence[Judged], precision: float) -> float:
    """The largest share of the answerable questions that can be answered right at this precision, over all thresholds."""
    return max((point.answerable for point in risk_coverage(judged) if point.precision >= precision), default=0.0)


def calibration_error(judged: Sequence[Judged], bins: int = 10) -> float:
    """Expected calibration error (Naeini, Cooper & Hauskrecht, AAAI 2015): mean gap of confidence and truth, equal bins."""
    total = 0.0
    for number in range(bins):
        inside = [one for one in judged if min(int(one.confidence * bins), bins - 1) == number]
        total += abs(sum(one.confidence for one in inside) - sum(one.correct for one in inside))
    return total / len(judged) if judged else 0.0
