"""A calibrated linear classifier over character pieces, words and an optional sentence embedding.

Inference is dictionary look-ups and numpy alone. The model travels as one block of bytes (npz with JSON inside, no pickle).
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intents.calibration import Calibration
from intents.features import pieces, prepared, terms, unadorned
from intents.packing import BROKEN, packed, unpacked
from intents.ports import Embedder

FORMAT = 1
CHUNK = 32
"""Sentences that an embedder is given at once."""
_KEPT_AS = {"character_weights": np.float16, "term_weights": np.float16}
"""What stays as it was stored; everything else is float32."""
_Weights = NDArray[np.float16] | NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Block:
    """One family of features: which there are, and how rare each is."""

    index: Mapping[str, int]
    """Feature to its row of the weights."""
    idf: NDArray[np.float32]
    """log((1 + n) / (1 + documents with it)) + 1, by row."""

    def vector(self, counts: Counter[str]) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """Rows and L2-normalised values (sublinear term frequency × idf) of what is known of ``counts``."""
        index = self.index
        known = [(row, times) for name, times in counts.items() if (row := index.get(name)) is not None]
        rows = np.array([row for row, _ in known], np.intp)
        values = self.idf.take(rows)
        if any(times > 1 for _, times in known):
            values *= np.array([1.0 + math.log(times) for _, times in known], np.float32)
        length = math.sqrt(float(values @ values))
        return rows, values / np.float32(length or 1.0)


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Labels, features, weights and calibration, all that a worker needs."""

    labels: tuple[str, ...]
    words: tuple[str, ...]
    """Brand words that the segmenter must know."""
    characters: Block
    terms: Block
    character_weights: _Weights
    """features × labels; of a stored model float16, which is half as large and means the same"""
    term_weights: _Weights
    embedding_weights: NDArray[np.float32]
    """dimensions × labels; no rows where the model was trained without an embedder"""
    bias: NDArray[np.float32]
    calibration: Calibration
    threshold: float
    """A best probability below it means that nothing fits."""
    embedder: Embedder | None = field(default=None, compare=False)

    @property
    def dimensions(self) -> int:
        """Length of the sentence vectors that the model expects; 0 where it needs none."""
        return int(self.embedding_weights.shape[0])

    def margins(self, sentences: Sequence[str], vectors: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        """Raw scores of normalised sentences, sentences × labels; ``vectors`` are their embeddings where the model uses them."""
        scores = np.tile(self.bias, (len(sentences), 1))
        for row, sentence in enumerate(sentences):
            text = prepared(sentence)
            for block, weights, counts in (
                (self.characters, self.character_weights, pieces(text)),
                (self.terms, self.term_weights, terms(text, self.words)),
            ):
                rows, values = block.vector(counts)
                scores[row] += values @ weights.take(rows, axis=0).astype(np.float32, copy=False)
        if vectors is not None and self.dimensions:
            scores += vectors @ self.embedding_weights
        return scores

    def probabilities(self, sentences: Sequence[str], vectors: NDArray[np.float32] | None = None) -> NDArray[np.float64]:
        """Calibrated probabilities, sentences × labels, each row summing to 1."""
        return self.calibration.probabilities(self.margins(sentences, vectors).astype(np.float64))

    def classify(self, sentences: Sequence[str]) -> NDArray[np.float64]:
        """`Classifier`: probabilities of normalised sentences; the bound embedder is asked once for all."""
        asked = self.embedder if self.dimensions and sentences else None
        vectors = embedded([unadorned(one) for one in sentences], asked) if asked else None
        return self.probabilities(sentences, vectors)

    def dumps(self) -> bytes:
        """The model as bytes; the embedder is not part of it."""
        head = {
            "format": FORMAT,
            "labels": self.labels,
            "words": self.words,
            "calibration": asdict(self.calibration),
            "threshold": self.threshold,
            "encoder": getattr(self.embedder, "identity", ""),
            "characters": list(self.characters.index),
            "terms": list(self.terms.index),
        }
        return packed(
            head,
            character_idf=self.characters.idf,
            term_idf=self.terms.idf,
            character_weights=self.character_weights.astype(np.float16),
            term_weights=self.term_weights.astype(np.float16),
            embedding_weights=self.embedding_weights,
            bias=self.bias,
        )

    @staticmethod
    def loads(data: bytes, embedder: Embedder | None = None) -> "LinearModel":
        """A model from its bytes; raises ValueError (Chinese) for anything that is not one."""
        try:
            head, arrays = unpacked(data)
            parts = {name: array.astype(_KEPT_AS.get(name, np.float32)) for name, array in arrays.items()}
            known = head["format"] == FORMAT
            model = _assembled(head, parts, embedder) if known else None
        except (UnicodeDecodeError, *BROKEN) as error:
            raise ValueError("这不是导购的意图模型文件，或者文件已经损坏") from error
        except ValueError as error:
            raise ValueError("意图模型文件已经损坏") from error
        if model is None:
            raise ValueError(f"模型格式是 {head['format']}，程序能读的是 {FORMAT}，请重新训练")
        taught, now = head.get("encoder", ""), getattr(embedder, "identity", "")
        if embedder is not None and model.dimensions and (model.dimensions != embedder.dimensions or taught not in ("", now)):
            raise ValueError(
                f"这个意图模型是用编码器 {taught or model.dimensions} 训练的，现在用的是 {now or embedder.dimensions}："
                "换回训练时的编码器（DAOGOU_ENCODER），或者重新训练"
            )
        return model


def embedded(
    sentences: Sequence[str], embedder: Embedder, watch: Callable[[int, int], None] | None = None
) -> NDArray[np.float32]:
    """The sentences' vectors, asked for in chunks (long lists are slow at once); ``watch`` is told (done, of how many)."""
    found = []
    for start in range(0, len(sentences), CHUNK):
        if watch:
            watch(start, len(sentences))
        found.append(embedder.embed(sentences[start : start + CHUNK]))
    return np.concatenate(found).astype(np.float32)


_Head = Mapping[str, list[str] | Mapping[str, float] | float]


def _assembled(head: _Head, parts: Mapping[str, NDArray[Any]], embedder: Embedder | None) -> LinearModel:
    """The value from its stored parts."""

    def block(key: str, idf: str) -> Block:
        return Block({name: row for row, name in enumerate(_names(head[key]))}, parts[idf])

    return LinearModel(
        labels=_names(head["labels"]),
        words=_names(head["words"]),
        characters=block("characters", "character_idf"),
        terms=block("terms", "term_idf"),
        character_weights=parts["character_weights"],
        term_weights=parts["term_weights"],
        embedding_weights=parts["embedding_weights"],
        bias=parts["bias"],
        calibration=Calibration(**_numbers(head["calibration"])),
        threshold=_number(head["threshold"]),
        embedder=embedder,
    )


def _names(found: object) -> tuple[str, ...]:
    if not isinstance(found, list):
        raise TypeError("names")
    return tuple(map(str, found))


def _numbers(found: object) -> dict[str, float]:
    if not isinstance(found, dict):
        raise TypeError("numbers")
    return {str(name): _number(value) for name, value in found.items()}


def _number(found: object) -> float:
    if not isinstance(found, int | float):
        raise TypeError("number")
    return float(found)
