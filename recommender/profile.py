"""What we hold of a shopper: tags that fade, replace one another and are taken back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from recommender.model import TagKind

BELIEVED = 0.35
"""From this strength on a tag counts."""
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class TagEvidence:
    """One hint that a shopper is so, or (with a negative confidence) is not so."""

    tag: str
    value: str
    confidence: float
    """−1…1; 1 is plainly said, 0.3 guessed from a click, −1 plainly denied."""
    at: datetime
    source: str
    """Where it comes from: a message id, an event, a guide."""


def strengths(evidences: Iterable[TagEvidence], kinds: Mapping[str, TagKind], at: datetime) -> Mapping[str, Mapping[str, float]]:
    """Kind → value → strength 0…1 at that time; later evidence is not seen.

    Hints for the same value add up as independent ones do (noisy-or: 1 − Π(1 − c)), each halved after its kind's
    half-life. A hint against a value, or in an exclusive kind for another value, takes away its own share.
    """
    held: dict[str, dict[str, tuple[float, datetime]]] = {}
    for evidence in sorted((e for e in evidences if e.at <= at), key=lambda e: e.at):
        kind = kinds.get(evidence.tag, TagKind(evidence.tag))
        values = held.setdefault(evidence.tag, {})
        for value in (*values, *(() if evidence.value in values else (evidence.value,))):
            before = _faded(*values.get(value, (0.0, evidence.at)), kind, evidence.at)
            values[value] = (_moved(before, value, evidence, kind.exclusive), evidence.at)
    return {
        tag: {value: _faded(*state, kinds.get(tag, TagKind(tag)), at) for value, state in values.items()}
        for tag, values in held.items()
    }


def current(evidences: Iterable[TagEvidence], kinds: Mapping[str, TagKind], at: datetime) -> Mapping[str, tuple[str, ...]]:
    """Kind → values that hold at that time, the strongest first; of an exclusive kind only the strongest."""
    found = {}
    for tag, values in strengths(evidences, kinds, at).items():
        believed = sorted((-strength, value) for value, strength in values.items() if strength >= BELIEVED)
        if believed:
            exclusive = tag in kinds and kinds[tag].exclusive
            found[tag] = tuple(value for _, value in (believed[:1] if exclusive else believed))
    return found


def _moved(before: float, value: str, evidence: TagEvidence, exclusive: bool) -> float:
    sure = min(abs(evidence.confidence), 1.0)
    if value == evidence.value:
        return before * (1 - sure) if evidence.confidence < 0 else 1 - (1 - before) * (1 - sure)
    return before * (1 - sure) if exclusive and evidence.confidence > 0 else before


def _faded(strength: float, since: datetime, kind: TagKind, at: datetime) -> float:
    if kind.half_life_days is None:
        return strength
    return float(strength * 0.5 ** ((at - since).total_seconds() / _DAY / kind.half_life_days))
