"""Teaching a judge: the order by a softmax over the candidates, how sure to be by boosted trees."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from knowledge.calibration import Judge, Linear, standing
from knowledge.features import NAMES, SCORE
from knowledge.forest import Forest
from knowledge.practice import Trial, rehearsals, ruler, trial
from knowledge.scoring import HITS, Base

COUNTS: Final = {"asked": 1.0, "held": 0.2, "missing": 0.2, "outside": 0.1}
"""What a question counts for the order."""
FROM_OUTSIDE: Final = 0.1
"""What a question from outside counts for sureness."""
WITHOUT: Final = 0.6
"""What a labelled question without an answer counts for sureness: the bases that teach hold more of them than a shop's day."""
TREES, LEAVES, RATE, SHARE, COLUMNS, LEAST = 200, 8, 0.04, 0.6, 0.4, 20
_STEPS, _PACE, _RIDGE = 300, 0.05, 1e-3
_BETAS: Final = (0.9, 0.999)
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class School:
    """A base, what it asked itself, and what people asked it."""

    base: Base
    own: tuple[Trial, ...]
    asked: tuple[Trial, ...]


def school(base: Base, asked: Sequence[tuple[str, AbstractSet[int]]], seed: int) -> School:
    """Ask everything; `asked`: a question, and the positions of the entries that answer it."""
    trials = []
    for question, entries in asked:
        peers = frozenset(peer for entry in entries for peer in base.peers(entry))
        trials.append(trial("asked", base.consider(base.question(base.read(question))), peers))
    return School(base, tuple(rehearsals(base, seed)), tuple(trials))


def learn(schools: Sequence[School], *, trees: bool) -> Judge:
    """Both models from nothing; `trees` says whether the second is a forest or a weighted sum."""
    judge = Judge(_order([one for school in schools for one in (*school.asked, *school.own)]), Linear(()))
    features, right, weight = (np.concatenate(part) for part in zip(*(_firsts(one, judge) for one in schools), strict=True))
    return Judge(judge.order, (_forest if trees else _linear)(features, right, weight))


def _firsts(school: School, judge: Judge) -> tuple[Numbers, Numbers, Numbers]:
    """The first candidate of each labelled question and of each from outside: its evidence, whether it was right, what it counts.

    What a base asks itself otherwise teaches sureness nothing that its ruler does not say, and is harder than what people ask.
    """
    measure, features, right, weight = ruler(school.own, judge), [], [], []
    for one in (*school.asked, *(own for own in school.own if own.kind == "outside")):
        if one.considered.entries:
            scores = judge.scores(one.considered.features)
            first = int(scores.argmax())
            features.append(standing(one.considered.features, scores, one.considered.alike, measure)[first])
            right.append(one.right[first])
            weight.append(FROM_OUTSIDE if one.kind == "outside" else 1.0 if one.right.any() else WITHOUT)
    return np.array(features), np.array(right), np.array(weight)


def _order(trials: Sequence[Trial]) -> tuple[float, ...]:
    """Weights under which the right candidates get the greatest share (listwise softmax: Cao et al., ICML 2007), by Adam."""
    useful = [one for one in trials if one.right.any()]
    x, right, gone = np.zeros((len(useful), HITS, SCORE)), np.zeros((len(useful), HITS)), np.full((len(useful), HITS), -1e9)
    for at, one in enumerate(useful):
        count = len(one.right)
        x[at, :count], right[at, :count], gone[at, :count] = one.considered.features[:, :SCORE], one.right, 0.0
    counts = np.array([COUNTS[one.kind] for one in useful])[:, None]
    spread = x.reshape(-1, SCORE).std(axis=0) + 1e-6
    x /= spread
    weights, mean, square = np.zeros(SCORE), np.zeros(SCORE), np.zeros(SCORE)
    for step in range(1, _STEPS + 1):
        share = _softmax(x @ weights + gone)
        wanted = share * right
        wanted /= wanted.sum(axis=1, keepdims=True) + 1e-12
        slope = (((share - wanted) * counts)[:, :, None] * x).sum(axis=(0, 1)) / counts.sum() + _RIDGE * weights
        mean += (1 - _BETAS[0]) * (slope - mean)
        square += (1 - _BETAS[1]) * (slope**2 - square)
        weights -= _PACE * mean / (1 - _BETAS[0] ** step) / (np.sqrt(square / (1 - _BETAS[1] ** step)) + 1e-8)
    return (*_plain(weights / spread), *(0.0,) * (len(NAMES) - SCORE))


def _softmax(scores: Numbers) -> Numbers:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def _linear(features: Numbers, right: Numbers, weight: Numbers) -> Linear:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  (only teaching needs it)

    spread = features.std(axis=0) + 1e-6
    spread[-1] = 1.0
    model = LogisticRegression(C=0.05, max_iter=1000, fit_intercept=True).fit(features / spread, right, sample_weight=weight)
    found = model.coef_[0] / spread
    found[-1] += model.intercept_[0]
    return Linear(_plain(found))


def _forest(features: Numbers, right: Numbers, weight: Numbers) -> Forest:
    from sklearn.ensemble import GradientBoostingClassifier  # noqa: PLC0415  (only teaching needs it)

    model = GradientBoostingClassifier(
        n_estimators=TREES,
        learning_rate=RATE,
        max_leaf_nodes=LEAVES,
        max_depth=None,
        min_samples_leaf=LEAST,
        subsample=SHARE,
        max_features=COLUMNS,
        random_state=0,
    ).fit(features, right, sample_weight=weight)
    odds = float((weight * right).sum() / (weight * (1 - right)).sum())
    return Forest.of(_arrays([tree for (tree,) in model.estimators_], np.log(odds)))


def _arrays(trees: Sequence[Any], start: float) -> dict[str, NDArray[Any]]:
    """The trees of scikit-learn laid one after the other."""
    parts: dict[str, list[NDArray[Any]]] = {name: [] for name in ("feature", "threshold", "left", "right", "value")}
    roots, at = [], 0
    for fitted in trees:
        tree = fitted.tree_
        itself = np.arange(tree.node_count)
        leaf = tree.children_left < 0
        roots.append(at)
        parts["feature"].append(np.where(leaf, 0, tree.feature))
        parts["threshold"].append(np.where(leaf, 0.0, tree.threshold))
        parts["left"].append(np.where(leaf, itself, tree.children_left) + at)
        parts["right"].append(np.where(leaf, itself, tree.children_right) + at)
        parts["value"].append(np.where(leaf, RATE * tree.value[:, 0, 0], 0.0))
        at += tree.node_count
    depth = max(fitted.tree_.max_depth for fitted in trees)
    return {
        **{name: np.concatenate(part) for name, part in parts.items()},
        "roots": np.array(roots),
        "start": np.array(start),
        "depth": np.array(depth),
    }


def _plain(weights: Numbers) -> tuple[float, ...]:
    return tuple(round(float(weight), 3) for weight in weights)
