"""Pairs to look at: the same question kept twice, answers that contradict; and nothing where both are as they should be."""

import pytest
from knowledge_worlds import Letters, an_entry, day, encoder, for_whom

from knowledge import Entry
from knowledge.pairs import Pair, differences, may_rival, pairs
from knowledge.words import Reader

READER = Reader(str.strip)


def found(*entries: Entry) -> list[tuple[str, str, str]]:
    return [(one.kind, one.one, one.other) for one in pairs(entries, READER, encoder())]


def test_the_same_question_with_another_number_is_a_contradiction_told_in_words() -> None:
    base = (
        an_entry("a", "多久内可以退货", "不喜欢能退吗", answer="签收后七天内可以无理由退货。"),
        an_entry("b", "多久可以退货", "不喜欢可以退吗", answer="签收后15天内可以无理由退货。"),
        an_entry("c", "发什么快递", "用哪家物流", answer="默认发中通。"),
    )
    (one,) = pairs(base, READER, encoder())
    assert (one.kind, one.one, one.other) == ("contradiction", "a", "b")
    assert "只有数字不一样：7 和 15" in one.why
    assert set(one.questions) <= {"多久内可以退货", "多久可以退货", "不喜欢能退吗", "不喜欢可以退吗"}


def test_the_same_answer_to_the_same_question_is_a_duplicate() -> None:
    one = an_entry("a", "怎么开发票", "能开发票吗", answer="下单时填写抬头，发票随邮件发出。")
    other = an_entry("b", "发票怎么开", "可以开发票么", answer="下单时填写抬头，发票会随邮件发给您。")
    assert found(one, other) == [("duplicate", "a", "b")]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("多久能退货", "多久能到货"),
        ("拆封了能退吗", "没拆封能退吗"),
        ("金卡怎么升级", "黑金怎么升级"),
        ("满99包邮吗", "满199包邮吗"),
    ],
)
def test_questions_that_only_look_alike_are_no_pair(left: str, right: str) -> None:
    assert found(an_entry("a", left, answer="七天。"), an_entry("b", right, answer="三天。")) == []


SAME = {"answer": "七天内可退。"}


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ({}, {}, True),
        ({"audience": for_whom(levels=["gold"])}, {}, False),
        ({"audience": for_whom(levels=["gold"])}, {"audience": for_whom(levels=["black"])}, False),
        ({"audience": for_whom(levels=["gold"])}, {"audience": for_whom(levels=["gold", "black"])}, True),
        ({"audience": for_whom(stores=["s1"])}, {"audience": for_whom(levels=["gold"])}, True),
        ({"audience": for_whom(tags={"skin_type": ["干性"]})}, {"audience": for_whom(tags={"skin_type": ["油性"]})}, False),
        ({"valid_until": day("2026-05-31")}, {"valid_from": day("2026-06-01")}, False),
        ({"valid_until": day("2026-06-01")}, {"valid_from": day("2026-06-01")}, True),
        ({"valid_until": day("2026-06-01")}, {}, False),
    ],
)
def test_what_no_shopper_could_be_told_on_one_day_with_nothing_to_decide_is_no_pair(
    one: dict[str, object], other: dict[str, object], *, meet: bool
) -> None:
    first = an_entry("a", "多久内可以退货", "不喜欢能退吗", **SAME, **one)  # type: ignore[arg-type]
    second = an_entry("b", "多久内可以退货", "不喜欢可以退吗", **SAME, **other)  # type: ignore[arg-type]
    assert may_rival(first, second) is meet
    assert bool(found(first, second)) is meet


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ("七天内可以退。", "15天内可以退货的。", "7天 和 15天"),
        ("满99元包邮。", "满 ￥199 包邮哦。", "99元 和 199元"),
        ("可以的，随时来。", "不可以，要先预约。", "一条说“能”，一条说“不能”"),
        ("全场包邮。", "本店不包邮的。", "一条说“包邮”，一条说“不包邮”"),
        ("可以和优惠券同享。", "不可以和优惠券同享。", "只差一个“不”字"),
        ("满601减81。", "满500减50。", "只有数字不一样：601 和 500、81 和 50"),
        ("一个月内", "12个月内", "只有数字不一样：1 和 12"),
    ],
)
def test_where_two_answers_cannot_both_be_right(one: str, other: str, words: str) -> None:
    assert words in list(differences(one, other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("七天内可以退。", "7天内可以退。"),
        ("48小时内发货。", "付款后48小时内发货，周末照常。"),
        ("满99元包邮。", "三天内送到。"),
        ("可以退。", "可以退，也可以换。"),
    ],
)
def test_answers_that_go_together(one: str, other: str) -> None:
    assert list(differences(one, other)) == []


def test_contradictions_come_first_and_the_same_base_gives_the_same_pairs() -> None:
    base = (
        an_entry("a", "怎么开发票", answer="下单时填抬头。"),
        an_entry("b", "怎么开发票呢", answer="下单时填抬头。"),
        an_entry("c", "多久内可以退货", answer="七天内可以退。"),
        an_entry("d", "请问多久内可以退货", answer="十五天内可以退。"),
    )
    first = pairs(base, READER, Letters())
    assert [one.kind for one in first] == ["contradiction", "duplicate"]
    assert first == pairs(base, READER, Letters())
    assert pairs(base, READER, Letters(), most=1) == first[:1]


def test_small_bases_have_no_pairs_and_odd_texts_are_read() -> None:
    assert pairs((), READER, Letters()) == ()
    assert pairs((an_entry("a"),), READER, Letters()) == ()
    odd = (an_entry("a", "？？", "\ud800"), an_entry("b", "！", "x" * 5000, answer="？"))
    assert all(isinstance(one, Pair) for one in pairs(odd, READER, Letters()))
