"""Hard limits hold always, whatever else is true."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recommender_worlds import (
    DAY,
    NOW,
    a_demand,
    a_product,
    a_shop,
    a_wish,
    a_world,
    hunt,
    skus,
    violations,
)

from recommender import Rule, Selector, Shopper, Wish
from recommender.constraints import allowed, broken, limits
from recommender.demand import understand
from recommender.merchandising import orders

NOBODY = Shopper()


def test_no_random_world_breaks_a_hard_limit() -> None:
    shown, faults = hunt(worlds=400, wishes=10)
    assert faults == []
    assert shown > 1500  # the hunt met real answers, not only empty ones


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_what_hypothesis_can_think_of_breaks_none_either(random: Random) -> None:
    world = a_world(random, size=8)
    shopper, wish = a_demand(random)
    found = world.shop.recommend(shopper, wish, at=NOW)
    assert list(violations(world, shopper, wish, found)) == []


def test_an_answer_does_not_depend_on_the_order_of_the_catalogue() -> None:
    random = Random(5)
    for _ in range(20):
        world = a_world(random)
        shopper, wish = a_demand(random)
        once = a_shop(*world.products.values(), rules=world.rules)
        again = a_shop(*reversed(world.products.values()), rules=world.rules)
        assert once.recommend(shopper, wish, at=NOW) == again.recommend(shopper, wish, at=NOW)


def test_the_masks_and_the_last_look_agree_on_every_product() -> None:
    random = Random(11)
    for _ in range(150):
        world = a_world(random)
        shopper, wish = a_demand(random)
        shop = world.shop
        demand = understand(shopper, wish, shop.words, shop.index, DAY)
        bounds = limits(demand, shop.kinds, orders(shop.rules, demand).blocks)
        seen = [not broken(product, bounds) for product in shop.index.products]
        assert list(allowed(shop.index, bounds)) == seen


@pytest.mark.parametrize(
    ("fields", "shopper", "wish"),
    [
        ({"status": "hidden"}, NOBODY, Wish()),
        ({"status": "ended"}, NOBODY, Wish()),
        ({"stock": 0}, NOBODY, Wish()),
        ({"stock": {"sh": 0, "hz": -1}}, NOBODY, Wish()),
        ({"stock": {"hz": 4}}, NOBODY, Wish(at_store="sh")),
        ({"stock": 4}, NOBODY, Wish(at_store="sh")),
        ({"price": "100.01"}, NOBODY, a_wish(budget_max=100)),
        ({"price": "99.99"}, NOBODY, a_wish(budget_min=100)),
        ({"tags": ["0-6月"]}, Shopper(tags={"age_stage": ("1-3岁",)}), Wish()),
        ({"tags": ["0-6月"]}, NOBODY, Wish(tags={"age_stage": ("1-3岁",)})),
        ({"tags": ["0-6月"]}, Shopper(tags={"age_stage": ("0-6月",)}), Wish(tags={"age_stage": ("1-3岁",)})),
        ({"tags": ["0-6月"]}, NOBODY, Wish(text="1-3岁的宝宝用")),
        ({}, Shopper(owned=frozenset({"a"})), Wish()),
        ({"tags": ["含酒精"]}, NOBODY, a_wish(exclude_tags="酒精")),
        ({"attributes": {"成分": "水、酒精"}}, NOBODY, a_wish(exclude_tags="含酒精")),
        ({"name": "维A醇晚霜"}, NOBODY, a_wish(exclude_tags="维A醇")),
        ({"brand": "花间集·积雪草"}, NOBODY, a_wish(exclude_brand="花间集")),
        ({"category": "护肤/面霜"}, NOBODY, a_wish(exclude_category="护肤")),
        ({}, NOBODY, a_wish(exclude_sku="a", product="a")),
    ],
)
def test_a_product_is_not_shown(fields: dict[str, object], shopper: Shopper, wish: Wish) -> None:
    assert a_shop(a_product(**fields)).recommend(shopper, wish, at=NOW).items == ()


@pytest.mark.parametrize(
    ("fields", "shopper", "wish"),
    [
        ({"stock": {"online": 1}}, NOBODY, Wish()),
        ({"stock": {"sh": 1}}, NOBODY, Wish(at_store="sh")),
        ({"price": 100}, NOBODY, a_wish(budget_max=100, budget_min=100)),
        ({"tags": ["0-6月"]}, NOBODY, Wish()),
        ({"tags": ["0-6月", "6-12月"]}, Shopper(tags={"age_stage": ("6-12月",)}), Wish()),
        ({}, Shopper(tags={"age_stage": ("6-12月",)}), Wish()),
        ({"tags": ["1-3岁"]}, Shopper(tags={"age_stage": ("0-6月",)}), Wish(tags={"age_stage": ("1-3岁",)})),
        ({"name": "无酒精爽肤水"}, NOBODY, a_wish(exclude_tags="酒精")),
        ({"attributes": {"不含": "酒精"}}, NOBODY, a_wish(exclude_tags="酒精")),
        ({"attributes": {"保质期": "3年"}}, Shopper(owned=frozenset({"a"})), a_wish(product="a")),
    ],
)
def test_a_product_is_shown(fields: dict[str, object], shopper: Shopper, wish: Wish) -> None:
    assert skus(a_shop(a_product(**fields)).recommend(shopper, wish, at=NOW)) == ["a"]


def test_what_lasts_is_not_sold_twice_even_when_named() -> None:
    shop = a_shop(a_product("comb", category="化妆刷"))
    assert shop.recommend(Shopper(owned=frozenset({"comb"})), a_wish(product="comb"), at=NOW).items == ()


ALLERGY = Rule("milk", when={"audience": ("牛奶蛋白过敏",)}, block=Selector(tags=frozenset({"含牛奶蛋白"})))


@pytest.mark.parametrize(
    ("shopper", "wish"),
    [
        (Shopper(tags={"audience": ("牛奶蛋白过敏",)}), Wish()),
        (NOBODY, Wish(tags={"audience": ("牛奶蛋白过敏",)})),
        (Shopper(tags={"audience": ("牛奶蛋白过敏",)}), Wish(tags={"audience": ("婴儿",)})),
        (NOBODY, Wish(text="我家的牛奶蛋白过敏能吃吗")),
        (Shopper(tags={"audience": ("牛奶蛋白过敏",)}), a_wish(product="a")),
    ],
)
@pytest.mark.parametrize("fields", [{"tags": ["含牛奶蛋白"]}, {"attributes": {"成分": ["水", "牛奶蛋白"]}}])
def test_an_allergy_keeps_away_wherever_it_was_learnt(shopper: Shopper, wish: Wish, fields: dict[str, object]) -> None:
    shop = a_shop(a_product(**fields), rules=(ALLERGY, Rule("pin", pin=("a",))))
    assert shop.recommend(shopper, wish, at=NOW).items == ()


def test_a_pin_passes_no_hard_limit() -> None:
    shop = a_shop(a_product("dear", price=500), a_product("fair"), rules=(Rule("pin", pin=("dear",)),))
    assert skus(shop.recommend(NOBODY, a_wish(budget_max=200), at=NOW)) == ["fair"]


def test_a_replaced_value_still_counts_for_safety() -> None:
    rule = Rule("acid", when={"skin_type": ("敏感性",)}, block=Selector(tags=frozenset({"果酸"})))
    shop = a_shop(a_product(tags=["果酸"]), rules=(rule,))
    was_sensitive = Shopper(tags={"skin_type": ("敏感性",)})
    assert shop.recommend(was_sensitive, Wish(tags={"skin_type": ("油性",)}), at=NOW).items == ()


@pytest.mark.parametrize("limit", [0, 1, 3, 50, -1])
def test_never_more_than_the_limit(limit: int) -> None:
    shop = a_shop(*(a_product(f"p{n}") for n in range(9)), rules=(Rule("pin", pin=("p1", "p2", "p3")),))
    assert len(shop.recommend(NOBODY, Wish(), limit=limit, at=NOW).items) == max(min(limit, 9), 0)


def test_an_empty_catalogue_answers_with_nothing() -> None:
    assert a_shop().recommend(NOBODY, a_wish(category="面霜", concern="补水"), at=NOW).items == ()


def test_a_store_without_any_stock_is_no_fault() -> None:
    shop = a_shop(replace(a_product(), stock={"sh": 2}))
    assert shop.recommend(NOBODY, Wish(at_store="gone"), at=NOW).items == ()
