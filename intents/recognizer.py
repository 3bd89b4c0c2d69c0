"""From a message to its verdict: intents, slots, mood, in one pass over one or many messages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from intents.answers import answer, bare
from intents.clauses import clauses
from intents.gazetteer import Gazetteer
from intents.linear import LinearModel
from intents.model import LABELS, OUT_OF_SCOPE, Candidate, Recognition, Slot
from intents.moods import Mood, Moods
from intents.normalize import Normalized, normalize
from intents.ports import Classifier, Embedder
from intents.safety import FIRST, safety
from intents.sentiment import sentiment, urgency
from intents.slots import find_slots

NEVER_SECONDARY = frozenset(
    (
        "greet",
        "goodbye",
        "thank",
        "affirm",
        "deny",
        "provide_info",
        "chitchat",
        "praise",
        "same_question",
        "spam",
        OUT_OF_SCOPE,
    )
)
"""These are no errands: they stand alone or not at all."""
_COURTESIES = frozenset(("greet", "thank", "affirm", "deny", "provide_info", "goodbye"))
_CERTAIN = 0.95

LONGEST = 2_000
"""Characters of a message that are read."""
_SHOWN = 10
_SURE_CLAUSE = 0.6
"""A clause below it says nothing of its own."""
_EVIDENCE = ((0.93, 0.0), (0.8, 0.003), (_SURE_CLAUSE, 0.03))
"""(a clause's confidence, what the whole message must give its label at least): the surer, the less."""
_COMPARABLE = 0.3
"""What is said first is the first errand if the whole message gives it this share of its best label's probability."""
_BY_RULE = 0.93
"""Least confidence of what a rule found."""

_Row = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Recognizer:
    """Understands messages with a classifier, the workspace's names and the rules that must not fail."""

    classifier: Classifier
    gazetteer: Gazetteer
    threshold: float = 0.0
    """A best probability below it means that nothing fits."""
    moods: Moods | None = None
    """Reads mood, hurry and what a person must come for; without it a small lexicon tells the first two."""

    @staticmethod
    def of(
        model: LinearModel, gazetteer: Gazetteer, embedder: Embedder | None = None, moods: Moods | None = None
    ) -> "Recognizer":
        """A recognizer on a trained model, with the embedder that it was trained with; ``moods`` read the tone."""
        return Recognizer(replace(model, embedder=embedder), gazetteer, model.threshold, moods)

    def recognize(self, text: str, *, at: datetime | None = None, expecting: str | None = None) -> Recognition:
        """The verdict on one message sent at ``at``; ``expecting`` names what we had asked for (`answers.YES_NO` or a slot)."""
        return self._all([text], at, expecting)[0]

    def recognize_many(self, texts: Sequence[str], at: datetime | None = None) -> list[Recognition]:
        """Verdicts on many messages, in order; one call of the classifier for all of them."""
        return self._all(texts, at, None)

    def _all(self, texts: Sequence[str], at: datetime | None, expecting: str | None) -> list[Recognition]:
        """Normalise, classify all clauses of all messages at once, and judge each message."""
        normal = [normalize(text[:LONGEST], self.gazetteer.vocabulary) for text in texts]
        parts = [[one.text, *clauses(one.text)] if one.text else [] for one in normal]
        asked = [part for message in parts for part in message]
        chances = self.classifier.classify(asked) if asked else np.zeros((0, len(self.classifier.labels)))
        verdicts, row = [], 0
        for text, one, message in zip(texts, normal, parts, strict=True):
            slots = self._slots(one, at, expecting)
            judged = self._judge(one, slots, chances[row : row + len(message)], expecting)
            verdicts.append(_recognition(text, one, slots, judged, self._felt(one.text, judged)))
            row += len(message)
        return verdicts

    def _slots(self, normalized: Normalized, at: datetime | None, expecting: str | None) -> tuple[Slot, ...]:
        """Values of the message, a bare figure read as what was asked for."""
        figure = bare(normalized, expecting)
        return (figure,) if figure else find_slots(normalized, self.gazetteer, at)

    def _judge(self, normalized: Normalized, slots: Sequence[Slot], rows: _Row, expecting: str | None) -> "_Judged":
        """Intents in their order, with the confidence of the first."""
        labels = tuple(self.classifier.labels)
        found = safety(normalized.text)
        if not len(rows):
            return _Judged((OUT_OF_SCOPE,), 1.0, (), found)
        whole = rows[0]
        best = int(whole.argmax())
        judged = _Judged((labels[best],), float(whole[best]), _ranked(labels, whole), found)
        if not _ours(labels):
            return self._rejected(judged)
        said = answer(normalized.text, slots, expecting)
        if said in labels and found is None:
            return replace(judged, intents=(said,), confidence=max(_BY_RULE, _of(labels, whole, said)))
        judged = self._rejected(_several(judged, labels, rows))
        return _with_rule(judged, found, labels, rows)

    def _felt(self, text: str, judged: "_Judged") -> Mood:
        """How somebody feels who writes this."""
        if self.moods is not None:
            return self.moods.read(text, judged.safety)
        first = judged.intents[0]
        return Mood(sentiment(text, first), urgency(text, first), None, 0.0)

    def _rejected(self, judged: "_Judged") -> "_Judged":
        """Out of scope where nothing fits."""
        if judged.confidence >= self.threshold:
            return judged
        known = OUT_OF_SCOPE in self.classifier.labels
        return replace(judged, intents=(OUT_OF_SCOPE,), confidence=judged.confidence if known else 1 - judged.confidence)


@dataclass(frozen=True, slots=True)
class _Judged:
    """What was decided of a message's intents."""

    intents: tuple[str, ...]
    confidence: float
    ranked: tuple[Candidate, ...]
    safety: str | None


def _ours(labels: Sequence[str]) -> bool:
    """Whether the classifier speaks the assistant's own labels, so that its conventions hold."""
    return 2 * len(set(labels) & set(LABELS)) >= len(labels)


def _of(labels: Sequence[str], row: _Row, label: str) -> float:
    return float(row[labels.index(label)]) if label in labels else 0.0


def _ranked(labels: Sequence[str], row: _Row) -> tuple[Candidate, ...]:
    """The likeliest labels, best first."""
    order = np.argsort(-row, kind="stable")[:_SHOWN]
    return tuple(Candidate(labels[one], float(row[one])) for one in order)


def _several(judged: _Judged, labels: Sequence[str], rows: _Row) -> _Judged:
    """Several errands, in the order in which they are said; the whole message decides where only one is."""
    whole, parts = rows[0], rows[1:]
    errands: dict[str, float] = {}
    for part in parts:
        best = int(part.argmax())
        label = labels[best]
        if label not in NEVER_SECONDARY and any(part[best] >= sure and whole[best] >= seen for sure, seen in _EVIDENCE):
            errands[label] = max(errands.get(label, 0.0), float(part[best]))
    if not errands:
        return judged
    top, sure = judged.intents[0], judged.confidence
    if top not in errands:
        return _overruled(judged, errands, {label: _of(labels, whole, label) for label in errands})
    first = next(iter(errands))
    seen = _of(labels, whole, first)
    if first == top or seen < _COMPARABLE * sure:
        return replace(judged, intents=(top, *(label for label in errands if label != top)))
    return replace(judged, intents=tuple(errands), confidence=max(seen, (seen + errands[first]) / 2))


def _overruled(judged: _Judged, errands: Mapping[str, float], seen: Mapping[str, float]) -> _Judged:
    """A message whose label no clause bears out: a clause wins over a courtesy, or by the mean of both views."""
    label = max(errands, key=lambda one: seen[one] + errands[one])
    top, mean = judged.intents[0], (seen[label] + errands[label]) / 2
    courtesy = top in _COURTESIES and judged.confidence < _CERTAIN
    if not courtesy and (top in NEVER_SECONDARY or mean < judged.confidence):
        return judged
    return replace(judged, intents=(label, *(one for one in errands if one != label)), confidence=mean)


def _with_rule(judged: _Judged, found: str | None, labels: Sequence[str], rows: _Row) -> _Judged:
    """What a rule found is among the intents; a body's reaction or a threat comes first."""
    if found is None or found not in labels:
        return judged
    sure = max(_BY_RULE, _of(labels, rows[0], found))
    others = tuple(label for label in judged.intents if label != found and label not in NEVER_SECONDARY)
    alone = len(rows) == 1 or judged.confidence < _SURE_CLAUSE
    if found in FIRST:
        return replace(judged, intents=(found, *(others if len(rows) > 1 else ())), confidence=sure)
    if found in judged.intents:
        return judged if judged.intents[0] != found else replace(judged, confidence=sure)
    if not others or alone:
        return replace(judged, intents=(found,), confidence=sure)
    return replace(judged, intents=(*judged.intents, found))


def _recognition(text: str, normalized: Normalized, slots: tuple[Slot, ...], judged: _Judged, felt: Mood) -> Recognition:
    """The verdict as one value, mood and hurry included."""
    first = judged.intents[0]
    return Recognition(
        text=text,
        normalized=normalized.text,
        intent=first,
        confidence=min(1.0, judged.confidence),
        intents=judged.intents,
        candidates=_agreed(judged),
        slots=slots,
        sentiment=felt.mood,
        urgency=felt.urgency,
        escalation=felt.escalation,
        safety=judged.safety,
    )


def _agreed(judged: _Judged) -> tuple[Candidate, ...]:
    """Candidates with the verdict first, the rest scaled to what its confidence leaves."""
    first, sure = judged.intents[0], min(1.0, judged.confidence)
    if judged.ranked and judged.ranked[0].intent == first and abs(judged.ranked[0].confidence - sure) < 1e-9:
        return judged.ranked
    rest = [one for one in judged.ranked if one.intent != first]
    total = sum(one.confidence for one in rest) or 1.0
    scale = min(1.0, (1 - sure) / total)
    scaled = (Candidate(one.intent, one.confidence * scale) for one in rest)
    return (Candidate(first, sure), *scaled)[:_SHOWN]
