"""What ops write is read with care, and every disagreement is told."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from pydantic import ValidationError
from recommender_worlds import KINDS, a_product

from recommender import EventRow, Placed, Product, ProductRow, Rule, RuleRow, Selector, TagsFile, disagreements

CSV = {
    "sku": "hjj-1", "name": "积雪草面霜 50g", "brand": "花间集", "category": "面霜", "price": "189.00",
    "tags": "敏感性;修护; 无香精 ;", "attributes": '{"规格": "50g", "成分": ["泛醇", "甘油"], "纯素": true, "件数": 2}',
    "stock": '{"sh": 17, "online": 0}', "links": '{"wecom_mini": "https://x", "store": true}', "image": "/a.svg",
    "status": "active", "launched": "2024-06-06",
}  # fmt: skip


def test_a_line_of_the_table() -> None:
    product = ProductRow.model_validate(CSV).product()
    assert product.price == Decimal(189)
    assert product.tags == {"敏感性", "修护", "无香精"}
    assert product.attributes == {"规格": "50g", "成分": ("泛醇", "甘油"), "纯素": "是", "件数": "2"}
    assert product.stock == {"sh": 17, "online": 0}
    assert product.links == {"wecom_mini": "https://x", "store": True}
    assert (product.status, product.launched) == ("active", date(2024, 6, 6))


def test_a_json_line_with_the_same_keys_is_the_same_product() -> None:
    line = {**CSV, "price": 189, "tags": ["敏感性", "修护", "无香精"], "stock": {"sh": 17, "online": 0},
            "attributes": {"规格": "50g", "成分": ["泛醇", "甘油"], "纯素": True, "件数": 2},
            "links": {"wecom_mini": "https://x", "store": True}}  # fmt: skip
    assert ProductRow.model_validate(line).product() == ProductRow.model_validate(CSV).product()


def test_empty_cells() -> None:
    row = {**dict.fromkeys(CSV, ""), "sku": "a", "name": "霜", "category": "面霜", "price": "1"}
    product = ProductRow.model_validate(row).product()
    assert product == Product("a", "霜", category="面霜", price=Decimal(1))
    assert not product.in_stock()


@pytest.mark.parametrize("price", ["￥1,299.50", "1299.5元", 1299.5, " 1299.50 "])
def test_prices_as_people_write_them(price: object) -> None:
    assert ProductRow.model_validate({**CSV, "price": price}).price == Decimal("1299.5")


@pytest.mark.parametrize(("stock", "pieces"), [("12", 12), (12, 12), ("0", 0), ("", 0)])
def test_stock_as_one_number(stock: object, pieces: int) -> None:
    assert ProductRow.model_validate({**CSV, "stock": stock}).product().stock == pieces


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("sku", ""), ("name", " "), ("category", ""), ("price", "便宜"), ("price", "NaN"), ("price", "Infinity"),
        ("attributes", "{"), ("attributes", "[1]"), ("attributes", '{"a": {"b": 1}}'), ("stock", "很多"),
        ("stock", "1.5"), ("stock", "true"), ("stock", '{"sh": "3"}'), ("links", '{"jd": 5}'),
        ("links", '{"jd": "javascript:alert(1)"}'), ("status", "onsale"), ("launched", "去年"), ("colour", "red"),
    ],
)  # fmt: skip
def test_a_bad_cell_is_refused(key: str, value: str) -> None:
    with pytest.raises(ValidationError) as error:
        ProductRow.model_validate({**CSV, key: value})
    assert error.value.errors()[0]["loc"][0] == key


def test_tags_yml() -> None:
    file = TagsFile.model_validate({"tags": {"age": {"values": [1, "2岁"], "hard": True}, "x": {"half_life_days": 9}}})
    age, other = file.kinds()
    assert (age.name, age.values, age.hard, age.exclusive, age.half_life_days) == ("age", ("1", "2岁"), True, False, None)
    assert other.half_life_days == 9


@pytest.mark.parametrize("bad", [{"tags": {"a": {"value": []}}}, {"tags": {"a": {"half_life_days": 0}}}, {"tag": {}}])
def test_a_bad_tags_yml_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        TagsFile.model_validate(bad)


def test_rules_of_the_formats() -> None:
    pin = RuleRow.model_validate({"id": "pin", "when": {"category": "面霜"}, "pin": ["sku-1"],
                                  "from": date(2026, 6, 1), "until": "2026-06-20"}).rule()  # fmt: skip
    assert (pin.when, pin.pin, pin.start, pin.until) == (
        {"category": ("面霜",)}, ("sku-1",), date(2026, 6, 1), date(2026, 6, 20))  # fmt: skip
    block = RuleRow.model_validate({"id": "b", "when": {"audience": "孕妇"}, "block": {"tags": ["维A醇"]}, "reason": "孕期"})
    assert block.rule().block == Selector(tags=frozenset({"维A醇"}))
    boost = RuleRow.model_validate({"id": "n", "boost": {"tags": ["新品"]}, "factor": 1.3}).rule()
    assert (boost.boost.tags, boost.factor) == ({"新品"}, 1.3)


@pytest.mark.parametrize(
    "bad", [{}, {"id": "a", "pins": []}, {"id": "a", "factor": 0}, {"id": "a", "when": {"level": []}},
            {"id": "a", "block": {"tag": ["x"]}}, {"id": "a", "until": "someday"}],
)  # fmt: skip
def test_a_bad_rule_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        RuleRow.model_validate(bad)


def test_an_event_without_a_zone_is_utc() -> None:
    line = {"customer": "c", "sku": "a", "kind": "buy", "at": "2026-06-01T00:00:00"}
    assert EventRow.model_validate(line).event().at == datetime.fromisoformat("2026-06-01T00:00:00+00:00")
    with pytest.raises(ValidationError):
        EventRow.model_validate({**line, "kind": "steal"})


PIN = Rule("ok", pin=("a",))


@pytest.mark.parametrize(
    ("products", "rules", "key", "word"),
    [
        ([a_product("a"), a_product("a")], [], "sku", "重复"),
        ([a_product("a", price=-1)], [], "price", "负数"),
        ([a_product("a", stock=-1)], [], "stock", "负数"),
        ([a_product("a", stock={"sh": -1})], [], "stock.sh", "负数"),
        ([a_product("a", stock={"bj": 1})], [], "stock.bj", "没有门店 bj"),
        ([a_product("a", tags=["age_stage:9月"])], [], "tags", "9月"),
        ([a_product("a", attributes={"age_stage": ("0-6月", "9月")})], [], "attributes.age_stage", "9月"),
        ([a_product("a")], [PIN, PIN], "id", "重复"),
        ([a_product("a")], [Rule("r", pin=("b",))], "pin", "没有商品 b"),
        ([a_product("a")], [Rule("r", block=Selector(sku=frozenset({"b"})))], "block.sku", "没有商品 b"),
        ([a_product("a")], [Rule("r")], "id", "什么也没做"),
        ([a_product("a")], [Rule("r", pin=("a",), start=date(2026, 2, 2), until=date(2026, 2, 1))], "until", "早于"),
        ([a_product("a")], [Rule("r", pin=("a",), when={"weather": ("雨",)})], "when.weather", "没有这个条件"),
        ([a_product("a")], [Rule("r", pin=("a",), when={"age_stage": ("9月",)})], "when.age_stage", "9月"),
        ([a_product("a")], [Rule("r", pin=("a",), when={"store": ("bj",)})], "when.store", "没有门店 bj"),
    ],
)
def test_every_disagreement_is_told_once_with_its_place(products: list[Product], rules: list[Rule], key: str, word: str) -> None:
    lines = [Placed("products.csv", f"第{number}行", product) for number, product in enumerate(products, 2)]
    entries = [Placed("rules/a.yml", f"[{number}]", rule) for number, rule in enumerate(rules)]
    (fault,) = disagreements(lines, KINDS, entries, {"sh", "hz"})
    assert fault[0] in {"products.csv", "rules/a.yml"}
    assert fault[1].endswith(f".{key}")
    assert word in fault[2]


def test_good_content_has_no_disagreements() -> None:
    lines = [Placed("p", "第2行", a_product("a", stock={"sh": 1, "online": 3}, tags=["0-6月"]))]
    assert list(disagreements(lines, KINDS, [Placed("r", "[0]", PIN)], {"sh"})) == []
