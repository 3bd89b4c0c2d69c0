"""A day of somebody who looks after the words: write, see what is wrong, lose nothing, publish, hear it in the chat, take it back."""

import secrets
from collections.abc import Iterator

import pytest

from tests.browser import rig
from tests.browser.conftest import ask, first_sign_in
from tests.browser.rig import Page, Shop

pytestmark = pytest.mark.browser
ANSWER = "行李箱可以放在前台，营业时间随时来取，不另收费。"
QUESTION = "能存行李箱吗"
"""Nobody else on the street asks it: what this walk asks again and again on a slow machine joins nobody's heap of questions."""


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
    office.write("#questions", f"{QUESTION}\n行李箱可以放店里吗")
    office.write("#answer", "我们是全国第一的门店。")
    office.sees("#findings", "要改")
    office.driver.refresh()
    office.tap("#unsent button", "拿回来")
    office.until(lambda: "全国第一" in str(office.one("#answer").get_property("value")), "what was typed to come back")
    office.write("#answer", ANSWER)
    office.write("#source", "门店服务单")
    office.write("#id", "luggage-note")
    office.sees("#tried", ANSWER)
    office.tap("[data-save]")
    office.sees("#state", "第 1 次保存")
    office.tap("#state a", "去发布")
    office.sees("#look", "整份内容检查通过")
    office.tap("[name=unseen]")
    office.write("#reason", "新服务，还没有人问过")
    office.tap("#go")
    office.sees("main", "已经在线上了")
    shopper.until(lambda: "不另收费" in ask(shopper, QUESTION), "the new answer")
    office.tap("button", "撤销这次发布")
    office.tap("#yes")
    office.until(lambda: "退回" in office.text("main"), "the way back")
    shopper.until(lambda: "不另收费" not in ask(shopper, QUESTION), "the old answer")
    assert office.errors("htmx:afterRequest", "htmx:sendError", "htmx:sendAbort") == [], "but for what the reload cut off"


@pytest.fixture
def hushed(office: Page) -> Iterator[Page]:
    """The console on a line over which two calls never come through."""
    office.driver.execute_cdp_cmd("Network.enable", {})
    office.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["*/api/console/gaps*", "*/waiting/trials*"]})
    yield office
    office.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": []})


def test_what_does_not_come_is_said_and_can_be_asked_for_again(hushed: Page, shop: Shop) -> None:
    hushed.open(f"{shop.url}/console/overview")
    hushed.sees(".waits", "没看到")
    hushed.open(f"{shop.url}/console/gaps")
    hushed.sees("#list", "没看到")
    assert not hushed.one("#csv").is_enabled(), "nothing to take home"
    hushed.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": []})
    hushed.tap("#again")
    hushed.sees("#found", "一共")
    waits = hushed.driver.execute_script(
        "const days = document.getElementById('days'); days.value = '7'; days.dispatchEvent(new Event('change', {bubbles: true}));"
        "const list = document.getElementById('list'); return [list.innerText, list.getAttribute('aria-busy')]"
    )
    assert waits == ["正在看，请稍等…", "true"], "another span of days is on its way, and says so"
    hushed.sees("#found", "一共")
    assert "days=7" in hushed.driver.current_url, "for the way back"
    assert hushed.errors("ERR_BLOCKED_BY_CLIENT", "htmx:afterRequest", "htmx:sendError", "htmx:sendAbort") == []
