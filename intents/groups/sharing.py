"""Who takes up what somebody else has of his own: a reaction, a complaint, a parcel that is missing, an illness.

The judge says which question a remark joins. Here it is made sure that whoever may have joined such a matter is not answered
before everybody: he gets what the first one got, and where the words leave open what they mean, nothing is said aloud.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from intents.groups.cues import MARKS, cues
from intents.groups.echoing import Echo, besides, echo
from intents.groups.hearing import View
from intents.groups.likeness import words
from intents.groups.mentions import folded
from intents.groups.people import shorts
from intents.groups.turns import GRAVE, MATTER, PIECES, Room, Turn

_SIGNS = frozenset(("body", "accident", "swallowed", "threat", "own_errand", "own_health", "phone", "long_number"))
"""Whoever shows one of these without asking may have told of a matter of his own, whatever it was taken for."""
_DOUBT = 0.15
"""How unlikely a matter must be to be what a remark joins, where nothing but nearness speaks for another question."""
_AMOUNTS, _ORDERED = frozenset(("amount", "amount_only", "order", "list")), 0.6
"""Signs of a line of an order, and how likely it must be one without them."""
_COUNTS_NOTHING = re.compile(r"[+＋➕]\s*1(?!\d)|加[一1]|一个(?=$|\W)")
_LEAST = 0.1
"""How likely the judge must think it that a remark with words of its own takes up the matter just before it."""
_COMFORT, _AFTER = 3, 120.0
"""Remarks, and seconds, after which the thread of a matter may be about something else again."""
_PIECE = 6
"""Characters of the pieces of 我…也…遇到了."""
_PRAISE = re.compile(r"回购|绝绝子|种草|yyds|真香|(?<!不)好用|(?<!不)喜欢")
_FRESH = 2
"""Whoever asks with more pieces of content that are his own than these asks something new."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What a remark takes up of somebody else."""

    turn: Turn
    sure: bool
    """That it is this; else it only may be."""


@dataclass(frozen=True, slots=True)
class _Heard:
    """A remark with what was made of it."""

    view: View
    room: Room
    kind: Echo
    found: Sequence[Turn]
    """Matters that it may take up, the latest first."""
    told: Mapping[str, float]
    chances: Mapping[str, float]


def shared(view: View, room: Room, joined: Turn | None, judged: tuple[Mapping[str, float], Mapping[str, float]]) -> Matter | None:
    """The matter of somebody else that a remark takes up, or may; None where it surely takes up none.

    ``joined``: the question that it seems to ask as well; ``judged``: how likely each question is that one (id → probability),
    and of which sort the remark is.
    """
    found = matters(room, view, joined)
    if not found or (view.to not in ("", "*") and all(one.by != view.to for one in found)):
        return None
    one = _Heard(view, room, "" if _praises(view) else _echo(view, room), found, *judged)
    if not one.kind:
        taken = joined is not None and joined.sort in GRAVE and not view.asking
        return _matter(room, joined, sure=False) if joined is not None and taken else None
    if _orders(one):
        return None
    if view.quoted is not None:
        quoted = next((each for each in found if _of(each, view.quoted)), None)
        return None if quoted is None else _matter(room, quoted, sure=True)
    if joined is not None and joined.sort in GRAVE:
        return _matter(room, joined, sure=not _asks_anew(view, joined))
    # ？？ between a matter and who has met the same is no other question
    return _meant(one, joined if joined is not None and not MARKS.match(joined.text) else None)


def _meant(heard: _Heard, joined: Turn | None) -> Matter | None:
    """The same where the words say that it is the same, and the judge thinks of a question (``joined``) or of nothing."""
    view, room, told = heard.view, heard.room, heard.told
    said = _just_said(heard)
    best = said or max(heard.found, key=lambda one: (told.get(one.id, 0.0), one.at))
    plainly, likelier = "", False
    if joined is not None:
        plainly = _plainly(view, room, (joined, best))
        if plainly == "question" or (not plainly and heard.kind != "has" and _nearer(room, (joined, best), told)):
            return None
        likelier = told.get(best.id, 0.0) > told.get(joined.id, 0.0)
    chance = told.get(best.id, 0.0)
    if _asks_anew(view, best):
        return _matter(room, best, sure=False) if said is not None and chance >= _DOUBT else None
    likely = chance >= _LEAST or (_fresh(view, best) <= _FRESH and "laugh" not in view.cues)
    return _matter(room, best, sure=likely and (said is not None or plainly == "matter" or likelier))


def _just_said(heard: _Heard) -> Turn | None:
    """The matter of which another member spoke last of all."""
    near = _nearest(heard.room, heard.view)
    return None if near is None else next((one for one in heard.found if _spoken_of(heard.room, one, near)), None)


def _matter(room: Room, one: Turn, *, sure: bool) -> Matter:
    """The matter from its beginning; what was taken for talk can never be sure."""
    first = room.turn(one.root) if one.root else None
    return Matter(first if first is not None and first.sort in GRAVE else one, sure and one.sort in GRAVE)


def matters(room: Room, view: View, joined: Turn | None = None) -> list[Turn]:
    """What others had of their own and may be taken up, the latest first, answered or not: lately, or quoted, or ``joined``."""
    told = [one for one in reversed(room.turns) if one.by != view.by and not one.guide and (one.sort in GRAVE or _suspect(one))]
    meant = [one for one in (view.quoted, joined) if one is not None]
    return [one for one in told if 0 <= view.at - one.at <= MATTER or any(_of(one, other) for other in meant)]


def _suspect(one: Turn) -> bool:
    """Whether it sounds like a matter of somebody's own, although it was taken for talk or for a question."""
    return one.sort in ("talk", "ask") and not one.asking and bool(cues(one.text) & _SIGNS)


def _orders(heard: _Heard) -> bool:
    """Whether it is a line of an order, which takes up no trouble: 我也要两箱, +1 where orders are taken."""
    text = heard.view.text
    if cues(_COUNTS_NOTHING.sub("", text)) & _AMOUNTS:
        return True
    if heard.kind == "plain" and _offered(heard, _content(besides(text))):
        return True
    if heard.chances.get("order", 0.0) < _ORDERED or heard.view.quoted is not None:
        return False
    return bool(_content(besides(text))) if heard.kind == "has" else heard.kind == "plain" and _just_said(heard) is None


def _praises(view: View) -> bool:
    """Whether it praises, and shows nothing of a matter: 绝绝子，我也回购了."""
    return bool(_PRAISE.search(view.text)) and not view.cues & _SIGNS


def _offered(heard: _Heard, said: frozenset[str]) -> bool:
    """Whether what is named besides the +1 is of an order or an offer, and no word of any matter: +1 脐橙."""
    goods = {one for turn in heard.room.turns if turn.sort == "order" or turn.offer for one in _content(turn.text)}
    return bool(said & goods) and not any(said & _content(one.text) for one in heard.found)


def _of(matter: Turn, other: Turn) -> bool:
    """Whether a turn is this matter, or joins it."""
    return other.id == matter.id or (other.root or other.id) == (matter.root or matter.id)


def _spoken_of(room: Room, matter: Turn, other: Turn) -> bool:
    """The same, or what others said of it at once."""
    if _of(matter, other) or other.thread != matter.thread or other.at - matter.at > _AFTER:
        return _of(matter, other)
    return sum(one.thread == matter.thread and one.at >= matter.at for one in room.turns) <= _COMFORT + 1


def _echo(view: View, room: Room) -> Echo:
    """How a remark says that it is the same, the sender's pieces just before it counted in."""
    alone = echo(view.text)
    if alone:
        return alone
    before = ""
    for one in reversed(room.turns):
        if one.by == view.by:
            if view.at - one.at > PIECES or len(one.text) > _PIECE:
                break
            before = one.text + before
    return echo(before + view.text) if before else ""


def _nearest(room: Room, view: View) -> Turn | None:
    """What another member said last."""
    return next(
        (one for one in reversed(room.turns) if one.by != view.by and not one.guide and one.sort not in ("join", "notice")), None
    )


def _content(text: str) -> frozenset[str]:
    return words(text)[0]


def _asks_anew(view: View, matter: Turn) -> bool:
    """Whether a remark asks, in words of its own, something more."""
    return view.asking and _fresh(view, matter) > _FRESH


def _fresh(view: View, matter: Turn) -> int:
    """How many pieces of content a remark has, besides saying that it is the same, that the matter has not."""
    return len(_content(besides(view.text)) - _content(matter.text))


def _plainly(view: View, room: Room, pair: tuple[Turn, Turn]) -> Literal["", "question", "matter"]:
    """Which of a question and a matter the words mean: they name whose it is, or share content with it; else empty."""
    said, own = folded(view.text), _content(view.text)
    called = [any(short in said for short in shorts(room.names.get(one.by, one.by))) for one in pair]
    if called[0] != called[1]:
        return "question" if called[0] else "matter"
    of_question, of_matter = (len(own & _content(one.text)) for one in pair)
    if of_question == of_matter:
        return ""
    return "question" if of_question > of_matter else "matter"


def _nearer(room: Room, pair: tuple[Turn, Turn], told: Mapping[str, float]) -> bool:
    """Whether the question was spoken of last, and the judge holds the matter for unlikely."""
    question, matter = (max((at for at, one in enumerate(room.turns) if _of(whose, one)), default=-1) for whose in pair)
    return question > matter and told.get(pair[1].id, 0.0) < _DOUBT
