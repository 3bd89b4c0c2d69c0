"""What the parts of the grammar hand to each other: a value found in a normalised sentence."""

from collections.abc import Iterable
from dataclasses import dataclass

from intents.model import Value


@dataclass(frozen=True, slots=True)
class Found:
    """A value and its span in the normalised text."""

    name: str
    value: Value
    start: int
    end: int


def free(found: Found, taken: Iterable[Found]) -> bool:
    """Whether a finding overlaps none that is already there."""
    return all(found.end <= other.start or found.start >= other.end for other in taken)
