"""Newcomers of groups: welcomed together, with the coupon of exactly their store, once; and who asks for the group's rules."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from bot_rooms import NOON, services
from hypothesis import given
from hypothesis import strategies as st

from bot.brand import Brand, Coupon, Groups, Guide, Staff, StaffFile, Store, Welcome
from bot.groups.welcoming import Newcomer, Welcomed, asks_rules, called, welcome
from bot.handlers.wording import BUILT_IN
from bot.services import Services
from scripts import Script, Scriptbook, Variant

STORES = [f"s{n}" for n in range(6)]


def shop(**more: object) -> Services:
    """Six stores, each with a code and a coupon of its own; code ``plain`` belongs to no store."""
    stores = tuple(
        Store(id=one, name=f"{one}店", coupon=Coupon(id=f"new-{one}", title=f"{one}券", url=f"https://m.example/{one}", **more))  # type: ignore[arg-type]
        for one in STORES
    )
    codes = tuple(Welcome(state=f"code-{one}", store=one, script="welcome_group_store") for one in STORES)
    said = Script("welcome_group_store", "招呼语", (Variant("欢迎{新人|新朋友}来{门店名}，{导购名|导购}在，订单请私聊。"),))
    return replace(
        services(),
        brand=Brand(name="花间集", groups=Groups(welcomes=(*codes, Welcome(state="plain", script="welcome_group")))),
        staff=Staff.of(
            StaffFile(
                stores=stores,
                guides=(Guide(id="g2", name="小雅", store="s0"), Guide(id="g1", name="王姐", store="s0", role="lead")),
            )
        ),
        book=Scriptbook.build([*BUILT_IN, said]),
    )


def a_newcomer(n: int, state: str = "code-s0", **more: object) -> Newcomer:
    return Newcomer(f"m{n}", f"小{n}", state, f"c{n}", **more)  # type: ignore[arg-type]


def text(found: Welcomed) -> str:
    (speech,) = found.speeches
    return speech.text


def test_who_comes_by_a_stores_code_hears_its_words_and_is_given_its_coupon() -> None:
    found = welcome([a_newcomer(1)], shop(), NOON, "e1")
    assert text(found).startswith("欢迎小1来s0店，王姐、小雅在，订单请私聊。\n")
    assert "s0店送新朋友一张s0券" in text(found)
    assert [(one.customer, one.coupon, one.store, one.source) for one in found.coupons] == [("c1", "new-s0", "s0", "code-s0")]
    assert found.speeches[0].cards[0].url == "https://m.example/s0"


@pytest.mark.parametrize("state", ["", "nobody-knows-this-code", "plain", "code-s0 ", "'; drop table"])
def test_without_a_known_code_there_are_plain_words_and_no_coupon(state: str) -> None:
    found = welcome([a_newcomer(1, state)], shop(), NOON, "e1")
    assert "欢迎小1" in text(found)
    assert "群里" in text(found)
    assert "私聊" in text(found)
    assert found.coupons == ()
    assert found.speeches[0].cards == ()


def test_whoever_had_the_coupon_is_welcomed_without_it_and_others_are_named_for_it() -> None:
    people = [a_newcomer(1), a_newcomer(2, had_coupon=True), a_newcomer(3)]
    found = welcome(people, shop(), NOON, "e1")
    assert [one.customer for one in found.coupons] == ["c1", "c3"]
    assert "欢迎小1、小2和小3来" in text(found)
    assert "送小1和小3一张" in text(found)
    assert welcome([a_newcomer(2, had_coupon=True)], shop(), NOON, "e").coupons == ()
    assert "券" not in text(welcome([a_newcomer(2, had_coupon=True)], shop(), NOON, "e"))


def test_one_person_is_given_one_coupon_however_often_an_event_names_them() -> None:
    twice = [a_newcomer(1), a_newcomer(1), replace(a_newcomer(9), customer="c1")]
    found = welcome(twice, shop(), NOON, "e1")
    assert [one.customer for one in found.coupons] == ["c1"]
    assert welcome([replace(a_newcomer(1), customer="")], shop(), NOON, "e").coupons == ()


def test_newcomers_of_several_codes_hear_one_message_and_get_each_their_own() -> None:
    found = welcome([a_newcomer(1), a_newcomer(2, "code-s3"), a_newcomer(3, "?")], shop(), NOON, "e1")
    assert len(found.speeches) == 1
    assert "欢迎小1、小2和小3" in text(found)
    assert {one.customer: one.store for one in found.coupons} == {"c1": "s0", "c2": "s3"}
    assert "s0店送小1一张" in text(found)
    assert "s3店送小2一张" in text(found)


def test_a_coupon_is_given_on_its_last_day_in_the_brands_zone_and_not_after() -> None:
    rooms = shop(valid_until=date(2026, 5, 20))
    late = datetime(2026, 5, 20, 15, 59, tzinfo=UTC)
    assert "5月20日前有效" in text(welcome([a_newcomer(1)], rooms, late, "e"))
    over = welcome([a_newcomer(1)], rooms, datetime(2026, 5, 20, 16, 1, tzinfo=UTC), "e")
    assert over.coupons == ()
    assert "券" not in text(over)


@pytest.mark.parametrize(
    ("people", "words"),
    [
        ([a_newcomer(1)], "小1"),
        ([a_newcomer(1), a_newcomer(2)], "小1和小2"),
        ([a_newcomer(n) for n in range(6)], "小0、小1、小2、小3、小4和小5"),
        ([a_newcomer(n) for n in range(9)], "小0、小1、小2、小3、小4、小5等 9 位新朋友"),
        ([a_newcomer(1), a_newcomer(2, hushed=True)], "小1等 2 位新朋友"),
        ([a_newcomer(1, hushed=True)], ""),
        ([a_newcomer(1, hushed=True), a_newcomer(2, hushed=True)], "2 位新朋友"),
        ([replace(a_newcomer(1), name="@所有人\u200b")], "所有人"),
        ([replace(a_newcomer(1), name="刷单日结加V：abc12345")], ""),
        (
            [replace(a_newcomer(1), name="换\n行"), replace(a_newcomer(2), name="很长很长很长很长很长的名字呀")],
            "换 行和很长很长很长很长很长的…",
        ),
    ],
)
def test_names_are_joined_as_one_says_them_and_hushed_ones_are_left_out(people: list[Newcomer], words: str) -> None:
    assert called(people) == words


def test_nobody_hushed_is_named_in_what_is_said() -> None:
    people = [a_newcomer(1, hushed=True), a_newcomer(2, had_coupon=True)]
    assert "小1" not in text(welcome(people, shop(), NOON, "e"))


def test_a_code_whose_script_or_store_has_gone_falls_back_to_plain_words() -> None:
    broken = Groups(welcomes=(Welcome(state="x", store="closed", script="no_such_script"),))
    found = welcome([a_newcomer(1, "x")], replace(shop(), brand=Brand(groups=broken)), NOON, "e")
    assert "欢迎小1" in text(found)
    assert found.coupons == ()


def test_nobody_is_no_welcome() -> None:
    assert welcome([], shop(), NOON, "e").speeches == ()


def test_a_hundred_joins_over_six_stores_give_everybody_one_coupon_of_the_right_store() -> None:
    """Play S0-1: the store code's coupon, once, whatever is repeated and in whatever order it comes."""
    draw, rooms = random.Random(6), shop()
    first = [(n, draw.choice(STORES)) for n in range(100)]
    events = [[a_newcomer(n, f"code-{store}")] for n, store in first for _ in range(draw.choice((1, 1, 2, 3)))]
    draw.shuffle(events)
    given_: dict[tuple[str, str], str] = {}
    for at, joined in enumerate(events):
        known = [replace(one, had_coupon=any(who == one.customer for who, _ in given_)) for one in joined]
        for one in welcome(known, rooms, NOON, f"e{at}").coupons:
            assert (one.customer, one.coupon) not in given_
            given_[one.customer, one.coupon] = one.store
    assert len(given_) == 100
    assert {(who, store) for (who, _), store in given_.items()} == {(f"c{n}", store) for n, store in first}


@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.sampled_from([*[f"code-{s}" for s in STORES], "", "?"]), st.booleans()), max_size=20
    )
)
def test_whatever_comes_there_is_one_message_and_no_coupon_twice(joined: list[tuple[int, str, bool]]) -> None:
    people = [Newcomer(f"m{n}", f"名{n}", state, f"c{n}", had) for n, state, had in joined]
    found = welcome(people, shop(), NOON, "e")
    assert len(found.speeches) == bool(people)
    assert len({(one.customer, one.coupon) for one in found.coupons}) == len(found.coupons)
    assert all(one.source == f"code-{one.store}" for one in found.coupons)


@pytest.mark.parametrize(
    "words",
    [
        "群规是什么", "群规是啥呀", "有群规吗", "发一下群规", "咱们群有什么规矩", "进群要注意什么", "能发广告吗", "群里能发广告不?",
        "群里能拼单吗", "可以发砍价链接吗", "群里可以卖东西吗", "这个群让不让发链接", "发广告行不行", "群里不能发什么", "群規是什麼",
        "可以在群里宣传一下我的店吗", "能不能拉人进来", "本群有哪些要求",
    ],
)  # fmt: skip
def test_asking_for_the_rules(words: str) -> None:
    assert asks_rules(words)


@pytest.mark.parametrize(
    "words",
    [
        "能发货吗", "今天能发快递吗", "可以发票吗", "能领券吗", "群里能领券吗", "怎么进群", "看群规，别发广告", "按群规要踢的", "他发广告了",
        "能用花呗吗", "可以退货吗", "有什么要求才能退", "尺码有什么讲究", "能不能便宜点", "你们能发顺丰吗", "群里好热闹", "",
    ],
)  # fmt: skip
def test_not_asking_for_the_rules(words: str) -> None:
    assert not asks_rules(words)
