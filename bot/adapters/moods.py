"""The moods that the program ships: the same for every brand, read once."""

from functools import cache
from pathlib import Path

from bot.adapters.keeping import CHECKOUT
from intents.moods import Moods

WEIGHTS = CHECKOUT / "intents" / "weights" / "moods.npz"
"""Made by ``python -m bot.teaching.moods``."""


@cache
def shipped(path: Path = WEIGHTS) -> Moods:
    """The model of a file; raises OSError where there is none, ValueError (Chinese) where it is broken."""
    return Moods.loads(path.read_bytes())
