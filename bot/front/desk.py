"""The desk's API below ``/api/desk``: who waits, claim, hand back, close; the rest stands in the other ``desk_*`` modules."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from datetime import datetime

from aiohttp import web

from bot.db import desk, desk_me, reception
from bot.db.codec import iso
from bot.db.reception import HeldError
from bot.db.users import User
from bot.front import desk_shown as shown
from bot.front import limits
from bot.front.chat import json
from bot.front.context import LIMITER, Front
from bot.motion import typing
from bot.motion.connection import MOTION_FAULTS
from bot.ownership import Floor


async def queue(request: web.Request) -> web.Response:
    """``GET /api/desk/queue`` → ``{"places":[…],"me","counts"}``; ``?with=bot`` adds the bot's talks, ``failed`` for leads."""
    front, who, _ = await shown.entered(request)
    return json(await listed(front, who, bots=request.query.get("with") == "bot"))


async def listed(front: Front, who: User, *, bots: bool) -> dict[str, object]:
    """The list as the page draws it."""
    now = front.clock.now()
    places = [shown.place(one, front, who, now) for one in await desk.queue(front.engine, who)]
    me = await desk_me.me(front.engine, who, now)
    found: dict[str, object] = {"places": places, "counts": shown.counted(places, me.due), "me": _me(front, who, me, places)}
    if bots:
        found["bot"] = [shown.place(one, front, who, now) for one in await desk.bot_talks(front.engine, who)]
    if who.role in shown.LEADS:
        failed = await desk.failures(front.engine, who)
        found["failed"] = [{**dataclasses.asdict(one), "id": str(one.id), "at": iso(one.at)} for one in failed]
    return found


def _me(front: Front, who: User, me: desk_me.Me, places: list[dict[str, object]]) -> dict[str, object]:
    staff = front.staff()
    guide = staff.guides.get(who.guide or "")
    return {
        "guide": who.guide,
        "name": shown.called(who, staff),
        "store": shown.store_name(who.store, staff),
        "role": who.role,
        "state": me.state,
        "until": iso(me.until),
        "load": sum(bool(one["mine"]) or bool(one["offered"]) for one in places),
        "capacity": guide.capacity if guide else None,
    }


async def claim(request: web.Request) -> web.Response:
    """``POST /api/desk/{conversation}/claim``; 409 with the holder's name for whoever comes second.

    Answers only when nothing of the bot is on its way any more: after this the shopper hears a person.
    """
    front, who, conversation = await shown.entered(request)
    try:
        floor = await reception.claim(front.engine, who, conversation, front.clock.now(), front.brand().mode)
    except HeldError as error:
        return shown.held(error, front.staff())
    await shown.stirred(front, [conversation])
    quiet = await shown.silence(front, conversation)
    return json({**shown.floor(floor, front.staff()), "quiet": quiet})


async def hand_back(request: web.Request) -> web.Response:
    """``POST /api/desk/{conversation}/hand_back``: the bot answers again."""
    front, who, conversation = await shown.entered(request)
    return await given_up(front, who, conversation, reception.hand_back)


async def close(request: web.Request) -> web.Response:
    """``POST /api/desk/{conversation}/close``: the talk is over."""
    front, who, conversation = await shown.entered(request)
    return await given_up(front, who, conversation, reception.close)


async def given_up(
    front: Front, who: User, conversation: str, step: "Callable[..., Awaitable[Floor]]", **more: object
) -> web.Response:
    """Let go of a talk; ``more`` goes into the answer."""
    now: datetime = front.clock.now()
    try:
        floor = await step(front.engine, who, conversation, now)
    except HeldError as error:
        return shown.held(error, front.staff())
    await shown.stirred(front, [conversation])
    return json({**shown.floor(floor, front.staff()), **more})


async def types(request: web.Request) -> web.Response:
    """``POST /api/desk/{conversation}/typing`` → 202: the shopper's page shows that whoever holds the talk writes."""
    front, who, conversation = await shown.entered(request)
    await request.app[LIMITER].count(limits.TYPING, f"{who.actor}:{conversation}")
    place = await desk.place(front.engine, who, conversation)
    if place.owner == "human" and place.guide == who.actor:
        try:
            async with asyncio.timeout(1):
                await typing.types(front.client, front.live, conversation, "guide")
        except MOTION_FAULTS:
            return json({}, 202)
    return json({}, 202)
