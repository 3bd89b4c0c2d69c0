"""What may go wrong, how often, and the seeded dice that decide it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Self

SECONDS = frozenset({"late_s", "slow_s", "timeout_s"})
"""Fields that are durations in seconds; `send_fail_type` is a number; all others are rates."""


@dataclass(frozen=True, slots=True)
class Faults:
    """Rates from 0 to 1, each for one kind of mishap, and how long the slow ones take."""

    late: float = 0.0
    """A callback comes `late_s` seconds late."""
    double: float = 0.0
    """A callback is delivered twice, although the first was answered."""
    reorder: float = 0.0
    """A callback waits and goes out after the next one."""
    lost: float = 0.0
    """A callback never comes."""
    token_expired: float = 0.0
    """The access token expires at this very call: 42001."""
    freq: float = 0.0
    """45009 although nothing was done too often."""
    busy: float = 0.0
    """-1, please try again."""
    http_500: float = 0.0
    """HTTP 502 without a body, before the call took effect."""
    reset: float = 0.0
    """The connection breaks before the call took effect."""
    timeout: float = 0.0
    """The call takes effect, the answer never comes: the connection breaks after `timeout_s`."""
    slow: float = 0.0
    """The answer takes `slow_s` seconds longer."""
    empty_page: float = 0.0
    """`sync_msg` answers with no message and `has_more` 1."""
    short_page: float = 0.0
    """`sync_msg` answers with fewer messages than asked for, and `has_more` 1."""
    send_fail: float = 0.0
    """A message is accepted, not delivered, and `msg_send_fail` follows."""
    late_s: float = 30.0
    slow_s: float = 1.0
    timeout_s: float = 6.0
    send_fail_type: int = 0
    """`fail_type` of that event; 0 is "unknown"."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """From the command line: `late=0.1,double=0.2,late_s=20`; raises ValueError in words."""
        pairs = [part.partition("=") for part in text.split(",") if part.strip()]
        return cls.of({name.strip(): value.strip() for name, _, value in pairs})

    @classmethod
    def of(cls, values: Mapping[str, object]) -> Self:
        """From names and numbers; raises ValueError naming what is unknown or out of range."""
        known = {field.name for field in fields(cls)}
        if unknown := sorted(values.keys() - known):
            raise ValueError(f"没有这种故障：{'、'.join(unknown)}；可用的有：{'、'.join(sorted(known))}")
        numbers = {name: _number(name, value) for name, value in values.items()}
        kind = int(numbers.pop("send_fail_type", 0))
        return cls(**numbers, send_fail_type=kind)

    def to_json(self) -> dict[str, float]:
        """Every field by its name."""
        return dict(asdict(self))


def _number(name: str, value: object) -> float:
    try:
        number = float(str(value))
    except ValueError:
        raise ValueError(f"{name} 要写数字，写的是 {value!r}") from None
    top = 3600.0 if name in SECONDS else 13.0 if name == "send_fail_type" else 1.0
    if not 0 <= number <= top:
        raise ValueError(f"{name} 要在 0 到 {top:g} 之间，写的是 {number:g}")
    return number


class Dice:
    """One seeded series per kind of fault: switching one on does not change the others' falls."""

    def __init__(self, seed: int) -> None:
        """A new series per kind."""
        self._seed = seed
        self._series: dict[str, random.Random] = {}

    def falls(self, kind: str, rate: float) -> bool:
        """Whether it happens now; a rate of 0 draws nothing."""
        return rate > 0 and self.draw(kind) < rate

    def draw(self, kind: str) -> float:
        """The next number of this kind, from 0 up to 1."""
        series = self._series.get(kind)
        if series is None:
            # Chance that must repeat itself, not a secret.
            series = self._series[kind] = random.Random(f"{self._seed}:{kind}")  # noqa: S311
        return series.random()
