"""Which trained model is live for a brand, and which were refused: one small file for each line of models, under DAOGOU_HOME."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from bot.adapters.keeping import folders, write_whole

_REMEMBERED = 20
"""Refusals that are kept."""

OWN_LINE = ""
"""The line of the program's own model, which serves every brand that writes no sentences."""


def line_of(brand: str, paths: Iterable[str]) -> str:
    """Whose models take each other's place: the brand's that has training files of its own, else the program's."""
    return f"brand {brand}" if any(path.startswith("intents/training/") for path in paths) else OWN_LINE


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand for one line of models; models are named by their fingerprints."""

    live: str = ""
    """What answers; empty before the first."""
    ground: str = ""
    """Program and encoder that the live model was made with; to others it says nothing."""
    asked: str = ""
    """The training data of the release that was judged last, whatever came of it."""
    refused: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Why what did not go live did not, in Chinese."""

    @property
    def state(self) -> str:
        """In one word, for monitors: none, live, or refused where the newest release answers with an earlier model."""
        if not self.live:
            return "none"
        return "refused" if self.asked != self.live and self.asked in self.refused else "live"

    def won(self, model: str, ground: str) -> "Standing":
        """With this model live."""
        return replace(self, live=model, ground=ground, refused={k: why for k, why in self.refused.items() if k != model})

    def lost(self, model: str, reasons: tuple[str, ...]) -> "Standing":
        """With this model refused."""
        others = [(k, why) for k, why in self.refused.items() if k != model]
        return replace(self, refused=dict([*others, (model, reasons)][-_REMEMBERED:]))


class Standings:
    """The files; each is written whole, so that readers need no lock."""

    def __init__(self, home: Path) -> None:
        """``home`` is DAOGOU_HOME."""
        self._folder = folders(home)[0]

    def of(self, line: str) -> Standing:
        """How things stand; a file that cannot be read says nothing."""
        with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
            told = json.loads(self._path(line).read_bytes())
            refused = {str(model): tuple(map(str, why)) for model, why in told["refused"].items()}
            return Standing(str(told["live"]), str(told["ground"]), str(told["asked"]), refused)
        return Standing()

    def keep(self, line: str, standing: Standing) -> None:
        """Write it; only the holder of the training lock does."""
        with suppress(OSError):
            write_whole(self._path(line), json.dumps(asdict(standing), ensure_ascii=False, indent=1).encode())

    def stamp(self, line: str) -> tuple[int, int]:
        """Another one whenever the file was written; costs a microsecond."""
        try:
            told = self._path(line).stat()
        except OSError:
            return 0, 0
        return told.st_mtime_ns, told.st_ino

    def _path(self, line: str) -> Path:
        return self._folder / f"standing-{hashlib.blake2b(line.encode(), digest_size=8).hexdigest()}.json"
