"""Play customer groups (客户群) below ``/sandbox/api/customer_groups``: make, rename, give away, join, leave, dismiss."""

from __future__ import annotations

from aiohttp import web

from bot.sandbox.api import PLATFORM
from bot.sandbox.control_body import answer, body_of, text
from bot.sandbox.errors import ActRefusedError
from bot.sandbox.platform import Platform

_ROOT = "/sandbox/api/customer_groups"


def routes() -> list[web.RouteDef]:
    """Its endpoints."""
    return [web.get(_ROOT, _listed), web.post(_ROOT + "/{chat}/{act}", _act)]


async def _listed(request: web.Request) -> web.Response:
    """Every group that stands: name, owner, how many are in it."""
    return _told(request.app[PLATFORM])


async def _act(request: web.Request) -> web.Response:
    """``{"who": [ids], "state": "活码"}`` for join, ``{"what": userid, shopper or name}`` else; ``settles``: seconds."""
    platform, chat, act = request.app[PLATFORM], request.match_info["chat"], request.match_info["act"]
    body = await body_of(request)
    settles = body.get("settles")
    if isinstance(settles, int | float) and not isinstance(settles, bool) and 0 <= settles <= 60:
        platform.world.customer_groups.settles = float(settles)
    if act == "join":
        who = body.get("who")
        people = [one for one in who if isinstance(one, str)] if isinstance(who, list) else []
        if not people:
            raise ActRefusedError("who 要写成一串顾客的 ID")
        platform.join_group(chat, *people, state=text(body, "state"))
    else:
        platform.change_group(chat, act, text(body, "what"))
    return _told(platform)


def _told(platform: Platform) -> web.Response:
    return answer(platform.world.customer_groups.to_json())
