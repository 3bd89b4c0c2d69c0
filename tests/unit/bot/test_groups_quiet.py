"""What people say who want to be left alone, or no longer; and what only looks like it."""

from datetime import UTC, datetime

import pytest

from bot import policy, quiet
from bot.db.gathered import Member
from bot.groups.quieting import asks_quiet
from bot.model import ConversationId, InboundMessage, Session
from intents import Recognition
from intents.groups import Decision

NOON = datetime(2026, 5, 20, 4, 0, tzinfo=UTC)

OUT = (
    "退订", "我要退订", "退订推送", "怎么退订", "TD", "回TD", "取消订阅", "别给我发广告了", "以后别给我发活动了", "不要再给我推送了",
    "请勿打扰", "不想收到你们的消息了", "不要骚扰我", "活动消息不要再给我发了", "把推送关了", "别再发了", "麻烦不要再群发了，谢谢", "Ｔ", "别联系我了",
)  # fmt: skip
HUSH = (
    "别@我", "别@我了", "别 @ 我", "不要再艾特我了", "能不能别老是@我啊", "以后别@我，谢谢", "少@我", "别cue我", "不喜欢被@", "别点我名",
    "最近太忙，别@我了", "不用＠我", "你们别总@我", "不要圈我了",
)  # fmt: skip
BACK = (
    "恢复推送",
    "重新订阅",
    "恢复订阅吧",
    "可以给我发活动了",
    "不退订了",
    "别退订",
    "我没说不要发",
    "我没说要退订",
    "继续给我发活动吧",
    "取消退订",
)
NAMED = ("可以@我了", "又可以艾特我了", "恢复@我", "随便@我", "没说不让@我", "不是不让你们@我")
NOTHING = (
    "小王你别@我", "别@所有人了", "别@我老公", "别发货", "先别发，地址错了", "退订金能退吗", "退订单要多久", "有货了@我", "不要推荐精华了", "别给我推荐贵的",
    "他说“别@我”", "「退订」这两个字怎么念", "发消息了吗", "活动什么时候开始", "推送的那款面霜多少钱", "别骗我", "没收到消息", "可以发顺丰吗", "能给我发一下链接吗",
)  # fmt: skip


@pytest.mark.parametrize(
    ("words", "wish"),
    [(one, "out") for one in OUT]
    + [(one, "hush") for one in HUSH]
    + [(one, "back") for one in BACK]
    + [(one, "named") for one in NAMED],
)
def test_a_wish_is_understood(words: str, wish: str) -> None:
    told = quiet.told(words)
    assert told is not None
    assert told.wish == wish


@pytest.mark.parametrize("words", NOTHING)
def test_what_only_looks_like_a_wish_is_none(words: str) -> None:
    assert quiet.told(words) is None


@pytest.mark.parametrize("words", ["他老说“别@我”", "群里有人喊“退订”", "小王说「别再发了」", "别@所有人了"])
def test_a_quoted_word_or_one_about_everybody_unsubscribes_nobody(words: str) -> None:
    heard = Recognition(words, words, "opt_out", 0.95, ("opt_out",), (), (), 0.0, 0.0, safety="opt_out")
    assert policy.decide(heard, Session(), None) not in {"opt_out", "hush"}


@pytest.mark.parametrize(
    ("words", "route"), [("退订", "opt_out"), ("我没说不要发", "opt_in"), ("别@我", "hush"), ("可以@我了", "name_again")]
)
def test_in_a_talk_of_two_it_goes_its_own_way(words: str, route: str) -> None:
    heard = Recognition(words, words, "opt_out", 0.95, ("opt_out",), (), (), 0.0, 0.0, safety="opt_out")
    assert policy.decide(heard, Session(), None) == route


def test_whoever_is_hurt_is_heard_before_that() -> None:
    words = "别@我，脸都烂了"
    heard = Recognition(words, words, "report_reaction", 0.9, ("report_reaction",), (), (), 0.0, 0.0, safety="report_reaction")
    assert policy.decide(heard, Session(), None) == "report_reaction"


def asked(
    words: str, *, named: bool = False, spoken_to: bool = False, hushed: bool = False, out: bool = False
) -> tuple[str, str] | None:
    """(wish, script) of what a member says in a group; None where it is no wish for us."""
    message = InboundMessage(1, ConversationId("g1"), "text", words, {}, NOON, NOON, "m1", "u1")
    decision = Decision("1", "1", "answer" if named else "silent", named=named)
    wish = asks_quiet(message, decision, None, (Member("u1", "李姐", "c1", hushed=hushed, opted_out=out), ("小花",), spoken_to))
    return None if wish is None else (wish.wish, wish.script)


@pytest.mark.parametrize("words", ["@小花 别@我", "小花 别@我了", "小花，别@我了", "＠小花\u2005以后不要艾特我"])
def test_said_to_the_assistant_it_is_confirmed(words: str) -> None:
    assert asked(words, named=True) == ("hush", "room_hushed")


def test_said_to_nobody_in_particular_it_is_kept_and_confirmed_only_where_we_had_spoken_to_them() -> None:
    assert asked("别@我了") == ("hush", "")
    assert asked("别@我了", spoken_to=True) == ("hush", "room_hushed")
    assert asked("退订") == ("out", "room_opted_out")


@pytest.mark.parametrize(
    "words", ["小王你别@我", "@小王 别@我", "小王，你别@我", "别@所有人了", "@小王 别再发了", "别再发了", "别发广告了"]
)
def test_said_to_another_member_it_is_not_ours(words: str) -> None:
    assert asked(words) is None


def test_the_way_back_is_heard_of_whoever_went_away_and_of_whoever_names_us() -> None:
    assert asked("可以@我了") is None
    assert asked("可以@我了", hushed=True) == ("named", "room_named_again")
    assert asked("恢复推送", out=True) == ("back", "opt_in")
    assert asked("小花 恢复推送", named=True) == ("back", "opt_in")
