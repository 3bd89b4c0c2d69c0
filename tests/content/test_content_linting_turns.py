"""What an edit turned round without a no, promised without a figure, or asked in another entry's place is told."""

import pytest
from content_lint import changed, ground, lost, shop

from bot.content.items import Item, Key
from bot.content.linting import Ground
from bot.content.linting_claims import Claims
from bot.content.linting_pieces import Piece
from bot.content.linting_pledges import pledged, uncautioned
from bot.content.linting_turns import marks


@pytest.fixture(scope="module")
def around() -> Ground:
    return ground(shop())


def turns(before: str, after: str) -> bool:
    return any(one.rule == "change.turned" for one in marks(Piece(("answer",), before), Piece(("answer",), after)))


def promises(before: str, after: str) -> bool:
    return any(pledged(Piece(("answer",), before), Piece(("answer",), after), Claims.of(())))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("这件衣服可以水洗。", "这件衣服只能干洗。"),
        ("下单后到店自提。", "下单后送货上门。"),
        ("刻字免费，当场等。", "刻字自费，当场等。"),
        ("没收到的话由买家承担。", "没收到的话由卖家承担。"),
        ("退款会退到付钱的人那里。", "退款会退到下单的人那里。"),
        ("先付款再发货。", "先发货再付款。"),
        ("从稀到稠就不会错。", "从稠到稀就不会错。"),
        ("先戴隐形再化妆。", "先化妆再戴隐形。"),
        ("快递员会给您打电话。", "您要给快递员打电话。"),
        ("油皮用乳液，干皮用面霜。", "油皮用面霜，干皮用乳液。"),
        ("积分会退给您，这单得到的会收回。", "积分会收回，这单得到的会退给您。"),
        ("淡香精浓一些，淡香水清淡一些。", "淡香精淡一些，淡香水浓郁一些。"),
        ("含酸的先放一放。", "含酸的可以放心用。"),
        ("这次是我们没做好。", "这次是快递没做好。"),
    ],
)
def test_an_opposite_another_party_or_another_order_is_told(before: str, after: str) -> None:
    assert turns(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("油皮用乳液，干皮用面霜。", "干皮用面霜，油皮用乳液。"),
        ("只在晚上用。", "白天不要用，晚上再用。"),
        ("半干就揭。", "没干透就揭下来。"),
        ("先戴隐形再化妆。", "化妆之前先把隐形戴好。"),
        ("水一样的先用，稠的后用。", "稠的放后面，水一样的放前面。"),
        ("快递员派送前会给您打电话。", "派送之前快递员会先打电话给您。"),
        ("按压排掉空气就出来了。真空瓶倒过来磕几下再按。", "按压，排掉空气就出来了。真空瓶倒过来磕几下再按。"),
        ("静安店停车自费。", "静安店停车费要自己出。"),
        ("请导购来答。", "请同事来答。"),
    ],
)
def test_the_same_in_other_words_is_left_alone(before: str, after: str) -> None:
    assert not turns(before, after)


@pytest.mark.parametrize(
    "more",
    [
        "我们一定让您赶上。",
        "进店就有礼，人人都送。",
        "什么时候来拿都在。",
        "一辈子都有货。",
        "另外再送您一份大礼。",
        "不满意十倍赔您。",
        "您要怎么赔都答应您。",
    ],
)
def test_a_promise_to_all_for_ever_or_for_sure_is_told(more: str) -> None:
    assert promises("东西在店里拿。", "东西在店里拿。" + more)
    assert not promises("东西在店里拿。" + more, "东西到店里来拿。" + more)


@pytest.mark.parametrize(
    "more",
    ["我们一定帮您弄清楚。", "有事随时都可以找我们。", "您慢慢说，我一直都在。", "哪天到货不敢跟您打包票。", "查到就告诉您。"],
)
def test_service_and_caution_are_no_promises(more: str) -> None:
    assert not promises("东西在店里拿。", "东西在店里拿。" + more)


def test_a_promise_that_another_text_makes_is_a_fact(around: Ground) -> None:
    was, piece = Piece(("answer",), "测肤要预约。"), Piece(("answer",), "测肤要预约。每位会员都送小样一份。")
    assert list(pledged(was, piece, around.claims))
    told = Item(Key("script", "gift"), {"id": "gift", "variants": [{"text": "每位会员都送小样一份。"}]}, "a.yml")
    other = Item(Key("script", "kept"), {"id": "kept", "variants": [{"text": "每位会员都送一份小样，记得来领。"}]}, "b.yml")
    assert not list(pledged(was, piece, Claims.of((told, other))))


def test_caution_that_is_taken_out_is_told_and_in_other_words_is_not() -> None:
    was = Piece(("text",), "{商品名}现在是{价格}，最后付多少以下单页面为准。")
    assert [one.rule for one in uncautioned(was, Piece(("text",), "{商品名}现在是{价格}，就按这个价钱付，放心拍吧。"))]
    assert not list(uncautioned(was, Piece(("text",), "{商品名}现在是{价格}，具体付多少看下单的页面。")))


def test_a_phrasing_that_fits_everything_or_another_entry_is_told(around: Ground) -> None:
    def asks(id_: str, *more: str) -> set[str]:
        known = around.items[Key("entry", id_)].value["questions"]
        assert isinstance(known, list | tuple)
        return lost(around, changed(around, "entry", id_, questions=[*known, *more]))

    assert asks("return-gift", "怎么操作") == {"question.broad"}
    assert asks("return-gift", "效果好吗") == {"question.broad"}
    assert asks("store-xuhui", "退货的运费谁出呀") == {"question.stranger"}
    assert asks("return-gift", "退货赠品要还吗") == set()
    assert asks("return-where", "退货寄回哪个地址") == set()
