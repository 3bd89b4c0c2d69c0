"""When a wording may be said: the days of the brand's calendar, the hours of its clock, nights included."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from scripts.scheduling import Window, hours, listed, span
from scripts.schema import VariantModel

ZONE = ZoneInfo("Asia/Shanghai")
WEDNESDAY = date(2026, 12, 9)


def at(day: date, clock: str = "12:00") -> datetime:
    hour, minute = clock.split(":")
    return datetime(day.year, day.month, day.day, int(hour), int(minute), tzinfo=ZONE)


def window(**keys: object) -> Window:
    return VariantModel.model_validate({"text": "在", **keys}).window()


def test_without_any_condition_it_is_always_open_even_where_nobody_tells_the_time() -> None:
    assert Window().open_at(None)
    assert Window().open_at(at(WEDNESDAY))
    assert Window().conditions == 0


def test_a_condition_on_time_needs_the_time() -> None:
    assert not window(hours="00:00-24:00").open_at(None)
    assert not window(until=WEDNESDAY).open_at(None)


def test_both_ends_of_the_days_are_in() -> None:
    found = window(**{"from": WEDNESDAY, "until": WEDNESDAY + timedelta(days=1)})
    assert [found.open_at(at(WEDNESDAY + timedelta(days=n), clock)) for n, clock in ((-1, "23:59"), (0, "00:00"))] == [
        False,
        True,
    ]
    assert [found.open_at(at(WEDNESDAY + timedelta(days=n), clock)) for n, clock in ((1, "23:59"), (2, "00:00"))] == [True, False]


@pytest.mark.parametrize(("clock", "there"), [("08:59", False), ("09:00", True), ("11:59", True), ("12:00", False)])
def test_the_end_of_the_hours_is_not_in(clock: str, there: bool) -> None:
    assert window(hours="09:00-12:00").open_at(at(WEDNESDAY, clock)) is there


@pytest.mark.parametrize(
    ("day", "clock", "there"),
    [(2, "22:30", True), (4, "23:00", True), (5, "01:59", True), (5, "02:00", False), (5, "22:30", False), (0, "01:00", False)],
)
def test_a_night_belongs_to_the_day_on_which_it_began(day: int, clock: str, there: bool) -> None:
    monday = date(2026, 12, 7)
    assert window(hours="22:00-02:00", days="mon-fri").open_at(at(monday + timedelta(days=day), clock)) is there


def test_the_last_night_goes_on_into_the_morning_after_the_last_day() -> None:
    found = window(hours="22:00-02:00", until=WEDNESDAY)
    assert found.open_at(at(WEDNESDAY + timedelta(days=1), "01:00"))
    assert not found.open_at(at(WEDNESDAY + timedelta(days=1), "22:00"))


def test_days_are_weekdays_and_single_dates() -> None:
    found = window(days=["sat", "2026-12-09", date(2026, 12, 10)])
    assert [found.open_at(at(WEDNESDAY + timedelta(days=n))) for n in range(5)] == [True, True, False, True, False]
    assert span("fri-mon") == (4, 5, 6, 0)
    assert span("someday") is None
    assert listed("mon-fri") == ("mon-fri",)


@pytest.mark.parametrize("told", ["9-12", "25:00-26:00", "09:00-09:00", "09:00-24:30", "24:00-09:00", "上午", "09:60-10:00"])
def test_hours_that_cannot_be_are_refused_with_the_way_to_write_them(told: str) -> None:
    assert hours(told) is None
    with pytest.raises(ValidationError, match="09:00-12:00"):
        window(hours=told)


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ({"from": "2026-12-09", "until": "2026-12-08"}, "不能早于"),
        ({"from": "2026-12-07", "until": "2026-12-08", "days": "sat"}, "一天也轮不到"),
        ({"until": "2026-12-08", "days": ["2026-12-09"]}, "一天也轮不到"),
        ({"days": "someday"}, "看不懂"),
        ({"days": []}, "days"),
    ],
)
def test_a_window_that_never_opens_is_refused(keys: dict[str, object], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        window(**keys)


@given(
    st.tuples(st.integers(0, 23), st.integers(0, 59)),
    st.tuples(st.integers(0, 23), st.integers(0, 59)),
    st.integers(0, 24 * 60 - 1),
)
def test_hours_and_the_hours_around_them_make_a_whole_day(begin: tuple[int, int], end: tuple[int, int], minute: int) -> None:
    first, second = (f"{hour:02d}:{minute:02d}" for hour, minute in (begin, end))
    moment = at(WEDNESDAY, f"{minute // 60:02d}:{minute % 60:02d}")
    if begin != end:
        assert window(hours=f"{first}-{second}").open_at(moment) != window(hours=f"{second}-{first}").open_at(moment)
