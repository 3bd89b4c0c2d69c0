"""A new catalogue comes with what the one before had learnt from events, as far as the products are the same."""

from datetime import timedelta
from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from recommender_worlds import NOW, a_product, a_shop, a_wish, skus

from recommender import Event, Recommender, Shopper

SKUS = "abcdefgh"


def deeds(seed: int, most: int = 60) -> tuple[Event, ...]:
    """Random events of a dozen customers."""
    chance = Random(seed)
    kinds = ("view", "click", "collect", "cart", "buy", "buy", "return")
    return tuple(
        Event(f"c{chance.randrange(12)}", chance.choice(SKUS), chance.choice(kinds), NOW - timedelta(days=chance.random() * 90))  # type: ignore[arg-type]
        for _ in range(most)
    )


def alike(one: Recommender, other: Recommender) -> bool:
    """Whether both know the same of what was done."""
    first, second = one.crowd, other.crowd
    pairs = [
        (first.deeds.rows, second.deeds.rows),
        (first.deeds.kinds, second.deeds.kinds),
        (first.deeds.days, second.deeds.days),
        (first.buyers, second.buyers),
        (first.popular.rows, second.popular.rows),
        (first.interval, second.interval),
    ]
    return all(np.array_equal(a, b, equal_nan=a.dtype.kind == "f") for a, b in pairs)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1000))
def test_with_other_prices_and_tags_it_is_what_the_events_would_have_taught(seed: int) -> None:
    told = deeds(seed)
    before = a_shop(*(a_product(sku) for sku in SKUS), events=told)
    goods = [a_product(sku, price=50 + n, tags=("干性",), category=("面霜", "精华")[n % 2]) for n, sku in enumerate(SKUS)]
    carried, taught = a_shop(*goods).learnt_from(before), a_shop(*goods, events=told)
    assert alike(carried, taught)
    for who in ("c1", "c2", None):
        asked = Shopper(id=who)
        assert carried.recommend(asked, a_wish(), at=NOW) == taught.recommend(asked, a_wish(), at=NOW)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1000), st.sets(st.sampled_from(SKUS), max_size=4), st.booleans())
def test_products_that_go_are_forgotten_and_new_ones_unknown(seed: int, gone: set[str], more: bool) -> None:
    told = deeds(seed)
    before = a_shop(*(a_product(sku) for sku in SKUS), events=told)
    left = [sku for sku in SKUS if sku not in gone] + (["bb"] if more else [])
    goods = [a_product(sku) for sku in left]
    carried = a_shop(*goods).learnt_from(before)
    taught = a_shop(*goods, events=[one for one in told if one.sku in left])
    crowd = carried.crowd
    for who in {one.customer for one in told}:
        mine, theirs = crowd.deeds.of(who, 1e6), taught.crowd.deeds.of(who, 1e6)
        assert all(map(np.array_equal, mine, theirs))
    assert np.array_equal(crowd.buyers, taught.crowd.buyers)
    assert np.array_equal(np.isnan(crowd.interval), np.isnan(taught.crowd.interval))
    known = {carried.index.products[row].sku for row in crowd.together.rows}
    assert known <= set(left) - {"bb"}
    assert len(crowd.together.near) == 0 or crowd.together.near.max() < len(crowd.together.rows)
    assert set(skus(carried.recommend(Shopper(id="c1"), a_wish(), limit=9, at=NOW))) <= set(left)
    back = a_shop(*(a_product(sku) for sku in SKUS)).learnt_from(carried)
    assert len(back.crowd.deeds.rows) == len(crowd.deeds.rows)


def test_nothing_was_learnt_yet() -> None:
    empty, shop = a_shop(), a_shop(a_product("a"))
    assert skus(shop.learnt_from(empty).recommend(Shopper(), a_wish(), at=NOW)) == ["a"]
    assert skus(empty.learnt_from(shop).recommend(Shopper(), a_wish(), at=NOW)) == []
