"""The group order (接龙) of an evening: an offer, orders by word and by re-pasted list, edits, cancels; with the true ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.sandbox import groups_words as words
from bot.sandbox.groups_material import Good
from bot.sandbox.groups_model import Event, Gold
from bot.sandbox.groups_people import Person
from bot.sandbox.groups_scenes import Draft, Scene

_RELAYED, _EDITED, _CANCELLED = 0.25, 0.2, 0.08
"""How often an order is a re-pasted list, is changed later, is taken back later."""
_SHARE: Final = 0.07
"""Of the members so many order."""


@dataclass(slots=True)
class _Book:
    """What everybody has ordered so far, in the order in which they came."""

    offer: Draft
    good: Good
    counts: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def gold(self, tag: str, person: Person, count: int) -> Gold:
        self.counts[person.id] = count
        self.names[person.id] = person.name
        return Gold(tag, "order", sku=self.good.sku, count=count)

    def pasted(self, person: Person, count: int) -> str:
        """The list as somebody pastes it who adds a line."""
        held = {**self.counts, person.id: count}
        names = {**self.names, person.id: person.name}
        lines = [f"{names[who]} {many}{self.good.unit}" for who, many in held.items() if many]
        head = ["#接龙", f"{self.good.name} {_yuan(self.good.price)}元/{self.good.unit}"]
        return "\n".join([*head, *(f"{n}. {line}" for n, line in enumerate(lines, 1))])


def order_evening(scene: Scene, until: float, members: int) -> None:
    """From the offer to the last change before ``until`` (seconds)."""
    dice = scene.crowd.dice
    good = dice.choice(scene.crowd.material.goods)
    offer = scene.does(
        dice.choice(scene.crowd.guides),
        Gold("offer", "silent", sku=good.sku),
        words.OFFER.format(good=good.name, price=_yuan(good.price), unit=good.unit),
    )
    book = _Book(offer, good)
    many = max(2, round(members * _SHARE))
    for moment in sorted(dice.uniform(scene.now + 10, until) for _ in range(many)):
        scene.now = max(moment, scene.now + 1)
        changes = [who for who, count in book.counts.items() if count]
        if len(changes) > 1 and dice.random() < _EDITED + _CANCELLED:
            _change(scene, book, dice.choice(changes))
        else:
            _order(scene, book)


def _order(scene: Scene, book: _Book) -> None:
    dice = scene.crowd.dice
    person = scene.crowd.pick("orderer", scene.now)
    if person is None or person.id in book.counts:
        return
    count = dice.choices((1, 2, 3, 5), (5, 3, 2, 1))[0]
    clear = f"要{count}{book.good.unit}{book.good.name}"
    if book.counts and dice.random() < _RELAYED:
        text = book.pasted(person, count)
    else:
        text = dice.choice(words.WANTS).format(n=count, unit=book.good.unit, good=book.good.name)
    said = scene.does(person, book.gold("order", person, count), text)
    if book.good.name not in text:
        said.bare, said.clear = book.offer, clear


def _change(scene: Scene, book: _Book, who: str) -> None:
    """Somebody who ordered wants another number, or nothing."""
    dice = scene.crowd.dice
    person = next(one for one in scene.crowd.people if one.id == who)
    if scene.crowd.busy.get(who, 0.0) > scene.now:
        return
    if dice.random() < _CANCELLED / (_EDITED + _CANCELLED):
        text, clear, tag, count = dice.choice(words.CANCELS), f"{book.good.name}我不要了，取消", "cancel", 0
    else:
        count, tag = dice.choice([n for n in (1, 2, 3, 4) if n != book.counts[who]]), "edit"
        text = dice.choice(words.EDITS).format(n=count, unit=book.good.unit)
        clear = f"我的{book.good.name}改成{count}{book.good.unit}"
    said = scene.does(person, book.gold(tag, person, count), text)
    said.bare, said.clear = book.offer, clear


def _yuan(price: float) -> str:
    return f"{price:g}"


def ordered(events: Iterable[Event]) -> Mapping[tuple[str, str], int]:
    """The true ledger of an evening: (name, sku) → how many; nothing with 0."""
    held: dict[tuple[str, str], int] = {}
    for event in events:
        if event.gold is not None and event.gold.tag in {"order", "edit", "cancel"}:
            held[event.name, event.gold.sku] = event.gold.count
    return {key: count for key, count in held.items() if count}
