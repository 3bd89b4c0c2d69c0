"""Rules in the console: in words, with what a shopper would see before and after."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db import drafts
from bot.front import console_rules
from bot.front.console_seen import tags_word
from bot.motion.connection import Client
from bot.motion.due import DueQueue
from bot.motion.live import Live
from tests.conftest import ManualClock
from tests.front.catalogue_rig import FILES
from tests.front.conftest import Door
from tests.front.console_rig import opened, seen, sent


@pytest.fixture
async def office(
    engine: AsyncEngine, client: Client, queues: dict[str, DueQueue], live: Live, clock: ManualClock, tmp_path: Path
) -> AsyncIterator[Door]:
    async with opened((engine, client, queues, live, clock), tmp_path, FILES) as door:
        yield door


def test_a_rule_in_words() -> None:
    names = {"p-1": "面霜", "s1": "徐汇店"}
    rule = {"when": {"audience": ["孕妇", "哺乳期"], "store": ["s1"]}, "block": {"tags": ["维A醇"]}, "until": "2026-12-31"}
    assert console_rules.who_of(rule, names) == "孕妇或哺乳期，并且徐汇店的顾客"
    assert console_rules.does_of(rule, names) == "不推带“维A醇”标签的商品"
    assert console_rules.when_of(rule) == "到 2026-12-31 为止（含当天）"
    assert console_rules.who_of({}, names) == "所有顾客"
    assert console_rules.does_of({"pin": ["p-1"], "boost": {"brand": ["花"]}, "factor": 0.5}, names) == (
        "把面霜放在最前面；少推花的商品（0.5 倍）"
    )


async def test_the_list_tells_who_what_and_when(office: Door) -> None:
    lead = await office.guide("lee", "lead")
    page = await seen(lead, "/console/rules")
    assert "在看面霜的" in page
    assert "把花间集面霜 50g放在最前面" in page
    assert "不推带“维A醇”标签的商品" in page
    assert "no-retinol" not in await seen(lead, "/console/rules?does=pin", part=True)
    assert "没有找到" in await seen(lead, "/console/rules?q=zzz", part=True)
    assert "不推带“维A醇”标签的商品" in await seen(lead, "/console/export/rules?q=孕妇")


async def test_the_preview_shows_what_the_draft_would_change(office: Door) -> None:
    lead = await office.guide("lee", "lead")
    form = {"item": "", "id": "no-cream", "block.sku": "p-cream"}
    told = await (await sent(lead, "/console/rules-preview", **form, **{"p.category": "面霜"})).text()
    assert "不再出现" in told
    assert "花间集面霜 50g" in told
    later = {**form, "from": "2099-01-01"}
    assert "不在这条规则的日子里" in await (await sent(lead, "/console/rules-preview", **later)).text()
    pinned = {"item": "", "id": "up", "pin": "p-ended"}
    assert "不在卖" in await (await sent(lead, "/console/rules-preview", **pinned)).text()
    pregnant = {"item": "no-retinol", "id": "no-retinol", "p.text": "推荐精华", "p.tags": "audience=孕妇"}
    told = await (await sent(lead, "/console/rules-preview", **pregnant)).text()
    assert "新出现" in told
    assert "维A精华" in told, "a rule that is emptied lets through what it kept away"
    assert await drafts.drafts(office.engine) == []


async def test_conditions_are_added_changed_and_taken_away(office: Door) -> None:
    lead = await office.guide("lee", "lead")
    path = "/console/edit/rules/form"
    told = await (await sent(lead, path, item="", id="x", w0__name="skin_type")).text()
    assert 'name="w0.value" value="敏感性"' in told
    told = await (await sent(lead, path, item="", id="x", w0__name="concern", w0__was="skin_type", w0__value="敏感性")).text()
    assert 'name="w0.value" value="补水"' in told
    assert "敏感性" not in told.split('name="w0.more"')[0]
    told = await (await sent(lead, path, item="", id="x", w0__name="skin_type", w0__value="干性", drop="w0")).text()
    assert "去掉这条" not in told


async def test_a_rule_is_saved_as_it_was_meant(office: Door) -> None:
    lead = await office.guide("lee", "lead")
    answer = await sent(
        lead, "/console/edit/rules/save", item="", id="spring", w0__name="skin_type", w0__value=["干性", "敏感性"],
        pin="p-cream\np-mask", boost__tags="补水、抗老", factor="1.5", **{"from": "2026-03-01"}, until="2026-03-31", reason="开春",
    )  # fmt: skip
    assert answer.status == 204
    draft = await drafts.open_draft(office.engine, "rule", "spring")
    assert draft is not None
    assert draft.value == {
        "id": "spring",
        "when": {"skin_type": ["干性", "敏感性"]},
        "pin": ["p-cream", "p-mask"],
        "boost": {"tags": ["补水", "抗老"]},
        "factor": 1.5,
        "reason": "开春",
        "from": "2026-03-01",
        "until": "2026-03-31",
    }
    page = await seen(lead, "/console/rules")
    assert "草稿：新的" in page


async def test_goods_are_found_by_name(office: Door) -> None:
    lead = await office.guide("lee", "lead")
    told = await seen(lead, "/console/rules-goods?into=pin&find=花间集", part=True)
    assert 'data-word="p-cream"' in told
    assert "p-mask" not in told
    assert "不在卖" in await seen(lead, "/console/rules-goods?into=pin&find=老款", part=True)
    assert "没有找到" in await seen(lead, "/console/rules-goods?into=pin&find=zzz", part=True)


def test_every_kind_of_tag_of_the_house_has_a_name() -> None:
    kinds = yaml.safe_load((Path(__file__).parents[2] / "recommender" / "tags.yml").read_text(encoding="utf-8"))["tags"]
    assert [kind for kind in kinds if tags_word(kind) == kind] == []
