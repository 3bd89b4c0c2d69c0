"""Features that tell what sort of remark one is: its words, what the recognizer made of them, and what was said just before."""

import math
from collections.abc import Iterator
from functools import lru_cache

from intents.groups.hearing import View
from intents.groups.model import Manners
from intents.groups.turns import Room, Turn

_GAPS = (5, 15, 40, 120, 400)
_LENGTHS = (2, 4, 7, 11, 16, 25, 45)
_OFFERED, _LATELY, _AGAIN = 5400.0, 240.0, 900.0
"""Seconds for which an offer stands, in which talk goes on, and in which somebody comes back to his own matter."""
_NEAR = 0.5
"""How much what was said just before weighs beside the words, chosen by cross-validation."""
_SEEN = 3.0
"""How much a sentence vector weighs beside the words, chosen by cross-validation."""
_PAIRS = (
    "shop",
    "experience",
    "kid",
    "weather",
    "mine",
    "own_thing",
    "you",
    "you_all",
    "i_have",
    "anyone",
    "amount",
    "rhetoric",
    "self",
    "review",
)
_NEED = ("check", "own_thing", "mine", "anger", "broken", "illness", "i_have", "body", "phone")


def traits(view: View, room: Room, manners: Manners) -> dict[str, float]:
    """Features of a remark in its room."""
    found = {"bias": 1.0}
    found.update((f"c:{cue}", 1.0) for cue in view.cues)
    found.update((name, 1.0) for name in _crossed(view))
    found.update(_understood(view))
    found.update(grams(view.recognition.normalized if view.recognition else view.text))
    if view.vector is not None:
        found.update((f"v:{place}", _SEEN * value) for place, value in enumerate(view.vector.tolist()))
    found.update((name, 1.0 if name[0] in "xq" else _NEAR) for name in _around(view, room, manners))
    return found


def text_traits(view: View) -> dict[str, float]:
    """The same without surroundings."""
    return traits(view, Room(), Manners())


@lru_cache(maxsize=256)
def grams(text: str) -> dict[str, float]:
    """Runs of one to three characters, marked at both ends, together of length one."""
    said = f"^{text[:80]}$"
    runs = {said[start : start + size] for size in (1, 2, 3) for start in range(len(said) - size + 1)} - {"^", "$"}
    value = 2.0 / math.sqrt(len(runs) or 1)
    return {f"g:{one}": value for one in runs}


def bucket(value: float, bounds: tuple[float, ...]) -> int:
    """How many of the bounds the value exceeds."""
    return sum(value > bound for bound in bounds)


def _crossed(view: View) -> Iterator[str]:
    asks = "ask" if view.asking else "tell"
    yield f"f:{asks}"
    for cue in _PAIRS:
        yield f"f:{asks}:{cue}" if cue in view.cues else f"f:{asks}:no-{cue}"
    need = [cue for cue in _NEED if cue in view.cues]
    for place, one in enumerate(need):
        for other in need[place + 1 :]:
            yield f"f:{one}+{other}"
    yield f"f:length{bucket(len(view.text), _LENGTHS)}:{asks}"
    yield f"to:{_whom(view)}:{asks}"
    if view.named:
        yield "named"
    if view.empty:
        yield "empty"


def _whom(view: View) -> str:
    if view.to in ("", "*", "?"):
        return view.to
    return "guide" if view.to_guide else "member"


def _understood(view: View) -> Iterator[tuple[str, float]]:
    told = view.recognition
    if told is None:
        return
    for one in told.candidates[:6]:
        yield f"i:{one.intent}", one.confidence
        if view.asking:
            yield f"i?:{one.intent}", one.confidence
    if told.safety:
        yield f"r:{told.safety}", 1.0
    if told.escalation:
        yield f"e:{told.escalation}", 1.0
    yield "mood", told.sentiment
    yield "hurry", told.urgency
    for name in {slot.name for slot in told.slots}:
        yield f"s:{name}", 1.0


def _around(view: View, room: Room, manners: Manners) -> Iterator[str]:
    turns = [one for one in room.turns[-14:] if one.sort not in ("join", "notice") and view.at - one.at < _OFFERED]
    asks = "ask" if view.asking else "tell"
    if view.quoted is not None:
        yield f"q:{'guide' if view.quoted.guide else view.quoted.sort}:{asks}"
    yield from _before(view, turns, asks)
    yield from _exchange(view, turns, asks)
    yield from _selling(view, room, manners)
    if any(one.sort == "handover" and view.at - one.at < 600 for one in turns):
        yield "x:anger-above"
    if any(one.sort == "private" and view.at - one.at < 600 for one in turns):
        yield "x:own-above"


def _before(view: View, turns: list[Turn], asks: str) -> Iterator[str]:
    """The turn just before, the sender's own last one and the last word of a guide."""
    if not turns:
        yield f"p:none:{asks}"
        return
    last = turns[-1]
    who = "own" if last.by == view.by else "guide" if last.guide else "other"
    gap = bucket(view.at - last.at, _GAPS)
    yield f"p:{who}:{last.sort}:{asks}"
    yield f"p:{who}:gap{gap}:{asks}"
    yield f"p:{who}:{'asked' if last.asking else 'told'}:{asks}"
    own = next((one for one in reversed(turns) if one.by == view.by), None)
    if own is not None:
        yield f"o:{own.sort}:{asks}"
        yield f"o:{own.sort}:gap{bucket(view.at - own.at, _GAPS)}"
        yield f"o:{own.state or 'none'}:{asks}"
        if own.sort in ("private", "handover") and view.at - own.at < _AGAIN:
            yield f"x:own-{own.sort}"
            yield f"x:own-{own.sort}:{asks}:{'mark' if view.cues & {'exclaim', 'marks'} else 'plain'}"
    else:
        yield f"o:first:{asks}"
    word = next((one for one in reversed(turns) if one.guide), None)
    if word is not None and view.at - word.at < _LATELY:
        whom = "to-me" if word.to == view.by else "to-other" if word.to else "open"
        yield f"w:{'asked' if word.asking else 'told'}:{whom}:{asks}"


def _exchange(view: View, turns: list[Turn], asks: str) -> Iterator[str]:
    """Whether the sender stands in an exchange with another member."""
    recent = [one for one in turns[-6:] if view.at - one.at < _LATELY]
    others = [one for one in recent if one.by != view.by and not one.guide]
    if not others:
        return
    last = others[-1]
    if last.to == view.by:
        yield f"m:called:{asks}"
    if last.asking and last.sort == "talk":
        yield f"m:asked:{asks}"
    before = [one.by for one in recent[-4:]]
    if view.by in before and last.by in before and recent[-1].by == last.by:
        yield f"m:turns:{last.sort}:{asks}"
    if all(one.sort == "talk" for one in recent):
        yield f"m:talk:{asks}"


def _selling(view: View, room: Room, manners: Manners) -> Iterator[str]:
    """Whether orders are being taken."""
    offered = any(one.offer and view.at - one.at < _OFFERED for one in room.turns)
    orders = sum(one.sort == "order" and view.at - one.at < _OFFERED for one in room.turns)
    standing = manners.ordering if manners.ordering is not None else offered or orders > 0
    yield f"x:{'selling' if standing else 'idle'}"
    yield f"x:orders{min(orders, 3)}"
    for cue in ("amount", "order", "amount_only", "change", "also", "same", "list"):
        if cue in view.cues:
            yield f"x:{'selling' if standing else 'idle'}:{cue}"
