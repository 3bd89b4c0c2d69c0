"""How a thing stood over the releases and in its draft: who changed it, when and why."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.content.items import Item, Key, fingerprint, items_of
from bot.db import drafts
from bot.db.drafts import Draft
from bot.editing.model import Value, Version
from bot.errors import ContentError

_BODIES = text(
    """
    select f.release_id, f.path, f.body from content_files f join releases r on r.id = f.release_id
    where f.path = any(:paths) and r.published_at is not null order by r.id desc limit :most
    """
)
_RELEASES = text(
    "select id, author, note, published_at from releases where published_at is not null order by id desc limit :most"
)
_MOST = 400
"""Releases that are looked through."""


async def versions(engine: AsyncEngine, key: Key, paths: Sequence[str], draft: Draft | None) -> Sequence[Version]:
    """The newest first: the saves of its open draft, then each release that changed it; ``paths``: where it stands or stood."""
    found: list[Version] = []
    if draft is not None:
        for one in await drafts.saves(engine, draft.id):
            label = f"草稿第 {one.version} 次保存"
            found.append(Version(f"draft-{draft.id}-{one.version}", label, one.author, one.at, one.note, one.value))
    async with engine.connect() as connection:
        rows = [tuple(row) for row in await connection.execute(_BODIES, {"paths": list(paths), "most": _MOST})]
        made = {row.id: row for row in await connection.execute(_RELEASES, {"most": _MOST})}
    values: dict[int, Value | None] = dict.fromkeys(made)
    for release, path, body in rows:
        if release in values and values[release] is None:
            values[release] = _value(key, str(path), bytes(body))
    return [*found, *_changed([(id_, made[id_], values[id_]) for id_ in sorted(made)])]


def _changed(stood: Sequence[tuple[int, object, Value | None]]) -> Sequence[Version]:
    """Of all releases those in which it was another than in the one before."""
    found: list[Version] = []
    before = ""
    for id_, row, value in stood:
        mark = fingerprint(value)
        if mark != before:
            at: datetime | None = getattr(row, "published_at", None)
            note = str(getattr(row, "note", ""))
            found.append(Version(f"release-{id_}", f"第 {id_} 版", str(getattr(row, "author", "")), at, note, value))
        before = mark
    if found:
        last = found[-1]
        found[-1] = Version(last.name, f"{last.label}（线上）", last.author, last.at, last.note, last.value, live=True)
    return found[::-1]


def _value(key: Key, path: str, body: bytes) -> Value | None:
    try:
        return next((one.value for one in _items(path, body) if one.key == key), None)
    except ContentError:
        return None


def _items(path: str, body: bytes) -> Iterator[Item]:
    yield from items_of(path, body)
