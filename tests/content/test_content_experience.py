"""A running worker learns from what shoppers do without a restart, and a new release keeps what was learnt: real parts throughout."""

import asyncio
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from test_content_swapping import _SENTENCES, a_brand, publish

from bot.db import events, people
from bot.db.events import Deed
from bot.db.people import Who
from bot.settings import Settings
from bot.shelf import LiveShelf
from recommender import Shopper, Wish
from tests.conftest import ManualClock

GOODS = "sku,name,category,price,stock\np1,润润霜,面霜,99,5\np2,清清霜,面霜,99,5\n"


def first(shelf: LiveShelf, clock: ManualClock) -> str:
    """What is recommended first to somebody of whom nothing is known."""
    recommender = shelf.services("").recommender
    return recommender.recommend(Shopper(), Wish(category=("面霜",)), limit=2, at=clock.now()).items[0].product.sku


async def test_a_worker_learns_from_purchases_and_a_new_release_has_learnt_them_too(
    engine: AsyncEngine, tmp_path: Path, clock: ManualClock
) -> None:
    await publish(engine, a_brand(_SENTENCES, recommender__products_csv=GOODS))
    shelf = LiveShelf(engine, Settings(home=tmp_path), clock)
    await shelf.load()
    usual = first(shelf, clock)
    other = {"p1": "p2", "p2": "p1"}[usual]
    async with engine.begin() as connection:
        await connection.execute(text("insert into customers (id, channel, account, external) values ('c1', 'web', '', 'w1')"))
        (person,) = await people.persons(connection, [Who(id="c1")])
        assert person is not None
        await events.record(connection, [Deed(person, other, "buy", clock.now(), "api", "o1")])
    before = shelf.services("")
    await shelf.look()
    assert shelf._experience._task is not None
    await asyncio.wait([shelf._experience._task])
    await shelf.look()
    after = shelf.services("")
    assert first(shelf, clock) == other
    assert after.recommender is not before.recommender
    assert (after.recognizer, after.library) == (before.recognizer, before.library)
    await publish(engine, a_brand(_SENTENCES, recommender__products_csv=GOODS, scripts__replies__greet_yml=_GREET))
    await shelf.look()
    assert shelf.services("").release != after.release
    assert first(shelf, clock) == other
    await shelf._experience.close()
    await shelf._swapper.close()


_GREET = """
id: greet
family: 招呼语
variants: [{text: 您好}]
"""
