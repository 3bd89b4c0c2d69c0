"""The running reader: message by message it comes to what reading the whole comes to, and its ledger may be asked at any moment."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from orders_room import SHOP, held

from intents.orders import OrderReader, Said, read_orders

_PEOPLE = ("王姐", "李叔", "赵敏", "小丁")
_WORDS = (
    "苹果2斤", "再来1斤", "牛奶两箱，贡梨3斤", "同上", "和王姐一样", "+1", "改成5斤", "少要一斤", "都取消", "来点虾", "3斤", "水饺两袋", "韭菜的",
    "苹果还有吗", "#接龙\n水果团\n1. 王姐 苹果2斤", "#接龙\n水果团\n1. 王姐 苹果2斤\n2. 李叔 贡梨3斤", "#接龙\n水果团\n1. 李叔 贡梨1斤\n2. 陈奶奶 牛奶1箱",
    "楼上那个我也要一份", "不要了", "好的", "鸡蛋一板", "老样子",
)  # fmt: skip
talks = st.lists(st.tuples(st.sampled_from(_PEOPLE), st.sampled_from(_WORDS)), max_size=14)


def _messages(said: list[tuple[str, str]]) -> list[Said]:
    return [Said(f"m{number}", who, words) for number, (who, words) in enumerate(said)]


@settings(max_examples=120, deadline=None)
@given(talks)
def test_message_by_message_is_the_same_as_all_at_once(said: list[tuple[str, str]]) -> None:
    messages = _messages(said)
    reader = OrderReader(SHOP)
    reader.knows(one.sender for one in messages)
    for message in messages:
        reader.read(message)
        reader.ledger()
    assert reader.ledger() == read_orders(SHOP, messages)


@settings(max_examples=120, deadline=None)
@given(talks)
def test_at_every_moment_the_ledger_is_that_of_what_was_said_so_far(said: list[tuple[str, str]]) -> None:
    messages = _messages(said)
    reader = OrderReader(SHOP)
    reader.knows(_PEOPLE)
    for number, message in enumerate(messages):
        reader.read(message)
        whole = OrderReader(SHOP)
        whole.knows(_PEOPLE)
        for one in messages[: number + 1]:
            whole.read(one)
        assert reader.ledger() == whole.ledger()


@settings(max_examples=120, deadline=None)
@given(talks)
def test_names_that_come_to_be_known_late_change_nothing_unless_they_were_written_before(said: list[tuple[str, str]]) -> None:
    messages = _messages(said)
    late, early = OrderReader(SHOP), OrderReader(SHOP)
    early.knows(one.sender for one in messages)
    for message in messages:
        if late.named(message.sender):
            return
        late.read(message)
        early.read(message)
    assert late.ledger() == early.ledger()


@settings(max_examples=120, deadline=None)
@given(talks)
def test_a_line_is_the_sum_of_its_steps_and_they_come_from_messages_of_the_talk(said: list[tuple[str, str]]) -> None:
    ledger = read_orders(SHOP, _messages(said))
    for line in ledger.lines:
        assert sum(n for _, n in line.steps) == line.n
        assert all(n > 0 and int(message[1:]) < len(said) for message, n in line.steps)


@settings(max_examples=80, deadline=None)
@given(talks, st.integers(0, 14), st.integers(0, 9))
def test_a_guides_edit_is_what_stands_right_after_it(said: list[tuple[str, str]], at: int, n: int) -> None:
    reader = OrderReader(SHOP)
    reader.knows(_PEOPLE)
    for message in _messages(said)[:at]:
        reader.read(message)
    before = {(one.sender, one.sku): one.n for one in reader.ledger().lines}
    reader.edit("王姐", "milk", Decimal(n), "", "e1")
    after = {(one.sender, one.sku): one.n for one in reader.ledger().lines}
    assert after == {key: value for key, value in (before | {("王姐", "milk"): Decimal(n)}).items() if value}
    reader.read(Said("later", "王姐", "再加一箱牛奶"))
    assert f"王姐 milk {n + 1}" in held(reader.ledger())


def test_a_name_that_is_known_by_two_spellings_is_one_person() -> None:
    reader = OrderReader(SHOP)
    reader.knows(["ＬＵＣＹ"])
    reader.read(Said("m1", "王姐", "#接龙\n水果团\n1. LUCY 苹果2斤\n2. 王姐 贡梨1斤"))
    reader.read(Said("m2", "ＬＵＣＹ", "再来1斤"))
    assert held(reader.ledger()) == "ＬＵＣＹ apple 3; 王姐 pear 1"
