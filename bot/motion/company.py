"""Who of a room is there, and who of them writes: two sorted sets a room. All of it may be lost; open pages tell again."""

from datetime import datetime

from bot.motion.connection import Client
from bot.motion.live import Live

HERE = 45.0
"""Seconds for which an open page counts as being there; it tells again every ``TELL``."""
TELL = 15.0
WRITING = 6.0
"""Seconds for which a keystroke counts (as in ``bot.motion.typing``)."""


async def here(client: Client, conversation: str, member: str, now: datetime) -> None:
    """Somebody's page is open."""
    await _told(client, _key("here", conversation), member, now.timestamp() + HERE)


async def attending(client: Client, conversation: str, now: datetime) -> frozenset[str]:
    """Ids of the members whose page is open."""
    found = await client.zrangebyscore(_key("here", conversation), now.timestamp(), "+inf")
    return frozenset(_words(one) for one in found)


async def writes(client: Client, live: Live, conversation: str, who: tuple[str, str], now: datetime) -> None:
    """A member, as (id, name), writes; pages hear of it when it begins."""
    key, told = _key("writing", conversation), f"{who[0]}\n{who[1]}"
    before = await client.zscore(key, told)
    await _told(client, key, told, now.timestamp() + WRITING)
    if before is None or before < now.timestamp():
        await live.tell([conversation])


async def stopped(client: Client, conversation: str, who: tuple[str, str]) -> None:
    """What they wrote was sent."""
    await client.zrem(_key("writing", conversation), f"{who[0]}\n{who[1]}")


async def writers(client: Client, conversation: str, now: datetime) -> tuple[tuple[str, str], ...]:
    """(id, name) of those who write now, whoever began last first."""
    found = await client.zrevrangebyscore(_key("writing", conversation), "+inf", now.timestamp())
    told = (_words(one).partition("\n") for one in found)
    return tuple((member, name) for member, _, name in told)


async def _told(client: Client, key: str, member: str, until: float) -> None:
    """Note it, and forget whoever is past; the set goes with the last of them."""
    await client.zadd(key, {member: until})
    await client.zremrangebyscore(key, "-inf", until - 2 * HERE)
    await client.expire(key, int(2 * HERE))


def _key(what: str, conversation: str) -> str:
    return f"daogou:{what}:{conversation}"


def _words(told: object) -> str:
    return told.decode() if isinstance(told, bytes) else str(told)
