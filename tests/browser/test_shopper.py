"""A shopper on a phone: asks, is shown products, loses the line, taps twice, pastes what should not be pasted."""

import pytest

from tests.browser.conftest import ask, say
from tests.browser.rig import Page, Shop

pytestmark = pytest.mark.browser
_CUT = ("ERR_INTERNET_DISCONNECTED", "ERR_NETWORK_CHANGED")


def test_a_shopper_is_told_of_the_machine_gets_the_entrys_answer_and_products_with_price_and_link(shopper: Page) -> None:
    assert "由 AI 智能助手为您回答" in shopper.text(".bar")
    assert "智能助手（AI）" in shopper.text(".note")
    assert "满99元包邮" in ask(shopper, "满多少包邮")
    ask(shopper, "想给干皮买个面霜，两百以内")
    card = shopper.one("#talk a.product")
    assert "面霜" in card.text
    assert 0 < float(shopper.text("#talk a.product .price").strip("¥")) <= 200
    assert str(card.get_attribute("href")).startswith("https://")
    shopper.until(lambda: shopper.driver.execute_script("return [...document.images].every((one) => one.complete)"), "pictures")
    assert shopper.driver.execute_script("return [...document.images].every((one) => one.naturalWidth > 0)")
    assert shopper.overflow() <= 0
    assert shopper.errors() == []


def test_whoever_asks_for_a_person_is_told_what_happens_and_a_double_tap_calls_once(shopper: Page) -> None:
    shopper.driver.execute_script("const human = document.getElementById('human'); human.click(); human.click()")
    shopper.sees("#state", "已为您呼叫人工导购")
    shopper.until(lambda: shopper.text("#talk .line.bot .words"), "words about the person")
    assert shopper.text("#human") == "呼叫中"
    assert len(shopper.all("#talk .line.me")) == 1
    assert shopper.errors() == []


def test_what_is_written_without_a_line_leaves_once_when_the_line_is_back_even_after_a_reload(shopper: Page, shop: Shop) -> None:
    ask(shopper, "满多少包邮")
    shopper.online(yes=False)
    say(shopper, "怎么退换货")
    shopper.sees("#offline", "网络不太好")
    shopper.sees("#talk .unsent", "未送达")
    shopper.online(yes=True)
    shopper.open(f"{shop.url}/chat")
    shopper.until(lambda: not shopper.all("#talk .unsent"), "the message to leave")
    shopper.until(lambda: len(shopper.all("#talk .line.bot")) == 2, "both answers")
    assert [line.text.split("\n")[0] for line in shopper.all("#talk .line.me")] == ["满多少包邮", "怎么退换货"]
    assert shopper.errors(*_CUT) == []


def test_a_slow_line_and_an_eager_thumb_say_it_once(shopper: Page) -> None:
    shopper.online(yes=True, latency=700)
    shopper.write("#words", "怎么退换货")
    shopper.driver.execute_script("const say = document.getElementById('say'); for (const _ of '123') say.requestSubmit()")
    shopper.until(lambda: shopper.all("#talk .line.bot"), "an answer")
    shopper.online(yes=True)
    shopper.until(lambda: not shopper.one("main").find_elements("css selector", "#typing:not([hidden])"), "the dots to go")
    assert len(shopper.all("#talk .line.me")) == 1
    assert shopper.errors() == []


@pytest.mark.parametrize(
    "words",
    [
        "<script>document.title='broken'</script><img src=x onerror=\"document.title='broken'\">",
        "👍🏻👩‍👩‍👧‍👦🌸" * 20,
        "长" * 4000,
        "https://example.com/" + "a" * 400,
    ],
    ids=["markup", "emoji", "longest", "unbroken"],
)
def test_whatever_is_pasted_is_shown_as_it_is_and_breaks_nothing(shopper: Page, words: str) -> None:
    title = shopper.driver.title
    say(shopper, words)
    shopper.until(lambda: shopper.all("#talk .line.me[data-ref]"), "the message to arrive")
    assert shopper.text("#talk .line.me .words").startswith(words[:40])
    assert shopper.all("#talk .line.me .words *:not(a)") == []
    assert shopper.driver.title == title
    assert shopper.overflow() <= 0
    assert shopper.errors() == []


def test_nothing_is_sent_where_nothing_is_written(shopper: Page) -> None:
    say(shopper, "  \n ")
    assert shopper.all("#talk li") == []


def test_two_tabs_are_one_shopper(shopper: Page, shop: Shop) -> None:
    first = shopper.driver.current_window_handle
    shopper.driver.switch_to.new_window("tab")
    try:
        shopper.open(f"{shop.url}/chat")
        ask(shopper, "满多少包邮")
    finally:
        shopper.driver.close()
        shopper.driver.switch_to.window(first)
    shopper.sees("#talk", "满99元包邮")
    ask(shopper, "怎么退换货")
    assert len(shopper.all("#talk .line.me")) == 2


def test_a_shopper_finds_the_talk_again_and_the_page_fits_a_wide_screen_too(desk: Page, shop: Shop) -> None:
    desk.open(f"{shop.url}/chat")
    ask(desk, "满多少包邮")
    desk.open(f"{shop.url}/chat")
    desk.sees("#talk", "满99元包邮")
    assert desk.overflow() <= 0
    assert desk.errors() == []
