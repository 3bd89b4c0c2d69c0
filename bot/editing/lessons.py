"""What the model learns from: how well it does intent by intent, whether new sentences went live, and what real talk suggests."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np

from bot.adapters.encoder import Encoder
from bot.adapters.keeping import held
from bot.adapters.models import ModelStore
from bot.content.lessons import Lesson, instead, known_model, lesson_after
from bot.content.linting_catalogue import sentence
from bot.content.linting_questions import core
from bot.content.workspace import Workspace
from bot.db.traffic import Heard
from bot.editing.model import Row
from intents import Candidate, Gazetteer, LinearModel, Recognizer
from intents.proof import Proof

State = Literal["none", "live", "training", "waiting", "refused"]
ALIKE: Final = 0.84
"""Cosine from which on two messages that are guessed alike say the same."""
GUESSES: Final = 3
_COMPARED: Final = 800
"""Different messages that are held against each other; rarer ones stand behind."""


@dataclass(frozen=True, slots=True)
class Grade:
    """How well one intent is found by the live model: in cross-validation, on sentences that it had not seen."""

    right: float
    """Of its sentences so many were found, 0…1."""
    trusted: float
    """Where it was said, so often rightly, 0…1."""
    n: int
    mixed: tuple[tuple[str, int], ...] = ()
    """What its sentences were taken for, the most frequent first."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand with the model of the live sentences."""

    state: State
    """live: these sentences answer; training, waiting: not yet; refused: an earlier model goes on answering."""
    reasons: tuple[str, ...] = ()
    """Why it was refused, in Chinese."""
    accuracy: float | None = None
    """Of the model that answers; None where nothing is known of it."""
    n: int = 0
    grades: Mapping[str, Grade] = field(default_factory=dict)
    mixed: tuple[tuple[str, str, int], ...] = ()
    """(meant, taken for, how often), the most frequent first."""
    own: bool = True
    """Whether the brand has sentences of its own; else the program's serve."""


@dataclass(frozen=True, slots=True)
class Heap:
    """Messages that say the same."""

    texts: tuple[str, ...]
    """Different wordings, the most frequent first."""
    count: int
    corrected: int
    """How many of them people put right."""
    guesses: tuple[Candidate, ...]
    """What the live model takes the first one for, at most three."""


class Lessons:
    """Looks at sentences with the live model; everything slow runs in a thread."""

    def __init__(self, encoder: Encoder, models: ModelStore) -> None:
        """Nothing is loaded yet."""
        self._encoder = encoder
        self._models = models
        self._lesson: tuple[Workspace, Lesson] | None = None
        self._reader: tuple[str, Recognizer] | None = None
        self._known: tuple[object, Mapping[str, frozenset[str]]] | None = None

    def _of(self, workspace: Workspace) -> Lesson:
        if self._lesson is None or self._lesson[0] is not workspace:
            self._lesson = (workspace, lesson_after(workspace, self._lesson))
        return self._lesson[1]

    async def standing(self, workspace: Workspace) -> Standing:
        """How the live sentences do."""
        return await asyncio.to_thread(self._standing, workspace)

    def _standing(self, workspace: Workspace) -> Standing:
        lesson = self._of(workspace)
        own = any(path.startswith("intents/training/") for path in workspace.files)
        wanted, stands = lesson.fingerprint(self._encoder), self._models.standings.of(lesson.line)
        refused = stands.refused.get(wanted, ())
        # before anything went live by a verdict, a model that was trained of these very sentences answers
        first = not stands.live and not refused and self._models.proof(wanted) is not None
        answers = wanted if first or stands.live == wanted else instead(lesson, self._models, self._encoder)
        state: State = (
            "live" if answers == wanted else "refused" if refused else "training" if held(self._models.lock) else "waiting"
        )
        if state == "waiting" and not answers:
            state = "none"
        proof = self._models.proof(answers) if answers else None
        return _graded(Standing(state, refused, own=own), proof)

    async def guesses(self, workspace: Workspace, texts: Sequence[str]) -> Sequence[tuple[Candidate, ...]]:
        """What the live model takes messages for, at most three guesses each; empty where no model is there."""
        return await asyncio.to_thread(self._guesses, workspace, texts)

    def _guesses(self, workspace: Workspace, texts: Sequence[str]) -> list[tuple[Candidate, ...]]:
        reader = self._recognizer(workspace)
        if reader is None or not texts:
            return [()] * len(texts)
        return [one.candidates[:GUESSES] for one in reader.recognize_many(list(texts))]

    def _recognizer(self, workspace: Workspace) -> Recognizer | None:
        lesson = self._of(workspace)
        stands = self._models.standings.of(lesson.line)
        mark = f"{stands.live}/{lesson.fingerprint(self._encoder)}"
        if self._reader is None or self._reader[0] != mark:
            model: LinearModel | None = self._models.load(stands.live, self._encoder) if stands.live else None
            model = model or known_model(lesson, self._models, self._encoder)
            if model is None:
                return None
            self._reader = (mark, Recognizer.of(model, Gazetteer.build({}), self._encoder))
        return self._reader[1]

    async def heaps(self, workspace: Workspace, heard: Sequence[Heard], known: Mapping[str, frozenset[str]]) -> Sequence[Heap]:
        """Real messages that no sentence says yet, those of one meaning together: put right first, then the most frequent."""
        return await asyncio.to_thread(self._heaps, workspace, heard, known)

    def _heaps(self, workspace: Workspace, heard: Sequence[Heard], known: Mapping[str, frozenset[str]]) -> Sequence[Heap]:
        by_core: dict[str, list[Heard]] = defaultdict(list)
        for one in heard:
            mark = core(one.text)
            if mark and mark not in known and "[" not in one.text:  # what was masked is no sentence of anybody's
                by_core[mark].append(one)
        marks = sorted(by_core, key=lambda mark: (-len(by_core[mark]), mark))[:_COMPARED]
        firsts = [Counter(one.text for one in by_core[mark]).most_common(1)[0][0] for mark in marks]
        guesses = self._guesses(workspace, firsts)
        places = _together(
            self._encoder.embed(firsts) if firsts else np.zeros((0, 1)), [one[0].intent if one else "" for one in guesses]
        )
        found = [_heap([by_core[marks[at]] for at in heap], guesses[heap[0]]) for heap in places]
        return sorted(found, key=lambda heap: (-heap.corrected, -heap.count, heap.texts[0]))

    def known(self, rows: Sequence[Row]) -> Mapping[str, frozenset[str]]:
        """Core of a sentence → the intents that it is a sentence of, drafts counted; kept as long as nothing changed."""
        mark = tuple((one.id, id(one.live), one.draft and (one.draft.id, one.draft.version)) for one in rows)
        if self._known is None or self._known[0] != mark:
            found: dict[str, set[str]] = defaultdict(set)
            for row in rows:
                for text in sentences(row):
                    found[core(sentence(text))].add(row.id)
            self._known = (mark, {text: frozenset(of) for text, of in found.items()})
        return self._known[1]


def sentences(row: Row) -> list[str]:
    """The sentences of an intent as they would be with its draft, as they stand, marks of values included."""
    return [] if row.leaves else listed(row.value)


def listed(value: object) -> list[str]:
    """The sentences of a training item's value."""
    told = value.get("examples") if isinstance(value, Mapping) else None
    return [str(one) for one in told] if isinstance(told, list | tuple) else []


def same(text: str) -> str:
    """What two sentences share that say the same."""
    return core(sentence(text))


def _graded(standing: Standing, proof: Proof | None) -> Standing:
    if proof is None:
        return standing
    report = proof.report
    mixed: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for meant, taken, times in report.confusion:
        mixed[meant].append((taken, times))
    grades = {
        label: Grade(one.recall, one.precision, one.support, tuple(mixed[label][:3])) for label, one in report.per_label.items()
    }
    return Standing(standing.state, standing.reasons, report.accuracy, report.n, grades, report.confusion[:12], standing.own)


def _together(vectors: object, first: Sequence[str]) -> list[list[int]]:
    """Rows of one meaning: alike, and taken for the same."""
    rows = np.asarray(vectors, np.float32)
    if not len(rows):
        return []
    rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    heaps: list[list[int]] = []
    leads: list[int] = []
    for at in range(len(rows)):
        near = rows[leads] @ rows[at] if leads else np.zeros(0, np.float32)
        fit = [n for n in np.argsort(-near) if near[n] >= ALIKE and first[leads[n]] == first[at]]
        if fit:
            heaps[fit[0]].append(at)
        else:
            leads.append(at)
            heaps.append([at])
    return heaps


def _heap(groups: Iterable[Sequence[Heard]], guesses: tuple[Candidate, ...]) -> Heap:
    members = [one for group in groups for one in group]
    said = Counter(one.text for one in members)
    return Heap(
        tuple(text for text, _ in said.most_common(12)), len(members), sum(one.why == "corrected" for one in members), guesses
    )
