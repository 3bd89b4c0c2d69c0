"""Mood, hurry and whether a person must come: a small linear model over character pieces, trained by `bot.teaching.moods`.

Inference is dictionary look-ups and two sums of numpy. The model travels as one block of bytes (npz with JSON inside, no pickle).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from intents.moods_features import form, pieces
from intents.packing import BROKEN, packed, unpacked

FORMAT = 1
Kind = Literal["anger", "reaction", "threat", "money"]
KINDS: tuple[Kind, ...] = ("anger", "reaction", "threat", "money")
"""Why a person must come: anger at us, a body that reacted, a threat to report or expose us, the shopper's money at risk."""
HEADS = {"mood": slice(0, 3), "urgency": slice(3, 6), "escalation": slice(6, 11)}
"""Columns of the weights: mood −1, 0, 1; hurry none, soon, now; no escalation and `KINDS`."""
COLUMNS = 11
_MUST: Mapping[str, tuple[Kind, ...]] = {"report_reaction": ("reaction",), "complain": ("anger", "threat", "money")}
"""What a rule of `intents.safety` found is never overheard, whatever the weights say."""
_FAR = 40.0
"""Scores beyond it are certain; their exponentials stay finite."""
_Row = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Mood:
    """How somebody feels who writes this."""

    mood: float
    """−1 (angry) … 1 (delighted): the probability of a good mood less that of a bad one."""
    urgency: float
    """0 (whenever) … 1 (now)."""
    escalation: Kind | None
    """Why a person should come; None where nobody must."""
    chance: float
    """Probability that a person must come, whatever for, 0…1."""


CALM = Mood(0.0, 0.0, None, 0.0)
"""What is read from silence."""


@dataclass(frozen=True, slots=True, eq=False)
class Moods:
    """Weights of all pieces and forms that were seen in training."""

    index: Mapping[str, int]
    """A piece, or a form, to its row."""
    table: _Row
    """Rows × (`COLUMNS` + 1): a row's weights times its rarity, and the square of the rarity."""
    bias: _Row
    threshold: float
    """A chance of escalation from here on is one."""

    @staticmethod
    def of(index: Mapping[str, int], rarity: _Row, weights: _Row, bias: _Row, threshold: float) -> "Moods":
        """A model of rows' rarity, log((1 + n) / (1 + messages with it)) + 1 (1 for a form), and weights, rows × `COLUMNS`."""
        scale = rarity[:, None]
        return Moods(index, np.hstack([weights * scale, scale * scale]).astype(np.float32), bias, threshold)

    def read(self, text: str, rule: str | None = None) -> Mood:
        """The mood of a normalised message in which `intents.safety.safety` found ``rule``."""
        if not text:
            return CALM
        told = np.exp(np.clip(self.scores(text, rule), -_FAR, _FAR)).tolist()
        bad, fair, good, whenever, soon, now, nothing, *kinds = told
        something = sum(kinds)
        chance = something / (nothing + something)
        allowed = _MUST.get(rule) if rule else None
        if allowed is None and chance >= self.threshold:
            allowed = KINDS
        kind = max(allowed, key=lambda one: kinds[KINDS.index(one)]) if allowed else None
        return Mood(
            mood=round((good - bad) / (bad + fair + good), 3) + 0.0,
            urgency=round((now + soon / 2) / (whenever + soon + now), 3),
            escalation=kind,
            chance=round(max(chance, self.threshold) if kind else chance, 3),
        )

    def scores(self, text: str, rule: str | None) -> _Row:
        """Raw scores of a normalised message, one for each of `COLUMNS`."""
        known = self.index.get
        told = self.bias.copy()
        for row in map(known, form(text, rule)):
            if row is not None:
                told += self.table[row, :-1]
        rows = [row for row in map(known, pieces(text)) if row is not None]
        if rows:
            spoken = self.table.take(rows, axis=0).sum(axis=0)
            told += spoken[:-1] / math.sqrt(spoken[-1])
        return told

    def dumps(self) -> bytes:
        """The model as bytes, its weights rounded to 255 steps of each column."""
        head = {"format": FORMAT, "names": list(self.index), "threshold": self.threshold}
        rarity = np.sqrt(self.table[:, -1])
        weights = self.table[:, :-1] / rarity[:, None]
        steps = np.maximum(np.abs(weights).max(axis=0), 1e-9) / 127
        return packed(
            head,
            rarity=rarity.astype(np.float16),
            weights=np.round(weights / steps).astype(np.int8),
            steps=steps.astype(np.float32),
            bias=self.bias.astype(np.float32),
        )

    @staticmethod
    def loads(data: bytes) -> "Moods":
        """A model from its bytes; raises ValueError (Chinese) for anything that is not one."""
        try:
            head, parts = unpacked(data)
            return _assembled(head, {name: part.astype(np.float32) for name, part in parts.items()})
        except BROKEN as error:
            raise ValueError("这不是导购的情绪模型文件，或者文件已经损坏") from error
        except ValueError as error:
            raise ValueError(f"情绪模型文件读不了，请重新训练：{error}") from error


def _assembled(head: Mapping[str, object], parts: Mapping[str, _Row]) -> Moods:
    names, threshold = head["names"], head["threshold"]
    if head["format"] != FORMAT or not isinstance(names, list) or not isinstance(threshold, float):
        raise ValueError(f"格式不是 {FORMAT}")
    weights, rarity, bias = parts["weights"] * parts["steps"], parts["rarity"], parts["bias"]
    if weights.shape != (len(names), COLUMNS) or rarity.shape != (len(names),) or bias.shape != (COLUMNS,):
        raise ValueError("大小不对")
    return Moods.of({str(name): row for row, name in enumerate(names)}, rarity, weights, bias, threshold)
