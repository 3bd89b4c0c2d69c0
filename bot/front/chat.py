"""The shopper's API below ``/api/chat``: make a conversation, say something, read what was said (FORMATS §4)."""

import contextlib
from datetime import datetime

from aiohttp import web
from orjson import dumps

from bot.db import rooms
from bot.errors import BadRequestError
from bot.front import bubbles, limits, reading, shapes, stream
from bot.front.context import FRONT, INTAKE, LIMITER, Front, caller
from bot.front.tokens import Bearer, bearer, token
from bot.model import Arrival, ConversationId, Owner
from bot.motion import typing
from bot.motion.connection import MOTION_FAULTS

_LOOPBACK = frozenset({"127.0.0.1", "::1"})
_PAGE = 200
_LARGEST_PAGE = 500


async def make(request: web.Request) -> web.Response:
    """``POST /api/chat`` → 201 ``{"conversation","token"}``."""
    front = request.app[FRONT]
    address = caller(request)
    if address not in _LOOPBACK:
        await request.app[LIMITER].count(limits.CREATE, address)
    wish = await reading.shaped(request, shapes.NewChat)
    if wish.group and wish.name is None:
        raise BadRequestError("群需要一个名字：缺少 name")
    conversation = rooms.new_id(front.draw(), group=wish.group)
    await rooms.make(front.engine, conversation, wish.name, front.clock.now(), group=wish.group)
    return json({"conversation": conversation, "token": token(front.secret_key, conversation)}, 201)


async def join(request: web.Request) -> web.Response:
    """``POST /api/chat/{conversation}/members`` → 201 ``{"member","token"}``; asks for any token of the room."""
    front = request.app[FRONT]
    who = bearer(request)
    await request.app[LIMITER].count(limits.TALK, f"join:{who.conversation}")
    wish = await reading.shaped(request, shapes.NewMember)
    member = "m" + front.draw()
    await rooms.join(front.engine, who.conversation, member, wish.name, front.clock.now())
    return json({"member": member, "token": token(front.secret_key, who.conversation, member)}, 201)


async def say(request: web.Request) -> web.Response:
    """``POST /api/chat/{conversation}/messages`` → 202 ``{"id"}``: kept safe before we say so; a repeat has the same id."""
    who = bearer(request)
    await request.app[LIMITER].count(limits.TALK, f"{who.conversation}:{who.member or ''}")
    said = await reading.shaped(request, shapes.Said)
    front = request.app[FRONT]
    speaker = await _speaker(front, who, said.speaker)
    inbox_id = await request.app[INTAKE].accept(_arrival(said, who.conversation, speaker, front))
    return json({"id": str(inbox_id)}, 202)


def _arrival(said: shapes.Said, conversation: str, speaker: str | None, front: Front) -> Arrival:
    extras = {"option": said.option, "url": said.url, "reply_to": said.reply_to, "at_bot": said.at_bot}
    payload: dict[str, object] = {key: value for key, value in extras.items() if value is not None}
    now: datetime = front.clock.now()
    scope = f"{conversation}:{speaker}" if speaker and rooms.is_group(conversation) else conversation
    return Arrival(
        channel=rooms.CHANNEL,
        account="",
        platform_id=f"{scope}:{said.id or front.draw()}",
        conversation=ConversationId(conversation),
        kind=said.kind,
        text=said.text,
        payload=payload,
        sent_at=now,
        external=conversation,
        sender=speaker,
    )


async def _speaker(front: Front, who: Bearer, told: str | None) -> str | None:
    """Who of a group speaks: the member of the token, or with the room's own token whoever ``as`` names."""
    if not rooms.is_group(who.conversation):
        return told
    if told is None:
        return who.member
    if who.member is not None:
        if told not in {who.member, await rooms.called(front.engine, who.conversation, who.member)}:
            raise BadRequestError("不能替别人说话", status=403, code="forbidden")
        return who.member
    found = await rooms.member(front.engine, who.conversation, told)
    if found is None:
        raise BadRequestError("群里没有这个人，请先加入", code="unknown_member")
    return found


async def read(request: web.Request) -> web.Response:
    """``GET /api/chat/{conversation}/messages?after=&limit=&trace=`` → ``{"messages":[…],"state":{…}}``."""
    front = request.app[FRONT]
    who = bearer(request)
    told = request.query.get("after", "")
    after = reading.number(request, "after", 0, 0, 2**62) if told else None
    limit = reading.number(request, "limit", _PAGE, 1, _LARGEST_PAGE)
    standing = await rooms.standing(front.engine, who.conversation)
    if standing is None:
        raise BadRequestError("没有这段对话", status=404, code="not_found")
    found = await rooms.said(front.engine, who.conversation, after, limit)
    staff = front.staff()
    shown = [bubbles.bubble(one, staff, trace=wants_trace(request)) for one in found]
    return json({"messages": shown, "state": bubbles.state(standing, staff)})


async def events(request: web.Request) -> web.StreamResponse:
    """``GET /api/chat/{conversation}/events``: the same as server-sent events; ``Last-Event-ID`` goes on from there.

    Unnamed events are messages; ``state`` tells who speaks, ``typing`` whether an answer is under way.
    """
    front = request.app[FRONT]
    who = bearer(request, in_query=True)
    if await rooms.standing(front.engine, who.conversation) is None:
        raise BadRequestError("没有这段对话", status=404, code="not_found")
    last = request.headers.get("Last-Event-ID", "")
    after = int(last) if last.isascii() and last.isdigit() and len(last) <= 18 else reading.number(request, "after", 0, 0, 2**62)
    look = _Look(front, who.conversation, after, trace=wants_trace(request))
    return await stream.serve(request, front.live, (who.conversation,), look.news)


async def types(request: web.Request) -> web.Response:
    """``POST /api/chat/{conversation}/typing`` → 202: a person who holds the talk sees that the shopper writes."""
    front, who = request.app[FRONT], bearer(request)
    await request.app[LIMITER].count(limits.TYPING, f"shopper:{who.conversation}:{who.member or ''}")
    with contextlib.suppress(*MOTION_FAULTS):
        await typing.types(front.client, front.live, who.conversation, "shopper")
    return json({}, 202)


class _Look:
    """What one open page has seen of a conversation."""

    def __init__(self, front: Front, conversation: str, after: int, *, trace: bool) -> None:
        self._front = front
        self._conversation = conversation
        self._after = after
        self._trace = trace
        self._state: dict[str, object] = {}
        self._busy: bool | None = None

    async def news(self) -> list[stream.Event]:
        """Whatever changed since the last look."""
        staff = self._front.staff()
        found: list[stream.Event] = []
        for one in await rooms.said(self._front.engine, self._conversation, self._after, _LARGEST_PAGE):
            self._after = one.id
            found.append(stream.Event(bubbles.bubble(one, staff, trace=self._trace), id=str(one.id)))
        standing = await rooms.standing(self._front.engine, self._conversation)
        if standing is None:
            return found
        state = bubbles.state(standing, staff)
        if state != self._state:
            self._state = state
            found.append(stream.Event(state, name="state"))
        busy = (standing.busy and standing.owner in {"bot", "closed"}) or await self._person(standing.owner)
        # Told with every message too: a page shows by itself that it waits, and must hear when nothing comes.
        if busy != self._busy or found:
            self._busy = busy
            found.append(stream.Event({"on": busy}, name="typing"))
        return found

    async def _person(self, owner: Owner) -> bool:
        """Whether a person who holds the talk is writing."""
        found: frozenset[str] = frozenset()
        if owner == "human":
            with contextlib.suppress(*MOTION_FAULTS):
                found = await typing.typists(self._front.client, self._conversation)
        return "guide" in found


def wants_trace(request: web.Request) -> bool:
    """``?trace=1``."""
    return request.query.get("trace", "") in {"1", "true"}


def json(value: object, status: int = 200) -> web.Response:
    """A JSON answer."""
    return web.Response(body=dumps(value, default=str), status=status, content_type="application/json")
