"""The platform's rules, one sentence each (PROTOCOLS: tokens, pulling, sending, lookups)."""

from __future__ import annotations

import pytest

from bot.sandbox import Rules
from bot.sandbox.errors import ActRefusedError
from tests.sandbox.rig import FOREIGN_KF, HOUR, KF, OTHER_KF, Rig

MENU_ITEM = {"type": "click", "click": {"id": "1", "content": "查物流"}}


@pytest.fixture
def rig() -> Rig:
    return Rig()


# tokens


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, 41002),
        ({"corpid": "ww"}, 41004),
        ({"corpid": "ww", "corpsecret": "x" * 40}, 40013),
        ({"corpid": "wwdaogousandbox001", "corpsecret": "short"}, 40091),
        ({"corpid": "wwdaogousandbox001", "corpsecret": "x" * 40}, 40001),
    ],
)
def test_wrong_credentials_get_no_token(rig: Rig, query: dict[str, object], code: int) -> None:
    assert f'"errcode":{code}'.encode() in rig.platform.gettoken(query)


def test_the_token_stays_the_same_while_valid_and_then_changes(rig: Rig) -> None:
    rig.platform.advance(7199)
    assert rig.get_token() == rig.token
    rig.platform.advance(1)
    assert rig.text()["errcode"] == 42001
    assert rig.get_token() != rig.token
    assert rig.text()["errcode"] == 42001


@pytest.mark.parametrize(("token", "code"), [("", 41001), ("invented", 40014)])
def test_a_missing_or_invented_token_is_refused(rig: Rig, token: str, code: int) -> None:
    rig.token = token
    assert rig.call("kf/account/list")["errcode"] == code


# pulling


def test_a_cursor_gives_each_item_once_and_in_order(rig: Rig) -> None:
    for number in range(5):
        rig.platform.say(rig.who, f"第{number}句")
    got = [x["text"]["content"] for x in rig.pull(limit=2)]
    assert got == [f"第{number}句" for number in range(5)]
    assert rig.pull() == []


def test_an_item_has_the_documented_shape(rig: Rig) -> None:
    rig.platform.say(rig.who, "在吗")
    (item,) = rig.pull()
    assert item.pop("msgid")
    assert item == {
        "open_kfid": KF,
        "external_userid": rig.who,
        "send_time": 1767225600,
        "origin": 3,
        "msgtype": "text",
        "text": {"content": "在吗"},
    }


def test_what_the_api_sent_is_not_pulled(rig: Rig) -> None:
    rig.platform.say(rig.who, "在吗")
    rig.pull()
    assert rig.text()["errcode"] == 0
    assert rig.pull() == []


def test_items_are_kept_three_days(rig: Rig) -> None:
    rig.platform.say(rig.who, "旧的")
    rig.platform.advance(71 * HOUR)
    rig.platform.say(rig.who, "新的")
    rig.platform.advance(2 * HOUR)
    rig.token = rig.get_token()
    assert [x["text"]["content"] for x in rig.pull()] == ["新的"]


def test_open_kfid_restricts_and_its_absence_gives_all_accounts(rig: Rig) -> None:
    rig.platform.say(rig.who, "一店")
    rig.platform.say(rig.who, "二店", OTHER_KF.open_kfid)
    assert len(rig.pull()) == 1
    everything = rig.call("kf/sync_msg")
    assert [x["text"]["content"] for x in everything["msg_list"]] == ["一店", "二店"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"open_kfid": "wkNobody"}, 95000),
        ({"open_kfid": FOREIGN_KF.open_kfid}, 95004),
        ({"token": "invented"}, 95007),
        ({"cursor": "x" * 65}, 40058),
        ({"cursor": "AAAA"}, 40058),
        ({"cursor": 7}, 40058),
        ({"limit": 1001}, 40058),
        ({"limit": -1}, 40058),
        ({"voice_format": 2}, 40058),
        ({"token": "x" * 129}, 40058),
    ],
)
def test_a_bad_pull_is_refused(rig: Rig, body: dict[str, object], code: int) -> None:
    assert rig.call("kf/sync_msg", **body)["errcode"] == code


def test_a_cursor_is_short_and_cannot_be_forged(rig: Rig) -> None:
    rig.platform.say(rig.who, "在吗")
    cursor = rig.call("kf/sync_msg")["next_cursor"]
    assert len(cursor) <= 64
    forged = ("B" if cursor[5] != "B" else "C").join((cursor[:5], cursor[6:]))
    assert rig.call("kf/sync_msg", cursor=forged)["errcode"] == 40058


def test_a_callback_token_lives_ten_minutes_and_belongs_to_its_account(rig: Rig) -> None:
    token = rig.platform.world.news.give(KF, rig.platform.world.now())
    assert rig.call("kf/sync_msg", token=token, open_kfid=OTHER_KF.open_kfid)["errcode"] == 95007
    rig.platform.advance(599)
    assert rig.call("kf/sync_msg", token=token, open_kfid=KF)["errcode"] == 0
    rig.platform.advance(1)
    assert rig.call("kf/sync_msg", token=token, open_kfid=KF)["errcode"] == 95007


def test_pulling_without_a_token_is_strictly_limited_per_minute() -> None:
    rig = Rig(rules=Rules(tokenless_per_minute=3))
    codes = [rig.call("kf/sync_msg", open_kfid=KF)["errcode"] for _ in range(4)]
    assert codes == [0, 0, 0, 45009]
    rig.platform.advance(60)
    assert rig.call("kf/sync_msg", open_kfid=KF)["errcode"] == 0


def test_a_general_limit_per_api_may_be_set() -> None:
    rig = Rig(rules=Rules(calls_per_minute=2))
    assert [rig.call("kf/account/list")["errcode"] for _ in range(3)] == [0, 0, 45009]
    assert rig.call("kf/servicer/list", open_kfid=KF)["errcode"] == 0


# lookups


def test_servicers_are_listed_with_their_status(rig: Rig) -> None:
    rig.platform.set_serving("xiaozhou", serving=False, stop_type=1)
    assert rig.call("kf/servicer/list", open_kfid=KF)["servicer_list"] == [
        {"userid": "xiaolin", "status": 0},
        {"userid": "xiaozhou", "status": 1, "stop_type": 1},
    ]
    (event,) = rig.events("servicer_status_change")
    assert event == {
        "event_type": "servicer_status_change",
        "open_kfid": KF,
        "servicer_userid": "xiaozhou",
        "status": 2,
        "stop_type": 1,
    }


def test_accounts_are_listed_in_pages(rig: Rig) -> None:
    assert len(rig.call("kf/account/list")["account_list"]) == 3
    page = rig.call("kf/account/list", offset=1, limit=1)["account_list"]
    assert [one["open_kfid"] for one in page] == [OTHER_KF.open_kfid]
    assert rig.call("kf/account/list", limit=101)["errcode"] == 40058


def test_only_customers_of_the_last_48_hours_are_known(rig: Rig) -> None:
    def get() -> dict[str, object]:
        return rig.call("kf/customer/batchget", external_userid_list=[rig.who, "wmNobody"], need_enter_session_context=1)

    assert get()["invalid_external_userid"] == [rig.who, "wmNobody"]
    rig.platform.enter(rig.who)
    answer = get()
    assert answer["invalid_external_userid"] == ["wmNobody"]
    assert answer["customer_list"] == [
        {
            "external_userid": rig.who,
            "nickname": "王女士",
            "avatar": "https://example.invalid/avatar.png",
            "gender": 2,
            "enter_session_context": {"scene": "", "scene_param": ""},
        }
    ]
    rig.platform.advance(49 * HOUR)
    rig.token = rig.get_token()
    assert get()["invalid_external_userid"] == [rig.who, "wmNobody"]
    assert rig.call("kf/customer/batchget", external_userid_list=[])["errcode"] == 40058


def test_a_contact_way_is_a_link_for_a_plain_scene(rig: Rig) -> None:
    assert KF in rig.call("kf/add_contact_way", open_kfid=KF, scene="h5_detail")["url"]
    assert rig.call("kf/add_contact_way", open_kfid=KF, scene="x" * 33)["errcode"] == 40058


def test_a_staff_contact_or_a_group_may_be_recommended_and_taken_back(rig: Rig) -> None:
    assert rig.call("kf/customer/get_upgrade_service_config")["groupchat_range"]["chat_id_list"]
    base = {"open_kfid": KF, "external_userid": rig.who}
    offer = {"userid": "xiaolin", "wording": "加我好友"}
    assert rig.call("kf/customer/upgrade_service", **base, type=1, member=offer)["errcode"] == 0
    assert rig.platform.conversation(rig.who).upgrade == {"type": 1, "member": offer}
    assert rig.call("kf/customer/upgrade_service", **base, type=2, groupchat={})["errcode"] == 40058
    assert rig.call("kf/customer/upgrade_service", **base, type=3)["errcode"] == 40058
    assert rig.call("kf/customer/cancel_upgrade_service", **base)["errcode"] == 0
    assert rig.platform.conversation(rig.who).upgrade is None


def test_people_are_told_in_words_what_they_cannot_do(rig: Rig) -> None:
    with pytest.raises(ActRefusedError, match="没有顾客"):
        rig.platform.say("wmNobody", "在吗")
    with pytest.raises(ActRefusedError, match="没有客服账号"):
        rig.platform.say(rig.who, "在吗", "wkNobody")
    with pytest.raises(ActRefusedError, match="写点内容"):
        rig.platform.say(rig.who, "  ")
