"""Who may be told what, and when: decided before anything is ranked."""

from collections.abc import Hashable
from datetime import date

from knowledge.model import Asker, Audience, Entry

Condition = tuple[Hashable, ...]


def eligible(entry: Entry, asker: Asker, on: date) -> bool:
    """True if the entry exists for this asker on this day, in the brand's zone; both ends of the window count."""
    return holds(entry, on) and fits(entry.audience, asker)


def holds(entry: Entry, on: date) -> bool:
    """True if the day is inside the entry's window."""
    begun = entry.valid_from is None or entry.valid_from <= on
    return begun and (entry.valid_until is None or on <= entry.valid_until)


def fits(audience: Audience, asker: Asker) -> bool:
    """True if the asker meets every condition; what we do not know of somebody meets none."""
    return (
        _within(asker.channel, audience.channels)
        and _within(asker.store, audience.stores)
        and _within(asker.level, audience.levels)
        and (not audience.regions or bool(audience.regions & asker.areas))
        and audience.guide in {"", asker.guide}
        and all(wanted & asker.tags.get(name, frozenset()) for name, wanted in audience.tags.items() if wanted)
    )


def condition(entry: Entry) -> Condition | None:
    """What decides on the entry, equal for entries that are told alike; None where it is told to everybody, always."""
    if entry.audience.specificity == 0 and entry.valid_from is None and entry.valid_until is None:
        return None
    who = entry.audience
    tags = frozenset((name, values) for name, values in who.tags.items())
    return who.channels, who.stores, who.levels, who.regions, who.guide, tags, entry.valid_from, entry.valid_until


def precedence(entry: Entry) -> tuple[int, bool]:
    """Which of several eligible answers to one question goes first: more conditions, then limited in time."""
    return entry.audience.specificity, entry.valid_from is not None or entry.valid_until is not None


def _within(value: str | None, wanted: frozenset[str]) -> bool:
    return not wanted or value in wanted
