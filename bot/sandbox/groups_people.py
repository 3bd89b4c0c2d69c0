"""The members of a played group: names, and the way each of them is."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, product
from typing import Final

from bot.sandbox.groups_material import Material
from bot.sandbox.groups_model import GUIDE
from bot.sandbox.groups_words import CHILDREN, NICKNAMES, SURNAMES

WAYS: Final = (
    ("asker", 14), ("same", 9), ("chatty", 12), ("orderer", 14), ("private", 4),
    ("angry", 2), ("new", 6), ("spammer", 1), ("quiet", 38),
)  # fmt: skip
"""How members are, with how many of a hundred; most of a group only read."""
_REST: Final = 20.0
"""Seconds after a scene in which its people do not begin another one."""


@dataclass(frozen=True, slots=True)
class Person:
    """A member."""

    id: str
    name: str
    way: str
    """One of ``WAYS``, or ``guide``."""


@dataclass(slots=True)
class Crowd:
    """Everybody who may speak, and until when each is taken."""

    dice: random.Random
    material: Material
    people: Sequence[Person]
    guides: Sequence[Person]
    busy: dict[str, float] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    """What was asked already, by its words and its entry."""

    def pick(self, way: str, at: float) -> Person | None:
        """A free member of this way, or of any way that talks; None where nobody is free, or nobody is so who has to be."""
        free = [one for one in self.people if self.busy.get(one.id, -1.0) <= at]
        found = [one for one in free if one.way == way]
        if not found and way not in {"new", "spammer"}:
            found = [one for one in free if one.way not in {"new", "spammer", "quiet"}]
        return self.dice.choice(found) if found else None

    def take(self, person: Person, until: float) -> None:
        """Keep somebody from other scenes until then."""
        self.busy[person.id] = max(self.busy.get(person.id, 0.0), until + _REST)


def crowd(dice: random.Random, members: int, material: Material) -> Crowd:
    """``members`` people and the shop's guides; who they are follows from the dice."""
    names = _names(dice)
    ways, weights = zip(*WAYS, strict=True)
    # Everybody who is needed for a scene is there even in a small group.
    chosen = [*ways[:6], *dice.choices(ways, weights, k=members)][:members]
    people = [Person(f"m{n:04d}", next(names), way) for n, way in enumerate(chosen, 1)]
    guides = [Person(f"g{n}", GUIDE + name, "guide") for n, name in enumerate(material.guides, 1)]
    return Crowd(dice, material, people, guides)


def _names(dice: random.Random) -> Iterator[str]:
    """Names that no two members share, the simple ones first."""
    first = [f"{child}{who}" for child, who in product(CHILDREN, ("妈", "爸", "妈妈"))]
    first += [f"{surname}{who}" for surname, who in product(SURNAMES, ("姐", "女士", "阿姨", "先生"))]
    first += NICKNAMES
    dice.shuffle(first)
    yield from first
    for number in count(2):
        yield from (f"{name}{number}" for name in first)
