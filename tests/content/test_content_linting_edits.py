"""Edits that ops make by a slip, each beside a lawful twin: another name, a condition gone, somebody else's text, left-overs."""

from collections.abc import Mapping, Sequence

import pytest
from content_lint import changed, ground, lost, rules, shop

from bot.content import read_files
from bot.content.items import Item, Key, Kind
from bot.content.linting import Ground, ground_of, lint_change

_SPELLINGS = """
面膜: [面膜, 敷脸的]
面霜: [面霜, 霜]
"""
_CITIES = """
嘉兴: [嘉兴, 嘉兴市]
苏州: [苏州, 苏州市]
"""
_TRAINING = """version: '3.1'
nlu:
  - intent: ask_price
    examples: |
      - 晚上多少钱
      - 晚上买多少钱
      - 晚上下单什么价
      - 晚上的价钱
      - 晚上价格变吗
      - 今天晚上多少钱
      - 明天晚上多少钱
      - 晚上便宜吗
  - intent: complain
    examples: |
      - 我要投诉你们
"""


@pytest.fixture(scope="module")
def files() -> Mapping[str, bytes]:
    """The shop, with words and sentences of shoppers."""
    return shop(
        intents__spellings__category_yml="category:" + _SPELLINGS.replace("\n", "\n  ").rstrip() + "\n",
        intents__spellings__city_yml="city:" + _CITIES.replace("\n", "\n  ").rstrip() + "\n",
        intents__training__a_yml=_TRAINING,
    )


@pytest.fixture(scope="module")
def around(files: Mapping[str, bytes]) -> Ground:
    return ground(files)


def edited(around: Ground, was: str, now: str, questions: Sequence[str] = ("问一下",)) -> set[str]:
    """The rules that an answer breaks that was another one before."""
    before = Item(Key("entry", "x"), {"id": "x", "questions": list(questions), "answer": was, "source": "手册"}, "")
    return lost(around, Item(before.key, {**before.value, "answer": now}, ""), before)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("默认发中通或者韵达，由仓库安排。", "默认发圆通或者申通，由仓库安排。"),
        ("我们从浙江嘉兴的仓库发货。", "我们从江苏苏州的仓库发货。"),
        ("每周三、周五晚上8点开播。", "每周二、周四晚上8点开播。"),
        ("小程序用微信支付，支付宝用不了。门店支付宝也收。", "小程序用微信支付，云闪付用不了。门店支付宝也收。"),
        ("想用花呗去天猫旗舰店，想用白条去京东旗舰店。", "想用花呗去京东旗舰店，想用白条去京东旗舰店。"),
        ("油皮和夏天用乳液，干皮和冬天用厚一点的。", "干皮和夏天用乳液，油皮和冬天用厚一点的。"),
        ("金卡1.5倍，黑金2倍。", "黑金1.5倍，金卡2倍。"),
        ("维C放早上、A醇放晚上。", "A醇放早上、维C放晚上。"),
        ("发错了的，来回运费我们出。", "发错了的，寄回的运费您先付一下。"),
        ("我是智能助手小花，有事找我。", "我是智能助手小朵，有事找我。"),
        ("店在漕溪北路1888号，欢迎来。", "店在南京西路1888号，欢迎来。"),
        ("SPF看防晒伤，PA看防晒黑。", "PA看防晒伤，SPF看防晒黑。"),
    ],
)
def test_another_name_in_the_place_of_one_is_told(around: Ground, was: str, now: str) -> None:
    assert "change.names" in edited(around, was, now)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("默认发中通或者韵达，由仓库安排。", "默认发韵达或者中通，走哪家看仓库。"),
        ("我们从浙江嘉兴的仓库发货。", "我们的仓库在嘉兴，从那儿发货。"),
        ("江浙沪和广东1到2天到。", "江苏、浙江、上海和广东1到2天到。"),
        ("每周三、周五晚上8点开播。", "每个星期三和星期五晚上八点开播。"),
        ("小程序用微信支付，支付宝用不了。", "小程序不支持支付宝，用微信支付就好。"),
        ("想用花呗去天猫旗舰店，想用白条去京东旗舰店。", "白条请到京东旗舰店用，花呗请到天猫旗舰店用。"),
        ("油皮和夏天用乳液，干皮和冬天用厚一点的。", "夏天或者油皮用乳液，冬天或者干皮用厚一点的。"),
        ("新疆、西藏的门槛不一样。", "西藏、新疆的门槛不一样。"),
        ("金卡1.5倍，黑金2倍。", "金卡是1.5倍、黑金是2倍。"),
        ("无理由退货的寄回运费由您承担。", "无理由退货，寄回来的运费要您自己出。"),
        ("我是智能助手小花，有事找我。", "我叫小花，是智能助手，有事找我就行。"),
    ],
)
def test_the_same_names_in_other_words_pass(around: Ground, was: str, now: str) -> None:
    assert edited(around, was, now) == set()


def test_where_the_old_name_still_stands_is_told(around: Ground) -> None:
    (found,) = _found(around, changed(around, "entry", "free-shipping", answer="天猫满99元包邮，不满收10元运费。"))
    assert "原来说“小程序”，现在说“天猫”" in found.why


def _found(around: Ground, item: Item) -> tuple[object, ...]:
    from bot.content.linting import lint_change  # noqa: PLC0415

    return lint_change(around.items[item.key], item, around)


@pytest.mark.parametrize(
    ("was", "now", "rule"),
    [
        ("没拆封的可以换色号，七天内申请。", "可以换色号，七天内申请。", "change.condition"),
        ("会员每个月可以到店领一份，不用消费。", "每个月可以到店领一份，不用消费。", "change.condition"),
        ("注册送20元券，满129元可用，当月有效。", "注册送20元券，当月有效。", "change.condition"),
        ("一个换20积分，一个月不超过10个。", "一个换20积分。", "change.condition"),
        ("同款降价可以退差价，不限次数。直播价不算在内。", "同款降价可以退差价，不限次数。", "change.condition"),
        ("没拆封的可以换色号，七天内申请。", "七天内、还没拆封的可以换色号。", None),
        ("没拆封的，一周内可以换色号。", "没开封的七天内可以换色号。", None),
        ("注册送20元券，满129元可用，当月有效。", "注册就送一张20元券，满¥129能用，当月有效。", None),
        ("一个换20积分，一个月不超过10个。", "一个换20积分，每月最多十个。", None),
        ("拍下后30分钟内付款有效，过时自动关闭。", "拍下后半小时内付款都有效，过时自动关闭。", None),
        ("每人每单限一份，送完为止。", "每人每单限一份，先到先得，送完就没了。", None),
    ],
)
def test_a_condition_that_went_is_told(around: Ground, was: str, now: str, rule: str | None) -> None:
    found = edited(around, was, now)
    assert rule in found if rule else not found


def test_somebody_elses_text_is_told(around: Ground) -> None:
    was = "群设置里点「退出群聊」就行，等级和积分都不受影响。"
    asked = ("怎么退群", "不想在群里了")
    assert edited(around, was, "签收后七天内、没拆封的都可以无理由退货。", asked) == {"text.foreign"}
    assert edited(around, was, "喷在手腕和耳后，隔二十厘米，别搓开。", asked) == {"text.astray"}
    assert edited(around, was, "群设置里有「退出群聊」，点一下就好，积分、等级都还在。", asked) == set()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("退货在小程序里办。@小李 这里再核对下", "text.leftover"),
        ("摔坏的不保修。（法务还没回复，先这么写）", "text.leftover"),
        ("商场有要求，请您体谅。王店长看一下这样写行吗？", "text.leftover"),
        ("好的，以下是为您优化后的文案：泵头先拧开。", "text.leftover"),
        ("按实际付的钱开【等财务那边，待老周拍板，先别上线】，券不算。", "text.leftover"),
        ("敷15分钟左右[图片]，半干就揭。", "text.leftover"),
        ("您可以加小雅，手机139 1234 5678。", "text.personal"),
        ("填错了凭身份证（310104199203124528）可以改。", "text.personal"),
        ("改好了，密码：abcd2026。", "text.personal"),
        ("上次那单的订单号是 HJJ20261103998877。", "text.personal"),
        ("寄到宛平南路600号3栋502室就行。", "text.personal"),
        ("加店长微信 lili_8866 也行。", "text.personal"),
        ("大瓶的可以托运。大瓶的可以托运。", "text.twice"),
        ("喷一层，wait for half a minute，再按干。", "text.tongue"),
        ("test123", "text.tongue"),
        ("大瓶可以托运，小瓶的话，", "text.cut"),
        ("，装在透明袋里就行。", "text.cut"),
        ("在小程序「我的订单里点一下就行。", "text.cut"),
    ],
)
def test_what_was_left_over_is_told(around: Ground, text: str, rule: str) -> None:
    assert rule in rules(around, changed(around, "entry", "return-gift", answer=text))


@pytest.mark.parametrize(
    "text",
    [
        "退货时赠品要一起寄回（详见「会员中心」），用掉的按标明的价值扣。",
        "赠品要一起寄回的。有别的问题我请市场部同事联系您，核实后给您答复。",
        "记住三步：1. 洗脸；2. 擦水；3. 擦霜。",
        "EDT（Eau de Toilette，淡香水）清淡一些。",
        "店长会给您安排，也可以拨400-555-0100。",
        "没事没事没事，赠品一起寄回就好。",
        "下单时在备注里写「送货上门」，快递员会给您打电话。",
    ],
)
def test_what_only_looks_left_over_passes(around: Ground, text: str) -> None:
    assert not {one for one in rules(around, changed(around, "entry", "return-gift", answer=text)) if one.startswith("text.")}


def test_one_answer_changed_and_the_other_not_is_told(around: Ground) -> None:
    before = Item(
        Key("entry", "x"),
        {"id": "x", "answer": "面霜用的是封口贴，没破就是新的。", "short": "面霜用封口贴。", "source": "手册"},
        "",
    )

    def answered(text: str) -> set[str]:
        return lost(around, Item(before.key, {**before.value, "answer": text}, ""), before)

    assert answered("面霜用的是塑封膜，没破就是新的。") == {"claim.apart"}
    assert answered("面霜贴的是封口贴，没破就是新的。") == set()


def test_a_sentence_broken_off_is_told(around: Ground) -> None:
    assert edited(around, "可以混着用。功效类的别和别家的叠一起。", "可以混着用。功效类的别和") == {"change.cut"}
    assert "change.cut" in edited(around, "先看看驿站。真丢了，由我们补发或者退款。", "先看看驿站。真丢了，由")
    assert "change.cut" in edited(around, "先看看驿站。真丢了，退您全款。", "先看看驿站。真丢了，退")
    assert edited(around, "可以混着用，不用整套买。", "可以混着用。") == set()


def test_words_of_everybody_are_no_spellings(around: Ground) -> None:
    def spelt(word: str) -> set[str]:
        item = around.items[Key("spelling", "category/面膜")]
        return lost(around, changed(around, "spelling", "category/面膜", spellings=[*item.value["spellings"], word]))  # type: ignore[misc]

    assert spelt("晚上") == {"spelling.broad"}
    assert spelt("膜") == {"spelling.broad"}
    assert spelt("霜") == {"spelling.twin"}
    assert spelt("贴脸的膜") == set()
    assert _new(around, "spelling", "category/面霜类", slot="category", standard="面霜类", spellings=["抹的"]) == {
        "spelling.idle"
    }
    assert _new(around, "spelling", "category/唇膜", slot="category", standard="唇膜", spellings=["唇膜"]) == set()


def _new(around: Ground, kind: Kind, id_: str, **values: object) -> set[str]:
    return lost(around, Item(Key(kind, id_), values, ""), None) if around else set()  # type: ignore[arg-type]


def test_a_script_of_the_program_that_is_taken_away_is_told(around: Ground) -> None:
    def without(id_: str) -> set[str]:
        told = lint_change(Item(Key("script", id_), {"id": id_, "variants": [{"text": "您好呀"}]}, ""), None, around)
        return {one.rule for one in told}

    assert without("no_answer") == {"change.guard"}
    assert without("our_own_joke") == set()


def test_sentences_that_sound_like_another_intent_are_told(files: Mapping[str, bytes]) -> None:
    def heard(sentences: Sequence[str]) -> Sequence[Mapping[str, float]]:
        sure = {"ask_price": 0.97, "complain": 0.01}
        unsure = {"ask_price": 0.6, "complain": 0.3}
        return [sure if "多少钱" in one else unsure for one in sentences]

    workspace = read_files(files)
    listening = ground_of(files, workspace, ground(files).today, heard)
    deaf = ground_of(files, workspace, listening.today)
    item = changed(listening, "training", "complain", examples=["我要投诉你们", "这个多少钱呢"])
    assert lost(listening, item) == {"training.stranger"}
    assert lost(deaf, item) == set()
    fine = changed(listening, "training", "complain", examples=["我要投诉你们", "你们什么态度"])
    assert lost(listening, fine) == set()
    unknown = ground_of(files, workspace, listening.today, lambda sentences: [{} for _ in sentences])
    assert lost(unknown, item) == set()


def test_values_that_a_slip_changed_are_told(around: Ground) -> None:
    def product(**values: object) -> set[str]:
        return lost(around, changed(around, "product", "cream-1", **values))

    assert product(category="洗发水") == {"change.category"}
    assert product(name="花间集薰衣草洗发水 50g") == {"change.name"}
    assert product(name="花间集山茶花滋养面霜 55g") == set()
    assert product(tags=["滋润", "含香精", "无香精"]) == {"product.tags"}
    assert product(tags=["滋润", "含香精"]) == set()
    safe = around.items[Key("rule", "safe")]
    assert "rule.idle" in lost(around, changed(around, "rule", "safe", when={"audience": "孕夫"}))
    pinned = {"id": "p", "when": {"category": "面霜"}, "pin": ["cream-2"]}
    assert lost(around, Item(Key("rule", "p"), {**pinned, "pin": ["nothing"]}, ""), Item(Key("rule", "p"), pinned, "")) == {
        "rule.idle"
    }
    pushed = {"id": "b", "when": {"audience": "孕妇"}, "boost": {"tags": ["维A醇"]}, "factor": 1.5}
    assert lost(
        around, Item(Key("rule", "b"), pushed, ""), Item(Key("rule", "b"), {**pushed, "boost": {"tags": ["维A醇", "滋润"]}}, "")
    ) == {"rule.unsafe"}
    less = {**pushed, "boost": {"tags": ["滋润"]}}
    assert lost(around, Item(Key("rule", "b"), {**less, "factor": 0.5}, ""), Item(Key("rule", "b"), less, "")) == {
        "change.factor"
    }
    assert safe.value["block"]


def test_shops_people_and_windows_do_not_change_unseen(around: Ground) -> None:
    assert lost(around, changed(around, "store", "sh-xuhui", phone="021-5555-0110")) == {"change.store"}
    assert lost(around, changed(around, "store", "sh-xuhui", region="华东")) == set()
    assert lost(around, changed(around, "guide", "g1", store="gz-tianhe")) == {"change.store"}
    assert lost(around, changed(around, "guide", "g1", capacity=25)) == set()
    assert lost(around, changed(around, "entry", "winter", valid_until="2062-12-12")) == {"change.window"}
    assert lost(around, changed(around, "entry", "winter", valid_until="2026-12-20")) == set()
    assert lost(around, None, around.items[Key("store", "gz-tianhe")]) == {"change.guard"}
