"""草稿: what waits for a release, what each would change; asking for approval and giving it, setting aside, taking up again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final, get_args

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db import drafts
from bot.db.drafts import OPEN, Draft, State
from bot.db.users import User
from bot.errors import BadRequestError
from bot.front import accounts, console_desk, console_pages, console_shell
from bot.front.console import PUBLISHERS, WRITERS
from bot.front.context import FRONT
from bot.kinds import NAMES

if TYPE_CHECKING:
    from bot.editing.desk import Editing
    from bot.editing.model import Change

STATES: Final[Mapping[str, str]] = {
    "draft": "草稿",
    "proposed": "等审核",
    "approved": "已批准",
    "published": "已发布",
    "dismissed": "不要了",
}
SORTS: Final[Mapping[str, str]] = {
    "script": "scripts", "entry": "entries", "training": "training", "spelling": "words", "product": "products", "tag": "tags",
    "rule": "rules", "brand": "settings", "store": "stores", "guide": "guides", "macro": "macros",
}  # fmt: skip
"""Kind → the address of its editor; other kinds have pages of their own."""
PAGES: Final[Mapping[str, str]] = {
    "script": "/console/scripts",
    "entry": "/console/entries",
    "training": "/console/training",
    "product": "/console/products",
    "tag": "/console/tags",
    "rule": "/console/rules",
    "store": "/console/staff",
    "guide": "/console/staff",
    "macro": "/console/staff",
}
WHAT: Final = {"added": "新的", "removed": "拿掉", "changed": "改动", "same": "和线上一样"}


async def listing(request: web.Request) -> web.Response:
    """``GET /console/drafts?state=&kind=&who=&order=``: open drafts with what each would change, to be ticked for a release."""
    who = await console_pages.writer(request)
    desk = await console_desk.editing(request)
    changes = await _changes(request, desk)
    refused = {one.id: why for one, why in await desk.may_publish(who, [one.draft for one in changes])}
    told = {
        "changes": changes,
        "refused": refused,
        "publishes": who.role in PUBLISHERS,
        "four_eyes": request.app[FRONT].brand().publishing.four_eyes,
        "query": request.query,
        "kinds": names(),
        **words(),
    }
    part = "console_drafts_rows.html" if console_shell.partly(request) else "console_drafts.html"
    return console_shell.page(request, part, who, told)


async def _changes(request: web.Request, desk: Editing) -> Sequence[Change]:
    query = request.query
    state, kind = query.get("state", ""), query.get("kind", "")
    states: Sequence[State] = [one for one in get_args(State) if one == state] or OPEN
    found = await drafts.drafts(request.app[FRONT].engine, states, [kind] if kind else None)
    by, told = query.get("who", ""), query.get("q", "").strip().casefold()
    wanted = [
        one for one in found
        if by in {"", one.author, one.last_author} and told in f"{one.item} {one.note} {one.origin} {one.value}".casefold()
    ]  # fmt: skip
    if query.get("order") == "id":
        wanted.sort(key=lambda one: (one.kind, one.item))
    return await desk.changes(wanted, console_desk.today(request))


async def export(request: web.Request) -> web.Response:
    """``GET /console/export/drafts``: the list as a table."""
    await accounts.user(request, *WRITERS)
    found = await _changes(request, await console_desk.editing(request))
    head = ("种类", "编号", "状态", "改了什么", "谁写的", "什么时候", "为什么", "要改", "提醒")
    rows = [
        (
            names().get(one.draft.kind, one.draft.kind),
            one.draft.item,
            STATES[one.draft.state],
            WHAT[one.what] + ("：" + "、".join(told.place for told in one.fields) if one.fields else ""),
            one.draft.last_author,
            console_shell.when(one.draft.updated_at or one.draft.created_at or request.app[FRONT].clock.now(), _now(request)),
            one.draft.note,
            sum(each.blocks for each in one.findings),
            sum(each.severity == "warn" and each.excepted is None for each in one.findings),
        )
        for one in found
    ]
    return console_shell.table("草稿", head, rows)


def _now(request: web.Request) -> datetime:
    front = request.app[FRONT]
    return front.clock.now().astimezone(front.brand().zone)


async def detail(request: web.Request) -> web.Response:
    """``GET /console/drafts/{draft}``: one draft: what it changes, its versions, what may be done with it."""
    who = await console_pages.writer(request)
    return await _shown(request, who, _number(request))


def _number(request: web.Request) -> int:
    return int(request.match_info["draft"])


async def _shown(request: web.Request, who: User, id_: int) -> web.Response:
    front, desk = request.app[FRONT], await console_desk.editing(request)
    draft = await drafts.draft(front.engine, id_)
    (change,) = await desk.changes([draft], console_desk.today(request))
    refused = {one.id: why for one, why in await desk.may_publish(who, [draft])}
    told = {
        "change": change,
        "saves": await drafts.saves(front.engine, id_),
        "publishes": refused.get(id_, "") if draft.state in OPEN else "这条草稿已经处理过了",
        "approves": await _no_approval(desk, who, draft),
        "open": draft.state in OPEN,
        "kinds": names(),
        **words(),
    }
    part = "console_draft_sheet.html" if console_shell.partly(request) else "console_draft.html"
    return console_shell.page(request, part, who, told)


async def _no_approval(desk: Editing, who: User, draft: Draft) -> str:
    """Why somebody may not approve a draft; empty where they may."""
    if who.name == draft.last_author:
        return "自己写的要请别人来批"
    return next((why for _, why in await desk.may_publish(who, [draft])), "")


async def deed(request: web.Request) -> web.Response:
    """``POST /console/drafts/{draft}/{propose|approve|reject|dismiss|recover|undo}``."""
    who = await accounts.user(request, *WRITERS)
    front, desk = request.app[FRONT], await console_desk.editing(request)
    draft = await drafts.draft(front.engine, _number(request))
    name, form = request.match_info["move"], await request.post()
    if name in {"approve", "reject"}:
        if why := next((told for _, told in await desk.may_publish(who, [draft])), ""):
            raise BadRequestError(why, status=403, code="scope")
    elif not await desk.may_change(who, draft):
        raise BadRequestError("这一条不归您管，请总部的同事来处理", status=403, code="scope")
    seen = form.get("version")
    version = int(seen) if isinstance(seen, str) and seen.isdigit() else draft.version
    said, undo = await _DEEDS[name](front.engine, draft, version, (who.name, front.clock.now()))
    answer = await _shown(request, who, draft.id)
    return console_shell.saying(answer, said, **({"undo": f"/console/drafts/{draft.id}/{undo}"} if undo else {}))


_By = tuple[str, datetime]
_Deed = Callable[[AsyncEngine, Draft, int, _By], Awaitable[tuple[str, str]]]


async def _propose(engine: AsyncEngine, draft: Draft, version: int, by: _By) -> tuple[str, str]:
    del version
    await drafts.propose(engine, draft.id, *by)
    return "已经提交，等别人批准", ""


async def _approve(engine: AsyncEngine, draft: Draft, version: int, by: _By) -> tuple[str, str]:
    await drafts.approve(engine, draft.id, version, *by)
    return "批准了，可以发布", ""


async def _reject(engine: AsyncEngine, draft: Draft, version: int, by: _By) -> tuple[str, str]:
    del version
    await drafts.reject(engine, draft.id, *by)
    return "退回给写的人了", ""


async def _dismiss(engine: AsyncEngine, draft: Draft, version: int, by: _By) -> tuple[str, str]:
    del version
    await drafts.dismiss(engine, draft.id, *by)
    return "这条草稿不要了，线上的没有变", "recover"


async def _recover(engine: AsyncEngine, draft: Draft, version: int, by: _By) -> tuple[str, str]:
    del version
    await drafts.recover(engine, draft.id, *by)
    return "草稿捡回来了", ""


async def _undo(engine: AsyncEngine, draft: Draft, version: int, by: _By) -> tuple[str, str]:
    await drafts.undo(engine, draft.id, version, *by)
    return "退回到上一次保存的样子", ""


_DEEDS: Final[Mapping[str, _Deed]] = {
    "propose": _propose,
    "approve": _approve,
    "reject": _reject,
    "dismiss": _dismiss,
    "recover": _recover,
    "undo": _undo,
}


def words() -> dict[str, object]:
    """What the templates call states and changes."""
    return {"states": STATES, "what": WHAT, "sorts": SORTS, "pages": PAGES}


def names() -> Mapping[str, str]:
    """Kind → what ops call it."""
    return {str(kind): told for kind, told in NAMES.items()}


def chosen(request: web.Request) -> list[int]:
    """The drafts that the address names; raises BadRequestError."""
    found = [int(one) for one in request.query.getall("draft", []) if one.isascii() and one.isdigit() and len(one) < 18]
    if not found:
        raise BadRequestError("先勾选要发布的草稿")
    return list(dict.fromkeys(found))[:200]


def routes() -> list[web.RouteDef]:
    """Pages and deeds of drafts."""
    one = r"/console/drafts/{draft:\d{1,18}}"
    return [
        web.get("/console/drafts", listing),
        web.get("/console/export/drafts", export),
        web.get(one, detail),
        web.post(one + f"/{{move:{'|'.join(_DEEDS)}}}", deed),
    ]
