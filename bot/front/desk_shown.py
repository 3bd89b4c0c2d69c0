"""How the desk shows talks, tasks, notes and alerts; and what its calls have in common."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from aiohttp import web

from bot.brand import Brand, Staff
from bot.db import sweeps, users
from bot.db.codec import iso
from bot.db.desk import Place
from bot.db.desk_alerts import Alert
from bot.db.desk_talk import Note
from bot.db.desk_tasks import Task
from bot.db.offers import Offer
from bot.db.reception import HeldError
from bot.db.users import User
from bot.errors import BadRequestError
from bot.front import accounts, bubbles
from bot.front.chat import json
from bot.front.context import FRONT, Front
from bot.front.help_port import Aids
from bot.motion.connection import MOTION_FAULTS
from bot.ownership import Floor

STAFF: tuple[users.Role, ...] = ("guide", "lead", "admin")
_BRIEF = 1.0
"""Seconds that telling others may take."""
_QUIET = 20.0
"""Seconds to wait until nothing of the bot is on its way: as long as a message may be *sending*."""
_LOOK = 0.05
LEADS: tuple[users.Role, ...] = ("lead", "admin")


async def entered(request: web.Request, *roles: users.Role) -> tuple[Front, User, str]:
    """The front, who calls, and the talk that the address names ("" where it names none); raises BadRequestError (401, 403)."""
    who = await accounts.user(request, *(roles or STAFF))
    return request.app[FRONT], who, request.match_info.get("conversation", "")


async def aids(front: Front, account: str = "") -> Aids:
    """Scripts, products and entries.

    Raises:
        BadRequestError: 503 where there are none.
    """
    if front.help is None:
        raise BadRequestError("话术和商品还没有准备好，请稍后再试", status=503, code="unavailable")
    return await front.help.aids(account)


def moment(told: datetime, front: Front) -> datetime:
    """A time of a page; without a zone it is the brand's."""
    return told if told.tzinfo else told.replace(tzinfo=front.brand().zone)


def called(who: User, staff: Staff) -> str:
    """What somebody at the desk is called."""
    return bubbles.guide_name(who.guide, staff) or who.name


def store_name(store: str | None, staff: Staff) -> str | None:
    """What a store is called."""
    known = staff.stores.get(store or "")
    return known.name if known else store


def place(one: Place, front: Front, who: User, now: datetime) -> dict[str, object]:
    """One talk in the list."""
    staff = front.staff()
    return {
        "conversation": one.id,
        "channel": one.channel,
        "group": one.group,
        "name": one.name,
        "level": one.level,
        "owner": one.owner,
        "mine": one.owner == "human" and one.guide == who.actor,
        "guide": bubbles.guide_name(one.guide, staff),
        "since": iso(one.since),
        "waited_s": round(one.waited(now)),
        "store": store_name(one.store, staff),
        "kind": one.kind,
        "reason": one.reason,
        "urgency": one.urgency,
        "wanted": bubbles.guide_name(one.wanted, staff),
        "assigned": bubbles.guide_name(one.assigned, staff),
        "offered": one.offered_to(who.actor),
        "take_by": iso(_take_by(one, front.brand())),
        "path": one.path,
        "due_at": iso(_due(one, front.brand())),
        "breaches": list(one.breaches),
        "last": one.last,
        "last_at": iso(one.last_at),
        "unread": one.unread,
        "tasks": one.tasks,
    }


def _take_by(one: Place, brand: Brand) -> datetime | None:
    """When somebody else is asked, should whoever it is offered to not take it."""
    waits = one.owner == "waiting" and one.assigned_at is not None
    return one.assigned_at + timedelta(minutes=brand.service.take_within) if waits and one.assigned_at else None


def _due(one: Place, brand: Brand) -> datetime | None:
    """Until when a person should have spoken: as promised after hours, else by the times of ``service:``."""
    if one.owner == "waiting":
        return one.due_at or (one.since + timedelta(minutes=brand.service.first_response) if one.since else None)
    if one.owner == "human" and one.unread and one.last_at is not None:
        return one.last_at + timedelta(minutes=brand.service.answer_within)
    return None


def task(one: Task, staff: Staff, who: User) -> dict[str, object]:
    """One thing to do."""
    return {
        "id": str(one.id),
        "conversation": one.conversation,
        "name": one.name,
        "guide": bubbles.guide_name(one.guide, staff),
        "mine": one.guide == who.actor,
        "store": store_name(one.store, staff),
        "kind": one.kind,
        "text": one.text,
        "due_at": iso(one.due_at),
        "state": one.state,
        "author": bubbles.guide_name(one.author, staff),
        "done_at": iso(one.done_at),
        "done_by": bubbles.guide_name(one.done_by, staff),
    }


def note(one: Note, staff: Staff, who: User) -> dict[str, object]:
    """What a colleague wrote down."""
    shown = {"id": str(one.id), "author": bubbles.guide_name(one.author, staff), "text": one.text, "at": iso(one.at)}
    return shown | {"mine": one.author == who.actor}


def offer(one: Offer) -> dict[str, object]:
    """What waits for a tap."""
    return {
        "id": str(one.id),
        "text": one.text,
        "cards": list(one.cards),
        "expires_at": iso(one.expires_at),
        "at": iso(one.at),
        "own": one.own,
        "trace": one.trace,
    }


def alert(one: Alert) -> dict[str, object]:
    """What is to be rung for."""
    shown = {"id": str(one.id), "kind": one.kind, "conversation": one.conversation, "text": one.text}
    return shown | {"at": iso(one.at), "mine": one.mine}


async def stirred(front: Front, conversations: Sequence[str]) -> None:
    """Have the courier look, and tell every open page; where Redis is away the queue is rebuilt from the facts."""
    try:
        async with asyncio.timeout(_BRIEF):
            await front.queues["send"].wake(list(conversations))
            await front.live.tell(conversations)
    except MOTION_FAULTS:
        return


async def told(front: Front, conversation: str) -> None:
    """Tell every open page that something stands beside a talk now."""
    try:
        async with asyncio.timeout(_BRIEF):
            await front.live.tell([conversation])
    except MOTION_FAULTS:
        return


def held(error: HeldError, staff: Staff) -> web.Response:
    """409 with the name of whoever has it."""
    holder = bubbles.guide_name(error.holder, staff)
    words = f"{holder} 已经接待了这位顾客" if holder else str(error)
    return json({"error": {"code": error.code, "message": words, "holder": holder}}, error.status)


def floor(one: Floor, staff: Staff) -> dict[str, object]:
    """Who speaks now."""
    return {"owner": one.owner, "guide": bubbles.guide_name(one.guide, staff), "since": iso(one.since)}


def counted(places: Sequence[Mapping[str, object]], due: int) -> dict[str, int]:
    """Who waits, who is mine, what is due."""
    waiting = sum(one["owner"] == "waiting" for one in places)
    return {"waiting": waiting, "mine": sum(bool(one["mine"]) for one in places), "tasks_due": due}


async def silence(front: Front, conversation: str) -> bool:
    """Wait until the platform has all that it may get of the bot; False if it takes longer than a send can take."""
    try:
        async with asyncio.timeout(_QUIET):
            while not await sweeps.quiet(front.engine, conversation):  # noqa: ASYNC110  (another process finishes the send)
                await asyncio.sleep(_LOOK)
    except TimeoutError:
        return False
    return True
