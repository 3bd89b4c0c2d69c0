"""Features that tie a remark to a thread that is there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from intents.groups.hearing import View
from intents.groups.likeness import closeness, likeness, shared_slots
from intents.groups.mentions import folded
from intents.groups.people import shorts
from intents.groups.traits import bucket
from intents.groups.turns import Room, Turn

THREADS = 12
"""So many of the latest are looked at."""
_GAPS = (4, 10, 20, 40, 90, 200, 500, 1500)
_TURNS = (0, 1, 2, 4, 8, 16)
_READ = 8
"""Turns of a thread that are compared with a remark."""
_NAMED = 40
"""Turns whose people a remark may speak of."""
_CONTENT, _CLOSE = 0.34, 0.55


@dataclass(frozen=True, slots=True)
class Topic:
    """A thread as it stands."""

    id: str
    turns: tuple[Turn, ...]
    rank: int
    """0 for the one that was spoken in last."""
    since: int
    """Remarks since its last one."""

    @property
    def last(self) -> Turn:
        """Its last turn."""
        return self.turns[-1]


def topics(room: Room) -> list[Topic]:
    """The threads of a room, the latest first."""
    found: dict[str, list[Turn]] = {}
    places: dict[str, int] = {}
    spoken = [one for one in room.turns if one.thread]
    for place, turn in enumerate(spoken):
        found.setdefault(turn.thread, []).append(turn)
        places[turn.thread] = place
    order = sorted(found, key=lambda one: -places[one])[:THREADS]
    return [Topic(one, tuple(found[one]), rank, len(spoken) - 1 - places[one]) for rank, one in enumerate(order)]


def thread_features(view: View, sort: str, room: Room, found: Sequence[Topic]) -> list[Mapping[str, float]]:
    """Features of each thread, and at the end those of a new one."""
    kind = "guide" if view.guide else sort
    likes = [_alike(view, topic) for topic in found]
    best = max((pairs + single for single, pairs in likes), default=0.0)
    marks = _marked(view, kind, room, found)
    rows: list[Mapping[str, float]] = []
    for topic, like in zip(found, likes, strict=True):
        close = max((closeness(view.vector, one.vector) for one in (topic.turns[0], *topic.turns[-_READ:])), default=0.0)
        content = (
            "much" if like[1] >= _CONTENT or close >= _CLOSE else "some" if like[0] > 0 or close >= _CLOSE / 2 else "nothing"
        )
        names = dict.fromkeys((*_of_topic(view, sort, topic), *_mixed(view, kind, topic, content), *marks[topic.id]), 1.0)
        for name, value in (("single", like[0]), ("pairs", like[1]), ("close", close)):
            names |= {name: value, f"{kind}:{name}": value}
        names |= {f"close{int(close * 10)}": 1.0}
        names["likest"] = float(best > 0 and sum(like) == best)
        names[f"{kind}:likest"] = names["likest"]
        rows.append(names)
    rows.append(dict.fromkeys(_of_new(view, sort, best), 1.0))
    return rows


def _marked(view: View, kind: str, room: Room, found: Sequence[Topic]) -> Mapping[str, list[str]]:
    """What sets one thread apart from the others: its people are named, the sender spoke there last, it alone waits."""
    told: dict[str, list[str]] = {}
    said = folded(view.text)
    people = {turn.by for turn in room.turns[-_NAMED:]} - {view.by}
    named = {who for who in people if any(short in said for short in shorts(room.names.get(who, who)))}
    own = next((turn.thread for turn in reversed(room.turns) if turn.by == view.by), "")
    waits = [topic.id for topic in found if any(turn.state in ("held", "") and turn.wants >= 0.5 for turn in topic.turns)]
    shared = {topic.id: max(shared_slots(view.slots, turn.slots) for turn in topic.turns[-_READ:]) for topic in found}
    for topic in found:
        told[topic.id] = [*_of_own(view, kind, topic, own), *_of_waiting(kind, topic, waits)]
        if named:
            there = "here" if any(turn.by in named for turn in topic.turns) else "elsewhere"
            told[topic.id] += [f"names-{there}", f"{kind}:names-{there}"]
        if shared[topic.id]:
            told[topic.id] += ["slots", f"{kind}:slots"]
        elif any(shared.values()):
            told[topic.id].append("slots-elsewhere")
        if view.intent and any(turn.intent == view.intent for turn in topic.turns if turn.wants >= 0.5):
            told[topic.id] += ["intent", f"{kind}:intent:{view.intent}"]
    return told


def _of_own(view: View, kind: str, topic: Topic, own: str) -> Iterator[str]:
    """Whether the sender spoke last in this thread or in another."""
    if topic.id == own:
        asks = "asks" if view.asking else "tells"
        yield "own-latest"
        yield f"{kind}:own-latest"
        yield f"{kind}:own-latest:{asks}:rank{min(topic.rank, 2)}"
        yield f"{kind}:own-latest:{_kind(topic.last)}:{'own' if topic.last.by == view.by else 'other'}"
    elif own:
        yield "own-elsewhere"
        yield f"{kind}:own-elsewhere"


def _of_waiting(kind: str, topic: Topic, waits: Sequence[str]) -> Iterator[str]:
    """Whether something waits for an answer here, or only elsewhere; ``waits``: where it does, the latest first."""
    if not waits:
        return
    alone = "alone" if list(waits) == [topic.id] else "waits" if topic.id in waits else "elsewhere"
    yield f"{kind}:open-{alone}"
    yield f"{kind}:open-{alone}:rank{min(topic.rank, 1)}"
    if topic.id == waits[-1]:
        yield f"{kind}:open-longest"
    if topic.id == waits[0]:
        yield f"{kind}:open-latest"


def _kind(turn: Turn) -> str:
    return "guide" if turn.guide else turn.sort


def _alike(view: View, topic: Topic) -> tuple[float, float]:
    told = [likeness(view.text, one.text) for one in (topic.turns[0], *topic.turns[-_READ:])]
    return max(one[0] for one in told), max(one[1] for one in told)


def _of_topic(view: View, sort: str, topic: Topic) -> Iterator[str]:
    last = topic.last
    who = "own" if last.by == view.by else "guide" if last.guide else "other"
    kind = "guide" if view.guide else sort
    gap = bucket(view.at - last.at, _GAPS)
    yield "old"
    yield f"{kind}:old"
    yield f"rank{min(topic.rank, 4)}"
    yield f"{kind}:rank{min(topic.rank, 4)}"
    yield f"since{bucket(topic.since, _TURNS)}"
    yield f"{kind}:gap{gap}"
    yield f"gap{gap}:since{min(topic.since, 3)}"
    yield f"{kind}:{who}:{last.sort}"
    yield f"{kind}:{'asks' if view.asking else 'tells'}:{who}:{'asked' if last.asking else 'told'}"
    yield f"{kind}:first-{_kind(topic.turns[0])}"
    yield f"{kind}:size{bucket(len(topic.turns), (1, 2, 4, 8))}"
    yield from _own(view, kind, topic)
    yield from _persons(view, kind, topic)
    yield from _waiting(view, kind, topic)
    for cue in (
        "thanks",
        "fine",
        "laugh",
        "same",
        "above",
        "also",
        "marks",
        "anyone",
        "media",
        "greet",
        "order",
        "amount",
        "change",
        "advert",
    ):
        if cue in view.cues:
            yield f"{cue}:{who}:{_kind(last)}"
            yield f"{cue}:rank{min(topic.rank, 2)}"


def _mixed(view: View, kind: str, topic: Topic, content: str) -> Iterator[str]:
    """What kind of thread it is, together with how much it has to do with the remark."""
    sorts = {one.sort for one in topic.turns}
    trade = any(one.offer for one in topic.turns)
    mix = "offer" if trade else "order" if "order" in sorts else "shop" if sorts & {"ask", "private", "handover"} else "talk"
    asks = "asks" if view.asking else "tells"
    own = "own" if any(one.by == view.by for one in topic.turns) else "stranger"
    near = bucket(view.at - topic.last.at, (15, 60, 240))
    yield f"{kind}:{mix}"
    yield f"{kind}:{mix}:{content}:{asks}"
    yield f"{kind}:{own}:{content}:{asks}"
    yield f"{kind}:{mix}:{own}:{asks}"
    yield f"{kind}:{content}:near{near}:rank{min(topic.rank, 1)}"
    yield f"{kind}:{mix}:near{near}:rank{min(topic.rank, 1)}"
    if view.named:
        yield f"named:{own}"
        yield f"named:{'heard' if any(one.named for one in topic.turns) else 'unheard'}:{own}"
    if "shop" in view.cues:
        yield f"shop:{mix}:{content}"


def _own(view: View, kind: str, topic: Topic) -> Iterator[str]:
    own = next((one for one in reversed(topic.turns) if one.by == view.by), None)
    if own is None:
        yield f"{kind}:stranger"
        return
    yield f"{kind}:own-gap{bucket(view.at - own.at, _GAPS)}"
    yield f"{kind}:own-{own.sort}"
    if topic.last.by != view.by:
        yield f"{kind}:answered-by-{_kind(topic.last)}"


def _persons(view: View, kind: str, topic: Topic) -> Iterator[str]:
    if view.to and any(one.by == view.to for one in topic.turns[-_READ:]):
        yield "to-member"
        yield f"{kind}:to-{'last' if topic.last.by == view.to else 'earlier'}"
    if view.quoted is not None and view.quoted.thread == topic.id:
        yield "quoted"
    if any(one.to == view.by for one in topic.turns[-3:]):
        yield "called"
        yield f"{kind}:called"


def _waiting(view: View, kind: str, topic: Topic) -> Iterator[str]:
    """Questions of the thread that nobody has answered, and whether orders are being taken in it."""
    asked = [one for one in topic.turns if one.sort in ("ask", "private", "handover") and one.by != view.by]
    if asked:
        one = asked[-1]
        yield f"{kind}:{one.state or 'open'}-question"
        yield f"{kind}:question-gap{bucket(view.at - one.at, _GAPS)}"
        heard = any(turn.guide and turn.at >= one.at for turn in topic.turns)
        yield f"{kind}:{'heard' if heard else 'unheard'}"
    if any(one.offer for one in topic.turns):
        yield f"{kind}:offer"
    if any(one.sort == "order" for one in topic.turns):
        yield f"{kind}:orders"


def _of_new(view: View, sort: str, best: float) -> Iterator[str]:
    kind = "guide" if view.guide else sort
    yield "new"
    yield f"new:{kind}"
    yield f"new:{kind}:{'asks' if view.asking else 'tells'}"
    yield f"new:{'like' if best > 2 * _CONTENT else 'some' if best > 0 else 'unlike'}"
    yield f"new:{kind}:{'like' if best > 2 * _CONTENT else 'some' if best > 0 else 'unlike'}"
    yield f"new:length{bucket(len(view.text), (3, 6, 10, 20))}"
    if view.to:
        yield f"new:{kind}:called"
    if view.quoted is not None:
        yield "new:quoted"
    for cue in view.cues:
        yield f"new:{cue}"
