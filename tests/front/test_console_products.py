"""Products and tags in the console: the table, one tap with its way back, forms without JSON, consequences in words."""

import io
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from lxml import html
from openpyxl import load_workbook
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import content
from bot.db import drafts
from bot.front.context import FRONT
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


def skus(page: str) -> list[str]:
    return re.findall(r"<code>(p-[a-z0-9]+)</code>", page)


async def form_of(desk: Desk, path: str) -> dict[str, list[str]]:
    """The fields of a page's form as a browser would send them back."""
    root = html.fromstring(await seen(desk, path))
    found: dict[str, list[str]] = {}
    for one in root.xpath("//form[@id='words']//*[@name][self::input or self::textarea or self::select]"):
        if one.get("type") in {"checkbox", "radio"} and one.get("checked") is None:
            continue
        if one.tag == "select":
            chosen = one.xpath("./option[@selected]") or one.xpath("./option")
            value = (chosen[0].get("value") if chosen[0].get("value") is not None else chosen[0].text) if chosen else ""
        else:
            value = one.text or "" if one.tag == "textarea" else one.get("value") or ""
        if value or one.tag != "select":
            found.setdefault(one.get("name"), []).append(value)
    return found


async def test_the_table_filters_sorts_and_pages(office: Door) -> None:
    lead = await office.guide("lee", "lead")
    page = await seen(lead, "/console/products")
    assert skus(page) == ["p-cream", "p-ended", "p-mask", "p-serum"]
    assert "<script>" not in page
    assert "style=" not in page
    for query, expected in (
        ("q=面霜", ["p-cream"]),
        ("q=敏感性 花", ["p-cream"]),
        ("category=面膜", ["p-mask"]),
        ("category=护肤", ["p-serum"]),
        ("status=ended", ["p-ended"]),
        ("stock=low", ["p-mask"]),
        ("stock=none", ["p-ended"]),
        ("tag=补水", ["p-cream", "p-mask"]),
        ("order=dear", ["p-serum", "p-cream", "p-mask", "p-ended"]),
        ("order=stock", ["p-ended", "p-mask", "p-serum", "p-cream"]),
        ("page=99", ["p-cream", "p-ended", "p-mask", "p-serum"]),
    ):
        assert skus(await seen(lead, f"/console/products?{query}", part=True)) == expected, query
    assert "没有找到" in await seen(lead, "/console/products?q=zzz", part=True)


async def test_a_form_that_nobody_changed_changes_nothing(office: Door) -> None:
    """Every column comes back as it was written: numbers, lists, places, links."""
    lead = await office.guide("lee", "lead")
    for path, kind, item in (
        ("/console/products/p-cream", "product", "p-cream"),
        ("/console/products/p-serum", "product", "p-serum"),
        ("/console/tags/skin_type", "tag", "skin_type"),
        ("/console/rules/pin-spring", "rule", "pin-spring"),
        ("/console/rules/no-retinol", "rule", "no-retinol"),
        ("/console/words/category%2F面霜", "spelling", "category/面霜"),
        ("/console/settings/hours", "brand", "hours"),
        ("/console/settings/service", "brand", "service"),
        ("/console/settings/persona", "brand", "persona"),
        ("/console/settings/name", "brand", "name"),
    ):
        fields = await form_of(lead, path)
        answer = await sent(lead, path.replace("/console/", "/console/edit/").rpartition("/")[0] + "/save", **fields)
        assert answer.status == 200, await answer.text()
        draft = await drafts.open_draft(office.engine, kind, item)
        desk = await _desk(office)
        live = await desk.opened(kind, item)
        assert draft is not None
        assert draft.value == live.live, path


async def _desk(office: Door):  # type: ignore[no-untyped-def]
    return (await office.http.server.app[FRONT].growing()).editing  # type: ignore[attr-defined,union-attr,misc]


async def test_a_product_is_written_without_json(office: Door) -> None:
    lead = await office.guide("lee", "lead")
    answer = await sent(
        lead,
        "/console/edit/products/save",
        item="", id="p-new", name="新品眼霜 15g", brand="花间集", category="眼霜", price="199", status="active", launched="2026-11-01",
        tags="抗老、敏感性；眼纹", stock__mode="places", s0__name="s1", s0__n="3", s1__name="online", s1__n="20",
        l0__name="tmall", l0__url="https://shop.example/p-new", links__store="yes",
        a0__name="规格", a0__value="15g", a1__name="", a1__value="没有名字的不算", note="上新",
    )  # fmt: skip
    assert answer.status == 204
    assert answer.headers["HX-Redirect"] == "/console/products/p-new"
    draft = await drafts.open_draft(office.engine, "product", "p-new")
    assert draft is not None
    assert draft.value == {
        "sku": "p-new",
        "name": "新品眼霜 15g",
        "brand": "花间集",
        "category": "眼霜",
        "price": "199",
        "launched": "2026-11-01",
        "tags": ["抗老", "敏感性", "眼纹"],
        "attributes": {"规格": "15g"},
        "stock": {"s1": 3, "online": 20},
        "links": {"tmall": "https://shop.example/p-new", "store": True},
    }
    again = await sent(lead, "/console/edit/products/save", item="", id="p-cream", name="x", category="y", price="1")
    assert again.status == 409


async def test_what_is_wrong_is_told_while_typing(office: Door) -> None:
    lead = await office.guide("lee", "lead")
    fields = {**(await form_of(lead, "/console/products/p-cream")), "price": ["一百"], "s0.n": ["三"]}
    told = await (await sent(lead, "/console/edit/products/findings", **fields)).text()
    assert "价格" in told
    assert "要改" in told
    rule = {**(await form_of(lead, "/console/rules/pin-spring")), "pin": ["p-gone"], "until": ["2026-01-01"]}
    told = await (await sent(lead, "/console/edit/rules/findings", **rule)).text()
    assert "没有商品 p-gone" in told
    assert "早于开始日期" in told


async def test_one_tap_hides_and_one_tap_takes_it_back(office: Door) -> None:
    lead = await office.guide("lee", "lead")
    answer = await sent(lead, "/console/products/p-cream/status", status="hidden", draft="", version="")
    text = await answer.text()
    assert answer.status == 200
    assert "藏起来了" in text
    assert "草稿：改过" in text
    draft = await drafts.open_draft(office.engine, "product", "p-cream")
    assert draft is not None
    assert draft.value is not None
    assert draft.value["status"] == "hidden"
    late = await sent(lead, "/console/products/p-cream/status", status="active", draft="", version="")
    assert late.status == 409, "whoever has not seen the draft does not write over it"
    undo = await sent(lead, f"/console/products/p-cream/undo?draft={draft.id}&version=1")
    assert undo.status == 200
    assert await drafts.open_draft(office.engine, "product", "p-cream") is None
    assert (await sent(lead, f"/console/products/p-cream/undo?draft={draft.id}&version=1")).status in {404, 409}
    assert (await sent(lead, "/console/products/p-cream/status", status="sold")).status == 400


async def test_two_people_at_one_product(office: Door) -> None:
    lee, mia = await office.guide("lee", "lead"), await office.guide("mia", "editor")
    fields = await form_of(lee, "/console/products/p-cream")
    assert (await sent(mia, "/console/edit/products/save", **{**fields, "price": ["88"]})).status == 200
    clash = await sent(lee, "/console/edit/products/save", **{**fields, "name": ["面霜 升级"]})
    assert clash.status == 409
    assert "mia" in await clash.text()
    draft = await drafts.open_draft(office.engine, "product", "p-cream")
    assert draft is not None
    assert draft.value is not None
    assert draft.value["price"] == "88"
    merged = await (
        await sent(lee, "/console/edit/products/merge", **{**fields, "name": ["面霜 升级"], "take": ["price"]})
    ).text()
    assert 'value="面霜 升级"' in merged
    assert 'value="88"' in merged


async def test_exports_follow_the_filters(office: Door) -> None:
    lead = await office.guide("lee", "lead")
    text = await seen(lead, "/console/export/products?category=面膜")
    assert text.startswith("\ufeff货号")
    assert "p-mask" in text
    assert "p-cream" not in text
    answer = await lead.get("/console/export/products?as=xlsx&q=p-cream")
    sheet = load_workbook(io.BytesIO(await answer.read())).active
    assert sheet is not None
    assert [row[0] for row in sheet.values] == ["货号", "p-cream"]


async def test_tags_say_what_they_come_to(office: Door) -> None:
    lead = await office.guide("lee", "lead")
    page = await seen(lead, "/console/tags")
    assert "一个人只留一个" in page
    assert "过 365 天" in page
    told = await seen(lead, "/console/tags/skin_type")
    assert "敏感性（1）" in told
    assert "没有商品用：干性" in told
    form = await sent(lead, "/console/edit/tags/form", item="skin_type", id="skin_type", values="干性\n油性", hard="yes")
    assert "硬条件：商品带了这种标签" in await form.text()


async def test_words_that_are_anothers_are_told(office: Door) -> None:
    lead = await office.guide("lee", "lead")
    assert "擦脸油" in await seen(lead, "/console/words?q=擦脸", part=True)
    told = await (
        await sent(lead, "/console/words-check", item="", slot="category", standard="乳液", spellings="擦脸油、水乳")
    ).text()
    assert "已经是“面霜”的写法了" in told
    made = await sent(lead, "/console/edit/words/save", item="", slot="category", standard="乳液", spellings="水乳、乳")
    assert made.headers["HX-Redirect"] == "/console/words/category%2F%E4%B9%B3%E6%B6%B2"
    assert "水乳" in await seen(lead, made.headers["HX-Redirect"])


async def test_settings_in_words(office: Door) -> None:
    lead = await office.guide("lee", "lead")
    page = await seen(lead, "/console/settings")
    assert "周一到周五 10:00-22:00" in page
    assert "要另一位同事批准" not in page
    made = await sent(lead, "/console/edit/settings/save", item="", id="publishing", four_eyes="yes")
    assert made.status == 204
    draft = await drafts.open_draft(office.engine, "brand", "publishing")
    assert draft is not None
    assert draft.value == {"key": "publishing", "value": {"four_eyes": True}}
    bad = await sent(lead, "/console/edit/settings/findings", item="service", id="service", take_within="很快")
    assert "要改" in await bad.text()
    assert await seen(lead, "/console/settings/whatever", 404)


async def test_a_shops_lead_looks_and_does_not_write(office: Door) -> None:
    lead = await office.guide("shop", "lead", "g1", "s1")
    page = await seen(lead, "/console/products")
    assert "藏起来</button>" not in page
    assert "上新" not in page
    answer = await sent(lead, "/console/products/p-cream/status", status="hidden", draft="", version="")
    assert answer.status == 403


async def test_what_the_forms_make_may_go_live(office: Door) -> None:
    """Every kind that has a form, put into the files and read whole."""
    lead = await office.guide("lee", "lead")
    for sort, fields in (
        (
            "products",
            {"id": "p-new", "name": "眼霜 15g", "category": "眼霜", "price": "199", "a0__name": "规格", "a0__value": "15g"},
        ),
        ("tags", {"id": "occasion", "values": "送礼\n旅行", "half_life_days": "30"}),
        ("rules", {"id": "gift", "w0__name": "occasion", "w0__value": "送礼", "pin": "p-new", "until": "2099-01-01"}),
        ("words", {"slot": "category", "standard": "眼霜", "spellings": "眼霜、眼部精华"}),
        ("settings", {"id": "groups", "level": "at_only", "hold": "20", "quiet_hours": "21:00-09:00"}),
    ):
        made = await sent(lead, f"/console/edit/{sort}/save", item="", **fields)
        assert made.status == 204, await made.text()
    await sent(lead, "/console/training/greet/add", text="哈喽")
    desk = await _desk(office)
    ids = [one.id for one in await drafts.drafts(office.engine)]
    made = await desk.publisher.candidate(ids)
    workspace = content.read_files(made.files)
    assert len(made.changes) == 6
    assert workspace.brand.groups.level == "at_only"
    assert {"p-new"} <= {one.sku for one in workspace.products}
    assert workspace.rules[-1].when["occasion"] == ("送礼",)
