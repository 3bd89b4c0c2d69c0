"""Every sentence of the conventions of group orders, said in a group."""

from decimal import Decimal

import pytest
from orders_room import KITCHEN, SHOP, asked, held, lines, talk

from intents.orders import Article, Said, read_orders

LIST = "#接龙\n水果团\n1. 王姐 苹果2斤"


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (["王姐: 苹果2斤", "王姐: 再来1斤"], "王姐 apple 3"),
        (["王姐: 苹果2斤", "王姐: 再加1斤苹果"], "王姐 apple 3"),
        (["王姐: 苹果2斤", "王姐: 追加3斤"], "王姐 apple 5"),
        (["王姐: 苹果2斤", "王姐: +1斤"], "王姐 apple 3"),
        (["王姐: 苹果2斤", "王姐: 改成5斤"], "王姐 apple 5"),
        (["王姐: 苹果2斤", "王姐: 换成5斤"], "王姐 apple 5"),
        (["王姐: 苹果2斤", "王姐: 一共5斤"], "王姐 apple 5"),
        (["王姐: 苹果2斤", "王姐: 总共要4斤"], "王姐 apple 4"),
        (["王姐: 苹果2斤", "王姐: 还是要1斤吧"], "王姐 apple 1"),
        (["王姐: 牛奶3箱", "王姐: 少要一箱"], "王姐 milk 2"),
        (["王姐: 卷纸10卷", "王姐: 退两卷"], "王姐 paper 8"),
        (["王姐: 牛奶3箱", "王姐: -1箱"], "王姐 milk 2"),
        (["王姐: 牛奶1箱", "王姐: 少要一箱"], ""),
        (["王姐: 苹果2斤", "王姐: 不要了"], ""),
        (["王姐: 苹果2斤，梨1斤", "王姐: 苹果取消"], "王姐 pear 1"),
        (["王姐: 苹果2斤", "李叔: 不要了"], "王姐 apple 2"),
    ],
)
def test_a_line_is_the_net_quantity_after_edits_additions_and_cancels(said: list[str], wanted: str) -> None:
    assert held(talk(*said)) == wanted


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("鸡蛋一打", "egg 12"), ("鸡蛋半打", "egg 6"), ("鸡蛋两打", "egg 24"), ("苹果半斤", "apple 0.5"), ("苹果一斤半", "apple 1.5"),
        ("苹果一斤二两", "apple 1.2"), ("苹果1公斤", "apple 2"), ("苹果500克", "apple 1"), ("苹果二两", "apple 0.2"), ("鸡蛋俩", "egg 2"),
        ("牛奶仨", "milk 3"), ("鸡蛋30个", "egg 30"), ("苹果3", "apple 3"), ("苹果x3", "apple 3"), ("牛奶十二箱", "milk 12"),
        ("牛奶３箱", "milk 3"), ("牛奶3️⃣箱", "milk 3"), ("蘋果三斤", "apple 3"), ("平果三斤", "apple 3"), ("🍎3斤", "apple 3"), ("3斤苹果", "apple 3"),
    ],
)  # fmt: skip
def test_amounts_come_in_the_units_of_the_menu(said: str, wanted: str) -> None:
    ledger = talk(f"王姐: {said}")
    assert held(ledger) == f"王姐 {wanted}"
    assert not ledger.unresolved


@pytest.mark.parametrize("said", ["鸡蛋一板", "虾一盒", "苹果两箱", "牛奶一斤", "牛奶一打"])
def test_a_unit_that_the_menu_does_not_state_is_asked_and_not_converted(said: str) -> None:
    ledger = talk(f"王姐: {said}")
    assert (held(ledger), asked(ledger)) == ("", ["m1"])
    assert "卖的" in ledger.unresolved[0].question


def test_a_pasted_list_counts_each_entry_once_whoever_pastes_it() -> None:
    first = talk(f"王姐: {LIST}", f"李叔: {LIST}\n2. 李叔 梨3斤", f"王姐: {LIST}\n2. 李叔 梨3斤", f"赵: {LIST}\n2. 李叔 梨3斤")
    assert held(first) == "王姐 apple 2; 李叔 pear 3"
    assert [line.sources for line in first.lines] == [("m1",), ("m2",)]


def test_a_later_copys_different_quantity_replaces_the_earlier_one() -> None:
    assert held(talk(f"王姐: {LIST}", f"李叔: {LIST.replace('2斤', '5斤')}")) == "王姐 apple 5"


def test_two_copies_made_at_once_are_joined() -> None:
    ledger = talk(f"王姐: {LIST}", f"李叔: {LIST}\n2. 李叔 梨3斤", f"赵: {LIST}\n2. 赵 鸡蛋10枚")
    assert held(ledger) == "王姐 apple 2; 李叔 pear 3; 赵 egg 10"


def test_a_stale_copy_undoes_nobodys_change() -> None:
    ledger = talk(f"王姐: {LIST}", f"王姐: {LIST.replace('2斤', '6斤')}", f"李叔: {LIST}\n2. 李叔 梨3斤")
    assert held(ledger) == "王姐 apple 6; 李叔 pear 3"


def test_an_entry_taken_out_by_its_owner_is_gone_and_stays_gone() -> None:
    both = f"{LIST}\n2. 李叔 梨3斤"
    assert held(talk(f"王姐: {both}", f"李叔: {LIST}")) == "王姐 apple 2"
    assert held(talk(f"王姐: {both}", f"李叔: {LIST}", f"赵: {both}\n3. 赵 鸡蛋5枚")) == "王姐 apple 2; 赵 egg 5"
    assert held(talk(f"王姐: {both}", f"赵: {LIST}\n2. 赵 鸡蛋5枚")) == "王姐 apple 2; 李叔 pear 3; 赵 egg 5"


def test_two_entries_of_one_name_in_one_list_add_up() -> None:
    assert held(talk(f"王姐: {LIST}\n2. 李叔 梨1斤\n3. 王姐 苹果3斤")) == "王姐 apple 5; 李叔 pear 1"


def test_examples_heads_prices_and_swaps_are_no_orders() -> None:
    head = (
        "#接龙 素套餐16元\n可换：西兰花换杏鲍菇 主食换红薯\n换餐价目：\n1. 主食换炒饭加2元\n2. 加小菜1元\n示例：1. 张三 F区 2份\n"
    )
    assert held(talk(f"范: {head}1. 示例 张三 3份\n2. 范春 F区", menu=KITCHEN)) == "范春 meal 1"


@pytest.mark.parametrize(
    ("entry", "wanted", "note"),
    [
        ("范春", "范春 meal 1", ""),
        ("范春 2份 加小菜", "范春 meal 2; 范春 side 1", ""),
        ("范春 2份炒饭", "范春 meal 1; 范春 rice 2", ""),
        ("范春 单点炒饭", "范春 rice 1", ""),
        ("范春 西兰花换杏鲍菇", "范春 meal 1", "西兰花换杏鲍菇"),
        ("范春 少饭 已付", "范春 meal 1", "少饭，已付"),
        ("范春 自备饭盒 2份", "范春 meal 2", "自备饭盒"),
        ("范春 4份（2份正常、2份少饭）", "范春 meal 4", "2份正常、2份少饭"),
        ("范春3份", "范春 meal 3", ""),
        ("范春-1份", "范春 meal 1", ""),
    ],
)
def test_a_list_of_one_main_article(entry: str, wanted: str, note: str) -> None:
    ledger = talk(f"范: #接龙 今日素套餐\n1. {entry}\n2. 柏雨", menu=KITCHEN)
    assert held(ledger) == f"{wanted}; 柏雨 meal 1"
    assert ledger.lines[0].note == note


def test_a_swap_that_the_menu_sells_is_a_line() -> None:
    menu = (*KITCHEN, Article("potato", "主食换红薯", "份", Decimal(2)))
    assert held(talk("范: #接龙 今日素套餐\n1. 范春 主食换红薯", menu=menu)) == "范春 meal 1; 范春 potato 1"


def test_the_same_as_somebody_copies_what_that_person_has() -> None:
    begun = ("王姐: 苹果2斤，鸡蛋10枚", "李叔: 梨1斤")
    assert lines(talk(*begun, "赵: 同上"))["赵", "pear"] == 1
    like = lines(talk(*begun, "赵: 和王姐一样"))
    assert (like["赵", "apple"], like["赵", "egg"]) == (2, 10)


def test_the_one_above_in_the_stated_quantity() -> None:
    assert held(talk("王姐: 牛奶2箱", "李叔: 楼上那个我也要一份")) == "王姐 milk 2; 李叔 milk 1"
    unclear = talk("王姐: 牛奶2箱 苹果1斤", "李叔: 楼上那个我也要一份")
    assert (held(unclear), asked(unclear)) == ("王姐 milk 2; 王姐 apple 1", ["m2"])


def test_plus_one_is_one_of_what_was_just_offered_or_ordered() -> None:
    assert (
        held(talk("导购小美: 鲜牛奶到货啦，66一箱", "王姐: +1", "李叔: ＋1", "赵: +2")) == "王姐 milk 1; 李叔 milk 1; 赵 milk 2"
    )
    assert held(talk("王姐: 苹果3斤", "李叔: +1")) == "王姐 apple 3; 李叔 apple 1"
    assert asked(talk("导购小美: 苹果8.8，梨5块", "王姐: +1")) == ["m2"]
    assert held(talk("王姐: 这个牛奶是哪产的", "李叔: +1")) == ""


def test_a_quoted_message_is_what_is_joined() -> None:
    said = [
        Said("a", "王姐", "苹果3斤"),
        Said("b", "赵", "梨2斤"),
        Said("c", "李叔", "+1", reply_to="a"),
        Said("d", "丁", "我也来2斤", reply_to="a"),
    ]
    assert held(read_orders(SHOP, said)) == "王姐 apple 3; 赵 pear 2; 李叔 apple 1; 丁 apple 2"


@pytest.mark.parametrize(
    "said",
    ["来点苹果", "苹果多拿点", "牛奶两三箱", "牛奶3-5箱", "苹果十来斤", "水饺三袋", "榴莲两个", "周六能做好的话水饺来两袋猪肉白菜", "老样子", "苹果汁两瓶", "如果新鲜就来3斤虾"],
)  # fmt: skip
def test_what_cannot_be_told_is_asked_and_makes_no_line(said: str) -> None:
    ledger = talk(f"王姐: {said}")
    assert (held(ledger), asked(ledger)) == ("", ["m1"])
    assert ledger.unresolved[0].question.startswith("王姐，")
    assert ledger.unresolved[0].question.endswith(("？", "。"))


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (("来点苹果", "3斤吧"), "王姐 apple 3"),
        (("牛奶两三箱", "那就三箱"), "王姐 milk 3"),
        (("水饺三袋", "韭菜的"), "王姐 leek 3"),
        (("水饺三袋", "韭菜鸡蛋的三袋"), "王姐 leek 3"),
        (("鸡蛋一板", "那来30枚"), "王姐 egg 30"),
        (("如果新鲜就来3斤虾", "那就要3斤"), "王姐 shrimp 3"),
        (("老样子", "苹果2斤"), "王姐 apple 2"),
        (("苹果", "2斤"), "王姐 apple 2"),
    ],
)
def test_later_clarity_resolves_and_both_messages_made_the_line(said: tuple[str, str], wanted: str) -> None:
    ledger = talk(*(f"王姐: {one}" for one in said))
    assert held(ledger) == wanted
    assert not ledger.unresolved
    assert ledger.lines[0].sources == ("m1", "m2")


def test_only_the_sender_clears_what_the_sender_left_unclear() -> None:
    ledger = talk("王姐: 来点苹果", "李叔: 苹果3斤")
    assert (held(ledger), asked(ledger)) == ("李叔 apple 3", ["m1"])


def test_one_message_may_give_a_line_and_be_unclear_for_its_other_half() -> None:
    ledger = talk("王姐: 苹果2斤，再随便来点梨")
    assert (held(ledger), asked(ledger)) == ("王姐 apple 2", ["m1"])
    assert "梨" in ledger.unresolved[0].text


@pytest.mark.parametrize(
    "said",
    [
        "王姐: 苹果还有吗", "王姐: 3斤苹果多少钱？", "王姐: 今天28度热死了", "王姐: 群里200人了", "导购小美: 苹果10元3斤，要的接龙", "王姐: 昨天的苹果坏了两个",
        "王姐: 我买的5斤苹果收到了", "王姐: #接龙 周六爬山报名\n1. 王姐 2人\n2. 李叔 3人", "王姐: 谢谢", "王姐: 等了两个小时", "导购小美: 王姐苹果3斤已记",
        '王姐: [系统] "李叔"加入群聊', "王姐: 👍",
    ],
)  # fmt: skip
def test_questions_chatter_guides_posts_and_sign_ups_are_no_orders(said: str) -> None:
    ledger = talk(said)
    assert (held(ledger), asked(ledger)) == ("", [])


@pytest.mark.parametrize(
    "said",
    [
        "苹果3斤 3栋502",
        "苹果3斤，13812345678",
        "8.8元一斤的苹果来3斤",
        "苹果3斤 5月20号来拿",
        "F区 苹果3斤",
        "苹果3斤，晚上7点半送",
        "苹果3斤26.4元",
    ],
)
def test_rooms_dates_phones_and_prices_are_no_quantities(said: str) -> None:
    ledger = talk(f"王姐: {said}")
    assert (held(ledger), asked(ledger)) == ("王姐 apple 3", [])


def test_sums_are_exact_and_in_a_stable_order() -> None:
    ledger = talk("李叔: 梨0.1斤，苹果0.1斤", "王姐: 苹果0.2斤")
    assert [(one.sku, one.n, one.amount) for one in ledger.totals] == [
        ("apple", Decimal("0.3"), Decimal("2.64")),
        ("pear", Decimal("0.1"), Decimal("0.5")),
    ]
    assert [(one.sender, one.amount) for one in ledger.by_sender] == [("李叔", Decimal("1.38")), ("王姐", Decimal("1.76"))]
    assert ledger.amount == Decimal("3.14")
