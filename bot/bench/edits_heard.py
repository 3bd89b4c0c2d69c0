"""What everyday messages touch of the live content, so that an edit is replayed only over those that it can reach.

A message whose scripts did not change, whose questions to the knowledge base are answered alike, that is understood alike and
that asks for no products which changed, is given the same by the same rooms on both sides; the replay itself goes by that.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain

from bot.db.recorded import Recorded
from bot.model import Customer
from bot.rehearsal import Rehearsal
from bot.replaying.rooms import Side, other_scripts, sides
from bot.replaying.walking import Work, works
from bot.services import Services
from intents import Recognition
from knowledge import Answer, Asker, Entry, Library

_PAUSE = timedelta(seconds=20)
_HAIR = 1e-3
"""How much surer or less sure a hit may be without a turn treating it otherwise: wherever a base differs, all move a little."""
_Question = tuple[str, Asker, datetime]


class _Asked(Library):
    """A knowledge base that notes what it is asked."""

    original: Library
    questions: list[tuple[_Question, Answer]]

    @classmethod
    def over(cls, library: Library) -> "_Asked":
        """The same base, listened in on."""
        found = object.__new__(cls)
        found.__dict__.update(vars(library))
        found.original, found.questions = library, []
        return found

    def ask(self, query: str, asker: Asker, at: datetime) -> Answer:
        """As the base says."""
        answer = self.original.ask(query, asker, at)
        self.questions.append(((query, asker, at), answer))
        return answer


@dataclass(frozen=True, slots=True)
class _Touched:
    """What one message asked of the rooms."""

    recorded: tuple[Recorded, ...]
    texts: tuple[str, ...]
    at: datetime
    scripts: frozenset[str]
    asked: tuple[tuple[_Question, Answer], ...]
    understood: tuple[Recognition, ...]
    shopping: bool
    """Products were asked for, or something was named that products have."""


class Hearing:
    """The messages, each said once to the live content."""

    def __init__(self, live: Services, recorded: Sequence[Recorded], now: datetime) -> None:
        self._live = live
        self._recorded = {one.id: one for one in recorded}
        heard, _ = sides(live, live)
        side = Side(replace(heard.services, library=_Asked.over(live.library)), heard.heard)
        todo = works(recorded, live, now)
        live.warm(list(dict.fromkeys(chain.from_iterable(one.path.said for one in todo))))
        self._heard = [self._told(work, side) for work in todo]

    def touched(self, draft: Services) -> tuple[Recorded, ...]:
        """The messages that a draft may treat otherwise: all of them where the brand or its people differ."""
        live = self._live
        if draft.brand != live.brand or draft.staff != live.staff:
            return tuple(self._recorded.values())
        other, worded = other_scripts(live, draft), _only_worded(live, draft)
        return tuple(chain.from_iterable(one.recorded for one in self._heard if self._reached(one, draft, other, worded)))

    def _reached(self, one: _Touched, draft: Services, other: frozenset[str], worded: frozenset[str] | None) -> bool:
        live = self._live
        if one.scripts & other or (one.shopping and draft.recommender is not live.recommender):
            return True
        near = [(asked, told) for asked, told in one.asked if worded is None or any(hit.entry in worded for hit in told.hits)]
        if draft.library is not live.library and any(_other(draft.library.ask(*asked), told) for asked, told in near):
            return True
        return draft.recognizer is not live.recognizer and self._understood(one, draft)

    @staticmethod
    def _understood(one: _Touched, draft: Services) -> bool:
        """Whether a draft understands it otherwise."""
        return tuple(draft.recognizer.recognize(text, at=one.at) for text in one.texts) != one.understood

    def _told(self, work: Work, side: Side) -> _Touched:
        path, library = work.path, side.services.library
        assert isinstance(library, _Asked)
        library.questions.clear()
        talk = Rehearsal(side.services, path.channel, Customer("bench", level=path.level, store=path.store))
        side.heard.begin("bench")
        for n, words in enumerate(path.said):
            talk.say(words, path.moment + n * _PAUSE)
        understood = tuple(self._live.recognizer.recognize(text, at=path.moment) for text in path.said)
        return _Touched(
            recorded=tuple(self._recorded[name] for name in work.ids),
            texts=path.said,
            at=path.moment,
            scripts=frozenset(one.script for one in side.heard.rendered),
            asked=tuple(library.questions),
            understood=understood,
            shopping=bool(side.heard.asked) or any(one.slots for one in understood),
        )


def _only_worded(live: Services, draft: Services) -> frozenset[str] | None:
    """The entries that are said otherwise or not at all any more; None where one may answer what it did not answer before."""
    before, after = ({entry.id: entry for entry in side.library.entries} for side in (live, draft))
    found = {name for name, entry in before.items() if after.get(name) != entry}
    more = [name for name, entry in after.items() if name not in before or _reach(entry) != _reach(before[name])]
    return None if more else frozenset(found)


def _reach(entry: Entry) -> tuple[object, ...]:
    """What decides which questions an entry answers, and for whom."""
    return entry.questions, entry.audience, entry.valid_from, entry.valid_until


def _other(one: Answer, other: Answer) -> bool:
    """Whether two verdicts may lead to other words: an entry, what is asked back between, how sure each hit is."""
    if one.entry != other.entry or one.close != other.close or len(one.hits) != len(other.hits):
        return True
    pairs = zip(one.hits, other.hits, strict=True)
    return any(hit.entry != now.entry or abs(hit.score - now.score) > _HAIR for hit, now in pairs)
