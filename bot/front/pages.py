"""The pages: the shopper's chat, the guide's desk, signing in. Server-rendered; what moves is one small script each."""

import hashlib
from pathlib import Path

import aiohttp_jinja2
import jinja2
from aiohttp import web

from bot.front import accounts
from bot.front.context import FRONT

WEB = Path(__file__).parent.parent / "web"
_ROLES = {"guide": "导购", "lead": "店长", "editor": "运营", "admin": "管理员"}


def _fingerprints(folder: Path) -> dict[str, str]:
    """A short hash of each script and style sheet: a changed file has a new address, so browsers may keep the old for ever."""
    return {
        path.name: hashlib.blake2b(path.read_bytes(), digest_size=6).hexdigest()
        for path in folder.iterdir()
        if path.suffix in {".js", ".css", ".svg"}
    }


def prepare(app: web.Application) -> None:
    """Templates and static files."""
    marks = _fingerprints(WEB / "static")
    environment = aiohttp_jinja2.setup(
        app, loader=jinja2.FileSystemLoader(WEB / "templates"), autoescape=True, undefined=jinja2.StrictUndefined
    )
    environment.globals["asset"] = lambda name: f"/static/{name}?v={marks[name]}"
    environment.globals["brand"] = app[FRONT].brand
    app.router.add_static("/static", WEB / "static", append_version=False)


async def chat(request: web.Request) -> web.Response:
    """``GET /chat``: the shopper's page."""
    return aiohttp_jinja2.render_template("chat.html", request, {})


async def sign_in(request: web.Request) -> web.Response:
    """``GET /login``: sign in, or replace the one-time password."""
    who = await accounts.visitor(request)
    if who is not None and not who.must_change:
        raise web.HTTPSeeOther("/console" if who.role == "editor" else "/desk")
    template = "password.html" if who is not None else "login.html"
    return aiohttp_jinja2.render_template(template, request, {"user": who})


async def password(request: web.Request) -> web.Response:
    """``GET /password``: replace one's password."""
    who = await accounts.visitor(request)
    if who is None:
        raise web.HTTPSeeOther("/login")
    return aiohttp_jinja2.render_template("password.html", request, {"user": who})


async def desk(request: web.Request) -> web.Response:
    """``GET /desk``: the guide's page."""
    who = await accounts.visitor(request)
    if who is None or who.must_change:
        raise web.HTTPSeeOther("/login")
    if who.role not in {"guide", "lead", "admin"}:
        raise web.HTTPForbidden
    front = request.app[FRONT]
    staff = front.staff()
    guide = staff.guides.get(who.guide or "")
    store = staff.stores.get(who.store or "")
    shown = {
        "user": who,
        "called": guide.name if guide else who.name,
        "role": _ROLES[who.role],
        "store": store.name if store else (who.store or ("全部门店" if who.sees_all else "未分门店")),
    }
    return aiohttp_jinja2.render_template("desk.html", request, shown)


async def favicon(request: web.Request) -> web.StreamResponse:
    """``GET /favicon.ico``: the same picture, for browsers that do not read the page's own link."""
    del request
    return web.FileResponse(WEB / "static" / "logo.svg", headers={"Content-Type": "image/svg+xml"})
