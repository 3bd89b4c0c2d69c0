"""What we hold of a shopper: tags that fade, replace one another and are taken back, each with what it stands on.

Three things are held that are no tags of their own and never appear among the tags (``FACTS``): ``birth`` (the month in which
the shopper's child was born, ``2026-05``), from which the stage of the child follows at any time; ``due`` (the day a child is
expected), until which she is expecting; ``memory`` (不记: nothing more is to be remembered).

What bears on safety does not fade like a taste. An allergy holds until it is taken back. Expecting, trying, nursing and the
time after birth end by nature, but none of them is forgotten unasked once it was plainly said: past their end they still hold,
and stand in ``outlived`` until the shopper has said how it is now.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from recommender.model import TagKind
from recommender.stages import age_stage, months_since

BELIEVED = 0.35
"""From this strength on a tag counts."""
BIRTH, DUE, MEMORY = "birth", "due", "memory"
FACTS = frozenset({BIRTH, DUE, MEMORY})
"""Held as evidence, never told as tags."""
_STAGE, _AUDIENCE, _EXPECTING = "age_stage", "audience", "孕妇"
_FOR_GOOD = re.compile(r"(?:过敏|不耐受?|过敏体质)$")
"""Values that do not pass with time, whatever half-life their kind has."""
_TERMS: Mapping[str, timedelta] = {
    _EXPECTING: timedelta(days=280),
    "备孕": timedelta(days=365),
    "产后": timedelta(days=180),
    "哺乳期": timedelta(days=540),
}
"""How long these last at most from the day they are told; a due date says it better."""
_ENDS: Mapping[str, tuple[str, ...]] = {
    _EXPECTING: ("备孕", "产后"),
    "产后": (_EXPECTING, "备孕"),
    "哺乳期": (_EXPECTING, "备孕"),
}
_AFTER_DUE = timedelta(days=14)
"""Two weeks over term is as late as children come."""
_PLAINLY = 0.6
"""As strong as what was said rather than asked: only that holds until it is asked again."""
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


@dataclass(frozen=True, slots=True)
class Known:
    """One thing believed of a shopper, with what it stands on."""

    tag: str
    value: str
    strength: float
    grounds: tuple[TagEvidence, ...]
    """Oldest first, none from before it was last denied; for the stage of a child the word about its birth."""


@dataclass(frozen=True, slots=True)
class _Held:
    """Strength of a value at the moment of its last evidence."""

    strength: float
    since: datetime


def strengths(evidences: Iterable[TagEvidence], kinds: Mapping[str, TagKind], at: datetime) -> Mapping[str, Mapping[str, float]]:
    """Kind → value → strength 0…1 at that time; later evidence is not seen.

    Hints for the same value add up as independent ones do (noisy-or: 1 − Π(1 − c)), each halved after its kind's
    half-life. A hint against a value takes away its own share; one for another value of an exclusive kind takes away the
    square of it, so that a word replaces at once (0.9 leaves a fifth) and a guess from a purchase does not outdo a word.
    """
    told = sorted((e for e in evidences if e.at <= at), key=lambda e: e.at)
    held: dict[str, dict[str, _Held]] = {}
    for evidence in told:
        if evidence.tag in FACTS:
            continue
        kind = kinds.get(evidence.tag, TagKind(evidence.tag))
        values = held.setdefault(evidence.tag, {})
        for value in (*values, *(() if evidence.value in values else (evidence.value,))):
            before = _faded(values.get(value, _Held(0.0, evidence.at)), value, kind, evidence.at)
            replaces = kind.exclusive or _follows(evidence, value)
            values[value] = _Held(_moved(before, value, evidence, replaces), evidence.at)
    found = {
        tag: {value: _faded(one, value, kinds.get(tag, TagKind(tag)), at) for value, one in values.items()}
        for tag, values in held.items()
    }
    return {**found, **_stage_of_child(told, kinds, at)}


def current(evidences: Iterable[TagEvidence], kinds: Mapping[str, TagKind], at: datetime) -> Mapping[str, tuple[str, ...]]:
    """Kind → values that hold at that time, the strongest first; of an exclusive kind only the strongest."""
    found = {}
    for tag, values in strengths(evidences, kinds, at).items():
        believed = sorted((-strength, value) for value, strength in values.items() if strength >= BELIEVED)
        if believed:
            exclusive = tag in kinds and kinds[tag].exclusive
            found[tag] = tuple(value for _, value in (believed[:1] if exclusive else believed))
    return found


def known(evidences: Iterable[TagEvidence], kinds: Mapping[str, TagKind], at: datetime) -> tuple[Known, ...]:
    """All that is believed at that time, with its grounds; in the order of ``kinds``, what no kind is declared for last."""
    told = tuple(sorted((e for e in evidences if e.at <= at), key=lambda e: e.at))
    strong = strengths(told, kinds, at)
    believed = current(told, kinds, at)
    order = [*(tag for tag in kinds if tag in believed), *(tag for tag in believed if tag not in kinds)]
    return tuple(
        Known(tag, value, strong[tag][value], _grounds(told, tag, value, kinds)) for tag in order for value in believed[tag]
    )


def outlived(evidences: Iterable[TagEvidence], kinds: Mapping[str, TagKind], at: datetime) -> tuple[str, ...]:
    """Values of ``audience`` that still hold for safety's sake although they must be over by nature: worth asking again."""
    told = sorted((e for e in evidences if e.at <= at), key=lambda e: e.at)
    believed = current(told, kinds, at).get(_AUDIENCE, ())
    return tuple(value for value in believed if (end := _end(told, value)) is not None and end < at)


def _end(told: Iterable[TagEvidence], value: str) -> datetime | None:
    """When a value that ends by nature is over; None for one that does not, or that nobody told."""
    if value not in _TERMS:
        return None
    said = [e.at for e in told if e.tag == _AUDIENCE and e.value == value and e.confidence > 0]
    due = _expected(told) if value == _EXPECTING else None
    births = [e for e in told if e.tag == BIRTH and e.confidence > 0]
    born = max(births, key=lambda e: e.at) if births else None
    if value == _EXPECTING and born is not None and said and _born_after(born, max(said)):
        return born.at - timedelta(seconds=1)
    if due is not None and due + _AFTER_DUE >= max(said, default=due):
        return due + _AFTER_DUE
    return max(said) + _TERMS[value] if said else None


def _born_after(born: TagEvidence, said: datetime) -> bool:
    """Whether the child came after she was last said to be expecting."""
    since = months_since(born.value, said)
    return born.at > said and since is not None and since <= 0


def _expected(told: Iterable[TagEvidence]) -> datetime | None:
    """The end of the day that was last told as the due date; None where it was taken back."""
    last = max((e for e in told if e.tag == DUE), key=lambda e: e.at, default=None)
    if last is None or last.confidence <= 0:
        return None
    try:
        return datetime.fromisoformat(last.value).replace(tzinfo=last.at.tzinfo) + timedelta(days=1)
    except ValueError:
        return None


def _stage_of_child(told: Iterable[TagEvidence], kinds: Mapping[str, TagKind], at: datetime) -> Mapping[str, Mapping[str, float]]:
    """The stage that the child is in by then, out of its month of birth; no stage once it has outgrown all of them."""
    birth = _birth(told)
    if birth is None or _STAGE not in kinds:
        return {}
    months = months_since(birth.value, at)
    stage = None if months is None or months < 0 else age_stage(months, kinds[_STAGE].values)
    return {_STAGE: {stage: min(birth.confidence, 1.0)} if stage else {}}


def _birth(told: Iterable[TagEvidence]) -> TagEvidence | None:
    """The last word about the child's birth; None where there is none, it was denied, or a stage was told after it."""
    last = max((e for e in told if e.tag in {BIRTH, _STAGE} and e.confidence != 0), key=lambda e: e.at, default=None)
    return last if last is not None and last.tag == BIRTH and last.confidence > 0 else None


def _grounds(told: tuple[TagEvidence, ...], tag: str, value: str, kinds: Mapping[str, TagKind]) -> tuple[TagEvidence, ...]:
    """The evidence for a value since it was last denied or replaced."""
    birth = _birth(told) if tag == _STAGE else None
    if birth is not None:
        return (birth,)
    kind = kinds.get(tag, TagKind(tag))
    found: list[TagEvidence] = []
    for one in told:
        if one.tag != tag or (one.value != value and not kind.exclusive):
            continue
        if one.value != value:
            found = found if one.confidence < _PLAINLY else []
        elif one.confidence < 0:
            found = []
        else:
            found.append(one)
    return tuple(found)


def _follows(evidence: TagEvidence, value: str) -> bool:
    """Whether what is told now comes after that state, and so ends it: whoever nurses is not expecting any more."""
    return evidence.tag == _AUDIENCE and value in _ENDS.get(evidence.value, ())


def _moved(before: float, value: str, evidence: TagEvidence, exclusive: bool) -> float:
    sure = min(abs(evidence.confidence), 1.0)
    if value == evidence.value:
        return before * (1 - sure) if evidence.confidence < 0 else 1 - (1 - before) * (1 - sure)
    return before * (1 - sure * sure) if exclusive and evidence.confidence > 0 else before


def _faded(held: _Held, value: str, kind: TagKind, at: datetime) -> float:
    """Its strength at a later moment; what bears on safety and was plainly said does not fall below what counts."""
    if kind.half_life_days is None or (kind.name == _AUDIENCE and _FOR_GOOD.search(value)):
        return held.strength
    left = float(held.strength * 0.5 ** ((at - held.since).total_seconds() / _DAY / kind.half_life_days))
    lasting = kind.name == _AUDIENCE and value in _TERMS and held.strength >= _PLAINLY
    return max(left, BELIEVED) if lasting else left
