"""The desk as WeCom's sidebar, with a stand-in for the platform's JS-SDK: a tap is the send, and what failed is not lost."""

import json
import urllib.request
from collections.abc import Iterator

import pytest

from tests.browser.conftest import Street, say
from tests.browser.rig import Page

pytestmark = pytest.mark.browser
_SDK = """
window.sent = [];
window.refused = "";
window.wx = {
  agentConfig(told) { window.signed = told; setTimeout(() => told.success({ errMsg: "agentConfig:ok" })); },
  invoke(name, given, done) {
    const known = { getContext: { entry: "single_chat_tools" }, getCurExternalContact: { userId: "WHO" } };
    if (name === "sendChatMessage" && window.refused) return setTimeout(() => done({ err_msg: `sendChatMessage:fail ${window.refused}` }));
    if (name === "sendChatMessage") window.sent.push(given);
    return setTimeout(() => done({ err_msg: `${name}:ok`, ...known[name] }));
  },
};
"""
"""``WHO`` becomes the external_userid; in a page of production nothing can put this in."""


def _act(url: str, body: object) -> dict[str, object]:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        told: dict[str, object] = json.load(answer)
        return told


@pytest.fixture
def sidebar(wang: Page, street: Street) -> Iterator[Page]:
    """王姐 with the chat of a new contact open in WeCom, our page beside it; as wide as the real one."""
    made = _act(f"{street.sandbox}/sandbox/api/shoppers", {"nickname": "方女士"})
    who = str(made["external_userid"])
    _act(f"{street.sandbox}/sandbox/api/servicers/wangjie/befriend", {"external_userid": who})
    given = wang.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": _SDK.replace("WHO", who)})
    narrow = {"width": 360, "height": 720, "deviceScaleFactor": 1, "mobile": False}
    wang.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", narrow)
    try:
        wang.open(f"{street.shop.url}/sidebar?account=demo")
        yield wang
    finally:
        wang.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", given)
        wide = {"width": 1440, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        wang.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", wide)
        wang.open(f"{street.shop.url}/desk")
        wang.sees("#line", "在线")


def test_the_open_chats_talk_is_there_and_ones_own_words_leave_by_the_client(sidebar: Page) -> None:
    sidebar.until(lambda: sidebar.text("#title"), "the contact's talk")
    signed = sidebar.driver.execute_script("return window.signed")
    assert signed["corpid"]
    assert signed["signature"]
    assert "sendChatMessage" in signed["jsApiList"]
    assert sidebar.overflow() <= 0
    say(sidebar, "您好，我是王姐，有事随时找我")
    sidebar.sees("#tell", "发出去了")
    sent = sidebar.driver.execute_script("return window.sent")
    assert [one["text"]["content"] for one in sent] == ["您好，我是王姐，有事随时找我"]
    sidebar.sees("#talk .line.guide", "有事随时找我")
    assert sidebar.errors() == []


def test_a_suggestion_leaves_with_one_tap(sidebar: Page) -> None:
    sidebar.until(lambda: sidebar.all("#leaving .waits, #hints .hint"), "a suggestion")
    place = "#leaving .waits" if sidebar.all("#leaving .waits") else "#hints .hint"
    words = sidebar.text(f"{place} .words" if place.endswith("waits") else f"{place} .said")
    sidebar.tap(f"{place} .button" if place.endswith("waits") else place, "发给顾客" if place.endswith("waits") else "")
    sidebar.sees("#tell", "发出去了")
    sent = sidebar.driver.execute_script("return window.sent")
    assert sent[0]["text"]["content"][:12] in words or words[:12] in sent[0]["text"]["content"]


def test_what_the_client_did_not_send_is_told_in_words_and_goes_back_into_the_box(sidebar: Page) -> None:
    sidebar.until(lambda: sidebar.text("#title"), "the contact's talk")
    sidebar.driver.execute_script("window.refused = 'no permission to use this api'")
    say(sidebar, "这句发不出去")
    sidebar.sees("#tell", "企业微信没有给这个应用发消息的权限")
    assert sidebar.one("#words").get_attribute("value") == "这句发不出去"
    sidebar.sees("#talk .line.guide:last-of-type", "顾客没有收到")
    sidebar.write("#words", "")


def test_outside_of_a_chat_the_page_says_where_it_belongs(wang: Page, street: Street) -> None:
    script = _SDK.replace("single_chat_tools", "normal")
    given = wang.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": script})
    try:
        wang.open(f"{street.shop.url}/sidebar?account=demo")
        wang.sees("#wait", "在和顾客的聊天里打开侧边栏")
        assert wang.one("#retry").is_displayed()
    finally:
        wang.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", given)
        wang.open(f"{street.shop.url}/desk")
        wang.sees("#line", "在线")
