"""Figures of how people serve, made of what really happened, and each lead sees those of their own store alone."""

from datetime import timedelta

import pytest
from facts_rig import answered
from keeper_rig import Shift
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.brand import aliases
from bot.db.reports import Figures, Report, report
from bot.db.users import Role, User
from bot.motion.connection import Client
from bot.motion.due import DueQueue
from bot.motion.live import Live
from tests.conftest import ManualClock


@pytest.fixture
def shift(engine: AsyncEngine, client: Client, queues: dict[str, DueQueue], live: Live, clock: ManualClock) -> Shift:
    return Shift(engine, client, queues, live, clock)


def viewer(role: Role, store: str | None = None) -> User:
    return User(role, role, None, store, must_change=False)


async def seen(shift: Shift, who: User, hours: float = 24) -> Report:
    now = shift.clock.now()
    return await report(
        shift.engine, who, now - timedelta(hours=hours), now + timedelta(seconds=1), aliases(shift.rooms.staff.guides.values())
    )


async def a_part(shift: Shift, external: str, guide: str, store: str, *, waits: float = 60) -> None:
    """Two minutes with the bot, a wait, a first word after 30 s, an answer after 90 s, and the end a minute later."""
    await shift.writes(external, "有面霜吗")
    shift.clock.advance(minutes=2)
    await shift.asks(external, store=store)
    async with shift.engine.begin() as connection:
        await connection.execute(
            text("update conversations set store = :store where external = :id"), {"store": store, "id": external}
        )
        await connection.execute(
            text("update handovers set store = :store where store is null or store = :store"), {"store": store}
        )
    shift.clock.advance(seconds=waits)
    await shift.takes(guide, external)
    shift.clock.advance(seconds=30)
    await shift.says(guide, external)
    shift.clock.advance(seconds=20)
    await shift.writes(external, "要敏感肌的")
    shift.clock.advance(seconds=90)
    await shift.says(guide, external)
    shift.clock.advance(seconds=60)
    await shift.ends(external)
    await shift.keeper.step(shift.clock.now())


async def test_the_bots_time_the_wait_and_the_persons_time_are_told_apart(shift: Shift) -> None:
    await a_part(shift, "wm1", "g1", "sh1")
    (own,) = (await seen(shift, viewer("admin"))).guides
    assert (own.guide, own.store, own.wished, own.taken) == ("g1", "sh1", 1, 1)
    assert (own.bot_s, own.wait_s, own.human_s) == (120, 60, 200)
    assert (own.first_response_s, own.answered_s, own.resolution_s) == (90, 90, 200)
    assert (own.breaches, own.rating, own.rated) == (0, None, 0)


async def test_medians_and_the_slowest_tenth(shift: Shift) -> None:
    for n, waits in enumerate((30, 60, 90, 120, 600)):
        await a_part(shift, f"wm{n}", "g1", "sh1", waits=waits)
    (own,) = (await seen(shift, viewer("admin"))).guides
    assert (own.taken, own.wait_s, own.first_response_s) == (5, 90, 120)
    assert own.first_response_90_s == pytest.approx(438)


async def test_a_lead_sees_their_own_store_alone_and_the_totals_are_made_of_it(shift: Shift) -> None:
    await a_part(shift, "wm1", "g1", "sh1")
    await a_part(shift, "wm2", "g3", "sh2")
    everything = await seen(shift, viewer("admin"))
    assert [one.guide for one in everything.guides] == ["g1", "g3"]
    assert [one.store for one in everything.stores] == ["sh1", "sh2"]
    assert everything.total.taken == 2
    theirs = await seen(shift, viewer("lead", "sh2"))
    assert ([one.guide for one in theirs.guides], theirs.total.taken) == (["g3"], 1)
    assert (await seen(shift, viewer("lead", "hz"))).total == Figures(
        None, None, 0, 0, 0, None, None, None, None, None, None, None, 0, None, 0
    )


async def test_ratings_and_breaches_are_counted(shift: Shift) -> None:
    for n, stars in enumerate((5, 4)):
        await a_part(shift, f"wm{n}", "g1", "sh1", waits=400)
        async with shift.engine.begin() as connection:
            await connection.execute(
                text("update handovers set rating = :n where id = (select max(id) from handovers)"), {"n": stars}
            )
    await shift.asks("wm9", own="g1")
    await shift.pass_(minutes=6)
    found = await seen(shift, viewer("admin"))
    assert (found.guides[0].rating, found.guides[0].rated) == (4.5, 2)
    assert (found.total.wished, found.total.taken, found.total.breaches) == (3, 2, 1)


async def test_who_speaks_on_the_phone_is_the_same_guide(shift: Shift) -> None:
    await a_part(shift, "wm1", "g1", "sh1")
    await shift.asks("wm2")
    await shift.phone("wangjie", "wm2")
    found = await seen(shift, viewer("admin"))
    assert [(one.guide, one.taken) for one in found.guides] == [("g1", 2)]


async def test_a_part_that_nobody_asked_for_has_no_wait_and_a_pause_begins_a_new_episode(shift: Shift) -> None:
    await shift.writes("wm1", "在吗")
    await answered(shift.engine, "在的")
    shift.clock.advance(hours=3)
    await shift.writes("wm1", "有面霜吗")
    shift.clock.advance(minutes=5)
    await shift.asks("wm1")
    (total,) = [(await seen(shift, viewer("admin"))).total]
    assert (total.bot_s, total.wait_s) == (300, None)
    await shift.writes("wm2", "在吗")
    await shift.takes("g1", "wm2")
    await shift.pass_(seconds=1)
    (own,) = (await seen(shift, viewer("admin"))).guides
    assert (own.taken, own.bot_s, own.wait_s, own.first_response_s) == (1, None, None, None)


async def test_a_word_in_the_morning_after_a_wish_at_night_is_measured_from_what_was_promised(shift: Shift) -> None:
    shift.clock.advance(hours=11)
    await shift.asks()
    await shift.pass_(seconds=1)
    await shift.pass_(hours=11, seconds=-1)
    shift.clock.advance(minutes=1)
    await shift.takes("g1")
    await shift.says("g1")
    await shift.pass_(seconds=1)
    (own,) = (await seen(shift, viewer("admin"), hours=48)).guides
    assert own.first_response_s == 60
