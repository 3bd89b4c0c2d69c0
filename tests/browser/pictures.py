"""Remake the pictures of the README: ``python -m tests.browser.pictures`` (real system, real pages; about a minute)."""

import json
import urllib.request

from tests.browser import rig
from tests.browser.conftest import Street, ask, first_day, say
from tests.browser.rig import Page

PICTURES = rig.CHECKOUT / "bot" / "web" / "pictures"
_WAITING = (
    ("赵女士", ("用了你们的精华脸上起了红疹，又痒又烫", "叫王姐来")),
    ("小周", ("我的订单到哪了", "找王姐")),
    ("陈先生", ("想给我妈买套礼盒，预算五百", "找王姐聊")),
)
_TALKING = ("满多少包邮", "想给干皮买个面霜，两百以内，想补水", "敏感肌能用吗", "叫王姐来")


def main() -> None:
    """Every picture, one after the other."""
    port = rig.free_port()
    PICTURES.mkdir(exist_ok=True)
    with rig.sandbox(f"http://127.0.0.1:{port}/hooks/wecom/demo") as (url, told), rig.serve(told, port) as shop:
        street = Street(shop, url)
        for picture in (_desk, _chat, _sandbox):
            picture(street)


def _chat(street: Street) -> None:
    with rig.browser(phone=True, size=(390, 900), scale=1.5) as page:
        page.open(f"{street.shop.url}/chat")
        ask(page, _TALKING[0])
        ask(page, _TALKING[1])
        page.one("#talk a.product")
        page.tap("#human")
        page.sees("#state", "已为您呼叫人工导购")
        page.until(lambda: len(page.all("#talk .line.bot")) == 3, "the words of the hand-over")
        _taken(page, "chat")


def _desk(street: Street) -> None:
    url = street.shop.url
    for name, words in _WAITING:
        _shopper(url, name, words)
    _shopper(url, "李女士", _TALKING)
    with rig.browser() as page:
        first_day(page, street.shop, "wangjie", "g1")
        page.until(lambda: "李女士" in page.text("#places"), "the list")
        page.tap(".place", "李女士")
        page.tap("#claim")
        page.sees("#standing", "我在接待")
        say(page, "李女士您好，敏感肌可以先在耳后试一晚，我给您拿个小样带上。")
        page.sees("#talk .guide", "耳后")
        page.until(lambda: page.text("#leaving") == "", "the words to arrive")
        page.driver.execute_script(
            "const told = document.querySelector('#talk a.product').closest('li'); told.querySelector('details').open = true;"
            "document.getElementById('scroll').scrollTop += told.previousElementSibling.getBoundingClientRect().top - document.getElementById('scroll').getBoundingClientRect().top - 8"
        )
        _taken(page, "desk")
        phone = {"width": 390, "height": 844, "deviceScaleFactor": 1.5, "mobile": True}
        page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
        page.driver.execute_script(
            "document.querySelector('#talk details[open]').open = false; document.getElementById('scroll').scrollTop = 1e6"
        )
        _taken(page, "desk-phone")


def _sandbox(street: Street) -> None:
    with rig.browser() as page:
        page.open(street.sandbox)
        for name, words in (("李女士", ("满多少包邮",)), ("小周", ("想给干皮买个面霜，两百以内",))):
            page.write("#nickname", name)
            page.tap("#arrive button")
            page.sees("#standing", name)
            page.tap("#enter")
            page.sees("#bubbles", "机器人")
            for one in words:
                before = page.text("#bubbles")
                page.write("#words", one)
                page.tap("#say .send")
                page.until(lambda one=one, before=before: len(page.text("#bubbles")) > len(before) + len(one) + 24, "an answer")
        for fault, rate in (("late", "0.2"), ("double", "0.1"), ("http_500", "0.05")):
            page.driver.execute_script(
                "const box = document.getElementById(arguments[0]); box.value = arguments[1];"
                "box.dispatchEvent(new Event('change'))", f"fault-{fault}", rate,
            )  # fmt: skip
            page.until(lambda fault=fault: page.all(f"#fault-{fault}.on"), "the fault to be on")
        page.until(lambda: not page.all("#toast:not([hidden])"), "the toast to go")
        _taken(page, "sandbox")


def _shopper(url: str, name: str, words: tuple[str, ...]) -> None:
    """Somebody who talks through the API, each thing once the last was answered."""
    made = _call(f"{url}/api/chat", {"name": name})
    talk, token = f"{url}/api/chat/{made['conversation']}/messages", str(made["token"])
    for said, one in enumerate(words, 1):
        _call(talk, {"text": one}, token)
        while sum(message["from"] == "bot" for message in _call(talk, None, token)["messages"]) < said:
            continue


def _call(url: str, body: object, token: str = "") -> dict:
    request = urllib.request.Request(url, headers={"Content-Type": "application/json", "Authorization": f"Bearer {token}"})
    if body is not None:
        request.data = json.dumps(body).encode()
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def _taken(page: Page, name: str) -> None:
    """The picture, once every image on the page is there."""
    page.until(lambda: page.driver.execute_script("return [...document.images].every((one) => one.complete)"), "the images")
    page.picture(PICTURES / f"{name}.png")


if __name__ == "__main__":
    main()
