"""Turns on a real database: kept whole or not at all."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import numpy as np
from facts_rig import (
    NOON,
    accept,
    an_arrival,
    answered,
    claim,
    close,
    conversation,
    done,
    floor,
    hand_back,
    inbox,
    outbox,
    rows,
    waiting,
)
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db import turns
from bot.db.turns import Done
from bot.model import Card, Evidence, Handover, Option, Pending, Session, Speech


def evidence(value: str = "敏感性") -> Evidence:
    return Evidence("skin_type", value, 0.9, NOON, "inbox:1")


async def test_a_turn_settles_speaks_and_remembers_in_one_step(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("m1", "我是敏感肌"), an_arrival("m2", "推荐面霜"))
    one = await waiting(engine)
    memory = Session(
        misses=1, pending=Pending("category", (Option("slot:category:面霜", "面霜"),)), wish={"slots": [{"name": "x"}]}
    )
    speech = Speech("看看这款", cards=(Card("面霜", price="¥99"),), options=(Option("human", "转人工"),), trace={"n": 1.5})
    kept = await turns.commit(engine, [done(one, speech, evidence=(evidence(),))], NOON)
    assert kept.kept == {conversation()} == kept.speaking
    assert not kept.stale
    assert [row["state"] for row in await inbox(engine)] == ["settled", "settled"]
    assert [row["trace"] for row in await inbox(engine)] == [{"intent": "greet"}] * 2
    (out,) = await outbox(engine)
    assert (out["state"], out["author"], out["epoch"], out["words"]) == ("pending", "bot", 0, "看看这款")
    assert await turns.load(engine, [conversation()]) == ()

    await accept(engine, an_arrival("m3"))
    again = await waiting(engine)
    assert again.session == Session(version=1)
    assert again.conversation.customer.evidence == (evidence(),)
    assert again.conversation.pending_out == 1
    await turns.commit(engine, [Done(again.conversation, "m3", memory.__class__(**{**_fields(memory), "version": 1}), ())], NOON)
    assert (await waiting(engine)).session == memory.__class__(**{**_fields(memory), "version": 2})


def _fields(session: Session) -> dict[str, object]:
    return {name: getattr(session, name) for name in Session.__dataclass_fields__}


async def test_a_second_turn_from_the_same_state_is_stale_and_leaves_nothing(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("m1"))
    one = await waiting(engine)
    await turns.commit(engine, [done(one, "第一")], NOON)
    kept = await turns.commit(engine, [done(one, "第二", handover=Handover("不该有"), evidence=(evidence(),))], NOON)
    assert kept.stale == {conversation()}
    assert not kept.kept
    assert [row["words"] for row in await outbox(engine)] == ["第一"]
    assert await rows(engine, "select * from handovers") == []
    assert await rows(engine, "select * from customer_tags") == []


async def test_a_claim_between_load_and_commit_makes_the_turn_stale(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("m1"))
    one = await waiting(engine)
    await claim(engine)
    kept = await turns.commit(engine, [done(one, "来晚了")], NOON)
    assert kept.stale == {conversation()}
    assert await outbox(engine) == []
    assert (await inbox(engine))[0]["state"] == "new"


async def test_a_claim_and_a_hand_back_between_load_and_commit_make_it_stale_too(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("m1"))
    one = await waiting(engine)
    await claim(engine)
    await hand_back(engine)
    assert (await turns.commit(engine, [done(one, "来晚了")], NOON)).stale == {conversation()}


async def test_of_a_batch_only_the_stale_turn_is_thrown_away(engine: AsyncEngine) -> None:
    await accept(engine, *(an_arrival(f"m{n}", external=f"wm{n}") for n in range(4)))
    batch = [done(await waiting(engine, f"wm{n}"), f"答{n}") for n in range(4)]
    await claim(engine, external="wm2")
    kept = await turns.commit(engine, batch, NOON)
    assert kept.stale == {conversation("wm2")}
    assert {row["words"] for row in await outbox(engine)} == {"答0", "答1", "答3"}


async def test_a_conversation_that_is_gone_is_stale(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("m1"))
    one = await waiting(engine)
    async with engine.begin() as connection:
        await connection.execute(text("delete from conversations"))
    assert (await turns.commit(engine, [done(one, "没人了")], NOON)).stale == {conversation()}


async def test_a_message_that_comes_meanwhile_waits_for_the_next_turn(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("m1"))
    one = await waiting(engine)
    await accept(engine, an_arrival("m2"))
    assert (await turns.commit(engine, [done(one, "答一")], NOON)).kept == {conversation()}
    assert [message.platform_id for message in (await waiting(engine)).messages] == ["m2"]


async def test_our_ids_are_the_same_in_every_retry_and_differ_between_turns(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("m1"))
    await answered(engine, "一", "二")
    await accept(engine, an_arrival("m2"))
    await answered(engine, "一")
    ids = [row["msgid"] for row in await outbox(engine)]
    assert len(set(ids)) == 3
    assert all(len(one) == 26 for one in ids)


async def test_a_wish_for_a_person_is_one_however_often_it_is_said(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("m1"))
    await answered(engine, "这就请人", handover=Handover("要人工", 1, "g1", {"想要": "面霜"}))
    assert ((await floor(engine))["owner"], (await floor(engine))["epoch"]) == ("waiting", 0)
    await accept(engine, an_arrival("m2"))
    await answered(engine, "已经在请了", handover=Handover("过敏了", 2))
    (wish,) = await rows(engine, "select * from handovers")
    assert (wish["state"], wish["reason"], wish["urgency"], wish["wanted"]) == ("waiting", "过敏了", 2, "g1")


async def test_after_a_handover_is_over_a_new_wish_is_a_new_one(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("m1"))
    await answered(engine, "这就请人", handover=Handover("要人工"))
    await claim(engine)
    await close(engine)
    await accept(engine, an_arrival("m2"))
    await answered(engine, "这就请人", handover=Handover("又要人工"))
    found = await rows(engine, "select state, reason from handovers order by id")
    assert [(row["state"], row["reason"]) for row in found] == [("closed", "要人工"), ("waiting", "又要人工")]


async def test_to_be_forgotten_takes_tags_and_name_in_the_same_step(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("m1"))
    await answered(engine, "记下了", evidence=(evidence(),))
    async with engine.begin() as connection:
        await connection.execute(text("update customers set name = '李女士', unionid = 'u', profile = '{\"a\": 1}'"))
    await accept(engine, an_arrival("m2", "把我的信息删了"))
    await answered(engine, "删了", erase=True)
    assert await rows(engine, "select * from customer_tags") == []
    (person,) = await rows(engine, "select name, unionid, profile from customers")
    # Only that and when it was erased stays, so that the platform's tags are not read in again.
    assert set(person.pop("profile")["wecom"]) == {"erased"}
    assert person == {"name": None, "unionid": None}


async def test_memory_written_by_another_version_of_the_program_never_stops_a_turn(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("m1"), an_arrival("m2", external="wm2"))
    strange = '{"misses": 2, "future": [1], "pending": {"slot": "x", "options": "not a list"}, "shown": 7}'
    async with engine.begin() as connection:
        await connection.execute(
            text("update sessions set data = cast(:d as jsonb), version = 5 where conversation_id = :id"),
            {"d": strange, "id": conversation()},
        )
    loaded = await turns.load(engine, [conversation(), conversation("wm2")])
    sessions = {one.conversation.id: one.session for one in loaded}
    assert sessions[conversation()] == Session(version=5)
    assert (await turns.commit(engine, [done(one, "好") for one in loaded], NOON)).stale == frozenset()


async def test_a_trace_may_hold_anything(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("m1"))
    odd = {"a": np.float32(0.5), "b": float("nan"), "c": {1, 2}, "d": NOON, "e": "a\0b", "f": np.int64(3), "g": "\ud83d", 5: "n"}
    speech = Speech("好", trace=odd)  # type: ignore[arg-type]
    one = await waiting(engine)
    kept = await turns.commit(engine, [done(one, speech)], NOON)
    assert kept.kept == {conversation()}


async def test_tries_are_counted(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("m1"))
    (message,) = (await waiting(engine)).messages
    await turns.attempt(engine, [message.id])
    await turns.attempt(engine, [message.id])
    assert (await waiting(engine)).messages[0].attempts == 2


async def test_only_conversations_with_waiting_messages_are_loaded(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("m1"), an_arrival("m2", external="wm2"))
    await answered(engine, "好")
    loaded = await turns.load(engine, [conversation(), conversation("wm2"), conversation("nobody")])
    assert [one.conversation.id for one in loaded] == [conversation("wm2")]
    assert loaded[0].messages[0].received_at - NOON < timedelta(seconds=1)


class Interrupted:
    """The database, where something happens between the first two questions of whoever connects."""

    def __init__(self, engine: AsyncEngine, act: Callable[[], Awaitable[object]]) -> None:
        self.engine, self.act, self.asked = engine, act, 0

    @asynccontextmanager
    async def connect(self) -> AsyncIterator["Interrupted"]:
        async with self.engine.connect() as self.connection:
            yield self

    async def execution_options(self, **options: Any) -> None:
        await self.connection.execution_options(**options)

    async def execute(self, *question: Any) -> Any:
        found = await self.connection.execute(*question)
        self.asked += 1
        if self.asked == 1:
            await self.act()
        return found


async def test_a_message_answered_while_it_was_being_read_is_not_answered_again(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("m1"), an_arrival("m2"))
    interrupted: Any = Interrupted(engine, lambda: answered(engine, "答过了"))
    loaded = await turns.load(interrupted, [conversation()])
    kept = await turns.commit(engine, [done(one, "又答一遍", "再答一遍") for one in loaded], NOON)
    assert not kept.kept
    assert [row["words"] for row in await outbox(engine)] == ["答过了"]


async def test_a_claim_while_it_was_being_read_makes_the_turn_stale(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("m1"))
    interrupted: Any = Interrupted(engine, lambda: claim(engine))
    loaded = await turns.load(interrupted, [conversation()])
    kept = await turns.commit(engine, [done(one, "来晚了") for one in loaded], NOON)
    assert kept.stale == {conversation()}
