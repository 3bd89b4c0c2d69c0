"""The assistant's voice: what a text says that the persona would not, and where exactly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts import Persona
from scripts.persona import folded, misfits, says


def found(text: str, **settings: object) -> list[tuple[str, str]]:
    told = misfits(text, Persona(**settings))  # type: ignore[arg-type]
    assert all(0 <= one.start < one.end <= len(text) and one.why and one.way_out for one in told)
    return [(one.rule, text[one.start : one.end]) for one in told]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("全网最低价", ["全网最低"]),
        ("全 网\n最低", ["全 网\n最低"]),
        ("全\u200b网最低，真的全网最低", ["全\u200b网最低", "全网最低"]),
        ("{称呼|全网最低}", ["全网最低"]),
        ("全网{称呼|}最低", ["全网{称呼|}最低"]),
        ("全网{称呼}最低", []),
        ("{全网最低}您好", []),
        ("全网都有", []),
    ],
)
def test_forbidden_words_are_found_where_they_stand(text: str, where: list[str]) -> None:
    assert [words for _, words in found(text, forbidden=("全网最低",))] == where


@pytest.mark.parametrize(
    ("address", "text", "words"),
    [
        ("您", "你好呀", ["你"]),
        ("您", "亲，您看看", ["亲"]),
        ("您", "{称呼|亲}您好", ["亲"]),
        ("您", "这款迷你装您亲自试试，母亲节也能送", []),
        ("您", "您好，咱们你我不分", []),
        ("你", "您好", ["您"]),
        ("你", "亲爱的你", ["亲"]),
        ("你", "你好", []),
        ("亲", "亲，您好", []),
        ("亲", "亲，你好，您要哪款", ["你"]),
        (None, "亲，你好，您要哪款", []),
    ],
)
def test_shoppers_are_called_as_the_persona_calls_them(address: str | None, text: str, words: list[str]) -> None:
    assert found(text, address=address) == [("address", word) for word in words]


@pytest.mark.parametrize(
    ("emoji", "text", "many"),
    [
        ("none", "好的", 0),
        ("none", "好的😊", 1),
        ("none", "👨‍👩‍👧", 1),
        ("none", "👍🏽🇨🇳❤️", 3),
        ("few", "😊😊", 0),
        ("few", "😊😊😊", 1),
        ("free", "😊😊😊😊", 0),
        ("none", "100元～①第1款→", 0),
    ],
)
def test_emoji_are_counted_as_people_see_them(emoji: str, text: str, many: int) -> None:
    assert len(found(text, emoji=emoji)) == many


def test_endings_are_looked_for_at_the_end_of_a_sentence_only() -> None:
    assert [word for _, word in found("好的哦，有货呢～呢子大衣也有", endings=("哦", "呢"))] == ["哦", "呢"]
    assert found("哦，好的呀", endings=("呀",)) == [("ending", "呀")]


def test_a_persona_without_settings_minds_nothing() -> None:
    assert found("亲，你好哦😊😊😊😊您") == []


@given(st.text(max_size=30), st.text("全网最低VIPｖ 好", min_size=1, max_size=5))
def test_lint_and_the_choice_of_wordings_see_the_same_words(text: str, word: str) -> None:
    plain = text.replace("{", "").replace("}", "")
    if folded(word):
        assert says(plain, (folded(word),)) == bool(found(plain, forbidden=(word,)))
