"""A brand's names are never corrected away, and are what a typo may have meant."""

from hypothesis import given, settings
from hypothesis import strategies as st

from intents.normalize import folded, normalize, vocabulary

_NAMES = (
    "优慧卷",
    "快弟",
    "YYDS",
    "木有家居",
    "xhs",
    "花间集",
    "青禾酵母",
    "bb",
    "面双",
    "再吗",
    "一叶子 面膜",
    "颜质",
    "tuihuo",
)
_KEEP = vocabulary(_NAMES)


def test_names_survive_as_the_brand_writes_them() -> None:
    for name in _NAMES:
        said = f"有{name}吗" if not name.isascii() else f"有 {name} 吗"
        assert name.lower() in normalize(said, _KEEP).text.lower()


def test_without_the_brand_the_same_words_are_typos() -> None:
    assert normalize("优慧卷").text == "优惠券"
    assert normalize("优慧卷", _KEEP).text == "优慧卷"


def test_a_name_is_kept_in_any_width_and_script() -> None:
    keep = vocabulary(["優慧卷", "ＹＹＤＳ"])
    assert normalize("優慧卷", keep).text == "优慧卷"
    assert normalize("買yyds", keep).text == "买yyds"


def test_a_latin_name_is_kept_as_a_whole_word_only() -> None:
    assert normalize("xhs", vocabulary(["xh"])).text == "小红书"


def test_what_sounds_like_a_name_is_corrected_to_it() -> None:
    assert normalize("花尖集好用吗", _KEEP).text == "花间集好用吗"
    assert normalize("花尖集好用吗").text == "花尖集好用吗"


def test_the_rest_of_the_sentence_is_still_corrected() -> None:
    assert normalize("快弟的优慧券在哪", _KEEP).text == "快弟的优惠券在哪"


def test_names_cost_nothing_where_there_are_none() -> None:
    empty = vocabulary([])
    assert normalize("优慧券", empty) == normalize("优慧券")


_PARTS = st.sampled_from((*_NAMES, "怎么退或", "優慧券", "😡", "！！！", " ", "吗", "zenme yong", "给我", "２个", "再", "卷"))


@given(st.lists(_PARTS, max_size=6), st.sampled_from([None, _KEEP]))
@settings(max_examples=400, deadline=None)
def test_keeping_is_idempotent_and_leads_back(parts: list[str], keep: object) -> None:
    typed = "".join(parts)
    vocabulary_or_none = _KEEP if keep is _KEEP else None
    once = normalize(typed, vocabulary_or_none)
    assert normalize(once.text, vocabulary_or_none).text == once.text
    for at in range(len(once.text)):
        start, end = once.origin(at, at + 1)
        assert 0 <= start < end <= len(typed)


@given(
    st.text(alphabet="优慧卷快弟退或面双在再吗颜质客付尺马", min_size=2, max_size=6),
    st.text(alphabet="吗的,? 我要有", max_size=4),
)
@settings(max_examples=400, deadline=None)
def test_any_name_survives(name: str, rest: str) -> None:
    keep = vocabulary([name])
    stripped = folded(name)
    assert stripped in normalize(f"{rest},{name},{rest}", keep).text


def test_a_name_that_is_cut_off_by_the_end_is_looked_at_as_it_stands() -> None:
    assert normalize("面霜", vocabulary(["面霜", "面霜王"])).text == "面霜"
