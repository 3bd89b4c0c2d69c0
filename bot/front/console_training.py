"""例句 in the console: what the model learns from, how well it does, and real talk that it should learn from, with one tap.

Sentences come and go one by one: each tap is a change of its own on whatever the draft says by then, so that two people who
work at one intent never write over each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from aiohttp import web

from bot.db import drafts, traffic
from bot.db.drafts import Draft
from bot.errors import BadRequestError
from bot.front import accounts, console_pages, console_sentences, console_shell, limits, reading
from bot.front.console import WRITERS
from bot.front.console_intents import NAMES, named
from bot.front.console_sentences import examples, rooms
from bot.front.context import FRONT, LIMITER

if TYPE_CHECKING:
    from bot.editing.lessons import Standing
    from bot.editing.model import Row

PAGE: Final = 100
DAYS: Final[Mapping[int, str]] = {7: "最近 7 天", 28: "最近 28 天", 90: "最近 90 天"}
_HEAPS: Final = 40
_LONGEST: Final = 200
_MOST_ADDED: Final = 200
_TRIES: Final = 4
_WHY: Final = "顾客的原话"
_STATES: Final[Mapping[str, tuple[str, str]]] = {
    "live": ("good", "现在的例句已经学会了，正在用"),
    "training": ("warm", "新发布的例句正在学，学好、考过了自动换上；这会儿先用原来的"),
    "waiting": ("warm", "新发布的例句还没开始学，后台的程序空下来就学；这会儿先用原来的"),
    "refused": ("hot", "新发布的例句学完没有考过，还在用原来的"),
    "none": ("warm", "还没有学过"),
}


async def listing(request: web.Request) -> web.Response:
    """``GET /console/training``: the intents with how well each is found; what is mixed up; how the newest model fared."""
    who = await console_pages.writer(request)
    desk, lessons = await rooms(request)
    workspace = await desk.workspace()
    standing = await lessons.standing(workspace)
    rows = {one.id: one for one in await desk.rows(["training"])}
    own = standing.own or bool(rows)
    told = {
        "rows": _intents(rows, standing, request.query, Counted(workspace.training)),
        "query": request.query,
        "standing": standing,
        "state": _STATES[standing.state],
        "named": named,
        "own": own,
        "writes": await desk.may_write(who, "training", {}),
        "total": sum(len(examples(one)) for one in rows.values()) if own else len(workspace.training),
    }
    part = "console_training_rows.html" if console_shell.partly(request) else "console_training.html"
    return console_shell.page(request, part, who, told)


class Counted:
    """How many sentences each intent has, of what answers now."""

    def __init__(self, training: Sequence[tuple[str, str]]) -> None:
        """``training``: (sentence, intent)."""
        self.n: dict[str, int] = {}
        for _, intent in training:
            self.n[intent] = self.n.get(intent, 0) + 1


def _intents(rows: Mapping[str, Row], standing: Standing, query: Mapping[str, str], live: Counted) -> list[Mapping[str, object]]:
    asked = query.get("q", "").casefold()
    found: list[dict[str, object]] = []
    for id_ in dict.fromkeys((*NAMES, *sorted({*rows, *live.n}))):
        row, grade = rows.get(id_), standing.grades.get(id_)
        n = len(examples(row)) if row is not None else live.n.get(id_, 0)
        if asked and asked not in f"{id_} {named(id_)} {examples(row) if row else ''}".casefold():
            continue
        found.append({"id": id_, "name": named(id_), "n": n, "grade": grade, "draft": row.draft if row else None})
    match query.get("order", ""):
        case "few":
            found.sort(key=lambda one: (one["n"], one["id"]))
        case "many":
            found.sort(key=lambda one: (-int(str(one["n"])), one["id"]))
        case "id":
            found.sort(key=lambda one: str(one["name"]))
        case _:
            found.sort(key=lambda one: (one["grade"].right if one["grade"] else 2.0, one["id"]))  # type: ignore[attr-defined]
    return found  # type: ignore[return-value]


async def news(request: web.Request) -> web.Response:
    """``GET /console/training-standing``: how the newest sentences fare, for a page that waits for it."""
    who = await console_pages.writer(request)
    desk, lessons = await rooms(request)
    workspace = await desk.workspace()
    found, rows = await lessons.standing(workspace), await desk.rows(["training"])
    told = {
        "standing": found,
        "state": _STATES[found.state],
        "named": named,
        "own": found.own or bool(rows),
        "writes": await desk.may_write(who, "training", {}),
        "total": len(workspace.training),
    }
    return console_shell.page(request, "console_training_standing.html", who, told)


async def export(request: web.Request) -> web.Response:
    """``GET /console/export/training``: the intents with their figures as CSV."""
    who = await accounts.user(request, *WRITERS)
    await request.app[LIMITER].count(limits.EXPORT, who.name)
    desk, lessons = await rooms(request)
    workspace = await desk.workspace()
    standing = await lessons.standing(workspace)
    rows = {one.id: one for one in await desk.rows(["training"])}
    head = ("意思", "编号", "例句数", "认得出", "说得准", "常弄混成")
    lines_ = []
    for one in _intents(rows, standing, request.query, Counted(workspace.training)):
        grade = standing.grades.get(str(one["id"]))
        mixed = "、".join(f"{named(label)} {n} 句" for label, n in grade.mixed) if grade else ""
        figures = (f"{grade.right:.1%}", f"{grade.trusted:.1%}") if grade else ("", "")
        lines_.append((one["name"], one["id"], one["n"], *figures, mixed))
    return console_shell.table("例句", head, lines_)


async def suggested(request: web.Request) -> web.Response:
    """``GET /console/training-suggested?days=``: what shoppers said and the model was unsure of."""
    who = await console_pages.writer(request)
    desk, lessons = await rooms(request)
    front, days = request.app[FRONT], reading.number(request, "days", 28, 1, 90)
    heard = await traffic.unsure(front.engine, front.clock.now() - timedelta(days=days))
    rows, workspace = await desk.rows(["training"]), await desk.workspace()
    heaps = await lessons.heaps(workspace, heard, lessons.known(rows))
    told = {
        "heaps": heaps[:_HEAPS],
        "total": len(heaps),
        "messages": len(heard),
        "days": days,
        "spans": DAYS,
        "intents": [(one, named(one)) for one in dict.fromkeys((*NAMES, *(row.id for row in rows)))],
        "named": named,
        "writes": await desk.may_write(who, "training", {}),
        "own": bool(rows),
    }
    part = "console_training_heaps.html" if console_shell.partly(request) else "console_training_suggested.html"
    return console_shell.page(request, part, who, told)


async def adopt(request: web.Request) -> web.Response:
    """``POST /console/training-own``: the program's own sentences as drafts of the brand, to be changed from then on."""
    from bot.content.items import fingerprint  # noqa: PLC0415  (the rooms, which are loaded by now)

    who = await accounts.user(request, *WRITERS)
    desk, lessons = await rooms(request)
    workspace = await desk.workspace()
    if not await desk.may_write(who, "training", {}):
        raise BadRequestError("例句归总部管", status=403, code="scope")
    if (await lessons.standing(workspace)).own or await desk.rows(["training"]):
        raise BadRequestError("已经有自己的例句了", status=409, code="own")
    by: dict[str, list[str]] = {}
    for text, label in workspace.training:
        by.setdefault(label, []).append(text)
    made = [
        Draft("training", label, {"intent": label, "examples": texts}, "自带的例句", "搬进来，以后自己改", fingerprint(None))
        for label, texts in by.items()
    ]
    await drafts.keep(request.app[FRONT].engine, made, who.name, request.app[FRONT].clock.now())
    return web.Response(status=204, headers={"HX-Redirect": "/console/training"})


def routes() -> list[web.RouteDef]:
    """Pages and deeds of sentences."""
    return [
        web.get("/console/training", listing),
        web.get("/console/export/training", export),
        web.get("/console/training-standing", news),
        web.get("/console/training-suggested", suggested),
        web.post("/console/training-own", adopt),
        *console_sentences.routes(),
    ]
