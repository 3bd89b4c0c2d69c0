"""The alternative that anybody has in ten lines: a linear support vector machine over character n-grams of the raw text.

scikit-learn's ``TfidfVectorizer`` and ``LinearSVC``; its margins are calibrated out of fold, the way that ours are.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bot.bench.nlu_plan import Pairs, Progress
from intents.calibration import Calibration, calibrate

if TYPE_CHECKING:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

NAME = "SVM on character 1–3-grams"
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Characters:
    """A `Classifier` of texts as they were typed."""

    labels: tuple[str, ...]
    counts: "TfidfVectorizer"
    machine: "LinearSVC"
    calibration: Calibration = field(default_factory=Calibration)

    def classify(self, sentences: Sequence[str]) -> NDArray[np.float64]:
        """One row of probabilities a sentence."""
        return self.calibration.probabilities(self.margins(sentences))

    def margins(self, sentences: Sequence[str]) -> NDArray[np.float64]:
        """Raw scores, sentences × labels."""
        if not sentences:
            return np.zeros((0, len(self.labels)))
        found = np.asarray(self.machine.decision_function(self.counts.transform(sentences)), np.float64)
        return np.column_stack([-found, found]) if found.ndim == 1 else found


def teach(pairs: Pairs, tell: Progress, seed: int = 0) -> Characters:
    """Learn labelled sentences; the calibration comes from folds that each machine had not seen."""
    texts = [text for text, _ in pairs]
    labels = tuple(sorted({label for _, label in pairs}))
    truth = np.array([labels.index(label) for _, label in pairs], np.int64)
    margins = np.zeros((len(pairs), len(labels)))
    for number, (learn, test) in enumerate(splits(truth, seed)):
        tell("fold", number, FOLDS)
        machine = _fitted([texts[row] for row in learn], truth[learn], labels, seed)
        margins[test] = machine.margins([texts[row] for row in test])
    tell("all", 0, 1)
    whole = _fitted(texts, truth, labels, seed)
    return Characters(labels, whole.counts, whole.machine, calibrate(margins, truth))


def splits(truth: NDArray[np.int64], seed: int = 0) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """(rows to learn, rows to ask) of stratified folds: `FOLDS`, fewer where a label is rarer than that."""
    from sklearn.model_selection import StratifiedKFold  # noqa: PLC0415  (slow to import)

    folds = max(2, min(FOLDS, int(np.bincount(truth).min())))
    cutter = StratifiedKFold(folds, shuffle=True, random_state=seed)
    return [(np.asarray(learn), np.asarray(test)) for learn, test in cutter.split(np.zeros((len(truth), 1)), truth)]


def _fitted(texts: Sequence[str], truth: NDArray[np.int64], labels: tuple[str, ...], seed: int) -> Characters:
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415  (slow to import)
    from sklearn.svm import LinearSVC  # noqa: PLC0415

    counts = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, dtype=np.float64)
    machine = LinearSVC(random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a machine that stops early is still a fair one
        machine.fit(counts.fit_transform(texts), truth)
    return Characters(labels, counts, machine)
