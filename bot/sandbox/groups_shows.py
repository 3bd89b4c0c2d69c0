"""The groups that are being played, or were: begun from a script, from a seed or empty, and acted in by hand."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Final

import aiohttp

from bot.sandbox.errors import ActRefusedError
from bot.sandbox.groups_cast import ASSISTANT, EVERYBODY, Event, Kind, Material, evening, present
from bot.sandbox.groups_ledger import Book, Line
from bot.sandbox.groups_platforms import ACCOUNT, PLACES, Hook
from bot.sandbox.groups_player import Place, PlaceError, RealPace, act, listen, play, settle
from bot.sandbox.groups_rooms import PLATFORMS, Rooms
from bot.sandbox.groups_script import read_script
from bot.sandbox.groups_web import HOUSE, WebPlace

MOST: Final = 20
"""Groups that are kept; the oldest that are over go first."""
_LARGEST, _LONGEST = 500, 240
"""Members and minutes of an evening out of a seed."""
_IDLE: Final = 1.0
"""Seconds between two looks at a group in which nothing is played."""
_KEPT: Final = 1800.0
"""Seconds for which a group is listened to after its last event."""
Told = Callable[[str], None]
"""Called with the id of a group that has something new."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What shall be played, and where; without a script and a seed the group waits for what is said by hand."""

    platform: str = "web"
    name: str = ""
    script: str = ""
    """The text of a script."""
    seed: int | None = None
    members: int = 30
    minutes: float = 10.0
    speed: float = 1.0
    """So many times as fast as life; 0: without any pauses."""


@dataclass(slots=True)
class Show:
    """One group."""

    id: str
    name: str
    place: Place
    events: Sequence[Event]
    speed: float
    book: Book = field(default_factory=Book)
    standing: str = "opening"
    """opening, playing, waiting (for the last answers), over, failed"""
    fault: str = ""
    people: list[tuple[str, str]] = field(default_factory=list)
    """(id, name) of those who are in the group now."""
    over: asyncio.Event = field(default_factory=asyncio.Event)
    _by_hand: int = 0

    def follow(self, event: Event) -> None:
        """Keep who is there."""
        one = (event.sender, event.name)
        if event.kind == "leave":
            self.people = [other for other in self.people if other != one]
        elif one not in self.people:
            self.people.append(one)

    def next_id(self) -> str:
        """An id for something that is done by hand."""
        self._by_hand += 1
        return f"h{self._by_hand}"

    def summary(self) -> dict[str, object]:
        """For the page: how it stands."""
        told = sum(line.event is not None and not line.event.id.startswith("h") for line in self.book.lines)
        return {
            "id": self.id,
            "name": self.name,
            "platform": self.place.platform,
            "standing": self.standing,
            "fault": self.fault,
            "events": len(self.events),
            "played": told,
            "people": [name for _, name in self.people],
            "figures": self.book.figures(),
            "findings": [one.to_json() for one in self.book.findings()],
        }

    def to_json(self, after: int = 0) -> dict[str, object]:
        """The same with the lines above a number; those below it that changed come by their findings."""
        return self.summary() | {"lines": [line.to_json() for line in self.book.lines if line.n > after]}


class Shows:
    """All groups of one sandbox."""

    def __init__(self, http: aiohttp.ClientSession, rooms: Rooms, told: Told = lambda _: None) -> None:
        """``told`` is called whenever a group has something new."""
        self.house = HOUSE
        self.material: Callable[[], Material] = Material
        self.rooms = rooms
        self._http = http
        self._told = told
        self._numbers = count(1)
        self._shows: dict[str, Show] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def all(self) -> Sequence[Show]:
        """The newest first."""
        return list(reversed(self._shows.values()))

    def show(self, id_: str) -> Show:
        """One of them; raises ActRefusedError."""
        if id_ not in self._shows:
            raise ActRefusedError("没有这个群，可能沙盘重开过")
        return self._shows[id_]

    async def begin(self, wish: Wish) -> Show:
        """Start a group; it goes on by itself. Raises ScriptError with all faults of the script, ActRefusedError."""
        if wish.platform not in PLATFORMS:
            raise ActRefusedError(f"platform 要写 {'、'.join(PLATFORMS)}")
        if not 0 <= wish.speed <= 1000:
            raise ActRefusedError("speed 要在 0 到 1000 之间；0 是不停顿")
        name, events, assistant = await self._written(wish)
        number = next(self._numbers)
        called = wish.name.strip()[:50] or name or f"沙盘群{number}"
        show = Show(f"g{number}", called, self._place(wish.platform, assistant), events, wish.speed)
        self._shows[show.id] = show
        self._tasks[show.id] = asyncio.create_task(self._run(show))
        self._make_room()
        return show

    async def _written(self, wish: Wish) -> tuple[str, Sequence[Event], str]:
        """Name of the group, what happens in it, and what the assistant is called in that."""
        if wish.script:
            script = read_script(wish.script)
            return script.group, script.events, script.assistant
        material = await asyncio.to_thread(self.material)
        if wish.seed is None:
            return "", (), material.assistant
        if not (4 <= wish.members <= _LARGEST and 0 < wish.minutes <= _LONGEST):
            raise ActRefusedError(f"members 要在 4 到 {_LARGEST} 之间，minutes 最多 {_LONGEST}")
        return f"种子{wish.seed}的群", list(evening(wish.seed, wish.members, wish.minutes, material)), material.assistant

    def _place(self, platform: str, assistant: str) -> Place:
        if platform == "web":
            return WebPlace(self._http, self.house, scripted=assistant)
        hook = Hook(self._http, f"{self.house.rstrip('/')}/hooks/{platform}/{ACCOUNT}")
        return PLACES[platform](hook, self.rooms[platform], assistant)

    def _make_room(self) -> None:
        for old in [one for one in self._shows.values() if one.over.is_set()]:
            if len(self._shows) <= MOST:
                return
            del self._shows[old.id]
            self._tasks.pop(old.id).cancel()

    async def _run(self, show: Show) -> None:
        def told() -> None:
            self._told(show.id)

        try:
            there = present(show.events)
            show.people = list(there)
            await show.place.open(show.name, there)
            show.book.there(there)
            show.standing = "playing"
            told()
            pace = RealPace(show.speed, time.monotonic)
            await play(_followed(show), show.place, pace, show.book, told)
            if show.events:
                show.standing = "waiting"
                told()
                await settle(show.place, pace, show.book, told)
            show.standing = "over"
            show.over.set()
            told()
            await self._listen_on(show)
        except PlaceError as error:
            show.standing, show.fault = "failed", str(error)
        finally:
            show.over.set()
            told()

    async def _listen_on(self, show: Show) -> None:
        """For what is said by hand."""
        while show.place.now() - (show.book.lines[-1].at if show.book.lines else show.place.now()) < _KEPT:
            await asyncio.sleep(_IDLE)
            await listen(show.place, show.book, lambda: self._told(show.id))

    async def by_hand(self, id_: str, event: Event) -> Line:
        """A member does something now; the event's id and time are filled in. Raises ActRefusedError."""
        show = self.show(id_)
        if show.standing in {"opening", "failed"}:
            raise ActRefusedError(show.fault or "群还没建好，稍等一下")
        try:
            line = await act(event, show.place, show.book)
        except PlaceError as error:
            raise ActRefusedError(str(error)) from error
        show.follow(event)
        self._told(id_)
        return line

    def made(self, id_: str, name: str, kind: Kind, told: Mapping[str, str]) -> Event:
        """Something done by hand as an event: ``told`` may have text, line (quoted or taken back), state.

        Raises:
            ActRefusedError: with words for whoever did it.
        """
        show = self.show(id_)
        here = {called: who for who, called in show.people}
        if kind == "join" and name in here:
            raise ActRefusedError(f"{name} 已经在群里了")
        if kind != "join" and name not in here:
            raise ActRefusedError(f"{name} 不在群里，先让他进群")
        text = told.get("text", "")
        if kind == "text" and not text.strip():
            raise ActRefusedError("要写点内容才能发")
        mentions = _named(text, show.place.scripted, here)
        return Event(
            show.next_id(), timedelta(), here.get(name, name), name, kind, text[:2000], ASSISTANT in mentions,
            _line(show, kind, name, told.get("line", "")), mentions, told.get("state", "")[:64],
        )  # fmt: skip

    async def stop(self, id_: str) -> None:
        """End a group; its lines stay."""
        show = self.show(id_)
        self._tasks[id_].cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._tasks[id_]
        if show.standing != "failed":
            show.standing = "over"
        self._told(id_)

    async def close(self) -> None:
        """End them all."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)


def _followed(show: Show) -> Iterator[Event]:
    """The events; once one is played, it is known who is there."""
    for event in show.events:
        yield event
        show.follow(event)


def _named(text: str, assistant: str, here: Mapping[str, str]) -> tuple[str, ...]:
    """Whom the words name by @."""
    names = {assistant: ASSISTANT, "助手": ASSISTANT, "所有人": EVERYBODY, **here}
    return tuple(dict.fromkeys(who for name, who in names.items() if name and (f"@{name}" in text or f"＠{name}" in text)))


def _line(show: Show, kind: str, name: str, told: str) -> str | None:
    """The event behind a line of the stream that is quoted or taken back."""
    if not told:
        if kind == "recall":
            raise ActRefusedError("没写撤回哪一行")
        return None
    line = next((one for one in show.book.lines if str(one.n) == told), None)
    if line is None or (line.event is None and line.by != "bot"):
        raise ActRefusedError("没有这一行")
    if kind == "recall" and (line.name != name or line.recalled_at is not None):
        raise ActRefusedError("只能撤回自己还没撤回的话")
    return ASSISTANT if line.event is None else line.event.id
