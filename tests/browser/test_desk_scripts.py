"""Words kept to say again, with one thumb between two customers: told what must not stand in them, found, changed, gone."""

from collections.abc import Iterator

import pytest

from tests.browser import rig
from tests.browser.conftest import arrive, call_a_person, named, say, take, yes
from tests.browser.rig import Page, Shop
from tests.browser.test_desk_phone import whole

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def pocket(shop: Shop) -> Iterator[Page]:
    """何姐, who leads the shop at Tianhe, with her phone."""
    with rig.browser(phone=True) as page:
        arrive(page, shop, "hejie", shop.add("hejie", "--role", "lead", "--guide", "g9"))
        yield page
        page.tap("#back")
        page.tap("#duty")
        page.tap("dialog .choice", "一直到我自己改回来")
        page.sees("#duty", "下班")


def test_words_are_kept_between_two_customers_and_said_again(shopper: Page, pocket: Page) -> None:
    call_a_person(shopper, "怎么退换货", "何姐")
    take(pocket, named(shopper))
    pocket.write("#words", "张女士您放心，全国第一的面霜，单号 SF1234567890123。")
    pocket.tap("[data-tool=scripts]")
    pocket.sees("#own-keep", "存成我的话术")
    whole(pocket)
    pocket.tap("#own-keep")
    pocket.tap("dialog .button.wide", "存好")
    pocket.sees("dialog .wrong-list", "称呼")
    whole(pocket)
    pocket.tap("#better")
    assert "{称呼|亲}，您放心" in str(pocket.one("#own-text").get_property("value"))
    pocket.tap("dialog .button.wide", "存好")
    pocket.sees("dialog .wrong-list", "第一")
    pocket.write("#own-text", "{称呼|您}放心，不合适随时找何姐，我帮您退。")
    pocket.write("#own-title", "退货安心")
    pocket.tap("dialog .chips button", "日常聊天")
    pocket.one('dialog .chips [data-value="store"]')
    whole(pocket)
    pocket.tap("dialog .button.wide", "存好")
    pocket.sees("#tell", "存好了")
    pocket.write("#words", "")
    pocket.tap("[data-tool=scripts]")
    pocket.write("dialog input", "thax")
    pocket.sees("dialog .choices li:first-child", "随时找何姐")
    pocket.sees("dialog .choices li:first-child .pill", "我的")
    pocket.tap("dialog .choice", "随时找何姐")
    pocket.tap("#say button")
    shopper.sees("#talk .line.guide:last-of-type", "随时找何姐，我帮您退。")
    pocket.sees("#talk .line.guide:last-of-type .fix", "存成我的话术")
    whole(pocket)


def test_ones_own_words_are_changed_and_taken_away(pocket: Page) -> None:
    pocket.tap("[data-tool=scripts]")
    pocket.tap("#own-list")
    pocket.sees("dialog .own-row", "退货安心")
    whole(pocket)
    pocket.tap("dialog .own-row .button", "改")
    pocket.write("#own-text", "七天内不合适，找何姐退。")
    pocket.tap("dialog .button.wide", "存好")
    pocket.sees("#tell", "存好了")
    pocket.tap("[data-tool=scripts]")
    pocket.tap("#own-list")
    pocket.sees("dialog .own-row .said", "七天内不合适")
    pocket.tap("dialog .own-row .button", "删")
    yes(pocket)
    pocket.sees("#tell", "删掉了")
    pocket.tap("[data-tool=scripts]")
    pocket.tap("#own-list")
    pocket.sees("dialog", "还没有存过")
    pocket.tap("dialog .shut")
    say(pocket, "/结束")
    pocket.sees("#standing", "已结束")
    assert pocket.errors("status of 422") == []
