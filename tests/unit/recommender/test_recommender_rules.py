"""Rules in time and for whom: pin, block, boost."""

from datetime import UTC, date, datetime

import pytest
from recommender_worlds import NOW, ZONE, a_product, a_shop, a_wish, skus

from recommender import Rule, Selector, Shopper, Wish

NOBODY = Shopper()
PIN = Rule("pin-618", when={"category": ("面霜",)}, pin=("z",), start=date(2026, 6, 1), until=date(2026, 6, 20))


@pytest.mark.parametrize(
    ("at", "pinned"),
    [
        (datetime(2026, 5, 31, 23, 59, tzinfo=ZONE), False),
        (datetime(2026, 6, 1, 0, 0, tzinfo=ZONE), True),
        (datetime(2026, 6, 20, 23, 59, tzinfo=ZONE), True),
        (datetime(2026, 6, 21, 0, 0, tzinfo=ZONE), False),
        (datetime(2026, 6, 20, 15, 59, tzinfo=UTC), True),
        (datetime(2026, 6, 20, 16, 0, tzinfo=UTC), False),
        (datetime(2026, 5, 31, 16, 0, tzinfo=UTC), True),
        (datetime(2026, 6, 20, 23, 59), True),
    ],
)
def test_the_first_and_the_last_day_count_in_the_brands_zone(at: datetime, pinned: bool) -> None:
    shop = a_shop(a_product("a"), a_product("z"), rules=(PIN,))
    assert (skus(shop.recommend(NOBODY, a_wish(category="面霜"), at=at))[0] == "z") is pinned


@pytest.mark.parametrize(
    ("when", "shopper", "wish", "holds"),
    [
        ({}, NOBODY, Wish(), True),
        ({"category": ("面霜",)}, NOBODY, a_wish(category="面霜"), True),
        ({"category": ("面霜",)}, NOBODY, Wish(), False),
        ({"category": ("面霜",)}, NOBODY, a_wish(product="a"), True),
        ({"skin_type": ("干性", "敏感性")}, Shopper(tags={"skin_type": ("敏感性",)}), Wish(), True),
        ({"skin_type": ("干性",)}, NOBODY, Wish(tags={"skin_type": ("干性",)}), True),
        ({"skin_type": ("干性",)}, Shopper(tags={"skin_type": ("干性",)}), Wish(tags={"skin_type": ("油性",)}), False),
        ({"concern": ("补水",)}, NOBODY, a_wish(concern="补水"), True),
        ({"level": ("gold",)}, Shopper(level="gold"), Wish(), True),
        ({"level": ("gold",)}, NOBODY, Wish(), False),
        ({"store": ("sh",)}, Shopper(store="sh"), Wish(), True),
        ({"channel_habit": ("jd",)}, Shopper(channel_habit="jd"), Wish(), True),
        ({"channel_habit": ("jd",)}, Shopper(tags={"channel_habit": ("jd",)}), Wish(), True),
        ({"level": ("gold",), "skin_type": ("干性",)}, Shopper(level="gold"), Wish(), False),
    ],
)
def test_when(when: dict[str, tuple[str, ...]], shopper: Shopper, wish: Wish, holds: bool) -> None:
    rule = Rule("boost", when=when, boost=Selector(sku=frozenset({"z"})), factor=9)
    shop = a_shop(a_product("a"), a_product("z"), rules=(rule,))
    evidence = {item.product.sku: item.evidence for item in shop.recommend(shopper, wish, at=NOW).items}
    assert ("rule:boost" in evidence["z"]) is holds


def test_pins_keep_the_order_of_ops_and_say_why() -> None:
    rules = (Rule("one", pin=("c", "b"), reason="年中主推"), Rule("two", pin=("b", "d")))
    shop = a_shop(*(a_product(sku) for sku in "abcd"), rules=rules)
    found = shop.recommend(NOBODY, Wish(), limit=4, at=NOW)
    assert skus(found) == ["c", "b", "d", "a"]
    assert [item.reason.split("，")[0] for item in found.items[:3]] == ["年中主推", "年中主推", "店里这期主推"]
    assert [item.evidence[0] for item in found.items[:3]] == ["rule:one", "rule:one", "rule:two"]


@pytest.mark.parametrize(
    ("fields", "wish", "pinned"),
    [
        ({}, a_wish(concern="补水"), True),
        ({"category": "精华"}, a_wish(category="面霜"), False),
        ({"brand": "青禾里"}, a_wish(brand="花间集"), False),
        ({"tags": ["油性"]}, Wish(tags={"skin_type": ("干性",)}), False),
        ({"tags": ["油性"]}, Wish(), True),
    ],
)
def test_a_pin_lies_on_top_of_what_was_asked_for_never_beside_it(fields: dict[str, object], wish: Wish, pinned: bool) -> None:
    shop = a_shop(a_product("a", tags=["补水"]), a_product("z", **fields), rules=(Rule("pin", pin=("z",)),))
    assert (skus(shop.recommend(NOBODY, wish, at=NOW))[0] == "z") is pinned


@pytest.mark.parametrize(
    "selector",
    [
        Selector(tags=frozenset({"维A醇"})),
        Selector(brand=frozenset({"青禾里"})),
        Selector(category=frozenset({"精华"})),
        Selector(sku=frozenset({"z"})),
        Selector(tags=frozenset({"没有的"}), brand=frozenset({"青禾里"})),
    ],
)
def test_a_block_by_any_of_its_keys(selector: Selector) -> None:
    rule = Rule("away", block=selector)
    bad = a_product("z", tags=["维A醇"], brand="青禾里", category="精华")
    assert skus(a_shop(a_product("a"), bad, rules=(rule,)).recommend(NOBODY, Wish(), at=NOW)) == ["a"]


def test_a_block_ends_with_its_last_day() -> None:
    rule = Rule("away", block=Selector(sku=frozenset({"a"})), until=date(2026, 6, 9))
    assert skus(a_shop(a_product("a"), rules=(rule,)).recommend(NOBODY, Wish(), at=NOW)) == ["a"]


def test_a_pin_of_an_unknown_sku_is_passed_over() -> None:
    assert skus(a_shop(a_product("a"), rules=(Rule("pin", pin=("gone",)),)).recommend(NOBODY, Wish(), at=NOW)) == ["a"]
