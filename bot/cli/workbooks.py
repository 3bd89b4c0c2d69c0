"""``daogou export FILE.xlsx`` and ``daogou import FILE.xlsx``: content as a workbook; what comes in becomes drafts."""

import asyncio
from argparse import Namespace
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.cli import loading
from bot.cli.storing import on_database
from bot.cli.telling import complain, say
from bot.content.differing import Change, differences
from bot.content.editing import applied
from bot.content.folder import files_of
from bot.content.items import NAMES, Edit, Json, fingerprint, items
from bot.content.workbook import edits_of, origin_of, recognised, workbook_of
from bot.content.workspace import digest_of
from bot.db import drafts, releases
from bot.db.drafts import Draft, Kept
from bot.errors import AssistantError, BadRequestError, ContentError, Problem

SUFFIXES = (".xlsx", ".xlsm")
_WHAT = {"added": "新加", "changed": "改", "removed": "去掉"}
_SHOWN = 40
"""Characters of a value in the list of differences."""
_MOST = 200
"""Differences that are listed."""


def is_workbook(path: Path) -> bool:
    """Whether a path is written as an Excel file (it need not be there yet)."""
    return path.suffix.lower() in SUFFIXES and not path.is_dir()


def ours(paths: Sequence[Path]) -> bool:
    """Whether a workbook of content is among the files, told by its sheets; what is none at all is told by whoever reads it."""
    return any(_ours(path) for path in paths if is_workbook(path) and path.is_file())


def _ours(path: Path) -> bool:
    try:
        return recognised(path.read_bytes(), path.name)
    except ContentError:
        return False


def export_workbook(args: Namespace) -> int:
    """A release as a workbook; another file in its place is left alone."""
    path: Path = args.folder

    async def work(engine: AsyncEngine) -> bytes:
        release = args.release if args.release is not None else (await _live(engine))[0]
        files = await releases.load(engine, release)
        return await asyncio.to_thread(workbook_of, files, None, release)

    data = on_database(work)
    if path.exists() and path.read_bytes() != data:
        raise ContentError([Problem(str(path), None, "", "已经有这个文件，内容不一样，为免盖掉，请换一个文件名")])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    say(f"导出好了，在 {path}。改好以后：daogou import {path}")
    return 0


def import_workbook(args: Namespace) -> int:
    """A workbook becomes drafts, all of them or none; nothing goes live without ``--publish``."""
    if len(args.paths) > 1:
        raise ContentError([Problem(str(one), None, "", "内容工作簿要单独导入，一次一份") for one in args.paths if _ours(one)])
    (path,) = args.paths
    data = path.read_bytes()
    if args.dry_run and args.workspace:
        return _told(_compared(path.name, data, _folder(args.workspace), None))

    async def work(engine: AsyncEngine) -> "tuple[_Difference, Kept, int | None]":
        release, files = await _live(engine)
        base = await _base(engine, data, path.name, release)
        found = await asyncio.to_thread(_compared, path.name, data, files, base)
        if args.dry_run or not found.edits:
            return found, Kept(0, 0, 0), None
        return found, *(await _kept(engine, found, args))

    found, kept, release = on_database(work)
    if args.dry_run or not found.edits:
        return _told(found)
    say(_counted(found.changes))
    say("，".join(filter(None, (f"新草稿 {kept.fresh} 份", f"更新 {kept.renewed} 份", f"没有变化 {kept.same} 份"))))
    say(f"第 {release} 版已经生效" if release is not None else "都还没有生效，请到 /console 看过再发布")
    return 0


@dataclass(frozen=True, slots=True)
class _Difference:
    """What a workbook would change."""

    files: Mapping[str, bytes]
    """The live ones."""
    edits: tuple[Edit, ...]
    changes: tuple[Change, ...]
    origin: str


async def _live(engine: AsyncEngine) -> tuple[int, Mapping[str, bytes]]:
    found = await releases.live(engine)
    if found is None:
        raise ContentError([Problem("数据库", None, "", "还没有导入过内容，先运行 daogou import 文件夹")])
    return found[0], await releases.load(engine, found[0])


async def _base(engine: AsyncEngine, data: bytes, name: str, live: int) -> Mapping[str, bytes] | None:
    """The files of the release that the workbook was made of; None where they are the live ones, or are not known."""
    told = await asyncio.to_thread(origin_of, data, name)
    if told.release is None or told.release == live:
        return None
    try:
        files = await releases.load(engine, told.release)
    except ContentError:
        files = {}
    if digest_of(files) == told.digest:
        return files
    complain("注意：这份表不知道是从哪一版导出的，直接和现在生效的内容比")
    return None


def _folder(path: Path) -> Mapping[str, bytes]:
    files, faults = files_of(path)
    if faults:
        raise ContentError(faults)
    return files


def _compared(name: str, data: bytes, files: Mapping[str, bytes], base: Mapping[str, bytes] | None) -> _Difference:
    edits = edits_of(data, files, base, name)
    return _Difference(files, edits, differences(files, applied(files, edits)), name)


async def _kept(engine: AsyncEngine, found: _Difference, args: Namespace) -> tuple[Kept, int | None]:
    """Drafts of all edits, or of none; the number of the release where they were published."""
    before = items(found.files, {edit.key.kind for edit in found.edits})
    made = [
        Draft(edit.key.kind, edit.key.id, edit.value, found.origin, args.note, fingerprint(before[edit.key].value))
        if edit.key in before
        else Draft(edit.key.kind, edit.key.id, edit.value, found.origin, args.note)
        for edit in found.edits
    ]
    now = loading.now()
    await _unheld(engine, made, args.author)
    kept = await drafts.keep(engine, made, args.author, now)
    if not args.publish:
        return kept, None
    from bot.publishing import Publisher, Yes  # noqa: PLC0415  (loads every room: drafts need none of them)

    encoder, models, wait = loading.ready(loading.settings())
    await asyncio.to_thread(wait)
    there = [await drafts.open_draft(engine, one.kind, one.item) for one in made]
    ids = [one.id for one in there if one is not None]
    yes = Yes(unseen=True, reason=args.note or "daogou import --publish")
    try:
        return kept, await Publisher(engine, encoder, models).publish(ids, args.author, now, yes)
    except AssistantError:
        complain("没有发布；改动都存成了草稿，可以到 /console 接着看")
        raise


async def _unheld(engine: AsyncEngine, made: Sequence[Draft], author: str) -> None:
    """Raises BadRequestError where somebody else is at work on one of the things: then nothing is kept."""
    open_ = [(one, await drafts.open_draft(engine, one.kind, one.item)) for one in made]
    held = [now for one, now in open_ if now is not None and now.value != one.value and now.updated_by not in {None, author}]
    if held:
        names = "、".join(f"{one.item}（{one.last_author}）" for one in held)
        raise BadRequestError(f"这些有别人正在改的草稿，一条也没有导入，先商量好再导：{names}", status=409, code="stale")


def _told(found: _Difference) -> int:
    if not found.edits:
        say("和现在的内容一样，没有要改的")
        return 0
    say(_counted(found.changes))
    lines = [line for change in found.changes for line in _lines(change)]
    for line in lines[:_MOST]:
        say(line)
    if len(lines) > _MOST:
        say(f"…还有 {len(lines) - _MOST} 处")
    return 0


def _counted(changes: Sequence[Change]) -> str:
    counts = Counter((change.key.kind, change.what) for change in changes)
    kinds = dict.fromkeys(change.key.kind for change in changes)
    told = (
        f"{NAMES[kind]}：{'，'.join(f'{words} {counts[kind, what]} 条' for what, words in _WHAT.items() if counts[kind, what])}"
        for kind in kinds
    )
    return "\n".join(told)


def _lines(change: Change) -> Sequence[str]:
    head = f"  {_WHAT[change.what]}  {change.key}"
    if change.what != "changed":
        return [head]
    return [f"{head}  {one.path}：{_short(one.before)} → {_short(one.after)}" for one in change.fields]


def _short(value: Json) -> str:
    text = " ".join(str("（空）" if value is None else value).split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
