"""How guides and stores served in the last days: figures of people apart from those of the bot."""

from dataclasses import asdict
from datetime import datetime, time, timedelta

from aiohttp import web

from bot.brand import Staff, aliases
from bot.db import reports
from bot.db.reports import Figures
from bot.front import bubbles, reading
from bot.front import desk_shown as shown
from bot.front.chat import json
from bot.front.context import Front


async def report(request: web.Request) -> web.Response:
    """``GET /api/desk/reports?days=`` → ``{"days","guides","stores","total"}``; guides see their own line."""
    front, who, _ = await shown.entered(request)
    days = reading.number(request, "days", 7, 1, 366)
    since, until = _span(front, days)
    staff = front.staff()
    found = await reports.report(front.engine, who, since, until, aliases(staff.guides.values()))
    lead = who.role in shown.LEADS
    return json(
        {
            "days": days,
            "guides": [_told(one, staff) for one in found.guides if lead or one.guide == who.actor],
            "stores": [_told(one, staff) for one in found.stores],
            "total": _told(found.total, staff),
        }
    )


def _span(front: Front, days: int) -> tuple[datetime, datetime]:
    """Whole days of the brand's zone, today the last of them."""
    now = front.clock.now().astimezone(front.brand().zone)
    first = now.date() - timedelta(days=days - 1)
    return datetime.combine(first, time(), now.tzinfo), now + timedelta(seconds=1)


def _told(one: Figures, staff: Staff) -> dict[str, object]:
    name = bubbles.guide_name(one.guide, staff) if one.guide else shown.store_name(one.store, staff)
    return {**asdict(one), "name": name, "store": shown.store_name(one.store, staff), "store_id": one.store}
