"""Group orders at the desk: open a campaign, see who takes what, set right what is wrong, end it, take it away as Excel."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from urllib.parse import quote

from aiohttp import web

from bot.brand import Staff
from bot.db import campaigns_desk
from bot.db.campaigns_desk import ChangedError, Opening, Wanted
from bot.db.users import User
from bot.errors import BadRequestError
from bot.front import bubbles, limits, orders_shown, reading
from bot.front import desk_shown as shown
from bot.front import shapes_orders as shapes
from bot.front.chat import json
from bot.front.context import LIMITER, Front
from bot.ordering import Ledgers, catch_up
from bot.ordering.menu import Good, goods_of, rows_of
from bot.ordering.menu_text import MOST, Fault, numbered, read_menu
from bot.ordering.people import NAMED
from bot.ordering.telling import Sheet
from bot.ordering.workbook import workbook

LEDGERS = web.AppKey("ledgers", Ledgers)
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class _MenuError(BadRequestError):
    """A menu that cannot be read, with every fault."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("；".join(f"第 {one.line} 行：{one.why}" for one in faults[:5]), code="menu")
        self.faults = faults


async def campaigns(request: web.Request) -> web.Response:
    """``GET /api/desk/{conversation}/campaigns`` → ``{"campaigns":[…],"open":id}``."""
    front, who, talk = await shown.entered(request)
    found = await campaigns_desk.listed(front.engine, who, talk)
    return json(
        {
            "campaigns": [{**orders_shown.campaign(one), "people": one.people, "doubts": one.doubts} for one in found],
            "open": next((str(one.id) for one in found if one.state == "open"), None),
        }
    )


async def open_campaign(request: web.Request) -> web.Response:
    """``POST /api/desk/{conversation}/campaigns`` → 201 with the ledger; 400 with the faults of a menu that cannot be read."""
    front, who, talk = await shown.entered(request)
    wanted = await reading.shaped(request, shapes.NewCampaign)
    now = front.clock.now()
    deadline = shown.moment(wanted.deadline, front) if wanted.deadline else None
    if deadline is not None and deadline <= now:
        raise BadRequestError("截单的时间要在现在之后")
    try:
        goods = _menu(wanted.menu, wanted.text, ())
        goods = (*goods, *await _of_catalogue(front, wanted.skus, goods))
    except _MenuError as error:
        return _faulty(error)
    opening = Opening(
        wanted.title, rows_of(goods), _terms(wanted), deadline, now - timedelta(minutes=wanted.since_minutes, microseconds=-1)
    )
    id_ = await campaigns_desk.open_campaign(front.engine, who, talk, opening, now)
    return await _ledger(request, front, who, id_, status=201)


def _terms(wanted: shapes.NewCampaign) -> dict[str, object]:
    told = wanted.terms.model_dump(mode="json", exclude_none=True)
    return {**told, **({"announce": True} if wanted.announce else {})}


async def read(request: web.Request) -> web.Response:
    """``GET /api/desk/campaigns/{campaign}`` → the running ledger."""
    front, who, id_ = await _entered(request)
    await campaigns_desk.ledger(front.engine, who, id_)
    return await _ledger(request, front, who, id_)


async def change(request: web.Request) -> web.Response:
    """``POST /api/desk/campaigns/{campaign}`` → the ledger; 409 ``changed`` where a colleague was faster."""
    front, who, id_ = await _entered(request)
    wanted = await reading.shaped(request, shapes.CampaignChange)
    found, _, _ = await campaigns_desk.ledger(front.engine, who, id_)
    changes: dict[str, object] = {}
    if wanted.title is not None:
        changes["title"] = wanted.title
    if "deadline" in wanted.model_fields_set:
        changes["deadline"] = shown.moment(wanted.deadline, front) if wanted.deadline else None
    if wanted.state is not None:
        changes["state"] = wanted.state
    if wanted.terms is not None:
        changes["terms"] = wanted.terms.model_dump(mode="json", exclude_unset=True)
    try:
        goods = _stocked(goods_of(found.menu), wanted.stock)
        goods = (*goods, *_menu(wanted.add, wanted.add_text, goods))
    except _MenuError as error:
        return _faulty(error)
    if goods != goods_of(found.menu):
        changes["menu"] = rows_of(goods)
    _sensible(changes, found.deadline is not None and found.deadline <= front.clock.now(), front)
    try:
        if changes:
            await campaigns_desk.change(front.engine, who, id_, changes, wanted.version, front.clock.now())
    except ChangedError as error:
        return _overtaken(error)
    return await _ledger(request, front, who, id_)


def _sensible(changes: dict[str, object], over: bool, front: Front) -> None:
    """A new deadline lies ahead, and what is opened again has none behind it."""
    deadline = changes.get("deadline")
    if deadline is not None and deadline <= front.clock.now():  # type: ignore[operator]  # a moment, as read above
        raise BadRequestError("截单的时间要在现在之后")
    if changes.get("state") == "open" and over and "deadline" not in changes:
        changes["deadline"] = None


async def edit(request: web.Request) -> web.Response:
    """``POST /api/desk/campaigns/{campaign}/lines {"sender"|"name","sku","n","note"?}`` → the ledger, read on at once."""
    front, who, id_ = await _entered(request)
    wanted = await reading.shaped(request, shapes.LineEdit)
    found, lines, _ = await campaigns_desk.ledger(front.engine, who, id_)
    if wanted.sku not in {one.sku for one in goods_of(found.menu)}:
        raise BadRequestError("菜单上没有这一样", code="unknown_article")
    members = dict(await campaigns_desk.people(front.engine, who, found.conversation))
    names = {one.sender: one.name for one in lines} | members
    if wanted.name is not None:
        same = [member for member, name in members.items() if name == wanted.name]
        sender, name = (same[0], wanted.name) if len(same) == 1 else (NAMED + wanted.name, wanted.name)
    else:
        sender = wanted.sender or ""
        name = names.get(sender, "")
        if not name:
            raise BadRequestError("群里没有这个人，没说过话的人请按名字加", status=404, code="not_found")
    line = Wanted(sender, name, wanted.sku, wanted.n, wanted.note, wanted.version, wanted.was)
    try:
        await campaigns_desk.edit(front.engine, who, id_, line, front.clock.now())
    except ChangedError as error:
        return _overtaken(error)
    return await _ledger(request, front, who, id_)


async def settle(request: web.Request) -> web.Response:
    """``POST /api/desk/campaigns/{campaign}/doubts/{doubt}/settle`` → the ledger without that question."""
    front, who, id_ = await _entered(request)
    await campaigns_desk.settle(front.engine, who, id_, int(request.match_info["doubt"]), front.clock.now())
    return await _ledger(request, front, who, id_)


async def export(request: web.Request) -> web.Response:
    """``GET /api/desk/campaigns/{campaign}/export.xlsx``."""
    front, who, id_ = await _entered(request)
    await campaigns_desk.ledger(front.engine, who, id_)
    await request.app[LIMITER].count(limits.EXPORT, who.name)
    await catch_up(front.engine, request.app[LEDGERS], id_, front.clock.now())
    found, lines, doubts = await campaigns_desk.ledger(front.engine, who, id_)
    zone = front.brand().zone
    name = f"{found.title}-{found.opens_at.astimezone(zone):%Y%m%d}.xlsx"
    return web.Response(
        body=workbook(Sheet(found, lines), doubts, zone),
        content_type=_EXCEL,
        headers={"Content-Disposition": f"attachment; filename=\"orders-{id_}.xlsx\"; filename*=UTF-8''{quote(name, safe='')}"},
    )


async def _entered(request: web.Request) -> tuple[Front, User, int]:
    front, who, _ = await shown.entered(request)
    return front, who, int(request.match_info["campaign"])


async def _ledger(request: web.Request, front: Front, who: User, id_: int, status: int = 200) -> web.Response:
    """Read on at once, then show what there is; other pages hear of it where somebody changed something."""
    await catch_up(front.engine, request.app[LEDGERS], id_, front.clock.now())
    found, lines, doubts = await campaigns_desk.ledger(front.engine, who, id_)
    if request.method == "POST":
        await shown.told(front, found.conversation)
    told = orders_shown.ledger(Sheet(found, lines), doubts, _called(found.author, front.staff()))
    return json(told, status)


def _called(author: str, staff: Staff) -> str:
    return bubbles.guide_name(author, staff) or author


def _menu(rows: Sequence[shapes.MenuRow], text: str, standing: Sequence[Good]) -> tuple[Good, ...]:
    """The articles of rows and of a text; raises _MenuError with every fault."""
    goods = [Good(one.sku or "", one.name, one.unit, one.price, one.aliases, one.stock) for one in rows]
    taken = [one.name for one in standing]
    faults = [
        Fault(number, one.name, f"「{one.name}」重名了，换个名字")
        for number, one in enumerate(goods, 1)
        if one.name in taken or one.name in [other.name for other in goods[: number - 1]]
    ]
    skus = [one.sku for one in (*standing, *goods) if one.sku]
    if len(set(skus)) < len(skus):
        faults.append(Fault(1, "", "货号重复了"))
    named = numbered(goods, set(skus))
    found = read_menu(text, (*standing, *named))
    faults += found.faults
    if not faults and len(standing) + len(named) + len(found.goods) > MOST:
        faults.append(Fault(1, "", f"一次接龙最多 {MOST} 样"))
    if faults:
        raise _MenuError(faults)
    return (*named, *found.goods)


def _stocked(goods: Sequence[Good], stock: dict[str, Decimal | None]) -> tuple[Good, ...]:
    """The same articles with as much of them as a guide says there is."""
    if unknown := stock.keys() - {one.sku for one in goods}:
        raise BadRequestError(f"菜单上没有 {'、'.join(sorted(unknown))}", code="unknown_article")
    return tuple(replace(one, stock=stock[one.sku]) if one.sku in stock else one for one in goods)


async def _of_catalogue(front: Front, skus: Sequence[str], standing: Sequence[Good]) -> tuple[Good, ...]:
    """Products of the catalogue as articles, sold by the piece.

    Raises:
        BadRequestError: one is not for sale, or is on the menu already.
    """
    if not skus:
        return ()
    aids = await shown.aids(front)
    found: list[Good] = []
    for sku in dict.fromkeys(skus):
        product = next((one for one in await asyncio.to_thread(aids.goods, sku, None, 20) if one.get("sku") == sku), None)
        if product is None or product.get("price") is None or product.get("status") not in {None, "active"}:
            raise BadRequestError(f"{sku} 没有在卖，不能放进接龙", code="not_for_sale")
        found.append(Good(sku, str(product["name"]), "件", Decimal(str(product["price"]))))
    if {one.name for one in found} & {one.name for one in standing}:
        raise BadRequestError("选的商品和写的菜单重名了", code="menu")
    return tuple(found)


def _faulty(error: _MenuError) -> web.Response:
    faults = [{"line": one.line, "text": one.text, "why": one.why} for one in error.faults]
    return json({"error": {"code": error.code, "message": str(error), "faults": faults}}, error.status)


def _overtaken(error: ChangedError) -> web.Response:
    return json({"error": {"code": error.code, "message": str(error), "now": error.now}}, error.status)
