"""The fence on the real code and PostgreSQL: drawn interleavings, deed by deed and all at once, judged as the model's are."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

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
    take,
    told,
    waiting,
)
from facts_rig import done as a_turn
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.bench import fence_database
from bot.courier import CALL_WITHIN, Courier
from bot.db import sweeps, turns
from bot.db.outgoing import LEASE
from bot.errors import TakenOverError
from bot.model import Handover, Outgoing, Speech
from bot.motion.due import DueQueue
from bot.motion.live import Live
from tests.conftest import ManualClock

WEB = {"channel": "web", "account": ""}


async def test_no_interleaving_lets_the_bot_talk_over_a_person(engine: AsyncEngine) -> None:
    found = await fence_database.prove(engine, 11, range(100))
    assert found.broken == []
    assert found.ran == 100
    assert found.delivered > 80
    assert found.spans > 30


async def sending(engine: AsyncEngine, **more: str) -> Outgoing:
    taken = await take(engine)
    assert taken is not None
    assert taken.outgoing is not None
    return taken.outgoing


async def test_a_web_answer_whose_record_comes_after_a_person_took_over_is_never_shown(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("m1", **WEB))
    await answered(engine, "一")
    message = await sending(engine)
    await claim(engine)
    await finish(engine, message, at=NOON + LEASE + timedelta(seconds=1))
    assert [author for author, _ in await told(engine)] == ["shopper"]
    assert [row["state"] for row in await outbox(engine)] == ["dropped"]
    assert (await inbox(engine))[0]["outcome"] == "handed_over"


async def test_a_web_answer_in_time_is_shown(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("m1", **WEB))
    await answered(engine, "一")
    await finish(engine, await sending(engine))
    assert [author for author, _ in await told(engine)] == ["shopper", "bot"]


async def test_a_refusal_heard_late_does_not_give_the_floor_to_somebody_who_has_left(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("m1"))
    await answered(engine, "一")
    message = await sending(engine)
    await accept(engine, an_event("e1", takes_over="xiaolin"), an_event("e2", hands_back=True))
    await finish(engine, message, "dropped", servicer="xiaolin", code=95018)
    assert (await floor(engine))["owner"] == "closed"


async def test_what_nobody_asked_for_is_not_said_into_a_wait(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("m1"))
    await answered(engine, Speech("会员日", pushed=True), "这就请人", handover=Handover("要人工"))
    pushed = await take(engine)
    assert pushed is not None
    assert (pushed.verdict, pushed.reason) == ("dropped", "顾客在等导购，不拿别的话打扰")
    promise = await take(engine)
    assert promise is not None
    assert promise.verdict == "go"


async def test_a_turn_does_not_answer_what_was_taken_back_while_it_thought(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("m1"))
    thinking = await waiting(engine)
    await accept(engine, an_event("e1", kind="user_recall_msg", recalls="m1"))
    kept = await turns.commit(engine, [a_turn(thinking, "一")], NOON)
    assert kept.stale == {conversation()}
    assert [row["outcome"] for row in await inbox(engine)] == ["silent", "silent"]


async def test_a_second_recall_of_an_answered_message_disturbs_no_turn(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("m1"))
    await answered(engine, "一")
    await accept(engine, an_arrival("m2"))
    thinking = await waiting(engine)
    await accept(engine, an_event("e1", kind="user_recall_msg", recalls="m1"))
    assert (await turns.commit(engine, [a_turn(thinking, "二")], NOON)).kept == {conversation()}
    assert (await inbox(engine))[0]["outcome"] == "answered"


async def test_quiet_is_told_by_the_clock_that_gave_the_lease(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("m1"))
    await answered(engine, "一")
    await sending(engine)
    await claim(engine)
    assert not await sweeps.quiet(engine, conversation(), NOON + LEASE - timedelta(seconds=1))
    assert await sweeps.quiet(engine, conversation(), NOON + LEASE + timedelta(seconds=1))


class Slow:
    """A platform that answers when it is told to."""

    name = "wecom_kf"

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.answer = asyncio.Event()
        self.refusal: Exception | None = None

    async def send(self, message: Outgoing) -> None:
        self.begun.append(message.speech.text)
        await self.answer.wait()
        if self.refusal is not None:
            raise self.refusal


def courier(engine: AsyncEngine, queues: Mapping[str, DueQueue], live: Live, channel: Slow, clock: ManualClock) -> Courier:
    return Courier(engine, queues["send"], live, {("wecom_kf", "demo"): channel}, clock)


async def carried(one: Courier, queues: Mapping[str, DueQueue]) -> None:
    await queues["send"].wake([conversation()])
    await one.step((await queues["send"].claim(1, timedelta(seconds=30))).taken)
    await one.drain()


async def test_a_call_ends_before_its_lease_does(
    engine: AsyncEngine, queues: dict[str, DueQueue], live: Live, clock: ManualClock, monkeypatch: object
) -> None:
    assert CALL_WITHIN < LEASE
    await accept(engine, an_arrival("m1"))
    await answered(engine, "一")
    channel = Slow()
    monkeypatch.setattr("bot.courier.CALL_WITHIN", timedelta(milliseconds=200))  # type: ignore[attr-defined]
    await carried(courier(engine, queues, live, channel, clock), queues)
    (row,) = await outbox(engine)
    assert (channel.begun, row["state"], row["uncertain"]) == (["一"], "pending", True)


async def test_a_call_that_would_come_too_late_is_not_begun(
    engine: AsyncEngine, queues: dict[str, DueQueue], live: Live, clock: ManualClock, monkeypatch: object
) -> None:
    await accept(engine, an_arrival("m1"))
    await answered(engine, "一")
    channel = Slow()
    monkeypatch.setattr("bot.courier.CALL_WITHIN", timedelta())  # type: ignore[attr-defined]
    await carried(courier(engine, queues, live, channel, clock), queues)
    (row,) = await outbox(engine)
    assert (channel.begun, row["state"], row["uncertain"]) == ([], "pending", False)


async def test_a_guide_sees_that_a_colleague_on_the_phone_kept_their_words_back(
    engine: AsyncEngine, queues: dict[str, DueQueue], live: Live, clock: ManualClock
) -> None:
    await accept(engine, an_arrival("m1"))
    await answered(engine, "一")
    async with engine.begin() as connection:
        await connection.exec_driver_sql("update outbox set author = 'guide'")
    channel = Slow()
    channel.answer.set()
    channel.refusal = TakenOverError("95018", 95018, "xiaolin")
    await carried(courier(engine, queues, live, channel, clock), queues)
    (row,) = await outbox(engine)
    assert (row["state"], row["reason"]) == ("failed", "同事正在企业微信里接待这位顾客，这句没有发出")
    assert (await floor(engine))["guide"] == "xiaolin"


async def test_closing_and_giving_back_leave_nothing_of_the_old_part(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("m1"))
    await answered(engine, "一", "二")
    await claim(engine)
    await hand_back(engine)
    await claim(engine, "lin")
    await close(engine)
    await accept(engine, an_arrival("m2"))
    await answered(engine, "三")
    verdicts = [taken.verdict for taken in [await take(engine) for _ in range(3)] if taken is not None]
    assert verdicts == ["dropped", "dropped", "go"]
