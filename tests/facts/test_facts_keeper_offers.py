"""Whom a waiting shopper is offered to, and when the next one: nobody is forgotten, nobody is asked twice at once."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest
from facts_rig import conversation, rows
from keeper_rig import STAFF, Shift, shop
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.brand import Staff
from bot.db import duty
from bot.motion.connection import Client
from bot.motion.due import DueQueue
from bot.motion.live import Live
from tests.conftest import ManualClock


@pytest.fixture
def shift(engine: AsyncEngine, client: Client, queues: dict[str, DueQueue], live: Live, clock: ManualClock) -> Shift:
    return Shift(engine, client, queues, live, clock)


async def test_a_wish_is_offered_to_the_own_guide_who_is_alerted_once(shift: Shift) -> None:
    await shift.asks(own="g2")
    await shift.pass_(seconds=1)
    await shift.pass_(seconds=1)
    wish = await shift.wish()
    assert (wish["assigned"], wish["path"], wish["store"], wish["tried"]) == ("g2", "own", "sh1", [])
    assert wish["assigned_at"] is not None
    assert (await shift.talk())["store"] == "sh1"
    assert await shift.alerts() == [("take", "g2", None)]


async def test_one_that_the_turn_has_offered_already_is_only_announced(shift: Shift) -> None:
    await shift.asks(assigned="g3", path="named", wanted="g3")
    before = (await shift.wish())["assigned_at"]
    await shift.pass_(seconds=1)
    wish = await shift.wish()
    assert (wish["assigned"], wish["path"], wish["assigned_at"]) == ("g3", "named", before)
    assert (await shift.talk())["store"] == "sh2", "whoever is to take it must be able to see it"
    assert await shift.alerts() == [("take", "g3", None)]


async def test_who_does_not_take_it_is_passed_over_until_the_leads_hear_of_it(shift: Shift) -> None:
    await shift.asks(own="g1")
    asked, seen_by = [], []
    for _ in range(4):
        await shift.pass_(seconds=1)
        asked.append((await shift.wish())["assigned"])
        seen_by.append((await shift.talk())["store"])
        await shift.pass_(minutes=3)
    assert asked == ["g1", "g2", "g3", "g4"]
    assert seen_by == ["sh1", "sh1", "sh2", "hz"], "whoever is to take it must be able to see it"
    wish, talk = await shift.wish(), await shift.talk()
    assert (wish["assigned"], wish["path"], wish["store"], talk["store"]) == (None, "central", "sh1", "sh1")
    assert sorted(wish["tried"]) == asked
    assert await shift.alerts("central") == [("central", None, "sh1")]
    await shift.pass_(minutes=10)
    assert await shift.alerts("central") == [("central", None, "sh1")]


async def test_the_first_word_that_nobody_said_is_a_breach_for_guide_and_leads_once(shift: Shift) -> None:
    await shift.asks(own="g1")
    await shift.pass_(minutes=1)
    assert await shift.alerts("breach") == []
    await shift.pass_(minutes=5)
    await shift.pass_(minutes=5)
    assert (await shift.wish())["breaches"] == ["first_response"]
    told = await shift.alerts("breach")
    assert len(told) == 2
    assert told[1] == ("breach", None, "sh1")


async def test_a_break_that_begins_gives_the_offer_to_the_next_and_one_that_ends_counts_again(shift: Shift) -> None:
    now = shift.clock.now()
    await shift.asks(own="g1")
    await shift.pass_(seconds=1)
    await shift.says_to_be("g1", "break", now + timedelta(minutes=30))
    await shift.pass_(seconds=1)
    wish = await shift.wish()
    assert (wish["assigned"], wish["tried"]) == ("g2", []), "a break is no refusal"
    await shift.takes("g2")
    shift.clock.advance(minutes=31)
    await shift.asks("wm2", own="g1")
    await shift.pass_(seconds=1)
    assert (await shift.wish("wm2"))["assigned"] == "g1"


async def test_while_all_are_busy_nobody_is_asked_and_the_first_who_is_free_is(shift: Shift) -> None:
    staff = Staff(STAFF.stores, {"g1": STAFF.guides["g1"]})
    shift.reopen(shop(staff))
    for n in range(2):
        await shift.asks(f"busy{n}")
        await shift.takes("g1", f"busy{n}")
    await shift.asks()
    await shift.pass_(seconds=1)
    wish = await shift.wish()
    assert (wish["assigned"], wish["path"], wish["store"]) == (None, None, "sh1")
    assert await shift.tasks() == []
    await shift.ends("busy0")
    await shift.pass_(seconds=1)
    assert (await shift.wish())["assigned"] == "g1"


async def test_in_one_round_nobody_gets_more_than_their_hands_can_hold_and_the_hurt_come_first(shift: Shift) -> None:
    shift.reopen(shop(Staff(STAFF.stores, {"g1": STAFF.guides["g1"]})))
    for n in range(3):
        await shift.asks(f"wm{n}", urgency=n)
        shift.clock.advance(seconds=5)
    await shift.pass_(seconds=1)
    assert [(await shift.wish(f"wm{n}"))["assigned"] for n in range(3)] == [None, "g1", "g1"]


async def test_somebody_who_left_is_asked_no_more(shift: Shift) -> None:
    await shift.asks(own="g1")
    await shift.pass_(seconds=1)
    async with shift.engine.begin() as connection:
        await duty.gone(connection, "g1", shift.clock.now())
    await shift.pass_(seconds=1)
    assert (await shift.wish())["assigned"] == "g2"


async def test_two_keepers_at_once_make_one_offer_one_alert_one_task(shift: Shift) -> None:
    for n in range(12):
        await shift.asks(f"wm{n}", own="g1" if n % 2 else None)
    others = [shift.another() for _ in range(4)]
    shift.clock.advance(seconds=1)
    await asyncio.gather(*(one.step(shift.clock.now()) for one in others))
    await asyncio.gather(*(one.step(shift.clock.now()) for one in others))
    offered = {row["conversation_id"]: row["assigned"] for row in await rows(shift.engine, "select * from handovers")}
    told = await rows(shift.engine, "select conversation_id, guide from alerts where kind = 'take'")
    assert {row["conversation_id"]: row["guide"] for row in told} == {one: who for one, who in offered.items() if who}
    assert len(told) == sum(who is not None for who in offered.values())
    assert all(row["tried"] == [] for row in await rows(shift.engine, "select tried from handovers"))


async def test_without_a_single_guide_anybody_may_take_it_and_night_still_makes_a_task(shift: Shift) -> None:
    shift.reopen(shop(Staff()))
    await shift.asks(store=None)
    await shift.pass_(seconds=1)
    assert ((await shift.wish())["assigned"], await shift.tasks()) == (None, [])
    await shift.pass_(hours=11)
    (task,) = await shift.tasks()
    assert task["due_at"].astimezone(shift.rooms.zone).strftime("%d %H:%M") == "21 10:00"


class TestAfterHours:
    """A truthful promise, and a task that cannot be forgotten."""

    async def test_there_is_exactly_one_task_for_when_somebody_is_there_again(self, shift: Shift) -> None:
        shift.clock.advance(hours=11)
        await shift.asks(own="g2")
        others = [shift.another() for _ in range(3)]
        for _ in range(2):
            await asyncio.gather(*(one.step(shift.clock.now()) for one in others))
        (task,) = await shift.tasks()
        wish = await shift.wish()
        assert (task["guide"], task["store"], task["kind"], task["state"]) == ("g2", "sh1", "callback", "open")
        assert task["due_at"] == wish["due_at"]
        assert task["due_at"].astimezone(shift.rooms.zone).isoformat() == "2026-05-21T10:00:00+08:00"
        assert (wish["assigned"], wish["breaches"]) == (None, [])
        assert await shift.alerts() == []

    async def test_in_the_morning_it_is_urgent_offered_and_brought_to_mind_every_hour(self, shift: Shift) -> None:
        shift.clock.advance(hours=11)
        await shift.asks(own="g2", urgency=0)
        await shift.pass_(seconds=1)
        await shift.pass_(hours=11)
        wish = await shift.wish()
        assert (wish["assigned"], wish["urgency"], wish["breaches"]) == ("g2", 1, [])
        assert await shift.alerts("task") == [("task", "g2", None)]
        await shift.pass_(minutes=59)
        assert len(await shift.alerts("task")) == 1
        await shift.pass_(minutes=1)
        assert len(await shift.alerts("task")) == 2
        assert (await shift.wish())["urgency"] == 1, "once"

    async def test_it_is_ticked_off_by_the_first_word_of_a_person(self, shift: Shift) -> None:
        shift.clock.advance(hours=11)
        await shift.asks()
        await shift.pass_(seconds=1)
        await shift.pass_(hours=11)
        await shift.takes("g1")
        await shift.pass_(seconds=1)
        assert [task["state"] for task in await shift.tasks()] == ["open"], "a claim is no answer"
        await shift.says("g1")
        await shift.pass_(seconds=1)
        (task,) = await shift.tasks()
        assert (task["state"], task["done_by"]) == ("done", "g1")
        await shift.pass_(hours=3)
        assert len(await shift.alerts("task")) == 1

    async def test_it_stays_in_the_list_as_long_as_nobody_answers_but_rests_at_night(self, shift: Shift) -> None:
        shift.clock.advance(hours=11)
        await shift.asks(own="g1")
        await shift.pass_(seconds=1)
        await shift.pass_(hours=11)
        for _ in range(13):
            await shift.pass_(hours=1)
        told = len(await shift.alerts("task"))
        for _ in range(8):
            await shift.pass_(hours=1)
        assert len(await shift.alerts("task")) == told
        assert [task["state"] for task in await shift.tasks()] == ["open"]

    async def test_a_holiday_moves_the_promise(self, shift: Shift) -> None:
        shift.reopen(shop(holidays=(date(2026, 5, 20), date(2026, 5, 21))))
        await shift.asks()
        await shift.pass_(seconds=1)
        (task,) = await shift.tasks()
        assert task["due_at"].astimezone(shift.rooms.zone).isoformat() == "2026-05-22T10:00:00+08:00"

    async def test_who_was_asked_in_vain_in_the_evening_is_asked_again_in_the_morning(self, shift: Shift) -> None:
        shift.reopen(shop(Staff(STAFF.stores, {"g1": STAFF.guides["g1"]})))
        shift.clock.advance(hours=9, minutes=50)
        await shift.asks()
        await shift.pass_(seconds=1)
        await shift.pass_(minutes=4)
        assert (await shift.wish())["path"] == "central"
        await shift.pass_(minutes=10)
        assert (await shift.wish())["tried"] == []
        await shift.pass_(hours=12)
        assert (await shift.wish())["assigned"] == "g1"

    async def test_a_guide_with_late_shifts_is_asked_when_the_shop_has_long_opened(self, shift: Shift) -> None:
        late = STAFF.guides["g1"].model_copy(update={"shifts": {"mon-sun": "16:00-22:00"}})
        shift.reopen(shop(Staff(STAFF.stores, {"g1": late})))
        await shift.asks()
        await shift.pass_(seconds=1)
        (task,) = await shift.tasks()
        assert task["due_at"].astimezone(shift.rooms.zone).isoformat() == "2026-05-20T16:00:00+08:00"


async def test_a_task_of_a_guides_own_is_brought_to_mind_too(shift: Shift) -> None:
    shift.clock.advance(minutes=1)
    await shift.asks()
    async with shift.engine.begin() as connection:
        await connection.exec_driver_sql(
            "insert into tasks (conversation_id, guide, store, text, due_at, author) values ($1, 'g2', 'sh1', '寄小样', $2, 'g2')",
            (conversation(), shift.clock.now() + timedelta(hours=1)),
        )
    await shift.pass_(minutes=59)
    assert await shift.alerts("task") == []
    await shift.pass_(minutes=1)
    assert await shift.alerts("task") == [("task", "g2", None)]
    assert "寄小样" in (await rows(shift.engine, "select text from alerts where kind = 'task'"))[0]["text"]


async def test_alerts_name_nobody_by_a_number(shift: Shift) -> None:
    await shift.asks("wm1")
    await shift.asks("wm2")
    async with shift.engine.begin() as connection:
        await connection.exec_driver_sql("update customers set name = '13800138000' where external = 'wm1'")
        await connection.exec_driver_sql("update customers set name = '阿宁' where external = 'wm2'")
    await shift.pass_(seconds=1)
    words = " ".join(row["text"] for row in await rows(shift.engine, "select text from alerts"))
    assert "13800138000" not in words
    assert "一位顾客" in words
    assert "阿宁" in words


async def test_a_row_that_cannot_be_worked_on_keeps_nobody_else_waiting(shift: Shift, monkeypatch: pytest.MonkeyPatch) -> None:
    await shift.asks("wm1")
    await shift.asks("wm2")
    real = shift.keeper._place

    async def brittle(talk: str, scene: object, now: object) -> None:
        if talk == conversation("wm1"):
            raise ZeroDivisionError
        await real(talk, scene, now)  # type: ignore[arg-type]

    monkeypatch.setattr(shift.keeper, "_place", brittle)
    await shift.pass_(seconds=1)
    assert [(await shift.wish(one))["assigned"] is None for one in ("wm1", "wm2")] == [True, False]


async def test_a_talk_that_somebody_has_in_hand_is_left_for_the_next_round(shift: Shift) -> None:
    await shift.asks()
    async with shift.engine.begin() as busy:
        await busy.exec_driver_sql("select id from conversations for update")
        async with asyncio.timeout(60):
            await shift.pass_(seconds=1)
        assert (await shift.wish())["assigned"] is None
    await shift.pass_(seconds=1)
    assert (await shift.wish())["assigned"] is not None


async def test_the_store_mode_asks_the_team_before_the_own_guide(shift: Shift) -> None:
    brand = shop().brand.model_copy(update={"mode": "store"})
    shift.reopen(replace(shop(), brand=brand))
    await shift.sits_down("g1")
    await shift.asks(own="g3")
    await shift.pass_(seconds=1)
    wish = await shift.wish()
    assert (wish["assigned"], wish["path"]) == ("g1", "store")


async def test_a_wish_that_was_passed_to_another_store_stays_in_its_queue(shift: Shift) -> None:
    await shift.asks(own=None)
    async with shift.engine.begin() as connection:
        await connection.exec_driver_sql("update handovers set store = 'hz'")
        await connection.exec_driver_sql("update conversations set store = 'hz'")
    await shift.pass_(seconds=1)
    wish, talk = await shift.wish(), await shift.talk()
    assert (wish["assigned"], wish["path"], wish["store"], talk["store"]) == ("g4", "store", "hz", "hz")


async def test_who_is_asked_a_second_time_is_alerted_a_second_time(shift: Shift) -> None:
    shift.reopen(shop(Staff(STAFF.stores, {"g1": STAFF.guides["g1"]})))
    shift.clock.advance(hours=9, minutes=50)
    await shift.asks()
    await shift.pass_(seconds=1)
    await shift.pass_(minutes=15)
    await shift.pass_(hours=12)
    await shift.pass_(seconds=1)
    assert await shift.alerts("take") == [("take", "g1", None)] * 2
