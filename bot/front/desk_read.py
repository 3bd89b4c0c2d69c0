"""One talk at the desk: what was said with what the bot did, the brief, notes, tasks, what waits for a tap, who is writing."""

import contextlib
import dataclasses
from collections.abc import Mapping
from datetime import timedelta

from aiohttp import web

from bot.brand import Staff
from bot.db import desk, desk_offers, desk_talk, desk_tasks
from bot.db.codec import iso
from bot.db.rooms import Said
from bot.front import bubbles, desk_brief, reading
from bot.front import desk_shown as shown
from bot.front.chat import json
from bot.front.context import Front
from bot.motion import typing
from bot.motion.connection import MOTION_FAULTS


async def read(request: web.Request) -> web.Response:
    """``GET /api/desk/{conversation}?after=`` → place, brief, messages, leaving, notes, tasks, offered, typing, openings."""
    front, who, conversation = await shown.entered(request)
    place = await desk.place(front.engine, who, conversation)
    after = reading.number(request, "after", 0, 0, 2**62) or None
    staff, now = front.staff(), front.clock.now()
    said = await desk.said(front.engine, who, conversation, after, 200)
    waiting = await desk.leaving(front.engine, who, conversation, now - timedelta(days=1))
    beside = await desk_talk.beside(front.engine, who, conversation)
    told = await desk_brief.told(front, who, conversation, beside, now)
    return json(
        {
            "place": shown.place(place, front, who, now),
            "brief": told,
            "openings": _openings(told, front, shown.called(who, staff)),
            "messages": [_with_story(one, staff) for one in said],
            "leaving": [{**dataclasses.asdict(one), "id": str(one.id), "at": iso(one.at)} for one in waiting],
            "notes": [shown.note(one, staff, who) for one in beside.notes],
            "tasks": [shown.task(one, staff, who) for one in await desk_tasks.of_talk(front.engine, who, conversation)],
            "offered": [shown.offer(one) for one in await desk_offers.waiting(front.engine, who, conversation, now)],
            "typing": await _typing(front, conversation),
        }
    )


def _with_story(one: Said, staff: Staff) -> dict[str, object]:
    """A bubble with how the bot came to it, or how the shopper's message ended."""
    made = bubbles.bubble(one, staff, trace=True)
    if one.outcome is not None:
        made |= {"outcome": one.outcome, "reason": one.reason}
    return made


async def _typing(front: Front, conversation: str) -> dict[str, bool]:
    found: frozenset[str] = frozenset()
    with contextlib.suppress(*MOTION_FAULTS):
        found = await typing.typists(front.client, conversation)
    return {"guide": "guide" in found, "shopper": "shopper" in found}


def _openings(told: Mapping[str, object], front: Front, name: str) -> list[str]:
    """First sentences for one tap: that of the brief, then plain ones that are never wrong."""
    own = told.get("opening")
    plain = [
        f"您好，我是{name}，刚看了您和{front.brand().persona.name}聊的内容，接下来我来帮您。",
        "我先帮您核实一下，马上回您。",
        "抱歉让您久等了，您说，我在。",
    ]
    return [*([own] if isinstance(own, str) and own else []), *plain][:4]
