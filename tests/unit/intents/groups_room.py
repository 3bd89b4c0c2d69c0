"""A judge whose weights are written by hand, and short ways to let a group talk: tests of rules need no trained model."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from intents import Candidate, Recognition
from intents.groups import Decision, Listener, Manners, Memory, Remark
from intents.groups.judge import SORTS, Judge
from intents.safety import safety

BEGUN = datetime(2026, 6, 1, 12, tzinfo=UTC)
_WEIGHTS: Mapping[str, tuple[float, ...]] = {
    "bias": (0, 0, -1, 0, 1.5),
    "c:shop": (1.5, 0, 0, 0, 0),
    "f:ask:shop": (2.5, 0, 0, 0, 0),
    "c:own_thing": (0, 5, 0, 0, 0),
    "c:amount": (0, 0, 0, 2, 0),
    "x:selling:amount": (0, 0, 0, 4, 0),
    "c:threat": (0, 0, 7, 0, 0),
    "to:member:ask": (-3, 0, 0, 0, 3),
}
JUDGE = Judge(
    {name: row for row, name in enumerate(_WEIGHTS)},
    np.array([_WEIGHTS[name] for name in _WEIGHTS], np.float32),
    1.0,
    {"pairs": 4.0, "single": 2.0, "quoted": 5.0, "called": 1.0, "guide:held-question": 4.0, "new": 1.0, "old": 0.0},
    {"pairs": 7.0, "none": 4.0, "only:rank0": 8.0, "same:pairs": 3.0, "quoted": 6.0},
)
LISTENER = Listener(JUDGE)
assert len(SORTS) == 5


def said(number: int, sender: str, text: str, at: float, **more: object) -> Remark:
    """A remark ``at`` seconds after the beginning."""
    return Remark(str(number), sender, text, BEGUN + timedelta(seconds=at), **more)  # type: ignore[arg-type]


def talk(*lines: tuple[float, str, str]) -> list[Remark]:
    """(seconds, sender, text), numbered from 1."""
    return [said(number, sender, text, at) for number, (at, sender, text) in enumerate(lines, 1)]


def meant(remarks: Sequence[Remark]) -> dict[str, Recognition]:
    """What a recognizer says that knows no intents, only the rules that must not fail."""
    return {
        one.id: Recognition(
            one.text,
            one.text,
            "out_of_scope",
            0.5,
            ("out_of_scope",),
            (Candidate("out_of_scope", 0.5),),
            (),
            0.0,
            0.0,
            None,
            safety(one.text),
        )
        for one in remarks
        if one.text
    }


def heard(remarks: Sequence[Remark], manners: Manners | None = None, *, alone: bool = True) -> dict[str, Decision]:
    """All decisions on a talk, heard one by one or at once, until nothing is held."""
    found: dict[str, Decision] = {}
    manners = manners or Manners()
    known = meant(remarks)
    memory = Memory()
    steps = [[one] for one in remarks] if alone else [list(remarks)]
    step = None
    for some in steps:
        step = LISTENER.listen(memory, some, max(one.at for one in some), manners, known)
        memory = step.memory
        for one in step.decided:
            assert one.message not in found
            found[one.message] = one
    while step is not None and step.wake is not None:
        step = LISTENER.listen(step.memory, [], step.wake, manners, known)
        for one in step.decided:
            assert one.message not in found
            found[one.message] = one
    return found


def with_manners(**more: object) -> Manners:
    """The usual manners but for some."""
    return replace(Manners(), **more)  # type: ignore[arg-type]
