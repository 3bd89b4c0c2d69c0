"""The desk as a sidebar (聊天工具栏) of WeCom: the signature for its JS-SDK, and which talk the open chat is."""

from urllib.parse import urlsplit

import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import text

from bot.brand import Guide
from bot.channels.wecom import jssdk, tags, through
from bot.channels.wecom.client import ApiError, WeComClient
from bot.channels.wecom.through import Place
from bot.db import contacts, users
from bot.db.contacts import Relation
from bot.db.scoped import scoped
from bot.db.users import User
from bot.errors import BadRequestError, TemporaryDeliveryError
from bot.front import accounts, limits, reading
from bot.front.chat import json
from bot.front.context import FRONT, INTAKE, LIMITER, TICKETS, Front
from bot.model import Arrival, ConversationId

log = structlog.get_logger(__name__)

_STAFF: tuple[users.Role, ...] = ("guide", "lead", "admin")
_NOBODYS = frozenset({84061, 40096})
"""``externalcontact/get``: nobody's contact, no such id."""
_LONGEST = 128
_TAPPED = text(
    """
    select o.msgid, c.channel, c.account from outbox o join conversations c on c.id = o.conversation_id
    where o.id = :offer and c.id = :id and c.account = :account and o.speech ->> 'tapped' = :actor
    """
)


class Unsent(BaseModel):
    """A message that the guide tapped on and that their client did not send."""

    model_config = ConfigDict(extra="forbid")

    conversation: str = Field(min_length=1, max_length=64)
    offer: int = Field(ge=1, lt=2**63)


async def signature(request: web.Request) -> web.Response:
    """``GET /api/wecom/{account}/signature?url=`` → what ``wx.agentConfig`` wants for this page of ours."""
    front, client = await _entered(request)
    url = request.query.get("url", "").partition("#")[0]
    if not jssdk.ours(url, _hosts(request, front)):
        raise BadRequestError("只给自己的页面签名", code="foreign_page")
    account = client.account
    if not account.agent_id:
        raise BadRequestError("还没有配置自建应用的 AGENT_ID", status=409, code="no_agent")
    name = f"{request.match_info['account']}:{account.corpid}:{account.agent_id}"
    try:
        ticket = await request.app[TICKETS].get(name, lambda: jssdk.ticket(client))
    except (ApiError, TemporaryDeliveryError) as error:
        raise _away(error) from error
    timestamp, nonce = int(front.clock.now().timestamp()), front.draw()
    return json(
        {
            "corpid": account.corpid,
            "agentId": account.agent_id,
            "timestamp": timestamp,
            "nonceStr": nonce,
            "signature": jssdk.signature(ticket, nonce, timestamp, url),
        }
    )


async def contact(request: web.Request) -> web.Response:
    """``GET /api/wecom/{account}/contact?external_userid=`` (or ``chat_id=``) → ``{"conversation","send"}``; 404 else.

    A talk with a contact of this guide's that we do not know yet is made, once WeCom has confirmed that they are one.
    """
    front, client = await _entered(request)
    who = await accounts.user(request, *_STAFF)
    name = request.match_info["account"]
    relation = _relation(front, who, name, (_id(request, "external_userid"), _id(request, "chat_id")))
    found = await contacts.seen(front.engine, who, relation)
    if found != relation.conversation and relation.peer and await _follows(client, relation):
        await contacts.opened(front.engine, relation)
        found = await contacts.seen(front.engine, who, relation)
    if found is None:
        raise BadRequestError("没有这段对话", status=404, code="not_found")
    return json({"conversation": found, "send": through.CHANNELS[relation.channel].send})


async def unsent(request: web.Request) -> web.Response:
    """``POST /api/wecom/{account}/unsent {"conversation","offer"}``: the guide's client could not send what they tapped on.

    The transcript then says so, as of every message that a platform did not deliver; only whoever tapped can say it.
    """
    front, _ = await _entered(request)
    who = await accounts.user(request, *_STAFF)
    told = await reading.shaped(request, Unsent)
    values = {"offer": told.offer, "id": told.conversation, "account": request.match_info["account"], "actor": who.actor}
    async with scoped(front.engine, who) as connection:
        row = (await connection.execute(_TAPPED, values)).one_or_none()
    if row is None:
        raise BadRequestError("没有这条消息", status=404, code="not_found")
    words = "企业微信没有发出去，顾客没有收到"
    failed = Arrival(
        channel=row.channel,
        account=row.account,
        platform_id=f"unsent:{row.msgid}",
        conversation=None,
        kind="send_failed",
        text="",
        payload={},
        sent_at=front.clock.now(),
        role="event",
        settled=("silent", words),
        fails=(row.msgid, words),
    )
    await request.app[INTAKE].accept(failed)
    await front.live.tell([ConversationId(told.conversation)])
    return json({}, 202)


async def _entered(request: web.Request) -> tuple[Front, WeComClient]:
    """The front and the account's client, for staff who do not call too often."""
    who = await accounts.user(request, *_STAFF)
    front = request.app[FRONT]
    await request.app[LIMITER].count(limits.SIDEBAR, users.fingerprint(who.name))
    client = front.apps.get(request.match_info["account"])
    if client is None:
        raise BadRequestError("没有这个账号", status=404, code="unknown_account")
    return front, client


def _hosts(request: web.Request, front: Front) -> frozenset[str]:
    """Hosts under which this page may have been opened."""
    public = urlsplit(front.public_url).netloc if front.public_url else ""
    return frozenset(host.lower() for host in (public, request.host) if host)


def _id(request: web.Request, name: str) -> str:
    told = request.query.get(name, "")
    if len(told) > _LONGEST or not told.isprintable():
        raise BadRequestError(f"{name} 不可用")
    return told


def _relation(front: Front, who: User, account: str, named: tuple[str, str]) -> Relation:
    """The talk of whoever looks with the contact (or group) that their client shows."""
    external, chat = named
    if not external and not chat:
        raise BadRequestError("缺少 external_userid 或 chat_id")
    guide = front.staff().guides.get(who.guide or "")
    if chat:
        return of_place(through.group_of(account, chat))
    if guide is None:
        return of_place(through.contact_of(account, "", external))
    return of_place(through.contact_of(account, guide.wecom_userid, external), guide)


async def _follows(client: WeComClient, relation: Relation) -> bool:
    """Whether WeCom says that this guide has the customer as a contact: what the page says proves nothing."""
    try:
        found = await tags.contact(client, relation.external)
    except ApiError as error:
        if error.code in _NOBODYS:
            return False
        raise _away(error) from error
    except TemporaryDeliveryError as error:
        raise _away(error) from error
    return any(one.userid.lower() == relation.peer.lower() for one in found.followers)


def _away(error: ApiError | TemporaryDeliveryError) -> BadRequestError:
    """WeCom did not do it: in words for whoever set it up, without anything secret."""
    code, words = (error.code, error.meaning.words) if isinstance(error, ApiError) else (error.code, "企业微信没有回应")
    log.warning("sidebar.refused", code=code, words=words)
    return BadRequestError(f"企业微信没有答应：{words}", status=502, code="wecom_refused")


def of_place(place: Place, guide: Guide | None = None) -> Relation:
    """A talk with whose it is."""
    return Relation(
        place.channel,
        place.account,
        place.peer,
        place.external,
        guide.id if guide else None,
        guide.store or None if guide else None,
        group=place.channel == through.GROUP,
    )


async def follow(front: Front, place: Place) -> None:
    """Let our tables say of a contact what WeCom told last (``bot.db.contacts.related``)."""
    guides = {one.wecom_userid.lower(): one for one in front.staff().guides.values() if one.wecom_userid}
    relation = of_place(place, guides.get(place.peer))
    await contacts.related(front.engine, relation, {userid: one.id for userid, one in guides.items()}, front.clock.now())
