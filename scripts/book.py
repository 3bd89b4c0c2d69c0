"""The scriptbook: finds the wording that fits, the same one for the same message."""

from collections.abc import Mapping, Sequence
from typing import Self

from scripts import fingerprints
from scripts.choosing import Wording, allowed, chosen, fillable, of_their_arm
from scripts.model import Listener, Reply, Script
from scripts.persona import folded, says


class Scriptbook:
    """All scripts by id; ops' words stand before built-in ones, which stand in where ops' may not be said."""

    def __init__(
        self, scripts: Mapping[str, Script], built_in: Mapping[str, Script] | None = None, forbidden: Sequence[str] = ()
    ) -> None:
        """``forbidden``: words that are never said, as ops wrote them."""
        self._built_in = dict(built_in or {})
        self._scripts = {**self._built_in, **scripts}
        self._versions = {name: fingerprints.version(script) for name, script in self._scripts.items()}
        self._joining: dict[str, list[Script]] = {}
        for _, script in sorted(scripts.items()):
            if script.extends:
                self._joining.setdefault(script.extends, []).append(script)
        self._forbidden = tuple(filter(None, map(folded, forbidden)))

    @classmethod
    def build(cls, scripts: Sequence[Script], built_in: Sequence[Script] = (), forbidden: Sequence[str] = ()) -> Self:
        """A book of these scripts; later ones replace earlier ones of the same id."""
        return cls({one.id: one for one in scripts}, {one.id: one for one in built_in}, forbidden)

    def __contains__(self, script: object) -> bool:
        return script in self._scripts

    def script(self, name: str) -> Script:
        """A script by id; KeyError where there is none."""
        return self._scripts[name]

    @property
    def ids(self) -> frozenset[str]:
        """All script ids."""
        return frozenset(self._scripts)

    def forbids(self, text: str) -> bool:
        """Whether a text holds a word that is never said."""
        return says(text, self._forbidden)

    def render(self, script: str, facts: Mapping[str, str], listener: Listener, seed: str) -> Reply | None:
        """The words; None where no variant fits the listener and the facts.

        Among those that fit, the most particular ones compete by weight; chance is a hash of ``seed``, so that a retry says
        the same. Where ops have words that may not be said now (another scope, another hour, a forbidden word) the built-in
        ones are said; a forbidden word never is, and a fact that holds one counts as not known.
        """
        own = self._scripts.get(script)
        known, facts = facts, {name: told for name, told in facts.items() if not self.forbids(told)}
        heard = [one for one in (own, *self._joining.get(script, ())) if one is not None]
        ready = [wording for one in heard if one.scope.covers(listener) for wording in self._of(one, facts, listener)]
        seed = f"{seed}\0{script}"
        if (found := chosen(ready, listener, seed)) is not None:
            return self._reply(script, found, built_in=False)
        plain = self._built_in.get(script)
        if own is None or plain is None or own is plain or not _withheld(own, known, listener):
            return None
        found = chosen(allowed(fillable(plain, facts, listener), self.forbids), listener, seed)
        return None if found is None else self._reply(script, found, built_in=True)

    def _of(self, script: Script, facts: Mapping[str, str], listener: Listener) -> Sequence[Wording]:
        """What a script has to say now."""
        ready = [one for one in fillable(script, facts, listener) if one.variant.opportune(listener)]
        return of_their_arm(script, allowed(ready, self.forbids), listener)

    def _reply(self, script: str, found: Wording, *, built_in: bool) -> Reply:
        trial = found.script.experiment
        return Reply(
            text=found.text,
            script=script,
            variant=found.place,
            version=fingerprints.version(found.script) if built_in else self._versions[found.script.id],
            wording=fingerprints.wording_id(found.variant),
            arm=found.arm,
            experiment=trial.id if trial is not None and found.arm is not None else None,
            origin=found.script.id,
            built_in=built_in,
            attachments=found.variant.attachments,
        )


def _withheld(script: Script, facts: Mapping[str, str], listener: Listener) -> bool:
    """Whether a script is silent only for what is asked beyond channel, level, store and tags; else ops meant it to be silent."""
    return not script.scope.covers(listener) or next(fillable(script, facts, listener), None) is not None
