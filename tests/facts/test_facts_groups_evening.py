"""What a simulated evening brought to light: a group stays its own guides', and a body's reaction is never answered aloud."""

from collections.abc import Mapping

import pytest
from bot_rooms import NOON
from groups_rig import Room, shop
from keeper_rig import Shift
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db import turns
from bot.db.gathered import Gathered
from bot.groups import acts
from bot.groups.scene import Scene
from bot.motion.connection import Client
from bot.motion.due import DueQueue
from bot.motion.live import Live
from bot.routing import Duty
from intents.groups import Decision
from tests.conftest import ManualClock


@pytest.fixture
def shift(engine: AsyncEngine, client: Client, queues: dict[str, DueQueue], live: Live, clock: ManualClock) -> Shift:
    return Shift(engine, client, queues, live, clock)


@pytest.fixture
def room(engine: AsyncEngine, queues: Mapping[str, DueQueue], live: Live, clock: ManualClock) -> Room:
    return Room(engine, queues, live, clock)


async def test_a_group_stays_where_its_own_guides_see_it_whoever_is_asked_to_come(shift: Shift) -> None:
    await shift.asks(own="g1")
    async with shift.engine.begin() as connection:
        await connection.execute(text("update conversations set is_group = true"))
    asked, seen_by = [], []
    for _ in range(5):
        await shift.pass_(seconds=1)
        asked.append((await shift.wish())["assigned"])
        seen_by.append((await shift.talk())["store"])
        await shift.pass_(minutes=3)
    assert asked == ["g1", "g2", "g3", "g4", None]
    assert seen_by == ["sh1"] * 5


async def test_what_the_turn_takes_for_a_bodys_reaction_is_not_answered_aloud_whatever_the_listening_took_it_for(
    room: Room,
) -> None:
    await room.hears("王女士", "擦完脸上起红疹了，又红又痒怎么办")
    (waiting,) = await turns.load(room.engine, [room.id], NOON)
    (message,) = waiting.messages
    scene = Scene(waiting, waiting.gathered or Gathered(), shop().brand.groups, shop(), NOON, Duty(), {})
    decided = Decision(str(message.id), str(message.id), "answer", to=("王女士",), asks=message.text)
    came = acts.came(decided, message, scene)
    assert came is not None
    scripts = [one.trace["script"] for one in came.speeches]
    assert [one["id"] for one in scripts if isinstance(one, Mapping)] == ["room_person"]
    assert [arrival.text for _, arrival in came.forwards] == [message.text]
