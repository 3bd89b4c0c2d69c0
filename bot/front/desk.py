"""The desk's API below ``/api/desk``: who waits, their talk, claim, reply, hand back, close."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from aiohttp import web

from bot.brand import Staff
from bot.db import desk, outgoing, reception, rooms, users
from bot.db.codec import iso
from bot.db.desk import Place
from bot.db.reception import HeldError
from bot.db.users import User
from bot.front import accounts, bubbles, reading, shapes, stream
from bot.front import events as deeds
from bot.front.chat import json
from bot.front.context import FRONT, Front
from bot.motion.connection import MOTION_FAULTS
from bot.ownership import Floor

_STAFF: tuple[users.Role, ...] = ("guide", "lead", "admin")
_QUIET = 20.0
"""Seconds to wait until nothing of the bot is on its way: as long as a message may be *sending*."""
_LOOK = 0.05
_PAUSE = 1.0
"""Least seconds between two looks of an open desk, however much goes on."""


async def queue(request: web.Request) -> web.Response:
    """``GET /api/desk/queue`` → ``{"places":[…]}``; ``?with=bot`` adds the bot's latest talks, ``failed`` for leads."""
    who = await accounts.user(request, *_STAFF)
    return json(await _list(request.app[FRONT], who, bots=request.query.get("with") == "bot"))


async def _list(front: Front, who: User, *, bots: bool) -> dict[str, object]:
    staff = front.staff()
    found: dict[str, object] = {"places": [_shown(one, staff, who) for one in await desk.queue(front.engine, who)]}
    if bots:
        found["bot"] = [_shown(one, staff, who) for one in await desk.bot_talks(front.engine, who)]
    if who.role in {"lead", "admin"}:
        failed = await desk.failures(front.engine, who)
        found["failed"] = [{**dataclasses.asdict(one), "id": str(one.id), "at": iso(one.at)} for one in failed]
    return found


def _shown(one: Place, staff: Staff, who: User) -> dict[str, object]:
    store = staff.stores.get(one.store or "")
    return {
        "conversation": one.id,
        "channel": one.channel,
        "group": one.group,
        "name": one.name,
        "owner": one.owner,
        "mine": one.owner == "human" and one.guide == who.actor,
        "guide": bubbles.guide_name(one.guide, staff),
        "since": iso(one.since),
        "store": store.name if store else one.store,
        "reason": one.reason,
        "urgency": one.urgency,
        "wanted": bubbles.guide_name(one.wanted, staff),
        "last": one.last,
        "last_at": iso(one.last_at),
        "unread": one.unread,
    }


async def read(request: web.Request) -> web.Response:
    """``GET /api/desk/{conversation}?after=`` → place, brief, messages with what the bot did, what is on its way, openings."""
    who = await accounts.user(request, *_STAFF)
    front, conversation = request.app[FRONT], request.match_info["conversation"]
    place = await desk.place(front.engine, who, conversation)
    after = reading.number(request, "after", 0, 0, 2**62) or None
    staff, now = front.staff(), front.clock.now()
    said = await rooms.said(front.engine, conversation, after, 200)
    waiting = await desk.leaving(front.engine, conversation, now - timedelta(days=1))
    return json(
        {
            "place": _shown(place, staff, who),
            "brief": place.brief,
            "openings": _openings(place.brief, front, bubbles.guide_name(who.actor, staff) or who.name),
            "messages": [_with_story(one, staff) for one in said],
            "leaving": [{**dataclasses.asdict(one), "id": str(one.id), "at": iso(one.at)} for one in waiting],
        }
    )


def _with_story(one: rooms.Said, staff: Staff) -> dict[str, object]:
    """A bubble with how the bot came to it, or how the shopper's message ended."""
    shown = bubbles.bubble(one, staff, trace=True)
    if one.outcome is not None:
        shown |= {"outcome": one.outcome, "reason": one.reason}
    return shown


def _openings(brief: Mapping[str, object], front: Front, name: str) -> list[str]:
    """First sentences for one tap: those of the brief, then plain ones that are never wrong."""
    told = brief.get("openings") or brief.get("opening") or brief.get("suggested")
    own = [told] if isinstance(told, str) else [one for one in told if isinstance(one, str)] if isinstance(told, list) else []
    bot = front.brand().persona.name
    plain = [
        f"您好，我是{name}，刚看了您和{bot}聊的内容，接下来我来帮您。",
        "我先帮您核实一下，马上回您。",
        "抱歉让您久等了，您说，我在。",
    ]
    return [*own, *plain][:4]


async def claim(request: web.Request) -> web.Response:
    """``POST /api/desk/{conversation}/claim``; 409 with the holder's name for whoever comes second.

    Answers only when nothing of the bot is on its way any more: after this the shopper hears a person.
    """
    who = await accounts.user(request, *_STAFF)
    front, conversation = request.app[FRONT], request.match_info["conversation"]
    try:
        floor = await reception.claim(front.engine, who, conversation, front.clock.now())
    except HeldError as error:
        return _held(error, front.staff())
    await _after(front, conversation)
    quiet = await _silence(front, conversation)
    return json({**_floor(floor, front.staff()), "quiet": quiet})


async def _silence(front: Front, conversation: str) -> bool:
    """Wait until the platform has all that it may get of the bot; False if it takes longer than a send can take."""
    try:
        async with asyncio.timeout(_QUIET):
            while not await outgoing.quiet(front.engine, conversation):  # noqa: ASYNC110  (another process finishes the send)
                await asyncio.sleep(_LOOK)
    except TimeoutError:
        return False
    return True


async def reply(request: web.Request) -> web.Response:
    """``POST /api/desk/{conversation}/reply {"id","text"}`` → 202; only for whoever holds the conversation."""
    who = await accounts.user(request, *_STAFF)
    front, conversation = request.app[FRONT], request.match_info["conversation"]
    told = await reading.shaped(request, shapes.Reply)
    try:
        await reception.reply(front.engine, who, conversation, (told.id, told.text), front.clock.now())
    except HeldError as error:
        return _held(error, front.staff())
    await _after(front, conversation)
    await deeds.picked(front, conversation, (f"{who.actor}:{told.id}", told.text))
    return json({"id": told.id}, 202)


async def hand_back(request: web.Request) -> web.Response:
    """``POST /api/desk/{conversation}/hand_back``: the bot answers again."""
    return await _give_up(request, reception.hand_back)


async def close(request: web.Request) -> web.Response:
    """``POST /api/desk/{conversation}/close``: the talk is over."""
    return await _give_up(request, reception.close)


async def _give_up(request: web.Request, step: "Callable[..., Awaitable[Floor]]") -> web.Response:
    who = await accounts.user(request, *_STAFF)
    front, conversation = request.app[FRONT], request.match_info["conversation"]
    now: datetime = front.clock.now()
    try:
        floor = await step(front.engine, who, conversation, now)
    except HeldError as error:
        return _held(error, front.staff())
    await _after(front, conversation)
    return json(_floor(floor, front.staff()))


async def _after(front: Front, conversation: str) -> None:
    """Have the courier look, and tell every open page."""
    try:
        async with asyncio.timeout(1):
            await front.queues["send"].wake([conversation])
            await front.live.tell([conversation])
    except MOTION_FAULTS:
        return  # kept safe all the same; the queue is rebuilt from the facts


def _held(error: HeldError, staff: Staff) -> web.Response:
    holder = bubbles.guide_name(error.holder, staff)
    words = f"{holder} 已经接待了这位顾客" if holder else str(error)
    return json({"error": {"code": error.code, "message": words, "holder": holder}}, error.status)


def _floor(floor: Floor, staff: Staff) -> dict[str, object]:
    return {"owner": floor.owner, "guide": bubbles.guide_name(floor.guide, staff), "since": iso(floor.since)}


async def events(request: web.Request) -> web.StreamResponse:
    """``GET /api/desk/events?conversation=``: the list whenever it changed; ``talk`` when the open conversation has news."""
    who = await accounts.user(request, *_STAFF)
    front, conversation = request.app[FRONT], request.query.get("conversation", "")
    if conversation:
        await desk.place(front.engine, who, conversation)
    look = _Look(front, who, conversation, bots=request.query.get("with") == "bot")
    return await stream.serve(request, front.live, ("*",), look.news, pause=_PAUSE)


class _Look:
    """What one open desk has seen."""

    def __init__(self, front: Front, who: User, conversation: str, *, bots: bool) -> None:
        self._front = front
        self._who = who
        self._conversation = conversation
        self._bots = bots
        self._list: dict[str, object] = {}
        self._talk: object = None

    async def news(self) -> list[stream.Event]:
        """The list and the mark of the open talk, where they changed."""
        found: list[stream.Event] = []
        listed = await _list(self._front, self._who, bots=self._bots)
        if listed != self._list:
            self._list = listed
            found.append(stream.Event(listed, name="queue"))
        if self._conversation:
            mark = await desk.mark(self._front.engine, self._conversation)
            if mark != self._talk:
                self._talk = mark
                found.append(stream.Event({"conversation": self._conversation}, name="talk"))
        return found
