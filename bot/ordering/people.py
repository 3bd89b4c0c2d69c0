"""Under which name each person of a group stands in the reading of its orders, and who a name stands for. Pure.

The reading knows people by name, as the group's lists do; PostgreSQL knows members by id. The first name under which somebody was
read stays theirs for the campaign, so that a new nickname makes no second person.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

NAMED = "name:"
"""Begins the id of whoever is known by a name alone: written into a list by somebody else, or added by a guide."""
_NUMERALS = "二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Person:
    """A member of a group."""

    id: str
    name: str
    hushed: bool = False
    """Wants not to be named by @."""


@dataclass(frozen=True, slots=True)
class People:
    """Members by id, and the names under which some of them are read."""

    members: Mapping[str, Person]
    called: Mapping[str, str]
    """Id → name in the reading."""

    def name(self, sender: str) -> str:
        """What a person is called now."""
        known = self.members.get(sender)
        return known.name if known else sender.removeprefix(NAMED)

    def meet(self, sender: str) -> "People":
        """The same with a name in the reading for this person too."""
        if sender in self.called or sender.startswith(NAMED):
            return self
        return People(self.members, {**self.called, sender: _own(self.name(sender), frozenset(self.called.values()))})

    def read_as(self, sender: str) -> str:
        """The name in the reading; ``meet`` them first."""
        return self.called.get(sender, sender.removeprefix(NAMED))

    def who(self) -> "dict[str, str]":
        """Name in the reading → id; members who have not been met only where nobody else is called so."""
        found: dict[str, str] = {}
        twice = _twice(one.name for one in self.members.values())
        for one in self.members.values():
            if one.id not in self.called and one.name not in twice:
                found[one.name] = one.id
        return found | {name: sender for sender, name in self.called.items()}

    def others(self) -> Iterable[str]:
        """Names of members who have not been met."""
        return [one.name for one in self.members.values() if one.id not in self.called]

    def renamed(self) -> Iterable[tuple[str, str]]:
        """(present name, name in the reading) of those who are called otherwise by now."""
        return [
            (self.members[sender].name, name)
            for sender, name in self.called.items()
            if sender in self.members and self.members[sender].name != name
        ]


def _own(name: str, taken: frozenset[str]) -> str:
    """A name that nobody else has: 小王, 小王(二)."""
    name = name.strip() or "群友"
    if name not in taken:
        return name
    for numeral in _NUMERALS:
        if f"{name}({numeral})" not in taken:
            return f"{name}({numeral})"
    return f"{name}({len(taken)})"


def _twice(names: Iterable[str]) -> frozenset[str]:
    seen: set[str] = set()
    again: set[str] = set()
    for name in names:
        (again if name in seen else seen).add(name)
    return frozenset(again)
