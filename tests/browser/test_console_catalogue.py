"""Ops at the catalogue: hide and undo, a rule with its preview, a sentence, a replay to its end, Excel out and in."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.browser import rig
from tests.browser.conftest import first_sign_in
from tests.browser.rig import Page, Shop

pytestmark = pytest.mark.browser
CUT_OFF = ("htmx:afterRequest", "htmx:sendError", "htmx:sendAbort")
"""What a page complains of that was left while a preview was under way."""


def inside(page: Page, shop: Shop) -> Page:
    name = f"goods-{secrets.token_hex(3)}"
    once = shop.add(name, "--role", "lead")
    first_sign_in(page, shop, name, once)
    return page


@pytest.fixture(scope="module")
def office(shop: Shop) -> Iterator[Page]:
    with rig.browser() as page:
        yield inside(page, shop)


def test_a_product_is_hidden_and_back_with_one_tap_each(office: Page, shop: Shop) -> None:
    office.open(f"{shop.url}/console/products")
    office.write("#q", "hjj-cleanser-01")
    office.until(lambda: len(office.all("#rows tbody tr")) == 1, "the one that was looked for")
    assert "q=hjj-cleanser-01" in office.driver.current_url, "an address to pass on"
    office.tap("#rows button", "藏起来")
    office.sees("#rows", "草稿：改过")
    office.tap("#toasts button", "撤销")
    office.until(lambda: "草稿" not in office.text("#rows"), "the row as it was")
    assert office.errors() == []


def test_a_rule_shows_what_it_will_do_before_anybody_saves_it(office: Page, shop: Shop) -> None:
    office.open(f"{shop.url}/console/new/rules")
    office.write("#id", f"pin-{secrets.token_hex(3)}")
    office.write("[id='find-pin']", "hjj-cream-02")
    office.tap(".found-goods button")
    office.driver.execute_script(
        "const box = document.getElementById('p-category'); box.value = '面霜'; box.dispatchEvent(new Event('change', {bubbles: true}))"
    )
    office.sees("#preview", "放在最前面")
    office.until(lambda: "1." in office.text("#preview .sides > div:last-child li:first-child"), "two lists")
    office.online(yes=True, latency=1500)
    office.write("#reason", "新品上市")
    office.one("#findings.htmx-request")
    assert office.one("[data-save]").is_enabled(), "whoever saves while the check is still under way is heard"
    office.tap("[data-save]")
    office.online(yes=True)
    office.sees("#state", "第 1 次保存")
    assert office.errors(*CUT_OFF) == []


def test_a_sentence_is_judged_while_typing_and_put_in(office: Page, shop: Shop) -> None:
    office.open(f"{shop.url}/console/training/return_goods")
    office.write("#text", "我要退货")
    office.sees("#checked", "已经有一样的了")
    fresh = f"这单退了吧{secrets.token_hex(2)}"
    office.write("#text", fresh)
    office.sees("#checked", "现在会听成")
    office.tap("#more button", "放进草稿")
    office.sees("#lines", fresh)
    office.tap("#toasts button", "撤销")
    office.until(lambda: fresh not in office.text("#lines"), "the list without it")
    assert office.errors(*CUT_OFF) == []


def test_a_replay_runs_to_its_end_before_ones_eyes(office: Page, shop: Shop) -> None:
    office.open(f"{shop.url}/console/products")
    office.tap("#rows button", "藏起来")
    office.sees("#rows", "草稿：改过")
    office.open(f"{shop.url}/console/replay")
    if not any(one.is_selected() for one in office.all("[name=draft]")):
        office.all("[name=draft]")[0].click()
    office.write("#last", "50")
    office.tap("button[type=submit]", "开始回放")
    for _ in range(4):
        try:
            office.sees("#told", "回放完了")
            break
        except AssertionError:
            continue
    office.sees("#told", "条的回答会变")
    assert office.errors() == []


def test_excel_out_and_in(office: Page, shop: Shop, tmp_path: Path) -> None:
    office.open(f"{shop.url}/console/workbook")
    told = office.driver.execute_async_script(
        "const done = arguments[0]; fetch('/console/workbook/download?kind=product').then((one) => one.arrayBuffer())"
        ".then((data) => done([...new Uint8Array(data)]))"
    )
    path = tmp_path / "商品.xlsx"
    path.write_bytes(bytes(told))
    book = load_workbook(path)
    sheet = book["商品"]
    price = next(cell.column for row in sheet.iter_rows(max_row=5) for cell in row if cell.value == "价格")
    row = next(cell.row for line in sheet.iter_rows() for cell in line if cell.value == "hjj-cleanser-02")
    sheet.cell(row, price).value = "九十八"
    book.save(path)
    office.one("#file").send_keys(str(path))
    office.tap("button", "看看会改什么")
    office.sees("#looked", "一条也没有导入")
    sheet.cell(row, price).value = 96
    book.save(path)
    office.one("#file").clear()
    office.one("#file").send_keys(str(path))
    office.tap("button", "看看会改什么")
    office.sees("#looked", "会改 1 条")
    office.tap("button", "都变成草稿")
    office.sees("#looked", "1 条变成了草稿")
    assert office.errors("422") == []


@pytest.mark.parametrize(
    "path",
    [
        "products", "products/hjj-cleanser-01", "tags", "tags/skin_type", "rules", "new/rules", "training", "training/return_goods",
        "training-suggested", "words", "settings", "settings/service", "settings/hours", "replay", "workbook",
    ],
)  # fmt: skip
def test_a_phone_never_scrolls_sideways(narrow: Page, shop: Shop, path: str) -> None:
    narrow.open(f"{shop.url}/console/{path}")
    narrow.one("h1")
    assert narrow.overflow() <= 0
    assert narrow.errors(*CUT_OFF) == []


@pytest.fixture(scope="module")
def narrow(shop: Shop) -> Iterator[Page]:
    with rig.browser(phone=True) as page:
        yield inside(page, shop)
