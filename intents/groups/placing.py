"""Where a remark belongs: what sort it is, which question it asks as well, which thread it continues."""

from collections.abc import Mapping
from dataclasses import dataclass

from intents.groups.deciding import Verdict, verdict
from intents.groups.hearing import View
from intents.groups.judge import Judge
from intents.groups.likeness import closeness, likeness
from intents.groups.model import Manners
from intents.groups.ties import form_of, join_features, questions, thread_features, topics
from intents.groups.traits import traits
from intents.groups.turns import Room, Turn

_LEAST = {"only": 0.0, "same": 0.03, "plus": 0.3, "too": 0.3, "also": 0.35, "asks": 0.4, "tells": 0.6}
"""How likely a join must be, by the form in which it is said."""


FRESH = 3.0
"""How much likelier a new thread is than the judge thinks: groups whose ways it has not seen begin more of them."""
_CONTENT, _CLOSE = 0.34, 0.6
"""A share of common pairs of characters, or a cosine, from which on two remarks are about the same thing."""
_ORDERLY, _OWN = 0.5, 0.3
"""A remark that is an order at least this likely joins no question; one that says nothing of joining must at least so likely be
a question, or a matter of its own, itself."""


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
    joined, sure = _joined(judge, room, view, likeliest)
    if joined is not None and not _bears(view, chances, joined):
        joined = None
    made = verdict(view, chances, joined, speak)
    if made.spam or made.sort == "order" or (made.sort == "talk" and joined is not None and view.to):
        joined = None
    return Placing(_thread(judge, room, view, likeliest if joined is None else made.sort, joined), made, joined, sure)


def _bears(view: View, chances: Mapping[str, float], joined: Turn) -> bool:
    """Whether a remark that seems to join reads like one that does: neither an order nor an answer nor talk."""
    form = form_of(view)
    if chances["order"] >= _ORDERLY and form not in ("only", "same"):
        return False
    if joined.sort == "talk" and form in ("too", "also", "tells"):
        return max(chances["handover"], chances["private"]) >= _OWN
    if joined.sort in ("private", "handover"):
        return form in ("only", "same", "plus", "too") or max(chances["handover"], chances["private"]) >= _OWN
    return form in ("only", "same", "plus") or chances["ask"] >= _OWN or (form in ("also", "too") and _alike(view, joined))


def _alike(view: View, joined: Turn) -> bool:
    """Whether both are plainly about the same thing."""
    return likeness(view.text, joined.text)[1] >= _CONTENT or closeness(view.vector, joined.vector) >= _CLOSE


def _joined(judge: Judge, room: Room, view: View, sort: str) -> tuple[Turn | None, float]:
    """The question that a remark asks as well, and how likely it does."""
    asked = questions(room, view)
    if not asked or (view.empty and "same" not in view.cues):
        return None, 1.0
    chances = judge.join(join_features(view, sort, room, asked))
    best = max(range(len(asked)), key=lambda one: chances[one])
    some = sum(chances[:-1])
    least = _LEAST[form_of(view)] * (0.5 if _alike(view, asked[best]) else 1.0)
    if some < least or chances[best] <= 0.0:
        return None, chances[-1]
    return asked[best], some


def _thread(judge: Judge, room: Room, view: View, sort: str, joined: Turn | None) -> str:
    """The id of the thread that a remark continues; its own where it begins one."""
    if joined is not None:
        return joined.thread
    if view.quoted is not None and view.quoted.thread:
        return view.quoted.thread
    found = topics(room)
    if not found:
        return view.id
    chances = judge.thread(thread_features(view, sort, found))
    chances[-1] *= FRESH
    best = max(range(len(chances)), key=lambda one: chances[one])
    return found[best].id if best < len(found) else view.id
