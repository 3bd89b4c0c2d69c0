"""The sentences of one intent in the console: in and out one by one, each tap a change of its own.

A change is made on whatever the draft says by then, so that two people who work at one intent never write over each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from aiohttp import web

from bot.db.drafts import Draft, StaleError
from bot.db.users import User
from bot.errors import BadRequestError
from bot.front import accounts, console_desk, console_pages, console_shell, console_things, reading
from bot.front.console import WRITERS
from bot.front.console_forms import lines, several, words
from bot.front.console_intents import NAMES, named
from bot.front.context import FRONT

if TYPE_CHECKING:
    from bot.editing.desk import Editing
    from bot.editing.lessons import Lessons
    from bot.editing.model import Row

PAGE: Final = 100
_LONGEST: Final = 200
_MOST_ADDED: Final = 200
_TRIES: Final = 4


async def rooms(request: web.Request) -> tuple[Editing, Lessons]:
    """The desk of the words, and what the model learns from."""
    grows = await console_desk.grows(request.app[FRONT])
    return grows.editing, grows.lessons


def examples(row: Row | None) -> list[str]:
    """The sentences of an intent as they would be with its draft."""
    told = row.value.get("examples") if row is not None and not row.leaves else None
    return [str(one) for one in told] if isinstance(told, list | tuple) else []


async def intent(request: web.Request) -> web.Response:
    """``GET /console/training/{item}``: the sentences of one intent."""
    who = await console_pages.writer(request)
    return await _shown(request, who, request.match_info["item"])


async def _shown(request: web.Request, who: User, id_: str) -> web.Response:
    desk, lessons = await rooms(request)
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
    now = examples(row)
    had, have = set(live), set(now)
    return [
        *((one, "new") for one in now if one not in had),
        *((one, "gone") for one in live if one not in have),
        *((one, "") for one in now if one in had),
    ]


async def _nothing(request: web.Request, desk: Editing, value: Mapping[str, object]) -> Mapping[str, object]:
    del request, desk, value
    return {}


# --- one change after another


async def change(desk: Editing, who: User, told: tuple[str, Sequence[str], Sequence[str], str], now: datetime) -> Draft | None:
    """Sentences (intent, more, fewer, why) into its draft; what others saved in the same moment stays. None: nothing to do."""
    from bot.editing.desk import Saving  # noqa: PLC0415  (the rooms, which are loaded by now)

    id_, more, fewer, why = told
    for _ in range(_TRIES):
        row = next((one for one in await desk.rows(["training"]) if one.id == id_), None)
        had, gone = examples(row), set(fewer)
        wanted = [one for one in dict.fromkeys((*had, *more)) if one not in gone]
        if wanted == had:
            return row.draft if row is not None else None
        draft = row.draft if row is not None else None
        value = {"intent": id_, "examples": wanted} if wanted else None
        numbers = (draft.id, draft.version) if draft is not None else (0, 0)
        try:
            return await desk.save(who, Saving("training", id_, value, draft.note if draft else why, *numbers), now)
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
    desk, lessons = await rooms(request)
    id_, form = await _known_intent(desk, request.match_info["item"]), await request.post()
    texts = [one.lstrip("-").strip() for told in several(form, "text") for one in lines(told)]
    texts = [one for one in texts if one][:_MOST_ADDED]
    if not texts:
        raise BadRequestError("先写一句顾客会说的话")
    if any(len(one) > _LONGEST for one in texts):
        raise BadRequestError(f"有一句超过 {_LONGEST} 个字，拆短一点")
    await _own(desk, lessons)
    had = set(examples(next((one for one in await desk.rows(["training"]) if one.id == id_), None)))
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
    desk, _ = await rooms(request)
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
    desk, _ = await rooms(request)
    id_ = await _known_intent(desk, request.match_info["item"])
    texts = [one for one in request.query.getall("text", []) if one and len(one) <= _LONGEST][:_MOST_ADDED]
    await change(desk, who, (id_, texts, (), "放回例句"), request.app[FRONT].clock.now())
    return console_things.again(await _shown(request, who, id_), "放回来了")


async def move(request: web.Request) -> web.Response:
    """``POST /console/training/{item}/move`` ``text=&to=``: a sentence to another intent; first there, then gone here."""
    who = await accounts.user(request, *WRITERS)
    desk, _ = await rooms(request)
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
    desk, _ = await rooms(request)
    id_, to = request.match_info["item"], await _known_intent(desk, request.query.get("to", ""))
    text, now = request.query.get("text", "")[:_LONGEST], request.app[FRONT].clock.now()
    await change(desk, who, (to, (text,), (), "放回例句"), now)
    await change(desk, who, (await _known_intent(desk, id_), (), (text,), "放回例句"), now)
    return console_things.again(await _shown(request, who, to), "挪回来了")


async def check(request: web.Request) -> web.Response:
    """``POST /console/training/{item}/check`` ``text=``: what is to be said of sentences while somebody types them."""
    who = await accounts.user(request, *WRITERS)
    desk, lessons = await rooms(request)
    id_, form = request.match_info["item"], await request.post()
    texts = lines(words(form, "text"))[:20]
    rows = await desk.rows(["training"])
    known = lessons.known(rows)
    guesses = await lessons.guesses(await desk.workspace(), texts)
    from bot.editing.lessons import same  # noqa: PLC0415  (the rooms, which are loaded by now)

    told = [(text, sorted(known.get(same(text), ())), guess) for text, guess in zip(texts, guesses, strict=True)]
    return console_shell.page(request, "console_training_check.html", who, {"told": told, "item": id_, "named": named})


SORT: Final = console_things.Sort(
    name="training",
    kind="training",
    word="例句",
    read=lambda _fields, was: dict(was),
    id_of=lambda value: str(value.get("intent", "")),
    told=_nothing,
    page="console_training_intent.html",
    sheet="console_training_lines.html",
)


def routes() -> list[web.RouteDef]:
    """Pages and deeds of one intent."""
    one = "/console/training/{item}"
    return [
        web.get(one, intent),
        web.get(f"{one}/history", partial(console_things.history, SORT)),
        web.post(f"{one}/add", add),
        web.post(f"{one}/take", take),
        web.post(f"{one}/back", back),
        web.post(f"{one}/move", move),
        web.post(f"{one}/return", put_back),
        web.post(f"{one}/check", check),
    ]
