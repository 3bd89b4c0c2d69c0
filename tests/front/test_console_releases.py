"""版本: the list, one release in words, any two compared, going back in one step, taking one away."""

import io
import re
import zipfile
from collections.abc import Mapping

import pytest
from openpyxl import load_workbook

from bot import content
from bot.content.items import NAMES
from bot.db import newest, releases
from bot.db.releases import Origin
from bot.front.console_releases import KINDS
from tests.front.conftest import Door
from tests.front.console_rig import FILES, GREET, seen, sent

LATER = {
    **FILES,
    "scripts/replies/greet.yml": GREET.replace("好呀，我是小花", "好呀，我是小花花"),
    "knowledge/entries/a.yml": "[]\n",
}


async def publish(office: Door, files: Mapping[str, str], note: str) -> int:
    """A further release."""
    workspace = content.read_files({path: told.encode() for path, told in files.items()})
    changes = [{"kind": "script", "id": "greet", "what": "changed"}]
    return await releases.import_release(office.engine, workspace, "ops", note, Origin("publish", None, changes))


def plain(page: str) -> str:
    """A page without its marks, as one reads it."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


def test_kinds_are_called_what_the_content_calls_them() -> None:
    assert KINDS == NAMES


async def test_the_list_says_who_when_why_and_from_what(office: Door) -> None:
    await publish(office, LATER, "小花改名")
    page = plain(await seen(await office.guide("ed", "editor"), "/console/releases"))
    assert page.index("第 2 版") < page.index("第 1 版")
    for words in ("小花改名", "ops", "发布草稿", "导入", "话术 1 条", "现在用的"):
        assert words in page


async def test_the_list_is_searched_and_paged(office: Door) -> None:
    for n in range(45):
        await office.rows(
            "insert into releases (digest, author, note, published_at) values ('d' || :n, 'ops', '第' || :n || '次', now())",
            n=str(n),
        )
    boss = await office.guide("boss", "admin")
    page = await seen(boss, "/console/releases")
    assert page.count("data-row") == 40
    assert "before=" in page
    rest = await seen(boss, f"/console/releases?before={page.split('before=')[1].split(chr(34))[0]}", part=True)
    assert rest.count("data-row") == 6
    assert (await seen(boss, "/console/releases?q=第7次", part=True)).count("data-row") == 1
    assert "没有找到" in await seen(boss, "/console/releases?q=没有这样的", part=True)


async def test_one_release_tells_its_changes_with_marked_characters(office: Door) -> None:
    number = await publish(office, LATER, "小花改名")
    page = await seen(await office.guide("ed", "editor"), f"/console/releases/{number}")
    assert "<ins>花</ins>" in page
    told = plain(page)
    assert "话术：改动 1 条" in told
    assert "知识：拿掉 2 条" in told
    assert "第 1 种说法 · 内容" in told


async def test_any_two_are_compared_either_way(office: Door) -> None:
    second = await publish(office, LATER, "改名")
    third = await publish(office, {**LATER, "brand.yml": "name: 草\npersona: {name: 小花}\n"}, "换品牌名")
    boss = await office.guide("boss", "admin")
    assert "品牌设置：改动 1 条" in plain(await seen(boss, f"/console/releases/{third}"))
    both = plain(await seen(boss, f"/console/releases/{third}?with=1"))
    assert "话术：改动 1 条" in both
    assert "品牌设置：改动 1 条" in both
    assert "知识：新加 2 条" in plain(await seen(boss, f"/console/releases/1?with={second}"))
    await seen(boss, "/console/releases/99", 404)
    await seen(boss, f"/console/releases/{third}?with=99", 404)


async def test_going_back_says_first_what_it_does_and_then_does_it_in_one_step(office: Door) -> None:
    second = await publish(office, LATER, "改名")
    boss = await office.guide("boss", "admin")
    told = plain(await seen(boss, "/console/releases/1/back", part=True))
    for words in ("第 2 版的改动不再用了", "话术：改动 1 条", "知识：新加 2 条", "什么都不会丢"):
        assert words in told
    answer = await sent(boss, "/console/releases/1/back", reason="顾客说看不懂", seen=second)
    assert (answer.status, answer.headers["HX-Redirect"]) == (204, "/console/published/3")
    live = await releases.live(office.engine)
    assert live is not None
    assert await releases.load(office.engine, live[0]) == await releases.load(office.engine, 1)
    (newest_one,) = await releases.releases(office.engine, 1)
    assert (newest_one.kind, newest_one.parent, newest_one.note) == ("rollback", 1, "退回第 1 版：顾客说看不懂")
    assert (await office.one("select details ->> 'note' from audit where action = 'content.roll_back'")) == newest_one.note


async def test_without_a_reason_or_after_somebody_else_published_nothing_goes_back(office: Door) -> None:
    second = await publish(office, LATER, "改名")
    boss = await office.guide("boss", "admin")
    assert (await sent(boss, "/console/releases/1/back", reason=" ", seen=second)).status == 400
    third = await publish(office, {**LATER, "brand.yml": "name: 草\npersona: {name: 小花}\n"}, "换名")
    answer = await sent(boss, "/console/releases/1/back", reason="不对", seen=second)
    assert answer.status == 409
    assert "刚刚又发布了第 3 版" in (await answer.json())["error"]["message"]
    assert (await sent(boss, f"/console/releases/{third}/back", reason="不对")).status == 409
    assert (await releases.live(office.engine) or (0,))[0] == third


@pytest.mark.parametrize(("role", "store"), [("editor", None), ("lead", "s1")])
async def test_only_headquarters_goes_back_and_others_are_told_why(office: Door, role: str, store: str | None) -> None:
    await publish(office, LATER, "改名")
    desk = await office.guide("one", role, None, store)
    page = await seen(desk, "/console/releases/1")
    assert "disabled" in page
    assert "总部" in plain(page)
    assert (await sent(desk, "/console/releases/1/back", reason="我要退")).status == 403
    assert (await releases.live(office.engine) or (0,))[0] == 2


async def test_a_lead_of_no_store_goes_back(office: Door) -> None:
    await publish(office, LATER, "改名")
    assert (await sent(await office.guide("area", "lead"), "/console/releases/1/back", reason="不对")).status == 204


async def test_a_refused_release_says_what_is_wrong_with_it(office: Door) -> None:
    number = await publish(office, LATER, "改名")
    await newest.refuse(office.engine, number, ["greet.yml 第 3 行：读不懂"])
    boss = await office.guide("boss", "admin")
    assert "没能生效" in await seen(boss, "/console/releases")
    assert "greet.yml 第 3 行：读不懂" in await seen(boss, f"/console/releases/{number}")


async def test_a_release_is_taken_away_byte_for_byte_or_as_a_workbook(office: Door) -> None:
    desk = await office.guide("ed", "editor")
    answer = await desk.get("/console/releases/1/export.zip")
    with zipfile.ZipFile(io.BytesIO(await answer.read())) as found:
        assert {one: found.read(one).decode() for one in found.namelist()} == dict(FILES)
    again = await (await desk.get("/console/releases/1/export.zip")).read()
    assert again == await (await desk.get("/console/releases/1/export.zip")).read()
    book = load_workbook(io.BytesIO(await (await desk.get("/console/releases/1/export.xlsx")).read()))
    assert "话术" in book.sheetnames
    assert (await desk.get("/console/releases/9/export.zip")).status == 404


async def test_the_list_is_a_table_too(office: Door) -> None:
    page = await seen(await office.guide("ed", "editor"), "/console/export/releases")
    assert page.startswith("\ufeff版本,什么时候,谁")
