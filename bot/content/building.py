"""From a workspace to the four rooms: each can be built alone, so that a filter loads only what it needs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from bot.adapters.answering import Understanding, taught
from bot.adapters.encoder import Encoder, Shelved
from bot.adapters.hearing import listener
from bot.adapters.models import ModelStore, Progress, Source
from bot.adapters.moods import shipped
from bot.adapters.remembering import Remembering
from bot.content.lessons import known_model, lesson_of, serving
from bot.content.senses import KnownMatters, Matters, matters, with_topics
from bot.content.workspace import Workspace, digest_of
from bot.services import Services
from intents import Classifier, Gazetteer, LinearModel, Recognizer, normalize
from intents.clauses import clauses
from intents.confusion import Vocabulary
from intents.features import unadorned
from intents.gazetteer import spelt
from intents.recognizer import LONGEST
from knowledge import Library, Schooled
from recommender import Event, Product, Recommender
from scripts import Scriptbook

StandIn = Callable[[Classifier], Classifier]
"""Puts another classifier before our own, which stays behind it."""


def build(
    workspace: Workspace,
    encoder: Encoder,
    models: ModelStore,
    progress: Progress | None = None,
    stand_in: StandIn | None = None,
) -> Services:
    """Everything that a turn needs; ``stand_in`` may put another classifier before our own.

    Raises:
        ValueError: the training data cannot teach anything.
    """
    model = serving(lesson_of(workspace), models, encoder, progress)
    return furnished(workspace, model, encoder, models, stand_in)


def furnished(
    workspace: Workspace,
    model: LinearModel,
    encoder: Encoder,
    models: ModelStore,
    stand_in: StandIn | None = None,
) -> Services:
    """Everything that a turn needs, on a model that somebody chose."""
    names = gazetteer(workspace)
    recognizes, warm, known = _understanding(model, names, encoder, stand_in)
    return Services(
        brand=workspace.brand,
        staff=workspace.staff,
        recognizer=recognizes,
        library=library(workspace, encoder, models, names, known),
        recommender=recommender(workspace),
        book=scriptbook(workspace),
        release=workspace.digest,
        warm=warm,
        posts=workspace.posts,
        listener=listener(encoder),
    )


def with_model(services: Services, model: LinearModel, encoder: Encoder, stand_in: StandIn | None = None) -> Services:
    """The same services, answering with another model; of the rest only what the model knows of the base is learnt again."""
    recognizes, warm, known = _understanding(model, services.recognizer.gazetteer, encoder, stand_in)
    base = services.library.knowing(with_topics(known.classifier))
    return replace(services, recognizer=recognizes, warm=warm, library=base)


def _understanding(
    model: LinearModel, names: Gazetteer, encoder: Encoder, stand_in: StandIn | None
) -> tuple[Recognizer, Callable[[Sequence[str]], None], Matters]:
    """What understands messages with a model, what makes it ready for many at once, and what tells the base their matter.

    All share one memory of rows; where another classifier stands before our own, the base goes on asking our own.
    """
    understands = Recognizer.of(model, names, encoder, shipped())
    own = Remembering(understands.classifier)
    remembering = Remembering(stand_in(understands.classifier)) if stand_in else own
    return replace(understands, classifier=remembering), warmer(encoder, names, remembering), matters(model, own)


def recognizer(workspace: Workspace, encoder: Encoder, models: ModelStore, progress: Progress | None = None) -> Recognizer:
    """What understands messages; its model is trained now if that was never done for this data."""
    return Recognizer.of(serving(lesson_of(workspace), models, encoder, progress), gazetteer(workspace), encoder, shipped())


def gazetteer(workspace: Workspace, products: Sequence[Product] | None = None) -> Gazetteer:
    """Names to find in messages: spellings, products, and what catalogue and stores call themselves."""
    goods = workspace.products if products is None else products
    spellings = {slot: dict(standards) for slot, standards in workspace.spellings.items()}
    for slot, names in _own_names(workspace, goods).items():
        known = _written(spellings.get(slot, {}))
        for name in names:
            if name not in known:
                spellings.setdefault(slot, {})[name] = (name,)
    return Gazetteer.build(spellings, [(product.sku, product.name) for product in goods])


def _own_names(workspace: Workspace, products: Sequence[Product]) -> Mapping[str, Sequence[str]]:
    return {
        "category": tuple(dict.fromkeys(part for one in products for part in one.category.split("/") if len(part) > 1)),
        "brand": tuple(dict.fromkeys(one.brand for one in products if len(one.brand) > 1)),
        "store": tuple(store.name for store in workspace.staff.stores.values()),
    }


def _written(standards: Mapping[str, Sequence[str]]) -> frozenset[str]:
    return frozenset(standards) | {spelling for spellings in standards.values() for spelling in spellings}


def library(
    workspace: Workspace,
    encoder: Encoder,
    models: ModelStore,
    names: Gazetteer | None = None,
    known: Matters | None = None,
) -> Library:
    """The knowledge base; what an earlier start with the same entries encoded and learnt is used again.

    ``names`` are kept as they are written; those of the workspace where none are given. ``known`` says what matter a
    sentence is; where it is not given a model that was trained before does, if there is one.
    """
    keep = (names or gazetteer(workspace)).vocabulary
    words = spelt(workspace.spellings)
    entries = {path: data for path, data in workspace.files.items() if path.startswith("knowledge/")}
    key = digest_of(entries | {"words": "\0".join(words).encode()})
    known = known or _matters(workspace, encoder, models)
    understood = None if known is None else taught(encoder)
    answering = understood.embedder if understood else encoder
    shelved = Shelved(answering, models.vectors(key, answering))
    ground = answering if known is None or understood is None else _Ground.of(answering, known, understood)
    learnt = models.ruler(key, ground)
    read = partial(Library.build, workspace.entries, shelved, words=words, learnt=learnt)
    fold = partial(normalized, keep=keep)
    if known is None or understood is None:
        found = read(normalize=fold)
    else:
        kept = Shelved(known, models.vectors(key, known))
        senses = with_topics(KnownMatters(known.classifier.labels, kept))
        found = read(normalize=fold, schooled=Schooled(senses, understood.judge))
        if kept.fresh:
            models.keep_vectors(key, known, kept.known)
        kept.forget()
    if shelved.fresh:
        models.keep_vectors(key, answering, shelved.known)
    if found.ruler is not None and found.ruler != learnt:
        models.keep_ruler(key, ground, found.ruler)
    shelved.forget()
    return found


@dataclass(frozen=True, slots=True)
class _Ground:
    """What a base learnt about itself on: encoder, classifier and judge."""

    identity: str
    dimensions: int

    @classmethod
    def of(cls, answering: Source, known: Matters, understood: Understanding) -> Source:
        """All three together."""
        return cls(f"{answering.identity}/{known.identity}/{understood.digest}", answering.dimensions)


def _matters(workspace: Workspace, encoder: Encoder, models: ModelStore) -> Matters | None:
    model = known_model(lesson_of(workspace), models, encoder)
    return None if model is None else matters(model, Remembering(replace(model, embedder=encoder)))


def normalized(text: str, keep: Vocabulary | None = None) -> str:
    """A sentence as the rooms compare it."""
    return normalize(text, keep).text


def recommender(workspace: Workspace, products: Sequence[Product] | None = None, events: Sequence[Event] = ()) -> Recommender:
    """The catalogue with its rules; ``products`` replace the workspace's."""
    goods = workspace.products if products is None else products
    built = Recommender.build(goods, workspace.kinds, workspace.rules, events, workspace.brand.zone)
    return built.with_neighbours(dict(workspace.neighbours)) if workspace.neighbours else built


def scriptbook(workspace: Workspace) -> Scriptbook:
    """What is said: the program's own wording, and ops' in its place wherever they wrote it."""
    from bot.handlers.wording import BUILT_IN  # noqa: PLC0415  (filters say nothing)

    return Scriptbook.build([*BUILT_IN, *workspace.scripts])


def warmer(
    encoder: Encoder, names: Gazetteer | None = None, classifier: Classifier | None = None
) -> Callable[[Sequence[str]], None]:
    """A function that encodes whole messages and their clauses in one pass, as the rooms will ask for them.

    A ``classifier`` that remembers is asked for them at the same time.
    """
    return partial(_warm, encoder, names.vocabulary if names else None, classifier)


def _warm(encoder: Encoder, keep: Vocabulary | None, classifier: Classifier | None, texts: Sequence[str]) -> None:
    normal = [normalize(text[:LONGEST], keep).text for text in texts]
    said = [part for one in normal if one for part in (one, *clauses(one))]
    encoder.warm([*said, *map(unadorned, said)])
    if said and classifier is not None:
        classifier.classify(said)
