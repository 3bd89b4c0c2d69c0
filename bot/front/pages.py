"""The pages: the shopper's chat, the guide's desk, WeCom's sidebar, signing in; and what makes the desk installable."""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import aiohttp_jinja2
import jinja2
from aiohttp import web

from bot.db.users import User
from bot.front import accounts, faults
from bot.front.context import FRONT

WEB = Path(__file__).parent.parent / "web"
_ROLES = {"guide": "导购", "lead": "店长", "editor": "运营", "admin": "管理员"}

_SHELL = ("daogou.css", "desk.css", "desk-talk.css", "desk-sheets.css", "desk-orders.css", "dom.js", "logo.svg")
"""Beside the desk's modules: what its page needs to open without a line."""
_WECOM = ("https://res.wx.qq.com", "https://open.work.weixin.qq.com")
"""Whence WeCom's JS-SDK comes; only the sidebar's page may load it."""
_NEXT = re.compile(r"/(?:desk|sidebar|console(?:/[\w%~=-][\w%~=.-]*)*)(?:\?[\w=&%.~+-]*)?")
"""Where one may be sent after signing in: our own pages and nothing else."""
MODULES: web.AppKey[str] = web.AppKey("desk_modules", str)
"""Fingerprint of the desk's modules, which is a folder of their address: what imports the other finds the same version."""
CHAT_MODULES: web.AppKey[str] = web.AppKey("chat_modules", str)
"""The same of the shopper's modules."""


MARKS: web.AppKey[Mapping[str, str]] = web.AppKey("static_marks", Mapping)
"""Fingerprint of each script, style sheet and picture."""


def _address(marks: Mapping[str, str], name: str) -> str:
    """Where a static file lies for ever: another content has another address."""
    return f"/static/{name}?v={marks[name]}"


def _fingerprints(folder: Path) -> dict[str, str]:
    """A short hash of each script and style sheet: a changed file has a new address, so browsers may keep the old for ever."""
    return {
        path.name: hashlib.blake2b(path.read_bytes(), digest_size=6).hexdigest()
        for path in folder.iterdir()
        if path.suffix in {".js", ".css", ".svg"}
    }


def _modules(folder: Path) -> str:
    """One short hash of all modules of a page."""
    mark = hashlib.blake2b(digest_size=6)
    for path in sorted(folder.glob("*.js")):
        mark.update(path.name.encode() + b"\0" + path.read_bytes())
    return mark.hexdigest()


def prepare(app: web.Application) -> None:
    """Templates and static files."""
    marks = app[MARKS] = _fingerprints(WEB / "static")
    environment = aiohttp_jinja2.setup(
        app, loader=jinja2.FileSystemLoader(WEB / "templates"), autoescape=True, undefined=jinja2.StrictUndefined
    )
    environment.globals["asset"] = lambda name: _address(marks, name)
    modules = app[MODULES] = _modules(WEB / "static" / "desk")
    environment.globals["module"] = lambda name: f"/desk/assets/{modules}/{name}"
    talking = app[CHAT_MODULES] = _modules(WEB / "static" / "chat")
    environment.globals["chat_module"] = lambda name: f"/chat/assets/{talking}/{name}"
    environment.globals["brand"] = app[FRONT].brand
    app.router.add_static("/static", WEB / "static", append_version=False)


async def chat(request: web.Request) -> web.Response:
    """``GET /chat``: the shopper's page; with ``room`` that of a group room, or of making one (``room=new``)."""
    return aiohttp_jinja2.render_template("room.html" if request.query.get("room") else "chat.html", request, {})


async def sign_in(request: web.Request) -> web.Response:
    """``GET /login``: sign in, or replace the one-time password."""
    who = await accounts.visitor(request)
    if who is not None and not who.must_change:
        wanted = request.query.get("next", "")
        home = "/console" if who.role == "editor" else "/desk"
        shut = {"editor": ("/desk", "/sidebar"), "guide": ("/console",)}.get(who.role, ())
        raise web.HTTPSeeOther(wanted if _NEXT.fullmatch(wanted) and not wanted.startswith(shut) else home)
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
    who = await _staff(request)
    return aiohttp_jinja2.render_template("desk.html", request, _named(request, who))


async def sidebar(request: web.Request) -> web.Response:
    """``GET /sidebar?account=``: the open talk alone, as a page in WeCom's sidebar; it alone may load WeCom's SDK."""
    who = await _staff(request)
    account = request.query.get("account", "")
    answer = aiohttp_jinja2.render_template("sidebar.html", request, {**_named(request, who), "account": account})
    answer.headers["Content-Security-Policy"] = faults.policy(_WECOM)
    return answer


async def _staff(request: web.Request) -> User:
    """Whoever serves shoppers; others are sent to sign in, or told that this is not theirs."""
    who = await accounts.visitor(request)
    if who is None or who.must_change:
        raise web.HTTPSeeOther(f"/login?next={quote(request.path_qs, safe='')}" if request.path != "/desk" else "/login")
    if who.role not in {"guide", "lead", "admin"}:
        raise web.HTTPForbidden
    return who


def _named(request: web.Request, who: User) -> Mapping[str, object]:
    """What the page calls its user."""
    staff = request.app[FRONT].staff()
    guide = staff.guides.get(who.guide or "")
    store = staff.stores.get(who.store or "")
    return {
        "user": who,
        "called": guide.name if guide else who.name,
        "role": _ROLES[who.role],
        "store": store.name if store else (who.store or ("全部门店" if who.sees_all else "未分门店")),
    }


async def shell(request: web.Request) -> web.Response:
    """``GET /desk/shell``: the desk without anybody in it, for a device that has no line; the service worker keeps it."""
    nobody = {"user": None, "called": "导购台", "role": "", "store": "没有连上网"}
    return aiohttp_jinja2.render_template("desk.html", request, nobody)


async def module(request: web.Request) -> web.StreamResponse:
    """``GET /{desk|chat}/assets/{mark}/{name}``: a module of a page, for ever under its mark; under an old mark only for now."""
    page, key = ("chat", CHAT_MODULES) if request.path.startswith("/chat/") else ("desk", MODULES)
    path = WEB / "static" / page / request.match_info["name"]
    if not path.is_file():
        raise web.HTTPNotFound
    lasting = request.match_info["mark"] == request.app[key]
    return web.FileResponse(path, headers={"Cache-Control": "public, max-age=31536000, immutable" if lasting else "no-store"})


async def worker(request: web.Request) -> web.Response:
    """``GET /desk-worker.js``: the service worker, new whenever the shell is."""
    marks, modules = request.app[MARKS], request.app[MODULES]
    files = sorted(path.name for path in (WEB / "static" / "desk").glob("*.js") if path.name != "sidebar.js")
    kept = [*(_address(marks, name) for name in _SHELL), *(f"/desk/assets/{modules}/{name}" for name in files)]
    page = (WEB / "templates" / "desk.html", WEB / "templates" / "desk_talk.html", WEB / "templates" / "base.html")
    version = hashlib.blake2b("\n".join([*kept, *(one.read_text(encoding="utf-8") for one in page)]).encode(), digest_size=6)
    answer = aiohttp_jinja2.render_template("desk-worker.js", request, {"version": version.hexdigest(), "shell": kept})
    answer.content_type = "text/javascript"
    answer.headers["Cache-Control"] = "no-cache"
    return answer


async def manifest(request: web.Request) -> web.Response:
    """``GET /desk.webmanifest`` (W3C Web Application Manifest): the desk as an app on a phone's home screen."""
    brand = request.app[FRONT].brand()
    icon = "/static/logo.svg"
    told = {
        "id": "/desk",
        "name": f"{brand.name}导购台",
        "short_name": "导购台",
        "lang": "zh-CN",
        "start_url": "/desk",
        "scope": "/desk",
        "display": "standalone",
        "background_color": "#fbf5f0",
        "theme_color": "#fbf5f0",
        "icons": [{"src": icon, "sizes": "any", "type": "image/svg+xml", "purpose": purpose} for purpose in ("any", "maskable")],
    }
    return web.json_response(told, content_type="application/manifest+json")


async def favicon(request: web.Request) -> web.StreamResponse:
    """``GET /favicon.ico``: the same picture, for browsers that do not read the page's own link."""
    del request
    return web.FileResponse(WEB / "static" / "logo.svg", headers={"Content-Type": "image/svg+xml"})
