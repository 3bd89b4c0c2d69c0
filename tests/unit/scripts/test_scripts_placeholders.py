"""Placeholders: a reply never has a hole, and a fact is never read as a template."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts import fill, names
from scripts.placeholders import broken

_NAMES = st.sampled_from(["称呼", "商品名", "答案", "价格", "自称"])
_WORDS = st.text(st.characters(exclude_characters="{}|", exclude_categories=("Cs", "Cc")), max_size=12)
_VALUES = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
_FACTS = st.dictionaries(_NAMES, _VALUES)


@st.composite
def _templates(draw: st.DrawFn) -> str:
    parts = []
    for _ in range(draw(st.integers(0, 4))):
        parts.append(draw(_WORDS))
        name = draw(_NAMES)
        parts.append("{" + name + "|" + draw(_WORDS) + "}" if draw(st.booleans()) else "{" + name + "}")
    return "".join([*parts, draw(_WORDS)])


def test_a_fact_stands_in_its_place() -> None:
    assert fill("{称呼}好，{商品名}有货", {"称呼": "林姐", "商品名": "面霜"}) == "林姐好，面霜有货"


def test_without_a_fact_the_fall_back_is_said() -> None:
    assert fill("{称呼|您}好", {}) == "您好"
    assert fill("我是助手{人设名|}。", {}) == "我是助手。"


@pytest.mark.parametrize("value", ["", "  ", "\n"])
def test_an_empty_fact_counts_as_none(value: str) -> None:
    assert fill("{称呼|您}好", {"称呼": value}) == "您好"
    assert fill("{称呼}好", {"称呼": value}) is None


def test_without_fact_and_fall_back_nothing_is_said() -> None:
    assert fill("{称呼}好", {}) is None


def test_braces_inside_a_fact_stay_as_they_are() -> None:
    assert fill("收到{商品名}", {"商品名": "{称呼}的{面霜|霜}", "称呼": "林姐"}) == "收到{称呼}的{面霜|霜}"


def test_names_come_in_their_order() -> None:
    assert names("{称呼|您}好，{商品名}现在{价格}，{商品名}有货") == ("称呼", "商品名", "价格", "商品名")


@pytest.mark.parametrize("text", ["{称呼", "称呼}", "{}", "{称 呼}", "{{称呼}", "{称呼|{自称}}"])
def test_mistyped_braces_are_found(text: str) -> None:
    assert broken(text)


@pytest.mark.parametrize("text", ["您好", "{称呼}好", "{称呼|您}好", "{人设名|}", "a|b"])
def test_well_typed_text_is_not_reported(text: str) -> None:
    assert not broken(text)


@given(_templates(), _FACTS)
def test_a_filled_text_has_every_fact_and_no_hole(template: str, facts: dict[str, str]) -> None:
    filled = fill(template, facts)
    known = {name for name, value in facts.items() if value.strip()}
    without = {name for name in names(template) if "{" + name + "}" in template}
    assert (filled is None) == bool(without - known)
    if filled is not None:
        assert all(facts[name].strip() in filled for name in names(template) if name in known)


@given(_templates())
def test_what_was_typed_right_is_never_called_broken(template: str) -> None:
    assert not broken(template)


@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1).filter(str.strip))
def test_any_fact_comes_out_as_it_went_in(value: str) -> None:
    assert fill("《{答案}》", {"答案": value, "称呼": "x"}) == f"《{value.strip()}》"
