"""Who asks the same as somebody before: what may be joined, in which words it is said, and what is never said aloud of it."""

from dataclasses import replace

import pytest
from groups_room import heard, said, talk

from intents.groups import Manners
from intents.groups.hearing import viewed
from intents.groups.joining import form_of, join_features, questions
from intents.groups.placing import _bears
from intents.groups.turns import Room, Sort, Turn

_CHANCES = {"ask": 0.6, "private": 0.0, "handover": 0.0, "order": 0.0, "talk": 0.4}


def _room(*turns: Turn) -> Room:
    return Room(turns, {turn.by: turn.by for turn in turns})


def _asked(id_: str, by: str, text: str, at: float, **more: object) -> Turn:
    return Turn(id_, by, at, text, id_, "ask", "held", asking=True, wants=0.9, root=id_, **more)  # type: ignore[arg-type]


def _view(room: Room, text: str, by: str = "丙") -> object:
    return viewed(room, said(9, by, text, 60), Manners(), None)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("同问", "only"),
        ("+1", "plus"),
        ("免息那个我也想问", "same"),
        ("我的也没到", "too"),
        ("楼上说的", "also"),
        ("运费多少", "asks"),
        ("今天好累", "tells"),
    ],
)
def test_the_words_of_a_join(text: str, form: str) -> None:
    assert form_of(viewed(Room(), said(1, "甲", text, 0), Manners(), None)) == form


def test_ones_own_questions_a_guides_and_old_ones_are_not_joined() -> None:
    at = said(9, "丙", "", 60).at.timestamp()
    room = _room(
        _asked("1", "甲", "包邮吗", at - 7200),
        _asked("2", "丙", "几点关门", at - 40),
        _asked("3", "导购小林", "要几箱", at - 30, guide=True),
        Turn("4", "乙", at - 20, "哈哈", "4", "talk"),
        Turn("5", "丁", at - 15, "求推荐一款手冲豆", "5", "talk", wants=0.4),
        _asked("6", "乙", "退货要不要运费", at - 10),
    )
    assert [one.id for one in questions(room, _view(room, "同问"))] == ["6", "5"]  # type: ignore[arg-type]


def test_whoever_is_called_by_name_is_meant() -> None:
    at = said(9, "丙", "", 60).at.timestamp()
    room = _room(_asked("1", "豌豆", "定金能退吗", at - 40), _asked("2", "券券", "面霜送小样吗", at - 20))
    view = _view(room, "豌豆问的我也想问")
    latest, first, none = join_features(view, _CHANCES, room, questions(room, view))  # type: ignore[arg-type]
    assert "asker-told" in first
    assert "asker-told" not in latest
    assert "none" in none


def test_what_a_question_shares_with_a_remark_is_told() -> None:
    at = said(9, "丙", "", 60).at.timestamp()
    room = _room(_asked("1", "甲", "花呗免息吗", at - 40), _asked("2", "乙", "换电池多久", at - 20))
    view = _view(room, "免息那个我也看看")
    latest, first, _ = join_features(view, _CHANCES, room, questions(room, view))  # type: ignore[arg-type]
    assert first["pairs"] > latest["pairs"] == 0
    assert first["likest"] == 1.0


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("加V领红包 名额不多 vx12345", "silent"),
        ("刷单兼职日结三百 加微信 wx889900", "silent"),
        ("狗把整包驱虫药吃了 现在一直吐", "handover"),
        ("我有糖尿病在吃二甲双胍，这个能吃吗", "private"),
        ("我上周订的餐椅怎么还没影子", "private"),
        ("我的快递到哪了", "private"),
    ],
)
def test_plain_signs_settle_what_must_not_be_missed(text: str, action: str) -> None:
    told = heard(talk((0, "甲", text)))["1"]
    assert told.action == action
    assert heard([said(1, "甲", text, 0, at_bot=True)])["1"].action == action


def test_why_an_advertisement_is_left_alone_is_said() -> None:
    told = heard(talk((0, "甲", "刷单兼职日结三百 加微信 wx889900")))["1"]
    assert "刷单兼职" in told.why


@pytest.mark.parametrize("text", ["糖尿病人能吃吗", "一般几天到", "昨天的肉松小贝一口入魂", "怕娃咽下去"])
def test_what_is_asked_in_general_or_feared_is_nobodys_own(text: str) -> None:
    assert heard(talk((0, "甲", text)))["1"].action in ("answer", "silent")


def test_whoever_joins_a_trouble_is_not_answered_aloud() -> None:
    told = heard(talk((0, "甲", "我上周订的餐椅怎么还没影子"), (9, "乙", "同问")))
    assert told["2"].joins == "1"
    assert told["2"].action == "private"
    assert told["2"].to == ("乙",)


@pytest.mark.parametrize(("words", "sort", "same"), [("+1", "ask", True), ("我也", "ask", True), ("+1", "talk", False)])
def test_a_bare_plus_one_is_of_the_sort_of_the_question_above_it(words: str, sort: Sort, same: bool) -> None:
    chances = {**_CHANCES, "ask": 0.02, "talk": 0.98}
    joined = replace(_asked("1", "甲", "满多少包邮呀", 0), sort=sort)
    view = viewed(Room(), said(9, "丙", words, 60), Manners(), None)
    assert _bears(view, joined, 0.5, chances) is same


def test_a_question_on_a_trouble_is_answered_to_its_asker_alone() -> None:
    told = heard(talk((0, "甲", "我上周订的餐椅怎么还没影子"), (9, "乙", "餐椅包邮吗，订的餐椅有影子吗")))
    assert told["2"].to == ("乙",)
    assert told["2"].joins is None


def test_an_advertisement_is_a_thread_of_its_own() -> None:
    told = heard(talk((0, "甲", "婴儿车包邮吗"), (9, "乙", "婴儿车 刷单兼职日结三百 加微信 wx889900")))
    assert told["2"].thread == "2"
    assert told["1"].to == ("甲",)


def test_the_same_question_to_the_assistant_again_is_for_all_who_asked_it() -> None:
    told = heard([said(1, "甲", "婴儿车包邮吗", 0, at_bot=True), said(2, "乙", "婴儿车包邮吗", 60, at_bot=True)])
    assert told["1"].to == ("甲",)
    assert told["2"].joins == "1"
    assert told["2"].to == ("甲", "乙")
