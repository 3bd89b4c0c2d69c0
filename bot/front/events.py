"""Deeds come in: from the brand's own systems, from cards of the web chat, from links that we sent, from what guides pick."""

import asyncio
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal, NoReturn
from zoneinfo import ZoneInfo

import structlog
from aiohttp import web
from orjson import dumps
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from yarl import URL

from bot.channels import links
from bot.db import events, people, rooms
from bot.db.engine import CONNECTION_FAULTS
from bot.db.events import Deed
from bot.db.people import Person, Who
from bot.errors import BadRequestError, ContentError
from bot.front import limits, reading
from bot.front.chat import json
from bot.front.context import FRONT, LIMITER, Front, caller
from bot.front.goods_port import Goods
from bot.front.limits import TooManyError
from bot.front.shapes import Key
from bot.front.tokens import bearer

log = structlog.get_logger(__name__)

MOST = 1000
"""Events of one delivery."""
_MOST_BYTES = 1 << 20
_AHEAD = timedelta(hours=1)
"""A clock of theirs may be so much faster than ours."""
_OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
_OFTEN = "%Y%m%d%H"
"""A tap counts once an hour for each product: whoever taps ten times wants it no ten times more."""

_TRADE = frozenset({"buy", "return"})
"""Facts of a contract, kept also of whoever wants nothing remembered; but nothing is concluded from them."""

Sku = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]


def _written(value: object) -> object:
    if not isinstance(value, str) or value.strip().isdigit():
        raise ValueError("ISO 8601")
    return value


class _Shape(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class Customer(_Shape):
    """Whose deed it is: ``{"id"}`` (ours), ``{"unionid"}``, or ``{"channel", "external"}``."""

    id: Key | None = None
    unionid: Key | None = None
    channel: Key | None = None
    external: Key | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "Customer":
        if not (self.id or self.unionid or (self.channel and self.external)):
            raise ValueError("id, unionid or channel with external")
        return self

    def who(self) -> Who:
        """The same for the database; the surest way counts."""
        if self.id:
            return Who(id=self.id)
        return Who(unionid=self.unionid) if self.unionid else Who(channel=self.channel or "", external=self.external or "")


class Happened(_Shape):
    """One event of another system; ``id`` makes a repeat one event. A time without zone is the brand's."""

    id: Key
    customer: Customer
    sku: Sku
    kind: Literal["view", "collect", "cart", "buy", "return", "click"]
    at: Annotated[datetime, BeforeValidator(_written), Field(strict=False)] | None = None
    channel: Literal["wecom_mini", "tmall", "jd", "store"] | None = None


class Delivery(_Shape):
    """``POST /api/events``."""

    events: Annotated[list[Happened], Field(max_length=MOST)]


class Tapped(_Shape):
    """``POST /api/chat/{conversation}/events``."""

    sku: Sku
    kind: Literal["view", "click", "collect"]


@dataclass(frozen=True, slots=True)
class _Told:
    """One event of a delivery that can be read."""

    place: int
    happened: Happened
    at: datetime


async def deliver(request: web.Request) -> web.Response:
    """``POST /api/events`` → ``{"recorded","repeated","refused","errors":[{"index","id","error"}]}``; bad ones stop no others."""
    front = request.app[FRONT]
    await request.app[LIMITER].count(limits.FEED, caller(request))
    _allowed(request, front)
    told, errors = _read(await _listed(request), front.clock.now(), front.brand().zone)
    async with front.engine.connect() as connection:
        found = await people.persons(connection, [one.happened.customer.who() for one in told])
    known: list[tuple[Deed, str | None]] = []
    for one, person in zip(told, found, strict=True):
        if person is None:
            errors.append(_error(one, "没有这位顾客"))
        elif person.forgetful and one.happened.kind not in _TRADE:
            errors.append(_error(one, "顾客说了不要记，只留购买和退货"))
        else:
            known.append(_delivered(one, person))
    kept = await _kept(front, known)
    counts = {"recorded": sum(kept), "repeated": len(kept) - sum(kept), "refused": len(errors)}
    return json({**counts, "errors": sorted(errors, key=lambda error: int(str(error["index"])))})


def _allowed(request: web.Request, front: Front) -> None:
    """Only who has the token of the settings.

    Raises:
        BadRequestError: 403 where there is none and the door is closed, 401 for another token.
    """
    if front.events_token is None:
        raise BadRequestError("这个接口没有开放，请先设置 DAOGOU_EVENTS_TOKEN", status=403, code="closed")
    scheme, _, told = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(told.strip().encode("utf-8", "surrogatepass"), front.events_token):
        raise BadRequestError("缺少有效的 token", status=401, code="unauthorized")


async def _listed(request: web.Request) -> list[object]:
    listed = (await reading.json_body(request, most=_MOST_BYTES)).get("events")
    if not isinstance(listed, list):
        raise BadRequestError("events 应是一个列表")
    if len(listed) > MOST:
        raise BadRequestError(f"一次最多 {MOST} 条", status=413, code="too_large")
    return listed


def _read(listed: Sequence[object], now: datetime, zone: ZoneInfo) -> tuple[list[_Told], list[dict[str, object]]]:
    """What can be read, and what is wrong with the others."""
    told: list[_Told] = []
    errors: list[dict[str, object]] = []
    for place, one in enumerate(listed):
        id_ = one.get("id") if isinstance(one, dict) else None
        try:
            happened = Happened.model_validate(one)
            told.append(_Told(place, happened, _moment(happened.at, now, zone)))
        except ValidationError as error:
            errors.append({"index": place, "id": id_, "error": "；".join(reading.faults(error))})
        except (ValueError, OverflowError):
            errors.append({"index": place, "id": id_, "error": "at 不是一个可信的时间"})
    return told, errors


def _moment(at: datetime | None, now: datetime, zone: ZoneInfo) -> datetime:
    """When it happened, in UTC, never later than now; raises ValueError, OverflowError for a time of another age."""
    if at is None:
        return now
    moment = (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    if not _OLDEST <= moment <= now + _AHEAD:
        raise ValueError("not of our time")
    return min(moment, now)


def _error(one: _Told, words: str) -> dict[str, object]:
    return {"index": one.place, "id": one.happened.id, "error": words}


def _delivered(one: _Told, person: Person) -> tuple[Deed, str | None]:
    return Deed(person, one.happened.sku, one.happened.kind, one.at, "api", one.happened.id), one.happened.channel


async def _kept(front: Front, deeds: Sequence[tuple[Deed, str | None]]) -> list[bool]:
    """Keep deeds (with the channel where they happened) and what follows from them; whether each was new.

    Of whoever wants nothing remembered only what they bought and sent back is kept, and nothing follows.
    """
    deeds = [(deed, channel) for deed, channel in deeds if deed.kind in _TRADE or not deed.person.forgetful]
    catalogues = {account: await _goods(front).catalogue(account) for account in {deed.person.account for deed, _ in deeds}}
    concluded = [
        deed
        if deed.person.forgetful
        else replace(deed, evidence=catalogues[deed.person.account].concluded(deed.sku, deed.kind, deed.at, channel))
        for deed, channel in deeds
    ]
    async with front.engine.begin() as connection:
        return [id_ is not None for id_ in await events.record(connection, concluded)]


def _goods(front: Front) -> Goods:
    if front.goods is None:
        raise BadRequestError("商品还没有准备好，请稍后再试", status=503, code="unavailable")
    return front.goods


async def tapped(request: web.Request) -> web.Response:
    """``POST /api/chat/{conversation}/events`` → 202 ``{"recorded"}``: what a shopper did with a card of this conversation."""
    front, who = request.app[FRONT], bearer(request)
    await request.app[LIMITER].count(limits.TAPS, who.caller)
    told = await reading.shaped(request, Tapped)
    if rooms.is_group(who.conversation) and who.member is None:
        raise BadRequestError("群里要用成员自己的 token", status=403, code="forbidden")
    talker = Who(channel=rooms.CHANNEL, external=who.member or who.conversation)
    async with front.engine.connect() as connection:
        card = dumps([{"sku": told.sku}]).decode()
        if not await events.shown(connection, who.conversation, card):
            raise BadRequestError("这段对话里没有出现过这个商品", status=404, code="not_found")
        (person,) = await people.persons(connection, [talker])
    if person is None:
        raise BadRequestError("没有这段对话", status=404, code="not_found")
    now = front.clock.now()
    key = f"{who.caller}:{told.kind}:{now.astimezone(UTC):{_OFTEN}}:{told.sku}"
    kept = await _kept(front, [(Deed(person, told.sku, told.kind, now, "chat", key), None)])
    return json({"recorded": any(kept)}, 202)


async def go(request: web.Request) -> NoReturn:
    """``GET /go/{token}`` → 302 to where the product is sold now; whatever stops the recording does not stop the shopper."""
    front = request.app[FRONT]
    link = links.opened(front.secret_key, request.match_info["token"])
    if link is None:
        raise BadRequestError("这个链接不完整，请回到聊天里再点一次。", status=404, code="not_found")
    person, account = await _talker(front, link.conversation)
    address = (await _goods(front).catalogue(account)).address(link.sku, link.mark)
    if address is None:
        raise BadRequestError("这款商品已经下架了，想找类似的可以回到聊天里问我们。", status=410, code="gone")
    if person is not None and _by_hand(request):
        await _followed(request, link, person)
    raise web.HTTPFound(URL(address, encoded=address.isascii()))


async def _talker(front: Front, conversation: str) -> tuple[Person | None, str]:
    """The shopper of a talk of two with their account; nobody for a group, where anybody may tap."""
    try:
        async with front.engine.connect() as connection:
            found = await people.talker(connection, conversation)
            if found is None or found.group:
                return None, found.account if found else ""
            (person,) = await people.persons(connection, [Who(id=found.customer)])
            return person, found.account
    except CONNECTION_FAULTS:
        return None, ""


def _by_hand(request: web.Request) -> bool:
    """Whether a person tapped: previews and prefetching browsers want nothing."""
    purpose = request.headers.get("Sec-Purpose") or request.headers.get("Purpose") or request.headers.get("X-Purpose") or ""
    return request.method == "GET" and not any(word in purpose.lower() for word in ("prefetch", "preview"))


async def _followed(request: web.Request, link: links.Link, person: Person) -> None:
    front = request.app[FRONT]
    now = front.clock.now()
    key = f"{link.conversation}:{now.astimezone(UTC):{_OFTEN}}:{link.sku}"
    try:
        await request.app[LIMITER].count(limits.TAPS, f"go:{link.conversation}")
        await _kept(front, [(Deed(person, link.sku, "click", now, "go", key), None)])
    except (TooManyError, *CONNECTION_FAULTS) as error:
        log.warning("click.lost", why=type(error).__name__)


async def picked(front: Front, conversation: str, said: tuple[str, str]) -> None:
    """A guide's message (its id, its words) names products: that is a pick for this shopper. The message is out in any case."""
    if front.goods is None:
        return
    try:
        person, account = await _talker(front, conversation)
        if person is None:
            return
        names = await asyncio.to_thread((await front.goods.catalogue(account)).named, said[1])
        now = front.clock.now()
        await _kept(front, [(Deed(person, sku, "pick", now, "desk", f"{conversation}:{said[0]}:{sku}"), None) for sku in names])
    except (ContentError, *CONNECTION_FAULTS) as error:
        log.warning("pick.lost", why=type(error).__name__)
