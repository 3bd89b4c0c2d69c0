"""记录: who did what, when, to what; for admins and leads of no store, who answer for everybody's deeds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Final
from urllib.parse import quote

from aiohttp import web

from bot.db import audit
from bot.db.audit import Deed, Wanted
from bot.db.users import User
from bot.errors import BadRequestError
from bot.front import accounts, console_pages, console_shell, limits, reading
from bot.front.console import PUBLISHERS
from bot.front.console_releases import KINDS
from bot.front.context import FRONT, LIMITER

GROUPS: Final[Mapping[str, Mapping[str, str]]] = {
    "内容": {
        "content.import": "导入内容",
        "content.publish": "发布",
        "content.rollback": "退回旧版（生成新版）",
        "content.roll_back": "退回旧版",
        "content.yes": "不顾提醒发布",
        "content.refused": "新版没能生效",
        "content.accepted": "新版恢复生效",
        "draft.begin": "开始写草稿",
        "draft.save": "存草稿",
        "draft.import": "导入草稿",
        "draft.propose": "请人审核",
        "draft.approve": "批准草稿",
        "draft.reject": "退回草稿",
        "draft.dismiss": "不要草稿",
        "draft.publish": "草稿发布",
        "gap.aside": "问题先放一边",
        "correction.add": "说「应该这样回」",
        "correction.dismiss": "不采纳「应该这样回」",
        "replay.start": "开始回放",
        "replay.cancel": "停下回放",
    },
    "账号": {
        "login": "登录",
        "password": "改密码",
        "user.add": "开账号",
        "user.change": "改账号",
        "user.disable": "停用账号",
        "user.enable": "启用账号",
        "user.reset": "重置密码",
        "user.end": "让登录失效",
        "guide.leave": "离职交接",
        "guide.inherit": "转交顾客",
        "duty": "改在岗状态",
    },
    "接待": {
        "claim": "接待顾客",
        "hand_back": "交还给助手",
        "close": "结束对话",
        "transfer": "转给同事",
        "macro": "用快捷操作",
        "note.delete": "删备注",
        "tag": "改标签",
        "quiet": "改免打扰",
        "task.open": "重开待办",
        "task.done": "办完待办",
        "task.cancelled": "不办待办",
        "offer.taken": "采用推荐回复",
        "offer.dismissed": "不用推荐回复",
        "customer.erase": "抹掉顾客资料",
    },
    "群": {
        "group.settings": "改群设置",
        "group.owner": "定群主",
        "open_orders": "开接龙",
        "change_orders": "改接龙",
    },
}
"""What is kept → what people call it, group by group; what is not here stands under its own code."""
WORDS: Final[Mapping[str, str]] = {code: told for group in GROUPS.values() for code, told in group.items()}
_FIELDS: Final[Mapping[str, str]] = {
    "note": "说明",
    "reason": "理由",
    "role": "角色",
    "guide": "导购",
    "store": "门店",
    "before": "原来",
    "after": "改成",
    "kind": "种类",
    "item": "编号",
    "version": "第几次存",
    "release": "版本",
    "to": "到",
    "from": "从",
    "digest": "内容指纹",
    "files": "文件数",
    "groups": "确认过的提醒",
    "problems": "哪里不对",
    "place": "在哪儿登录",
    "ended": "登录数",
    "state": "状态",
    "until": "到什么时候",
    "customer": "顾客",
    "conversation": "对话",
    "tag": "标签",
    "retracted": "取消",
    "owner": "原来谁在接",
    "epoch": "第几轮",
    "fresh": "新加",
    "renewed": "更新",
    "macro": "快捷操作",
    "offer": "推荐",
    "changed": "改过",
    "campaign": "接龙",
    "what": "改了什么",
}
PROGRAMS: Final[Mapping[str, str]] = {
    "serve": "程序启动时",
    "bot": "助手",
    "daogou user add": "命令行",
    "daogou user reset": "命令行",
    "daogou user leave": "命令行",
}
"""Who did something without an account → what people call it."""
_PAGE: Final = 60
_MOST: Final = 20_000
"""Lines of one export."""


async def page(request: web.Request) -> web.Response:
    """``GET /console/audit?who=&what=&q=&from=&until=&before=``: the newest first; for htmx the lines alone."""
    who = overseer(await console_pages.writer(request))
    front, query = request.app[FRONT], request.query
    before = reading.number(request, "before", 0, 0, 2**62) or None
    found = await audit.deeds(front.engine, wanted(request), _PAGE + 1, before)
    told: dict[str, object] = {
        "name": "记录",
        "here": "/console/audit",
        "lines": [(one, *said(one)) for one in found[:_PAGE]],
        "more": found[_PAGE - 1].id if len(found) > _PAGE else None,
        "before": before,
        "query": {name: one for name, one in query.items() if name != "before" and one},
        "groups": GROUPS,
        "told_of": details,
        "programs": PROGRAMS,
    }
    if console_shell.partly(request):
        return console_shell.page(request, "console_audit_rows.html", who, told)
    told["actors"] = await audit.actors(front.engine)
    return console_shell.page(request, "console_audit.html", who, told)


def overseer(who: User) -> User:
    """Whoever may read what others did; raises HTTPForbidden."""
    if not who.sees_all:
        raise web.HTTPForbidden
    return who


def wanted(request: web.Request) -> Wanted:
    """The filter of the address; raises BadRequestError for a day that is none."""
    query, front = request.query, request.app[FRONT]
    what = query.get("what", "")
    actions = tuple(GROUPS[what]) if what in GROUPS else (what,) if what else ()
    zone = front.brand().zone
    first, last = _day(query.get("from", "")), _day(query.get("until", ""))
    since = datetime.combine(first, time(), zone) if first else None
    until = datetime.combine(last + timedelta(days=1), time(), zone) if last else None
    return Wanted(_plain(query.get("who", "")), actions, _plain(query.get("q", ""))[:100], since, until)


def _plain(words: str) -> str:
    return words.replace("\0", "").strip()


def _day(told: str) -> date | None:
    if not told:
        return None
    try:
        found = date.fromisoformat(told)
    except ValueError:
        raise BadRequestError("日期应写成 2026-11-22 这样") from None
    if not 2000 <= found.year <= 2999:
        raise BadRequestError("日期应写成 2026-11-22 这样")
    return found


def said(deed: Deed) -> tuple[str, str, str]:
    """What was done in words, to what, and where one can look at that (empty where nowhere)."""
    return WORDS.get(deed.action, deed.action), *_subject(deed)


def _subject(deed: Deed) -> tuple[str, str]:
    kind, item = deed.details.get("kind"), deed.details.get("item")
    action, subject = deed.action, deed.subject
    if action.startswith("draft.") and subject.isdigit():
        name = f"{KINDS.get(str(kind), kind)} {item}" if kind and item else f"草稿 {subject}"
        return name, f"/console/drafts/{subject}"
    if action.startswith("content.") and subject.isdigit():
        return f"第 {subject} 版", f"/console/releases/{subject}"
    if action.startswith(("user.", "login", "password")):
        return subject, f"/console/accounts/{quote(subject, safe='')}"
    if action.startswith("replay.") and subject.isdigit():
        return f"回放 {subject}", ""
    if action.startswith("group."):
        return f"群 {subject}", f"/console/groups/{quote(subject, safe='')}"
    return subject, ""


def details(deed: Deed) -> list[tuple[str, str]]:
    """What else is known of a deed, field by field in words."""
    skipped = {"kind", "item"} if deed.action.startswith("draft.") else set()
    return [(_FIELDS.get(name, name), told) for name, one in deed.details.items() if name not in skipped and (told := _told(one))]


def _told(value: object) -> str:
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Mapping):
        return "，".join(f"{_FIELDS.get(str(name), str(name))} {_told(one) or '没有'}" for name, one in value.items())
    if isinstance(value, list):
        return "；".join(_told(one) for one in value)
    return console_shell.ROLES.get(str(value), str(value))


async def export(request: web.Request) -> web.Response:
    """``GET /console/export/audit``: the lines as they are filtered, as CSV."""
    who = await accounts.user(request, *PUBLISHERS)
    if not who.sees_all:
        raise BadRequestError("没有权限", status=403, code="forbidden")
    await request.app[LIMITER].count(limits.EXPORT, who.name)
    front = request.app[FRONT]
    zone = front.brand().zone
    found = await audit.deeds(front.engine, wanted(request), _MOST)
    rows = [
        (
            f"{one.at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
            PROGRAMS.get(one.actor, one.actor),
            *said(one)[:2],
            "；".join(f"{name}：{told}" for name, told in details(one)),
            one.action,
        )
        for one in found
    ]
    return console_shell.table("记录", ("时间", "谁", "做了什么", "对什么", "细节", "代号"), rows)


def routes() -> list[web.RouteDef]:
    """The page and its table."""
    return [web.get("/console/audit", page), web.get("/console/export/audit", export)]
