"""Two people and a bot about one shopper: who speaks, who does not, and what only colleagues read."""

import pytest

from tests.browser.conftest import ask, call_a_person, end, enter, named, say, take, yes
from tests.browser.rig import Page

pytestmark = pytest.mark.browser
_DOTS = "return !document.getElementById('typing').hidden"


def lines(shopper: Page) -> list[str]:
    """Who spoke, in the order in which the shopper reads it: me, bot, guide."""
    return [
        next(side for side in ("me", "bot", "guide") if side in str(line.get_attribute("class")).split())
        for line in shopper.all("#talk .line:not(.system)")
    ]


def test_a_guide_who_takes_over_while_the_bot_is_about_to_answer_is_the_last_who_is_heard(shopper: Page, wang: Page) -> None:
    ask(shopper, "满多少包邮")
    wang.tap("[data-tab=bot]")
    enter(wang, named(shopper))
    wang.one("#claim")
    say(shopper, "想给干皮买个面霜，两百以内")
    shopper.until(lambda: shopper.driver.execute_script(_DOTS), "the bot to be about to answer")
    wang.tap("#claim")
    wang.sees("#standing", "我在接待")
    say(wang, "您好，我是真人，我来帮您挑。")
    shopper.sees("#talk .line.guide", "我来帮您挑")
    say(shopper, "好的，怎么退换货")
    wang.sees("#talk .line.shopper:last-of-type", "怎么退换货")
    wang.until(lambda: "机器人不说话" in wang.text("#talk .line.shopper:last-of-type"), "the bot to have kept still")
    heard = lines(shopper)
    assert "bot" not in heard[heard.index("guide") :]
    wang.tap("[data-tab=people]")
    end(wang)
    assert wang.errors() == []


def test_a_note_stands_between_the_words_and_the_shopper_never_reads_it(shopper: Page, wang: Page, colleague: Page) -> None:
    call_a_person(shopper, "怎么退换货", "王姐")
    take(wang, named(shopper))
    wang.tap("[data-tool=note]")
    wang.write("#note-words", "这位上次也退过，别催")
    wang.tap("dialog .button", "记下")
    wang.sees("#talk .inner", "别催")
    wang.sees("#talk .inner .lock", "顾客看不到")
    enter(colleague, named(shopper))
    colleague.sees("#talk .inner", "别催")
    say(wang, "/备注 要发票")
    wang.sees("#talk", "要发票")
    say(wang, "您好，稍等")
    shopper.sees("#talk", "您好，稍等")
    shopper.driver.refresh()
    shopper.sees("#talk", "您好，稍等")
    assert "别催" not in shopper.text("body")
    assert "要发票" not in shopper.text("body")
    end(wang)


def test_a_talk_is_passed_to_a_colleague_with_a_word_that_only_they_read(shopper: Page, wang: Page, colleague: Page) -> None:
    call_a_person(shopper, "敏感肌能用吗", "王姐")
    take(wang, named(shopper))
    wang.tap("#pass")
    wang.write("#pass-note", "她敏感肌，你熟")
    wang.tap("dialog .choice", "小雅")
    wang.until(lambda: wang.all("#yes") or "小雅" in wang.text("#standing"), "the talk to go, or a question")
    if wang.all("#yes"):
        yes(wang)
    wang.sees("#standing", "小雅 在接待")
    enter(colleague, named(shopper))
    colleague.sees("#standing", "我在接待")
    colleague.sees("#talk .inner", "你熟")
    say(colleague, "您好，我是小雅")
    shopper.sees("#talk .line.guide", "我是小雅")
    assert "你熟" not in shopper.text("body")
    end(colleague)


def test_a_wrong_answer_is_corrected_on_the_spot(shopper: Page, wang: Page) -> None:
    call_a_person(shopper, "满多少包邮", "王姐")
    enter(wang, named(shopper))
    wang.tap("#talk .fix")
    wang.tap("dialog [data-kind=reply]")
    wang.tap("dialog .button", "记下来")
    wang.sees("dialog .wrong", "写一句对的说法")
    wang.write("#right", "满 99 元包邮，新疆西藏满 199。")
    wang.tap("dialog .button", "记下来")
    wang.sees("#tell", "记下了")
    wang.tap("#talk .fix")
    wang.write("#entry-sought", "退货")
    wang.until(lambda: wang.all("dialog .choice[data-entry]"), "entries about returns")
    wang.tap("dialog .choice[data-entry]")
    wang.tap("dialog .button", "记下来")
    wang.sees("#tell", "记下了")
    wang.tap("#claim")
    wang.sees("#standing", "我在接待")
    end(wang)


def test_both_see_that_the_other_writes(shopper: Page, wang: Page) -> None:
    call_a_person(shopper, "怎么退换货", "王姐")
    take(wang, named(shopper))
    wang.write("#words", "我看看")
    shopper.until(lambda: shopper.driver.execute_script(_DOTS), "the shopper to see that a person writes")
    wang.write("#words", "")
    shopper.write("#words", "等一下")
    wang.until(lambda: wang.driver.execute_script(_DOTS), "the guide to see that the shopper writes")
    end(wang)


def test_a_suggestion_fills_the_box_and_leaves_with_the_second_tap(shopper: Page, wang: Page) -> None:
    call_a_person(shopper, "怎么退换货", "王姐")
    take(wang, named(shopper))
    wang.one("#hints .hint[data-hint=opening]")
    words = wang.text("#hints [data-hint=opening] .said")
    wang.tap("#hints [data-hint=opening]")
    assert wang.one("#words").get_attribute("value") == words
    assert not shopper.all("#talk .line.guide")
    wang.tap("#hints .ready")
    shopper.sees("#talk .line.guide", words[:10])
    end(wang)


def test_a_slash_finds_scripts_by_the_initials_of_their_pinyin(shopper: Page, wang: Page) -> None:
    call_a_person(shopper, "怎么退换货", "王姐")
    take(wang, named(shopper))
    wang.write("#words", "/th")
    wang.until(lambda: any("退" in row.text for row in wang.all("#palette li")), "a script about returns")
    assert wang.one("#words").get_attribute("aria-expanded") == "true"
    wang.tap("#palette li", "退")
    assert "退" in str(wang.one("#words").get_attribute("value"))
    assert not wang.all("#palette:not([hidden])")
    wang.write("#words", "")
    end(wang)
