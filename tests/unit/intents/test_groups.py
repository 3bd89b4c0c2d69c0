"""Listening to a group: the policy's order, a guide first, one answer to all who ask the same."""

from datetime import timedelta

import orjson
import pytest
from groups_room import BEGUN, LISTENER, heard, meant, said, talk, with_manners

from intents.groups import Manners, Memory
from intents.groups.judge import Judge
from intents.groups.turns import KEPT

_ASK = "婴儿车包邮吗"


def test_a_question_waits_for_a_guide_and_is_answered_to_all_who_ask_it() -> None:
    remarks = talk((0, "甲", _ASK), (12, "乙", "我也想问婴儿车包邮吗"))
    step = LISTENER.listen(Memory(), remarks, remarks[1].at, Manners(), meant(remarks))
    assert step.decided == ()
    assert step.wake == BEGUN + timedelta(seconds=30)
    told = heard(remarks)
    assert told["1"].action == "answer"
    assert told["1"].to == ("甲", "乙")
    assert told["1"].leads
    assert told["2"].joins == "1"
    assert not told["2"].leads
    assert told["2"].thread == told["1"].thread == "1"


def test_a_guide_who_answers_in_time_silences_the_question_and_every_join_after_it() -> None:
    told = heard(talk((0, "甲", _ASK), (12, "导购小林", "婴儿车全国包邮哦"), (40, "乙", "同问")))
    assert [told[one].action for one in "123"] == ["silent"] * 3
    assert told["3"].joins == "1"


def test_a_guide_who_answers_late_finds_the_answer_there() -> None:
    told = heard(talk((0, "甲", _ASK), (50, "导购小林", "婴儿车全国包邮哦")))
    assert told["1"].action == "answer"


def test_a_guide_who_quotes_another_question_leaves_this_one_open() -> None:
    remarks = [said(1, "甲", _ASK, 0), said(2, "乙", "奶粉保质期多久", 3), said(3, "导购小林", "两年", 12, reply_to="2")]
    told = heard(remarks)
    assert told["1"].action == "answer"
    assert told["2"].action == "silent"


def test_a_join_after_the_answer_belongs_to_it_and_is_not_answered_again() -> None:
    told = heard(talk((0, "甲", _ASK), (60, "乙", "同问")))
    assert told["2"].action == "answer"
    assert told["2"].to == ("甲", "乙")
    assert not told["2"].leads


def test_who_names_the_assistant_is_answered_at_once() -> None:
    remarks = [said(1, "甲", "@小花 你吃了吗", 0)]
    step = LISTENER.listen(Memory(), remarks, remarks[0].at, Manners(), meant(remarks))
    assert step.decided[0].action == "answer"
    assert step.decided[0].named
    assert step.decided[0].asks == "你吃了吗"


def test_what_follows_a_bare_call_is_put_to_the_assistant() -> None:
    told = heard(talk((0, "甲", "@小花"), (8, "甲", _ASK), (9, "乙", "奶粉保质期多久")))
    assert told["1"].named
    assert told["2"].named
    assert not told["3"].named


def test_a_named_join_brings_the_answer_for_all() -> None:
    told = heard([said(1, "甲", _ASK, 0), said(2, "乙", "同问", 5, at_bot=True)])
    assert told["2"].leads
    assert told["2"].to == ("甲", "乙")
    assert not told["1"].leads


def test_pieces_of_one_question_are_put_together() -> None:
    told = heard(talk((0, "甲", "那个"), (3, "甲", "上次那款婴儿车"), (6, "甲", "包邮吗")))
    assert [told[one].action for one in "123"] == ["silent", "silent", "answer"]
    assert told["3"].asks == "那个 上次那款婴儿车 包邮吗"
    assert told["3"].parts == ("1", "2", "3")


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("我的快递到哪了，订单号 2211098734", "private"),
        ("电话 13855521047", "private"),
        ("用了脸上起红疹", "handover"),
        ("再不退我打12315投诉", "handover"),
        ("[图片]", "silent"),
        ("今天好累", "silent"),
    ],
)
def test_what_is_ones_own_or_hurts_is_never_answered_in_public(text: str, action: str) -> None:
    assert heard(talk((0, "甲", text)))["1"].action == action
    assert heard([said(1, "甲", text, 0, at_bot=True)])["1"].action == (action if action != "silent" else "answer")


def test_an_amount_is_an_order_where_orders_are_taken() -> None:
    offer = (0.0, "导购小林", "今日特价凝珠29.9/盒 要的接龙")
    assert heard(talk(offer, (20, "甲", "凝珠两盒")))["2"].action == "order"
    assert heard(talk((20, "甲", "凝珠两盒")), with_manners(ordering=True))["1"].action == "order"


def test_what_is_put_to_somebody_else_is_left_to_him() -> None:
    told = heard(
        talk(
            (0, "琪琪妈妈", "早"),
            (9, "甲", "琪琪妈你那个婴儿车包邮吗"),
            (60, "乙", "导购小林 婴儿车包邮吗"),
            (99, "丙", "@琪琪妈妈 婴儿车包邮吗"),
        )
    )
    assert [told[one].action for one in "1234"] == ["silent"] * 4


def test_one_welcome_for_several_newcomers() -> None:
    joins = talk((0, "系统", '"小米"通过扫描二维码加入群聊'), (5, "系统", '"小麦"通过扫描二维码加入群聊'))
    told = heard(joins)
    assert (told["1"].action, told["1"].to) == ("welcome", ("小米",))
    assert told["2"].action == "silent"
    gathered = heard(joins, with_manners(gather=15))
    assert [gathered[one].to for one in "12"] == [("小米", "小麦")] * 2
    assert [gathered[one].action for one in "12"] == ["welcome"] * 2
    assert [gathered[one].leads for one in "12"] == [True, False]


def test_newcomers_are_gathered_although_somebody_talks_in_between() -> None:
    step = heard(
        talk((0, "系统", '"小米"通过扫描二维码加入群聊'), (4, "甲", "今天好累"), (9, "系统", '"小麦"通过扫描二维码加入群聊')),
        with_manners(gather=15),
    )
    assert step["1"].to == step["3"].to == ("小米", "小麦")
    assert step["2"].action == "silent"


def test_levels_and_the_hours_budget() -> None:
    questions = talk((0, "甲", _ASK), (100, "乙", "奶粉保质期多久"), (200, "丙", "尿裤尺码多大的适合"))
    assert {one.action for one in heard(questions, with_manners(level="at_only")).values()} == {"silent"}
    told = heard(questions, with_manners(per_hour=2))
    assert [told[one].action for one in "123"] == ["answer", "answer", "silent"]
    assert "刷屏" in told["3"].why


def test_without_a_hold_the_answer_comes_at_once() -> None:
    remarks = talk((0, "甲", _ASK))
    step = LISTENER.listen(Memory(), remarks, remarks[0].at, with_manners(hold=0), meant(remarks))
    assert [one.action for one in step.decided] == ["answer"]


def test_more_held_than_is_remembered_is_decided_before_its_time() -> None:
    remarks = [
        said(number, f"人{number}", f"第{number}款{chr(0x4E00 + 37 * number)}包邮吗", 0.1 * number) for number in range(1, 100)
    ]
    told = heard(remarks)
    assert len(told) == 99
    step = LISTENER.listen(Memory(), remarks, remarks[-1].at, Manners(), meant(remarks))
    turns = step.memory.state["turns"]
    assert isinstance(turns, list)
    assert len(turns) <= KEPT


def test_a_remark_that_is_delivered_twice_is_decided_once() -> None:
    remarks = talk((0, "甲", "今天好累"))
    step = LISTENER.listen(Memory(), remarks, remarks[0].at, Manners(), meant(remarks))
    again = LISTENER.listen(step.memory, remarks, remarks[0].at, Manners(), meant(remarks))
    assert len(step.decided) == 1
    assert again.decided == ()


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"turns": None},
        {
            "turns": [
                1,
                {},
                {"id": 5},
                {"id": "x", "at": "never"},
                {"id": "y", "at": 1.0, "state": 3, "parts": "ab", "vector": "§"},
            ]
        },
        {"people": [1], "spoken": "x", "welcome": [1], "clock": None},
        {"turns": {"a": 1}, "clock": "12"},
    ],
)
def test_a_memory_of_another_shape_is_survived(state: dict[str, object]) -> None:
    remarks = talk((0, "甲", _ASK))
    step = LISTENER.listen(Memory(state), remarks, remarks[0].at, Manners(), meant(remarks))
    assert step.wake is not None


def test_the_memory_is_plain_json() -> None:
    remarks = talk((0, "甲", _ASK), (3, "导购小林", "包的"), (9, "乙", "同问"))
    step = LISTENER.listen(Memory(), remarks, remarks[-1].at, Manners(), meant(remarks))
    assert orjson.loads(orjson.dumps(step.memory.state)) == step.memory.state


def test_a_broken_judge_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="群聊模型"):
        Judge.loads(b"nothing")
    told = Judge.loads(LISTENER.judge.dumps())
    assert told.sorts == LISTENER.judge.sorts
    assert told.joins == LISTENER.judge.joins
