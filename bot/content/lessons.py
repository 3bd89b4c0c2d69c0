"""What a workspace teaches its model, and which model answers for it."""

from dataclasses import dataclass

from bot.adapters.encoder import Encoder
from bot.adapters.models import ModelStore, Progress, fingerprint
from bot.adapters.standing import line_of
from bot.content.workspace import Workspace, own_spellings, own_training
from intents import LinearModel
from intents.gate import related
from intents.gazetteer import spelt


@dataclass(frozen=True, slots=True)
class Lesson:
    """Everything that a model is made from and held against."""

    line: str
    """Whose models take each other's place: see ``standing.line_of``."""
    examples: tuple[tuple[str, str], ...]
    """(sentence, intent)"""
    words: tuple[str, ...]
    """The brand's words."""
    check: tuple[tuple[str, str], ...] = ()
    """The workspace's own check set, tests/nlu.tsv."""

    @property
    def texts(self) -> list[str]:
        """The sentences."""
        return [text for text, _ in self.examples]

    def fingerprint(self, encoder: Encoder) -> str:
        """The name of the model that this makes."""
        return fingerprint(self.examples, self.words, encoder.identity)


def lesson_of(workspace: Workspace) -> Lesson:
    """What this workspace teaches."""
    line = line_of(workspace.brand.name, workspace.files)
    return Lesson(line, tuple(workspace.training), model_words(workspace), workspace.check)


def lesson_after(workspace: Workspace, before: tuple[Workspace, Lesson] | None) -> Lesson:
    """The same, as the very object where another workspace teaches the same: it holds ten thousands of sentences."""
    if before is not None:
        old, lesson = before
        line = line_of(workspace.brand.name, workspace.files)
        same = workspace.training is old.training and workspace.model_spellings is old.model_spellings
        if same and (lesson.line, lesson.check) == (line, workspace.check):
            return lesson
    return lesson_of(workspace)


def model_words(workspace: Workspace) -> tuple[str, ...]:
    """The brand's words that the model learns with: spellings only, so that a new product asks for no new training."""
    return spelt(workspace.model_spellings)


def ground(encoder: Encoder) -> str:
    """Program and encoder: models of another ground cannot stand beside each other."""
    return fingerprint((), (), encoder.identity)


def live(lesson: Lesson, models: ModelStore, encoder: Encoder) -> str:
    """The live model of a line as far as it can answer for these sentences; empty where there is none."""
    standing = models.standings.of(lesson.line)
    if not standing.live or standing.ground != ground(encoder):
        return ""
    if standing.live == lesson.fingerprint(encoder):
        return standing.live
    # two brands of one name may share a home: a model of other sentences never answers for these
    proof = models.proof(standing.live)
    return standing.live if proof is not None and related(proof, lesson.texts) else ""


def instead(lesson: Lesson, models: ModelStore, encoder: Encoder) -> str:
    """What answers in the place of a refused model: the live one of its line, else the program's own if it was ever trained."""
    if found := live(lesson, models, encoder):
        return found
    own = fingerprint(own_training(), spelt(own_spellings()), encoder.identity)
    return own if models.load(own, encoder) is not None else ""


def known_model(lesson: Lesson, models: ModelStore, encoder: Encoder) -> LinearModel | None:
    """The model that answers for a workspace, if it was trained already: its own, else the program's. Nothing is trained."""
    refused = lesson.fingerprint(encoder) in (models.standings.of(lesson.line).refused or {})
    own = None if refused else models.load(lesson.fingerprint(encoder), encoder)
    return own or models.load(instead(lesson, models, encoder), encoder)


def serving(lesson: Lesson, models: ModelStore, encoder: Encoder, progress: Progress | None = None) -> LinearModel:
    """The model that answers for a workspace read from a folder: its own, trained now if nobody did that yet.

    Where its evaluation kept it from going live, another answers. Raises ValueError like ``ModelStore.model``.
    """
    standing = models.standings.of(lesson.line)
    if standing.refused and lesson.fingerprint(encoder) in standing.refused:
        kept = models.load(instead(lesson, models, encoder), encoder)
        if kept is not None:
            return kept
    return models.model(lesson.examples, lesson.words, encoder, progress)
