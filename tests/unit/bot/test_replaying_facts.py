"""Which edits of a wording promise something else, and which only say it otherwise."""

from datetime import date

import pytest

from bot.replaying.facts import numbers, past_days, turned


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


def test_numbers_are_counted_in_one_way_of_writing() -> None:
    assert numbers("七天") == numbers("7日") == numbers("7 天")
    assert numbers("三百二十元") == numbers("320块")
    assert numbers("十五天") == numbers("15天")
    assert numbers("两万积分") == numbers("20000积分")
    assert not numbers("一下 一定 一直 第一")


def test_days_that_are_over_are_told_where_they_end_something() -> None:
    today = date(2026, 11, 22)
    assert past_days("活动到11月11日", today) == {date(2026, 11, 11)}
    assert past_days("截止2026年3月1日", today) == {date(2026, 3, 1)}
    assert past_days("11月20日前有效", today) == {date(2026, 11, 20)}
    assert past_days("活动到12月3日，13月40日", today) == frozenset()
    assert past_days("11月11日上市的新品", today) == frozenset()
