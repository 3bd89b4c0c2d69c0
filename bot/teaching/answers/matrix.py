"""Teaching an encoder to answer: a matrix that moves questions to the phrasings and answers of the entry that answers them.

A linear map on frozen vectors, added to them, learnt by softmax over all phrasings and answers of a base with several right
ones (supervised contrastive learning: Khosla et al., NeurIPS 2020, in the form with the sum inside the logarithm), by AdamW
(Loshchilov & Hutter, ICLR 2019). Numpy alone: a minute on one core.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]

TEMPERATURE: Final = 0.1
ROUNDS: Final = 12
RATE: Final = 6e-4
DECAY: Final = 0.3
DROPOUT: Final = 0.1
PHRASINGS: Final = 0.5
"""What phrasings that look for their own sisters count against questions."""
ANSWERS: Final = 1.0
"""Logits by which an answer is made to look farther away than a phrasing."""
_BETAS: Final = (0.9, 0.999)


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """Vectors of one base, rows of length 1 of both encoders side by side."""

    asked: Matrix
    owners: NDArray[np.int64]
    told: Matrix
    questions: Matrix
    """Those that have an answer."""
    right: NDArray[np.bool_]
    """Questions × (phrasings, then answers)."""


def learn(courses: Sequence[Course], dimensions: int, seed: int = 0) -> Matrix:
    """The matrix, dimensions × dimensions; the same for the same courses."""
    chance = np.random.default_rng(seed)
    matrix, mean, spread = (np.zeros((dimensions, dimensions), np.float32) for _ in range(3))
    step = 0
    for _ in range(ROUNDS):
        for course in courses:
            step += 1
            slope = _slope(course, matrix, chance)
            mean += (1 - _BETAS[0]) * (slope - mean)
            spread += (1 - _BETAS[1]) * (slope**2 - spread)
            moment, scale = mean / (1 - _BETAS[0] ** step), spread / (1 - _BETAS[1] ** step)
            matrix -= np.float32(RATE) * (moment / (np.sqrt(scale) + np.float32(1e-8)) + np.float32(DECAY) * matrix)
    return matrix


def _slope(course: Course, matrix: Matrix, chance: np.random.Generator) -> Matrix:
    """The gradient of one base's loss."""
    texts = np.concatenate((course.questions, course.asked, course.told))
    kept = (chance.random(texts.shape) >= DROPOUT).astype(np.float32) / np.float32(1 - DROPOUT)
    dropped = texts * kept
    moved = texts + dropped @ matrix
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    unit = moved / lengths
    pulls = np.zeros_like(unit)
    count, asked = len(course.questions), len(course.asked)
    everything = slice(count, len(texts))
    questions = _pull(unit[:count], unit[everything], course.right, np.where(np.arange(len(texts) - count) < asked, 0.0, ANSWERS))
    pulls[:count] += questions[0]
    pulls[everything] += questions[1]
    sisters = course.owners[:, None] == course.owners[None, :]
    np.fill_diagonal(sisters, val=False)
    known = np.flatnonzero(sisters.any(axis=1))
    phrases = slice(count, count + asked)
    itself = np.zeros((len(known), asked), np.float32)
    itself[np.arange(len(known)), known] = np.inf
    own = _pull(unit[phrases][known], unit[phrases], sisters[known], itself)
    pulls[count + known] += np.float32(PHRASINGS) * own[0]
    pulls[phrases] += np.float32(PHRASINGS) * own[1]
    back = (pulls - unit * (unit * pulls).sum(axis=1, keepdims=True)) / lengths
    return np.asarray(dropped.T @ back, np.float32)


def _pull(ask: Matrix, answer: Matrix, right: NDArray[np.bool_], handicap: NDArray[np.floating]) -> tuple[Matrix, Matrix]:
    """The gradients of the mean of −log(share of the right ones) with respect to both sides."""
    logits = ask @ answer.T / np.float32(TEMPERATURE) - handicap
    every = _softmax(logits)
    pull: Matrix = ((every - _softmax(np.where(right, logits, -np.inf))) / (len(ask) * TEMPERATURE)).astype(np.float32)
    return pull @ answer, pull.T @ ask


def _softmax(logits: NDArray[np.floating]) -> NDArray[np.floating]:
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))
