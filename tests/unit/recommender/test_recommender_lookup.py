"""Looking things up: by name, side by side, how many are left."""

from datetime import date

import pytest
from recommender_worlds import NOW, a_product, a_shop

from recommender import Rule, Selector, Unsuitable
from recommender.mentions import mentioned

SOOTHING = a_product(
    "hjj-1",
    name="积雪草舒缓面霜 50g",
    tags=["敏感性", "修护"],
    attributes={"规格": "50g", "质地": "霜"},
    stock={"sh": 3, "hz": 0},
)
FIRMING = a_product(
    "hjj-2",
    name="山茶花紧致面霜 50g",
    price="498.00",
    tags=["修护", "维A醇"],
    attributes={"规格": "50g", "成分": ("甘油", "维A醇")},
)
BABY = a_product("hjj-3", name="婴儿润肤霜", tags=["0-6月", "6-12月"], status="ended")
RETINOL = Selector(tags=frozenset({"维A醇"}))
RULES = (
    Rule("no-retinol", when={"audience": ("孕妇", "哺乳期")}, block=RETINOL, reason="孕期不推荐"),
    Rule("old", when={"audience": ("儿童",)}, block=RETINOL, until=date(2020, 1, 1)),
)
SHOP = a_shop(SOOTHING, FIRMING, BABY, rules=RULES)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("hjj-2", ["hjj-2"]),
        ("HJJ-2", ["hjj-2"]),
        ("积雪草舒缓面霜 50g", ["hjj-1"]),
        ("山茶花", ["hjj-2"]),
        ("山茶花紧至面霜", ["hjj-2"]),
        ("婴儿润肤霜", ["hjj-3"]),
        ("", []),
        ("电饭煲", []),
    ],
)
def test_find(typed: str, found: list[str]) -> None:
    assert [product.sku for product in SHOP.find(typed)][:1] == found


@pytest.mark.parametrize(
    ("sku", "store", "pieces"),
    [("hjj-1", "sh", 3), ("hjj-1", "hz", 0), ("hjj-1", "bj", 0), ("hjj-1", None, 3), ("hjj-2", None, 9), ("hjj-2", "sh", None),
     ("gone", None, None)],
)  # fmt: skip
def test_stock_is_known_or_it_is_none(sku: str, store: str | None, pieces: int | None) -> None:
    assert SHOP.stock(sku, store) == pieces


def test_ended_products_are_still_known_by_sku() -> None:
    product = SHOP.product("hjj-3")
    assert product is not None
    assert product.status == "ended"
    assert SHOP.product("gone") is None


def test_a_comparison_shows_only_differences() -> None:
    lines = {line.key: line.values for line in SHOP.compare(["hjj-1", "hjj-2", "hjj-1"]).differences}
    assert lines == {
        "price": ("100", "498"),
        "tags": ("敏感性", "维A醇"),
        "质地": ("霜", ""),
        "成分": ("", "甘油、维A醇"),
    }


def test_a_comparison_says_for_whom_a_product_is_not() -> None:
    compared = SHOP.compare(["hjj-1", "hjj-2", "hjj-3", "gone"], at=NOW)
    assert compared.unsuitable["hjj-1"] == ()
    assert compared.unsuitable["hjj-2"] == (Unsuitable("孕妇、哺乳期", "孕期不推荐", "rule:no-retinol"),)
    assert compared.unsuitable["hjj-3"] == (Unsuitable("1-3岁", "只适合0-6月、6-12月", "tag:age_stage"),)
    assert compared.unknown == ("gone",)


def test_comparing_nothing_is_no_fault() -> None:
    assert SHOP.compare(["gone"]).differences == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("想要氨基酸的洁面", ("氨基酸", "洁面")),
        ("不要酒精的", ()),
        ("除了酒精都行，要洁面", ("洁面",)),
        ("无酒精的洁面", ("无酒精", "洁面")),
        ("氨基酸氨基酸", ("氨基酸",)),
        ("", ()),
    ],
)
def test_words_of_the_catalogue_in_a_text(text: str, found: tuple[str, ...]) -> None:
    assert mentioned(text, {"氨基酸", "洁面", "酒精", "无酒精"}) == found
