"""Which edits of a wording promise something else, and which only say it otherwise."""

import random
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from bot.replaying.facts import past_days, turned
from bot.replaying.reckoning import added, numbers, repriced

_DATA = Path(__file__).parents[2] / "data"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("签收后7天内可以退", "签收后30天内可以退"),
        ("敏感肌不能用", "敏感肌能用"),
        ("孕妇不可以用这款", "孕妇可以用这款"),
        ("满99元包邮", "满199元包邮"),
        ("满99元包邮", "满九十元包邮"),
        ("拆封后不支持退货，没拆封的可以退", "拆封后支持退货，没拆封的可以退"),
        ("敏感肌能用，孕妇不能用", "敏感肌不能用，孕妇能用"),
        ("运费我们出", "运费您出"),
        ("签收前可以改地址", "签收后可以改地址"),
        ("七天内可退", "七小时内可退"),
        ("打9折", "打5折"),
        ("退货免费上门取件", "退货收费上门取件"),
        ("特价商品不退不换，其他七天内可退", "其他七天内可退"),
        ("每天用1次就够", "每天用11次就够"),
        ("会员日是每月8号", "会员日是每月18号"),
        ("本品不含酒精", "本品含酒精"),
        ("价格是199元", "价格是19.9元"),
    ],
)
def test_another_promise_is_found(before: str, after: str) -> None:
    assert turned(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("签收后七天内可以退", "签收后7天内可以退。"),
        ("签收后7天内可以退", "签收后 7 日内都可以退哦~"),
        ("满99元包邮", "满99块包邮啦"),
        ("不好意思，让您久等了", "抱歉，让您久等了"),
        ("这个我没有查到，不敢乱说", "这个我没查到，不敢乱讲"),
        ("有问题随时找我", "有什么问题，随时来找我"),
        ("支持7天无理由退换", "支持七天无理由退换货"),
        ("能不能告诉我是什么肤质", "请告诉我是什么肤质"),
        ("您好，我是花花", "您好呀，花花在的"),
        ("一共12,000积分", "一共12000积分"),
        ("不客气。", "不用客气，有事再叫我。"),
        ("我帮您看一下", "我来帮您看看"),
        ("签收後可以退", "签收后可以退"),
        ("早晚各用一次", "早上晚上各用一次"),
    ],
)
def test_the_same_promise_in_other_words_is_none(before: str, after: str) -> None:
    assert turned(before, after) == ""


@pytest.mark.parametrize(
    ("before", "otherwise", "turned_round"),
    [
        ("7天内可以退", "一周内可以退", "7小时内可以退"),
        ("七天内可以退货", "七天之内都能退货", "一个月内可以退货"),
        ("48小时内发货", "两天内发货", "24小时内发货"),
        ("24小时内到账", "一天内到账", "24天内到账"),
        ("半个月内能换", "15天内能换", "半年内能换"),
        ("运费99元", "运费¥99", "运费9.9元"),
        ("运费99元", "运费99块", "运费99块9"),
        ("一般2到3天到", "一般2-3天到", "一般2到13天到"),
        ("一般2到3天到", "一般两三天到", "一般两三周到"),
        ("次日发货", "第二天发货", "当天发货"),
        ("上午9点开门", "9:00开门", "上午10点开门"),
        ("上午9点开门", "早上九点开门", "晚上九点开门"),
        ("下午3点截单", "15:00截单", "13:00截单"),
        ("周一到周五有人接电话", "工作日有人接电话", "周末有人接电话"),
        ("全场8折", "全场打八折", "全场打六折"),
        ("全场8折", "全场打8折", "全场打0.8折"),
        ("最多抵百分之十", "最多抵10%", "最多抵百分之百"),
        ("拆封后不能退", "拆封后退不了", "拆封后能退"),
        ("无需预约", "用不着预约", "需要预约"),
        ("无需预约", "不需要预约", "需预约"),
        ("无需预约", "免预约", "要预约"),
        ("没有拆的可以换", "未拆封的可以换", "拆了的可以换"),
        ("测肤不收费", "测肤免费", "测肤收费"),
        ("没有小票不能退", "有小票才能退", "没有小票能退"),
        ("不带会员码不能领", "只有带会员码才能领", "不带会员码也能领"),
        ("超过七天不能退", "七天以内能退", "超过七天也能退"),
        ("超过48小时不予受理", "48小时以内受理", "48小时以内不予受理"),
        ("不是不能换", "可以换", "不能换"),
        ("每人限购2件", "一人最多买两件", "每人限购20件"),
        ("提前两小时可以取消", "提前2个小时能取消", "提前两天可以取消"),
        ("库存只剩3件", "库存只剩三件", "库存只剩30件"),
        ("电话400-555-0100", "客服电话400-555-0100", "电话400-555-0101"),
        ("价格299元", "价格二百九十九元", "价格2999元"),
        ("满300减40", "满三百减四十", "满400减30"),
        ("保质期三年", "保质期36个月", "保质期三个月"),
        ("积分1.5倍", "积分一点五倍", "积分15倍"),
        ("12月12日截止", "12月12号截止", "12月21日截止"),
        ("每晚8点直播", "每天晚上20点直播", "每晚10点直播"),
        ("周末也发货", "周末照样发货", "周末不发货"),
        ("我们承担来回运费", "来回运费我们出", "来回运费您出"),
        ("不支持花呗", "花呗用不了", "支持花呗"),
        ("孕妇禁用", "孕妇不能用", "孕妇可用"),
        ("孕妇慎用，先问医生", "孕妇先问医生，谨慎使用", "孕妇放心用，不用问医生"),
        ("一瓶能用一个月", "一瓶大约能用30天", "一瓶能用一年"),
        ("30ml装", "30毫升装", "300ml装"),
        ("还剩最后2天", "还剩最后两天", "还剩最后2小时"),
        ("不满18岁不能买", "满18岁才能买", "不满18岁也能买"),
        ("五公里以内免配送费", "5km内不收配送费", "五公里以外免配送费"),
        ("早上10点前下单当天送", "上午十点之前下单当天送", "早上10点后下单当天送"),
        ("一次最多约2个项目", "每次至多预约两个项目", "一次至少约2个项目"),
    ],
)
def test_the_same_amount_or_no_is_told_from_its_twin(before: str, otherwise: str, turned_round: str) -> None:
    assert turned(before, otherwise) == ""
    assert turned(before, turned_round)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("没拆封的可以退，七天内申请。运费您出", "运费您出。没拆封的，7天内申请，可以退"),
        ("①选好商品 ②提交订单 ③付款", "选好商品，提交订单，付款"),
        ("1. 打开小程序 2. 点申请售后", "打开小程序，点申请售后"),
        ("有事打客服热线", "有事打客服热线400-555-0100"),
        ("六家店都能试色", "各家店都能试色"),
        ("油皮可以用", "油皮可以用，里面有5%烟酰胺"),
        ("通勤用物理防晒就够", "通勤用SPF30的物理防晒就够"),
        ("护肤品不是药，治不了痘", "护肤品不是药，没有治疗作用，治不了痘"),
        ("效果因人而异", "效果每个人不一样"),
        ("不着急，您慢慢看", "您慢慢看"),
    ],
)
def test_what_promises_nothing_may_come_and_go(before: str, after: str) -> None:
    assert turned(before, after) == ""
    assert turned(after, before) == ""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("基础护理约30分钟，深层护理约60分钟", "基础护理约60分钟，深层护理约30分钟"),
        ("其他省份2到4天，新疆1到8天", "其他省份1到8天，新疆2到4天"),
        ("平时用SPF30，户外选SPF50", "平时用SPF50，户外选SPF30"),
        ("满99元包邮，不满99元收10元", "不满99元包邮，满99元收10元"),
        ("整单退且没过期的会退回，部分退的不退券", "整单退且没过期的不会退回，部分退的也退券"),
        ("电话400-555-0100", "电话400-555-0110"),
        ("您想要的话可以下单", "您想要的话可以下单，明天一定发"),
        ("在订单里点申请售后就行，售后同事会看", "在订单里点申请售后就行，售后同事会看。在订单里点申请售后就行"),
        ("特价商品不退不换", "特价商品可退可换"),
        ("两小时后能取", "两小时内能取"),
    ],
)
def test_what_is_said_of_something_else_is_found(before: str, after: str) -> None:
    assert turned(before, after)


@pytest.mark.parametrize("name", ["rewordings_dev", "rewordings_check"])
def test_rewordings_are_told_from_turned_promises(name: str) -> None:
    rows = [line.split("\t") for line in (_DATA / f"{name}.tsv").read_text("utf-8").splitlines()[1:]]
    same = [bool(turned(before, after)) for before, after, verdict in rows if verdict == "same"]
    other = [bool(turned(before, after)) for before, after, verdict in rows if verdict == "turned"]
    assert sum(same) / len(same) <= 0.05
    assert sum(other) / len(other) >= 0.98


def test_only_promised_amounts_count_in_a_further_wording() -> None:
    assert added("您好", "您好，新客立减50元") == "50元"
    assert added("您好，新客立减五十元", "在的，新客立减50块") == ""
    assert added("您好", "先在耳后试两三天") == ""
    assert added("您好", "三天内发货") == "三天"


def test_a_price_of_about_the_same_height_was_edited_on_purpose() -> None:
    assert repriced("燕麦霜 ¥99", "燕麦霜 ¥89")
    assert repriced("燕麦霜 99元；晚霜 199元", "燕麦霜 99元；晚霜 239元")
    assert not repriced("燕麦霜 ¥99", "燕麦霜 ¥990")
    assert not repriced("燕麦霜 ¥99", "燕麦霜 ¥9.9")
    assert not repriced("燕麦霜 ¥99", "燕麦霜 ¥45")
    assert not repriced("燕麦霜 50ml ¥99", "燕麦霜 60ml ¥99")
    assert not repriced("燕麦霜 ¥99", "燕麦霜 ¥99")


def test_any_text_can_be_compared() -> None:
    chance = random.Random(5)
    signs = "不没无未别免只才能可以了的七7两十百千万半点月日号周天小时分元块折%.,:-~到至，。；\n\ue000①¥第每退"
    texts = ["".join(chance.choices(signs, k=chance.randrange(60))) for _ in range(200)]
    assert all(turned(one, one) == "" for one in texts)
    assert all(isinstance(turned(one, other), str) for one, other in pairwise(texts))
    assert turned("九" * 5000 + "天", "9" * 5000 + "天") is not None


def test_numbers_are_counted_in_one_way_of_writing() -> None:
    assert numbers("七天") == numbers("7日") == numbers("7 天")
    assert numbers("三百二十元") == numbers("320块")
    assert numbers("十五天") == numbers("15天")
    assert numbers("两万积分") == numbers("20000积分")
    assert numbers("半个月") == numbers("15天") == numbers("十五天")
    assert numbers("一年半内") == numbers("18个月内")
    assert numbers("两三天") == numbers("2到3天")
    assert numbers("晚上8点半") == numbers("20:30")
    assert numbers("晚上8点到10点") == numbers("20:00-22:00")
    assert numbers("九五折") == numbers("95折") == numbers("9.5折")
    assert numbers("一千二百块") == numbers("一千二百元") == numbers("1,200元")
    assert numbers("9块9") == numbers("9.9元")
    assert numbers("2026年12月12日") == numbers("12月12号")
    assert not numbers("一下 一定 一直 第一")


def test_days_that_are_over_are_told_where_they_end_something() -> None:
    today = date(2026, 11, 22)
    assert past_days("活动到11月11日", today) == {date(2026, 11, 11)}
    assert past_days("截止2026年3月1日", today) == {date(2026, 3, 1)}
    assert past_days("11月20日前有效", today) == {date(2026, 11, 20)}
    assert past_days("活动到12月3日，13月40日", today) == frozenset()
    assert past_days("11月11日上市的新品", today) == frozenset()
