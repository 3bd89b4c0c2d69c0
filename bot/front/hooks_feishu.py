"""``POST /hooks/feishu/{account}``: verify, understand, keep safe, thank within three seconds (PROTOCOLS §5.1)."""

from aiohttp import web

from bot.channels import fields
from bot.channels.feishu import callback, inbound
from bot.channels.wecom_crypto import CryptoError
from bot.errors import BadRequestError
from bot.front import hooks, reading
from bot.front.context import FRONT, INTAKE


async def deliver(request: web.Request) -> web.Response:
    """An event, or the trial of the URL, which wants its challenge back."""
    front = request.app[FRONT]
    door = hooks.door(request, front.feishu)
    data = await reading.body(request, fields.MOST_BYTES)
    header = request.headers.get
    signed = callback.Signed(
        header("X-Lark-Signature", ""), header("X-Lark-Request-Timestamp", ""), header("X-Lark-Request-Nonce", "")
    )
    try:
        told = door.opened(data, signed)
    except CryptoError as error:
        raise hooks.refused(error) from error
    if told.get("type") == callback.VERIFICATION:
        return web.json_response({"challenge": fields.words(told.get("challenge"))})
    reading.sane(told)
    event = inbound.event(told)
    if not event.id:
        raise BadRequestError("事件没有编号", code="-40002")
    known = await door.directory.known(inbound.asks(event))
    arrival = inbound.arrival(event, request.match_info["account"], known, front.clock.now())
    await request.app[INTAKE].accept(arrival)
    return web.json_response({})
