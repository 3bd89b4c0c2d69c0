"""Whom a shopper is offered to: the nearest who can, never somebody who cannot, and an honest word where there is nobody."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.brand import Brand, Guide, Service, Staff, StaffFile, Store
from bot.roster import roster
from bot.routing import Duty, Need, Outlook, Post, on_duty, outlook, room

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 5, 20, 12, tzinfo=ZONE)
"""A Wednesday."""
BRAND = Brand(name="花间集", hours={"mon-sun": "10:00-22:00"})


def guide(name: str, store: str = "s1", **more: Any) -> Guide:
    return Guide(id=name, name=f"导购{name}", store=store, **{"capacity": 4, **more})


def staff(*guides: Guide, **stores: dict[str, Any]) -> Staff:
    shops = {"s1": {"region": "华东"}, "s2": {"region": "华东"}, "s3": {"region": "华南"}, **stores}
    return Staff.of(StaffFile(stores=tuple(Store(id=one, name=one, **more) for one, more in shops.items()), guides=guides))


def ask(people: Staff, need: Need | None = None, at: datetime = NOON, brand: Brand = BRAND, /, **posts: Post) -> Outlook:
    return outlook(need or Need(store="s1"), Duty(posts), people, brand, at)


TEAM = staff(guide("a"), guide("b"), guide("c", "s2"), guide("d", "s3", role="lead"))


class TestTheWay:
    """Named, own, store, region, central."""

    def test_whoever_is_named_comes_first(self) -> None:
        seen = ask(TEAM, Need("s1", own="a", wanted="c"))
        assert (seen.guide, seen.path, seen.store) == ("c", "named", "s2")

    def test_then_the_own_guide_where_the_brand_thinks_in_persons(self) -> None:
        assert ask(TEAM, Need("s1", own="b")).guide == "b"

    def test_and_the_team_first_where_it_thinks_in_stores(self) -> None:
        brand = BRAND.model_copy(update={"mode": "store"})
        seen = ask(TEAM, Need("s1", own="c"), NOON, brand)
        assert (seen.guide, seen.path) == ("a", "store")

    @pytest.mark.parametrize(
        ("away", "found"),
        [
            ((), ("a", "own", "s1")),
            (("a",), ("b", "store", "s1")),
            (("a", "b"), ("c", "region", "s2")),
            (("a", "b", "c"), ("d", "central", "s3")),
        ],
    )
    def test_where_the_nearest_are_away_the_next_circle_is_asked(
        self, away: tuple[str, ...], found: tuple[str, str, str]
    ) -> None:
        seen = ask(TEAM, Need("s1", own="a"), **{one: Post("off") for one in away})
        assert (seen.guide, seen.path, seen.store) == found

    def test_a_shopper_of_no_store_belongs_where_their_guide_is(self) -> None:
        assert ask(TEAM, Need(own="c"), c=Post("off")).path == "region"
        assert ask(TEAM, Need(own="a"), a=Post("off")).path == "store"

    def test_the_brand_may_name_its_central_team(self) -> None:
        brand = BRAND.model_copy(update={"service": Service(central=("b", "nobody"))})
        assert ask(TEAM, Need(), NOON, brand).guide == "b"

    def test_without_leads_and_without_a_named_team_everybody_is_central(self) -> None:
        people = staff(guide("a"), guide("b", "s2"))
        assert (ask(people, Need()).guide, ask(people, Need()).path) == ("a", "central")

    def test_somebody_of_no_store_takes_it_where_it_is(self) -> None:
        people = staff(guide("a"), guide("x", ""))
        seen = ask(people, a=Post("off"))
        assert (seen.guide, seen.path, seen.store) == ("x", "central", "s1")

    def test_editors_serve_nobody(self) -> None:
        assert ask(staff(guide("a", role="editor"), guide("b", "s3"))).guide == "b"


class TestWhoCannot:
    """Left, break, off, out of shift, full."""

    @pytest.mark.parametrize("state", ["left", "break", "off"])
    def test_whoever_is_away_is_not_asked(self, state: Any) -> None:
        assert ask(TEAM, Need("s1", own="a"), a=Post(state, present=True)).guide == "b"

    def test_a_break_that_is_over_is_over_unless_somebody_left(self) -> None:
        assert ask(TEAM, Need("s1", own="a"), a=Post("break", NOON)).guide == "a"
        assert ask(TEAM, Need("s1", own="a"), a=Post("left", NOON)).guide == "b"

    @pytest.mark.parametrize(
        ("more", "shop"),
        [
            ({"shifts": {"mon-sun": "14:00-22:00"}}, {}),
            ({"shifts": {"thu": "10:00-22:00"}}, {}),
            ({"days_off": (date(2026, 5, 20),)}, {}),
            ({}, {"hours": {"mon-sun": "13:00-22:00"}}),
            ({}, {"holidays": (date(2026, 5, 20),)}),
        ],
    )
    def test_nor_who_does_not_work_now(self, more: dict[str, Any], shop: dict[str, Any]) -> None:
        people = staff(guide("a", **more), guide("d", "s3", role="lead"), s1=shop)
        assert ask(people, a=Post(present=True)).guide == "d"
        assert not on_duty("a", Duty({"a": Post(present=True)}), people, BRAND, NOON)

    def test_a_shift_counts_before_the_hours_of_the_shop(self) -> None:
        people = staff(guide("a", shifts={"wed": "08:00-23:00"}), s1={"hours": {"mon-sun": "10:00-22:00"}})
        assert ask(people, None, NOON.replace(hour=9)).guide == "a"

    def test_a_full_hand_takes_nothing_but_a_quarter_more_of_what_cannot_wait(self) -> None:
        full = {"a": Post(load=4), "b": Post(load=4), "c": Post(load=4), "d": Post(load=4)}
        assert ask(TEAM, **full).guide is None
        assert ask(TEAM, Need("s1", own="a", urgency=2), **full).guide == "a"
        assert ask(TEAM, Need("s1", own="a", urgency=2), **{**full, "a": Post(load=5)}).guide == "b"
        assert [room(guide("x", capacity=n), 2) for n in (0, 1, 4, 20, 30)] == [0, 2, 5, 25, 38]

    def test_who_was_asked_in_vain_is_not_asked_again(self) -> None:
        assert ask(TEAM, Need("s1", own="a", tried=frozenset({"a", "b"}))).guide == "c"

    def test_whoever_no_file_names_is_taken_to_work_unless_they_said_otherwise(self) -> None:
        assert on_duty("admin", Duty(), TEAM, BRAND, NOON)
        assert not on_duty("admin", Duty({"admin": Post("break")}), TEAM, BRAND, NOON)


class TestTheTeam:
    """Skill, language, presence, load, rating."""

    def test_who_knows_about_it(self) -> None:
        people = staff(guide("a"), guide("b", skills=("敏感肌",)))
        assert ask(people, Need("s1", skill="敏感肌"), a=Post(present=True)).guide == "b"

    def test_who_speaks_the_language_before_who_knows_about_it(self) -> None:
        people = staff(guide("a", skills=("敏感肌",)), guide("b", languages=("粤语",)))
        assert ask(people, Need("s1", skill="敏感肌", language="粤语")).guide == "b"

    def test_who_is_at_the_desk_and_then_it_is_right_away(self) -> None:
        seen = ask(TEAM, b=Post(present=True))
        assert (seen.guide, seen.present) == ("b", True)
        assert not ask(TEAM).present

    def test_somebody_hurt_goes_to_whoever_is_there_whatever_they_know(self) -> None:
        people = staff(guide("a", skills=("敏感肌",), languages=("粤语",)), guide("b"))
        need = Need("s1", skill="敏感肌", language="粤语")
        assert ask(people, need, b=Post(present=True)).guide == "a"
        assert ask(people, replace(need, urgency=2), b=Post(present=True)).guide == "b"

    def test_the_freer_hand_as_a_share_of_what_each_can_take(self) -> None:
        people = staff(guide("a", capacity=4), guide("b", capacity=20))
        assert ask(people, a=Post(load=1), b=Post(load=4)).guide == "b"

    def test_the_better_rated_unless_their_hands_are_much_fuller(self) -> None:
        assert ask(TEAM, a=Post(rating=4.0), b=Post(rating=4.9)).guide == "b"
        assert ask(TEAM, a=Post(rating=4.0), b=Post(rating=4.9, load=3)).guide == "a"

    def test_alike_in_everything_the_id_decides_whatever_the_order_of_the_file(self) -> None:
        assert ask(staff(guide("b"), guide("a"))).guide == "a"


class TestNobody:
    """What can truthfully be said."""

    def test_while_all_are_busy_the_line_is_told_and_no_opening(self) -> None:
        people = staff(guide("a"))
        seen = outlook(Need("s1"), Duty({"a": Post(load=4)}, {"s1": 3, "s2": 9, "": 2}), people, BRAND, NOON)
        assert (seen.guide, seen.path, seen.ahead, seen.opens, seen.store) == (None, None, 3, None, "s1")

    def test_where_all_on_duty_were_asked_in_vain_it_is_everybodys_of_the_store(self) -> None:
        seen = ask(TEAM, Need("s1", tried=frozenset("abcd")))
        assert (seen.guide, seen.path, seen.store, seen.opens) == (None, "central", "s1", None)

    def test_out_of_hours_the_first_who_is_back_counts_not_the_shop(self) -> None:
        people = staff(guide("a", shifts={"mon-sun": "16:00-22:00"}), s1={"hours": {"mon-sun": "09:00-22:00"}})
        assert ask(people).opens == NOON.replace(hour=16)

    def test_a_break_is_over_when_it_was_said_to_be_and_never_later_than_the_next_shift(self) -> None:
        people = staff(guide("a"))
        back = NOON + timedelta(minutes=40)
        assert ask(people, a=Post("break", back.astimezone(ZoneInfo("UTC")))).opens == back
        assert ask(people, a=Post("off")).opens == datetime(2026, 5, 21, 10, tzinfo=ZONE)
        assert ask(people, a=Post("off", NOON + timedelta(days=2, hours=11))).opens == datetime(2026, 5, 23, 10, tzinfo=ZONE)

    def test_holidays_of_brand_shop_and_guide_are_left_out(self) -> None:
        brand = BRAND.model_copy(update={"service": Service(holidays=(date(2026, 5, 20), date(2026, 5, 21)))})
        people = staff(guide("a", days_off=(date(2026, 5, 23),)), s1={"holidays": (date(2026, 5, 22),)})
        assert ask(people, None, NOON, brand).opens == datetime(2026, 5, 24, 10, tzinfo=ZONE)

    def test_where_everybody_has_left_no_moment_is_promised(self) -> None:
        seen = ask(staff(guide("a")), a=Post("left"))
        assert (seen.guide, seen.path, seen.opens) == (None, "central", None)

    def test_without_a_guide_in_the_files_the_brands_hours_decide(self) -> None:
        assert (ask(Staff()).guide, ask(Staff()).opens) == (None, None)
        assert ask(Staff(), None, NOON.replace(hour=23)).opens == datetime(2026, 5, 21, 10, tzinfo=ZONE)


def test_the_choice_is_told_in_words_and_numbers() -> None:
    why = ask(TEAM, Need("s1", own="a", skill="护肤"), a=Post("break"), b=Post(load=1, rating=4.75, present=True)).why
    assert why["words"] == "本店：导购b，在线，手上 1/4，评分 4.8"
    assert why["passed"] == {"own": {"在休息": 1}}
    assert (why["of"], why["load"], why["capacity"], why["path"]) == (2, 1, 4, "store")


def test_the_people_of_a_release_are_laid_out_once() -> None:
    assert roster(TEAM, BRAND) is roster(TEAM, BRAND)
    assert len(roster(TEAM, BRAND).hours) == 1
    assert roster(TEAM, BRAND.model_copy()) is not roster(TEAM, BRAND)


_POSTS = st.builds(
    Post,
    st.sampled_from(["on", "on", "on", "break", "off", "left"]),
    st.sampled_from([None, NOON - timedelta(hours=1), NOON + timedelta(hours=1)]),
    st.booleans(),
    st.integers(0, 6),
    st.sampled_from([None, 1.0, 3.5, 4.9]),
)
_NEEDS = st.builds(
    Need,
    st.sampled_from([None, "s1", "s2", "gone"]),
    st.sampled_from([None, "a", "c", "gone"]),
    st.sampled_from([None, "b", "d"]),
    st.sampled_from([None, "护肤"]),
    st.none(),
    st.integers(0, 2),
    st.frozensets(st.sampled_from("abcd")),
)


@given(
    posts=st.dictionaries(st.sampled_from("abcd"), _POSTS),
    need=_NEEDS,
    hours=st.integers(-24, 48),
    mode=st.sampled_from(["persona", "store"]),
)
def test_never_somebody_who_cannot_and_never_a_dead_end(posts: dict[str, Post], need: Need, hours: int, mode: str) -> None:
    brand, duty, now = BRAND.model_copy(update={"mode": mode}), Duty(posts), NOON + timedelta(hours=hours)
    seen = outlook(need, duty, TEAM, brand, now)
    working = [one for one in TEAM.guides if on_duty(one, duty, TEAM, brand, now)]
    if seen.guide is not None:
        post = posts.get(seen.guide, Post())
        assert seen.guide in working
        assert seen.guide not in need.tried
        assert post.load < room(TEAM.guides[seen.guide], need.urgency)
        assert seen.opens is None
        assert seen.store == TEAM.guides[seen.guide].store
    elif seen.opens is not None:
        assert seen.opens > now
    else:
        assert seen.path == "central" or any(
            posts.get(one, Post()).load >= room(TEAM.guides[one], need.urgency) for one in working
        )
    assert outlook(need, duty, TEAM, brand, now) == seen, "the same question has the same answer"


@given(
    need=_NEEDS,
    hours=st.integers(0, 200),
    shifts=st.lists(st.sampled_from(["10:00-22:00", "12:00-20:00", "00:00-24:00", "22:00-23:00"]), min_size=4, max_size=4),
)
def test_at_the_promised_moment_somebody_is_there_and_not_before(need: Need, hours: int, shifts: list[str]) -> None:
    people = staff(*(guide(one, "s1", shifts={"mon-fri": span}) for one, span in zip("abcd", shifts, strict=True)))
    need, now = replace(need, store="s1", tried=frozenset()), NOON + timedelta(hours=hours)
    seen = outlook(need, Duty(), people, BRAND, now)
    if seen.opens is not None:
        assert outlook(need, Duty(), people, BRAND, seen.opens).guide is not None
        assert outlook(need, Duty(), people, BRAND, seen.opens - timedelta(minutes=1)).guide is None
