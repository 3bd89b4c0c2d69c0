"""One reason to lift some rows: what sources give and the ranking adds up."""

from dataclasses import dataclass

import numpy as np

from recommender.index import Ids, Weights


@dataclass(frozen=True, slots=True)
class Signal:
    """One reason to lift some rows."""

    source: str
    """`said`, `known`, `text`, `named`, `popular`, `together`, `rebuy`, `seen`, `returned`, `new`, `price_band` or `audience`."""
    kind: str
    """The tag kind, or the source again."""
    value: str
    rows: Ids
    """Ascending."""
    weights: float | Weights
    """One for all rows, or one each."""

    def at(self, row: int) -> float:
        """What it adds to this row."""
        place = int(np.searchsorted(self.rows, row))
        if place == len(self.rows) or self.rows[place] != row:
            return 0.0
        return self.weights if isinstance(self.weights, float) else float(self.weights[place])
