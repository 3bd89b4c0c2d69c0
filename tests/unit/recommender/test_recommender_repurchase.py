"""What is used up comes back when it has probably run out, and not before."""

from datetime import timedelta

import pytest
from recommender_worlds import NOW, a_product, a_shop, a_wish, skus

from recommender import Event, Recommender, Shopper, Wish

ME = Shopper(id="me")
MILK = {"name": "一段奶粉", "attributes": {"净含量": "800g"}}


def bought(customer: str, sku: str, *days_ago: float) -> tuple[Event, ...]:
    return tuple(Event(customer, sku, "buy", NOW - timedelta(days=day)) for day in days_ago)


EVERY_MONTH = tuple(event for customer in "123" for event in bought(customer, "milk", 100, 70, 40))


def shop(*mine: float, **fields: object) -> Recommender:
    events = (*EVERY_MONTH, *bought("me", "milk", *mine))
    return a_shop(a_product("milk", **{**MILK, **fields}), a_product("comb", name="木梳"), events=events)


@pytest.mark.parametrize(
    ("days", "offered"), [(0.1, False), (1, False), (10, False), (20, False), (28, True), (31, True), (90, True)]
)
def test_it_comes_back_when_its_usual_time_has_nearly_passed(days: float, offered: bool) -> None:
    assert ("milk" in skus(shop(days).recommend(ME, Wish(), at=NOW))) is offered


def test_it_says_so() -> None:
    found = shop(31).recommend(ME, Wish(), at=NOW)
    assert found.items[0].reason.split("，")[:2] == ["上次买过", "差不多该补货了"]
    assert "rebuy:31d" in found.items[0].evidence
    assert found.basis == "history"


def test_my_own_rhythm_counts_more_than_the_crowds() -> None:
    assert "milk" in skus(shop(8, 16, 24).recommend(ME, Wish(), at=NOW))
    assert "milk" not in skus(shop(40, 140, 240).recommend(ME, Wish(), at=NOW))


def test_what_lasts_is_bought_once() -> None:
    assert "milk" not in skus(shop(31, attributes={}).recommend(ME, Wish(), at=NOW))


def test_what_the_record_calls_owned_stays_owned() -> None:
    assert "milk" not in skus(shop(31).recommend(Shopper(id="me", owned=frozenset({"milk"})), Wish(), at=NOW))


def test_nobody_else_is_told_to_refill() -> None:
    items = shop(31).recommend(Shopper(id="you"), Wish(), at=NOW).items
    assert not any("补货" in item.reason for item in items)


@pytest.mark.parametrize(("days", "offered"), [(1, False), (10, True)])
def test_named_it_may_be_bought_early_but_not_just_after(days: float, offered: bool) -> None:
    assert ("milk" in skus(shop(days).recommend(ME, a_wish(product="milk"), at=NOW))) is offered


def test_where_nothing_was_ever_bought_again_nothing_is_due() -> None:
    lonely = a_shop(a_product("milk", **MILK), a_product("comb"), events=bought("me", "milk", 300))
    assert skus(lonely.recommend(ME, Wish(), at=NOW)) == ["comb"]


def test_the_category_lends_its_interval() -> None:
    other = a_product("other", name="二段奶粉", attributes={"净含量": "800g"})
    events = (*EVERY_MONTH, *bought("me", "other", 31))
    assert "other" in skus(a_shop(a_product("milk", **MILK), other, events=events).recommend(ME, Wish(), at=NOW))


def test_what_was_sent_back_is_not_at_home() -> None:
    events = (*EVERY_MONTH, *bought("me", "comb", 30), Event("me", "comb", "return", NOW - timedelta(days=20)))
    goods = a_product("milk", **MILK), a_product("comb", name="木梳")
    assert "comb" in skus(a_shop(*goods, events=events).recommend(ME, Wish(), at=NOW))


def test_limits_hold_for_refills_too() -> None:
    found = shop(31, price=500).recommend(ME, a_wish(budget_max=200), at=NOW)
    assert skus(found) == ["comb"]
