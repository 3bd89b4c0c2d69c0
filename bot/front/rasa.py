"""The doors of a Rasa server (rasa 3.6): the same paths, the same JSON, so that a Rasa client works unchanged."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from inspect import isawaitable

from aiohttp import web
from orjson import dumps

from bot.db import rooms
from bot.errors import BadRequestError
from bot.front import bubbles, reading
from bot.front.chat import json
from bot.front.context import FRONT, INTAKE, Front
from bot.ids import conversation_id
from bot.model import Arrival

VERSION = "3.6.21"
"""The Rasa release whose JSON we speak; clients look at it before they talk."""
_PATIENCE = 10.0
"""Seconds that the REST webhook waits for the replies to a message."""
_NO_MODEL = "No agent loaded. To continue processing, a model of a trained agent needs to be loaded."
_NO_BODY = "No text message defined in request_body. Add text message to request body."
_LOOK = 0.5
_LONGEST = 4000
_PEER = "rasa"


async def hello(request: web.Request) -> web.Response:
    """``GET /``: people get the chat page, programs a greeting."""
    if "text/html" in request.headers.get("Accept", ""):
        raise web.HTTPSeeOther("/chat")
    return web.Response(text="Hello from Daogou")


async def version(request: web.Request) -> web.Response:
    """``GET /version``."""
    del request
    return json({"version": VERSION, "minimum_compatible_version": "3.5.0"})


async def status(request: web.Request) -> web.Response:
    """``GET /status``: which model serves; 409 while none does."""
    front = request.app[FRONT]
    if not front.ready():
        return _failure(409, "Conflict", _NO_MODEL)
    release = front.release()
    return json({"model_file": f"daogou-{release}", "model_id": release, "num_active_training_jobs": 0})


async def parse(request: web.Request) -> web.Response:
    """``POST /model/parse {"text","message_id"?}``; errors as Rasa words them, also with its status 500 for a missing text."""
    if not request.can_read_body:
        return _failure(400, "BadRequest", _NO_BODY)
    try:
        told = await reading.json_body(request, any_type=True)
    except BadRequestError as error:
        return _failure(error.status, "BadRequest", str(error))
    front = request.app[FRONT]
    if not front.ready():
        return _failure(409, "Conflict", _NO_MODEL)
    text = told.get("text")
    if not isinstance(text, str):
        return _failure(500, "ParsingError", "An unexpected error occurred. Error: 'text' is missing")
    if len(text) > _LONGEST:
        return _failure(400, "BadRequest", f"'text' is longer than {_LONGEST} characters")
    told_of = front.parse(text)
    found = dict(await told_of if isawaitable(told_of) else told_of)
    if isinstance(told.get("message_id"), str):
        found["message_id"] = told["message_id"]
    return json(found)


def _failure(code: int, reason: str, message: str) -> web.Response:
    told: dict[str, object] = {"version": VERSION, "status": "failure", "message": message, "reason": reason, "code": code}
    return json(told | {"details": {}, "help": None}, code)


async def healthy(request: web.Request) -> web.Response:
    """``GET /webhooks/rest/``."""
    del request
    return json({"status": "ok"})


async def talk(request: web.Request) -> web.StreamResponse:
    """``POST /webhooks/rest/webhook``: accept as always, then wait for the replies to this very message.

    As at Rasa, nobody is asked who they are: ``sender`` names the conversation, and a late answer is an empty list.
    """
    front = request.app[FRONT]
    told = await reading.json_body(request, any_type=True)
    message, sender = told.get("message"), told.get("sender")
    if not isinstance(message, str) or len(message) > _LONGEST:
        message = ""
    if not isinstance(sender, str | int) or not str(sender).strip():
        sender = "default"
    sender = str(sender)[:128].replace("\0", "")
    streaming = request.query.get("stream", "").lower() == "true"
    replies = _replies(request, _arrival(front, sender, message, told), sender) if message.strip() else _nothing()
    if streaming:
        return await _streamed(request, replies)
    return json([reply async for reply in replies])


def _arrival(front: Front, sender: str, message: str, told: dict[str, object]) -> Arrival:
    conversation = conversation_id(rooms.CHANNEL, "", _PEER, sender)
    now = front.clock.now()
    metadata = told.get("metadata")
    return Arrival(
        channel=rooms.CHANNEL,
        account="",
        platform_id=f"{conversation}:{front.draw()}",
        conversation=conversation,
        kind="text",
        text=message,
        payload={"metadata": metadata} if isinstance(metadata, dict) else {},
        sent_at=now,
        peer=_PEER,
        external=sender,
    )


async def _nothing() -> AsyncIterator[dict[str, object]]:
    for reply in list[dict[str, object]]():
        yield reply


async def _replies(request: web.Request, arrival: Arrival, sender: str) -> AsyncIterator[dict[str, object]]:
    """Replies as they come, until the message is settled and nothing is on its way any more."""
    front = request.app[FRONT]
    assert arrival.conversation is not None
    seen = 0
    deadline = asyncio.get_running_loop().time() + _PATIENCE
    async with front.live.listen(arrival.conversation) as rung:
        inbox_id = await request.app[INTAKE].accept(arrival)
        while True:
            rung.clear()
            done, told = await rooms.answer(front.engine, inbox_id)
            fresh = [one for one in told if one > seen]
            if fresh:
                for said in await rooms.said(front.engine, arrival.conversation, fresh[0] - 1, len(told) + 50):
                    if said.id in fresh:
                        for reply in _shown(bubbles.bubble(said, front.staff()), sender):
                            yield reply
                seen = fresh[-1]
            left = deadline - asyncio.get_running_loop().time()
            if done or left <= 0:
                return
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(_LOOK, left)):
                    await rung.wait()


def _shown(bubble: dict[str, object], sender: str) -> Iterator[dict[str, object]]:
    """A bubble as Rasa's REST channel collects it; a button's payload is what a tap says."""
    text: dict[str, object] = {"recipient_id": sender, "text": bubble["text"]}
    options = bubble.get("options")
    if isinstance(options, list):
        text["buttons"] = [{"title": one["label"], "payload": one["label"]} for one in options]
    if bubble["text"] or options:
        yield text
    items = bubble.get("items")
    if isinstance(items, list) and items:
        yield {"recipient_id": sender, "custom": {"items": items}}
        yield from ({"recipient_id": sender, "image": item["image"]} for item in items if item.get("image"))


async def _streamed(request: web.Request, replies: AsyncIterator[dict[str, object]]) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    with contextlib.suppress(ConnectionError):
        async for reply in replies:
            await response.write(dumps(reply, default=str) + b"\n")
    return response
