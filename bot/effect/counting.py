"""From credited messages to figures: each label with its people, and what followed. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.effect.crediting import Facts, Marks, Numbers, Touches, credited, micros, touches
from bot.effect.values import MEASURES, WINDOWS, By, Effect, Label, Measure, Rate


@dataclass(frozen=True, slots=True)
class Span:
    """What is counted, in microseconds: messages from ``since`` to before ``until``, as things are known at ``now``."""

    since: int
    until: int
    now: int


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """Which breath held which label: each pair once."""

    labels: tuple[Label, ...]
    label: Numbers
    """Place in ``labels``."""
    touch: Numbers


class Counted:
    """Facts with their credits, worked out once for all ways of counting."""

    __slots__ = ("_codes", "_lines", "_marks", "_span", "_which", "facts", "people", "touches")

    def __init__(self, facts: Facts, span: Span) -> None:
        self.facts = facts
        self.touches: Touches = touches(facts.lines)
        self.people: Numbers = np.searchsorted(once(self.touches.person), self.touches.person)
        self._marks: Mapping[Measure, Marks] = credited(facts, self.touches)
        self._span = span
        first = self.touches.first[self.touches.of]
        self._lines: Numbers = np.flatnonzero((first >= span.since) & (first < span.until))
        codes = facts.lines.code[self._lines]
        self._codes: Numbers = once(codes)
        self._which: Numbers = np.searchsorted(self._codes, codes)

    def said(self, names: Mapping[int, frozenset[Label]]) -> Said:
        """Which breaths of the span hold which labels; ``names``: code of a line → its labels."""
        known = tuple(sorted({label for several in names.values() for label in several}))
        places = {label: n for n, label in enumerate(known)}
        sets = [sorted(places[label] for label in names.get(int(code), ())) for code in self._codes]
        label, line = _spread(sets, self._which)
        touch = self.touches.of[self._lines[line]]
        many = max(1, len(self.touches.first))
        return Said(known, *np.divmod(once(label * many + touch), many))

    def effects(self, by: By, names: Mapping[int, frozenset[Label]]) -> list[Effect]:
        """The figures of every label, those said most first."""
        said = self.said(names)
        size, groups = len(said.labels), self.touches.group[said.touch]
        in_groups = np.bincount(said.label[groups], minlength=size)
        label, touch = said.label[~groups], said.touch[~groups]
        people = _People(label, self.people[touch], size)
        sent = np.bincount(label, minlength=size)
        rates = {measure: self._rates(measure, label, touch, people) for measure in MEASURES}
        found = [
            Effect(by, one, int(sent[n]), int(people.count[n]), int(in_groups[n]), {m: rates[m][n] for m in MEASURES})
            for n, one in enumerate(said.labels)
            if sent[n] or in_groups[n]
        ]
        return sorted(found, key=lambda one: (-one.sent, -one.in_groups, one.label))

    def _rates(self, measure: Measure, label: Numbers, touch: Numbers, people: "_People") -> Sequence[Rate]:
        over = self.touches.last[touch] + micros(WINDOWS[measure]) <= self._span.now
        done = over & self._marks[measure][touch]
        size = len(people.count)
        columns = (
            people.of(done),
            people.of(over),
            np.bincount(label[done], minlength=size),
            np.bincount(label[over], minlength=size),
        )
        return [Rate(*(int(column[n]) for column in columns)) for n in range(size)]


def once(numbers: Numbers) -> Numbers:
    """Each number once, ascending: for these, which come half in order, sorting is much faster than ``np.unique``'s hashing."""
    ordered = np.sort(numbers, kind="stable")
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered


def _spread(sets: Sequence[Sequence[int]], which: Numbers) -> tuple[Numbers, Numbers]:
    """Each member of the set of each item, and the place of that item."""
    sizes = np.array([len(one) for one in sets], np.int64)
    flat = np.array([place for one in sets for place in one], np.int64)
    begins, many = np.cumsum(sizes) - sizes, sizes[which]
    within = np.arange(int(many.sum())) - np.repeat(np.cumsum(many) - many, many)
    return flat[np.repeat(begins[which], many) + within], np.repeat(np.arange(len(which)), many)


class _People:
    """People by label: somebody counts once, however often."""

    __slots__ = ("_label", "_where", "count")

    def __init__(self, label: Numbers, person: Numbers, size: int) -> None:
        most = int(person.max(initial=0)) + 1
        every = label * most + person
        keys = once(every)
        self._where = np.searchsorted(keys, every)
        self._label = keys // most
        self.count = np.bincount(self._label, minlength=size)

    def of(self, marks: Marks) -> Numbers:
        """By label, people with at least one marked message."""
        some = np.zeros(len(self._label), np.bool_)
        some[self._where[marks]] = True
        return np.bincount(self._label[some], minlength=len(self.count)).astype(np.int64)
