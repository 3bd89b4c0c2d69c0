"""The courier against the simulated platform: each message once, in order, and never over a person's voice."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from channels_rig import Tiny, account, tiny_platform
from facts_rig import rows
from shop_rig import KF, Shop, open_shop
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels.web import WebChannel
from bot.channels.wecom.channel import KfChannel
from bot.db import outgoing as facts
from bot.errors import HeldDeliveryError, PermanentDeliveryError, TakenOverError, TemporaryDeliveryError
from bot.ids import conversation_id
from bot.model import ConversationId, Option, Outgoing, Speech
from bot.motion.connection import Client
from bot.motion.due import DueQueue
from bot.motion.live import Live
from bot.sandbox import Faults, Rules

Motion = tuple[Client, Mapping[str, DueQueue], Live]


@pytest.fixture
def motion(client: Client, queues: Mapping[str, DueQueue], live: Live) -> Motion:
    return client, queues, live


@pytest.fixture
async def shop(engine: AsyncEngine, motion: Motion) -> AsyncIterator[Shop]:
    async with open_shop(engine, motion) as opened:
        await opened.ready()
        yield opened


async def test_words_reach_the_shopper_in_order_and_stand_in_the_talk(shop: Shop) -> None:
    await shop.say("一", Speech("二", options=(Option("human", "转人工"),)), "三")
    await shop.carry(times=3)
    assert shop.heard() == ["一", "二", "三"]
    assert [row["state"] for row in await shop.outbox()] == ["sent"] * 3
    told = await rows(shop.engine, "select text from messages where author = 'bot' order by id")
    assert [row["text"] for row in told] == ["一", "二", "三"]
    assert await shop.queues["send"].size() == 0


@pytest.mark.parametrize("repeat", ["reject", "ok"])
async def test_after_a_timeout_the_retry_finds_out_that_it_had_arrived(engine: AsyncEngine, motion: Motion, repeat: str) -> None:
    async with open_shop(engine, motion, Rules(repeat_msgid=repeat)) as shop:
        await shop.ready()
        await shop.say("一", "二")
        shop.platform.put_faults(Faults(timeout=1, timeout_s=0))
        await shop.carry()
        (first, _) = await shop.outbox()
        assert (first["state"], first["uncertain"]) == ("pending", True)
        assert shop.heard() == ["一"]
        shop.platform.put_faults(Faults())
        shop.platform.advance(5)
        await shop.carry(times=2)
        assert shop.heard() == ["一", "二"]
        assert [row["state"] for row in await shop.outbox()] == ["sent", "sent"]
        assert (await shop.floor())["sent_since"] == 2


@pytest.mark.parametrize("faults", [Faults(http_500=1), Faults(reset=1), Faults(busy=1), Faults(freq=1)])
async def test_a_fault_of_the_platform_is_tried_again_until_it_passes(shop: Shop, faults: Faults) -> None:
    await shop.say("一")
    shop.platform.put_faults(faults)
    for _ in range(3):
        await shop.carry()
        assert [row["state"] for row in await shop.outbox()] == ["pending"]
        shop.platform.advance(150)
    shop.platform.put_faults(Faults())
    await shop.carry()
    assert shop.heard() == ["一"]
    assert [row["state"] for row in await shop.outbox()] == ["sent"]


async def test_before_its_time_a_message_is_not_tried_again(shop: Shop) -> None:
    await shop.say("一")
    shop.platform.put_faults(Faults(freq=1))
    await shop.carry()
    shop.platform.put_faults(Faults())
    await shop.carry()
    assert shop.heard() == []
    assert await shop.queues["send"].size() == 1
    shop.platform.advance(20)
    await shop.carry()
    assert shop.heard() == ["一"]


async def test_what_never_passes_becomes_a_failure_that_a_person_sees(shop: Shop) -> None:
    await shop.say("一", "二")
    shop.platform.put_faults(Faults(http_500=1))
    for _ in range(8):
        await shop.carry()
        shop.platform.advance(150)
    first, second = await shop.outbox()
    assert (first["state"], first["attempts"]) == ("failed", 8)
    assert "8 次" in first["reason"]
    assert second["state"] == "pending"
    shop.platform.put_faults(Faults())
    await shop.carry()
    assert shop.heard() == ["二"]


async def test_an_expired_token_costs_no_try(shop: Shop) -> None:
    await shop.say("一")
    shop.platform.world.access.expire()
    await shop.carry()
    assert shop.heard() == ["一"]


@pytest.mark.parametrize("served", [True, False])
async def test_where_a_person_serves_on_the_platform_the_bot_gives_way(shop: Shop, served: bool) -> None:
    await shop.say("一", "二")
    await shop.channel.hand_over(KF, shop.who)
    if served:
        shop.platform.take("xiaolin", shop.who)
    await shop.carry(times=3)
    assert shop.heard() == []
    assert [row["state"] for row in await shop.outbox()] == ["dropped", "dropped"]
    place = await shop.floor()
    assert place["owner"] == "human"
    assert place["guide"] == ("xiaolin" if served else "servicer")


async def test_an_ended_session_holds_the_words_until_the_shopper_writes(shop: Shop) -> None:
    await shop.channel.hand_over(KF, shop.who)
    shop.platform.take("xiaolin", shop.who)
    shop.platform.end("xiaolin", shop.who)
    await shop.say("一")
    await shop.carry()
    assert [row["state"] for row in await shop.outbox()] == ["held"]
    shop.platform.say(shop.who, "还在吗")
    await shop.pull()
    await shop.carry()
    assert shop.heard() == ["一"] or [row["state"] for row in await shop.outbox()] == ["dropped"]


async def test_a_quota_that_others_used_up_holds_ours_until_the_shopper_writes(shop: Shop) -> None:
    token = await shop.channel.client._valid_token()
    for n in range(5):
        body = {"touser": shop.who, "open_kfid": KF, "msgtype": "text", "text": {"content": str(n)}}
        shop.platform.call("kf/send_msg", token, body)
    await shop.say("一", "二")
    await shop.carry(times=2)
    assert {row["state"] for row in await shop.outbox()} == {"held"}
    shop.platform.say(shop.who, "嗯")
    await shop.pull()
    await shop.carry(times=2)
    assert shop.heard()[5:] == ["一", "二"]


async def test_our_own_count_stops_before_the_platform_has_to(shop: Shop) -> None:
    await shop.say(*"一二三四五六七")
    await shop.carry(times=8)
    assert shop.heard() == list("一二三四五")
    assert [row["state"] for row in await shop.outbox()] == ["sent"] * 5 + ["held"] * 2
    shop.platform.say(shop.who, "嗯")
    await shop.pull()
    await shop.carry(times=2)
    assert shop.heard() == list("一二三四五六七")


async def test_a_guide_who_claims_is_heard_alone(shop: Shop) -> None:
    await shop.say("机器人的话")
    async with shop.engine.begin() as connection:
        await connection.execute(
            text("update conversations set owner = 'human', guide = 'g1', epoch = epoch + 1 where id = :id"), {"id": shop.talk()}
        )
    await shop.say("导购的话", author="guide")
    await shop.carry(times=2)
    assert shop.heard() == ["导购的话"]


async def test_a_message_that_the_platform_took_but_could_not_deliver_is_a_failure(shop: Shop) -> None:
    shop.platform.put_faults(Faults(send_fail=1, send_fail_type=10))
    await shop.say("一", "二")
    await shop.carry()
    assert (await shop.outbox())[0]["state"] == "sent"
    shop.platform.put_faults(Faults())
    await shop.pull()
    assert [row["state"] for row in await shop.outbox()] == ["failed", "held"]


async def test_a_channel_that_nobody_configured_is_a_failure(shop: Shop) -> None:
    await shop.say("一")
    async with shop.engine.begin() as connection:
        await connection.execute(text("update conversations set account = 'gone'"))
    await shop.carry()
    (row,) = await shop.outbox()
    assert (row["state"], row["reason"]) == ("failed", "没有配置渠道 wecom_kf/gone")


async def test_a_bug_in_a_channel_stops_nobody_else(shop: Shop) -> None:
    class Broken(WebChannel):
        async def send(self, message: Outgoing) -> None:
            raise ZeroDivisionError

    shop.courier._channels = {**shop.courier._channels, ("wecom_kf", "demo"): Broken()}
    await shop.say("一")
    await shop.carry()
    (row,) = await shop.outbox()
    assert (row["state"], row["uncertain"]) == ("pending", True)


async def test_a_killed_courier_is_replaced_and_nothing_is_said_twice(shop: Shop) -> None:
    await shop.say("一", "二")
    (taken,) = await facts.take(shop.engine, [shop.talk()], shop.clock.now())
    assert taken.outgoing is not None
    await shop.channel.send(taken.outgoing)
    await shop.carry()
    assert shop.heard() == ["一"]
    shop.platform.advance(21)
    await shop.carry(times=2, courier=shop.another_courier())
    assert shop.heard() == ["一", "二"]
    assert [row["state"] for row in await shop.outbox()] == ["sent", "sent"]


# the welcome, from entering to hearing it


@pytest.mark.parametrize(("seconds", "heard"), [(0, True), (19, True), (21, False)])
async def test_a_welcome_is_heard_within_twenty_seconds_or_not_at_all(
    engine: AsyncEngine, motion: Motion, seconds: int, heard: bool
) -> None:
    async with open_shop(engine, motion) as shop:
        await shop.pull()
        shop.platform.enter(shop.who)
        await shop.pull()
        await shop.think()
        shop.platform.advance(seconds)
        await shop.carry()
        assert len(shop.heard()) == int(heard)
        (row,) = await shop.outbox()
        assert row["state"] == ("sent" if heard else "dropped")
        (event,) = await shop.inbox()
        assert event["outcome"] == ("answered" if heard else "silent")
        assert (await shop.floor())["sent_since"] == 0


async def test_a_whole_talk_from_a_question_to_its_answer(shop: Shop) -> None:
    shop.platform.say(shop.who, "你好")
    shop.platform.say(shop.who, "包邮吗")
    await shop.pull()
    await shop.think()
    await shop.carry()
    assert shop.heard() == ["满99元包邮。"]


# handing over natively


@pytest.mark.parametrize(("servicer", "state"), [("", 2), ("xiaolin", 3), ("nobody", 2)])
async def test_a_native_handover_moves_the_session_after_the_words(
    engine: AsyncEngine, motion: Motion, servicer: str, state: int
) -> None:
    async with open_shop(engine, motion, handover="native", servicer=servicer) as shop:
        await shop.ready("转人工")
        await shop.say(Speech("这就请人来", critical=True, hands_over=True))
        await shop.carry()
        assert shop.heard() == ["这就请人来"]
        assert shop.state() == state
        assert [row["state"] for row in await shop.outbox()] == ["sent"]


async def test_a_servicer_who_is_not_on_duty_leaves_the_shopper_in_the_pool(engine: AsyncEngine, motion: Motion) -> None:
    async with open_shop(engine, motion, handover="native", servicer="xiaolin") as shop:
        await shop.ready("转人工")
        shop.platform.set_serving("xiaolin", serving=False)
        await shop.say(Speech("这就请人来", hands_over=True))
        await shop.carry()
        assert shop.state() == 2


async def test_with_our_own_desk_the_session_stays_ours(shop: Shop) -> None:
    await shop.say(Speech("这就请人来", hands_over=True))
    await shop.carry()
    assert shop.state() in {0, 1}


async def test_a_handover_after_a_doubtful_send_says_its_words_once(engine: AsyncEngine, motion: Motion) -> None:
    async with open_shop(engine, motion, handover="native") as shop:
        await shop.ready("转人工")
        await shop.say(Speech("这就请人来", hands_over=True))
        shop.platform.put_faults(Faults(timeout=1, timeout_s=0))
        await shop.carry()
        shop.platform.put_faults(Faults())
        shop.platform.advance(5)
        await shop.carry()
        assert shop.heard() == ["这就请人来"]
        assert shop.state() == 2


# answers that the simulated platform would not give


def outgoing(**more: Any) -> Outgoing:
    speech = more.pop("speech", Speech("要哪个？", options=(Option("human", "转人工"),)))
    fields = {"id": 1, "msgid": "M1", "conversation": ConversationId(conversation_id("wecom_kf", "demo", "wk1", "wm1")),
              "channel": "wecom_kf", "account": "demo", "peer": "wk1", "external": "wm1", "author": "bot", "epoch": 0}  # fmt: skip
    return Outgoing(speech=speech, **{**fields, **more})


@pytest.fixture
async def tiny() -> AsyncIterator[Tiny]:
    async with tiny_platform() as platform:
        yield platform


async def send(tiny: Tiny, message: Outgoing, **more: Any) -> None:
    async with aiohttp.ClientSession() as http:
        await KfChannel(account(tiny.url, **more), http).send(message)


def refusal(code: int) -> dict[str, Any]:
    return {"errcode": code, "errmsg": "no"}


OK = {"errcode": 0}


async def test_a_component_that_takes_only_text_gets_text(tiny: Tiny) -> None:
    tiny.said("kf/send_msg", refusal(95030), OK)
    await send(tiny, outgoing())
    assert [body["msgtype"] for body in tiny.asked("kf/send_msg")] == ["msgmenu", "text"]
    assert tiny.asked("kf/send_msg")[1]["text"]["content"] == "要哪个？\n· 转人工"


async def test_after_plain_text_the_session_is_handed_over_all_the_same(tiny: Tiny) -> None:
    tiny.said("kf/send_msg", refusal(95030), OK)
    await send(tiny, outgoing(speech=Speech("请人来", options=(Option("a", "b"),), hands_over=True)), handover="native")
    assert len(tiny.asked("kf/service_state/trans")) == 1


async def test_plain_text_that_is_refused_for_another_reason_is_judged_by_that_reason(tiny: Tiny) -> None:
    tiny.said("kf/send_msg", refusal(95030), refusal(95018))
    tiny.said("kf/service_state/get", {"errcode": 0, "service_state": 3, "servicer_userid": "xiaolin"})
    with pytest.raises(TakenOverError) as caught:
        await send(tiny, outgoing())
    assert (caught.value.servicer, caught.value.code) == ("xiaolin", 95018)


async def test_a_component_that_takes_nothing_at_all_is_a_failure(tiny: Tiny) -> None:
    tiny.said("kf/send_msg", refusal(95030))
    tiny.said("kf/service_state/get", {"errcode": 0, "service_state": 1})
    with pytest.raises(PermanentDeliveryError):
        await send(tiny, outgoing())


@pytest.mark.parametrize("code", [95013, 95014, 95016, 95018, 95019])
@pytest.mark.parametrize(
    ("state", "author", "kind"),
    [(0, "bot", PermanentDeliveryError), (1, "bot", PermanentDeliveryError), (1, "guide", HeldDeliveryError), (2, "bot", TakenOverError),
     (3, "bot", TakenOverError), (4, "bot", HeldDeliveryError), ("?", "bot", HeldDeliveryError)],
)  # fmt: skip
async def test_a_refusal_by_state_is_judged_by_the_state(
    tiny: Tiny, code: int, state: object, author: str, kind: type[Exception]
) -> None:
    tiny.said("kf/send_msg", refusal(code))
    tiny.said("kf/service_state/get", {"errcode": 0, "service_state": state, "servicer_userid": None})
    with pytest.raises(kind) as caught:
        await send(tiny, outgoing(author=author))
    assert caught.value.code == code  # type: ignore[attr-defined]
    if isinstance(caught.value, TakenOverError):
        assert caught.value.servicer


async def test_when_the_state_cannot_be_read_the_refused_message_was_surely_not_sent(tiny: Tiny) -> None:
    tiny.said("kf/send_msg", refusal(95018))
    tiny.said("kf/service_state/get", lambda _: web.Response(status=502))
    with pytest.raises(TemporaryDeliveryError) as caught:
        await send(tiny, outgoing())
    assert not caught.value.uncertain


HANDS_OVER = Speech("这就请人来", hands_over=True)


async def test_words_that_are_out_are_not_said_again_when_the_handover_is_in_doubt(tiny: Tiny) -> None:
    tiny.said("kf/service_state/trans", lambda _: web.Response(status=502))
    with pytest.raises(TemporaryDeliveryError) as caught:
        await send(tiny, outgoing(speech=HANDS_OVER), handover="native")
    assert caught.value.uncertain


@pytest.mark.parametrize("code", [60111, 40003, 40058, 95014, 95019, 123456])
async def test_a_servicer_whom_the_platform_refuses_leaves_the_shopper_in_the_pool(tiny: Tiny, code: int) -> None:
    tiny.said("kf/service_state/trans", refusal(code), OK)
    tiny.said("kf/service_state/get", {"errcode": 0, "service_state": 1})
    await send(tiny, outgoing(speech=HANDS_OVER), handover="native", servicer="xiaolin")
    assert [body["service_state"] for body in tiny.asked("kf/service_state/trans")] == [3, 2]


@pytest.mark.parametrize("code", [60111, 40058, 95016, 95013, 123456])
@pytest.mark.parametrize("servicer", ["", "xiaolin"])
async def test_words_that_are_out_are_never_recorded_as_failed_because_nobody_could_be_called(
    tiny: Tiny, code: int, servicer: str
) -> None:
    tiny.said("kf/service_state/trans", refusal(code))
    tiny.said("kf/service_state/get", {"errcode": 0, "service_state": 1})
    await send(tiny, outgoing(speech=HANDS_OVER), handover="native", servicer=servicer)


async def test_a_code_that_was_used_is_told_from_our_own_repeat(tiny: Tiny) -> None:
    tiny.said("kf/send_msg_on_event", refusal(40058))
    with pytest.raises(PermanentDeliveryError):
        await send(tiny, outgoing(speech=Speech("欢迎", code="C")))
    await send(tiny, outgoing(speech=Speech("欢迎", code="C"), uncertain=True))
    assert [body["code"] for body in tiny.asked("kf/send_msg_on_event")] == ["C", "C"]
    assert "touser" not in tiny.asked("kf/send_msg_on_event")[0]


async def test_a_web_message_is_delivered_by_being_recorded() -> None:
    await WebChannel().send(outgoing(channel="web", deadline=None, created_at=None))
