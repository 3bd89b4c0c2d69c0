"""The guide's desk: a first day, a shopper taken over and given back, and two guides after the same one."""

import pytest

from tests.browser import rig
from tests.browser.conftest import call_a_person, end, enter, named, say, sign_in, take, yes
from tests.browser.rig import Page, Shop

pytestmark = pytest.mark.browser


def test_a_wrong_password_is_told_in_words(shop: Shop) -> None:
    with rig.browser() as page:  # of somebody who never signed in here
        page.open(f"{shop.url}/desk")
        sign_in(page, "wangjie", "guess")
        page.sees(".wrong", "用户名或密码不对")
        page.write("#password", "")
        page.tap("form button")
        page.sees(".wrong", "请填写密码")
        assert page.errors("status of 401") == []


def test_a_person_takes_over_the_bot_is_silent_and_answers_again_when_it_is_handed_back(shopper: Page, wang: Page) -> None:
    call_a_person(shopper, "满多少包邮")
    enter(wang, named(shopper))
    wang.sees("#talk", "满99元包邮")
    wang.sees("#talk .story", "听成“问发货运费”")
    wang.sees("#brief", "为什么找人")
    wang.tap("#claim")
    wang.sees("#standing", "我在接待")
    shopper.sees("#state", "王姐 正在为您服务（真人）")

    spoken = len(shopper.all("#talk .line.bot"))
    say(shopper, "怎么退换货")
    wang.sees("#talk", "怎么退换货")
    say(wang, "您好，七天内都可以退，我帮您登记。")
    shopper.sees("#talk .line.guide", "七天内都可以退")
    assert "王姐" in shopper.text("#talk .line.guide .name")
    assert len(shopper.all("#talk .line.bot")) == spoken

    wang.tap("#hand")
    yes(wang)
    wang.sees("#standing", "机器人在聊")
    shopper.sees("#state", "由 AI 智能助手为您回答")
    shopper.sees("#talk", "5 很满意")
    say(shopper, "满多少包邮")
    shopper.until(lambda: shopper.text("#talk").count("满99元包邮") == 2, "the bot's answer")
    for page in (shopper, wang):
        assert page.overflow() <= 0
        assert page.errors() == []


def test_whoever_comes_second_is_told_who_has_the_shopper(shopper: Page, wang: Page, colleague: Page) -> None:
    call_a_person(shopper, "门店在哪里")
    for page in (wang, colleague):
        enter(page, named(shopper))
        page.one("#claim")
    colleague.online(yes=False)  # so that this page does not yet know what the other did
    wang.tap("#claim")
    wang.sees("#standing", "我在接待")
    colleague.online(yes=True)
    colleague.driver.execute_script("document.getElementById('claim').click()")
    colleague.sees("#tell", "王姐 已经接待了这位顾客")
    colleague.sees("#standing", "王姐 在接待")
    assert not colleague.all("#say:not([hidden])")
    end(wang)
    assert colleague.errors("status of 409", "ERR_INTERNET_DISCONNECTED") == []


def test_a_reply_whose_echo_was_lost_is_said_once(shopper: Page, wang: Page) -> None:
    call_a_person(shopper, "怎么退换货")
    take(wang, named(shopper))
    wang.driver.execute_script(
        "const real = window.fetch; window.fetch = async (...told) => { const answer = await real(...told);"
        "if (String(told[0]).endsWith('/reply')) { window.fetch = real; throw new TypeError('the answer was lost'); } return answer; }"
    )
    say(wang, "这就帮您看看")
    wang.sees("#leaving", "没网，连上以后自动发出")
    wang.until(lambda: not wang.all("#leaving [data-unsent]"), "the words to leave")
    say(wang, "稍等")
    shopper.sees("#talk .line.guide:last-of-type", "稍等")
    assert [line.text.split("\n")[1] for line in shopper.all("#talk .line.guide")] == ["这就帮您看看", "稍等"]
    end(wang)


def test_a_draft_outlives_another_talk_and_a_reload(shopper: Page, wang: Page, shop: Shop) -> None:
    call_a_person(shopper, "门店在哪里")
    take(wang, named(shopper))
    wang.write("#words", "写到一半")
    wang.driver.refresh()
    wang.sees("#standing", "我在接待")
    assert wang.one("#words").get_attribute("value") == "写到一半"
    wang.write("#words", "")
    end(wang)
    wang.open(f"{shop.url}/desk")
    wang.sees("#line", "在线")
