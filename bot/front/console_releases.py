"""版本: what was live when, by whom and why; any two compared; an older one made live again in one step; exports."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aiohttp import web

from bot import scopes
from bot.db import audit, drafts, newest, releases
from bot.db.releases import Release
from bot.db.users import User
from bot.errors import BadRequestError, ContentError
from bot.front import accounts, console_desk, console_drafts, console_forms, console_pages, console_shell, limits, reading
from bot.front.console import PUBLISHERS, WRITERS
from bot.front.context import FRONT, LIMITER
from bot.kinds import NAMES

if TYPE_CHECKING:
    from bot.editing.desk import Editing
    from bot.editing.model import Told

ORIGINS: Final[Mapping[str, str]] = {"import": "导入", "publish": "发布草稿", "rollback": "退回旧版"}
WHAT: Final[Mapping[str, str]] = {"added": "新加", "changed": "改动", "removed": "拿掉"}
KINDS: Final[Mapping[str, str]] = {str(kind): name for kind, name in NAMES.items()}
_PAGE: Final = 40
_MOST: Final = 200
"""Things of one comparison that are told; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Different:
    """One thing that differs between two releases."""

    kind: str
    id: str
    what: str
    fields: Sequence[Told]


@dataclass(frozen=True, slots=True)
class Compared:
    """Two releases beside each other."""

    things: Sequence[Different]
    counts: Mapping[str, Mapping[str, int]]
    """Kind → added, changed, removed → how many."""
    others: Sequence[str]
    """Files that differ and hold nothing that ops edit one by one."""

    @property
    def total(self) -> int:
        """All things that differ."""
        return sum(sum(of.values()) for of in self.counts.values())


async def listing(request: web.Request) -> web.Response:
    """``GET /console/releases?q=&who=&kind=&before=``: the newest first."""
    who = await console_pages.writer(request)
    front, query = request.app[FRONT], request.query
    before = reading.number(request, "before", 0, 0, 2**62) or None
    found = [one for one in await releases.releases(front.engine, 1000, before) if _wanted(one, query)]
    live = await releases.live(front.engine)
    told = {
        "name": "版本",
        "here": "/console/releases",
        "releases": found[:_PAGE],
        "live": None if live is None else live[0],
        "refused": await audit.refused(front.engine, [one.id for one in found[:_PAGE]]),
        "more": found[_PAGE - 1].id if len(found) > _PAGE else None,
        "before": before,
        "query": {name: one for name, one in query.items() if name != "before" and one},
        "origins": ORIGINS,
        "counted": counted,
    }
    part = "console_releases_rows.html" if console_shell.partly(request) else "console_releases.html"
    return console_shell.page(request, part, who, told)


def _wanted(one: Release, query: Mapping[str, str]) -> bool:
    words = query.get("q", "").strip().casefold()
    items = " ".join(str(each.get("id")) for each in one.changes)
    return (
        words in f"{one.id} {one.note} {one.author} {items}".casefold()
        and query.get("kind", "") in {"", one.kind}
        and query.get("who", "") in {"", one.author}
    )


def counted(changes: Sequence[Mapping[str, object]]) -> str:
    """What a release changed, in words: 话术 3 条、知识 1 条."""
    return "、".join(f"{KINDS.get(kind, kind)} {n} 条" for kind, n in Counter(str(one.get("kind")) for one in changes).items())


async def export_list(request: web.Request) -> web.Response:
    """``GET /console/export/releases``: the list as it is filtered, as CSV."""
    who = await accounts.user(request, *WRITERS)
    await request.app[LIMITER].count(limits.EXPORT, who.name)
    front = request.app[FRONT]
    now = front.clock.now().astimezone(front.brand().zone)
    found = [one for one in await releases.releases(front.engine, 1000) if _wanted(one, request.query)]
    rows = [
        (one.id, console_shell.when(one.at, now), one.author, ORIGINS[one.kind], one.note, counted(one.changes), one.digest)
        for one in found
    ]
    return console_shell.table("版本", ("版本", "什么时候", "谁", "怎么来的", "为什么", "改了什么", "内容指纹"), rows)


# --- one release, and two of them


async def detail(request: web.Request) -> web.Response:
    """``GET /console/releases/{release}?with=``: what is in it that the one before it, or another, has otherwise."""
    who = await console_pages.writer(request)
    front, number = request.app[FRONT], int(request.match_info["release"])
    release, previous = await with_before(request, number)
    other = reading.number(request, "with", 0, 0, 2**62) or (previous.id if previous else 0)
    live = await releases.live(front.engine)
    told = {
        "name": f"第 {number} 版",
        "here": "/console/releases",
        "release": release,
        "other": other,
        "others": [one for one in await releases.releases(front.engine, 200) if one.id != number],
        "current": live is not None and live[0] == number,
        "live": None if live is None else live[0],
        "refusal": await newest.refusal(front.engine, number),
        "compared": await compared(request, other, number) if other else None,
        "refused": refused(who, request),
        "origins": ORIGINS,
        "kinds": KINDS,
        "what": WHAT,
        "pages": console_drafts.PAGES,
        "counts_of": counts_of,
    }
    return console_shell.page(request, "console_release.html", who, told)


async def with_before(request: web.Request, number: int) -> tuple[Release, Release | None]:
    """A release and the one before it; raises BadRequestError (404)."""
    found = await releases.releases(request.app[FRONT].engine, 2, number + 1)
    if not found or found[0].id != number:
        raise BadRequestError("没有这个版本", status=404, code="not_found")
    return found[0], found[1] if len(found) > 1 else None


async def compared(request: web.Request, before: int, after: int) -> Compared:
    """What ``after`` has otherwise than ``before``; raises BadRequestError (404)."""
    engine, desk = request.app[FRONT].engine, await console_desk.editing(request)
    try:
        old, new = await releases.load(engine, before), await releases.load(engine, after)
    except ContentError as error:
        raise BadRequestError("没有这个版本", status=404, code="not_found") from error
    try:
        return await asyncio.to_thread(_compared, desk, old, new)
    except ContentError as error:
        reason = error.problems[0].reason if error.problems else ""
        raise BadRequestError(f"这两版比不了：有文件读不出来（{reason}）", status=422, code="unreadable") from error


def _compared(desk: Editing, old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Compared:
    from bot.content.differing import differences  # noqa: PLC0415  (the rooms, which are loaded by now)
    from bot.content.items import items_of  # noqa: PLC0415

    changes = differences(old, new)
    counts: dict[str, Counter[str]] = {}
    for one in changes:
        counts.setdefault(one.key.kind, Counter())[one.what] += 1
    things = [
        Different(one.key.kind, one.key.id, one.what, desk.compared(one.before or {}, one.after or {})) for one in changes[:_MOST]
    ]
    paths = sorted(path for path in {*old, *new} if old.get(path) != new.get(path))
    others = [path for path in paths if not any(items_of(path, files[path]) for files in (old, new) if path in files)]
    return Compared(things, counts, others)


def counts_of(counts: Mapping[str, Mapping[str, int]]) -> list[str]:
    """话术：新加 1 条、改动 2 条, kind by kind."""
    told = [(kind, "、".join(f"{WHAT[what]} {n} 条" for what, n in sorted(of.items()))) for kind, of in counts.items()]
    return [f"{KINDS.get(kind, kind)}：{words}" for kind, words in told]


# --- going back


def refused(who: User, request: web.Request) -> str:
    """Why somebody may not make an older release live again; empty where they may."""
    if who.role not in PUBLISHERS:
        return "退回整版要总部的店长或管理员来点"
    if not scopes.may_publish(who, scopes.HEADQUARTERS, request.app[FRONT].staff()):
        return "整版退回会动到别家店和总部的话，请总部的同事来点；只想改自己店的，另存一条草稿就行"
    return ""


async def ask_back(request: web.Request) -> web.Response:
    """``GET /console/releases/{release}/back``: what going back would do, in words, before anybody says yes."""
    who = await console_pages.writer(request)
    front, number = request.app[FRONT], int(request.match_info["release"])
    live = await releases.live(front.engine)
    if live is None or live[0] == number:
        raise BadRequestError("这一版就是现在用的，不用退", status=409, code="already_live")
    release, _ = await with_before(request, number)
    made = await releases.releases(front.engine, 1000)
    told = {
        "release": release,
        "live": live[0],
        "undone": [one for one in made if number < one.id <= live[0]],
        "compared": await compared(request, live[0], number),
        "drafts": len(await drafts.drafts(front.engine)),
        "refused": refused(who, request),
        "counts_of": counts_of,
        "kinds": KINDS,
        "what": WHAT,
        "pages": console_drafts.PAGES,
    }
    return console_shell.page(request, "console_release_back.html", who, told)


async def back(request: web.Request) -> web.Response:
    """``POST /console/releases/{release}/back``: live again, as a release of its own; ``seen``: what was live on the page."""
    who = await accounts.user(request, *PUBLISHERS)
    if why := refused(who, request):
        raise BadRequestError(why, status=403, code="scope")
    front, number, form = request.app[FRONT], int(request.match_info["release"]), await request.post()
    await with_before(request, number)
    reason, seen = console_forms.words(form, "reason").strip()[:300], console_forms.number(form, "seen")
    if len(reason) < 2:
        raise BadRequestError("写一句为什么退回，别人看得懂就行", code="reason_missing")
    live = await releases.live(front.engine)
    if live is None or live[0] == number:
        raise BadRequestError("这一版就是现在用的，不用退", status=409, code="already_live")
    if seen and seen != live[0]:
        raise BadRequestError(f"刚刚又发布了第 {live[0]} 版，刷新看看再决定", status=409, code="overtaken")
    desk = await console_desk.editing(request)
    try:
        # a caller who goes away does not leave a release half made
        made = await asyncio.shield(desk.roll_back(number, who.name, front.clock.now(), f"退回第 {number} 版：{reason}"))
    except ContentError as error:
        reasons = "；".join(problem.reason for problem in error.problems[:3])
        raise BadRequestError(f"那一版现在用不了，没有退：{reasons}", status=409, code="content") from error
    return web.Response(status=204, headers={"HX-Redirect": f"/console/published/{made}"})


def routes() -> list[web.RouteDef]:
    """Pages and deeds of releases."""
    one = r"/console/releases/{release:\d{1,18}}"
    return [
        web.get("/console/releases", listing),
        web.get("/console/export/releases", export_list),
        web.get(one, detail),
        web.get(one + "/back", ask_back),
        web.post(one + "/back", back),
    ]
