"""A group room of the web below ``/api/chat``: inviting, coming in, who is there, leaving, and a member's talk alone."""

import contextlib
from urllib.parse import urlencode

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.attending import MEMBER_JOINED, MEMBER_LEFT
from bot.db import room_people, rooms
from bot.db.accept import Accepted, Acceptor
from bot.db.room_people import Door, Member, Newcomer
from bot.errors import BadRequestError
from bot.front import bubbles, limits, nicknames, reading, shapes
from bot.front.context import FRONT, INTAKE, LIMITER, Front, caller, is_https
from bot.front.nicknames import Fault
from bot.front.tokens import Bearer, bearer, invitation, invited, token
from bot.model import Arrival, ConversationId
from bot.motion import company, presence
from bot.motion.connection import MOTION_FAULTS

ASSISTANT = "bot"
"""Id of the assistant among a room's people."""
GUIDE = "guide:"
"""What stands before a guide's id there."""
LOOPBACK = frozenset({"127.0.0.1", "::1"})
_LINES = {MEMBER_JOINED: "加入了群聊", MEMBER_LEFT: "退出了群聊"}


def routes() -> list[web.RouteDef]:
    """The calls of a room."""
    get, post = web.get, web.post
    one = "/api/chat/{conversation}"
    return [
        get(f"{one}/room", show),
        get(f"{one}/invitation", invite),
        get(f"{one}/members", members),
        post(f"{one}/members", join),
        post(f"{one}/leave", leave),
        post(f"{one}/return", come_back),
        get(f"{one}/private", private),
    ]


async def there(front: Front, who: Bearer) -> Member:
    """The member whose token it is, who is in the room.

    Raises:
        BadRequestError: it is the room's own token (403 ``forbidden``), there is no such member, or they left (403 ``left``).
    """
    member = await _found(front, who)
    if member.gone:
        raise BadRequestError("您已不在这个群里", status=403, code="left")
    return member


async def _found(front: Front, who: Bearer) -> Member:
    async with front.engine.connect() as connection:
        return await _within(connection, who)


async def _within(connection: AsyncConnection, who: Bearer) -> Member:
    if who.member is None:
        raise BadRequestError("群里要用成员自己的 token", status=403, code="forbidden")
    member = await room_people.found(connection, who.conversation, who.member)
    if member is None:
        raise BadRequestError("您已不在这个群里", status=403, code="left")
    return member


async def show(request: web.Request) -> web.Response:
    """``GET …/room?join=`` → ``{"name","people","you"?}``: what stands on the door, for a member or whoever is invited."""
    front, conversation = request.app[FRONT], request.match_info["conversation"]
    told = request.query.get("join", "")
    await request.app[LIMITER].count(limits.LOOKS, f"room:{caller(request)}:{conversation}")
    shown: dict[str, object] = {}
    if not (told and invited(front.secret_key, conversation, told)):
        who = bearer(request)
        if who.member is not None:
            member = await _found(front, who)
            shown["you"] = {"id": member.id, "name": member.name, "left": member.gone}
    found = await room_people.count(front.engine, conversation)
    if found is None:
        raise BadRequestError("没有这个群", status=404, code="not_found")
    return web.json_response({"name": found[0], "people": found[1], **shown})


async def invite(request: web.Request) -> web.Response:
    """``GET …/invitation?state=`` → ``{"join","url"}``: an address that lets in whoever has it; of a member or the room."""
    front, who = request.app[FRONT], bearer(request)
    if who.member is not None:
        await there(front, who)
    elif not rooms.is_group(who.conversation):
        raise BadRequestError("这是一对一的对话，不能加人", status=409, code="not_a_group")
    join_with = invitation(front.secret_key, who.conversation)
    state = request.query.get("state", "").strip()[:64]
    query = urlencode({"room": who.conversation, "join": join_with, **({"state": state} if state else {})})
    origin = front.public_url or f"{'https' if is_https(request) else 'http'}://{request.host}"
    return web.json_response({"join": join_with, "url": f"{origin.rstrip('/')}/chat?{query}"})


async def members(request: web.Request) -> web.Response:
    """``GET …/members`` → ``{"name","members":[{"id","name","you"?,"guide"?,"assistant"?,"online"?}]}``.

    The assistant first, then the guides, then the members as they came. Of nobody is told what messages they want.
    """
    front, who = request.app[FRONT], bearer(request)
    if who.member is not None:
        await request.app[LIMITER].count(limits.LOOKS, f"{who.conversation}:{who.member}")
        await there(front, who)
    found = await room_people.count(front.engine, who.conversation)
    if found is None:
        raise BadRequestError("没有这个群", status=404, code="not_found")
    people = await room_people.present(front.engine, who.conversation)
    online, on_duty = await _online(front, who.conversation)
    shown = [_member(one, who.member, online) for one in people]
    return web.json_response(
        {"name": found[0], "members": [_assistant(front), *await _guides(front, who.conversation, on_duty), *shown]}
    )


def _assistant(front: Front) -> dict[str, object]:
    return {"id": ASSISTANT, "name": front.brand().persona.name, "assistant": True, "online": True}


async def _guides(front: Front, conversation: str, online: frozenset[str]) -> list[dict[str, object]]:
    staff = front.staff()
    found = [one for one in await room_people.guides(front.engine, conversation) if one in staff.guides]
    return [
        {"id": GUIDE + one, "name": staff.guides[one].name, "guide": True, **({"online": True} if one in online else {})}
        for one in found
    ]


def _member(one: tuple[str, str], me: str | None, online: frozenset[str]) -> dict[str, object]:
    id_, name = one
    marks = {"you": id_ == me, "guide": bubbles.serves(name), "online": id_ == me or id_ in online}
    return {"id": id_, "name": name, **{mark: True for mark, holds in marks.items() if holds}}


async def _online(front: Front, conversation: str) -> tuple[frozenset[str], frozenset[str]]:
    """Members whose page is open, and guides at their desks; nobody where Redis is away."""
    now = front.clock.now()
    with contextlib.suppress(*MOTION_FAULTS):
        return await company.attending(front.client, conversation, now), await presence.present(front.client, now)
    return frozenset(), frozenset()


async def join(request: web.Request) -> web.Response:
    """``POST …/members`` → 201 ``{"member","token"}``; asks for any token of the room, or for ``join`` of an invitation.

    Whoever comes by invitation chooses a name that nobody has and that does not pass for the shop (409 with ``suggestion``),
    and the room is told. With the room's own token an App lets in its own people and vouches for their names.
    """
    front, conversation = request.app[FRONT], request.match_info["conversation"]
    await request.app[LIMITER].count(limits.TALK, f"join:{conversation}")
    if caller(request) not in LOOPBACK:
        await request.app[LIMITER].count(limits.ENTER, caller(request))
    trusted = _presented(request)
    wish = await reading.shaped(request, shapes.NewMember)
    if trusted is None and not (wish.join and invited(front.secret_key, conversation, wish.join)):
        trusted = bearer(request)
    vouched = trusted is not None and trusted.member is None
    if trusted is not None and trusted.member is not None:
        await there(front, trusted)
    name = wish.name if vouched else nicknames.tidy(wish.name)
    who = Newcomer(conversation, "m" + front.draw(), name, wish.state)
    fault = await _enter(request, who, vouched=vouched)
    if fault is not None:
        error = {"code": fault.code, "message": f"{fault.words}，比如“{fault.suggestion}”", "suggestion": fault.suggestion}
        return web.json_response({"error": error}, status=409)
    return web.json_response({"member": who.member, "token": token(front.secret_key, conversation, who.member)}, status=201)


def _presented(request: web.Request) -> Bearer | None:
    """Whose token a caller shows; None where they show none and come by invitation."""
    return bearer(request) if "Authorization" in request.headers else None


async def _enter(request: web.Request, who: Newcomer, *, vouched: bool) -> Fault | None:
    """Let them in, all in one transaction; or say why the name cannot be had."""
    front = request.app[FRONT]
    async with front.engine.begin() as connection:
        door = await room_people.door(connection, who.room)
        if not vouched:
            if door.people >= room_people.MOST:
                raise BadRequestError("群里人满了，暂时进不来", status=409, code="room_full")
            fault = nicknames.fault(who.name, door.taken, nicknames.protected(front.brand(), front.staff()))
            if fault is not None:
                return fault
        await room_people.enter(connection, who, front.clock.now())
        accepted = await _told(front, connection, who, door, MEMBER_JOINED, aloud=not vouched)
    await request.app[INTAKE].announce(accepted)
    return None


async def _told(front: Front, connection: AsyncConnection, who: Newcomer, door: Door, kind: str, *, aloud: bool) -> Accepted:
    """Coming or leaving as the house hears it, and as the room reads it."""
    now = front.clock.now()
    arrival = Arrival(
        channel=rooms.CHANNEL,
        account="",
        platform_id=f"{who.room}:{who.member}:{kind}:{front.draw()}",
        conversation=ConversationId(who.room),
        kind=kind,
        text="",
        payload={"members": [{"id": who.member, "name": who.name}], **({"state": who.source} if who.source else {})},
        sent_at=now,
        external=who.room,
        sender=who.member,
        role="event",
        room=door.name,
        called=who.name,
    )
    accepted = await Acceptor().accept(connection, [arrival], now)
    if aloud:
        await room_people.line(connection, who.room, (who.member, kind), f"{who.name} {_LINES[kind]}", now)
    return accepted


async def leave(request: web.Request) -> web.Response:
    """``POST …/leave`` → 200: a member leaves; again is the same."""
    return await _passes(request, MEMBER_LEFT)


async def come_back(request: web.Request) -> web.Response:
    """``POST …/return`` → 200: somebody who left is there again, under their name and with their token."""
    return await _passes(request, MEMBER_JOINED)


async def _passes(request: web.Request, kind: str) -> web.Response:
    front, who = request.app[FRONT], bearer(request)
    await request.app[LIMITER].count(limits.DOOR, who.caller)
    accepted: Accepted | None = None
    async with front.engine.begin() as connection:
        door = await room_people.door(connection, who.conversation)
        member = await _within(connection, who)
        if member.gone == (kind == MEMBER_JOINED):
            if kind == MEMBER_JOINED and door.people >= room_people.MOST:
                raise BadRequestError("群里人满了，暂时进不来", status=409, code="room_full")
            newcomer = Newcomer(who.conversation, member.id, member.name, member.source)
            accepted = await _told(front, connection, newcomer, door, kind, aloud=True)
    if accepted is not None:
        await request.app[INTAKE].announce(accepted)
    return web.json_response({"member": member.id, "left": kind == MEMBER_LEFT})


async def private(request: web.Request) -> web.Response:
    """``GET …/private`` → ``{"conversation","token"}``: a member's own talk with the assistant; 404 while there is none."""
    front, who = request.app[FRONT], bearer(request)
    member = await there(front, who)
    if not member.private:
        raise BadRequestError("还没有单独聊过", status=404, code="not_found")
    return web.json_response({"conversation": member.private, "token": token(front.secret_key, member.private)})
