"""The rules of an evening in groups, judged from its books: what was heard, what was said, what is true of every message. Pure.

A breach must never happen; a slip is a judgement that the crowd's own labels contradict, counted because understanding may err.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from bot.sandbox.groups_model import Gold

OUTCOMES = frozenset({"answered", "silent", "handed_over", "failed"})
_OPEN = frozenset({"pending", "sending"})
HOUR = 3600.0
"""Seconds in which a group's unasked answers are counted."""
_BREATH = 0.5
"""Seconds: what is due a breath from now is due (``bot.groups.turn``)."""
_REMEMBERED = 185.0
"""Seconds in which a member's words may answer what the assistant asked them (``bot.groups.memory``), and a breath."""
_NUMBERS = re.compile(r"\d{8,}")
"""Order, parcel and phone numbers; prices and times are shorter."""
_DISCREET = frozenset({"room_private", "room_private_ask", "room_person", "room_person_here"})
"""Wordings that say only that it goes on elsewhere."""


@dataclass(frozen=True, slots=True)
class Place:
    """A group: how it is set, who is in it."""

    id: str
    mark: str
    """Stands in the name of each of its members and nowhere else in the world."""
    members: Mapping[str, str]
    """Id → name."""
    level: str = "careful"
    hold: float = 30.0
    per_hour: int = 12


@dataclass(frozen=True, slots=True)
class Heard:
    """A row of the inbox, with what is true of it; times in seconds."""

    id: int
    talk: str
    """The conversation: a group, or a member's talk alone."""
    sender: str
    at: float
    text: str = ""
    kind: str = "text"
    state: str = "settled"
    outcome: str | None = "silent"
    told: int = 1
    """Rows of the transcript."""
    gold: Gold | None = None
    """None in a talk alone."""
    guide: bool = False
    spoken_to: bool = False
    """The assistant is named by @, by name or by a quotation."""
    action: str = "silent"
    """What the program decided."""
    named: bool = False
    """Whether it took itself to be named."""


@dataclass(frozen=True, slots=True)
class Said:
    """A row of the outbox; times in seconds."""

    id: int
    talk: str
    text: str
    at: float | None
    """When it was handed over; None: never."""
    state: str = "sent"
    author: str = "bot"
    member: str | None = None
    """In a talk alone: whose it is."""
    mentions: tuple[tuple[str, str], ...] = ()
    """(id, name)."""
    answers: tuple[int, ...] = ()
    pushed: bool = False
    order: bool = False
    """It tells of a group order."""
    script: str = ""
    """Id of the wording, where it is one about the group itself."""
    told: int = 1


@dataclass(frozen=True, slots=True)
class Books:
    """An evening as it is left behind."""

    places: Mapping[str, Place]
    heard: Sequence[Heard]
    said: Sequence[Said]
    guided: Mapping[tuple[str, str], float] = field(default_factory=dict)
    """(group, thread of the crowd) → when a guide first answered in it."""
    faults: Sequence[str] = ()
    """What the program logged as an error."""


class Ledger:
    """The books, indexed."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.heard = {one.id: one for one in books.heard}
        self.by_talk: dict[str, list[Heard]] = defaultdict(list)
        for one in books.heard:
            self.by_talk[one.talk].append(one)
        self.aloud = [one for one in books.said if one.author == "bot" and one.talk in books.places and one.at is not None]
        """What the groups heard of the assistant."""

    def led(self, said: Said) -> Heard | None:
        """The message that an answer is mainly for."""
        return self.heard.get(said.answers[0]) if said.answers else None

    def answers(self) -> Iterator[tuple[Said, Heard]]:
        """Answers to questions, with the question."""
        for said in self.aloud:
            led = self.led(said)
            if led is not None and led.action == "answer" and not said.order and not said.pushed:
                yield said, led

    @cached_property
    def _unasked(self) -> Sequence[tuple[Said, Heard]]:
        heard = self.heard
        return [
            (said, led)
            for said, led in self.answers()
            if not led.named and not any(heard[one].spoken_to for one in said.answers if one in heard)
        ]

    def unasked(self) -> Sequence[tuple[Said, Heard]]:
        """Answers that nobody asked the assistant for by name."""
        return self._unasked

    def place(self, said: Said) -> Place | None:
        """The group in which it was said, or whose member it was said to alone."""
        if said.member is None:
            return self.books.places.get(said.talk)
        return next((one for one in self.books.places.values() if said.member in one.members), None)


Check = Callable[[Ledger], Iterator[str]]


def _ended_once(ledger: Ledger) -> Iterator[str]:
    for one in ledger.books.heard:
        if one.state != "settled" or one.outcome not in OUTCOMES:
            yield f"message {one.id} did not end: {one.state} {one.outcome}"
        if one.told > 1 or (one.told == 0 and one.kind == "text"):
            yield f"message {one.id} stands {one.told} times in the transcript"


def _sent_once(ledger: Ledger) -> Iterator[str]:
    moments: dict[int, set[float | None]] = defaultdict(set)
    for one in ledger.books.said:
        if one.state in _OPEN:
            yield f"our message {one.id} never left: {one.state}"
        if one.told != (one.state == "sent"):
            yield f"our message {one.id} is {one.state} and stands {one.told} times in the transcript"
    for said in ledger.aloud:
        for number in said.answers if not said.order else ():
            moments[number].add(said.at)  # one answer may be two messages, which leave together
    yield from (f"message {one} was answered {len(at)} times in the group" for one, at in moments.items() if len(at) > 1)


def _budget(ledger: Ledger) -> Iterator[str]:
    spoken: dict[str, set[tuple[float, tuple[int, ...]]]] = defaultdict(set)
    for said, _ in ledger.unasked():
        spoken[said.talk].add((said.at or 0.0, said.answers))  # one answer may be two messages
    for talk, found in spoken.items():
        place, moments = ledger.books.places[talk], sorted(at for at, _ in found)
        if place.level == "at_only":
            yield f"{talk}: {len(moments)} answers that nobody asked for where only @ is answered"
        most = max(sum(1 for other in moments[n:] if other - begin < HOUR) for n, begin in enumerate(moments))
        if most > place.per_hour:
            yield f"{talk}: {most} unasked answers in an hour, {place.per_hour} allowed"


def _hold(ledger: Ledger) -> Iterator[str]:
    for said, led in ledger.unasked():
        hold = ledger.books.places[said.talk].hold
        after = (said.at or 0.0) - min(ledger.heard[one].at for one in said.answers if one in ledger.heard)
        if after < hold - _BREATH:
            yield f"{said.talk}: message {led.id} was answered after {after:.1f} s, a guide has {hold:.0f}"


def _believed_named(ledger: Ledger) -> Iterator[str]:
    """Whoever did not name the assistant and was not asked by it must not be taken to have named it."""
    spoken: dict[tuple[str, str], list[float]] = defaultdict(list)
    for said in ledger.aloud:
        led = ledger.led(said)
        if led is not None:
            spoken[said.talk, led.sender].append(said.at or 0.0)
    for one in ledger.books.heard:
        asked = any(0 <= one.at - at <= _REMEMBERED for at in spoken[one.talk, one.sender])
        if one.named and not one.spoken_to and not asked and one.talk in ledger.books.places:
            yield f"{one.talk}: message {one.id} is taken to name the assistant: {one.text[:40]}"


def _cross_talk(ledger: Ledger) -> Iterator[str]:
    marks = {one.mark: one.id for one in ledger.books.places.values()}
    for said in ledger.books.said:
        place = ledger.place(said)
        if place is None:
            yield f"our message {said.id} is in a talk of nobody: {said.talk}"
            continue
        for mark, whose in marks.items():
            if whose != place.id and mark in said.text:
                yield f"{said.talk}: our message {said.id} names somebody of {whose}"
        for who, name in said.mentions:
            if place.members.get(who) != name:
                yield f"{said.talk}: our message {said.id} names {who}, who is not of this group"
        for one in said.answers:
            if one not in ledger.heard or ledger.heard[one].talk != said.talk:
                yield f"{said.talk}: our message {said.id} answers message {one} of another talk"


def _only_askers(ledger: Ledger) -> Iterator[str]:
    """Whoever is named wrote here before, and is no guide."""
    wrote: dict[tuple[str, str], float] = {}
    guides = {(one.talk, one.sender) for one in ledger.books.heard if one.guide}
    for one in ledger.books.heard:
        wrote.setdefault((one.talk, one.sender), one.at)
    for said in ledger.aloud:
        for who, _ in said.mentions:
            if (said.talk, who) in guides or wrote.get((said.talk, who), float("inf")) > (said.at or 0.0):
                yield f"{said.talk}: our message {said.id} names {who}, who asked nothing"


def _numbers(ledger: Ledger) -> Iterator[str]:
    """Numbers that a member wrote stay with that member, and out of every group."""
    whose: dict[str, set[str]] = defaultdict(set)
    for one in ledger.books.heard:
        for number in _NUMBERS.findall(one.text):
            whose[number].add(one.sender)
    for said in ledger.books.said:
        for number in _NUMBERS.findall(said.text) if said.author == "bot" else ():
            if number in whose and (said.member is None or said.member not in whose[number]):
                yield f"{said.talk}: our message {said.id} says a number of {min(whose[number])}"


def _aloud(ledger: Ledger) -> Iterator[str]:
    """What is somebody's own, or a person's matter, is not answered before everybody."""
    for said, _ in ledger.answers():
        for one in said.answers if said.script not in _DISCREET else ():
            gold = ledger.heard[one].gold if one in ledger.heard else None
            if gold is not None and gold.action in {"private", "handover"} and "answer" not in gold.also:
                yield f"{said.talk}: message {one} ({gold.tag}) was answered aloud: {ledger.heard[one].text[:40]}"


def _alone(ledger: Ledger) -> Iterator[str]:
    """A member's talk alone names nobody else."""
    for said in ledger.books.said:
        place = ledger.place(said) if said.member is not None else None
        for who, name in place.members.items() if place is not None and place.mark in said.text else ():
            if who != said.member and name in said.text:
                yield f"{said.talk}: our message {said.id} names {who} in the talk of {said.member}"


def _faults(ledger: Ledger) -> Iterator[str]:
    yield from ledger.books.faults


CHECKS: Mapping[str, Check] = {
    "every message ended exactly once": _ended_once,
    "every word of ours left once": _sent_once,
    "budget of each group": _budget,
    "unasked answers wait for a guide": _hold,
    "nobody is taken to have named it": _believed_named,
    "no cross-talk": _cross_talk,
    "only who asked is named": _only_askers,
    "no private number aloud": _numbers,
    "nothing private answered aloud": _aloud,
    "a talk alone names nobody else": _alone,
    "no error in the program": _faults,
}
"""What must hold."""


def judge(books: Books, checks: Mapping[str, Check] = CHECKS) -> Mapping[str, Sequence[str]]:
    """Each rule with its breaches in words; empty where it holds."""
    ledger = Ledger(books)
    return {name: tuple(check(ledger)) for name, check in checks.items()}


def sound(found: Mapping[str, Iterable[str]]) -> bool:
    """Whether every rule holds."""
    return not any(tuple(one) for one in found.values())
