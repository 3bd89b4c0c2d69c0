"""Bells and live updates over a real Valkey."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from bot.adapters.embedded import Servers
from bot.motion import connection
from bot.motion.connection import Client
from bot.motion.due import DueQueue
from bot.motion.live import Bell, Live

LONG = 60.0


@asynccontextmanager
async def beside(*errands: "asyncio.Future[None] | object") -> AsyncIterator[None]:
    tasks = [asyncio.ensure_future(errand) for errand in errands]  # type: ignore[arg-type]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def subscribed(client: Client, channel: str) -> None:
    """Until the server knows of a subscriber."""
    async with asyncio.timeout(LONG):
        while not (await client.pubsub_numsub(channel))[0][1]:
            await asyncio.sleep(0)


async def test_a_bell_rings_when_its_queue_is_woken_given_back_or_rung_by_hand(
    client: Client, queues: dict[str, DueQueue]
) -> None:
    queue = queues["turn"]
    bell = Bell(client, queue.bell)
    async with beside(bell.run()), asyncio.timeout(LONG):
        await subscribed(client, queue.bell)
        await bell.wait(LONG)
        await queue.wake(["a"])
        await bell.wait(LONG)
        claims = await queue.claim(1, timedelta(seconds=30))
        await queue.postpone(claims.taken, timedelta())
        await bell.wait(LONG)
        bell.ring()
        await bell.wait(LONG)


async def test_a_bell_that_nobody_rings_ends_the_wait_by_itself(client: Client) -> None:
    await Bell(client, "nobody").wait(0)


async def test_a_page_hears_of_its_own_conversation_only(client: Client, live: Live) -> None:
    async with asyncio.timeout(LONG), live.listen("v1", "v2") as mine, live.listen("v9") as other, live.listen("*") as all_:
        await subscribed(client, "daogou:live")
        await asyncio.sleep(0)
        await live.tell(["v2", "v3"])
        await mine.wait()
        await all_.wait()
        assert not other.is_set()
    await live.tell([])


async def test_news_with_a_broken_body_do_not_deafen_anybody(client: Client, live: Live) -> None:
    async with asyncio.timeout(LONG), live.listen("v1") as mine:
        await subscribed(client, "daogou:live")
        await client.publish("daogou:live", b"not json")
        await client.publish("daogou:live", b"[1, {}]")
        async with asyncio.timeout(LONG):
            while not mine.is_set():
                await live.tell(["v1"])
                await asyncio.sleep(0.01)


async def test_after_a_lost_connection_news_are_heard_again(embedded: Servers, client: Client) -> None:
    async with connection.connected(embedded.redis_url) as own:
        live = Live(own)
        async with beside(live.run()), asyncio.timeout(LONG), live.listen("v1") as mine:
            await subscribed(client, "daogou:live")
            await client.client_kill_filter(_type="pubsub")
            mine.clear()
            while not mine.is_set():
                await live.tell(["v1"])
                await asyncio.sleep(0.01)


async def test_telling_without_a_server_is_no_fault() -> None:
    client = connection._client("redis://127.0.0.1:1/0")
    await Live(client).tell(["v1"])
    assert not await connection.alive(client)
    await client.aclose()
