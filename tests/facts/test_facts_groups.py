"""A group's turn on real servers: held, gathered, answered once, taken back, moved to a private talk; nothing lost, nothing twice."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from bot_rooms import NOON, SPELLINGS, Words
from facts_rig import rows
from groups_rig import GUIDE, Room, shop
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels.private import private_place
from bot.db import outgoing, reception, sweeps, turns
from bot.groups import take_turn
from bot.motion.connection import Client
from bot.motion.due import DueQueue
from bot.motion.live import Live
from bot.worker import LEASE
from intents import Gazetteer, Recognizer
from tests.conftest import ManualClock

ANSWER = "满99包邮。"


class Fragile(Words):
    """Breaks on one word."""

    def classify(self, sentences: Sequence[str]) -> NDArray[np.float64]:
        if any("炸" in sentence for sentence in sentences):
            raise ZeroDivisionError("炸了")
        return super().classify(sentences)


@pytest.fixture
def room(engine: AsyncEngine, queues: Mapping[str, DueQueue], live: Live, clock: ManualClock) -> Room:
    return Room(engine, queues, live, clock)


async def test_a_question_waits_half_a_minute_for_a_guide_and_is_then_answered(room: Room) -> None:
    await room.hears("王女士", "满多少包邮呀")
    await room.thinks()
    (row,) = await room.all("select * from inbox")
    assert (row["state"], row["due_at"]) == ("new", NOON + timedelta(seconds=30))
    assert await room.said() == []
    await room.thinks(seconds=28)
    assert await room.said() == []
    await room.thinks(seconds=2)
    assert await room.said() == [f"@王女士 {ANSWER}"]
    assert await room.ended() == [("王女士", "settled", "answered")]
    assert await room.queues["turn"].size() == 0


async def test_the_worker_is_woken_when_the_time_is_over(room: Room) -> None:
    await room.hears("王女士", "满多少包邮呀")
    claims = await room.queues["turn"].claim(10, LEASE)
    await room.worker().step(claims.taken)
    assert await room.queues["turn"].size() == 1
    assert (await room.queues["turn"].claim(10, LEASE)).taken == ()


async def test_a_guides_word_from_the_desk_makes_the_bot_stay_silent(room: Room) -> None:
    await room.hears("王女士", "满多少包邮呀")
    await room.thinks()
    room.clock.advance(seconds=10)
    await room.guide("满99元包邮的哦")
    await room.thinks(seconds=25)
    assert await room.said() == []
    assert await room.ended() == [("王女士", "settled", "silent")]
    await room.hears("李女士", "同问")
    await room.thinks(seconds=31)
    assert await room.said() == []
    assert (await room.one("select owner, epoch from conversations")) == {"owner": "bot", "epoch": 1}


async def test_a_guides_word_that_is_still_on_its_way_counts_as_well(room: Room) -> None:
    await room.hears("王女士", "满多少包邮呀")
    await room.thinks()
    await reception.reply(room.engine, GUIDE, room.id, ("t1", "满99元包邮的哦"), room.clock.now())
    await room.thinks(seconds=31)
    assert await room.said() == []
    await room.delivers()
    await room.hears("李女士", "@小花 能退吗", at_bot=True)
    await room.thinks()
    assert await room.said() == ["@李女士 签收后七天内可以退。"]


async def test_whoever_asks_the_same_meanwhile_is_answered_in_one_message(room: Room) -> None:
    await room.hears("王女士", "满多少包邮呀")
    await room.thinks()
    for who, words in (("李女士", "同问"), ("赵女士", "+1 我也想知道")):
        room.clock.advance(seconds=5)
        await room.hears(who, words)
        await room.thinks()
    await room.thinks(seconds=25)
    assert await room.said() == [f"@王女士 @李女士 @赵女士 {ANSWER}"]
    (told,) = await room.all("select speech from outbox")
    assert sorted(told["speech"]["answers"]) == [row["id"] for row in await room.all("select id from inbox order by id")]
    assert [one["id"] for one in told["speech"]["mentions"]] == ["王女士", "李女士", "赵女士"]
    assert {outcome for _, _, outcome in await room.ended()} == {"answered"}
    await room.hears("孙女士", "同问")
    await room.thinks(seconds=40)
    assert len(await room.said()) == 1


async def test_what_the_platform_refuses_answered_none_of_them(room: Room) -> None:
    await room.hears("王女士", "满多少包邮呀")
    await room.thinks()
    await room.hears("李女士", "同问")
    await room.thinks(seconds=31)
    (taken,) = await outgoing.take(room.engine, [room.id], room.clock.now())
    assert taken.outgoing is not None
    await outgoing.finish(room.engine, [outgoing.Sent(taken.outgoing, "failed", "平台没有收下")], room.clock.now())
    assert {outcome for _, _, outcome in await room.ended()} == {"failed"}


async def test_whoever_names_the_assistant_or_quotes_it_waits_for_nothing(room: Room) -> None:
    await room.hears("王女士", "@小花 包邮吗", at_bot=True)
    await room.thinks()
    assert await room.said() == [f"@王女士 {ANSWER}"]
    await room.delivers()
    msgid = (await room.one("select msgid from messages where author = 'bot'"))["msgid"]
    await room.hears("李女士", "那能退吗", payload={"reply_to": msgid})
    await room.thinks()
    assert (await room.said())[1:] == ["@李女士 签收后七天内可以退。"]


async def test_a_question_that_was_taken_back_is_not_answered(room: Room) -> None:
    asked = await room.hears("王女士", "满多少包邮呀")
    await room.thinks()
    await room.hears("王女士", "", kind="event", role="event", recalls=asked, settled=("silent", "撤回"), sender=None)
    await room.thinks(seconds=40)
    assert await room.said() == []
    assert {state for _, state, _ in await room.ended()} == {"settled"}


async def test_two_workers_answer_once(room: Room) -> None:
    await room.hears("王女士", "@小花 包邮吗", at_bot=True)
    claims = await room.queues["turn"].claim(10, LEASE)
    await asyncio.gather(room.worker().step(claims.taken), room.worker().step(claims.taken))
    await room.thinks()
    assert await room.said() == [f"@王女士 {ANSWER}"]


async def test_a_turn_that_was_overtaken_is_taken_again_with_all_that_was_said(room: Room) -> None:
    await room.hears("王女士", "@小花 包邮吗", at_bot=True)
    (stale,) = await turns.load(room.engine, [room.id], room.clock.now())
    await room.thinks()
    kept = await turns.commit(room.engine, [take_turn(stale, room.rooms, room.clock.now())], room.clock.now())
    assert kept.stale == {room.id}
    assert await room.said() == [f"@王女士 {ANSWER}"]


async def test_what_is_held_is_found_again_when_its_time_is_over_and_not_before(room: Room, client: Client) -> None:
    room.clock.moment = NOON.replace(year=2020)
    await room.hears("王女士", "满多少包邮呀")
    claims = await room.queues["turn"].claim(10, LEASE)
    await room.worker().step(claims.taken)
    await client.flushall()
    await room.sql("update inbox set due_at = now() + interval '1 hour'")
    assert await sweeps.unanswered(room.engine) == ()
    await room.sql("update inbox set due_at = now() - interval '1 second'")
    assert await sweeps.unanswered(room.engine) == (room.id,)
    await room.queues["turn"].wake([room.id])
    await room.thinks(seconds=31)
    assert await room.said() == [f"@王女士 {ANSWER}"]


async def test_what_is_private_goes_on_in_a_talk_of_two(room: Room) -> None:
    await room.hears("周女士", "我的快递到哪了")
    await room.thinks()
    (line,) = await room.said()
    assert line.startswith("@周女士 ")
    assert "快递" not in line
    place = private_place("web", "", "周女士")
    assert place is not None
    member = await room.one("select private_id from members where id = '周女士'")
    assert member["private_id"] == place.conversation
    (moved,) = await room.all("select * from inbox where conversation_id = :id", id=place.conversation)
    assert (moved["text"], moved["state"], moved["payload"]["from_group"]) == ("我的快递到哪了", "settled", room.id)
    assert moved["outcome"] in {"answered", "handed_over"}
    assert len(await room.said(place.conversation)) >= 1
    await room.delivers()
    shown = await room.all("select text, trace from messages where conversation_id = :id and author = 'bot'", id=room.id)
    assert "快递" not in json.dumps([dict(one) for one in shown], ensure_ascii=False)
    talk = await room.one("select is_group, customer_id from conversations where id = :id", id=place.conversation)
    assert (talk["is_group"], talk["customer_id"]) == (False, room.person("周女士"))


async def test_the_same_private_matter_twice_is_moved_once_a_message(room: Room) -> None:
    await room.hears("周女士", "我的快递到哪了")
    await room.thinks()
    await room.queues["turn"].wake([room.id])
    await room.thinks()
    assert len(await room.all("select id from inbox where conversation_id <> :id", id=room.id)) == 1


async def test_who_is_hurt_gets_a_person_in_the_talk_of_two_and_no_word_of_it_in_the_group(room: Room) -> None:
    await room.hears("吴女士", "用了你们的霜脸上起红疹了")
    await room.thinks()
    (line,) = await room.said()
    assert "红疹" not in line
    assert "停用" not in line
    place = private_place("web", "", "吴女士")
    assert place is not None
    floors = {row["id"]: row["owner"] for row in await room.all("select id, owner from conversations")}
    assert floors == {room.id: "bot", place.conversation: "waiting"}
    (wish,) = await room.all("select * from handovers")
    assert (wish["conversation_id"], wish["kind"]) == (place.conversation, "reaction")


async def test_without_private_talks_a_person_comes_into_the_group_and_the_others_are_answered_all_the_same(
    room: Room,
) -> None:
    room = replace(room, channel="wecom_aibot")
    await room.hears("吴女士", "你们就是骗子，我要投诉")
    await room.thinks()
    assert len(await room.said()) == 1
    assert (await room.one("select owner from conversations"))["owner"] == "waiting"
    (wish,) = await room.all("select kind, state from handovers")
    assert (wish["kind"], wish["state"]) == ("anger", "waiting")
    await room.hears("王女士", "@小花 包邮吗", at_bot=True)
    await room.thinks()
    assert (await room.said())[1:] == [f"@王女士 {ANSWER}"]
    assert (await room.delivers())[1:] == [f"@王女士 {ANSWER}"]
    await room.guide("您好，我来处理")
    assert (await room.one("select owner from conversations"))["owner"] == "bot"
    assert (await room.one("select state from handovers"))["state"] == "closed"


async def test_a_group_that_a_guide_holds_is_theirs_and_its_memory_outlives_it(room: Room) -> None:
    await room.hears("王女士", "@小花 包邮吗", at_bot=True)
    await room.thinks()
    await reception.claim(room.engine, GUIDE, room.id, room.clock.now())
    assert (await outgoing.take(room.engine, [room.id], room.clock.now()))[0].verdict == "dropped"
    await room.hears("李女士", "@小花 能退吗", at_bot=True)
    await room.hears("赵女士", "满多少包邮呀")
    await room.thinks(seconds=1)
    await room.thinks(seconds=40)
    assert len(await room.said()) == 1
    assert {state for _, state, _ in await room.ended()} == {"settled"}
    before = (await room.one("select data from sessions"))["data"]["room"]
    await reception.hand_back(room.engine, GUIDE, room.id, room.clock.now())
    assert (await room.one("select data from sessions"))["data"]["room"] == before
    await room.hears("孙女士", "@小花 能退吗", at_bot=True)
    await room.thinks(seconds=1)
    assert (await room.said())[1:] == ["@孙女士 签收后七天内可以退。"], "who asked before is not named again"


async def test_whoever_takes_no_names_is_answered_without_one(room: Room) -> None:
    await room.hears("王女士", "满多少包邮呀")
    await room.thinks()
    await room.hears("李女士", "同问")
    await room.sql("update customers set hushed_at = now() where id = :id", id=room.person("王女士"))
    await room.thinks(seconds=31)
    assert await room.said() == [f"@李女士 {ANSWER}"]
    (told,) = await room.all("select speech from outbox")
    assert [one["id"] for one in told["speech"]["mentions"]] == ["李女士"]
    assert len(told["speech"]["answers"]) == 2


async def test_leave_me_alone_holds_at_once_in_every_group_and_in_the_talk_of_two(room: Room) -> None:
    other = replace(room, id="g-other")
    await other.hears("王女士", "大家好")
    await other.thinks(minutes=2)
    await room.hears("王女士", "@小花 别@我", at_bot=True)
    await room.thinks()
    assert await room.said() == ["好的，以后不点名叫您了，有事您随时问。"]
    await other.hears("王女士", "@小花 包邮吗", at_bot=True)
    await other.thinks()
    assert await other.said() == [ANSWER]
    await other.hears("王女士", "@小花 可以@我了", at_bot=True)
    await other.thinks()
    await room.hears("王女士", "@小花 包邮吗", at_bot=True)
    await room.thinks()
    assert (await room.said())[1:] == [f"@王女士 {ANSWER}"]


async def test_unsubscribing_in_a_group_holds_for_the_talk_of_two_and_back(room: Room) -> None:
    await room.hears("王女士", "退订")
    await room.thinks()
    assert await room.said() == ["好的，不再主动打扰您，有事您随时来问。"]
    person = "select opted_out_at, hushed_at from customers where id = :id"
    assert None not in (await room.one(person, id=room.person("王女士"))).values()
    await room.hears("王女士", "@小花 恢复推送", at_bot=True)
    await room.thinks()
    assert set((await room.one(person, id=room.person("王女士"))).values()) == {None}


async def test_it_is_kept_in_silence_where_a_guide_holds_the_group(room: Room) -> None:
    await room.hears("王女士", "大家好")
    await room.thinks()
    await reception.claim(room.engine, GUIDE, room.id, room.clock.now())
    await room.hears("王女士", "退订")
    await room.thinks()
    assert await room.said() == []
    assert (await room.one("select opted_out_at from customers where id = :id", id=room.person("王女士")))["opted_out_at"]


async def test_to_another_member_it_means_nothing(room: Room) -> None:
    for words in ("小王你别@我", "@小王 别@我了", "别@所有人了"):
        await room.hears("王女士", words)
        await room.thinks()
    assert await room.said() == []
    assert await room.all("select id from customers where hushed_at is not null or opted_out_at is not null") == []


async def test_nobodys_profile_is_used_aloud_and_none_is_learnt_from_a_group(room: Room) -> None:
    await room.hears("陌生人", "@小花 燕麦舒缓霜敏感肌能用吗", at_bot=True)
    await room.hears("王女士", "大家好")
    await room.thinks()
    await room.sql("update customers set name = '王秘密', level = '黑金' where id = :id", id=room.person("王女士"))
    await room.sql(
        "insert into customer_tags (customer_id, tag, value, confidence, source, at) values (:id, 'audience', '牛奶蛋白过敏', 1, 'x', now())",
        id=room.person("王女士"),
    )
    await room.hears("王女士", "@小花 燕麦舒缓霜敏感肌能用吗", at_bot=True)
    await room.thinks()
    first, second = await room.said()
    assert first.removeprefix("@陌生人 ") == second.removeprefix("@陌生人 ").removeprefix("@王女士 ")
    assert "王秘密" not in second
    assert len(await room.all("select id from customer_tags")) == 1


async def test_newcomers_are_welcomed_together_once(room: Room) -> None:
    for n, who in enumerate(("小李", "小张", "小周")):
        await room.joined(who, event=f"join-{n}")
        await room.thinks(seconds=2)
    assert await room.said() == []
    await room.thinks(seconds=20)
    (welcome,) = await room.said()
    assert all(who in welcome for who in ("小李", "小张", "小周"))
    await room.joined("小李", event="join-0")
    await room.thinks(seconds=60)
    assert len(await room.said()) == 1


@pytest.mark.parametrize("rival", [False, True])
async def test_a_coupon_is_given_once(room: Room, rival: bool) -> None:
    rooms = shop(welcomes=({"state": "QR1", "store": "sh", "script": "welcome_group"},))
    store = rooms.staff.stores["sh"].model_copy(update={"coupon": {"id": "new10", "title": "10元新人券"}})
    store = type(store).model_validate(
        {**rooms.staff.stores["sh"].model_dump(), "coupon": {"id": "new10", "title": "10元新人券"}}
    )
    room.rooms = replace(rooms, staff=replace(rooms.staff, stores={"sh": store}))
    await room.joined("小李", state="QR1", event="e1")
    if rival:
        other = replace(room, id="g-other")
        await other.joined("小李", state="QR1", event="e2")
        room.clock.advance(seconds=16)
        claims = await room.queues["turn"].claim(10, LEASE)
        halves = [[claim] for claim in claims.taken]
        await asyncio.gather(*(room.worker().step(half) for half in halves))
    await room.thinks(seconds=20)
    await room.joined("小李", state="QR1", event="e1")
    await room.joined("小李", state="QR1", event="e3")
    await room.thinks(seconds=20)
    await room.thinks(seconds=20)
    assert [(row["customer_id"], row["coupon"], row["source"]) for row in await room.all("select * from coupons")] == [
        (room.person("小李"), "new10", "QR1")
    ]


async def test_whoever_comes_just_after_a_welcome_is_not_greeted_again_but_gets_the_coupon_of_their_code(room: Room) -> None:
    rooms = shop(welcomes=({"state": "QR1", "store": "sh", "script": "welcome_group"},))
    known = rooms.staff.stores["sh"]
    store = type(known).model_validate({**known.model_dump(), "coupon": {"id": "new10", "title": "10元新人券"}})
    room.rooms = replace(rooms, staff=replace(rooms.staff, stores={"sh": store}))
    await room.joined("小李")
    await room.thinks(seconds=16)
    await room.joined("小张")
    await room.thinks(seconds=5)
    await room.joined("小周", state="QR1")
    await room.thinks(seconds=5)
    first, second = await room.said()
    assert "小李" in first
    assert "小周" in second
    assert [row["customer_id"] for row in await room.all("select customer_id from coupons")] == [room.person("小周")]
    assert {state for _, state, _ in await room.ended()} == {"settled"}


async def test_an_advertisement_is_reported_once_a_day_and_never_answered(room: Room) -> None:
    await room.hears("路人", "加微信 vx123456 领红包 兼职日结三百 名额不多")
    await room.thinks(seconds=1)
    await room.hears("路人", "加微信 vx123456 领红包 兼职日结三百 名额不多")
    await room.thinks(seconds=40)
    assert await room.said() == []
    assert len(await room.all("select key from alerts where kind = 'group'")) == 1
    await room.thinks(hours=24)
    await room.hears("路人", "加微信 vx123456 领红包 兼职日结三百 名额不多")
    await room.thinks(seconds=40)
    assert len(await room.all("select key from alerts where kind = 'group'")) == 2


@pytest.mark.parametrize(
    "memory",
    [
        '{"room": 7}',
        '{"room": {"memory": {"turns": "x"}, "heard": "y", "held": [null], "parts": {"a": 3}}}',
        '{"room": {"memory": {"turns": [{"id": []}]}, "heard": -1, "parts": {"王女士": {"at": "never", "session": {"misses": "?"}}}}}',
        '{"room": {"memory": {"turns": null, "names": 3, "spoken": {"x": 1}}}}',
    ],
)
async def test_a_group_whose_memory_is_poisoned_goes_on(room: Room, memory: str) -> None:
    await room.hears("王女士", "大家好")
    await room.thinks()
    await room.sql("update sessions set data = cast(:data as jsonb)", data=memory)
    await room.hears("王女士", "@小花 包邮吗", at_bot=True)
    await room.thinks()
    assert await room.said() == [f"@王女士 {ANSWER}"]


async def test_what_was_held_when_the_memory_was_lost_ends_all_the_same(room: Room) -> None:
    await room.hears("王女士", "满多少包邮呀")
    await room.thinks()
    await room.sql("update sessions set data = '{}', version = version + 1")
    await room.thinks(seconds=31)
    await room.thinks(minutes=5)
    assert {state for _, state, _ in await room.ended()} == {"settled"}
    assert len(await room.said()) <= 1


async def test_a_message_that_breaks_us_fetches_a_person_without_a_word_and_the_group_goes_on(room: Room) -> None:
    whole = room.rooms
    room.rooms = replace(whole, recognizer=Recognizer(Fragile(), Gazetteer.build(SPELLINGS), 0.2))
    await room.hears("王女士", "@小花 炸", at_bot=True)
    await room.thinks()
    assert await room.said() == []
    assert await room.ended() == [("王女士", "settled", "failed")]
    assert [row["kind"] for row in await room.all("select kind from handovers")] == ["failure"]
    room.rooms = whole
    await room.hears("李女士", "@小花 包邮吗", at_bot=True)
    await room.thinks()
    assert await room.said() == [f"@李女士 {ANSWER}"]


async def test_the_memory_of_a_busy_group_stays_small(room: Room) -> None:
    talk = (
        "满多少包邮呀",
        "同问",
        "哈哈哈哈",
        "@小花 能退吗",
        "今天好热啊姐妹们你们那边呢",
        "我家宝宝最近不爱喝奶怎么办" * 8,
        "+1",
        "燕麦舒缓霜还有货吗",
    )
    for n in range(500):
        await room.hears(f"群友{n % 120}", talk[n % len(talk)], at_bot="@小花" in talk[n % len(talk)])
        if n % 25 == 24:
            await room.thinks(seconds=40)
    await room.thinks(seconds=60)
    size = (await room.one("select length(data::text) as n from sessions where conversation_id = :id", id=room.id))["n"]
    assert size < 64 * 1024
    assert {state for _, state, _ in await room.ended()} == {"settled"}


async def test_two_groups_do_not_hear_each_other(room: Room) -> None:
    other = replace(room, id="g-other")
    await room.hears("王女士", "满多少包邮呀")
    await room.thinks()
    await other.hears("李女士", "同问")
    await room.thinks(seconds=31)
    assert await room.said() == [f"@王女士 {ANSWER}"]
    assert await other.said() == []
    assert len(await rows(room.engine, "select 1 from messages where conversation_id = 'g-other'")) == 1
