"""Groups below ``/sandbox/api/groups``: begin one from a script or a seed, act in it by hand, read its stream and its ledger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import orjson
from aiohttp import web

from bot.sandbox.api import json_bytes
from bot.sandbox.body import Body, is_object
from bot.sandbox.errors import ActRefusedError
from bot.sandbox.groups_model import Kind
from bot.sandbox.groups_rooms import PLATFORMS, environment
from bot.sandbox.groups_script import EXAMPLE, ScriptError
from bot.sandbox.groups_shows import Shows, Wish

SHOWS: Final = web.AppKey("shows", Shows)
ROOT: Final = "/sandbox/api/groups"
_ACTS: Final[Mapping[str, Kind]] = {
    "say": "text", "image": "image", "sticker": "sticker", "recall": "recall", "join": "join", "leave": "leave",
}  # fmt: skip


def routes() -> list[web.RouteDef]:
    """Every endpoint of the groups."""
    return [
        web.get(ROOT, _all),
        web.post(ROOT, _begin),
        web.get(f"{ROOT}/{{group}}", _one),
        web.post(f"{ROOT}/{{group}}/{{act}}", _act),
    ]


async def _all(request: web.Request) -> web.Response:
    """``{"groups": […], "example", "platforms": {…}, "environment": {platform: […]}, "house"}``."""
    shows, url = request.app[SHOWS], str(request.url.origin())
    listed = [{key: value for key, value in one.to_json(one.book.size).items() if key != "lines"} for one in shows.all()]
    needed = {name: list(environment(shows.rooms, name, url)) for name in PLATFORMS}
    return _answer({"groups": listed, "example": EXAMPLE, "platforms": PLATFORMS, "environment": needed, "house": shows.house})


async def _begin(request: web.Request) -> web.Response:
    """``{"platform"?, "name"?, "script"? | "seed"?, "members"?, "minutes"?, "speed"?}`` → 201; 400 with a script's faults."""
    body = await _body(request)
    try:
        show = await request.app[SHOWS].begin(_wish(body))
    except ScriptError as error:
        faults = [{"line": one.line, "words": one.words} for one in error.faults]
        return _answer({"error": str(error), "faults": faults}, 400)
    return _answer(show.to_json(), 201)


def _wish(body: Body) -> Wish:
    plain = Wish()
    seed = body.get("seed")
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int)):
        raise ActRefusedError("seed 要写整数")
    return Wish(
        platform=_text(body, "platform") or plain.platform,
        name=_text(body, "name"),
        script=_text(body, "script"),
        seed=seed,
        members=int(_number(body, "members", plain.members)),
        minutes=_number(body, "minutes", plain.minutes),
        speed=_number(body, "speed", plain.speed),
    )


async def _one(request: web.Request) -> web.Response:
    """``?after=``: the lines above that number; how the group stands and all findings in any case."""
    after = request.query.get("after", "0")
    show = request.app[SHOWS].show(request.match_info["group"])
    return _answer(show.to_json(int(after) if after.isascii() and after.isdigit() else 0))


async def _act(request: web.Request) -> web.Response:
    """``say``, ``image``, ``sticker``, ``recall``, ``join``, ``leave`` with ``{"as", "text"?, "line"?, "state"?}``; ``stop``."""
    shows, id_, act = request.app[SHOWS], request.match_info["group"], request.match_info["act"]
    if act == "stop":
        await shows.stop(id_)
        return _answer({})
    if act not in _ACTS:
        raise web.HTTPNotFound
    body = await _body(request)
    name = _text(body, "as").strip()
    if not name or len(name) > 32:
        raise ActRefusedError("as 要写成员的名字，最多 32 个字")
    line = body.get("line", "")
    told = {"text": _text(body, "text"), "state": _text(body, "state"), "line": str(line) if isinstance(line, int) else ""}
    event = shows.made(id_, name, _ACTS[act], told)
    return _answer((await shows.by_hand(id_, event)).to_json(), 201)


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


def _number(body: Body, key: str, default: float) -> float:
    value = body.get(key, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ActRefusedError(f"{key} 要写数字")
    return float(value)


def _answer(value: Mapping[str, object], status: int = 200) -> web.Response:
    return json_bytes(orjson.dumps(value), status)
