"""What guides type to be done: understood however it is written, and never read by a shopper."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands import FOLLOW_UP, Command, CommandError, from_platform, is_command, parse
from bot.moments import FARTHEST, when

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 5, 20, 14, 0, tzinfo=ZONE)
"""A Wednesday, two in the afternoon."""


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/交回", Command("hand_back")),
        (" ／ 交回 ", Command("hand_back")),
        ("/结束。", Command("close")),
        ("/转 小雅", Command("transfer", "小雅")),
        ("/转小雅", Command("transfer", "小雅")),
        ("/转给　静安店", Command("transfer", "静安店")),
        ("/转接：小雅", Command("transfer", "小雅")),
        ("/备注 想要大瓶的，/下周来", Command("note", "想要大瓶的，/下周来")),
        ("／备注\n两行\n的话", Command("note", "两行\n的话")),
    ],
)
def test_a_command_is_read_however_it_is_typed(text: str, command: Command) -> None:
    assert parse(text, NOW) == command


@pytest.mark.parametrize("text", ["您好", "1/2 瓶", "https://example.com/交回", "交回", "", "  "])
def test_words_to_the_shopper_are_no_command(text: str) -> None:
    assert parse(text, NOW) is None
    assert not is_command(text)


@pytest.mark.parametrize(
    "text",
    ["/", "//", "/交会", "/结束吧我说真的", "/help", "／退货", "/转", "/备注  ", "/提醒", "/提醒 给她打电话", "/提醒 昨天10点"],
)
def test_what_only_looks_like_a_command_is_refused_in_words(text: str) -> None:
    with pytest.raises(CommandError) as caught:
        parse(text, NOW)
    assert any(word in str(caught.value) for word in ("/交回", "写成", "可以写"))


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("明天10点", (21, 10, 0)),
        ("明天上午10点", (21, 10, 0)),
        ("明天上午十点半", (21, 10, 30)),
        ("明天下午3点", (21, 15, 0)),
        ("明天3点", (21, 15, 0)),
        ("明天8点", (21, 8, 0)),
        ("明早", (21, 9, 0)),
        ("明晚8点", (21, 20, 0)),
        ("明天中午", (21, 12, 0)),
        ("今晚", (20, 19, 0)),
        ("今天下午四点一刻", (20, 16, 15)),
        ("后天", (22, 10, 0)),
        ("大后天下午", (23, 15, 0)),
        ("半小时后", (20, 14, 30)),
        ("半个小时后", (20, 14, 30)),
        ("20分钟后", (20, 14, 20)),
        ("一个半小时后", (20, 15, 30)),
        ("两小时之后", (20, 16, 0)),
        ("过两个小时", (20, 16, 0)),
        ("三天后", (23, 10, 0)),
        ("三天后下午两点", (23, 14, 0)),
        ("两周后", (34, 10, 0)),
        ("下周三", (27, 10, 0)),
        ("下周三晚上7点半", (27, 19, 30)),
        ("下星期一 9:30", (25, 9, 30)),
        ("周五", (22, 10, 0)),
        ("这周六下午", (23, 15, 0)),
        ("周二", (26, 10, 0)),
        ("周三", (27, 10, 0)),
        ("周三下午5点", (20, 17, 0)),
        ("礼拜天", (24, 10, 0)),
        ("5月22号", (22, 10, 0)),
        ("5月22日15:00", (22, 15, 0)),
        ("5/22 15：30", (22, 15, 30)),
        ("2026-05-22 09:05", (22, 9, 5)),
        ("25号下午", (25, 15, 0)),
        ("19号", (50, 10, 0)),
        ("16:30", (20, 16, 30)),
        ("9:30", (21, 9, 30)),
        ("5点", (20, 17, 0)),
        ("晚上九点", (20, 21, 0)),
        ("二十二号", None),
    ],
)
def test_times_as_guides_say_them(said: str, at: tuple[int, int, int] | None) -> None:
    """``at``: day (counted on from the first of May), hour, minute."""
    found = when(f"{said} 给她回电话", NOW)
    if at is None:
        assert found is None
        return
    assert found is not None
    assert found.at == datetime(2026, 5, 1, at[1], at[2], tzinfo=ZONE) + timedelta(days=at[0] - 1)
    assert found.rest == "给她回电话"


def test_the_time_may_stand_anywhere_and_what_is_to_be_done_may_be_left_out() -> None:
    assert parse("/提醒 给她回电话，明天10点", NOW) == Command("remind", "给她回电话", datetime(2026, 5, 21, 10, tzinfo=ZONE))
    assert parse("/提醒明天10点", NOW) == Command("remind", FOLLOW_UP, datetime(2026, 5, 21, 10, tzinfo=ZONE))
    told = parse("/提醒 半小时后提醒她付尾款199元", NOW)
    assert told == Command("remind", "提醒她付尾款199元", NOW + timedelta(minutes=30))


@pytest.mark.parametrize(
    "said", ["2月30号", "13月1日", "25:00", "明天25点", "今天9点", "5月1日2020年", "9999天后", "2020-01-01", "", "早"]
)
def test_a_time_that_does_not_exist_or_is_over_is_none(said: str) -> None:
    found = when(said, NOW)
    assert found is None or NOW < found.at <= NOW + FARTHEST


@given(st.text(alphabet="今明后天大下周三五日号月点半:：上午晚早0123456789一二十两过个小时分钟后 /-", max_size=16))
def test_whatever_is_typed_a_time_lies_ahead_and_within_a_year(text: str) -> None:
    found = when(text, NOW)
    assert found is None or NOW < found.at <= NOW + FARTHEST


@given(st.text(max_size=40))
def test_what_begins_with_a_slash_never_passes_as_words(text: str) -> None:
    for sign in "/／":
        try:
            told = parse(sign + text, NOW)
        except CommandError:
            continue
        assert told is not None


@pytest.mark.parametrize(
    ("text", "deed"),
    [("#交回", "hand_back"), ("＃ 交回 ", "hand_back"), ("#结束#", "close"), ("#结束。", "close")],
)
def test_in_the_platforms_own_client_a_whole_message_is_a_command(text: str, deed: str) -> None:
    assert from_platform(text) == Command(deed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["交回", "/交回", "我帮您看 #交回", "#新品上市", "#备注 大瓶", "#交回给机器人吧", "#转 小雅", "", "#"]
)
def test_anything_else_there_is_words(text: str) -> None:
    assert from_platform(text) is None
