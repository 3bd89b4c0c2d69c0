"""Rooms that are listened in on: the same answers, remembered where both sides ask, and noted where a difference may hide."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any, Final

from bot.services import Services
from intents import Recognition, Recognizer
from knowledge import Answer, Asker, Library
from recommender import Recommender, Shopper, Suggestions, Wish
from scripts import Listener, Reply, Scriptbook

_DRAWS: Final = 24
"""So many draws show all wordings of a script that are said at all often."""


@dataclass(frozen=True, slots=True)
class Remembered(Recognizer):
    """A recognizer that knows what it was asked before: both sides ask it the same."""

    known: dict[tuple[str, datetime | None, str | None], Recognition] = field(default_factory=dict, compare=False, repr=False)

    @staticmethod
    def over(recognizer: Recognizer) -> "Remembered":
        """The same recognizer, remembering."""
        return Remembered(**{one.name: getattr(recognizer, one.name) for one in fields(recognizer)})

    def recognize(self, text: str, *, at: datetime | None = None, expecting: str | None = None) -> Recognition:
        """As the recognizer says."""
        key = (text, at, expecting)
        if key not in self.known:
            self.known[key] = Recognizer.recognize(self, text, at=at, expecting=expecting)
        return self.known[key]

    def recognize_many(self, texts: Sequence[str], at: datetime | None = None) -> list[Recognition]:
        """As the recognizer says; what is not known is asked for together."""
        missing = [one for one in dict.fromkeys(texts) if (one, at, None) not in self.known]
        if missing:
            for one, verdict in zip(missing, Recognizer.recognize_many(self, missing, at), strict=True):
                self.known[one, at, None] = verdict
        return [self.known[one, at, None] for one in texts]


class RememberedLibrary(Library):
    """A knowledge base that knows what it was asked before."""

    original: Library
    known: dict[tuple[str, str, datetime], Answer]

    @classmethod
    def over(cls, library: Library) -> "RememberedLibrary":
        """The same base, remembering."""
        found = object.__new__(cls)
        found.__dict__.update(vars(library))
        found.original, found.known = library, {}
        return found

    def ask(self, query: str, asker: Asker, at: datetime) -> Answer:
        """As the base says."""
        key = (query, repr(asker), at)
        if key not in self.known:
            self.known[key] = self.original.ask(query, asker, at)
        return self.known[key]


@dataclass(frozen=True, slots=True)
class Rendered:
    """One thing that a script was asked to say."""

    script: str
    text: str | None
    """None: no wording fits."""
    wordings: frozenset[str] = frozenset()
    """All that would be said here by chance; told only for scripts that differ between the sides."""


class Heard:
    """What one turn said, and with which wishes it asked for products."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.seed = ""
        self.rendered: list[Rendered] = []
        self.asked: list[tuple[Shopper, Wish, datetime]] = []

    def begin(self, seed: str) -> None:
        """A new turn, whose chance is ``seed``: the same on both sides."""
        self.seed, self.rendered, self.asked = seed, [], []


class WatchedBook(Scriptbook):
    """A scriptbook whose words are noted; chance is the message's, not the rehearsal's."""

    book: Scriptbook
    heard: Heard
    changed: frozenset[str]

    @classmethod
    def over(cls, book: Scriptbook, heard: Heard, changed: frozenset[str]) -> "WatchedBook":
        """The same book, listened in on; ``changed`` are the scripts that the other side has otherwise."""
        found = object.__new__(cls)
        found.__dict__.update(vars(book))
        found.book, found.heard, found.changed = book, heard, changed
        return found

    def render(
        self, script: str, facts: Mapping[str, str], listener: Listener, seed: str, *more: Any, **named: Any
    ) -> Reply | None:
        """As the book says, by this message's chance."""

        def drawn(chance: str, who: Listener) -> Reply | None:
            return self.book.render(script, facts, who, chance, *more, **named)

        reply = drawn(f"{self.heard.seed}\0{seed}", listener)
        wordings = _wordings(drawn, listener) if script in self.changed else frozenset()
        self.heard.rendered.append(Rendered(script, None if reply is None else reply.text, wordings))
        return reply


def _wordings(drawn: Callable[[str, Listener], Reply | None], listener: Listener) -> frozenset[str]:
    """What this listener, or somebody like them whom an experiment puts elsewhere, would be told."""
    found: set[str] = set()
    for n in range(_DRAWS):
        who = replace(listener, person=f"draw-{n}") if hasattr(listener, "person") else listener
        if (reply := drawn(f"draw-{n}", who)) is not None:
            found.add(reply.text)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class WatchedRecommender(Recommender):
    """A catalogue whose wishes are noted."""

    heard: Heard = field(default_factory=Heard, compare=False, repr=False)

    @staticmethod
    def over(recommender: Recommender, heard: Heard) -> "WatchedRecommender":
        """The same catalogue, listened in on."""
        told = {one.name: getattr(recommender, one.name) for one in fields(recommender) if one.name != "heard"}
        return WatchedRecommender(**told, heard=heard)

    def recommend(self, shopper: Shopper, wish: Wish, *, limit: int = 3, at: datetime) -> Suggestions:
        """As the catalogue says."""
        self.heard.asked.append((shopper, wish, at))
        return Recommender.recommend(self, shopper, wish, limit=limit, at=at)


@dataclass(frozen=True, slots=True)
class Side:
    """One content that is listened in on."""

    services: Services
    heard: Heard = field(repr=False)

    def forget(self) -> None:
        """Drop what was remembered: what comes next asks other things."""
        recognizer, library = self.services.recognizer, self.services.library
        if isinstance(recognizer, Remembered):
            recognizer.known.clear()
        if isinstance(library, RememberedLibrary):
            library.known.clear()


def sides(live: Services, draft: Services) -> tuple[Side, Side]:
    """Both contents listened in on; what they share is asked once."""
    changed = other_scripts(live, draft)
    recognizer, library = Remembered.over(live.recognizer), RememberedLibrary.over(live.library)
    theirs = recognizer if draft.recognizer is live.recognizer else Remembered.over(draft.recognizer)
    base = library if draft.library is live.library else RememberedLibrary.over(draft.library)
    return _side(live, recognizer, library, changed), _side(draft, theirs, base, changed)


def _side(services: Services, recognizer: Recognizer, library: Library, changed: frozenset[str]) -> Side:
    heard = Heard()
    watched = replace(
        services,
        recognizer=recognizer,
        library=library,
        recommender=WatchedRecommender.over(services.recommender, heard),
        book=WatchedBook.over(services.book, heard, changed),
    )
    return Side(watched, heard)


def other_scripts(live: Services, draft: Services) -> frozenset[str]:
    """The scripts whose words are not the same on both sides, for themselves or for what joins them."""
    if live.book is draft.book:
        return frozenset()
    every = live.book.ids | draft.book.ids
    if live.brand.persona != draft.brand.persona:
        return every
    both = live.book.ids & draft.book.ids
    other = (every - both) | {one for one in both if live.book.script(one) != draft.book.script(one)}
    told = [side.book.script(one) for side in (live, draft) for one in other if one in side.book]
    return other | {one.extends for one in told if one.extends}
