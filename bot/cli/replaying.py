"""``daogou replay``: what a draft would change, over real messages."""

import asyncio
from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.adapters.encoder import one_thread
from bot.adapters.keeping import SeenSound
from bot.cli import loading
from bot.cli.progress import bar
from bot.cli.telling import complain, document, percent, say
from bot.content import OWN, files_of
from bot.db.recorded import Recorded
from bot.errors import BadRequestError, ContentError, Problem
from bot.replaying import Report, paired, replayed
from bot.replaying.reading import read_messages
from bot.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

_SHOWN = 3
"""Examples of a group that are printed; the others stand in --json."""
_LINES = 40
"""Groups that are printed."""
_SIGNS = {"red": "✗ 要确认", "amber": "△ 看一下", "grey": "· 知道就好"}

Files = Mapping[str, bytes]


def run_replay(args: Namespace) -> int:
    """1 where something changes that needs an explicit yes."""
    if (args.folder is None) == (args.drafts is None):
        complain("要比较什么？写上改好的内容所在的文件夹 (DIR)，或者用 --drafts 写上草稿的编号")
        return 2
    told = loading.settings()
    live, draft, recorded = _material(args, told)
    if not recorded:
        complain("没有可以重放的消息：数据库里还没有顾客的话，用 --messages 给一个文件也可以")
        return 2
    report = _replayed(told, live, draft, recorded)
    if args.json:
        document(report.json())
    else:
        _print(report)
    return 1 if report.red else 0


def _replayed(told: Settings, live: Files, draft: Files, recorded: Sequence[Recorded]) -> Report:
    encoder, models, wait = loading.ready(told)
    with bar() as progress:
        pair = paired(live, draft, encoder, models, progress, SeenSound(told.home, OWN))
    wait()
    one_thread()
    with bar() as progress:
        return replayed(
            pair, recorded, loading.now(), told=None if progress is None else lambda done, total: progress("重放", done, total)
        )


def _material(args: Namespace, told: Settings) -> tuple[Files, Files, Sequence[Recorded]]:
    """Live and draft content, and the messages; the database is asked only for what is not in files."""
    folder: Path | None = args.workspace or told.workspace
    live = _files(folder) if folder is not None else None
    draft = _files(args.folder) if args.folder is not None else None
    recorded = None if args.messages is None else read_messages(args.messages, args.last)
    if live is None and draft is not None and recorded is not None:
        live = _files(OWN)
    if live is not None and draft is not None and recorded is not None:
        return live, draft, recorded
    from bot.cli.storing import on_database  # noqa: PLC0415  (folders and files need none)

    async def work(engine: "AsyncEngine") -> tuple[Files, Files, Sequence[Recorded]]:
        now_live = live if live is not None else await _live(engine)
        candidate = draft if draft is not None else await _with_drafts(engine, now_live, args.drafts)
        return now_live, candidate, recorded if recorded is not None else await _recorded(engine, args.last)

    return on_database(work)


def _files(folder: Path) -> Files:
    files, faults = files_of(folder)
    if faults:
        raise ContentError(faults)
    if not files:
        raise ContentError([Problem(str(folder), None, "", "这个文件夹里没有内容")])
    return files


async def _live(engine: "AsyncEngine") -> Files:
    """What is live in the database; the program's own content before the first import."""
    from bot.db import releases  # noqa: PLC0415

    found = await releases.live(engine)
    return await asyncio.to_thread(_files, OWN) if found is None else await releases.load(engine, found[0])


async def _recorded(engine: "AsyncEngine", last: int) -> Sequence[Recorded]:
    from bot.db.recorded import recorded  # noqa: PLC0415

    return await recorded(engine, last)


async def _with_drafts(engine: "AsyncEngine", live: Files, ids: Sequence[int]) -> Files:
    """The live content with these drafts in it."""
    from bot.content.editing import applied  # noqa: PLC0415
    from bot.content.items import Edit, Key  # noqa: PLC0415
    from bot.db.drafts import draft  # noqa: PLC0415

    edits = []
    for number in ids:
        try:
            one = await draft(engine, number)
        except BadRequestError:
            raise ContentError([Problem(f"草稿 {number}", None, "", "没有这份草稿")]) from None
        edits.append(Edit(Key(one.kind, one.item), one.value))  # type: ignore[arg-type]
    return applied(live, edits)


def _print(report: Report) -> None:
    """Groups, worst first, in words."""
    share = percent(report.changed / report.messages) if report.messages else "—"
    say(f"重放了 {report.messages} 条消息，{report.seconds:.1f} 秒；答得不一样的 {report.changed} 条（{share}）")
    for group in report.groups[:_LINES]:
        _print_group(group)
    if len(report.groups) > _LINES:
        say(f"……还有 {len(report.groups) - _LINES} 组，加 --json 看全部")
    red = len(report.red)
    say(f"\n{red} 组要有人明确点头才能发布" if red else "\n没有必须确认的改变")


def _print_group(group: Mapping[str, object]) -> None:
    sign = _SIGNS[str(group["severity"])]
    say(f"\n{sign}  {group['label']}  {_many(group)}  [{group['id']}]")
    say(f"    {group['from']} → {group['to']}")
    examples = group["examples"]
    for one in examples[:_SHOWN] if isinstance(examples, list) else ():
        say(f"    顾客：{' / '.join(one['said'])}")
        say(f"      现在：{_said(one['live'])}")
        say(f"      改后：{_said(one['draft'])}")
        if one.get("why"):
            say(f"      变了：{one['why']}")


def _many(group: Mapping[str, object]) -> str:
    """How much of it there is."""
    if group["count"]:
        return f"{group['count']} 条（{group['talks']} 段对话）"
    return f"{group['probes']} 种问法（最近没有人这样问）" if group["probes"] else "最近没有消息说到"


def _said(told: Mapping[str, object]) -> str:
    said, cards = told.get("said"), told.get("cards")
    words = [str(one) for one in said] if isinstance(said, list) else []
    shown = [str(one.get("words")) for one in cards] if isinstance(cards, list) else []
    text = " ".join((*words, *(f"[{one}]" for one in shown))).replace("\n", " ")
    return text or f"（{told.get('error') or told.get('status_words')}：{told.get('reason')}）"
