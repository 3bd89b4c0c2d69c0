"""A base that asks itself, so that it learns when it is right.

Four kinds of question: a phrasing that is hidden (its entry should still come first), a phrasing whose whole entry is
hidden (whatever comes first is wrong), a question from outside (wrong as well), and, where there are any, questions that
people labelled. All are asked of a base that looks exactly as if the hidden text had never been written.

Hidden phrasings are harder than what shoppers ask: ops write each to be different from the others. So the kinds are
weighed to the shares in which they meet a shop's base, `_SHARES`, instead of being counted as they come.
"""

import random
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

import numpy as np

from knowledge.calibration import ORDER, SURE, Examples, fit, order, with_lead
from knowledge.features import NAMES, Features
from knowledge.ports import Vectors
from knowledge.scoring import Base, Considered
from knowledge.words import Reading

_MOST: Final = 500
"""Phrasings that are asked; more teach fourteen weights nothing and cost build time."""
_SHARES: Final = {"right": 0.6, "wrong": 0.1, "missing": 0.2, "outside": 0.1}
"""Of a hundred questions to a shop's base some twenty to thirty have no answer in it."""
_EVIDENCE: Final = 200.0
"""What all of a base's own questions count together; in a base with fewer each counts as one."""
_STRENGTH: Final = 5.0
"""How firmly a base's own questions are held to what was learnt before."""
_LEARNING_STRENGTH: Final = 0.5
_TAUGHT: Final = 2.0
"""What a question that a person labelled counts."""
_ORDERED: Final = 5
"""Candidates of a question that teach the order."""


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """One question, what was considered, and which of it would have been right."""

    kind: str
    considered: Considered
    right: Features
    """1 where the entry is right, a number a candidate."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Both models of a base; see `calibration`."""

    order: tuple[float, ...]
    sure: tuple[float, ...]

    @property
    def fits(self) -> bool:
        """Whether there is one finite number a feature in both."""
        return all(len(one) == len(NAMES) and bool(np.isfinite(one).all()) for one in (self.order, self.sure))


def adapt(base: Base, seed: int) -> Weights:
    """The built-in weights, the second model moved towards what the base's own questions show."""
    trials = list(rehearsals(base, seed))
    tried = sum(trial.kind in {"held", "right"} for trial in trials)
    if not tried:
        return Weights(ORDER, SURE)
    examples = confident(trials, np.array(ORDER), min(float(tried), _EVIDENCE))
    return Weights(ORDER, _plain(fit(examples, np.array(SURE), _STRENGTH)))


def learn(base: Base, labelled: Sequence[tuple[Reading, Vectors, AbstractSet[int]]], seed: int) -> Weights:
    """Both models from nothing; `labelled`: a question, its vector, positions of right entries (empty: none is)."""
    trials = [*rehearsals(base, seed), *_taught(base, labelled)]
    zero = np.zeros(len(NAMES))
    ordering = fit(_ordered(trials), zero, _LEARNING_STRENGTH)
    sure = fit(confident(trials, ordering, _EVIDENCE), zero, _LEARNING_STRENGTH)
    return Weights(_plain(ordering), _plain(sure))


def rehearsals(base: Base, seed: int) -> Iterator[Trial]:
    """The questions that a base can ask itself."""
    rows = range(len(base.owners))
    for row in sorted(random.Random(seed).sample(rows, min(_MOST, len(rows)))):  # noqa: S311 - a sample, no secret
        same = base.same_question(base.asked.readings[row])
        peers = frozenset(peer for owner in base.owners_of(same) for peer in base.peers(owner))
        if base.rows_of({base.owners[row]}) - same:
            yield _trial("held", base.rehearse(row, same), peers)
        yield _trial("missing", base.rehearse(row, base.rows_of(peers)), frozenset())
    for considered in base.rehearse_outside():
        yield _trial("outside", considered, frozenset())


def confident(trials: Sequence[Trial], ordering: Features, mass: float) -> Examples:
    """What the second model learns from: the first candidate of each trial, weighed to `_SHARES` of `mass`."""
    kinds, features, right = [], [], []
    for trial in trials:
        if not trial.considered.entries:
            continue
        scores = order(trial.considered.features, ordering)
        first = int(scores.argmax())
        features.append(with_lead(trial.considered.features, scores, trial.considered.alike)[first])
        right.append(trial.right[first])
        kinds.append(_outcome(trial, bool(trial.right[first])))
    weight = [_TAUGHT if kind == "taught" else mass * _SHARES[kind] / kinds.count(kind) for kind in kinds]
    return Examples(np.array(features), np.array(right), np.array(weight))


def _ordered(trials: Sequence[Trial]) -> Examples:
    """What the first model learns from: the candidates of each trial that has a right one among them."""
    useful = [trial for trial in trials if trial.right[:_ORDERED].any()]
    own = sum(trial.kind != "taught" for trial in useful)
    weight = [np.full(len(trial.right[:_ORDERED]), _TAUGHT if trial.kind == "taught" else _EVIDENCE / own) for trial in useful]
    return Examples(
        np.concatenate([trial.considered.features[:_ORDERED] for trial in useful]),
        np.concatenate([trial.right[:_ORDERED] for trial in useful]),
        np.concatenate(weight),
    )


def _taught(base: Base, labelled: Sequence[tuple[Reading, Vectors, AbstractSet[int]]]) -> Iterator[Trial]:
    for question, vector, entries in labelled:
        peers = frozenset(peer for entry in entries for peer in base.peers(entry))
        yield _trial("taught", base.consider(question, vector), peers)


def _trial(kind: str, considered: Considered, right: AbstractSet[int]) -> Trial:
    return Trial(kind, considered, np.array([float(entry in right) for entry in considered.entries]))


def _outcome(trial: Trial, right: bool) -> str:
    if trial.kind == "held":
        return "right" if right else "wrong"
    return trial.kind


def _plain(weights: Features) -> tuple[float, ...]:
    return tuple(round(float(weight), 3) for weight in weights)
