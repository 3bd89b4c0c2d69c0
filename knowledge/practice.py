"""A base that asks itself, so that it learns what its scores are worth.

Three kinds of question: a phrasing that is hidden (its entry should still come first), a phrasing whose whole entry is
hidden (whatever comes first is wrong), and a question from outside (wrong as well). All are asked of a base that looks
exactly as if the hidden text had never been written. The scores they reach are the base's `Ruler`: a place on it means the
same in every base. Hidden phrasings are harder than what shoppers ask, for ops write each to be different from the others,
so how sure a place makes us was learnt from questions that people labelled.
"""

import random
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

import numpy as np

from knowledge.calibration import Judge, Ruler
from knowledge.features import Features
from knowledge.scoring import Base, Considered

_MOST: Final = 300
"""Phrasings that are asked; more teach two dozen quantiles nothing and cost build time."""


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """One question, what was considered, and which of it would have been right."""

    kind: str
    considered: Considered
    right: Features
    """1 where the entry is right, a number a candidate."""


def measured(base: Base, judge: Judge, seed: int) -> Ruler:
    """The ruler of a base."""
    return ruler(tuple(rehearsals(base, seed)), judge)


def ruler(trials: Sequence[Trial], judge: Judge) -> Ruler:
    """The scores of first candidates, for questions that the base could not and could answer."""
    without, answered = [], []
    for trial in trials:
        if trial.considered.entries:
            scores = judge.scores(trial.considered.features)
            first = int(scores.argmax())
            if trial.right[first]:
                answered.append(float(scores[first]))
            elif trial.kind != "held":
                without.append(float(scores[first]))
    return Ruler.of(without, answered)


def rehearsals(base: Base, seed: int) -> Iterator[Trial]:
    """The questions that a base can ask itself."""
    rows = range(len(base.owners))
    for row in sorted(random.Random(seed).sample(rows, min(_MOST, len(rows)))):  # noqa: S311 - a sample, no secret
        same = base.same_question(base.texts.phrase(row))
        peers = frozenset(peer for owner in base.owners_of(same) for peer in base.peers(owner))
        if base.rows_of({base.owners[row]}) - same:
            yield trial("held", base.rehearse(row, same), peers)
        yield trial("missing", base.rehearse(row, base.rows_of(peers)), frozenset())
    for considered in base.rehearse_outside():
        yield trial("outside", considered, frozenset())


def trial(kind: str, considered: Considered, right: AbstractSet[int]) -> Trial:
    """A question put to a base, `right` being the positions of the entries that answer it."""
    return Trial(kind, considered, np.array([float(entry in right) for entry in considered.entries]))
