"""The knowledge base as a whole: who may know is decided first, then what answers, then whether we are sure."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from knowledge.calibration import PLAIN, THRESHOLD, Judge, Ruler, exclusive, standing
from knowledge.earlier import Earlier
from knowledge.eligibility import Condition, condition, eligible, precedence
from knowledge.features import Features
from knowledge.model import Answer, Asker, Entry, EntryId, Hit
from knowledge.nearest import Mask
from knowledge.ports import Embedder
from knowledge.practice import measured
from knowledge.scoring import Base, Considered, Material
from knowledge.senses import Senses
from knowledge.strangers import STRANGERS
from knowledge.words import Reader, Reading

EXACT: Final = 0.99
"""Confidence at least where ops wrote this very question: only their own slip can make it wrong."""
NEAR: Final = 0.25
"""Less likely entries are not asked back about."""
CLOSE: Final = 0.5
"""An entry is close to the best one if it is at least this part as likely."""
_CLOSE_MOST: Final = 3
_ABOUT: Final = 0.05
"""How likely an entry must be to be about a bare topic."""
_BARE: Final = 1
"""Content words of a message that names a topic rather than asks a question."""
_SHORT: Final = 2
"""Characters of one."""
_NOTHING: Final = "没有适合这位顾客、这个时间的条目"


@dataclass(frozen=True, slots=True)
class Schooled:
    """What was taught to understand questions: senses, and the judge that was taught with them and with the encoder."""

    senses: Senses
    judge: Judge


class Library:
    """All entries of a brand, searchable; immutable, so that a new one replaces it while questions are running."""

    def __init__(self, entries: Sequence[Entry], reader: Reader, judge: Judge, found: tuple[Base, Ruler] | None) -> None:
        """Use `build`; `found` is None for an empty base."""
        self.entries = tuple(entries)
        self.reader = reader
        self.judge = judge
        self.base: Base | None = None if found is None else found[0]
        self.ruler: Ruler | None = None if found is None else found[1]
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
        learnt: Ruler | None = None,
        schooled: Schooled | None = None,
    ) -> "Library":
        """Read, embed and calibrate; the same input gives the same library.

        `normalize` brings the many ways of typing to one, for stored and asked alike; `words` is the brand's vocabulary.
        `learnt` is the `ruler` of a library that was built from the same input: it takes the time to learn it away, and is
        learnt again where it is none. `schooled` makes the answers better; without it words and vectors alone count.
        ValueError if two entries share an id or one has no questions.
        """
        return cls._built(entries, Reader(normalize, words), embedder, (schooled, Earlier()), (learnt, seed))

    def renewed(
        self,
        entries: Sequence[Entry],
        embedder: Embedder,
        *,
        normalize: Callable[[str], str],
        words: Sequence[str] = (),
        learnt: Ruler | None = None,
        schooled: Schooled | None = None,
    ) -> "Library":
        """What `build` makes of other entries; what is the same in this one is neither read nor embedded again.

        `embedder` must give the vectors that this library's own gave. A function and senses that are the very objects of this
        library spare most.
        """
        reader = self.reader if self.reader.reads(normalize, words) else Reader(normalize, words)
        earlier = Earlier() if self.base is None else self.base.earlier()
        return self._built(entries, reader, embedder, (schooled, earlier), (learnt, 0))

    @classmethod
    def _built(
        cls,
        entries: Sequence[Entry],
        reader: Reader,
        embedder: Embedder,
        known: tuple[Schooled | None, Earlier],
        ruling: tuple[Ruler | None, int],
    ) -> "Library":
        _check(entries)
        (schooled, earlier), (learnt, seed) = known, ruling
        judge, senses = (PLAIN, None) if schooled is None else (schooled.judge, schooled.senses)
        if not entries:
            return cls((), reader, judge, None)
        base = Base(_material(entries), reader, embedder, senses, earlier)
        return cls(entries, reader, judge, (base, learnt if learnt and learnt.fits else measured(base, judge, seed)))

    def knowing(self, senses: Senses) -> "Library":
        """The same with other senses, where it had some; what hung on the old ones is learnt again."""
        if self.base is None or self.base.plain:
            return self
        base = self.base.of(self.base.material, senses)
        return Library(self.entries, self.reader, self.judge, (base, measured(base, self.judge, 0)))

    def measured(self) -> "Library":
        """The same, having learnt anew of itself: for a library that was built with what another one had learnt."""
        return self if self.base is None else self.ruled(measured(self.base, self.judge, 0))

    def ruled(self, learnt: Ruler) -> "Library":
        """The same with what somebody else learnt of the same input."""
        return self if self.base is None else Library(self.entries, self.reader, self.judge, (self.base, learnt))

    def trying(self, entry: Entry) -> "Library":
        """The same with an entry more, or with another one of its id, as a draft is tried; what was learnt stays as it is.

        ValueError if the entry has no questions.
        """
        entries = (*(one for one in self.entries if one.id != entry.id), entry)
        _check(entries)
        if self.base is None or self.ruler is None:
            return self
        return Library(entries, self.reader, self.judge, (self.base.of(_material(entries), self.base.senses), self.ruler))

    def entry(self, name: str) -> Entry | None:
        """An entry by its id."""
        return self._by_id.get(EntryId(name))

    def may_hear(self, entry: Entry, asker: Asker, at: datetime) -> bool:
        """Whether an entry is for this asker now; `at` is in the brand's zone."""
        return eligible(entry, asker, at.date())

    def ask(self, query: str, asker: Asker, at: datetime) -> Answer:
        """The answer to a question, or the reason why there is none; `at` is in the brand's zone."""
        question = self.reader.read(query)
        if self.base is None or self.ruler is None:
            return Answer(None, 0.0, (), (), "知识库是空的")
        if not question.key:
            return Answer(None, 0.0, (), (), "这句话里没有问题")
        allowed = self._allowed(asker, at)
        considered = self.base.consider(self.base.question(question), allowed)
        if not considered.entries:
            return Answer(None, 0.0, (), (), _NOTHING)
        return self._verdict(self.base, question, allowed, *verdict(question, considered, self.judge, self.ruler))

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
        close = self._close(base, [best, *(at for at in ranked if at != best)], likely | {best: confidence}, bare=bare(question))
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

    def _close(self, base: Base, ranked: Sequence[int], likely: dict[int, float], *, bare: bool) -> tuple[Entry, ...]:
        """Two or three to ask back between: about as likely as the best; for a bare topic all that are about it."""
        best = likely[ranked[0]]
        least = _ABOUT if bare else max(CLOSE * best, NEAR)
        kept: list[int] = []
        for at in ranked:
            if likely[at] >= least and not any(at in base.peers(other) for other in kept):
                kept.append(at)
        return tuple(self.entries[at] for at in kept[:_CLOSE_MOST]) if len(kept) > 1 else ()


def bare(question: Reading) -> bool:
    """Whether a message names a topic (退货, 礼盒) rather than asks a question."""
    return len(question.content) <= _BARE or len(question.key) <= _SHORT


def verdict(question: Reading, considered: Considered, judge: Judge, ruler: Ruler) -> tuple[list[int], dict[int, float]]:
    """Entries from best to worst, and how likely each is right; nothing where nothing was considered."""
    if not considered.entries:
        return [], {}
    scores = judge.scores(considered.features)
    likely: Features = judge.likely(standing(considered.features, scores, considered.alike, ruler))
    if bare(question):
        likely = exclusive(likely, considered.alike)
    ranked = [int(at) for at in np.argsort(-scores, kind="stable")]
    # Of the first two the likelier: the second model sees more of them than the order does.
    ranked[:2] = sorted(ranked[:2], key=lambda at: -likely[at])
    return [considered.entries[at] for at in ranked], {
        entry: float(p) for entry, p in zip(considered.entries, likely, strict=True)
    }


def _material(entries: Sequence[Entry]) -> Material:
    asked = [(question, at) for at, entry in enumerate(entries) for question in entry.questions]
    return Material(
        tuple(question for question, _ in asked),
        tuple(at for _, at in asked),
        tuple(_told(entry) for entry in entries),
        STRANGERS,
    )


def _told(entry: Entry) -> str:
    return " ".join((entry.answer, *entry.tags))


def _check(entries: Sequence[Entry]) -> None:
    if len({entry.id for entry in entries}) < len(entries):
        raise ValueError("two entries share an id")
    if empty := [entry.id for entry in entries if not entry.questions]:
        raise ValueError(f"entries without questions: {', '.join(empty)}")
