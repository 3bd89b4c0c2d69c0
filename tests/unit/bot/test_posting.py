"""Scheduled posts: which slots are due, what each group hears of them, and why something is left out."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from bot_rooms import services
from hypothesis import given
from hypothesis import strategies as st

from bot import posting
from bot.brand import Brand, Groups
from bot.db.posting import Room
from bot.db.restraint import Count
from bot.posting import LATE, Slot, judged, slots
from scripts import Post, PostCard, quiet

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 5, 20, 12, 0, tzinfo=ZONE)
"""A Wednesday."""
ROOMS = replace(services(), brand=Brand(name="花间集", groups=Groups(quiet_hours="22:00-08:00")))
GROUP = Room("v1", "", "web", "一群", 3, "sh", None)


def a_post(at: str = "12:00", **more: object) -> Post:
    return Post("p", time.fromisoformat(at), text="{时段问候}，{品牌名}的群友们", **more)  # type: ignore[arg-type]


def said(post: Post, now: datetime = NOON, pushed: Count = Count(), group: Room = GROUP, **settings: object) -> object:  # noqa: B008
    (slot,) = slots([post], now)
    ways = Groups.model_validate({**ROOMS.brand.groups.model_dump(), **settings})
    return judged(slot, group, pushed, ways, ROOMS, now)


class TestSlots:
    def test_a_slot_is_due_from_its_minute_on(self) -> None:
        assert slots([a_post("12:01")], NOON - timedelta(hours=1)) == slots([a_post("12:01")], NOON)
        assert [slot.key for slot in slots([a_post()], NOON)] == ["p@2026-05-20T12:00"]

    def test_it_runs_on_its_weekdays_and_dates_and_between_its_first_and_last_day(self) -> None:
        assert not slots([a_post(weekdays=frozenset({0}))], NOON)
        assert slots([a_post(weekdays=frozenset(), dates=frozenset({date(2026, 5, 20)}))], NOON)
        assert not slots([a_post(begins=date(2026, 5, 21))], NOON)
        assert not slots([a_post(ends=date(2026, 5, 18))], NOON)
        assert slots([a_post(begins=date(2026, 5, 20), ends=date(2026, 5, 20))], NOON)

    def test_the_day_is_the_brands_not_that_of_utc(self) -> None:
        early = datetime(2026, 5, 19, 17, 0, tzinfo=UTC).astimezone(ZONE)
        assert [slot.key for slot in slots([a_post("00:30")], early)] == ["p@2026-05-20T00:30"]

    def test_earlier_slots_stand_first_and_two_posts_of_a_minute_in_the_order_of_their_ids(self) -> None:
        found = slots([a_post("11:00"), replace(a_post("10:00"), id="z"), replace(a_post("10:00"), id="a")], NOON)
        assert [slot.post.id for slot in found] == ["a", "z", "p"]

    @given(st.times(), st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)))
    def test_no_slot_is_due_before_its_time_nor_twice(self, at: time, moment: datetime) -> None:
        now = moment.replace(tzinfo=ZONE)
        found = slots([replace(a_post(), at=at.replace(second=0, microsecond=0))], now)
        assert len({slot.key for slot in found}) == len(found) <= 1
        assert all(timedelta() <= now - slot.at < timedelta(days=1) for slot in found)

    def test_in_a_zone_that_changes_its_clocks_a_slot_of_a_skipped_hour_still_comes_once(self) -> None:
        zone = ZoneInfo("Europe/Berlin")
        found = slots([a_post("02:30")], datetime(2026, 3, 29, 12, 0, tzinfo=zone))
        assert len(found) == 1


class TestJudging:
    def test_what_is_due_is_said_with_its_words_and_its_cards_until_two_hours_later(self) -> None:
        found = said(a_post(cards=(PostCard("领券", url="https://x.example"),)))
        assert found.skipped is None
        assert found.speech.text == "中午好，花间集的群友们"
        assert found.speech.pushed
        assert found.speech.cards[0].url == "https://x.example"
        assert found.deadline == NOON + LATE
        assert found.speech.trace["post"] == "p"

    def test_what_was_missed_by_more_than_two_hours_is_left_out(self) -> None:
        assert said(a_post(), NOON + LATE).skipped is None
        assert "不再补发" in said(a_post(), NOON + LATE + timedelta(seconds=1)).skipped

    def test_nothing_is_said_in_the_quiet_hours_whether_planned_or_late(self) -> None:
        late = datetime(2026, 5, 20, 22, 30, tzinfo=ZONE)
        assert "安静时段" in said(a_post("21:30"), late).skipped
        assert "安静时段" in said(a_post("12:00"), quiet_hours="11:00-13:00").skipped
        assert said(a_post("21:30"), late, quiet_hours="").skipped is None

    def test_what_waits_is_worth_nothing_once_the_quiet_hours_begin(self) -> None:
        assert said(a_post("21:00"), datetime(2026, 5, 20, 21, 0, tzinfo=ZONE)).deadline.time() == time(22)

    @pytest.mark.parametrize(("pushed", "why"), [(Count(2, 2), "今天"), (Count(0, 5), "七天"), (Count(1, 4), None)])
    def test_caps_count_what_the_group_got_from_anywhere(self, pushed: Count, why: str | None) -> None:
        found = said(a_post(), pushed=pushed)
        assert (found.skipped is None) if why is None else why in found.skipped

    def test_it_goes_to_the_groups_that_are_named_by_store_or_by_name_and_to_all_where_none_is(self) -> None:
        assert said(a_post(stores=frozenset({"sh"}))) is not None
        assert said(a_post(stores=frozenset({"other"}))) is None
        assert said(a_post(stores=frozenset({"other"}), rooms=frozenset({"一群"}))) is not None
        assert said(a_post(stores=frozenset({"sh"})), group=replace(GROUP, store=None, guide="g1")) is not None
        assert said(a_post(stores=frozenset({"sh"})), group=replace(GROUP, store=None)) is None

    def test_a_group_that_is_younger_than_the_slot_does_not_hear_it(self) -> None:
        assert said(a_post(), NOON + timedelta(minutes=5), group=replace(GROUP, born=NOON + timedelta(minutes=1))) is None

    def test_a_script_that_fits_nobody_here_is_left_out_with_a_reason(self) -> None:
        assert "话术" in said(replace(a_post(), text="", script="no_such")).skipped
        assert said(replace(a_post(), text="", script="thank")).speech.text

    def test_the_same_slot_says_the_same_in_every_process(self) -> None:
        post = replace(a_post(), text="", script="greet")
        slot = Slot(post, NOON)
        assert posting.speech_of(slot, GROUP, "sh", ROOMS) == posting.speech_of(slot, GROUP, "sh", ROOMS)


@pytest.mark.parametrize(
    ("at", "hours", "is_quiet"),
    [
        ("22:00", "22:00-08:00", True), ("07:59", "22:00-08:00", True), ("08:00", "22:00-08:00", False), ("12:00", "", False),
        ("12:30", "12:00-13:00", True), ("13:00", "12:00-13:00", False),
    ],
)  # fmt: skip
def test_quiet_hours_may_cross_midnight(at: str, hours: str, is_quiet: bool) -> None:
    assert quiet(time.fromisoformat(at), hours) is is_quiet
