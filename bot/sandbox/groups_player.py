"""Plays events into a group on some platform and keeps the ledger; the pace is the caller's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Final, Protocol

from bot.sandbox.groups_ledger import Book, Line, Reply
from bot.sandbox.groups_model import Event

Told = Callable[[], None]
"""Called whenever the ledger has something new."""

PATIENCE: Final = timedelta(seconds=45)
"""So long after the last event answers are waited for: the time that is left to guides, and some more."""


class PlaceError(Exception):
    """The group cannot be played there; its text says why, in words for people."""


class StepRefusedError(PlaceError):
    """The platform did not take one thing that a member did; the others go on."""


class Place(Protocol):
    """A group on a platform."""

    platform: str
    scripted: str
    """What the events call the assistant."""

    async def open(self, name: str, people: Sequence[tuple[str, str]]) -> None:
        """Make the group with these (id, name) in it; raises PlaceError."""

    async def act(self, event: Event) -> bool:
        """Let a member do something; whether the platform shows it to the assistant. Raises PlaceError, StepRefusedError."""

    async def hear(self) -> Sequence[Reply]:
        """What the assistant has said since the last time, oldest first; raises PlaceError."""

    def now(self) -> float:
        """Seconds since 1970, on the clock by which replies are stamped."""


class Pace(Protocol):
    """How the time of an evening passes."""

    look: float
    """Seconds between two looks at what the assistant said."""

    def left(self, moment: timedelta) -> float:
        """Seconds until that moment of the evening; 0 or less once it is there."""

    async def wait(self, seconds: float) -> None:
        """Let so many seconds pass."""


class RealPace:
    """The machine's time, ``speed`` times as fast; with 0 nothing waits until the last event is over."""

    look = 0.5

    def __init__(self, speed: float, now: Callable[[], float]) -> None:
        """``now``: seconds on a clock that never runs back; the evening begins at the first look."""
        self._speed, self._now = speed, now
        self._start: float | None = None
        self._ended: float | None = None

    def left(self, moment: timedelta) -> float:
        """See ``Pace``."""
        now = self._now()
        if self._start is None:
            self._start = now
        return 0.0 if self._speed <= 0 else self._start + moment.total_seconds() / self._speed - now

    async def wait(self, seconds: float) -> None:
        """See ``Pace``."""
        await asyncio.sleep(seconds)


async def play(events: Iterable[Event], place: Place, pace: Pace, book: Book, told: Told = lambda: None) -> None:
    """Everything in its time; the answers in between are in the ledger as they come. Raises PlaceError."""
    for event in events:
        while (left := pace.left(event.at)) > 0:
            await pace.wait(min(left, pace.look))
            await listen(place, book, told)
        await act(event, place, book)
        told()
        await listen(place, book, told)


async def act(event: Event, place: Place, book: Book) -> Line:
    """One thing that a member does, with its line in the ledger. Raises PlaceError."""
    line = book.did(event, place.now())
    try:
        line.unheard = not await place.act(event)
    except StepRefusedError as error:
        line.unheard = True
        book.refused(line, str(error))
    return line


async def settle(place: Place, pace: Pace, book: Book, told: Told = lambda: None, patience: timedelta = PATIENCE) -> None:
    """Wait for the last answers, always in the platform's own time: a guide is left as long as ever. Raises PlaceError."""
    waited = 0.0
    while waited < patience.total_seconds():
        await pace.wait(pace.look)
        waited += pace.look
        await listen(place, book, told)
    book.close()
    told()


async def listen(place: Place, book: Book, told: Told = lambda: None) -> None:
    """Put what the assistant said into the ledger."""
    heard = await place.hear()
    for reply in heard:
        book.heard(reply)
    if heard:
        told()
