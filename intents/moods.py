"""Mood, hurry and whether a person must come: a small linear model over character pieces, trained by `bot.teaching.moods`.

Inference is dictionary look-ups and two sums of numpy. The model travels as one block of bytes (npz with JSON inside, no pickle).
"""

import io
import json
import math
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from intents.moods_features import form, pieces

FORMAT = 1
Kind = Literal["anger", "reaction", "threat", "money"]
KINDS: tuple[Kind, ...] = ("anger", "reaction", "threat", "money")
"""Why a person must come: anger at us, a body that reacted, a threat to report or expose us, the shopper's money at risk."""
HEADS = {"mood": slice(0, 3), "urgency": slice(3, 6), "escalation": slice(6, 11)}
"""Columns of the weights: mood −1, 0, 1; hurry none, soon, now; no escalation and `KINDS`."""
COLUMNS = 11
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError)
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
    rarity: _Row
    """log((1 + n) / (1 + messages with it)) + 1 of each row's piece"""
    weights: _Row
    """rows × `COLUMNS`"""
    bias: _Row
    threshold: float
    """A chance of escalation from here on is one."""

    def read(self, text: str, rule: str | None = None) -> Mood:
        """The mood of a normalised message in which `intents.safety.safety` found ``rule``."""
        if not text:
            return CALM
        scores = self.scores(text, rule)
        bad, _, good = softmax(scores[HEADS["mood"]])
        _, soon, now = softmax(scores[HEADS["urgency"]])
        nothing, *kinds = softmax(scores[HEADS["escalation"]])
        chance = 1.0 - nothing
        kind = KINDS[max(range(len(kinds)), key=kinds.__getitem__)] if chance >= self.threshold else None
        return Mood(round(good - bad, 3) + 0.0, round(now + soon / 2, 3), kind, round(chance, 3))

    def scores(self, text: str, rule: str | None) -> list[float]:
        """Raw scores of a normalised message, one for each of `COLUMNS`."""
        index = self.index
        rows = [index[piece] for piece in pieces(text) if piece in index]
        told = self.bias + self.weights.take([index[one] for one in form(text, rule) if one in index], axis=0).sum(axis=0)
        if rows:
            values = self.rarity.take(rows)
            told = told + (values @ self.weights.take(rows, axis=0)) / math.sqrt(float(values @ values))
        found: list[float] = told.tolist()
        return found

    def dumps(self) -> bytes:
        """The model as bytes, its weights rounded to 255 steps of each column."""
        head = {"format": FORMAT, "names": list(self.index), "threshold": self.threshold}
        steps = np.maximum(np.abs(self.weights).max(axis=0), 1e-9) / 127
        buffer = io.BytesIO()
        np.savez_compressed(
            buffer,
            head=np.frombuffer(json.dumps(head, ensure_ascii=False).encode(), np.uint8),
            rarity=self.rarity.astype(np.float16),
            weights=np.round(self.weights / steps).astype(np.int8),
            steps=steps.astype(np.float32),
            bias=self.bias.astype(np.float32),
        )
        return buffer.getvalue()

    @staticmethod
    def loads(data: bytes) -> "Moods":
        """A model from its bytes; raises ValueError (Chinese) for anything that is not one."""
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
                head = json.loads(arrays["head"].tobytes().decode())
                parts = {name: arrays[name].astype(np.float32) for name in arrays.files if name != "head"}
            return _assembled(head, parts)
        except (KeyError, OSError, EOFError, TypeError, AttributeError, *_BROKEN) as error:
            raise ValueError("这不是导购的情绪模型文件，或者文件已经损坏") from error
        except ValueError as error:
            raise ValueError(f"情绪模型文件读不了，请重新训练：{error}") from error


def softmax(scores: list[float]) -> list[float]:
    """Probabilities that sum to 1."""
    highest = max(scores)
    shares = [math.exp(score - highest) for score in scores]
    total = sum(shares)
    return [share / total for share in shares]


def _assembled(head: Mapping[str, object], parts: Mapping[str, _Row]) -> Moods:
    names, threshold = head["names"], head["threshold"]
    if head["format"] != FORMAT or not isinstance(names, list) or not isinstance(threshold, float):
        raise ValueError(f"格式不是 {FORMAT}")
    weights, rarity, bias = parts["weights"] * parts["steps"], parts["rarity"], parts["bias"]
    if weights.shape != (len(names), COLUMNS) or rarity.shape != (len(names),) or bias.shape != (COLUMNS,):
        raise ValueError("大小不对")
    return Moods({str(name): row for row, name in enumerate(names)}, rarity, weights, bias, threshold)
