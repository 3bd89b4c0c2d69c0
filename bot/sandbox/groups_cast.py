"""An evening in a group out of a seed: the same seed gives the same transcript, and every word of it is labelled.

    for event in evening(seed=7, members=200, minutes=60, material=Material()):
        event.at, event.name, event.text, event.gold.action

Scenes (`groups_scenes`) begin at random times and run over each other; a group order (`groups_orders`) runs through the
middle of the evening. Nothing here knows a clock, a platform or a server.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final, TypeAlias

from bot.sandbox.groups_material import Asked, Good, Material, material_of
from bot.sandbox.groups_model import ASSISTANT, EVERYBODY, Action, Event, Gold, Kind
from bot.sandbox.groups_orders import order_evening, ordered
from bot.sandbox.groups_people import Person, crowd
from bot.sandbox.groups_scenes import SCENES, Draft, Scene

__all__ = [
    "ASSISTANT", "EVERYBODY", "Action", "Asked", "Event", "Gold", "Good", "Kind", "Material", "Person",
    "evening", "material_of", "ordered", "present",
]  # fmt: skip

_Play: TypeAlias = Callable[[Scene], None]
_LEAST: Final = 4
"""Members; fewer are no group."""
_ORDERS: Final = (0.3, 0.85)
"""The part of the evening in which the group orders."""
_OPEN: Final = 90.0
"""Seconds in which a question is one that "同问" may mean."""
_QUESTIONS: Final = frozenset({"ask", "peer", "to_guide", "hurt", "private", "unsaid"})
_ORDERING: Final = frozenset({"offer", "order", "edit", "cancel"})


def evening(seed: int, members: int, minutes: float, material: Material | None = None) -> Iterator[Event]:
    """Everything that happens in ``minutes`` in a group of so many, in order of time.

    Ids are ``e1``, ``e2`` … in that order; senders ``m0001`` … and guides ``g1`` …. A group of 200 has about 310 events an hour.

    Raises:
        ValueError: fewer than 4 members or no time.
    """
    if members < _LEAST or minutes <= 0:
        raise ValueError(f"至少要 {_LEAST} 个人、1 分钟")
    # Chance that must repeat itself, not a secret.
    dice = random.Random(f"{seed}:{members}:{minutes}")  # noqa: S311
    people = crowd(dice, members, material or Material())
    end = minutes * 60
    drafts: list[Draft] = []
    for begin, play in _plan(dice, members, minutes):
        scene = Scene(people, begin)
        play(scene)
        drafts += scene.drafts
    orders = Scene(people, end * _ORDERS[0])
    # Orders are written last: whoever orders is free at that time, or does not order.
    order_evening(orders, end * _ORDERS[1], members)
    yield from _numbered(_plain(sorted([*drafts, *orders.drafts], key=lambda one: one.at)))


def present(events: Iterable[Event]) -> Sequence[tuple[str, str]]:
    """(id, name) of everybody who does something and was there before it began, in order of appearance."""
    found: dict[str, tuple[str, bool]] = {}
    for event in events:
        found.setdefault(event.sender, (event.name, event.kind != "join"))
    return [(who, name) for who, (name, there) in found.items() if there]


def _plan(dice: random.Random, members: int, minutes: float) -> list[tuple[float, _Play]]:
    """(seconds, scene) in order of time: every sort of scene once where there is room, then by how often each comes."""
    many = max(3, round(minutes * (1.0 + min(members, 400) / 150)))
    sorts, weights = list(SCENES), list(SCENES.values())
    deck = [*sorts, *dice.choices(sorts, weights, k=max(0, many - len(sorts)))]
    if many < len(sorts):
        deck = dice.sample(sorts, many)
    dice.shuffle(deck)
    begins = sorted(dice.uniform(0, minutes * 60) for _ in deck)
    return list(zip(begins, deck, strict=True))


def _plain(drafts: list[Draft]) -> list[Draft]:
    """What would have two meanings, because something else came in between, is quoted or said in full."""
    for n, draft in enumerate(drafts):
        if draft.bare is None or draft.quotes is not None:
            continue
        if draft.clear:
            between = next((one for one in reversed(drafts[:n]) if one.gold.tag in _QUESTIONS | _ORDERING), None)
            # "+1" after a question asks the same; after an order it orders.
            if between is None or between.gold.tag not in _ORDERING:
                draft.text = draft.clear
        elif any(_may_mean(one, draft) for one in drafts[:n]):
            draft.quotes = draft.bare
    return drafts


def _may_mean(other: Draft, draft: Draft) -> bool:
    """Whether ``draft`` could be about this as well as about what it means."""
    topic = other.gold.tag in _QUESTIONS | {"picture", "offer", "order"}
    return topic and other is not draft.bare and draft.at - other.at < _OPEN and other.thread is not draft.bare


def _numbered(drafts: Sequence[Draft]) -> Iterator[Event]:
    ids = {id(draft): f"e{n}" for n, draft in enumerate(drafts, 1)}
    for draft in drafts:
        own = ids[id(draft)]
        thread = ids[id(draft.thread)] if draft.thread is not None else own
        joins = ids[id(draft.joins)] if draft.joins is not None else None
        yield Event(
            id=own,
            at=timedelta(seconds=round(draft.at, 1)),
            sender=draft.person.id,
            name=draft.person.name,
            kind=draft.kind,
            text=draft.text,
            at_bot=draft.at_bot,
            reply_to=ids[id(draft.quotes)] if draft.quotes is not None else None,
            mentions=draft.mentions,
            state=draft.state,
            gold=replace(draft.gold, thread=thread, joins=joins),
        )
