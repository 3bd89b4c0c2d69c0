"""The simulator's page, with the real system behind it: welcome, question, menu."""

import pytest

from tests.browser.conftest import Street
from tests.browser.rig import Page

pytestmark = pytest.mark.browser


def test_a_shopper_of_the_simulator_is_welcomed_answered_and_may_tap_the_menu(desk: Page, street: Street) -> None:
    desk.open(street.sandbox)
    desk.sees("#callback", "回调已接通")
    desk.write("#nickname", "李女士")
    desk.tap("#arrive button")
    desk.sees("#standing", "李女士")
    desk.tap("#enter")
    desk.sees("#bubbles", "机器人")
    welcome = desk.text("#bubbles")
    desk.write("#words", "满多少包邮")
    desk.tap("#say .send")
    desk.sees("#bubbles", "满99元包邮")
    desk.write("#words", "推荐一款面霜，两百以内")
    desk.tap("#say .send")
    desk.sees("#bubbles li:last-child .menu", "补水")
    desk.tap("#bubbles .menu button", "补水")
    desk.sees("#bubbles", "¥")
    assert len(desk.text("#bubbles")) > len(welcome)
    assert desk.text("#ledger")
    assert desk.overflow() <= 0
    assert desk.errors() == []
