"""A day of somebody who looks after the words: write, see what is wrong, lose nothing, publish, hear it in the chat, take it back."""

import secrets
from collections.abc import Iterator

import pytest

from tests.browser import rig
from tests.browser.conftest import ask, first_sign_in
from tests.browser.rig import Page, Shop

pytestmark = pytest.mark.browser
ANSWER = "可以代写贺卡，写好跟花茶礼盒一起寄，不另收费。"


@pytest.fixture(scope="module")
def office(shop: Shop) -> Iterator[Page]:
    """A lead before the console for the first time."""
    with rig.browser() as page:
        name = f"ops-{secrets.token_hex(3)}"
        once = shop.add(name, "--role", "lead")
        first_sign_in(page, shop, name, once)
        yield page


def test_an_entry_is_written_tried_published_heard_and_taken_back(office: Page, shop: Shop, shopper: Page) -> None:
    office.open(f"{shop.url}/console/new/entries")
    office.write("#questions", "能代写贺卡吗\n可以帮我写张贺卡吗")
    office.write("#answer", "我们是全国第一的贺卡。")
    office.sees("#findings", "要改")
    office.driver.refresh()
    office.tap("#unsent button", "拿回来")
    office.until(lambda: "全国第一" in str(office.one("#answer").get_property("value")), "what was typed to come back")
    office.write("#answer", ANSWER)
    office.write("#source", "门店服务单")
    office.write("#id", "gift-card-note")
    office.sees("#tried", ANSWER)
    office.tap("[data-save]")
    office.sees("#state", "第 1 次保存")
    office.tap("#state a", "去发布")
    office.sees("#look", "整份内容检查通过")
    office.tap("[name=unseen]")
    office.write("#reason", "新服务，还没有人问过")
    office.tap("#go")
    office.sees("main", "已经在线上了")
    shopper.until(lambda: "不另收费" in ask(shopper, "能代写贺卡吗"), "the new answer")
    office.tap("button", "撤销这次发布")
    office.tap("#yes")
    office.until(lambda: "退回" in office.text("main"), "the way back")
    shopper.until(lambda: "不另收费" not in ask(shopper, "能代写贺卡吗"), "the old answer")
    assert office.errors("htmx:afterRequest", "htmx:sendError", "htmx:sendAbort") == [], "but for what the reload cut off"
