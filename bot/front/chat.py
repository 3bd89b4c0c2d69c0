"""The shopper's API below ``/api/chat``: make a conversation, say something, read what was said (FORMATS §4)."""

import contextlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from aiohttp import web
from orjson import dumps

from bot.db import room_lines, room_people, rooms
from bot.db.room_lines import Line
from bot.db.room_people import Member
from bot.errors import BadRequestError
from bot.front import bubbles, limits, reading, room, shapes, stream
from bot.front.context import FRONT, INTAKE, LIMITER, Front, caller
from bot.front.looking import Look, Viewer
from bot.front.room import LOOPBACK
from bot.front.tokens import Bearer, bearer, token
from bot.model import Arrival, ConversationId, JsonMap
from bot.motion import company, typing
from bot.motion.connection import MOTION_FAULTS

_RECALLABLE = timedelta(minutes=2)
"""As in WeChat."""
_QUOTE = 500
"""Characters of a quoted message that go with the one that quotes it."""
_PAGE = 200
_LARGEST_PAGE = 500


async def make(request: web.Request) -> web.Response:
    """``POST /api/chat`` → 201 ``{"conversation","token"}``."""
    front = request.app[FRONT]
    address = caller(request)
    if address not in LOOPBACK:
        await request.app[LIMITER].count(limits.CREATE, address)
    wish = await reading.shaped(request, shapes.NewChat)
    if wish.group and wish.name is None:
        raise BadRequestError("群需要一个名字：缺少 name")
    conversation = rooms.new_id(front.draw(), group=wish.group)
    await rooms.make(front.engine, conversation, wish.name, front.clock.now(), group=wish.group)
    return json({"conversation": conversation, "token": token(front.secret_key, conversation)}, 201)


async def say(request: web.Request) -> web.Response:
    """``POST /api/chat/{conversation}/messages`` → 202 ``{"id"}``: kept safe before we say so; a repeat has the same id."""
    who = bearer(request)
    await request.app[LIMITER].count(limits.TALK, who.caller)
    said = await reading.shaped(request, shapes.Said)
    front = request.app[FRONT]
    speaker = await _speaker(front, who, said.speaker)
    inbox_id = await request.app[INTAKE].accept(await _arrival(front, said, who.conversation, speaker))
    if isinstance(speaker, Member):
        with contextlib.suppress(*MOTION_FAULTS):
            await company.stopped(front.client, who.conversation, (speaker.id, speaker.name))
    return json({"id": str(inbox_id)}, 202)


async def _arrival(front: Front, said: shapes.Said, conversation: str, speaker: Member | str | None) -> Arrival:
    group = rooms.is_group(conversation)
    member = speaker if isinstance(speaker, Member) else None
    sender = member.id if member is not None else speaker if isinstance(speaker, str) else None
    now: datetime = front.clock.now()
    scope = f"{conversation}:{sender}" if sender and group else conversation
    return Arrival(
        channel=rooms.CHANNEL,
        account="",
        platform_id=f"{scope}:{said.id or front.draw()}",
        conversation=ConversationId(conversation),
        kind=said.kind,
        text=said.text,
        payload=await _payload(front, said, conversation),
        sent_at=now,
        external=conversation,
        sender=sender,
        room=(member.room if member is not None else "") if group else None,
        called=member.name if member is not None else "",
    )


async def _payload(front: Front, said: shapes.Said, conversation: str) -> JsonMap:
    """What was said besides the words; what is quoted and who is named are looked up, never believed."""
    mentioned = await _mentioned(front, conversation, said.mentions)
    at_bot = True if room.ASSISTANT in mentioned else said.at_bot
    extras = {"option": said.option, "url": said.url, "at_bot": at_bot, "mentions": mentioned or None}
    payload: dict[str, object] = {key: value for key, value in extras.items() if value is not None}
    if said.reply_to is None:
        return payload
    line = await room_lines.line(front.engine, conversation, said.reply_to)
    if line is None:
        return payload | {"reply_to": said.reply_to}
    quote = "" if line.recalled else line.text[:_QUOTE]
    return payload | {"reply_to": line.platform_id, "quoted": line.id, "quote": quote}


async def _mentioned(front: Front, conversation: str, told: Sequence[str]) -> list[str]:
    """Those among the named who are there: the assistant, guides, members; each once."""
    if not told or not rooms.is_group(conversation):
        return []
    there = await room_people.known(front.engine, conversation, told)
    guides = {f"{room.GUIDE}{guide}" for guide in front.staff().guides}
    return [one for one in dict.fromkeys(told) if one in there or one in guides or one == room.ASSISTANT]


async def _speaker(front: Front, who: Bearer, told: str | None) -> Member | str | None:
    """Who of a group speaks: the member of the token, or with the room's own token whoever ``as`` names."""
    if not rooms.is_group(who.conversation):
        return told
    if who.member is not None:
        member = await room.there(front, who)
        if told is not None and told not in {member.id, member.name}:
            raise BadRequestError("不能替别人说话", status=403, code="forbidden")
        return member
    if told is None:
        return None
    found = await rooms.member(front.engine, who.conversation, told)
    named = None if found is None else await room_people.find(front.engine, who.conversation, found)
    if named is None:
        raise BadRequestError("群里没有这个人，请先加入", code="unknown_member")
    return named


async def recall(request: web.Request) -> web.Response:
    """``POST /api/chat/{conversation}/messages/{message}/recall`` → 200: one's own message, within two minutes."""
    front, who = request.app[FRONT], bearer(request)
    await request.app[LIMITER].count(limits.TALK, who.caller)
    await _member(front, who)
    line = await room_lines.line(front.engine, who.conversation, request.match_info["message"])
    if line is None or line.author != "shopper":
        raise BadRequestError("没有这条消息", status=404, code="not_found")
    if who.member is not None and line.sender != who.member:
        raise BadRequestError("只能撤回自己说的话", status=403, code="forbidden")
    now = front.clock.now()
    if not line.recalled:
        if now - line.at > _RECALLABLE:
            raise BadRequestError("超过两分钟，撤不回来了", status=409, code="too_late")
        await request.app[INTAKE].accept(_recall(who.conversation, line, now))
    return json({"id": str(line.id)})


def _recall(conversation: str, line: Line, now: datetime) -> Arrival:
    """Taking back as the house hears it; the same message twice is the same event."""
    return Arrival(
        channel=rooms.CHANNEL,
        account="",
        platform_id=f"{line.platform_id}:recalled",
        conversation=ConversationId(conversation),
        kind="recall",
        text="",
        payload={"recalls": line.platform_id},
        sent_at=now,
        external=conversation,
        sender=line.sender,
        role="event",
        settled=("silent", "撤回了一条消息"),
        recalls=line.platform_id,
    )


async def read(request: web.Request) -> web.Response:
    """``GET /api/chat/{conversation}/messages?after=|before=&limit=&trace=`` → ``{"messages":[…],"state":{…}}``."""
    front, who = request.app[FRONT], await looks(request)
    told, back = request.query.get("after", ""), request.query.get("before", "")
    limit = reading.number(request, "limit", _PAGE, 1, _LARGEST_PAGE)
    standing = await rooms.standing(front.engine, who.conversation)
    if standing is None:
        raise BadRequestError("没有这段对话", status=404, code="not_found")
    if back and not told:
        before = reading.number(request, "before", 0, 0, 2**62)
        found = await rooms.earlier(front.engine, who.conversation, before, limit)
    else:
        after = reading.number(request, "after", 0, 0, 2**62) if told else None
        found = await rooms.said(front.engine, who.conversation, after, limit)
    staff = front.staff()
    shown = [bubbles.bubble(one, staff, trace=wants_trace(request)) for one in found]
    return json({"messages": shown, "state": bubbles.state(standing, staff)})


async def events(request: web.Request) -> web.StreamResponse:
    """``GET /api/chat/{conversation}/events``: the same as server-sent events; ``Last-Event-ID`` goes on from there.

    Unnamed events are messages; ``state`` tells who speaks, ``typing`` whether an answer is under way and who writes,
    ``recalled`` which messages were taken back, ``private`` that a member of a room has a talk with the assistant alone.
    """
    front, who = request.app[FRONT], await looks(request, in_query=True)
    if await rooms.standing(front.engine, who.conversation) is None:
        raise BadRequestError("没有这段对话", status=404, code="not_found")
    last = request.headers.get("Last-Event-ID", "")
    after = int(last) if last.isascii() and last.isdigit() and len(last) <= 18 else reading.number(request, "after", 0, 0, 2**62)
    look = Look(front, Viewer(who.conversation, who.member, trace=wants_trace(request)), after)
    return await stream.serve(request, front.live, (who.conversation,), look.news)


async def looks(request: web.Request, *, in_query: bool = False) -> Bearer:
    """Whoever may read the talk of the path: in a room nobody who left it."""
    who = bearer(request, in_query=in_query)
    await _member(request.app[FRONT], who)
    return who


async def _member(front: Front, who: Bearer) -> Member | None:
    """In a room the member whose token it is, who has not left; None in a talk of two and for the room's own token."""
    return await room.there(front, who) if who.member is not None and rooms.is_group(who.conversation) else None


async def types(request: web.Request) -> web.Response:
    """``POST /api/chat/{conversation}/typing`` → 202: a person who holds the talk sees that the shopper writes, a room who."""
    front, who = request.app[FRONT], bearer(request)
    await request.app[LIMITER].count(limits.TYPING, f"shopper:{who.caller}")
    member = await _member(front, who)
    with contextlib.suppress(*MOTION_FAULTS):
        if member is not None:
            told = (member.id, member.name)
            await company.writes(front.client, front.live, who.conversation, told, front.clock.now())
        await typing.types(front.client, front.live, who.conversation, "shopper")
    return json({}, 202)


def wants_trace(request: web.Request) -> bool:
    """``?trace=1``."""
    return request.query.get("trace", "") in {"1", "true"}


def json(value: object, status: int = 200) -> web.Response:
    """A JSON answer."""
    return web.Response(body=dumps(value, default=str), status=status, content_type="application/json")
