"""A/B: which arm of an experiment a shopper is in. Nothing is stored: the arm follows from who the shopper is."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from scripts.scheduling import Window


@dataclass(frozen=True, slots=True)
class Experiment:
    """Wordings that are compared on shoppers who are split by chance."""

    id: str
    arms: tuple[tuple[str, float], ...]
    """(name, weight)."""
    begins: date | None = None
    ends: date | None = None
    """The last day, in the brand's zone."""
    measure: str = "answer"
    """What decides between the arms."""
    least: float | None = None
    """The smallest difference worth knowing, as a share; None: the program's own."""

    def running(self, moment: datetime | None) -> bool:
        """Whether shoppers are split at a moment in the brand's zone; without one only where no days are set."""
        return Window(self.begins, self.ends).open_at(moment)

    def arm_of(self, person: str) -> str:
        """The arm of a shopper: the same as long as id and arms stand, whatever order the arms are written in."""
        arms = sorted(self.arms)
        place = share(self.id, person) * sum(weight for _, weight in arms)
        for name, weight in arms:
            place -= weight
            if place < 0:
                return name
        return arms[-1][0]


def share(experiment: str, person: str) -> float:
    """Where a shopper stands in [0, 1), evenly spread over shoppers and independent between experiments (BLAKE2b, 64 bits)."""
    told = f"{experiment}\0{person}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(told, digest_size=8, person=b"daogou a/b").digest()) / 2**64
