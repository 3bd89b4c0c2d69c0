"""The console in a browser: a question that nobody answered becomes an entry with one tap, is tried, published, and answered."""

import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from selenium.webdriver.support.expected_conditions import alert_is_present

from tests.browser import rig
from tests.browser.conftest import NEW, ask, sign_in
from tests.browser.rig import Page, Shop

pytestmark = pytest.mark.browser
MISSED = ("会员可以转让给别人吗", "你们家可以定制包装图案吗")
"""Asked back about, because the demo base holds neither: one for each who walks."""


@pytest.fixture(scope="module", params=[True, False], ids=["phone", "table"])
def boss(request: pytest.FixtureRequest, shop: Shop) -> Iterator[Page]:
    """The owner, who signs in for the first time, on a phone and at a table."""
    name = f"boss{int(request.param)}"
    told = subprocess.run(
        [sys.executable, "-m", "bot", "user", "add", name, "--role", "admin"],
        env=rig._environment(shop.home), cwd=rig.CHECKOUT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    with rig.browser(phone=request.param) as page:
        once = told.stdout.split()[-1]
        page.open(f"{shop.url}/login")
        sign_in(page, name, once)
        page.sees("h1", "先设一个自己的密码")
        page.write("#password", once)
        page.write("#new", NEW)
        page.tap("form button")
        page.one("#places")
        page.errors()
        yield page


def patient(page: Page, css: str, words: str) -> None:
    """The first look at the base builds its rooms, which may take longer than anything else on a page."""
    deadline = time.monotonic() + 120
    while words not in page.text(css) and time.monotonic() < deadline:
        time.sleep(0.2)
    page.sees(css, words)


def yes(page: Page) -> None:
    """Agree to what the browser asks."""
    page.until(lambda: alert_is_present()(page.driver), "a question").accept()


def test_a_missed_question_becomes_an_entry_that_answers(boss: Page, shopper: Page, shop: Shop) -> None:
    told = MISSED["boss1" in boss.text("body")]
    ask(shopper, told)
    boss.open(f"{shop.url}/console")
    patient(boss, "#list", told)
    assert boss.overflow() <= 0
    boss.tap(f".gap[data-question='{told}'] .write")
    boss.one("#entry #questions")
    boss.write("#answer", "这件事要请店长看一下，星期三之前给您准信。")
    boss.write("#ask", told)
    boss.tap("#try")
    patient(boss, "#tried", "发布以后：用这条草稿回答")
    assert boss.overflow() <= 0
    boss.tap("#publish")
    yes(boss)
    patient(boss, "#done", "已发布")
    patient(boss, "#list", "没有等着发布的草稿")
    deadline = time.monotonic() + 60
    while "星期三之前" not in ask(shopper, told) and time.monotonic() < deadline:
        time.sleep(1)
    assert "星期三之前" in shopper.text("#talk .line.bot:last-of-type")
    boss.open(f"{shop.url}/console/pairs")
    boss.until(lambda: "正在看" not in boss.text("#list"), "pairs")
    assert boss.overflow() <= 0
    assert boss.errors() == []
