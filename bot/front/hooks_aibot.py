"""``/hooks/aibot/{account}``: callbacks of WeCom's intelligent robots, answered at once with a stream (PROTOCOLS §3.9).

A message is kept and answered with a stream that has nothing in it yet; the platform then asks again and again how it stands. The
stream ends with the whole answer as soon as nothing more will come, with nothing where it was decided to stay silent, and in any
case before the platform stops asking. See ``bot.channels.aibot.channel`` for what does not come in time.
"""

from aiohttp import web

from bot.channels import fields
from bot.channels.aibot import callback, inbound, moments, outbound
from bot.channels.aibot.callback import AibotDoor
from bot.channels.wecom_crypto import CryptoError, encrypted_part, json_object
from bot.db import streams
from bot.errors import BadRequestError
from bot.front import hooks, reading
from bot.front.context import FRONT, INTAKE
from bot.model import JsonMap

_MARK = "dg"
"""How our numbers of streams begin; the rest is the message's inbox id."""


async def verify(request: web.Request) -> web.Response:
    """``GET``: the platform tries the URL and wants its echo opened, to the byte."""
    return hooks.echoed(request, hooks.door(request, request.app[FRONT].aibot).crypto)


async def deliver(request: web.Request) -> web.Response:
    """``POST``: a message, the question how a stream stands, or an event."""
    door = hooks.door(request, request.app[FRONT].aibot)
    signature, timestamp, nonce = hooks.signed(request)
    data = await reading.body(request, fields.MOST_BYTES)
    try:
        told = json_object(door.crypto.decrypt(signature, timestamp, nonce, encrypted_part(data)))
    except CryptoError as error:
        raise hooks.refused(error) from error
    reading.sane(told)
    if told.get("msgtype") == "stream":
        return _sealed(request, door, await _standing(request, told))
    return await _kept(request, door, told)


async def _kept(request: web.Request, door: AibotDoor, told: JsonMap) -> web.Response:
    account, now = request.match_info["account"], request.app[FRONT].clock.now()
    arrival = inbound.arrival(told, account, door.account.name, now)
    if arrival is None:
        raise BadRequestError("消息没有编号", code="-40002")
    number = await request.app[INTAKE].accept(arrival)
    if arrival.settled is not None:
        return web.Response()
    return _sealed(request, door, callback.stream(f"{_MARK}{number}", "", finish=False))


async def _standing(request: web.Request, told: JsonMap) -> JsonMap:
    """The state of a stream; one that we do not know is over."""
    front = request.app[FRONT]
    number = fields.ident(fields.mapping(told.get("stream")).get("id"))
    digits = number.removeprefix(_MARK)
    if not number.startswith(_MARK) or not (digits.isascii() and digits.isdigit() and len(digits) <= 18):
        return callback.stream(number, "", finish=True)
    asked = streams.Asked(inbound.CHANNEL, request.match_info["account"], int(digits), moments.STREAMED, moments.SHOWN)
    found = await streams.stream(front.engine, asked)
    if found is None:
        return callback.stream(number, "", finish=True)
    late = front.clock.now() - found.received_at >= moments.SHOWN
    return callback.stream(number, outbound.content(found.speeches), finish=found.over or late)


def _sealed(request: web.Request, door: AibotDoor, answer: JsonMap) -> web.Response:
    front = request.app[FRONT]
    body = door.sealed(answer, front.clock.now(), front.draw())
    return web.Response(body=body, content_type="text/plain", charset="utf-8")
