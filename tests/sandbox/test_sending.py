"""Sending: quota, window, states, msgids, limits of contents."""

from __future__ import annotations

import pytest

from bot.sandbox import Rules
from tests.sandbox.rig import HOUR, OTHER_KF, Rig

MENU_ITEM = {"type": "click", "click": {"id": "1", "content": "查物流"}}


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_five_messages_for_each_of_the_customers(rig: Rig) -> None:
    rig.platform.say(rig.who, "在吗")
    assert [rig.text()["errcode"] for _ in range(6)] == [0, 0, 0, 0, 0, 95001]
    rig.platform.say(rig.who, "还在吗")
    assert rig.text()["errcode"] == 0


def test_no_message_after_48_hours(rig: Rig) -> None:
    rig.platform.say(rig.who, "在吗")
    rig.platform.advance(48 * HOUR)
    rig.token = rig.get_token()
    assert rig.text()["errcode"] == 0
    rig.platform.advance(1)
    assert rig.text()["errcode"] == 95002
    assert rig.state() == 4


def test_nobody_may_be_written_to_before_they_wrote(rig: Rig) -> None:
    rig.platform.enter(rig.who)
    assert rig.text()["errcode"] == 95018


@pytest.mark.parametrize(("moves", "code"), [((1,), 0), ((2,), 95018), ((3,), 95018), ((1, 4), 95013)])
def test_only_states_0_and_1_allow_sending(rig: Rig, moves: tuple[int, ...], code: int) -> None:
    rig.platform.say(rig.who, "在吗")
    for state in moves:
        assert rig.trans(state, servicer_userid="xiaolin")["errcode"] == 0
    assert rig.text()["errcode"] == code


def test_a_msgid_is_used_once_per_account(rig: Rig) -> None:
    rig.platform.say(rig.who, "在吗")
    assert rig.text("一", msgid="out_1")["msgid"] == "out_1"
    again = rig.text("二", msgid="out_1")
    assert again["errcode"] == 40058
    assert "out_1" in again["errmsg"]
    assert rig.received() == ["一"]
    rig.platform.say(rig.who, "在吗", OTHER_KF.open_kfid)
    assert rig.text("三", msgid="out_1", open_kfid=OTHER_KF.open_kfid)["errcode"] == 0


def test_a_repeat_may_be_answered_ok_but_is_not_delivered_and_costs_nothing() -> None:
    rig = Rig(rules=Rules(repeat_msgid="ok"))
    rig.platform.say(rig.who, "在吗")
    assert rig.text("一", msgid="out_1") == rig.text("一", msgid="out_1")
    assert rig.received() == ["一"]
    assert rig.platform.conversation(rig.who).quota_at(rig.platform.world.now()) == 4


def test_a_refused_send_does_not_use_up_its_msgid(rig: Rig) -> None:
    assert rig.text(msgid="out_1")["errcode"] == 95018
    rig.platform.say(rig.who, "在吗")
    assert rig.text(msgid="out_1")["errcode"] == 0


def test_a_repeat_is_told_even_when_state_and_quota_would_refuse(rig: Rig) -> None:
    rig.platform.say(rig.who, "在吗")
    rig.text(msgid="out_1")
    rig.trans(2)
    assert "out_1" in rig.text(msgid="out_1")["errmsg"]


@pytest.mark.parametrize("msgid", ["x" * 33, "含中文", "a b", 7])
def test_a_msgid_has_at_most_32_plain_characters(rig: Rig, msgid: object) -> None:
    rig.platform.say(rig.who, "在吗")
    assert rig.text(msgid=msgid)["errcode"] == 40058


def test_without_a_msgid_the_platform_makes_one(rig: Rig) -> None:
    rig.platform.say(rig.who, "在吗")
    assert rig.text()["msgid"] != rig.text()["msgid"]


@pytest.mark.parametrize(
    ("msgtype", "content", "code"),
    [
        ("text", {"content": "中" * 682}, 0),
        ("text", {"content": "中" * 683}, 45002),
        ("text", {"content": ""}, 40058),
        ("text", {}, 40058),
        ("image", {"media_id": "invented"}, 40007),
        ("link", {"title": "x" * 129, "url": "u", "thumb_media_id": "T"}, 45002),
        ("link", {"title": "x", "desc": "x" * 513, "url": "u", "thumb_media_id": "T"}, 45002),
        ("link", {"title": "x", "url": "u" * 2049, "thumb_media_id": "T"}, 45002),
        ("link", {"title": "x", "url": "u"}, 40058),
        ("miniprogram", {"appid": "a", "title": "x" * 65, "pagepath": "p", "thumb_media_id": "T"}, 45002),
        ("miniprogram", {"title": "x", "pagepath": "p", "thumb_media_id": "T"}, 40058),
        ("msgmenu", {"head_content": "x", "list": [MENU_ITEM] * 10}, 0),
        ("msgmenu", {"head_content": "x", "list": [MENU_ITEM] * 11}, 95008),
        ("msgmenu", {"head_content": "x", "list": [{"type": "button", "button": {}}]}, 95009),
        ("msgmenu", {"head_content": "x", "list": [{}]}, 95009),
        ("msgmenu", {"head_content": "x", "list": ["click"]}, 95009),
        ("msgmenu", {"head_content": "x", "list": [{"type": "click"}]}, 40058),
        ("msgmenu", {"head_content": "x" * 1025, "list": []}, 45002),
        ("msgmenu", {"tail_content": "x" * 1025, "list": [MENU_ITEM]}, 45002),
        ("msgmenu", {"list": [{"type": "click", "click": {"id": "x" * 129, "content": "a"}}]}, 45002),
        ("msgmenu", {"list": [{"type": "click", "click": {"id": "1", "content": "x" * 129}}]}, 45002),
        ("msgmenu", {"list": [{"type": "view", "view": {"url": "u", "content": "a"}}]}, 0),
        ("msgmenu", {"list": [{"type": "text", "text": {"content": "x" * 257}}]}, 45002),
        ("msgmenu", {"list": [{"type": "text", "text": {"content": "x", "no_newline": 2}}]}, 40058),
        ("msgmenu", {"list": []}, 40058),
        ("location", {"latitude": 31.2, "longitude": 121.4}, 0),
        ("location", {"latitude": "31", "longitude": 121.4}, 40058),
        ("location", {"latitude": 91, "longitude": 121.4}, 40058),
        ("ca_link", {"link_url": "https://work.weixin.qq.com/ca/x"}, 0),
        ("business_card", {"userid": "x"}, 40008),
    ],
)
def test_contents_have_limits(rig: Rig, msgtype: str, content: dict[str, object], code: int) -> None:
    rig.platform.say(rig.who, "在吗")
    thumb = rig.platform.world.media.sample("image", rig.platform.world.now()).media_id
    filled = {key: thumb if value == "T" else value for key, value in content.items()}
    assert rig.message(msgtype, filled)["errcode"] == code


@pytest.mark.parametrize("kind", ["image", "voice", "video", "file"])
def test_uploaded_media_may_be_sent_for_three_days(rig: Rig, kind: str) -> None:
    media_id = rig.platform.world.media.sample(kind, rig.platform.world.now()).media_id
    rig.platform.say(rig.who, "发来看看")
    assert rig.message(kind, {"media_id": media_id})["errcode"] == 0
    rig.platform.advance(73 * HOUR)
    rig.token = rig.get_token()
    rig.platform.say(rig.who, "再发来看看")
    assert rig.message(kind, {"media_id": media_id})["errcode"] == 40007


@pytest.mark.parametrize(
    ("body", "code"),
    [({"open_kfid": "wkNobody"}, 95000), ({"open_kfid": "wkForeign"}, 95004), ({"touser": "wmNobody"}, 40003)],
)
def test_strangers_and_foreign_accounts_are_refused(rig: Rig, body: dict[str, object], code: int) -> None:
    rig.platform.say(rig.who, "在吗")
    assert rig.text(**body)["errcode"] == code


def test_a_shopper_who_refuses_makes_an_accepted_message_fail_afterwards(rig: Rig) -> None:
    rig.who = rig.platform.arrive("拒收的人", refuses=True).external_userid
    rig.platform.say(rig.who, "在吗")
    rig.pull()
    assert rig.text(msgid="out_1")["errcode"] == 0
    (event,) = rig.events("msg_send_fail")
    assert (event["fail_msgid"], event["fail_type"]) == ("out_1", 10)
    assert rig.received() == []
