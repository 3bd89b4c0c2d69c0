"""The sandbox's own API below `/sandbox/api/`: play shoppers and staff, set faults, read the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import orjson
from aiohttp import hdrs, web

from bot.sandbox import views
from bot.sandbox.acts import Entrance
from bot.sandbox.api import PLATFORM
from bot.sandbox.body import Body, is_object
from bot.sandbox.callbacks import Pusher
from bot.sandbox.control_body import answer, body_of, number, text
from bot.sandbox.errors import ActRefusedError, PlatformError
from bot.sandbox.faults import Faults
from bot.sandbox.ledger import Entry
from bot.sandbox.platform import Platform

PUSHER: Final = web.AppKey("pusher", Pusher)
LISTENERS: Final = web.AppKey("listeners", set[asyncio.Queue[bytes]])
ROOT: Final = "/sandbox/api"
MOST_ENTRIES: Final = 1000
HEARTBEAT: Final = 15.0
QUEUED: Final = 2000
"""Server-sent events that may wait for a slow page before it is told to read everything again."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def routes() -> list[web.RouteDef]:
    """Every endpoint of the control API."""
    return [
        web.get(f"{ROOT}/state", _state),
        web.post(f"{ROOT}/shoppers", _arrive),
        web.get(f"{ROOT}/shoppers/{{who}}/messages", _messages),
        web.post(f"{ROOT}/shoppers/{{who}}/{{act}}", _shopper_acts),
        web.post(f"{ROOT}/servicers/{{userid}}/{{act}}", _servicer_acts),
        web.put(f"{ROOT}/contacts", _contacts),
        web.get(f"{ROOT}/faults", _faults),
        web.put(f"{ROOT}/faults", _put_faults),
        web.get(f"{ROOT}/clock", _clock),
        web.post(f"{ROOT}/clock/advance", _advance),
        web.put(f"{ROOT}/callback", _put_callback),
        web.post(f"{ROOT}/reset", _reset),
        web.get(f"{ROOT}/ledger", _ledger),
        web.get(f"{ROOT}/totals", _totals),
        web.get(f"{ROOT}/events", _events),
        web.get(f"{ROOT}/media/{{media_id}}", _media),
    ]


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn refusals into 409 and nonsense into 400; keep other sites' pages out."""
    if not request.path.startswith(ROOT):
        return await handler(request)
    origin = request.headers.get(hdrs.ORIGIN)
    if origin is not None and origin.partition("://")[2] != request.host:
        return answer({"error": "只接受沙盘自己的页面"}, 403)
    try:
        return await handler(request)
    except ActRefusedError as error:
        return answer({"error": str(error)}, 409)
    except (PlatformError, ValueError) as error:
        return answer({"error": str(error)}, 400)


async def _state(request: web.Request) -> web.Response:
    pusher = request.app[PUSHER]
    state = views.overview(request.app[PLATFORM], request.query.get("open_kfid", ""))
    return answer({**state, "callback": {"url": pusher.url, "verified": pusher.verified}})


async def _arrive(request: web.Request) -> web.Response:
    body = await body_of(request)
    gender, refuses = body.get("gender", 0), body.get("refuses", False)
    if not isinstance(gender, int) or not isinstance(refuses, bool):
        raise ActRefusedError("gender 要写整数，refuses 要写 true 或 false")
    shopper = request.app[PLATFORM].arrive(text(body, "nickname"), gender, refuses=refuses)
    return answer(views.shopper(shopper), 201)


async def _messages(request: web.Request) -> web.Response:
    platform = request.app[PLATFORM]
    conversation = platform.conversation(request.match_info["who"], request.query.get("open_kfid", ""))
    after = int(request.query.get("after", "0"))
    return answer(views.conversation(conversation, platform.world.now(), after))


async def _shopper_acts(request: web.Request) -> web.Response:
    platform, body = request.app[PLATFORM], await body_of(request)
    who, kf = request.match_info["who"], text(body, "open_kfid")
    match request.match_info["act"]:
        case "enter":
            channels = body.get("wechat_channels")
            entrance = Entrance(text(body, "scene"), text(body, "scene_param"), channels if is_object(channels) else None)
            return answer({"welcome_code": platform.enter(who, kf, entrance)})
        case "messages":
            msgtype = text(body, "msgtype") or "text"
            return answer({"msgid": platform.send(who, msgtype, _content(body, msgtype), kf)}, 201)
        case "tap":
            return answer({"msgid": platform.tap(who, text(body, "msgid"), text(body, "item"), kf)}, 201)
        case "recall":
            platform.recall(who, text(body, "msgid"), kf)
            return answer({})
        case "join":
            platform.join_group(text(body, "chat_id"), who, state=text(body, "state"))
            return answer({})
    raise web.HTTPNotFound


async def _servicer_acts(request: web.Request) -> web.Response:
    platform, body = request.app[PLATFORM], await body_of(request)
    userid, who, kf = request.match_info["userid"], text(body, "external_userid"), text(body, "open_kfid")
    done: dict[str, object] = {}
    match request.match_info["act"]:
        case "take":
            platform.take(userid, who, kf)
        case "reply":
            done["msgid"] = platform.reply(userid, who, text(body, "text"), kf)
        case "transfer":
            platform.transfer(userid, who, text(body, "to"), kf)
        case "end":
            platform.end(userid, who, kf)
        case "recall":
            platform.servicer_recall(who, text(body, "msgid"), kf)
        case "serving":
            stop_type = 1 if body.get("stop_type") == 1 else 0
            platform.set_serving(userid, serving=body.get("on") is True, stop_type=stop_type, open_kfid=kf)
        case "reject":
            platform.set_reject(userid, who, on=body.get("on") is True, open_kfid=kf)
        case act:
            _contact_acts(platform, (userid, who), act, body)
    return answer(done)


def _contact_acts(platform: Platform, ends: tuple[str, str], act: str, body: Body) -> None:
    """What a member of staff does with a contact of theirs."""
    match act:
        case "befriend":
            platform.befriend(*ends)
        case "part":
            platform.part(*ends, by_shopper=body.get("by_shopper") is True)
        case "tag":
            platform.tag(*ends, text(body, "group"), text(body, "name"), on=body.get("on", True) is True)
        case _:
            raise web.HTTPNotFound


async def _contacts(request: web.Request) -> web.Response:
    """`{"granted": true, "group": "肤质", "names": ["干性"]}`: what the enterprise sets in its console."""
    platform, body = request.app[PLATFORM], await body_of(request)
    names = body.get("names", [])
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        raise ActRefusedError("names 要写成一串标签名")
    if "granted" in body:
        platform.grant_contacts(on=body["granted"] is True)
    if names:
        platform.corp_tags(text(body, "group"), *names)
    return answer(platform.world.contacts.to_json())


async def _faults(request: web.Request) -> web.Response:
    return answer(request.app[PLATFORM].world.faults.to_json())


async def _put_faults(request: web.Request) -> web.Response:
    faults = Faults.of(await body_of(request))
    request.app[PLATFORM].put_faults(faults)
    return answer(faults.to_json())


async def _clock(request: web.Request) -> web.Response:
    return answer(views.clock(request.app[PLATFORM]))


async def _advance(request: web.Request) -> web.Response:
    platform, body = request.app[PLATFORM], await body_of(request)
    platform.advance(number(body, "seconds"))
    return answer(views.clock(platform))


async def _put_callback(request: web.Request) -> web.Response:
    pusher = request.app[PUSHER]
    pusher.start(text(await body_of(request), "url"))
    return answer({"url": pusher.url, "verified": pusher.verified})


async def _reset(request: web.Request) -> web.Response:
    seed = (await body_of(request)).get("seed")
    if seed is not None and not isinstance(seed, int):
        raise ActRefusedError("seed 要写整数")
    request.app[PLATFORM].reset(seed)
    return answer({"seed": request.app[PLATFORM].setup.seed})


async def _ledger(request: web.Request) -> web.Response:
    """`?since=`, `?limit=` (at most 1000), `?kind=delivery,rejected`; ascending, with the newest number."""
    ledger, query = request.app[PLATFORM].world.ledger, request.query
    limit = max(1, min(int(query.get("limit", MOST_ENTRIES)), MOST_ENTRIES))
    since = int(query.get("since", "0"))
    entries = ledger.since(since, limit, _kinds(request))
    return answer({"last": ledger.written, "entries": [orjson.Fragment(entry) for entry in entries]})


async def _totals(request: web.Request) -> web.Response:
    return answer(request.app[PLATFORM].world.ledger.totals())


async def _media(request: web.Request) -> web.Response:
    platform = request.app[PLATFORM]
    media = platform.world.media.get(request.match_info["media_id"], platform.world.now())
    # Only pictures are shown in place: a page of ours must not run what somebody uploaded.
    shown = media.content_type if media.kind == "image" else "application/octet-stream"
    headers = {hdrs.CONTENT_TYPE: shown, "X-Content-Type-Options": "nosniff", hdrs.CACHE_CONTROL: "max-age=3600"}
    return web.Response(body=media.data, headers=headers)


async def _events(request: web.Request) -> web.StreamResponse:
    """Ledger entries as they are written (`?kind=` as above); `event: lost` after an overflow."""
    response = web.StreamResponse(headers={hdrs.CONTENT_TYPE: "text/event-stream", hdrs.CACHE_CONTROL: "no-store"})
    queue: asyncio.Queue[bytes] = asyncio.Queue()
    kinds = _kinds(request)

    def hear(entry: Entry) -> None:
        if kinds and entry["kind"] not in kinds:
            return
        if queue.qsize() < QUEUED:
            queue.put_nowait(b"data: " + orjson.dumps(entry) + b"\n\n")
        elif queue.qsize() == QUEUED:
            queue.put_nowait(b"event: lost\ndata: {}\n\n")

    await response.prepare(request)
    stop = request.app[PLATFORM].world.ledger.listen(hear)
    listeners = request.app[LISTENERS]
    listeners.add(queue)
    try:
        await response.write(b": hello\n\n")
        while chunk := await _next(queue):
            await response.write(chunk)
    except ConnectionError:
        pass
    finally:
        listeners.discard(queue)
        stop()
    return response


async def _next(queue: asyncio.Queue[bytes]) -> bytes:
    """All that waits in the queue, or a heartbeat; empty when the sandbox closes."""
    try:
        async with asyncio.timeout(HEARTBEAT):
            chunk = await queue.get()
    except TimeoutError:
        return b": still here\n\n"
    while chunk and not queue.empty():
        more = queue.get_nowait()
        if not more:
            return b""
        chunk += more
    return chunk


def _kinds(request: web.Request) -> frozenset[str]:
    return frozenset(request.query.get("kind", "").split(",")) - {""}


def _content(body: Body, msgtype: str) -> Body:
    """The content under the type's name; `text` may be a plain string."""
    found = body.get(msgtype, {})
    if isinstance(found, str):
        return {"content": found}
    if not is_object(found):
        raise ActRefusedError(f"{msgtype} 要写成对象")
    return found
