"""话术 and 知识 in the console: lists that search, filter and sort, the editor of one, its history, tables for Excel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, Literal, cast

from aiohttp import web

from bot.db.users import User
from bot.errors import BadRequestError
from bot.front import accounts, console_desk, console_forms, console_pages, console_shell, limits, reading
from bot.front.console import WRITERS
from bot.front.context import LIMITER

if TYPE_CHECKING:
    from bot.editing.desk import Editing
    from bot.editing.model import Opened, Row, Version

Sort = Literal["scripts", "entries"]
KIND: Final[Mapping[str, Literal["script", "entry"]]] = {"scripts": "script", "entries": "entry"}
NAMES: Final[Mapping[str, str]] = {"scripts": "话术", "entries": "知识"}
PAGE: Final = 60
LEVELS: Final = ("总部", "区域", "店", "个人")
_SORTED: Final = {"id": "按编号", "title": "按内容", "new": "最近改的在前", "findings": "有问题的在前"}
_STATES: Final = {"draft": "草稿", "proposed": "等审核", "approved": "已批准"}


async def listing(request: web.Request) -> web.Response:
    """``GET /console/{scripts|entries}``: the list; for htmx its rows alone."""
    who = await console_pages.writer(request)
    desk, sort = await console_desk.editing(request), sort_of(request)
    found = await _rows(request, desk, sort)
    skip = reading.number(request, "skip", 0, 0, 100_000)
    query = {name: told for name, told in request.query.items() if name != "skip" and told}
    told = {
        "sort": sort,
        "name": NAMES[sort],
        "here": f"/console/{sort}",
        "rows": [shown(one) for one in found[skip : skip + PAGE]],
        "total": len(found),
        "next": skip + PAGE if skip + PAGE < len(found) else None,
        "skip": skip,
        "query": query,
        "address": str(request.rel_url.with_query(query)),
        "sorts": _SORTED,
        "choices": await desk.choices(),
    }
    part = "console_scripts_rows.html" if console_shell.partly(request) else "console_scripts.html"
    return console_shell.page(request, part, who, told)


async def export(request: web.Request) -> web.Response:
    """``GET /console/export/{scripts|entries}``: the list as it is filtered, as CSV."""
    who = await accounts.user(request, *WRITERS)
    await request.app[LIMITER].count(limits.EXPORT, who.name)
    desk, sort = await console_desk.editing(request), sort_of(request)
    found = [shown(one) for one in await _rows(request, desk, sort)]
    head = {"id": "编号", "family": "类别", "title": "内容", "more": "更多", "scope": "谁用", "channels": "渠道", "state": "状态"}
    head |= {"blocks": "要改", "warns": "提醒"}
    lines = [["、".join(told) if isinstance(told := one[name], list) else told for name in head] for one in found]
    return console_shell.table(NAMES[sort], tuple(head.values()), lines)


async def _rows(request: web.Request, desk: Editing, sort: str) -> list[Row]:
    query = request.query
    rows = [one for one in await desk.rows([KIND[sort]], console_desk.today(request)) if _wanted(one, query)]
    order = query.get("order", "")
    if order == "findings":
        rows.sort(key=lambda one: (-one.blocks, -one.warns, one.id))
    elif order == "new":
        rows.sort(key=lambda one: (0 if one.draft is None else -_at(one), one.id))
    elif order == "title":
        rows.sort(key=lambda one: (str(shown(one)["title"]), one.id))
    return rows


def _at(row: Row) -> float:
    moment = row.draft and (row.draft.updated_at or row.draft.created_at)
    return moment.timestamp() if moment else 0.0


def _wanted(row: Row, query: Mapping[str, str]) -> bool:
    one = shown(row)
    words = query.get("q", "").strip().casefold()
    haystack = f"{row.id}\n{_texts(row.value)}".casefold()
    return (
        all(word in haystack for word in words.split())
        and query.get("family", "") in {"", one["family"]}
        and query.get("scope", "") in {"", one["level"]}
        and (not query.get("channel") or query["channel"] in cast("list[str]", one["channels"]))
        and (query.get("state") != "draft" or row.draft is not None)
        and (query.get("state") != "live" or row.live is not None)
        and (query.get("state") != "findings" or bool(row.blocks or row.warns))
    )


def _texts(value: object) -> str:
    if isinstance(value, Mapping):
        return "\n".join(_texts(one) for one in value.values())
    if isinstance(value, list | tuple):
        return "\n".join(_texts(one) for one in value)
    return value if isinstance(value, str) else ""


def shown(row: Row) -> dict[str, object]:
    """A row as lists show it."""
    value = row.value
    scope = value.get("scope")
    level = str(scope.get("level", "总部")) if isinstance(scope, Mapping) else "总部"
    of = str(scope.get("of", "")) if isinstance(scope, Mapping) else ""
    parts = console_forms.listed(value.get("variants"))
    asked = value.get("questions")
    questions = [str(one) for one in asked] if isinstance(asked, list) else []
    script = row.kind == "script"
    title = str(parts[0].get("text", "")) if script and parts else (questions or [""])[0] if not script else ""
    more = f"{len(parts)} 种说法" if script else str(value.get("answer", ""))
    return {
        "id": row.id,
        "family": str(value.get("family", "")) if script else "、".join(_strings(value.get("tags"))),
        "title": title,
        "more": more,
        "count": len(parts) if script else len(questions),
        "scope": level if level == "总部" else f"{level} {of}",
        "level": level,
        "channels": _channels(value, parts),
        "state": _state(row),
        "mark": "leaves" if row.leaves else row.draft.state if row.draft else "live",
        "blocks": row.blocks,
        "warns": row.warns,
        "author": row.draft.last_author if row.draft else "",
        "at": (row.draft.updated_at or row.draft.created_at) if row.draft else None,
        "until": value.get("valid_until"),
    }


def _state(row: Row) -> str:
    if row.draft is None:
        return "线上"
    if row.leaves:
        return "要拿掉"
    return f"{'新写的' if row.live is None else '改过'} · {_STATES.get(row.draft.state, row.draft.state)}"


def _strings(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list | tuple) else []


def _channels(value: Mapping[str, object], parts: Sequence[Mapping[str, object]]) -> list[str]:
    found: list[str] = []
    for one in (value, *parts):
        inside = one.get("audience")
        found += [*_strings(one.get("channels")), *(_strings(inside.get("channels")) if isinstance(inside, Mapping) else [])]
    return sorted(set(found))


async def new(request: web.Request) -> web.Response:
    """``GET /console/new/{scripts|entries}``: an empty form; ``extends`` and ``store`` begin a shop's own version."""
    who = await console_pages.writer(request)
    desk, sort = await console_desk.editing(request), sort_of(request)
    value: dict[str, object] = {"id": "", "family": "咨询问答", "variants": [{"text": ""}]} if sort == "scripts" else {"id": ""}
    if who.store:
        value["scope"] = {"level": "店", "of": who.store}
    extended = request.query.get("extends", "")
    if sort == "scripts" and extended:
        value |= {"id": f"{extended}-{who.store or 'own'}".lower(), "extends": extended}
    if question := request.query.get("question", "").strip():
        value["questions"] = [question[:200]]
    return await form(request, who, desk, (sort, "", value, None))


async def editor(request: web.Request) -> web.Response:
    """``GET /console/{scripts|entries}/{item}``: the editor."""
    who = await console_pages.writer(request)
    desk, sort = await console_desk.editing(request), sort_of(request)
    opened = await desk.opened(KIND[sort], request.match_info["item"])
    return await form(request, who, desk, (sort, opened.id, opened.value, opened))


async def form(
    request: web.Request, who: User, desk: Editing, what: tuple[str, str, Mapping[str, object], Opened | None]
) -> web.Response:
    """The editor of a thing (sort, id, what the form shows, how it was opened)."""
    sort, id_, value, opened = what
    kind = KIND[sort]
    writes = await desk.may_write(who, kind, value) and (opened is None or await desk.may_write(who, kind, opened.live or value))
    told = {
        "sort": sort,
        "item": id_,
        "here": f"/console/{sort}",
        "name": f"{'改' if id_ else '新写一条'}{NAMES[sort]}" if writes else f"看{NAMES[sort]}",
        "opened": opened,
        "writes": writes,
        "own": who.store and not writes,
        **(await form_told(desk, sort, value)),
    }
    return console_shell.page(request, "console_script.html" if sort == "scripts" else "console_entry.html", who, told)


async def form_told(desk: Editing, sort: str, value: Mapping[str, object]) -> dict[str, object]:
    """What the fields of a form need."""
    return {
        "sort": sort,
        "value": value,
        "choices": await desk.choices(),
        "week": console_forms.WEEK,
        "levels": LEVELS,
        "attached": console_forms.ATTACHED,
        "placeholders": desk.placeholders(value) if sort == "scripts" else (),
    }


async def history(request: web.Request) -> web.Response:
    """``GET /console/{scripts|entries}/{item}/history?old=&new=``: who changed what, when and why; two versions compared."""
    who = await console_pages.writer(request)
    desk, sort = await console_desk.editing(request), sort_of(request)
    item = request.match_info["item"]
    found = await desk.history(KIND[sort], item)
    new_, old = _picked(found, request.query.get("new", "")), _picked(found, request.query.get("old", ""), 1)
    compared = () if old is None or new_ is None else desk.compared(old.value, new_.value)
    told = {
        "sort": sort,
        "item": item,
        "name": f"{NAMES[sort]}的历史",
        "here": f"/console/{sort}",
        "versions": found,
        "old": old,
        "new": new_,
        "fields": compared,
    }
    return console_shell.page(request, "console_scripts_history.html", who, told)


def _picked(found: Sequence[Version], name: str, otherwise: int = 0) -> Version | None:
    chosen = next((one for one in found if one.name == name), None)
    if name and chosen is None:
        raise BadRequestError("没有这个版本", status=404, code="not_found")
    return chosen or (found[otherwise] if otherwise < len(found) else None)


def sort_of(request: web.Request) -> str:
    """``scripts`` or ``entries``, whichever the address names."""
    return request.match_info.get("sort") or request.path.split("/")[2]


def routes() -> list[web.RouteDef]:
    """Pages of scripts and entries."""
    one = r"/console/{sort:scripts|entries}/{item}"
    return [
        web.get("/console/scripts", listing),
        web.get("/console/entries", listing),
        web.get(r"/console/export/{sort:scripts|entries}", export),
        web.get(r"/console/new/{sort:scripts|entries}", new),
        web.get(one, editor),
        web.get(one + "/history", history),
    ]
