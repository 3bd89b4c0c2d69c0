"""Disturbed sentences: seeded, of about one change in eight characters, and never a crash."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intents.disturb import KINDS, disturb
from intents.normalize import normalize

_SAID = ("这个面霜敏感肌能用吗？", "什么时候发货，等了三天了", "帮我查一下快递到哪了", "160斤穿多大码", "好的，谢谢亲！")


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_disturbs_in_the_same_way(kind: str) -> None:
    for said in _SAID:
        assert disturb(said, kind, random.Random(7)) == disturb(said, kind, random.Random(7))


@pytest.mark.parametrize("kind", ["typos", "homophones", "emoji", "spaces"])
def test_a_sentence_is_disturbed_but_recognisable(kind: str) -> None:
    for seed in range(40):
        for said in _SAID:
            other = disturb(said, kind, random.Random(seed))
            assert other != said
            assert abs(len(other) - len(said)) <= 15
            same = sum(old == new for old, new in zip(said, other, strict=False))
            assert same >= len(said) // 4 or kind in {"spaces", "typos"}


def test_a_longer_sentence_gets_more_changes() -> None:
    said = "这个面霜敏感肌能用吗我想买两瓶送给妈妈用" * 2
    changed = [
        sum(old != new for old, new in zip(said, disturb(said, "homophones", random.Random(seed)), strict=True))
        for seed in range(20)
    ]
    assert 4 <= sum(changed) / len(changed) <= 10


def test_homophones_keep_the_length_and_the_marks() -> None:
    for seed in range(30):
        other = disturb(_SAID[1], "homophones", random.Random(seed))
        assert len(other) == len(_SAID[1])
        assert other[6] == "，"


def test_each_kind_does_what_its_name_says() -> None:
    chance = random.Random(3)
    assert disturb("这个多少钱", "traditional", chance) == "這個多少錢"
    assert disturb("在吗？3.5元。", "unpunctuated", random.Random(0)).replace(" ", "") == "在吗3.5元"
    assert disturb("ABC123!", "fullwidth", random.Random(1)) != "ABC123!"
    assert normalize(disturb("ABC123!", "fullwidth", random.Random(1))).text == "ABC123!"


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="no such disturbance"):
        disturb("在吗", "swahili", random.Random(0))


@given(st.text(max_size=40), st.sampled_from(KINDS), st.integers(0, 99))
@settings(max_examples=300, deadline=None)
def test_nothing_that_is_typed_breaks_it(text: str, kind: str, seed: int) -> None:
    once = normalize(disturb(text, kind, random.Random(seed))).text
    assert normalize(once).text == once


def test_writing_is_restored_wholly() -> None:
    for said in _SAID:
        for kind in ("traditional", "fullwidth"):
            assert normalize(disturb(said, kind, random.Random(5))).text == normalize(said).text
