"""Live updates: a word that something happened in a conversation, for whoever has a page open. Lost words do no harm."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import orjson

from bot.motion.connection import MOTION_FAULTS, Client

_CHANNEL = "daogou:live"


class Live:
    """One subscription a process, fanned out to the pages that are open here."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._listeners: set[tuple[frozenset[str], asyncio.Event]] = set()

    async def tell(self, conversations: Sequence[str]) -> None:
        """Say that something is new in these conversations; a failure is ignored, pages also look by themselves."""
        if conversations:
            with contextlib.suppress(*MOTION_FAULTS):
                await self._client.publish(_CHANNEL, orjson.dumps(sorted(set(conversations))))

    @asynccontextmanager
    async def listen(self, *conversations: str) -> AsyncIterator[asyncio.Event]:
        """An event that is set when one of these conversations (or ``*``: any) has news."""
        entry = (frozenset(conversations), asyncio.Event())
        self._listeners.add(entry)
        try:
            yield entry[1]
        finally:
            self._listeners.discard(entry)

    async def run(self) -> None:
        """Hear and fan out until cancelled; connects again after faults."""
        while True:
            with contextlib.suppress(*MOTION_FAULTS):
                async with self._client.pubsub() as subscription:
                    await subscription.subscribe(_CHANNEL)
                    while True:
                        message = await subscription.get_message(ignore_subscribe_messages=True, timeout=5)
                        if message is not None:
                            self._ring(_named(message["data"]))
            self._ring(None)
            await asyncio.sleep(0.5)

    def _ring(self, conversations: frozenset[str] | None) -> None:
        for wanted, event in self._listeners:
            if conversations is None or "*" in wanted or wanted & conversations:
                event.set()


def _named(body: bytes) -> frozenset[str]:
    """The conversations that a word names; none for what another program may have said on our channel."""
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        return frozenset()
    return frozenset(one for one in told if isinstance(one, str)) if isinstance(told, list) else frozenset()


class Bell:
    """Wakes a role that waits for its queue: rung by the queue, and at the latest when the next member is due."""

    def __init__(self, client: Client, channel: str) -> None:
        self._client = client
        self._channel = channel
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake the waiting loop from inside the process."""
        self._rung.set()

    async def wait(self, longest: float) -> None:
        """Until rung, or ``longest`` seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(longest, 0.001)):
                await self._rung.wait()
        self._rung.clear()

    async def run(self) -> None:
        """Hear the queue's channel until cancelled."""
        while True:
            with contextlib.suppress(*MOTION_FAULTS):
                async with self._client.pubsub() as subscription:
                    await subscription.subscribe(self._channel)
                    self.ring()
                    while True:
                        message = await subscription.get_message(ignore_subscribe_messages=True, timeout=5)
                        if message is not None:
                            self.ring()
            self.ring()
            await asyncio.sleep(0.2)
