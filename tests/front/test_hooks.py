"""Callbacks of WeCom: believed only when they are the platform's, kept before they are thanked for."""

import asyncio
import io
import zlib
from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.front.conftest import VECTORS, Door

KF = (
    "<xml><ToUserName>ww1</ToUserName><CreateTime>1700000000</CreateTime><MsgType>event</MsgType>"
    "<Event>kf_msg_or_event</Event><Token>{token}</Token><OpenKfId>{id}</OpenKfId></xml>"
)
TEXT = (
    "<xml><ToUserName>ww1</ToUserName><FromUserName>wang</FromUserName><CreateTime>1700000000</CreateTime>"
    "<MsgType>text</MsgType><Content>你好</Content><MsgId>{id}</MsgId></xml>"
)
VERIFY = next(v for v in VECTORS["wecom"] if v["name"] == "wecom_verify_url_2016")


async def test_the_platforms_own_vector_verifies_the_url_with_exactly_the_plaintext(door: Door) -> None:
    query = {
        "msg_signature": VERIFY["msg_signature"],
        "timestamp": VERIFY["timestamp"],
        "nonce": VERIFY["nonce"],
        "echostr": VERIFY["encrypt"],
    }
    answer = await door.http.get("/hooks/wecom/official", params=query)
    assert (answer.status, await answer.read(), answer.content_type) == (
        200,
        VERIFY["expect_response_body"].encode(),
        "text/plain",
    )


async def test_a_url_check_with_one_wrong_digit_is_forbidden(door: Door) -> None:
    wrong = ("f" if VERIFY["msg_signature"][0] != "f" else "0") + VERIFY["msg_signature"][1:]
    query = {"msg_signature": wrong, "timestamp": VERIFY["timestamp"], "nonce": VERIFY["nonce"], "echostr": VERIFY["encrypt"]}
    assert (await door.http.get("/hooks/wecom/official", params=query)).status == 403


async def test_a_notice_is_kept_and_wakes_the_puller(door: Door) -> None:
    answer = await door.callback(KF.format(token="t1", id="wk1"))
    assert (answer.status, await answer.read()) == (200, b"")
    assert await door.rows("select account, open_kfid, token, noticed from pulls") == [("demo", "wk1", "t1", 1)]
    assert await door.due("pull") == ["demo|wk1"]


async def test_many_notices_at_once_are_one_row_and_none_is_forgotten(door: Door) -> None:
    answers = await asyncio.gather(*(door.callback(KF.format(token=f"t{n}", id="wk1")) for n in range(60)))
    assert {answer.status for answer in answers} == {200}
    assert await door.one("select noticed from pulls") == 60


async def test_every_other_message_is_kept_once_however_often_it_comes(door: Door) -> None:
    answers = await asyncio.gather(*(door.callback(TEXT.format(id="42")) for _ in range(5)))
    assert {answer.status for answer in answers} == {200}
    assert await door.rows("select channel, account, platform_id, kind, text, state, outcome, conversation_id from inbox") == [
        ("wecom", "demo", "42", "text", "你好", "settled", "silent", None)
    ]


async def test_events_without_an_id_are_known_by_their_decrypted_bytes(door: Door) -> None:
    event = (
        "<xml><FromUserName>sys</FromUserName><CreateTime>1</CreateTime><MsgType>event</MsgType>"
        "<Event>change_external_chat</Event><ChatId>{chat}</ChatId></xml>"
    )
    for chat in ("a", "a", "b"):
        assert (await door.callback(event.format(chat=chat))).status == 200
    assert await door.rows("select kind, payload ->> 'ChatId' from inbox order by id") == [
        ("change_external_chat", "a"),
        ("change_external_chat", "b"),
    ]


async def test_an_unknown_account_is_not_found(door: Door) -> None:
    _, query, body = door.sealed(TEXT.format(id="1"))
    assert (await door.http.post("/hooks/wecom/nobody", params=query, data=body)).status == 404


async def test_a_forged_signature_is_forbidden_and_leaves_nothing(door: Door) -> None:
    path, query, body = door.sealed(TEXT.format(id="1"))
    assert (await door.http.post(path, params=query | {"nonce": "other"}, data=body)).status == 403
    assert await door.one("select count(*) from inbox") == 0


async def test_a_message_for_another_corporation_is_forbidden(door: Door) -> None:
    path, query, body = door.sealed(TEXT.format(id="1"), account="official")
    assert (await door.http.post(path, params=query, data=body)).status == 403


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<xml>",
        b"<xml><ToUserName>ww1</ToUserName></xml>",
        b"{",
        b"[]",
        b"\xff\xfe\x00",
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><xml><Encrypt>&b;</Encrypt></xml>',
        b"<xml><Encrypt>" + b"<a>" * 10_000 + b"</xml>",
    ],
)
async def test_what_is_no_envelope_is_a_bad_request(door: Door, body: bytes) -> None:
    path, query, _ = door.sealed("x")
    assert (await door.http.post(path, params=query, data=body)).status == 400


async def test_a_body_over_a_mebibyte_is_refused_before_it_is_read(door: Door) -> None:
    path, query, _ = door.sealed("x")
    assert (await door.http.post(path, params=query, data=io.BytesIO(b"x" * (1 << 20) + b"x"))).status == 413


async def test_a_body_that_does_not_tell_its_size_is_cut_at_the_same_place(door: Door) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * (64 << 10)

    path, query, _ = door.sealed("x")
    assert (await door.http.post(path, params=query, data=endless())).status == 413


async def test_a_small_packet_that_unpacks_to_a_large_body_is_refused(door: Door) -> None:
    path, query, _ = door.sealed("x")
    bomb = zlib.compress(b"x" * (8 << 20))
    answer = await door.http.post(path, params=query, data=bomb, headers={"Content-Encoding": "deflate"})
    assert answer.status in {400, 413}


@pytest.mark.parametrize("missing", ["msg_signature", "timestamp", "nonce"])
async def test_a_call_without_its_signature_is_a_bad_request(door: Door, missing: str) -> None:
    path, query, body = door.sealed("x")
    query.pop(missing)
    assert (await door.http.post(path, params=query, data=body)).status == 400


@pytest.mark.parametrize(
    "inside", ["", "no xml", "<xml><MsgType>event</MsgType><Event>kf_msg_or_event</Event></xml>", "{", b"\x00\xff"]
)
async def test_well_sealed_nonsense_is_a_bad_request(door: Door, inside: str | bytes) -> None:
    assert (await door.callback(inside)).status == 400


async def test_json_that_is_nested_beyond_reason_is_a_bad_request(door: Door) -> None:
    assert (await door.callback('{"a":' * 400 + "1" + "}" * 400)).status == 400


async def test_a_message_with_hostile_fields_is_kept_all_the_same(door: Door) -> None:
    hostile = (
        "<xml><MsgType>text</MsgType><CreateTime>99999999999999999999</CreateTime><MsgId>"
        + "9" * 500
        + "</MsgId><Content/></xml>"
    )
    assert (await door.callback(hostile)).status == 200
    assert (
        await door.callback('{"MsgType": "te\\u0000xt", "CreateTime": "soon", "Content": "a\\u0000b", "MsgId": "\\u0000"}')
    ).status == 200
    assert await door.one("select count(*) from inbox") == 2


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_no_bytes_whatever_make_the_door_fail(door: Door, data: st.DataObject) -> None:
    path, query, body = door.sealed(data.draw(st.one_of(st.binary(max_size=200), st.just(TEXT.format(id="7").encode()))))
    cut = data.draw(st.integers(0, len(body)))
    body = data.draw(
        st.one_of(st.just(body), st.just(body[:cut]), st.binary(max_size=300), st.just(body[:cut] + b"\x00" + body[cut:]))
    )
    query |= data.draw(
        st.dictionaries(st.sampled_from(sorted(query)), st.text(st.characters(codec="utf-8"), max_size=50), max_size=2)
    )
    kind = data.draw(
        st.sampled_from(["application/xml", "application/json", "text/plain; charset=utf-7", "multipart/form-data", "a/b"])
    )
    answer = await door.http.post(path, params=query, data=body, headers={"Content-Type": kind})
    assert answer.status < 500
