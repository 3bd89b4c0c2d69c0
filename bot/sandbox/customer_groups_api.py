"""Play customer groups (客户群) below ``/sandbox/api/customer_groups``: make, rename, give away, join, leave, dismiss."""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from aiohttp import web

from bot.sandbox.api import PLATFORM, json_bytes
from bot.sandbox.body import Body, is_object
from bot.sandbox.errors import ActRefusedError
from bot.sandbox.platform import Platform

_ROOT = "/sandbox/api/customer_groups"


def routes() -> list[web.RouteDef]:
    """Its endpoints."""
    return [web.get(_ROOT, _listed), web.post(_ROOT + "/{chat}/{act}", _act)]


async def _listed(request: web.Request) -> web.Response:
    """Every group that stands: name, owner, how many are in it."""
    return _answer(request.app[PLATFORM])


async def _act(request: web.Request) -> web.Response:
    """``{"who": [ids], "state": "活码"}`` for join, ``{"what": userid, shopper or name}`` else; ``settles``: seconds."""
    platform, chat, act = request.app[PLATFORM], request.match_info["chat"], request.match_info["act"]
    body = await _body(request)
    settles = body.get("settles")
    if isinstance(settles, int | float) and not isinstance(settles, bool) and 0 <= settles <= 60:
        platform.world.customer_groups.settles = float(settles)
    if act == "join":
        who = body.get("who")
        people = [one for one in who if isinstance(one, str)] if isinstance(who, list) else []
        if not people:
            raise ActRefusedError("who 要写成一串顾客的 ID")
        platform.join_group(chat, *people, state=_text(body, "state"))
    else:
        platform.change_group(chat, act, _text(body, "what"))
    return _answer(platform)


def _answer(platform: Platform) -> web.Response:
    groups: Mapping[str, object] = platform.world.customer_groups.to_json()
    return json_bytes(orjson.dumps(groups))


async def _body(request: web.Request) -> Body:
    raw = await request.read()
    found: object = orjson.loads(raw) if raw else {}
    if not is_object(found):
        raise ActRefusedError("要一个 JSON 对象")
    return found


def _text(body: Body, key: str) -> str:
    value = body.get(key, "")
    if not isinstance(value, str):
        raise ActRefusedError(f"{key} 要写文字")
    return value
