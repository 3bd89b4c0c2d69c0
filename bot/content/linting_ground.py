"""What an item is held against: the whole content, read once, so that one item is looked at while somebody types."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from bot.content import checks_groups
from bot.content.items import Item, Key, items
from bot.content.linting_catalogue import Shelf, sentence, unmarked
from bot.content.linting_changes import Learnt
from bot.content.linting_claims import Claims
from bot.content.linting_exceptions import Approved, approved
from bot.content.linting_foreign import Shared, shared_by
from bot.content.linting_links import hosts
from bot.content.linting_names import Names
from bot.content.linting_pieces import below, listed, named, whom
from bot.content.linting_places import Places
from bot.content.linting_promises import Goods
from bot.content.linting_questions import Questions, core
from bot.content.linting_rules import Spoken
from bot.content.linting_texts import Said
from bot.content.linting_training import Heard
from bot.content.linting_variants import Around
from bot.content.linting_words import trade_of
from bot.content.workspace import Workspace


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """The content as lint knows it; built by ``ground_of``, safe to share between threads."""

    today: date
    items: Mapping[Key, Item]
    said: Said
    trade: str | None
    around: Around
    questions: Questions
    claims: Claims
    goods: Goods
    places: Places
    shelf: Shelf
    hosts: Mapping[str, int]
    own: Mapping[str, Sequence[str]]
    """Id of a script of the program → its own wordings."""
    learnt: Learnt
    names: Names
    shared: Shared
    spoken: Spoken
    approved: Sequence[Approved] = field(default=())


def ground_of(files: Mapping[str, bytes], workspace: Workspace, today: date, heard: Heard | None = None) -> Ground:
    """What the items of these files are held against; ``today`` in the brand's zone, ``heard``: as the live model hears.

    Raises:
        ContentError: a file cannot be read at all.
    """
    from bot.handlers.table import ALWAYS, OFFERED  # noqa: PLC0415  (handlers stand beside content; filters never need them)
    from bot.handlers.wording import BUILT_IN  # noqa: PLC0415

    known = items(files)
    of = partial(_of_kind, known)
    own = {one.id: one for one in BUILT_IN}
    coded = checks_groups.facts(workspace.brand)
    offered = {name: OFFERED.get(name, frozenset()) | coded.get(name, frozenset()) for name in {*OFFERED, *coded}}
    shelf = Shelf.of(known)
    return Ground(
        today=today,
        items=known,
        said=Said(partial(_facts, known, offered, ALWAYS), ALWAYS, workspace.brand.persona.rules),
        trade=trade_of(known),
        around=Around(today, _areas(of("store")), _levels(known, workspace), own, offered, _sure(workspace)),
        questions=Questions.of(of("entry")),
        claims=Claims.of(of("entry", "script", "post", "macro", "store", "brand")),
        goods=Goods.of(of("product")),
        places=Places.of(of("store"), workspace.brand.hours),
        shelf=shelf,
        hosts=hosts(known),
        own={name: tuple(variant.text for variant in one.variants) for name, one in own.items()},
        learnt=Learnt(
            _Intents(known), frozenset(tag for tags in shelf.barred.values() for tag in tags), _strict(of("tag")), heard
        ),
        names=Names.of(
            of("spelling"),
            _called(of("store")),
            (workspace.brand.persona.name, workspace.brand.persona.self_name, *_called(of("guide"))),
            _called(of("store"), "address"),
        ),
        shared=shared_by(tuple(of("entry", "script", "post", "macro"))),
        spoken=_spoken(known, today),
        approved=approved(known.values()),
    )


def _strict(tags: Sequence[Item]) -> frozenset[str]:
    """The values of hard tags."""
    return frozenset(value for item in tags if item.value.get("hard") for value in named(item.value, "values"))


def _spoken(known: Mapping[Key, Item], today: date) -> Spoken:
    """What shoppers say, beside what they may mean by it."""
    of = partial(_of_kind, known)
    written: dict[str, set[str]] = {}
    for item in of("spelling"):
        for one in named(item.value, "spellings"):
            written.setdefault(one.strip(), set()).add(item.key.id)
    audiences = {one for item in of("tag") for one in named(item.value, "values")} | {
        str(item.value.get("standard")) for item in of("spelling") if item.value.get("slot") == "audience"
    }
    return Spoken(_Plain(known), written, audiences, [item.key.id for item in of("store")], today)


def _called(items: Sequence[Item], by: str = "name") -> Sequence[str]:
    """What shops or guides are called, or where they are."""
    return [str(one.value[by]) for one in items if one.value.get(by)]


def _of_kind(known: Mapping[Key, Item], *kinds: str) -> Sequence[Item]:
    return [item for key, item in known.items() if key.kind in kinds]


def _facts(
    known: Mapping[Key, Item], offered: Mapping[str, frozenset[str]], always: frozenset[str], script: str
) -> Collection[str]:
    """The placeholders of a script; of one that extends another, those of that one."""
    item = known.get(Key("script", script))
    base = str(item.value.get("extends") or script) if item else script
    return offered.get(base, frozenset()) | always


def _areas(stores: Sequence[Item]) -> Mapping[str, Collection[str]]:
    return {one.key.id: frozenset(str(one.value.get(name) or "") for name in ("region", "city")) - {""} for one in stores}


def _levels(known: Mapping[Key, Item], workspace: Workspace) -> Mapping[str, int]:
    """How many items name each level of customers."""
    return Counter(
        [*workspace.brand.service.high_value, *(level for item in known.values() for level in set(_named_levels(item)))]
    )


def _named_levels(item: Item) -> Iterator[str]:
    yield from whom(item.value).levels
    for one in listed(item.value, "variants"):
        yield from whom(one).levels
    if item.key.kind == "rule":
        yield from named(below(item.value, "when"), "level")


def _sure(workspace: Workspace) -> frozenset[str]:
    """Facts of every script that are never missing with this brand."""
    return frozenset({"人设名", "自称", "品牌名", "时段问候"}) | (
        frozenset({"营业时间"}) if workspace.brand.hours else frozenset()
    )


class _Plain:
    """All sentences to learn from without the values that are marked in them, made when somebody first edits spellings."""

    def __init__(self, known: Mapping[Key, Item]) -> None:
        self._known = known
        self._made: str | None = None

    def __call__(self) -> str:
        """One sentence a line."""
        if self._made is None:
            lines = (one for key, item in self._known.items() if key.kind == "training" for one in named(item.value, "examples"))
            self._made = "\n".join(unmarked(one) for one in lines)
        return self._made


class _Intents:
    """Core of a sentence → the intents it is a sentence of; 30 000 are read when somebody first edits sentences."""

    def __init__(self, known: Mapping[Key, Item]) -> None:
        self._known = known
        self._made: Mapping[str, Collection[str]] | None = None

    def __call__(self) -> Mapping[str, Collection[str]]:
        """The table, made once."""
        if self._made is None:
            made: dict[str, set[str]] = {}
            for key, item in self._known.items():
                for one in named(item.value, "examples") if key.kind == "training" else ():
                    made.setdefault(core(sentence(one)), set()).add(key.id)
            self._made = made
        return self._made
