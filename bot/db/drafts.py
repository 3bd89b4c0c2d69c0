"""Drafts of content: one open draft for each thing, every version kept; publishing makes a release, whole or not at all.

A draft is begun on what is live (``base``), saved by whoever has the right, with a version that rises by one each time: who saves
on an older version than the last is told who was faster, and nothing is written over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.db import drafts_rows as sql
from bot.db.codec import storable, to_json
from bot.db.drafts_rows import OPEN, Draft, Kept, Save, StaleError, State, draft_of
from bot.db.users import audit
from bot.errors import BadRequestError

__all__ = [
    "MOST",
    "OPEN",
    "Draft",
    "Kept",
    "Save",
    "StaleError",
    "State",
    "approve",
    "begin",
    "dismiss",
    "draft",
    "drafts",
    "keep",
    "locked",
    "open_draft",
    "propose",
    "published",
    "recover",
    "reject",
    "save",
    "saves",
    "undo",
]

MOST: Final = 500
"""Drafts that are listed at once."""


async def drafts(engine: AsyncEngine, states: Sequence[State] = OPEN, kinds: Sequence[str] | None = None) -> Sequence[Draft]:
    """The drafts in these states (and of these kinds), the latest first."""
    told = {"states": list(states), "kinds": None if kinds is None else list(kinds), "most": MOST}
    async with engine.connect() as connection:
        return [draft_of(row) for row in await connection.execute(sql.LIST, told)]


async def draft(engine: AsyncEngine, id_: int) -> Draft:
    """One draft; raises BadRequestError (404)."""
    async with engine.connect() as connection:
        return await _found(connection, id_)


async def open_draft(engine: AsyncEngine, kind: str, item: str) -> Draft | None:
    """The open draft of a thing."""
    async with engine.connect() as connection:
        row = (await connection.execute(sql.OPENED, {"kind": kind, "item": storable(item)})).one_or_none()
    return None if row is None else draft_of(row)


async def saves(engine: AsyncEngine, id_: int) -> Sequence[Save]:
    """Every version of a draft, the latest first."""
    async with engine.connect() as connection:
        return [
            Save(row.version, row.value, row.author, row.at, row.note) for row in await connection.execute(sql.SAVES, {"id": id_})
        ]


async def begin(engine: AsyncEngine, made: Draft, author: str, now: datetime) -> Draft:
    """A new draft.

    Raises:
        StaleError: the thing has an open draft already.
    """
    try:
        async with engine.begin() as connection:
            id_ = await _added(connection, made, author, now)
            await audit(connection, now, author, ("draft.begin", str(id_)), kind=made.kind, item=made.item)
    except IntegrityError:
        current = await open_draft(engine, made.kind, made.item)
        if current is None:
            raise
        raise StaleError(current) from None
    return await draft(engine, id_)


async def save(engine: AsyncEngine, changed: Draft, author: str, now: datetime) -> Draft:
    """Replace what a draft says, if its version is still the one that ``changed`` was made from; an approval is over with it.

    Raises:
        StaleError: it was saved meanwhile.
        BadRequestError: there is none (404), or it is no longer open.
    """
    async with engine.begin() as connection:
        version = (await connection.execute(sql.SAVE, _told(changed, author, now))).scalar_one_or_none()
        if version is None:
            raise _refused(await _found(connection, changed.id))
        await connection.execute(sql.KEPT, {**_told(changed, author, now), "version": version})
        await audit(
            connection, now, author, ("draft.save", str(changed.id)), kind=changed.kind, item=changed.item, version=version
        )
    return await draft(engine, changed.id)


async def undo(engine: AsyncEngine, id_: int, version: int, author: str, now: datetime) -> Draft:
    """The version before becomes the newest one, as a save of its own; raises what ``save`` raises, and 409 for the first."""
    found = await draft(engine, id_)
    before = next((one for one in await saves(engine, id_) if one.version < version), None)
    if before is None:
        raise BadRequestError("这已经是最早的一版", status=409, code="first")
    return await save(engine, replace(found, version=version, value=before.value, note=before.note), author, now)


async def keep(engine: AsyncEngine, made: Sequence[Draft], author: str, now: datetime) -> Kept:
    """Keep many drafts at once: new things begin one; an open draft takes the new words unless somebody else put their own in."""
    fresh, renewed, held = list[Draft](), list[Draft](), 0
    async with engine.begin() as connection:
        known = await _latest(connection, made)
        for one in sorted(made, key=lambda one: (one.kind, one.item)):
            before = known.get((one.kind, one.item))
            if before is None or (before.state not in OPEN and before.value != one.value):
                fresh.append(one)
            elif before.value == one.value:
                continue
            elif before.updated_by not in {None, author}:
                held += 1
            else:
                renewed.append(replace(one, id=before.id, version=before.version))
        for one in fresh:
            await _added(connection, one, author, now)
        for one in renewed:
            told = _told(one, author, now)
            await connection.execute(sql.SAVE, told)
            await connection.execute(sql.KEPT, {**told, "version": one.version + 1})
        if fresh or renewed:
            await audit(connection, now, author, ("draft.import", "content_drafts"), fresh=len(fresh), renewed=len(renewed))
    return Kept(len(fresh), len(renewed), len(made) - len(fresh) - len(renewed) - held, held)


async def propose(engine: AsyncEngine, id_: int, author: str, now: datetime) -> None:
    """Ask for somebody's approval; raises BadRequestError (404) where it is not open."""
    await _moved(engine, (id_, None), "proposed", ("draft", "approved"), (author, now))


async def approve(engine: AsyncEngine, id_: int, version: int, author: str, now: datetime) -> None:
    """Approve a version of a draft; raises BadRequestError: it was saved meanwhile, or is the approver's own."""
    found = await draft(engine, id_)
    if author == found.last_author:
        raise BadRequestError("自己写的要请别人来批", status=403, code="own_draft")
    if found.version != version:
        raise StaleError(found)
    await _moved(engine, (id_, version), "approved", ("draft", "proposed"), (author, now))


async def reject(engine: AsyncEngine, id_: int, author: str, now: datetime) -> None:
    """Give a proposed or approved draft back to its author; raises BadRequestError (404)."""
    await _moved(engine, (id_, None), "draft", ("proposed", "approved"), (author, now))


async def dismiss(engine: AsyncEngine, id_: int, author: str, now: datetime) -> None:
    """Set a draft aside; what was published of the thing stays live. Raises BadRequestError (404)."""
    await _moved(engine, (id_, None), "dismissed", OPEN, (author, now))


async def recover(engine: AsyncEngine, id_: int, author: str, now: datetime) -> None:
    """Take a draft up again that was set aside; raises BadRequestError: the thing has another open draft by now."""
    try:
        await _moved(engine, (id_, None), "draft", ("dismissed",), (author, now))
    except IntegrityError:
        raise BadRequestError("这一条已经有一份新的草稿了", status=409, code="exists") from None


async def locked(connection: AsyncConnection, ids: Sequence[int]) -> list[Draft]:
    """Open drafts, held until the end of the transaction.

    Raises:
        BadRequestError: one is missing, dismissed or published (404).
    """
    found = [draft_of(row) for row in await connection.execute(sql.LOCKED, {"ids": list(ids)})]
    if len(found) < len(set(ids)) or any(one.state not in OPEN for one in found):
        raise BadRequestError("没有这条草稿，或者已经发布、不要了", status=404, code="not_found")
    return found


async def published(connection: AsyncConnection, done: Sequence[Draft], release: int, author: str, now: datetime) -> None:
    """These drafts are in a release."""
    await connection.execute(sql.PUBLISHED, {"ids": [one.id for one in done], "release": release, "now": now})
    for one in done:
        await audit(connection, now, author, ("draft.publish", str(one.id)), release=release, kind=one.kind, item=one.item)


async def _moved(
    engine: AsyncEngine, which: tuple[int, int | None], state: State, before: Sequence[State], by: tuple[str, datetime]
) -> None:
    (id_, version), (author, now) = which, by
    values = {"id": id_, "version": version, "state": state, "before": list(before), "author": author, "now": now}
    async with engine.begin() as connection:
        if (await connection.execute(sql.STATE, values)).one_or_none() is None:
            raise BadRequestError("没有这条草稿，或者已经处理过了", status=404, code="not_found")
        await audit(connection, now, author, (f"draft.{_DEEDS[state]}", str(id_)))


_DEEDS: Mapping[State, str] = {"draft": "reject", "proposed": "propose", "approved": "approve", "dismissed": "dismiss"}


async def _added(connection: AsyncConnection, made: Draft, author: str, now: datetime) -> int:
    told = _told(made, author, now)
    id_ = int((await connection.execute(sql.ADD, {**told, "origin": storable(made.origin)})).scalar_one())
    await connection.execute(sql.KEPT, {**told, "id": id_, "version": 1})
    return id_


def _told(one: Draft, author: str, now: datetime) -> dict[str, object]:
    return {
        "id": one.id,
        "kind": one.kind,
        "item": storable(one.item),
        "value": None if one.value is None else to_json(one.value),
        "base": one.base,
        "scope": one.scope,
        "note": storable(one.note),
        "version": one.version,
        "author": author,
        "now": now,
        "open": list(OPEN),
    }


async def _latest(connection: AsyncConnection, made: Sequence[Draft]) -> dict[tuple[str, str], Draft]:
    told = {"kinds": [one.kind for one in made], "items": [storable(one.item) for one in made]}
    return {(row.kind, row.item): draft_of(row) for row in await connection.execute(sql.LATEST, told)}


async def _found(connection: AsyncConnection, id_: int) -> Draft:
    row = (await connection.execute(sql.ONE, {"id": id_})).one_or_none()
    if row is None:
        raise BadRequestError("没有这条草稿", status=404, code="not_found")
    return draft_of(row)


def _refused(current: Draft) -> BadRequestError:
    if current.state in OPEN:
        return StaleError(current)
    return BadRequestError("这条草稿已经发布或者不要了，请重新打开", status=409, code="closed")
