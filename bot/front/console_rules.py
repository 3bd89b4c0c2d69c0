"""规则 in the console: what ops put on top, keep away or lift, in words, with what a shopper would see before and after."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from aiohttp import web

from bot.errors import BadRequestError
from bot.front import accounts, console_desk, console_pages, console_shell, console_things, limits
from bot.front import console_catalogue_forms as forms
from bot.front.console import WRITERS
from bot.front.console_forms import Fields, several, words
from bot.front.console_seen import tags_word
from bot.front.context import FRONT, LIMITER

if TYPE_CHECKING:
    from bot.editing.desk import Editing
    from bot.editing.model import Row
    from bot.editing.trying import Somebody

OWN: Final[Mapping[str, str]] = {
    "category": "在看的品类",
    "brand": "点名的品牌",
    "concern": "想解决的问题",
    "level": "会员等级",
    "store": "门店",
    "channel_habit": "习惯在哪里买",
    "product": "问到的商品（货号）",
}
"""Conditions that are no tags, as they are asked for."""
_SAID: Final[Mapping[str, str]] = {
    "category": "在看{}的", "brand": "点名要{}的", "concern": "想{}的", "level": "{}会员", "store": "{}的顾客",
    "channel_habit": "习惯在{}买的", "product": "问到{}的", "audience": "{}",
}  # fmt: skip
_PARTS: Final[Mapping[str, str]] = {"tags": "带“{}”标签的", "category": "品类是{}的", "brand": "{}的", "sku": "{}"}
_STATES: Final[Mapping[str, str]] = {"now": "正在用", "later": "还没开始", "over": "已经过期"}
_HITS: Final = 12


async def listing(request: web.Request) -> web.Response:
    """``GET /console/rules``: every rule in words; for htmx its rows alone."""
    who = await console_pages.writer(request)
    desk = await console_desk.editing(request)
    told = {
        "rows": await _rows(request, desk),
        "query": request.query,
        "states": _STATES,
        "writes": await desk.may_write(who, "rule", {}),
    }
    part = "console_rules_rows.html" if console_shell.partly(request) else "console_rules.html"
    return console_shell.page(request, part, who, told)


async def _rows(request: web.Request, desk: Editing) -> Sequence[Mapping[str, object]]:
    today, query = console_desk.today(request), request.query
    names = await _names(desk)
    found = [_shown(one, today, names) for one in await desk.rows(["rule"], today)]
    asked = query.get("q", "").casefold().split()
    picked = [
        one for one in found
        if query.get("state", "") in {"", one["state"]} and query.get("does", "") in {"", *_does(one["value"])}
        and (query.get("marked") != "findings" or one["blocks"] or one["warns"])
        and (query.get("marked") != "draft" or one["mark"])
        and all(word in str(one["told"]).casefold() for word in asked)
    ]  # fmt: skip
    if query.get("order") == "until":
        picked.sort(key=lambda one: (str(one["until"] or "9999"), str(one["id"])))
    return picked


def _shown(row: Row, today: date, names: Mapping[str, str]) -> dict[str, object]:
    value = row.value
    return {
        "id": row.id,
        "value": value,
        "who": who_of(value, names),
        "does": does_of(value, names),
        "when": when_of(value),
        "state": state_of(value, today),
        "until": value.get("until"),
        "reason": value.get("reason") or "",
        "told": f"{row.id} {who_of(value, names)} {does_of(value, names)} {value.get('reason') or ''} {value}",
        "mark": "leaves" if row.leaves else "" if row.draft is None else "new" if row.live is None else "changed",
        "author": row.draft.last_author if row.draft else "",
        "blocks": row.blocks,
        "warns": row.warns,
    }


async def _names(desk: Editing) -> Mapping[str, str]:
    """Numbers of products and stores → names."""
    workspace = await desk.workspace()
    return {**{one.sku: one.name for one in workspace.products}, **{one.id: one.name for one in workspace.staff.stores.values()}}


def who_of(value: Mapping[str, object], names: Mapping[str, str]) -> str:
    """谁来看."""
    inside = value.get("when")
    told = []
    for key, one in inside.items() if isinstance(inside, Mapping) else ():
        said = "或".join(names.get(word, word) for word in forms.listed(one))
        told.append(_SAID.get(key, f"{tags_word(key)}是{{}}的").format(said))
    return "，并且".join(told) if told else "所有顾客"


def does_of(value: Mapping[str, object], names: Mapping[str, str]) -> str:
    """做什么."""
    found = []
    if pin := forms.listed(value.get("pin")):
        found.append(f"把{_few([names.get(sku, sku) for sku in pin])}放在最前面")
    if blocked := _selected(value.get("block"), names):
        found.append(f"不推{blocked}商品")
    if boosted := _selected(value.get("boost"), names):
        factor = value.get("factor") or 1.2
        less = isinstance(factor, int | float) and factor < 1
        found.append(f"{'少推' if less else '多推'}{boosted}商品（{factor} 倍）")
    return "；".join(found) or "什么也不做"


def _selected(selector: object, names: Mapping[str, str]) -> str:
    inside = selector if isinstance(selector, Mapping) else {}
    told = [
        form.format(_few([names.get(word, word) for word in forms.listed(inside.get(part))]))
        for part, form in _PARTS.items()
        if inside.get(part)
    ]
    return "、".join(told)


def _few(found: Sequence[str]) -> str:
    return "、".join(found[:4]) + (f" 等 {len(found)} 个" if len(found) > 4 else "")


def when_of(value: Mapping[str, object]) -> str:
    """什么时候."""
    begins, ends = value.get("from"), value.get("until")
    if begins and ends:
        return f"{begins} 到 {ends}（含当天）"
    return f"{begins} 起" if begins else f"到 {ends} 为止（含当天）" if ends else "一直"


def state_of(value: Mapping[str, object], today: date) -> str:
    """``now``, ``later`` or ``over``."""
    begins, ends = str(value.get("from") or ""), str(value.get("until") or "")
    return "later" if begins > today.isoformat() else "over" if ends and ends < today.isoformat() else "now"


def _does(value: object) -> list[str]:
    return [name for name in ("pin", "block", "boost") if isinstance(value, Mapping) and value.get(name)]


async def export(request: web.Request) -> web.Response:
    """``GET /console/export/rules``: the list as it is filtered, as CSV."""
    who = await accounts.user(request, *WRITERS)
    await request.app[LIMITER].count(limits.EXPORT, who.name)
    found = await _rows(request, await console_desk.editing(request))
    head = {"id": "编号", "who": "谁来看", "does": "做什么", "when": "什么时候", "state": "状态", "reason": "理由"}
    head |= {"blocks": "要改", "warns": "提醒"}
    lines = [[_STATES[str(one["state"])] if name == "state" else one[name] for name in head] for one in found]
    return console_shell.table("规则", tuple(head.values()), lines)


async def goods(request: web.Request) -> web.Response:
    """``GET /console/rules-goods?q=&into=``: products to choose from, found by name or number."""
    who = await console_pages.writer(request)
    desk = await console_desk.editing(request)
    asked, into = request.query.get("find", "").casefold().split(), request.query.get("into", "pin")
    if into not in {"pin", "block.sku", "boost.sku"}:
        raise BadRequestError("不知道要放到哪里")
    products = (await desk.workspace()).products if asked else ()
    hits = [one for one in products if all(word in f"{one.sku} {one.name} {one.brand}".casefold() for word in asked)]
    hits.sort(key=lambda one: (one.status != "active", one.name))
    return console_shell.page(request, "console_rules_goods.html", who, {"hits": hits[:_HITS], "asked": asked, "into": into})


async def preview(request: web.Request) -> web.Response:
    """``POST /console/rules-preview``: what a shopper sees now, and with the rule of the form."""
    from bot.editing.trying import laid, tried  # noqa: PLC0415  (the rooms, which are loaded by now)

    who = await accounts.user(request, *WRITERS)
    desk = await console_desk.editing(request)
    form = await console_things.sent(SORT, request, desk)
    workspace, live = await desk.workspace(), await desk.live()
    somebody, at = _somebody(form.fields), _moment(request, form.fields)
    shelf = await asyncio.to_thread(laid, desk, live.digest, workspace)
    value: Mapping[str, object] = form.value
    seen = await asyncio.to_thread(tried, shelf, workspace, value, form.id or "·", (somebody, at))
    names = await _names(desk)
    told = {"seen": seen, "who": who_of(value, names), "does": does_of(value, names), "when": when_of(value)}
    return console_shell.page(request, "console_rule_preview.html", who, told)


def _somebody(fields: Fields) -> Somebody:
    from bot.editing.trying import Somebody  # noqa: PLC0415  (the rooms, which are loaded by now)

    tags: dict[str, tuple[str, ...]] = {}
    for one in several(fields, "p.tags"):
        name, _, value = one.partition("=")
        tags[name] = (*tags.get(name, ()), value)
    text, level = words(fields, "p.text").strip()[:200], words(fields, "p.level").strip()
    return Somebody(text, words(fields, "p.category").strip(), tags, level, words(fields, "p.store"))


def _moment(request: web.Request, fields: Fields) -> datetime:
    front = request.app[FRONT]
    now = front.clock.now().astimezone(front.brand().zone)
    told = words(fields, "p.day")
    try:
        return datetime.combine(date.fromisoformat(told), now.timetz()) if told else now
    except ValueError:
        raise BadRequestError("看哪一天写得不对") from None


async def _told(request: web.Request, desk: Editing, value: Mapping[str, object]) -> Mapping[str, object]:
    workspace, choices = await desk.workspace(), await desk.choices()
    kinds = {kind.name: kind.values for kind in workspace.kinds}
    categories = sorted({part for one in workspace.products for part in (one.category, *one.category.split("/")) if part})
    known: dict[str, Sequence[tuple[str, str]]] = {name: [(one, one) for one in values] for name, values in kinds.items()}
    known |= {"store": list(choices.stores), "level": [(one, one) for one in choices.levels]}
    known["category"] = [(one, one) for one in categories]
    inside, today = value.get("when"), console_desk.today(request)
    idle = value and state_of(value, today) != "now"
    return {
        "day": str(value.get("from") or value.get("until") or "") if idle else "",
        "conditions": [(key, forms.listed(one)) for key, one in (inside.items() if isinstance(inside, Mapping) else ())],
        "keys": [(name, tags_word(name)) for name in kinds if name not in OWN] + list(OWN.items()),
        "known": known,
        "categories": categories,
        "kinds": [(name, values) for name, values in kinds.items() if values],
        "names": await _names(desk),
        "listed": forms.listed,
        "joined": forms.joined,
    }


SORT: Final = console_things.Sort(
    name="rules",
    kind="rule",
    word="规则",
    read=forms.rule,
    id_of=lambda value: str(value.get("id", "")),
    told=_told,
    page="console_rule.html",
    sheet="console_rule_sheet.html",
)


def routes() -> list[web.RouteDef]:
    """Pages and deeds of rules."""
    return [
        web.get("/console/rules", listing),
        web.get("/console/export/rules", export),
        web.get("/console/rules-goods", goods),
        web.post("/console/rules-preview", preview),
        *console_things.routes(SORT),
    ]
