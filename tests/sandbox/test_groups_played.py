"""A group that is played against the real house: answered once, to everybody who asked, and never after a recall."""

from collections.abc import Mapping

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.motion.connection import Client
from bot.motion.due import DueQueue
from bot.motion.live import Live
from bot.sandbox.groups_player import PlaceError, StepRefusedError
from bot.sandbox.groups_script import read_script
from bot.sandbox.groups_web import WebPlace
from bot.sandbox.rooms import Room
from bot.sandbox.rooms_aibot import AibotRoom
from bot.sandbox.rooms_dingtalk import DingTalkRoom
from bot.sandbox.rooms_feishu import FeishuRoom
from tests import conftest as everywhere
from tests.conftest import ManualClock
from tests.sandbox.groups_rig import Behind, line_of, room_house, said, web_house

from rooms_rig import RoomClock  # isort: skip


client = everywhere.client
"""Valkey, as everywhere else: in this folder the name means the sandbox's control API."""


@pytest.fixture
def behind(engine: AsyncEngine, client: Client, queues: Mapping[str, DueQueue], live: Live, clock: ManualClock) -> Behind:
    return engine, client, queues, live, clock


EVENING = """
group: 妈妈群
steps:
- {at: 5s,  as: 朵朵妈, say: 包邮吗}
- {at: 9s,  as: 老张, say: 今天也太热了}
- {at: 12s, as: 小雅, say: 同问, quote: 1}
- {at: 70s, as: 老张, say: 下雨了下雨了}
"""


async def test_one_answer_names_all_who_asked(behind: Behind) -> None:
    async with web_house(behind) as (house, place):
        book = await house.plays(EVENING, place)
    (answer,) = [line for line in said(book) if "包邮" in line.text]
    assert set(answer.to) == {"朵朵妈", "小雅"}
    assert set(answer.answers) >= {line_of(book, 1).n, line_of(book, 3).n}
    assert 20 <= (line_of(book, 1).wait or 0) <= 40, "a guide was left the time to be faster"
    assert [one.words for one in book.findings() if one.grave] == []


async def test_what_was_taken_back_is_not_answered(behind: Behind) -> None:
    script = """
    steps:
    - {at: 5s, as: 朵朵妈, say: 包邮吗}
    - {at: 11s, as: 朵朵妈, recall: 1}
    - {at: 15s, as: 老张, say: 吃饭去了}
    """
    async with web_house(behind) as (house, place):
        book = await house.plays(script, place)
    assert [line.text for line in said(book) if "包邮" in line.text] == []
    assert line_of(book, 1).recalled_at is not None
    assert line_of(book, 1).wait is None
    assert book.findings() == []


async def test_named_by_a_real_at_it_answers_at_once_and_a_guide_who_is_faster_silences_it(behind: Behind) -> None:
    script = """
    steps:
    - {at: 5s,  as: 半糖, mention: 助手, say: 不喜欢能退吗}
    - {at: 60s, as: 七月, say: 包邮吗}
    - {at: 72s, as: 导购王姐, say: 满99就包的, quote: 2}
    """
    async with web_house(behind) as (house, place):
        book = await house.plays(script, place)
    answers = [line for line in said(book) if line.answers and line_of(book, 1).n in line.answers]
    assert answers
    assert (line_of(book, 1).wait or 99) < 10
    assert not any(line_of(book, 2).n in line.answers for line in said(book))


async def test_members_come_by_a_code_say_hello_and_leave(behind: Behind) -> None:
    script = """
    steps:
    - {at: 0s, as: 老张, say: 早}
    - {at: 60s, as: 云朵, join: sh}
    - {at: 66s, as: 云朵, say: 大家好}
    - {at: 90s, as: 老张, leave: true}
    """
    async with web_house(behind) as (house, place):
        book = await house.plays(script, place)
        async with house.engine.begin() as connection:
            rows = await connection.execute(text("select name, source, left_at is not null as gone from members order by name"))
            members = {row.name: (row.source, row.gone) for row in rows}
    assert members["云朵"] == ("sh", False)
    assert members["老张"][1] is True
    (welcome,) = [line for line in said(book) if "云朵" in line.to]
    assert line_of(book, 2).n in welcome.answers
    assert [one.words for one in book.findings() if one.grave] == []


async def test_what_the_room_does_not_take_is_told_and_the_others_go_on(behind: Behind) -> None:
    async with web_house(behind) as (house, place):
        await place.open("群", [("甲", "甲")])
        (event,) = read_script("- {as: 乙, say: 在吗}").events
        with pytest.raises(StepRefusedError, match="不在群里"):
            await place.act(event)
        other = WebPlace(place.http, "http://127.0.0.1:9", clock=place.clock)
        with pytest.raises(PlaceError, match="daogou serve"):
            await other.open("群", [])
        assert house.url


ROOMS = {"feishu": FeishuRoom, "dingtalk": DingTalkRoom, "aibot": AibotRoom}


@pytest.mark.parametrize("name", ROOMS)
async def test_on_every_platform_whoever_names_the_assistant_hears_from_it_once(behind: Behind, name: str) -> None:
    script = """
    steps:
    - {at: 5s, as: 朵朵妈, mention: 助手, say: 包邮吗}
    - {at: 8s, as: 老张, say: 今天也太热了}
    """
    room: Room = ROOMS[name](RoomClock(behind[4]))
    async with room_house(behind, name, room) as (house, place):
        book = await house.plays(script, place)
    answers = [line for line in said(book) if "包邮" in line.text]
    assert len(answers) == 1
    assert answers[0].to == ("朵朵妈",)
    assert line_of(book, 1).wait is not None
    assert line_of(book, 2).unheard is (name != "feishu"), "their robots are shown only what names them"
    assert [one.words for one in book.findings() if one.grave] == []


async def test_in_feishu_an_answer_waits_and_a_recall_ends_it(behind: Behind) -> None:
    script = """
    steps:
    - {at: 5s, as: 朵朵妈, say: 包邮吗}
    - {at: 15s, as: 朵朵妈, recall: 1}
    - {at: 60s, as: 小雅, mention: 助手, say: 不喜欢能退吗}
    """
    async with room_house(behind, "feishu", FeishuRoom(RoomClock(behind[4]))) as (house, place):
        book = await house.plays(script, place)
    assert not any("包邮" in line.text for line in said(book))
    assert any(line_of(book, 3).n in line.answers for line in said(book))
    assert [one.words for one in book.findings() if one.grave] == []
