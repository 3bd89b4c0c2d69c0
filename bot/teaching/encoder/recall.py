"""How often the stored question that means the same comes first, by vectors, by words, and by both.

Words are characters and pairs of them under the knowledge room's BM25. What words weigh beside vectors is chosen on one half of
what is asked and measured on the other, both ways, so that each encoder gets its own weight and none is told the answers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.adapters.encoder import Vectors
from bot.adapters.static import grams
from bot.teaching.encoder.corpus import Base
from knowledge.keyword import KeywordIndex

Embed = Callable[[Sequence[str]], Vectors]
_WEIGHTS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.45, 0.7, 1.0, 1.5)


@dataclass(frozen=True, slots=True)
class Recall:
    """Shares of what was asked, 0…1."""

    alone: float
    fused: float
    words: float


def recall(base: Base, embed: Embed) -> Recall:
    """Recall@1 of the base's kept questions."""
    keys = list(base.stored)
    place = {key: row for row, key in enumerate(keys)}
    right = np.array([place[key] for _, key in base.asked])
    stored = embed(list(base.stored.values()))
    asked = embed([text for text, _ in base.asked])
    index = KeywordIndex([_terms(text) for text in base.stored.values()])
    tops = np.zeros((len(right), len(_WEIGHTS)), np.bool_)
    words = 0
    for row, (text, _) in enumerate(base.asked):
        near, said = stored @ asked[row], index.scores(_terms(text))
        tops[row] = [np.argmax(near + weight * said) == right[row] for weight in _WEIGHTS]
        words += int(np.argmax(said) == right[row])
    return Recall(float(tops[:, 0].mean()), _crossed(tops), words / len(right))


def _crossed(tops: NDArray[np.bool_]) -> float:
    """Each half measured at the weight that is best on the other."""
    halves = (tops[::2], tops[1::2])
    found = [one[:, int(other.mean(0).argmax())].sum() for one, other in (halves, halves[::-1])]
    return float(sum(found)) / len(tops)


def _terms(text: str) -> list[str]:
    return [gram for gram in grams(text) if len(gram) <= 2]
