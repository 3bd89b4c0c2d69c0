"""The platform's HTTP face below `/cgi-bin/`, with its mishaps."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from urllib.parse import quote

import orjson
from aiohttp import hdrs, web

from bot.sandbox.body import object_of
from bot.sandbox.clock import Clock
from bot.sandbox.errors import PlatformError
from bot.sandbox.media import LARGEST
from bot.sandbox.platform import CALLS, Platform

PLATFORM: Final = web.AppKey("platform", Platform)

_GET: Final = frozenset(
    {"getcallbackip", "kf/servicer/list", "kf/customer/get_upgrade_service_config", "externalcontact/get", "ticket/get"}
)
_GET_AND_POST: Final = frozenset({"kf/account/list"})

Work = Callable[[web.Request], Awaitable[web.Response]]


def routes() -> list[web.RouteDef]:
    """Every endpoint of the platform."""
    found = [
        web.get("/cgi-bin/gettoken", _with_mishaps(_gettoken)),
        web.post("/cgi-bin/media/upload", _with_mishaps(_upload)),
        web.get("/cgi-bin/media/get", _with_mishaps(_download)),
        web.post("/cgi-bin/webhook/send", _with_mishaps(_robot)),
    ]
    for api in CALLS:
        work = _with_mishaps(_calling(api))
        if api in _GET | _GET_AND_POST:
            found.append(web.get(f"/cgi-bin/{api}", work))
        if api not in _GET:
            found.append(web.post(f"/cgi-bin/{api}", work))
    return found


def json_bytes(body: bytes, status: int = 200) -> web.Response:
    """A JSON answer that is already written."""
    return web.Response(body=body, status=status, content_type="application/json", charset="utf-8")


async def wait(clock: Clock, seconds: float) -> None:
    """Until the clock says that so much time has passed; at once for 0."""
    if seconds > 0:
        over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        clock.call_later(seconds, lambda: None if over.done() else over.set_result(None))
        await over


def _with_mishaps(work: Work) -> Work:
    """The call, unless the connection breaks, the server stumbles or the answer never arrives."""

    async def handle(request: web.Request) -> web.Response:
        world = request.app[PLATFORM].world
        dice, faults = world.dice, world.faults
        if dice.falls("reset", faults.reset):
            return _broken(request, "reset")
        if dice.falls("http_500", faults.http_500):
            _note(request, "http_500")
            return web.Response(status=502)
        if dice.falls("slow", faults.slow):
            _note(request, "slow")
            await wait(world.clock, faults.slow_s)
        answer = await work(request)
        if dice.falls("timeout", faults.timeout):
            await wait(world.clock, faults.timeout_s)
            return _broken(request, "timeout")
        return answer

    return handle


def _broken(request: web.Request, why: str) -> web.Response:
    """The connection ends without an answer."""
    _note(request, why)
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=502)


def _note(request: web.Request, fault: str) -> None:
    world = request.app[PLATFORM].world
    world.ledger.write("mishap", world.now(), {"fault": fault, "path": request.path}, fault)


def _calling(api: str) -> Work:
    async def work(request: web.Request) -> web.Response:
        body = dict(request.query) if request.method == hdrs.METH_GET else object_of(await request.read())
        return json_bytes(request.app[PLATFORM].call(api, request.query.get("access_token", ""), body))

    return work


async def _gettoken(request: web.Request) -> web.Response:
    return json_bytes(request.app[PLATFORM].gettoken(dict(request.query)))


async def _robot(request: web.Request) -> web.Response:
    """`webhook/send?key=`: a group robot."""
    body = object_of(await request.read())
    return json_bytes(request.app[PLATFORM].robot(request.query.get("key", ""), body))


async def _upload(request: web.Request) -> web.Response:
    """`media/upload?type=`: multipart with a file in the field `media`."""
    platform = request.app[PLATFORM]
    fields = await request.post() if request.content_type.startswith("multipart/") else {}
    part = fields.get("media")
    kind = request.query.get("type", "")
    now = platform.world.now()
    try:
        platform.admit("media/upload", request.query.get("access_token", ""))
        # One byte above the largest is enough to know; without a file there are no bytes, which is 40058.
        data = part.file.read(max(LARGEST.values()) + 1) if isinstance(part, web.FileField) else b""
        name, mime = (part.filename, part.content_type) if isinstance(part, web.FileField) else ("", "")
        media = platform.world.media.put(kind, name, mime, data, now)
    except PlatformError as error:
        return _refused(platform, "media/upload", error)
    platform.called("media/upload", 0)
    answer: Mapping[str, object] = {
        "errcode": 0,
        "errmsg": "ok",
        "type": kind,
        "media_id": media.media_id,
        "created_at": str(int(media.at)),
    }
    return json_bytes(orjson.dumps(answer))


async def _download(request: web.Request) -> web.Response:
    """`media/get?media_id=`: the bytes, or JSON with 40007."""
    platform = request.app[PLATFORM]
    try:
        platform.admit("media/get", request.query.get("access_token", ""))
        media = platform.world.media.get(request.query.get("media_id", ""), platform.world.now())
    except PlatformError as error:
        return _refused(platform, "media/get", error)
    platform.called("media/get", 0)
    disposition = f"attachment; filename*=UTF-8''{quote(media.name)}"
    headers = {hdrs.CONTENT_TYPE: media.content_type, hdrs.CONTENT_DISPOSITION: disposition}
    return web.Response(body=media.data, headers=headers)


def _refused(platform: Platform, api: str, error: PlatformError) -> web.Response:
    platform.refused(api, error, {})
    return json_bytes(orjson.dumps({"errcode": error.code, "errmsg": error.message}))
