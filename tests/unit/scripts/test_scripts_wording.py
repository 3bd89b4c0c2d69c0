"""Advertising law: what must not go out is found, everyday words are left alone."""

import pytest

from scripts import offences


@pytest.mark.parametrize(
    "text",
    [
        "这是最好的面霜",
        "全网最低价",
        "销量第一的精华",
        "国家级配方",
        "顶级成分",
        "第一品牌",
        "史上最划算",
        "最 好 的 选 择",
        "最.有.效的产品",
        "可以治疗湿疹",
        "消炎祛痘",
        "药妆品牌",
        "医美级护理",
        "祛疤痕",
        "保证有效",
        "１００％不过敏",
        "用了立竿见影",
        "无效全额退款",
        "五星好评返现",
        "好评送红包",
    ],
)
def test_forbidden_words_are_found(text: str) -> None:
    assert list(offences(text))


@pytest.mark.parametrize(
    "text",
    [
        "最近皮肤怎么样",
        "最后一件了",
        "最晚明天下午",
        "最想解决哪一样",
        "第一次用先试一试",
        "第一步洁面，第二步精华",
        "至少提前两小时",
        "适合干皮，质地偏润",
        "护肤品不是药，请去看皮肤科",
        "有问题请尽快就医",
        "欢迎写下真实评价，说好说不好都送积分",
        "好评差评都想听",
        "下单送小样",
        "包邮",
        "我们不敢打包票",
    ],
)
def test_everyday_words_are_left_alone(text: str) -> None:
    assert not list(offences(text))


def test_an_offence_names_the_rule_the_words_and_a_way_out() -> None:
    [offence] = offences("这款消炎")
    assert offence.words == "消炎"
    assert "十七条" in offence.rule
    assert offence.way_out


def test_every_offence_of_a_text_is_found() -> None:
    assert {offence.words for offence in offences("顶级药妆，立竿见影")} == {"顶级", "药妆", "立竿见影"}
