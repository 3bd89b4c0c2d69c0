"""Who a shopper is when somebody else names them: by our id, by a platform's id, or by WeChat's unionid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_NAMED = text(
    """
    with asked as (
        select * from unnest(cast(:ns as int[]), cast(:ids as text[]), cast(:channels as text[]), cast(:externals as text[]),
            cast(:unionids as text[])) as t(n, id, channel, external, unionid)
    )
    select a.n, c.id, c.account, c.unionid, c.created_at from asked a join customers c on c.id = a.id where a.id <> ''
    union all
    select a.n, c.id, c.account, c.unionid, c.created_at from asked a
        join customers c on c.channel = a.channel and c.external = a.external where a.external <> ''
    union all
    select a.n, c.id, c.account, c.unionid, c.created_at from asked a
        join customers c on c.unionid = a.unionid where a.unionid <> ''
    order by 1, 5 desc, 2
    """
)
_KIN = text("select id, unionid from customers where unionid = any(cast(:unionids as text[]))")
_FORGETFUL = text(
    """
    select customer_id from (
        select distinct on (customer_id) customer_id, retracted from customer_tags
        where customer_id = any(cast(:ids as text[])) and tag = 'memory' order by customer_id, id desc
    ) as told where not retracted
    """
)
_TALKER = text("select customer_id, account, is_group from conversations where id = :id")


@dataclass(frozen=True, slots=True)
class Who:
    """A shopper as somebody names them: by our id, by a platform's id on a channel, or by WeChat's unionid."""

    id: str = ""
    channel: str = ""
    external: str = ""
    unionid: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A shopper whom we know, with all the customers of ours that they are."""

    customer: str
    """The one that was named, the newest of several: their events stand here."""
    account: str
    """The platform account through which they come; empty for the web."""
    everyone: tuple[str, ...]
    """Ascending."""
    forgetful: bool = False
    """Wants nothing remembered: their last word on it (``bot.learning``)."""


@dataclass(frozen=True, slots=True)
class Talker:
    """Whom a conversation is with."""

    customer: str
    account: str
    group: bool
    """In a group anybody may have done it, and the customer is the group."""


async def persons(connection: AsyncConnection, asked: Sequence[Who]) -> list[Person | None]:
    """Who is meant, in the order of the question; None for somebody whom we do not know."""
    named: dict[int, list[tuple[str, str, str | None]]] = {}
    values = {
        "ns": list(range(len(asked))),
        "ids": [one.id for one in asked],
        "channels": [one.channel for one in asked],
        "externals": [one.external for one in asked],
        "unionids": [one.unionid for one in asked],
    }
    for row in await connection.execute(_NAMED, values):
        named.setdefault(row.n, []).append((row.id, row.account, row.unionid))
    kin = await _kin(connection, {unionid for found in named.values() for _, _, unionid in found if unionid})
    people = [_person(named.get(n, ()), kin) for n in range(len(asked))]
    everyone = sorted({one for person in people if person is not None for one in person.everyone})
    silent = set((await connection.execute(_FORGETFUL, {"ids": everyone})).scalars())
    return [replace(one, forgetful=not silent.isdisjoint(one.everyone)) if one is not None else None for one in people]


async def _kin(connection: AsyncConnection, unionids: set[str]) -> Mapping[str, list[str]]:
    kin: dict[str, list[str]] = {}
    if unionids:
        for row in await connection.execute(_KIN, {"unionids": sorted(unionids)}):
            kin.setdefault(row.unionid, []).append(row.id)
    return kin


def _person(found: Sequence[tuple[str, str, str | None]], kin: Mapping[str, list[str]]) -> Person | None:
    if not found:
        return None
    everyone = {id_ for id_, _, _ in found} | {one for _, _, unionid in found if unionid for one in kin.get(unionid, ())}
    return Person(found[0][0], found[0][1], tuple(sorted(everyone)))


async def talker(connection: AsyncConnection, conversation: str) -> Talker | None:
    """Whom a conversation is with; None where there is no such conversation."""
    row = (await connection.execute(_TALKER, {"id": conversation})).one_or_none()
    return None if row is None else Talker(row.customer_id, row.account, row.is_group)
