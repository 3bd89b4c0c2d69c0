"""What every page of the console has: its navigation, whole pages and parts of them, words for times, tables for Excel."""

import csv
import io
import json as encoding
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final
from urllib.parse import quote, urlsplit

import aiohttp_jinja2
from aiohttp import web

from bot.db.users import User
from bot.front import accounts
from bot.front.console_seen import GLOBALS
from bot.front.context import FRONT

Entries = tuple[tuple[str, str], ...]
NAV: Final[tuple[tuple[str, Entries], ...]] = (
    ("看情况", (("概况", "/console/overview"), ("没答好的问题", "/console/gaps"), ("效果", "/console/effect"))),
    (
        "写内容",
        (
            ("话术", "/console/scripts"),
            ("知识", "/console/entries"),
            ("重复和矛盾", "/console/pairs"),
            ("例句", "/console/training"),
            ("商品", "/console/products"),
            ("标签", "/console/tags"),
            ("规则", "/console/rules"),
            ("品牌设置", "/console/settings"),
        ),
    ),
    (
        "发布",
        (
            ("草稿与发布", "/console/drafts"),
            ("回放", "/console/replay"),
            ("版本", "/console/releases"),
            ("导入导出", "/console/workbook"),
        ),
    ),
    (
        "人和群",
        (("群", "/console/groups"), ("导购与班次", "/console/staff"), ("账号", "/console/accounts"), ("记录", "/console/audit")),
    ),
)
"""The navigation; an entry is shown as soon as the door has its page."""
ROLES: Final[Mapping[str, str]] = {"guide": "导购", "lead": "店长", "editor": "运营", "admin": "管理员"}


def prepare(app: web.Application) -> None:
    """Words and addresses for the templates; to be called when all routes are known."""
    known = {route.resource.canonical for route in app.router.routes() if route.resource is not None}
    shown = [(group, tuple(one for one in entries if one[1] in known)) for group, entries in NAV]

    def nav(who: User) -> Sequence[tuple[str, Entries]]:
        shut = {"/console/accounts": who.role != "admin", "/console/audit": not who.sees_all}
        return [(group, own) for group, entries in shown if (own := tuple(one for one in entries if not shut.get(one[1])))]

    def told(moment: object) -> str:
        zone = app[FRONT].brand().zone
        return "" if not isinstance(moment, datetime | date) else when(moment, app[FRONT].clock.now().astimezone(zone))

    environment = aiohttp_jinja2.get_env(app)
    environment.globals["console_nav"] = nav
    environment.globals["thing"] = address
    environment.globals.update(GLOBALS)
    environment.filters["when"] = told
    environment.filters["part"] = lambda text: quote(str(text), safe="")


def address(sort: str, item: str, more: str = "") -> str:
    """Where one thing is edited: ``/console/scripts/greet``."""
    return f"/console/{sort}/{quote(item, safe='')}{more}"


def when(moment: datetime | date, now: datetime) -> str:
    """11月22日 17:40, with the year where it is another one; ``now`` in the brand's zone."""
    if not isinstance(moment, datetime):
        return _day(moment, now)
    local = moment.astimezone(now.tzinfo)
    return f"{_day(local.date(), now)} {local:%H:%M}"


def _day(day: date, now: datetime) -> str:
    year = "" if day.year == now.year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日"


def named(who: User) -> Mapping[str, object]:
    """What a page of the console calls its user."""
    return {"user": who, "role": ROLES[who.role]}


async def visitor(request: web.Request, *roles: str) -> User:
    """Whoever may open a page; others are sent to sign in, or told that this is not theirs."""
    who = await accounts.visitor(request)
    if who is None or who.must_change:
        if "HX-Request" in request.headers:
            raise web.HTTPNoContent(headers={"HX-Redirect": _door(request)})
        raise web.HTTPSeeOther(_door(request))
    if who.role not in roles:
        raise web.HTTPForbidden
    return who


def _door(request: web.Request) -> str:
    """Where to sign in, and then back to the page that is wanted; a part of a page is wanted by the page around it."""
    around = urlsplit(request.headers.get("HX-Current-URL", ""))
    wanted = f"{around.path}?{around.query}" if "HX-Request" in request.headers else request.path_qs
    return f"/login?next={quote(wanted.removesuffix('?'), safe='')}"


def partly(request: web.Request) -> bool:
    """Whether htmx asks for a part of a page, and not for the page after going back."""
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers


def page(request: web.Request, template: str, who: User, told: Mapping[str, object], status: int = 200) -> web.Response:
    """A page, or a part of one, for its user."""
    return aiohttp_jinja2.render_template(template, request, {**named(who), **told}, status=status)


def saying(answer: web.Response, words: str, **more: str) -> web.Response:
    """The answer, with words for a toast: ``undo`` an address that takes it back, ``go`` one to look at, ``label`` its words."""
    answer.headers["HX-Trigger"] = encoding.dumps({"toast": {"words": words, **more}})
    return answer


def table(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> web.Response:
    """Rows as CSV for Excel (UTF-8 with a mark); a cell that Excel would take for a formula stays text."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(head)
    for row in rows:
        writer.writerow([_cell(one) for one in row])
    return web.Response(
        body=written.getvalue().encode("utf-8-sig"),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}.csv"},
    )


def _cell(value: object) -> str:
    told = "" if value is None else str(value)
    return f"'{told}" if told[:1] in {"=", "+", "-", "@", "\t", "\r"} else told
