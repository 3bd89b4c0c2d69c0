"""The door by which a shopper gets a product."""

import pytest
from recommender_worlds import NOW, a_product, a_shop

from recommender import Door, Shopper, Wish, door_for

MINI, TMALL, JD, SHOP = {"wecom_mini": "m"}, {"tmall": "t"}, {"jd": "j"}, {"store": True}
EVERYWHERE = {**MINI, **TMALL, **JD, **SHOP}


@pytest.mark.parametrize(
    ("links", "stock", "shopper", "wish", "door", "link"),
    [
        (EVERYWHERE, 9, Shopper(), Wish(), "wecom_mini", "m"),
        (EVERYWHERE, 9, Shopper(channel_habit="jd"), Wish(), "jd", "j"),
        (EVERYWHERE, 9, Shopper(channel_habit="tmall"), Wish(), "tmall", "t"),
        (EVERYWHERE, 9, Shopper(channel_habit="store"), Wish(), "store", None),
        (EVERYWHERE, 9, Shopper(tags={"channel_habit": ("jd",)}), Wish(), "jd", "j"),
        (EVERYWHERE, 9, Shopper(channel_habit="jd"), Wish(tags={"channel_habit": ("tmall",)}), "tmall", "t"),
        ({**MINI, **JD}, 9, Shopper(channel_habit="tmall"), Wish(), "wecom_mini", "m"),
        ({**TMALL, **JD, **SHOP}, 9, Shopper(), Wish(), "tmall", "t"),
        ({**JD, **SHOP}, 9, Shopper(channel_habit="tmall"), Wish(), "jd", "j"),
        (SHOP, {"sh": 2}, Shopper(), Wish(), "store", None),
        ({}, 9, Shopper(), Wish(), None, None),
        ({"store": False}, 9, Shopper(), Wish(), None, None),
        ({"wecom_mini": "", **JD}, 9, Shopper(), Wish(), "jd", "j"),
        (EVERYWHERE, {"hz": 2}, Shopper(channel_habit="store", store="sh"), Wish(), "wecom_mini", "m"),
        (EVERYWHERE, {"sh": 2}, Shopper(channel_habit="store", store="sh"), Wish(), "store", None),
        (EVERYWHERE, {"sh": 2}, Shopper(channel_habit="jd"), Wish(at_store="sh"), "store", None),
        ({**MINI}, {"sh": 2}, Shopper(), Wish(at_store="sh"), "wecom_mini", "m"),
        (EVERYWHERE, 9, Shopper(channel_habit="douyin"), Wish(), "wecom_mini", "m"),
    ],
)
def test_the_habit_first_then_ours_then_the_malls_then_the_shop(
    links: dict[str, str | bool], stock: object, shopper: Shopper, wish: Wish, door: str | None, link: str | None
) -> None:
    item = a_shop(a_product(links=links, stock=stock)).recommend(shopper, wish, at=NOW).items[0]
    assert (item.door, item.link) == (door, link)


@pytest.mark.parametrize(
    ("used", "own", "stock", "door"),
    [
        ((), None, 9, Door("wecom_mini", "m")),
        (("jd",), None, 9, Door("jd", "j")),
        (("douyin", "tmall"), None, 9, Door("tmall", "t")),
        (("store",), "sh", {"sh": 2}, Door("store")),
        (("store",), "sh", {"hz": 2}, Door("wecom_mini", "m")),
    ],
)
def test_a_product_under_discussion_has_the_same_door(used: tuple[str, ...], own: str | None, stock: object, door: Door) -> None:
    assert door_for(a_product(links=EVERYWHERE, stock=stock), used, own) == door
