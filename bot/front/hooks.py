"""Callbacks of platforms below ``/hooks/``: verify, keep safe, thank at once; no thinking here."""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from typing import TypeVar

import orjson
from aiohttp import web

from bot.channels import fields
from bot.channels.wecom import callback, through
from bot.channels.wecom_crypto import BAD_RECEIVER, BAD_SIGNATURE, CryptoError, WeComCrypto, encrypted_part
from bot.errors import BadRequestError
from bot.front import reading, wecom_desk
from bot.front.context import FRONT, INTAKE
from bot.model import Arrival

CHANNEL = "wecom"
"""What WeCom tells us beside customer-service talks: contacts, groups, messages of staff."""
_LONGEST_KIND = 64

Door = TypeVar("Door")


async def verify(request: web.Request) -> web.Response:
    """``GET /hooks/wecom/{account}``: the platform tries the URL and wants its echo opened, to the byte."""
    return echoed(request, door(request, request.app[FRONT].wecom))


def echoed(request: web.Request, crypto: WeComCrypto) -> web.Response:
    """The answer to the trial of a URL; raises BadRequestError."""
    signature, timestamp, nonce = signed(request)
    echo = asked(request, "echostr")
    try:
        opened = crypto.verify_url(signature, timestamp, nonce, echo)
    except CryptoError as error:
        raise refused(error) from error
    return web.Response(body=opened, content_type="text/plain")


async def deliver(request: web.Request) -> web.Response:
    """``POST /hooks/wecom/{account}``: 200 with an empty body as soon as it is kept; so the platform does not repeat it."""
    crypto = door(request, request.app[FRONT].wecom)
    signature, timestamp, nonce = signed(request)
    data = await reading.body(request, fields.MOST_BYTES)
    try:
        inside = crypto.decrypt(signature, timestamp, nonce, encrypted_part(data))
    except CryptoError as error:
        raise refused(error) from error
    account = request.match_info["account"]
    told = _fields(inside)
    notice = callback.notice(told)
    if notice is None:
        await _keep(request, _kept(account, told, inside, request.app[FRONT].clock.now()))
    else:
        if not notice.open_kfid.isprintable() or len(notice.open_kfid) > fields.LONGEST_ID:
            raise BadRequestError("OpenKfId 不可用", code="-40002")
        await request.app[INTAKE].notice(account, notice.open_kfid, notice.token)
    return web.Response()


async def _keep(request: web.Request, told: Arrival) -> None:
    """Keep a callback; one that tells of a contact or a group also stands in the talk that it is about."""
    found = through.change(told)
    if found is not None:
        place, arrival = found
        await request.app[INTAKE].accept(arrival)
        await wecom_desk.follow(request.app[FRONT], place)
    await request.app[INTAKE].accept(told)


def door(request: web.Request, doors: Mapping[str, Door]) -> Door:
    """The way in of the account that the path names; raises BadRequestError where there is none."""
    found = doors.get(request.match_info["account"])
    if found is None:
        raise BadRequestError("没有这个账号", status=404, code="unknown_account")
    return found


def asked(request: web.Request, name: str) -> str:
    """A parameter of the query; raises BadRequestError where it is missing."""
    value = request.query.get(name)
    if not value:
        raise BadRequestError(f"缺少参数 {name}", code="-40002")
    return value


def signed(request: web.Request) -> tuple[str, str, str]:
    """Signature, timestamp and nonce of a sealed callback of WeCom."""
    return asked(request, "msg_signature"), asked(request, "timestamp"), asked(request, "nonce")


def refused(error: CryptoError) -> BadRequestError:
    """403 for what is not the platform's, 400 for what cannot be read."""
    forged = error.code in {BAD_SIGNATURE, BAD_RECEIVER}
    words = "签名不对" if forged else "内容解不开"
    return BadRequestError(words, status=403 if forged else 400, code=str(error.code))


def _fields(inside: bytes) -> Mapping[str, object]:
    """The decrypted message, XML or JSON, as a plain mapping."""
    if inside.lstrip()[:1] != b"{":
        return callback.fields(callback.parse_xml(inside))
    try:
        found: object = orjson.loads(inside)
    except orjson.JSONDecodeError as error:
        raise BadRequestError("malformed JSON", code="-40002") from error
    reading.sane(found)
    return found if isinstance(found, dict) else {}


def _kept(account: str, told: Mapping[str, object], inside: bytes, now: datetime) -> Arrival:
    """Whatever is no notice, kept whole; a repeat has the same MsgId, or at least the same decrypted bytes (PROTOCOLS §1.4)."""
    number = fields.words(told.get("MsgId"))
    event = fields.words(told.get("Event"))
    kind = _printable(event or fields.words(told.get("MsgType")) or "unknown")
    unique = (
        number if number.isalnum() and len(number) <= fields.LONGEST_ID else "h" + blake2b(inside, digest_size=16).hexdigest()
    )
    return Arrival(
        channel=CHANNEL,
        account=account,
        platform_id=unique,
        conversation=None,
        kind=kind,
        text=fields.words(told.get("Content")),
        payload=told,
        sent_at=_moment(told.get("CreateTime"), now),
        sender=_printable(fields.words(told.get("FromUserName"))) or None,
        role="event",
        settled=("silent", f"企业微信{'事件' if event else '消息'} {kind}，已存下，不需要回答"),
    )


def _printable(value: str) -> str:
    return "".join(letter for letter in value if letter.isprintable())[:_LONGEST_KIND]


def _moment(value: object, now: datetime) -> datetime:
    """The platform's seconds since the epoch; our own time where they cannot be read."""
    try:
        return datetime.fromtimestamp(int(value) if isinstance(value, str | int) else now.timestamp(), UTC)
    except (ValueError, OverflowError, OSError):
        return now
