"""``/api/desk/events``: what an open desk hears without asking. It looks when something happened, or every five seconds."""

import asyncio
import contextlib

from aiohttp import web

from bot.db import desk, desk_alerts, desk_me
from bot.front import accounts, stream
from bot.front import desk_shown as shown
from bot.front.context import Front
from bot.front.desk import listed
from bot.motion import presence, typing
from bot.motion.connection import MOTION_FAULTS

_CALM = 2.0
"""Seconds between two looks at the list, however much goes on elsewhere; the open talk is looked at without that wait."""
_PAUSE = 0.2
_BEAT = 60.0
"""Seconds between two signs of life of whoever sits there."""


async def events(request: web.Request) -> web.StreamResponse:
    """``GET /api/desk/events?conversation=&with=``: events ``queue``, ``talk``, ``typing`` (of the open talk) and ``alert``."""
    front, who, _ = await shown.entered(request)
    conversation = request.query.get("conversation", "")
    if conversation:
        await desk.place(front.engine, who, conversation)
    look = _Look(request, front, conversation)
    async with front.live.listen(*([conversation] if conversation else [])) as urgent:
        look.urgent = urgent
        return await stream.serve(request, front.live, ("*",), look.news, pause=_PAUSE)


class _Look:
    """What one open desk has seen."""

    def __init__(self, request: web.Request, front: Front, conversation: str) -> None:
        self.urgent = asyncio.Event()
        self._request = request
        self._front = front
        self._conversation = conversation
        self._bots = request.query.get("with") == "bot"
        self._moved: object = None
        self._list: dict[str, object] = {}
        self._talk: object = None
        self._typing = False
        self._rung = 0
        self._looked = self._beat = float("-inf")

    async def news(self) -> list[stream.Event]:
        """Whatever changed since the last look; raises BadRequestError once whoever looks may do so no more."""
        await self._calm()
        who = await accounts.user(self._request, *shown.STAFF)
        await self._sign_of_life(who.guide)
        found: list[stream.Event] = []
        now = self._front.clock.now()
        moved, newest = await desk_me.moved(self._front.engine, who, now, self._rung)
        if moved != self._moved or self._bots:
            self._moved = moved
            told = await listed(self._front, who, bots=self._bots)
            if _lasting(told) != self._list:
                self._list = _lasting(told)
                found.append(stream.Event(told, name="queue"))
        if newest > self._rung:
            rings = await desk_alerts.since(self._front.engine, who, self._rung, now)
            found += [stream.Event(shown.alert(one), name="alert") for one in rings]
            self._rung = newest
        if self._conversation:
            mark = await desk.mark(self._front.engine, who, self._conversation)
            if not mark:
                await desk.place(self._front.engine, who, self._conversation)  # says that it is not theirs to see any more
            if mark != self._talk:
                self._talk = mark
                found.append(stream.Event({"conversation": self._conversation}, name="talk"))
            found += await self._typists()
        return found

    async def _calm(self) -> None:
        """Let a moment pass since the last look, unless the open talk itself has news."""
        loop = asyncio.get_running_loop()
        left = self._looked + _CALM - loop.time()
        if left > 0:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self.urgent.wait()
        self.urgent.clear()
        self._looked = loop.time()

    async def _sign_of_life(self, guide: str | None) -> None:
        at = asyncio.get_running_loop().time()
        if guide is None or at < self._beat + _BEAT:
            return
        self._beat = at
        with contextlib.suppress(*MOTION_FAULTS):
            await presence.seen(self._front.client, guide, self._front.clock.now())

    async def _typists(self) -> list[stream.Event]:
        on = self._typing
        with contextlib.suppress(*MOTION_FAULTS):
            on = "shopper" in await typing.typists(self._front.client, self._conversation)
        if on == self._typing:
            return []
        self._typing = on
        return [stream.Event({"conversation": self._conversation, "shopper": on}, name="typing")]


def _lasting(told: dict[str, object]) -> dict[str, object]:
    """The list without what changes with every second: a page counts on by itself."""
    kept = dict(told)
    for name in ("places", "bot"):
        some = kept.get(name)
        if isinstance(some, list):
            kept[name] = [{key: value for key, value in one.items() if key != "waited_s"} for one in some]
    return kept
