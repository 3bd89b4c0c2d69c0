"""例句 in the console: what the model learns from, how well it does, and real talk that it should learn from, with one tap.

Sentences come and go one by one: each tap is a change of its own on whatever the draft says by then, so that two people who
work at one intent never write over each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from aiohttp import web

from bot.db import drafts, traffic
from bot.db.drafts import Draft, StaleError
from bot.db.users import User
from bot.errors import BadRequestError
from bot.front import accounts, console_desk, console_pages, console_shell, console_things, limits, reading
from bot.front.console import WRITERS
from bot.front.console_forms import lines, several, words
from bot.front.console_intents import NAMES, named
from bot.front.context import FRONT, LIMITER

if TYPE_CHECKING:
    from bot.editing.desk import Editing
    from bot.editing.lessons import Lessons, Standing
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


async def _rooms(request: web.Request) -> tuple[Editing, Lessons]:
    grows = await console_desk.grows(request.app[FRONT])
    return grows.editing, grows.lessons


async def listing(request: web.Request) -> web.Response:
    """``GET /console/training``: the intents with how well each is found; what is mixed up; how the newest model fared."""
    who = await console_pages.writer(request)
    desk, lessons = await _rooms(request)
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
        "total": sum(len(_examples(one)) for one in rows.values()) if own else len(workspace.training),
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
        n = len(_examples(row)) if row is not None else live.n.get(id_, 0)
        if asked and asked not in f"{id_} {named(id_)} {_examples(row) if row else ''}".casefold():
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


def _examples(row: Row | None) -> list[str]:
    told = row.value.get("examples") if row is not None and not row.leaves else None
    return [str(one) for one in told] if isinstance(told, list | tuple) else []


async def export(request: web.Request) -> web.Response:
    """``GET /console/export/training``: the intents with their figures as CSV."""
    who = await accounts.user(request, *WRITERS)
    await request.app[LIMITER].count(limits.EXPORT, who.name)
    desk, lessons = await _rooms(request)
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


async def intent(request: web.Request) -> web.Response:
    """``GET /console/training/{item}``: the sentences of one intent."""
    who = await console_pages.writer(request)
    return await _shown(request, who, request.match_info["item"])


async def _shown(request: web.Request, who: User, id_: str) -> web.Response:
    desk, lessons = await _rooms(request)
    rows = {one.id: one for one in await desk.rows(["training"])}
    workspace = await desk.workspace()
    if id_ not in rows and id_ not in NAMES and id_ not in {label for _, label in workspace.training}:
        raise BadRequestError("没有这个意思", status=404, code="not_found")
    standing = await lessons.standing(workspace)
    row, query = rows.get(id_), request.query
    own = standing.own or bool(rows)
    lines_ = _lines(row) if own else [(text, "") for text, label in workspace.training if label == id_]
    asked = query.get("q", "").casefold()
    found = [one for one in lines_ if asked in one[0].casefold() and (query.get("only") != "draft" or one[1])]
    at = min(reading.number(request, "page", 1, 1, 100_000), max(1, -(-len(found) // PAGE)))
    told = {
        "item": id_,
        "name": named(id_),
        "here": "/console/training",
        "lines": found[(at - 1) * PAGE : at * PAGE],
        "total": len(found),
        "all": len(lines_),
        "page": at,
        "pages": max(1, -(-len(found) // PAGE)),
        "query": {name: one for name, one in query.items() if one and name != "page"},
        "grade": standing.grades.get(id_),
        "draft": row.draft if row else None,
        "others": [(one, named(one)) for one in dict.fromkeys((*NAMES, *rows)) if one != id_],
        "named": named,
        "own": own,
        "writes": own and await desk.may_write(who, "training", {}),
    }
    part = "console_training_lines.html" if console_shell.partly(request) else "console_training_intent.html"
    return console_shell.page(request, part, who, told)


def _lines(row: Row | None) -> list[tuple[str, str]]:
    """(sentence, what the draft does to it): new ones first, then those that go, then what stays."""
    if row is None:
        return []
    live = [str(one) for one in (row.live or {}).get("examples", ())]  # type: ignore[attr-defined]
    now = _examples(row)
    had, have = set(live), set(now)
    return [
        *((one, "new") for one in now if one not in had),
        *((one, "gone") for one in live if one not in have),
        *((one, "") for one in now if one in had),
    ]


# --- one change after another


async def change(desk: Editing, who: User, told: tuple[str, Sequence[str], Sequence[str], str], front_now: object) -> Draft | None:
    """Sentences (intent, more, fewer, why) into its draft; what others saved in the same moment stays. None: nothing to do."""
    from bot.editing.desk import Saving  # noqa: PLC0415  (the rooms, which are loaded by now)

    id_, more, fewer, why = told
    for _ in range(_TRIES):
        row = next((one for one in await desk.rows(["training"]) if one.id == id_), None)
        now = _examples(row)
        gone = set(fewer)
        wanted = [one for one in dict.fromkeys((*now, *more)) if one not in gone]
        if wanted == now:
            return row.draft if row is not None else None
        draft = row.draft if row is not None else None
        value = {"intent": id_, "examples": wanted} if wanted else None
        numbers = (draft.id, draft.version) if draft is not None else (0, 0)
        try:
            return await desk.save(who, Saving("training", id_, value, draft.note if draft else why, *numbers), front_now)  # type: ignore[arg-type]
        except StaleError:
            continue
    raise BadRequestError("同事也正在改这里的例句，请再点一次", status=409, code="busy")


async def _known_intent(desk: Editing, id_: str) -> str:
    if id_ in NAMES or any(one.id == id_ for one in await desk.rows(["training"])):
        return id_
    raise BadRequestError("没有这个意思", status=404, code="not_found")


async def add(request: web.Request) -> web.Response:
    """``POST /console/training/{item}/add`` ``text=``: sentences, one a line."""
    who = await accounts.user(request, *WRITERS)
    desk, lessons = await _rooms(request)
    id_, form = await _known_intent(desk, request.match_info["item"]), await request.post()
    texts = [one.lstrip("-").strip() for told in several(form, "text") for one in lines(told)]
    texts = [one for one in texts if one][:_MOST_ADDED]
    if not texts:
        raise BadRequestError("先写一句顾客会说的话")
    if any(len(one) > _LONGEST for one in texts):
        raise BadRequestError(f"有一句超过 {_LONGEST} 个字，拆短一点")
    await _own(desk, lessons)
    had = set(_examples(next((one for one in await desk.rows(["training"]) if one.id == id_), None)))
    texts = [one for one in texts if one not in had]
    if not texts:
        raise BadRequestError(f"“{named(id_)}”里已经有了", status=409, code="exists")
    await change(desk, who, (id_, texts, (), words(form, "note") or "补例句"), request.app[FRONT].clock.now())
    undo = f"/console/training/{id_}/take?{urlencode([('text', one) for one in texts[:20]])}"
    many = f"{len(texts)} 句" if len(texts) > 1 else f"“{texts[0]}”"
    if words(form, "back") == "heap":
        told = {"texts": texts, "name": named(id_), "item": id_}
        answer = console_shell.page(request, "console_training_done.html", who, told)
    else:
        answer = await _shown(request, who, id_)
    more = {"undo": undo} if len(texts) <= 20 else {}
    return console_shell.saying(answer, f"{many} 放进“{named(id_)}”的草稿了", **more)


async def _own(desk: Editing, lessons: Lessons) -> None:
    """Refuses where the brand has no sentences of its own yet: a single intent of its own would be all that it knows."""
    standing = await lessons.standing(await desk.workspace())
    if not standing.own and not await desk.rows(["training"]):
        raise BadRequestError("现在用的是自带的例句，先点“把自带的例句搬进来”，再改", status=409, code="not_own")


async def take(request: web.Request) -> web.Response:
    """``POST /console/training/{item}/take?text=…``: sentences out of the draft."""
    who = await accounts.user(request, *WRITERS)
    desk, _ = await _rooms(request)
    id_ = await _known_intent(desk, request.match_info["item"])
    form = await request.post()
    texts = request.query.getall("text", []) or [words(form, "text")]
    await change(desk, who, (id_, (), texts, "去掉例句"), request.app[FRONT].clock.now())
    answer = await _shown(request, who, id_)
    if request.query.get("text"):  # an undo: the page that asks is another one
        return console_things.again(answer, "撤销了")
    undo = f"/console/training/{id_}/back?{urlencode([('text', one) for one in texts[:20]])}"
    return console_shell.saying(answer, f"“{texts[0]}”拿掉了（草稿）", undo=undo)


async def back(request: web.Request) -> web.Response:
    """``POST /console/training/{item}/back?text=…``: sentences that were taken out, back again."""
    who = await accounts.user(request, *WRITERS)
    desk, _ = await _rooms(request)
    id_ = await _known_intent(desk, request.match_info["item"])
    texts = [one for one in request.query.getall("text", []) if one and len(one) <= _LONGEST][:_MOST_ADDED]
    await change(desk, who, (id_, texts, (), "放回例句"), request.app[FRONT].clock.now())
    return console_things.again(await _shown(request, who, id_), "放回来了")


async def move(request: web.Request) -> web.Response:
    """``POST /console/training/{item}/move`` ``text=&to=``: a sentence to another intent; first there, then gone here."""
    who = await accounts.user(request, *WRITERS)
    desk, _ = await _rooms(request)
    id_, form = await _known_intent(desk, request.match_info["item"]), await request.post()
    text, to = words(form, "text"), await _known_intent(desk, words(form, "to"))
    if not text or to == id_:
        raise BadRequestError("选一个别的意思")
    now = request.app[FRONT].clock.now()
    await change(desk, who, (to, (text,), (), f"从“{named(id_)}”挪过来"), now)
    await change(desk, who, (id_, (), (text,), f"挪到“{named(to)}”"), now)
    undo = f"/console/training/{to}/return?{urlencode({'text': text, 'to': id_})}"
    return console_shell.saying(await _shown(request, who, id_), f"“{text}”挪到“{named(to)}”了（草稿）", undo=undo)


async def put_back(request: web.Request) -> web.Response:
    """``POST /console/training/{item}/return?text=&to=``: a moved sentence to where it came from."""
    who = await accounts.user(request, *WRITERS)
    desk, _ = await _rooms(request)
    id_, to = request.match_info["item"], await _known_intent(desk, request.query.get("to", ""))
    text, now = request.query.get("text", "")[:_LONGEST], request.app[FRONT].clock.now()
    await change(desk, who, (to, (text,), (), "放回例句"), now)
    await change(desk, who, (await _known_intent(desk, id_), (), (text,), "放回例句"), now)
    return console_things.again(await _shown(request, who, to), "挪回来了")


async def check(request: web.Request) -> web.Response:
    """``POST /console/training/{item}/check`` ``text=``: what is to be said of sentences while somebody types them."""
    who = await accounts.user(request, *WRITERS)
    desk, lessons = await _rooms(request)
    id_, form = request.match_info["item"], await request.post()
    texts = lines(words(form, "text"))[:20]
    rows = await desk.rows(["training"])
    known = lessons.known(rows)
    guesses = await lessons.guesses(await desk.workspace(), texts)
    from bot.editing.lessons import same  # noqa: PLC0415  (the rooms, which are loaded by now)

    told = [(text, sorted(known.get(same(text), ())), guess) for text, guess in zip(texts, guesses, strict=True)]
    return console_shell.page(request, "console_training_check.html", who, {"told": told, "item": id_, "named": named})


async def suggested(request: web.Request) -> web.Response:
    """``GET /console/training-suggested?days=``: what shoppers said and the model was unsure of."""
    who = await console_pages.writer(request)
    desk, lessons = await _rooms(request)
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
    desk, lessons = await _rooms(request)
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
    one = "/console/training/{item}"
    return [
        web.get("/console/training", listing),
        web.get("/console/export/training", export),
        web.get("/console/training-suggested", suggested),
        web.post("/console/training-own", adopt),
        web.get(one, intent),
        web.post(f"{one}/add", add),
        web.post(f"{one}/take", take),
        web.post(f"{one}/back", back),
        web.post(f"{one}/move", move),
        web.post(f"{one}/return", put_back),
        web.post(f"{one}/check", check),
    ]
