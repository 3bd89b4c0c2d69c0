"""Values in a sentence: the workspace's names and a grammar of numbers, days and measures (INTENTS.md, Slots)."""

import re
from collections.abc import Iterator
from datetime import datetime

from intents.finding import Found, free
from intents.gazetteer import Gazetteer
from intents.model import Slot
from intents.normalize import Normalized
from intents.slots.ages import ages
from intents.slots.body import body
from intents.slots.dates import dates
from intents.slots.ids import ids
from intents.slots.money import budget
from intents.slots.negation import negated
from intents.slots.quantity import quantities
from intents.slots.sizes import sizes
from intents.slots.sums import sums

_DATED = re.compile(r"[0-9一二三四五六七八九十半天晚日早夜儿末底初周月年节夕秋旦午]|圣诞|国庆|清明|冬至|重阳|黑五|光棍")
"""Without one of these no day is said."""
_FIGURE = re.compile(r"[0-9一二两三四五六七八九十百千万半俩仨几]|满月|周岁")
"""Without one of these nothing is measured or counted."""
_WORN = re.compile(r"[SMLsml码]|NB")
"""Without one of these no size is said."""
_NEGATABLE = frozenset(
    (
        "category",
        "brand",
        "product",
        "concern",
        "skin_type",
        "audience",
        "color",
        "size",
        "material",
        "flavor",
        "scent",
        "city",
        "store",
    )
)


def find_slots(normalized: Normalized, gazetteer: Gazetteer, at: datetime | None) -> tuple[Slot, ...]:
    """The slots of a message by their place; offsets count characters of the original text.

    ``at`` is when the message was sent, in the brand's zone; without it days that lean on today are not resolved.
    """
    text = normalized.text
    measured = _measured(text, at)
    named = list(gazetteer.find(text))
    kept: list[Found] = []
    for found in measured:
        longer = any(n.start <= found.start and found.end <= n.end and n.end - n.start > found.end - found.start for n in named)
        if not longer:
            kept.append(found)
    kept += [name for name in named if free(name, kept)]
    return tuple(_slot(normalized, found) for found in sorted(kept, key=lambda one: (one.start, one.end, one.name)))


def _measured(text: str, at: datetime | None) -> list[Found]:
    """What the grammar finds; where two readings overlap the earlier kind wins, within a kind the longer."""
    kept: list[Found] = []
    for kind in _kinds(text, at):
        for found in sorted(kind, key=lambda one: (one.start - one.end, one.start)):
            if found.end > found.start and free(found, kept):
                kept.append(found)
    return kept


def _kinds(text: str, at: datetime | None) -> Iterator[Iterator[Found]]:
    """The parts of the grammar that may find something, the surest first."""
    figures, dated = _FIGURE.search(text) is not None, _DATED.search(text) is not None
    if figures:
        yield ids(text)
    if figures or _WORN.search(text):
        yield sizes(text)
    if figures:
        yield body(text)
        yield ages(text)
    if dated:
        yield dates(text, at)
    if figures:
        yield budget(text)
        yield sums(text)
        yield quantities(text)


def _slot(normalized: Normalized, found: Found) -> Slot:
    """A finding as a slot of the original message."""
    start, end = normalized.origin(found.start, found.end)
    excluded = found.name in _NEGATABLE and negated(normalized.text, found.start, found.end)
    return Slot(found.name, found.value, normalized.original[start:end], start, end, excluded)
