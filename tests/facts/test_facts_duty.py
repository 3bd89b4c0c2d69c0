"""Who is on duty, as facts and motion have it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from bot_rooms import NOON
from facts_rig import rows
from keeper_rig import STAFF, Shift
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.attendance import Attendance
from bot.db import duty
from bot.motion import presence
from bot.motion.connection import Client
from bot.motion.due import DueQueue
from bot.motion.live import Live
from bot.routing import Post
from tests.conftest import ManualClock

LOCAL = NOON.astimezone(ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def shift(engine: AsyncEngine, client: Client, queues: dict[str, DueQueue], live: Live, clock: ManualClock) -> Shift:
    return Shift(engine, client, queues, live, clock)


async def test_who_gave_a_sign_of_life_lately_is_present(client: Client) -> None:
    await presence.seen(client, "g1", NOON)
    await presence.seen(client, "g2", NOON - timedelta(seconds=181))
    await presence.seen(client, "g3", NOON - timedelta(days=2))
    assert await presence.present(client, NOON) == {"g1"}
    assert await presence.present(client, NOON, within=600) == {"g1", "g2"}
    assert await client.hlen(presence.KEY) == 2, "nobody is kept for ever"
    await presence.left(client, "g1")
    assert await presence.present(client, NOON) == frozenset()


async def test_nobody_heard_of_is_nobody_known(engine: AsyncEngine) -> None:
    found = await duty.snapshot(engine, [STAFF], (), NOON)
    assert (found.posts, found.waiting) == ({}, {})


async def test_talks_and_offers_are_load_under_whichever_name(shift: Shift) -> None:
    await shift.asks("wm1")
    await shift.phone("wangjie", "wm1")
    await shift.asks("wm2")
    await shift.takes("g1", "wm2")
    await shift.asks("wm3", assigned="g1", path="own")
    await shift.asks("wm4")
    await shift.asks("wm5", store=None)
    found = await duty.snapshot(shift.engine, [STAFF], {"xiaoya"}, NOON)
    assert found.posts == {"g1": Post(load=3), "g2": Post(present=True)}
    assert found.waiting == {"sh1": 1, "": 1}


async def test_a_break_ends_by_itself_and_one_without_an_end_with_the_day(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await duty.set_state(connection, "g1", "break", LOCAL, LOCAL + timedelta(minutes=30), "吃饭")
        await duty.set_state(connection, "g2", "off", LOCAL)
    found = await duty.snapshot(engine, [STAFF], (), NOON)
    assert (found.posts["g1"].state, found.posts["g2"].state) == ("break", "off")
    assert found.posts["g2"].until == datetime(2026, 5, 21, tzinfo=LOCAL.tzinfo)
    later = await duty.snapshot(engine, [STAFF], (), NOON + timedelta(minutes=30))
    assert (later.posts["g1"].state, later.posts["g2"].state) == ("on", "off")
    tomorrow = await duty.snapshot(engine, [STAFF], (), NOON + timedelta(hours=12))
    assert tomorrow.posts["g2"].state == "on"


async def test_whoever_left_stays_away_until_they_are_taken_on_again(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await duty.gone(connection, "g1", LOCAL)
        assert not await duty.set_state(connection, "g1", "on", LOCAL)
    assert (await duty.snapshot(engine, [STAFF], ("g1",), NOON)).posts["g1"].state == "left"
    async with engine.begin() as connection:
        await duty.back(connection, "g1", LOCAL)
        assert await duty.set_state(connection, "g1", "on", LOCAL)
    assert (await duty.snapshot(engine, [STAFF], (), NOON)).posts["g1"].state == "on"


async def test_a_rating_counts_from_the_fifth_and_for_ninety_days(shift: Shift) -> None:
    for n in range(5):
        await shift.asks(f"wm{n}")
        await shift.takes("g1" if n % 2 else "wangjie", f"wm{n}")
        await shift.ends(f"wm{n}")
    rate = text("update handovers set rating = :stars where id <= :upto")
    async with shift.engine.begin() as connection:
        await connection.execute(rate, {"stars": 4, "upto": 4})
    assert await duty.ratings(shift.engine, [STAFF], NOON) == {}
    async with shift.engine.begin() as connection:
        await connection.execute(rate, {"stars": 5, "upto": 5})
    assert await duty.ratings(shift.engine, [STAFF], NOON) == {"g1": 5.0}
    assert await duty.ratings(shift.engine, [STAFF], NOON + timedelta(days=91)) == {}


async def test_without_redis_nobody_is_present_but_the_rest_is_known(shift: Shift) -> None:
    class Away:
        async def hgetall(self, _key: str) -> dict[bytes, bytes]:
            raise ConnectionError

    await shift.asks(assigned="g1", path="own")
    looks = Attendance(shift.engine, Away(), lambda: [STAFF], shift.clock)  # type: ignore[arg-type]
    assert (await looks.look()).posts == {"g1": Post(load=1)}
    assert looks.duty().posts == {"g1": Post(load=1)}


async def test_what_was_offered_to_whoever_left_is_nobodys(shift: Shift) -> None:
    await shift.asks(assigned="g1", path="own")
    async with shift.engine.begin() as connection:
        await duty.gone(connection, "g1", LOCAL)
    (wish,) = await rows(shift.engine, "select assigned, tried from handovers")
    assert dict(wish) == {"assigned": None, "tried": ["g1"]}
