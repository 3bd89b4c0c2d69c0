"""What was meant by what was typed: emoji, slang, pinyin, look-alikes, typos and homophones."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intents.folding import is_plain
from intents.normalize import folded, normalize
from intents.pinyin import readings
from intents.retail import FLUENT, SOUGHT


def _meant(typed: str) -> str:
    return normalize(typed).text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("好看😍😍😍", "好看[色]"),
        ("无语🤦🏻‍♀️", "无语[捂脸]"),
        ("想买💄", "想买[口红]"),
        ("🇯🇵代购的吗", "[日本]代购的吗"),
        ("谢谢/:rose", "谢谢[玫瑰]"),
        ("谢谢/::)", "谢谢[微笑]"),
        ("收到了[ThumbsUp]", "收到了[强]"),
        ("坏了T_T", "坏了[大哭]"),
        ("好的^_^", "好的[愉快]"),
        ("OTOT", "OTOT"),
    ],
)
def test_faces_mean_the_same_on_every_keyboard(typed: str, meant: str) -> None:
    assert _meant(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("加ᴠх领红包", "加微信领红包"),
        ("ВХ联系", "BX联系"),
        ("aррle手机", "apple手机"),
        ("Привет", "Привет"),
        ("α-熊果苷", "α-熊果苷"),
        ("ω-3鱼油", "ω-3鱼油"),
        ("❸箱", "3箱"),
        ("⻓裙", "长裙"),
        ("亻尔好", "你好"),
        ("加薇亻言", "加微信"),
        ("加薇信", "加微信"),
        ("我の快递", "我的快递"),
        ("冇收到嘅", "没有收到的"),
        ("唔使喇", "不用喇"),
        ("看著不錯", "看着不错"),
        ("著名品牌", "著名品牌"),
        ("發票資訊填錯了", "发票信息填错了"),
        ("小程式打不開", "小程序打不开"),
    ],
)
def test_look_alikes_and_variants_become_what_they_stand_for(typed: str, meant: str) -> None:
    assert _meant(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("duoshao qian", "多少钱"),
        ("Zenme yong", "怎么用"),
        ("tuihuo", "退货"),
        ("hao de", "好的"),
        ("youhuiquan zai na li ling", "优惠券在哪里领"),
        ("wo yao tuihuo", "我要退货"),
        ("woyaotuihuo", "我要退货"),
        ("kuaidi到哪了", "快递到哪了"),
        ("优hui券", "优惠券"),
        ("客fu在吗", "客服在吗"),
        ("多shao钱", "多少钱"),
        ("bu xihuan能退吗", "不喜欢能退吗"),
    ],
)
def test_pinyin_is_read_where_it_is_plainly_shop_talk(typed: str, meant: str) -> None:
    assert _meant(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "women",
        "name",
        "can you help me",
        "how much is it",
        "I want to buy",
        "La Mer",
        "SK-II",
        "Lancome",
        "Estee Lauder",
        "SHISEIDO",
        "iPhone手机壳",
        "nike鞋",
        "T恤",
        "kindle",
        "bilibili",
        "sansui",
        "XL码",
        "SPF50",
        "S11",
        "LG冰箱",
        "SF-104",
        "BB霜",
        "bb霜",
        "xianji@163.com",
        "https://item.tmall.com/tuihuo",
    ],
)
def test_english_words_brands_and_addresses_stay(typed: str) -> None:
    assert _meant(typed) == typed


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("zfb能付吗", "支付宝能付吗"),
        ("我家bb能喝吗", "我家宝宝能喝吗"),
        ("sm时候发货", "什么时候发货"),
        ("hhhhhh", "哈哈"),
        ("sf包邮吗", "顺丰包邮吗"),
        ("SF", "SF"),
        ("thank you", "谢谢"),
        ("尾号2333", "尾号2333"),
        ("2333", "2333"),
        ("好哒", "好的"),
        ("好鸭", "好呀"),
        ("有鸭吗", "有鸭吗"),
        ("大闸蟹蟹黄", "大闸蟹蟹黄"),
        ("恩恩", "嗯"),
        ("恩施玉露", "恩施玉露"),
        ("多钱一瓶", "多少钱一瓶"),
        ("30块多钱", "30块多钱"),
        ("老板多钱", "老板多少钱"),
    ],
)
def test_slang_is_spelled_out(typed: str, meant: str) -> None:
    assert _meant(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("优慧券在哪", "优惠券在哪"),
        ("颜质好高", "颜值好高"),
        ("发或了吗", "发货了吗"),
        ("快弟到哪了", "快递到哪了"),
        ("我要退宽", "我要退款"),
        ("客付在吗", "客服在吗"),
        ("奶纷多少钱", "奶粉多少钱"),
        ("敷完面末要洗吗", "敷完面膜要洗吗"),
        ("什么时侯发货", "什么时候发货"),
        ("能变宜点吗", "能便宜点吗"),
        ("保只期多久", "保质期多久"),
        ("孕付能用吗", "孕妇能用吗"),
        ("申请推款", "申请退款"),
        ("有没有赠拼", "有没有赠品"),
        ("质量怎么洋", "质量怎么样"),
        ("洗面乃", "洗面奶"),
        ("收货地止", "收货地址"),
        ("物留信息", "物流信息"),
        ("买加秀好看", "买家秀好看"),
        ("怎 么退 货", "怎么退货"),
    ],
)
def test_homophones_and_look_alikes_become_the_word_that_was_meant(typed: str, meant: str) -> None:
    assert _meant(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "退或换都行",
        "发或者不发给个话",
        "买加大码",
        "再买加一件",
        "宿舍床帘",
        "蒙牛大果粒",
        "怎么卖",
        "怎么养",
        "信号只有一格",
        "薛之谦的歌",
        "杜甫有多少首诗",
        "面霜 水乳",
        "好的 谢谢",
        "我要 两瓶",
        "订单号123456789",
        "三三两两",
        "牛肉面包油了",
    ],
)
def test_what_can_be_right_is_left_alone(typed: str) -> None:
    assert _meant(typed) == typed


@given(st.lists(st.sampled_from(SOUGHT), min_size=1, max_size=1))
@settings(deadline=None)
def test_a_word_of_the_shop_is_never_corrected_into_another(words: list[str]) -> None:
    # what the table of typos spells otherwise on purpose is not at stake here
    assert _meant(words[0]) in {words[0], *FLUENT}


@given(st.text(alphabet=sorted(set("".join(SOUGHT)) | set("吗呢的了,?! ")), max_size=16))
@settings(max_examples=600, deadline=None)
def test_corrected_text_is_not_corrected_again_and_every_place_leads_back(typed: str) -> None:
    once = normalize(typed)
    assert normalize(once.text).text == once.text
    assert all(0 <= start <= end <= len(typed) for start, end in (once.origin(at, at + 1) for at in range(len(once.text))))


@given(st.text(alphabet=st.sampled_from("zenmyogduhaiqbtuk 'XVａα券怎么退货A1-"), max_size=24))
@settings(max_examples=400, deadline=None)
def test_letters_never_break_anything(typed: str) -> None:
    once = normalize(typed).text
    assert normalize(once).text == once


@given(st.integers(0, 10**12))
def test_numbers_are_never_touched(number: int) -> None:
    assert _meant(str(number)) == str(number)


def test_folding_changes_writing_but_no_meaning() -> None:
    assert folded("ＹＹＤＳ優慧券😡") == "YYDS优慧券😡"


def test_plain_characters_are_those_that_folding_leaves_alone() -> None:
    # the fast way past folding is only right if OpenCC and NFKC agree, character by character
    plain = [char for char in readings() if is_plain(char)]
    assert len(plain) > 6000
    from intents.folding import STEPS  # noqa: PLC0415 - looked at here alone

    text = "\n".join(plain)
    assert [edit for step in STEPS for edit in step(text) if text[edit[0] : edit[1]] != edit[2]] == []
