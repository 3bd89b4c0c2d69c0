"""概况: the numbers are right for whoever looks, lead somewhere, and what waits is told."""

import csv
import io
import json
import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.db import drafts, newest, overview, releases
from bot.db.drafts import Draft
from bot.db.overview import Span
from tests.front.conftest import Desk, Door
from tests.front.console_rig import seen
from tests.front.office_rig import said, talk


@pytest.fixture
async def week(office: Door) -> Door:
    """Two stores and a talk of nobody's, over two days; now is the evening of 20 May in Shanghai."""
    now = office.clock.now()
    one, other = await talk(office, "w1", "s1"), await talk(office, "w2", "s2", "wecom_kf")
    nobodys = await talk(office, "w3", None)
    await said(office, one, now - timedelta(hours=1), n=3)
    await said(office, one, now - timedelta(hours=1), script="no_answer")
    await said(office, one, now - timedelta(days=1), "handed_over", "handover")
    await said(office, other, now - timedelta(hours=2), "silent", "", n=2)
    await said(office, other, now - timedelta(days=9))
    await said(office, nobodys, now - timedelta(minutes=5), "failed", "")
    await said(office, nobodys, now, None, "")
    return office


def numbers(page: str) -> dict[str, int]:
    """Fate → number, as the page shows them."""
    return {fate: int(n) for fate, n in re.findall(r'<li class="fate (\w+)"><a[^>]*><span class="n">(\d+)</span>', page)}


def charts(page: str) -> dict[str, dict[str, list[int]]]:
    """Chart → fate in words → numbers of what is drawn."""
    found = re.findall(r"<canvas id=\"(\w+)\"[^>]*data-chart='([^']*)'", page)
    return {name: {one["name"]: one["data"] for one in json.loads(told)["sets"]} for name, told in found}


async def test_every_message_of_the_span_is_counted_once_by_what_became_of_it(week: Door) -> None:
    boss = await week.guide("boss", "admin")
    page = await seen(boss, "/console/overview?days=7")
    assert numbers(page) == {"answered": 3, "unanswered": 1, "handed": 1, "silent": 2, "failed": 1, "waiting": 1}
    assert "最近 7 天：9 条消息" in page
    today = await seen(boss, "/console/overview?days=1")
    assert numbers(today) == {"answered": 3, "unanswered": 1, "handed": 0, "silent": 2, "failed": 1, "waiting": 1}
    assert numbers(await seen(boss, "/console/overview?days=28"))["answered"] == 4


async def test_charts_show_days_hours_channels_and_stores_with_the_same_numbers_in_tables(week: Door) -> None:
    boss = await week.guide("boss", "admin")
    page = await seen(boss, "/console/overview?days=7")
    drawn = charts(page)
    assert drawn["days"]["转人工"] == [0, 0, 0, 0, 0, 1, 0]
    assert drawn["hours"]["答上了"][21] == 3  # 13 o'clock in London is 21 o'clock in Shanghai
    assert drawn["stores"]["有意不答"] == [0, 0, 2]  # the busiest first: 徐汇店, nobody's, 静安店
    assert sum(drawn["channels"]["答上了"]) == 3
    assert "徐汇店" in page
    assert "还不属于哪家店" in page
    assert "微信客服" in page
    assert page.count("<table>") == len(drawn)


async def test_numbers_lead_to_where_something_can_be_done(week: Door) -> None:
    page = await seen(await week.guide("boss", "admin"), "/console/overview")
    for path in ("/console/gaps", "/console/effect", "/console/groups", "/console/replay", "/console/staff"):
        assert f'href="{path}"' in page


async def test_a_stores_people_see_the_numbers_of_their_store_alone(week: Door) -> None:
    lead = await week.guide("lead", "lead", None, "s1")
    page = await seen(lead, "/console/overview?days=7")
    assert numbers(page) == {"answered": 3, "unanswered": 1, "handed": 1, "silent": 0, "failed": 0}
    assert "stores" not in charts(page)
    assert "静安店" not in page
    area = await week.guide("area", "lead")
    assert sum(numbers(await seen(area, "/console/overview?days=7")).values()) == 9


async def test_what_was_said_is_shown_by_family_of_script(week: Door) -> None:
    boss = await week.guide("boss", "admin")
    drawn = charts(await seen(boss, "/console/overview/families?days=7", part=True))
    assert sum(sum(data) for data in drawn["families"].values()) == 5
    page = await seen(boss, "/console/overview/families?days=7", part=True)
    assert "招呼语" in page


async def test_the_table_has_every_hour(week: Door) -> None:
    boss = await week.guide("boss", "admin")
    rows = list(csv.DictReader(io.StringIO((await seen(boss, "/console/export/overview?days=7")).removeprefix("\ufeff"))))
    assert {(row["日期"], row["钟点"]) for row in rows} >= {("2026-05-20", "21:00"), ("2026-05-19", "22:00")}
    assert sum(int(row["答上了"]) for row in rows) == 3


async def test_an_empty_shop_is_told_so_and_draws_nothing(office: Door) -> None:
    page = await seen(await office.guide("boss", "admin"), "/console/overview")
    assert "还没有顾客发来消息" in page
    assert charts(page) == {}


async def waits(desk: Desk) -> str:
    return await seen(desk, "/console/overview")


async def test_drafts_wait_for_those_who_may_approve_them(office: Door) -> None:
    now = office.clock.now()
    for item, scope in (("a", ""), ("b", "店:s1")):
        made = await drafts.begin(office.engine, Draft("entry", item, {"id": item}, "手写", scope=scope), "ed", now)
        await drafts.propose(office.engine, made.id, "ed", now)
    boss, lead, editor = (
        await office.guide("boss", "admin"),
        await office.guide("lead", "lead", None, "s1"),
        await office.guide("ed", "editor"),
    )
    assert "2 条草稿等您看过" in await waits(boss)
    assert "1 条草稿等您看过" in await waits(lead)
    assert "等您看过" not in await waits(editor)


async def test_a_release_that_nobody_could_use_stands_first(office: Door) -> None:
    found = await releases.live(office.engine)
    assert found is not None
    await newest.refuse(office.engine, found[0], ["scripts/replies/greet.yml 第 3 行：读不懂"])
    boss = await office.guide("boss", "admin")
    assert f"第 {found[0]} 版没能生效" in await waits(boss)
    await newest.accept(office.engine, found[0])
    assert "没能生效" not in await waits(boss)


@pytest.mark.parametrize("what", ["findings", "gaps", "trials"])
async def test_what_the_words_know_comes_after_the_page(office: Door, what: str) -> None:
    boss = await office.guide("boss", "admin")
    assert f"/console/overview/waiting/{what}" in await waits(boss)
    assert "<html" not in await seen(boss, f"/console/overview/waiting/{what}", part=True)


async def test_a_question_that_nobody_answers_waits(office: Door) -> None:
    conversation = await talk(office, "w1", "s1")
    await said(office, conversation, office.clock.now() - timedelta(hours=1), script="no_answer")
    await office.rows("update inbox set text = '能刻字吗'")
    boss = await office.guide("boss", "admin")
    assert "没答好" in await seen(boss, "/console/overview/waiting/gaps", part=True)


async def test_days_begin_at_midnight_of_the_brands_zone(week: Door) -> None:
    span = Span.last(2, week.clock.now(), ZoneInfo("Asia/Shanghai"))
    assert span.since.isoformat() == "2026-05-19T00:00:00+08:00"
    counted = await overview.counted(week.engine, (), span.since, week.clock.now() + timedelta(seconds=1))
    assert [one.total for one in overview.by_day(counted, span)] == [1, 8]
