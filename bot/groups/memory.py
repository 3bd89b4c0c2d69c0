"""What a conversation's session remembers of a group: what was heard there, and a small memory for whoever was answered. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from pydantic import TypeAdapter, ValidationError

from bot.model import JsonMap, Session
from intents.groups import Memory

_SESSION = TypeAdapter(Session)
_LIFE = timedelta(minutes=10)
"""Somebody who was answered longer ago begins anew: a group moves on."""
_MOST = 20
"""People whose talk with the assistant is remembered."""
_ANSWERS = timedelta(minutes=3)
"""So long a member's next words may be the answer to what the assistant asked them."""


@dataclass(frozen=True, slots=True)
class Part:
    """One member's talk with the assistant in the group."""

    session: Session
    at: datetime


@dataclass(frozen=True, slots=True)
class Room:
    """The memory of a group."""

    memory: Memory = field(default_factory=Memory)
    heard: int = 0
    """Id of the last of the guides' messages that is in it."""
    held: frozenset[int] = frozenset()
    """Inbox ids that are in it and wait."""
    parts: Mapping[str, Part] = field(default_factory=dict)

    def part(self, member: str, now: datetime) -> Session:
        """What is remembered of a member's own talk."""
        part = self.parts.get(member)
        return Session() if part is None or now - part.at > _LIFE else part.session

    def asked(self, member: str, now: datetime) -> bool:
        """Whether the assistant asked this member something, just now."""
        part = self.parts.get(member)
        return part is not None and part.session.pending is not None and now - part.at <= _ANSWERS

    def spoken_to(self, member: str, now: datetime) -> bool:
        """Whether the assistant answered this member a while ago."""
        part = self.parts.get(member)
        return part is not None and now - part.at <= _LIFE

    def with_part(self, member: str, session: Session, now: datetime) -> "Room":
        """The memory after the assistant answered a member."""
        kept = {name: one for name, one in self.parts.items() if name != member and now - one.at <= _LIFE}
        for name in sorted(kept, key=lambda name: kept[name].at)[: max(0, len(kept) - _MOST + 1)]:
            del kept[name]
        return replace(self, parts={**kept, member: Part(session, now)})


def room_of(session: Session) -> Room:
    """The memory as it is stored; what cannot be read is forgotten."""
    told = session.room
    memory, heard, held, parts = (told.get(name) for name in ("memory", "heard", "held", "parts"))
    return Room(
        memory=Memory(dict(memory)) if isinstance(memory, Mapping) else Memory(),
        heard=heard if isinstance(heard, int) else 0,
        held=frozenset(one for one in held if isinstance(one, int)) if isinstance(held, list | tuple) else frozenset(),
        parts=dict(_parts(parts)) if isinstance(parts, Mapping) else {},
    )


def _parts(told: Mapping[str, object]) -> list[tuple[str, Part]]:
    found = []
    for name, one in told.items():
        if isinstance(one, Mapping):
            try:
                found.append(
                    (name, Part(_SESSION.validate_python(one.get("session")), datetime.fromisoformat(str(one.get("at")))))
                )
            except (ValidationError, ValueError):
                continue
    return found


def stored(room: Room) -> JsonMap:
    """The memory as JSON."""
    return {
        "memory": room.memory.state,
        "heard": room.heard,
        "held": sorted(room.held),
        "parts": {
            name: {"at": one.at.isoformat(), "session": _SESSION.dump_python(one.session, mode="json", exclude_defaults=True)}
            for name, one in room.parts.items()
        },
    }
