"""Three people in one room: in order, named, quoted, taken back, gone and back again, and aside with the assistant."""

from collections.abc import Sequence

import pytest
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.browser.conftest import LONG_NAME
from tests.browser.rig import Page, Shop
from tests.browser.room_rig import SPACE, Person, comes, invitation, open_room

pytestmark = pytest.mark.browser
_CUT = ("ERR_INTERNET_DISCONNECTED", "ERR_NETWORK_CHANGED")


def _spoken(person: Person) -> list[str]:
    return [one for one in person.texts() if "群聊" not in one]


def _choose(person: Person, words: str, deed: str) -> None:
    """The menu of a line, opened by keyboard as by a hover."""
    page = person()
    page.driver.execute_script(
        "[...document.querySelectorAll('#talk .line')].findLast((one) => one.querySelector('.words')?.innerText.includes("
        "arguments[0])).querySelector('.more').click()", words,
    )  # fmt: skip
    page.tap("#menu button", deed)


def test_all_see_each_others_lines_in_order_and_who_came(three: Sequence[Person]) -> None:
    for turn in range(2):
        for person in three:
            person.says(f"{person.name[:2]}说第{turn}句")
    wanted = [f"{person.name[:2]}说第{turn}句" for turn in range(2) for person in three]
    for person in three:
        person.hears(wanted[-1])
        assert _spoken(person) == wanted
        assert f"{LONG_NAME} 加入了群聊" in person.texts("system")
        assert person.texts("me") == [one for one in wanted if one.startswith(person.name[:2])]
        assert person().overflow() <= 0
    assert three[0]().errors() == []


def test_a_name_is_completed_by_keyboard_and_reaches_whom_it_names(three: Sequence[Person]) -> None:
    mi, kuan, other = three
    kuan.types("晚上好＠")
    kuan().one("#at li")
    assert "小花" in kuan().text("#at")
    assert kuan.name not in kuan().text("#at")
    box = kuan().one("#words")
    box.send_keys(Keys.ARROW_DOWN)
    box.send_keys(Keys.ARROW_UP)
    kuan.types("小米")
    kuan().until(lambda: len(kuan().all("#at li")) == 1, "one name that fits")
    box.send_keys(Keys.ENTER)
    assert kuan().driver.execute_script("return document.querySelector('#words').value") == f"晚上好@小米{SPACE}"
    kuan.types("在吗")
    box.send_keys(Keys.ENTER)
    mi.hears("在吗")
    assert mi().text(".line.calls-me .me-called") == "@小米"
    other.hears("在吗")
    assert other().all(".line.calls-me") == []
    assert other().text("#talk .at") == "@小米"


def test_a_thumb_names_the_assistant_and_an_address_names_nobody(two_on_phones: Sequence[Person]) -> None:
    mi, kuan = two_on_phones
    mi.types("a@b.cn")
    assert not mi().one("#words").get_attribute("aria-activedescendant")
    assert mi().all("#at:not([hidden])") == []
    mi.types(" @")
    mi().tap("#at li", "小花")
    mi.types("包邮吗")
    mi().driver.execute_script(
        "const real = window.fetch; window.told = [];"
        "window.fetch = (path, how) => { if (how?.body) window.told.push(how.body); return real(path, how); }"
    )
    mi().tap("#say button[type=submit]")
    kuan.hears("包邮吗")
    sent = mi().driver.execute_script("return window.told.map((one) => JSON.parse(one)).find((one) => one.text)")
    assert (sent["at_bot"], sent["mentions"]) == (True, ["bot"])
    assert mi().overflow() <= 0


def test_a_quote_leads_to_what_it_quotes_and_goes_with_it(three: Sequence[Person]) -> None:
    mi, kuan, _ = three
    mi.says("满多少包邮")
    for n in range(14):
        mi.says(f"还有一句{n}")
    kuan.hears("还有一句13")
    _choose(kuan, "满多少包邮", "引用")
    kuan().sees("#reply", "小米：满多少包邮")
    kuan.says("同问")
    mi.hears("同问")
    assert mi().text("#talk .line:last-of-type .quoted") == "小米：满多少包邮"
    mi().driver.execute_script("document.querySelector('#scroll').scrollTop = 1e6")
    mi().tap("#talk .quoted")
    mi().until(
        lambda: mi().driver.execute_script(
            "const row = document.querySelector('.line.sought')?.getBoundingClientRect(); return row && row.top > 0 && row.bottom < innerHeight"
        ),
        "the quoted line on the screen",
    )
    assert "满多少包邮" in mi().text(".line.sought")
    _choose(mi, "满多少包邮", "撤回")
    kuan().until(lambda: "小米 撤回了一条消息" in kuan.texts("system"), "the line of the one taken back")
    kuan().sees("#talk .quoted", "引用的消息已撤回")
    assert "满多少包邮" not in kuan().text("#talk")


def test_only_ones_own_line_can_be_taken_back(three: Sequence[Person]) -> None:
    mi, kuan, _ = three
    mi.says("我说的")
    kuan.hears("我说的")
    page = kuan()
    row = page.driver.find_elements(By.CSS_SELECTOR, "#talk .line.shopper .bubble")[-1]
    ActionChains(page.driver).context_click(row).perform()
    assert "撤回" not in page.one("#menu").text
    page.tap("#menu button", "@小米")
    assert page.driver.execute_script("return document.querySelector('#words').value") == f"@小米{SPACE}"
    _choose(mi, "我说的", "撤回")
    kuan().until(lambda: "小米 撤回了一条消息" in kuan.texts("system"), "the line of the one taken back")
    mi().until(lambda: "你 撤回了一条消息" in mi.texts("system"), "the same on one's own page")


def test_a_long_touch_opens_the_menu(two_on_phones: Sequence[Person]) -> None:
    mi, kuan = two_on_phones
    mi.says("长按我")
    kuan.hears("长按我")
    kuan().driver.execute_script(
        "const told = [...document.querySelectorAll('#talk .line.shopper .bubble')].at(-1);"
        "told.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, pointerType: 'touch', clientX: 80, clientY: 200 }))"
    )
    kuan().tap("#menu button", "引用")
    kuan().sees("#reply", "长按我")


def test_who_reloads_is_the_same_member_and_finds_every_line_once(three: Sequence[Person]) -> None:
    mi, kuan, _ = three
    mi.says("第一句")
    before = mi.member()
    mi().driver.refresh()
    mi.hears("第一句")
    assert mi.member() == before
    kuan.says("第二句")
    mi.hears("第二句")
    mi.says("第三句")
    assert _spoken(mi) == ["第一句", "第二句", "第三句"]
    assert mi.texts("me") == ["第一句", "第三句"]


def test_two_tabs_are_one_member(three: Sequence[Person]) -> None:
    mi, kuan, _ = three
    page, room = mi(), mi.conversation()
    page.driver.switch_to.new_window("tab")
    try:
        page.open(f"{mi.origin}/chat?room={room}")
        page.write("#words", "从另一个窗口说")
        page.tap("#say button[type=submit]")
        page.until(lambda: page.all("#talk .line.me[data-id]"), "the line to arrive")
    finally:
        page.driver.close()
        page.driver.switch_to.window(mi.handle)
    mi.hears("从另一个窗口说")
    assert mi.texts("me") == ["从另一个窗口说"]
    assert kuan().text("#count") == "3 人"


def test_a_cut_line_loses_and_doubles_nothing(three: Sequence[Person]) -> None:
    mi, kuan, _ = three
    mi.says("断线之前")
    kuan.hears("断线之前")
    mi().online(yes=False)
    mi().write("#words", "断线时写的")
    mi().tap("#say button[type=submit]")
    mi().sees("#talk .unsent", "未送达")
    assert mi().driver.execute_script("return document.querySelector('#scroll').offsetWidth") == (
        mi().driver.execute_script("return document.querySelector('#pane-room').offsetWidth")
    ), "the banner takes nothing of the talk's width"
    kuan.says("你听得到吗")
    mi().online(yes=True)
    mi.hears("你听得到吗")
    kuan.hears("断线时写的")
    mi().until(lambda: not mi().all("#talk .unsent"), "the message to leave")
    for person in (mi, kuan):
        assert sorted(_spoken(person)) == sorted(["断线之前", "你听得到吗", "断线时写的"])
    assert mi().errors(*_CUT) == []


def test_who_leaves_is_gone_and_comes_back_as_the_same(three: Sequence[Person]) -> None:
    mi, kuan, _ = three
    before = kuan.member()
    kuan().tap("#leave")
    kuan().tap("#sure-yes")
    kuan().sees("#door", "你已退出")
    mi().until(lambda: f"{kuan.name} 退出了群聊" in mi.texts("system"), "the line of who left")
    mi().until(lambda: kuan.name not in mi().text("#names"), "the list without them")
    mi.says("他走了")
    kuan().tap("#back")
    kuan.hears("他走了")
    assert kuan.member() == before
    mi().until(lambda: mi.texts("system").count(f"{kuan.name} 加入了群聊") == 2, "the line of who came back")


def test_a_name_that_is_taken_or_the_shops_is_refused_with_one_that_can_be_had(three: Sequence[Person]) -> None:
    mi, kuan, other = three
    address = invitation(mi)
    page = other()
    page.driver.execute_script("localStorage.clear()")
    page.open(other.origin + address)
    page.sees("#join-name", "花友群")
    page.sees("#join-people", "已有 3 人在群里")
    page.write("#join-nick", "小花")
    page.tap("#join button[type=submit]")
    page.sees("#join .wrong", "容易被当成店里的人")
    page.write("#join-nick", "小米")
    page.tap("#join button[type=submit]")
    page.sees("#join .wrong", "小米2")
    page.tap("#join .wrong button")
    page.one("#words")
    kuan().until(lambda: "小米2 加入了群聊" in kuan.texts("system"), "the line of who came")
    assert "join=" not in page.driver.current_url, "nobody copies the invitation out of the address by mistake"


def test_a_room_without_an_invitation_stays_shut(crowd: Page, shop: Shop) -> None:
    crowd.open(f"{shop.url}/chat?room=gnothing")
    crowd.sees("#shut-words", "邀请链接")
    crowd.open(f"{shop.url}/chat?room=gnothing&join=wrong")
    crowd.sees("#shut-words", "这个邀请不对")


def test_markup_in_names_and_words_is_only_words(crowd: Page, shop: Shop) -> None:
    evil = "<img src=x onerror=\"document.title='broken'\">"
    with open_room(crowd, shop, ("小米", "<b>粗</b>&amp;"), room=evil[:40]) as (mi, bold):
        bold.says(evil)
        mi.hears(evil)
        _choose(mi, evil, "引用")
        mi.says("看看这个")
        bold.hears("看看这个")
        assert mi().all("#talk .words *:not(.at), #names .called *, #reply *:not(span):not(button), #name *") == []
        assert mi().driver.title != "broken"
        assert "<b>粗</b>&amp;" in mi().text("#names")


def test_the_drawer_of_a_phone_opens_closes_and_gives_the_keyboard_back(two_on_phones: Sequence[Person]) -> None:
    mi, _ = two_on_phones
    page = mi()
    assert not page.driver.find_element(By.CSS_SELECTOR, "#leave").is_displayed()
    page.tap("#who")
    page.until(lambda: "阿宽" in page.text("#names"), "the list")
    assert page.driver.execute_script("return document.activeElement.id") == "people-close"
    ActionChains(page.driver).send_keys(Keys.ESCAPE).perform()
    page.until(lambda: not page.driver.find_element(By.CSS_SELECTOR, "#leave").is_displayed(), "the drawer to close")
    assert page.driver.execute_script("return document.activeElement.id") == "who"
    assert page.overflow() <= 0


def test_the_chat_alone_leads_to_ones_rooms(two_on_phones: Sequence[Person]) -> None:
    mi, _ = two_on_phones
    page = mi()
    page.tap("#inside > .bar a")
    page.tap(".menu summary")
    page.tap("#rooms a", "花友群")
    page.sees("#name", "花友群")
    mi.says("我回来了")


def test_two_who_come_by_one_invitation_are_two(two_on_phones: Sequence[Person]) -> None:
    mi, kuan = two_on_phones
    address = invitation(mi)
    kuan().driver.execute_script("localStorage.clear()")
    comes(kuan, address, "第三个人")
    mi().until(lambda: "第三个人 加入了群聊" in mi.texts("system"), "the line of who came")
    mi().sees("#count", "3 人")
