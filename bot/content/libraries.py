"""The knowledge base of a workspace: from nothing with what an earlier start kept, or out of the one before it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from bot.adapters.answering import Answering, Understanding, taught
from bot.adapters.encoder import Encoder, Shelved, text_key
from bot.adapters.models import ModelStore, Source
from bot.adapters.remembering import Remembering
from bot.content.lessons import known_model, lesson_of
from bot.content.senses import KnownMatters, Matters, matters, with_topics
from bot.content.workspace import Workspace, digest_of
from intents import Gazetteer, normalize
from intents.confusion import Vocabulary
from intents.gazetteer import spelt
from knowledge import Library, Schooled


@dataclass(frozen=True, slots=True)
class Basis:
    """What a library stands on beside its entries."""

    encoder: Encoder
    words: tuple[str, ...]
    """The brand's words."""
    known: Matters | None
    """What says the matter of a sentence; None where nothing was trained yet."""
    understood: Understanding | None
    """An encoder that was taught to answer, with its judge; None for an encoder that was not, or without ``known``."""
    guessed: bool = False
    """The library goes by what the one before it had learnt of itself."""

    @classmethod
    def of(cls, encoder: Encoder, words: Sequence[str], known: Matters | None) -> "Basis":
        """With what was taught for this encoder."""
        return cls(encoder, tuple(words), known, None if known is None else taught(encoder))

    @property
    def matter(self) -> str | None:
        """What says the matter of a sentence, by what it is rather than which object."""
        return None if self.known is None else self.known.identity

    @property
    def answering(self) -> Encoder | Answering:
        """What makes its vectors, and under what they are kept."""
        return self.encoder if self.understood is None else self.understood.embedder

    @property
    def ground(self) -> Source:
        """Under what is kept that it learnt of itself: encoder, classifier and judge."""
        if self.known is None or self.understood is None:
            return self.encoder
        identity = f"{self.answering.identity}/{self.known.identity}/{self.understood.digest}"
        return _Ground(identity, self.answering.dimensions)

    def key(self, workspace: Workspace) -> str:
        """Of entries and words."""
        entries = {path: data for path, data in workspace.files.items() if path.startswith("knowledge/")}
        return digest_of(entries | {"words": "\0".join(self.words).encode()})


@dataclass(frozen=True, slots=True)
class _Ground:
    identity: str
    dimensions: int


def library(
    workspace: Workspace,
    encoder: Encoder,
    models: ModelStore,
    names: Gazetteer,
    known: Matters | None = None,
) -> Library:
    """The knowledge base; what an earlier start with the same entries encoded and learnt is used again.

    ``names`` are kept as they are written. ``known`` says what matter a sentence is; where it is not given a model that was
    trained before does, if there is one.
    """
    basis = Basis.of(encoder, spelt(workspace.spellings), known or matters_of(workspace, encoder, models))
    return built(workspace, basis, models, names)


def built(workspace: Workspace, basis: Basis, models: ModelStore, names: Gazetteer) -> Library:
    """The same on a basis."""
    key = basis.key(workspace)
    shelved = Shelved(basis.answering, models.vectors(key, basis.answering))
    learnt = models.ruler(key, basis.ground)
    read = partial(Library.build, workspace.entries, shelved, words=basis.words, learnt=learnt)
    fold = partial(normalized, keep=names.vocabulary)
    if basis.known is None or basis.understood is None:
        found = read(normalize=fold)
    else:
        kept = Shelved(basis.known, models.vectors(key, basis.known))
        senses = with_topics(KnownMatters(basis.known.classifier.labels, kept))
        found = read(normalize=fold, schooled=Schooled(senses, basis.understood.judge))
        if kept.fresh:
            models.keep_vectors(key, basis.known, kept.known)
        kept.forget()
    if shelved.fresh:
        models.keep_vectors(key, basis.answering, shelved.known)
    if found.ruler is not None and found.ruler != learnt:
        models.keep_ruler(key, basis.ground, found.ruler)
    shelved.forget()
    return found


def renewed(
    before: tuple[Library, Basis], workspace: Workspace, basis: Basis, models: ModelStore, names: Gazetteer
) -> tuple[Library, Basis]:
    """The knowledge base out of the one before it, under the same encoder; with ``basis.guessed`` only where that must be.

    What it learnt of itself (the ruler) takes a second or two to learn: it is taken from the disk, else learnt now, or, where
    ``basis.guessed`` allows it, taken from the library before until `settled` is called.
    """
    old, was = before
    learnt = models.ruler(basis.key(workspace), basis.ground)
    guessed = basis.guessed and learnt is None and old.ruler is not None
    schooled = None
    if basis.known is not None and basis.understood is not None:
        senses = old.base.senses if was.matter == basis.matter and old.base is not None else None
        schooled = Schooled(senses or with_topics(basis.known.classifier), basis.understood.judge)
    same = old.reader.normalize if _vocabulary(old) is names.vocabulary else partial(normalized, keep=names.vocabulary)
    found = old.renewed(
        workspace.entries,
        basis.answering,
        normalize=same,
        words=basis.words,
        learnt=old.ruler if guessed else learnt,
        schooled=schooled,
    )
    basis = replace(basis, guessed=guessed and found.ruler is not None)
    if not basis.guessed and learnt is None:
        _keep(found, workspace, basis, models)
    return found, basis


def settled(library: Library, workspace: Workspace, basis: Basis, models: ModelStore) -> tuple[Library, Basis]:
    """A library that went by what another one had learnt, having learnt by itself; takes a second or two.

    Where a process beside this one did that meanwhile, what it kept is used.
    """
    own = replace(basis, guessed=False)
    if (known := models.ruler(own.key(workspace), own.ground)) is not None:
        return library.ruled(known), own
    found = library.measured()
    _keep(found, workspace, own, models)
    return found, own


def _keep(found: Library, workspace: Workspace, basis: Basis, models: ModelStore) -> None:
    """For the next start, and for the processes beside this one."""
    if found.base is None or found.ruler is None:
        return
    key, earlier = basis.key(workspace), found.base.earlier()
    models.keep_vectors(key, basis.answering, {text_key(text): row for text, row in earlier.vectors.items()})
    if basis.known is not None:
        # the base holds their square roots
        models.keep_vectors(key, basis.known, {text_key(text): row * row for text, row in earlier.topics.items()})
    models.keep_ruler(key, basis.ground, found.ruler)


def _vocabulary(library: Library) -> Vocabulary | None:
    """The names that a library keeps as they are written."""
    found: Vocabulary | None = getattr(library.reader.normalize, "keywords", {}).get("keep")
    return found


def matters_of(workspace: Workspace, encoder: Encoder, models: ModelStore) -> Matters | None:
    """What says the matter of a sentence: the model that answers for a workspace, if one was trained already."""
    model = known_model(lesson_of(workspace), models, encoder)
    return None if model is None else matters(model, Remembering(replace(model, embedder=encoder)))


def normalized(text: str, keep: Vocabulary | None = None) -> str:
    """A sentence as the rooms compare it."""
    return normalize(text, keep).text
