"""The puller against the simulated platform: whatever goes wrong, every message is kept once and in order."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web
from channels_rig import account, tiny_platform
from facts_rig import rows
from shop_rig import KF, Shop, open_shop
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels.wecom.channel import KfChannel
from bot.db import pulls
from bot.motion.connection import Client
from bot.motion.due import DueQueue
from bot.motion.live import Live
from bot.puller import Puller
from bot.sandbox import Faults
from tests.conftest import ManualClock


@pytest.fixture
async def shop(engine: AsyncEngine, client: Client, queues: Mapping[str, DueQueue], live: Live) -> AsyncIterator[Shop]:
    async with open_shop(engine, (client, queues, live)) as opened:
        yield opened


async def test_what_was_said_long_before_the_first_start_is_kept_but_not_answered(shop: Shop) -> None:
    for n in range(3):
        shop.platform.say(shop.who, f"旧{n}")
    shop.platform.advance(2 * 3600)
    shop.platform.say(shop.who, "新")
    await shop.pull()
    assert await shop.waits() == ["新"]
    assert [(row["text"], row["outcome"]) for row in await shop.inbox()] == [
        ("旧0", "silent"), ("旧1", "silent"), ("旧2", "silent"), ("新", None),
    ]  # fmt: skip


async def test_history_in_many_pages_is_history_to_its_end(shop: Shop) -> None:
    for n in range(40):
        shop.platform.say(shop.who, f"旧{n}")
    shop.platform.advance(2 * 3600)
    shop.platform.say(shop.who, "新")
    shop.platform.put_faults(Faults(short_page=1, empty_page=0.5))
    await shop.pull()
    assert await shop.waits() == ["新"]
    assert len(await shop.inbox()) == 41


async def test_a_first_pull_that_finds_nothing_ends_the_history(shop: Shop) -> None:
    await shop.pull()
    shop.platform.say(shop.who, "在吗")
    shop.platform.advance(3600)
    await shop.pull()
    assert await shop.waits() == ["在吗"]


async def test_empty_and_short_pages_lose_nothing_and_keep_the_order(shop: Shop) -> None:
    await shop.pull()
    for n in range(60):
        shop.platform.say(shop.who, str(n))
    shop.platform.put_faults(Faults(empty_page=0.7, short_page=1))
    await shop.pull()
    assert await shop.waits() == [str(n) for n in range(60)]
    assert await pulls.behind(shop.engine) == ()


async def test_a_lost_callback_is_made_good_by_polling(shop: Shop) -> None:
    await shop.pull()
    shop.platform.say(shop.who, "有人吗")
    await shop.pull(noticed=False)
    assert await shop.waits() == ["有人吗"]


@pytest.mark.parametrize("token", ["made-up", "expired"])
async def test_a_token_that_the_platform_does_not_take_is_left_out(shop: Shop, token: str) -> None:
    await shop.pull()
    shop.platform.say(shop.who, "在吗")
    if token == "expired":
        token = shop.platform.world.news.give(KF, shop.platform.world.now())
        shop.platform.advance(700)
    await shop.notice(token)
    await shop.pull(noticed=False)
    assert await shop.waits() == ["在吗"]
    assert await pulls.behind(shop.engine) == ()


async def test_too_many_calls_make_us_wait_and_lose_nothing(shop: Shop) -> None:
    await shop.pull()
    shop.platform.say(shop.who, "在吗")
    shop.platform.put_faults(Faults(freq=1))
    await shop.pull()
    assert await shop.waits() == []
    assert await shop.queues["pull"].size() == 1
    assert await pulls.behind(shop.engine) == (("demo", KF),)
    shop.platform.put_faults(Faults())
    shop.platform.advance(21)
    await shop.pull(noticed=False)
    assert await shop.waits() == ["在吗"]


async def test_while_we_do_penance_nobody_can_make_us_call(shop: Shop) -> None:
    await shop.pull()
    shop.platform.put_faults(Faults(freq=1))
    await shop.pull()
    shop.platform.put_faults(Faults())
    shop.platform.say(shop.who, "在吗")
    await shop.pull(noticed=False)
    assert await shop.waits() == []
    assert await shop.queues["pull"].size() == 1
    shop.platform.advance(21)
    await shop.pull(noticed=False)
    assert await shop.waits() == ["在吗"]


@pytest.mark.parametrize("faults", [Faults(http_500=1), Faults(reset=1), Faults(busy=1), Faults(timeout=1, timeout_s=0)])
async def test_a_broken_platform_is_asked_again_later(shop: Shop, faults: Faults) -> None:
    await shop.pull()
    shop.platform.say(shop.who, "在吗")
    shop.platform.put_faults(faults)
    await shop.pull()
    assert await shop.queues["pull"].size() == 1
    shop.platform.put_faults(Faults())
    shop.platform.advance(5)
    await shop.pull(noticed=False)
    assert await shop.waits() == ["在吗"]


async def test_an_access_token_that_expires_in_between_is_renewed(shop: Shop) -> None:
    await shop.pull()
    for n in range(10):
        shop.platform.say(shop.who, str(n))
    shop.platform.world.access.expire()
    await shop.pull()
    assert len(await shop.waits()) == 10


async def test_under_every_mishap_at_once_each_message_is_kept_once(shop: Shop) -> None:
    await shop.pull()
    shop.platform.put_faults(
        Faults(
            empty_page=0.3,
            short_page=0.5,
            busy=0.1,
            freq=0.1,
            http_500=0.1,
            reset=0.1,
            timeout=0.1,
            timeout_s=0,
            token_expired=0.1,
        )
    )
    said = []
    for n in range(30):
        shop.platform.say(shop.who, str(n))
        said.append(str(n))
        shop.platform.advance(21)
        await shop.pull()
    shop.platform.put_faults(Faults())
    shop.platform.advance(60)
    await shop.pull()
    assert await shop.waits() == said


async def test_two_pullers_at_once_keep_every_message_once_and_in_order(shop: Shop) -> None:
    await shop.pull()
    for n in range(50):
        shop.platform.say(shop.who, str(n))
    shop.platform.put_faults(Faults(short_page=1))
    await shop.notice()
    other = shop.another_puller()
    (claim,) = await shop.claims("pull", f"demo|{KF}")
    await asyncio.gather(shop.puller.step(claim), other.step(claim))
    assert await shop.waits() == [str(n) for n in range(50)]
    assert len(await rows(shop.engine, "select * from messages")) == 50


async def test_what_needs_an_answer_wakes_a_worker_and_what_does_not_does_not(shop: Shop) -> None:
    await shop.pull()
    shop.platform.enter(shop.who)
    await shop.pull()
    assert (await shop.queues["turn"].claim(10, timedelta(seconds=1))).taken
    await shop.settle()
    shop.platform.say(shop.who, "在吗")
    await shop.pull()
    await shop.settle()
    msgid = shop.platform.say(shop.who, "嗯")
    shop.platform.recall(shop.who, msgid)
    await shop.pull()
    assert await shop.waits() == []


async def test_an_account_that_is_not_configured_is_left_alone(shop: Shop) -> None:
    (claim,) = await shop.claims("pull", "gone|wk1")
    await shop.puller.step(claim)
    assert await shop.queues["pull"].size() == 0


async def test_a_servicer_who_speaks_in_the_client_silences_the_bot(shop: Shop) -> None:
    await shop.ready()
    await shop.channel.hand_over(KF, shop.who)
    shop.platform.take("xiaolin", shop.who)
    shop.platform.reply("xiaolin", shop.who, "您好，我来")
    await shop.pull()
    assert ((await shop.floor())["owner"], (await shop.floor())["guide"]) == ("human", "xiaolin")
    shop.platform.end("xiaolin", shop.who)
    await shop.pull()
    assert (await shop.floor())["owner"] == "closed"
    shop.platform.say(shop.who, "谢谢")
    await shop.pull()
    assert (await shop.floor())["owner"] == "bot"


async def test_a_guide_who_speaks_in_the_client_is_the_one_of_our_desk(shop: Shop) -> None:
    async def names() -> Mapping[str, str]:
        return {"xiaolin": "g2"}

    shop.puller.names = names
    await shop.ready()
    await shop.channel.hand_over(KF, shop.who)
    shop.platform.take("xiaolin", shop.who)
    await shop.pull()
    held = await shop.floor()
    assert (held["owner"], held["guide"]) == ("human", "g2")
    shop.platform.reply("xiaolin", shop.who, "您好，我来")
    await shop.pull()
    assert (await shop.floor())["epoch"] == held["epoch"], "the same person took the talk twice"


# pages that the simulated platform would never send


async def odd_page(engine: AsyncEngine, queues: Mapping[str, DueQueue], live: Live, *pages: bytes) -> int:
    """Pull these pages; how many calls that took."""
    async with tiny_platform() as tiny, aiohttp.ClientSession() as http:
        tiny.said("kf/sync_msg", *((lambda _, page=page: web.Response(body=page)) for page in pages))
        puller = Puller(engine, queues, live, {"demo": KfChannel(account(tiny.url), http)}, ManualClock())
        await queues["pull"].wake(["demo|wk1"])
        (claim,) = (await queues["pull"].claim(1, timedelta(seconds=30))).taken
        async with asyncio.timeout(30):
            await puller.step(claim)
        return len(tiny.asked("kf/sync_msg"))


def page(*items: bytes, more: bytes = b"0", cursor: bytes = b'"c1"') -> bytes:
    return b'{"errcode":0,"next_cursor":%s,"has_more":%s,"msg_list":[%s]}' % (cursor, more, b",".join(items))


def text_item(name: bytes, words: bytes) -> bytes:
    return (
        b'{"msgid":"%s","open_kfid":"wk1","external_userid":"wm1","send_time":1779285600,"origin":3,"msgtype":"text","text":{"content":"%s"}}'
        % (name, words)
    )


async def test_no_character_of_a_shopper_can_stop_their_account(
    engine: AsyncEngine, queues: Mapping[str, DueQueue], live: Live
) -> None:
    odd = [b"\\u0000", b"\\\\u0000", b"\\ud83d", b"\\\\\\u0000", "\u2028".encode(), b"\xf0\x9f\x91\x8d"]
    await odd_page(engine, queues, live, page(*(text_item(b"m%d" % n, words) for n, words in enumerate(odd))))
    kept = await rows(engine, "select text from inbox order by id")
    assert len(kept) == len(odd)
    assert kept[1]["text"] == "\\u0000"
    assert kept[-1]["text"] == "👍"


@pytest.mark.parametrize("cursor", [b'""', b"null", b"5", b"[]"])
@pytest.mark.parametrize("more", [b"1", b"true", b"[]", b"null", b'"1"'])
async def test_a_page_that_leads_nowhere_does_not_keep_us_for_ever(
    engine: AsyncEngine, queues: Mapping[str, DueQueue], live: Live, cursor: bytes, more: bytes
) -> None:
    assert await odd_page(engine, queues, live, page(more=more, cursor=cursor)) == 1


async def test_items_that_are_no_messages_do_not_keep_the_others_back(
    engine: AsyncEngine, queues: Mapping[str, DueQueue], live: Live
) -> None:
    items = [b"null", b"5", b"[]", b"{}", b'{"msgid":7}', b'{"msgid":"e","msgtype":"event","event":{"event_type":["x"],"change_type":[]}}',
             b'{"msgid":"f","msgtype":{"a":1},"origin":[3],"send_time":1e300}', text_item(b"m1", b"ok")]  # fmt: skip
    await odd_page(engine, queues, live, page(*items))
    assert [row["platform_id"] for row in await rows(engine, "select platform_id from inbox order by id")] == ["e", "f", "m1"]


async def test_a_repeated_item_within_one_page_is_one_message(
    engine: AsyncEngine, queues: Mapping[str, DueQueue], live: Live
) -> None:
    await odd_page(engine, queues, live, page(text_item(b"m1", b"a"), text_item(b"m1", b"a")))
    assert len(await rows(engine, "select * from messages")) == 1
