"""Why somebody was answered badly: the talk around a message that went wrong, masked, with what was understood of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.db import gaps
from bot.db.gaps import Trouble, anonymous
from bot.db.scoped import scoped
from bot.db.users import User
from bot.model import JsonMap

MOST: Final = 200
"""Messages that are looked up for one page."""
_LONGEST: Final = 500
"""Characters of one message that are shown."""

_AROUND = text(
    """
    select i.id, i.channel, i.outcome, i.reason, i.trace, asked.text, c.is_group, coalesce(g.name, p.name) as name,
        later.text as later, (
            select jsonb_agg(jsonb_build_object('author', b.author, 'text', b.text, 'options', b.body -> 'options') order by b.id)
            from messages b where b.conversation_id = i.conversation_id and b.id > asked.id and b.recalled_at is null
                and b.author in ('bot', 'guide') and (later.id is null or b.id < later.id)
                and b.at < asked.at + interval '1 hour'
        ) as said
    from inbox i join conversations c on c.id = i.conversation_id join customers p on p.id = c.customer_id
        join messages asked on asked.inbox_id = i.id and asked.author = 'shopper' and asked.recalled_at is null
        left join members g on g.conversation_id = i.conversation_id and g.id = asked.sender
        left join lateral (
            select n.id, n.text from messages n where n.conversation_id = i.conversation_id and n.id > asked.id
                and n.author = 'shopper' and n.sender is not distinct from asked.sender and n.recalled_at is null
            order by n.id limit 1
        ) later on true
    where i.id = any(cast(:ids as bigint[])) order by i.id desc
    """
)


@dataclass(frozen=True, slots=True)
class Said:
    """What was said after a question."""

    author: Literal["bot", "guide"]
    text: str
    options: tuple[str, ...] = ()
    """What could be tapped."""


@dataclass(frozen=True, slots=True)
class Told:
    """One message that went wrong, with the talk around it; without personal data."""

    id: int
    text: str
    at: datetime
    why: Literal["unanswered", "badly_received"]
    channel: str
    group: bool
    reason: str
    """Why it was settled as it was."""
    trace: JsonMap
    said: tuple[Said, ...]
    later: str
    """What the shopper said next; empty where nothing."""


async def told(engine: AsyncEngine, viewer: User, questions: Collection[str], since: datetime) -> Sequence[Told]:
    """The messages since a moment that asked one of these questions (masked, as gaps show them) and went wrong, newest first.

    Whoever belongs to a store is told of the talks that PostgreSQL shows them, everybody else of all.
    """
    wanted = frozenset(questions)
    found = {one.id: one for one in await gaps.troubles(engine, since) if one.text in wanted}
    ids = sorted(found, reverse=True)[:MOST]
    if not viewer.store:
        async with engine.connect() as connection:
            return await _around(connection, ids, found)
    async with scoped(engine, viewer) as connection:
        return await _around(connection, ids, found)


async def _around(connection: AsyncConnection, ids: Sequence[int], found: Mapping[int, Trouble]) -> Sequence[Told]:
    rows = await connection.execute(_AROUND, {"ids": list(ids)})
    return [_told(row, found[row.id]) for row in rows]


def _told(row: "Row[tuple[object, ...]]", trouble: Trouble) -> Told:
    def masked(words: str) -> str:
        return anonymous(words.strip()[:_LONGEST], row.name)

    said = tuple(
        Said(one["author"], masked(one["text"]), tuple(masked(str(each.get("label", ""))) for each in one["options"] or ()))
        for one in row.said or ()
        if one["text"].strip() or one["options"]
    )
    text_, later = masked(row.text), masked(row.later or "")
    return Told(row.id, text_, trouble.at, trouble.why, row.channel, row.is_group, row.reason or "", row.trace or {}, said, later)
