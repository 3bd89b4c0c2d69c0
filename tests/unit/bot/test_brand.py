"""Opening hours as people say them, and who is who."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.alarms import named
from bot.brand import Brand, Guide, Persona, Staff, StaffFile, Store
from bot.hours import Hours, opening_words

ZONE = ZoneInfo("Asia/Shanghai")
SHOP = Hours.read({"mon-fri": "10:00-22:00", "sat": "9:30-24:00"})


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """May 2026: the 18th is a Monday, the 24th a Sunday."""
    return datetime(2026, 5, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("moment", "open_"),
    [
        (at(18, 9, 59), False),
        (at(18, 10), True),
        (at(18, 21, 59), True),
        (at(18, 22), False),
        (at(23, 23, 59), True),
        (at(24, 0), False),
        (at(24, 12), False),
    ],
)
def test_somebody_is_there_between_the_hours(moment: datetime, open_: bool) -> None:
    assert SHOP.open_at(moment) is open_


@pytest.mark.parametrize(
    ("moment", "opens", "words"),
    [
        (at(18, 8), at(18, 10), "今天 10:00"),
        (at(18, 23), at(19, 10), "明天 10:00"),
        (at(22, 22, 30), at(23, 9, 30), "明天 9:30"),
        (at(24, 12), at(25, 10), "明天 10:00"),
        (at(24, 0, 1), at(25, 10), "明天 10:00"),
    ],
)
def test_the_next_opening_is_told_as_one_would_say_it(moment: datetime, opens: datetime, words: str) -> None:
    found = SHOP.next_opening(moment)
    assert found == opens
    assert opening_words(opens, moment) == words


def test_days_further_away_are_named() -> None:
    weekdays = Hours.read({"wed": "10:00-12:00"})
    found = weekdays.next_opening(at(18, 8))
    assert found == at(20, 10)
    assert opening_words(at(20, 10), at(18, 8)) == "周三 10:00"
    assert weekdays.next_opening(at(20, 10)) == at(27, 10)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),
    st.sets(st.sampled_from(["mon", "tue", "thu", "sat", "sun"]), min_size=1),
)
def test_the_next_opening_is_a_moment_at_which_it_opens(naive: datetime, days: set[str]) -> None:
    hours = Hours.read(dict.fromkeys(days, "10:15-18:45"))
    moment = naive.replace(tzinfo=ZONE)
    opens = hours.next_opening(moment)
    assert opens is not None
    assert moment < opens <= moment + timedelta(days=8)
    assert hours.open_at(opens)
    assert not hours.open_at(opens - timedelta(minutes=1))


def test_nothing_said_means_always_open() -> None:
    assert Hours.read({}).open_at(at(24, 3))
    assert Hours.read({}).words(at(24, 3)) == "全天"


def test_a_span_of_days_may_go_over_the_weekend() -> None:
    weekend = Hours.read({"sat-mon": "10:00-11:00"})
    assert [day is not None for day in weekend.week] == [True, False, False, False, False, True, True]


def test_the_hours_of_today_in_words() -> None:
    assert SHOP.words(at(18, 8)) == "10:00–22:00"
    assert SHOP.words(at(23, 8)) == "9:30–24:00"
    assert SHOP.words(at(24, 8)) == "今天休息"


@pytest.mark.parametrize("wrong", [{"monday": "10:00-12:00"}, {"mon-": "10:00-12:00"}, {"mon": "22:00-10:00"}, {"mon": "10-12"},
                                   {"mon": "10:00-24:30"}, {"mon": "10:00-10:00"}, {"": "10:00-12:00"}])  # fmt: skip
def test_hours_that_say_nothing_are_refused_in_words(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="营业"):
        Brand(hours=wrong)


def test_a_zone_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValidationError, match="时区"):
        Brand(timezone="Asia/Shanghia")
    assert Brand().zone == ZONE


def test_a_misspelt_key_is_refused() -> None:
    with pytest.raises(ValidationError):
        Brand.model_validate({"name": "花间集", "perona": {}})
    assert Brand.model_validate({"persona": {"name": "小花", "self": "花花"}}).persona == Persona(name="小花", self_name="花花")


def test_people_and_shops_are_found_by_name() -> None:
    staff = Staff.of(StaffFile(
        stores=(Store(id="sh", name="徐汇店", city="上海"), Store(id="hz", name="西湖店", city="杭州")),
        guides=(Guide(id="g1", name="王姐", store="sh"), Guide(id="g2", name="李")),
    ))  # fmt: skip
    assert staff.store_named("徐汇店") == staff.store_named("sh") == staff.stores["sh"]
    assert staff.store_named("没有") is staff.store_named(None) is None
    assert named("叫王姐来一下", staff.guides.values()) == staff.guides["g1"]
    assert named("李子味的有吗", staff.guides.values()) is None
    assert staff.in_city("杭州") == [staff.stores["hz"]]
