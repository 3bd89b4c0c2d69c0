"""The knowledge base as a whole: who may know is decided first, then what answers, then whether we are sure."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import numpy as np

from knowledge.calibration import THRESHOLD, exclusive, order, probability, with_lead
from knowledge.eligibility import Condition, condition, eligible, precedence
from knowledge.features import Features
from knowledge.fusion import Mask
from knowledge.model import Answer, Asker, Entry, EntryId, Hit
from knowledge.ports import Embedder
from knowledge.practice import Weights, adapt
from knowledge.scoring import Base, Considered, Text
from knowledge.strangers import STRANGERS
from knowledge.words import Reader, Reading

EXACT: Final = 0.99
"""Confidence at least where ops wrote this very question: only their own slip can make it wrong."""
NEAR: Final = 0.25
"""Below this nothing is near enough to ask back about."""
CLOSE: Final = 0.5
"""An entry is close to the best one if it is at least this part as likely."""
_CLOSE_MOST: Final = 3
_BARE: Final = 1
"""Content words of a message that names a topic rather than asks a question."""
_NOTHING: Final = "没有适合这位顾客、这个时间的条目"


class Library:
    """All entries of a brand, searchable; immutable, so that a new one replaces it while questions are running."""

    def __init__(self, entries: Sequence[Entry], reader: Reader, embedder: Embedder, found: tuple[Base, Weights] | None) -> None:
        """Use `build`; `found` is None for an empty base."""
        self.entries = tuple(entries)
        self.reader = reader
        self._embedder = embedder
        self.base: Base | None = None if found is None else found[0]
        self.weights: Weights | None = None if found is None else found[1]
        alike: dict[Condition, list[int]] = defaultdict(list)
        for at, entry in enumerate(entries):
            if (told_to := condition(entry)) is not None:
                alike[told_to].append(at)
        self._by_id = {entry.id: entry for entry in self.entries}
        self._restricted = tuple((self.entries[found[0]], np.array(found)) for found in alike.values())

    @classmethod
    def build(
        cls,
        entries: Sequence[Entry],
        embedder: Embedder,
        *,
        normalize: Callable[[str], str],
        seed: int = 0,
        words: Sequence[str] = (),
        learnt: Weights | None = None,
    ) -> "Library":
        """Read, embed and calibrate; the same input gives the same library.

        `normalize` brings the many ways of typing to one, for stored and asked alike; `words` is the brand's vocabulary.
        `learnt` are the `weights` of a library that was built from the same input: they take the time to learn them away,
        and are learnt again where their number is another.
        ValueError if two entries share an id or one has no questions.
        """
        _check(entries)
        reader = Reader(normalize, words)
        if not entries:
            return cls((), reader, embedder, None)

        def text(sentences: Sequence[str]) -> Text:
            readings = tuple(reader.read(sentence) for sentence in sentences)
            return Text(readings, embedder.embed([reading.text for reading in readings]))

        asked = [(question, at) for at, entry in enumerate(entries) for question in entry.questions]
        base = Base(
            text([question for question, _ in asked]),
            [at for _, at in asked],
            text([_told(entry) for entry in entries]),
            text(STRANGERS),
        )
        return cls(entries, reader, embedder, (base, learnt if learnt and learnt.fits else adapt(base, seed)))

    def entry(self, name: str) -> Entry | None:
        """An entry by its id."""
        return self._by_id.get(EntryId(name))

    def may_hear(self, entry: Entry, asker: Asker, at: datetime) -> bool:
        """Whether an entry is for this asker now; `at` is in the brand's zone."""
        return eligible(entry, asker, at.date())

    def ask(self, query: str, asker: Asker, at: datetime) -> Answer:
        """The answer to a question, or the reason why there is none; `at` is in the brand's zone."""
        question = self.reader.read(query)
        if self.base is None or self.weights is None:
            return Answer(None, 0.0, (), (), "知识库是空的")
        if not question.key:
            return Answer(None, 0.0, (), (), "这句话里没有问题")
        vector = self._embedder.embed([question.text])[0]
        allowed = self._allowed(asker, at)
        considered = self.base.consider(question, vector, allowed)
        if not considered.entries:
            return Answer(None, 0.0, (), (), _NOTHING)
        return self._verdict(self.base, question, allowed, *_judged(question, considered, self.weights))

    def _allowed(self, asker: Asker, at: datetime) -> Mask:
        allowed = np.ones(len(self.entries), dtype=np.bool_)
        today = at.date()
        for example, positions in self._restricted:
            allowed[positions] = eligible(example, asker, today)
        return allowed

    def _verdict(self, base: Base, question: Reading, allowed: Mask, ranked: list[int], likely: dict[int, float]) -> Answer:
        exact = [at for at in sorted(base.owners_of(base.same_question(question))) if allowed[at]]
        # Of several that have this very question the order of ranking decides, then that of the files.
        top = next((at for at in ranked if at in exact), exact[0]) if exact else ranked[0]
        confidence = max(likely.get(top, 0.0), EXACT) if exact else likely[top]
        best = self._most_specific(base, top, allowed)
        hits = self._hits(best, confidence, ranked, likely)
        if confidence >= THRESHOLD:
            return Answer(self.entries[best], confidence, hits, (), "原话命中" if exact else "把握足够")
        close = self._close(base, [best, *(at for at in ranked if at != best)], likely | {best: confidence})
        why = "几条都像，可以反问" if close else "把握不够，宁可不答"
        return Answer(None, confidence, hits, close, why)

    def _most_specific(self, base: Base, top: int, allowed: Mask) -> int:
        """Of the entries that answer this question for different people, the one that fits this person best."""
        others = [at for at in sorted(base.peers(top) - {top}) if allowed[at]]
        return max((top, *others), key=lambda at: precedence(self.entries[at]))

    def _hits(self, best: int, confidence: float, ranked: Sequence[int], likely: dict[int, float]) -> tuple[Hit, ...]:
        """Ten at most, the verdict first; no hit may look likelier than the verdict."""
        others = [(at, min(likely[at], confidence)) for at in ranked if at != best][:9]
        return tuple(Hit(self.entries[at].id, round(score, 4)) for at, score in [(best, confidence), *others])

    def _close(self, base: Base, ranked: Sequence[int], likely: dict[int, float]) -> tuple[Entry, ...]:
        best = likely[ranked[0]]
        kept: list[int] = []
        for at in ranked:
            if likely[at] >= CLOSE * best and not any(at in base.peers(other) for other in kept):
                kept.append(at)
        if best < NEAR or len(kept) < 2:
            return ()
        return tuple(self.entries[at] for at in kept[:_CLOSE_MOST])


def _judged(question: Reading, considered: Considered, weights: Weights) -> tuple[list[int], dict[int, float]]:
    """Entries from best to worst, and how likely each is right."""
    scores = order(considered.features, np.array(weights.order))
    filled = with_lead(considered.features, scores, considered.alike)
    likely: Features = probability(filled, np.array(weights.sure))
    if len(question.content) <= _BARE:
        likely = exclusive(likely, considered.alike)
    ranked = [considered.entries[int(at)] for at in np.argsort(-scores, kind="stable")]
    return ranked, {entry: float(p) for entry, p in zip(considered.entries, likely, strict=True)}


def _told(entry: Entry) -> str:
    return " ".join((entry.answer, *entry.tags))


def _check(entries: Sequence[Entry]) -> None:
    if len({entry.id for entry in entries}) < len(entries):
        raise ValueError("two entries share an id")
    if empty := [entry.id for entry in entries if not entry.questions]:
        raise ValueError(f"entries without questions: {', '.join(empty)}")
