"""From a workspace to the four rooms: each can be built alone, so that a filter loads only what it needs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from bot.adapters.encoder import Encoder
from bot.adapters.hearing import listener
from bot.adapters.models import ModelStore, Progress
from bot.adapters.moods import shipped
from bot.adapters.remembering import Remembering
from bot.content import libraries
from bot.content.lessons import lesson_of, serving
from bot.content.libraries import Basis, normalized
from bot.content.naming import gazetteer
from bot.content.senses import Matters, matters, with_topics
from bot.content.sharing import (
    Made,
    Means,
    Recipe,
    StandIn,
    made_of,
    same,
    same_entries,
    same_goods,
    same_names,
    same_words,
)
from bot.content.workspace import Workspace, read_files
from bot.services import Services
from intents import Classifier, Gazetteer, LinearModel, Recognizer, normalize
from intents.clauses import clauses
from intents.confusion import Vocabulary
from intents.features import unadorned
from intents.gazetteer import spelt
from intents.groups import Listener
from intents.recognizer import LONGEST
from knowledge import Library
from recommender import Event, Product, Recommender
from scripts import Scriptbook

__all__ = [
    "StandIn", "beside", "build", "furnished", "gazetteer", "library", "normalized", "recognizer", "recommender", "refurnished",
    "scriptbook", "settled", "warmer", "with_base", "with_model",
]  # fmt: skip


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
    """Everything that a turn needs, on a model that somebody chose; all of it made anew."""
    return refurnished(Recipe(workspace, model, Means(encoder, models, stand_in)), None)


def beside(
    before: Services, files: Mapping[str, bytes], encoder: Encoder, models: ModelStore, *, hasty: bool = False
) -> Services:
    """The services of other files, as those of a draft, beside ``before``: rooms whose inputs are the same are shared.

    They answer with the model of ``before`` unless the files teach other sentences and a model of those was trained already;
    nothing is trained here. Where ``before`` was not built by this module, or with another encoder, only its model is shared.
    ``hasty``: a library that differs goes by what the one before had learnt of itself (see `settled`); else it learns by itself,
    which takes a second or two.

    Raises:
        ContentError: with every fault of the files.
        ValueError: ``before`` was not built by this module, and the files cannot teach anything.
    """
    was = made_of(before)
    old = None if was is None else was.recipe.workspace
    workspace = read_files(files, None, old)
    if was is None or was.recipe.means.encoder is not encoder:
        return build(workspace, encoder, models)
    taught = old is not None and workspace.training is old.training and workspace.model_spellings is old.model_spellings
    other = None if taught else models.load(lesson_of(workspace).fingerprint(encoder), encoder)
    return refurnished(Recipe(workspace, other or was.recipe.model, was.recipe.means, hasty), before)


def refurnished(recipe: Recipe, before: Services | None) -> Services:
    """Services of a recipe; from those before every room is taken, as the very object, whose inputs are the same.

    A library that differs shares what it can, see ``libraries.renewed``. What the recommender before learnt from events comes
    along. Services of another encoder share nothing.
    """
    workspace, means = recipe.workspace, recipe.means
    was = made_of(before)
    if before is None or was is None or was.recipe.means.encoder is not means.encoder:
        return _anew(recipe)
    old = was.recipe.workspace
    named = same_names(old, workspace)
    heard = named and was.recipe.model is recipe.model and was.recipe.means.stand_in is means.stand_in
    names = before.recognizer.gazetteer if named else gazetteer(workspace)
    understands, warm, known = before.recognizer, before.warm, was.basis.known
    if not heard:
        understands, warm, known = _understanding(recipe.model, names, means.encoder, means.stand_in)
    base, basis = _base(recipe, before, names, known)
    goods = before.recommender if same_goods(old, workspace) else recommender(workspace).learnt_from(before.recommender)
    book = before.book if same_words(old, workspace) else scriptbook(workspace)
    return _services(recipe, basis, _Rooms(understands, warm, base, goods, book, before.listener or listener(means.encoder)))


@dataclass(frozen=True, slots=True)
class _Rooms:
    recognizer: Recognizer
    warm: Callable[[Sequence[str]], None]
    library: Library
    recommender: Recommender
    book: Scriptbook
    listener: Listener


def _services(recipe: Recipe, basis: Basis, rooms: _Rooms) -> Services:
    """What does not come out of a room is the workspace's own, always."""
    workspace = recipe.workspace
    return Services(
        brand=workspace.brand,
        staff=workspace.staff,
        recognizer=rooms.recognizer,
        library=rooms.library,
        recommender=rooms.recommender,
        book=rooms.book,
        release=workspace.digest,
        warm=rooms.warm,
        posts=workspace.posts,
        listener=rooms.listener,
        made=Made(recipe, basis),
    )


def _anew(recipe: Recipe) -> Services:
    workspace, means = recipe.workspace, recipe.means
    names = gazetteer(workspace)
    understands, warm, known = _understanding(recipe.model, names, means.encoder, means.stand_in)
    basis = Basis.of(means.encoder, spelt(workspace.spellings), known)
    base = libraries.built(workspace, basis, means.models, names)
    ears = listener(means.encoder)
    return _services(recipe, basis, _Rooms(understands, warm, base, recommender(workspace), scriptbook(workspace), ears))


def _base(recipe: Recipe, before: Services, names: Gazetteer, known: Matters | None) -> tuple[Library, Basis]:
    """The library before where it reads and knows the same, else one made out of it."""
    was = made_of(before)
    assert was is not None, "nobody shares what was not made here"
    old, workspace = was.recipe.workspace, recipe.workspace
    words = was.basis.words if same(old.spellings, workspace.spellings) else spelt(workspace.spellings)
    basis = replace(was.basis, words=words, known=known, guessed=recipe.hasty)
    reads_alike = names is before.recognizer.gazetteer and was.basis.matter == basis.matter
    if reads_alike and same_entries(old, workspace) and (recipe.hasty or not was.basis.guessed):
        return before.library, was.basis
    return libraries.renewed((before.library, was.basis), workspace, basis, recipe.means.models, names)


def settled(services: Services) -> Services:
    """The same, whose library has learnt by itself where it went by what another one had learnt; that takes a second or two."""
    made = made_of(services)
    if made is None or not made.basis.guessed:
        return services
    base, basis = libraries.settled(services.library, made.recipe.workspace, made.basis, made.recipe.means.models)
    return replace(services, library=base, made=replace(made, basis=basis))


def with_base(services: Services, other: Services) -> Services:
    """The same services with the library of others, which must be of the same entries, read in the same way."""
    made, known = made_of(services), made_of(other)
    assert made is not None, "what was settled was made here"
    assert known is not None, "what was settled was made here"
    return replace(services, library=other.library, made=replace(made, basis=known.basis))


def with_model(services: Services, model: LinearModel, encoder: Encoder, stand_in: StandIn | None = None) -> Services:
    """The same services, answering with another model; of the rest only what the model knows of the base is learnt again."""
    recognizes, warm, known = _understanding(model, services.recognizer.gazetteer, encoder, stand_in)
    base = services.library.knowing(with_topics(known.classifier))
    made = made_of(services)
    if made is not None:
        recipe = replace(made.recipe, model=model, means=replace(made.recipe.means, encoder=encoder, stand_in=stand_in))
        made = Made(recipe, replace(made.basis, known=known, guessed=False))
    return replace(services, recognizer=recognizes, warm=warm, library=base, made=made)


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
    return libraries.library(workspace, encoder, models, names or gazetteer(workspace), known)


def recommender(workspace: Workspace, products: Sequence[Product] | None = None, events: Sequence[Event] = ()) -> Recommender:
    """The catalogue with its rules; ``products`` replace the workspace's."""
    goods = workspace.products if products is None else products
    built = Recommender.build(goods, workspace.kinds, workspace.rules, events, workspace.brand.zone)
    return built.with_neighbours(dict(workspace.neighbours)) if workspace.neighbours else built


def scriptbook(workspace: Workspace) -> Scriptbook:
    """What is said: the program's own wording, and ops' in its place wherever they wrote it."""
    from bot.handlers.wording import BUILT_IN  # noqa: PLC0415  (filters say nothing)

    return Scriptbook.build(workspace.scripts, BUILT_IN, workspace.brand.persona.forbidden)


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
