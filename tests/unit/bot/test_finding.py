"""Found by what a thumb types: words, pinyin, initials; exact before alike, used before unused."""

from hypothesis import given
from hypothesis import strategies as st

from bot.finding import Finder, Item

ITEMS = (
    Item("return", (("退货流程", 1.0), ("先点申请售后", 0.8))),
    Item("again", (("还款说明", 1.0),)),
    Item("weight", (("重量", 1.0),)),
    Item("cream", (("燕麦舒缓面霜 50g", 1.0), ("SK-II", 0.9))),
    Item("hand", (("护手霜", 1.0),)),
)
FINDER = Finder.of(ITEMS)


def found(query: str, **used: float) -> list[str]:
    return [hit.id for hit in FINDER.find(query, 10, used)]


def test_words_pinyin_and_initials_find_the_same() -> None:
    for query in ("退货", "tuihuo", "TUIHUO", "tui huo", "th", "tuih", "thlc", "退货流程"):
        assert found(query)[0] == "return", query


def test_a_sound_counts_from_the_beginning_of_a_syllable_only() -> None:
    assert found("uihuo") == []
    assert found("anmai") == []
    assert found("mianshuang") == ["cream"]


def test_characters_with_several_readings_are_found_by_each() -> None:
    assert found("huankuan") == ["again"]
    assert found("zhongliang") == ["weight"]


def test_every_word_must_be_met() -> None:
    assert found("燕麦 面霜") == ["cream"]
    assert found("燕麦 护手") == []
    assert found("sk-ii") == found("ＳＫＩＩ") == ["cream"]


def test_nearly_the_words_is_better_than_nothing() -> None:
    assert found("退货的流程") == ["return"]
    assert found("完全没有这个") == []


def test_the_more_exact_stands_first_then_the_more_used() -> None:
    finder = Finder.of(
        [Item("inside", (("面霜护手霜", 1.0),)), Item("whole", (("护手霜", 1.0),)), Item("begins", (("护手霜套装", 1.0),))]
    )
    assert [hit.id for hit in finder.find("护手霜", 9, {"inside": 1000})] == ["whole", "begins", "inside"]
    twice = Finder.of([Item("a", (("面霜一", 1.0),)), Item("b", (("面霜二", 1.0),))])
    assert [hit.id for hit in twice.find("面霜", 9, {"b": 3})] == ["b", "a"]


def test_nothing_asked_finds_all_in_the_order_of_use() -> None:
    assert found("", hand=2)[0] == "hand"
    assert len(found("")) == len(ITEMS)


@given(st.text(max_size=30))
def test_any_query_is_answered_by_what_there_is(query: str) -> None:
    hits = FINDER.find(query, 3)
    assert len(hits) <= 3
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert {hit.id for hit in hits} <= {item.id for item in ITEMS}


@given(st.sampled_from(ITEMS))
def test_everything_is_found_by_its_own_name(item: Item) -> None:
    assert found(item.texts[0][0])[0] == item.id
