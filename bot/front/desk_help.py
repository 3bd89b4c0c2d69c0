"""What helps to answer: suggestions for the shopper's last words, scripts, products, entries, and several deeds for one tap."""

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import timedelta

from aiohttp import web

from bot.brand import Macro
from bot.db import desk_macros, desk_talk
from bot.db.desk_macros import Steps
from bot.db.desk_tasks import Wanted
from bot.db.reception import HeldError
from bot.db.users import User
from bot.errors import BadRequestError
from bot.front import desk_shown as shown
from bot.front import reading, shapes_desk
from bot.front.chat import json
from bot.front.context import Front
from bot.front.desk_reply import unfilled
from bot.model import Conversation, Speech
from bot.motion import used
from bot.motion.connection import MOTION_FAULTS

_LONGEST = 60
"""Characters of a search."""
_PRODUCTS, _ENTRIES = 30, 20
FAMILIES = ("招呼语", "资讯分享", "日常聊天", "咨询问答")


def _sought(request: web.Request, name: str = "q") -> str:
    told = request.query.get(name, "").strip()
    if len(told) > _LONGEST:
        raise BadRequestError(f"{name} 不能多于 {_LONGEST} 个字")
    return told.replace("\0", "")


async def suggestions(request: web.Request) -> web.Response:
    """``GET /api/desk/{conversation}/suggestions`` → ``{"words","replies":[{"id","source","title","text","why","card"?}]}``."""
    front, who, conversation = await shown.entered(request)
    said = await desk_talk.awaited(front.engine, who, conversation)
    known = (await desk_talk.known(front.engine, who, conversation)).conversation
    aids = await shown.aids(front, known.account)
    guide = (shown.called(who, front.staff()), who.store, who.guide)
    found = await asyncio.to_thread(aids.replies, said, known, guide, front.clock.now())
    return json({"words": said[0], "replies": found})


async def scripts(request: web.Request) -> web.Response:
    """``GET /api/desk/scripts?q=&family=&conversation=`` → ``{"scripts":[{"id","family","title","text",…}]}``.

    By words, by pinyin or by initials; with a talk named the wording is the one for its shopper, filled with what is known.
    """
    front, who, _ = await shown.entered(request)
    query, family = _sought(request), request.query.get("family", "")
    if family and family not in FAMILIES:
        raise BadRequestError(f"没有这一类，可以是 {'、'.join(FAMILIES)}")
    known = await _about(request, front, who)
    aids = await shown.aids(front, known.account if known else "")
    use: Mapping[str, float] = {}
    with contextlib.suppress(*MOTION_FAULTS):
        use = await used.often(front.client, who.store)
    about = (known, shown.called(who, front.staff()), (who.guide, None if who.sees_all else who.stores))
    return json({"scripts": await asyncio.to_thread(aids.scripts, query, family, about, use, front.clock.now())})


async def _about(request: web.Request, front: Front, who: User) -> Conversation | None:
    conversation = request.query.get("conversation", "")
    return (await desk_talk.known(front.engine, who, conversation)).conversation if conversation else None


async def products(request: web.Request) -> web.Response:
    """``GET /api/desk/products?q=&store=`` → ``{"products":[{"sku","name","price","stock","here","image","url","status"}]}``."""
    front, who, _ = await shown.entered(request)
    query, store = _sought(request), request.query.get("store") or who.store
    if store is not None and request.query.get("store") and store not in front.staff().stores:
        raise BadRequestError("没有这家门店", status=404, code="not_found")
    known = await _about(request, front, who)
    aids = await shown.aids(front, known.account if known else "")
    return json({"products": await asyncio.to_thread(aids.goods, query, store, _PRODUCTS)})


async def entries(request: web.Request) -> web.Response:
    """``GET /api/desk/entries?q=`` → ``{"entries":[{"id","question","answer","source"}]}``, to say which one was right."""
    front, who, _ = await shown.entered(request)
    query = _sought(request)
    known = await _about(request, front, who)
    aids = await shown.aids(front, known.account if known else "")
    return json({"entries": await asyncio.to_thread(aids.entries, query, _ENTRIES)})


async def macros(request: web.Request) -> web.Response:
    """``GET /api/desk/macros`` → ``{"macros":[{"id","title","text","tags","task","close"}]}``: everybody's, and one's store's."""
    front, who, _ = await shown.entered(request)
    return json({"macros": [_macro(one) for one in _theirs(front, who)]})


def _macro(one: Macro) -> dict[str, object]:
    told = {"id": one.id, "title": one.title, "text": one.text, "tags": dict(one.tags), "task": one.task}
    return {**told, "task_in_hours": one.task_in_hours, "close": one.close}


def _theirs(front: Front, who: User) -> list[Macro]:
    return [one for one in front.staff().macros if not one.store or who.sees_all or one.store in who.stores]


async def run_macro(request: web.Request) -> web.Response:
    """``POST /api/desk/{conversation}/macro {"id","macro"}`` → what it did; all of it is done, or nothing."""
    front, who, conversation = await shown.entered(request)
    wanted = await reading.shaped(request, shapes_desk.RunMacro)
    macro = next((one for one in _theirs(front, who) if one.id == wanted.macro), None)
    if macro is None:
        raise BadRequestError("没有这个快捷操作", status=404, code="not_found")
    steps = await _steps(front, who, conversation, (macro, wanted.id))
    try:
        did = await desk_macros.run(front.engine, who, conversation, steps, front.clock.now())
    except HeldError as error:
        return shown.held(error, front.staff())
    await shown.stirred(front, [conversation])
    return json(
        {
            "said": did.said,
            "tags": [{"tag": tag, "value": value} for tag, value in did.tags],
            "task": None if did.task is None else str(did.task),
            "closed": did.closed,
            "again": did.again,
        }
    )


async def _steps(front: Front, who: User, conversation: str, wanted: tuple[Macro, str]) -> Steps:
    """A macro for this talk.

    Raises:
        BadRequestError: a tag that the live ``tags.yml`` does not have, or words with a place that nobody filled.
    """
    macro, token = wanted
    now = front.clock.now()
    known = (await desk_talk.known(front.engine, who, conversation)).conversation
    text = macro.text
    if macro.tags or "{" in text:
        aids = await shown.aids(front, known.account)
        faults = [fault for tag, value in macro.tags.items() if (fault := aids.tag_fault(tag, value))]
        if faults:
            raise BadRequestError(f"这个快捷操作写错了：{'；'.join(faults)}", code="unknown_tag")
        text = aids.filled(text, (known, shown.called(who, front.staff())), now)
    unfilled(text)
    due = now + timedelta(hours=macro.task_in_hours)
    return Steps(
        id=macro.id,
        token=token,
        speech=Speech(text) if text else None,
        tags=macro.tags,
        task=Wanted(macro.task, due, token=f"macro:{token}") if macro.task else None,
        close=macro.close,
    )
