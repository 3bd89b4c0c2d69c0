"""The scriptbook: finds the wording that fits, the same one for the same message."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Self

from scripts.model import Listener, Reply, Script, Variant
from scripts.placeholders import fill


class Scriptbook:
    """All scripts by id; later ones replace earlier ones, so that ops' words stand before built-in ones."""

    def __init__(self, scripts: Mapping[str, Script]) -> None:
        self._scripts = dict(scripts)
        self._versions = {name: _fingerprint(script) for name, script in scripts.items()}

    @classmethod
    def build(cls, scripts: Sequence[Script]) -> Self:
        """A book of these scripts."""
        return cls({script.id: script for script in scripts})

    def __contains__(self, script: object) -> bool:
        return script in self._scripts

    def script(self, name: str) -> Script:
        """A script by id; KeyError where there is none."""
        return self._scripts[name]

    @property
    def ids(self) -> frozenset[str]:
        """All script ids."""
        return frozenset(self._scripts)

    def render(self, script: str, facts: Mapping[str, str], listener: Listener, seed: str) -> Reply | None:
        """The words; None where no variant fits the listener and the facts.

        Among those that fit, the most particular ones compete by weight; chance is a hash of ``seed``, so that a retry says
        the same.
        """
        found = self._scripts.get(script)
        if found is None:
            return None
        ready = [
            (n, variant, text)
            for n, variant in enumerate(found.variants)
            if variant.fits(listener) and (text := fill(variant.text, facts)) is not None
        ]
        if not ready:
            return None
        most = max(variant.conditions for _, variant, _ in ready)
        particular = [one for one in ready if one[1].conditions == most]
        n, _, text = _pick(particular, f"{seed}\0{script}")
        return Reply(text, script, n, self._versions[script])


def _pick(ready: Sequence[tuple[int, Variant, str]], seed: str) -> tuple[int, Variant, str]:
    digest = hashlib.blake2b(seed.encode(), digest_size=8).digest()
    point = int.from_bytes(digest) / 2**64 * sum(variant.weight for _, variant, _ in ready)
    for one in ready:
        point -= one[1].weight
        if point < 0:
            return one
    return ready[-1]


def _fingerprint(script: Script) -> str:
    """The same for the same content in every process: sets are written in order."""
    content = json.dumps(asdict(script), ensure_ascii=False, sort_keys=True, default=sorted)
    return hashlib.blake2b(content.encode(), digest_size=4).hexdigest()
