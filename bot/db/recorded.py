"""What shoppers really wrote, as a replay needs it: masked, with what they had said just before, and nobody's name.

What was taken back or erased is not among it; what is kept of a person is what decides how they are answered (tags, what they
own, level, store) and says nothing of who they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.db.corrections import EARLIER, WITHIN
from bot.db.erasure import ERASED
from bot.db.gaps import anonymous
from bot.model import Evidence

MOST: Final = 50_000
"""Messages that may be asked for."""
LONGEST: Final = 500
"""Characters of one message that are kept."""
_LOOKED: Final = 16
"""Messages of a talk that are looked through for what was said before."""
_GROUNDS: Final = 60
"""Pieces of evidence of one shopper: the latest."""

_NEWEST = text(
    f"""
    select m.id, m.conversation_id, m.sender, m.text, m.at, c.channel, c.is_group, p.id as customer, p.level, p.store, p.owned,
        coalesce(g.name, p.name) as name, coalesce((i.payload ->> 'at_bot')::boolean, false) as at_bot, b.before
    from messages m join conversations c on c.id = m.conversation_id join customers p on p.id = c.customer_id
        left join inbox i on i.id = m.inbox_id
        left join members g on g.conversation_id = m.conversation_id and g.id = m.sender
        left join lateral (
            select jsonb_agg(jsonb_build_object('author', e.author, 'sender', e.sender, 'text', e.text, 'kind', e.kind,
                'gone', e.recalled_at is not null, 'at', extract(epoch from e.at)) order by e.id desc) as before
            from (select * from messages e where e.conversation_id = m.conversation_id and e.id < m.id
                order by e.id desc limit {_LOOKED}) e
        ) b on true
    where m.author = 'shopper' and m.kind = 'text' and m.recalled_at is null and btrim(m.text) <> '' and m.text <> :erased
    order by m.id desc limit :n
    """  # noqa: S608  (a number of our own)
)
_EVIDENCE = text(
    "select customer_id, tag, value, confidence, at, retracted from customer_tags "
    "where customer_id = any(cast(:ids as text[])) order by id desc"
)


@dataclass(frozen=True, slots=True)
class Profile:
    """What a shopper is answered by; not who they are."""

    level: str | None = None
    store: str | None = None
    owned: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    """Reasons to believe tags, their sources left out."""
    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Tags that are simply told, by name."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One message with what came before it, masked."""

    id: str
    said: tuple[str, ...]
    """What the shopper said, this message last."""
    at: datetime | None = None
    channel: str = "web"
    group: bool = False
    at_bot: bool = False
    """In a group: whether the assistant was called."""
    customer: Profile = field(default_factory=Profile)
    talk: str = ""
    """The same for messages of one talk, so that people can be counted; says nothing outside of one replay."""


async def recorded(engine: AsyncEngine, n: int) -> tuple[Recorded, ...]:
    """The newest ``n`` messages of shoppers (at most `MOST`), the oldest of them first."""
    async with engine.connect() as connection:
        rows = (await connection.execute(_NEWEST, {"n": max(0, min(n, MOST)), "erased": ERASED})).all()
        grounds = await _grounds(connection, {row.customer for row in rows if not row.is_group})
    talks = {one: f"t{n}" for n, one in enumerate(dict.fromkeys(row.conversation_id for row in rows))}
    return tuple(_recorded(row, grounds.get(row.customer, ()), talks[row.conversation_id]) for row in reversed(rows))


async def _grounds(connection: AsyncConnection, customers: set[str]) -> Mapping[str, tuple[Evidence, ...]]:
    found: dict[str, list[Evidence]] = {}
    for row in await connection.execute(_EVIDENCE, {"ids": sorted(customers)}):
        kept = found.setdefault(row.customer_id, [])
        if len(kept) < _GROUNDS:
            kept.append(Evidence(row.tag, row.value, row.confidence, row.at, "", row.retracted))
    return {customer: tuple(reversed(kept)) for customer, kept in found.items()}


def _recorded(row: "Row[tuple[object, ...]]", evidence: tuple[Evidence, ...], talk: str) -> Recorded:
    before = _before(row.before or (), row.sender if row.is_group else None, row.at)
    words = [masked(one, row.name) for one in (*before, row.text)]
    # a group hears nobody's profile (``bot.groups``)
    known = Profile() if row.is_group else Profile(row.level, row.store, tuple(row.owned), evidence)
    return Recorded(str(row.id), tuple(words), row.at, row.channel, bool(row.is_group), bool(row.at_bot), known, talk)


def _before(rows: Sequence[Mapping[str, object]], sender: str | None, at: datetime) -> list[str]:
    """What the same person had said in this part of the talk, oldest first: a guide's words begin another part."""
    found: list[str] = []
    for one in rows:
        told, moment = str(one["text"]), float(str(one["at"]))
        if one["author"] == "guide" or at - datetime.fromtimestamp(moment, at.tzinfo) > WITHIN:
            break
        theirs = one["author"] == "shopper" and one["kind"] == "text" and (sender is None or one["sender"] == sender)
        if theirs and not one["gone"] and told.strip() and told != ERASED:
            found.append(told)
        if len(found) == EARLIER:
            break
    return found[::-1]


def masked(words: str, name: str | None = None) -> str:
    """One message as it is replayed: without what belongs to one person, on one line, of bounded length."""
    return " ".join(anonymous(words, name).split())[:LONGEST]
