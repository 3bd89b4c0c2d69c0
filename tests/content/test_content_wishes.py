"""What slots say becomes fields of a wish; what is refused becomes an exclusion."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wishes import store_ids, united, wish_from
from intents import Slot, Value
from recommender import TagKind, Wish, age_stage

KINDS = {
    "age_stage": TagKind("age_stage", ("0-6月", "6-12月", "1-3岁", "3-12岁"), exclusive=True, hard=True),
    "audience": TagKind("audience", ("孕妇", "婴儿")),
}
STORES = store_ids([("sh-xuhui", "徐汇店")])


def slot(name: str, value: Value, *, negated: bool = False) -> Slot:
    return Slot(name, value, "…", 0, 1, negated)


def wish(*slots: Slot, base: Wish | None = None) -> Wish:
    return wish_from(slots, base or Wish(), kinds=KINDS, stores=STORES)


def test_every_slot_of_a_wish_finds_its_field() -> None:
    said = wish(
        slot("category", "面霜"),
        slot("brand", "花间集"),
        slot("concern", "补水"),
        slot("skin_type", "干性"),
        slot("audience", "孕妇"),
        slot("color", "红"),
        slot("material", "玻尿酸"),
        slot("budget", {"min": 100, "max": 200.5}),
        slot("store", "徐汇店"),
        slot("age_months", 8),
        slot("product", "sku-1"),
        slot("phone", "13800000000"),
    )
    assert said == Wish(
        category=("面霜",),
        brand=("花间集",),
        concern=("补水",),
        tags={"skin_type": ("干性",), "audience": ("孕妇",), "color": ("红",), "material": ("玻尿酸",), "age_stage": ("6-12月",)},
        budget_min=Decimal(100),
        budget_max=Decimal("200.5"),
        at_store="sh-xuhui",
        product=("sku-1",),
    )


def test_what_is_refused_is_excluded_and_no_wish_any_more() -> None:
    base = Wish(category=("面霜",), brand=("甲",), concern=("美白",), tags={"material": ("羊毛",)})
    said = wish(
        slot("category", "面霜", negated=True),
        slot("brand", "甲", negated=True),
        slot("concern", "美白", negated=True),
        slot("material", "羊毛", negated=True),
        slot("product", "sku-1", negated=True),
        base=base,
    )
    assert said == Wish(exclude_category=("面霜",), exclude_brand=("甲",), exclude_tags=("美白", "羊毛"), exclude_sku=("sku-1",))


def test_what_is_wanted_again_is_no_exclusion_any_more() -> None:
    refused = wish(slot("material", "酒精", negated=True), slot("category", "面霜", negated=True))
    assert wish(slot("material", "酒精"), slot("category", "面霜"), base=refused) == Wish(
        category=("面霜",), tags={"material": ("酒精",)}
    )


def test_a_skin_that_somebody_has_not_excludes_no_product() -> None:
    said = wish(slot("skin_type", "敏感性", negated=True), base=Wish(tags={"skin_type": ("敏感性",)}))
    assert said == Wish()


def test_the_newest_word_wins_where_only_one_can_hold() -> None:
    base = Wish(category=("精华",), budget_max=Decimal(100), tags={"skin_type": ("油性",)}, concern=("补水",), product=("sku-1",))
    said = wish(
        slot("category", "面霜"),
        slot("budget", {"min": 200, "max": None}),
        slot("skin_type", "干性"),
        slot("concern", "抗老"),
        base=base,
    )
    assert said.category == ("面霜",)
    assert (said.budget_min, said.budget_max) == (Decimal(200), None)
    assert said.tags == {"skin_type": ("干性",)}
    assert said.concern == ("抗老", "补水")
    assert said.product == (), "another category is another product"


def test_several_categories_said_together_all_count() -> None:
    assert wish(slot("category", "面霜"), slot("category", "精华")).category == ("面霜", "精华")


def test_who_has_a_due_date_is_expecting() -> None:
    assert wish(slot("due_date", "2026-12-31")).tags == {"audience": ("孕妇",)}
    assert wish_from([slot("due_date", "2026-12-31")]).tags == {}, "where the brand knows no such people"


def test_unknown_stores_ask_for_nothing() -> None:
    assert wish(slot("store", "火星店")).at_store is None


@pytest.mark.parametrize(
    ("months", "stage"),
    [
        (0, "0-6月"),
        (5.9, "0-6月"),
        (6, "6-12月"),
        (12, "1-3岁"),
        (35, "1-3岁"),
        (36, "3-12岁"),
        (144, "3-12岁"),
        (145, None),
        (300, None),
    ],
)
def test_ages_fall_into_stages(months: float, stage: str | None) -> None:
    assert age_stage(months, KINDS["age_stage"].values) == stage


def test_stages_may_be_written_in_several_ways() -> None:
    assert age_stage(40, ["0~12个月", "1岁至3岁", "3岁以上", "孕期"]) == "3岁以上"
    assert age_stage(8, ["6月-1岁"]) == "6月-1岁"


def test_words_and_fields_count_alike_and_the_tighter_budget_holds() -> None:
    said = Wish(
        category=("精华",), budget_max=Decimal(300), concern=("补水",), exclude_tags=("酒精",), tags={"skin_type": ("干性",)}
    )
    fields = Wish(category=("面霜",), budget_max=Decimal(200), concern=("抗老",), exclude_tags=("香精",), tags={"color": ("红",)})
    both = united(said, fields)
    assert both.category == ("面霜",)
    assert both.budget_max == Decimal(200)
    assert both.concern == ("抗老", "补水")
    assert both.exclude_tags == ("香精", "酒精")
    assert both.tags == {"skin_type": ("干性",), "color": ("红",)}
    assert united(said, Wish()) == said
    assert united(Wish(), fields) == fields


@given(
    st.lists(
        st.builds(
            slot,
            st.sampled_from(
                ["category", "brand", "product", "concern", "skin_type", "audience", "material", "budget", "age_months", "size"]
            ),
            st.sampled_from(["甲", "乙", 3, 2.5]),
            negated=st.booleans(),
        )
    )
)
def test_nothing_is_wanted_and_excluded_at_once(slots: list[Slot]) -> None:
    said = wish(*slots)
    assert not set(said.brand) & set(said.exclude_brand)
    assert not set(said.category) & set(said.exclude_category)
    assert not set(said.product) & set(said.exclude_sku)
    assert all(said.tags.values())
