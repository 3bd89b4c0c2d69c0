"""Names that look like the platform's and follow from the seed."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter


class Ids:
    """Ids made from the seed and a count per kind: the same calls get the same names."""

    def __init__(self, seed: int) -> None:
        """A new series; `reset` of a sandbox makes a new one too."""
        self._seed = seed
        self._made: Counter[str] = Counter()

    def make(self, kind: str, length: int = 32) -> str:
        """The next name of this kind, letters and digits only, at most 43 long."""
        self._made[kind] += 1
        digest = self.digest(f"{kind}:{self._made[kind]}", 48)
        return base64.b64encode(digest, b"xy").decode()[:length]

    def digest(self, what: str, size: int) -> bytes:
        """Bytes that follow from the seed and `what`; `size` at most 64."""
        return hashlib.blake2b(f"{self._seed}:{what}".encode(), digest_size=size).digest()
