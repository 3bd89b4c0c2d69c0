"""概况: what became of the messages, by day, hour, family, store and channel; and what waits for whoever looks.

The numbers come with the page. What has to load the words first (families, findings, gaps, experiments) comes after it, each by
itself, so that nobody waits for the slowest.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from aiohttp import web

from bot import scopes
from bot.db import audit, drafts, overview, releases
from bot.db.overview import FATES, Bar, Counted, Fate, Span
from bot.db.users import User
from bot.front import accounts, console_desk, console_pages, console_shell, limits, reading
from bot.front import desk_shown as shown
from bot.front.console import PUBLISHERS, WRITERS
from bot.front.context import FRONT, LIMITER, Front
from bot.kinds import CHANNELS

if TYPE_CHECKING:
    from bot.editing.desk import Editing

SPANS: Final[Mapping[int, str]] = {1: "今天", 7: "最近 7 天", 28: "最近 28 天", 90: "最近 90 天"}
FATE_NAMES: Final[Mapping[Fate, str]] = {
    "answered": "答上了",
    "unanswered": "没答上",
    "handed": "转人工",
    "silent": "有意不答",
    "failed": "出错",
    "waiting": "还没处理",
}
_COLOURS: Final[Mapping[Fate, str]] = {
    "answered": "#2c6e49",
    "unanswered": "#c77700",
    "handed": "#4a6fa5",
    "silent": "#b9a49c",
    "failed": "#b3261e",
    "waiting": "#8f4a43",
}
_LEADS: Final[Mapping[Fate, tuple[str, str, str]]] = {
    "answered": ("/console/effect", "看效果", "说了以后顾客怎么样"),
    "unanswered": ("/console/gaps", "去补知识", "只说了“不知道”或者反问的"),
    "handed": ("/console/staff", "看谁在岗", "请导购来接的"),
    "silent": ("/console/groups", "看群", "群里不是问它的、导购正在聊的"),
    "failed": ("/console/replay", "回放看看", "程序没处理好，已经请了人"),
    "waiting": ("/desk", "去导购台", "刚收到，还在处理"),
}
"""Fate → where one can do something about it, in what words, and what it means."""
_CHANNELS: Final[Mapping[str, str]] = {**CHANNELS, "rest": "接口"}
_RISING: Final = 1.5
"""A question that is asked so many times as often as before is told of."""
_OTHER: Final = "别的"


async def page(request: web.Request) -> web.Response:
    """``GET /console/overview?days=``: 1, 7, 28 or 90 days, today the last of them."""
    who = await console_pages.writer(request)
    front = request.app[FRONT]
    span, found = await _counted(request, who)
    total = found.total
    told = {
        "name": "概况",
        "here": "/console/overview",
        "days": span.days,
        "spans": SPANS,
        "scope": _scope(who, front),
        "total": sum(total.values()),
        "fates": [(fate, FATE_NAMES[fate], total[fate], *_LEADS[fate]) for fate in FATES if fate != "waiting" or total[fate]],
        "charts": _charts(found, span, who, front),
        "waits": await _waits(request, who),
        "exports": f"/console/export/overview?days={span.days}",
    }
    part = "console_overview_figures.html" if console_shell.partly(request) else "console_overview.html"
    return console_shell.page(request, part, who, told)


async def _counted(request: web.Request, who: User) -> tuple[Span, Counted]:
    """The span that is asked for and its messages."""
    front, days = request.app[FRONT], reading.number(request, "days", 7, 1, 90)
    days = min(SPANS, key=lambda one: abs(one - days))
    now = front.clock.now()
    span = Span.last(days, now, front.brand().zone)
    return span, await overview.counted(front.engine, who.stores, span.since, now + timedelta(seconds=1))


def _scope(who: User, front: Front) -> str:
    return "、".join(shown.store_name(one, front.staff()) or one for one in who.stores) or "全部门店"


def _charts(found: Counted, span: Span, who: User, front: Front) -> list[dict[str, object]]:
    staff, zone = front.staff(), front.brand().zone
    charts = [] if span.days == 1 else [chart("days", ("每天多少消息", "日期"), overview.by_day(found, span), _short)]
    charts.append(chart("hours", ("一天里什么时候来", "时间"), overview.by_hour(found, zone), lambda hour: f"{hour} 点"))
    channels = overview.busiest(found.channels.items())
    charts.append(chart("channels", ("从哪儿来", "渠道"), channels, lambda one: _CHANNELS.get(one, one), lying=True))
    if not who.stores:
        stores = overview.busiest(found.stores.items())
        charts.append(
            chart(
                "stores",
                ("哪家店的顾客", "门店"),
                stores,
                lambda one: shown.store_name(one or None, staff) or "还不属于哪家店",
                lying=True,
            )
        )
    return charts


def chart(
    id_: str, words: tuple[str, str], bars: Sequence[Bar], named: Callable[[str], str] = str, *, lying: bool = False
) -> dict[str, object]:
    """One chart with its table: ``labels``, ``sets`` of (name, numbers, colour), only of fates that occur.

    ``words``: its title, and what stands above the names in its table.
    """
    title, of = words
    fates = [fate for fate in FATES if any(one.by[fate] for one in bars)]
    labels = [named(one.name) for one in bars]
    sets = [{"name": FATE_NAMES[fate], "data": [one.by[fate] for one in bars], "colour": _COLOURS[fate]} for fate in fates]
    return {
        "id": id_,
        "title": title,
        "of": of,
        "drawn": {"labels": labels, "sets": sets, "lying": lying},
        "tall": max(180, 60 + 30 * len(bars)) if lying else 240,
        "rows": [(label, [one.by[fate] for fate in fates], one.total) for label, one in zip(labels, bars, strict=True)],
        "said": "，".join(f"{FATE_NAMES[fate]} {sum(one.by[fate] for one in bars)}" for fate in fates) or "没有消息",
        "empty": not any(one.total for one in bars),
    }


def _short(day: str) -> str:
    return f"{int(day[5:7])}/{int(day[8:])}"


# --- what waits


@dataclass(frozen=True, slots=True)
class Wait:
    """Something that waits for whoever looks."""

    words: str
    path: str
    hot: bool = False


async def _waits(request: web.Request, who: User) -> list[Wait]:
    """What the database knows: drafts, and a release that no process could use."""
    front = request.app[FRONT]
    found = await _refused(front)
    open_ = await drafts.drafts(front.engine)
    staff = front.staff()
    theirs = [one for one in open_ if scopes.may_publish(who, scopes.read(one.scope), staff)]
    if who.role in PUBLISHERS:
        ask = [one for one in theirs if one.state == "proposed" and one.last_author != who.name]
        done = [one for one in theirs if one.state == "approved"]
        found += [Wait(f"{len(ask)} 条草稿等您看过、批准", "/console/drafts?state=proposed", hot=True)] if ask else []
        found += [Wait(f"{len(done)} 条草稿批准了，还没发布", "/console/drafts?state=approved")] if done else []
    own = [one for one in open_ if one.last_author == who.name and one.state == "draft"]
    return found + ([Wait(f"您有 {len(own)} 条草稿写了一半", f"/console/drafts?state=draft&who={who.name}")] if own else [])


async def _refused(front: Front) -> list[Wait]:
    live = await releases.live(front.engine)
    if live is None:
        return []
    refused = await audit.refused(front.engine, [live[0]])
    return [
        Wait(f"第 {number} 版没能生效，现在说的还是上一版的话", f"/console/releases/{number}", hot=True) for number in refused
    ]


async def waiting(request: web.Request) -> web.Response:
    """``GET /console/overview/waiting/{what}``: what only the loaded words know: findings, rising gaps, verdicts."""
    who = await console_pages.writer(request)
    found = await _ASKED[request.match_info["what"]](request, who)
    return console_shell.page(request, "console_overview_waiting.html", who, {"waits": found})


async def _findings(request: web.Request, who: User) -> list[Wait]:
    del who
    desk = await console_desk.editing(request)
    found = [one for several in (await desk.findings(console_desk.today(request))).values() for one in several]
    blocks = sum(one.blocks for one in found)
    warns = sum(one.severity == "warn" and one.excepted is None for one in found)
    path = "/console/scripts?state=findings&order=findings"
    told = [Wait(f"线上的话有 {blocks} 处不能这么说", path, hot=True)] if blocks else []
    return told + ([Wait(f"线上的话有 {warns} 处最好改改", path)] if warns else [])


async def _gaps(request: web.Request, who: User) -> list[Wait]:
    del who
    grows = await console_desk.grows(request.app[FRONT])
    found = await grows.gaps(request.app[FRONT].clock.now(), 28, 200)
    rising = [one for one in found if float(str(one["rising"])) >= _RISING]
    told = [Wait(f"有 {len(found)} 个问题没答好", "/console/gaps")] if found else []
    return [
        *(Wait(f"“{one['question']}”问的人多起来了（{one['count']} 次）", "/console/gaps", hot=True) for one in rising[:3]),
        *told,
    ]


async def _trials(request: web.Request, who: User) -> list[Wait]:
    from bot.front.console_effect import verdicts  # noqa: PLC0415  (numbers, which pages without them do not load)

    words = {"better": "有结果了", "same": "看不出差别，可以停了", "uneven": "分组不对，要查一查"}
    found = [one for one in await verdicts(request, who) if one.kind in words]
    return [
        Wait(f"对比试验 {one.trial.id} {words[one.kind]}", f"/console/effect?script={one.trial.script}", hot=one.kind != "same")
        for one in found
    ]


_Ask = Callable[[web.Request, User], Awaitable[list[Wait]]]
_ASKED: Final[Mapping[str, _Ask]] = {"findings": _findings, "gaps": _gaps, "trials": _trials}


async def by_family(request: web.Request) -> web.Response:
    """``GET /console/overview/families?days=``: what was said, by family of script."""
    who = await console_pages.writer(request)
    desk = await console_desk.editing(request)
    _, found = await _counted(request, who)
    known = await families(desk)
    bars = overview.busiest((known.get(script, _OTHER), by) for script, by in found.scripts.items() if script)
    told = {"one": chart("families", ("说的是哪一类话", "类别"), bars, lying=True)}
    return console_shell.page(request, "console_overview_chart.html", who, told)


async def families(desk: Editing) -> Mapping[str, str]:
    """Script → its family, the live ones over those that the program brings."""
    from bot.handlers.wording import BUILT_IN  # noqa: PLC0415  (the rooms, which are loaded by now)

    live = await desk.live()
    own = {key.id: str(item.value.get("family") or _OTHER) for key, item in live.found.items() if key.kind == "script"}
    return {**{one.id: one.family for one in BUILT_IN}, **own}


async def export(request: web.Request) -> web.Response:
    """``GET /console/export/overview?days=``: every hour in which somebody wrote, as CSV."""
    who = await accounts.user(request, *WRITERS)
    await request.app[LIMITER].count(limits.EXPORT, who.name)
    span, found = await _counted(request, who)
    rows = [
        (f"{hour.astimezone(span.zone):%Y-%m-%d}", f"{hour.astimezone(span.zone):%H}:00", *(by.get(fate, 0) for fate in FATES))
        for hour, by in sorted(found.hours.items())
    ]
    return console_shell.table(f"概况 {SPANS[span.days]}", ("日期", "钟点", *FATE_NAMES.values()), rows)


def routes() -> list[web.RouteDef]:
    """The overview and its parts."""
    return [
        web.get("/console/overview", page),
        web.get("/console/overview/families", by_family),
        web.get(rf"/console/overview/waiting/{{what:{'|'.join(_ASKED)}}}", waiting),
        web.get("/console/export/overview", export),
    ]
