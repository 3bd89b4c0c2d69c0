"""How often somebody may call: fixed windows counted in Redis; where Redis is away nobody is hindered."""

import asyncio
from dataclasses import dataclass

from bot import metrics
from bot.errors import BadRequestError
from bot.motion.connection import MOTION_FAULTS, Client

_COUNT = """
local n = redis.call('INCR', KEYS[1])
if n == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {n, redis.call('PTTL', KEYS[1])}
"""
_BRIEF = 0.5
"""Seconds that counting may take."""


@dataclass(frozen=True, slots=True)
class Rate:
    """At most ``most`` calls in ``seconds``."""

    what: str
    most: int
    seconds: float


TALK = Rate("talk", 30, 10)
"""Messages in one conversation: faster than anybody types, slower than a script floods."""
CREATE = Rate("create", 60, 60)
"""New conversations from one address."""
ENTER = Rate("enter", 60, 60)
"""People who come into rooms by invitation from one address."""
DOOR = Rate("door", 10, 300)
"""Leaving and coming back of one member."""
LOOKS = Rate("looks", 60, 60)
"""Looks of one member at the list of members, and of one address at a room's door."""
TAPS = Rate("taps", 60, 60)
"""Taps on cards and links of one conversation."""
FEED = Rate("events", 120, 60)
"""Deliveries of events from one address, of up to a thousand events each."""
SIDEBAR = Rate("sidebar", 120, 60)
"""Signatures and look-ups of contacts for one account of ours."""
TYPING = Rate("typing", 5, 5)
"""Signs that somebody writes, in one talk: one a second."""
SEARCH = Rate("search", 30, 30)
"""Searches of one account."""
EXPORT = Rate("export", 30, 60)
"""Tables written out for one account."""
LOGIN_NAME = Rate("login-name", 10, 900)
"""Wrong passwords for one name."""
LOGIN_ADDRESS = Rate("login-address", 30, 900)
"""Wrong passwords from one address."""


class TooManyError(BadRequestError):
    """Too many calls; ``wait`` says in seconds when the next one may pass."""

    def __init__(self, wait: int) -> None:
        super().__init__(f"太频繁了，请 {wait} 秒后再试", status=429, code="too_many")
        self.wait = wait


class Limiter:
    """Counts callers."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._script = client.register_script(_COUNT)

    async def count(self, rate: Rate, who: str) -> None:
        """Count one call.

        Raises:
            TooManyError: there were too many.
        """
        try:
            async with asyncio.timeout(_BRIEF):
                n, left = await self._script(keys=[_key(rate, who)], args=[round(rate.seconds * 1000)])
        except MOTION_FAULTS:
            metrics.FAULTS.labels(where="redis").inc()
            return
        if n > rate.most:
            raise TooManyError(max(1, -(-int(left) // 1000)))

    async def forget(self, rate: Rate, who: str) -> None:
        """Start from zero: the right password was given."""
        try:
            async with asyncio.timeout(_BRIEF):
                await self._client.delete(_key(rate, who))
        except MOTION_FAULTS:
            metrics.FAULTS.labels(where="redis").inc()


def _key(rate: Rate, who: str) -> str:
    return f"daogou:rate:{rate.what}:{who}"
