"""DingTalk on the simulated platform: signatures, ways back that end, real mentions, and nothing said twice."""

import json
import traceback
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

import aiohttp
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rooms_rig import RoomClock, outgoing, served, settings_of

from bot.channels.dingtalk import inbound, outbound
from bot.channels.dingtalk.callback import DingTalkDoor, Query, robot_signature
from bot.channels.dingtalk.channel import GROUP, DingTalkChannel
from bot.channels.dingtalk.codes import _NAMES, _NUMBERS
from bot.channels.private import private_place
from bot.channels.refusals import RefusedError
from bot.channels.wecom_crypto import CryptoError
from bot.errors import DeliveryError, PermanentDeliveryError, TemporaryDeliveryError
from bot.model import Card, InboundMessage, Mention, Option, Outgoing, Speech
from bot.sandbox.faults import Faults
from bot.sandbox.rooms_dingtalk import DingTalkRoom
from bot.settings_rooms import DingTalkAccount
from tests.conftest import ManualClock

VECTORS = {
    one["name"]: one for one in json.loads((Path(__file__).parents[1] / "data" / "vectors.json").read_text("utf-8"))["dingtalk"]
}


class Memory:
    """What was heard, as the database would tell it."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self.rows: list[InboundMessage] = []

    def keep(self, told: Mapping[str, object]) -> int:
        arrival = inbound.message(told, "demo", self._clock.now())
        assert arrival is not None
        assert arrival.conversation is not None
        number = len(self.rows) + 1
        row = InboundMessage(
            number, arrival.conversation, arrival.kind, arrival.text, arrival.payload, arrival.sent_at, self._clock.now()
        )
        self.rows.insert(0, row)
        return number

    async def heard(self, message: Outgoing) -> Sequence[InboundMessage]:
        return sorted(self.rows, key=lambda one: (one.id not in message.speech.answers, -one.id))


@pytest.fixture
def room(clock: ManualClock) -> DingTalkRoom:
    return DingTalkRoom(RoomClock(clock))


@pytest.fixture
def memory(clock: ManualClock) -> Memory:
    return Memory(clock)


@pytest.fixture
async def channel(room: DingTalkRoom, clock: ManualClock, memory: Memory) -> AsyncIterator[DingTalkChannel]:
    async with served(room) as url, aiohttp.ClientSession() as http:
        yield DingTalkChannel(settings_of(url, room).dingtalk["demo"], http, clock, memory.heard)


def to_group(place: str, speech: Speech | str, **more: object):
    return outgoing(speech, place, channel="dingtalk", peer=GROUP, **more)


async def failure(channel: DingTalkChannel, message: object) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await channel.send(message)  # type: ignore[arg-type]
    words = "".join(traceback.format_exception(caught.value))
    assert "sandbox-dingtalk-secret" not in words
    assert "session=" not in words
    return caught.value


def test_the_robots_signature_is_that_of_the_vector() -> None:
    one = VECTORS["dingtalk_robot_sign_synthetic"]
    assert robot_signature(one["timestamp"], one["app_secret"]) == one["sign"]


def test_the_vectors_event_is_opened_for_its_receiver_and_for_no_other() -> None:
    one = VECTORS["dingtalk_event_callback"]
    told = {"app_key": "other", "app_secret": "s", "token": one["token"], "aes_key": one["encoding_aes_key"]}
    query = Query(one["msg_signature"], one["timestamp"], one["nonce"])
    door = DingTalkDoor.of(DingTalkAccount.model_validate(told | {"corp_id": one["receive_id"]}), None)  # type: ignore[arg-type]
    event, inside, _ = door.event(one["encrypt"], query)
    assert inside == one["plaintext"].encode()
    assert event["EventType"] == "check_create_suite_url"
    with pytest.raises(CryptoError) as caught:
        DingTalkDoor.of(DingTalkAccount.model_validate(told), None).event(one["encrypt"], query)  # type: ignore[arg-type]
    assert caught.value.code == -40005
    wrong = ("f" if one["msg_signature"][0] != "f" else "0") + one["msg_signature"][1:]
    with pytest.raises(CryptoError) as caught:
        door.event(one["encrypt"], Query(wrong, one["timestamp"], one["nonce"]))
    assert caught.value.code == -40001


async def test_the_webhook_of_the_question_names_its_asker_for_real(
    room: DingTalkRoom, channel: DingTalkChannel, memory: Memory
) -> None:
    group = room.group("门店群", "王姐", "李姐")
    one = memory.keep(room.say("王姐", "有货吗", group))
    who = room.person("王姐")
    await channel.send(to_group(group.id, Speech("@王姐 有的", mentions=(Mention(who, "王姐"),), answers=(one,))))
    (heard,) = room.heard
    assert (heard.place, heard.kind, heard.text, heard.mentions) == (group.id, "text", "@王姐 有的", (who,))
    assert room.passes.given == 0


async def test_when_the_webhook_has_ended_the_robot_sends_by_itself(
    room: DingTalkRoom, channel: DingTalkChannel, memory: Memory, clock: ManualClock
) -> None:
    group = room.group("门店群", "王姐")
    memory.keep(room.say("王姐", "有货吗", group))
    clock.advance(hours=2)
    await channel.send(to_group(group.id, Speech("@王姐 到货了", mentions=(Mention("x", "王姐"),))))
    assert [(one.kind, one.text) for one in room.heard] == [("sampleText", "@王姐 到货了")]
    assert not room.asked("/robot/sendBySession")


async def test_a_webhook_that_the_platform_ended_early_costs_nothing(
    room: DingTalkRoom, channel: DingTalkChannel, memory: Memory
) -> None:
    group = room.group("门店群", "王姐")
    memory.keep(room.say("王姐", "有货吗", group))
    room._sessions.clear()
    await channel.send(to_group(group.id, "有的"))
    assert [one.kind for one in room.heard] == ["sampleText"]


async def test_a_forged_webhook_is_never_called(room: DingTalkRoom, channel: DingTalkChannel, memory: Memory) -> None:
    group = room.group("门店群", "王姐")
    for address in (
        "http://127.0.0.1:1/robot/sendBySession?x",
        room.url + ".evil.example/robot/sendBySession?x",
        "file:///etc",
        room.url + "/else?",
    ):
        memory.keep(room.say("王姐", "有货吗", group) | {"sessionWebhook": address})
    await channel.send(to_group(group.id, "有的"))
    assert [path for path, _ in room.calls] == ["/v1.0/oauth2/accessToken", "/v1.0/robot/groupMessages/send"]


async def test_a_person_is_written_to_alone_where_private_place_says(room: DingTalkRoom, channel: DingTalkChannel) -> None:
    who = room.person("王姐")
    place = private_place("dingtalk", "demo", who)
    assert place is not None
    said = inbound.message(room.say("王姐", "在吗"), "demo", ManualClock().now())
    assert said is not None
    assert (said.conversation, said.peer, said.external) == tuple(place)
    await channel.send(outgoing("您的订单到了", place.external, channel="dingtalk", peer=place.peer))
    assert [(one.place, one.text) for one in room.heard] == [(who, "您的订单到了")]
    assert private_place("dingtalk", "demo", "$:LWCP_v1:$x") is None


async def test_somebody_of_another_enterprise_is_answered_by_webhook_or_not_at_all(
    room: DingTalkRoom, channel: DingTalkChannel, memory: Memory, clock: ManualClock
) -> None:
    told = room.say("外人", "在吗", outside=True)
    memory.keep(told)
    place = str(told["senderId"])
    await channel.send(outgoing("在的", place, channel="dingtalk"))
    assert len(room.heard) == 1
    clock.advance(hours=2)
    error = await failure(channel, outgoing("还在", place, channel="dingtalk"))
    assert isinstance(error, PermanentDeliveryError)


@pytest.mark.parametrize("faults", [Faults(timeout=1), Faults(reset=1), Faults(http_500=1)])
async def test_what_may_have_arrived_is_not_said_again(
    room: DingTalkRoom, channel: DingTalkChannel, memory: Memory, faults: Faults
) -> None:
    group = room.group("门店群", "王姐")
    memory.keep(room.say("王姐", "有货吗", group))
    room.faults = faults
    assert isinstance(await failure(channel, to_group(group.id, "有的")), PermanentDeliveryError)
    room.faults = Faults()
    assert isinstance(await failure(channel, to_group(group.id, "有的", uncertain=True)), PermanentDeliveryError)
    assert len(room.heard) == (1 if faults.timeout else 0)


async def test_a_token_that_could_not_be_fetched_leaves_no_doubt(room: DingTalkRoom, channel: DingTalkChannel) -> None:
    group = room.group("门店群")
    room.faults = Faults(http_500=1)
    error = await failure(channel, to_group(group.id, "有的"))
    assert isinstance(error, TemporaryDeliveryError)
    assert not error.uncertain
    room.faults = Faults()
    await channel.send(to_group(group.id, "有的"))
    assert len(room.heard) == 1


async def test_twenty_a_minute_to_one_group_and_the_rest_waits(
    room: DingTalkRoom, channel: DingTalkChannel, memory: Memory, clock: ManualClock
) -> None:
    group = room.group("门店群", "王姐")
    memory.keep(room.say("王姐", "有货吗", group))
    for n in range(20):
        await channel.send(to_group(group.id, str(n)))
    error = await failure(channel, to_group(group.id, "20"))
    assert isinstance(error, TemporaryDeliveryError)
    assert "每分钟最多 20 条" in str(error)
    clock.advance(seconds=61)
    await channel.send(to_group(group.id, "20"))
    assert len(room.heard) == 21


async def test_a_person_to_whom_too_much_went_waits_and_a_stranger_never_arrives(
    room: DingTalkRoom, channel: DingTalkChannel
) -> None:
    who = room.person("王姐")
    room.within = lambda name, most, seconds: not name.startswith("to ")  # type: ignore[method-assign]
    error = await failure(channel, outgoing("您好", who, channel="dingtalk"))
    assert isinstance(error, TemporaryDeliveryError)
    assert isinstance(await failure(channel, outgoing("您好", "nobody", channel="dingtalk")), PermanentDeliveryError)


async def test_an_ended_token_is_fetched_anew_and_the_message_arrives(room: DingTalkRoom, channel: DingTalkChannel) -> None:
    group = room.group("门店群")
    await channel.send(to_group(group.id, "一"))
    room.passes.expire()
    await channel.send(to_group(group.id, "二"))
    assert room.passes.given == 2
    assert [one.text for one in room.heard] == ["一", "二"]


async def test_a_robot_that_is_not_in_the_group_is_said_so(room: DingTalkRoom, channel: DingTalkChannel) -> None:
    group = room.group("门店群")
    group.with_bot = False
    error = await failure(channel, to_group(group.id, "一"))
    assert isinstance(error, PermanentDeliveryError)
    assert "重新加进群" in str(error)


async def test_cards_and_options_are_markdown_with_links(room: DingTalkRoom, channel: DingTalkChannel) -> None:
    who = room.person("王姐")
    card = Card("保湿霜[新]", "干皮用", url="https://shop.example/1", price="¥199")
    await channel.send(outgoing(Speech("给您看看", cards=(card,), options=(Option("a", "就要 它"),)), who, channel="dingtalk"))
    (heard,) = room.heard
    assert heard.kind == "sampleMarkdown"
    assert "**[保湿霜【新】  ¥199](https://shop.example/1)**" in heard.text
    assert "[就要 它](dtmd://dingtalkclient/sendMessage?content=%E5%B0%B1%E8%A6%81%20%E5%AE%83)" in heard.text


@pytest.mark.parametrize("refusal", [*_NAMES.values(), *_NUMBERS.values()], ids=lambda one: one.words)
def test_every_refusal_says_something_to_do(refusal: object) -> None:
    error = RefusedError(refusal, 1).delivery()  # type: ignore[arg-type]
    assert isinstance(error, TemporaryDeliveryError | PermanentDeliveryError)


def test_messages_of_all_kinds_are_read(clock: ManualClock) -> None:
    room = DingTalkRoom(RoomClock(clock))
    base = room.say("王姐", "x")

    def read(**more: object) -> tuple[str, str]:
        arrival = inbound.message({**base, **more}, "demo", clock.now())
        assert arrival is not None
        return arrival.kind, arrival.text

    assert read(text={"content": " 今日库存 "}) == ("text", "今日库存")
    assert read(msgtype="richText", content={"richText": [{"text": "看这个"}, {"downloadCode": "x"}]}) == ("text", "看这个")
    assert read(msgtype="richText", content={"richText": [{"downloadCode": "x"}]}) == ("image", "")
    assert read(msgtype="audio", content={"recognition": "有货吗"}) == ("text", "有货吗")
    assert read(msgtype="audio", content={}) == ("voice", "")
    assert read(msgtype="picture", content={"downloadCode": "x"}) == ("image", "")
    assert read(msgtype="strange") == ("strange", "")
    quoted = inbound.message(
        base | {"text": {"content": "这个", "isReplyMsg": True, "repliedMsg": {"msgId": "m0", "content": {"text": "原话"}}}},
        "demo",
        clock.now(),
    )
    assert quoted is not None
    assert (quoted.payload["reply_to"], quoted.payload["quote"]) == ("m0", "原话")
    own = inbound.message(base | {"senderId": room.setup.bot}, "demo", clock.now())
    assert own is not None
    assert own.settled is not None
    assert own.role == "event"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_FIELDS = ("msgtype", "text", "content", "createAt", "conversationType", "conversationId", "conversationTitle", "senderId", "senderStaffId",
           "senderNick", "atUsers", "sessionWebhook", "sessionWebhookExpiredTime", "UserId", "OpenConversationId", "TimeStamp")  # fmt: skip


@given(
    st.fixed_dictionaries({"msgId": st.just("m1")}, optional=dict.fromkeys(_FIELDS, _JSON)),
    st.sampled_from(["chat_add_member", "chat_quit", "x"]),
)
def test_no_message_whatever_breaks_the_reading(told: dict[str, object], kind: str) -> None:
    now = ManualClock().now()
    assert inbound.message(told, "demo", now) is not None
    assert inbound.event({**told, "EventType": kind}, b"x", "demo", now, {}).platform_id


@given(st.text(max_size=200))
def test_every_speech_becomes_what_the_platform_can_read(words: str) -> None:
    for speech in (Speech(words), Speech(words, options=(Option("a", words[:20]),)), Speech(words, cards=(Card(words[:20]),))):
        orjson.loads(outbound.sent(speech)["msgParam"])
        orjson.dumps(outbound.back(speech))


def test_a_long_answer_stays_within_the_platforms_bytes() -> None:
    for words in ("字" * 30_000, '"\n' * 30_000):
        assert len(outbound.sent(Speech(words))["msgParam"].encode()) <= 15_000


async def test_a_platform_that_takes_no_calls_for_a_moment_costs_nothing(room: DingTalkRoom, channel: DingTalkChannel) -> None:
    group = room.group("门店群")
    await channel.send(to_group(group.id, "一"))
    room.faults = Faults(busy=1)
    error = await failure(channel, to_group(group.id, "二"))
    assert isinstance(error, TemporaryDeliveryError)
    assert not error.uncertain
    room.faults = Faults()
    await channel.send(to_group(group.id, "二"))
    assert [one.text for one in room.heard] == ["一", "二"]
