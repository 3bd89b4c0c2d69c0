"""What was learnt about groups, by `bot.teaching.groups`: what sort of remark one is, which thread it continues, which question
it asks as well. Three linear models over named features; the sorts' probabilities are calibrated.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from intents.packing import BROKEN, packed, unpacked

FORMAT = 1
Features = Mapping[str, float]
_Table = NDArray[np.float32]
SORTS = ("ask", "private", "handover", "order", "talk")
"""What is told apart: a question or wish to the shop or nobody in particular, one's own matter, something for a person, a line
of an order, and all else."""
_FAR = 40.0


def _nothing() -> _Table:
    return np.zeros((0, 0), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Judge:
    """Weights by the name of a feature; what is not known weighs nothing."""

    sorts: Mapping[str, int]
    """Feature → row of ``table``."""
    table: _Table
    """Features × `SORTS`."""
    heat: float
    """The scores are divided by it, so that probabilities mean what they say."""
    threads: Mapping[str, float]
    joins: Mapping[str, float]
    mean: _Table = field(default_factory=_nothing)
    """Of sentence vectors; empty where the judge reads none."""
    axes: _Table = field(default_factory=_nothing)
    """Dimensions of the sentence vectors × those that are looked at."""

    def sight(self, vector: _Table) -> _Table:
        """A sentence vector on the axes that are looked at, of length one or so."""
        found = np.asarray((vector - self.mean) @ self.axes, np.float32)
        told: _Table = found / np.float32(max(float(np.linalg.norm(found)), 1e-6))
        return told

    def sort(self, features: Features) -> dict[str, float]:
        """Probability of each of `SORTS`."""
        known = self.sorts.get
        found = [(row, value) for name, value in features.items() if (row := known(name)) is not None]
        if not found:
            return dict.fromkeys(SORTS, 1.0 / len(SORTS))
        rows = [row for row, _ in found]
        scores = np.array([value for _, value in found], np.float32) @ self.table.take(rows, axis=0)
        told = np.exp(np.clip((scores - scores.max()) / self.heat, -_FAR, 0.0))
        return dict(zip(SORTS, (told / told.sum()).tolist(), strict=True))

    def thread(self, candidates: Sequence[Features]) -> list[float]:
        """Probability of each candidate, of which one is right."""
        return _shares(self.threads, candidates)

    def join(self, candidates: Sequence[Features]) -> list[float]:
        """The same for the questions that a remark may ask as well."""
        return _shares(self.joins, candidates)

    def dumps(self) -> bytes:
        """The model as bytes, the weights of the sorts rounded to 255 steps."""
        steps = np.maximum(np.abs(self.table).max(axis=0), 1e-9) / 127
        head = {
            "format": FORMAT,
            "names": list(self.sorts),
            "heat": self.heat,
            "threads": {name: round(value, 4) for name, value in self.threads.items()},
            "joins": {name: round(value, 4) for name, value in self.joins.items()},
        }
        return packed(
            head,
            table=np.round(self.table / steps).astype(np.int8),
            steps=steps.astype(np.float32),
            mean=self.mean.astype(np.float16),
            axes=self.axes.astype(np.float16),
        )

    @staticmethod
    def loads(data: bytes) -> "Judge":
        """A model from its bytes; raises ValueError (Chinese) for anything that is not one."""
        try:
            head, stored = unpacked(data)
            parts = {name: part.astype(np.float32) for name, part in stored.items()}
            return _assembled(head, parts["table"] * parts["steps"], parts["mean"], parts["axes"])
        except BROKEN as error:
            raise ValueError("这不是导购的群聊模型文件，或者文件已经损坏") from error
        except ValueError as error:
            raise ValueError(f"群聊模型文件读不了，请重新训练：{error}") from error


def _assembled(head: Mapping[str, object], table: _Table, mean: _Table, axes: _Table) -> Judge:
    names, heat, threads, joins = head["names"], head["heat"], head["threads"], head["joins"]
    sound = isinstance(names, list) and isinstance(heat, float) and isinstance(threads, dict) and isinstance(joins, dict)
    if mean.shape[0] != axes.shape[0]:
        raise ValueError("大小不对")
    if head["format"] != FORMAT or not sound or table.shape != (len(names), len(SORTS)):  # type: ignore[arg-type]
        raise ValueError(f"格式不是 {FORMAT}")
    index = {str(name): row for row, name in enumerate(names)}  # type: ignore[arg-type,var-annotated]
    return Judge(index, table, float(heat), threads, joins, mean, axes)  # type: ignore[arg-type]


def _shares(weights: Mapping[str, float], candidates: Sequence[Features]) -> list[float]:
    known = weights.get
    scores = [sum(known(name, 0.0) * value for name, value in one.items()) for one in candidates]
    most = max(scores, default=0.0)
    told = [math.exp(max(score - most, -_FAR)) for score in scores]
    total = sum(told) or 1.0
    return [one / total for one in told]
