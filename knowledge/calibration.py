"""From evidence to a probability: two models over `features`.

The first puts the candidates in order by a weighted sum; how far the first is ahead of the next is itself evidence, and the
second says how likely the first is right. A score means something else in every base, so the second also sees its place on
the base's own `Ruler`; what ops care for is how often we are right.

Both were learnt from bases of many trades and from questions that were written and labelled for them
(`python -m bot.teaching.answers`). What a base learns by itself is the ruler: see `practice`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from knowledge import weights
from knowledge.features import NAMES, SCORE, Features

THRESHOLD: Final = 0.75
"""Answer from here on: a wrong answer costs several times what a right one earns (a promise that must be taken back, against
a question that a guide gets instead). On bases that the judge never saw, asked as in real logs with a fifth of the questions
unanswerable: 0.6 answers 67 % of the answerable at a precision of 0.87, 0.7 60 % at 0.90, 0.75 56 % at 0.92, 0.8 51 % at 0.94,
0.85 44 % at 0.95.
"""

_GRID: Final = np.linspace(0.0, 1.0, 21)
_LEAD: Final = 6.0
"""Lead in order (in logits) that counts as a full 1."""
_SCALE: Final = 10.0
"""What the order's own score is divided by, so that it is about −1…1."""


class Sure(Protocol):
    """The second model."""

    def logits(self, features: Features) -> Features:
        """The log-odds that each candidate (n of an n × k matrix) answers the question."""
        ...


@dataclass(frozen=True, slots=True)
class Linear:
    """A weighted sum."""

    weights: tuple[float, ...]

    def logits(self, features: Features) -> Features:
        """See `Sure.logits`."""
        return np.asarray(features @ np.array(self.weights))


@dataclass(frozen=True, slots=True)
class Judge:
    """Both models."""

    order: tuple[float, ...]
    """A weight a feature."""
    sure: Sure

    def scores(self, features: Features) -> Features:
        """A score a candidate (n of an n × k matrix): the higher, the better it answers."""
        return np.asarray(features @ np.array(self.order))

    def likely(self, features: Features) -> Features:
        """How likely each candidate answers the question, 0…1; of features that `standing` has filled."""
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(self.sure.logits(features), -30.0, 30.0))))


PLAIN: Final = Judge(weights.ORDER, Linear(weights.SURE))
"""For a base without senses, under an encoder that was not taught to answer."""
assert len(PLAIN.order) == len(weights.SURE) == len(NAMES)


@dataclass(frozen=True, slots=True)
class Ruler:
    """Scores that a base gave to the first entry for questions put to itself: what comparing bases with each other needs.

    Each is 21 quantiles, ascending; empty where there was nothing to ask.
    """

    unanswered: tuple[float, ...] = ()
    """For questions whose answer was hidden."""
    answered: tuple[float, ...] = ()
    """For questions whose answer was found."""

    @classmethod
    def of(cls, unanswered: Sequence[float], answered: Sequence[float]) -> "Ruler":
        """From the scores themselves."""
        return cls(_quantiles(unanswered), _quantiles(answered))

    @property
    def fits(self) -> bool:
        """Whether these are numbers as `of` makes them."""
        sides = (self.unanswered, self.answered)
        return all(len(one) in {0, len(_GRID)} and bool(np.isfinite(one).all()) and sorted(one) == [*one] for one in sides)

    def above_unanswered(self, scores: Features) -> Features:
        """The share of the questions without answer that each score is above, 0…1; a half where nothing is known."""
        return _place(scores, self.unanswered)

    def above_answered(self, scores: Features) -> Features:
        """The same for the questions with an answer."""
        return _place(scores, self.answered)


def standing(features: Features, scores: Features, alike: Features, ruler: Ruler) -> Features:
    """The features with what is known only now: each candidate's score, its lead over the best that answers another
    question, its share of all scores, and where the score lies among those of questions that the base can and cannot answer.

    `alike` is n × n of 0 or 1: which candidates answer one question for different people, and so are no rivals.
    """
    rivals = np.where(alike > 0, -np.inf, scores[None, :]).max(axis=1, initial=-np.inf)
    filled = features.copy()
    filled[:, SCORE] = scores / _SCALE
    filled[:, SCORE + 1] = np.clip((scores - rivals) / _LEAD, -1.0, 1.0)
    chances = np.exp(scores - scores.max(initial=-np.inf))
    others = (alike == 0) | np.eye(len(scores), dtype=np.bool_)
    filled[:, SCORE + 2] = chances / (chances[None, :] * others).sum(axis=1)
    filled[:, SCORE + 3] = ruler.above_unanswered(scores)
    filled[:, SCORE + 4] = ruler.above_answered(scores) - 1.0
    return filled


def exclusive(likely: Features, alike: Features) -> Features:
    """The probabilities, made to agree: over entries that answer different questions they sum to 1 at most.

    For bare topics (退货, 礼盒), of which every entry on the topic holds every word. For whole questions it would be too much:
    the model has learnt from first candidates and flatters the others.
    """
    counted = np.zeros(len(likely))
    for at in np.argsort(-likely, kind="stable"):
        counted[at] = 0.0 if (alike[at] * counted).any() else likely[at]
    return np.asarray(likely / max(1.0, counted.sum()))


def _quantiles(scores: Sequence[float]) -> tuple[float, ...]:
    return tuple(round(float(one), 3) for one in np.quantile(scores, _GRID)) if len(scores) else ()


def _place(scores: Features, quantiles: Sequence[float]) -> Features:
    return np.interp(scores, quantiles, _GRID) if quantiles else np.full(len(scores), 0.5)
