"""The desk on a phone of 390 pixels: everything with a thumb, and nothing lost where there is no line."""

from collections.abc import Iterator

import pytest

from tests.browser import rig
from tests.browser.conftest import NEW, call_a_person, named, say, sign_in, take, yes
from tests.browser.rig import Page, Shop

pytestmark = pytest.mark.browser
_CUT = ("ERR_INTERNET_DISCONNECTED", "ERR_NETWORK_CHANGED")
_SMALL = """
return [...document.querySelectorAll('button, a, input, select, summary')].filter((one) => one.checkVisibility({visibilityProperty: true}) && one.offsetParent)
  .map((one) => [one.id || one.className || one.textContent, one.getBoundingClientRect()])
  .filter(([, box]) => box.width > 0 && (box.height < 24 || box.width < 24)).map(([name]) => name)
"""


@pytest.fixture(scope="module")
def pocket(wang: Page, shop: Shop) -> Iterator[Page]:
    """王姐 with the desk on her phone, while it is still open in the shop."""
    wang.sees("#line", "在线")
    with rig.browser(phone=True) as page:
        page.open(f"{shop.url}/desk")
        sign_in(page, "wangjie", NEW)
        page.sees("#line", "在线")
        yield page


def whole(page: Page) -> None:
    """Nothing stands out at the side, and everything can be hit (WCAG 2.2, 2.5.8: 24 pixels)."""
    assert page.overflow() <= 0
    assert page.driver.execute_script(_SMALL) == []


def test_a_whole_talk_with_one_thumb(shopper: Page, pocket: Page) -> None:
    call_a_person(shopper, "满多少包邮", "王姐")
    whole(pocket)
    take(pocket, named(shopper))
    assert pocket.all("#list")[0].is_displayed() is False
    whole(pocket)
    pocket.tap("[data-tool=products]")
    pocket.until(lambda: pocket.all("dialog [data-sku]"), "products")
    whole(pocket)
    pocket.write("dialog input", "面霜")
    pocket.tap("dialog [data-sku]", "面霜")
    pocket.sees("#chosen", "面霜")
    say(pocket, "这款您看看")
    shopper.sees("#talk .line.guide a.product, #talk .line.guide .product", "面霜")
    pocket.tap("[data-tool=task]")
    pocket.write("#task-words", "问问收到没有")
    pocket.tap("dialog .chips button", "明天 10 点")
    whole(pocket)
    pocket.tap("dialog .button", "记下来")
    pocket.sees("#tell", "记下了")
    pocket.tap("[data-tool=tags]")
    pocket.tap("dialog .chips button", "干性")
    pocket.sees("#tell", "干性")
    pocket.tap("#who")
    pocket.sees("dialog .facts", "干性")
    pocket.sees("dialog .tasks", "问问收到没有")
    whole(pocket)
    pocket.tap("dialog .shut")
    pocket.tap("[data-tool=more]")
    pocket.tap("dialog .choice", "结束对话")
    yes(pocket)
    pocket.sees("#standing", "已结束")
    pocket.tap("#back")
    pocket.tap("[data-tab=tasks]")
    pocket.tap(".task .done")
    pocket.sees("#places", "没有要记着的事")
    pocket.tap("[data-tab=people]")
    assert pocket.errors() == []


def test_what_is_written_without_a_line_outlives_a_reload_and_leaves_once(shopper: Page, pocket: Page, shop: Shop) -> None:
    call_a_person(shopper, "怎么退换货", "王姐")
    take(pocket, named(shopper))
    ready = "return navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)"
    pocket.until(lambda: pocket.driver.execute_script(ready), "the shell to be on the device")
    with pocket.cut():
        say(pocket, "七天内都可以退")
        pocket.sees("#leaving .unsent", "没网，连上以后自动发出")
        pocket.write("#words", "还没写完")
        pocket.open(f"{shop.url}/desk")
        pocket.sees("#places", "现在没网")
        assert pocket.one("#line").text == "没网"
    pocket.sees("#line", "在线")
    pocket.sees("#standing", "我在接待")  # the talk that was open is open again
    pocket.until(lambda: not pocket.all("#leaving [data-unsent]"), "the words to leave")
    shopper.sees("#talk .line.guide", "七天内都可以退")
    assert len(shopper.all("#talk .line.guide")) == 1
    assert pocket.one("#words").get_attribute("value") == "还没写完"
    pocket.write("#words", "")
    pocket.tap("[data-tool=more]")
    pocket.tap("dialog .choice", "交回机器人")
    yes(pocket)
    pocket.sees("#standing", "机器人在聊")
    pocket.tap("#back")
    assert pocket.errors(*_CUT) == []


def test_the_device_keeps_the_shell_and_never_a_talk(pocket: Page) -> None:
    kept = pocket.driver.execute_async_script(
        "const done = arguments[0]; (async () => { const found = [];"
        "for (const name of await caches.keys()) for (const one of await (await caches.open(name)).keys()) found.push(new URL(one.url).pathname);"
        "done(found); })()"
    )
    assert "/desk/shell" in kept
    assert all(path.startswith(("/static/", "/desk/assets/", "/desk/shell")) for path in kept)


def test_the_desk_can_be_installed(pocket: Page, shop: Shop) -> None:
    pocket.open(f"{shop.url}/desk")
    pocket.sees("#line", "在线")
    told = pocket.driver.execute_cdp_cmd("Page.getAppManifest", {})
    assert told["errors"] == []
    assert '"display": "standalone"' in told["data"]


@pytest.mark.parametrize("width", [320, 390, 768, 1024, 1440])
def test_the_desk_fits_every_width(shopper: Page, pocket: Page, width: int) -> None:
    call_a_person(shopper, "门店在哪里", "王姐")
    size = {"width": width, "height": 700, "deviceScaleFactor": 1, "mobile": width < 900}
    pocket.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        whole(pocket)
        take(pocket, named(shopper))
        whole(pocket)
        say(pocket, "/结束")
        pocket.sees("#standing", "已结束")
        if width < 900:
            pocket.tap("#back")
    finally:
        size = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
        pocket.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
