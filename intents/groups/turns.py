"""What is remembered of a group: the last turns, bounded, as plain JSON values, read back robustly from any older shape."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Literal, TypeAlias

from intents.groups.model import Memory

KEPT, AGE = 60, 2 * 3600.0
"""Turns that are remembered at most, and for how many seconds."""
GRAVE = frozenset(("private", "handover"))
"""Sorts of what is somebody's own, or hurts, and is never answered before everybody."""
MATTER, MATTERS = 900.0, 12
"""Seconds for which such a matter is remembered whatever else is said, for whoever has met the same; and how many."""
PIECES = 25.0
"""Seconds between two pieces of what somebody says."""
_TEXT, _PEOPLE, _HOUR = 160, 200, 3600.0
Sort: TypeAlias = Literal["ask", "private", "handover", "order", "talk", "join", "notice"]
"""What a turn is, whoever it is for: a question or wish, one's own matter, something for a person, a line of an order,
talk, somebody's coming in, another notice."""
State: TypeAlias = Literal["", "held", "answered", "guided", "quiet"]
"""Of a question: it waits, the assistant answers it, a guide did, it is left alone."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One remark as it is remembered."""

    id: str
    by: str
    at: float
    """Seconds since 1970."""
    text: str = ""
    """What was said, without mentions, cut."""
    thread: str = ""
    sort: Sort = "talk"
    state: State = ""
    guide: bool = False
    named: bool = False
    """The assistant was named."""
    to: str = ""
    """Sender to whom it was said by @, quote or name; empty for nobody."""
    root: str = ""
    """The question it asks as well, the first of all; its own id where it asks first."""
    joins: str = ""
    lead: str = ""
    """The turn whose answer settles this one as well; empty where it leads."""
    due: float = 0.0
    """When what is held is decided."""
    sure: float = 1.0
    wants: float = 0.0
    """How likely it is a question to the shop, one's own matter or a trouble, whatever is made of it."""
    parts: tuple[str, ...] = ()
    asks: str = ""
    why: str = ""
    intent: str = ""
    slots: tuple[str, ...] = ()
    """Values of the recognizer's slots."""
    vector: str = ""
    """Its meaning, packed."""
    asking: bool = False
    """It has the form of a question."""
    offer: bool = False
    """A guide puts goods up for orders."""


_DEFAULTS: Mapping[str, object] = {one.name: getattr(Turn("", "", 0.0), one.name) for one in fields(Turn)}


@dataclass(frozen=True, slots=True)
class Room:
    """A group between two remarks."""

    turns: tuple[Turn, ...] = ()
    """In the order in which they came."""
    people: Mapping[str, str] | None = None
    """Sender → name, the latest speakers last."""
    spoken: tuple[float, ...] = ()
    """When the assistant answered unasked, within the last hour."""
    welcome: tuple[str, float] = ("", 0.0)
    """The notice that was welcomed last, and when."""
    clock: float = 0.0

    @property
    def names(self) -> Mapping[str, str]:
        """Sender → name."""
        return self.people or {}

    def turn(self, id_: str) -> Turn | None:
        """A remembered turn."""
        return next((one for one in reversed(self.turns) if one.id == id_), None)

    def with_turn(self, turn: Turn) -> "Room":
        """The room after one more turn."""
        return replace(self, turns=(*self.turns, turn))

    def changed(self, changes: Mapping[str, Turn]) -> "Room":
        """The room with these turns in place of those of the same id."""
        return replace(self, turns=tuple(changes.get(one.id, one) for one in self.turns)) if changes else self

    def met(self, sender: str, name: str) -> "Room":
        """The room in which somebody is known by name; the longest unheard is forgotten first."""
        people = {who: own for who, own in self.names.items() if who != sender}
        people[sender] = name or sender
        return replace(self, people=dict(list(people.items())[-_PEOPLE:]))

    def forgotten(self) -> "Room":
        """The room without what is too old or too much; what is held stays."""
        oldest = self.clock - AGE
        turns = [one for one in self.turns if one.at >= oldest or one.state == "held"]
        spoken = tuple(one for one in self.spoken if one > self.clock - _HOUR)[-1000:]
        return replace(self, turns=(*self._matters(turns[:-KEPT]), *turns[-KEPT:]), spoken=spoken)

    def _matters(self, turns: Sequence[Turn]) -> Sequence[Turn]:
        """Of the turns for which there is no room any more those that somebody may still say he has met as well."""
        first = [one for one in turns if one.sort in GRAVE and one.root in ("", one.id)]
        return [one for one in first if self.clock - one.at <= MATTER][-MATTERS:]


def remembered(room: Room) -> Memory:
    """A room as plain values."""
    turns = [
        {
            name: list(value) if isinstance(value, tuple) else value
            for name, default in _DEFAULTS.items()
            if (value := getattr(turn, name)) != default or name == "at"
        }
        for turn in room.turns
    ]
    return Memory(
        {
            "turns": turns,
            "people": dict(room.names),
            "spoken": list(room.spoken),
            "welcome": list(room.welcome),
            "clock": room.clock,
        }
    )


def recalled(memory: Memory) -> Room:
    """The room of a memory; whatever is of another shape is left out."""
    state: Mapping[str, object] = memory.state
    told = state.get("turns")
    turns = [turn for one in (told if isinstance(told, Sequence) else ()) if (turn := _turn(one)) is not None]
    people = state.get("people")
    welcome = state.get("welcome")
    fair = isinstance(welcome, Sequence) and len(welcome) == 2 and isinstance(welcome[0], str) and _number(welcome[1])
    spoken = state.get("spoken")
    clock = state.get("clock")
    return Room(
        turns=tuple(turns),
        people={str(who): str(name) for who, name in people.items()} if isinstance(people, Mapping) else {},
        spoken=tuple(float(one) for one in (spoken if isinstance(spoken, Sequence) else ()) if _number(one)),
        welcome=(str(welcome[0]), float(welcome[1])) if fair else ("", 0.0),  # type: ignore[index]
        clock=float(clock) if _number(clock) else 0.0,  # type: ignore[arg-type]
    )


def _turn(told: object) -> Turn | None:
    if not isinstance(told, Mapping) or not isinstance(told.get("id"), str) or not _number(told.get("at")):
        return None
    values = {name: _like(value, _DEFAULTS[name]) for name, value in told.items() if name in _DEFAULTS}
    return Turn(**{"by": "", **values})  # type: ignore[arg-type]


def _like(value: object, default: object) -> object:
    """The value where it is of the default's type, else the default."""
    if isinstance(default, tuple):
        return tuple(str(one) for one in value) if isinstance(value, list | tuple) else default
    if isinstance(default, bool):
        return value if isinstance(value, bool) else default
    if isinstance(default, float):
        return float(value) if _number(value) else default  # type: ignore[arg-type]
    return value if isinstance(value, str) else default


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def seconds(moment: datetime) -> float:
    """A moment as seconds since 1970."""
    return moment.timestamp()


def cut(text: str) -> str:
    """As much of a text as is remembered."""
    return text[:_TEXT]
