"""In a room: what is personal goes aside, who was away finds the new, and one sees who writes."""

from collections.abc import Sequence

import pytest

from tests.browser.rig import Shop
from tests.browser.room_rig import Person, fact, goes_private

pytestmark = pytest.mark.browser


def test_something_personal_opens_a_talk_aside_by_itself_and_marks_what_is_new(three: Sequence[Person], shop: Shop) -> None:
    mi, kuan, _ = three
    assert mi().all("#tab-own:not([hidden])") == []
    goes_private(shop, mi, "您的快递我帮您查，单号发我看看")
    kuan.says("大家晚上好")
    mi().sees("#pane-own", "您的快递我帮您查")
    mi().sees("#hint", "群里的人看不到")
    mi().write("#own-words", "单号是8812")
    mi().tap("#own-say button[type=submit]")
    mi().until(lambda: mi().all("#own-talk .line.me[data-id]"), "the number to arrive")
    kuan.says("在聊什么")
    assert "8812" not in kuan().text("body")
    assert kuan().all("#tab-own:not([hidden])") == []
    mi().tap("#tab-room")
    mi.hears("在聊什么")
    conversation = mi().driver.execute_script("return Object.values(JSON.parse(localStorage.getItem('daogou.rooms')))[0].private")
    fact(shop, "insert into messages (conversation_id, author, text, at) values (:id, 'bot', '查到了', now())", id=conversation)
    mi().one("#dot")
    mi().tap("#tab-own")
    mi().sees("#own-talk", "查到了")
    assert mi().all("#dot:not([hidden])") == []
    mi().driver.refresh()
    mi.hears("在聊什么")
    mi().one("#tab-own")
    assert mi().one("#pane-room").is_displayed(), "what was moved before does not open again"


def test_who_writes_in_the_group_is_not_torn_away(three: Sequence[Person], shop: Shop) -> None:
    mi, kuan, _ = three
    mi.types("我正在写")
    goes_private(shop, mi, "这个我们单独说")
    kuan.says("好的")
    mi().sees("#hint", "小窗里单独说")
    assert mi().one("#pane-room").is_displayed()
    mi().tap("#hint button", "去看看")
    mi().sees("#own-talk", "这个我们单独说")


def test_who_was_away_finds_where_the_new_begins(three: Sequence[Person]) -> None:
    mi, kuan, _ = three
    mi.says("我先忙")
    page = mi()
    page.open(f"{mi.origin}/healthz")
    for n in range(25):
        kuan.says(f"第{n}句")
    mi().driver.back()
    mi.hears("第24句")
    order = mi().driver.execute_script(
        "return [...document.querySelectorAll('#talk li')].map((one) => one.className + '|' + one.innerText)"
    )
    at = next(n for n, one in enumerate(order) if one.startswith("unread"))
    assert "我先忙" in order[at - 1]
    assert "第0句" in order[at + 1]
    assert mi().one("#newer").is_displayed()


def test_others_see_who_is_writing(three: Sequence[Person]) -> None:
    mi, kuan, _ = three
    mi.types("嗯")
    kuan().sees("#writers", "小米正在输入")
    mi.says("好了")
    kuan().until(lambda: kuan().text("#writers").strip() == "", "the sign to go")
