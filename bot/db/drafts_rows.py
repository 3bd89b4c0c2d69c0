"""Drafts as rows: the values that callers see, and the SQL that reads and writes them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import Row, text

from bot.errors import BadRequestError
from bot.model import JsonMap

State = Literal["draft", "proposed", "approved", "published", "dismissed"]
OPEN: Final[tuple[State, ...]] = ("draft", "proposed", "approved")
"""States in which a draft may still become a release."""

COLUMNS = (
    "id, kind, item, value, base, version, state, scope, origin, note, author, created_at, updated_by, updated_at, approved_by, "
    "approved_at, release_id"
)
LIST = text(
    f"select {COLUMNS} from content_drafts where state = any(:states) "  # noqa: S608  (names of our own)
    "and (cast(:kinds as text[]) is null or kind = any(:kinds)) order by coalesce(updated_at, created_at) desc, id limit :most"
)
ONE = text(f"select {COLUMNS} from content_drafts where id = :id")  # noqa: S608
LOCKED = text(f"select {COLUMNS} from content_drafts where id = any(:ids) order by id for update")  # noqa: S608
OPENED = text(
    f"select {COLUMNS} from content_drafts where kind = :kind and item = :item and state in ('draft', 'proposed', 'approved')"  # noqa: S608
)
LATEST = text(
    f"select distinct on (kind, item) {COLUMNS} from content_drafts where (kind, item) in "  # noqa: S608
    "(select * from unnest(cast(:kinds as text[]), cast(:items as text[]))) order by kind, item, id desc"
)
ADD = text(
    """
    insert into content_drafts (kind, item, value, base, version, scope, origin, note, author, created_at)
    values (:kind, :item, cast(:value as jsonb), :base, 1, :scope, :origin, :note, :author, :now) returning id
    """
)
SAVE = text(
    """
    update content_drafts set value = cast(:value as jsonb), note = :note, scope = :scope, version = version + 1, state = 'draft',
        base = :base, updated_by = :author, updated_at = :now, approved_by = null, approved_at = null
    where id = :id and version = :version and state = any(:open) returning version
    """
)
KEPT = text(
    """
    insert into content_draft_saves (draft_id, version, value, author, at, note)
    values (:id, :version, cast(:value as jsonb), :author, :now, :note)
    """
)
SAVES = text("select version, value, author, at, note from content_draft_saves where draft_id = :id order by version desc")
STATE = text(
    """
    update content_drafts set state = :state, updated_at = :now,
        approved_by = case when :state = 'approved' then :author else null end,
        approved_at = case when :state = 'approved' then cast(:now as timestamptz) else null end
    where id = :id and state = any(:before) and (cast(:version as int) is null or version = :version) returning id
    """
)
PUBLISHED = text("update content_drafts set state = 'published', release_id = :release, updated_at = :now where id = any(:ids)")


@dataclass(frozen=True, slots=True)
class Draft:
    """A thing that waits for a person's word."""

    kind: str
    item: str
    """With the kind it names the thing (``bot.content.items.Key``)."""
    value: JsonMap | None
    """By the keys of FORMATS §1, may be incomplete; None: the thing is to be taken away."""
    origin: str
    """Where it came from: a place in a file, a question of shoppers, a person."""
    note: str = ""
    """Why."""
    base: str = ""
    """Fingerprint of the live thing on which it was begun; empty: there was none, or nobody looked."""
    scope: str = ""
    """Whose it is (``bot.scopes.Scope.told``); empty: everybody's."""
    id: int = 0
    version: int = 0
    state: State = "draft"
    author: str = ""
    created_at: datetime | None = None
    updated_by: str | None = None
    updated_at: datetime | None = None
    approved_by: str | None = None
    approved_at: datetime | None = None
    release: int | None = None
    """The release with which it was published."""

    @property
    def last_author(self) -> str:
        """Whose words they are now."""
        return self.updated_by or self.author


@dataclass(frozen=True, slots=True)
class Save:
    """One version of a draft."""

    version: int
    value: JsonMap | None
    author: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What keeping several drafts changed."""

    fresh: int
    renewed: int
    same: int
    """Known already with these very words, or dismissed before with them: nothing changed."""
    held: int = 0
    """Somebody else has words of their own in that draft: they stay, and these were not kept."""


class StaleError(BadRequestError):
    """Somebody else was faster; ``current`` is the draft as it stands."""

    def __init__(self, current: Draft) -> None:
        super().__init__(f"{current.last_author} 刚刚改过这条草稿，先看看改了什么，再决定用谁的", status=409, code="stale")
        self.current = current


def draft_of(row: "Row[tuple[object, ...]]") -> Draft:
    """A row of `COLUMNS` as a draft."""
    return Draft(
        kind=row.kind,
        item=row.item,
        value=row.value,
        origin=row.origin,
        note=row.note,
        base=row.base,
        scope=row.scope,
        id=row.id,
        version=row.version,
        state=row.state,
        author=row.author,
        created_at=row.created_at,
        updated_by=row.updated_by,
        updated_at=row.updated_at,
        approved_by=row.approved_by,
        approved_at=row.approved_at,
        release=row.release_id,
    )
