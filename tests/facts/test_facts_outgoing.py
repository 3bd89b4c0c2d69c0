"""The outbox on a real database: fence, order, quota, window, deadline, leases."""

import asyncio
from datetime import UTC, datetime, timedelta

from facts_rig import (
    NOON,
    accept,
    an_arrival,
    an_event,
    answered,
    claim,
    close,
    conversation,
    finish,
    floor,
    hand_back,
    inbox,
    outbox,
    rows,
    take,
    told,
)
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db import outgoing, sweeps
from bot.db.outgoing import LEASE, Sent, Taken
from bot.model import Handover, Outgoing, Speech


def message(taken: Taken | None) -> Outgoing:
    assert taken is not None
    assert taken.verdict == "go", taken
    assert taken.outgoing is not None
    return taken.outgoing


async def asked(engine: AsyncEngine, *speeches: Speech | str) -> None:
    await accept(engine, an_arrival("m1"))
    await answered(engine, *speeches)


async def test_messages_leave_one_by_one_in_order_and_are_then_shown(engine: AsyncEngine) -> None:
    await asked(engine, "一", "二")
    first = await take(engine)
    assert message(first).speech.text == "一"
    assert first is not None
    assert first.more
    busy = await take(engine)
    assert busy is not None
    assert (busy.verdict, busy.wait) == ("later", LEASE)
    await finish(engine, message(first))
    second = await take(engine)
    assert message(second).speech.text == "二"
    assert second is not None
    assert not second.more
    await finish(engine, message(second))
    assert await take(engine) is None
    assert await told(engine) == [("shopper", "在吗"), ("bot", "一"), ("bot", "二")]


async def test_what_was_ready_before_a_claim_never_leaves_and_the_record_says_why(engine: AsyncEngine) -> None:
    await asked(engine, "一", "二")
    await claim(engine)
    for _ in range(2):
        dropped = await take(engine)
        assert dropped is not None
        assert dropped.verdict == "dropped"
    assert await take(engine) is None
    assert [row["state"] for row in await outbox(engine)] == ["dropped", "dropped"]
    assert [(row["outcome"], row["reason"]) for row in await inbox(engine)] == [
        ("handed_over", "导购先接手了，机器人的回复不再发出")
    ]


async def test_nor_does_it_leave_after_the_person_gave_the_talk_back(engine: AsyncEngine) -> None:
    await asked(engine, "一")
    await claim(engine)
    await hand_back(engine)
    dropped = await take(engine)
    assert dropped is not None
    assert dropped.verdict == "dropped"


async def test_waiting_for_a_person_does_not_stop_what_was_promised(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("m1"))
    await answered(engine, "这就请人", handover=Handover("要人工"))
    assert message(await take(engine)).speech.text == "这就请人"


async def test_a_guides_words_leave_whoever_has_the_floor(engine: AsyncEngine) -> None:
    await asked(engine)
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "insert into outbox (msgid, conversation_id, author, epoch, speech) values ('g1', :id, 'guide', 0, '{\"text\": \"我来\"}')"
            ),
            {"id": conversation()},
        )
    await claim(engine)
    assert message(await take(engine)).author == "guide"


async def test_a_lease_that_ran_out_is_taken_again_as_uncertain_with_the_same_id(engine: AsyncEngine) -> None:
    await asked(engine, "一")
    first = message(await take(engine))
    assert not first.uncertain
    again = message(await take(engine, at=NOON + LEASE + timedelta(seconds=1)))
    assert (again.msgid, again.uncertain, again.attempts) == (first.msgid, True, 1)


async def test_a_result_that_comes_after_the_lease_was_lost_is_still_the_truth(engine: AsyncEngine) -> None:
    await asked(engine, "一")
    first = message(await take(engine))
    later = NOON + LEASE + timedelta(seconds=1)
    second = message(await take(engine, at=later))
    await finish(engine, first, at=later)
    await finish(engine, second, "failed", at=later, reason="重复的 msgid")
    assert [row["state"] for row in await outbox(engine)] == ["sent"]
    assert [author for author, _ in await told(engine)] == ["shopper", "bot"]
    assert (await inbox(engine))[0]["outcome"] == "answered"
    assert (await floor(engine))["sent_since"] == 1


async def test_a_courier_that_lost_its_lease_cannot_put_back_what_another_is_sending(engine: AsyncEngine) -> None:
    await asked(engine, "一")
    first = message(await take(engine))
    later = NOON + LEASE + timedelta(seconds=1)
    second = message(await take(engine, at=later))
    await finish(engine, first, "pending", at=later, due=later, uncertain=False)
    busy = await take(engine, at=later)
    assert busy is not None
    assert busy.verdict == "later"
    await finish(engine, second, at=later)
    assert [row["state"] for row in await outbox(engine)] == ["sent"]


async def test_a_message_that_left_just_before_the_claim_is_shown_although_it_was_given_up(engine: AsyncEngine) -> None:
    await asked(engine, "一")
    first = message(await take(engine))
    await claim(engine)
    later = NOON + LEASE + timedelta(seconds=1)
    dropped = await take(engine, at=later)
    assert dropped is not None
    assert dropped.verdict == "dropped"
    await finish(engine, first, at=later)
    assert [row["state"] for row in await outbox(engine)] == ["sent"]
    assert ("bot", "一") in await told(engine)


async def test_a_failure_told_by_the_platform_is_not_overwritten_by_a_late_success(engine: AsyncEngine) -> None:
    await asked(engine, "一")
    first = message(await take(engine))
    await accept(engine, an_event("e1", fails=(first.msgid, "平台没有送达：顾客拒收")))
    await finish(engine, first)
    assert [row["state"] for row in await outbox(engine)] == ["failed"]


async def test_a_temporary_fault_waits_and_keeps_its_place_in_front(engine: AsyncEngine) -> None:
    await asked(engine, "一", "二")
    first = message(await take(engine))
    due = NOON + timedelta(seconds=10)
    await finish(engine, first, "pending", due=due, uncertain=True, code=-1, reason="忙")
    early = await take(engine)
    assert early is not None
    assert (early.verdict, early.wait) == ("later", timedelta(seconds=10))
    again = message(await take(engine, at=due))
    assert (again.msgid, again.attempts, again.uncertain) == (first.msgid, 1, True)
    assert (await floor(engine))["sent_since"] == 1


async def test_the_sixth_message_waits_for_the_shopper(engine: AsyncEngine) -> None:
    await asked(engine, *"一二三四五六")
    for _ in range(5):
        await finish(engine, message(await take(engine)))
    held = await take(engine)
    assert held is not None
    assert (held.verdict, held.reason) == ("held", "平台条数用完，等顾客再开口")
    assert (await outbox(engine))[5]["state"] == "held"


async def test_what_the_platform_refused_takes_no_place(engine: AsyncEngine) -> None:
    await asked(engine, "一", "二")
    await finish(engine, message(await take(engine)), "failed", reason="不行")
    assert (await floor(engine))["sent_since"] == 0
    assert (await inbox(engine))[0]["outcome"] == "failed"
    await finish(engine, message(await take(engine)))
    assert (await floor(engine))["sent_since"] == 1


async def test_a_message_held_by_the_platform_starts_afresh_when_the_shopper_writes(engine: AsyncEngine) -> None:
    await asked(engine, "一")
    await finish(engine, message(await take(engine)), "held", code=95001, reason="5 条用完")
    assert ((await outbox(engine))[0]["state"], (await floor(engine))["sent_since"]) == ("held", 5)
    await accept(engine, an_arrival("m2"))
    again = message(await take(engine))
    assert (again.attempts, again.uncertain) == (0, False)
    assert (await floor(engine))["sent_since"] == 1


async def test_after_48_hours_nothing_leaves_until_the_shopper_writes(engine: AsyncEngine) -> None:
    await asked(engine, "一")
    late = NOON + timedelta(hours=48)
    held = await take(engine, at=late)
    assert held is not None
    assert held.verdict == "held"
    await accept(engine, an_arrival("m2", sent_at=late), at=late)
    assert message(await take(engine, at=late)).speech.text == "一"


async def test_the_web_has_neither_quota_nor_window(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("m1", channel="web", account=""))
    await answered(engine, *"一二三四五六七")
    for _ in range(7):
        await finish(engine, message(await take(engine, at=NOON + timedelta(days=30))))
    assert len(await told(engine)) == 8


def welcome(seconds: float = 20) -> Speech:
    return Speech("欢迎", code="CODE", deadline=NOON + timedelta(seconds=seconds))


async def test_a_welcome_leaves_beside_the_quota_and_before_the_first_word(engine: AsyncEngine) -> None:
    await accept(engine, an_event("e1", kind="enter_session", settled=None))
    await answered(engine, welcome())
    sent = message(await take(engine))
    assert (sent.speech.code, sent.deadline) == ("CODE", NOON + timedelta(seconds=20))
    assert (await floor(engine))["sent_since"] == 0
    await finish(engine, sent, "failed", reason="code 用过了")
    assert (await floor(engine))["sent_since"] == 0


async def test_a_welcome_that_is_too_late_is_dropped_and_nobody_says_that_a_guide_was_there(engine: AsyncEngine) -> None:
    await accept(engine, an_event("e1", kind="enter_session", settled=None))
    await answered(engine, welcome())
    dropped = await take(engine, at=NOON + timedelta(seconds=20))
    assert dropped is not None
    assert dropped.verdict == "dropped"
    (event,) = await inbox(engine)
    assert (event["outcome"], event["reason"]) == ("silent", "过了平台规定的时限")


async def test_a_welcome_does_not_wait_behind_what_is_held(engine: AsyncEngine) -> None:
    await asked(engine, "两天前没发出去的话")
    later = NOON + timedelta(hours=49)
    held = await take(engine, at=later)
    assert held is not None
    assert held.verdict == "held"
    await accept(engine, an_event("e1", kind="enter_session", settled=None), at=later)
    await answered(engine, Speech("欢迎", code="CODE", deadline=later + timedelta(seconds=20)))
    assert message(await take(engine, at=later)).speech.text == "欢迎"


async def test_someone_who_serves_in_the_platforms_client_takes_the_floor(engine: AsyncEngine) -> None:
    await asked(engine, "一", "二")
    await finish(engine, message(await take(engine)), "dropped", servicer="xiaolin", code=95018)
    place = await floor(engine)
    assert (place["owner"], place["guide"], place["epoch"], place["sent_since"]) == ("human", "xiaolin", 1, 0)
    assert (await inbox(engine))[0]["outcome"] == "handed_over"
    dropped = await take(engine)
    assert dropped is not None
    assert dropped.verdict == "dropped"


async def test_two_couriers_at_once_never_take_the_same_message(engine: AsyncEngine) -> None:
    people = [f"wm{n}" for n in range(30)]
    await accept(engine, *(an_arrival(f"m-{who}", external=who) for who in people))
    for who in people:
        await answered(engine, "一", "二", external=who)
    ids = [conversation(who) for who in people]
    sent: list[str] = []
    for _ in range(2):
        batches = await asyncio.gather(*(outgoing.take(engine, order, NOON) for order in (ids, ids[::-1], ids[7:] + ids[:7])))
        gone = [one.outgoing for batch in batches for one in batch if one.verdict == "go" and one.outgoing is not None]
        assert len({one.msgid for one in gone}) == len(gone) == 30
        sent += [one.msgid for one in gone]
        await outgoing.finish(engine, [Sent(one, "sent") for one in gone], NOON)
    assert len(set(sent)) == 60


async def test_a_claim_is_quiet_only_when_nothing_of_the_bot_is_on_its_way(engine: AsyncEngine) -> None:
    now = datetime.now(UTC)
    await accept(engine, an_arrival("m1", sent_at=now), at=now)
    await answered(engine, "一")
    first = message(await take(engine, at=now))
    await claim(engine)
    assert not await sweeps.quiet(engine, conversation())
    await finish(engine, first)
    assert await sweeps.quiet(engine, conversation())


async def test_a_closed_talk_hears_nothing_that_was_thought_before(engine: AsyncEngine) -> None:
    await asked(engine, "一")
    await close(engine)
    dropped = await take(engine)
    assert dropped is not None
    assert dropped.verdict == "dropped"


async def test_what_motion_forgot_is_found_again_from_the_facts(engine: AsyncEngine) -> None:
    await asked(engine, "一")
    await accept(engine, an_arrival("m2", external="wm2"))
    async with engine.begin() as connection:
        await connection.execute(text("update outbox set created_at = now() - interval '1 minute'"))
        await connection.execute(text("update inbox set received_at = now() - interval '1 minute'"))
    assert await sweeps.waiting(engine) == (conversation(),)
    assert await sweeps.unanswered(engine) == (conversation("wm2"),)
    assert len(await rows(engine, "select 1 from inbox")) == 2
