"""The sandbox's time: the machine's own, or one that moves only when told."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count
from typing import Final, Protocol

EPOCH: Final = 1_767_225_600.0
"""Where virtual time starts: 2026-01-01 00:00 UTC."""

Act = Callable[[], None]


class Clock(Protocol):
    """Seconds since 1970, and something to be done later."""

    def now(self) -> float:
        """Seconds since 1970."""

    def call_later(self, seconds: float, act: Act) -> None:
        """Do it once, not before `seconds` have passed."""


class RealClock:
    """The machine's time; what is due later waits in the event loop."""

    def __init__(self, now: Callable[[], float], later: Callable[[float, Act], object]) -> None:
        """`now` gives seconds since 1970; `later(seconds, act)` is the loop's `call_later`."""
        self._now = now
        self._later = later

    def now(self) -> float:
        """Seconds since 1970."""
        return self._now()

    def call_later(self, seconds: float, act: Act) -> None:
        """Do it once, not before `seconds` have passed."""
        self._later(seconds, act)


class VirtualClock:
    """Time that stands still until `advance`; what falls due in between is done at its moment."""

    def __init__(self, start: float = EPOCH) -> None:
        """`start` in seconds since 1970."""
        self._start = start
        self._now = start
        self._order = count()
        self._due: list[tuple[float, int, Act]] = []

    def now(self) -> float:
        """Seconds since 1970."""
        return self._now

    def call_later(self, seconds: float, act: Act) -> None:
        """Do it once, when time has been advanced that far."""
        heapq.heappush(self._due, (self._now + max(seconds, 0.0), next(self._order), act))

    @property
    def waiting(self) -> int:
        """How many things are to be done later."""
        return len(self._due)

    def restart(self) -> None:
        """Back to the start; what was to be done later is forgotten."""
        self._now = self._start
        self._due.clear()

    def advance(self, seconds: float) -> None:
        """Let time pass; raises ValueError if it should run backwards."""
        if not 0 <= seconds < float("inf"):
            raise ValueError("time only runs forwards")
        until = self._now + seconds
        while self._due and self._due[0][0] <= until:
            self._now, _, act = heapq.heappop(self._due)
            act()
        self._now = until
