"""Whoever takes up what somebody else has of his own gets what the first one got, and is never answered before everybody."""

import pytest
from groups_room import heard, said, talk, with_manners
from hypothesis import given, settings
from hypothesis import strategies as st

from intents.groups import Manners
from intents.groups.echoing import echo
from intents.groups.hearing import viewed
from intents.groups.turns import KEPT, MATTER, Room, Turn, recalled, remembered
from intents.groups.unsaying import unsaid

HURT = "用了脸上起红疹"
OWN = "我上周订的餐椅怎么还没影子"
ASK = "婴儿车包邮吗"
TOO = (
    "我也遇到了", "我家也这样", "同样的问题", "我的也是", "一样一样", "me too", "+1", "蹲", "我也是，脸上起了", "同问", "加一", "俺也一样",
    "不止你一个", "还有我", "我这边同样", "算我一个", "跟你一样", "中招了", "same", "可不是嘛", "还以为就我", "附议",
)  # fmt: skip


@pytest.mark.parametrize("words", TOO)
@pytest.mark.parametrize(("matter", "action"), [(HURT, "handover"), (OWN, "private"), ("再不退我打12315投诉", "handover")])
def test_whoever_joins_a_matter_gets_what_the_first_one_got(matter: str, action: str, words: str) -> None:
    told = heard(talk((0, "甲", matter), (9, "乙", words)))["2"]
    assert (told.action, told.joins, told.to) == (action, "1", ("乙",))
    assert heard([said(1, "甲", matter, 0), said(2, "乙", words, 9, at_bot=True)])["2"].action == action


@pytest.mark.parametrize("words", TOO[::8])
def test_a_quotation_says_which_matter_is_meant_however_much_was_said_since(words: str) -> None:
    since = [
        said(number, f"人{number}", f"第{number}款{chr(0x4E00 + 37 * number)}包邮吗", 5.0 * number)
        for number in range(2, KEPT + 30)
    ]
    told = heard([said(1, "甲", HURT, 0), *since, said(999, "乙", words, 500, reply_to="1")])["999"]
    assert (told.action, told.joins) == ("handover", "1")


@pytest.mark.parametrize("words", TOO)
@pytest.mark.parametrize("gap", [20, 800])
def test_with_a_question_in_between_it_is_still_not_answered_aloud(words: str, gap: float) -> None:
    told = heard(talk((0, "甲", HURT), (gap, "丙", "大家晚上好"), (gap + 5, "乙", words)))["3"]
    assert told.action != "answer"
    named = heard([said(1, "甲", HURT, 0), said(2, "丙", "大家晚上好", gap), said(3, "乙", words, gap + 5, at_bot=True)])["3"]
    assert named.action in ("handover", "private")


def test_who_has_met_the_same_after_a_trouble_and_a_question_is_not_named_in_the_answer() -> None:
    told = heard(talk((0, "甲", HURT), (5, "丙", ASK), (9, "乙", "我也遇到了")))
    assert told["3"].action != "answer"
    assert told["2"].to == ("丙",)


def test_words_of_the_question_decide_for_the_question() -> None:
    told = heard(talk((0, "甲", HURT), (5, "丙", ASK), (9, "乙", "婴儿车包邮我也想问")))
    assert (told["3"].action, told["3"].joins) == ("answer", "2")
    assert told["2"].to == ("丙", "乙")


def test_without_any_matter_a_join_is_answered_as_ever() -> None:
    told = heard(talk((0, "甲", ASK), (9, "乙", "同问")))
    assert told["1"].to == ("甲", "乙")


def test_pieces_of_a_join_are_one_join() -> None:
    told = heard(talk((0, "甲", HURT), (8, "乙", "我"), (10, "乙", "也是")))
    assert told["3"].action == "handover"


def test_a_line_of_an_order_takes_up_no_trouble() -> None:
    told = heard(talk((0, "甲", OWN), (9, "乙", "凝珠也要两盒")), with_manners(ordering=True))
    assert told["2"].action == "order"


def test_a_matter_that_was_taken_back_keeps_its_kind_and_not_its_words() -> None:
    matter = Turn("1", "甲", 0.0, "电话 13855521047", "1", "private", "answered", root="1", asks="电话 13855521047")
    room = recalled(unsaid(remembered(Room((matter,))), ["1"]))
    assert [(one.id, one.sort, one.text, one.asks) for one in room.turns] == [("1", "private", "", "")]


def test_a_matter_is_remembered_in_a_busy_group_and_forgotten_in_the_end() -> None:
    matter = Turn("m", "甲", 0.0, HURT, "m", "handover", root="m")
    rest = tuple(Turn(str(number), "乙", 10.0, "哈哈", "x") for number in range(2 * KEPT))
    assert Room((matter, *rest), clock=MATTER).forgotten().turn("m") is not None
    assert Room((matter, *rest), clock=MATTER + 1).forgotten().turn("m") is None
    many = tuple(Turn(f"m{number}", "甲", 0.0, HURT, "m", "handover", root=f"m{number}") for number in range(500))
    assert len(Room((*many, *rest), clock=1.0).forgotten().turns) < KEPT + 20


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from([HURT, OWN, "我有糖尿病在吃二甲双胍，这个能吃吗", "电话 13855521047", "狗把整包驱虫药吃了 现在一直吐"]),
    st.sampled_from(TOO),
    st.lists(st.sampled_from([ASK, "今天好累", "哈哈", "奶粉保质期多久", "[图片]", "？？"]), max_size=4),
    st.booleans(),
)
def test_no_wording_and_nothing_said_in_between_gets_a_join_of_a_matter_answered_aloud(
    matter: str, words: str, between: list[str], named: bool
) -> None:
    others = [said(2 + place, f"人{place}", text, 4.0 * (place + 1)) for place, text in enumerate(between)]
    join = said(99, "乙", words, 60, at_bot=named)
    told = heard([said(1, "甲", matter, 0), *others, join])["99"]
    asked = ASK in between or "奶粉保质期多久" in between
    assert told.action != "answer" or (asked and told.joins != "1" and echo(words) != "has")


@pytest.mark.parametrize(
    "words", ["今天好累", "婴儿车包邮吗", "我们去哪吃饭", "不同的颜色有吗", "这款和那款区别在哪", "1盒", "+1盒"]
)
def test_what_is_no_echo(words: str) -> None:
    assert echo(words) == ""


@pytest.mark.parametrize("words", ["我也不知道咋整", "我用着也挺好", "我也没事", "1+1等于几"])
def test_who_has_met_nothing_of_the_kind_does_not_echo(words: str) -> None:
    assert echo(words) == ""


def test_a_join_of_a_question_that_was_left_alone_asks_that_question_once() -> None:
    told = heard(talk((0, "甲", "姐妹们几点关门"), (4, "乙", "同问"), (8, "丙", "一样想问"), (60, "丁", "同求")))
    spoken = [one for one in told.values() if one.action == "answer" and one.leads]
    assert [told[one].joins for one in "234"] == ["1"] * 3
    assert [(one.asks, len(one.to)) for one in spoken] in ([], [("姐妹们几点关门", 3)])


def test_a_guide_who_calls_the_first_asker_answers_whoever_asked_the_same() -> None:
    remarks = talk((0, "豌豆", "姐妹们几点关门"), (4, "乙", "同问"), (12, "导购小林", "@豌豆 十点"))
    assert heard(remarks)["2"].action == "silent"


@pytest.mark.parametrize(("words", "left"), [("我也是，脸上起了", "我也是，脸上起了"), ("小禾，几点关门", "几点关门")])
def test_the_first_words_of_a_join_are_nobodys_name(words: str, left: str) -> None:
    assert viewed(Room(), said(1, "乙", words, 0, at_bot=True), Manners(), None).text == left


def test_a_quoted_matter_is_a_matter_however_old_it_is() -> None:
    told = heard(
        [said(1, "甲", HURT, 0), said(2, "丙", ASK, 2 * MATTER), said(3, "乙", "我也遇到了", 2 * MATTER + 5, reply_to="1")]
    )
    assert (told["3"].action, told["3"].joins) == ("handover", "1")
