"""``POST /hooks/dingtalk/{account}``: messages to the robot, and sealed events of the application (PROTOCOLS §5.2)."""

import asyncio
from collections.abc import Mapping, Sequence

from aiohttp import web

from bot.channels import fields
from bot.channels.dingtalk import callback, inbound
from bot.channels.dingtalk.callback import DingTalkDoor
from bot.channels.refusals import RefusedError
from bot.channels.wecom_crypto import CryptoError, encrypted_part
from bot.errors import BadRequestError, DeliveryError
from bot.front import hooks, reading
from bot.front.context import FRONT, INTAKE

_BRIEF = 1.0
"""Seconds that names may take to be learnt."""
_NAMES = 20


async def deliver(request: web.Request) -> web.Response:
    """Kept, then thanked for: a message with nothing said, an event with the sealed ``success``."""
    door = hooks.door(request, request.app[FRONT].dingtalk)
    data = await reading.body(request, fields.MOST_BYTES)
    try:
        if "timestamp" in request.query:
            return await _event(request, door, data)
        return await _message(request, door, data)
    except CryptoError as error:
        raise hooks.refused(error) from error


async def _message(request: web.Request, door: DingTalkDoor, data: bytes) -> web.Response:
    now = request.app[FRONT].clock.now()
    told = door.message(data, request.headers.get("timestamp", ""), request.headers.get("sign", ""), now)
    reading.sane(told)
    arrival = inbound.message(told, request.match_info["account"], now)
    if arrival is None:
        raise BadRequestError("消息没有编号", code="-40002")
    await request.app[INTAKE].accept(arrival)
    return web.json_response(dict(callback.EMPTY))


async def _event(request: web.Request, door: DingTalkDoor, data: bytes) -> web.Response:
    front = request.app[FRONT]
    asked = request.query.get
    query = callback.Query(asked("msg_signature") or asked("signature", ""), asked("timestamp", ""), asked("nonce", ""))
    told, inside, crypto = door.event(encrypted_part(data), query)
    reading.sane(told)
    if told.get("EventType") != "check_url":
        names = await _names(door, inbound.people(told)) if told.get("EventType") == "chat_add_member" else {}
        arrival = inbound.event(told, inside, request.match_info["account"], front.clock.now(), names)
        await request.app[INTAKE].accept(arrival)
    return web.json_response(dict(callback.thanks(crypto, front.clock.now(), front.draw())))


async def _names(door: DingTalkDoor, people: Sequence[str]) -> Mapping[str, str]:
    """What those who came are called, as far as the platform says so at once."""

    async def name(person: str) -> str:
        try:
            async with asyncio.timeout(_BRIEF):
                return await door.client.name(person)
        except (RefusedError, DeliveryError, TimeoutError):
            return ""

    asked = list(people)[:_NAMES]
    return dict(zip(asked, await asyncio.gather(*map(name, asked)), strict=True))
