"""标签 and 词表 in the console: what may be known of a shopper, and the ways people write a word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from aiohttp import web

from bot.errors import BadRequestError
from bot.front import accounts, console_desk, console_pages, console_shell, console_things, limits, reading
from bot.front import console_catalogue_forms as forms
from bot.front.console import WRITERS
from bot.front.console_forms import lines, words
from bot.front.console_intents import SLOTS
from bot.front.console_seen import tags_word
from bot.front.context import LIMITER

if TYPE_CHECKING:
    from bot.editing.desk import Editing
    from bot.editing.model import Row

PAGE: Final = 100
_TYPED: Final = 40


async def tags(request: web.Request) -> web.Response:
    """``GET /console/tags``: every kind of tags with what it means; for htmx its rows alone."""
    who = await console_pages.writer(request)
    desk = await console_desk.editing(request)
    told = {"rows": await _tags(request, desk), "query": request.query, "writes": await desk.may_write(who, "tag", {})}
    part = "console_tags_rows.html" if console_shell.partly(request) else "console_tags.html"
    return console_shell.page(request, part, who, told)


async def _tags(request: web.Request, desk: Editing) -> list[Mapping[str, object]]:
    query = request.query
    worn = Counter(tag for one in (await desk.workspace()).products for tag in one.tags)
    asked = query.get("q", "").strip().casefold()
    found = [_tag(one, worn) for one in await desk.rows(["tag"])]
    picked = [
        one for one in found
        if asked in f"{one['id']} {one['name']} {one['values']}".casefold()
        and (query.get("only") != "hard" or one["hard"]) and (query.get("only") != "exclusive" or one["exclusive"])
        and (query.get("only") != "draft" or one["mark"])
    ]  # fmt: skip
    if query.get("order") == "many":
        picked.sort(key=lambda one: -int(str(one["worn"])))
    return picked  # type: ignore[return-value]


def _tag(row: Row, worn: Mapping[str, int]) -> dict[str, object]:
    value = row.value
    values = forms.listed(value.get("values"))
    return {
        "id": row.id,
        "name": tags_word(row.id),
        "values": values,
        "exclusive": bool(value.get("exclusive")),
        "hard": bool(value.get("hard")),
        "half": value.get("half_life_days"),
        "worn": sum(worn.get(one, 0) for one in values),
        "mark": "leaves" if row.leaves else "" if row.draft is None else "new" if row.live is None else "changed",
        "consequences": consequences(value),
    }


def consequences(value: Mapping[str, object]) -> list[str]:
    """What the settings of a kind of tags come to, in words."""
    told = [
        "一个人只留一个，新知道的顶掉旧的" if value.get("exclusive") else "一个人可以同时有几个",
        f"过 {value['half_life_days']} 天，可信度只剩一半，再久就当没说过" if value.get("half_life_days") else "记住了就一直算数",
    ]
    if value.get("hard"):
        told.append("硬条件：商品带了这种标签，就只给对得上的顾客看，对不上的一个也不推")
    else:
        told.append("对得上的排在前面，对不上的也还看得到")
    return told


async def export_tags(request: web.Request) -> web.Response:
    """``GET /console/export/tags``."""
    who = await accounts.user(request, *WRITERS)
    await request.app[LIMITER].count(limits.EXPORT, who.name)
    found = await _tags(request, await console_desk.editing(request))
    rows = [
        (one["id"], one["name"], forms.joined(one["values"]), "是" if one["exclusive"] else "", one["half"],
         "是" if one["hard"] else "", one["worn"])
        for one in found
    ]  # fmt: skip
    return console_shell.table("标签", ("编号", "名字", "可选的值", "只能有一个", "多少天减半", "硬条件", "带它的商品"), rows)


async def _tag_told(request: web.Request, desk: Editing, value: Mapping[str, object]) -> Mapping[str, object]:
    del request
    workspace = await desk.workspace()
    worn = Counter(tag for one in workspace.products for tag in one.tags)
    name = str(value.get("name", ""))
    rules = sum(name in one.when for one in workspace.rules)
    return {
        "worn": [(one, worn[one]) for one in forms.listed(value.get("values"))],
        "consequences": consequences(value),
        "rules": rules,
        "called": tags_word(name) if name else "",
    }


# --- words


async def words_listing(request: web.Request) -> web.Response:
    """``GET /console/words?slot=``: standard words with the ways people write them."""
    who = await console_pages.writer(request)
    desk = await console_desk.editing(request)
    rows, slots = await _words(request, desk)
    at = min(reading.number(request, "page", 1, 1, 100_000), max(1, -(-len(rows) // PAGE)))
    told = {
        "rows": rows[(at - 1) * PAGE : at * PAGE],
        "total": len(rows),
        "page": at,
        "pages": max(1, -(-len(rows) // PAGE)),
        "query": {name: one for name, one in request.query.items() if one and name != "page"},
        "slots": [(one, SLOTS.get(one, tags_word(one))) for one in slots],
        "slot_word": lambda slot: SLOTS.get(slot, tags_word(slot)),
        "writes": bool(slots) and await desk.may_write(who, "spelling", {}),
    }
    part = "console_words_rows.html" if console_shell.partly(request) else "console_words.html"
    return console_shell.page(request, part, who, told)


async def _words(request: web.Request, desk: Editing) -> tuple[list[Mapping[str, object]], list[str]]:
    query = request.query
    asked = query.get("q", "").strip().casefold()
    found = [
        {
            "id": row.id,
            "slot": row.id.partition("/")[0],
            "standard": row.id.partition("/")[2],
            "spellings": forms.listed(row.value.get("spellings")),
            "mark": "leaves" if row.leaves else "" if row.draft is None else "new" if row.live is None else "changed",
        }
        for row in await desk.rows(["spelling"])
    ]
    slots = sorted({str(one["slot"]) for one in found})
    picked = [
        one for one in found
        if query.get("slot", "") in {"", one["slot"]} and (query.get("only") != "draft" or one["mark"])
        and asked in f"{one['standard']} {' '.join(one['spellings'])}".casefold()
    ]  # fmt: skip
    return picked, slots  # type: ignore[return-value]


async def export_words(request: web.Request) -> web.Response:
    """``GET /console/export/words``."""
    who = await accounts.user(request, *WRITERS)
    await request.app[LIMITER].count(limits.EXPORT, who.name)
    rows, _ = await _words(request, await console_desk.editing(request))
    lines_ = [(one["slot"], one["standard"], "；".join(one["spellings"])) for one in rows]  # type: ignore[arg-type]
    return console_shell.table("词表", ("词类", "标准说法", "别的写法"), lines_)


async def twins(request: web.Request) -> web.Response:
    """``POST /console/words-check``: spellings of the form that are another word's already."""
    who = await accounts.user(request, *WRITERS)
    desk, form = await console_desk.editing(request), await request.post()
    slot, standard = words(form, "slot").strip(), words(form, "standard").strip()
    own = words(form, "item") or f"{slot}/{standard}"
    typed = lines(words(form, "spellings").replace("、", "\n").replace("；", "\n"))
    there: dict[str, list[str]] = {}
    for row in await desk.rows(["spelling"]):
        if row.id != own and row.id.partition("/")[0] == own.partition("/")[0] and not row.leaves:
            for one in forms.listed(row.value.get("spellings")):
                there.setdefault(one.casefold(), []).append(row.id.partition("/")[2])
    doubled = [(one, there[one.casefold()]) for one in typed if one.casefold() in there][:_TYPED]
    return console_shell.page(request, "console_words_check.html", who, {"doubled": doubled})


async def _word_told(request: web.Request, desk: Editing, value: Mapping[str, object]) -> Mapping[str, object]:
    del value
    slots = sorted({row.id.partition("/")[0] for row in await desk.rows(["spelling"])})
    if not slots and request.method == "GET":
        raise BadRequestError("现在用的是自带的词表；要有自己的词表，先用 Excel 导入", status=409, code="not_own")
    return {"slots": [(one, SLOTS.get(one, tags_word(one))) for one in slots], "joined": forms.joined}


TAGS: Final = console_things.Sort(
    name="tags",
    kind="tag",
    word="标签",
    read=forms.tag,
    id_of=lambda value: str(value.get("name", "")),
    told=_tag_told,
    page="console_tag.html",
    sheet="console_tag_sheet.html",
)
WORDS: Final = console_things.Sort(
    name="words",
    kind="spelling",
    word="词",
    read=forms.spelling,
    id_of=lambda value: f"{value.get('slot', '')}/{value.get('standard', '')}",
    told=_word_told,
    page="console_word.html",
    sheet="console_word_sheet.html",
)


def routes() -> list[web.RouteDef]:
    """Pages and deeds of tags and words."""
    return [
        web.get("/console/tags", tags),
        web.get("/console/export/tags", export_tags),
        *console_things.routes(TAGS),
        web.get("/console/words", words_listing),
        web.get("/console/export/words", export_words),
        web.post("/console/words-check", twins),
        *console_things.routes(WORDS),
    ]
