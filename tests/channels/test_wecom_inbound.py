"""Items of kf/sync_msg and callbacks: every documented shape is understood, and no garbage raises."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wecom import callback, inbound
from bot.channels.wecom.codes import CODES, FAIL_TYPES
from bot.channels.wecom_crypto import CryptoError, WeComCrypto, encrypted_part
from bot.errors import BadRequestError
from bot.ids import conversation_id
from bot.model import Arrival

SAMPLES = Path(__file__).parents[1] / "data" / "wecom_kf"


def sample(name: str) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads((SAMPLES / name).read_bytes())
    return found


def arrivals(name: str) -> list[Arrival]:
    found = [inbound.arrival(item, "demo", "wkFallback") for item in inbound.items(sample(name))]
    assert None not in found
    return [one for one in found if one is not None]


def item(msgtype: str = "text", **more: Any) -> dict[str, Any]:
    base = {"msgid": "m1", "open_kfid": "wk1", "external_userid": "wm1", "send_time": 1767225600, "origin": 3, "msgtype": msgtype}
    return base | more


def event(event_type: str, **more: Any) -> dict[str, Any]:
    inside = {"event_type": event_type, "open_kfid": "wk1", "external_userid": "wm1", **more}
    return {"msgid": "m1", "send_time": 1767225600, "origin": 4, "msgtype": "event", "event": inside}


def read(given_: dict[str, Any]) -> Arrival:
    found = inbound.arrival(given_, "demo", "wkFallback")
    assert found is not None
    return found


def test_every_sample_message_is_understood() -> None:
    found = arrivals("sync_msg_response_messages.json")
    assert len(found) == len(sample("sync_msg_response_messages.json")["msg_list"])
    for one in found:
        assert one.channel == "wecom_kf"
        assert one.conversation == conversation_id("wecom_kf", "demo", one.peer, one.external)
        assert one.payload["msgid"] == one.platform_id
        assert one.sent_at > datetime(2020, 1, 1, tzinfo=UTC)
        if one.role == "shopper":
            assert one.settled is None
        else:
            assert (one.role, one.settled is not None) == ("guide", True)
    assert len({one.platform_id for one in found}) == len(found)


def test_every_sample_event_is_understood() -> None:
    found = arrivals("sync_msg_response_events.json")
    assert {one.kind for one in found} <= {*inbound._EVENTS}
    for one in found:
        assert one.role == "event"
        assert one.kind == "enter_session" or one.settled is not None


def test_an_empty_sample_page_has_no_items() -> None:
    assert inbound.items(sample("sync_msg_response_empty_has_more.json")) == ()


def test_every_sample_error_is_a_code_that_we_know() -> None:
    for path in sorted((SAMPLES / "errors").iterdir()):
        assert int(path.stem) in CODES
        assert orjson.loads(path.read_bytes())["errcode"] == int(path.stem)


def test_the_sample_callback_is_a_notice() -> None:
    root = callback.parse_xml((SAMPLES / "callback_kf_msg_or_event.xml").read_bytes())
    found = callback.notice(callback.fields(root))
    assert found is not None
    assert found.open_kfid
    assert found.token


def test_a_text_is_a_word_of_the_shopper() -> None:
    one = read(item(text={"content": "在吗", "menu_id": "human"}))
    assert (one.text, one.role, one.sender, one.settled) == ("在吗", "shopper", None, None)
    assert one.sent_at == datetime(2026, 1, 1, tzinfo=UTC)
    assert one.payload["text"] == {"content": "在吗", "menu_id": "human"}


@pytest.mark.parametrize(
    ("msgtype", "inside", "text"),
    [
        ("link", {"title": "面霜测评", "desc": "好用", "url": "https://x"}, "面霜测评 好用"),
        ("location", {"name": "商场", "address": "上海市徐汇区", "latitude": 1.5}, "商场 上海市徐汇区"),
        ("miniprogram", {"title": "商城"}, "商城"),
        ("channels_shop_product", {"title": "燕麦霜", "sales_price": "9900"}, "燕麦霜"),
        ("channels_shop_order", {"product_titles": "燕麦霜等", "state": "已发货"}, "燕麦霜等 已发货"),
        ("merged_msg", {"title": "聊天记录"}, "聊天记录"),
        ("image", {"media_id": "x"}, ""),
        ("voice", {"media_id": "x"}, ""),
        ("hologram", {"title": "新东西"}, ""),
    ],
)
def test_of_other_kinds_what_could_be_read_aloud_is_kept(msgtype: str, inside: dict[str, Any], text: str) -> None:
    one = read(item(msgtype, **{msgtype: inside}))
    assert (one.kind, one.text, one.role) == (msgtype, text, "shopper")


def test_a_servicer_who_speaks_takes_the_conversation() -> None:
    one = read(item(origin=5, servicer_userid="xiaolin", text={"content": "我来"}))
    assert (one.role, one.sender, one.takes_over) == ("guide", "xiaolin", "xiaolin")
    assert one.settled is not None


def test_other_origins_are_kept_but_need_no_answer() -> None:
    assert read(item(origin=9, text={"content": "x"})).settled is not None


@pytest.mark.parametrize(
    ("change", "takes_over", "hands_back"), [(1, "b", False), (2, "b", False), (3, None, True), (4, "b", False), (9, None, False)]
)
def test_a_change_of_session_moves_the_floor(change: int, takes_over: str | None, hands_back: bool) -> None:
    one = read(event("session_status_change", change_type=change, old_servicer_userid="a", new_servicer_userid="b"))
    assert (one.takes_over, one.hands_back) == (takes_over, hands_back)


def test_a_servicer_who_rejects_a_customer_silences_the_bot_too() -> None:
    assert read(event("reject_customer_msg_switch_change", servicer_userid="a", reject_switch=1)).takes_over == "a"
    assert read(event("reject_customer_msg_switch_change", servicer_userid="a", reject_switch=0)).hands_back


def test_a_welcome_needs_a_code() -> None:
    assert read(event("enter_session", welcome_code="C")).settled is None
    assert read(event("enter_session")).settled is not None
    assert read(event("enter_session", welcome_code="")).settled is not None


@pytest.mark.parametrize("fail", [*FAIL_TYPES, 99, "x", None, [1]])
def test_a_failed_delivery_names_our_message_and_the_reason(fail: object) -> None:
    one = read(event("msg_send_fail", fail_msgid="OURS", fail_type=fail))
    assert one.fails is not None
    assert one.fails[0] == "OURS"
    assert one.fails[1].startswith("平台没有送达：")


def test_recalls_name_what_was_taken_back() -> None:
    assert read(event("user_recall_msg", recall_msgid="m0")).recalls == "m0"
    assert read(event("servicer_recall_msg", recall_msgid="m0")).recalls == "m0"


def test_an_event_that_nobody_knows_is_kept_and_told_apart() -> None:
    one = read(event("moon_phase_change", phase=3))
    assert one.settled == ("silent", "没见过的事件 moon_phase_change，已存下")
    assert one.payload["event"]["phase"] == 3  # type: ignore[index]


def test_what_has_no_id_is_nothing() -> None:
    assert inbound.arrival({"msgtype": "text"}, "demo", "wk") is None
    assert inbound.arrival({"msgid": "", "msgtype": "text"}, "demo", "wk") is None


def test_the_account_that_was_pulled_stands_in_for_a_missing_one() -> None:
    assert read({"msgid": "m1", "external_userid": "wm1", "msgtype": "text"}).peer == "wkFallback"


@pytest.mark.parametrize("told", [None, "soon", -1, 10**30, 1e400, float("nan"), [], True, "1767225600"])
def test_a_time_that_cannot_be_read_never_raises(told: object) -> None:
    one = read(item(send_time=told))
    assert one.sent_at.tzinfo is not None
    assert one.sent_at - timedelta(days=3) < datetime.max.replace(tzinfo=UTC)


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from(["text", "event", "location", "link", "msgmenu", "channels_shop_order", "merged_msg", "image"])
insides = st.dictionaries(
    st.sampled_from(["event_type", "open_kfid", "external_userid", "content", "title", "change_type", "fail_type", "fail_msgid",
                     "recall_msgid", "reject_switch", "welcome_code", "new_servicer_userid", "servicer_userid", "name"]),
    values | st.sampled_from([*inbound._EVENTS]),
)  # fmt: skip
garbage = st.fixed_dictionaries(
    {"msgid": values | st.text(min_size=1)},
    optional={"msgtype": names | values, "origin": st.sampled_from([3, 4, 5]) | values, "send_time": values,
              "external_userid": st.text(max_size=5) | values, "open_kfid": values, "servicer_userid": values,
              **dict.fromkeys(("text", "event", "location", "link", "msgmenu", "image"), insides | values)},
)  # fmt: skip


@given(garbage)
def test_no_garbage_raises(item_: dict[str, Any]) -> None:
    found = inbound.arrival(item_, "demo", "wk")
    if found is None:
        assert not (isinstance(item_["msgid"], str) and item_["msgid"])
    else:
        assert found.conversation is not None or found.settled is not None
        assert 0 < len(found.platform_id) <= 128


@given(values | st.dictionaries(st.just("msg_list"), values | st.lists(garbage | values, max_size=3)))
def test_no_garbage_page_raises(answer: Any) -> None:
    if isinstance(answer, dict):
        for one in inbound.items(answer):
            inbound.arrival(one, "demo", "wk")


def test_an_item_that_is_deeper_than_anybody_can_read_is_left_out() -> None:
    deep: dict[str, Any] = {}
    for _ in range(600):
        deep = {"a": deep}
    assert inbound.items({"msg_list": [{"msgid": "m1", "x": deep}, {"msgid": "m2"}]})[-1] == {"msgid": "m2"}


# callbacks


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"<xml>", b"<!DOCTYPE x><xml/>", b'<!DOCTYPE x [<!ENTITY a "b">]><xml>&a;</xml>', b"\xff", b"<a>" * 20000,
     b"<?xml version='1.0' encoding='utf-7'?><xml/>", b"<?xml version='1.0' encoding='nope'?><xml/>", b"<xml>\0</xml>"],
)  # fmt: skip
def test_what_is_no_xml_of_ours_is_refused(body: bytes) -> None:
    with pytest.raises(BadRequestError):
        callback.parse_xml(body)
    with pytest.raises(CryptoError):
        encrypted_part(body)


def test_a_body_that_is_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(BadRequestError) as caught:
        callback.parse_xml(b"<xml>" + b"a" * callback.MOST_BYTES + b"</xml>")
    assert caught.value.status == 413


def test_the_sealed_part_is_found() -> None:
    assert encrypted_part(b"<xml><Encrypt><![CDATA[abc]]></Encrypt></xml>") == "abc"
    crypto = WeComCrypto("token", "a" * 43, "corp")
    for empty in (b"<xml/>", b"<xml><Encrypt/></xml>", b"<xml><Encrypt>  </Encrypt></xml>"):
        with pytest.raises(CryptoError):
            crypto.decrypt("0" * 40, "1", "2", encrypted_part(empty))


def test_fields_of_a_callback_nest_and_repeat() -> None:
    root = callback.parse_xml("<xml><A>1</A><B><C>二</C></B><A>3</A><A>4</A><E/></xml>".encode())
    assert callback.fields(root) == {"A": ["1", "3", "4"], "B": {"C": "二"}, "E": ""}


@pytest.mark.parametrize(
    "inside",
    [{}, {"MsgType": "text"}, {"MsgType": "event", "Event": "click"}, {"MsgType": ["event"], "Event": "kf_msg_or_event"}],
)
def test_other_callbacks_are_no_notice(inside: dict[str, Any]) -> None:
    assert callback.notice(inside) is None


@pytest.mark.parametrize("kfid", [None, "", ["a", "b"]])
def test_a_notice_of_nothing_is_refused(kfid: Any) -> None:
    inside = {"MsgType": "event", "Event": "kf_msg_or_event", "Token": "t"} | ({"OpenKfId": kfid} if kfid is not None else {})
    with pytest.raises(BadRequestError):
        callback.notice(inside)


def test_a_notice_without_a_token_still_asks_for_a_pull() -> None:
    assert callback.notice({"MsgType": "event", "Event": "kf_msg_or_event", "OpenKfId": "wk1"}) == callback.Notice("wk1", "")


@pytest.mark.parametrize("words", ["#交回", "＃ 交回", "#结束。"])
def test_a_servicer_lets_go_of_a_talk_by_command(words: str) -> None:
    found = read(item(origin=5, servicer_userid="wangjie", text={"content": words}))
    assert (found.role, found.sender, found.takes_over, found.hands_back) == ("guide", "wangjie", None, True)
    assert found.settled is not None
    assert "指令" in found.settled[1]


@pytest.mark.parametrize("words", ["交回", "好的 #交回", "#新品上市", "#备注 要大瓶", "#交回给你"])
def test_what_is_no_command_there_is_words_that_take_the_talk(words: str) -> None:
    found = read(item(origin=5, servicer_userid="wangjie", text={"content": words}))
    assert (found.takes_over, found.hands_back) == ("wangjie", False)


def test_a_shopper_has_no_commands() -> None:
    found = read(item(text={"content": "#交回"}))
    assert (found.role, found.hands_back, found.settled) == ("shopper", False, None)
