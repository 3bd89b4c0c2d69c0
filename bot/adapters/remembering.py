"""A classifier that remembers: a batch of messages is classified in one call, and each turn then finds its rows ready."""

from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from intents import Classifier

_Row = NDArray[np.float64]


class Remembering:
    """A `Classifier` before another one, with the latest rows kept; for one thread, as a worker's turns are."""

    def __init__(self, classifier: Classifier, capacity: int = 2048) -> None:
        """``capacity`` sentences are kept (46 numbers each)."""
        self._classifier = classifier
        self._capacity = capacity
        self._kept: OrderedDict[str, _Row] = OrderedDict()

    @property
    def labels(self) -> Sequence[str]:
        """Those of the classifier behind it."""
        return self._classifier.labels

    def classify(self, sentences: Sequence[str]) -> _Row:
        """One row of probabilities for each sentence; those not known are classified together."""
        missing = [one for one in dict.fromkeys(sentences) if one not in self._kept]
        found = dict(zip(missing, self._classifier.classify(missing), strict=True)) if missing else {}
        rows = [found[one] if one in found else self._kept[one] for one in sentences]
        self._kept.update(found)
        while len(self._kept) > self._capacity:
            self._kept.popitem(last=False)
        return np.stack(rows) if rows else np.zeros((0, len(self.labels)))
