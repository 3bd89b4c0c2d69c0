"""The read calls and the small ones: accounts, servicers, customers, contact ways, upgrades, media."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from bot.sandbox.acts import profile
from bot.sandbox.body import Body, inner, many, text, whole
from bot.sandbox.errors import PlatformError
from bot.sandbox.model import NEVER, WINDOW, Servicer, Shopper
from bot.sandbox.world import World

MOST_ASKED: Final = 100
"""Accounts per page and customers per call."""
_SCENE = re.compile(r"[0-9A-Za-z_-]{0,32}", re.ASCII)


def account_list(world: World, body: Body) -> Mapping[str, object]:
    """`kf/account/list`, by offset and limit of at most 100."""
    offset, limit = whole(body, "offset", 0), whole(body, "limit", MOST_ASKED)
    if offset < 0 or not 1 <= limit <= MOST_ASKED:
        raise PlatformError(40058, "offset, limit")
    accounts = list(world.accounts.values())[offset : offset + limit]
    return {
        "account_list": [
            {
                "open_kfid": kf.open_kfid,
                "name": kf.name,
                "avatar": "https://example.invalid/kf.png",
                "manage_privilege": kf.granted,
            }
            for kf in accounts
        ]
    }


def callback_ip(_: World, __: Body) -> Mapping[str, object]:
    """`getcallbackip`: this machine only."""
    return {"ip_list": ["127.0.0.1"]}


def servicer_list(world: World, body: Body) -> Mapping[str, object]:
    """`kf/servicer/list`."""
    account = world.account_of(body)
    return {"servicer_list": [_servicer(one) for one in account.servicers.values()]}


def batchget(world: World, body: Body) -> Mapping[str, object]:
    """`kf/customer/batchget`: only customers who came or wrote in the last 48 hours."""
    asked = many(body, "external_userid_list")
    if not 1 <= len(asked) <= MOST_ASKED:
        raise PlatformError(40058, "external_userid_list")
    context = whole(body, "need_enter_session_context", 0) == 1
    known: list[Mapping[str, object]] = []
    unknown: list[object] = []
    for userid in asked:
        shopper = world.shoppers.get(userid) if isinstance(userid, str) else None
        entered = _active(world, shopper)
        if shopper is None or entered is None:
            unknown.append(userid)
        else:
            known.append({**profile(shopper), "enter_session_context": entered} if context else profile(shopper))
    return {"customer_list": known, "invalid_external_userid": unknown}


def add_contact_way(world: World, body: Body) -> Mapping[str, object]:
    """`kf/add_contact_way`: a link for a scene; `&scene_param=` may be added to it."""
    account = world.account_of(body)
    scene = text(body, "scene", needed=False)
    if not _SCENE.fullmatch(scene):
        raise PlatformError(40058, "scene")
    account.scenes.add(scene)
    mark = world.ids.make("contact_way", 16)
    return {"url": f"https://work.weixin.qq.com/kfid/{account.open_kfid}?enc_scene={mark}"}


def upgrade_config(world: World, _: Body) -> Mapping[str, object]:
    """`kf/customer/get_upgrade_service_config`: every servicer and one customer group."""
    users = sorted({userid for kf in world.accounts.values() for userid in kf.servicers})
    return {
        "member_range": {"userid_list": users, "department_id_list": []},
        "groupchat_range": {"chat_id_list": ["wrSandboxGroup0000000000000001"]},
    }


def upgrade_service(world: World, body: Body) -> Mapping[str, object]:
    """`kf/customer/upgrade_service`: recommend a staff contact (type 1) or a customer group (type 2)."""
    conversation = world.conversation_of(body, "external_userid")
    kind = whole(body, "type")
    if kind not in {1, 2}:
        raise PlatformError(40058, "type")
    name, key = ("member", "userid") if kind == 1 else ("groupchat", "chat_id")
    offer = inner(body, name)
    text(offer, key)
    conversation.upgrade = {"type": kind, name: offer}
    world.show(conversation, "notice", world.ids.make("notice"), ("upgrade", conversation.upgrade))
    detail = {"to": conversation.external_userid, "offer": conversation.upgrade}
    world.ledger.write("upgrade", world.now(), detail)
    return {}


def cancel_upgrade(world: World, body: Body) -> Mapping[str, object]:
    """`kf/customer/cancel_upgrade_service`."""
    world.conversation_of(body, "external_userid").upgrade = None
    return {}


def _servicer(one: Servicer) -> Mapping[str, object]:
    if one.serving:
        return {"userid": one.userid, "status": 0}
    return {"userid": one.userid, "status": 1, "stop_type": one.stop_type}


def _active(world: World, shopper: Shopper | None) -> Mapping[str, object] | None:
    """How the shopper last came in, or None if they were not here in the last 48 hours."""
    if shopper is None:
        return None
    best = max(
        (
            conversation
            for kf in world.accounts
            if (conversation := world.conversations.get((kf, shopper.external_userid))) is not None
        ),
        key=lambda one: max(one.entered_at, one.wrote_at),
        default=None,
    )
    if best is None or world.now() - max(best.entered_at, best.wrote_at) > WINDOW:
        return None
    if best.entered_at == NEVER:
        return {}
    return {"scene": best.scene, "scene_param": best.scene_param}
