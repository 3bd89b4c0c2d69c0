"""Everything as Excel and back: looked at first, all of it or nothing, others' words kept."""

import io
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientResponse, FormData
from openpyxl import load_workbook
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db import drafts
from bot.motion.connection import Client
from bot.motion.due import DueQueue
from bot.motion.live import Live
from tests.conftest import ManualClock
from tests.front.catalogue_rig import FILES
from tests.front.conftest import Desk, Door
from tests.front.console_rig import opened, seen, sent


@pytest.fixture
async def office(
    engine: AsyncEngine, client: Client, queues: dict[str, DueQueue], live: Live, clock: ManualClock, tmp_path: Path
) -> AsyncIterator[Door]:
    async with opened((engine, client, queues, live, clock), tmp_path, FILES) as door:
        yield door


async def uploaded(desk: Desk, path: str, data: bytes, **fields: str) -> ClientResponse:
    form = FormData()
    form.add_field("file", data, filename="改好的.xlsx", content_type="application/octet-stream")
    for name, value in fields.items():
        form.add_field(name, value)
    return await desk.http.post(path, data=form, headers={"X-CSRF-Token": desk.csrf, "HX-Request": "true"})


def changed(data: bytes, sheet: str, old: object, new: object) -> bytes:
    book = load_workbook(io.BytesIO(data))
    cells = [cell for row in book[sheet].iter_rows() for cell in row if str(cell.value) == str(old)]
    assert cells, [[cell.value for cell in row] for row in book[sheet].iter_rows()]
    cells[0].value = new
    found = io.BytesIO()
    book.save(found)
    return found.getvalue()


async def book(desk: Desk, query: str = "") -> bytes:
    answer = await desk.get(f"/console/workbook/download{query}")
    assert answer.status == 200
    return await answer.read()


async def test_out_looked_at_and_in(office: Door) -> None:
    lead = await office.guide("lee", "lead")
    assert "下载全部" in await seen(lead, "/console/workbook")
    data = await book(lead, "?kind=product")
    assert "没有要改的" in await (await uploaded(lead, "/console/workbook/look", data)).text()
    data = changed(data, "商品", "59.9", "49.9")
    look = await uploaded(lead, "/console/workbook/look", data)
    text = await look.text()
    assert look.status == 200
    assert "会改 1 条：商品 1 条" in text
    assert "p-mask" in text
    assert await drafts.drafts(office.engine) == [], "looking changes nothing"
    mark = re.search(r'name="seen" value="(\w+)"', text)
    assert mark is not None
    done = await uploaded(lead, "/console/workbook", data, seen=mark[1])
    assert "1 条变成了草稿" in await done.text()
    draft = await drafts.open_draft(office.engine, "product", "p-mask")
    assert draft is not None
    assert draft.value is not None
    assert str(draft.value["price"]) == "49.9"
    assert draft.base


async def test_a_broken_one_tells_every_fault_and_changes_nothing(office: Door) -> None:
    lead = await office.guide("lee", "lead")
    data = changed(changed(await book(lead), "商品", "128", "很贵"), "商品", "59.9", "-")
    look = await uploaded(lead, "/console/workbook/look", data)
    text = await look.text()
    assert look.status == 422
    assert "一条也没有导入" in text
    assert text.count("<td>商品</td>") == 2
    assert await drafts.drafts(office.engine) == []
    nothing = await uploaded(lead, "/console/workbook/look", b"no workbook at all")
    assert nothing.status == 422
    assert (await sent(lead, "/console/workbook/look")).status == 400


async def test_what_was_not_looked_at_is_not_taken(office: Door) -> None:
    lead = await office.guide("lee", "lead")
    data = changed(await book(lead), "商品", "59.9", "49.9")
    answer = await uploaded(lead, "/console/workbook", data, seen="0" * 24)
    assert "按现在的再看一遍" in await answer.text()
    assert await drafts.drafts(office.engine) == []


async def test_a_colleagues_words_stay(office: Door) -> None:
    lead, mia = await office.guide("lee", "lead"), await office.guide("mia", "editor")
    data = changed(await book(lead), "商品", "59.9", "49.9")
    await sent(mia, "/console/products/p-mask/status", status="hidden", draft="", version="")
    text = await (await uploaded(lead, "/console/workbook/look", data)).text()
    assert "同事正在改" in text
    assert "mia" in text
    mark = re.search(r'name="seen" value="(\w+)"', text)
    assert mark is not None
    await uploaded(lead, "/console/workbook", data, seen=mark[1])
    draft = await drafts.open_draft(office.engine, "product", "p-mask")
    assert draft is not None
    assert draft.author == "mia"
    assert draft.version == 1


async def test_a_shops_lead_cannot_bring_in_what_is_not_theirs(office: Door) -> None:
    shop = await office.guide("shop", "lead", "g1", "s1")
    data = changed(await book(shop), "商品", "59.9", "49.9")
    look = await uploaded(shop, "/console/workbook/look", data)
    assert "不归您管" in await look.text()
    mark = re.search(r'name="seen" value="(\w+)"', await look.text())
    assert mark is not None
    assert (await uploaded(shop, "/console/workbook", data, seen=mark[1])).status == 403
