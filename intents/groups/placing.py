"""Where a remark belongs: what sort it is, which question it asks as well, which thread it continues."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from intents.groups.deciding import Verdict, discreet, verdict
from intents.groups.echoing import besides, echo, echoes_only
from intents.groups.hearing import View
from intents.groups.joining import form_of, join_features, questions
from intents.groups.judge import Judge
from intents.groups.likeness import words
from intents.groups.model import Manners
from intents.groups.people import spoken_of
from intents.groups.sharing import shared
from intents.groups.ties import thread_features, topics
from intents.groups.traits import traits
from intents.groups.turns import GRAVE, Room, Turn

_PLUS = re.compile(r"[+＋➕]\s*1(?!\d)")
_PLAINLY = 0.97
"""同问 under a quoted question means that one."""
FRESH = 1.6
"""How much likelier a new thread is than the judge thinks: groups whose ways it has not seen begin more of them."""
_JOINS, _REPEATS = 0.15, 0.3
"""How likely a remark must ask the same as another before it is taken to: one that shows it by a word, and a whole question,
which would otherwise go unanswered."""
_JUST, _BEFORE = 60.0, 3
"""Seconds, and remarks of others, within which 同问 means a question that was taken for talk."""
_FIRM, _TALK = 0.7, 0.55
"""What seems to join no surer than this and to be talk at least so likely is left alone: whoever joins may be."""


@dataclass(frozen=True, slots=True)
class Placing:
    """What was made of one remark."""

    thread: str
    verdict: Verdict
    joined: Turn | None = None
    """The question that it asks as well."""
    sure: float = 1.0
    """How likely that is."""


def place(judge: Judge, room: Room, view: View, manners: Manners, speak: float = 0.5) -> Placing:
    """The thread, the sort and the joined question of one remark."""
    if view.guide:
        return Placing(_thread(judge, room, view, "talk", None), Verdict("talk", 0.99, "导购自己说的话"))
    chances = judge.sort(traits(view, room, manners))
    likeliest = max(chances, key=lambda one: chances[one])
    joined, sure, told = _joined(judge, room, view, chances)
    if (one := _plus_asked(room, view)) is not None:
        joined, sure = one, max(sure, _FIRM)
        chances = {**chances, "ask": chances["ask"] + chances["order"], "order": 0.0}
    matter = shared(view, room, joined, (told, chances))
    if matter is not None and matter.sure:
        joined, sure = matter.turn, max(sure, _PLAINLY)
    made = verdict(view, chances, joined if _bears(view, joined, sure, chances) else None, speak)
    if matter is not None:
        made = discreet(made, matter.turn.sort, sure=matter.sure, named=view.named)
        joined = matter.turn if made.sort in GRAVE and matter.turn.sort in GRAVE else joined
    if made.spam:
        return Placing(view.id, made)
    if joined is not None and not _fits(view, made, joined, sure):
        joined = None
    return Placing(_thread(judge, room, view, likeliest if joined is None else made.sort, joined), made, joined, sure)


def _plus_asked(room: Room, view: View) -> Turn | None:
    """The question that 番茄的+1 asks as well: it waits, it spoke of 番茄, and nobody has offered or ordered any."""
    if not _PLUS.search(view.text) or view.to or not (own := words(besides(view.text))[1]):
        return None
    goods = frozenset().union(*(words(one.text)[1] for one in room.turns if one.guide or one.sort == "order"))
    waiting = [one for one in questions(room, view) if one.sort == "ask" and one.asking and one.state == "held"]
    shared = {one.id: len((own - goods) & words(one.text)[1]) for one in waiting}
    best = max(shared, key=lambda one: shared[one], default="")
    return room.turn(best) if best and shared[best] else None


def _bears(view: View, joined: Turn | None, sure: float, chances: Mapping[str, float]) -> bool:
    """Whether it is sure enough that a remark joins to be of the sort of what it joins; a trouble
    must not be overheard, and who says 同问, or +1 and nothing else under a question, means it.
    """
    matter = joined.sort if joined is not None else "talk"
    plain = form_of(view) in ("only", "same") or matter in GRAVE or (matter == "ask" and echoes_only(view.text))
    return sure >= (_REPEATS if plain else _FIRM) or chances["talk"] < _TALK


def _fits(view: View, made: Verdict, joined: Turn, sure: float) -> bool:
    """Whether what a remark turned out to be can be a join: no order is, nor talk to somebody, nor a question on a trouble."""
    if made.sort == "order" or (made.sort == "talk" and view.to):
        return False
    if made.sort == "ask" and joined.sort in ("private", "handover"):
        return False
    return sure >= _REPEATS or made.sort not in ("private", "handover") or joined.sort != "ask"


def _joined(judge: Judge, room: Room, view: View, chances: Mapping[str, float]) -> tuple[Turn | None, float, Mapping[str, float]]:
    """The question that a remark asks as well, how likely it asks one, and how likely each of them is."""
    asked = questions(room, view)
    if not asked or (view.empty and "same" not in view.cues):
        return None, 1.0, {}
    form = form_of(view)
    if form in ("only", "same") and view.quoted is not None and (quoted := _root(asked, view.quoted)) is not None:
        return quoted, _PLAINLY, {quoted.id: _PLAINLY}
    told = judge.join(join_features(view, chances, room, asked))
    best = max(range(len(asked)), key=lambda one: told[one])
    some = 1.0 - told[-1]
    least = _REPEATS if form == "asks" else _JOINS
    each = {one.id: chance for one, chance in zip(asked, told, strict=False)}
    likely = asked[best] if some >= least else None
    if (whose := _of_somebody(room, view, asked, each)) is not None:
        return whose, max(some, _REPEATS), each
    if (near := _just_asked(room, view)) is not None and (likely is None or _strays(likely, view)):
        return near, max(some, _REPEATS), each
    return (likely, some, each) if likely is not None else (None, told[-1], each)


def _of_somebody(room: Room, view: View, asked: Sequence[Turn], each: Mapping[str, float]) -> Turn | None:
    """The question of the one whom the words name: 豌豆问的我也想问; the likeliest where he asked several."""
    if form_of(view) not in ("only", "same", "plus", "also"):
        return None
    people = {one.by: room.names.get(one.by, one.by) for one in room.turns if one.by != view.by and not one.guide}
    named = spoken_of(view.text, people)
    theirs = [one for one in asked if one.by in named and one.sort not in GRAVE and (one.asking or one.sort == "ask")]
    # 楼上豌豆 names a person, but a name may also be a thing that others ask about
    if len({one.by for one in theirs}) != 1 or len(named) != 1 or _topical(view, asked, theirs[0]):
        return None
    return max(theirs, key=lambda one: each.get(one.id, 0.0))


def _topical(view: View, asked: Sequence[Turn], theirs: Turn) -> bool:
    """Whether the words share content with somebody else's question."""
    own = words(view.text)[1]
    return any(own & words(one.text)[1] for one in asked if one.by != theirs.by)


def _strays(likely: Turn, view: View) -> bool:
    """Whether what the judge takes a bare 同问 to mean is talk, or of long ago."""
    return likely.sort == "talk" or view.at - likely.at > _JUST


def _just_asked(room: Room, view: View) -> Turn | None:
    """What a bare 同问 asks as well where the judge knows nothing better: the question just before, whatever it seemed."""
    if echo(view.text) != "asks" or not echoes_only(view.text):
        return None
    others = (
        one for one in reversed(room.turns) if one.by != view.by and not one.guide and not echo(one.text) and words(one.text)[0]
    )
    for one in islice(others, _BEFORE):
        if one.asking and not one.to and view.at - one.at <= _JUST and one.sort not in GRAVE:
            return one
    return None


def _root(asked: Sequence[Turn], quoted: Turn) -> Turn | None:
    """The question that a quote shows."""
    return next((one for one in asked if one.id in (quoted.id, quoted.root)), None)


def _thread(judge: Judge, room: Room, view: View, sort: str, joined: Turn | None) -> str:
    """The id of the thread that a remark continues; its own where it begins one."""
    if joined is not None:
        return joined.thread
    if view.quoted is not None and view.quoted.thread:
        return view.quoted.thread
    found = topics(room)
    if not found:
        return view.id
    chances = judge.thread(thread_features(view, sort, room, found))
    chances[-1] *= FRESH
    best = max(range(len(chances)), key=lambda one: chances[one])
    return found[best].id if best < len(found) else view.id
