"""The rows that change hands (``bot.db.moving``): statements over whole sets, inside a transaction that decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.codec import storable

_THESE = "cast(:customers as text[])"
_ANYBODY = f"{_THESE} is null"
_TALKS_OF = f"(select c.id from conversations c where c.customer_id = any({_THESE}))"  # noqa: S608  (pieces of our own)
_IN = f"({_ANYBODY} or conversation_id in {_TALKS_OF})"

_KNOWN = text(f"select id from customers where id = any({_THESE})")  # noqa: S608  (pieces of our own)
_MINE = text(
    f"""
    select id, guide from customers where ({_ANYBODY} or id = any({_THESE})) and (guide = :guide
        or id in (select customer_id from conversations where owner = 'human' and guide = :guide))
    order by id for no key update
    """  # noqa: S608  (pieces of our own)
)
_TALKS = text(
    f"""
    select id from conversations where customer_id = any(cast(:mine as text[]))
        or (owner = 'human' and guide = :guide and ({_ANYBODY} or customer_id = any({_THESE})))
    """  # noqa: S608  (pieces of our own)
)
_TALKS_MOVE = text(
    """
    update conversations c set store = :store from customers p
    where p.id = c.customer_id and c.store is distinct from :store and (c.id = any(cast(:talks as text[]))
        or (p.id = any(cast(:mine as text[])) and c.store is not distinct from p.store))
    """
)
_HOME = text(
    """
    update customers set store = :store, guide = case when guide is not null then cast(:guide as text) end
    where id = any(cast(:mine as text[])) and store is distinct from :store
    """
)
_OWN = text("update customers set guide = :guide where id = any(cast(:mine as text[]))")
_CLAIMED = text(
    """
    insert into handovers (conversation_id, reason, kind, store, guide, assigned, assigned_at, state, created_at, claimed_at)
    select c.id, '同事转来', 'taken', c.store, :guide, :guide, :now, 'claimed', :now, :now
    from conversations c where c.id = any(cast(:talks as text[]))
    on conflict (conversation_id) where state <> 'closed' do update set state = 'claimed', guide = excluded.guide,
        store = excluded.store, assigned = excluded.assigned, assigned_at = excluded.assigned_at, claimed_at = excluded.claimed_at
    """
)
_QUEUED = text(
    """
    insert into handovers (conversation_id, reason, kind, store, tried, state, created_at)
    select c.id, '同事转来', 'taken', :store, cast(:tried as text[]), 'waiting', :now
    from conversations c where c.id = any(cast(:talks as text[]))
    on conflict (conversation_id) where state <> 'closed' do update set state = 'waiting', guide = null, wanted = null,
        store = excluded.store, assigned = null, assigned_at = null, path = null, tried = excluded.tried, claimed_at = null
    """
)
_NOTE = text("insert into notes (conversation_id, author, text, at) values (:id, :author, :words, :now)")
_OFFERED_ON = text(
    f"""
    update handovers set assigned = :to, assigned_at = :now where state = 'waiting' and assigned = :guide and {_IN}
    returning conversation_id
    """  # noqa: S608  (pieces of our own)
)
_OFFERED_ANEW = text(
    f"""
    update handovers set assigned = null, assigned_at = null, path = null, tried = array_append(tried, assigned)
    where state = 'waiting' and assigned = :guide and {_IN} returning conversation_id
    """  # noqa: S608  (pieces of our own)
)
_TASKS = text(
    f"""
    update tasks set guide = :to, store = coalesce(:store, store)
    where state = 'open' and guide = :guide and ({_ANYBODY} or customer_id = any({_THESE}) or {_IN}) returning id
    """  # noqa: S608  (pieces of our own)
)
_UNSENT = tuple(
    text(f"update outbox set sender = :to where {state} and author = 'guide' and sender = :guide and {_IN} returning id")  # noqa: S608
    for state in ("state in ('pending', 'held')", "state = 'offered'")
)
"""One statement for each of the two small indices of what has not left; over both together the whole outbox would be read."""
_ROLES = text("select exists (select from users where guide = :guide and role <> 'guide')")
_WORKING = text(
    """
    select not exists (select from duty where guide = :guide and state = 'left')
        or exists (select from users where guide = :guide and not disabled)
    """
)
_SIGN_OUT = text("delete from logins where user_name in (select name from users where guide = :guide)")
_DISABLE = text("update users set disabled = true where guide = :guide")

Whose = tuple[str, tuple[str, ...] | None]
"""Whose rows: a guide's, and only those that belong to these customers."""


@dataclass(frozen=True, slots=True)
class Belongings:
    """What is locked before anything moves."""

    customers: tuple[str, ...]
    """Whose own guide it is."""
    talks: tuple[str, ...]
    """All talks of these, and those that the guide holds."""


async def customers(connection: AsyncConnection, ids: Sequence[str]) -> Sequence[str]:
    """Those of them that whoever asks may see."""
    return (await connection.execute(_KNOWN, {"customers": [storable(one) for one in ids]})).scalars().all()


async def belongings(connection: AsyncConnection, guide: str, only: Sequence[str] | None) -> Belongings:
    """What a guide has, of some customers or at all; the customers are locked."""
    these = None if only is None else list(only)
    found = (await connection.execute(_MINE, {"guide": guide, "customers": these})).all()
    mine = [row.id for row in found if row.guide == guide]
    talks = await connection.execute(_TALKS, {"mine": mine, "guide": guide, "customers": these})
    return Belongings(tuple(mine), tuple(talks.scalars()))


async def rehome(
    connection: AsyncConnection, people: Sequence[str], talks: Sequence[str], store: str | None, guide: str | None
) -> None:
    """Make customers a store's, with their talks of the store that had them, and some talks whosever they are.

    Whoever had a guide of their own has ``guide`` now, or waits for the next.
    """
    await connection.execute(_TALKS_MOVE, {"store": store, "mine": list(people), "talks": list(talks)})
    await connection.execute(_HOME, {"store": store, "guide": guide, "mine": list(people)})


async def own_guide(connection: AsyncConnection, people: Sequence[str], guide: str | None) -> None:
    """Give customers another guide of their own, or none."""
    await connection.execute(_OWN, {"mine": list(people), "guide": guide})


async def follow(
    connection: AsyncConnection,
    talks: Sequence[str],
    to: tuple[str | None, str | None],
    now: datetime,
    tried: Sequence[str] = (),
) -> None:
    """The handovers of talks that went to a guide, or back into a store's queue (``to``: guide, store)."""
    guide, store = to
    if guide is not None:
        await connection.execute(_CLAIMED, {"talks": list(talks), "guide": guide, "now": now})
    else:
        await connection.execute(_QUEUED, {"talks": list(talks), "store": store, "tried": list(tried), "now": now})


async def note(connection: AsyncConnection, conversation: str, told: tuple[str, str], now: datetime) -> None:
    """Something for colleagues (``told``: author, words)."""
    author, words = told
    await connection.execute(_NOTE, {"id": conversation, "author": author, "words": storable(words), "now": now})


async def offers(connection: AsyncConnection, whose: Whose, to: str | None, now: datetime) -> Sequence[str]:
    """Who waits and was offered to a guide: to another one now, or to whoever is found next."""
    values: dict[str, object] = {"guide": whose[0], "customers": _listed(whose)}
    if to is None:
        return (await connection.execute(_OFFERED_ANEW, values)).scalars().all()
    return (await connection.execute(_OFFERED_ON, {**values, "to": to, "now": now})).scalars().all()


async def tasks(connection: AsyncConnection, whose: Whose, to: tuple[str | None, str | None]) -> int:
    """Open tasks of a guide (``to``: guide, store); of a store they are anybody's there."""
    values = {"guide": whose[0], "customers": _listed(whose), "to": to[0], "store": to[1]}
    return len((await connection.execute(_TASKS, values)).all())


async def messages(connection: AsyncConnection, whose: Whose, to: str | None) -> int:
    """What a guide wrote or was to send and has not left: in the name of another one now."""
    values = {"guide": whose[0], "customers": _listed(whose), "to": to}
    return sum([len((await connection.execute(statement, values)).all()) for statement in _UNSENT])


async def is_more_than_guide(connection: AsyncConnection, guide: str) -> bool:
    """Whether one of their accounts is a lead's, an editor's or an admin's."""
    return bool((await connection.execute(_ROLES, {"guide": guide})).scalar_one())


async def working(connection: AsyncConnection, guide: str) -> bool:
    """Whether a guide has not left, or can still sign in."""
    return bool((await connection.execute(_WORKING, {"guide": guide})).scalar_one())


async def disable(connection: AsyncConnection, guide: str) -> None:
    """Close all accounts of a guide and end their sign-ins."""
    await connection.execute(_DISABLE, {"guide": guide})
    await connection.execute(_SIGN_OUT, {"guide": guide})


def _listed(whose: Whose) -> list[str] | None:
    return None if whose[1] is None else list(whose[1])
