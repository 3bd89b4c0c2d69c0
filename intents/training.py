"""Teach a linear model from labelled sentences, with figures from sentences that it had not seen.

scikit-learn is needed here alone and imported here alone: a worker never loads it.
"""

import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from intents.calibration import Calibration, calibrate
from intents.evaluation import Report, report
from intents.features import pieces, prepared, terms, unadorned
from intents.linear import Block, LinearModel, embedded
from intents.normalize import normalize, vocabulary
from intents.ports import Embedder

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix
    from sklearn.model_selection import StratifiedKFold

Progress = Callable[[str, int, int], None]
"""Told (what, done, of how many) while the work goes on."""

_FOLDS = 5
_MANY = 60_000
"""From so many examples on, one fifth held out replaces five-fold cross-validation."""
_BYTES = 11_000_000
"""Room for stored weights (two bytes each, before they are packed), so that a model stays below 12 MB."""
_MOST_FEATURES = 120_000
_SOFTNESS = 0.3
"""C of the support vector machines."""
_CHARACTER_SCALE = 1.4
"""Weight of the pieces of characters and sounds beside the words."""
_EMBEDDING_SCALE = 1.2
"""Weight of the sentence vector beside the characters' and the words' (chosen by cross-validation on two corpora)."""
_LOST = 0.002
"""Share of right answers that rejection may cost."""


@dataclass(frozen=True, slots=True)
class _Table:
    """All examples as numbers."""

    features: "csr_matrix"
    """examples × (characters + terms + embedding)"""
    labels: NDArray[np.int64]
    names: tuple[str, ...]
    characters: Block
    terms: Block
    dimensions: int


def train(
    examples: Sequence[tuple[str, str]],
    embedder: Embedder | None,
    *,
    seed: int = 0,
    words: Sequence[str] = (),
    progress: Progress | None = None,
) -> tuple[LinearModel, Report]:
    """A model from (text, label) pairs, and its figures on held-out folds; the same input gives the same model.

    Raises ValueError, listing every fault in Chinese, where the examples cannot teach anything.
    """
    tell = progress or _silent
    known = tuple(words)
    keep = vocabulary(known)
    clean = [(normalize(text, keep).text, label.strip()) for text, label in examples]
    if faults := list(_faults(clean)):
        raise ValueError("\n".join(faults))
    table = _table(clean, embedder, known, tell)
    tested, margins = _held_out(table, seed, tell)
    truth = table.labels[tested]
    calibration = calibrate(margins, truth)
    chances = calibration.probabilities(margins)
    best = chances.argmax(axis=1)
    names = table.names
    figures = report([names[row] for row in truth], [names[row] for row in best], chances.max(axis=1))
    given = {int(row): names[said] for row, said in zip(tested, best, strict=True)}
    figures = replace(figures, out_of_fold=tuple(given.get(row, "") for row in range(len(examples))))
    right = np.sort(chances.max(axis=1)[best == truth])
    threshold = float(right[int(len(right) * _LOST)]) * 0.999 if len(right) else 0.0
    tell("训练", 0, 1)
    weights, bias = _fit(table.features, table.labels, len(names), seed)
    tell("训练", 1, 1)
    return _model(table, weights, bias, _Verdicts(known, calibration, threshold, embedder)), figures


def _silent(what: str, done: int, total: int) -> None:
    """Nobody watches."""
    del what, done, total


@dataclass(frozen=True, slots=True)
class _Verdicts:
    """What a model knows beyond its weights."""

    words: tuple[str, ...]
    calibration: Calibration
    threshold: float
    embedder: Embedder | None


def _faults(examples: Sequence[tuple[str, str]]) -> Iterable[str]:
    """Why these examples cannot teach anything, each reason once."""
    if not examples:
        yield "没有训练数据"
        return
    empty = [number for number, (text, label) in enumerate(examples, 1) if not text or not label]
    if empty:
        shown = "、".join(map(str, empty[:20])) + ("…" if len(empty) > 20 else "")
        yield f"第 {shown} 条是空的：句子和意图都要写"
    counts = Counter(label for text, label in examples if label)
    if len(counts) == 1:
        yield f"只有一个意图（{next(iter(counts))}），至少要有两个"
    if rare := sorted(label for label, times in counts.items() if times < 2):
        yield f"每个意图至少要两条例句，这些只有一条：{'、'.join(rare)}"


def _table(examples: Sequence[tuple[str, str]], embedder: Embedder | None, words: tuple[str, ...], tell: Progress) -> _Table:
    """Examples to features."""
    from scipy.sparse import csr_matrix, hstack  # noqa: PLC0415 - a worker must not load it

    sentences = []
    for number, (text, _) in enumerate(examples):
        sentences.append(prepared(text))
        if number % 1000 == 0:
            tell("整理", number, len(examples))
    names = tuple(sorted({label for _, label in examples}))
    room = min(_MOST_FEATURES, _BYTES // (2 * len(names)))
    characters, character_part = _block([pieces(one) for one in sentences], room * 3 // 4)
    spoken, term_part = _block([terms(one, words) for one in sentences], room // 4)
    parts = [_CHARACTER_SCALE * character_part, term_part]
    if embedder is not None:
        vectors = embedded([unadorned(text) for text, _ in examples], embedder, partial(tell, "向量"))
        parts.append(csr_matrix(_EMBEDDING_SCALE * vectors))
    row = {name: number for number, name in enumerate(names)}
    labels = np.asarray([row[label] for _, label in examples], np.int64)
    dimensions = embedder.dimensions if embedder is not None else 0
    return _Table(hstack(parts, format="csr"), labels, names, characters, spoken, dimensions)


def _block(documents: Sequence[Counter[str]], room: int) -> tuple[Block, "csr_matrix"]:
    """The ``room`` most frequent features seen at least twice (once in small data), and the documents in them."""
    from scipy.sparse import csr_matrix  # noqa: PLC0415 - a worker must not load it

    seen: Counter[str] = Counter()
    for counts in documents:
        seen.update(counts.keys())
    least = 2 if len(documents) > 500 else 1
    kept = sorted((name for name, times in seen.items() if times >= least), key=lambda name: (-seen[name], name))
    kept = kept[:room]
    idf = np.log((1 + len(documents)) / (1 + np.asarray([seen[name] for name in kept], np.float64))) + 1
    block = Block({name: row for row, name in enumerate(kept)}, idf.astype(np.float32))
    columns: list[NDArray[np.intp]] = []
    values: list[NDArray[np.float32]] = []
    ends = [0]
    for counts in documents:
        rows, weights = block.vector(counts)
        columns.append(rows)
        values.append(weights)
        ends.append(ends[-1] + len(rows))
    return block, csr_matrix((np.concatenate(values), np.concatenate(columns), ends), shape=(len(documents), len(kept)))


def _held_out(table: _Table, seed: int, tell: Progress) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Rows that were tested, and their margins from models that had not seen them."""
    from sklearn.model_selection import StratifiedKFold  # noqa: PLC0415 - a worker must not load it

    rarest = int(np.bincount(table.labels).min())
    folds = max(2, min(_FOLDS, rarest))
    splits = list(_splits(StratifiedKFold(folds, shuffle=True, random_state=seed), table.labels))
    if len(table.labels) > _MANY:
        splits = splits[:1]
    margins = np.zeros((len(table.labels), len(table.names)))
    tested: list[NDArray[np.int64]] = []
    for number, (learn, test) in enumerate(splits):
        tell("交叉验证", number, len(splits))
        weights, bias = _fit(table.features[learn], table.labels[learn], len(table.names), seed)
        margins[test] = np.asarray(table.features[test] @ weights) + bias
        tested.append(test)
    rows = np.sort(np.concatenate(tested))
    return rows, margins[rows]


def _splits(cutter: "StratifiedKFold", labels: NDArray[np.int64]) -> Iterable[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """(learn, test) rows of each fold."""
    for learn, test in cutter.split(np.zeros((len(labels), 1)), labels):
        yield np.asarray(learn, np.int64), np.asarray(test, np.int64)


def _fit(
    features: "csr_matrix", labels: NDArray[np.int64], count: int, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """One support vector machine for each label against the rest: features × labels, and the bias of each."""
    from sklearn.svm import LinearSVC  # noqa: PLC0415 - a worker must not load it

    many = len(labels) > _MANY
    machine = LinearSVC(C=_SOFTNESS, random_state=seed, tol=1e-2 if many else 1e-3, max_iter=100 if many else 2000)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        machine.fit(features, labels)
    weights, bias = np.zeros((features.shape[1], count)), np.full(count, -2.0)
    coefficients, intercepts = np.asarray(machine.coef_), np.asarray(machine.intercept_)
    if len(coefficients) == 1:
        coefficients, intercepts = (
            np.vstack([-coefficients, coefficients]),
            np.array([-intercepts[0], intercepts[0]]),
        )
    weights[:, machine.classes_], bias[machine.classes_] = coefficients.T, intercepts
    return weights, bias


def _model(table: _Table, weights: NDArray[np.float64], bias: NDArray[np.float64], verdicts: _Verdicts) -> LinearModel:
    """The trained model; weights have the stored precision from the start."""
    first, second = len(table.characters.index), len(table.characters.index) + len(table.terms.index)
    scaled = np.concatenate([_CHARACTER_SCALE * weights[:first], weights[first:]])
    stored = scaled.astype(np.float16).astype(np.float32)
    return LinearModel(
        labels=table.names,
        words=verdicts.words,
        characters=table.characters,
        terms=table.terms,
        character_weights=stored[:first],
        term_weights=stored[first:second],
        embedding_weights=(_EMBEDDING_SCALE * weights[second:]).astype(np.float32),
        bias=bias.astype(np.float32),
        calibration=verdicts.calibration,
        threshold=verdicts.threshold,
        embedder=verdicts.embedder,
    )
