"""The doors of a Rasa server, as a Rasa client knocks at them."""

import asyncio
import json
from collections.abc import Mapping

from bot.front.context import FRONT
from tests.front.conftest import Door, understood


async def answered(door: Door, words: str, **body: object) -> int:
    """Wait for the shopper's message, and answer it as worker and courier would."""
    while not (rows := await door.rows("select id, conversation_id from inbox where state = 'new'")):
        await asyncio.sleep(0.01)
    inbox_id, conversation = rows[0]
    assert isinstance(inbox_id, int)
    await door.bot_says(str(conversation), words, answers=inbox_id, **body)
    return inbox_id


async def test_a_parse_answers_in_rasas_json(door: Door) -> None:
    answer = await door.http.post("/model/parse", json={"text": "你好", "message_id": "m1"})
    assert await answer.json() == {
        "text": "你好",
        "intent": {"name": "greet", "confidence": 0.9},
        "entities": [],
        "intent_ranking": [],
        "message_id": "m1",
    }


async def test_a_parse_may_have_to_wait_for_the_models(door: Door) -> None:
    async def loading(text: str) -> Mapping[str, object]:
        await asyncio.sleep(0)
        return understood(text)

    object.__setattr__(door.http.server.app[FRONT], "parse", loading)  # type: ignore[attr-defined]
    assert (await (await door.http.post("/model/parse", json={"text": "你好"})).json())["intent"]["name"] == "greet"


async def test_a_parse_without_a_text_fails_as_rasa_does(door: Door) -> None:
    answer = await door.http.post("/model/parse", json={})
    told = await answer.json()
    assert (answer.status, told["reason"], told["status"], told["code"]) == (500, "ParsingError", "failure", 500)
    assert set(told) == {"version", "status", "message", "reason", "details", "help", "code"}


async def test_status_version_and_greeting(door: Door) -> None:
    assert await (await door.http.get("/status")).json() == {
        "model_file": "daogou-abc",
        "model_id": "abc",
        "num_active_training_jobs": 0,
    }
    assert set(await (await door.http.get("/version")).json()) == {"version", "minimum_compatible_version"}
    assert await (await door.http.get("/")).text() == "Hello from Daogou"
    browser = await door.http.get("/", headers={"Accept": "text/html"}, allow_redirects=False)
    assert browser.headers["Location"] == "/chat"
    assert (await door.http.get("/webhooks/rest/")).status == 200


async def test_the_webhook_waits_for_the_replies_to_this_message(door: Door) -> None:
    call = asyncio.ensure_future(door.http.post("/webhooks/rest/webhook", json={"sender": "u1", "message": "推荐面霜"}))
    card = {"title": "面霜", "image": "/static/products/cream.svg"}
    await answered(door, "看看这款", options=[{"id": "o1", "label": "好的"}], cards=[card])
    assert await (await call).json() == [
        {"recipient_id": "u1", "text": "看看这款", "buttons": [{"title": "好的", "payload": "好的"}]},
        {"recipient_id": "u1", "custom": {"items": [card]}},
        {"recipient_id": "u1", "image": "/static/products/cream.svg"},
    ]


async def test_the_same_sender_talks_in_the_same_conversation_and_nobody_is_default(door: Door) -> None:
    for body in ({"message": "一"}, {"sender": "default", "message": "二"}):
        call = asyncio.ensure_future(door.http.post("/webhooks/rest/webhook", json=body))
        await answered(door, "好")
        assert await (await call).json() == [{"recipient_id": "default", "text": "好"}]
    assert await door.one("select count(*) from conversations") == 1


async def test_a_stream_is_a_line_for_each_reply(door: Door) -> None:
    call = asyncio.ensure_future(
        door.http.post("/webhooks/rest/webhook", params={"stream": "true"}, json={"sender": "u1", "message": "你好"})
    )
    await answered(door, "您好")
    answer = await call
    assert [json.loads(line) for line in (await answer.text()).splitlines()] == [{"recipient_id": "u1", "text": "您好"}]


async def test_a_message_that_ends_in_silence_is_an_empty_list(door: Door) -> None:
    call = asyncio.ensure_future(door.http.post("/webhooks/rest/webhook", json={"sender": "u1", "message": "嗯"}))
    while not await door.rows("update inbox set state = 'settled', outcome = 'silent' returning id"):
        await asyncio.sleep(0.01)
    assert await (await call).json() == []


async def test_no_words_are_no_message(door: Door) -> None:
    for body in ({"sender": "u1"}, {"sender": "u1", "message": ""}, {"message": 5}):
        assert await (await door.http.post("/webhooks/rest/webhook", json=body)).json() == []
    assert await door.one("select count(*) from inbox") == 0
