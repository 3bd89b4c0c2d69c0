"""A guide says what the bot should have done instead: kept, and once a release knows better it guards all later ones."""

from aiohttp import web

from bot.db import corrections, desk_talk
from bot.db.corrections import Better
from bot.errors import BadRequestError
from bot.front import desk_shown as shown
from bot.front import reading, shapes_desk
from bot.front.chat import json


async def correct(request: web.Request) -> web.Response:
    """``POST /api/desk/{conversation}/correct`` → 201 ``{"id","state","conflict"?}``; ``conflict``: others say otherwise."""
    front, who, conversation = await shown.entered(request)
    wanted = await reading.shaped(request, shapes_desk.Corrected)
    known = (await desk_talk.known(front.engine, who, conversation)).conversation
    if wanted.entry is not None and wanted.kind == "entry":
        aids = await shown.aids(front, known.account)
        if wanted.entry not in aids.questions():
            raise BadRequestError("知识库里没有这一条，请重新选", code="unknown_entry")
    better = Better(wanted.message, wanted.kind, wanted.entry, wanted.reply, wanted.private)
    kept = await corrections.correct(front.engine, who, conversation, better, front.clock.now())
    told: dict[str, object] = {"id": str(kept.id), "state": kept.state}
    if kept.conflict:
        told["conflict"] = [str(one) for one in kept.conflict]
    return json(told, 201)
