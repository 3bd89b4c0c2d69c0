"""Sentences in the console: one by one into drafts, real talk with one tap, how the model fares."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db import drafts
from bot.motion.connection import Client
from bot.motion.due import DueQueue
from bot.motion.live import Live
from tests.conftest import ManualClock
from tests.front.catalogue_rig import FILES
from tests.front.conftest import Door
from tests.front.console_rig import FILES as WITHOUT
from tests.front.console_rig import opened, seen, sent


@pytest.fixture
async def office(
    engine: AsyncEngine, client: Client, queues: dict[str, DueQueue], live: Live, clock: ManualClock, tmp_path: Path
) -> AsyncIterator[Door]:
    async with opened((engine, client, queues, live, clock), tmp_path, FILES) as door:
        yield door


async def examples(office: Door, intent: str) -> list[str]:
    found = await drafts.open_draft(office.engine, "training", intent)
    assert found is not None
    assert found.value is not None
    return list(found.value["examples"])  # type: ignore[call-overload,no-any-return]


async def test_intents_with_their_sentences(office: Door) -> None:
    lead = await office.guide("lee", "lead")
    page = await seen(lead, "/console/training?order=many")
    assert ("退货退款" in page and "等着学" in page) or "没有学过" in page
    assert "<script>" not in page
    assert "style=" not in page
    assert 'id="standing"' in await seen(lead, "/console/training-standing", part=True)
    told = await seen(lead, "/console/training/return_goods")
    assert "不喜欢能退吗" in told
    assert "[面霜](category)可以退货不" in told
    assert await seen(lead, "/console/training/whatever", 404)
    assert "return_goods" in await seen(lead, "/console/export/training")


async def test_sentences_come_and_go_with_one_tap(office: Door) -> None:
    lead = await office.guide("lee", "lead")
    answer = await sent(lead, "/console/training/return_goods/add", text="能不能退啊\n- 七天能退吗\n不喜欢能退吗")
    assert "新加" in await answer.text()
    assert await examples(office, "return_goods") == [
        "不喜欢能退吗",
        "[面霜](category)可以退货不",
        "退货怎么退",
        "能不能退啊",
        "七天能退吗",
    ]
    undo = orjson.loads(answer.headers["HX-Trigger"])["toast"]["undo"]
    assert (await sent(lead, undo)).status == 200
    assert await examples(office, "return_goods") == ["不喜欢能退吗", "[面霜](category)可以退货不", "退货怎么退"], (
        "what was there before stays"
    )
    again = await sent(lead, "/console/training/return_goods/add", text="不喜欢能退吗")
    assert again.status == 409
    gone = await sent(lead, "/console/training/return_goods/take", text="退货怎么退")
    assert "要拿掉" in await gone.text()
    back = orjson.loads(gone.headers["HX-Trigger"])["toast"]["undo"]
    await sent(lead, back)
    assert "退货怎么退" in await examples(office, "return_goods")


async def test_two_people_at_one_intent_lose_nothing(office: Door) -> None:
    lee, mia = await office.guide("lee", "lead"), await office.guide("mia", "editor")
    await sent(lee, "/console/training/greet/add", text="哈喽")
    await sent(mia, "/console/training/greet/add", text="早上好")
    await sent(lee, "/console/training/greet/take", text="在吗")
    assert await examples(office, "greet") == ["你好", "哈喽", "早上好"]


async def test_a_sentence_moves(office: Door) -> None:
    lead = await office.guide("lee", "lead")
    answer = await sent(lead, "/console/training/return_goods/move", text="退货怎么退", to="ask_price")
    assert answer.status == 200
    assert "退货怎么退" in await examples(office, "ask_price")
    assert "退货怎么退" not in await examples(office, "return_goods")
    await sent(lead, orjson.loads(answer.headers["HX-Trigger"])["toast"]["undo"])
    assert "退货怎么退" in await examples(office, "return_goods")
    assert "退货怎么退" not in await examples(office, "ask_price")
    assert (await sent(lead, "/console/training/greet/move", text="你好", to="whatever")).status == 404


async def test_doubles_are_told_while_typing(office: Door) -> None:
    lead = await office.guide("lee", "lead")
    told = await (await sent(lead, "/console/training/ask_price/check", text="不喜欢能退吗？\n价格多少\n全新的一句")).text()
    assert "已经在“退货退款”里" in told
    assert "这里已经有一样的了" in told
    assert told.count("pill") == 2


async def test_real_talk_becomes_sentences(office: Door) -> None:
    """Masked, of one meaning together, without what is a sentence already; one tap puts it where it belongs."""
    lead = await office.guide("lee", "lead")
    path, headers = await office.chat(name="张小姐")
    talk = path.rpartition("/")[2]
    for words, sure in (
        ("我叫张小姐想把东西退掉", 0.3),
        ("想把东西退掉", 0.3),
        ("不喜欢能退吗", 0.2),
        ("电话13812345678回我", 0.1),
        ("真好", 0.95),
    ):
        await office.http.post(f"{path}/messages", json={"text": words}, headers=headers)
        await office.rows(
            "update inbox set state = 'settled', outcome = 'answered', trace = cast(:trace as jsonb) "
            "where conversation_id = :talk and text = :words",
            talk=talk, words=words, trace=orjson.dumps({"confidence": sure, "intent": "greet"}).decode(),
        )  # fmt: skip
    page = await seen(lead, "/console/training-suggested")
    assert "想把东西退掉" in page
    assert "13812345678" not in page
    assert "张小姐" not in page
    assert "不喜欢能退吗" not in page
    assert "真好" not in page
    done = await sent(lead, "/console/training/return_goods/add", text=["想把东西退掉"], back="heap")
    assert "放进“<a" in await done.text()
    assert "想把东西退掉" in await examples(office, "return_goods")
    assert "想把东西退掉" not in await seen(lead, "/console/training-suggested", part=True)


async def test_whoever_has_no_sentences_takes_the_programs_own_in_first(
    engine: AsyncEngine, client: Client, queues: dict[str, DueQueue], live: Live, clock: ManualClock, tmp_path: Path
) -> None:
    async with opened((engine, client, queues, live, clock), tmp_path, WITHOUT) as office:
        lead = await office.guide("lee", "lead")
        assert "搬进来" in await seen(lead, "/console/training")
        refused = await sent(lead, "/console/training/greet/add", text="哈喽")
        assert refused.status == 409
        assert not await drafts.drafts(office.engine)
        assert (await sent(lead, "/console/training-own")).status == 204
        made = await drafts.drafts(office.engine, kinds=["training"])
        assert len(made) > 40
        assert sum(len(one.value["examples"]) for one in made if one.value) > 10_000
        assert (await sent(lead, "/console/training-own")).status == 409
        assert (await sent(lead, "/console/training/greet/add", text="一句还没有的问候")).status == 200


async def test_numbers_of_the_page_are_those_of_the_list(office: Door) -> None:
    lead = await office.guide("lee", "lead")
    found = re.findall(r"(\d+) 句", await seen(lead, "/console/training?q=你好", part=True))
    assert found[0] == "2"
