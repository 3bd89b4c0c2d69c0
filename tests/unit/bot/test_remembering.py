"""The remembering classifier gives what the one behind it gives, and asks it once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.adapters.remembering import Remembering


class Counting:
    """Rows that depend on the sentence alone; notes what it was asked."""

    labels = ("a", "b")

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def classify(self, sentences: Sequence[str]) -> NDArray[np.float64]:
        self.asked.append(list(sentences))
        return np.array([[len(one), 1.0] for one in sentences])


def test_a_batch_is_asked_once_and_single_sentences_find_their_rows() -> None:
    behind = Counting()
    remembering = Remembering(behind)
    remembering.classify(["包邮吗", "能退吗啊", "包邮吗"])
    rows = remembering.classify(["能退吗啊", "包邮吗"])
    assert rows.tolist() == [[4.0, 1.0], [3.0, 1.0]]
    assert behind.asked == [["包邮吗", "能退吗啊"]]


def test_the_oldest_are_forgotten_and_a_batch_larger_than_the_memory_still_comes_out_whole() -> None:
    behind = Counting()
    remembering = Remembering(behind, capacity=2)
    assert remembering.classify(["一", "二二", "三三三"]).tolist() == [[1.0, 1.0], [2.0, 1.0], [3.0, 1.0]]
    remembering.classify(["一"])
    assert behind.asked[-1] == ["一"]


def test_nothing_asked_is_nothing_found() -> None:
    assert Remembering(Counting()).classify([]).shape == (0, 2)
