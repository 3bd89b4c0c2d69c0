"""账号: who may sign in and as what, for admins; and everybody's own sign-ins."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Final
from urllib.parse import quote

from aiohttp import web

from bot.brand import Staff
from bot.db import accounts as kept
from bot.db import users
from bot.db.accounts import Account, Duties
from bot.db.users import User
from bot.errors import BadRequestError
from bot.front import accounts, console_forms, console_shell, limits
from bot.front.console_forms import Fields
from bot.front.context import FRONT, LIMITER

ROLES: Final[Mapping[str, tuple[str, str]]] = {
    "guide": ("导购", "在导购台接待顾客，写自己的话"),
    "lead": ("店长", "管一家店；不选门店就是总部的店长，能发布全部内容"),
    "editor": ("运营", "写草稿，不能发布"),
    "admin": ("管理员", "什么都能做，也能管账号"),
}
_ALL: Final = ("guide", "lead", "editor", "admin")
_ORDERS: Final = {"last": "最近登录的在前", "new": "新开的在前", "role": "按角色"}
_STATES: Final = {"open": "在用的", "new": "还没登录过的", "closed": "停用的"}


async def page(request: web.Request) -> web.Response:
    """``GET /console/accounts?q=&role=&store=&state=``: all accounts; for htmx the list alone."""
    who = await console_shell.visitor(request, "admin")
    front, query = request.app[FRONT], request.query
    staff = front.staff()
    found = _ordered((one for one in await kept.accounts(front.engine, front.clock.now()) if _wanted(one, query, staff)), query)
    told = {
        "name": "账号",
        "here": "/console/accounts",
        "accounts": found,
        "query": {name: one for name, one in query.items() if one},
        "states": _STATES,
        "orders": _ORDERS,
        **_words(staff),
    }
    part = "console_accounts_rows.html" if console_shell.partly(request) else "console_accounts.html"
    return console_shell.page(request, part, who, told)


def _wanted(one: Account, query: Mapping[str, str], staff: Staff) -> bool:
    guide = staff.guides.get(one.guide or "")
    words = query.get("q", "").strip().casefold()
    state = "closed" if one.disabled else "new" if one.one_time else "open"
    return (
        words in f"{one.name} {one.guide or ''} {guide.name if guide else ''}".casefold()
        and query.get("role", "") in {"", one.role}
        and query.get("store", "") in {"", one.store or (guide.store if guide else "")}
        and (query.get("state", "") in {"", state} or (query.get("state") == "open" and state == "new"))
    )


def _ordered(found: Iterable[Account], query: Mapping[str, str]) -> list[Account]:
    """As they came (by name, closed ones last), or as it is asked for."""
    order = query.get("order", "")
    if order == "last":
        return sorted(found, key=lambda one: (one.last_at is not None, one.last_at or one.created_at), reverse=True)
    if order == "new":
        return sorted(found, key=lambda one: one.created_at, reverse=True)
    return sorted(found, key=lambda one: _ALL.index(one.role)) if order == "role" else list(found)


def _words(staff: Staff) -> dict[str, object]:
    return {
        "roles": ROLES,
        "stores": [(one.id, one.name) for one in staff.stores.values()],
        "guides": [(one.id, f"{one.name}（{_shop(one.store, staff)}）") for one in staff.guides.values()],
        "guide_names": {one.id: one.name for one in staff.guides.values()},
        "shop": lambda store: _shop(store, staff),
    }


def _shop(store: str | None, staff: Staff) -> str:
    found = staff.stores.get(store or "")
    return found.name if found else store or "没有门店"


async def export(request: web.Request) -> web.Response:
    """``GET /console/export/accounts``: the list as it is filtered, as CSV."""
    who = await accounts.user(request, "admin")
    await request.app[LIMITER].count(limits.EXPORT, who.name)
    front = request.app[FRONT]
    staff, now = front.staff(), front.clock.now().astimezone(front.brand().zone)
    rows = [
        (
            one.name,
            ROLES[one.role][0],
            one.guide or "",
            _shop(one.store, staff) if one.store else "",
            "停用" if one.disabled else "还没登录过" if one.one_time else "在用",
            one.logins,
            console_shell.when(one.last_at, now) if one.last_at else "",
            console_shell.when(one.created_at, now),
        )
        for one in _ordered(
            (one for one in await kept.accounts(front.engine, now) if _wanted(one, request.query, staff)), request.query
        )
    ]
    return console_shell.table("账号", ("用户名", "角色", "导购编号", "门店", "状态", "几处登录着", "最近登录", "开号"), rows)


async def detail(request: web.Request) -> web.Response:
    """``GET /console/accounts/{name}``: what an account may do, where it is signed in."""
    who = await console_shell.visitor(request, "admin")
    return await _one(request, who, request.match_info["name"])


async def _one(request: web.Request, who: User, name: str, **more: object) -> web.Response:
    front = request.app[FRONT]
    now = front.clock.now()
    one = await kept.account(front.engine, name, now)
    told = {
        "name": name,
        "here": "/console/accounts",
        "one": one,
        "logins": await kept.logins(front.engine, name, now, request.cookies.get(accounts.COOKIE, "")),
        "own": name == who.name,
        **_words(front.staff()),
        **more,
    }
    part = "console_account_sheet.html" if console_shell.partly(request) else "console_account.html"
    return console_shell.page(request, part, who, told)


def duties(form: Fields, staff: Staff) -> Duties:
    """What a form gives an account; raises BadRequestError where that cannot be.

    A guide's store is the guide's own. An editor and an admin have none.
    """
    role, guide = console_forms.words(form, "role"), console_forms.words(form, "guide").strip()
    store = console_forms.words(form, "store").strip()
    if role not in ROLES:
        raise BadRequestError("选一个角色")
    if role == "guide" and not guide:
        raise BadRequestError("导购的账号要选是哪位导购；列表里没有，先到「导购与班次」里加上并发布")
    if guide and guide not in staff.guides:
        raise BadRequestError(f"没有编号是 {guide} 的导购，先到「导购与班次」里加上并发布")
    if store and store not in staff.stores:
        raise BadRequestError(f"没有编号是 {store} 的门店")
    if role == "admin":
        return Duties(role, guide or None, None)
    home = staff.guides[guide].store if guide else ""
    if home and store and home != store:
        raise BadRequestError(f"{staff.guides[guide].name}在{_shop(home, staff)}，和选的门店不一样；门店留空就按导购的来")
    return Duties(role, guide or None, home or store or None)


async def add(request: web.Request) -> web.Response:
    """``POST /console/accounts``: a new account; its one-time password is shown here and nowhere else."""
    who = await accounts.user(request, "admin")
    front, form = request.app[FRONT], await request.post()
    name = console_forms.words(form, "name").strip()
    wish = duties(form, front.staff())
    once = await users.add_user(front.engine, name, wish.role, wish.guide, wish.store, by=who.name)
    answer = console_shell.page(request, "console_account_once.html", who, {"account": name, "once": once, "fresh": True})
    answer.headers["HX-Trigger"] = "accounts"
    return answer


_Deed = Callable[[web.Request, User, str], Awaitable[web.Response]]


async def do(request: web.Request) -> web.Response:
    """``POST /console/accounts/{name}/{act}``: change, disable, enable, reset, end."""
    who = await accounts.user(request, "admin")
    return await _DEEDS[request.match_info["act"]](request, who, request.match_info["name"])


async def _change(request: web.Request, who: User, name: str) -> web.Response:
    front = request.app[FRONT]
    wish = duties(await request.post(), front.staff())
    changed = await kept.change(front.engine, name, wish, who.name, front.clock.now())
    if changed and name == who.name:
        return web.Response(status=204, headers={"HX-Redirect": "/login"})
    words = f"{name} 改好了，要重新登录才生效" if changed else "没有变化"
    return console_shell.saying(await _one(request, who, name), words)


async def _disable(request: web.Request, who: User, name: str) -> web.Response:
    front = request.app[FRONT]
    await kept.set_disabled(front.engine, name, who.name, front.clock.now(), disabled=True)
    undo = f"/console/accounts/{quote(name, safe='')}/enable"
    return console_shell.saying(await _one(request, who, name), f"{name} 停用了，登录着的地方都退出了", undo=undo)


async def _enable(request: web.Request, who: User, name: str) -> web.Response:
    front = request.app[FRONT]
    await kept.set_disabled(front.engine, name, who.name, front.clock.now(), disabled=False)
    answer = console_shell.saying(await _one(request, who, name), f"{name} 可以登录了")
    if request.headers.get("HX-Target") != "sheet":  # taken back from a toast, wherever that stood
        answer.headers["HX-Refresh"] = "true"
    return answer


async def _reset(request: web.Request, who: User, name: str) -> web.Response:
    if name == who.name:
        raise BadRequestError("自己的密码到「改密码」里改", status=409, code="own_account")
    once = await users.reset_password(request.app[FRONT].engine, name, by=who.name)
    return await _one(request, who, name, once=once)


async def _end(request: web.Request, who: User, name: str) -> web.Response:
    front = request.app[FRONT]
    keep = request.cookies.get(accounts.COOKIE, "") if name == who.name else None
    ended = await kept.end_logins(front.engine, name, who.name, front.clock.now(), keep)
    words = f"{ended} 处登录失效了" if ended else "没有别的登录"
    return console_shell.saying(await _one(request, who, name), words)


_DEEDS: Final[Mapping[str, _Deed]] = {
    "change": _change,
    "disable": _disable,
    "enable": _enable,
    "reset": _reset,
    "end": _end,
}


# --- one's own


async def own(request: web.Request) -> web.Response:
    """``GET /console/me``: where one is signed in."""
    who = await console_shell.visitor(request, *_ALL)
    return await _own(request, who)


async def _own(request: web.Request, who: User) -> web.Response:
    front = request.app[FRONT]
    found = await kept.logins(front.engine, who.name, front.clock.now(), request.cookies.get(accounts.COOKIE, ""))
    told = {"name": "我的登录", "here": "/console/me", "logins": found, "roles": ROLES}
    part = "console_me_logins.html" if console_shell.partly(request) else "console_me.html"
    return console_shell.page(request, part, who, told)


async def end_own(request: web.Request) -> web.Response:
    """``POST /console/me/end``: one sign-in of one's own (``mark``), or all others."""
    who = await accounts.user(request)
    front, form = request.app[FRONT], await request.post()
    mark, cookie = console_forms.words(form, "mark"), request.cookies.get(accounts.COOKIE, "")
    if mark:
        words = "那一处退出了" if await kept.end_login(front.engine, who.name, mark, front.clock.now()) else "那一处早就退出了"
    else:
        ended = await kept.end_logins(front.engine, who.name, who.name, front.clock.now(), cookie)
        words = f"{ended} 处退出了，只剩这里" if ended else "没有别的登录"
    if await users.signed_in(front.engine, cookie, front.clock.now()) is None:
        return web.Response(status=204, headers={"HX-Redirect": "/login"})
    return console_shell.saying(await _own(request, who), words)


def routes() -> list[web.RouteDef]:
    """Pages and deeds of accounts."""
    one = "/console/accounts/{name}"
    return [
        web.get("/console/accounts", page),
        web.post("/console/accounts", add),
        web.get("/console/export/accounts", export),
        web.get(one, detail),
        web.post(one + f"/{{act:{'|'.join(_DEEDS)}}}", do),
        web.get("/console/me", own),
        web.post("/console/me/end", end_own),
    ]
