"""The worker on real servers: one bad message stops nobody, and a restart anywhere answers nobody twice."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from bot_rooms import SPELLINGS, Words, services
from facts_rig import NOON, accept, an_arrival, an_event, claim, conversation, floor, inbox, outbox, rows, waiting
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db import turns
from bot.motion.due import DueQueue
from bot.motion.live import Live
from bot.services import FixedShelf, Services
from bot.worker import _POISON, LEASE, Worker
from intents import Gazetteer, Recognizer
from scripts import Listener, Reply, Scriptbook
from tests.conftest import ManualClock


class Fragile(Words):
    """Breaks on one word."""

    def classify(self, sentences: Any) -> NDArray[np.float64]:
        if any("炸" in sentence for sentence in sentences):
            raise ZeroDivisionError("炸了")
        return super().classify(sentences)


class TornBook(Scriptbook):
    """A book that cannot be read at all."""

    def render(self, script: str, facts: Mapping[str, str], listener: Listener, seed: str) -> Reply | None:
        raise LookupError(script)


def fragile(**more: Any) -> Services:
    recognizer = Recognizer(Fragile(), Gazetteer.build(SPELLINGS), 0.2)
    return replace(services(), recognizer=recognizer, **more)


class Office:
    """One worker with its queues."""

    def __init__(self, engine: AsyncEngine, queues: Mapping[str, DueQueue], live: Live, clock: ManualClock) -> None:
        self.engine, self.queues, self.live, self.clock = engine, queues, live, clock

    def worker(self, rooms: Services | None = None) -> Worker:
        return Worker(self.engine, self.queues, self.live, FixedShelf(rooms or services()), self.clock)

    async def step(self, worker: Worker | None = None) -> int:
        claims = await self.queues["turn"].claim(32, LEASE)
        await (worker or self.worker()).step(claims.taken)
        return len(claims.taken)

    async def write(self, *arrivals: Any) -> None:
        await accept(self.engine, *arrivals, at=self.clock.now())
        await self.queues["turn"].wake([one.conversation for one in arrivals])


@pytest.fixture
def office(engine: AsyncEngine, queues: Mapping[str, DueQueue], live: Live, clock: ManualClock) -> Office:
    clock.moment = NOON
    return Office(engine, queues, live, clock)


async def test_a_message_is_answered_and_the_courier_is_woken(office: Office) -> None:
    await office.write(an_arrival("m1", "包邮吗"))
    assert await office.step() == 1
    assert [row["words"] for row in await outbox(office.engine)] == ["满99元包邮。"]
    assert (await inbox(office.engine))[0]["outcome"] == "answered"
    assert await office.queues["turn"].size() == 0
    sends = await office.queues["send"].claim(10, LEASE)
    assert [claim.member for claim in sends.taken] == [conversation()]


async def test_one_message_that_breaks_us_is_apologised_for_and_the_others_are_answered(office: Office) -> None:
    await office.write(*(an_arrival(f"m{n}", "炸" if n == 2 else "包邮吗", f"wm{n}") for n in range(4)))
    assert await office.step(office.worker(fragile())) == 4
    outcomes = {row["platform_id"]: row["outcome"] for row in await inbox(office.engine)}
    assert outcomes == {"m0": "answered", "m1": "answered", "m2": "failed", "m3": "answered"}
    assert (await floor(office.engine, "wm2"))["owner"] == "waiting"
    (wish,) = await rows(office.engine, "select * from handovers")
    assert "程序" in wish["reason"]
    assert {row["conversation_id"] for row in await outbox(office.engine)} == {conversation(f"wm{n}") for n in range(4)}


async def test_even_an_apology_that_fails_stops_nobody(office: Office) -> None:
    torn = fragile(book=TornBook.build(()))
    await office.write(an_arrival("m1", "炸"), an_arrival("m2", "包邮吗", "wm2"))
    await office.step(office.worker(torn))
    assert [row["outcome"] for row in await inbox(office.engine)] == ["failed", "failed"]
    assert len(await rows(office.engine, "select * from handovers where state = 'waiting'")) == 2
    assert await outbox(office.engine) == []
    assert await office.queues["turn"].size() == 0


async def test_an_encoder_that_cannot_warm_up_stops_nobody(office: Office) -> None:
    def broken(texts: object) -> None:
        raise MemoryError

    await office.write(an_arrival("m1", "包邮吗"))
    await office.step(office.worker(replace(services(), warm=broken)))
    assert (await inbox(office.engine))[0]["outcome"] == "answered"


async def test_a_message_that_keeps_killing_its_worker_goes_to_a_person(office: Office) -> None:
    await office.write(an_arrival("m1", "包邮吗"))
    office.clock.advance(seconds=LEASE.total_seconds() + 1)
    (message,) = (await waiting(office.engine)).messages
    for _ in range(_POISON):
        await turns.attempt(office.engine, [message.id])
    await office.step()
    (row,) = await inbox(office.engine)
    assert (row["outcome"], row["reason"]) == ("failed", "这条消息多次没有处理完，请人工看看")
    assert (await floor(office.engine))["owner"] == "waiting"


async def test_tries_are_counted_only_for_messages_that_came_to_no_end_in_time(office: Office) -> None:
    await office.write(an_arrival("m1", "包邮吗"))
    await office.step()
    assert (await inbox(office.engine))[0]["attempts"] == 0
    await office.write(an_arrival("m2", "包邮吗"))
    office.clock.advance(seconds=LEASE.total_seconds() + 1)
    await office.step()
    assert (await inbox(office.engine))[1]["attempts"] == 1


async def test_a_guide_who_was_faster_makes_the_turn_start_again_and_end_in_silence(office: Office) -> None:
    await office.write(an_arrival("m1", "包邮吗"))

    class Slow(Worker):
        def _think(self, found: Any) -> Any:
            return super()._think([replace(one, session=replace(one.session, version=99)) for one in found])

    slow = Slow(office.engine, office.queues, office.live, FixedShelf(services()), office.clock)
    await office.step(slow)
    assert (await inbox(office.engine))[0]["state"] == "new"
    assert await office.queues["turn"].size() == 1
    await claim(office.engine)
    claims: Any = None
    while claims is None or not claims.taken:
        claims = await office.queues["turn"].claim(32, LEASE)
    await office.worker().step(claims.taken)
    assert (await inbox(office.engine))[0]["outcome"] == "handed_over"
    assert await outbox(office.engine) == []


async def test_two_workers_with_the_same_conversation_answer_once(office: Office) -> None:
    await office.write(an_arrival("m1", "包邮吗"))
    first = await office.queues["turn"].claim(32, timedelta())
    second = await office.queues["turn"].claim(32, LEASE)
    assert first.taken
    assert second.taken
    await office.worker().step(first.taken)
    await office.worker().step(second.taken)
    assert len(await outbox(office.engine)) == 1
    assert await office.queues["turn"].size() == 0


async def test_what_has_nothing_to_answer_is_settled(office: Office) -> None:
    await office.queues["turn"].wake(["nobody"])
    assert await office.step() == 1
    assert await office.queues["turn"].size() == 0


async def test_a_welcome_is_in_the_outbox_with_its_deadline(office: Office) -> None:
    event = an_event("e1", kind="enter_session", settled=None, payload={"event": {"welcome_code": "CODE"}})
    await office.write(event)
    await office.step()
    (welcome,) = await outbox(office.engine)
    assert welcome["deadline"] == NOON + timedelta(seconds=20)
    assert welcome["speech"]["code"] == "CODE"
