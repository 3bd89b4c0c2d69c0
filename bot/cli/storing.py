"""``daogou import`` and ``daogou export``: content between files and the database, without loss.

The content with its rooms is loaded only by what reads it: whoever merely asks the database something comes through here too.
"""

from __future__ import annotations

import asyncio
from argparse import Namespace
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.embedded import servers
from bot.cli.telling import complain, say
from bot.db import engine as database
from bot.db.migrate import migrate
from bot.errors import ContentError, Problem
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.content import Workspace
    from bot.guarding import Verdict

T = TypeVar("T")


def on_database(work: Callable[[AsyncEngine], Awaitable[T]]) -> T:
    """Do something on the database of DAOGOU_DATABASE_URL, or on the embedded one, which runs as long as it takes."""
    told = Settings.from_environment()
    url = told.database_url.get_secret_value() if told.database_url else None
    # Redis is not needed: its address is given only so that none is started
    with servers(told.home, url, "redis://unused") as running:
        return asyncio.run(_on(running.database_url, work))


async def _on(url: str, work: Callable[[AsyncEngine], Awaitable[T]]) -> T:
    async with database.connected(url, pool=2) as engine:
        await migrate(engine)
        return await work(engine)


def run_import(args: Namespace) -> int:
    """A folder is checked, kept and published; files become drafts."""
    (folder, *more) = args.paths
    if any(one.suffix.lower() in {".xlsx", ".xlsm"} for one in args.paths):
        from bot.cli import workbooks  # noqa: PLC0415  (a folder needs no reader of Excel)

        if workbooks.ours(args.paths):
            return workbooks.import_workbook(args)
    if args.publish:
        raise ContentError([Problem(str(folder), None, "", "--publish 只用于内容工作簿（.xlsx）")])
    if more or folder.is_file() or args.dry_run:
        from bot.cli.growing import import_files  # noqa: PLC0415  (a folder needs no readers of foreign files)

        return import_files(args)
    return _import_folder(folder, args)


def _import_folder(folder: Path, args: Namespace) -> int:
    from bot.cli import loading  # noqa: PLC0415  (the rooms)
    from bot.content import read_folder  # noqa: PLC0415
    from bot.content.harvest_writing import FOLDER as DRAFTS  # noqa: PLC0415
    from bot.content.linting import blocks, lint, problem, warns  # noqa: PLC0415
    from bot.db import corrections, releases  # noqa: PLC0415

    workspace = read_folder(folder)
    found = lint(workspace.files, workspace, loading.now().astimezone(workspace.brand.zone).date())
    for warning in map(problem, warns(found)):
        complain(f"请看一下  {warning}")
    if (faults := list(map(problem, blocks(found)))) and not args.force:
        raise ContentError(faults)

    async def work(engine: AsyncEngine) -> tuple[tuple[int, str] | None, int, list[str]]:
        verdict = await _judged(engine, workspace)
        if verdict.broken and not args.force:
            raise ContentError([*verdict.problems, Problem(str(folder), None, "", "确实要发布，请加上 --force")])
        before = await releases.live(engine)
        files = {} if before is None else await releases.load(engine, before[0])
        lost = [path for path in files if path.startswith(f"{DRAFTS}/") and path not in workspace.files]
        release = await releases.import_release(engine, workspace, args.author, args.note)
        failing = [one.id for one, _ in verdict.broken]
        await corrections.settle(engine, [one.id for one in verdict.passing], failing, loading.now())
        return before, release, lost

    before, release, lost = on_database(work)
    if before is not None and lost:
        complain(
            f"注意：后台发布过的 {len(lost)} 条条目不在这个文件夹里，现在不再生效。"
            f"要找回来：daogou export 文件夹 --release {before[0]}，再一起导入"
        )
    same = before is not None and before[0] == release
    say(f"和现在生效的第 {release} 版一样，没有新建" if same else f"第 {release} 版已经生效，共 {len(workspace.files)} 个文件")
    return 0


async def _judged(engine: AsyncEngine, workspace: Workspace) -> Verdict:
    """How what guides put right comes out on this content; nothing is built where nothing was put right."""
    from bot.cli import loading  # noqa: PLC0415  (the rooms)
    from bot.db import corrections  # noqa: PLC0415
    from bot.guarding import Verdict, judge  # noqa: PLC0415

    known = await corrections.corrections(engine)
    if not known:
        return Verdict((), ())
    encoder, models, wait = loading.ready(loading.settings())
    wait()
    return await asyncio.to_thread(judge(known, encoder, models, loading.now()), workspace)


def run_export(args: Namespace) -> int:
    """Write a release as files, or as one workbook; a folder with other content is left alone."""
    if args.folder.suffix.lower() == ".xlsx" and not args.folder.is_dir():
        from bot.cli.workbooks import export_workbook  # noqa: PLC0415  (a folder needs no writer of Excel)

        return export_workbook(args)
    from bot.content.folder import files_of  # noqa: PLC0415
    from bot.db import releases  # noqa: PLC0415

    present, faults = files_of(args.folder) if args.folder.exists() else ({}, [])
    if faults:
        complain("\n".join(map(str, faults)))
        return 1
    count = on_database(lambda engine: releases.export(engine, args.folder, present, args.release))
    say(f"导出了 {count} 个文件，在 {args.folder}")
    return 0
