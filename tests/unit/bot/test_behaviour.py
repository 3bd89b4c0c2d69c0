"""What a deed says of a shopper: little, never anything that could hurt, and never for somebody else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import get_args

import pytest
from bot_rooms import a_product
from hypothesis import given
from hypothesis import strategies as st

from bot.behaviour import HABIT, SURE, Doing, evidence
from bot.db.events import Kind, held
from bot.model import Evidence
from recommender import Product, TagEvidence, TagKind, current
from recommender.model import EventKind

NOON = datetime(2026, 5, 20, 4, 0, tzinfo=UTC)
KINDS = {
    kind.name: kind
    for kind in (
        TagKind("skin_type", ("干性", "油性", "混合性", "敏感性", "中性"), exclusive=True, half_life_days=365),
        TagKind("concern", ("补水", "抗老", "修护", "舒缓", "孕期可用"), half_life_days=120),
        TagKind("audience", ("孕妇", "男士", "婴儿", "牛奶蛋白过敏")),
        TagKind("age_stage", ("0-6月", "1-3岁"), exclusive=True, hard=True),
        TagKind("occasion", ("送礼", "旅行")),
        TagKind("channel_habit", ("wecom_mini", "tmall", "store")),
        TagKind("price_band", ("100以下", "100-200", "200-500", "500以上"), exclusive=True),
    )
}


def goods(*tags: str, price: str = "99") -> Product:
    return a_product("p1", "面霜", tags=frozenset(tags), price=price)


def concluded(product: Product | None, kind: EventKind = "buy", channel: str | None = None) -> dict[tuple[str, str], float]:
    found = evidence(Doing(kind, NOON, channel, "event:7"), product, KINDS)
    assert all((one.at, one.source) == (NOON, "event:7") for one in found)
    return {(one.tag, one.value): -one.confidence if one.retracted else one.confidence for one in found}


def believed(*deeds: tuple[EventKind, Product], said: tuple[Evidence, ...] = ()) -> dict[str, tuple[str, ...]]:
    hints = [
        *said,
        *(
            one
            for n, (kind, product) in enumerate(deeds)
            for one in evidence(Doing(kind, NOON + timedelta(minutes=n)), product, KINDS)
        ),
    ]
    told = [TagEvidence(e.tag, e.value, -e.confidence if e.retracted else e.confidence, e.at, e.source) for e in hints]
    return dict(current(told, KINDS, NOON + timedelta(hours=1)))


def test_one_purchase_of_what_is_for_one_thing_is_just_believed() -> None:
    assert believed(("buy", goods("补水")))["concern"] == ("补水",)
    assert believed(("buy", goods("敏感性")))["skin_type"] == ("敏感性",)


def test_weaker_deeds_need_company() -> None:
    assert "concern" not in believed(*[("click", goods("补水"))] * 3)
    assert "concern" in believed(*[("click", goods("补水"))] * 4)
    assert "concern" not in believed(("collect", goods("补水")))
    assert "concern" in believed(("collect", goods("补水")), ("pick", goods("补水")))


def test_what_is_for_many_things_says_less_of_each() -> None:
    assert concluded(goods("补水", "修护", "舒缓", "抗老"))["concern", "补水"] == 0.25
    assert concluded(goods("干性", "敏感性"))["skin_type", "干性"] == 0.25
    assert not {kind for kind, _ in concluded(goods("干性", "敏感性", "混合性"))} & {"skin_type"}


def test_a_view_says_nothing() -> None:
    assert concluded(goods("补水"), "view") == {}


def test_a_return_takes_back_a_need_and_never_denies_what_somebody_is() -> None:
    assert concluded(goods("补水", "敏感性"), "return") == {("concern", "补水"): -0.4}
    assert "concern" not in believed(("buy", goods("补水")), ("return", goods("补水")))
    said = (Evidence("concern", "补水", 0.6, NOON - timedelta(days=1), "inbox:1"),)
    assert "concern" in believed(("return", goods("补水")), said=said)


def test_where_somebody_buys_and_at_what_price() -> None:
    assert concluded(None, "buy", "tmall") == {("channel_habit", "tmall"): HABIT}
    assert concluded(None, "buy", "jd") == {}, "a habit that nobody declared"
    assert concluded(None, "cart", "tmall") == {}
    assert concluded(goods(price="200")) == {("price_band", "200-500"): 0.3}
    assert concluded(goods(price="99.99"), "cart") == {("price_band", "100以下"): 0.21}
    assert concluded(goods(price="500")) == {("price_band", "500以上"): 0.3}
    assert concluded(goods(price="0")) == {}


@pytest.mark.parametrize("mark", ["男士", "婴儿", "1-3岁", "送礼", "孕妇"])
def test_what_is_for_somebody_else_says_nothing_of_the_buyer(mark: str) -> None:
    assert {kind for kind, _ in concluded(goods(mark, "补水", "敏感性"), "buy", "tmall")} == {"channel_habit", "price_band"}


@given(
    tags=st.frozensets(st.sampled_from([value for kind in KINDS.values() for value in kind.values])),
    deeds=st.lists(st.sampled_from(sorted(get_args(EventKind))), max_size=60),
)
def test_no_number_of_deeds_makes_anybody_pregnant_allergic_or_three_years_old(
    tags: frozenset[str], deeds: list[EventKind]
) -> None:
    found = believed(*((deed, goods(*tags)) for deed in deeds))
    assert not {"audience", "age_stage", "occasion"} & set(found)
    assert "孕期可用" not in found.get("concern", ())


def test_only_what_is_declared_is_concluded() -> None:
    assert evidence(Doing("buy", NOON, "tmall"), goods("补水", "敏感性"), {}) == ()
    alone = {"concern": replace(KINDS["concern"], values=("补水",))}
    assert [one.value for one in evidence(Doing("buy", NOON), goods("补水", "抗老"), alone)] == ["补水"]


def test_the_database_and_the_recommender_know_the_same_deeds() -> None:
    assert set(get_args(Kind)) == set(get_args(EventKind))
    assert set(SURE) | {"view"} == set(get_args(EventKind))


@pytest.mark.parametrize(
    ("deeds", "has"),
    [
        ([], False),
        (["buy"], True),
        (["buy", "return"], False),
        (["buy", "buy", "return"], True),
        (["return"], False),
        (["return", "buy"], True),
        (["buy", "return", "return", "buy"], True),
        (["cart", "view"], False),
    ],
)
def test_who_bought_more_than_they_sent_back_has_it(deeds: list[Kind], has: bool) -> None:
    assert held(deeds) is has


def test_prices_are_compared_as_money() -> None:
    assert Decimal("199.99") < 200
    assert ("price_band", "100-200") in concluded(goods(price="199.99"))
