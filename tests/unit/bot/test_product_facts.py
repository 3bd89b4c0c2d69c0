"""What is said of the product under discussion: only what the catalogue states, and what speaks against it for this shopper."""

from dataclasses import replace
from functools import cache
from typing import Any, ClassVar

import pytest
from bot_rooms import KINDS, NOON, SPELLINGS, Words, a_conversation, a_product, services, waiting

from bot.brand import Staff, StaffFile, Store
from bot.db.turns import Done
from bot.handlers import attributes
from bot.handlers.wording import BUILT_IN
from bot.model import Customer, Evidence, Session
from bot.services import Services
from bot.turn import take_turn
from intents import Gazetteer, Recognizer
from recommender import Product, Recommender, Rule, Selector
from scripts import Scriptbook


class Shopping(Words):
    """Knows what is asked of goods."""

    _SAYS: ClassVar = {
        **Words._SAYS, "含": "ask_product_info", "保质期": "ask_product_info", "产地": "ask_product_info", "颜色": "ask_product_info",
        "怎么用": "ask_usage", "有吗": "ask_stock", "穿多大": "ask_size", "要一瓶": "place_order", "区别": "compare_products",
    }  # fmt: skip


STORES = (
    Store(id="xh", name="徐汇店", city="上海"),
    Store(id="ja", name="静安店", city="上海"),
    Store(id="sl", name="三里屯店", city="北京"),
)
NAMES: dict[str, dict[str, list[str]]] = {
    **SPELLINGS,
    "store": {store.name: [] for store in STORES},
    "city": {"上海": [], "北京": []},
    "material": {"酒精": ["变性乙醇"], "香精": [], "果酸": ["乙醇酸"]},
}
LINKS = {"wecom_mini": "https://x.invalid/m", "tmall": "https://x.invalid/t", "jd": "https://x.invalid/j", "store": True}
GOODS = (
    a_product(
        "a", "舒缓霜 50g", tags=frozenset({"敏感性", "无香精"}), links=LINKS, stock={"online": 3, "xh": 0, "ja": 2, "sl": 1},
        attributes={"成分": ("水", "甘油"), "保质期": "3年", "规格": "50g", "适用肤质": ("敏感性", "干性"), "色号": ("白", "粉")},
    ),
    a_product("b", "舒缓霜 100g", price="168", attributes={"规格": "100g"}),
    a_product("c", "晚霜", tags=frozenset({"维A醇"}), attributes={"成分": ("变性乙醇", "乙醇酸")}, links=LINKS),
    a_product("d", "素霜", attributes={}, stock={"online": 0, "xh": 0, "sl": 4}, links={"store": True}),
    a_product("e", "香霜", tags=frozenset({"含酒精"}), attributes={"用法": "取黄豆大小，涂匀", "尺码表": "M：90到100斤"}),
)  # fmt: skip
RULE = Rule(
    "no-retinol", when={"audience": ("孕妇",)}, block=Selector(tags=frozenset({"维A醇"})), reason="孕期不推荐含维A醇的产品"
)


@cache
def shop() -> Services:
    gazetteer = Gazetteer.build(NAMES, [(one.sku, one.name.split()[0]) for one in GOODS if one.sku != "b"])
    return replace(
        services(),
        staff=Staff.of(StaffFile(stores=STORES)),
        recognizer=Recognizer(Shopping(), gazetteer, 0.2),
        recommender=Recommender.build(GOODS, KINDS, (RULE,), ()),
        book=Scriptbook.build(BUILT_IN),
    )


def told(text: str, sku: str | None = "a", **customer: Any) -> Done:
    session = Session(wish={"focus": sku} if sku else {}, shown=(sku,) if sku else ())
    one = waiting(text, session=session, customer=Customer("c1", **customer))
    return take_turn(one, shop(), NOON)


def script(done: Done) -> object:
    return done.settled[0].trace["scripts"][0]["id"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "sku", "said", "words"),
    [
        ("保质期多久", "a", "product_fact", "3年"),
        ("产地是哪里", "a", "fact_unknown", "资料里没写"),
        ("保质期多久", "d", "fact_unknown", "保质期"),
        ("怎么用", "e", "product_fact", "黄豆大小"),
        ("怎么用", "a", "fact_unknown", "用法"),
        ("160斤穿多大", "e", "product_fact", "90到100斤"),
        ("还有别的颜色吗", "a", "product_fact", "白、粉"),
        ("这个有大瓶的吗", "a", "sizes", "100g（¥168）"),
        ("有大瓶的吗", "c", "fact_unknown", "规格"),
        ("它含甘油吗", "a", "contains", "甘油"),
        ("含酒精吗", "c", "contains", "酒精"),
        ("含酒精吗", "e", "contains", "酒精"),
        ("含酒精吗", "a", "contains_not", "没有标酒精"),
        ("含香精吗", "a", "contains_free", "不含香精"),
        ("含酒精吗", "d", "contains_unknown", "没写含不含酒精"),
        ("含硅灵吗", "a", "contains_unknown", "硅灵"),
        ("敏感肌能用吗", "a", "suitable", "敏感肌"),
        ("油皮能用吗", "a", "suitable_not_listed", "敏感肌、干皮"),
        ("孕妇能用吗", "c", "not_suitable", "维A醇"),
        ("有货吗", "a", "stock", "有货"),
        ("有货吗", "d", "stock_shops", "三里屯店"),
        ("徐汇店有吗", "a", "stock_store_other", "静安店"),
        ("静安店有吗", "a", "stock_store", "静安店"),
        ("徐汇店有吗", "d", "stock_store_other", "三里屯店"),
        ("上海有吗", "a", "stock_city", "静安店"),
        ("上海有吗", "d", "stock_city_none", "上海"),
    ],
)  # fmt: skip
def test_a_fact_is_what_the_catalogue_states_and_its_silence_is_said(text: str, sku: str, said: str, words: str) -> None:
    done = told(text, sku)
    assert script(done) == said
    assert words in done.speeches[0].text


@pytest.mark.parametrize(
    ("text", "sku", "evidence"),
    [
        ("保质期多久", "a", "attribute:保质期"),
        ("产地是哪里", "a", "attribute:产地=unknown"),
        ("含酒精吗", "d", "attribute:成分=酒精:unknown"),
        ("含酒精吗", "c", "attribute:成分=酒精:yes"),
        ("多少钱", "a", "price"),
        ("徐汇店有吗", "a", "stock:xh=0"),
    ],
)
def test_the_trace_names_the_product_and_what_the_fact_stands_on(text: str, sku: str, evidence: str) -> None:
    assert told(text, sku).settled[0].trace["items"] == [{"sku": sku, "evidence": [evidence]}]


def test_what_nobody_states_is_offered_to_a_person() -> None:
    assert [option.id for option in told("产地是哪里").speeches[0].options] == ["human"]


def test_the_nearest_shop_is_the_own_one_then_those_of_its_city() -> None:
    assert "三里屯店" in told("有货吗", "d", store="xh").speeches[0].text
    assert told("徐汇店有吗", "a").speeches[0].text.count("三里屯店") == 0, "another one of the same city has it"


PREGNANT = (Evidence("audience", "孕妇", 0.9, NOON, "m0"),)


def test_what_is_not_for_the_shopper_is_not_sold_without_a_word() -> None:
    done = told("要一瓶", "c", evidence=PREGNANT)
    assert (script(done), "维A醇" in done.speeches[0].text) == ("not_suitable", True)
    assert script(told("要一瓶", "c")) == "order_link"


def test_what_is_known_of_a_shopper_is_not_told_in_a_group() -> None:
    session = Session(wish={"focus": "c"}, shown=("c",))
    one = waiting("要一瓶", session=session)
    talk = a_conversation(customer=Customer("c1", evidence=PREGNANT), group=True)
    heard = replace(one, conversation=talk, messages=(replace(one.messages[0], payload={"at_bot": True}),))
    assert script(take_turn(heard, shop(), NOON)) == "order_link"


@pytest.mark.parametrize(("habit", "link"), [(None, "m"), ("tmall", "t"), ("jd", "j")])
def test_the_link_is_the_one_of_the_platform_that_the_shopper_buys_on(habit: str | None, link: str) -> None:
    evidence = () if habit is None else (Evidence("channel_habit", habit, 0.9, NOON, "e1"),)
    assert told("要一瓶", "a", evidence=evidence).speeches[0].cards[0].url == f"https://x.invalid/{link}"


def test_a_comparison_says_what_speaks_against_each() -> None:
    done = told("舒缓霜和晚霜有什么区别", None, evidence=PREGNANT, owned=("a",))
    assert script(done) == "compare"
    assert "晚霜不适合孕妇" in done.speeches[0].text
    assert "舒缓霜 50g您之前买过" in done.speeches[0].text


@pytest.mark.parametrize(
    ("name", "of", "held"),
    [("酒精", "c", "yes"), ("果酸", "c", "yes"), ("香精", "a", "no"), ("酒精", "a", "unlisted"), ("酒精", "d", "unknown")],
)
def test_silence_is_never_a_no(name: str, of: str, held: str) -> None:
    product: Product = next(one for one in GOODS if one.sku == of)
    known = {"变性乙醇": ("酒精",), "乙醇酸": ("果酸",)}
    assert attributes.holds(product, name, lambda one: known.get(one, ()), marked=True) == held
    assert attributes.holds(replace(product, attributes={}, tags=frozenset()), name, lambda _: (), marked=True) == "unknown"


@pytest.mark.parametrize(
    ("name", "stem"),
    [("舒缓霜 50g", "舒缓霜"), ("卸妆水 200ml*2", "卸妆水"), ("面膜 25g×5", "面膜"), ("三件套", "三件套"), ("V7霜", "V7霜")],
)
def test_a_size_is_no_part_of_the_name(name: str, stem: str) -> None:
    assert attributes.stem(a_product("x", name)) == stem
