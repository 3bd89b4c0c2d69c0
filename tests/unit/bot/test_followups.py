"""Short messages that live on what was said before: made whole, carried on, or left alone."""

from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import ClassVar

import pytest
from bot_rooms import NOON, Words, services
from hypothesis import given
from hypothesis import strategies as st

from bot import ellipsis, followups
from bot.model import Pending, Session
from bot.rehearsal import Rehearsal
from intents import Gazetteer, Recognition, Recognizer


class More(Words):
    """Knows a few more labels."""

    _SAYS: ClassVar = {
        **Words._SAYS, "几点": "ask_store", "怎么用": "ask_usage", "运费": "return_goods", "发货": "ask_shipping",
        "发吗": "ask_shipping", "权益": "ask_membership", "券": "get_coupon", "含": "ask_product_info",
        "花呗": "ask_payment", "多久": "ask_product_info",
    }  # fmt: skip


SPELLINGS: dict[str, dict[str, list[str]]] = {
    "skin_type": {"油性": ["油皮"], "敏感性": ["敏感肌"]},
    "audience": {"孕妇": [], "哺乳期": []},
    "store": {"徐汇店": [], "静安店": []},
    "city": {"杭州": []},
    "category": {"面霜": [], "口红": [], "防晒": []},
    "material": {"酒精": [], "香精": []},
}


@cache
def understanding() -> Recognizer:
    return Recognizer(More(), Gazetteer.build(SPELLINGS, [("p1", "燕麦舒缓霜")]), 0.2)


def whole(said: str | None, text: str, **wish: object) -> str | None:
    memory = {**wish, **({"said": said} if said else {})}
    return ellipsis.completed(text, Session(wish=memory), understanding())


@pytest.mark.parametrize(
    ("said", "text", "meant"),
    [
        ("敏感肌能用吗", "那油皮呢", "油皮能用吗"),
        ("敏感肌能用吗", "孕妇呢", "孕妇能用吗"),
        ("孕妇能用吗", "那哺乳期可以吗", "哺乳期能用吗"),
        ("退货运费谁出", "那换货呢", "换货运费谁出"),
        ("几点关门", "徐汇店呢", "徐汇店几点关门"),
        ("徐汇店几点关门", "那静安店呢", "静安店几点关门"),
        ("静安店有货吗", "杭州呢", "杭州有货吗"),
        ("几点关门", "那周末呢", "周末几点关门"),
        ("包邮吗", "那新疆呢", "新疆包邮吗"),
        ("新疆发吗", "那西藏可以吗", "西藏发吗"),
        ("有什么权益", "金卡呢", "金卡有什么权益"),
        ("券天猫能用吗", "那京东呢", "券京东能用吗"),
        ("能用花呗吗", "信用卡呢", "能用信用卡吗"),
        ("燕麦舒缓霜多少钱", "口红呢", "口红多少钱"),
        ("第一个多少钱", "第二个呢", "第二个多少钱"),
        ("多少钱", "那第二个呢", "第二个多少钱"),
        ("含酒精吗", "那香精呢", "含香精吗"),
        ("口红能用多久", "那防晒的呢", "防晒能用多久"),
    ],
)
def test_a_value_left_alone_takes_its_place_in_the_last_question(said: str, text: str, meant: str) -> None:
    assert whole(said, text) == meant


@pytest.mark.parametrize(
    ("said", "text", "meant"),
    [
        ("徐汇店几点关门", "停车方便吗", "徐汇店停车方便吗"),
        ("新疆发吗", "几天能到", "新疆几天能到"),
        ("徐汇店几点关门", "静安店能停车吗", None),
        ("徐汇店几点关门", "你们几点开门", None),
        ("徐汇店几点关门", "包邮吗", None),
        ("包邮吗", "几天能到", None),
    ],
)
def test_a_place_is_carried_into_a_question_that_names_none(said: str, text: str, meant: str | None) -> None:
    assert whole(said, text) == meant


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("退货运费谁出", "那发票呢"),
        ("退货运费谁出", "人呢"),
        ("包邮吗", "积分呢"),
        ("包邮吗", "徐汇店几点关门"),
        ("付款走花呗行不行", "敏感肌呢"),
        ("敏感肌能用吗", "孕妇能用的面霜呢"),
        ("敏感肌能用吗", "好的"),
        (None, "那油皮呢"),
    ],
)
def test_a_topic_of_its_own_is_not_dragged_into_the_old_one(said: str | None, text: str) -> None:
    assert whole(said, text) is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [("成分呢", "成分有哪些"), ("那保质期呢", "保质期多久"), ("徐汇店呢", "徐汇店有货吗"), ("敏感肌呢", "敏感肌能用吗"),
     ("那酒精呢", "含酒精吗"), ("颜色呢", "有哪些颜色")],
)  # fmt: skip
def test_a_bare_fact_or_value_is_asked_of_the_product_under_discussion(text: str, meant: str) -> None:
    assert whole(None, text, focus="p1") == meant
    assert whole(None, text) is None


@pytest.mark.parametrize("text", ["嗯" * 39, "我是" * 19, "那么这个" * 9, "好的呢" * 900])
def test_murmuring_is_read_as_fast_as_anything(text: str) -> None:
    assert ellipsis.about(text) is None or len(text) < 40


@given(text=st.text(max_size=30), said=st.text(max_size=30))
def test_any_words_leave_the_reading_whole(text: str, said: str) -> None:
    found = whole(said, text)
    assert found is None or found


@pytest.mark.parametrize(
    ("route", "kept"),
    [("return_goods", "能退吗"), ("thank", "包邮吗"), ("greet", "包邮吗"), ("recommend_product", None), ("complain", None)],
)
def test_a_courtesy_keeps_the_topic_and_another_errand_ends_it(route: str, kept: str | None) -> None:
    after = ellipsis.remembering(Session(wish={"said": "包邮吗"}), route, "能退吗")
    assert after.wish.get("said") == kept


def test_a_long_text_is_no_topic() -> None:
    assert "said" not in ellipsis.remembering(Session(), "ask_store", "几" * (ellipsis.LONGEST + 1)).wish


def test_the_same_answer_again_is_no_answer_unless_it_speaks_of_the_new_word() -> None:
    talk = Rehearsal(replace(services(), recognizer=understanding()))
    assert [one.text for one in talk.say("不喜欢能退吗", NOON).speeches] == ["签收后七天内可以退。"]
    done = talk.say("那金卡呢", NOON + timedelta(minutes=1))
    assert done.settled[0].trace["scripts"][0]["id"] != "answer"  # type: ignore[index]


def read(text: str) -> Recognition:
    return understanding().recognize(text)


LISTED = Session(wish={"offered": ["p1", "p2"]}, shown=("p1", "p2"))
TALKED = Session(wish={"focus": "p1"}, shown=("p1",))


@pytest.mark.parametrize(
    ("text", "session", "route"),
    [
        ("还有别的吗", LISTED, "recommend_product"),
        ("便宜点的有没有", LISTED, "recommend_product"),
        ("就第二个吧", LISTED, "place_order"),
        ("看一下第二款", LISTED, "product_named"),
        ("第二个怎么用", LISTED, None),
        ("最便宜的是哪个", LISTED, "ask_price"),
        ("还有别的颜色吗", TALKED, "ask_product_info"),
        ("这个有大瓶的吗", TALKED, "ask_product_info"),
        ("还有别的颜色吗", Session(), None),
        ("还有别的吗", Session(), None),
        ("随便", Session(pending=Pending("skin_type")), "recommend_product"),
        ("都行吧", Session(pending=Pending("budget")), "recommend_product"),
        ("随便", Session(pending=Pending("safety")), None),
        ("随便", Session(), None),
    ],
)
def test_a_step_of_a_search_goes_on_with_it(text: str, session: Session, route: str | None) -> None:
    assert followups.carried_on(read(text), session) == route
