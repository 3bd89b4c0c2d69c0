"""From a word in each room to the answer in it: door, worker and courier on real servers, and the platform at both ends."""

import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.courier import Courier
from bot.motion.connection import Client
from bot.motion.due import DueQueue
from bot.motion.live import Live
from bot.sandbox.rooms import Room
from bot.sandbox.rooms_aibot import AibotRoom
from bot.sandbox.rooms_dingtalk import DingTalkRoom
from bot.sandbox.rooms_feishu import FeishuRoom
from bot.services import FixedShelf
from bot.worker import Worker
from tests.conftest import ManualClock
from tests.front.rooms_door import RoomDoor, opened

from rooms_rig import RoomClock  # isort: skip

sys.path.append(str(Path(__file__).parents[1] / "unit" / "bot"))

from bot_rooms import services

LEASE = timedelta(seconds=30)


async def said(door: RoomDoor[Room], words: str) -> None:
    """A talk of two: the platform posts it, and believes that it was taken."""
    room = door.room
    if isinstance(room, FeishuRoom | DingTalkRoom):
        headers, body = room.posted(room.say("王姐", words))
        assert (await door.post(body, headers=headers)).status == 200
    elif isinstance(room, AibotRoom):
        told = room.say("王姐", words)
        query, body = room.sealed(told)
        room.answered(told, await (await door.post(body, params=query)).read())


async def worked(door: RoomDoor[Room]) -> None:
    """One turn, and everything that it leaves to be sent."""
    world = door.world
    worker = Worker(door.engine, world.queues, world.live, FixedShelf(services()), door.clock)
    courier = Courier(door.engine, world.queues["send"], world.live, world.channels(), door.clock)
    (talk,) = await door.rows("select id from conversations")
    for queue, step in (("turn", worker.step), ("send", courier.step), ("send", courier.step), ("send", courier.step)):
        await world.client.flushall()
        await world.queues[queue].wake([str(talk["id"])])
        await step((await world.queues[queue].claim(10, LEASE)).taken)
        await courier.drain()


async def read(door: RoomDoor[Room]) -> list[str]:
    """What the shopper reads of us."""
    room = door.room
    if isinstance(room, AibotRoom):
        for stream in room.asked_for():
            query, body = room.sealed(room.refresh(stream))
            room.answered(stream.message, await (await door.post(body, params=query)).read())
        return room.seen("王姐")
    return [one.text for one in room.heard]


@pytest.mark.parametrize("kind", [FeishuRoom, DingTalkRoom, AibotRoom])
async def test_a_word_to_the_bot_is_answered_in_the_same_room_and_once(
    kind: type[Room], engine: AsyncEngine, client: Client, queues: Mapping[str, DueQueue], live: Live, clock: ManualClock
) -> None:
    async with opened(kind(RoomClock(clock)), (engine, client, queues, live, clock)) as door:
        await said(door, "你好")
        await worked(door)
        first = await read(door)
        assert len(first) >= 1
        assert all(first)
        told = [str(row["text"]) for row in await door.rows("select text from messages where author = 'bot' order by id")]
        assert "".join(told)[:20] in "".join(first).replace("\n\n", "")
        await worked(door)
        assert await read(door) == first
        assert [row["outcome"] for row in await door.inbox()] == ["answered"]
