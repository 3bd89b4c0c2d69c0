"""Talks that a person holds: the way back to the bot, words that wait, times that were not kept, and how it was."""

import asyncio
from datetime import timedelta

import pytest
from facts_rig import accept, an_arrival, conversation, inbox, outbox, rows
from keeper_rig import STAFF, Shift, shop
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.brand import Staff
from bot.db import outgoing
from bot.motion.connection import Client
from bot.motion.due import DueQueue
from bot.motion.live import Live
from tests.conftest import ManualClock


@pytest.fixture
def shift(engine: AsyncEngine, client: Client, queues: dict[str, DueQueue], live: Live, clock: ManualClock) -> Shift:
    return Shift(engine, client, queues, live, clock)


async def held(shift: Shift, guide: str = "g1") -> None:
    """A minute after the wish a guide has taken it and spoken."""
    await shift.asks(own=guide)
    await shift.pass_(minutes=1)
    await shift.takes(guide)
    await shift.pass_(seconds=10)
    await shift.says(guide)
    await shift.pass_(seconds=1)


class TestReturning:
    """After a person's part."""

    async def test_a_silent_talk_goes_back_with_a_line_under_the_new_epoch_and_a_fresh_memory(self, shift: Shift) -> None:
        await held(shift)
        before = await shift.talk()
        await shift.pass_(minutes=29)
        assert (await shift.talk())["owner"] == "human"
        await shift.pass_(minutes=1)
        after, wish = await shift.talk(), await shift.wish()
        assert (after["owner"], after["epoch"]) == ("bot", before["epoch"] + 1)
        assert (wish["state"], wish["ending"]) == ("closed", "returned")
        line = (await outbox(shift.engine))[0]
        assert (line["author"], line["epoch"], line["state"]) == ("bot", after["epoch"], "pending")
        assert "转人工" in line["words"]
        assert await shift.said() == ["returned", "ask_rating"]
        (session,) = await rows(shift.engine, "select data from sessions")
        assert session["data"]["episode"] == 1
        taken = await outgoing.take(shift.engine, [conversation()], shift.clock.now())
        assert taken[0].verdict == "go"

    async def test_two_keepers_give_it_back_once_and_ask_once(self, shift: Shift) -> None:
        await held(shift)
        shift.clock.advance(minutes=31)
        others = [shift.another() for _ in range(4)]
        for _ in range(3):
            await asyncio.gather(*(one.step(shift.clock.now()) for one in others))
        assert await shift.said() == ["returned", "ask_rating"]

    async def test_a_restart_in_the_middle_forgets_nothing(self, shift: Shift) -> None:
        await held(shift)
        shift.clock.advance(minutes=31)
        broken = shift.another()
        real = broken._round_waits

        async def dies(now: object) -> None:
            raise KeyboardInterrupt

        broken._round_waits = dies  # type: ignore[method-assign,assignment]
        with pytest.raises(KeyboardInterrupt):
            await broken.step(shift.clock.now())
        assert real is not None
        assert await shift.said() == ["returned"]
        await shift.another().step(shift.clock.now())
        assert await shift.said() == ["returned", "ask_rating"]

    async def test_past_the_platforms_window_or_quota_it_is_given_back_without_a_word(self, shift: Shift) -> None:
        await held(shift)
        await accept(shift.engine, an_arrival("again", "好的", sent_at=shift.clock.now()), at=shift.clock.now())
        async with shift.engine.begin() as connection:
            await connection.exec_driver_sql("update conversations set sent_since = 4")
        await shift.pass_(minutes=31)
        assert ((await shift.talk())["owner"], await shift.said()) == ("bot", [])

    async def test_a_claim_without_a_word_is_given_back_without_one(self, shift: Shift) -> None:
        await shift.writes(words="谢谢")
        await shift.takes("g1")
        await shift.pass_(minutes=31)
        assert ((await shift.talk())["owner"], await shift.said()) == ("bot", [])

    async def test_thanks_at_the_end_want_no_answer(self, shift: Shift) -> None:
        await held(shift)
        await shift.pass_(minutes=5)
        await shift.writes(words="好的谢谢啦~")
        await shift.pass_(minutes=20)
        assert ((await shift.talk())["owner"], await shift.alerts("breach")) == ("human", [])
        await shift.pass_(minutes=10)
        assert (await shift.talk())["owner"] == "bot"

    async def test_an_answer_on_the_phone_keeps_the_talk_and_counts_as_the_first_word(self, shift: Shift) -> None:
        await shift.asks(own="g1")
        await shift.pass_(minutes=2)
        await shift.phone("wangjie")
        await shift.pass_(seconds=1)
        wish = await shift.wish()
        assert (wish["state"], wish["guide"]) == ("claimed", "wangjie")
        assert wish["first_reply_at"] - wish["created_at"] == timedelta(minutes=2)
        assert (await shift.talk())["human_at"] == wish["first_reply_at"]

    async def test_somebody_who_began_on_the_phone_unasked_has_a_part_like_any_other(self, shift: Shift) -> None:
        await shift.writes()
        await shift.pass_(minutes=1)
        await shift.phone("xiaoya")
        await shift.pass_(seconds=1)
        wish = await shift.wish()
        assert (wish["kind"], wish["state"], wish["guide"], wish["breaches"]) == ("taken", "claimed", "xiaoya", [])
        await shift.pass_(minutes=31)
        assert ((await shift.wish())["ending"], await shift.said()) == ("returned", ["returned", "ask_rating"])


class TestUnanswered:
    """The shopper's word waits for the person's."""

    async def test_first_a_reminder_then_another_person(self, shift: Shift) -> None:
        await held(shift)
        await shift.writes(words="这个多少钱")
        await shift.pass_(minutes=9)
        assert await shift.alerts("breach") == []
        await shift.pass_(minutes=1)
        await shift.pass_(minutes=1)
        assert await shift.alerts("breach") == [("breach", "g1", None)]
        assert (await shift.wish())["breaches"] == ["answer"]
        await shift.writes(words="在吗？")
        await shift.pass_(minutes=9)
        wish, talk = await shift.wish(), await shift.talk()
        assert (talk["owner"], wish["state"], wish["assigned"], wish["tried"]) == ("waiting", "waiting", "g2", ["g1"])
        assert await shift.said() == ["requeued"]
        (line,) = await outbox(shift.engine)
        assert line["epoch"] == talk["epoch"]

    async def test_a_late_answer_begins_the_count_anew(self, shift: Shift) -> None:
        await held(shift)
        await shift.writes(words="这个多少钱")
        await shift.pass_(minutes=11)
        await shift.says("g1")
        await shift.writes(words="那个呢")
        await shift.pass_(minutes=9)
        assert len(await shift.alerts("breach")) == 1
        await shift.pass_(minutes=1)
        assert len(await shift.alerts("breach")) == 2
        assert (await shift.talk())["owner"] == "human"

    async def test_an_answer_that_is_still_on_its_way_is_one(self, shift: Shift) -> None:
        await held(shift)
        await shift.writes(words="这个多少钱")
        await shift.pass_(minutes=5)
        async with shift.engine.begin() as connection:
            await connection.exec_driver_sql(
                "insert into outbox (msgid, conversation_id, author, sender, epoch, speech, state, created_at) "
                "values ('x', $1, 'guide', 'g1', 1, '{\"text\": \"99 元\"}', 'held', $2)",
                (conversation(), shift.clock.now()),
            )
        await shift.pass_(minutes=20)
        assert ((await shift.talk())["owner"], await shift.alerts("breach")) == ("human", [])

    async def test_who_went_home_is_not_reminded_and_the_shopper_hears_when_somebody_is_there(self, shift: Shift) -> None:
        shift.clock.advance(hours=9, minutes=45)
        await held(shift)
        await shift.pass_(minutes=13)
        await shift.writes(words="什么时候发货")
        await shift.pass_(minutes=11)
        wish = await shift.wish()
        assert ((await shift.talk())["owner"], wish["assigned"]) == ("waiting", None)
        assert await shift.said() == ["requeued_after_hours"]
        assert "明天 10:00" in (await outbox(shift.engine))[0]["words"]
        (task,) = await shift.tasks()
        assert task["due_at"] == wish["due_at"]

    async def test_two_keepers_queue_it_once(self, shift: Shift) -> None:
        await held(shift)
        await shift.writes(words="这个多少钱")
        shift.clock.advance(minutes=21)
        others = [shift.another() for _ in range(4)]
        for _ in range(2):
            await asyncio.gather(*(one.step(shift.clock.now()) for one in others))
        assert await shift.said() == ["requeued"]
        assert (await shift.talk())["epoch"] == 2
        assert (await shift.wish())["tried"] == ["g1"]


async def test_a_claim_that_never_says_a_word_is_a_breach_and_then_somebody_elses(shift: Shift) -> None:
    await shift.asks(own="g1")
    await shift.pass_(seconds=1)
    await shift.takes("g1")
    await shift.pass_(minutes=6)
    assert (await shift.wish())["breaches"] == ["first_response"]
    assert await shift.alerts("breach") == [("breach", "g1", None), ("breach", None, "sh1")]
    await shift.pass_(minutes=15)
    assert (await shift.wish())["assigned"] == "g2"


async def test_a_part_that_lasts_too_long_is_told_once(shift: Shift) -> None:
    await held(shift)
    for _ in range(8):
        await shift.pass_(minutes=20)
        await shift.says("g1")
    assert (await shift.wish())["breaches"] == ["resolution"]
    assert await shift.alerts("breach") == [("breach", "g1", None), ("breach", None, "sh1")]


class TestAsking:
    """How was it?"""

    @pytest.mark.parametrize(("close", "ending"), [(False, "handed_back"), (True, "closed")])
    async def test_once_after_a_person_spoke_with_five_taps(self, shift: Shift, close: bool, ending: str) -> None:
        await held(shift)
        await shift.ends(close=close)
        await shift.pass_(seconds=1)
        await shift.pass_(seconds=1)
        wish = await shift.wish()
        assert (wish["ending"], wish["rating_asked_at"] is not None) == (ending, True)
        (asked,) = await outbox(shift.engine)
        assert [option["id"] for option in asked["speech"]["options"]] == [f"rate:{n}" for n in range(5, 0, -1)]
        assert asked["speech"]["pushed"] is True
        (session,) = await rows(shift.engine, "select data from sessions")
        assert session["data"]["pending"]["slot"] == "rating"

    async def test_not_where_ops_do_not_want_it(self, shift: Shift) -> None:
        shift.reopen(shop(rating=False))
        await held(shift)
        await shift.ends()
        await shift.pass_(seconds=1)
        assert ((await shift.wish())["ending"], await shift.said()) == ("handed_back", [])

    async def test_not_where_nobody_spoke(self, shift: Shift) -> None:
        await shift.asks()
        await shift.takes("g1")
        await shift.ends()
        await shift.pass_(seconds=1)
        assert await shift.said() == []

    async def test_not_whoever_wants_no_messages(self, shift: Shift) -> None:
        await held(shift)
        async with shift.engine.begin() as connection:
            await connection.exec_driver_sql("update customers set opted_out_at = now()")
        await shift.ends()
        await shift.pass_(seconds=1)
        assert await shift.said() == []

    async def test_not_at_night(self, shift: Shift) -> None:
        await held(shift)
        shift.clock.moment = shift.clock.moment.astimezone(shift.rooms.zone).replace(hour=22, minute=30)
        await shift.ends()
        await shift.pass_(seconds=1)
        assert await shift.said() == []

    async def test_not_in_the_middle_of_the_next_question(self, shift: Shift) -> None:
        await held(shift)
        await shift.ends()
        shift.clock.advance(seconds=5)
        await shift.writes(words="还有一个问题")
        await shift.pass_(seconds=1)
        assert await shift.said() == []

    async def test_not_in_a_group_and_not_where_the_quota_is_needed(self, shift: Shift) -> None:
        await held(shift)
        async with shift.engine.begin() as connection:
            await connection.exec_driver_sql("update conversations set sent_since = 4")
        await shift.ends()
        await shift.pass_(seconds=1)
        async with shift.engine.begin() as connection:
            await connection.exec_driver_sql("update conversations set sent_since = 0, is_group = true")
        await shift.pass_(seconds=1)
        assert await shift.said() == []

    async def test_not_twice_in_a_day_however_often_the_talk_changes_hands(self, shift: Shift) -> None:
        for _ in range(3):
            await held(shift)
            await shift.ends()
            await shift.pass_(seconds=1)
            await shift.pass_(minutes=20)
        assert await shift.said() == ["ask_rating"]

    async def test_a_part_so_short_that_no_round_saw_it_is_asked_about_as_well(self, shift: Shift) -> None:
        await shift.asks()
        await shift.takes("g1")
        shift.clock.advance(milliseconds=300)
        await shift.says("g1")
        await shift.ends()
        await shift.pass_(seconds=1)
        wish = await shift.wish()
        assert wish["first_reply_at"] is not None
        assert await shift.said() == ["ask_rating"]


async def test_a_suggestion_that_nobody_tapped_on_is_void_and_answered_nobody(shift: Shift) -> None:
    await shift.writes(words="有货吗")
    (message,) = await inbox(shift.engine)
    async with shift.engine.begin() as connection:
        await connection.exec_driver_sql("update inbox set state = 'settled', outcome = 'answered'")
        await connection.exec_driver_sql(
            "insert into outbox (msgid, conversation_id, author, epoch, speech, state, deadline) "
            "values ('x', $1, 'bot', 0, $2, 'offered', $3)",
            (conversation(), f'{{"text": "有", "answers": [{message["id"]}]}}', shift.clock.now() + timedelta(minutes=30)),
        )
    await shift.pass_(minutes=29)
    assert (await outbox(shift.engine))[0]["state"] == "offered"
    await shift.pass_(minutes=1)
    (offer,) = await outbox(shift.engine)
    assert (offer["state"], offer["reason"]) == ("dropped", "建议没人点，过期了")
    assert (await inbox(shift.engine))[0]["outcome"] == "silent"


async def test_an_account_that_no_file_names_may_hold_a_talk_like_anybody(shift: Shift) -> None:
    shift.reopen(shop(Staff()))
    await shift.asks(store=None)
    await shift.takes("admin")
    await shift.says("admin")
    await shift.pass_(minutes=31)
    assert ((await shift.talk())["owner"], await shift.said()) == ("bot", ["returned", "ask_rating"])
    assert "admin" not in STAFF.guides
