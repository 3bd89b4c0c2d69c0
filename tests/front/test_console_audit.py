"""记录: everything that was done, in words, for those who answer for it."""

import csv
import io
from datetime import timedelta

import pytest

from bot.db import audit, users
from bot.db.audit import Wanted
from tests.front.conftest import Desk, Door
from tests.front.console_rig import seen


@pytest.fixture
async def boss(door: Door) -> Desk:
    return await door.guide("boss", "admin")


async def did(door: Door, actor: str, action: str, subject: str, days: float = 0, **details: object) -> None:
    async with door.engine.begin() as connection:
        await users.audit(connection, door.clock.now() - timedelta(days=days), actor, (action, subject), **details)


async def test_deeds_are_told_in_words_with_what_is_known_of_them(door: Door, boss: Desk) -> None:
    await did(door, "ed", "draft.save", "7", kind="script", item="greet", version=3)
    await did(door, "boss", "content.yes", "12", groups=["没有回放"], reason="只改了一个错字")
    await did(door, "boss", "user.change", "mei", before={"role": "editor", "store": None}, after={"role": "lead", "store": "s1"})
    page = await seen(boss, "/console/audit")
    for words in ("存草稿", "话术 greet", "第几次存", "不顾提醒发布", "第 12 版", "只改了一个错字", "改账号", "店长"):
        assert words in page
    assert 'href="/console/releases/12"' in page
    assert "draft.save</" not in page


async def test_they_are_found_by_who_what_when_and_words(door: Door, boss: Desk) -> None:
    await did(door, "ed", "draft.save", "7", kind="script", item="greet")
    await did(door, "ed", "claim", "w1")
    await did(door, "mei", "draft.save", "8", kind="entry", item="100%_sure", days=3)
    for query, found in (
        ("who=ed", 2), ("what=draft.save", 2), ("what=内容", 2), ("what=接待", 1), ("who=ed&what=claim", 1), ("q=greet", 1),
        ("q=100%25_s", 1), ("q=0_", 0), ("who=nobody", 0), ("from=2026-05-19&who=ed", 2), ("until=2026-05-18&who=mei", 1),
        ("from=2026-05-18&who=mei", 0),
    ):  # fmt: skip
        assert (await seen(boss, f"/console/audit?{query}", part=True)).count("data-row") == found, query
    await seen(boss, "/console/audit?from=yesterday", 400)
    assert "没有找到" in await seen(boss, "/console/audit?who=nobody", part=True)


async def test_the_newest_come_first_and_older_ones_when_asked(door: Door, boss: Desk) -> None:
    for n in range(130):
        await did(door, "ed", "claim", f"w{n}")
    page = await seen(boss, "/console/audit?who=ed", part=True)
    assert page.count("data-row") == 60
    assert page.index("w129") < page.index("w128")
    before = page.split("before=")[1].split('"')[0]
    more = await seen(boss, f"/console/audit?who=ed&before={before}", part=True)
    assert more.count("data-row") == 60
    assert "w69" in more


async def test_the_table_holds_all_that_is_filtered(door: Door, boss: Desk) -> None:
    await did(door, "ed", "gap.aside", "=1+1", note="不是我们的")
    rows = list(csv.DictReader(io.StringIO((await seen(boss, "/console/export/audit?who=ed")).removeprefix("\ufeff"))))
    assert [(one["做了什么"], one["对什么"], one["细节"]) for one in rows] == [("问题先放一边", "'=1+1", "说明：不是我们的")]


async def test_only_those_who_answer_for_all_stores_read_it(door: Door, boss: Desk) -> None:
    assert await seen(await door.guide("area", "lead"), "/console/audit")
    for name, role, store in (("lead", "lead", "s1"), ("ed", "editor", None), ("guide", "guide", "s1")):
        one = await door.guide(name, role, "g1" if role == "guide" else None, store)
        await seen(one, "/console/audit", 403)
        await seen(one, "/console/export/audit", 403)
    del boss


async def test_words_with_signs_of_a_search_stand_for_themselves(door: Door) -> None:
    await did(door, "ed", "claim", r"50%\off_")
    assert len(await audit.deeds(door.engine, Wanted(words=r"%\o"), 5)) == 1
    assert await audit.deeds(door.engine, Wanted(words="%off"), 5) == []
