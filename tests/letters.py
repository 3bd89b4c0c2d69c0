"""An engine that needs no weights: a sentence as the counts of its characters."""

from collections.abc import Sequence

import numpy as np

from bot.adapters.encoder import Vectors


class Letters:
    """Counts characters; each test has its own name, under which its vectors are kept."""

    dimensions = 48

    def __init__(self, name: str) -> None:
        self.name = name

    def load(self) -> None:
        """Ready at once."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        made = np.zeros((len(texts), self.dimensions), np.float32)
        for row, one in zip(made, texts, strict=True):
            for sign in one:
                row[ord(sign) % self.dimensions] += 1
        return made
