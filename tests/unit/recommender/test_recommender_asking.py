"""What is given up when nothing fits, and what is asked back."""

from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recommender_worlds import KINDS, NOW, ZONE, a_product, a_shop, a_wish, a_world, skus

from recommender import Event, Question, Recommender, Rule, Selector, Shopper, TagsFile, Wish, default_text

NOBODY = Shopper()
CREAM = a_product("cream", tags=["补水", "干性"], brand="花间集")
SERUM = a_product("serum", category="精华", tags=["抗老", "油性"], brand="青禾里")


@pytest.mark.parametrize(
    ("wish", "found", "relaxed"),
    [
        (a_wish(category="面霜", concern="补水", brand="花间集"), ["cream"], ()),
        (a_wish(category="面霜", concern="抗老"), ["cream"], ("concern",)),
        (a_wish(category="面霜", brand="青禾里"), ["cream"], ("brand",)),
        (a_wish(category="面霜", concern="补水", brand="青禾里"), ["cream"], ("brand",)),
        (a_wish(category="面霜", concern="抗老", brand="青禾里"), ["cream"], ("concern", "brand")),
        (a_wish(category="乳液", concern="抗老"), ["serum"], ("category",)),
        (a_wish(category="乳液", concern="美白"), ["cream", "serum"], ("concern", "category")),
        (a_wish(category="连衣裙"), [], ()),
        (a_wish(category="面霜", tags={"skin_type": ("油性",)}), ["cream"], ("skin_type",)),
        (a_wish(category="面霜", tags={"color": ("红色",)}), ["cream"], ("color",)),
        (a_wish(category="面霜", tags={"skin_type": ("敏感性",)}, concern="抗老"), ["cream"], ("concern", "skin_type")),
    ],
)
def test_soft_needs_go_in_order_and_only_those_that_must(wish: Wish, found: list[str], relaxed: tuple[str, ...]) -> None:
    shop = a_shop(CREAM, SERUM).with_neighbours({"乳液": ("面霜", "精华")})
    answer = shop.recommend(NOBODY, wish, at=NOW)
    assert (sorted(skus(answer)), answer.relaxed) == (found, relaxed)


@pytest.mark.parametrize(
    "wish",
    [
        a_wish(category="面霜", budget_max=Decimal(50)),
        a_wish(category="面霜", budget_min=Decimal(500)),
        a_wish(category="面霜", at_store="sh"),
        a_wish(category="面霜", exclude_brand="花间集"),
        a_wish(category="面霜", tags={"audience": ("孕妇",)}),
    ],
)
def test_nothing_hard_is_ever_given_up(wish: Wish) -> None:
    block = Rule("no", when={"audience": ("孕妇",)}, block=Selector(tags=frozenset({"补水"})))
    answer = a_shop(CREAM, SERUM, rules=(block,)).recommend(NOBODY, wish, at=NOW)
    assert "cream" not in skus(answer)


def test_a_neighbour_says_that_it_is_one() -> None:
    answer = a_shop(SERUM).with_neighbours({"面霜": ("精华",)}).recommend(NOBODY, a_wish(category="面霜"), at=NOW)
    assert answer.items[0].reason == "和面霜相近的精华"


def test_neighbours_are_found_by_what_products_share() -> None:
    skin = [a_product(f"{c}{n}", category=c, tags=["干性", "补水"], attributes={"成分": "甘油"})
            for c in ("面霜", "乳液") for n in range(3)]  # fmt: skip
    milk = [a_product(f"m{n}", category="奶粉", tags=["0-6月"], attributes={"段位": "一段"}) for n in range(3)]
    near = a_shop(*skin, *milk).near
    assert near["面霜"] == ("乳液",)
    assert near["奶粉"] == ()


def test_nothing_known_asks_for_the_category_and_still_shows_something() -> None:
    many = [a_product(f"p{n}", category=c) for n, c in enumerate(["面霜", "精华", "洁面", "面膜"] * 2)]
    answer = a_shop(*many).recommend(NOBODY, Wish(), at=NOW)
    assert answer.question == Question("category", "ask_category", ("洁面", "精华", "面膜", "面霜"))
    assert len(answer.items) == 3


SKINS = ("干性", "油性", "敏感性")


def creams() -> Recommender:
    return a_shop(*(a_product(f"p{n:02}", tags=[SKINS[n % 3]]) for n in range(12)))


def test_many_creams_for_different_skins_ask_for_the_skin() -> None:
    shop = creams()
    question = shop.recommend(NOBODY, a_wish(category="面霜"), at=NOW).question
    assert question is not None
    assert (question.slot, set(question.options)) == ("skin_type", set(SKINS))


@pytest.mark.parametrize(
    ("shopper", "wish"),
    [
        (Shopper(tags={"skin_type": ("干性",)}), a_wish(category="面霜")),
        (NOBODY, a_wish(category="面霜", tags={"skin_type": ("干性",)})),
        (NOBODY, a_wish(product="p01")),
    ],
)
def test_what_is_known_is_not_asked(shopper: Shopper, wish: Wish) -> None:
    assert creams().recommend(shopper, wish, at=NOW).question is None


def test_a_handful_is_shown_without_a_question() -> None:
    shop = a_shop(*(a_product(f"p{n}", tags=[SKINS[n % 3]]) for n in range(5)))
    assert shop.recommend(NOBODY, a_wish(category="面霜"), at=NOW).question is None


def test_prices_far_apart_ask_for_the_budget() -> None:
    shop = a_shop(*(a_product(f"p{n:02}", price=40 * (n + 1)) for n in range(12)))
    question = shop.recommend(NOBODY, a_wish(category="面霜"), at=NOW).question
    assert question == Question("budget", "ask_budget", ("200元以内", "200到300元", "300元以上"))
    assert shop.recommend(NOBODY, a_wish(category="面霜", budget_max=Decimal(400)), at=NOW).question is None


def test_the_age_is_asked_before_anything_else_where_most_products_have_one() -> None:
    shop = a_shop(a_product("a", tags=["0-6月"]), a_product("b", tags=["1-3岁"]))
    question = shop.recommend(NOBODY, a_wish(category="面霜"), at=NOW).question
    assert question == Question("age_stage", "ask_age_stage", ("0-6月", "1-3岁"))


def test_nobody_is_asked_for_a_babys_age_because_of_one_product() -> None:
    shop = a_shop(*(a_product(f"p{n}") for n in range(9)), a_product("x", tags=["0-6月"]), a_product("y", tags=["1-3岁"]))
    assert shop.recommend(NOBODY, a_wish(category="面霜"), at=NOW).question is None


def test_a_budget_that_fits_nothing_is_asked_about_never_passed_over() -> None:
    answer = a_shop(CREAM).recommend(NOBODY, a_wish(category="面霜", budget_max=Decimal(5)), at=NOW)
    assert answer.items == ()
    assert answer.question == Question("budget", "ask_budget_wider", ())


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (Question("category", "ask_category", ("面霜", "精华")), "想看看哪一类呀？我们有面霜、精华"),
        (Question("budget", "ask_budget_wider", ()), "这个预算里暂时没有合适的，要不要放宽一点看看？"),
        (Question("skin_tone", "ask_skin_tone", ("白皮", "黄皮")), "方便再说一下吗？白皮、黄皮里哪个合适？"),
    ],
)
def test_a_question_has_words_even_without_scripts(question: Question, text: str) -> None:
    assert default_text(question) == text


def test_neighbours_may_be_written_in_tags_yml() -> None:
    file = TagsFile.model_validate({"tags": {}, "neighbours": {"面霜": ["乳液"]}})
    shop = Recommender.build([a_product("a", category="乳液")], KINDS, zone=ZONE).with_neighbours(file.neighbours)
    assert skus(shop.recommend(NOBODY, a_wish(category="面霜"), at=NOW)) == ["a"]


def mixed(*rows: tuple[list[str], int], category: str = "面霜") -> Recommender:
    return a_shop(*(a_product(f"p{n:02}", tags=tags, price=price, category=category) for n, (tags, price) in enumerate(rows)))


def test_a_question_whose_answer_changes_nothing_of_what_is_shown_is_not_put() -> None:
    everyone = list(SKINS)
    best = [a_product(f"a{n}", tags=[*everyone, "补水"]) for n in range(3)]
    rest = [a_product(f"b{n}", tags=[SKINS[n % 3]]) for n in range(9)]
    bought = tuple(Event(f"c{n}", f"a{n % 3}", "buy", NOW) for n in range(60))
    quiet = a_shop(*best, *rest, events=bought).recommend(NOBODY, a_wish(category="面霜", concern="补水"), at=NOW)
    assert quiet.question is None
    assert set(skus(quiet)) == {"a0", "a1", "a2"}


def test_the_question_that_narrows_more_is_put_first() -> None:
    rows = [([SKINS[n % 3], "补水" if n < 11 else "抗老"], 100) for n in range(12)]
    question = mixed(*rows).recommend(NOBODY, a_wish(category="面霜"), at=NOW).question
    assert question is not None
    assert question.slot == "skin_type"


def test_what_every_product_carries_is_not_asked() -> None:
    rows = [([*SKINS, "补水"], 100) for _ in range(12)]
    assert mixed(*rows).recommend(NOBODY, a_wish(category="面霜"), at=NOW).question is None


def test_the_likeliest_answers_are_offered_first() -> None:
    common = [a_product(f"c{n:02}", category="洁面") for n in range(8)]
    fitting = [a_product(f"f{n:02}", category="面霜" if n < 7 else "精华", tags=["敏感性"]) for n in range(13)]
    question = a_shop(*common, *fitting).recommend(NOBODY, a_wish(tags={"skin_type": ("敏感性",)}), at=NOW).question
    assert question is not None
    assert question.options == ("面霜", "精华", "洁面"), "most are cleansers, but the others are what suits"


def test_a_price_band_that_is_known_is_not_asked_again() -> None:
    shop = a_shop(*(a_product(f"p{n:02}", price=40 * (n + 1)) for n in range(12)))
    known = Shopper(tags={"price_band": ("100-200",)})
    assert shop.recommend(known, a_wish(category="面霜"), at=NOW).question is None


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_in_any_shop_only_the_unknown_is_asked_with_answers_that_are_there(seed: int) -> None:
    random = Random(seed)
    world, wish = a_world(random), a_wish(category=random.choice([(), "面霜"]), tags={"skin_type": ("干性",)})
    question = world.shop.recommend(NOBODY, wish, at=NOW).question
    if question is None or question.text_key == "ask_budget_wider":
        return
    assert question.slot != "skin_type"
    assert 2 <= len(set(question.options)) == len(question.options) <= 6
    if question.slot in {"concern", "age_stage"}:
        carried = {tag for product in world.products.values() for tag in product.tags}
        assert set(question.options) <= carried
