"""``static``: our own encoder of Chinese retail language, the mean of learnt rows of n-grams, in numpy alone.

``make encoder`` makes the weights, a model of sentence-transformers that lies in ``weights/retail-zh`` with its card. Of such a
folder this reads what the library itself reads: ``vocabulary.json`` (an n-gram a row) and ``model.safetensors`` (``rows``, int8,
and ``scales``, float16, a factor a row). The idea is that of fastText's sentence vectors (Bojanowski et al. 2017, Enriching Word
Vectors with Subword Information, TACL 5), with rows that were taught by larger encoders. A usual message takes 0.03 ms.
"""

import hashlib
import json
import math
import threading
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bot.adapters.encoder import Vectors
from bot.errors import SettingsError

FOLDER: Final = Path(__file__).parent / "weights" / "retail-zh"
"""The weights that the program ships."""
LONGEST: Final = 400
"""Characters of a text that are read: a mean over more says less."""
BEGIN, END = "\x02", "\x03"
"""Stand before and after a text, so that how it begins and ends are n-grams of their own."""
_TYPES: Final[Mapping[str, np.dtype[Any]]] = {"I8": np.dtype(np.int8), "F16": np.dtype("<f2")}
_AGAIN: Final = "请恢复项目里的 bot/adapters/weights，或者用 make encoder 重新训练"


def grams(text: str) -> list[str]:
    """Characters and all n-grams of two to four with the edges marked, of the folded text; some stand there more than once."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    plain = text.lower()[:LONGEST]
    edged = f"{BEGIN}{plain}{END}"
    size = len(edged)
    found = list(plain)
    for length in (2, 3, 4):
        found += [edged[at : at + length] for at in range(size - length + 1)]
    return found


@dataclass(frozen=True, slots=True)
class Weights:
    """What a folder holds."""

    index: Mapping[str, int]
    """The row of each known n-gram."""
    rows: NDArray[np.int8]
    """n-grams × dimensions"""
    scales: NDArray[np.float32]
    """What each row is multiplied by."""
    digest: str
    """Of everything that vectors depend on, 24 hexadecimal digits."""

    def vector(self, text: str) -> Vectors | None:
        """The sum of the text's rows, not normalised; None where no n-gram of it is known."""
        index = self.index
        known = [row for gram in grams(text) if (row := index.get(gram)) is not None]
        if not known:
            return None
        places = np.array(known, np.intp)
        total: Vectors = self.scales.take(places) @ self.rows.take(places, axis=0).astype(np.float32)
        return total


class StaticEncoder:
    """The engine of ``static``; its name and dimensions are those of the weights."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """``folder`` is a model that ``python -m bot.teaching.encoder`` made; it is read when something is asked."""
        self._folder = folder
        self._lock = threading.Lock()
        self._loaded: Weights | None = None

    @property
    def name(self) -> str:
        """By the weights, so that newly trained ones are another encoder."""
        return f"static-{self._ready().digest}"

    @property
    def dimensions(self) -> int:
        """Length of one vector."""
        return int(self._ready().rows.shape[1])

    def load(self) -> None:
        """Read the weights; raises SettingsError where they are missing or broken."""
        self._ready()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row of length 1 a text; a row of zeros where nothing of it is known."""
        weights = self._ready()
        made = np.zeros((len(texts), weights.rows.shape[1]), np.float32)
        for place, text in enumerate(texts):
            if (total := weights.vector(text)) is not None:
                made[place] = total
                made[place] /= max(math.sqrt(float(total @ total)), 1e-9)
        return made

    def _ready(self) -> Weights:
        if self._loaded is None:
            with self._lock:
                if self._loaded is None:
                    self._loaded = read(self._folder)
        return self._loaded


def read(folder: Path) -> Weights:
    """The weights of a folder; raises SettingsError where a file is missing, torn, or was not made with the others."""
    try:
        config, vocabulary, weights = (
            (folder / name).read_bytes() for name in ("config.json", "vocabulary.json", "model.safetensors")
        )
        return _weights(json.loads(config), vocabulary, weights)
    except OSError as error:
        raise SettingsError(f"编码器 static 的权重文件 {error.filename} 读不到；{_AGAIN}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SettingsError(f"编码器 static 的权重文件夹 {folder} 坏了（{error}）；{_AGAIN}") from error


def _weights(config: dict[str, Any], vocabulary: bytes, data: bytes) -> Weights:
    """What the three files hold; raises ValueError, KeyError or TypeError where they do not belong together."""
    found = digest(vocabulary, data)
    if found != config["digest"]:
        raise ValueError("not what was written")
    words, tensors = json.loads(vocabulary), _tensors(data)
    rows, scales = tensors["rows"], tensors["scales"].astype(np.float32)
    if rows.shape != (len(words), config["dimensions"]) or scales.shape != (len(words),) or not np.isfinite(scales).all():
        raise ValueError("vocabulary and weights do not belong together")
    return Weights({gram: row for row, gram in enumerate(words)}, rows, scales, found)


def digest(vocabulary: bytes, weights: bytes) -> str:
    """What the two files together are known by."""
    made = hashlib.blake2b(vocabulary, digest_size=12)
    made.update(weights)
    return made.hexdigest()


def _tensors(data: bytes) -> dict[str, NDArray[Any]]:
    """The arrays of a safetensors file, as views; its format: https://huggingface.co/docs/safetensors. Raises ValueError."""
    size = int.from_bytes(data[:8], "little")
    if not 2 <= size <= len(data) - 8:
        raise ValueError("no safetensors file, or only a part of one")
    header = json.loads(data[8 : 8 + size])
    made = {}
    for name, told in header.items():
        if name != "__metadata__":
            kind, (start, end) = _TYPES[told["dtype"]], told["data_offsets"]
            made[name] = np.frombuffer(data[8 + size + start : 8 + size + end], kind).reshape(told["shape"])
    return made
