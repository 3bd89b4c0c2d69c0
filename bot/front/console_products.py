"""商品 in the console: a table that pages on the server, one product's editor, hiding and showing with one tap, exports."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode

from aiohttp import web

from bot.db import drafts
from bot.db.users import User
from bot.errors import BadRequestError
from bot.front import accounts, console_desk, console_pages, console_shell, console_things, limits, reading
from bot.front import console_catalogue_forms as forms
from bot.front.console import WRITERS
from bot.front.console_forms import number, words
from bot.front.console_goods import LOW, Shown, chosen, mark_of, shown
from bot.front.context import FRONT, LIMITER

if TYPE_CHECKING:
    from bot.editing.desk import Editing

PAGE: Final = 50
STATUSES: Final[Mapping[str, str]] = {"active": "在卖", "hidden": "藏起来了", "ended": "不卖了"}
SORTS: Final[Mapping[str, str]] = {
    "": "按货号",
    "name": "按名字",
    "cheap": "便宜的在前",
    "dear": "贵的在前",
    "stock": "货少的在前",
    "launched": "新上市的在前",
    "new": "最近改的在前",
}
_PLACES: Final[Mapping[str, str]] = {"online": "网上仓", "warehouse": "总仓"}
_EXCEL: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HEAD: Final = ("货号", "名字", "品牌", "品类", "价格", "状态", "库存合计", "标签", "上市", "草稿")


async def _all(desk: Editing) -> list[Shown]:
    found = await desk.rows(["product"])
    return await asyncio.to_thread(lambda: [shown(one) for one in found])


async def listing(request: web.Request) -> web.Response:
    """``GET /console/products``: the table; for htmx its rows alone."""
    who = await console_pages.writer(request)
    desk = await console_desk.editing(request)
    everything = await _all(desk)
    found = await asyncio.to_thread(chosen, everything, request.query)
    at = min(reading.number(request, "page", 1, 1, 100_000), max(1, -(-len(found) // PAGE)))
    query = {name: told for name, told in request.query.items() if name != "page" and told}
    told = {
        "rows": found[(at - 1) * PAGE : at * PAGE],
        "total": len(found),
        "all": len(everything),
        "page": at,
        "pages": max(1, -(-len(found) // PAGE)),
        "query": query,
        "sorts": SORTS,
        "statuses": STATUSES,
        "low": LOW,
        "writes": await desk.may_write(who, "product", {}),
        "categories": sorted(Counter(one.category for one in everything if one.category).items()),
        "brands": sorted(Counter(one.brand for one in everything if one.brand).items()),
    }
    part = "console_products_rows.html" if console_shell.partly(request) else "console_products.html"
    return console_shell.page(request, part, who, told)


async def row(request: web.Request) -> web.Response:
    """``GET /console/products/{item}/row``: one row as it stands now."""
    who = await console_pages.writer(request)
    desk = await console_desk.editing(request)
    return await _row(request, who, desk, request.match_info["item"])


async def _row(request: web.Request, who: User, desk: Editing, sku: str) -> web.Response:
    from bot.editing.model import Row as Made  # noqa: PLC0415  (the rooms, which are loaded by now)

    opened = await desk.opened("product", sku)
    one = shown(Made("product", sku, opened.live, opened.draft))
    told = {"rows": [one], "statuses": STATUSES, "low": LOW, "writes": await desk.may_write(who, "product", opened.value)}
    return console_shell.page(request, "console_products_row.html", who, told)


async def status(request: web.Request) -> web.Response:
    """``POST /console/products/{item}/status`` ``status=hidden|active|ended``: as a draft, with a way back."""
    from bot.editing.desk import Saving  # noqa: PLC0415  (the rooms, which are loaded by now)

    who = await accounts.user(request, *WRITERS)
    desk, form, sku = await console_desk.editing(request), await request.post(), request.match_info["item"]
    wanted = words(form, "status")
    if wanted not in STATUSES:
        raise BadRequestError("没有这种状态")
    opened = await desk.opened("product", sku)
    if opened.draft is not None and opened.draft.value is None:
        raise BadRequestError("有一条草稿要把它拿掉，先处理那条草稿", status=409, code="leaves")
    value = {**opened.value, "status": wanted}
    if wanted == "active" and "status" not in (opened.live or {}):
        value.pop("status", None)
    note = opened.draft.note if opened.draft else {"hidden": "先藏起来", "active": "重新上架", "ended": "不卖了"}[wanted]
    # what somebody else saved since the row was drawn stays: theirs is looked at first
    told = Saving("product", sku, value, note, number(form, "draft"), number(form, "version"))
    saved = await desk.save(who, told, request.app[FRONT].clock.now())
    answer = await _row(request, who, desk, sku)
    undo = f"/console/products/{quote(sku, safe='')}/undo?{urlencode({'draft': saved.id, 'version': saved.version})}"
    said = {"hidden": "草稿里藏起来了", "active": "草稿里上架了", "ended": "草稿里停售了"}[wanted]
    return console_shell.saying(answer, f"{said}，发布后顾客那边才变", undo=undo)


async def undo(request: web.Request) -> web.Response:
    """``POST /console/products/{item}/undo?draft=&version=``: the draft as before the last tap; none where it began so."""
    who = await accounts.user(request, *WRITERS)
    front, desk, sku = request.app[FRONT], await console_desk.editing(request), request.match_info["item"]
    draft = await drafts.draft(front.engine, reading.number(request, "draft", 0, 0, 2**62))
    if (draft.kind, draft.item) != ("product", sku):
        raise BadRequestError("没有这条草稿", status=404, code="not_found")
    if not await desk.may_change(who, draft):
        raise BadRequestError("这一条不归您管", status=403, code="scope")
    version, now = reading.number(request, "version", 0, 0, 2**31), front.clock.now()
    if version != draft.version:
        raise drafts.StaleError(draft)
    if version == 1:
        await drafts.dismiss(front.engine, draft.id, who.name, now)
    else:
        await drafts.undo(front.engine, draft.id, version, who.name, now)
    return console_things.again(web.Response(status=200), "撤销了", mark_of(sku))


async def export(request: web.Request) -> web.Response:
    """``GET /console/export/products?as=csv|xlsx``: the table as it is filtered."""
    who = await accounts.user(request, *WRITERS)
    await request.app[LIMITER].count(limits.EXPORT, who.name)
    found = chosen(await _all(await console_desk.editing(request)), request.query)
    marks = {"": "", "new": "新的", "changed": "改过", "leaves": "要拿掉"}
    lines = [
        (one.sku, one.name, one.brand, one.category, one.price, STATUSES.get(one.status, one.status),
         "" if one.pieces is None else one.pieces, "；".join(one.tags), one.launched, marks[one.mark])
        for one in found
    ]  # fmt: skip
    if request.query.get("as") != "xlsx":
        return console_shell.table("商品", _HEAD, lines)
    from bot.editing.tables import sheet  # noqa: PLC0415  (half a second that only Excel needs)

    body = await asyncio.to_thread(sheet, "商品", _HEAD, lines)
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote('商品.xlsx')}"}
    return web.Response(body=body, content_type=_EXCEL, headers=headers)


async def _told(request: web.Request, desk: Editing, value: Mapping[str, object]) -> Mapping[str, object]:
    del request
    everything, choices = await _all(desk), await desk.choices()
    stock, links = value.get("stock"), value.get("links")
    held = stock if isinstance(stock, Mapping) else {}
    doors = links if isinstance(links, Mapping) else {}
    kinds = (await desk.workspace()).kinds
    known = Counter(tag for one in everything for tag in one.tags)
    places = {**dict(choices.stores), **_PLACES}
    places |= {place: place for place in held if place not in places}
    return {
        "categories": sorted({one.category for one in everything if one.category}),
        "brands": sorted({one.brand for one in everything if one.brand}),
        "tagged": [(kind.name, [one for one in kind.values if one in known or len(kind.values) <= 12]) for kind in kinds],
        "usual": [tag for tag, _ in known.most_common(60)],
        "statuses": STATUSES,
        "places": places,
        "held": held,
        "by_place": isinstance(stock, Mapping) or (not stock and bool(choices.stores)),
        "doors": {**dict.fromkeys(forms.LINKS, ""), **{door: one for door, one in doors.items() if door != "store"}},
        "door_names": forms.LINKS,
        "at_shops": bool(doors.get("store")),
        "joined": forms.joined,
    }


SORT: Final = console_things.Sort(
    name="products",
    kind="product",
    word="商品",
    read=forms.product,
    id_of=lambda value: str(value.get("sku", "")),
    told=_told,
    page="console_product.html",
    sheet="console_product_sheet.html",
)


def routes() -> list[web.RouteDef]:
    """Pages and deeds of products."""
    one = "/console/products/{item}"
    return [
        web.get("/console/products", listing),
        web.get("/console/export/products", export),
        web.get(f"{one}/row", row),
        web.post(f"{one}/status", status),
        web.post(f"{one}/undo", undo),
        *console_things.routes(SORT),
    ]
