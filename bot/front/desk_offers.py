"""Suggestions that leave only with a guide's tap: taken, with other words or not, or put aside."""

from aiohttp import web

from bot.db import desk_offers
from bot.db.reception import HeldError
from bot.errors import BadRequestError
from bot.front import desk_shown as shown
from bot.front import reading, shapes_desk
from bot.front.chat import json
from bot.front.desk_reply import unfilled


async def taken(request: web.Request) -> web.Response:
    """``POST /api/desk/{conversation}/offers/{offer}/taken``: the guide's tap; the page sends it after this, never before.

    ``outcome`` is ``again`` where this guide had tapped before: then it is not to be sent a second time.
    """
    front, who, conversation = await shown.entered(request)
    wanted = await reading.shaped(request, shapes_desk.Taken)
    unfilled(wanted.text)
    what = (int(request.match_info["offer"]), wanted.text or None)
    try:
        found = await desk_offers.taken(front.engine, who, conversation, what, front.clock.now())
    except HeldError as error:
        return shown.held(error, front.staff())
    await shown.stirred(front, [conversation])
    return json({"outcome": found.outcome, "text": found.text, **shown.floor(found.floor, front.staff())})


async def dismiss(request: web.Request) -> web.Response:
    """``POST /api/desk/{conversation}/offers/{offer}/dismiss``: this one is not said."""
    front, who, conversation = await shown.entered(request)
    offer = int(request.match_info["offer"])
    if not await desk_offers.dismiss(front.engine, who, conversation, offer, front.clock.now()):
        raise BadRequestError("这条建议已经不在了", status=404, code="not_found")
    await shown.told(front, conversation)
    return json({})
