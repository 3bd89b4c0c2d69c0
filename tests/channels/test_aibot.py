"""An aibot's own way out: only addresses of the platform, each once, and no doubt becomes a repetition."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rooms_rig import RoomClock, outgoing, served, settings_of

from bot.channels.aibot import inbound, moments, outbound
from bot.channels.aibot.channel import AibotChannel
from bot.channels.mentions import body, named, plain
from bot.channels.private import private_place
from bot.courier import CALL_WITHIN
from bot.errors import HeldDeliveryError, PermanentDeliveryError, TemporaryDeliveryError
from bot.model import ConversationId, InboundMessage, Mention, Outgoing, Speech
from bot.sandbox.faults import Faults
from bot.sandbox.rooms_aibot import AibotRoom
from tests.conftest import ManualClock


class Told:
    """What was heard."""

    def __init__(self) -> None:
        self.rows: list[InboundMessage] = []

    def keep(self, told: dict[str, Any], clock: ManualClock, kind: str = "text") -> int:
        arrival = inbound.arrival(told, "demo", "小助手", clock.now())
        assert arrival is not None
        number = len(self.rows) + 1
        row = InboundMessage(number, ConversationId("v1"), kind, arrival.text, arrival.payload, clock.now(), clock.now())
        self.rows.insert(0, row)
        return number

    async def heard(self, message: Outgoing) -> Sequence[InboundMessage]:
        return sorted(self.rows, key=lambda one: (one.id not in message.speech.answers, -one.id))


@pytest.fixture
def room(clock: ManualClock) -> AibotRoom:
    return AibotRoom(RoomClock(clock))


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
async def channel(room: AibotRoom, clock: ManualClock, told: Told) -> AsyncIterator[AibotChannel]:
    async with served(room) as url, aiohttp.ClientSession() as http:
        yield AibotChannel(settings_of(url, room).aibot["demo"], http, clock, told.heard)


def to(place: str, speech: Speech | str, **more: Any) -> Outgoing:
    return outgoing(speech, place, channel="wecom_aibot", **more)


def test_between_deciding_and_showing_there_is_time_for_a_record_and_after_it_a_gap() -> None:
    assert moments.STREAM + CALL_WITHIN < moments.SHOWN < moments.BACK < timedelta(minutes=6)


async def test_while_the_stream_is_open_nothing_leaves(
    room: AibotRoom, channel: AibotChannel, told: Told, clock: ManualClock
) -> None:
    one = told.keep(room.say("z", "在吗"), clock)
    await channel.send(to("z", Speech("在的", answers=(one,))))
    assert room.calls == []


async def test_in_the_gap_everything_waits_until_its_end(
    room: AibotRoom, channel: AibotChannel, told: Told, clock: ManualClock
) -> None:
    one = told.keep(room.say("z", "在吗"), clock)
    clock.advance(seconds=moments.STREAM.total_seconds() + 10)
    with pytest.raises(TemporaryDeliveryError) as caught:
        await channel.send(to("z", Speech("在的", answers=(one,))))
    assert caught.value.delay == moments.BACK - moments.STREAM - timedelta(seconds=10)
    assert not caught.value.uncertain


async def test_each_way_back_is_used_once_and_the_newest_first(
    room: AibotRoom, channel: AibotChannel, told: Told, clock: ManualClock
) -> None:
    for _ in range(2):
        told.keep(room.say("z", "在吗"), clock)
    for n in range(2):
        await channel.send(to("z", f"第{n}句", msgid=str(n)))
    with pytest.raises(HeldDeliveryError):
        await channel.send(to("z", "第三句", msgid="3"))
    assert [one.text for one in room.heard] == ["第0句", "第1句"]


async def test_a_forged_way_back_is_never_called(room: AibotRoom, channel: AibotChannel, told: Told, clock: ManualClock) -> None:
    for address in (
        "http://127.0.0.1:1/cgi-bin/aibot/response?x",
        f"{room.url}.evil.example/cgi-bin/aibot/response?x",
        "x",
        5,
        None,
    ):
        told.keep(room.say("z", "在吗") | {"response_url": address}, clock)
    with pytest.raises(HeldDeliveryError):
        await channel.send(to("z", "在的"))


async def test_what_another_process_may_have_said_is_not_repeated(
    room: AibotRoom, channel: AibotChannel, told: Told, clock: ManualClock
) -> None:
    told.keep(room.say("z", "在吗"), clock)
    with pytest.raises(PermanentDeliveryError):
        await channel.send(to("z", "在的", uncertain=True))
    assert room.calls == []


@pytest.mark.parametrize("taken", [True, False])
async def test_a_doubt_is_cleared_on_the_same_way_even_when_a_newer_one_has_come(
    room: AibotRoom, channel: AibotChannel, told: Told, clock: ManualClock, taken: bool
) -> None:
    told.keep(room.say("z", "在吗"), clock)
    room.faults = Faults(timeout=1) if taken else Faults(reset=1)
    with pytest.raises(TemporaryDeliveryError) as caught:
        await channel.send(to("z", "在的"))
    assert caught.value.uncertain
    room.faults = Faults()
    told.keep(room.say("z", "喂"), clock)
    await channel.send(to("z", "在的", uncertain=True))
    assert [one.text for one in room.heard] == ["在的"]


def test_nobody_can_be_written_to_alone() -> None:
    assert private_place("wecom_aibot", "demo", "zhangsan") is None
    assert private_place("wecom_group", "demo", "wm1") is None


def test_a_private_talk_of_the_web_is_always_the_same_and_of_one_member() -> None:
    one, again, other = (private_place("web", "", who) for who in ("m1", "m1", "m2"))
    assert one is not None
    assert one == again != other
    assert one.conversation.startswith("w")
    assert (one.peer, one.external) == ("", "m1")


def test_names_at_the_head_are_taken_away_only_where_they_stand() -> None:
    people = (Mention("a", "王姐"), Mention("b", "李 姐"))
    assert plain(people) == "@王姐 @李 姐 "
    speech = Speech("@王姐 @李 姐 有货", mentions=people)
    assert (body(speech), named(speech)) == ("有货", people)
    joined = Speech("先说一句\n\n@王姐 @李 姐 有货", mentions=people)
    assert (body(joined), named(joined)) == (joined.text, ())
    assert (body(Speech("有货")), named(Speech("有货"))) == ("有货", ())


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("@小助手 有货吗", "有货吗"),
        ("＠小助手\u2005有货吗", "有货吗"),
        ("有货吗 @小助手", "有货吗"),
        ("@小助手2号 有货吗", "@小助手2号 有货吗"),
        ("@李姐 问问 @小助手 有货吗", "@李姐 问问 有货吗"),
        ("@小助手", ""),
    ],
)
def test_the_robots_own_name_is_taken_out_of_what_is_said_to_it(words: str, kept: str) -> None:
    arrival = inbound.arrival({"msgid": "1", "msgtype": "text", "chattype": "group", "chatid": "c", "from": {"userid": "z"},
                               "text": {"content": words}}, "demo", "小助手", ManualClock().now())  # fmt: skip
    assert arrival is not None
    assert arrival.text == kept


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_NAMES = ("chatid", "chattype", "from", "text", "mixed", "voice", "quote", "event", "response_url", "create_time")


@given(
    st.fixed_dictionaries({"msgid": st.just("m")}, optional=dict.fromkeys(_NAMES, _JSON)),
    st.sampled_from(["text", "mixed", "voice", "image", "event", "x"]),
)
def test_no_message_whatever_breaks_the_reading(told: dict[str, object], kind: str) -> None:
    assert inbound.arrival({**told, "msgtype": kind}, "demo", "小助手", ManualClock().now()) is not None


@given(st.lists(st.text(max_size=9000), max_size=4))
def test_a_stream_never_exceeds_the_platforms_bytes(words: list[str]) -> None:
    assert len(outbound.content([Speech(one) for one in words]).encode()) <= 20_480
