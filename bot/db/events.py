"""What shoppers did with products: kept once, read for learning, and taken away when somebody asks to be forgotten.

An event is one row, however many customers of ours one person is. What follows from it (what they own, which tags) is kept
for all of them, in the transaction of the event.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.db.people import Person
from bot.model import Evidence

Kind = Literal["view", "collect", "cart", "buy", "return", "click", "pick"]

MOST = 200_000
"""So many events, the newest, are read to learn from."""
_HINTS = 8
"""Of hints from events for one value of a shopper the newest are kept: with more of them nothing is surer, only slower."""
_PART = 200
"""Rows that are read at once: reading a whole year holds up nobody else of the process for longer than some milliseconds."""

_LOCK = text("select id from customers where id = any(cast(:ids as text[])) order by id for no key update")
_INSERT = text(
    """
    insert into events (customer_id, sku, kind, at, source, key)
    select customer, sku, kind, at, source, key
    from unnest(cast(:customers as text[]), cast(:skus as text[]), cast(:kinds as text[]), cast(:moments as timestamptz[]),
        cast(:sources as text[]), cast(:keys as text[])) with ordinality as t(customer, sku, kind, at, source, key, n)
    order by n on conflict (source, key) do nothing returning id, source, key
    """
)
_PURCHASES = text(
    """
    select customer_id, sku, kind from events
    where customer_id = any(cast(:customers as text[])) and sku = any(cast(:skus as text[])) and kind in ('buy', 'return')
    order by at, id
    """
)
_OWN = text(
    """
    with told as (
        select * from unnest(cast(:customers as text[]), cast(:skus as text[]), cast(:held as bool[])) as t(customer, sku, held)
    )
    update customers c set owned = array(
        select sku from (
            select unnest(c.owned) as sku except select t.sku from told t where t.customer = c.id
            union select t.sku from told t where t.customer = c.id and t.held
        ) as left_over order by sku
    ) where c.id in (select customer from told)
    """
)
_TAGS = text(
    """
    insert into customer_tags (customer_id, tag, value, confidence, at, source, retracted)
    select * from unnest(cast(:customers as text[]), cast(:tags as text[]), cast(:values as text[]),
        cast(:confidences as float8[]), cast(:moments as timestamptz[]), cast(:sources as text[]), cast(:retracted as bool[]))
    """
)
_PRUNE = text(
    """
    delete from customer_tags where id in (
        select id from (
            select id, row_number() over (partition by customer_id, tag, value order by at desc, id desc) as place
            from customer_tags where customer_id = any(cast(:customers as text[])) and source like 'event:%'
        ) as hints where place > :most
    )
    """
)
_WINDOW = "(select id, customer_id, sku, kind, at from events where at > :since order by at desc, id desc limit :most)"
_MARK = text(f"select count(*) as n, coalesce(max(id), 0) as newest, coalesce(sum(id), 0) as total from {_WINDOW} as w")  # noqa: S608  (pieces of our own, no input)
_SINCE = text(
    f"""
    select coalesce(p.unionid, p.id) as person, p.account, w.sku, w.kind, w.at
    from {_WINDOW} as w join customers p on p.id = w.customer_id
    """  # noqa: S608  (pieces of our own, no input)
)
_OF = text(
    """
    select coalesce(p.unionid, p.id) as person, p.account, e.sku, e.kind, e.at
    from events e join customers p on p.id = e.customer_id where e.customer_id = :id order by e.at desc, e.id desc limit :most
    """
)
_PERSON = text(
    """
    select id from customers where id = :id
    union select kin.id from customers me join customers kin on kin.unionid = me.unionid where me.id = :id
    """
)
_ERASE: Sequence[str] = (
    "delete from events where customer_id = any(cast(:ids as text[]))",
    "delete from customer_tags where customer_id = any(cast(:ids as text[])) and source like 'event:%'",
    "update customers set owned = '{}' where id = any(cast(:ids as text[]))",
)
_SHOWN = text(
    """
    select exists (
        select from messages where conversation_id = :id and author <> 'shopper' and body -> 'cards' @> cast(:card as jsonb)
    )
    """
)


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that a person did with a product."""

    person: Person
    sku: str
    kind: Kind
    at: datetime
    source: str
    """Who says so: ``api``, ``chat``, ``go``, ``desk``."""
    key: str
    """Unique within the source: the same key again is the same event."""
    evidence: tuple[Evidence, ...] = ()
    """What follows for their tags; the source of it is filled in with the event's id."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An event as it is learnt from."""

    person: str
    """The same for all customers that are one person: the unionid where there is one, else the customer's id."""
    account: str
    sku: str
    kind: Kind
    at: datetime


async def record(connection: AsyncConnection, deeds: Sequence[Deed]) -> tuple[int | None, ...]:
    """Keep events with what follows from them, inside the caller's transaction.

    The id of each event that was new, None for one that was kept before: a repeated delivery changes nothing, and what a
    person owns comes out the same in whatever order purchases and returns arrive.
    """
    if not deeds:
        return ()
    # whoever writes about the same people waits here, in one order, and then sees what the other kept
    await connection.execute(_LOCK, {"ids": sorted({one for deed in deeds for one in deed.person.everyone})})
    rows = await connection.execute(
        _INSERT,
        {
            "customers": [deed.person.customer for deed in deeds],
            "skus": [deed.sku for deed in deeds],
            "kinds": [deed.kind for deed in deeds],
            "moments": [deed.at for deed in deeds],
            "sources": [deed.source for deed in deeds],
            "keys": [deed.key for deed in deeds],
        },
    )
    ids = {(row.source, row.key): int(row.id) for row in rows}
    kept = tuple(ids.pop((deed.source, deed.key), None) for deed in deeds)
    fresh = [(id_, deed) for id_, deed in zip(kept, deeds, strict=True) if id_ is not None]
    await _own(connection, [deed for _, deed in fresh if deed.kind in {"buy", "return"}])
    await _conclude(connection, fresh)
    return kept


async def _own(connection: AsyncConnection, deeds: Sequence[Deed]) -> None:
    """What these people own of the products that they bought or sent back, from all that is known of both."""
    if not deeds:
        return
    wanted = {(deed.person.everyone, deed.sku) for deed in deeds}
    everyone = {customer: person for person, _ in wanted for customer in person}
    values = {"customers": sorted(everyone), "skus": sorted({sku for _, sku in wanted})}
    told: dict[tuple[tuple[str, ...], str], list[Kind]] = {}
    for row in await connection.execute(_PURCHASES, values):
        told.setdefault((everyone[row.customer_id], row.sku), []).append(row.kind)
    owned = [(customer, sku, held(told.get((person, sku), ()))) for person, sku in sorted(wanted) for customer in person]
    await connection.execute(
        _OWN,
        {"customers": [one for one, _, _ in owned], "skus": [sku for _, sku, _ in owned], "held": [has for _, _, has in owned]},
    )


def held(deeds: Iterable[Kind]) -> bool:
    """Whether somebody has a product after these deeds, oldest first: more was bought than sent back.

    A return of what we never saw bought takes nothing from a later purchase.
    """
    left = 0
    for deed in deeds:
        left = left + 1 if deed == "buy" else max(left - 1, 0) if deed == "return" else left
    return left > 0


async def _conclude(connection: AsyncConnection, fresh: Sequence[tuple[int, Deed]]) -> None:
    """Tags, for each customer that the person is."""
    rows = [(who, id_, one) for id_, deed in fresh for one in deed.evidence for who in deed.person.everyone]
    if not rows:
        return
    customers = [who for who, _, _ in rows]
    await connection.execute(
        _TAGS,
        {
            "customers": customers,
            "tags": [one.tag for _, _, one in rows],
            "values": [one.value for _, _, one in rows],
            "confidences": [one.confidence for _, _, one in rows],
            "moments": [one.at for _, _, one in rows],
            "sources": [f"event:{id_}" for _, id_, _ in rows],
            "retracted": [one.retracted for _, _, one in rows],
        },
    )
    await connection.execute(_PRUNE, {"customers": sorted(set(customers)), "most": _HINTS})


async def mark(engine: AsyncEngine, since: datetime, most: int = MOST) -> tuple[int, int, int]:
    """Something that differs when ``read`` would give other events: one came, one was erased, one became too old."""
    async with engine.connect() as connection:
        row = (await connection.execute(_MARK, {"since": since, "most": most})).one()
    return int(row.n), int(row.newest), int(row.total)


async def read(engine: AsyncEngine, since: datetime, most: int = MOST) -> list[Seen]:
    """The events after a moment, of more than ``most`` the newest; in no order."""
    found: list[Seen] = []
    async with engine.connect() as connection:
        rows = await connection.stream(_SINCE, {"since": since, "most": most})
        async for part in rows.partitions(_PART):
            found += (Seen(row.person, row.account, row.sku, row.kind, row.at) for row in part)
    return found


async def of(connection: AsyncConnection, customer: str, most: int = 50) -> tuple[Seen, ...]:
    """The latest events of one customer, newest first."""
    rows = await connection.execute(_OF, {"id": customer, "most": most})
    return tuple(Seen(row.person, row.account, row.sku, row.kind, row.at) for row in rows)


async def erase(connection: AsyncConnection, customer: str) -> None:
    """Take away all that a person did, what they own by it, and what was concluded from it, inside the caller's transaction.

    To be called while the customer's unionid still stands: it tells which other customers are the same person.
    """
    ids = [row.id for row in await connection.execute(_PERSON, {"id": customer})]
    await connection.execute(_LOCK, {"ids": ids})
    for statement in _ERASE:
        await connection.execute(text(statement), {"ids": ids})


async def shown(connection: AsyncConnection, conversation: str, card: str) -> bool:
    """Whether a card was shown in a conversation; ``card`` is JSON that the list of cards must contain: ``[{"sku": "p1"}]``."""
    return bool((await connection.execute(_SHOWN, {"id": conversation, "card": card})).scalar_one())
