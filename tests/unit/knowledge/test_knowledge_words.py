"""How a sentence is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.words import Reader, spoken

READER = Reader(str.casefold, ["水光针", "小金瓶"])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("能退吗", "可以退嘛？"),
        ("能不能退", "能退不"),
        ("请问一下 怎么退货呀", "咋退货"),
        ("包不包邮", "包邮吗"),
        ("多久能到", "多长时间能到呢"),
        ("什么时候发货", "啥时候发货啊～"),
        ("发货了没有", "发货了吗"),
        ("有没有小样", "有小样么"),
        ("双十一怎么减", "双11怎么减"),
        ("亲，你好，能开发票吗", "能开发票吗"),
        ("亲在吗 想问下亲子装有吗", "亲子装有没有"),
    ],
)
def test_what_makes_no_difference_to_the_question_is_gone(one: str, other: str) -> None:
    assert READER.read(one).key == READER.read(other).key


@pytest.mark.parametrize(
    ("one", "other"), [("能退", "不能退"), ("退货", "换货"), ("spf30", "spf50"), ("双十一", "双十二"), ("收到", "没收到")]
)
def test_what_makes_a_difference_is_kept(one: str, other: str) -> None:
    assert READER.read(one).key != READER.read(other).key


@pytest.mark.parametrize(
    ("sentence", "denied"),
    [
        ("不能退的有哪些", {"退"}),
        ("拆封了还能退吗", set()),
        ("能不能退", set()),
        ("没收到货", {"收"}),
        ("不喜欢能退吗", {"喜"}),
        ("还不错", set()),
        ("无理由退货", set()),
        ("不知道怎么用", set()),
    ],
)
def test_only_what_is_denied_counts_as_denied(sentence: str, denied: set[str]) -> None:
    assert READER.read(sentence).negated == denied


@pytest.mark.parametrize(
    ("sentence", "numbers"),
    [
        ("七天内能退吗", {"7"}),
        ("十五天还能退吗", {"15"}),
        ("二十八岁能用吗", {"28"}),
        ("满300减40", {"300", "40"}),
        ("SPF50", {"spf50"}),
        ("一样的吗", set()),
        ("一百二十块", {"120"}),
    ],
)
def test_numbers_are_found_however_they_are_written(sentence: str, numbers: set[str]) -> None:
    assert READER.read(sentence).numbers == numbers


def test_the_brands_own_words_are_words() -> None:
    assert "水光针" in READER.read("打了水光针能用吗").content
    assert "水光针" not in Reader(str.casefold).read("打了水光针能用吗").content


def test_a_sentence_of_function_words_is_read_by_them() -> None:
    assert READER.read("怎么用").content


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    reading = READER.read(text)
    assert list(reading.content) == sorted(set(reading.content))
    assert " " not in reading.key


@given(st.text(alphabet="亲你好能不退货吗的了没有么 ，？a1", max_size=15))
def test_words_are_never_all_thrown_away(line: str) -> None:
    assert bool(spoken(line)) == any(sign.isalnum() for sign in line)
