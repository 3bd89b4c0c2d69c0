"""回放: every replay that was made, a new one for chosen drafts, how far it is, and what it found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from aiohttp import web

from bot.db import drafts, releases, replays
from bot.db.drafts import Draft
from bot.db.replays import Replay
from bot.errors import BadRequestError, ContentError
from bot.front import accounts, console_desk, console_drafts, console_forms, console_pages, console_publish, console_shell
from bot.front.console import WRITERS
from bot.front.context import FRONT

STATES: Final[Mapping[str, str]] = {
    "waiting": "在排队",
    "running": "正在回放",
    "done": "回放完了",
    "failed": "没有回放成",
    "cancelled": "停下了",
}
LASTS: Final = (500, 2000, 10_000)
MOST: Final = 50_000
SEVERITIES: Final[Mapping[str, str]] = {"red": "变坏", "amber": "留意", "grey": "小变化"}
_MOST_DRAFTS: Final = 200


async def listing(request: web.Request) -> web.Response:
    """``GET /console/replay?draft=…``: what was replayed, and a form for another one."""
    who = await console_pages.writer(request)
    front = request.app[FRONT]
    query = request.query
    found = await replays.listed(front.engine, front.clock.now(), 60)
    told = {
        "replays": [one for one in found if _wanted(one, query)],
        "states": STATES,
        "query": query,
        "people": sorted({one.author for one in found}),
        "lasts": LASTS,
        "open": await drafts.drafts(front.engine),
        "picked": {int(one) for one in query.getall("draft", []) if one.isdigit()},
        "kinds": console_drafts.names(),
    }
    part = "console_replay_rows.html" if console_shell.partly(request) else "console_replay.html"
    return console_shell.page(request, part, who, told)


def _wanted(one: Replay, query: Mapping[str, str]) -> bool:
    return query.get("state", "") in {"", one.state} and query.get("who", "") in {"", one.author}


async def begin(request: web.Request) -> web.Response:
    """``POST /console/replay`` ``draft=…&last=``: a replay of exactly what these drafts would make live."""
    who = await accounts.user(request, *WRITERS)
    form = await request.post()
    told = console_forms.several(form, "draft")
    ids = [int(one) for one in told if one.isascii() and one.isdigit() and len(one) < 18][:_MOST_DRAFTS]
    if not ids:
        raise BadRequestError("先勾选要看的草稿")
    last = console_forms.number(form, "last")
    if not 1 <= last <= MOST:
        raise BadRequestError(f"最近几条要写 1 到 {MOST} 之间的数")
    try:
        number = await (await console_desk.editing(request)).replay(ids, who.name, last)
    except ContentError as error:
        reasons = "；".join(dict.fromkeys(problem.reason for problem in error.problems[:5]))
        raise BadRequestError(f"这些草稿合在一起还不能用，先改好：{reasons}", status=409, code="content") from None
    return web.Response(status=204, headers={"HX-Redirect": f"/console/replay/{number}"})


async def one(request: web.Request) -> web.Response:
    """``GET /console/replay/{replay}?severity=&kind=``: how far it is, or what it found."""
    who = await console_pages.writer(request)
    return await _shown(request, who, int(request.match_info["replay"]))


async def _shown(request: web.Request, who: object, number: int) -> web.Response:
    front, query = request.app[FRONT], request.query
    found = await replays.read(front.engine, number, front.clock.now())
    groups = console_publish.groups(found)
    live = await releases.live(front.engine)
    told = {
        "replay": found,
        "states": STATES,
        "query": query,
        "of": await _drafts_of(request, found),
        "kinds": console_drafts.names(),
        "severities": SEVERITIES,
        "counts": {severity: sum(group.get("severity") == severity for group in groups) for severity in SEVERITIES},
        "labels": list(dict.fromkeys(str(group.get("label")) for group in groups)),
        "groups": [group for group in groups if _asked(group, query)],
        "total": len(groups),
        "current": live is not None and live[1] == found.live,
    }
    part = "console_replay_told.html" if console_shell.partly(request) else "console_replay_page.html"
    return console_shell.page(request, part, who, told)  # type: ignore[arg-type]


def _asked(group: Mapping[str, object], query: Mapping[str, str]) -> bool:
    return query.get("severity", "") in {"", group.get("severity")} and query.get("kind", "") in {"", group.get("label")}


async def _drafts_of(request: web.Request, found: Replay) -> Sequence[Draft]:
    """The drafts that it was made of, as far as they are still there."""
    told = []
    for number in found.drafts[:_MOST_DRAFTS]:
        try:
            told.append(await drafts.draft(request.app[FRONT].engine, int(str(number))))
        except (BadRequestError, ValueError):
            continue
    return told


async def stop(request: web.Request) -> web.Response:
    """``POST /console/replay/{replay}/cancel``."""
    who = await accounts.user(request, *WRITERS)
    desk, number = await console_desk.editing(request), int(request.match_info["replay"])
    await desk.cancel_replay(number, who.name)
    return await _shown(request, who, number)


async def export(request: web.Request) -> web.Response:
    """``GET /console/export/replay/{replay}``: every group and its examples as CSV."""
    await accounts.user(request, *WRITERS)
    front, number = request.app[FRONT], int(request.match_info["replay"])
    found = await replays.read(front.engine, number, front.clock.now())
    head = ("程度", "变化", "原来", "改了以后", "一共几条", "例子", "现在怎么答", "改了以后怎么答", "说明")
    lines = [line for group in console_publish.groups(found) if _asked(group, request.query) for line in _lines(group)]
    return console_shell.table(f"回放 {number}", head, lines)


def _lines(group: Mapping[str, object]) -> list[tuple[object, ...]]:
    whole = (
        SEVERITIES.get(str(group.get("severity")), ""),
        group.get("label"),
        group.get("from"),
        group.get("to"),
        group.get("count"),
    )
    examples = group.get("examples")
    return [
        (*whole, (one.get("said") or [""])[-1], _said(one.get("live")), _said(one.get("draft")), one.get("why", ""))
        for one in (examples if isinstance(examples, list) else [])
    ] or [(*whole, "", "", "", "")]


def _said(side: object) -> str:
    told = side if isinstance(side, Mapping) else {}
    said = told.get("said")
    return " / ".join(str(one) for one in said) if isinstance(said, list) and said else str(told.get("status_words", ""))


def routes() -> list[web.RouteDef]:
    """Pages and deeds of replays."""
    at = r"/console/replay/{replay:\d{1,18}}"
    return [
        web.get("/console/replay", listing),
        web.post("/console/replay", begin),
        web.get(at, one),
        web.post(f"{at}/cancel", stop),
        web.get(r"/console/export/replay/{replay:\d{1,18}}", export),
    ]
