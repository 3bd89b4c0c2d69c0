"""``daogou release``: what went live when, what is different between any two, and back to an earlier one in one step."""

from argparse import Namespace
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.cli import loading
from bot.cli.storing import on_database
from bot.cli.telling import complain, document, say
from bot.content.differing import Change, differences
from bot.db import releases
from bot.db.releases import Release

_KINDS = {"import": "导入", "publish": "发布", "rollback": "退回"}
_WHAT = {"added": "新增", "removed": "拿掉", "changed": "改了"}
_WANTED = {"list": 0, "compare": 2, "rollback": 1}
_USAGE = {"list": "list 后面不用写版本号", "compare": "compare 后面写两个版本号", "rollback": "rollback 后面写一个版本号"}
_LONGEST = 60
"""Characters of a field that are shown."""


def run_release(args: Namespace) -> int:
    """List, compare or roll back; 1 where there is no such release."""
    if len(args.numbers) != _WANTED[args.action]:
        complain(_USAGE[args.action])
        return 2
    return {"list": _list, "compare": _compare, "rollback": _roll_back}[args.action](args)


def _list(args: Namespace) -> int:
    async def work(engine: AsyncEngine) -> Sequence[Release]:
        return await releases.releases(engine, args.limit)

    found = on_database(work)
    if args.json:
        document([_shown(one) for one in found])
        return 0
    for n, one in enumerate(found):
        live = "  ← 现在生效" if n == 0 else ""
        back = f" 第 {one.parent} 版" if one.kind == "rollback" else ""
        say(f"第 {one.id} 版  {one.at:%Y-%m-%d %H:%M}  {_KINDS[one.kind]}{back}  {one.author}  {one.note}{live}")
    if not found:
        say("还没有导入过内容")
    return 0


def _shown(one: Release) -> dict[str, object]:
    return {
        "release": one.id,
        "at": one.at.isoformat(timespec="seconds"),
        "kind": one.kind,
        "author": one.author,
        "note": one.note,
        "parent": one.parent,
        "changes": [dict(change) for change in one.changes],
    }


def _compare(args: Namespace) -> int:
    before, after = args.numbers

    async def work(engine: AsyncEngine) -> tuple[Change, ...]:
        return differences(await releases.load(engine, before), await releases.load(engine, after))

    found = on_database(work)
    if args.json:
        document([_told(one) for one in found])
        return 0
    for one in found:
        say(f"{_WHAT[one.what]}  {one.key}")
        for field in one.fields:
            say(f"    {field.path}：{_short(field.before)} → {_short(field.after)}")
    say(f"第 {before} 版到第 {after} 版，一共 {len(found)} 处不同" if found else "两版一模一样")
    return 0


def _told(one: Change) -> dict[str, object]:
    fields = [{"path": field.path, "before": field.before, "after": field.after} for field in one.fields]
    return {"kind": one.key.kind, "id": one.key.id, "what": one.what, "fields": fields}


def _short(value: object) -> str:
    text = "（没有）" if value is None else " ".join(str(value).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _roll_back(args: Namespace) -> int:
    from bot.publishing import roll_back  # noqa: PLC0415  (the rooms, which a list does not need)

    (wanted,) = args.numbers

    async def work(engine: AsyncEngine) -> int:
        return await roll_back(engine, wanted, args.author, loading.now(), args.note)

    made = on_database(work)
    say(f"已退回第 {wanted} 版，作为第 {made} 版生效")
    return 0
