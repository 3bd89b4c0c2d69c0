"""Saying everything in as few messages as the platform takes."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot import quota
from bot.model import Card, Option, Speech

NOW = datetime(2026, 5, 20, 14, tzinfo=UTC)

speeches = st.lists(
    st.builds(
        Speech,
        text=st.text("甲乙丙丁", min_size=1, max_size=4),
        cards=st.lists(st.builds(Card, title=st.text("卡", min_size=1, max_size=3)), max_size=2).map(tuple),
        options=st.lists(st.builds(Option, id=st.text("ab", min_size=1), label=st.just("选")), max_size=2).map(tuple),
        critical=st.booleans(),
        hands_over=st.booleans(),
        code=st.one_of(st.none(), st.none(), st.just("CODE")),
        answers=st.lists(st.integers(1, 5), max_size=2).map(tuple),
    ),
    max_size=8,
)


@given(speeches, st.one_of(st.none(), st.integers(0, 6)))
def test_a_plan_keeps_every_word_in_its_order_within_the_places(said: list[Speech], places: int | None) -> None:
    planned = quota.plan(said, places)
    counted = [speech for speech in planned if speech.code is None]
    before = [speech for speech in said if speech.code is None]
    if places is not None and before:
        critical = any(speech.critical for speech in before)
        assert len(counted) <= max(1, places if critical else places - quota.RESERVE)
    assert "\n\n".join(speech.text for speech in counted) == "\n\n".join(speech.text for speech in before)
    assert [card for speech in counted for card in speech.cards] == [card for speech in before for card in speech.cards]
    assert {n for speech in counted for n in speech.answers} == {n for speech in before for n in speech.answers}
    assert any(speech.critical for speech in counted) == any(speech.critical for speech in before)
    assert any(speech.hands_over for speech in counted) == any(speech.hands_over for speech in before)
    assert [speech for speech in planned if speech.code is not None] == [speech for speech in said if speech.code is not None]
    if places is None:
        assert planned == tuple(said)


@given(speeches)
def test_what_is_let_out_by_a_code_keeps_its_place_among_the_others(said: list[Speech]) -> None:
    planned = quota.plan(said, 100)
    assert planned == tuple(said)


def test_a_reserve_is_kept_unless_it_is_critical() -> None:
    said = [Speech("一"), Speech("二"), Speech("三")]
    assert [speech.text for speech in quota.plan(said, 3)] == ["一", "二\n\n三"]
    assert [speech.text for speech in quota.plan([*said[:2], Speech("三", critical=True)], 3)] == ["一", "二", "三"]


def test_without_any_place_all_is_one_message_that_can_wait() -> None:
    said = [Speech("一", options=(Option("a", "甲"),)), Speech("二")]
    (only,) = quota.plan(said, 0)
    assert only.text == "一\n\n二"
    assert only.options == (Option("a", "甲"),)


def test_the_last_options_win_for_they_belong_to_the_last_question() -> None:
    (only,) = quota.plan([Speech("一", options=(Option("a", "甲"),)), Speech("二", options=(Option("b", "乙"),))], 1)
    assert [option.id for option in only.options] == ["b"]


def test_places_left() -> None:
    assert quota.left(quota.KF_LIMITS, 0, 0) == 5
    assert quota.left(quota.KF_LIMITS, 3, 1) == 1
    assert quota.left(quota.KF_LIMITS, 5, 3) == 0
    assert quota.left(quota.UNLIMITED, 500, 3) is None


def test_the_window_is_48_hours() -> None:
    assert quota.open_window(quota.KF_LIMITS, NOW - timedelta(hours=47, minutes=59), NOW)
    assert not quota.open_window(quota.KF_LIMITS, NOW - timedelta(hours=48), NOW)
    assert not quota.open_window(quota.KF_LIMITS, None, NOW)
    assert quota.open_window(quota.UNLIMITED, None, NOW)
