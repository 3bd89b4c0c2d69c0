"""``daogou import`` and ``daogou export``: content between files and the database, without loss."""

import asyncio
from argparse import Namespace
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.adapters.embedded import servers
from bot.cli import loading
from bot.cli.telling import complain, say
from bot.content import files_of, read_folder
from bot.db import engine as database
from bot.db import releases
from bot.db.migrate import migrate

T = TypeVar("T")


def on_database(work: Callable[[AsyncEngine], Awaitable[T]]) -> T:
    """Do something on the database of DAOGOU_DATABASE_URL, or on the embedded one, which runs as long as it takes."""
    told = loading.settings()
    url = told.database_url.get_secret_value() if told.database_url else None
    # Redis is not needed: its address is given only so that none is started
    with servers(told.home, url, "redis://unused") as running:
        return asyncio.run(_on(running.database_url, work))


async def _on(url: str, work: Callable[[AsyncEngine], Awaitable[T]]) -> T:
    async with database.connected(url, pool=2) as engine:
        await migrate(engine)
        return await work(engine)


def run_import(args: Namespace) -> int:
    """Check the folder, keep it, publish it."""
    workspace = read_folder(args.folder)
    for warning in workspace.warnings:
        complain(f"请看一下  {warning}")

    async def work(engine: AsyncEngine) -> tuple[tuple[int, str] | None, int]:
        before = await releases.live(engine)
        return before, await releases.import_release(engine, workspace, args.author, args.note)

    before, release = on_database(work)
    same = before is not None and before[0] == release
    say(f"和现在生效的第 {release} 版一样，没有新建" if same else f"第 {release} 版已经生效，共 {len(workspace.files)} 个文件")
    return 0


def run_export(args: Namespace) -> int:
    """Write a release as files; a folder with other content is left alone."""
    present, faults = files_of(args.folder) if args.folder.exists() else ({}, [])
    if faults:
        complain("\n".join(map(str, faults)))
        return 1
    count = on_database(lambda engine: releases.export(engine, args.folder, present, args.release))
    say(f"导出了 {count} 个文件，在 {args.folder}")
    return 0
