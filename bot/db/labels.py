"""Tags of WeCom on our customers: whose turn it is to be looked at, and what a look found, kept in one transaction.

The state of the exchange lies in ``customers.profile`` under ``wecom``, moments in milliseconds since the epoch: ``next`` (not
to be looked at before), ``lease`` (somebody is looking), ``marks`` (``bot.labels.Marks``), ``erased`` and ``undo`` (the marks
of a shopper who was erased, until they are taken off there).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.db.codec import storable, to_json
from bot.model import Evidence

LEASE = timedelta(minutes=5)
LATELY = timedelta(days=3)
"""Whoever has not written for so long is looked at when they write again, or when WeCom tells of a change."""
CALLBACK = "change_external_contact"

_STATE = "coalesce(c.profile -> 'wecom', '{}'::jsonb)"
_CLAIM = text(
    f"""
    with due as (
        select c.id from customers c
        where c.channel in ('wecom_kf', 'wecom_contact') and c.account = :account
            and coalesce(cast(c.profile #>> '{{wecom,lease}}' as bigint), 0) <= :now
            and coalesce(cast(c.profile #>> '{{wecom,next}}' as bigint), 0) <= :now
            and (c.profile #> '{{wecom,undo}}' is not null
                or (c.profile #>> '{{wecom,next}}' = '0' and c.profile #> '{{wecom,erased}}' is null)
                or exists (select from conversations t where t.customer_id = c.id and not t.is_group
                    and t.last_inbound_at > cast(:lately as timestamptz)
                    and t.last_inbound_at > to_timestamp(coalesce(cast(c.profile #>> '{{wecom,erased}}' as float8), 0) / 1000)))
        order by c.id limit :most for no key update of c skip locked
    )
    update customers c
    set profile = c.profile || jsonb_build_object('wecom', {_STATE} || jsonb_build_object('lease', cast(:lease as bigint)))
    from due where c.id = due.id returning c.id, c.external, c.profile -> 'wecom' as state
    """  # noqa: S608  (a piece of our own)
)
_TAGS = text("select tag, value, confidence, at, source, retracted from customer_tags where customer_id = :id order by id")
_KEEP = text(
    """
    update customers set profile = profile || jsonb_build_object('wecom', cast(:state as jsonb)),
        name = coalesce(nullif(name, ''), :name), unionid = coalesce(:unionid, unionid)
    where id = :id and cast(profile #>> '{wecom,lease}' as bigint) = :lease
        and coalesce(cast(profile #>> '{wecom,erased}' as bigint), 0) = :erased
    returning id
    """
)
_GONE = text("delete from customer_tags where customer_id = :id and source = any(cast(:sources as text[]))")
_CAME = text(
    """
    insert into customer_tags (customer_id, tag, value, confidence, at, source)
    select :id, * from unnest(cast(:tags as text[]), cast(:values as text[]), cast(:confidences as float8[]),
        cast(:moments as timestamptz[]), cast(:sources as text[]))
    """
)
_NEWEST = text("select coalesce(max(id), 0) from inbox")
_CALLED = text(
    """
    select i.id, i.payload ->> 'ExternalUserID' as external from inbox i
    where i.id > :seen and i.channel = 'wecom' and i.account = :account and i.kind = :kind order by i.id limit 1000
    """
)
_NUDGE = text(
    f"""
    update customers c set profile = c.profile || jsonb_build_object('wecom', {_STATE} || '{{"next": 0}}'::jsonb)
    where c.channel in ('wecom_kf', 'wecom_contact') and c.account = :account and c.external = any(cast(:externals as text[]))
        and c.profile #> '{{wecom,erased}}' is null
    """  # noqa: S608  (a piece of our own)
)


@dataclass(frozen=True, slots=True)
class Look:
    """A customer who is ours to look at until the lease is over."""

    customer: str
    external: str
    lease: int
    erased: int = 0
    """When the shopper asked to be forgotten; 0 for everybody else."""
    marks: Mapping[str, Any] | None = None
    undo: Mapping[str, Any] | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What a look found; with ``heard`` None the rows of WeCom's tags stay as they are."""

    state: Mapping[str, object]
    heard: tuple[Evidence, ...] | None = None
    name: str | None = None
    unionid: str | None = None


def stamp(moment: datetime) -> int:
    """Milliseconds since the epoch."""
    return int(moment.timestamp() * 1000)


async def claim(engine: AsyncEngine, account: str, now: datetime, most: int) -> tuple[Look, ...]:
    """Some customers of an account whose turn it is; nobody else gets them before the lease is over."""
    lease = stamp(now + LEASE)
    values = {"account": account, "now": stamp(now), "lately": now - LATELY, "most": most, "lease": lease}
    async with engine.begin() as connection:
        rows = (await connection.execute(_CLAIM, values)).all()
        return tuple([await _look(connection, row.id, row.external, row.state) for row in rows])


async def _look(connection: AsyncConnection, customer: str, external: str, state: Mapping[str, Any]) -> Look:
    rows = await connection.execute(_TAGS, {"id": customer})
    evidence = tuple(Evidence(row.tag, row.value, row.confidence, row.at, row.source, row.retracted) for row in rows)
    return Look(customer, external, state["lease"], state.get("erased", 0), state.get("marks"), state.get("undo"), evidence)


async def keep(engine: AsyncEngine, look: Look, found: Found) -> bool:
    """Keep what was found; False, and nothing kept, where the customer was erased or taken over meanwhile."""
    async with engine.begin() as connection:
        values = {
            "id": look.customer,
            "lease": look.lease,
            "erased": look.erased,
            "state": to_json(found.state),
            "name": storable(found.name) if found.name else None,
            "unionid": storable(found.unionid) if found.unionid else None,
        }
        if (await connection.execute(_KEEP, values)).first() is None:
            return False
        if found.heard is not None:
            await _hear(connection, look, found.heard)
        return True


async def _hear(connection: AsyncConnection, look: Look, heard: Sequence[Evidence]) -> None:
    """What came stands from now on; what is there no longer stood for nothing else and goes with its tag."""
    before = {one.source: (one.tag, one.value, one.confidence) for one in look.evidence if one.source.startswith("wecom:")}
    after = {one.source: (one.tag, one.value, one.confidence) for one in heard}
    gone = [source for source, what in before.items() if after.get(source) != what]
    came = [one for one in heard if before.get(one.source) != after[one.source]]
    if gone:
        await connection.execute(_GONE, {"id": look.customer, "sources": gone})
    if came:
        await connection.execute(
            _CAME,
            {
                "id": look.customer,
                "tags": [one.tag for one in came],
                "values": [storable(one.value) for one in came],
                "confidences": [one.confidence for one in came],
                "moments": [one.at for one in came],
                "sources": [storable(one.source) for one in came],
            },
        )


async def newest(engine: AsyncEngine) -> int:
    """The id of the newest row of the inbox."""
    async with engine.connect() as connection:
        return int((await connection.execute(_NEWEST)).scalar_one())


async def nudge(engine: AsyncEngine, account: str, seen: int) -> int:
    """Whoever a callback after that row told of is to be looked at at once; the last row that was seen."""
    async with engine.begin() as connection:
        rows = (await connection.execute(_CALLED, {"seen": seen, "account": account, "kind": CALLBACK})).all()
        externals = sorted({row.external for row in rows if row.external})
        if externals:
            await connection.execute(_NUDGE, {"account": account, "externals": externals})
        return max((row.id for row in rows), default=seen)
