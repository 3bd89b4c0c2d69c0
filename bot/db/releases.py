"""Content in the database: releases of files, byte for byte, one of them live; into it and out of it without loss."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Literal, Protocol

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import ContentError, Problem

_LOCK = 7_318_004_512
"""Key of the advisory lock that makes one of two imports wait for the other (an arbitrary constant)."""
_LIVE = text("select id, digest from releases where published_at is not null order by published_at desc, id desc limit 1")
# the time of the statement, not of the transaction: whoever waited for the lock publishes after whoever held it
_NEW = text(
    """
    insert into releases (digest, author, note, published_at, kind, parent, changes)
    values (:digest, :author, :note, clock_timestamp(), :kind, :parent, cast(:changes as jsonb)) returning id
    """
)
_LIST = text(
    """
    select id, digest, author, note, published_at, kind, parent, changes from releases where published_at is not null
        and (cast(:before as bigint) is null or id < :before) order by id desc limit :most
    """
)
_FOLDER = text("select id from releases where kind = 'folder' order by id desc limit 1")
_FORGET_FOLDER = text("delete from releases where kind = 'folder'")
_KEEP_FOLDER = text("insert into releases (digest, author, note, kind) values (:digest, 'serve', '', 'folder') returning id")
_FILE = text("insert into content_files (release_id, path, body) values (:release, :path, :body)")
_FILES = text("select path, body from content_files where release_id = :release order by path")
_KNOWN = text("select 1 from releases where id = :release")
_AUDIT = text("insert into audit (actor, action, subject, details) values (:actor, :action, :subject, cast(:details as jsonb))")


ReleaseKind = Literal["import", "publish", "rollback"]
"""How a release came about: from a folder or workbook, from drafts, from an older release."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a release comes from."""

    kind: ReleaseKind = "import"
    parent: int | None = None
    """The release that it goes back to."""
    changes: Sequence[Mapping[str, object]] = ()
    """What is different from the release before: ``{"kind","id","what"}`` each."""


@dataclass(frozen=True, slots=True)
class Release:
    """One release in the list."""

    id: int
    digest: str
    author: str
    note: str
    at: datetime
    kind: ReleaseKind
    parent: int | None
    changes: Sequence[Mapping[str, object]]


class Files(Protocol):
    """What is kept of a workspace."""

    @property
    def digest(self) -> str:
        """The same for the same files."""

    @property
    def files(self) -> Mapping[str, bytes]:
        """Path → bytes."""


async def import_release(engine: AsyncEngine, workspace: Files, author: str, note: str = "", origin: Origin | None = None) -> int:
    """Keep and publish the files of a (valid) workspace; the id of the release that is live then.

    The same content as the live release makes no new one.
    """
    async with engine.begin() as connection:
        await alone(connection)
        return await put(connection, workspace, author, note, origin)


async def alone(connection: AsyncConnection) -> None:
    """From now to the end of this transaction nobody else makes a release."""
    await connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})


async def put(connection: AsyncConnection, workspace: Files, author: str, note: str, origin: Origin | None = None) -> int:
    """``import_release`` within a transaction that is ``alone``."""
    origin = origin or Origin()
    digest, files = workspace.digest, workspace.files
    now = await live_on(connection)
    if now is not None and now[1] == digest:
        return now[0]
    changes = orjson.dumps({"items": list(origin.changes)}).decode()
    told = {"digest": digest, "author": author, "note": note, "kind": origin.kind, "parent": origin.parent}
    release = int((await connection.execute(_NEW, {**told, "changes": changes})).scalar_one())
    if files:
        await connection.execute(_FILE, [{"release": release, "path": path, "body": files[path]} for path in sorted(files)])
    details = orjson.dumps({"digest": digest, "files": len(files), "note": note, "from": origin.parent}).decode()
    deed = {"actor": author, "action": f"content.{origin.kind}", "subject": str(release), "details": details}
    await connection.execute(_AUDIT, deed)
    # heard with the commit: bot.db.newest
    await connection.execute(text("select pg_notify('daogou_release', :release)"), {"release": str(release)})
    return release


async def live(engine: AsyncEngine) -> tuple[int, str] | None:
    """(id, digest) of what is live; None before the first import."""
    async with engine.connect() as connection:
        return await live_on(connection)


async def live_on(connection: AsyncConnection) -> tuple[int, str] | None:
    """The same within a transaction."""
    found = (await connection.execute(_LIVE)).one_or_none()
    return None if found is None else (int(found.id), str(found.digest))


async def releases(engine: AsyncEngine, most: int = 50, before: int | None = None) -> Sequence[Release]:
    """The releases, the newest first; ``before``: older than that one."""
    async with engine.connect() as connection:
        found = await connection.execute(_LIST, {"most": most, "before": before})
        return [
            Release(
                row.id, row.digest, row.author, row.note, row.published_at, row.kind, row.parent, row.changes.get("items", ())
            )
            for row in found
        ]


async def folder_before(engine: AsyncEngine) -> dict[str, bytes] | None:
    """The files of the folder that was read at the last start, as they were; None where none was kept."""
    async with engine.connect() as connection:
        found = (await connection.execute(_FOLDER)).scalar_one_or_none()
        return None if found is None else await files_on(connection, int(found))


async def keep_folder(engine: AsyncEngine, folder: Files) -> None:
    """Remember a folder as it was read, so that at the next start only what changed in it is brought in. It never goes live."""
    async with engine.begin() as connection:
        await alone(connection)
        await connection.execute(_FORGET_FOLDER)
        release = (await connection.execute(_KEEP_FOLDER, {"digest": folder.digest})).scalar_one()
        if folder.files:
            told = [{"release": release, "path": path, "body": data} for path, data in folder.files.items()]
            await connection.execute(_FILE, told)


async def load(engine: AsyncEngine, release: int) -> dict[str, bytes]:
    """The files of a release: path → bytes.

    Raises:
        ContentError: there is no such release.
    """
    async with engine.connect() as connection:
        if (await connection.execute(_KNOWN, {"release": release})).one_or_none() is None:
            raise ContentError([Problem(f"第 {release} 版", None, "", "没有这个版本")])
        return await files_on(connection, release)


async def files_on(connection: AsyncConnection, release: int) -> dict[str, bytes]:
    """The files of a release that exists, within a transaction."""
    return {str(row.path): bytes(row.body) for row in await connection.execute(_FILES, {"release": release})}


async def export(engine: AsyncEngine, folder: Path, present: Mapping[str, bytes], release: int | None = None) -> int:
    """Write a release (else the live one) into a folder; how many files it has.

    ``present`` is the content that is in the folder now (``content.files_of``): what differs from the release is never
    written over, and what the release does not have would come in with the next import, so both refuse the export.

    Raises:
        ContentError: nothing was ever imported, or the folder holds other content; every such file is named.
    """
    if release is None:
        found = await live(engine)
        if found is None:
            raise ContentError([Problem("数据库", None, "", "还没有导入过内容，先运行 daogou import")])
        release = found[0]
    files = await load(engine, release)
    if other := [path for path, data in present.items() if files.get(path) != data]:
        reason = "和要导出的内容不一样，为免盖掉，请换一个空文件夹"
        raise ContentError([Problem(path, None, "", reason) for path in sorted(other)])
    await asyncio.to_thread(write, folder, files)
    return len(files)


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put files into a folder; raises ContentError for a path that leads out of it."""
    root = folder.resolve()
    for path, data in files.items():
        target = (root / PurePosixPath(path)).resolve()
        if not target.is_relative_to(root):
            raise ContentError([Problem(path, None, "", "这个路径指到文件夹外面去了")])
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
