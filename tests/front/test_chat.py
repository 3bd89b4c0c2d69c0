"""The shopper's API: made, said, read, and listened to."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientResponse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.front.conftest import Door


async def said(door: Door, path: str, headers: dict[str, str], **query: str) -> list[dict[str, object]]:
    answer = await door.http.get(f"{path}/messages", params=query, headers=headers)
    assert answer.status == 200, await answer.text()
    return (await answer.json())["messages"]


async def test_a_message_is_durable_before_it_is_thanked_for(door: Door) -> None:
    path, headers = await door.chat(name="李女士")
    answer = await door.http.post(f"{path}/messages", json={"id": "a", "text": "你好"}, headers=headers)
    assert answer.status == 202
    inbox_id = int((await answer.json())["id"])
    conversation = path.rpartition("/")[2]
    assert await door.rows("select id, channel, platform_id, conversation_id, text, state from inbox") == [
        (inbox_id, "web", f"{conversation}:a", conversation, "你好", "new")
    ]
    assert await door.one("select name from customers") == "李女士"
    (shown,) = await said(door, path, headers)
    assert (shown["from"], shown["text"], shown["ref"]) == ("shopper", "你好", str(inbox_id))


async def test_a_finished_sentence_is_due_at_once(door: Door) -> None:
    path, headers = await door.chat()
    await door.http.post(f"{path}/messages", json={"text": "可以退货吗"}, headers=headers)
    assert await door.due("turn") == [path.rpartition("/")[2]]


async def test_the_same_id_again_is_the_same_message(door: Door) -> None:
    path, headers = await door.chat()
    answers = await asyncio.gather(
        *(door.http.post(f"{path}/messages", json={"id": "x", "text": "在吗"}, headers=headers) for _ in range(8))
    )
    assert {answer.status for answer in answers} == {202}
    assert len({(await answer.json())["id"] for answer in answers}) == 1
    assert await door.one("select count(*) from messages") == 1


async def test_the_same_id_in_another_conversation_is_another_message(door: Door) -> None:
    for _ in range(2):
        path, headers = await door.chat()
        await door.http.post(f"{path}/messages", json={"id": "x", "text": "在吗"}, headers=headers)
    assert await door.one("select count(*) from inbox") == 2


async def test_the_body_of_a_new_chat_may_be_empty(door: Door) -> None:
    answer = await door.http.post("/api/chat")
    assert answer.status == 201
    assert set(await answer.json()) == {"conversation", "token"}


async def test_without_a_token_nobody_reads_or_speaks(door: Door) -> None:
    path, headers = await door.chat()
    for wrong in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": headers["Authorization"] + "x"}):
        assert (await door.http.get(f"{path}/messages", headers=wrong)).status == 401
        assert (await door.http.post(f"{path}/messages", json={"text": "你好"}, headers=wrong)).status == 401


async def test_the_token_of_another_conversation_is_forbidden(door: Door) -> None:
    path, _ = await door.chat()
    _, foreign = await door.chat()
    assert (await door.http.get(f"{path}/messages", headers=foreign)).status == 403
    assert (await door.http.get(f"{path}/events", params={"token": foreign["Authorization"].split()[1]})).status == 403


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": ""},
        {"text": "  \n"},
        {"text": "长" * 4001},
        {"text": 5},
        {"text": None},
        {"text": "a", "id": ""},
        {"text": "a", "id": "x" * 129},
        {"text": "a", "id": "a\u0000b"},
        {"text": "a", "as": ""},
        {"text": "a", "kind": "teapot"},
        {"text": "", "kind": "image", "url": "javascript:alert(1)"},
    ],
)
async def test_what_says_nothing_or_too_much_is_refused(door: Door, body: object) -> None:
    path, headers = await door.chat()
    answer = await door.http.post(f"{path}/messages", json=body, headers=headers)
    assert answer.status == 400
    assert set((await answer.json())["error"]) == {"code", "message"}
    assert await door.one("select count(*) from inbox") == 0


@pytest.mark.parametrize(
    ("data", "kind", "status"),
    [
        (b"[" * 3000 + b"]" * 3000, "application/json", 400),
        (b'{"text":"a","x":' + b"[" * 30 + b"]" * 30 + b"}", "application/json", 400),
        (b'{"text":"a","n":1e999}', "application/json", 400),
        (b'{"text":"a","n":' + b"9" * 5000 + b"}", "application/json", 400),
        (b'{"text":"\\ud800"}', "application/json", 400),
        (b'{"text":"a"', "application/json", 400),
        (b'["text"]', "application/json", 400),
        (b"\xff", "application/json", 400),
        (b'{"text":"a"}', "text/plain", 415),
        (b"text=a", "application/x-www-form-urlencoded", 415),
        (b'{"text":"' + b"a" * (64 << 10) + b'"}', "application/json", 413),
    ],
)
async def test_json_that_could_blow_up_is_refused(door: Door, data: bytes, kind: str, status: int) -> None:
    path, headers = await door.chat()
    answer = await door.http.post(f"{path}/messages", data=data, headers=headers | {"Content-Type": kind})
    assert answer.status == status


async def test_a_nul_is_kept_as_a_mark_and_breaks_nothing(door: Door) -> None:
    path, headers = await door.chat()
    assert (
        await door.http.post(f"{path}/messages", json={"text": "a\u0000b", "option": "x\u0000"}, headers=headers)
    ).status == 202
    assert (await said(door, path, headers))[0]["text"] == "a\ufffdb"


async def test_words_that_look_like_an_escape_are_only_words(door: Door) -> None:
    path, headers = await door.chat()
    answer = await door.http.post(f"{path}/messages", json={"text": "\\u0000", "option": "\\u0000 \\\u0000"}, headers=headers)
    assert answer.status == 202


async def test_a_flood_in_one_conversation_is_slowed_and_nobody_else_is(door: Door) -> None:
    path, headers = await door.chat()
    statuses = [(await door.http.post(f"{path}/messages", json={"text": "买"}, headers=headers)).status for _ in range(31)]
    assert statuses == [202] * 30 + [429]
    refused = await door.http.post(f"{path}/messages", json={"text": "买"}, headers=headers)
    assert 1 <= int(refused.headers["Retry-After"]) <= 10
    other, others = await door.chat()
    assert (await door.http.post(f"{other}/messages", json={"text": "买"}, headers=others)).status == 202


async def test_cards_and_options_come_with_the_bots_words_and_the_trace_only_when_asked(door: Door) -> None:
    path, headers = await door.chat()
    conversation = path.rpartition("/")[2]
    cards = [{"title": "面霜", "sku": "s1", "price": "¥99", "url": "https://shop.example/1", "reason": "适合干皮"}]
    await door.bot_says(conversation, "看看这款", cards=cards, options=[{"id": "o1", "label": "好的"}], trace={"intent": "greet"})
    (shown,) = await said(door, path, headers)
    assert shown["from"] == "bot"
    assert shown["items"] == cards
    assert shown["options"] == [{"id": "o1", "label": "好的"}]
    assert "trace" not in shown
    assert (await said(door, path, headers, trace="1"))[0]["trace"] == {"intent": "greet"}


async def test_pages_go_on_after_a_message(door: Door) -> None:
    path, headers = await door.chat()
    for n in range(5):
        await door.http.post(f"{path}/messages", json={"text": f"第{n}句"}, headers=headers)
    everything = await said(door, path, headers)
    assert [one["text"] for one in await said(door, path, headers, after=str(everything[2]["id"]))] == ["第3句", "第4句"]
    assert [one["text"] for one in await said(door, path, headers, after="0", limit="2")] == ["第0句", "第1句"]
    assert [one["text"] for one in await said(door, path, headers, limit="2")] == ["第3句", "第4句"]
    assert (await door.http.get(f"{path}/messages", params={"after": "-1"}, headers=headers)).status == 400


async def test_a_recalled_message_is_shown_as_recalled(door: Door) -> None:
    path, headers = await door.chat()
    await door.http.post(f"{path}/messages", json={"text": "我的电话是"}, headers=headers)
    await door.rows("update messages set recalled_at = now()")
    assert [(one["text"], one["recalled"]) for one in await said(door, path, headers)] == [("已撤回", True)]


async def test_a_group_room_has_members_who_speak_for_themselves(door: Door) -> None:
    path, headers = await door.chat(group=True, name="花友群")
    li = await (await door.http.post(f"{path}/members", json={"name": "李女士"}, headers=headers)).json()
    wang = await (await door.http.post(f"{path}/members", json={"name": "王女士"}, headers=headers)).json()
    own = {"Authorization": f"Bearer {li['token']}"}
    for who, body in (
        (own, {"id": "1", "text": "我要两盒"}),
        (own, {"id": "2", "text": "谢谢", "as": "李女士"}),
        (headers, {"id": "1", "text": "我也要", "as": "王女士"}),
    ):
        assert (await door.http.post(f"{path}/messages", json=body, headers=who)).status == 202
    assert [(one["as"], one["text"]) for one in await said(door, path, own)] == [
        ("李女士", "我要两盒"),
        ("李女士", "谢谢"),
        ("王女士", "我也要"),
    ]
    for name in (wang["member"], "王女士", "谁"):
        assert (await door.http.post(f"{path}/messages", json={"text": "我是别人", "as": name}, headers=own)).status == 403
    assert (await door.http.post(f"{path}/messages", json={"text": "谁", "as": "没来的人"}, headers=headers)).status == 400


async def test_nobody_joins_a_talk_of_two_or_a_room_without_a_name(door: Door) -> None:
    path, headers = await door.chat()
    assert (await door.http.post(f"{path}/members", json={"name": "李"}, headers=headers)).status == 409
    assert (await door.http.post("/api/chat", json={"group": True})).status == 400


@asynccontextmanager
async def listening(door: Door, path: str, headers: dict[str, str]) -> AsyncIterator[AsyncIterator[dict[str, str]]]:
    answer = await door.http.get(f"{path}/events", headers=headers)
    assert (answer.status, answer.content_type) == (200, "text/event-stream")
    try:
        yield events(answer)
    finally:
        answer.close()


async def events(answer: ClientResponse) -> AsyncIterator[dict[str, str]]:
    event: dict[str, str] = {}
    async for line in answer.content:
        name, _, value = line.decode().rstrip("\n").partition(": ")
        if name in {"id", "event", "data"}:
            event[name] = value
        elif not name and "data" in event:
            yield event
            event = {}


async def until(stream: AsyncIterator[dict[str, str]], wanted: str | None) -> dict[str, object]:
    async with asyncio.timeout(10):
        async for event in stream:
            if event.get("event") == wanted:
                return json.loads(event["data"]) | ({"event_id": event["id"]} if "id" in event else {})
    raise AssertionError("the stream ended")


async def test_events_bring_messages_and_the_change_of_who_speaks(door: Door) -> None:
    path, headers = await door.chat()
    conversation = path.rpartition("/")[2]
    async with listening(door, path, headers) as stream:
        assert await until(stream, "state") == {"owner": "bot", "guide": None}
        await door.http.post(f"{path}/messages", json={"text": "你好"}, headers=headers)
        told = await until(stream, None)
        assert (told["text"], told["event_id"]) == ("你好", told["id"])
        desk = await door.guide("wang", guide="g1")
        assert (await desk.post(f"/api/desk/{conversation}/claim")).status == 200
        assert await until(stream, "state") == {"owner": "human", "guide": "王姐"}


async def test_events_go_on_where_the_page_left_off(door: Door) -> None:
    path, headers = await door.chat()
    for words in ("一", "二"):
        await door.http.post(f"{path}/messages", json={"text": words}, headers=headers)
    first = (await said(door, path, headers))[0]["id"]
    async with listening(door, path, headers | {"Last-Event-ID": str(first)}) as stream:
        assert (await until(stream, None))["text"] == "二"


async def test_a_browser_may_put_the_token_into_the_address_of_the_stream_only(door: Door) -> None:
    path, headers = await door.chat()
    token = headers["Authorization"].split()[1]
    answer = await door.http.get(f"{path}/events", params={"token": token})
    assert answer.status == 200
    answer.close()
    assert (await door.http.get(f"{path}/messages", params={"token": token})).status == 401


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.one_of(
        st.binary(max_size=200),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
            lambda inside: (
                st.lists(inside, max_size=3) | st.dictionaries(st.sampled_from(["text", "id", "as", "kind", "option"]), inside)
            ),
            max_leaves=8,
        ).map(lambda value: json.dumps(value).encode()),
    ),
    after=st.text(st.characters(codec="utf-8"), max_size=8),
)
async def test_nothing_a_shopper_sends_makes_the_door_fail(door: Door, data: bytes, after: str) -> None:
    path, headers = await door.chat()
    answer = await door.http.post(f"{path}/messages", data=data, headers=headers | {"Content-Type": "application/json"})
    assert answer.status < 500
    assert (await door.http.get(f"{path}/messages", params={"after": after}, headers=headers)).status < 500
