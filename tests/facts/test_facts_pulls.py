"""Cursors of kf/sync_msg: moved with the messages, by one puller only."""

import asyncio
from datetime import timedelta

from facts_rig import KF, NOON, an_arrival, inbox
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db import pulls
from bot.db.accept import Acceptor


async def notice(engine: AsyncEngine, *tokens: str, at: timedelta = timedelta()) -> None:
    async with engine.begin() as connection:
        await pulls.notice(connection, [("demo", KF, token) for token in tokens], NOON + at)


async def advance(engine: AsyncEngine, cursor: pulls.Cursor, following: str, *ids: str, last: bool = True) -> bool:
    async with engine.begin() as connection:
        if not await pulls.advance(connection, cursor, following, NOON, last=last):
            return False
        await asyncio.sleep(0)
        await Acceptor().accept(connection, [an_arrival(one) for one in ids], NOON)
        return True


async def test_many_notices_are_one_row_that_is_behind_until_it_was_pulled(engine: AsyncEngine) -> None:
    await notice(engine, "t1", "t2")
    await notice(engine, "t3", at=timedelta(seconds=1))
    assert await pulls.behind(engine) == (("demo", KF),)
    cursor = await pulls.read(engine, "demo", KF)
    assert (cursor.token, cursor.token_at, cursor.noticed, cursor.pulled) == ("t3", NOON + timedelta(seconds=1), 3, 0)
    assert await advance(engine, cursor, "c1", last=False)
    assert await pulls.behind(engine) == (("demo", KF),)
    assert await advance(engine, await pulls.read(engine, "demo", KF), "c2")
    assert await pulls.behind(engine) == ()


async def test_a_notice_that_comes_during_a_pull_asks_for_another(engine: AsyncEngine) -> None:
    await notice(engine, "t1")
    cursor = await pulls.read(engine, "demo", KF)
    await notice(engine, "t2")
    assert await advance(engine, cursor, "c1")
    assert await pulls.behind(engine) == (("demo", KF),)


async def test_of_two_pullers_one_moves_the_cursor_and_keeps_the_messages(engine: AsyncEngine) -> None:
    for n in range(20):
        cursor = await pulls.read(engine, "demo", KF)
        moved = await asyncio.gather(
            advance(engine, cursor, f"c{n}", f"a{n}", f"b{n}"), advance(engine, cursor, f"c{n}", f"a{n}", f"b{n}")
        )
        assert sorted(moved) == [False, True]
    assert len(await inbox(engine)) == 40


async def test_history_lasts_until_everything_was_pulled_once(engine: AsyncEngine) -> None:
    fresh = await pulls.read(engine, "demo", KF)
    assert (fresh.cursor, fresh.started) == ("", False)
    assert await advance(engine, fresh, "c1", last=False)
    assert not (await pulls.read(engine, "demo", KF)).started
    assert await advance(engine, await pulls.read(engine, "demo", KF), "c2")
    assert (await pulls.read(engine, "demo", KF)).started
    assert await advance(engine, await pulls.read(engine, "demo", KF), "c3", last=False)
    assert (await pulls.read(engine, "demo", KF)).started
