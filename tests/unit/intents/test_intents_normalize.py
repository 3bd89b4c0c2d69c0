"""One spelling for the many ways a sentence is typed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intents.normalize import normalize

_SPOKEN = st.text(
    alphabet=st.sampled_from("再在吗嗎优惠卷劵退或换宽 ,，！!??？~😡👍🙏1️⃣哈啊aAyYdsXLzm请問請幫\u200b\u3000\n①㎏ｋｇ"),
    max_size=40,
)


@pytest.mark.parametrize(
    ("typed", "standard"),
    [
        ("請問這個有貨嗎？？？？", "请问这个有货吗??"),
        ("ＡＢＣ１２３，好的！", "ABC123,好的!"),
        ("在\u200b吗\ufeff", "在吗"),
        ("　你好　 呀　", "你好 呀"),
        ("哈哈哈哈哈", "哈哈"),
        ("在吗在吗在吗", "在吗"),
        ("😡😡😡", "[发怒]"),
        ("谢谢🙏🏻", "谢谢[合十]"),
        ("1️⃣箱", "1箱"),
        ("YYDS", "永远的神"),
        ("plz", "拜托"),
        ("zm退", "怎么退"),
        ("再吗", "在吗"),
        ("亲，再嘛？", "亲,在吗?"),
        ("再吗丁啉", "再吗丁啉"),
        ("优慧卷在哪", "优惠券在哪"),
        ("优惠卷在哪领", "优惠券在哪领"),
        ("怎么退或", "怎么退货"),
        ("退或者换", "退或者换"),
        ("13888888888", "13888888888"),
        ("XXXL", "XXXL"),
        ("妳好", "你好"),
        ("", ""),
        ("\x00\x01\x02", ""),
        ("\ud800", ""),
    ],
)
def test_a_sentence_has_one_spelling(typed: str, standard: str) -> None:
    assert normalize(typed).text == standard


def test_slang_is_spelled_out_only_as_a_whole_word() -> None:
    assert normalize("ddos").text == "ddos"
    assert normalize("btx1").text == "btx1"


@given(st.text(max_size=80) | _SPOKEN)
@settings(max_examples=400, deadline=None)
def test_normalising_twice_changes_nothing(typed: str) -> None:
    once = normalize(typed).text
    assert normalize(once).text == once


@given(st.text(max_size=80) | _SPOKEN)
@settings(max_examples=300, deadline=None)
def test_every_span_leads_back_into_the_original(typed: str) -> None:
    normalized = normalize(typed)
    last = 0
    for at in range(len(normalized.text)):
        start, end = normalized.origin(at, at + 1)
        assert 0 <= start < end <= len(typed)
        assert start >= last or start >= normalized.origin(max(0, at - 1), at)[0]
        last = start
    whole = normalized.origin(0, len(normalized.text))
    assert 0 <= whole[0] <= whole[1] <= len(typed)


@given(st.text(alphabet="一二三四五面霜精华ABC12", max_size=30))
def test_plain_text_keeps_its_places(typed: str) -> None:
    normalized = normalize(typed)
    if normalized.text == typed:
        assert all(normalized.origin(at, at + 1) == (at, at + 1) for at in range(len(typed)))


def test_a_span_of_the_standard_spelling_names_what_was_typed() -> None:
    normalized = normalize("請問　優惠劵！！！！怎麼領")
    at = normalized.text.index("优惠券")
    start, end = normalized.origin(at, at + 3)
    assert normalized.original[start:end] == "優惠劵"


@pytest.mark.parametrize("typed", ["啊" * 100_000, "\x00吗💩x" * 25_000, "在吗？" * 30_000, "\xff\xfe\x00" * 1000])
def test_huge_and_binary_messages_are_only_long(typed: str) -> None:
    normalized = normalize(typed)
    assert len(normalized.text) <= len(typed) * 4
    assert normalize(normalized.text).text == normalized.text
