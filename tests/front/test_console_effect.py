"""效果: what followed what was said, with intervals; small numbers are not ranked; verdicts in words."""

import csv
import io
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.effect import Rate
from bot.front import console_effect
from bot.motion.connection import Client
from bot.motion.due import DueQueue
from bot.motion.live import Live
from tests.conftest import ManualClock
from tests.front.conftest import Desk, Door
from tests.front.console_rig import FILES, opened, seen
from tests.front.office_rig import talk

TRIED = """
id: push
family: 资讯分享
experiment: {id: tone, from: 2026-05-01, arms: {A: 1, B: 1}}
variants:
  - {text: 试试这款面霜。, arm: A, id: calm}
  - {text: 这款面霜您一定喜欢。, arm: B, id: warm}
"""


@pytest.fixture
async def office(
    engine: AsyncEngine, client: Client, queues: dict[str, DueQueue], live: Live, clock: ManualClock, tmp_path: Path
) -> AsyncIterator[Door]:
    """A front door with an experiment behind it."""
    async with opened((engine, client, queues, live, clock), tmp_path, {**FILES, "scripts/replies/push.yml": TRIED}) as door:
        yield door


async def told(door: Door, store: str | None, script: str, people: int, answers: int, trace: str = "") -> None:
    """A script said two days ago to so many people, so many of whom wrote again."""
    at = door.clock.now() - timedelta(days=2)
    for n in range(people):
        name = await talk(door, f"w-{store}-{script}-{trace}-{n}", store)
        await door.rows(
            "insert into messages (conversation_id, author, text, at, trace, msgid) values (:v, 'bot', '您好', :at, "
            "jsonb_build_object('script', jsonb_build_object('id', cast(:s as text)) || cast(:more as jsonb)), :v)",
            v=name, at=at, s=script, more=trace or "{}",
        )  # fmt: skip
        if n < answers:
            await door.rows(
                "insert into messages (conversation_id, author, text, at) values (:v, 'shopper', '好的', :at)",
                v=name, at=at + timedelta(minutes=1),
            )  # fmt: skip


@pytest.fixture
async def boss(office: Door) -> Desk:
    return await office.guide("boss", "admin")


def order(page: str) -> list[str]:
    """The lines in their order."""
    return re.findall(r"<code>([\w-]+)</code>", page)


async def test_a_share_stands_with_its_interval_and_how_many_it_is_of(office: Door, boss: Desk) -> None:
    await told(office, "s1", "greet", 40, 10)
    page = await seen(boss, "/console/effect?days=7", part=True)
    assert "25%（14–40%）" in page  # Wilson, 10 of 40
    assert "10/40 位" in page
    assert "{称呼|您}好呀" in page
    assert "招呼语" in page


async def test_small_numbers_are_greyed_and_not_ranked(office: Door, boss: Desk) -> None:
    await told(office, "s1", "greet", 32, 2)
    await told(office, "s1", "push", 4, 4)
    page = await seen(boss, "/console/effect?days=7&order=answer", part=True)
    assert order(page) == ["greet", "push"]  # 100 % of four stands below 6 % of many
    assert page.count("太少") >= 1
    assert order(await seen(boss, "/console/effect?days=7&family=资讯分享", part=True)) == ["push"]
    assert order(await seen(boss, "/console/effect?days=7&q=面霜", part=True)) == ["push"]
    assert "没有说过" in await seen(boss, "/console/effect?days=1", part=True)


async def test_a_stores_people_see_what_was_said_to_its_customers(office: Door) -> None:
    await told(office, "s1", "greet", 3, 1)
    await told(office, "s2", "push", 3, 1)
    lead = await office.guide("lead", "lead", None, "s1")
    assert order(await seen(lead, "/console/effect?days=7", part=True)) == ["greet"]
    editor = await office.guide("ed", "editor")
    assert sorted(order(await seen(editor, "/console/effect?days=7", part=True))) == ["greet", "push"]


async def test_wordings_stand_with_their_words(office: Door, boss: Desk) -> None:
    await told(office, "s1", "push", 3, 1, '{"wording": "calm"}')
    await told(office, "s1", "push", 2, 1, '{"wording": "long-gone"}')
    page = await seen(boss, "/console/effect?days=7&by=wording&script=push", part=True)
    assert "试试这款面霜" in page
    assert "现在没有这种说法了" in page


async def test_an_experiment_is_told_in_words(office: Door, boss: Desk) -> None:
    for arm in "AB":
        await told(office, "s1", "push", 5, 2, f'{{"experiment": "tone", "arm": "{arm}", "wording": "{arm}"}}')
    page = await seen(boss, "/console/effect/trials", part=True)
    assert "对比试验 tone" in page
    assert "还太早" in page
    assert "再要约" in page
    assert "<strong>A</strong>：5 位顾客" in page
    assert await seen(boss, "/console/overview/waiting/trials", part=True) is not None


async def test_the_table_has_every_number_in_a_column(office: Door, boss: Desk) -> None:
    await told(office, "s1", "greet", 4, 1)
    rows = list(csv.DictReader(io.StringIO((await seen(boss, "/console/export/effect?days=7")).removeprefix("\ufeff"))))
    assert [(row["编号"], row["说了几次"], row["回话人数"], row["类别"]) for row in rows] == [("greet", "4", "1", "招呼语")]


async def test_the_page_comes_before_the_numbers(office: Door, boss: Desk) -> None:
    page = await seen(boss, "/console/effect")
    assert 'hx-trigger="load"' in page
    assert "资讯分享" in page
    del office


def test_a_share_of_nobody_is_none_and_one_of_few_says_so() -> None:
    assert console_effect.share(Rate()).words == ""
    few = console_effect.share(Rate(1, 4, 1, 4))
    assert (few.words, few.few) == ("25%（4.6–70%）", True)
    assert not console_effect.share(Rate(10, 40, 10, 40)).few
