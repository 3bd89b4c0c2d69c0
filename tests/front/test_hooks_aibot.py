"""WeCom's aibot at the door: sealed messages, streams that end with the answer, and nothing said twice by its two ways."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.aibot import moments
from bot.channels.aibot.callback import AibotDoor
from bot.channels.wecom_crypto import CryptoError, json_object
from bot.courier import Courier
from bot.db.codec import speech_to_json
from bot.model import Card, Option, Speech
from bot.sandbox.faults import Faults
from bot.sandbox.rooms_aibot import AibotRoom, Stream
from bot.settings_rooms import AibotAccount
from tests.front.rooms_door import RoomDoor, door_of

Door = RoomDoor[AibotRoom]
door = door_of(AibotRoom)
VECTOR = json.loads((Path(__file__).parents[1] / "data" / "vectors.json").read_text("utf-8"))["wecom_aibot"][0]


async def tell(door: Door, told: Mapping[str, object]) -> Stream | None:
    query, body = door.room.sealed(told)
    answer = await door.post(body, params=query)
    assert answer.status == 200, await answer.text()
    assert answer.content_type in {"text/plain", "application/octet-stream"}
    return door.room.answered(told, await answer.read())


async def look(door: Door) -> None:
    """The platform asks for every stream that is alive."""
    for stream in door.room.asked_for():
        await tell(door, door.room.refresh(stream))


async def speak(door: Door, *speeches: Speech, author: str = "bot") -> None:
    """Words into the outbox of the only conversation."""
    for number, speech in enumerate(speeches):
        await door.rows(
            "insert into outbox (msgid, conversation_id, author, epoch, speech, created_at) "
            "select :msgid, id, :author, epoch, cast(:speech as jsonb), :now from conversations",
            msgid=f"{speech.text}{number}",
            author=author,
            speech=speech_to_json(speech),
            now=door.clock.now(),
        )


async def settle(door: Door, outcome: str = "answered") -> None:
    await door.rows("update inbox set state = 'settled', outcome = :outcome where state = 'new'", outcome=outcome)


async def carry(door: Door, times: int = 1) -> None:
    """The courier, whatever it postponed."""
    courier = Courier(door.engine, door.world.queues["send"], door.world.live, door.world.channels(), door.clock)
    for _ in range(times):
        await door.world.client.flushall()
        (talk,) = await door.rows("select id from conversations")
        await door.world.queues["send"].wake([str(talk["id"])])
        await courier.step((await door.world.queues["send"].claim(10, moments.STREAM)).taken)
        await courier.drain()


async def number(door: Door, nth: int = -1) -> int:
    return int(str((await door.inbox())[nth]["id"]))


def test_the_vector_is_opened_with_an_empty_receiver() -> None:
    account = AibotAccount.model_validate({"token": VECTOR["token"], "aes_key": VECTOR["encoding_aes_key"]})
    crypto = AibotDoor.of(account).crypto
    inside = crypto.decrypt(VECTOR["msg_signature"], VECTOR["timestamp"], VECTOR["nonce"], VECTOR["encrypt"])
    assert json_object(inside)["msgtype"] == "text"
    wrong = ("f" if VECTOR["msg_signature"][0] != "f" else "0") + VECTOR["msg_signature"][1:]
    with pytest.raises(CryptoError) as caught:
        crypto.decrypt(wrong, VECTOR["timestamp"], VECTOR["nonce"], VECTOR["encrypt"])
    assert caught.value.code == -40001


async def test_the_url_is_verified_with_exactly_the_plaintext(door: Door) -> None:
    query, body = door.room.sealed(b"1616140317555161061")
    asked = {**query, "echostr": json.loads(body)["encrypt"]}
    answer = await door.http.get(door.path, params=asked)
    assert (answer.status, await answer.read()) == (200, b"1616140317555161061")
    assert (await door.http.get(door.path, params={**asked, "nonce": "x"})).status == 403


async def test_a_message_is_kept_without_the_robots_own_name_and_its_stream_is_open(door: Door) -> None:
    stream = await tell(door, door.room.say("zhangsan", "今天的促销话术", "CHAT1", quote="昨天的话术"))
    assert stream is not None
    assert (stream.content, stream.finished) == ("", False)
    (row,) = await door.inbox()
    assert (row["channel"], row["kind"], row["text"], row["sender"]) == ("wecom_aibot", "text", "今天的促销话术", "zhangsan")
    assert (row["payload"]["at_bot"], row["payload"]["quote"]) == (True, "昨天的话术")  # type: ignore[index]
    (talk,) = await door.rows("select * from conversations")
    assert (talk["is_group"], talk["external"]) == (True, "CHAT1")
    await look(door)
    assert (stream.content, stream.finished) == ("", False)


async def test_the_answer_ends_the_stream_once_it_is_recorded(door: Door) -> None:
    stream = await tell(door, door.room.say("zhangsan", "今天的促销话术", "CHAT1"))
    assert stream is not None
    one = await number(door)
    await speak(
        door,
        Speech("满 299 减 50", answers=(one,)),
        Speech("还送小样", answers=(one,), cards=(Card("小样", url="https://a.example"),)),
    )
    await settle(door)
    await look(door)
    assert (stream.content, stream.finished) == ("", False)
    await carry(door)
    await look(door)
    assert (stream.content, stream.finished) == ("满 299 减 50", False)
    await carry(door)
    await look(door)
    assert (stream.content, stream.finished) == ("满 299 减 50\n\n还送小样\n\n小样\nhttps://a.example", True)
    assert door.room.calls == []
    assert [row["state"] for row in await door.rows("select state from outbox")] == ["sent", "sent"]


async def test_what_stays_unanswered_ends_empty(door: Door) -> None:
    stream = await tell(door, door.room.say("zhangsan", "你们好", "CHAT1"))
    assert stream is not None
    await settle(door, "silent")
    await look(door)
    assert (stream.content, stream.finished) == ("", True)
    assert door.room.seen("CHAT1") == []


async def test_one_answer_to_two_messages_is_shown_once(door: Door) -> None:
    await tell(door, door.room.say("zhangsan", "有货吗", "CHAT1"))
    await tell(door, door.room.say("lisi", "同问", "CHAT1"))
    ids = await number(door, 0), await number(door, 1)
    await speak(door, Speech("有货", answers=ids))
    await settle(door)
    await carry(door)
    await look(door)
    assert all(one.finished for one in door.room.streams.values())
    assert door.room.seen("CHAT1") == ["有货"]


async def test_an_answer_after_the_stream_goes_the_other_way_once(door: Door) -> None:
    stream = await tell(door, door.room.say("zhangsan", "有货吗"))
    assert stream is not None
    await settle(door)
    door.clock.advance(seconds=moments.STREAM.total_seconds())
    await speak(door, Speech("有货", answers=(await number(door),)))
    await carry(door)
    assert door.room.heard == []
    await look(door)
    door.clock.advance(seconds=(moments.SHOWN - moments.STREAM).total_seconds())
    await look(door)
    assert (stream.content, stream.finished) == ("", True)
    door.clock.advance(seconds=(moments.BACK - moments.SHOWN).total_seconds())
    await carry(door, times=2)
    assert door.room.seen("zhangsan") == ["有货"]
    assert [row["state"] for row in await door.rows("select state from outbox")] == ["sent"]


@pytest.mark.parametrize("second", range(270, 345, 3))
async def test_at_whatever_moment_the_answer_comes_it_is_read_exactly_once(door: Door, second: int) -> None:
    await tell(door, door.room.say("zhangsan", "有货吗"))
    await settle(door)
    door.clock.advance(seconds=second)
    await speak(door, Speech("有货", answers=(await number(door),)))
    for _ in range(12):
        await look(door)
        await carry(door)
        await look(door)
        door.clock.advance(seconds=7)
    assert door.room.seen("zhangsan") == ["有货"]


async def test_a_guides_words_take_the_way_back_while_the_stream_ends_empty(door: Door) -> None:
    stream = await tell(door, door.room.say("zhangsan", "叫人"))
    assert stream is not None
    await settle(door, "handed_over")
    await speak(door, Speech("我是小雅，我来"), author="guide")
    await carry(door)
    await look(door)
    assert (stream.content, stream.finished) == ("", True)
    assert door.room.seen("zhangsan") == ["我是小雅，我来"]


async def test_a_second_message_without_a_way_back_waits_for_the_next_word(door: Door) -> None:
    await tell(door, door.room.say("zhangsan", "叫人"))
    await settle(door, "handed_over")
    await speak(door, Speech("我是小雅"), Speech("请说"), author="guide")
    await carry(door, times=2)
    states = [row["state"] for row in await door.rows("select state from outbox order by id")]
    assert states == ["sent", "held"]
    await tell(door, door.room.say("zhangsan", "面霜"))
    await settle(door, "handed_over")
    await carry(door)
    assert door.room.seen("zhangsan") == ["我是小雅", "请说"]


async def test_after_an_hour_there_is_no_way_back(door: Door) -> None:
    await tell(door, door.room.say("zhangsan", "叫人"))
    await settle(door, "handed_over")
    door.clock.advance(minutes=61)
    await speak(door, Speech("我来了"), author="guide")
    await carry(door)
    assert door.room.calls == []
    assert [row["state"] for row in await door.rows("select state from outbox")] == ["held"]


@pytest.mark.parametrize("faults", [Faults(timeout=1), Faults(reset=1), Faults(http_500=1), Faults(busy=1), Faults(freq=1)])
async def test_a_way_back_that_stumbles_says_it_once(door: Door, faults: Faults) -> None:
    await tell(door, door.room.say("zhangsan", "叫人"))
    await settle(door, "handed_over")
    (talk,) = await door.rows("select id from conversations")
    await speak(door, Speech("我来了"), author="guide")
    courier = Courier(door.engine, door.world.queues["send"], door.world.live, door.world.channels(), door.clock)
    for room_faults in (faults, faults, Faults(), Faults()):
        door.room.faults = room_faults
        await door.world.client.flushall()
        await door.world.queues["send"].wake([str(talk["id"])])
        await courier.step((await door.world.queues["send"].claim(10, moments.STREAM)).taken)
        await courier.drain()
        door.clock.advance(seconds=130)
    assert door.room.seen("zhangsan") == ["我来了"]
    assert [row["state"] for row in await door.rows("select state from outbox")] == ["sent"]


async def test_options_are_lines_and_a_long_answer_is_cut_where_the_platform_cuts(door: Door) -> None:
    stream = await tell(door, door.room.say("zhangsan", "有什么"))
    assert stream is not None
    await speak(door, Speech("字" * 9000, answers=(await number(door),), options=(Option("a", "面霜"),)))
    await settle(door)
    await carry(door)
    await look(door)
    assert stream.finished
    assert len(stream.content.encode()) <= 20_480
    assert stream.content.endswith("…")


async def test_streams_that_nobody_opened_are_over(door: Door) -> None:
    told = door.room.say("zhangsan", "x")
    for strange in ("dg999999", "other", "dg1x", "", "dg" + "9" * 30):
        stream = Stream(strange, "zhangsan", told, door.room.clock.now() + 60)
        found = await tell(door, door.room.refresh(stream))
        assert found is not None
        assert found.finished


async def test_a_repeat_has_the_same_stream_and_is_kept_once(door: Door) -> None:
    told = door.room.say("zhangsan", "在吗")
    streams = [await tell(door, told) for _ in range(3)]
    assert len({one.id for one in streams if one}) == 1
    assert len(await door.inbox()) == 1


async def test_all_kinds_of_messages(door: Door) -> None:
    room = door.room
    mixed = {
        "msg_item": [{"msgtype": "text", "text": {"content": "@小助手 看下这张图"}}, {"msgtype": "image", "image": {"url": "u"}}]
    }
    await tell(door, room.message("z", "mixed", mixed, "CHAT1"))
    await tell(door, room.message("z", "voice", {"content": "语音转写文本"}))
    await tell(door, room.message("z", "image", {"url": "u"}))
    await tell(door, room.message("z", "mixed", {"msg_item": [{"msgtype": "image"}]}, "CHAT1"))
    assert await tell(door, room.message("z", "hologram", {})) is None
    rows = await door.inbox()
    assert [(row["kind"], row["text"]) for row in rows] == [
        ("text", "看下这张图"), ("text", "语音转写文本"), ("image", ""), ("image", ""), ("hologram", ""),
    ]  # fmt: skip
    assert rows[-1]["outcome"] == "silent"


async def test_events_are_kept_beside_the_message_whose_id_they_share(door: Door) -> None:
    told = door.room.say("zhangsan", "在吗")
    for event in (
        {"eventtype": "enter_chat"},
        {"eventtype": "template_card_event", "template_card_event": {"task_id": "t"}},
        {"eventtype": "new"},
    ):
        assert await tell(door, {**told, "msgtype": "event", "event": event}) is None
    await tell(door, told)
    rows = await door.inbox()
    assert [row["state"] for row in rows] == ["settled", "settled", "settled", "new"]


async def test_forged_foreign_and_malformed_callbacks_are_refused(door: Door) -> None:
    query, body = door.room.sealed(door.room.say("zhangsan", "在吗"))
    assert (await door.post(body, params={**query, "msg_signature": "0" * 40})).status == 403
    assert (await door.post(body, params={"timestamp": "1"})).status == 400
    assert (await door.post(b"{}", params=query)).status == 400
    assert (await door.post(b"x" * ((1 << 20) + 1), params=query)).status == 413
    for inside in (b"[]", b"", b"\xff", b"<xml/>", b'{"msgtype":"text"}', b'{"a":' + b"[" * 40 + b"]" * 40 + b"}"):
        query, body = door.room.sealed(inside)
        assert (await door.post(body, params=query)).status == 400
    assert (await door.http.post("/hooks/aibot/nobody", data=body, params=query)).status == 404
    assert await door.inbox() == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_no_bytes_whatever_make_the_door_fail(door: Door, data: st.DataObject) -> None:
    values = st.one_of(
        st.text(max_size=9), st.integers(-9, 9**18), st.none(), st.sampled_from(["text", "stream", "event", "mixed", "voice"])
    )
    names = st.sampled_from(
        ["msgid", "msgtype", "chatid", "chattype", "from", "text", "stream", "event", "quote", "response_url"]
    )
    nested = st.dictionaries(st.sampled_from(["content", "id", "userid", "eventtype", "msg_item"]), values, max_size=2)
    query, body = door.room.sealed(data.draw(st.dictionaries(names, st.one_of(values, nested), max_size=6)))
    body = data.draw(st.sampled_from([body, body, body, body[::-1], body[:-9]]))
    assert (await door.post(body, params=query)).status < 500
