"""What never changes a ledger: re-pasting a list, splitting a message, the order of people who have nothing to do with each other."""

import random
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from orders_room import SHOP, held, lines, talk

from intents.orders import Ledger, Said, read_orders

_CLEAR = {"苹果": "斤", "贡梨": "斤", "鸡蛋": "枚", "牛奶": "箱", "卷纸": "卷", "虾": "斤"}
_PEOPLE = ("王姐", "李叔", "赵敏", "小丁")
_WRITTEN = ("{name}{n}{unit}", "{name} {n} {unit}", "{n}{unit}{name}", "{name}x{n}", "我要{n}{unit}{name}", "{name}来{n}{unit}")
_SEPARATORS = ("，", ",", "；", "。", "\n", "、")

orders = st.lists(
    st.tuples(st.sampled_from(sorted(_CLEAR)), st.integers(1, 40), st.sampled_from(_WRITTEN)),
    min_size=1,
    max_size=4,
    unique_by=lambda one: one[0],
)
edits = st.sampled_from(
    (
        "再来2斤苹果",
        "苹果改成1斤",
        "苹果少要一斤",
        "牛奶不要了",
        "都取消",
        "一共3箱牛奶",
        "退5卷卷纸",
        "-1箱",
        "来点虾",
        "水饺两袋",
        "好的",
        "+1",
        "同上",
    )
)


def _texts(order: Sequence[tuple[str, int, str]]) -> list[str]:
    return [how.format(name=name, n=n, unit=_CLEAR[name]) for name, n, how in order]


def _sound(ledger: Ledger) -> bool:
    """Nothing at or below zero, and all sums are one."""
    shares, totals = sum(one.amount for one in ledger.by_sender), sum(one.amount for one in ledger.totals)
    return all(line.n > 0 for line in ledger.lines) and shares == totals == ledger.amount


@settings(max_examples=80, deadline=None)
@given(orders, st.sampled_from(_SEPARATORS))
def test_splitting_a_message_at_its_separators_changes_nothing(order: list[tuple[str, int, str]], separator: str) -> None:
    texts = _texts(order)
    whole = talk(f"王姐: {separator.join(texts)}")
    parts = talk(*(f"王姐: {text}" for text in texts))
    assert lines(whole) == lines(parts)
    assert not whole.unresolved
    assert not parts.unresolved
    assert {(name, n) for name, n, _ in order} == {(_name(sku), n) for (_, sku), n in lines(whole).items()}


def _name(sku: str) -> str:
    return {"apple": "苹果", "pear": "贡梨", "egg": "鸡蛋", "milk": "牛奶", "paper": "卷纸", "shrimp": "虾"}[sku]


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(_PEOPLE), orders, min_size=1), st.data())
def test_pasting_a_list_again_changes_nothing(entries: dict[str, list[tuple[str, int, str]]], data: st.DataObject) -> None:
    copies = []
    head = "#接龙\n今日团购"
    for number, (name, order) in enumerate(entries.items(), 1):
        head += f"\n{number}. {name} {'，'.join(_texts([(what, n, '{name}{n}{unit}') for what, n, _ in order]))}"
        copies.append((name, head))
    once = talk(*(f"{name}: {text}" for name, text in copies))
    again = list(copies)
    for _ in range(data.draw(st.integers(1, 3))):
        paster, text = data.draw(st.sampled_from(_PEOPLE)), copies[-1][1]
        again.append((paster, text))
    assert held(talk(*(f"{name}: {text}" for name, text in again))) == held(once)
    assert {name for name, _ in lines(once)} == set(entries)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(_PEOPLE), orders, min_size=2), st.randoms(use_true_random=False))
def test_the_order_of_independent_senders_changes_nothing(
    said: dict[str, list[tuple[str, int, str]]], dice: random.Random
) -> None:
    messages = [(name, text) for name, order in said.items() for text in _texts(order)]
    shuffled = list(messages)
    dice.shuffle(shuffled)
    assert lines(talk(*(f"{name}: {text}" for name, text in messages))) == lines(
        talk(*(f"{name}: {text}" for name, text in shuffled))
    )


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(_PEOPLE), st.one_of(edits, orders.map(lambda one: "，".join(_texts(one))))), max_size=12)
)
def test_no_line_is_ever_at_or_below_zero_and_all_sums_are_one(said: list[tuple[str, str]]) -> None:
    assert _sound(talk(*(f"{name}: {text}" for name, text in said)))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.text("王苹果梨鸡蛋一二两三斤箱0123.,，。\n#接龙+-改成不要了再来同上和样 （）[]@：元x", max_size=40), max_size=6)
)
def test_whatever_is_written_is_read_to_the_end(texts: list[str]) -> None:
    ledger = read_orders(SHOP, [Said(str(number), _PEOPLE[number % 4], text) for number, text in enumerate(texts)])
    assert _sound(ledger)
    known = {str(number) for number in range(len(texts))}
    assert {one.message for one in ledger.unresolved} <= known
    assert all(set(line.sources) <= known and line.sources for line in ledger.lines)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=4))
def test_any_characters_at_all_are_read(texts: list[str]) -> None:
    assert _sound(read_orders(SHOP, [Said(str(number), "某人", text) for number, text in enumerate(texts)]))
