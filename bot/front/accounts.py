"""Signing in and out: a cookie that scripts cannot read, and a CSRF token for every call that changes something."""

from dataclasses import replace

from aiohttp import web

from bot.brand import Staff
from bot.db import users
from bot.db.users import User
from bot.errors import BadRequestError
from bot.front import devices, limits, reading, shapes
from bot.front.chat import json
from bot.front.context import FRONT, LIMITER, caller, is_https

COOKIE = "daogou_session"
CSRF = "X-CSRF-Token"


async def visitor(request: web.Request) -> User | None:
    """Who is signed in, for pages; None for nobody."""
    front = request.app[FRONT]
    found = await users.signed_in(front.engine, request.cookies.get(COOKIE, ""), front.clock.now())
    return None if found is None else _placed(found, front.staff())


def _placed(who: User, staff: Staff) -> User:
    """A guide's account follows the guide: who went to another shop sees the customers of that one, not of the old one."""
    guide = staff.guides.get(who.guide or "")
    moved = guide is not None and bool(guide.store and who.store) and guide.store != who.store
    return replace(who, store=guide.store) if guide is not None and moved else who


async def user(request: web.Request, *roles: users.Role, fresh: bool = True) -> User:
    """Who calls, allowed to: with one of ``roles`` if any are named, with the CSRF token if something is to change.

    ``fresh`` refuses whoever still has the one-time password.

    Raises:
        BadRequestError: 401 for nobody, 403 otherwise.
    """
    who = await visitor(request)
    if who is None:
        raise BadRequestError("请先登录", status=401, code="unauthorized")
    if request.method not in {"GET", "HEAD"} and not users.equal(request.headers.get(CSRF, ""), who.csrf):
        raise BadRequestError("页面过期了，请刷新后再试", status=403, code="csrf")
    if fresh and who.must_change:
        raise BadRequestError("请先改掉一次性密码", status=403, code="password_change_required")
    if roles and who.role not in roles:
        raise BadRequestError("没有权限", status=403, code="forbidden")
    return who


async def sign_in(request: web.Request) -> web.Response:
    """``POST /api/login {"name","password"}`` → the session cookie and ``{"csrf"}``."""
    _same_origin(request)
    told = await reading.shaped(request, shapes.Credentials)
    front, limiter, address = request.app[FRONT], request.app[LIMITER], caller(request)
    await limiter.count(limits.LOGIN_ADDRESS, address)
    await limiter.count(limits.LOGIN_NAME, users.fingerprint(told.name))
    found = await users.sign_in(front.engine, told.name, told.password, front.clock.now(), devices.place(request))
    if found is None:
        raise BadRequestError("用户名或密码不对", status=401, code="wrong_password")
    await limiter.forget(limits.LOGIN_NAME, users.fingerprint(told.name))
    await limiter.forget(limits.LOGIN_ADDRESS, address)
    answer = json({"csrf": found.user.csrf, **_shown(found.user)})
    answer.set_cookie(
        COOKIE,
        found.token,
        max_age=int(users.STAY.total_seconds()),
        path="/",
        httponly=True,
        samesite="Lax",
        secure=is_https(request),
    )
    return answer


async def sign_out(request: web.Request) -> web.Response:
    """``POST /api/logout``."""
    await user(request, fresh=False)
    await users.sign_out(request.app[FRONT].engine, request.cookies.get(COOKIE, ""))
    answer = web.Response(status=204)
    answer.del_cookie(COOKIE, path="/")
    return answer


async def me(request: web.Request) -> web.Response:
    """``GET /api/me``."""
    who = await user(request, fresh=False)
    return json({"csrf": who.csrf, **_shown(who)})


async def change_password(request: web.Request) -> web.Response:
    """``POST /api/password {"password","new"}``; every other sign-in ends."""
    who = await user(request, fresh=False)
    front, limiter = request.app[FRONT], request.app[LIMITER]
    told = await reading.shaped(request, shapes.NewPassword)
    if told.new in {told.password, who.name}:
        raise BadRequestError("新密码不能和旧密码或用户名一样", code="weak_password")
    await limiter.count(limits.LOGIN_NAME, users.fingerprint(who.name))
    keep = request.cookies.get(COOKIE, "")
    if not await users.change_password(front.engine, who.name, (told.password, told.new), keep, front.clock.now()):
        raise BadRequestError("现在的密码不对", status=401, code="wrong_password")
    await limiter.forget(limits.LOGIN_NAME, users.fingerprint(who.name))
    return web.Response(status=204)


def _shown(who: User) -> dict[str, object]:
    return {"name": who.name, "role": who.role, "guide": who.guide, "store": who.store, "must_change": who.must_change}


def _same_origin(request: web.Request) -> None:
    """Nobody is signed in from a foreign page (login CSRF)."""
    origin = request.headers.get("Origin")
    if origin is not None and origin.partition("://")[2] != request.host:
        raise BadRequestError("只能从本站登录", status=403, code="csrf")
