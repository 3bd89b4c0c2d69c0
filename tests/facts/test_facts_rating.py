"""A rating is kept once, with the newest part of a person that was asked about; a session knows how long it was left alone."""

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db import handovers

NOON = datetime.fromisoformat("2026-05-20T12:00:00+08:00")


async def _talk(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("insert into customers (id, channel, account, external) values ('c1', 'web', '', 'e')"))
        await connection.execute(
            text(
                "insert into conversations (id, channel, account, peer, external, customer_id) values ('v1', 'web', '', '', 'e', 'c1')"
            )
        )


async def _part(engine: AsyncEngine, closed: datetime, *, asked: bool) -> None:
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "insert into handovers (conversation_id, reason, urgency, state, closed_at, rating_asked_at, created_at) "
                "values ('v1', '', 0, 'closed', :closed, :asked, :closed)"
            ),
            {"closed": closed, "asked": closed if asked else None},
        )


async def _ratings(engine: AsyncEngine) -> list[tuple[int | None, str | None]]:
    async with engine.connect() as connection:
        rows = await connection.execute(text("select rating, rating_words from handovers order by id"))
        return [(row.rating, row.rating_words) for row in rows]


async def _rate(engine: AsyncEngine, stars: int, words: str = "") -> bool:
    async with engine.begin() as connection:
        return await handovers.rate(connection, "v1", (stars, words), NOON)


async def test_a_rating_is_kept_once_with_the_newest_part_that_was_asked_about(engine: AsyncEngine) -> None:
    await _talk(engine)
    await _part(engine, NOON - timedelta(days=2), asked=True)
    await _part(engine, NOON - timedelta(hours=1), asked=True)
    await _part(engine, NOON, asked=False)
    assert await _rate(engine, 2, "等太久")
    assert not await _rate(engine, 5)
    assert await _ratings(engine) == [(None, ""), (2, "等太久"), (None, "")]


async def test_whoever_was_not_asked_rates_nothing(engine: AsyncEngine) -> None:
    await _talk(engine)
    await _part(engine, NOON, asked=False)
    assert not await _rate(engine, 5)
    assert await _ratings(engine) == [(None, "")]
