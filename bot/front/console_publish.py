"""发布: what stands in the way, the replay, the explicit yes, the release, and taking it back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from aiohttp import web

from bot.db import drafts, releases, replays
from bot.db.replays import Replay
from bot.db.users import User
from bot.errors import BadRequestError, ContentError
from bot.front import accounts, console_desk, console_drafts, console_forms, console_pages, console_shell, console_trace, stream
from bot.front.console import PUBLISHERS, WRITERS
from bot.front.context import FRONT

if TYPE_CHECKING:
    from bot.editing.desk import Editing
    from bot.front.console_trace import Row
    from bot.publishing import Look

_GLANCE: Final = 0.4
"""Seconds between two looks at a replay that runs."""
_LONGEST: Final = 4500
"""Looks after which a page has to ask again (half an hour)."""
_LAST: Final = (500, 2000, 10_000)
"""Messages of a replay that one may choose from."""


async def page(request: web.Request) -> web.Response:
    """``GET /console/publish?draft=…``: what is about to go live; the checks come after it."""
    who = await console_pages.writer(request)
    desk, ids = await console_desk.editing(request), console_drafts.chosen(request)
    found = [await drafts.draft(request.app[FRONT].engine, one) for one in ids]
    told = {
        "ids": ids,
        "changes": await desk.changes(found, console_desk.today(request)),
        "closed": [one for one in found if one.state not in drafts.OPEN],
        "kinds": console_drafts.names(),
        **console_drafts.words(),
    }
    return console_shell.page(request, "console_publish.html", who, told)


async def look(request: web.Request) -> web.Response:
    """``GET /console/publish/look?draft=…``: check, lint, corrections, approvals, replay."""
    who = await console_pages.writer(request)
    return await _looked(request, who, console_drafts.chosen(request))


async def _looked(
    request: web.Request, who: User, ids: Sequence[int], wrong: Sequence[str] = (), status: int = 200
) -> web.Response:
    front, desk = request.app[FRONT], await console_desk.editing(request)
    told: dict[str, object] = {
        "ids": ids,
        "wrong": wrong,
        "lasts": _LAST,
        "kinds": console_drafts.names(),
        **console_drafts.words(),
    }
    try:
        found = await desk.look(ids, front.clock.now())
    except ContentError as error:
        found, told["wrong"] = None, [problem.reason for problem in error.problems]
    told |= {"look": found, "four_eyes": front.brand().publishing.four_eyes, "refused": [], "running": None, "red": ()}
    if found is not None:
        told["refused"] = await desk.may_publish(who, found.candidate.drafts)
        told["running"] = await _running(request, found)
        told["red"] = red(found.replay)
    return console_shell.page(request, "console_publish_look.html", who, told, status)


async def _running(request: web.Request, found: Look) -> Replay | None:
    """A replay of exactly this that is under way, or the last one that did not come to its end."""
    front = request.app[FRONT]
    same = [
        one for one in await replays.listed(front.engine, front.clock.now(), 30)
        if (one.live, one.draft) == (found.candidate.live_digest, found.candidate.digest)
    ]  # fmt: skip
    newest = same[0] if same else None
    return newest if newest is not None and newest.state != "done" else None


def red(replay: Replay | None) -> Sequence[Mapping[str, object]]:
    """The groups of a replay that need an explicit yes."""
    return groups(replay, "red")


def groups(replay: Replay | None, severity: str = "") -> Sequence[Mapping[str, object]]:
    """The groups of differences, the worst first."""
    told = replay.report.get("groups") if replay is not None else None
    found = [one for one in told if isinstance(one, Mapping)] if isinstance(told, list) else []
    return [one for one in found if severity in {"", one.get("severity")}]


async def begin(request: web.Request) -> web.Response:
    """``POST /console/publish/replay?draft=…``: real messages through the live and the drafted words."""
    who = await accounts.user(request, *WRITERS)
    form = await request.post()
    last = console_forms.number(form, "last")
    desk, ids = await console_desk.editing(request), console_drafts.chosen(request)
    await desk.replay(ids, who.name, last if last in _LAST else None)
    return await _looked(request, who, ids)


async def stop(request: web.Request) -> web.Response:
    """``POST /console/publish/replay/{replay}/cancel?draft=…``."""
    who = await accounts.user(request, *WRITERS)
    desk = await console_desk.editing(request)
    await desk.cancel_replay(int(request.match_info["replay"]), who.name)
    return await _looked(request, who, console_drafts.chosen(request))


async def events(request: web.Request) -> web.StreamResponse:
    """``GET /console/replays/{replay}/events``: how far a replay is: ``progress`` with words, in the end ``done``."""
    await accounts.user(request, *WRITERS)
    front, number = request.app[FRONT], int(request.match_info["replay"])
    found = await replays.read(front.engine, number, front.clock.now())
    answer = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no"})
    await answer.prepare(request)
    task: asyncio.Task[object] | None = asyncio.current_task()
    if task is not None:
        request.app[stream.OPEN].add(task)
    before: object = None
    for _ in range(_LONGEST):
        if (found.state, found.progress) != before:
            before = (found.state, found.progress)
            told = {"progress": found.progress, "total": found.total, "state": found.state, "words": said(found)}
            await answer.write(stream.Event(told, name="done" if found.over else "progress").encoded())
        if found.over:
            break
        await asyncio.sleep(_GLANCE)
        await accounts.user(request, *WRITERS)
        found = await replays.read(front.engine, number, front.clock.now())
    return answer


def said(replay: Replay) -> str:
    """How far a replay is, in words."""
    if replay.state == "waiting":
        return "排着队，马上开始"
    if replay.state == "running":
        return f"{replay.progress} / {replay.total} 条" if replay.progress else "正在把两边的内容准备好"
    return {"done": "回放完了", "failed": f"没有回放成：{replay.error}", "cancelled": "已经停下"}[replay.state]


async def example(request: web.Request) -> web.Response:
    """``GET /console/replays/{replay}/examples?group=&example=``: one message of a replay, with both full traces."""
    who = await console_pages.writer(request)
    front = request.app[FRONT]
    replay = await replays.read(front.engine, int(request.match_info["replay"]), front.clock.now())
    group = next((one for one in groups(replay) if one.get("id") == request.query.get("group")), None)
    listed = group.get("examples") if group is not None else None
    found = [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []
    one = next((one for one in found if str(one.get("id")) == request.query.get("example")), None)
    if one is None:
        raise BadRequestError("这个例子已经不在了", status=404, code="not_found")
    return console_shell.page(request, "console_replay_example.html", who, {"sides": await _sides(request, one)})


async def _sides(request: web.Request, one: Mapping[str, object]) -> Sequence[tuple[str, str, Sequence[Row]]]:
    """Title, reason and trace of how it is answered now and would be."""
    written = {one.item: one.value or {} for one in await drafts.drafts(request.app[FRONT].engine, kinds=["entry"])}
    new = {id_: str(asked[0]) for id_, value in written.items() if isinstance(asked := value.get("questions"), list) and asked}
    entries = new | dict((await (await console_desk.editing(request)).choices()).entries)
    live, draft = (side if isinstance(side := one.get(name), Mapping) else {} for name in ("live", "draft"))
    return [
        (title, str(told.get("reason") or ""), console_trace.rows(_trace(told), _trace(beside), entries))
        for title, told, beside in (("现在", live, draft), ("改了以后", draft, live))
    ]


def _trace(side: Mapping[str, object]) -> Mapping[str, object]:
    told = side.get("trace")
    return told if isinstance(told, Mapping) else {}


async def publish(request: web.Request) -> web.Response:
    """``POST /console/publish?draft=…``: the release, or the reasons why not."""
    who = await accounts.user(request, *PUBLISHERS)
    front, desk, ids = request.app[FRONT], await console_desk.editing(request), console_drafts.chosen(request)
    form = await request.post()
    from bot.editing.desk import yes  # noqa: PLC0415  (the rooms, which are loaded by now)

    agreed = yes(
        console_forms.several(form, "yes"),
        unseen=bool(console_forms.words(form, "unseen")),
        reason=console_forms.words(form, "reason").strip(),
        note=console_forms.words(form, "note").strip(),
    )
    if agreed.unseen and not agreed.reason:
        return await _looked(request, who, ids, ["不看回放就发布，请写一句为什么"], 422)
    try:
        # a caller who goes away does not leave a release half made
        release = await asyncio.shield(desk.publish(who, ids, agreed, front.clock.now()))
    except ContentError as error:
        return await _looked(request, who, ids, [told(problem.key, problem.reason) for problem in error.problems[:20]], 422)
    except BadRequestError as error:
        if error.status != 409:
            raise
        return await _looked(request, who, ids, [str(error)], 422)
    return web.Response(status=204, headers={"HX-Redirect": f"/console/published/{release}"})


def told(key: str, reason: str) -> str:
    """A fault with the place that it is about."""
    return f"{key}：{reason}" if key and key not in reason else reason


async def published(request: web.Request) -> web.Response:
    """``GET /console/published/{release}``: it is live; what it changed, and the way back."""
    who = await console_pages.writer(request)
    release, before = await _with_before(request, int(request.match_info["release"]))
    live = await releases.live(request.app[FRONT].engine)
    desk = await console_desk.editing(request)
    shown = {
        "release": release,
        "before": before,
        "current": live is not None and live[0] == release.id,
        "refused": await _no_undo(desk, who, release),
        "kinds": console_drafts.names(),
        **console_drafts.words(),
    }
    return console_shell.page(request, "console_publish_done.html", who, shown)


async def _with_before(request: web.Request, number: int) -> tuple[releases.Release, releases.Release | None]:
    """A release and the one before it; raises BadRequestError (404)."""
    found = await releases.releases(request.app[FRONT].engine, 2, number + 1)
    if not found or found[0].id != number:
        raise BadRequestError("没有这个版本", status=404, code="not_found")
    return found[0], found[1] if len(found) > 1 else None


async def _no_undo(desk: Editing, who: User, release: releases.Release) -> str:
    """Why somebody may not take a release back; empty where they may."""
    if who.role not in PUBLISHERS:
        return "要撤销请找店长或管理员"
    return await desk.no_roll_back(who, release.changes)


async def undo(request: web.Request) -> web.Response:
    """``POST /console/published/{release}/undo``: what was live before is live again, as a release of its own."""
    who = await accounts.user(request, *PUBLISHERS)
    front, desk = request.app[FRONT], await console_desk.editing(request)
    release, before = await _with_before(request, int(request.match_info["release"]))
    live = await releases.live(front.engine)
    if live is None or live[0] != release.id:
        raise BadRequestError("后面又发布过了，请到「版本」里选要退回的那一版", status=409, code="not_live")
    if before is None:
        raise BadRequestError("这是第一版，没有可以退回的", status=409, code="first")
    if why := await _no_undo(desk, who, release):
        raise BadRequestError(why, status=403, code="scope")
    note = f"撤销第 {release.id} 版"
    made = await asyncio.shield(desk.roll_back(before.id, who.name, front.clock.now(), note))
    return web.Response(status=204, headers={"HX-Redirect": f"/console/published/{made}"})


def routes() -> list[web.RouteDef]:
    """Pages and deeds of publishing."""
    replay, release = r"/console/replays/{replay:\d{1,18}}", r"/console/published/{release:\d{1,18}}"
    return [
        web.get("/console/publish", page),
        web.post("/console/publish", publish),
        web.get("/console/publish/look", look),
        web.post("/console/publish/replay", begin),
        web.post(r"/console/publish/replay/{replay:\d{1,18}}/cancel", stop),
        web.get(replay + "/events", events),
        web.get(replay + "/examples", example),
        web.get(release, published),
        web.post(release + "/undo", undo),
    ]
