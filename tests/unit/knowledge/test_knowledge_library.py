"""What is answered, what is not, and how sure that is: with the default encoder on a small shop."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from knowledge_worlds import NOBODY, NOON, Letters, an_entry, encoder, for_whom

from knowledge import Asker, Library
from knowledge.calibration import THRESHOLD
from knowledge.strangers import STRANGERS

SHOP = (
    an_entry("return-window", "多久内可以退货", "不喜欢能退吗", "七天无理由吗", answer="签收后七天内没拆封可以无理由退货。"),
    an_entry("return-opened", "拆封了还能退吗", "用过了可以退货吗", answer="拆封后就不能无理由退了，质量问题除外。"),
    an_entry("not-returnable", "哪些东西不能退", "什么情况不给退货", answer="礼品卡、刻字商品和小样不支持退货。"),
    an_entry("return-freight", "退货运费谁出", "退回去要自己付邮费吗", answer="质量问题我们出，其他情况您出。"),
    an_entry("refund-time", "退款什么时候到账", "钱多久退回来", answer="仓库收到后三天内原路退回。"),
    an_entry("spf30", "SPF30能管多久", answer="SPF30大约管两到三小时。"),
    an_entry("spf50", "SPF50能管多久", answer="SPF50大约管四小时，出汗要补。"),
    an_entry("d11", "双十一怎么减", "双11有什么优惠", answer="双十一满三百减四十。"),
    an_entry("d12", "双十二怎么减", "双12有什么优惠", answer="双十二满五百减八十。"),
    an_entry("invoice", "能开发票吗", "怎么开发票", "可以开票不", answer="小程序订单里点申请发票。"),
    an_entry("shipping", "什么时候发货", "下单多久发", "几天能寄出来", answer="四十八小时内发货。"),
    an_entry("freight", "包邮吗", "满多少包邮", "运费多少钱", answer="满九十九包邮，不满十块。"),
    an_entry("points", "积分怎么用", "积分能干什么", "积分可以抵钱吗", answer="一百积分抵一块。"),
    an_entry("store", "店在哪里", "门店地址", "你们店几点关门", answer="徐汇店，早十点到晚十点。"),
    an_entry("pregnant", "孕妇能用吗", "怀孕了可以用吗", answer="含A醇和水杨酸的不建议孕期用。"),
)


@pytest.fixture(scope="module")
def shop() -> Library:
    return Library.build(SHOP, encoder(), normalize=str.casefold, words=["满减", "水杨酸"])


@pytest.mark.parametrize(("entry", "question"), [(entry.id, question) for entry in SHOP for question in entry.questions])
def test_a_question_that_ops_wrote_is_always_answered(shop: Library, entry: str, question: str) -> None:
    answer = shop.ask(question, NOBODY, NOON)
    assert answer.entry is not None
    assert answer.entry.id == entry
    assert answer.confidence >= 0.99


@pytest.mark.parametrize(
    ("query", "entry"),
    [
        ("请问一下多久内可以退货呀？", "return-window"),
        ("能不能开发票", "invoice"),
        ("包不包邮", "freight"),
        ("退款啥时候到账啊", "refund-time"),
    ],
)
def test_politeness_particles_and_a_not_a_change_no_question(shop: Library, query: str, entry: str) -> None:
    answer = shop.ask(query, NOBODY, NOON)
    assert answer.entry is not None
    assert answer.entry.id == entry


@pytest.mark.parametrize(
    ("query", "first", "never"),
    [
        ("不能退的有哪些东西", "not-returnable", "return-window"),
        ("拆开了还能不能退", "return-opened", "not-returnable"),
        ("spf50可以管多长时间", "spf50", "spf30"),
        ("spf30可以管多长时间", "spf30", "spf50"),
        ("双十一满多少可以减", "d11", "d12"),
        ("双12怎样减", "d12", "d11"),
    ],
)
def test_twins_in_all_but_a_negation_or_a_number_are_told_apart(shop: Library, query: str, first: str, never: str) -> None:
    answer = shop.ask(query, NOBODY, NOON)
    assert answer.hits[0].entry == first
    assert answer.entry is None or answer.entry.id != never


@pytest.mark.parametrize(
    "query",
    [
        "今天天气怎么样", "帮我写一篇作文", "隔壁那家店什么时候倒闭", "这瓶的瓶盖是磁吸的吗", "你们老板叫什么名字",
        "孩子发烧吃什么药", "股票明天涨不涨", "卖不卖猫粮", "充电宝有吗", "店员有没有男朋友", "spf70能管多久", "哈哈哈", "1234",
    ],
)  # fmt: skip
def test_what_the_base_does_not_hold_is_not_answered(shop: Library, query: str) -> None:
    assert shop.ask(query, NOBODY, NOON).entry is None


def test_hardly_any_question_from_outside_gets_an_answer(shop: Library) -> None:
    answered = [query for query in STRANGERS if shop.ask(query, NOBODY, NOON).entry is not None]
    assert len(answered) <= 2, answered


def test_an_entry_is_given_exactly_where_the_threshold_is_reached(shop: Library) -> None:
    for query in ("想退", "退货的钱", "多久", "能用吗", "券", "发货了没", "积分", "怎么还没到"):
        answer = shop.ask(query, NOBODY, NOON)
        assert (answer.entry is not None) == (answer.confidence >= THRESHOLD)
        assert not (answer.entry and answer.close)


def test_two_near_entries_are_asked_back_between() -> None:
    twins = (*SHOP, an_entry("gift-wrap", "礼盒包装要钱吗"), an_entry("gift-box", "礼盒里面有什么"))
    answer = Library.build(twins, encoder(), normalize=str.casefold).ask("礼盒", NOBODY, NOON)
    assert answer.entry is None
    assert {entry.id for entry in answer.close} == {"gift-wrap", "gift-box"}


@pytest.mark.parametrize("query", ["退货", "能退吗", "退的话"])
def test_a_bare_topic_that_several_entries_are_about_is_no_question_yet(shop: Library, query: str) -> None:
    assert shop.ask(query, NOBODY, NOON).entry is None


def test_hits_are_ten_different_entries_best_first(shop: Library) -> None:
    for query in ("退货", "怎么用", "多少钱", "店里能退吗"):
        hits = shop.ask(query, NOBODY, NOON).hits
        assert len({hit.entry for hit in hits}) == len(hits) == 10
        assert hits[0].score == max(hit.score for hit in hits)
        assert all(0.0 <= hit.score <= 1.0 for hit in hits)


def test_the_same_base_gives_the_same_answers(shop: Library) -> None:
    again = Library.build(SHOP, encoder(), normalize=str.casefold, words=["满减", "水杨酸"])
    for query in ("买了不想要", "多久能寄到", "运费", "乱七八糟"):
        assert again.ask(query, NOBODY, NOON) == shop.ask(query, NOBODY, NOON)


def test_an_empty_base_answers_nothing() -> None:
    answer = Library.build((), encoder(), normalize=str.casefold).ask("能退吗", NOBODY, NOON)
    assert (answer.entry, answer.confidence, answer.hits) == (None, 0.0, ())


@pytest.mark.parametrize("size", [1, 2, 5])
def test_a_tiny_base_answers_its_own_questions_and_refuses_others(size: int) -> None:
    library = Library.build(SHOP[:size], encoder(), normalize=str.casefold)
    answer = library.ask("多久内可以退货呢", NOBODY, NOON)
    assert answer.entry is not None
    assert answer.entry.id == "return-window"
    for query in ("今天天气怎么样", "店里能停车吗", "帮我叫个车", "积分怎么用"):
        assert library.ask(query, NOBODY, NOON).entry is None


@pytest.mark.parametrize("query", ["", "   ", "？？？", "。", "\u200b", "😀"])
def test_a_message_without_words_asks_nothing(shop: Library, query: str) -> None:
    assert shop.ask(query, NOBODY, NOON).entry is None


LETTERS = Library.build(SHOP, Letters(), normalize=str.casefold)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    query=st.one_of(st.text(max_size=80), st.text(alphabet="能不退货吗多久开发票12spf 的了", max_size=20)),
    asker=st.builds(Asker, channel=st.none() | st.text(max_size=5), level=st.none() | st.just("gold")),
)
def test_no_message_breaks_it(query: str, asker: Asker) -> None:
    answer = LETTERS.ask(query, asker, NOON)
    assert 0.0 <= answer.confidence <= 1.0
    assert answer.why
    assert len(answer.close) in {0, 2, 3}


@settings(max_examples=25, deadline=None)
@given(questions=st.lists(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=3), min_size=1, max_size=4))
def test_no_content_breaks_it(questions: list[list[str]]) -> None:
    entries = [an_entry(f"e{at}", *asked) for at, asked in enumerate(questions)]
    library = Library.build(entries, Letters(), normalize=str.casefold)
    assert library.ask(questions[0][0], NOBODY, NOON).confidence <= 1.0


def test_an_id_used_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="share an id"):
        Library.build((an_entry("a"), an_entry("a", audience=for_whom(levels=["gold"]))), Letters(), normalize=str.casefold)


def test_an_entry_that_nobody_can_ask_for_is_refused() -> None:
    with pytest.raises(ValueError, match="without questions: a"):
        Library.build((an_entry("a").__class__(an_entry("a").id, (), "好", "测试"),), Letters(), normalize=str.casefold)
