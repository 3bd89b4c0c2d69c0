"""Trained models and vectors on disk: made on demand, found again by what they were made from."""

import hashlib
import io
import json
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Protocol

import numpy as np

import intents
import knowledge
from bot.adapters.encoder import Encoder, Vectors
from bot.adapters.keeping import alone, folders, prune, write_whole
from bot.adapters.standing import Standings
from intents import LinearModel
from intents.evaluation import Report
from intents.gate import proof_of
from intents.packing import BROKEN
from intents.proof import Proof
from knowledge import Ruler

Progress = Callable[[str, int, int], None]
"""Told (what, done, of how many)."""

_TEACHER = "training"
"""The module of the intents room that trains: its change, or that of any module it stands on, makes another model."""
_IMPORT = re.compile(r"^ *from intents\.(\w+) import", re.MULTILINE)
_KEEP = 12
"""Models and files of vectors that stay in a home."""
_SEED = 0


class Source(Protocol):
    """Where rows come from: what another source made is never found under it."""

    @property
    def identity(self) -> str:
        """Its name, wherever rows could come out otherwise another one."""

    @property
    def dimensions(self) -> int:
        """Length of one row."""


class ModelStore:
    """``<home>/models``: NLU models by fingerprint of their training data, vectors and rulers of knowledge bases.

    All of it is kept by encoder as well: what one encoder made is never found under another.

    What is broken on disk is made again; a home that cannot be written to costs time and no function.
    """

    def __init__(self, home: Path) -> None:
        """``home`` is DAOGOU_HOME; the checkout's own ``.daogou`` is looked into as well."""
        self._folders = folders(home)
        self.lock = self._folders[0] / "training.lock"
        """Held by whoever trains or decides what is live."""
        self.standings = Standings(home)

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
        name = f"nlu-{fingerprint(examples, words, encoder.identity)}.npz"
        if (kept := self._loaded(name, encoder)) is not None:
            return kept
        with alone(self.lock):
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
        name = f"nlu-{fingerprint(examples, words, encoder.identity)}.npz"
        # first the proof: whoever finds a model finds its proof too
        self._keep(f"{name}.proof", proof_of(examples, report).dumps(), "nlu-*.npz.proof")
        self._keep(name, model.dumps(), "nlu-*.npz")
        return model, report

    def find(self, fingerprint: str, encoder: Encoder) -> tuple[LinearModel, Proof] | None:
        """A kept model with what its training showed; None where one of both cannot be read."""
        name = f"nlu-{fingerprint}.npz"
        proof, model = self.proof(fingerprint), self._loaded(name, encoder)
        return None if proof is None or model is None else (model, proof)

    def load(self, fingerprint: str, encoder: Encoder) -> LinearModel | None:
        """A kept model; None where it cannot be read."""
        return self._loaded(f"nlu-{fingerprint}.npz", encoder)

    def proof(self, fingerprint: str) -> Proof | None:
        """What a model's training showed; None where that cannot be read."""
        for path in self._found(f"nlu-{fingerprint}.npz.proof"):
            with suppress(ValueError, OSError):
                return Proof.loads(path.read_bytes())
        return None

    def vectors(self, key: str, source: Source) -> Mapping[bytes, Vectors]:
        """Rows by ``text_key`` that were kept under a key; empty where there are none that can be read."""
        for path in self._found(f"vectors-{key}-{_mark(source)}.npz"):
            with suppress(ValueError, *BROKEN):
                return _rows(path.read_bytes(), source.dimensions)
        return {}

    def keep_vectors(self, key: str, source: Source, rows: Mapping[bytes, Vectors]) -> None:
        """Keep rows for the next start."""
        if not rows:
            return
        buffer = io.BytesIO()
        np.savez(buffer, keys=np.frombuffer(b"".join(rows), np.uint8).reshape(-1, 16), rows=np.stack(list(rows.values())))
        self._keep(f"vectors-{key}-{_mark(source)}.npz", buffer.getvalue(), "vectors-*.npz")

    def ruler(self, key: str, source: Source) -> Ruler | None:
        """What a knowledge base learnt from itself, kept under a key by this very program; None where that cannot be read."""
        for path in self._found(f"ruler-{key}-{_mark(source)}-{_reading()}.json"):
            with suppress(ValueError, OSError, KeyError, TypeError):
                told = json.loads(path.read_bytes())
                return Ruler(*(tuple(map(float, told[name])) for name in ("unanswered", "answered")))
        return None

    def keep_ruler(self, key: str, source: Source, ruler: Ruler) -> None:
        """Keep it for the next start."""
        self._keep(f"ruler-{key}-{_mark(source)}-{_reading()}.json", json.dumps(asdict(ruler)).encode(), "ruler-*.json")

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


def _mark(source: Source) -> str:
    """A source's identity as part of a file's name."""
    return hashlib.blake2b(source.identity.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def _rows(data: bytes, dimensions: int) -> Mapping[bytes, Vectors]:
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        keys, rows = arrays["keys"], arrays["rows"].astype(np.float32, copy=False)
    if keys.ndim != 2 or keys.shape[1] != 16 or rows.shape != (len(keys), dimensions):
        raise ValueError("not a file of vectors")
    return {key.tobytes(): row for key, row in zip(keys, rows, strict=True)}


def fingerprint(examples: Sequence[tuple[str, str]], words: Sequence[str], encoder: str) -> str:
    """What a model was made from: the sentences in their order, the brand's words, the encoder (its identity), and the code."""
    digest = hashlib.blake2b(f"{_code(_taught_by())}\0{encoder}\0".encode("utf-8", "surrogatepass"), digest_size=12)
    for text, label in examples:
        digest.update(f"{text}\t{label}\n".encode("utf-8", "surrogatepass"))
    digest.update("\0".join(sorted(words)).encode())
    return digest.hexdigest()


def _taught_by() -> Sequence[Path]:
    """The training module and all modules of its room that it stands on, sorted."""
    folder = Path(intents.__file__).parent
    found: set[Path] = set()
    waiting = [folder / f"{_TEACHER}.py"]
    while waiting:
        path = waiting.pop()
        if path not in found and path.is_file():
            found.add(path)
            waiting += [folder / f"{name}.py" for name in _IMPORT.findall(path.read_text("utf-8"))]
    return sorted(found)


@cache
def _reading() -> str:
    """A fingerprint of the code that reads and weighs a knowledge base."""
    rooms = (Path(intents.__file__).parent, Path(knowledge.__file__).parent)
    return _code([path for room in rooms for path in sorted(room.glob("*.py"))])


def _code(modules: Iterable[Path]) -> str:
    """A fingerprint of code and of the segmenter that it cuts words with."""
    from importlib.metadata import version  # noqa: PLC0415  (slow to import, used once a start)

    digest = hashlib.blake2b(version("jieba").encode(), digest_size=8)
    for path in modules:
        digest.update(path.read_bytes())
    return digest.hexdigest()
