"""Who is at their desk: the last sign of life of each guide. All of it may be lost; open desks give another within a minute."""

from datetime import datetime

from bot.motion.connection import Client

KEY = "daogou:presence"
"""Hash in Redis: guide → unix seconds of the last sign of life."""
WITHIN = 180
"""Seconds for which a sign of life counts: three times that of an open desk, so that one lost call sends nobody away."""
_STALE = 24 * 3600
"""Seconds after which somebody is left out of the hash."""


async def seen(client: Client, guide: str, now: datetime) -> None:
    """A guide's desk is open, or they were heard of on a platform."""
    await client.hset(KEY, guide, int(now.timestamp()))


async def left(client: Client, guide: str) -> None:
    """A guide signed out: nobody is at that desk."""
    await client.hdel(KEY, guide)


async def present(client: Client, now: datetime, within: int = WITHIN) -> frozenset[str]:
    """The guides of whom there was a sign of life within so many seconds; forgets those of whom there was none for a day."""
    moment = now.timestamp()
    found = {_words(who): int(at) for who, at in (await client.hgetall(KEY)).items()}
    gone = [who for who, at in found.items() if moment - at > _STALE]
    if gone:
        await client.hdel(KEY, *gone)
    return frozenset(who for who, at in found.items() if abs(moment - at) <= within)


def _words(told: bytes | str) -> str:
    return told.decode() if isinstance(told, bytes) else told
