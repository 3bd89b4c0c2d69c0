"""The editor's pages: gaps, drafts, pairs; one template, one small script."""

import aiohttp_jinja2
from aiohttp import web

from bot.front import accounts
from bot.front.console import WRITERS, may_publish

_ROLES = {"lead": "店长", "editor": "运营", "admin": "管理员"}


async def home(request: web.Request) -> web.Response:
    """``GET /console``."""
    del request
    raise web.HTTPSeeOther("/console/gaps")


async def page(request: web.Request) -> web.Response:
    """``GET /console/{view}``: gaps, drafts or pairs."""
    who = await accounts.visitor(request)
    if who is None or who.must_change:
        raise web.HTTPSeeOther("/login")
    if who.role not in WRITERS:
        raise web.HTTPForbidden
    shown = {"user": who, "role": _ROLES[who.role], "view": request.match_info["view"], "publishes": may_publish(who)}
    return aiohttp_jinja2.render_template("console.html", request, shown)
