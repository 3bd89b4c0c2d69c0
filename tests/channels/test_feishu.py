"""Feishu on the simulated platform: sealed events, real mentions, cards, a token for all, once and only once."""

import asyncio
import json
import traceback
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import aiohttp
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rooms_rig import RoomClock, outgoing, served, settings_of

from bot.channels.feishu import contents, crypto, inbound, outbound
from bot.channels.feishu.callback import FeishuDoor, Signed
from bot.channels.feishu.channel import FeishuChannel
from bot.channels.feishu.codes import CODES
from bot.channels.feishu.people import Asked, Directory, Known
from bot.channels.refusals import RefusedError
from bot.channels.wecom_crypto import CryptoError
from bot.errors import DeliveryError, PermanentDeliveryError, TemporaryDeliveryError
from bot.model import Card, Mention, Option, Speech
from bot.sandbox.faults import Faults
from bot.sandbox.rooms_feishu import FeishuRoom, FeishuSetup
from bot.settings_rooms import FeishuAccount
from tests.conftest import ManualClock

VECTORS = {
    one["name"]: one for one in json.loads((Path(__file__).parents[1] / "data" / "vectors.json").read_text("utf-8"))["feishu"]
}


@pytest.fixture
def room(clock: ManualClock) -> FeishuRoom:
    return FeishuRoom(RoomClock(clock))


@pytest.fixture
async def channel(room: FeishuRoom, clock: ManualClock) -> AsyncIterator[FeishuChannel]:
    async with served(room) as url, aiohttp.ClientSession() as http:
        yield FeishuChannel(settings_of(url, room).feishu["demo"], http, clock)


def to(place: str, speech: Speech | str, **more: object):
    return outgoing(speech, place, channel="feishu", **more)


async def failure(channel: FeishuChannel, message: object) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await channel.send(message)  # type: ignore[arg-type]
    words = "".join(traceback.format_exception(caught.value))
    assert "sandbox-feishu-secret" not in words
    return caught.value


def test_the_platforms_own_example_is_opened() -> None:
    one = VECTORS["feishu_decrypt_official"]
    assert crypto.opened(one["encrypt_key"], one["encrypt"]) == one["plaintext"].encode()


def test_the_signature_of_the_vector_is_made_and_one_wrong_byte_is_noticed() -> None:
    one = VECTORS["feishu_signature_synthetic"]
    raw = one["raw_body"].encode()
    assert crypto.signature(one["timestamp"], one["nonce"], one["encrypt_key"], raw) == one["signature"]
    assert crypto.genuine(one["signature"], one["timestamp"], one["nonce"], one["encrypt_key"], raw)
    wrong = ("f" if one["signature"][0] != "f" else "0") + one["signature"][1:]
    assert not crypto.genuine(wrong, one["timestamp"], one["nonce"], one["encrypt_key"], raw)
    assert not crypto.genuine(one["signature"], one["timestamp"], one["nonce"], one["encrypt_key"], raw + b" ")
    assert not crypto.genuine(one["signature"], one["timestamp"], "other", one["encrypt_key"], raw)


@given(st.binary(max_size=200), st.text(st.characters(codec="utf-8"), max_size=30), st.binary(min_size=16, max_size=16))
def test_what_is_sealed_is_opened_again(text: bytes, key: str, iv: bytes) -> None:
    assert crypto.opened(key, crypto.sealed(key, text, iv)) == text


@given(st.one_of(st.text(max_size=80), st.binary(max_size=200).map(lambda data: __import__("base64").b64encode(data).decode())))
def test_anything_else_is_refused_in_one_way(told: str) -> None:
    code = 0
    try:
        crypto.opened("key", told)
    except CryptoError as error:
        code = error.code
    assert code in {0, -40008, -40010}


def test_without_an_encrypt_key_the_verification_token_decides() -> None:
    account = FeishuAccount.model_validate({"app_id": "cli_x", "app_secret": "s", "verification_token": "VERIFY_TOKEN"})
    door = FeishuDoor(account, Directory.__new__(Directory))
    nobody = Signed("", "", "")
    assert door.opened(b'{"challenge":"c","token":"VERIFY_TOKEN","type":"url_verification"}', nobody)["challenge"] == "c"
    for body in (
        b'{"challenge":"c","token":"other","type":"url_verification"}',
        b'{"schema":"2.0","header":{"token":"x"},"event":{}}',
        b'{"schema":"2.0","header":{"token":"VERIFY_TOKEN","app_id":"cli_other"},"event":{}}',
        b"{}",
        b"[]",
        b"\xff",
        b"",
    ):
        with pytest.raises(CryptoError):
            door.opened(body, nobody)


async def test_a_text_reaches_the_group_with_its_people_really_named(room: FeishuRoom, channel: FeishuChannel) -> None:
    group = room.group("门店群", "王姐", "李姐")
    one, two = group.members
    said = Speech("@王姐 @李姐 现货 12 件", mentions=(Mention(one, "王姐"), Mention(two, "李姐")))
    await channel.send(to(group.id, said))
    (heard,) = room.heard
    assert (heard.place, heard.kind, heard.text, heard.mentions) == (group.id, "text", "@王姐 @李姐 现货 12 件", (one, two))


async def test_nobodys_words_call_everybody(room: FeishuRoom, channel: FeishuChannel) -> None:
    group = room.group("门店群", "王姐")
    for words in ('<at user_id="all">所有人</at> 快来', '< AT user_id="all"></at>', "a<at id=all></at>"):
        await channel.send(to(group.id, words, msgid=words[:4]))
    assert [one.mentions for one in room.heard] == [(), (), ()]


async def test_a_talk_of_two_goes_to_the_person(room: FeishuRoom, channel: FeishuChannel) -> None:
    who = room.person("王姐")
    await channel.send(to(who, "您好"))
    assert room.heard[0].place == who


async def test_cards_and_options_are_a_card_whose_buttons_say_who_is_asked(room: FeishuRoom, channel: FeishuChannel) -> None:
    who = room.person("王姐")
    card = Card("保湿霜", "干皮用", url="https://shop.example/1", price="¥199")
    await channel.send(to(who, Speech("给您看看", cards=(card,), options=(Option("yes", "就要它"),))))
    (heard,) = room.heard
    assert heard.kind == "interactive"
    assert "保湿霜  ¥199" in heard.text
    told = json.dumps(heard.content, ensure_ascii=False)
    assert '"url": "https://shop.example/1"' in told
    buttons = [one for each in heard.content["elements"] for one in each.get("actions", []) if "value" in one]  # type: ignore[attr-defined,index]
    assert [one["value"] for one in buttons] == [{"option": "yes", "label": "就要它", "place": who}]


async def test_what_is_sent_twice_is_heard_once(room: FeishuRoom, channel: FeishuChannel) -> None:
    group = room.group("门店群")
    room.faults = Faults(timeout=1.0)
    error = await failure(channel, to(group.id, "一"))
    assert isinstance(error, TemporaryDeliveryError)
    room.faults = Faults()
    await channel.send(to(group.id, "一", uncertain=True))
    assert len(room.heard) <= 1
    await channel.send(to(group.id, "一", uncertain=True))
    assert [one.text for one in room.heard] == ["一"]


async def test_after_the_platform_has_forgotten_the_id_a_doubtful_message_is_not_repeated(
    room: FeishuRoom, channel: FeishuChannel, clock: ManualClock
) -> None:
    group, born = room.group("门店群"), clock.now()
    await channel.send(to(group.id, "一", created_at=born))
    clock.advance(minutes=61)
    error = await failure(channel, to(group.id, "一", created_at=born, uncertain=True))
    assert isinstance(error, PermanentDeliveryError)
    assert len(room.heard) == 1


async def test_one_token_serves_all_who_send_at_once_and_a_refused_one_is_fetched_once_more(
    room: FeishuRoom, channel: FeishuChannel
) -> None:
    people = [room.person(f"客{n}") for n in range(30)]
    await asyncio.gather(*(channel.send(to(one, "您好", msgid=one)) for one in people))
    assert room.passes.given == 1
    room.passes.expire()
    await asyncio.gather(*(channel.send(to(one, "在吗", msgid="b" + one)) for one in people[:15]))
    assert room.passes.given == 2
    assert len(room.heard) == 45


async def test_more_than_five_a_second_to_one_group_wait(room: FeishuRoom, channel: FeishuChannel, clock: ManualClock) -> None:
    group = room.group("门店群")
    for n in range(5):
        await channel.send(to(group.id, str(n), msgid=str(n)))
    error = await failure(channel, to(group.id, "5", msgid="5"))
    assert isinstance(error, TemporaryDeliveryError)
    assert not error.uncertain
    assert "每秒" in str(error)
    clock.advance(seconds=1)
    await channel.send(to(group.id, "5", msgid="5"))
    assert len(room.heard) == 6


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        ("leave", "不在这个群里"),
        ("mute", "群主和管理员"),
        ("stopped", "不再接收"),
        ("stranger", "可用范围"),
    ],
)
async def test_what_can_never_arrive_is_said_in_words_for_ops(
    room: FeishuRoom, channel: FeishuChannel, spoil: str, words: str
) -> None:
    group, who = room.group("门店群"), room.person("王姐")
    place = {"leave": group.id, "mute": group.id, "stopped": who, "stranger": "ou_nobody"}[spoil]
    group.with_bot, group.muted = spoil != "leave", spoil == "mute"
    room.stopped = {who} if spoil == "stopped" else set()
    error = await failure(channel, to(place, "您好"))
    assert isinstance(error, PermanentDeliveryError)
    assert words in str(error)


async def test_a_wrong_secret_waits_for_it(room: FeishuRoom, channel: FeishuChannel) -> None:
    room.prepared(FeishuSetup(app_secret="another"))
    error = await failure(channel, to(room.person("王姐"), "您好"))
    assert isinstance(error, TemporaryDeliveryError)
    assert error.delay == timedelta(minutes=1)
    assert "APP_SECRET" in str(error)


@pytest.mark.parametrize("faults", [Faults(http_500=1), Faults(reset=1), Faults(freq=1), Faults(busy=1), Faults(token_expired=1)])
async def test_every_mishap_is_tried_again(room: FeishuRoom, channel: FeishuChannel, faults: Faults) -> None:
    place = room.group("门店群").id
    room.faults = faults
    assert isinstance(await failure(channel, to(place, "一")), TemporaryDeliveryError)
    room.faults = Faults()
    await channel.send(to(place, "一", uncertain=True))
    assert [one.text for one in room.heard] == ["一"]


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_says_something_to_do(code: int) -> None:
    error = RefusedError(CODES[code], code).delivery()
    assert isinstance(error, TemporaryDeliveryError | PermanentDeliveryError)
    assert CODES[code].words


async def test_the_directory_asks_once_and_bears_a_platform_that_is_away(
    room: FeishuRoom, channel: FeishuChannel, clock: ManualClock
) -> None:
    group = room.group("门店群", *(f"客{n}" for n in range(150)))
    last = room.person("客149")
    directory = Directory(channel.client, lambda: clock.now().timestamp())
    assert await directory.known(Asked(group.id, last)) == Known(room.setup.bot, "门店群", "客149", "")
    calls = len(room.calls)
    assert (await directory.known(Asked(group.id, room.person("客3")))).called == "客3"
    assert len(room.calls) == calls
    room.faults = Faults(http_500=1)
    other = room.group("别的群")
    assert await directory.known(Asked(other.id, last)) == Known(room.setup.bot, "", "客149", "")
    room.faults = Faults()
    clock.advance(minutes=2)
    assert (await directory.known(Asked(other.id))).room == "别的群"


def test_a_post_is_read_as_its_text_and_ten_mentions_are_not_mixed_up() -> None:
    mentions = [{"key": f"@_user_{n}", "name": f"人{n}", "id": {"open_id": f"ou_{n}"}} for n in range(1, 12)]
    post = {
        "title": "今晚团",
        "content": [
            [{"tag": "at", "user_id": "@_user_11", "user_name": "人11"}, {"tag": "text", "text": " 来看 "}],
            [{"tag": "a", "href": "https://a.example", "text": "链接"}, {"tag": "img", "image_key": "k"}],
        ],
    }
    assert contents.read("post", post, mentions).text == "今晚团\n@人11 来看 \n链接 https://a.example"
    assert contents.read("post", {"zh_cn": post}, mentions).text.startswith("今晚团")
    assert contents.read("text", {"text": "@_user_11 @_user_1 @_all 好"}, mentions) == contents.Read(
        "text", "@人11 @人1 @所有人 好", True
    )
    assert contents.read("post", {"content": [[{"tag": "img"}]]}, ()).kind == "image"
    assert contents.read("audio", {"file_key": "x"}, ()).kind == "voice"
    assert contents.read("weird", {}, ()).kind == "weird"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_SHAPES = st.fixed_dictionaries(
    {},
    optional={
        "message": _JSON
        | st.fixed_dictionaries({}, optional=dict.fromkeys(("message_id", "chat_id", "chat_type", "content", "mentions"), _JSON)),
        "sender": _JSON,
        "users": _JSON,
        "chat_id": _JSON,
        "action": _JSON,
        "operator": _JSON,
    },
)


@given(st.sampled_from([*inbound._EVENTS, "other"]), _SHAPES)
def test_no_event_whatever_breaks_the_reading(kind: str, inside: dict[str, object]) -> None:
    clock = ManualClock()
    event = inbound.Event("e1", kind, inside, None)
    inbound.asks(event)
    arrival = inbound.arrival(event, "demo", Known("ou_bot"), clock.now())
    assert arrival.platform_id


@given(st.text(max_size=300))
def test_every_speech_is_a_message_that_the_platform_can_read(words: str) -> None:
    for speech in (Speech(words), Speech(words, options=(Option("a", words[:20]),)), Speech(words, cards=(Card(words[:20]),))):
        orjson.loads(outbound.message(speech, "ou_1")["content"])
