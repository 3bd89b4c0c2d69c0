"""The console's oldest pages (gaps, pairs), its way in, and who may open a page of it."""

from collections.abc import Mapping

import aiohttp_jinja2
from aiohttp import web

from bot.db.users import User
from bot.front import console_shell
from bot.front.console import WRITERS

_FIRST = ("/console/overview", "/console/gaps")


async def home(request: web.Request) -> web.Response:
    """``GET /console``: the overview, where there is one."""
    await writer(request)
    known = {route.resource.canonical for route in request.app.router.routes() if route.resource is not None}
    raise web.HTTPSeeOther(next(one for one in _FIRST if one in known))


async def gaps(request: web.Request) -> web.Response:
    """``GET /console/gaps``."""
    who = await writer(request)
    return aiohttp_jinja2.render_template("console_gaps.html", request, named(who))


async def pairs(request: web.Request) -> web.Response:
    """``GET /console/pairs``."""
    who = await writer(request)
    return aiohttp_jinja2.render_template("console_pairs.html", request, named(who))


async def writer(request: web.Request) -> User:
    """Whoever may open a page of the console; others are sent to sign in, or told that this is not theirs."""
    return await console_shell.visitor(request, *WRITERS)


def named(who: User) -> Mapping[str, object]:
    """What a page of the console calls its user."""
    return console_shell.named(who)
