"""Who is called in a group: by @ in all its spellings, by name at the head, and never by somebody else's quoted words."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.groups.mentions import bare, mentions, names_bot
from intents.groups.notices import newcomers, notice
from intents.groups.people import guide, hailed, named, shorts

_PEOPLE = {"a": "琪琪妈妈", "b": "导购小林", "c": "导购-小雅", "d": "A0户外老陈", "e": "酸奶姐姐", "f": "糖糖 麻麻🌸"}


@pytest.mark.parametrize(
    "text",
    [
        "@小花 在吗",
        "＠小花\u2005能寄海南吗",
        "@小花你好 多少钱",
        "@ 小花 在",
        "小花，在吗",
        "小花 这个多少钱",
        "谢谢小花",
        "这个多少钱呀 小花",
        "你好小花",
    ],
)
def test_the_assistant_is_named(text: str) -> None:
    assert names_bot(text, ["小花"])


@pytest.mark.parametrize(
    "text",
    [
        "@小花妈 你家几个月",
        "@小花妈妈\u2005在吗",
        "「琪琪妈：@小花 在吗」\n- - - - - -\n这个我也想问",
        "> @小花 在\n我不懂",
        "她说“@小花 在吗”没人理",
        "@所有人 清仓",
        "路边的小花好看",
        "发到 xiao@huahua.com",
        "",
    ],
)
def test_the_assistant_is_not_named(text: str) -> None:
    assert not names_bot(text, ["小花", "huahua"], ["小花妈"])


def test_every_name_of_the_assistant_counts() -> None:
    assert names_bot("@团团 在吗", ["小花", "团团"])
    assert not names_bot("@团团 在吗", ["小花"])


def test_names_with_spaces_and_emoji_are_mentioned_whole() -> None:
    (one,) = mentions("@糖糖 麻麻🌸 你家几个月", ["糖糖 麻麻🌸"])
    assert one.name == "糖糖 麻麻🌸"
    assert bare("@糖糖 麻麻🌸 你家几个月", ["糖糖 麻麻🌸"]) == "你家几个月"


def test_what_is_said_is_left_without_the_mention() -> None:
    assert bare("@小花\u2005能寄海南吗", (), ["小花"]) == "能寄海南吗"
    assert bare("谢谢小花", (), ["小花"]) == "谢谢"
    assert bare("「A：在吗」\n- - - - - -\n我也想问") == "我也想问"
    assert bare("a@b.com 收到没") == "a@b.com 收到没"


def test_everybody_is_nobody_in_particular() -> None:
    assert mentions("＠所有人 今晚八点")[0].everybody


@given(st.text(max_size=60), st.sampled_from(["小花", "团团", "糖糖 麻麻🌸"]))
def test_whatever_is_typed_is_read(text: str, name: str) -> None:
    found = mentions(text, [name])
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert names_bot(f"@{name} {text}", [name])
    assert len(bare(text, [name])) <= len(text)


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("琪琪妈你上回寄海南花了几天", "a"),
        ("导购小林 那个绿色的还有没有", "b"),
        ("小雅姐，我那个水还有小样吗", "c"),
        ("小林在吗", "b"),
        ("老陈 你报了没", "d"),
        ("酸奶姐你家那只", "e"),
        ("乐乐妈你家几个月了", ""),
        ("导购小王 在吗", ""),
        ("我妈说这个好", None),
        ("老板 这个怎么卖", None),
        ("请问有货吗", None),
    ],
)
def test_a_name_at_the_head_calls_somebody(text: str, who: str | None) -> None:
    assert hailed(text, _PEOPLE, "z") == who


def test_short_forms_of_names() -> None:
    assert "琪琪麻麻" in shorts("琪琪妈")
    assert named("小林", _PEOPLE) == "b"
    assert named("没人", _PEOPLE) is None
    assert guide("导购-小雅")
    assert not guide("小雅")


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ('"小米"通过扫描二维码加入群聊', ("小米",)),
        ('"米粒"通过扫描"导购小鱼"分享的二维码加入群聊', ("米粒",)),
        ('"A"邀请"B"加入了群聊', ("B",)),
        ('"A"邀请"B、C"加入群聊', ("B", "C")),
        ('你将"海外代购Amy"移出了群聊', ()),
        ('"赵老师"撤回了一条消息', ()),
        ("怎么加入群聊呀", ()),
    ],
)
def test_who_came_in(text: str, who: tuple[str, ...]) -> None:
    assert newcomers(text) == who


def test_a_notice_is_the_platforms() -> None:
    assert notice('"赵老师"撤回了一条消息')
    assert not notice("我怎么撤回了一条消息它还在")
