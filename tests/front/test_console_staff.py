"""导购与班次: shops with their people as they are now, edited as drafts by those whose they are; duty at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import MultiDict

from bot.db import drafts, duty
from bot.front import console_staff_forms as forms
from bot.hours import Hours
from tests.front.conftest import Desk, Door
from tests.front.console_rig import seen, sent

GUIDE = {"item": "g1", "id": "g1", "name": "王姐", "store": "s1", "role": "guide"}


@pytest.fixture
async def boss(office: Door) -> Desk:
    return await office.guide("boss", "admin")


async def test_shops_stand_with_their_people_and_how_they_are_now(office: Door, boss: Desk) -> None:
    async with office.engine.begin() as connection:
        await duty.set_state(connection, "g3", "off", office.clock.now())
    page = await seen(boss, "/console/staff")
    assert page.index("徐汇店</a>") < page.index("王姐") < page.index("静安店</a>") < page.index("陈曼")
    assert "今天不在，到" in page
    assert "一共 2 位导购，1 位在岗" in page
    found = await seen(boss, "/console/staff?state=off", part=True)
    assert "陈曼" in found
    assert "王姐" not in found
    assert "王姐" in await seen(boss, "/console/staff?q=王", part=True)


async def test_a_stores_lead_sees_and_edits_their_own_store(office: Door) -> None:
    lead = await office.guide("lead", "lead", "g1", "s1")
    page = await seen(lead, "/console/staff")
    assert "王姐" in page
    assert "陈曼" not in page
    assert "data-save" in await seen(lead, "/console/guides/g1")
    assert "data-save" not in await seen(lead, "/console/guides/g3")
    assert (await sent(lead, "/console/edit/guides/save", **GUIDE, skills="护肤、彩妆")).status == 200
    assert (await sent(lead, "/console/edit/guides/save", **{**GUIDE, "item": "g3", "id": "g3"})).status == 403
    assert (await sent(lead, "/console/edit/guides/save", **{**GUIDE, "store": "s2"})).status == 403
    assert (await sent(lead, "/console/edit/stores/save", item="s2", id="s2", name="我的店")).status == 403
    assert 'value="s1" selected' in await seen(lead, "/console/new/guides")
    (kept,) = await drafts.drafts(office.engine)
    assert (kept.kind, kept.item, kept.scope, kept.value and kept.value["skills"]) == ("guide", "g1", "店:s1", ["护肤", "彩妆"])


async def test_what_is_saved_goes_the_way_of_drafts_and_is_published(office: Door, boss: Desk) -> None:
    week = {f"{day}__{end}": told for day in ("mon", "tue", "wed") for end, told in (("begins", "10:00"), ("ends", "18:00"))}
    answer = await sent(boss, "/console/edit/guides/save", **GUIDE, capacity="0", days_off="2026-10-01~2026-10-03", **week)
    assert answer.status == 200, await answer.text()
    (kept,) = await drafts.drafts(office.engine)
    assert kept.value is not None
    assert kept.value["shifts"] == {"mon-wed": "10:00-18:00"}
    assert kept.value["days_off"] == ["2026-10-01", "2026-10-02", "2026-10-03"]
    assert kept.value["capacity"] == 0
    page = await seen(boss, "/console/staff")
    assert "周一–周三 10:00–18:00" in page
    assert "有草稿" in page
    headers = {"X-CSRF-Token": boss.csrf, "HX-Request": "true"}
    done = await boss.http.post(f"/console/publish?draft={kept.id}", data={"unseen": "yes", "reason": "排班"}, headers=headers)
    assert done.status == 204, await done.text()


async def test_a_new_guide_a_new_shop_and_a_macro_are_drafts(office: Door, boss: Desk) -> None:
    assert (await sent(boss, "/console/edit/stores/save", id="s3", name="虹桥店", city="上海")).status == 204
    assert (await sent(boss, "/console/edit/guides/save", id="g9", name="小林", store="s3", role="guide")).status == 204
    fields = {"id": "sample", "title": "送小样", "text": "好的", "tags": "skin=干性，a=b", "close": "yes", "task_in_hours": "48"}
    assert (await sent(boss, "/console/edit/macros/save", **fields)).status == 204
    kept = {one.kind: one.value for one in await drafts.drafts(office.engine)}
    assert kept["store"] == {"id": "s3", "name": "虹桥店", "city": "上海"}
    assert kept["macro"] == {
        "id": "sample", "title": "送小样", "text": "好的", "tags": {"skin": "干性", "a": "b"}, "close": True, "task_in_hours": 48,
    }  # fmt: skip
    page = await seen(boss, "/console/staff")
    assert "虹桥店" in page
    assert "送小样" in page
    assert page.count("草稿：还没发布") == 3
    assert (await sent(boss, "/console/edit/guides/save", id="g1", name="重名", role="guide")).status == 409


async def test_two_people_on_the_same_guide_do_not_write_over_each_other(office: Door, boss: Desk) -> None:
    await sent(boss, "/console/edit/guides/save", **GUIDE, skills="护肤")
    (first,) = await drafts.drafts(office.engine)
    marks = {"draft": first.id, "version": first.version}
    other = await office.guide("other", "editor")
    assert (await sent(other, "/console/edit/guides/save", **GUIDE, skills="彩妆", **marks)).status == 200
    clash = await sent(boss, "/console/edit/guides/save", **GUIDE, skills="香氛", **marks)
    assert clash.status == 409
    assert "彩妆" in await clash.text()
    (kept,) = await drafts.drafts(office.engine)
    assert kept.value is not None
    assert kept.value["skills"] == ["彩妆"]


async def test_who_may_say_at_once_who_is_there(office: Door, boss: Desk) -> None:
    assert (await seen(boss, "/console/staff")).count('data-state="off"') == 2
    lead = await office.guide("lead", "lead", "g1", "s1")
    assert (await seen(lead, "/console/staff")).count('data-state="off"') == 1
    editor = await office.guide("ed", "editor")
    assert 'data-state="off"' not in await seen(editor, "/console/staff")
    assert (await boss.post("/api/desk/duty", {"guide": "g3", "state": "off"})).status == 200
    assert "今天不在，到" in await seen(boss, "/console/staff?state=off", part=True)


async def test_what_is_wrong_is_told_while_somebody_types(office: Door, boss: Desk) -> None:
    fields = {**GUIDE, "mon__begins": "18:00", "mon__ends": "10:00", "days_off": "国庆"}
    page = await (await sent(boss, "/console/edit/guides/findings", **fields)).text()
    assert "结束要晚于开始" in page
    assert "第 1 条" in page
    page = await (await sent(boss, "/console/edit/guides/findings", **GUIDE)).text()
    assert "要改" not in page
    del office


async def test_the_people_are_a_table_too(office: Door, boss: Desk) -> None:
    told = await seen(boss, "/console/export/staff")
    assert "g1,王姐,徐汇店,导购,在岗" in told
    del office


_TIMES = st.builds(lambda a, b: (f"{a:02d}:00", f"{b:02d}:30"), st.integers(0, 11), st.integers(12, 23))


@given(st.lists(st.one_of(st.just(("", "")), _TIMES), min_size=7, max_size=7))
def test_a_week_comes_back_as_it_was_written(rows: list[tuple[str, str]]) -> None:
    fields = MultiDict(
        {
            f"{day}.{end}": told
            for (day, _), row in zip(forms.WEEK, rows, strict=True)
            for end, told in zip(("begins", "ends"), row, strict=True)
        }
    )
    told = forms.week(fields, None)
    assert isinstance(told, dict)
    assert forms.spans(told) == rows
    Hours.read(told)
    assert forms.week(fields, told) == told


def test_a_week_that_means_the_same_stays_as_it_was_written() -> None:
    was = {"sat-sun": "10:00-24:00", "mon-fri": "9:00-18:00"}
    rows = forms.spans(was)
    fields = MultiDict(
        {
            f"{day}.{end}": told
            for (day, _), row in zip(forms.WEEK, rows, strict=True)
            for end, told in zip(("begins", "ends"), row, strict=True)
        }
    )
    assert forms.week(fields, was) is was
    assert forms.week_words(was) == "周一–周五 09:00–18:00，周六–周日 10:00–24:00"


@given(st.lists(st.dates().map(str), unique=True, max_size=30))
def test_days_come_back_as_they_were_written(days: list[str]) -> None:
    assert forms.days(forms.days_lines(days), None) == sorted(days)


def test_a_day_that_is_none_stays_for_the_check_to_name() -> None:
    assert forms.days("国庆\n2026-10-01 到 2026-10-02", None) == ["2026-10-01", "2026-10-02", "国庆"]
