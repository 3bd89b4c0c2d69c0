"""Durable acceptance on a real database: once each, in order, and what changes at once."""

import asyncio
from datetime import timedelta
from random import Random

import pytest
from facts_rig import (
    NOON,
    accept,
    an_arrival,
    an_event,
    answered,
    claim,
    conversation,
    done,
    finish,
    floor,
    inbox,
    outbox,
    rows,
    take,
    told,
    waiting,
)
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db import turns
from bot.db.accept import Accepted, Acceptor
from bot.model import Arrival, Handover, Speech


async def test_a_message_waits_for_its_turn_with_customer_conversation_and_memory(engine: AsyncEngine) -> None:
    accepted = await accept(engine, an_arrival("m1", "面霜多少钱"))
    assert [(c, a.platform_id) for c, a in accepted.waiting] == [(conversation(), "m1")]
    one = await waiting(engine)
    assert [message.text for message in one.messages] == ["面霜多少钱"]
    assert one.conversation.external == "wm1"
    assert one.conversation.owner == "bot"
    assert one.conversation.last_inbound_at == NOON
    assert await told(engine) == [("shopper", "面霜多少钱")]


async def test_a_repeat_is_not_accepted_again_in_the_same_or_a_later_batch(engine: AsyncEngine) -> None:
    first = await accept(engine, an_arrival("m1"), an_arrival("m1", "别的话"), an_arrival("m2"))
    second = await accept(engine, an_arrival("m2"), an_arrival("m3"))
    assert [arrival.platform_id for _, arrival in first.fresh] == ["m1", "m2"]
    assert [arrival.platform_id for _, arrival in second.fresh] == ["m3"]
    assert [row["platform_id"] for row in await inbox(engine)] == ["m1", "m2", "m3"]
    assert len(await told(engine)) == 3


async def test_the_same_id_on_another_account_is_another_message(engine: AsyncEngine) -> None:
    other = an_arrival("m1", external="wm2", account="second")
    accepted = await accept(engine, an_arrival("m1"), other)
    assert len(accepted.fresh) == 2


async def test_ids_rise_in_the_order_in_which_the_platform_told_them(engine: AsyncEngine) -> None:
    names = [f"m{n}" for n in range(50)]
    Random(3).shuffle(names)
    await accept(engine, *(an_arrival(name, name, f"wm{n % 7}") for n, name in enumerate(names)))
    assert [row["platform_id"] for row in await inbox(engine)] == names
    assert [words for _, words in await told(engine)] == names


async def test_a_batch_without_anything_changes_nothing(engine: AsyncEngine) -> None:
    assert await accept(engine) == Accepted(())


async def test_what_belongs_to_no_talk_is_kept_all_the_same(engine: AsyncEngine) -> None:
    accepted = await accept(engine, an_event("e1", conversation=None, external=""))
    assert len(accepted.fresh) == 1
    assert accepted.waiting == ()
    assert (await inbox(engine))[0]["conversation_id"] is None
    assert await told(engine) == []


@pytest.mark.parametrize("words", ["a\0b", "\\u0000", "\\\\u0000", "嗨\\\0", "\ud83d 半个表情", "\0"])
async def test_no_character_can_stop_a_batch(engine: AsyncEngine, words: str) -> None:
    accepted = await accept(engine, an_arrival("m1", words), an_arrival("m2", "后一条"))
    assert len(accepted.fresh) == 2
    kept = (await inbox(engine))[0]
    assert kept["text"] == kept["payload"]["text"]["content"]
    assert kept["text"].replace("\ufffd", "?") == words.replace("\0", "?").replace("\ud83d", "?")


async def test_no_character_in_a_name_can_stop_a_batch(engine: AsyncEngine) -> None:
    odd = an_arrival("m\0", kind="te\0xt", sender="a\0", external="wm\0", peer="k\0f", payload={"k\0": ["v\0", {"w": "\udfff"}]})
    event = an_event("e1", settled=("silent", "没见过的事件 \0"))
    assert len((await accept(engine, odd, event)).fresh) == 2
    assert len((await accept(engine, odd)).fresh) == 0


async def test_numbers_that_json_can_hardly_hold_do_not_stop_a_batch(engine: AsyncEngine) -> None:
    odd = an_arrival("m1", payload={"n": 2**70, "x": float("nan"), "at": NOON})
    assert len((await accept(engine, odd)).fresh) == 1


async def test_a_servicer_who_speaks_takes_the_floor_before_any_turn(engine: AsyncEngine) -> None:
    spoken = an_arrival("m2", "我来", role="guide", sender="xiaolin", settled=("handed_over", "人说的"), takes_over="xiaolin")
    await accept(engine, an_arrival("m1"), spoken)
    place = await floor(engine)
    assert (place["owner"], place["guide"], place["epoch"]) == ("human", "xiaolin", 1)
    assert place["human_upto"] == (await inbox(engine))[1]["id"]
    assert await told(engine) == [("shopper", "在吗"), ("guide", "我来")]


async def test_the_end_of_a_persons_part_closes_and_the_next_message_opens_again(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("m1"), an_event("e1", takes_over="xiaolin"))
    await accept(engine, an_event("e2", hands_back=True))
    assert ((await floor(engine))["owner"], (await floor(engine))["epoch"]) == ("closed", 2)
    await accept(engine, an_arrival("m2"))
    assert ((await floor(engine))["owner"], (await floor(engine))["epoch"]) == ("bot", 2)


async def test_open_handovers_follow_the_floor(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("m1"))
    await answered(engine, "这就请人", handover=Handover("要人工"))
    await accept(engine, an_event("e1", takes_over="xiaolin"))
    (open_,) = await rows(engine, "select * from handovers")
    assert (open_["state"], open_["guide"]) == ("claimed", "xiaolin")
    await accept(engine, an_event("e2", hands_back=True))
    (gone,) = await rows(engine, "select * from handovers")
    assert gone["state"] == "closed"
    assert gone["closed_at"] is not None


async def test_a_message_taken_back_before_its_turn_needs_no_answer(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("m1"), an_event("e1", recalls="m1"))
    assert await turns.load(engine, [conversation()]) == ()
    assert [(row["outcome"], row["reason"]) for row in await inbox(engine)][0] == ("silent", "顾客撤回了这条消息")
    assert (await rows(engine, "select recalled_at from messages"))[0]["recalled_at"] is not None


async def test_a_message_taken_back_after_its_turn_stays_answered_but_is_not_shown(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("m1"))
    await answered(engine, "在的")
    await accept(engine, an_event("e1", recalls="m1"))
    assert (await inbox(engine))[0]["outcome"] == "answered"
    assert (await rows(engine, "select recalled_at from messages"))[0]["recalled_at"] is not None


async def test_a_recall_of_something_unknown_or_of_another_account_does_nothing(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("m1"))
    await accept(engine, an_event("e1", recalls="m9"), an_event("e2", external="wm2", account="second", recalls="m1"))
    assert (await inbox(engine))[0]["state"] == "new"


async def test_a_message_that_did_not_arrive_after_all_is_a_failure_that_holds_what_follows(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("m1"))
    await answered(engine, "一", "二")
    taken = await take(engine)
    assert taken is not None
    assert taken.outgoing is not None
    await finish(engine, taken.outgoing)
    await accept(engine, an_event("e1", fails=(taken.outgoing.msgid, "平台没有送达：超过 5 条")))
    first, second = await outbox(engine)
    assert (first["state"], second["state"]) == ("failed", "held")
    assert (await inbox(engine))[0]["outcome"] == "failed"
    assert (await rows(engine, "select failure from messages where author = 'bot'"))[0]["failure"] == "平台没有送达：超过 5 条"


async def test_a_failure_told_while_we_still_doubt_that_it_was_sent_is_believed(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("m1"))
    await answered(engine, "一")
    taken = await take(engine)
    assert taken is not None
    assert taken.outgoing is not None
    await finish(engine, taken.outgoing, "pending", uncertain=True, due=NOON)
    await accept(engine, an_event("e1", fails=(taken.outgoing.msgid, "平台没有送达：顾客拒收")))
    assert [row["state"] for row in await outbox(engine)] == ["failed"]
    assert await take(engine) is None


async def test_the_next_message_of_the_shopper_frees_what_was_held_and_the_whole_quota(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("m1"))
    await answered(engine, *"一二三四五六")
    for _ in range(5):
        taken = await take(engine)
        assert taken is not None
        assert taken.outgoing is not None
        await finish(engine, taken.outgoing)
    held = await take(engine)
    assert held is not None
    assert held.verdict == "held"
    await accept(engine, an_arrival("m2", sent_at=NOON + timedelta(minutes=1)), at=NOON + timedelta(minutes=1))
    assert (await floor(engine))["sent_since"] == 0
    released = await take(engine, at=NOON + timedelta(minutes=1))
    assert released is not None
    assert released.verdict == "go"
    assert released.outgoing is not None
    assert released.outgoing.speech.text == "六"


async def test_an_event_does_not_count_as_a_word_of_the_shopper(engine: AsyncEngine) -> None:
    await accept(engine, an_event("e1"))
    assert (await floor(engine))["last_inbound_at"] is None


@pytest.mark.parametrize(
    ("told_at", "kept"),
    [(timedelta(minutes=-5), timedelta(minutes=-5)), (timedelta(days=-30), timedelta()), (timedelta(hours=1), timedelta())],
)
async def test_the_platforms_time_counts_unless_it_comes_from_another_clock(
    engine: AsyncEngine, told_at: timedelta, kept: timedelta
) -> None:
    await accept(engine, an_arrival("m1", sent_at=NOON + told_at))
    assert (await floor(engine))["last_inbound_at"] == NOON + kept


async def test_two_connections_with_the_same_messages_keep_each_exactly_once(engine: AsyncEngine) -> None:
    for round_ in range(12):
        batch = [an_arrival(f"r{round_}m{n}", str(n), f"r{round_}wm{n % 5}") for n in range(20)]
        backwards = list(reversed(batch))
        found = await asyncio.gather(accept(engine, *batch), accept(engine, *backwards), accept(engine, *batch[5:], *batch[:5]))
        fresh = [arrival.platform_id for one in found for _, arrival in one.fresh]
        assert sorted(fresh) == sorted(arrival.platform_id for arrival in batch)
    assert len(await inbox(engine)) == 12 * 20
    assert len(await told(engine)) == 12 * 20


async def test_new_conversations_in_opposite_orders_never_block_each_other(engine: AsyncEngine) -> None:
    def batch(round_: int, order: int) -> list[Arrival]:
        people = [f"r{round_}p{n}" for n in range(40)]
        return [an_arrival(f"{order}{who}", external=who) for who in (people if order else reversed(people))]

    for round_ in range(10):
        await asyncio.gather(accept(engine, *batch(round_, 0)), accept(engine, *batch(round_, 1)))
    assert len(await inbox(engine)) == 10 * 80


async def test_what_is_known_is_not_introduced_again_and_forgetting_is_always_safe(engine: AsyncEngine) -> None:
    acceptor = Acceptor(remember=2)
    for n in range(6):
        await accept(engine, an_arrival(f"a{n}", external=f"wm{n}"), acceptor=acceptor)
    acceptor.forget()
    for n in range(6):
        await accept(engine, an_arrival(f"b{n}", external=f"wm{n}"), acceptor=acceptor)
    assert len(await inbox(engine)) == 12


async def test_a_batch_that_fails_leaves_nothing_behind(engine: AsyncEngine) -> None:
    with pytest.raises(ZeroDivisionError):
        async with engine.begin() as connection:
            await Acceptor().accept(connection, [an_arrival("m1")], NOON)
            raise ZeroDivisionError
    assert await inbox(engine) == []


async def test_a_guide_who_holds_the_talk_keeps_it_when_the_shopper_writes(engine: AsyncEngine) -> None:
    await accept(engine, an_arrival("m1"))
    await claim(engine)
    await accept(engine, an_arrival("m2"))
    assert (await floor(engine))["owner"] == "human"
    one = await waiting(engine)
    assert [message.platform_id for message in one.messages] == ["m1", "m2"]
    await turns.commit(engine, [done(one, Speech("不该说"), outcome="handed_over")], NOON)
