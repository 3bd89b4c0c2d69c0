"""Teach a linear model from labelled sentences, with figures from sentences that it had not seen.

scikit-learn is needed here alone and imported here alone: a worker never loads it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from intents.evaluation import Report, report
from intents.features import pieces, prepared, terms
from intents.linear import Block, LinearModel, softmax
from intents.ports import Embedder

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Progress = Callable[[str, int, int], None]
"""Told (what, done, of how many) while the work goes on."""

_FOLDS = 5
_MANY = 20_000
"""From so many examples on, one fifth held out replaces five-fold cross-validation."""
_BYTES = 9_000_000
"""Room for stored weights (two bytes each), so that a model stays below 12 MB."""
_MOST_FEATURES = 60_000
_CHUNK = 32
_SOFTNESS = 1.0
_EMBEDDING_SCALE = 2.0
_LOST = 0.005
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
    tell = progress or (lambda what, done, total: None)
    clean = [(text, label.strip()) for text, label in examples]
    if faults := list(_faults(clean)):
        raise ValueError("\n".join(faults))
    known = tuple(words)
    table = _table(clean, embedder, known, tell)
    tested, margins = _held_out(table, seed, tell)
    truth = table.labels[tested]
    temperature = _temperature(margins, truth)
    chances = softmax(margins * temperature)
    best = chances.argmax(axis=1)
    figures = report(
        [table.names[row] for row in truth], [table.names[row] for row in best], chances.max(axis=1)
    )
    right = np.sort(chances.max(axis=1)[best == truth])
    threshold = float(right[int(len(right) * _LOST)]) * 0.999 if len(right) else 0.0
    tell("训练", 0, 1)
    weights, bias = _fit(table.features, table.labels, len(table.names), seed)
    tell("训练", 1, 1)
    model = _model(table, weights, bias, known)
    return _calibrated(model, temperature, threshold, embedder), figures


def _faults(examples: Sequence[tuple[str, str]]) -> Iterable[str]:
    """Why these examples cannot teach anything, each reason once."""
    if not examples:
        yield "没有训练数据"
        return
    empty = [number for number, (text, label) in enumerate(examples, 1) if not prepared(text) or not label]
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
    from scipy.sparse import csr_matrix, hstack

    sentences = []
    for number, (text, _) in enumerate(examples):
        sentences.append(prepared(text))
        if number % 1000 == 0:
            tell("整理", number, len(examples))
    characters, character_part = _block([pieces(one) for one in sentences])
    spoken, term_part = _block([terms(one, words) for one in sentences])
    parts = [character_part, term_part]
    if embedder is not None:
        parts.append(csr_matrix(_EMBEDDING_SCALE * _vectors([text for text, _ in examples], embedder, tell)))
    names = tuple(sorted({label for _, label in examples}))
    row = {name: number for number, name in enumerate(names)}
    labels = np.asarray([row[label] for _, label in examples], np.int64)
    dimensions = embedder.dimensions if embedder is not None else 0
    return _Table(hstack(parts, format="csr"), labels, names, characters, spoken, dimensions)


def _block(documents: Sequence[Counter[str]]) -> tuple[Block, "csr_matrix"]:
    """Features seen at least twice (all of them in small data), and the documents in them."""
    from scipy.sparse import csr_matrix

    seen: Counter[str] = Counter()
    for counts in documents:
        seen.update(counts.keys())
    least = 2 if len(documents) > 500 else 1
    kept = sorted((name for name, times in seen.items() if times >= least), key=lambda name: (-seen[name], name))
    kept = kept[: 8 * _MOST_FEATURES]
    idf = np.log((1 + len(documents)) / (1 + np.asarray([seen[name] for name in kept], np.float64))) + 1
    block = Block({name: row for row, name in enumerate(kept)}, idf.astype(np.float32))
    columns: list[int] = []
    values: list[NDArray[np.float32]] = []
    ends = [0]
    for counts in documents:
        rows, weights = block.vector(counts)
        columns += rows
        values.append(weights)
        ends.append(len(columns))
    data = np.concatenate(values) if values else np.zeros(0, np.float32)
    return block, csr_matrix((data, columns, ends), shape=(len(documents), len(kept)))


def _vectors(texts: Sequence[str], embedder: Embedder, tell: Progress) -> NDArray[np.float32]:
    """Embeddings of all texts, in chunks."""
    from intents.normalize import normalize

    found = []
    for start in range(0, len(texts), _CHUNK):
        tell("向量", start, len(texts))
        found.append(embedder.embed([normalize(text).text for text in texts[start : start + _CHUNK]]))
    return np.concatenate(found).astype(np.float32)


def _held_out(table: _Table, seed: int, tell: Progress) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Rows that were tested, and their margins from models that had not seen them."""
    from sklearn.model_selection import StratifiedKFold

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
