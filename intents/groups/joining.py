"""Features that tell whether a remark asks, or complains of, the same as somebody before, and as whom."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from intents.groups.cues import cues, me_too, plus, same, same_only
from intents.groups.hearing import View
from intents.groups.likeness import closeness, shared_slots, words
from intents.groups.mentions import folded
from intents.groups.people import shorts
from intents.groups.traits import bucket
from intents.groups.turns import GRAVE, MATTER, Room, Turn

QUESTIONS = 10
"""So many of the latest are looked at."""
_WINDOW = 3600.0
"""Seconds for which a question can be joined."""
_GAPS = (10, 30, 90, 300)
_TURNS = (0, 1, 3, 8)
_WANTED, _MAYBE = 0.5, 0.1
"""How likely a turn must be a question or a trouble to count as one, and to be looked at at all."""
_TROUBLE = frozenset(("body", "accident", "threat", "anger", "broken", "check", "own_thing"))
"""Whoever has met the same joins these, also where they were taken for talk."""
_PLAIN = ("only", "same", "plus")
_NODS = re.compile(r"^(?:对+|是啊|确实|嗯+|诶对|哦对|同|等|就是说?|问得好|same)(?:$|[\s，,。!！啊哦诶呀的])", re.IGNORECASE)
_ECHOES = re.compile(
    r"问到|问出|问得好|心声|点子上|替我|一样的|刚(?:要|想)|正(?:要|想)|顺便|求(?!职|婚)|等(?:着|答案|这个)|一起|一块|路过|same",
    re.IGNORECASE,
)
_POINTS = re.compile(r"(?:那|这)(?:个|款|条|种|点|件|双|家|样)|前面|楼上|上面|的问题|问的|的话")
_FORMAL = frozenset("对是啊同等蹲问求知道想加也我们你大家个就要说一二三这那")


@dataclass(frozen=True, slots=True)
class _Match:
    """How much of its content a remark has from a question."""

    single: float
    """Share of the remark's own pieces."""
    pairs: float
    ours: float
    """Share of the question's pieces."""
    fresh: int
    """Pieces that are the remark's alone."""
    close: float

    @property
    def both(self) -> float:
        """All together."""
        return self.single + self.pairs + max(self.close, 0.0)


def questions(room: Room, view: View) -> list[Turn]:
    """What others asked or complained of lately and a remark may join, the latest first."""
    there = {one.id for one in room.turns}
    found = [
        one
        for one in reversed(room.turns)
        if one.by != view.by and not one.guide and _first(one, there) and _joinable(one) and 0 <= view.at - one.at < _WINDOW
    ]
    # whoever was hurt, or told of his own, is not lost among ten other questions
    return [*found[:QUESTIONS], *(one for one in found[QUESTIONS:] if one.sort in GRAVE and view.at - one.at <= MATTER)]


def _first(one: Turn, there: Collection[str]) -> bool:
    """Whether nobody who is still remembered asked it before."""
    return one.root in ("", one.id) or one.root not in there


def _joinable(one: Turn) -> bool:
    if one.sort in ("ask", "private", "handover"):
        return True
    return one.sort == "talk" and bool(one.text) and (one.asking or one.wants >= _MAYBE or bool(cues(one.text) & _TROUBLE))


def form_of(view: View) -> str:
    """How a remark may say that it joins."""
    if same_only(view.text):
        return "plus" if plus(view.text) else "only"
    if same(view.text):
        return "same"
    if plus(view.text):
        return "plus"
    if me_too(view.text):
        return "too"
    if "above" in view.cues or "also" in view.cues:
        return "also"
    return "asks" if view.asking else "tells"


def join_features(view: View, chances: Mapping[str, float], room: Room, found: Sequence[Turn]) -> list[Mapping[str, float]]:
    """Features of each question, and at the end those of joining none; ``chances`` of the remark's sorts."""
    form = form_of(view)
    matches = [_match(view, one) for one in found]
    most = max((one.both for one in matches), default=0.0)
    after = {turn.id: place for place, turn in enumerate(reversed(room.turns))}
    rank = 0
    rows: list[Mapping[str, float]] = []
    for one, match in zip(found, matches, strict=True):
        names = dict.fromkeys((*_of_question(view, form, one, room, rank), *_between(view, form, one, room, after[one.id])), 1.0)
        names |= _shared(view, form, one, match)
        if match.both > 0.3 and match.both == most:
            names |= {f"echo{min(_echoes(view, form), 2)}:likest": 1.0}
            names |= {"likest": 1.0, f"{form}:likest": 1.0, f"likest:rank{min(rank, 2)}": 1.0}
        rows.append(names)
        rank += one.wants >= _WANTED or one.sort != "talk"
    rows.append(_of_none(view, form, chances, room, most))
    return rows


def _match(view: View, one: Turn) -> _Match:
    mine, other = words(view.text), words(one.text)
    own = mine[0] - _FORMAL
    shared = own & other[0]
    return _Match(
        single=len(shared) / (len(own) + 1.0),
        pairs=len(mine[1] & other[1]) / (len(mine[1]) + 0.5),
        ours=len(shared) / (len(other[0]) + 1.0),
        fresh=len(own - other[0]),
        close=closeness(view.vector, one.vector),
    )


def _shared(view: View, form: str, one: Turn, match: _Match) -> dict[str, float]:
    asks = "asks" if view.asking else "tells"
    values = (
        ("single", match.single),
        ("pairs", match.pairs),
        ("ours", match.ours),
        ("close", match.close),
        ("both", match.both / 3),
        ("fresh", min(match.fresh, 12) / 12),
        ("slots", min(shared_slots(view.slots, one.slots), 2) / 2),
    )
    found: dict[str, float] = {}
    for name, value in values:
        found |= {name: value, f"{form}:{name}": value, f"{asks}:{name}": value}
    level = bucket(match.both, (0.25, 0.6, 1.0, 1.5)) if match.both > 0 else 0
    found |= {f"level{level}": 1.0, f"{form}:level{level}": 1.0, f"close{int(match.close * 5)}:{asks}": 1.0}
    found |= {f"{form}:told-of": 1.0} if "also" in view.cues and match.single > 0 else {}
    return found


def _of_question(view: View, form: str, one: Turn, room: Room, rank: int) -> Iterator[str]:
    """What the question is by itself, and how it stands."""
    plain = "plain" if form in _PLAIN else form
    wants = bucket(one.wants, (0.1, 0.3, 0.6, 0.85))
    yield f"wants{wants}"
    yield f"{plain}:wants{wants}"
    yield f"{plain}:{one.sort}"
    yield f"{plain}:{'asked' if one.asking else 'told'}"
    yield f"rank{min(rank, 3)}"
    yield f"{form}:rank{min(rank, 3)}"
    yield f"{plain}:{one.state or 'open'}"
    yield f"intent{int(bool(view.intent) and view.intent == one.intent)}:{'asks' if view.asking else 'tells'}"
    if one.to and one.to != "*":
        yield "of-somebody"
        yield f"{plain}:of-somebody"
    if one.named:
        yield "of-assistant"
    if view.quoted is not None:
        yield "quoted" if one.id in (view.quoted.id, view.quoted.root) else "other-quoted"
    if _calls(view.text, room.names.get(one.by, "")):
        yield "asker-told"
    if view.to == one.by:
        yield "to-asker"
        yield f"{plain}:to-asker"
    if one.sort in ("private", "handover"):
        trouble = bool(view.cues & _TROUBLE)
        yield f"{plain}:trouble{int(trouble)}"
        yield f"{plain}:grave:also{int('also' in view.cues)}"
    if one.sort == "talk" and not one.asking:
        yield f"{plain}:no-question"


def _calls(text: str, name: str) -> bool:
    """Whether a remark speaks of somebody by name."""
    said = folded(text)
    return bool(name) and any(short in said for short in shorts(name))


def _between(view: View, form: str, one: Turn, room: Room, after: int) -> Iterator[str]:
    """What was said since the question: how long ago, by whom, what for."""
    plain = "plain" if form in _PLAIN else form
    bare = not words(view.text)[0] - _FORMAL
    yield f"gap{bucket(view.at - one.at, _GAPS)}"
    if bare:
        yield f"bare:since{bucket(after, _TURNS)}"
    yield f"since{bucket(after, _TURNS)}"
    yield f"{plain}:since{bucket(after, _TURNS)}"
    later = room.turns[len(room.turns) - after :]
    thread = [turn for turn in later if turn.thread == one.thread]
    if any(turn.guide for turn in thread):
        yield f"{plain}:heard"
    elif any(turn.by not in (one.by, view.by) for turn in thread):
        yield f"{plain}:talked-of"
    if later and later[-1].joins == one.id:
        yield "joined-just-now"
        yield f"{plain}:joined-just-now"
    if any(turn.by == view.by for turn in thread):
        yield "spoke-in-it"
        yield f"{plain}:spoke-in-it"
    if any(turn.by == view.by and turn.joins == one.id for turn in later):
        yield "joined-before"
    if any(turn.by == view.by and turn.thread == one.thread for turn in room.turns[: len(room.turns) - after]):
        yield f"{plain}:spoke-before-it"
    if later and later[-1].guide and after == 1:
        yield f"{plain}:after-guide"


def _echoes(view: View, form: str) -> int:
    """How many signs a remark shows of taking up what somebody else has said, three at most."""
    signs = (form in _PLAIN, form == "too", "also" in view.cues, bool(_NODS.search(view.text)))
    return min(sum(signs) + bool(_ECHOES.search(view.text)) + bool(_POINTS.search(view.text)), 3)


def _of_none(view: View, form: str, chances: Mapping[str, float], room: Room, most: float) -> Mapping[str, float]:
    """What speaks for no join at all: the remark's own form and sort, and what was said just before."""
    names = {"none": 1.0, f"none:{form}": 1.0}
    for sort, chance in chances.items():
        names |= {f"none:{sort}": chance, f"none:{form}:{sort}": chance}
    told = view.recognition
    repeated = next((one.confidence for one in told.candidates if one.intent == "same_question"), 0.0) if told else 0.0
    names |= {"none:same-question": repeated, f"none:{form}:same-question": repeated}
    names[f"none:unlike{bucket(most, (0.25, 0.6, 1.0, 1.5))}"] = 1.0
    names[f"none:length{bucket(len(view.text), (3, 6, 10, 16, 24))}"] = 1.0
    for name, pattern in (("nods", _NODS), ("echoes", _ECHOES), ("points", _POINTS)):
        if pattern.search(view.text):
            names |= {f"none:{name}": 1.0, f"none:{name}:{form}": 1.0}
    echoes = _echoes(view, form)
    names |= {f"none:echo{echoes}": 1.0, f"none:echo{echoes}:{'asks' if view.asking else 'tells'}": 1.0}
    if room.turns and room.turns[-1].by != view.by and not room.turns[-1].guide:
        names[f"none:echo{echoes}:after-wants{bucket(room.turns[-1].wants, (0.1, 0.5))}"] = 1.0
    for cue in ("mark", "also", "same", "above", "thanks", "fine", "laugh", "mine", "you", "you_all", "exclaim", "hope"):
        if cue in view.cues:
            names[f"none:c:{cue}"] = 1.0
    if view.to:
        names["none:called"] = 1.0
    if room.turns:
        last = room.turns[-1]
        kind = "own" if last.by == view.by else "guide" if last.guide else last.sort
        plain = "plain" if form in _PLAIN else form
        wanted = bucket(last.wants, (0.1, 0.3, 0.6))
        names |= {f"none:after-{kind}": 1.0, f"none:{plain}:after-{kind}": 1.0, f"none:{plain}:after-wants{wanted}": 1.0}
        names[f"none:{plain}:after-{'asked' if last.asking else 'told'}"] = 1.0
        if not words(view.text)[0] - _FORMAL:
            names[f"none:bare:after-{kind}:{'asked' if last.asking else 'told'}"] = 1.0
    return names
