"""Secrets that live for hours and are dear to fetch, shared by all processes: one fetches, the others wait for it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.motion.connection import MOTION_FAULTS, Client

Fetch = Callable[[], Awaitable[tuple[str, float]]]
"""Gives a fresh one and for how many seconds it may be used."""

_BRIEF = 1.0
"""Seconds that one question to Redis may take."""
_FETCHING_MS = 15_000
"""How long a fetch may take before another process tries it: longer than a call to a platform."""
_LOOK = 0.05
_FREE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


@dataclass(frozen=True, slots=True)
class _Kept:
    value: str
    until: float


class Tickets:
    """One value for each name, in Redis; where Redis is away each process fetches its own and keeps it."""

    def __init__(self, client: Client, owner: str) -> None:
        """``owner`` tells this process from the others."""
        self._client = client
        self._owner = owner
        self._free = client.register_script(_FREE)
        self._own: dict[str, _Kept] = {}
        self._fetching: dict[str, asyncio.Lock] = {}

    async def get(self, name: str, fetch: Fetch) -> str:
        """The value that is valid now. Raises what ``fetch`` raises."""
        async with self._fetching.setdefault(name, asyncio.Lock()):
            try:
                return await self._shared(name, fetch)
            except MOTION_FAULTS:
                return await self._alone(name, fetch)

    async def _shared(self, name: str, fetch: Fetch) -> str:
        async with asyncio.timeout(_FETCHING_MS / 1000 + _BRIEF):
            while True:
                async with asyncio.timeout(_BRIEF):
                    found = await self._client.get(_key(name))
                    if found is not None:
                        return _words(found)
                    mine = await self._client.set(_lock(name), self._owner, nx=True, px=_FETCHING_MS)
                if mine:
                    break
                await asyncio.sleep(_LOOK)
        return await self._fetched(name, fetch)

    async def _fetched(self, name: str, fetch: Fetch) -> str:
        try:
            found = await self._client.get(_key(name))  # somebody may have put it there just before we got the lock
            if found is not None:
                return _words(found)
            value, seconds = await fetch()
            self._own[name] = _Kept(value, time.monotonic() + seconds)
            await self._client.set(_key(name), value, px=max(1, round(seconds * 1000)))
            return value
        finally:
            await self._free(keys=[_lock(name)], args=[self._owner])

    async def _alone(self, name: str, fetch: Fetch) -> str:
        kept = self._own.get(name)
        if kept is None or time.monotonic() >= kept.until:
            value, seconds = await fetch()
            kept = self._own[name] = _Kept(value, time.monotonic() + seconds)
        return kept.value


def _words(found: bytes | str) -> str:
    return found if isinstance(found, str) else found.decode()


def _key(name: str) -> str:
    return f"daogou:{{ticket:{name}}}"


def _lock(name: str) -> str:
    return f"daogou:{{ticket:{name}}}:lock"
