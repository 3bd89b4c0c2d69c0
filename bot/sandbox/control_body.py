"""Read what the pages and programs send to the control API, and answer it; what is wrong is refused in words for people."""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from aiohttp import web

from bot.sandbox.api import json_bytes
from bot.sandbox.body import Body, is_object
from bot.sandbox.errors import ActRefusedError


async def body_of(request: web.Request) -> Body:
    """The JSON object that was sent, an empty one for no body. Raises ActRefusedError, ValueError for no JSON."""
    raw = await request.read()
    found: object = orjson.loads(raw) if raw else {}
    if not is_object(found):
        raise ActRefusedError("要一个 JSON 对象")
    return found


def text(body: Body, key: str) -> str:
    """A string, empty if it is missing; raises ActRefusedError."""
    value = body.get(key, "")
    if not isinstance(value, str):
        raise ActRefusedError(f"{key} 要写文字")
    return value


def number(body: Body, key: str, default: float | None = None) -> float:
    """A number; raises ActRefusedError if it is none, or missing without a default."""
    value = body.get(key, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ActRefusedError(f"{key} 要写数字")
    return float(value)


def answer(value: Mapping[str, object], status: int = 200) -> web.Response:
    """A JSON answer."""
    return json_bytes(orjson.dumps(value), status)
