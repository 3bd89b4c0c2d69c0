"""Draft entries: kept until somebody publishes or dismisses them; publishing makes a release, whole or not at all."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.db import releases
from bot.db.codec import storable, to_json
from bot.db.releases import Files
from bot.db.users import audit
from bot.errors import BadRequestError
from bot.model import JsonMap

State = Literal["draft", "published", "dismissed"]
MOST = 500
"""Drafts that are listed at once."""

_COLUMNS = "id, entry, origin, note, state, author, created_at, updated_at, release_id"
_LIST = text(
    f"select {_COLUMNS} from entry_drafts where state = any(:states) "  # noqa: S608  (names of our own)
    "order by coalesce(updated_at, created_at) desc, id limit :most"
)
_ONE = text(f"select {_COLUMNS} from entry_drafts where id = :id")  # noqa: S608
_LOCKED = text(f"select {_COLUMNS} from entry_drafts where id = any(:ids) order by id for update")  # noqa: S608
_KEEP = text(
    """
    insert into entry_drafts (id, entry, origin, note, author, created_at)
    values (:id, cast(:entry as jsonb), :origin, :note, :author, :now)
    on conflict (id) do update set entry = excluded.entry, origin = excluded.origin, note = excluded.note,
        author = excluded.author, updated_at = :now, state = 'draft'
    where entry_drafts.entry <> excluded.entry and entry_drafts.state <> 'dismissed'
    returning (xmax = 0) as fresh
    """
)
_SAVE = text(
    """
    update entry_drafts set entry = cast(:entry as jsonb), note = :note, author = :author, updated_at = :now, state = 'draft'
    where id = :id and state <> 'dismissed' returning id
    """
)
_STATE = text("update entry_drafts set state = :state, updated_at = :now where id = :id and state <> :state returning id")
_PUBLISHED = text("update entry_drafts set state = 'published', release_id = :release, updated_at = :now where id = any(:ids)")


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry that waits for a person's word."""

    id: str
    entry: JsonMap
    """By the keys of FORMATS §1; may be incomplete."""
    origin: str
    """Where it came from: a place in a file, a question of shoppers, a person."""
    note: str = ""
    state: State = "draft"
    author: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    release: int | None = None
    """The release with which it was last published."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What keeping several drafts changed."""

    fresh: int
    renewed: int
    same: int
    """Known already with these very words, or dismissed before: nothing changed."""


async def drafts(engine: AsyncEngine, states: Sequence[State] = ("draft",)) -> Sequence[Draft]:
    """The drafts in these states, the latest first."""
    async with engine.connect() as connection:
        return [_draft(row) for row in await connection.execute(_LIST, {"states": list(states), "most": MOST})]


async def draft(engine: AsyncEngine, id_: str) -> Draft:
    """One draft; raises BadRequestError (404)."""
    async with engine.connect() as connection:
        row = (await connection.execute(_ONE, {"id": id_.replace("\0", "")})).one_or_none()
    if row is None:
        raise BadRequestError("没有这条草稿", status=404, code="not_found")
    return _draft(row)


async def keep(engine: AsyncEngine, made: Sequence[Draft], author: str, now: datetime) -> Kept:
    """Keep drafts; one that is known by its id is renewed, one that was dismissed stays dismissed."""
    fresh = renewed = 0
    async with engine.begin() as connection:
        for one in sorted(made, key=lambda one: one.id):
            values = {"id": one.id, "entry": to_json(one.entry), "origin": storable(one.origin), "note": storable(one.note)}
            found = (await connection.execute(_KEEP, {**values, "author": author, "now": now})).one_or_none()
            fresh += found is not None and found.fresh
            renewed += found is not None and not found.fresh
        if fresh or renewed:
            await audit(connection, now, author, ("draft.import", "entry_drafts"), fresh=fresh, renewed=renewed)
    return Kept(fresh, renewed, len(made) - fresh - renewed)


async def save(engine: AsyncEngine, one: Draft, author: str, now: datetime) -> None:
    """Replace what a draft says; a published one is a draft again until it is published anew.

    Raises:
        BadRequestError: there is none (404), or it was dismissed.
    """
    values = {"id": one.id, "entry": to_json(one.entry), "note": storable(one.note), "author": author, "now": now}
    async with engine.begin() as connection:
        if (await connection.execute(_SAVE, values)).one_or_none() is None:
            raise BadRequestError("没有这条草稿，或者已经不要了", status=404, code="not_found")
        await audit(connection, now, author, ("draft.save", one.id))


async def dismiss(engine: AsyncEngine, id_: str, author: str, now: datetime) -> None:
    """Set a draft aside for good; what was published of it stays live. Raises BadRequestError (404)."""
    async with engine.begin() as connection:
        if (
            await connection.execute(_STATE, {"id": id_.replace("\0", ""), "state": "dismissed", "now": now})
        ).one_or_none() is None:
            raise BadRequestError("没有这条草稿，或者已经不要了", status=404, code="not_found")
        await audit(connection, now, author, ("draft.dismiss", id_))


async def publish(
    engine: AsyncEngine,
    ids: Sequence[str],
    author: str,
    now: datetime,
    whole: Callable[[Mapping[str, bytes], Sequence[JsonMap]], Files],
) -> int:
    """Make a release of the live one's files and these drafts; its number.

    ``whole`` puts the drafts into the files and checks everything, in a thread. Release, states and audit are kept together:
    no other import or publication gets between the release that was read and the one that is made of it.

    Raises:
        BadRequestError: a draft is missing or dismissed, or nothing was ever imported.
        ContentError: what ``whole`` refuses; nothing is changed.
    """
    async with engine.begin() as connection:
        await releases.alone(connection)
        found = [_draft(row) for row in await connection.execute(_LOCKED, {"ids": list(ids)})]
        if len(found) < len(set(ids)) or any(one.state == "dismissed" for one in found):
            raise BadRequestError("没有这条草稿，或者已经不要了", status=404, code="not_found")
        files = await _live_files(connection)
        workspace = await asyncio.to_thread(whole, files, [one.entry for one in found])
        note = f"发布草稿：{'、'.join(one.id for one in found)}"[:400]
        release = await releases.put(connection, workspace, author, note)
        await connection.execute(_PUBLISHED, {"ids": [one.id for one in found], "release": release, "now": now})
        for one in found:
            await audit(connection, now, author, ("draft.publish", one.id), release=release)
    return release


async def _live_files(connection: AsyncConnection) -> Mapping[str, bytes]:
    found = await releases.live_on(connection)
    if found is None:
        raise BadRequestError("还没有导入过内容，先运行 daogou import", status=409, code="no_release")
    return await releases.files_on(connection, found[0])


def _draft(row: "Row[tuple[object, ...]]") -> Draft:
    return Draft(row.id, row.entry, row.origin, row.note, row.state, row.author, row.created_at, row.updated_at, row.release_id)
