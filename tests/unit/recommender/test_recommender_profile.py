"""What we hold of a shopper fades, is replaced, and is taken back."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recommender_worlds import KINDS_BY_NAME, NOW

from recommender import TagEvidence, current
from recommender.profile import strengths


def a_hint(value: str, confidence: float = 0.9, days: float = 0, tag: str = "skin_type") -> TagEvidence:
    return TagEvidence(tag, value, confidence, NOW - timedelta(days=days), "message")


def held(*hints: TagEvidence, at: datetime = NOW, tag: str = "skin_type") -> tuple[str, ...]:
    return current(hints, KINDS_BY_NAME, at).get(tag, ())


def test_what_was_said_holds() -> None:
    assert held(a_hint("干性")) == ("干性",)


@pytest.mark.parametrize(("days", "holds"), [(0, True), (119, True), (121, True), (160, True), (170, False), (400, False)])
def test_it_fades_with_the_half_life_of_its_kind(days: float, holds: bool) -> None:
    assert bool(held(a_hint("补水", 0.9, days, "concern"), tag="concern")) is holds


def test_after_its_half_life_half_is_left() -> None:
    found = strengths([a_hint("补水", 0.8, 120, "concern")], KINDS_BY_NAME, NOW)
    assert found["concern"]["补水"] == pytest.approx(0.4)


def test_a_kind_without_half_life_does_not_fade() -> None:
    assert held(a_hint("孕妇", 0.9, 3000, "audience"), tag="audience") == ("孕妇",)


def test_a_newer_value_replaces_the_older_of_an_exclusive_kind() -> None:
    assert held(a_hint("干性", days=9), a_hint("油性")) == ("油性",)
    assert held(a_hint("油性"), a_hint("干性", days=9)) == ("油性",)


def test_a_faint_hint_does_not_replace_what_was_plainly_said() -> None:
    assert held(a_hint("干性", 0.95, 3), a_hint("油性", 0.3)) == ("干性",)


def test_other_kinds_hold_several_the_strongest_first() -> None:
    hints = (a_hint("补水", 0.6, 0, "concern"), a_hint("美白", 0.9, 0, "concern"))
    assert held(*hints, tag="concern") == ("美白", "补水")


def test_what_is_denied_is_taken_back() -> None:
    assert held(a_hint("孕妇", days=30, tag="audience"), a_hint("孕妇", -1, tag="audience"), tag="audience") == ()


def test_what_is_said_again_after_a_denial_holds() -> None:
    hints = (a_hint("干性", days=3), a_hint("干性", -1, days=2), a_hint("干性", days=1))
    assert held(*hints) == ("干性",)


def test_weak_hints_add_up() -> None:
    assert held(a_hint("油性", 0.25)) == ()
    assert held(*(a_hint("油性", 0.25, days) for days in range(3))) == ("油性",)


def test_the_future_is_not_seen() -> None:
    assert held(a_hint("干性", days=5), a_hint("油性", days=0), at=NOW - timedelta(days=1)) == ("干性",)


def test_unknown_kinds_are_kept() -> None:
    assert held(a_hint("蓝", tag="color"), tag="color") == ("蓝",)


HINTS = st.lists(
    st.builds(
        a_hint,
        st.sampled_from(["干性", "油性", "中性"]),
        st.floats(-1, 1),
        st.floats(0, 900),
        st.sampled_from(["skin_type", "concern", "audience"]),
    ),
    max_size=12,
)


@given(HINTS)
def test_strengths_stay_between_nothing_and_certain_and_exclusive_kinds_have_one(hints: list[TagEvidence]) -> None:
    for values in strengths(hints, KINDS_BY_NAME, NOW).values():
        assert all(0.0 <= strength <= 1.0 for strength in values.values())
    assert len(current(hints, KINDS_BY_NAME, NOW).get("skin_type", ())) <= 1
