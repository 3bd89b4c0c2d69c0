"""What shoppers and staff do, what the bot hears of it, and which codes come with it."""

from __future__ import annotations

import pytest

from bot.sandbox.acts import Entrance
from bot.sandbox.content import SAMPLES
from bot.sandbox.errors import ActRefusedError
from tests.sandbox.rig import HOUR, KF, OTHER_KF, Rig


@pytest.fixture
def rig() -> Rig:
    return Rig()


@pytest.fixture
def pooled(rig: Rig) -> Rig:
    """A customer who waits in the pool."""
    rig.platform.say(rig.who, "转人工")
    rig.trans(2)
    rig.pull()
    return rig


# entering and welcome


def test_entering_gives_an_event_with_scene_and_welcome_code(rig: Rig) -> None:
    channels = {"nickname": "旗舰店", "scene": 1}
    code = rig.platform.enter(rig.who, entrance=Entrance("h5_detail", "sku%3D1001", channels))
    assert rig.events("enter_session") == [
        {
            "event_type": "enter_session",
            "open_kfid": KF,
            "external_userid": rig.who,
            "scene": "h5_detail",
            "scene_param": "sku%3D1001",
            "welcome_code": code,
            "wechat_channels": channels,
        }
    ]
    assert code


def test_a_welcome_code_works_once_and_needs_no_quota(rig: Rig) -> None:
    code = rig.platform.enter(rig.who)
    assert rig.on_event(code, "msgmenu")["errcode"] == 0
    assert rig.on_event(code)["errcode"] == 40058
    assert rig.platform.conversation(rig.who).order == 1


def test_a_welcome_code_lives_twenty_seconds(rig: Rig) -> None:
    code, late = rig.platform.enter(rig.who), rig.platform.enter(rig.who)
    rig.platform.advance(20)
    assert rig.on_event(code)["errcode"] == 0
    rig.platform.advance(0.1)
    assert rig.on_event(late)["errcode"] == 40058


@pytest.mark.parametrize("type_", ["image", "link"])
def test_a_welcome_is_text_or_menu(rig: Rig, type_: str) -> None:
    code = rig.platform.enter(rig.who)
    assert rig.call("kf/send_msg_on_event", code=code, msgtype=type_, **{type_: {}})["errcode"] == 40008


def test_no_code_within_48_hours_of_a_welcome(rig: Rig) -> None:
    rig.on_event(rig.platform.enter(rig.who))
    rig.platform.advance(48 * HOUR)
    assert rig.platform.enter(rig.who) == ""
    rig.platform.advance(1)
    assert rig.platform.enter(rig.who)


def test_no_code_once_the_customer_wrote(rig: Rig) -> None:
    rig.platform.say(rig.who, "在吗")
    assert rig.platform.enter(rig.who) == ""


def test_no_code_where_the_console_has_its_own_welcome(rig: Rig) -> None:
    assert rig.platform.enter(rig.who, OTHER_KF.open_kfid) == ""
    assert rig.platform.conversation(rig.who, OTHER_KF.open_kfid).order == 1


def test_a_used_msgid_is_refused_for_a_welcome_too(rig: Rig) -> None:
    rig.on_event(rig.platform.enter(rig.who), msgid="out_1")
    rig.platform.advance(49 * HOUR)
    rig.token = rig.get_token()
    assert "out_1" in rig.on_event(rig.platform.enter(rig.who), msgid="out_1")["errmsg"]


# sending


@pytest.mark.parametrize("msgtype", [*SAMPLES, "image", "voice", "video", "file", "some_future_type"])
def test_a_shopper_sends_anything(rig: Rig, msgtype: str) -> None:
    rig.platform.send(rig.who, msgtype, {})
    (item,) = rig.pull()
    assert (item["msgtype"], item["origin"]) == (msgtype, 3)
    assert isinstance(item[msgtype], dict)
    if media_id := item[msgtype].get("media_id"):
        assert rig.platform.world.media.get(media_id, rig.platform.world.now()).data


def test_a_tapped_menu_item_is_a_text_with_its_id(rig: Rig) -> None:
    rig.platform.say(rig.who, "在吗")
    item = {"type": "click", "click": {"id": "HUMAN", "content": "转人工"}}
    msgid = rig.message("msgmenu", {"head_content": "请选", "list": [item]})["msgid"]
    rig.pull()
    rig.platform.tap(rig.who, msgid, "HUMAN")
    (said,) = rig.pull()
    assert said["text"] == {"content": "转人工", "menu_id": "HUMAN"}
    with pytest.raises(ActRefusedError):
        rig.platform.tap(rig.who, msgid, "NONE")


def test_a_message_may_be_taken_back_within_two_minutes_and_once(rig: Rig) -> None:
    old = rig.platform.say(rig.who, "旧的")
    rig.platform.advance(121)
    new = rig.platform.say(rig.who, "新的")
    rig.platform.recall(rig.who, new)
    for msgid in (old, new, "none"):
        with pytest.raises(ActRefusedError):
            rig.platform.recall(rig.who, msgid)
    (event,) = rig.events("user_recall_msg")
    assert event["recall_msgid"] == new


def test_the_bots_messages_are_not_the_shoppers_to_take_back(rig: Rig) -> None:
    rig.platform.say(rig.who, "在吗")
    msgid = rig.text()["msgid"]
    with pytest.raises(ActRefusedError):
        rig.platform.recall(rig.who, msgid)


# states

ALLOWED = {(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (1, 4), (2, 3), (2, 4), (3, 3), (3, 4)}
PATHS: dict[int, tuple[int, ...]] = {0: (), 1: (1,), 2: (2,), 3: (3,), 4: (3, 4)}


@pytest.mark.parametrize(("before", "after"), [(b, a) for b in range(5) for a in range(5)])
def test_only_documented_moves_are_possible(rig: Rig, before: int, after: int) -> None:
    rig.platform.say(rig.who, "在吗")
    for state in PATHS[before]:
        rig.trans(state, servicer_userid="xiaolin")
    assert rig.state() == before
    answer = rig.trans(after, servicer_userid="xiaozhou")
    assert (answer["errcode"] == 0) == ((before, after) in ALLOWED), answer
    assert answer["errcode"] in {0, 95016}
    assert rig.state() == (after if answer["errcode"] == 0 else before)
    assert ("msg_code" in answer) == (answer["errcode"] == 0 and after > 1)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"service_state": 3}, 40058),
        ({"service_state": 3, "servicer_userid": "nobody"}, 95014),
        ({"service_state": 3, "servicer_userid": "xiaozhou"}, 95019),
        ({"service_state": 3, "servicer_userid": "xiaolin"}, 0),
        ({"service_state": 9}, 40058),
        ({}, 40058),
        ({"service_state": 2, "external_userid": "wmNobody"}, 40003),
    ],
)
def test_a_move_to_a_human_names_one_who_serves(rig: Rig, more: dict[str, object], code: int) -> None:
    rig.platform.say(rig.who, "在吗")
    rig.platform.set_serving("xiaozhou", serving=False)
    body = {"open_kfid": KF, "external_userid": rig.who, **more}
    assert rig.call("kf/service_state/trans", **body)["errcode"] == code


def test_a_conversation_moved_by_api_makes_no_event(rig: Rig) -> None:
    rig.platform.say(rig.who, "在吗")
    rig.pull()
    rig.trans(3, servicer_userid="xiaolin")
    assert rig.pull() == []
    answer = rig.call("kf/service_state/get", open_kfid=KF, external_userid=rig.who)
    assert (answer["service_state"], answer["servicer_userid"]) == (3, "xiaolin")


def test_the_next_message_opens_an_ended_session(rig: Rig) -> None:
    rig.platform.say(rig.who, "在吗")
    rig.trans(3, servicer_userid="xiaolin")
    rig.trans(4)
    assert rig.state() == 4
    rig.platform.say(rig.who, "又来了")
    assert rig.state() == 0


def test_a_session_ends_by_itself_after_48_hours(rig: Rig) -> None:
    rig.platform.say(rig.who, "在吗")
    rig.trans(3, servicer_userid="xiaolin")
    rig.platform.advance(48 * HOUR + 1)
    rig.token = rig.get_token()
    assert rig.state() == 4
    assert rig.trans(4)["errcode"] == 95016
    with pytest.raises(ActRefusedError, match="48 小时"):
        rig.platform.reply("xiaolin", rig.who, "还在吗")


# codes of states


def test_the_pools_code_lives_48_hours_takes_text_and_no_quota(rig: Rig) -> None:
    rig.platform.say(rig.who, "转人工")
    for _ in range(5):
        rig.text()
    code = rig.trans(2)["msg_code"]
    assert rig.on_event(code, "msgmenu")["errcode"] == 40008
    assert rig.on_event(code)["errcode"] == 0
    assert rig.on_event(code)["errcode"] == 40058


def test_a_code_is_good_only_in_the_state_in_which_it_was_given(rig: Rig) -> None:
    rig.platform.say(rig.who, "转人工")
    code = rig.trans(2)["msg_code"]
    rig.trans(3, servicer_userid="xiaolin")
    assert rig.on_event(code)["errcode"] == 95018


def test_the_code_of_the_end_lives_twenty_seconds_and_takes_a_menu(rig: Rig) -> None:
    rig.platform.say(rig.who, "再见")
    rig.trans(1)
    code = rig.trans(4)["msg_code"]
    rig.platform.advance(20)
    assert rig.on_event(code, "msgmenu")["errcode"] == 0
    rig.platform.say(rig.who, "再见")
    rig.trans(1)
    late = rig.trans(4)["msg_code"]
    rig.platform.advance(21)
    assert rig.on_event(late)["errcode"] == 40058


# staff


def test_staff_take_transfer_reply_and_end(pooled: Rig) -> None:
    rig, who = pooled, pooled.who
    rig.platform.take("xiaolin", who)
    rig.platform.reply("xiaolin", who, "您好，我是小林")
    rig.platform.transfer("xiaolin", who, "xiaozhou")
    rig.platform.end("xiaozhou", who)
    items = rig.pull()
    said = [x for x in items if x["origin"] == 5]
    assert [(x["servicer_userid"], x["text"]["content"]) for x in said] == [("xiaolin", "您好，我是小林")]
    changes = [x["event"] for x in items if x["origin"] == 4]
    assert [x["change_type"] for x in changes] == [1, 2, 3]
    assert [x.get("new_servicer_userid") for x in changes] == ["xiaolin", "xiaozhou", None]
    assert [x.get("old_servicer_userid") for x in changes] == [None, "xiaolin", "xiaozhou"]
    assert ["msg_code" in x for x in changes] == [True, False, True]
    assert rig.on_event(changes[2]["msg_code"])["errcode"] == 0
    assert rig.state() == 4


def test_writing_after_the_end_opens_the_session_again(pooled: Rig) -> None:
    rig = pooled
    rig.platform.take("xiaolin", rig.who)
    rig.platform.end("xiaolin", rig.who)
    rig.pull()
    rig.platform.reply("xiaolin", rig.who, "还有一句")
    change, said = rig.pull()
    assert change["event"]["change_type"] == 4
    assert said["origin"] == 5
    assert rig.state() == 3


def test_the_bot_cannot_speak_while_a_human_has_the_conversation(pooled: Rig) -> None:
    pooled.platform.take("xiaolin", pooled.who)
    assert pooled.text()["errcode"] == 95018
    pooled.platform.say(pooled.who, "在吗")
    assert pooled.text()["errcode"] == 95018


def test_staff_cannot_do_what_wecom_would_not_let_them(rig: Rig) -> None:
    platform, who = rig.platform, rig.who
    platform.say(who, "在吗")
    with pytest.raises(ActRefusedError, match="待接入池"):
        platform.take("xiaolin", who)
    with pytest.raises(ActRefusedError, match="不在 xiaolin 手里"):
        platform.reply("xiaolin", who, "您好")
    with pytest.raises(ActRefusedError, match="没有接待人员"):
        platform.take("nobody", who)
    rig.trans(2)
    platform.take("xiaolin", who)
    for act in (
        lambda: platform.reply("xiaozhou", who, "您好"),
        lambda: platform.transfer("xiaozhou", who, "xiaolin"),
        lambda: platform.transfer("xiaolin", who, "xiaolin"),
        lambda: platform.end("xiaozhou", who),
    ):
        with pytest.raises(ActRefusedError):
            act()
    platform.set_serving("xiaolin", serving=False)
    with pytest.raises(ActRefusedError, match="停止接待"):
        platform.reply("xiaolin", who, "您好")


def test_staff_take_messages_back_and_switch_customers_off(pooled: Rig) -> None:
    rig = pooled
    rig.platform.take("xiaolin", rig.who)
    msgid = rig.platform.reply("xiaolin", rig.who, "说错了")
    rig.platform.servicer_recall(rig.who, msgid)
    rig.platform.set_reject("xiaolin", rig.who, on=True)
    events = [x["event"] for x in rig.pull() if x["origin"] == 4]
    assert events[-2]["recall_msgid"] == msgid
    assert events[-1]["reject_switch"] == 1
