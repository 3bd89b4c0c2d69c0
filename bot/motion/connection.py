"""Connections to Redis or Valkey: a single server or a cluster, found out by asking it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeAlias, cast

from redis.asyncio import Redis, RedisCluster
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import RedisError

from bot.errors import SettingsError

Client: TypeAlias = Redis
"""The commands we use are the same on both; the cluster client is cast to this."""

MOTION_FAULTS = (RedisError, ConnectionError, OSError, TimeoutError)
"""What a restarted or unreachable Redis looks like from here: motion waits, facts stay safe."""


def _client(url: str) -> Redis:
    try:
        return Redis.from_url(
            url, retry=Retry(ExponentialBackoff(cap=0.5, base=0.02), 3), socket_timeout=10, socket_connect_timeout=5
        )
    except ValueError as error:
        raise SettingsError("DAOGOU_REDIS_URL 不是一个 Redis/Valkey 地址，应形如 redis://主机:6379/0") from error


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Client]:
    """A client that is closed at the end; where the server says that it is part of a cluster, a cluster client."""
    client = _client(url)
    try:
        cluster = await client.info("cluster")
        if cluster.get("cluster_enabled"):
            await client.aclose()
            client = cast("Redis", RedisCluster.from_url(url))
        yield client
    finally:
        await client.aclose()


async def alive(client: Client) -> bool:
    """Whether Redis answers."""
    try:
        await client.ping()
    except MOTION_FAULTS:
        return False
    return True
