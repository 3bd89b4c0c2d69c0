"""What customers did teaches what is offered, to whom, and on what ground."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recommender_worlds import KINDS, NOW, ZONE, a_demand, a_product, a_shop, a_wish, a_world, skus, violations

from recommender import Event, EventRow, Recommender, Shopper, Wish

NOBODY = Shopper()


def did(customer: str, sku: str, kind: str = "buy", days_ago: float = 20) -> Event:
    return Event(customer, sku, kind, NOW - timedelta(days=days_ago))


PAIRED = tuple(did(customer, sku) for customer in "12345" for sku in ("mask", "cream"))
OTHERS = tuple(did(customer, "serum") for customer in "6789")
GOODS = (a_product("mask"), a_product("cream", name="修护霜"), a_product("serum"), a_product("comb", name="木梳"))


def test_own_purchases_in_the_events_are_a_history() -> None:
    shop = a_shop(*GOODS, events=(*PAIRED, *OTHERS, did("me", "cream")))
    found = shop.recommend(Shopper(id="me"), Wish(), at=NOW)
    assert skus(found)[0] == "mask"
    assert "买过修护霜的顾客也常带它" in found.items[0].reason
    assert "together:cream" in found.items[0].evidence
    assert found.basis == "history"


def test_the_reason_names_what_spoke_most() -> None:
    events = (*PAIRED, *(did(customer, sku) for customer in "ab" for sku in ("comb", "mask")), *(did(c, "comb") for c in "cdefg"))
    shop = a_shop(*GOODS, events=(*events, did("me", "cream"), did("me", "comb")))
    assert "together:cream" in shop.recommend(Shopper(id="me"), Wish(), at=NOW).items[0].evidence


def test_one_shared_buyer_is_chance() -> None:
    events = (did("1", "mask"), did("1", "cream"), did("2", "mask"), did("3", "cream"))
    shop = a_shop(*GOODS, events=events)
    items = shop.recommend(Shopper(owned=frozenset({"cream"})), Wish(), at=NOW).items
    assert not any(mark.startswith("together") for item in items for mark in item.evidence)


def test_what_came_back_teaches_nothing() -> None:
    returned = tuple(did(customer, "mask", "return", 10) for customer in "12345")
    shop = a_shop(*GOODS, events=(*PAIRED, *returned))
    items = shop.recommend(Shopper(owned=frozenset({"cream"})), Wish(), at=NOW).items
    assert not any(mark.startswith("together") for item in items for mark in item.evidence)


def test_what_i_returned_comes_last() -> None:
    shop = a_shop(a_product("a"), a_product("b"), events=(did("me", "a"), did("me", "a", "return", 10)))
    found = shop.recommend(Shopper(id="me"), Wish(), at=NOW)
    assert skus(found) == ["b", "a"]
    assert "event:return" in found.items[1].evidence


def test_what_i_put_into_the_cart_comes_first() -> None:
    shop = a_shop(a_product("a"), a_product("z"), events=(did("me", "z", "cart"),))
    found = shop.recommend(Shopper(id="me"), Wish(), at=NOW)
    assert (skus(found)[0], found.items[0].reason.split("，")[0]) == ("z", "你之前看中过")


def test_one_heavy_customer_makes_nothing_popular() -> None:
    events = tuple(did("fan", "a", days_ago=day) for day in range(1, 60))
    events += tuple(did(customer, "b", days_ago=5) for customer in "1234")
    assert skus(a_shop(a_product("a"), a_product("b"), events=events).recommend(NOBODY, Wish(), at=NOW)) == ["b", "a"]


def test_lately_popular_beats_once_popular() -> None:
    events = tuple(did(customer, "a", days_ago=200) for customer in "123456")
    events += tuple(did(customer, "b", days_ago=3) for customer in "1234")
    assert skus(a_shop(a_product("a"), a_product("b"), events=events).recommend(NOBODY, Wish(), at=NOW)) == ["b", "a"]


def test_a_guides_pick_is_an_event_that_counts() -> None:
    row = EventRow.model_validate({"customer": "1", "sku": "z", "kind": "pick", "at": "2026-06-01T10:00:00+08:00"})
    shop = a_shop(a_product("a"), a_product("z"), events=(row.event(),))
    assert skus(shop.recommend(NOBODY, Wish(), at=NOW)) == ["z", "a"]


def test_the_future_is_not_known() -> None:
    shop = a_shop(*GOODS, events=(*PAIRED, did("me", "cream", days_ago=-3)))
    assert shop.recommend(Shopper(id="me"), Wish(), at=NOW) == shop.recommend(NOBODY, Wish(), at=NOW)


def test_events_come_in_any_order_and_teach_the_same() -> None:
    events = [*PAIRED, *OTHERS, did("me", "cream"), did("me", "serum", "view")]
    answers = []
    for seed in range(5):
        Random(seed).shuffle(events)
        answers.append(a_shop(*GOODS, events=tuple(events)).recommend(Shopper(id="me"), Wish(), at=NOW))
    assert all(answer == answers[0] for answer in answers)


def test_other_events_replace_what_was_learnt_and_leave_the_catalogue() -> None:
    bare = a_shop(*GOODS)
    taught = bare.with_events(PAIRED)
    assert taught.index is bare.index
    owner = Shopper(owned=frozenset({"cream"}))
    assert taught.recommend(owner, Wish(), at=NOW) == a_shop(*GOODS, events=PAIRED).recommend(owner, Wish(), at=NOW)
    assert taught.with_events(()).recommend(owner, Wish(), at=NOW) == bare.recommend(owner, Wish(), at=NOW)


@pytest.mark.parametrize(
    ("events", "shopper", "wish", "basis"),
    [
        ((), NOBODY, Wish(), "new"),
        (OTHERS, NOBODY, Wish(), "popular"),
        (OTHERS, Shopper(id="stranger"), Wish(), "popular"),
        (OTHERS, Shopper(tags={"skin_type": ("干性",)}), Wish(), "tags"),
        ((), NOBODY, a_wish(concern="补水"), "tags"),
        (PAIRED, Shopper(owned=frozenset({"cream"})), Wish(), "history"),
        (OTHERS, Shopper(id="6"), Wish(), "new"),  # the only favourite is at home
    ],
)
def test_what_an_answer_stands_on(events: tuple[Event, ...], shopper: Shopper, wish: Wish, basis: str) -> None:
    goods = (*GOODS, a_product("dry", tags=["干性", "补水"]))
    found = a_shop(*goods, events=events).recommend(shopper, wish, at=NOW)
    assert found.basis == basis


def test_who_is_quite_unknown_sees_the_range_of_prices() -> None:
    goods = [a_product(f"p{number:03}", name=f"第{number}款", price=number + 1) for number in range(120)]
    prices = sorted(int(item.product.price) for item in a_shop(*goods).recommend(NOBODY, Wish(), at=NOW).items)
    assert prices[0] < 60 < prices[-1]


def test_in_a_category_its_own_favourites_come_first() -> None:
    goods = (a_product("a"), a_product("b"), a_product("hit", category="精华"))
    events = (*(did(c, "hit") for c in "12345"), *(did(c, "b") for c in "12"))
    assert skus(a_shop(*goods, events=events).recommend(NOBODY, a_wish(category="面霜"), at=NOW)) == ["b", "a"]


def test_new_things_come_before_others_where_nothing_is_known() -> None:
    goods = [replace(a_product(f"p{number}"), launched=date(2026, 6, 1) if number == 7 else None) for number in range(30)]
    assert skus(a_shop(*goods).recommend(NOBODY, Wish(), at=NOW))[0] == "p7"


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_no_hard_limit_is_ever_broken_for_customers_with_a_history(random: Random) -> None:
    world = a_world(random, size=10)
    events = tuple(
        Event(f"c{random.randint(0, 3)}", f"p{random.randint(0, 10):02}", random.choice(["view", "cart", "buy", "buy", "return", "pick"]),
              datetime(2026, 6, 10, tzinfo=UTC) - timedelta(hours=random.randint(-50, 3000)))
        for _ in range(random.randint(0, 60))
    )  # fmt: skip
    shop = Recommender.build(world.products.values(), KINDS, world.rules, events, ZONE)
    shopper, wish = a_demand(random)
    shopper = replace(shopper, id=f"c{random.randint(0, 4)}")
    found = shop.recommend(shopper, wish, at=NOW)
    assert list(violations(replace(world, shop=shop), shopper, wish, found)) == []
    assert not {item.product.sku for item in found.items} & _lasting_or_fresh(shop, shopper, events)


def _lasting_or_fresh(shop: Recommender, shopper: Shopper, events: tuple[Event, ...]) -> set[str]:
    """What this customer keeps and must not be offered, read from the events one by one."""
    last: dict[str, Event] = {}
    for event in sorted(events, key=lambda e: (e.at, e.kind == "return")):
        if event.customer == shopper.id and event.kind in {"buy", "return"} and event.at <= NOW:
            last[event.sku] = event
    kept = {sku: event for sku, event in last.items() if event.kind == "buy" and sku in shop.products}
    return {
        sku for sku, event in kept.items()
        if event.at > NOW - timedelta(days=2)
        or not {"保质期", "净含量"} & shop.products[sku].attributes.keys()
    }  # fmt: skip
