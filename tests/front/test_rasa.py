"""The doors of a Rasa server, as a Rasa client knocks at them."""

import asyncio
import json
from collections.abc import Mapping, Sequence

import pytest

from bot.front.context import FRONT
from bot.peers import rasa_server
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


async def test_what_rasas_own_http_client_sends_is_understood(door: Door) -> None:
    """`rasa.core.http_interpreter`: ``token`` is null, ``message_id`` is the sender, the answer must call itself JSON."""
    answer = await door.http.post("/model/parse", json={"token": None, "text": "你好", "message_id": "u1"})
    assert (answer.status, answer.content_type) == (200, "application/json")
    told = await answer.json()
    assert (told["intent"]["name"], told["message_id"]) == ("greet", "u1")


async def test_a_parse_may_come_as_rasas_documentation_shows_it(door: Door) -> None:
    """curl -XPOST localhost:5005/model/parse?emulation_mode=… -d '{"text": …}': a form's content type around JSON."""
    for headers, query in (
        ({"Content-Type": "application/x-www-form-urlencoded"}, {}),
        ({"Content-Type": "text/plain"}, {"token": "any", "emulation_mode": "rasa"}),
        ({}, {"token": ""}),
    ):
        answer = await door.http.post("/model/parse", data='{"text": "你好"}'.encode(), headers=headers, params=query)
        assert (await answer.json())["intent"] == {"name": "greet", "confidence": 0.9}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff"])
async def test_a_body_that_is_no_json_object_fails_in_rasas_words(door: Door, body: bytes) -> None:
    answer = await door.http.post("/model/parse", data=body)
    told = await answer.json()
    assert (answer.status, told["status"], told["reason"]) == (400, "failure", "BadRequest")
    assert set(told) == {"version", "status", "message", "reason", "details", "help", "code"}


async def test_without_models_status_and_parse_say_409(door: Door) -> None:
    object.__setattr__(door.http.server.app[FRONT], "ready", lambda: False)  # type: ignore[attr-defined]
    for answer in (await door.http.get("/status"), await door.http.post("/model/parse", json={"text": "你好"})):
        told = await answer.json()
        assert (answer.status, told["status"], told["reason"], told["code"]) == (409, "failure", "Conflict", 409)


async def test_a_channel_may_say_more_of_a_message(door: Door) -> None:
    """`rasa.core.channels.rest`: ``input_channel`` and ``metadata`` beside the message, a token in the address."""
    body = {"sender": "u1", "message": "你好", "input_channel": "app", "metadata": {"page": "home"}}
    call = asyncio.ensure_future(door.http.post("/webhooks/rest/webhook", params={"token": ""}, json=body))
    await answered(door, "您好")
    assert await (await call).json() == [{"recipient_id": "u1", "text": "您好"}]
    assert await door.one("select payload -> 'metadata' ->> 'page' from inbox") == "home"


_CLIENT = """
import asyncio, json, sys
from rasa.core.channels import UserMessage
from rasa.core.channels.console import _send_message_receive_stream, send_message_receive_block
from rasa.core.http_interpreter import RasaNLUHttpInterpreter
from rasa.utils.endpoints import EndpointConfig

async def main(url):
    interpreter = RasaNLUHttpInterpreter(EndpointConfig(url))
    found = await interpreter.parse(UserMessage("你好", sender_id="u1"))
    await interpreter.session.close()
    block = await send_message_receive_block(url, "", "u1", "在吗")
    stream = [one async for one in _send_message_receive_stream(url, "", "u1", "在吗")]
    print("told:" + json.dumps({"parse": found, "block": block, "stream": stream}))

asyncio.run(main(sys.argv[1]))
"""


@pytest.mark.skipif(
    rasa_server.program() is None,
    reason="no Rasa here: `make rasa` installs it (2.7 GB), or TEST_RASA=/path/to/bin/rasa names one",
)
async def test_rasas_own_clients_work_against_these_doors_unchanged(door: Door) -> None:
    """Its HTTP interpreter (``endpoints.yml``: ``nlu: url``) and the two ways in which ``rasa shell`` talks to a server."""
    program = rasa_server.program()
    assert program is not None
    command: Sequence[str] = (str(program.with_name("python")), "-c", _CLIENT, str(door.http.make_url("")).rstrip("/"))
    process = await asyncio.create_subprocess_exec(
        *command, env=rasa_server.environment(), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    talking = asyncio.ensure_future(process.communicate())
    for words in ("您好", "在的"):
        answering = asyncio.ensure_future(answered(door, words))
        await asyncio.wait([talking, answering], return_when=asyncio.FIRST_COMPLETED)
        answering.cancel()
    out, err = await talking
    assert process.returncode == 0, err.decode()[-2000:]
    told = json.loads(out.decode().partition("told:")[2])
    assert told["parse"]["intent"]["name"] == "greet"
    assert told["block"] == [{"recipient_id": "u1", "text": "您好"}]
    assert told["stream"] == [{"recipient_id": "u1", "text": "在的"}]
