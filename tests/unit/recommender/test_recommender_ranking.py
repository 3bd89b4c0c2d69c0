"""What comes first, and that the reason given is the one that decided."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from recommender_worlds import NOW, a_product, a_shop, a_wish, skus

from recommender import Event, Product, Recommender, Rule, Selector, Shopper, Wish

NOBODY = Shopper()
DRY = Shopper(tags={"skin_type": ("干性",)})


def bought(customer: str, sku: str, day: int = 1) -> Event:
    return Event(customer, sku, "buy", datetime(2026, 6, day, tzinfo=UTC))


def first(shop: Recommender, shopper: Shopper, wish: Wish) -> tuple[str, str, tuple[str, ...]]:
    item = shop.recommend(shopper, wish, at=NOW).items[0]
    return item.product.sku, item.reason, item.evidence


def test_what_was_said_outweighs_what_was_known() -> None:
    shop = a_shop(a_product("known", tags=["干性"]), a_product("said", tags=["美白", "干性"]))
    assert skus(shop.recommend(DRY, a_wish(concern="美白"), at=NOW)) == ["said"]


def test_said_skin_replaces_the_known_one() -> None:
    shop = a_shop(a_product("dry", tags=["干性"]), a_product("oily", tags=["油性"]))
    assert skus(shop.recommend(DRY, Wish(tags={"skin_type": ("油性",)}), at=NOW)) == ["oily"]


def test_equal_products_come_by_sku() -> None:
    shop = a_shop(*(a_product(sku) for sku in "cab"))
    assert skus(shop.recommend(NOBODY, Wish(), at=NOW)) == ["a", "b", "c"]


def test_who_was_named_comes_first() -> None:
    shop = a_shop(a_product("a", tags=["干性", "补水"]), a_product("z"))
    sku, reason, evidence = first(shop, DRY, a_wish(product="z", concern="补水"))
    assert (sku, "named:z" in evidence) == ("z", True)
    assert "点名" in reason


@pytest.mark.parametrize(
    ("fields", "shopper", "wish", "reason", "evidence"),
    [
        ({"tags": ["干性"]}, DRY, Wish(), "适合干性皮肤", "tag:skin_type=干性"),
        ({"tags": ["补水"]}, NOBODY, a_wish(concern="补水"), "主打补水", "tag:concern=补水"),
        ({"tags": ["补水", "抗老"]}, NOBODY, a_wish(concern=("补水", "抗老")), "主打补水、抗老", "tag:concern=抗老"),
        ({"tags": ["0-6月"]}, Shopper(tags={"age_stage": ("0-6月",)}), Wish(), "适合0-6月的宝宝", "tag:age_stage=0-6月"),
        ({"tags": ["孕妇"]}, NOBODY, Wish(tags={"audience": ("孕妇",)}), "适合孕妇", "tag:audience=孕妇"),
        ({"tags": ["红色"]}, NOBODY, Wish(tags={"color": ("红色",)}), "有你要的红色", "tag:color=红色"),
        ({"tags": ["氨基酸"]}, NOBODY, Wish(text="要氨基酸的"), "正合你说的氨基酸", "text:氨基酸"),
        ({}, NOBODY, a_wish(budget_max=150), "在150元预算以内", "budget:≤150"),
        ({}, NOBODY, a_wish(category="面霜"), "就是你要的面霜", "category:面霜"),
        ({}, NOBODY, a_wish(brand="花间集"), "是你要的花间集", "brand:花间集"),
        ({"launched": date(2026, 6, 1)}, NOBODY, Wish(), "刚上新", "new:2026-06-01"),
        ({}, NOBODY, Wish(), "店里有现货", "stock"),
        ({}, Shopper(tags={"price_band": ("100-200",)}), Wish(), "合你平时100-200元的价位", "price_band:100-200"),
    ],
)  # fmt: skip
def test_the_reason_is_what_matched(fields: dict[str, object], shopper: Shopper, wish: Wish, reason: str, evidence: str) -> None:
    _, said, shown = first(a_shop(a_product(**fields)), shopper, wish)
    assert said.split("，")[0] == reason
    assert evidence in shown


CASES = [
    (a_product("a", tags=["干性", "补水", "新品"]), DRY, a_wish(concern="补水")),
    (a_product("a", tags=["敏感性", "抗老"]), Shopper(tags={"skin_type": ("敏感性",)}), a_wish(concern="抗老")),
    (a_product("a", tags=["孕妇", "美白"]), NOBODY, Wish(concern=("美白",), tags={"audience": ("孕妇",)})),
]


@pytest.mark.parametrize(("product", "shopper", "wish"), CASES)
def test_without_the_stated_tag_the_score_is_another(product: Product, shopper: Shopper, wish: Wish) -> None:
    others = [a_product("b"), a_product("c", tags=["补水", "抗老", "美白"])]
    item = next(i for i in a_shop(product, *others).recommend(shopper, wish, at=NOW).items if i.product.sku == "a")
    stated = [mark.partition("=")[2] for mark in item.evidence if mark.startswith("tag:")]
    assert stated
    for value in stated:
        poorer = replace(product, tags=product.tags - {value})
        after = a_shop(poorer, *others).recommend(shopper, wish, at=NOW).items
        scores = {found.product.sku: found.score for found in after}
        assert scores.get("a", 0.0) < item.score


def test_a_tag_that_is_not_there_is_never_stated() -> None:
    shop = a_shop(a_product("a", tags=["补水"]))
    found = shop.recommend(DRY, a_wish(concern="美白"), at=NOW)
    assert found.relaxed == ("concern",)
    assert "美白" not in found.items[0].reason
    assert "干性" not in found.items[0].reason


def test_buyers_are_counted_once_and_returns_do_not_count() -> None:
    events = (bought("1", "b"), bought("1", "b", 2), bought("2", "b"), bought("3", "b"), bought("4", "b"),
              Event("4", "b", "return", datetime(2026, 6, 9, tzinfo=UTC)))  # fmt: skip
    sku, reason, evidence = first(a_shop(a_product("a"), a_product("b"), events=events), NOBODY, Wish())
    assert sku == "b"
    assert reason == "有3位顾客买过"
    assert "event:buy=3" in evidence


def test_two_buyers_are_no_crowd() -> None:
    events = (bought("1", "b"), bought("2", "b"))
    sku, reason, _ = first(a_shop(a_product("a"), a_product("b"), events=events), NOBODY, Wish())
    assert sku == "b"
    assert "顾客" not in reason


def test_bought_together_is_offered_to_who_has_the_other() -> None:
    events = tuple(bought(customer, sku) for customer in "12345" for sku in ("mask", "cream"))
    events += tuple(bought(customer, "serum") for customer in "6789")
    shop = a_shop(a_product("mask"), a_product("cream", name="修护霜"), a_product("serum"), events=events)
    found = shop.recommend(Shopper(owned=frozenset({"cream"})), Wish(), at=NOW).items
    assert found[0].product.sku == "mask"
    assert "together:cream" in found[0].evidence
    assert "买过修护霜的顾客也常带它" in found[0].reason


def test_a_boost_moves_and_says_so() -> None:
    rule = Rule("boost-new", boost=Selector(tags=frozenset({"新品"})), factor=1.5, reason="刚上的新品")
    sku, reason, evidence = first(a_shop(a_product("a"), a_product("b", tags=["新品"]), rules=(rule,)), NOBODY, Wish())
    assert (sku, reason) == ("b", "刚上的新品")
    assert "rule:boost-new" in evidence


def test_a_lowering_rule_is_evidence_but_no_reason() -> None:
    rule = Rule("back", boost=Selector(tags=frozenset({"男士"})), factor=0.5, reason="往后排")
    found = a_shop(a_product("a", tags=["男士"]), a_product("b"), rules=(rule,)).recommend(NOBODY, Wish(), at=NOW)
    assert skus(found) == ["b", "a"]
    assert "往后排" not in found.items[1].reason
    assert "rule:back" in found.items[1].evidence


def test_not_three_times_the_same_thing() -> None:
    same = [a_product(f"a{n}", name=f"积雪草面霜 {n}0ml", tags=["干性", "补水"]) for n in range(1, 5)]
    other = a_product("z", name="燕麦修护乳", brand="青禾里", tags=["干性", "舒缓"])
    another = a_product("y", name="山茶花精华", brand="小满田", tags=["干性"])
    found = skus(a_shop(*same, other, another).recommend(DRY, Wish(), at=NOW))
    assert {"z", "y"} <= set(found)


def test_made_for_somebody_else_comes_last() -> None:
    shop = a_shop(a_product("a", tags=["男士"]), a_product("b"))
    assert skus(shop.recommend(NOBODY, Wish(tags={"audience": ("孕妇",)}), at=NOW)) == ["b", "a"]


def test_scores_fall() -> None:
    shop = a_shop(*(a_product(f"p{n}", tags=["干性", "补水", "美白"][: n % 4]) for n in range(12)))
    scores = [item.score for item in shop.recommend(DRY, a_wish(tags={"concern": ("美白",)}), limit=9, at=NOW).items]
    assert scores == sorted(scores, reverse=True)
