"""The groups of an evening: the sandbox's crowd, each group with names of its own that stand nowhere else in the world."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import product
from typing import TypeVar

from bot.attending import MEMBER_JOINED, MEMBER_LEFT
from bot.brand import Guide, Staff
from bot.model import Arrival, ConversationId
from bot.sandbox.groups_cast import ASSISTANT, evening, present
from bot.sandbox.groups_material import Material
from bot.sandbox.groups_model import GUIDE, Event

_T = TypeVar("_T")
_RARE = "璟瓒翀昶珏燊淏骁焱彧劢珩"
"""Characters that no text of a shop holds."""
_WAYS: Sequence[Mapping[str, object]] = (
    {}, {"per_hour": 8}, {"hold": 45.0}, {"per_hour": 4}, {"level": "lively"}, {"per_hour": 20}, {"hold": 20.0},
    {"level": "lively", "per_hour": 6}, {"guide_quiet": 5.0}, {"level": "at_only"},
)  # fmt: skip
"""What ops set for single groups; the first lives as the brand says."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group with everything that will happen in it."""

    number: int
    room: str
    """Id of its conversation."""
    mark: str
    events: tuple[Event, ...]
    members: Mapping[str, str]
    """Id → name of everybody, guides included."""
    settings: Mapping[str, object]
    guides: tuple[Guide, ...]
    """Those of its store; the first owns it."""
    by_desk: bool
    """Its guides speak from the desk; else they are members who are called 导购…, as on a platform."""

    def guide(self, event: Event) -> Guide:
        """The guide who speaks."""
        return next((one for one in self.guides if event.name == GUIDE + one.name), self.guides[0])

    def from_desk(self, event: Event) -> str:
        """The words of a guide at the desk, who cannot quote and names whom they mean instead."""
        meant = next((one.name for one in self.events if one.id == event.reply_to), None)
        return event.text if meant is None else f"@{meant} {event.text}"

    def member(self, event: Event) -> str:
        """Id of whoever does it, unique in the world."""
        return f"{self.room}-{event.sender}"

    def platform_id(self, event_id: str) -> str:
        """Id of an event's message."""
        return f"{self.room}:{event_id}"


@dataclass(frozen=True, slots=True)
class Crowd:
    """What all groups are made of."""

    seed: int
    members: int
    minutes: float
    material: Material
    staff: Staff

    def store(self, number: int) -> tuple[Guide, ...]:
        """The guides of a group's store; one store after the other."""
        by_store: dict[str, list[Guide]] = {}
        for one in self.staff.guides.values():
            by_store.setdefault(one.store, []).append(one)
        return tuple(list(by_store.values())[number % len(by_store)])


def groups(count: int, crowd: Crowd) -> list[Group]:
    """So many groups; at most as many as there are marks, some thousand."""
    marks = ("".join(one) for one in product(_RARE, repeat=3) if len(set(one)) == 3)
    return [_group(number, mark, crowd) for number, mark in zip(range(count), marks, strict=False)]


def _group(number: int, mark: str, crowd: Crowd) -> Group:
    material, guides = crowd.material, crowd.store(number)
    # a few goods and questions of its own each: what a group talks about is not what its neighbour talks about
    own = replace(
        material,
        goods=_some(material.goods, number, 3),
        questions=_some(material.questions, number, 12),
        guides=tuple(one.name for one in guides),
    )
    events = tuple(_marked(evening(crowd.seed * 1000 + number, crowd.members, crowd.minutes, own), mark, own.assistant))
    room = f"gevening{number:04d}"
    members = {f"{room}-{one.sender}": one.name for one in events}
    # who only reads is there as well
    members |= {f"{room}-q{n}": f"群友{n}{mark}" for n in range(crowd.members - len(members))}
    return Group(number, room, mark, events, members, _WAYS[number % len(_WAYS)], guides, number % 2 == 0)


def _some(all_: Sequence[_T], number: int, many: int) -> tuple[_T, ...]:
    """A piece of a list, another one for each number, round and round."""
    return tuple(all_[(number * many + n) % len(all_)] for n in range(min(many, len(all_)))) if all_ else ()


def _marked(told: Iterable[Event], mark: str, assistant: str) -> list[Event]:
    """The same evening with the group's mark behind every member's name, wherever it is written as a name."""
    events = list(told)
    names = sorted({one.name for one in events if not one.guide}, key=len, reverse=True)
    called = "|".join(map(re.escape, names))
    first = re.compile(rf"(?:^|(?<=\n\d\. )|(?<=\n\d\d\. ))(?:{called})(?!\d)")
    at = re.compile(rf"(?<=[@＠])(?!{re.escape(assistant)}|{GUIDE}|所有人)[^\s@＠，]+")

    def marked(text: str) -> str:
        return at.sub(lambda hit: hit[0] + mark, first.sub(lambda hit: hit[0] + mark, text) if called else text)

    return [replace(one, name=one.name if one.guide else one.name + mark, text=marked(one.text)) for one in events]


def founders(group: Group, start: datetime) -> Arrival:
    """Everybody who is there before the evening begins, as the platform tells of them."""
    coming = {f"{group.room}-{one.sender}" for one in group.events} - {f"{group.room}-{who}" for who, _ in present(group.events)}
    there = [(who, name) for who, name in group.members.items() if who not in coming]
    return replace(
        _plain(group, f"{group.room}-founders", start),
        kind=MEMBER_JOINED,
        payload={"members": [{"id": who, "name": name} for who, name in there]},
        role="event",
        settled=("silent", "群里原来的成员"),
    )


def arrival(group: Group, event: Event, start: datetime, latest: str | None) -> Arrival:
    """An event as a channel tells of it; ``latest``: id of the assistant's last words there, for whoever quotes them."""
    plain = replace(_plain(group, group.platform_id(event.id), start + event.at), sender=group.member(event), called=event.name)
    if event.kind in {"join", "leave"}:
        kind = MEMBER_JOINED if event.kind == "join" else MEMBER_LEFT
        payload = {"members": [{"id": group.member(event), "name": event.name}], "state": event.state}
        return replace(plain, kind=kind, payload=payload, role="event")
    if event.kind == "recall":
        taken = group.platform_id(event.reply_to or "")
        gone = replace(plain, kind="recall", payload={"recalls": taken}, role="event", recalls=taken)
        return replace(gone, settled=("silent", "撤回了一条消息"))
    return replace(plain, kind=event.kind, text=event.text, payload=_payload(group, event, latest))


def _payload(group: Group, event: Event, latest: str | None) -> dict[str, object]:
    told: dict[str, object] = {"at_bot": True} if event.at_bot else {}
    if event.reply_to == ASSISTANT:
        return told | ({"reply_to": latest} if latest else {})
    if event.reply_to is not None:
        quoted = next((one.text for one in group.events if one.id == event.reply_to), "")
        told |= {"reply_to": group.platform_id(event.reply_to), "quote": quoted}
    return told


def _plain(group: Group, platform_id: str, at: datetime) -> Arrival:
    return Arrival(
        channel="web",
        account="",
        platform_id=platform_id,
        conversation=ConversationId(group.room),
        kind="text",
        text="",
        payload={},
        sent_at=at,
        external=group.room,
        room=f"{group.number + 1} 群",
    )


def spoken_to(event: Event, assistant: str) -> bool:
    """Whether an event names the assistant: by a real @, by name, or by quoting it."""
    return event.at_bot or event.reply_to == ASSISTANT or ASSISTANT in event.mentions or assistant in event.text
