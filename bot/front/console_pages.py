"""The editor's pages: gaps, drafts, pairs; one template, one small script."""

from collections.abc import Mapping

import aiohttp_jinja2
from aiohttp import web

from bot.db.users import User
from bot.front import accounts
from bot.front.console import WRITERS, may_publish

_ROLES = {"lead": "店长", "editor": "运营", "admin": "管理员"}


async def home(request: web.Request) -> web.Response:
    """``GET /console``."""
    del request
    raise web.HTTPSeeOther("/console/gaps")


async def page(request: web.Request) -> web.Response:
    """``GET /console/{view}``: gaps, drafts or pairs."""
    who = await writer(request)
    shown = {**named(who), "view": request.match_info["view"], "publishes": may_publish(who)}
    return aiohttp_jinja2.render_template("console.html", request, shown)


async def writer(request: web.Request) -> User:
    """Whoever may open a page of the console; others are sent to sign in, or told that this is not theirs."""
    who = await accounts.visitor(request)
    if who is None or who.must_change:
        raise web.HTTPSeeOther("/login")
    if who.role not in WRITERS:
        raise web.HTTPForbidden
    return who


def named(who: User) -> Mapping[str, object]:
    """What a page of the console calls its user."""
    return {"user": who, "role": _ROLES[who.role]}
