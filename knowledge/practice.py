"""A base that asks itself: labelled questions from its own phrasings, to learn when it is right.

Three kinds of question: a phrasing that is hidden (its entry should still come first), a phrasing whose whole entry is
hidden (whatever comes first is wrong), and a question from outside. All of them are asked of a base that looks exactly
as if the hidden text had never been written.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from knowledge.features import NAMES, Features
from knowledge.scoring import Base

_MOST: Final = 800
"""Phrasings that are asked; more teach thirteen weights nothing and cost build time."""
_ANSWERABLE: Final = 0.8
"""Share of shoppers' questions to the base that it holds an answer to: what the examples are weighed to."""
_OUTSIDE: Final = 0.3
"""Share of questions from outside among those without an answer; the others are near misses, which are harder."""


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Features of what came first, whether it was right, and how much each counts."""

    features: Features
    right: Features
    weight: Features


@dataclass(frozen=True, slots=True, eq=False)
class _Example:
    kind: str
    features: Features
    right: bool


def examples(base: Base, seed: int) -> Examples:
    """All examples of a base; none where it is too small to hide anything from itself."""
    rows = range(len(base.text.phrases))
    chosen = sorted(random.Random(seed).sample(rows, min(_MOST, len(rows))))
    asked = [example for row in chosen for example in _hiding(base, row)]
    asked.extend(_Example("outside", found[0].features, right=False) for found in base.rehearse_outside() if found)
    return _weighed(asked)


def _hiding(base: Base, row: int) -> Iterator[_Example]:
    same = base.same_question(base.text.phrases[row])
    owners = base.owners_of(same)
    peers = set().union(*(base.peers(owner) for owner in owners))
    if base.rows_of(owners) - same and (found := base.rehearse(row, same)):
        yield _Example("held", found[0].features, right=found[0].candidate.entry in peers)
    if found := base.rehearse(row, base.rows_of(peers)):
        yield _Example("missing", found[0].features, right=False)


def _weighed(asked: Sequence[_Example]) -> Examples:
    """Examples weighed to the shares above; all weigh nothing where no phrasing could be hidden."""
    counts = Counter(example.kind for example in asked)
    unanswerable = counts["held"] * (1 - _ANSWERABLE) / _ANSWERABLE
    mass = {
        "held": counts["held"],
        "missing": unanswerable * (1 - _OUTSIDE),
        "outside": unanswerable * _OUTSIDE,
    }
    return Examples(
        np.array([example.features for example in asked]).reshape(-1, len(NAMES)),
        np.array([float(example.right) for example in asked]),
        np.array([mass[example.kind] / counts[example.kind] for example in asked]),
    )
