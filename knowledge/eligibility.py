"""Who may be told what, and when: decided before anything is ranked."""

from datetime import date

from knowledge.model import Asker, Audience, Entry


def eligible(entry: Entry, asker: Asker, on: date) -> bool:
    """Does the entry exist for this asker on this day (in the brand's zone)? Both ends of the window count."""
    return holds(entry, on) and fits(entry.audience, asker)


def holds(entry: Entry, on: date) -> bool:
    """Is the day inside the entry's window?"""
    begun = entry.valid_from is None or entry.valid_from <= on
    return begun and (entry.valid_until is None or on <= entry.valid_until)


def fits(audience: Audience, asker: Asker) -> bool:
    """Does the asker meet every condition? What we do not know of somebody meets none."""
    return (
        _within(asker.channel, audience.channels)
        and _within(asker.store, audience.stores)
        and _within(asker.level, audience.levels)
        and all(wanted & asker.tags.get(name, frozenset()) for name, wanted in audience.tags.items() if wanted)
    )


def restricted(entry: Entry) -> bool:
    """Is there anybody, or any day, for whom the entry does not exist?"""
    return entry.audience.specificity > 0 or entry.valid_from is not None or entry.valid_until is not None


def precedence(entry: Entry) -> tuple[int, bool]:
    """Which of several eligible answers to one question goes first: more conditions, then limited in time."""
    return entry.audience.specificity, entry.valid_from is not None or entry.valid_until is not None


def _within(value: str | None, wanted: frozenset[str]) -> bool:
    return not wanted or value in wanted
