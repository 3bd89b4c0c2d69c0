"""The office of the console before a real browser: numbers, people, accounts, releases; on a table and on a phone."""

import re

import pytest

from tests.browser import rig
from tests.browser.conftest import NEW, first_sign_in, sign_in
from tests.browser.rig import Page, Shop

pytestmark = pytest.mark.browser
PAGES = (
    "/console/overview",
    "/console/releases",
    "/console/releases/1",
    "/console/effect",
    "/console/staff",
    "/console/guides/g2",
    "/console/stores/sh-xuhui",
    "/console/accounts",
    "/console/accounts/office-boss",
    "/console/me",
    "/console/audit",
)


@pytest.fixture(scope="module")
def office(shop: Shop) -> str:
    """The one-time password of an admin."""
    return shop.add("office-boss", "--role", "admin")


def test_a_day_of_the_office(shop: Shop, office: str) -> None:
    """Look at the numbers, say who is away, open an account, see it in the records; no page is wider than the screen."""
    with rig.browser() as page:
        first_sign_in(page, shop, "office-boss", office)
        page.open(f"{shop.url}/console")
        page.sees("h1", "概况")
        page.sees("#waits-title", "等您处理的")
        page.open(f"{shop.url}/console/staff")
        page.tap('button[data-guide="g4"][data-state="off"]')
        page.sees("#toasts", "今天不在")
        page.sees("#rows", "今天不在，到")
        page.open(f"{shop.url}/console/accounts")
        page.tap("#adding summary")
        page.write("#name", "xiaohe")
        page.driver.execute_script("document.getElementById('guide').value = 'g4'")
        page.tap("#adding .button", "开账号")
        page.sees("#once", "只显示这一次")
        assert re.fullmatch(r"(?:[a-z2-9]{4}-){2}[a-z2-9]{4}", page.text(".password"))
        page.sees("#rows", "xiaohe")
        page.open(f"{shop.url}/console/accounts/xiaohe")
        page.tap("button", "停用")
        page.tap("#yes")
        page.sees("#sheet", "重新启用")
        page.open(f"{shop.url}/console/audit")
        page.sees("#rows", "停用账号")
        assert page.errors("favicon") == []
        look(page, shop)
    with rig.browser(phone=True) as phone:
        phone.open(f"{shop.url}/login")
        sign_in(phone, "office-boss", NEW)
        phone.until(lambda: "/login" not in phone.driver.current_url, "the way on")
        look(phone, shop)


def look(page: Page, shop: Shop) -> None:
    """Every page fits, and none complains."""
    for path in PAGES:
        page.open(f"{shop.url}{path}")
        page.one("h1")
        assert page.overflow() <= 0, path
        page.until(lambda: "正在看…" not in page.text("main") and "正在数" not in page.text("main"), f"{path} to have all of it")
        assert page.overflow() <= 0, path
    assert page.errors("favicon") == []
