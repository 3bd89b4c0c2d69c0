"""Look for one's customers' talks, and write the handovers of some days out as a table for leads."""

import csv
import io
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.brand import Staff
from bot.db import desk_search
from bot.db.codec import iso
from bot.db.desk_search import Found, Line
from bot.errors import BadRequestError
from bot.front import bubbles, limits, reading
from bot.front import desk_shown as shown
from bot.front.chat import json
from bot.front.context import LIMITER

_SHORTEST, _LONGEST = 1, 60
_DAYS, _MOST_DAYS = 7, 366
_AROUND = 40
"""Characters before and after what was looked for."""
_HEAD = (
    "编号", "对话", "顾客", "渠道", "门店", "转人工时间", "类型", "原因", "紧急", "派单方式", "导购", "状态", "接待时间",
    "首次回复", "结束时间", "结束方式", "首次回复用时(秒)", "处理用时(秒)", "超时", "评分", "评价",
)  # fmt: skip
_STATES = {"waiting": "等待", "claimed": "接待中", "closed": "已结束"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


async def search(request: web.Request) -> web.Response:
    """``GET /api/desk/search?q=`` → ``{"results":[{"conversation","name","owner","guide","text","at","message"}]}``."""
    front, who, _ = await shown.entered(request)
    sought = request.query.get("q", "").strip()
    if not _SHORTEST <= len(sought) <= _LONGEST:
        raise BadRequestError(f"请输入 {_SHORTEST}–{_LONGEST} 个字来找")
    await request.app[LIMITER].count(limits.SEARCH, who.name)
    staff = front.staff()
    found = await desk_search.search(front.engine, who, sought)
    return json({"results": [_found(one, sought, staff) for one in found]})


def _found(one: Found, sought: str, staff: Staff) -> dict[str, object]:
    at = max(one.text.lower().find(sought.lower()) - _AROUND, 0)
    cut = one.text[at : at + len(sought) + 2 * _AROUND]
    return {
        "conversation": one.conversation,
        "name": one.name,
        "owner": one.owner,
        "guide": bubbles.guide_name(one.guide, staff),
        "store": shown.store_name(one.store, staff),
        "text": f"{'…' if at else ''}{cut}{'…' if at + len(cut) < len(one.text) else ''}",
        "at": iso(one.at),
        "message": None if one.message is None else str(one.message),
    }


async def export(request: web.Request) -> web.Response:
    """``GET /api/desk/export?days=&store=``: the handovers of a lead's stores as CSV (UTF-8 with a mark, for Excel)."""
    front, who, _ = await shown.entered(request, *shown.LEADS)
    await request.app[LIMITER].count(limits.EXPORT, who.name)
    now, staff = front.clock.now(), front.staff()
    days = reading.number(request, "days", _DAYS, 1, _MOST_DAYS)
    lines = await desk_search.handovers(front.engine, who, now - timedelta(days=days), request.query.get("store") or None)
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(_HEAD)
    table.writerows([_cell(cell) for cell in _row(one, staff, front.brand().zone)] for one in lines)
    name = f"handovers-{now.astimezone(front.brand().zone):%Y%m%d}.csv"
    return web.Response(
        body=written.getvalue().encode("utf-8-sig"),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _row(one: Line, staff: Staff, zone: ZoneInfo) -> tuple[object, ...]:
    return (
        one.id, one.conversation, one.name, one.channel, shown.store_name(one.store, staff), _local(one.at, zone), one.kind,
        one.reason, one.urgency, one.path, bubbles.guide_name(one.guide, staff), _STATES.get(one.state, one.state),
        _local(one.claimed_at, zone), _local(one.first_reply_at, zone), _local(one.closed_at, zone), one.ending,
        _apart(one.at, one.first_reply_at), _apart(one.claimed_at, one.closed_at), "、".join(one.breaches), one.rating,
        one.rating_words,
    )  # fmt: skip


def _cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    told = "" if value is None else str(value)
    return f"'{told}" if told.startswith(_FORMULA) else told


def _local(moment: datetime | None, zone: ZoneInfo) -> str:
    return "" if moment is None else f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def _apart(start: datetime | None, end: datetime | None) -> int | None:
    return None if start is None or end is None else max(round((end - start).total_seconds()), 0)
