"""Groups below ``/sandbox/api/groups``: begin one from a script or a seed, act in it by hand, read its stream and its ledger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from bot.sandbox.body import Body
from bot.sandbox.control_body import answer, body_of, number, text
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
    listed = [one.summary() for one in shows.all()]
    needed = {name: list(environment(shows.rooms, name, url)) for name in PLATFORMS}
    return answer({"groups": listed, "example": EXAMPLE, "platforms": PLATFORMS, "environment": needed, "house": shows.house})


async def _begin(request: web.Request) -> web.Response:
    """``{"platform"?, "name"?, "script"? | "seed"?, "members"?, "minutes"?, "speed"?}`` → 201; 400 with a script's faults."""
    body = await body_of(request)
    try:
        show = await request.app[SHOWS].begin(_wish(body))
    except ScriptError as error:
        faults = [{"line": one.line, "words": one.words} for one in error.faults]
        return answer({"error": str(error), "faults": faults}, 400)
    return answer(show.to_json(), 201)


def _wish(body: Body) -> Wish:
    plain = Wish()
    seed = body.get("seed")
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int)):
        raise ActRefusedError("seed 要写整数")
    return Wish(
        platform=text(body, "platform") or plain.platform,
        name=text(body, "name"),
        script=text(body, "script"),
        seed=seed,
        members=int(number(body, "members", plain.members)),
        minutes=number(body, "minutes", plain.minutes),
        speed=number(body, "speed", plain.speed),
    )


async def _one(request: web.Request) -> web.Response:
    """``?after=``: the lines above that number; how the group stands and all findings in any case."""
    after = request.query.get("after", "0")
    show = request.app[SHOWS].show(request.match_info["group"])
    return answer(show.to_json(int(after) if after.isascii() and after.isdigit() else 0))


async def _act(request: web.Request) -> web.Response:
    """``say``, ``image``, ``sticker``, ``recall``, ``join``, ``leave`` with ``{"as", "text"?, "line"?, "state"?}``; ``stop``."""
    shows, id_, act = request.app[SHOWS], request.match_info["group"], request.match_info["act"]
    if act == "stop":
        await shows.stop(id_)
        return answer({})
    if act not in _ACTS:
        raise web.HTTPNotFound
    body = await body_of(request)
    name = text(body, "as").strip()
    if not name or len(name) > 32:
        raise ActRefusedError("as 要写成员的名字，最多 32 个字")
    line = body.get("line", "")
    told = {"text": text(body, "text"), "state": text(body, "state"), "line": str(line) if isinstance(line, int) else ""}
    event = shows.made(id_, name, _ACTS[act], told)
    return answer((await shows.by_hand(id_, event)).to_json(), 201)
