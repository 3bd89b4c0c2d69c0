"""Which of our messages a deed is credited to: the rules of ``bot.effect.values``, over whole columns at once. Pure.

A million messages are a few arrays of numbers here, not a million objects: moments are microseconds, and who, which talk and
which words are 64-bit hashes that PostgreSQL made (``bot.db.effects_rows``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from bot.effect.values import WINDOWS, Measure

Numbers = NDArray[np.int64]
Marks = NDArray[np.bool_]
NOTHING: Numbers = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Messages of ours that reached somebody, in any order; arrays of one length."""

    id: Numbers
    person: Numbers
    talk: Numbers
    at: Numbers
    """Microseconds."""
    breath: Numbers
    """The same for lines of one turn."""
    code: Numbers
    """Which words (``bot.effect.sources``); 0: none that are counted."""
    group: Marks
    """Said in a group."""


@dataclass(frozen=True, slots=True, eq=False)
class Deeds:
    """What shoppers did, in any order; arrays of one length."""

    whose: Numbers = field(default_factory=NOTHING.copy)
    """The talk in which it was done, or the person who did it."""
    at: Numbers = field(default_factory=NOTHING.copy)


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """All that effects are made of."""

    lines: Lines
    written: Mapping[Measure, Deeds]
    """What was done in a talk of two, by talk."""
    done: Mapping[Measure, Deeds]
    """What a person did, by person."""
    shown: Deeds = field(default_factory=Deeds)
    """Clicks that belong to one message: its id in ``whose``."""
    clicked: Deeds = field(default_factory=Deeds)
    """All clicks, by person: what arms of an experiment are compared on."""


@dataclass(frozen=True, slots=True, eq=False)
class Touches:
    """Breaths: what was said to somebody at once."""

    of: Numbers
    """For each line, the breath that it belongs to."""
    person: Numbers
    talk: Numbers
    first: Numbers
    """When its first line was said."""
    last: Numbers
    group: Marks


def touches(lines: Lines) -> Touches:
    """The breaths that lines make: neighbours of one turn."""
    order = np.lexsort((lines.id, lines.at, lines.talk))
    talk, breath, at = lines.talk[order], lines.breath[order], lines.at[order]
    begins = np.ones(len(order), np.bool_)
    begins[1:] = (talk[1:] != talk[:-1]) | (breath[1:] != breath[:-1])
    heads = np.flatnonzero(begins)
    ends = np.append(heads[1:], len(order)) - 1 if len(heads) else heads
    of = np.empty(len(order), np.int64)
    of[order] = np.cumsum(begins) - 1
    return Touches(of, lines.person[order][heads], talk[heads], at[heads], at[ends], lines.group[order][heads])


def latest(groups: Numbers, moments: Numbers, deeds: Deeds) -> Numbers:
    """For each deed the place of the last moment of its group that is strictly before it; −1 where there is none."""
    n = len(groups)
    group = np.concatenate([groups, deeds.whose])
    at = np.concatenate([moments, deeds.at])
    # of the same moment the deed comes first: it did not follow
    order = np.lexsort((np.arange(len(group)) < n, at, group))
    last = np.maximum.accumulate(np.where(order < n, np.arange(len(order)), -1))
    found = np.where(last >= 0, order[last], -1)
    found = np.where(group[found] == group[order], found, -1)
    result = np.full(len(deeds.at), -1, np.int64)
    theirs = order >= n
    result[order[theirs] - n] = found[theirs]
    return result


def following(groups: Numbers, moments: Numbers, deeds: Deeds) -> Numbers:
    """For each moment, when the first deed of its group strictly after it was done; the largest number where there is none."""
    n, never = len(groups), np.iinfo(np.int64).max
    group = np.concatenate([groups, deeds.whose])
    at = np.concatenate([moments, deeds.at])
    order = np.lexsort((np.arange(len(group)) < n, at, group))[::-1]
    last = np.maximum.accumulate(np.where(order >= n, np.arange(len(order)), -1))
    found = np.where(last >= 0, order[last], -1)
    when = np.where((found >= 0) & (group[found] == group[order]), at[found], never)
    result = np.full(n, never, np.int64)
    ours = order < n
    result[order[ours]] = when[ours]
    return result


def credited(facts: Facts, said: Touches) -> Mapping[Measure, Marks]:
    """For each measure, which breaths it followed: the last touch before the deed, inside the window."""
    marks: dict[Measure, Marks] = {measure: np.zeros(len(said.first), np.bool_) for measure in WINDOWS}
    alone = np.flatnonzero(~said.group)
    for groups, deeds in ((said.talk, facts.written), (said.person, facts.done)):
        measures = [measure for measure in deeds if len(deeds[measure].at)]
        if not measures:
            continue
        every = Deeds(*(np.concatenate([getattr(deeds[measure], part) for measure in measures]) for part in ("whose", "at")))
        found = latest(groups[alone], said.first[alone], every)
        where = np.where(found >= 0, alone[found] if len(alone) else -1, -1)
        begun = 0
        for measure in measures:
            end = begun + len(deeds[measure].at)
            _mark(marks[measure], said, where[begun:end], every.at[begun:end], WINDOWS[measure])
            begun = end
    _mark(marks["click"], said, _shown(facts, said), facts.shown.at, WINDOWS["click"])
    return marks


def _mark(marks: Marks, said: Touches, where: Numbers, at: Numbers, window: timedelta) -> None:
    """What comes in the midst of a breath follows nothing; neither does what comes too late."""
    known = where >= 0
    where, at = where[known], at[known]
    after = at - said.last[where]
    marks[where[(after > 0) & (after <= micros(window)) & ~said.group[where]]] = True


def _shown(facts: Facts, said: Touches) -> Numbers:
    """The breaths in which the clicked cards were; −1 where the message is none of these."""
    order = np.argsort(facts.lines.id)
    ids = facts.lines.id[order]
    if not len(ids):
        return np.full(len(facts.shown.whose), -1, np.int64)
    place = np.minimum(np.searchsorted(ids, facts.shown.whose), len(ids) - 1)
    return np.where(ids[place] == facts.shown.whose, said.of[order[place]], -1)


def micros(span: timedelta) -> int:
    """A span in microseconds."""
    return span // timedelta(microseconds=1)
