"""One step of listening to a group: new remarks are heard in the order of their time, what waited long enough is decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from intents.features import unadorned
from intents.groups.deciding import SPEAK
from intents.groups.hearing import View, viewed
from intents.groups.judge import Judge
from intents.groups.model import Decision, Heard, Manners, Memory, Remark
from intents.groups.notices import newcomers, notice
from intents.groups.people import system
from intents.groups.placing import place
from intents.groups.settling import decided, released, settled
from intents.groups.turns import KEPT, Room, Turn, recalled, remembered, seconds
from intents.model import Recognition
from intents.ports import Embedder

_WELCOME_GAP = 120.0
"""Seconds within which further newcomers are covered by one welcome, as long as nobody else speaks."""


@dataclass(frozen=True, slots=True)
class Listener:
    """Listens with what was learnt; ``embedder`` gives the sentence vectors that the judge was taught with, if it reads any."""

    judge: Judge
    embedder: Embedder | None = None

    def listen(
        self,
        memory: Memory,
        remarks: Sequence[Remark],
        now: datetime,
        manners: Manners,
        recognized: Mapping[str, Recognition],
    ) -> Heard:
        """The memory after these remarks, what is decided by ``now``, and when to listen again."""
        room = recalled(memory)
        told: list[Decision] = []
        known = {turn.id for turn in room.turns}
        for remark in sorted(remarks, key=lambda one: one.at):
            if remark.id in known:
                continue
            known.add(remark.id)
            at = max(room.clock, seconds(remark.at))
            room, ripe = released(replace(room, clock=at), at, manners)
            told += ripe
            room, made = self._heard(room, remark, manners, recognized.get(remark.id))
            told += made
            room, ripe = _relieved(room, manners)
            told += ripe
        room, ripe = released(replace(room, clock=max(room.clock, seconds(now))), seconds(now), manners)
        told += ripe
        due = min((turn.due for turn in room.turns if turn.state == "held"), default=None)
        wake = None if due is None else datetime.fromtimestamp(due, now.tzinfo or UTC)
        return Heard(remembered(room.forgotten()), tuple(told), wake)

    def _heard(
        self, room: Room, remark: Remark, manners: Manners, recognition: Recognition | None
    ) -> tuple[Room, list[Decision]]:
        """One remark: decided at once, or held."""
        name = remark.name or remark.sender
        announced = system(name) or notice(remark.text)
        who = _joined(remark, name, announced)
        if who or announced:
            return _noticed(room, remark, manners, who)
        room = room.met(remark.sender, name)
        view = viewed(room, remark, manners, recognition)
        view = replace(view, vector=self._sight(view))
        if view.guide:
            return settled(room, view, place(self.judge, room, view, manners))
        placing = place(self.judge, room, view, manners, SPEAK.get(manners.level, SPEAK["careful"]))
        return decided(room, view, placing, manners)

    def _sight(self, view: View) -> NDArray[np.float32] | None:
        """What the judge sees of the meaning; None where no sentence vectors are at hand."""
        told = view.recognition
        if self.embedder is None or told is None or not len(self.judge.axes):
            return None
        words = unadorned(told.normalized)
        return self.judge.sight(self.embedder.embed([words])[0]) if words else None


def _joined(remark: Remark, name: str, announced: bool) -> tuple[str, ...]:
    """Who came in with this remark; ``announced``: it is a line of the platform's own."""
    found = newcomers(remark.text)
    if found and (announced or name in found):
        return found
    return (name,) if remark.kind == "joined" else ()


def _noticed(room: Room, remark: Remark, manners: Manners, who: tuple[str, ...]) -> tuple[Room, list[Decision]]:
    """A line of the platform: somebody came in (``who``), or something that is nobody's business."""
    at = seconds(remark.at)
    if not who:
        turn = Turn(remark.id, remark.sender, at, thread=remark.id, sort="notice")
        return room.with_turn(turn), [Decision(remark.id, remark.id, "silent", confidence=0.99, why="系统通知，不用接")]
    first, since = room.welcome
    lead = room.turn(first) if first else None
    waits = lead is not None and lead.state == "held"
    fresh = lead is not None and (waits or (at - since <= max(_WELCOME_GAP, manners.gather) and _only_joins(room, lead)))
    thread = lead.thread if lead is not None and fresh else remark.id
    turn = Turn(
        remark.id,
        remark.sender,
        at,
        text="、".join(who)[:160],
        thread=thread,
        sort="join",
        root=lead.id if lead and fresh else remark.id,
    )
    if fresh and lead is not None and waits:
        turn = replace(turn, state="held", lead=lead.id, due=lead.due, sure=0.99)
        room = room.changed({lead.id: replace(lead, parts=(*lead.parts, *who))}).with_turn(turn)
        return replace(room, welcome=(first, at)), []
    if fresh:
        room = replace(room.with_turn(turn), welcome=(first, at))
        return room, [Decision(remark.id, thread, "silent", confidence=0.9, why="刚欢迎过，一起的不再重复")]
    if manners.gather > 0:
        held = replace(turn, state="held", due=at + manners.gather, parts=who, sure=0.99)
        return replace(room.with_turn(held), welcome=(remark.id, at)), []
    room = replace(room.with_turn(replace(turn, state="answered")), welcome=(remark.id, at))
    return room, [Decision(remark.id, thread, "welcome", who, confidence=0.99, why="有新人进群，欢迎一下")]


def _only_joins(room: Room, lead: Turn) -> bool:
    """Whether nobody but newcomers was heard since a welcome."""
    place_ = next((number for number, one in enumerate(room.turns) if one.id == lead.id), 0)
    return all(one.sort in ("join", "notice") for one in room.turns[place_ + 1 :])


def _relieved(room: Room, manners: Manners) -> tuple[Room, list[Decision]]:
    """More may be said than is remembered: the oldest that waits is then decided before its time."""
    told: list[Decision] = []
    while len(room.turns) > KEPT and (held := next((one for one in room.turns[:-KEPT] if one.state == "held"), None)):
        room, ripe = released(room, held.due, manners)
        told += ripe
    return room.forgotten(), told
