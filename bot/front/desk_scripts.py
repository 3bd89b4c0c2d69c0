"""Scripts that guides keep for themselves, and leads for their store: written between two customers, live at once.

They go the way of every script (draft, whole check, lint, release). The assistant never says them, so no replay is asked for.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Sequence
from typing import Final

from aiohttp import web

from bot import scopes
from bot.db import desk_talk, drafts
from bot.db.drafts import OPEN, Draft
from bot.db.users import User
from bot.errors import AssistantError, BadRequestError, ContentError
from bot.front import console_desk, desk_keeping, desk_private, limits, reading, shapes_desk
from bot.front import desk_shown as shown
from bot.front.chat import json
from bot.front.context import FRONT, LIMITER, Front
from bot.ids import msgid
from bot.model import JsonMap
from bot.scopes import Scope

KEPT = limits.Rate("own-script", 30, 60)
"""Scripts that one account writes; each is a release."""
_BEGINS: Final = 12
"""Characters of the words that stand for a title that nobody wrote."""


async def own(request: web.Request) -> web.Response:
    """``GET /api/desk/scripts/own?ready=&conversation=`` → ``{"scripts":[{"id","title","text","level","mark",…}],"shares"}``.

    ``ready=1``: what saving needs is loaded with it, while somebody still writes. With a talk named ``said`` is the wording
    with what is known of its shopper in it.
    """
    front, who, _ = await shown.entered(request)
    if request.query.get("ready"):
        with contextlib.suppress(AssistantError):
            await (await console_desk.editing(request)).ground(console_desk.today(request))
    conversation = request.query.get("conversation", "")
    known = (await desk_talk.known(front.engine, who, conversation)).conversation if conversation else None
    aids = await shown.aids(front)
    scopes_ = _theirs(front, who)
    store = next((one.of for one in scopes_ if one.level == "店"), None)
    waiting = {one.item: one for one in await _open(front, scopes_) if one.last_author == who.name}
    live = {str(one["id"]): dict(one) for one in aids.kept(who.guide, store)}
    for id_, draft in waiting.items():
        live[id_] = {**live.get(id_, {}), **_shown(draft, live.get(id_))}
    about = (known, shown.called(who, front.staff()))
    for one in live.values() if known else ():
        one["said"] = aids.filled(str(one["text"]), about, front.clock.now())
    found = [{"state": "live", **one, "mark": desk_keeping.mark_of(one)} for one in live.values()]
    return json({"scripts": found, "shares": store is not None})


async def keep(request: web.Request) -> web.Response:
    """``POST /api/desk/scripts/own {"id","title","family","text","whose"…}`` → 201 ``{"id","state","warnings"}``."""
    front, who, _ = await shown.entered(request)
    wanted = await reading.shaped(request, shapes_desk.NewOwnScript)
    refused = await _private(front, who, wanted)
    scope = _scope(front, who, wanted.whose)
    id_ = _id(scope, wanted.id)
    return refused or await _done(request, who, desk_keeping.Wish(id_, scope, wanted.text, _title(wanted), wanted.family), 201)


async def change(request: web.Request) -> web.Response:
    """``POST /api/desk/scripts/own/{script} {"title","family","text","mark"?,"conversation"?}`` → the same as for a new one."""
    front, who, _ = await shown.entered(request)
    wanted = await reading.shaped(request, shapes_desk.ChangedOwnScript)
    refused = await _private(front, who, wanted)
    id_ = request.match_info["script"]
    scope = await _whose(request, who, id_)
    return refused or await _done(
        request, who, desk_keeping.Wish(id_, scope, wanted.text, _title(wanted), wanted.family, wanted.mark)
    )


async def drop(request: web.Request) -> web.Response:
    """``DELETE /api/desk/scripts/own/{script}?mark=``: it is gone."""
    _, who, _ = await shown.entered(request)
    id_ = request.match_info["script"]
    scope = await _whose(request, who, id_)
    return await _done(request, who, desk_keeping.Wish(id_, scope, mark=request.query.get("mark", "")))


# --- whose


def _theirs(front: Front, who: User) -> Sequence[Scope]:
    """What somebody may keep scripts for at the desk: for themselves, leads also for their store."""
    mine = [Scope("个人", who.guide)] if who.guide else []
    store = [Scope("店", who.store)] if who.store and who.role in shown.LEADS else []
    return [one for one in (*mine, *store) if scopes.may_publish(who, one, front.staff())]


def _scope(front: Front, who: User, whose: str) -> Scope:
    level = "店" if whose == "store" else "个人"
    found = next((one for one in _theirs(front, who) if one.level == level), None)
    if found is not None:
        return found
    if level == "店":
        raise BadRequestError("全店一起用的话术由店长来存；您可以先存成自己的", status=403, code="scope")
    raise BadRequestError("您的账号还没有对上是哪位导购，请管理员在后台对上以后再存", status=403, code="scope")


async def _whose(request: web.Request, who: User, id_: str) -> Scope:
    """The scope of a script that somebody may change here; raises BadRequestError (404), for a colleague's too."""
    front = request.app[FRONT]
    mine = _theirs(front, who)
    item = (await (await console_desk.editing(request)).live()).found.get(desk_keeping.key(id_))
    draft = None if item is not None else await drafts.open_draft(front.engine, "script", id_)
    value = item.value if item is not None else draft.value if draft is not None and draft.last_author == who.name else None
    scope = desk_keeping.scoped(value)
    if value is None or scope not in mine:
        raise BadRequestError("没有这条话术，可能已经删掉了", status=404, code="not_found")
    return scope


# --- what must not stand in it


async def _private(front: Front, who: User, wanted: shapes_desk.OwnScript) -> web.Response | None:
    """The refusal where something of a customer stands in it; raises BadRequestError (404) for a talk that is not theirs."""
    names: tuple[str, ...] = ()
    if wanted.conversation:
        known = (await desk_talk.known(front.engine, who, wanted.conversation)).conversation
        names = (known.customer.name,) if known.customer.name else ()
    found = desk_private.private(wanted.text, names, front.staff())
    titled = desk_private.private(wanted.title, names, front.staff())
    if found is None and titled is None:
        return None
    kinds = dict.fromkeys((*(found.kinds if found else ()), *(titled.kinds if titled else ())))
    told: dict[str, object] = {
        "code": "private",
        "message": f"里面像是有顾客的{'、'.join(kinds)}，存下来会说给别的顾客听。换个写法再存，每位不一样的地方到时候再填",
        "suggestion": found.suggestion if found else wanted.text,
    }
    return json({"error": told}, 422)


# --- doing it


async def _done(request: web.Request, who: User, wish: desk_keeping.Wish, status: int = 200) -> web.Response:
    """Make it so; whoever goes away meanwhile leaves nothing half done."""
    await request.app[LIMITER].count(KEPT, who.name)
    desk, front = await console_desk.editing(request), request.app[FRONT]
    clerk = desk_keeping.Clerk(desk, front, who, console_desk.today(request))
    try:
        return await asyncio.shield(clerk.do(wish, status))
    except ContentError as error:
        told = [{"words": "", "why": one.reason, "way_out": ""} for one in error.problems]
        return json({"error": {"code": "lint", "message": told[0]["why"], "findings": told}}, 422)


# --- how they are listed and called


def _id(scope: Scope, token: str) -> str:
    """The same for a second tap."""
    of = re.sub(r"[^a-z0-9]+", "-", scope.of.lower()).strip("-")[:20]
    named = "my" if scope.level == "个人" else "shop"
    return "-".join(filter(None, (named, of, msgid(scope.told, token).lower()[:10])))


def _title(wanted: shapes_desk.OwnScript) -> str:
    plain = re.sub(r"[{｛][^}｝]*[}｝]|\s+", "", wanted.text).lstrip("，。！、")
    return wanted.title or plain[:_BEGINS]


async def _open(front: Front, whose: Sequence[Scope]) -> list[Draft]:
    """Drafts that wait for somebody's approval."""
    mine = {one.told for one in whose}
    return [one for one in await drafts.drafts(front.engine, OPEN, ["script"]) if one.scope in mine]


def _shown(draft: Draft, live: JsonMap | None) -> dict[str, object]:
    """What waits, over what is live."""
    told = desk_keeping.told_of(draft.value) if draft.value is not None else {**(live or {}), "leaves": True}
    return {**told, "id": draft.item, "state": "waiting"}
