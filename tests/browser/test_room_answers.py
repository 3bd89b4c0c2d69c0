"""A question in a room: asked by one, joined by two, answered once, to all three."""

from collections.abc import Sequence

import pytest

from tests.browser.room_rig import Person

pytestmark = pytest.mark.browser


def test_one_asks_two_ask_the_same_and_one_answer_names_all_three(three: Sequence[Person]) -> None:
    first, second, third = three
    first.says("有人知道满多少包邮吗")
    second.says("同问")
    third.says("我也想知道")
    first.hears("99元包邮")
    for person in three:
        person.hears("99元包邮")
        (answer,) = person.texts("bot")
        assert all(f"@{one.name}" in answer for one in three)
    second.says("谢谢")
    first.says("@小花 你们几点关门呀")
    first().until(lambda: len(first.texts("bot")) == 2, lambda: str(first.texts("bot")))
    assert f"@{first.name}" in first.texts("bot")[1]
    assert first().errors() == []


def test_what_is_ones_own_is_said_aside(three: Sequence[Person]) -> None:
    first, second, _ = three
    first.says("我的订单 20251111888 怎么还没到呀")
    second.hears("私信您")
    first().one("#tab-own")
    first().tap("#tab-own")
    first().sees("#own-talk", "20251111888")
    first().until(lambda: bool(first().all("#own-talk .line.bot")), "an answer aside")
    assert not any("20251111888" in one for one in second.texts("bot"))
