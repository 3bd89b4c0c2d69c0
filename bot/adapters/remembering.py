"""A classifier that remembers: a batch of messages is classified in one call, and each turn then finds its rows ready."""

import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from intents import Classifier

_Row = NDArray[np.float64]


class Remembering:
    """A `Classifier` before another one, with the latest rows kept; safe between threads: drafts are built beside the turns."""

    def __init__(self, classifier: Classifier, capacity: int = 2048) -> None:
        """``capacity`` sentences are kept (46 numbers each)."""
        self._classifier = classifier
        self._capacity = capacity
        self._kept: OrderedDict[str, _Row] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def labels(self) -> Sequence[str]:
        """Those of the classifier behind it."""
        return self._classifier.labels

    def classify(self, sentences: Sequence[str]) -> _Row:
        """One row of probabilities for each sentence; those not known are classified together."""
        with self._lock:
            rows = {one: self._kept[one] for one in sentences if one in self._kept}
        if missing := [one for one in dict.fromkeys(sentences) if one not in rows]:
            found = dict(zip(missing, self._classifier.classify(missing), strict=True))
            rows.update(found)
            with self._lock:
                self._kept.update(found)
                while len(self._kept) > self._capacity:
                    self._kept.popitem(last=False)
        return np.stack([rows[one] for one in sentences]) if sentences else np.zeros((0, len(self.labels)))
