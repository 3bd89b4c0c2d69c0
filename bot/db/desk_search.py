"""Look for a shopper or for words that were said; write the handovers of some days out. Both within what the viewer may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db.scoped import scoped
from bot.db.users import User
from bot.errors import BadRequestError

RECENT = 200_000
"""So many messages back words are looked for: reading all of a year would keep the desk waiting."""
MOST = 50
_PATIENCE = "3s"
_CANCELLED = "57014"
"""query_canceled (PostgreSQL, appendix A): the statement took longer than it may."""
_SEARCH = text(
    """
    with seen as materialized (
        select id from conversations
    ), said as (
        select distinct on (m.conversation_id) m.conversation_id, m.id, m.text, m.at
        from messages m join seen on seen.id = m.conversation_id
        where m.id > (select coalesce(max(id), 0) from messages) - :recent and m.recalled_at is null and m.text ilike :words
        order by m.conversation_id, m.id desc
    ), called as (
        select c.id from conversations c join customers p on p.id = c.customer_id
        where p.name ilike :words or c.name ilike :words
        order by c.updated_at desc nulls last limit :most
    ), hits as (
        select conversation_id as talk from said union select id from called
    )
    select c.id, coalesce(p.name, c.name) as name, c.owner, c.guide, c.store,
        coalesce(s.text, l.text, '') as text, coalesce(s.at, l.at, c.created_at) as at, f.id is not null as by_name,
        s.id as message
    from hits h join conversations c on c.id = h.talk join customers p on p.id = c.customer_id
        left join said s on s.conversation_id = c.id left join called f on f.id = c.id
        left join lateral (select text, at from messages m where m.conversation_id = c.id and m.recalled_at is null
            order by m.id desc limit 1) as l on true
    order by by_name desc, at desc limit :most
    """
)
_WRITTEN = text(
    """
    select h.id, h.conversation_id, h.created_at, h.kind, h.reason, h.urgency, c.store, h.path, h.guide, h.state, h.claimed_at,
        h.first_reply_at, h.closed_at, h.ending, h.breaches, h.rating, h.rating_words, coalesce(p.name, c.name) as name, c.channel
    from handovers h join conversations c on c.id = h.conversation_id join customers p on p.id = c.customer_id
    where h.created_at > :since and (cast(:store as text) is null or c.store = :store) order by h.id limit 20000
    """
)


@dataclass(frozen=True, slots=True)
class Found:
    """One talk."""

    conversation: str
    name: str | None
    owner: str
    guide: str | None
    store: str | None
    text: str
    """The words that were looked for, where they were said; else the last ones."""
    at: datetime
    message: int | None


async def search(engine: AsyncEngine, viewer: User, words: str) -> Sequence[Found]:
    """Talks whose shopper is called so, then those in which it was said lately, the newest first.

    Raises:
        BadRequestError: there was too much to read in time (503).
    """
    pattern = "%" + words.replace("\0", "").replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    async with scoped(engine, viewer) as connection:
        await connection.execute(text(f"set local statement_timeout = '{_PATIENCE}'"))
        try:
            rows = await connection.execute(_SEARCH, {"words": pattern, "recent": RECENT, "most": MOST})
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", "") != _CANCELLED:
                raise
            raise BadRequestError("聊天记录太多，一下子找不完，多写几个字再找", status=503, code="too_slow") from error
        return [Found(r.id, r.name, r.owner, r.guide, r.store, r.text, r.at, r.message) for r in rows]


@dataclass(frozen=True, slots=True)
class Line:
    """One handover as it is written out."""

    id: int
    conversation: str
    name: str | None
    channel: str
    store: str | None
    at: datetime
    kind: str
    reason: str
    urgency: int
    path: str | None
    guide: str | None
    state: str
    claimed_at: datetime | None
    first_reply_at: datetime | None
    closed_at: datetime | None
    ending: str | None
    breaches: tuple[str, ...]
    rating: int | None
    rating_words: str


async def handovers(engine: AsyncEngine, viewer: User, since: datetime, store: str | None) -> Sequence[Line]:
    """The handovers since a moment, of one store if one is named, oldest first; at most 20 000."""
    async with scoped(engine, viewer) as connection:
        rows = await connection.execute(_WRITTEN, {"since": since, "store": store})
        return [
            Line(
                id=r.id,
                conversation=r.conversation_id,
                name=r.name,
                channel=r.channel,
                store=r.store,
                at=r.created_at,
                kind=r.kind,
                reason=r.reason,
                urgency=r.urgency,
                path=r.path,
                guide=r.guide,
                state=r.state,
                claimed_at=r.claimed_at,
                first_reply_at=r.first_reply_at,
                closed_at=r.closed_at,
                ending=r.ending,
                breaches=tuple(r.breaches),
                rating=r.rating,
                rating_words=r.rating_words,
            )
            for r in rows
        ]
