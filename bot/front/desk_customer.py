"""The shopper at the desk: their profile, tags for one tap, notes for colleagues, things to do."""

import asyncio
import re
from collections.abc import Mapping, Sequence

from aiohttp import web

from bot.brand import Staff
from bot.db import desk_profile, desk_quiet, desk_tags, desk_talk, desk_tasks
from bot.db.codec import iso
from bot.db.desk_profile import Profile
from bot.db.desk_quiet import Quiet, Setting
from bot.db.desk_tags import Mark
from bot.db.desk_tasks import Wanted
from bot.db.users import User
from bot.errors import BadRequestError
from bot.front import bubbles, reading, shapes_desk
from bot.front import desk_shown as shown
from bot.front.chat import json
from bot.front.context import Front
from bot.front.help_port import Aids
from bot.model import JsonMap

_INBOX, _DESK = re.compile(r"inbox:(\d{1,18})"), re.compile(r"desk:.*:(\d{1,18})")
_SOURCES = (("inbox:", "said"), ("desk:", "guide"), ("guide:", "guide"), ("wecom:", "wecom"), ("event:", "event"))
_TRADES = {"buy": "买了", "return": "退了"}
_LONGEST = 60
"""Characters of a message that are quoted as grounds."""


async def profile(request: web.Request) -> web.Response:
    """``GET /api/desk/{conversation}/profile``: what is known of the shopper, each thing with its grounds; nothing invented."""
    front, who, conversation = await shown.entered(request)
    found = await desk_profile.profile(front.engine, who, conversation)
    aids = await shown.aids(front, found.known.conversation.account)
    customer, now = found.known.conversation.customer, front.clock.now()
    known = [] if found.known.conversation.group else await asyncio.to_thread(aids.known, customer, now)
    quoted = await _quoted(front, who, known)
    staff = front.staff()
    return json(
        {
            "customer": customer.id,
            "name": customer.name,
            "level": customer.level,
            "store": shown.store_name(customer.store, staff),
            "guide": bubbles.guide_name(customer.guide, staff),
            "since": iso(found.known.since),
            "group": found.known.conversation.group,
            "quiet": None if found.known.conversation.group else _quiet(found.quiet),
            "tags": [_tag(one, quoted) for one in known],
            "families": aids.tags(),
            "owned": aids.named(customer.owned),
            **_deeds(found, aids, staff),
        }
    )


def _quiet(found: Quiet) -> dict[str, object]:
    """Since when they want no messages, and not to be named by @."""
    return {"opted_out": iso(found.opted_out), "hushed": iso(found.hushed)}


def _deeds(found: Profile, aids: Aids, staff: Staff) -> dict[str, object]:
    names = {str(one["sku"]): one["name"] for one in aids.named([deed.sku for deed in (*found.events, *found.trades)])}
    return {
        "events": [{"kind": one.kind, "sku": one.sku, "name": names[one.sku], "at": iso(one.at)} for one in found.events],
        "orders": [
            {"sku": one.sku, "name": names[one.sku], "kind": one.kind, "state": _TRADES[one.kind], "at": iso(one.at)}
            for one in found.trades
        ],
        "coupons": [],
        "talks": [
            {
                "conversation": one.conversation,
                "at": iso(one.at),
                "reason": one.reason,
                "guide": bubbles.guide_name(one.guide, staff),
                "rating": one.rating,
                "words": one.words,
                "open": one.open,
            }
            for one in found.talks
        ],
    }


async def _quoted(front: Front, who: User, known: Sequence[JsonMap]) -> Mapping[str, str]:
    """The words behind tags: by ``inbox:{id}``, ``message:{id}``."""
    sources = [str(ground["source"]) for one in known for ground in _evidence(one)]
    inbox = [int(found[1]) for one in sources if (found := _INBOX.fullmatch(one))]
    messages = [int(found[1]) for one in sources if (found := _DESK.fullmatch(one))]
    return await desk_profile.words(front.engine, who, inbox, messages)


def _evidence(one: JsonMap) -> Sequence[Mapping[str, object]]:
    told = one["evidence"]
    return told if isinstance(told, list) else []


def _tag(one: JsonMap, quoted: Mapping[str, str]) -> dict[str, object]:
    """A tag with the last words that it stands on and who says so."""
    words = next((said for ground in reversed(_evidence(one)) if (said := quoted.get(_place(str(ground["source"]))))), "")
    source = str(one["source"])
    kind = next((kind for start, kind in _SOURCES if source.startswith(start)), "record")
    return {**one, "grounds": words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…", "source": kind}


def _place(source: str) -> str:
    found = _DESK.fullmatch(source)
    return f"message:{found[1]}" if found else source


async def list_tags(request: web.Request) -> web.Response:
    """``GET /api/desk/tags`` → ``{"tags":[{"tag","label","values","exclusive"}]}``: what may be put on."""
    front, _, _ = await shown.entered(request)
    return json({"tags": (await shown.aids(front)).tags()})


async def tag(request: web.Request) -> web.Response:
    """``POST /api/desk/{conversation}/tags``: put a tag on or take it off, as ``tags.yml`` allows."""
    front, who, conversation = await shown.entered(request)
    wanted = await reading.shaped(request, shapes_desk.NewTag)
    known = (await desk_talk.known(front.engine, who, conversation)).conversation
    fault = (await shown.aids(front, known.account)).tag_fault(wanted.tag, wanted.value)
    if fault is not None and not wanted.retract:
        raise BadRequestError(fault, code="unknown_tag")
    mark = Mark(wanted.tag, wanted.value, wanted.retract, wanted.message)
    changed = await desk_tags.put(front.engine, who, conversation, mark, front.clock.now())
    if changed:
        await shown.told(front, conversation)
    return json({"tag": wanted.tag, "value": wanted.value, "on": not wanted.retract, "changed": changed})


async def quiet(request: web.Request) -> web.Response:
    """``POST /api/desk/{conversation}/quiet``: what a shopper told a guide of being left alone, or of wanting messages again."""
    front, who, conversation = await shown.entered(request)
    wanted = await reading.shaped(request, shapes_desk.Quiet)
    told = Setting(wanted.opted_out, wanted.hushed, wanted.message)
    found = await desk_quiet.put(front.engine, who, conversation, told, front.clock.now())
    await shown.told(front, conversation)
    return json(_quiet(found))


async def note(request: web.Request) -> web.Response:
    """``POST /api/desk/{conversation}/notes`` → 201 ``{"id"}``."""
    front, who, conversation = await shown.entered(request)
    wanted = await reading.shaped(request, shapes_desk.NewNote)
    id_ = await desk_talk.note(front.engine, who, conversation, wanted.text, front.clock.now())
    await shown.told(front, conversation)
    return json({"id": str(id_)}, 201)


async def drop_note(request: web.Request) -> web.Response:
    """``DELETE /api/desk/{conversation}/notes/{note}`` → 204: one's own; leads any."""
    front, who, conversation = await shown.entered(request)
    await desk_talk.drop_note(front.engine, who, conversation, int(request.match_info["note"]), front.clock.now())
    await shown.told(front, conversation)
    return web.Response(status=204)


async def add_task(request: web.Request) -> web.Response:
    """``POST /api/desk/{conversation}/tasks`` → 201 ``{"id"}``: a reminder or a call to make."""
    front, who, conversation = await shown.entered(request)
    wanted = await reading.shaped(request, shapes_desk.NewTask)
    task = Wanted(wanted.text, shown.moment(wanted.due_at, front), wanted.kind, wanted.id or "")
    id_ = await desk_tasks.add(front.engine, who, conversation, task, front.clock.now())
    await shown.told(front, conversation)
    return json({"id": str(id_)}, 201)


async def tasks(request: web.Request) -> web.Response:
    """``GET /api/desk/tasks?all=`` → ``{"tasks":[…]}``: one's open ones and nobody's; ``all=1`` for leads their store's."""
    front, who, _ = await shown.entered(request)
    found = await desk_tasks.mine(front.engine, who, everybodys=request.query.get("all") == "1")
    return json({"tasks": [shown.task(one, front.staff(), who) for one in found]})


async def change_task(request: web.Request) -> web.Response:
    """``POST /api/desk/tasks/{task} {"state","due_at"?}``: done, not to be done, or later."""
    front, who, _ = await shown.entered(request)
    wanted = await reading.shaped(request, shapes_desk.TaskState)
    due = shown.moment(wanted.due_at, front) if wanted.due_at else None
    changed = await desk_tasks.change(front.engine, who, int(request.match_info["task"]), (wanted.state, due), front.clock.now())
    if changed.conversation:
        await shown.told(front, changed.conversation)
    return json(shown.task(changed, front.staff(), who))
