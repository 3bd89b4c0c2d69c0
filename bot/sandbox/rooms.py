"""What the simulated rooms (DingTalk, Feishu, aibot) have in common: tokens that end, limits, mishaps, and who heard what."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from aiohttp import web

from bot.sandbox.body import object_of
from bot.sandbox.clock import Clock
from bot.sandbox.faults import Dice, Faults
from bot.sandbox.ids import Ids

Work = Callable[[web.Request], Awaitable[web.Response]]


@dataclass(frozen=True, slots=True)
class Heard:
    """One message of ours as the people of a room see it."""

    place: str
    """The group's id, or the person's in a talk of two."""
    kind: str
    text: str
    """What is read, names in place of ids."""
    mentions: tuple[str, ...]
    """Ids of those who are really named."""
    content: Mapping[str, object]
    id: str = ""


class Refused(Exception):  # noqa: N818  (an answer of the platform, no fault of the program)
    """The call is answered with an error: HTTP status and JSON body."""

    def __init__(self, body: Mapping[str, object], status: int = 200) -> None:
        super().__init__(str(body))
        self.body = body
        self.status = status


@dataclass
class Room:
    """Clock, chance, mishaps and memory of one simulated platform."""

    clock: Clock
    faults: Faults = field(default_factory=Faults)
    seed: int = 7
    heard: list[Heard] = field(default_factory=list)
    calls: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)
    """Paths and bodies of what was asked, the refused too."""

    def __post_init__(self) -> None:
        self.ids = Ids(self.seed)
        self.dice = Dice(self.seed)
        self._done: dict[str, deque[float]] = {}

    def falls(self, kind: str) -> bool:
        """Whether a mishap happens now."""
        return self.dice.falls(kind, getattr(self.faults, kind))

    def within(self, name: str, most: int, seconds: float) -> bool:
        """Whether one more of these is still within ``most`` in ``seconds``; it then counts."""
        now, done = self.clock.now(), self._done.setdefault(name, deque())
        while done and done[0] <= now - seconds:
            done.popleft()
        if len(done) >= most:
            return False
        done.append(now)
        return True

    def asked(self, path: str) -> list[Mapping[str, object]]:
        """Bodies of the calls to a path."""
        return [body for name, body in self.calls if name == path]

    def route(self, work: Work) -> Work:
        """A call with its mishaps: before it takes effect, or after, when its answer is lost."""

        async def handled(request: web.Request) -> web.Response:
            self.calls.append((request.path, await asked(request)))
            if self.falls("reset"):
                _cut(request)
            if self.falls("http_500"):
                return web.Response(status=502)
            try:
                answer = await work(request)
            except Refused as refused:
                return web.json_response(dict(refused.body), status=refused.status)
            if self.falls("timeout"):
                _cut(request)
            return answer

        return handled


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
    raise asyncio.CancelledError


async def asked(request: web.Request) -> Mapping[str, object]:
    """The JSON object of a call; an empty one for anything else."""
    return object_of(await request.read())


class Passes:
    """Access tokens: the same one while it is valid, as platforms give it."""

    def __init__(self, room: Room, life: float = 7200.0) -> None:
        """``life`` in seconds."""
        self._room = room
        self.life = life
        self._value = ""
        self._until = 0.0
        self.given = 0

    def give(self) -> tuple[str, float]:
        """The token and the seconds that it still lives."""
        now = self._room.clock.now()
        if not self.valid(self._value):
            self.given += 1
            self._value, self._until = self._room.ids.make("pass", 32), now + self.life
        return self._value, self._until - now

    def valid(self, token: str) -> bool:
        """Whether a token may be used; with the mishap it ends at this very call."""
        return bool(token) and token == self._value and self._room.clock.now() < self._until

    def used(self, token: str) -> bool:
        """The same at a call, where the mishap may end it."""
        if self._room.falls("token_expired"):
            self.expire()
        return self.valid(token)

    def expire(self) -> None:
        """End it before its time."""
        self._value = ""
