"""Numbers out of lists of waits: nearest-rank percentiles, and how they are written. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Waits:
    """How long something took, in seconds."""

    n: int
    p50: float
    p95: float
    p99: float
    worst: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Waits":
        """Nearest rank; NaN where there are none."""
        rising = sorted(seconds)

        def rank(share: float) -> float:
            return rising[min(int(share * len(rising)), len(rising) - 1)] if rising else float("nan")

        return cls(len(rising), rank(0.5), rank(0.95), rank(0.99), rank(1.0))

    def __str__(self) -> str:
        return f"p50 {ms(self.p50)} ms, p99 {ms(self.p99)} ms"


def ms(seconds: float) -> str:
    """Milliseconds with as many digits as mean something."""
    value = seconds * 1000
    return f"{value:.0f}" if value >= 10 or value != value else f"{value:.1f}"  # noqa: PLR0124  (NaN)


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return Waits.of(values).p50
