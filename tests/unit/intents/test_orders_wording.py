"""How people word an order makes no difference where it means the same: sizes, prices beside goods, copies less something, parts of lists."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from orders_room import SHOP, asked, held, lines, talk

from intents.orders import Article

SIZES = (
    Article("oil5", "橄榄油500ml", "瓶", Decimal(65), ("橄榄油",)),
    Article("oil7", "橄榄油750ml", "瓶", Decimal(89)),
    Article("cake4", "巴斯克4寸", "个", Decimal(48)),
    Article("cake6", "巴斯克6寸", "个", Decimal(88)),
    Article("book3", "绘本第3期", "本", Decimal(28)),
    Article("book4", "绘本第4期", "本", Decimal(28)),
    Article("big", "大粽子", "只", Decimal(8)),
    Article("small", "小粽子", "只", Decimal(4)),
)
_SIZED = {
    "oil5": ("500ml", "橄榄油", "瓶"),
    "oil7": ("750ml", "橄榄油", "瓶"),
    "cake4": ("4寸", "巴斯克", "个"),
    "book4": ("第4期", "绘本", "本"),
}
_CLEAR = {"apple": ("苹果", "斤"), "milk": ("牛奶", "箱"), "shrimp": ("虾", "斤"), "paper": ("卷纸", "卷"), "egg": ("鸡蛋", "枚")}
_PEOPLE = ("王姐", "李叔", "赵敏", "小丁")
_ENTRIES = st.lists(
    st.tuples(st.sampled_from(_PEOPLE), st.sampled_from(sorted(_CLEAR)), st.integers(1, 30)),
    min_size=2,
    max_size=4,
    unique_by=lambda one: one[0],
)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(sorted(_SIZED)),
    st.integers(1, 20),
    st.sampled_from(("{size}{name}{n}{unit}", "{name}{size}{n}{unit}", "{size}的{name}来{n}{unit}", "{size}的{n}{unit}", "{n}{unit}{size}的{name}")),
)  # fmt: skip
def test_a_size_tells_the_sort_wherever_it_stands(sku: str, n: int, how: str) -> None:
    size, name, unit = _SIZED[sku]
    ledger = talk(f"王姐: {how.format(size=size, name=name, unit=unit, n=n)}", menu=SIZES)
    assert (held(ledger), asked(ledger)) == (f"王姐 {sku} {n}", [])


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (["3大5小"], "王姐 big 3; 王姐 small 5"),
        (["粽子20只", "大10小10"], "王姐 big 10; 王姐 small 10"),
        (["大粽子3只", "大的再加2只"], "王姐 big 5"),
        (["500ml的橄榄油2瓶", "改成750的"], "王姐 oil7 2"),
        (["巴斯克一个", "6的吧"], "王姐 cake6 1"),
        (["4寸2个", "其中一个换6寸"], "王姐 cake4 1; 王姐 cake6 1"),
    ],
)
def test_what_tells_sorts_apart_is_enough_to_name_one(said: Sequence[str], wanted: str) -> None:
    ledger = talk(*(f"王姐: {one}" for one in said), menu=SIZES)
    assert (held(ledger), asked(ledger)) == (wanted, [])


@settings(max_examples=30, deadline=None)
@given(st.sets(st.sampled_from(("milk", "shrimp", "pork", "leek")), min_size=2), st.sampled_from(("{name}{price}", "{name}{price}一{unit}", "{name}{price}/{unit}")))  # fmt: skip
def test_telling_what_things_cost_orders_nothing_whoever_does(skus: set[str], how: str) -> None:
    told = [how.format(name=one.name, price=one.price, unit=one.unit) for one in SHOP if one.sku in skus]
    ledger = talk(f"王姐: {' '.join(told)}", f"李叔: {'，'.join(told)}")
    assert (held(ledger), asked(ledger)) == ("", [])


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(SHOP), st.integers(1, 9), st.sampled_from(("{name}{n}{unit}，{price}一{unit}对吧", "{price}/{unit}的{name}来{n}{unit}")))  # fmt: skip
def test_a_price_in_the_line_changes_no_quantity(one: Article, n: int, how: str) -> None:
    said = how.format(name=one.name, n=n, unit=one.unit, price=one.price)
    assert held(talk(f"王姐: {said}")) == f"王姐 {one.sku} {n}"


@settings(max_examples=40, deadline=None)
@given(_ENTRIES, st.data())
def test_copying_out_a_part_of_a_list_takes_nobody_out(entries: list[tuple[str, str, int]], data: st.DataObject) -> None:
    told = [f"{name} {_CLEAR[sku][0]}{n}{_CLEAR[sku][1]}" for name, sku, n in entries]
    whole = "#接龙\n今日团购\n" + "\n".join(f"{number}. {one}" for number, one in enumerate(told, 1))
    paster, first = data.draw(st.sampled_from(_PEOPLE)), data.draw(st.integers(1, len(told) - 1))
    numbered = "\n".join(f"{number}. {one}" for number, one in enumerate(told[first:], first + 1))
    plain = "\n".join(data.draw(st.permutations(told)))
    once = talk(f"王姐: {whole}", *(f"{name}: 好的" for name in _PEOPLE))
    again = talk(f"王姐: {whole}", *(f"{name}: 好的" for name in _PEOPLE), f"{paster}: {numbered}", f"{paster}: {plain}")
    assert lines(again) == lines(once)


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(st.sampled_from(sorted(_CLEAR)), st.integers(1, 20), min_size=2),
    st.sampled_from(
        ("跟王姐一样，但是不要{name}", "和王姐一样，{name}不要", "同王姐，不要{name}", "王姐那份也给我来一份，{name}不要了")
    ),
)
def test_the_same_as_somebody_without_one_thing(order: dict[str, int], how: str) -> None:
    told = "，".join(f"{_CLEAR[sku][0]}{n}{_CLEAR[sku][1]}" for sku, n in order.items())
    gone = min(order)
    ledger = talk(f"王姐: {told}", f"李叔: {how.format(name=_CLEAR[gone][0])}")
    assert {sku: n for (who, sku), n in lines(ledger).items() if who == "李叔"} == {
        sku: n for sku, n in order.items() if sku != gone
    }
    assert asked(ledger) == []


@pytest.mark.parametrize("gone", ["苹果不要了要梨2斤", "不要苹果了 来梨2斤", "苹果取消 梨2斤", "苹果不要了，来2斤梨"])
def test_taking_one_thing_out_and_ordering_another_in_one_breath(gone: str) -> None:
    assert held(talk("王姐: 苹果3斤", f"王姐: {gone}")) == "王姐 pear 2"


@pytest.mark.parametrize(
    ("said", "wanted", "open_"),
    [
        (["鸡蛋4枚", "再加点鸡蛋", "2枚"], "王姐 egg 6", []),
        (["牛奶2箱", "牛奶不够，再来1箱"], "王姐 milk 3", []),
        (["牛奶5箱", "牛奶5箱太多了，3箱吧"], "王姐 milk 3", []),
        (["牛奶5箱", "牛奶-1"], "王姐 milk 4", []),
        (["苹果3斤，牛奶2箱", "只要苹果2斤，别的不要"], "王姐 apple 2", []),
        (["苹果3斤，牛奶2箱", "换成虾一斤"], "王姐 apple 3; 王姐 milk 2", ["m2"]),
        (["苹果3斤，牛奶2箱", "白菜饺子来两袋，苹果不要了"], "王姐 milk 2; 王姐 pork 2", []),
        (["牛奶一箱两箱都行"], "", ["m1"]),
        (["苹果3斤", "苹果要红一点"], "王姐 apple 3", []),
        (["苹果3斤，牛奶1箱", "总共要5箱"], "王姐 apple 3; 王姐 milk 5", []),
    ],
)
def test_an_amount_is_laid_on_what_it_was_said_about(said: Sequence[str], wanted: str, open_: Sequence[str]) -> None:
    ledger = talk(*(f"王姐: {one}" for one in said))
    assert (held(ledger), asked(ledger)) == (wanted, open_)


def test_plus_one_may_name_whom_it_joins() -> None:
    assert held(talk("王姐: 牛奶2箱", "赵敏: 苹果3斤", "李叔: 王姐+1")) == "王姐 milk 2; 赵敏 apple 3; 李叔 milk 1"
    assert asked(talk("王姐: 牛奶2箱 苹果1斤", "赵敏: 苹果3斤", "李叔: 王姐+1")) == ["m3"]


@pytest.mark.parametrize("said", ["今晚十点截单，牛奶还剩5箱", "苹果5斤起送", "年前最后一批，共50箱牛奶"])
def test_whoever_closes_or_praises_a_sale_orders_nothing_and_is_asked_nothing(said: str) -> None:
    ledger = talk(f"果园阿强: {said}", "果园阿强: 牛奶还有30箱")
    assert (held(ledger), asked(ledger)) == ("", [])
    assert held(talk(f"果园阿强: {said}", "果园阿强: 我自己也要牛奶2箱")) == "果园阿强 milk 2"
    assert held(talk(f"果园阿强: {said}", "果园阿强: 苹果2斤")) == "果园阿强 apple 2"


@pytest.mark.parametrize(
    ("said", "wanted", "open_"),
    [
        (["A04-小李: 苹果2斤，牛奶1箱", "A05-小赵: 跟A04一样"], "A04-小李 apple 2; A04-小李 milk 1; A05-小赵 apple 2; A05-小赵 milk 1", []),
        (["A04-小李: 苹果2斤", "B04-小李: 梨1斤", "王姐: 跟小李一样"], "A04-小李 apple 2; B04-小李 pear 1", ["m3"]),
        (["王姐: 牛奶1箱", "李叔: 王姐一样"], "王姐 milk 1; 李叔 milk 1", []),
        (["王姐: 牛奶1箱", "李叔: 同王姐的牛奶"], "王姐 milk 1", ["m2"]),
        (["王姐: 牛奶1箱", "王姐: 我妈也要一箱"], "王姐 milk 2", []),
        (["王姐: 猪肉白菜饺子1袋 韭菜饺子1袋", "王姐: 再各加一袋"], "王姐 pork 2; 王姐 leek 2", []),
        (["王姐: 鸡蛋若干"], "", ["m1"]),
        (["王姐: 卷纸来整卷"], "王姐 paper 1", []),
        (["王姐: 我加个牛奶"], "王姐 milk 1", []),
        (["王姐: 牛奶3箱，苹果2斤", "王姐: 牛奶换一箱虾"], "王姐 milk 3; 王姐 apple 2", ["m2"]),
    ],
)  # fmt: skip
def test_whose_order_and_how_much_on_top(said: Sequence[str], wanted: str, open_: Sequence[str]) -> None:
    ledger = talk(*said)
    assert (held(ledger), asked(ledger)) == (wanted, open_)
