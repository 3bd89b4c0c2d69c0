"""What WeCom told of a customer group, kept in one transaction: its name, whose it is, who is in it, and whom to welcome.

Locks are taken as everywhere: the group's own customer, the members', the conversation. Only whoever still holds the lease
(``bot.db.wecom_groups``) keeps anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.db.accept import Accepted, Acceptor
from bot.db.codec import storable, to_json
from bot.db.erasure import ERASED
from bot.db.users import audit
from bot.db.wecom_groups import CHANNEL, SETTLES, Found, Look, Person, stamp
from bot.ids import customer_id
from bot.model import Arrival

_DAY = timedelta(days=1)
ACTOR = "企业微信"
"""Who did it, in the audit."""
GONE = "客户群解散了"

_HELD = text("select profile -> 'group' as state from customers where id = :customer for no key update")
_WHOSE = text(
    """
    select c.store, c.name, g.guide from conversations c join groups g on g.conversation_id = c.id where c.id = :id
    """
)
_KNOWN = """
    from unnest(cast(:customers as text[]), cast(:externals as text[]), cast(:names as text[]), cast(:unionids as text[]))
        as t(id, external, name, unionid)
        left join members m on m.conversation_id = :id and m.id = t.external
    where (m.id is null or m.left_at is not null or m.name <> :erased)
"""
"""Whoever is in the group, without those who asked to be forgotten."""
_NEW = text(
    f"""
    insert into customers (id, channel, account, external) select t.id, :channel, :account, t.external {_KNOWN}
    order by 1 on conflict do nothing
    """
)
"""Without naming a key: a customer has two, and a conflict on the one that is not named would be an error when two groups
with the same person are read at once (PostgreSQL, INSERT › ON CONFLICT)."""
_PEOPLE = text(
    f"""
    with told as (
        select t.id, t.name, coalesce(t.unionid, (
            select k.unionid from customers k where k.account = :account and k.external = t.external
                and k.channel in ('wecom_contact', 'wecom_kf') and k.unionid is not null limit 1)) as unionid {_KNOWN}
    ), held as (
        select c.id, coalesce(told.name, c.name) as name, coalesce(told.unionid, c.unionid) as unionid,
            coalesce(c.store, cast(:store as text)) as store
        from told join customers c on c.id = told.id order by c.id for no key update of c
    )
    update customers c set name = held.name, unionid = held.unionid, store = held.store
    from held where c.id = held.id
        and (c.name, c.unionid, c.store) is distinct from (held.name, held.unionid, held.store)
    """  # noqa: S608
)
_PRESENT = text(
    """
    insert into members (conversation_id, id, name, customer_id, source, joined_at)
    select :id, t.external, coalesce(t.name, t.external), t.id, t.source, coalesce(t.joined, m.joined_at, :now)
    from unnest(cast(:customers as text[]), cast(:externals as text[]), cast(:names as text[]), cast(:sources as text[]),
        cast(:joined as timestamptz[])) as t(id, external, name, source, joined)
        left join members m on m.conversation_id = :id and m.id = t.external
    order by 2
    on conflict (conversation_id, id) do update set left_at = null, joined_at = excluded.joined_at,
        name = case when members.name = :erased and members.left_at is null or excluded.name = excluded.id then members.name
            else excluded.name end,
        customer_id = coalesce(members.customer_id, excluded.customer_id),
        source = case when excluded.source = '' then members.source else excluded.source end
    where members.left_at is not null or members.customer_id is null
        or (members.name, members.joined_at) is distinct from (excluded.name, excluded.joined_at)
        or excluded.source not in ('', members.source)
    """
)
_ABSENT = text(
    """
    update members set left_at = :now where conversation_id = :id and left_at is null and id <> all(cast(:here as text[]))
    """
)
_LEFT = text(
    "update members set left_at = :now where conversation_id = :id and left_at is null and id = any(cast(:gone as text[]))"
)
_NAMED = text("update conversations set name = coalesce(nullif(:name, ''), name), store = :store where id = :id")
_GUIDED = text(
    """
    update groups set guide = :guide, updated_at = :now
    where conversation_id = :id and guide is distinct from cast(:guide as text)
    """
)
_HOME = text("update customers set store = :store where id = :customer and store is distinct from cast(:store as text)")
_THEIRS = text(
    """
    update customers set store = :store where id in (
        select p.id from members m join customers p on p.id = m.customer_id
        where m.conversation_id = :id and p.channel = :channel and p.store = cast(:before as text)
        order by p.id for no key update of p)
    """
)
_WISHES = text("update handovers set store = :store where conversation_id = :id and state <> 'closed'")
_KEEP = text(
    """
    update customers set profile = profile || jsonb_build_object('group', cast(:state as jsonb)) where id = :customer
    """
)
_MORE = text(
    """
    select exists (select from inbox
        where conversation_id = :id and id > :upto and kind <> 'group_joined' and payload ? 'ChangeType')
    """
)
_OVER = tuple(
    map(
        text,
        (
            "select from conversations where id = :id for no key update",
            """
            update inbox set state = 'settled', outcome = coalesce(outcome, 'silent'), reason = :reason, settled_at = :now
            where conversation_id = :id and state = 'new'
            """,
            """
            with gone as (
                update outbox set state = 'dropped', reason = :reason
                where conversation_id = :id and state in ('pending', 'held', 'offered') returning speech
            )
            update inbox set outcome = 'silent', reason = :reason where outcome = 'answered' and id in (
                select cast(jsonb_array_elements_text(coalesce(speech -> 'answers', '[]')) as bigint) from gone)
            """,
            "update sessions set version = version + 1 where conversation_id = :id",
            """
            update campaigns set state = 'closed', closed_at = :now, confirmed_at = :now, version = version + 1
            where conversation_id = :id and state = 'open'
            """,
            "update customers set opted_out_at = coalesce(opted_out_at, :now) where id = :customer",
        ),
    )
)
"""A dismissed group: nothing waits there, nothing more is said; whoever counts what nobody asked for leaves it out as well."""


@dataclass(frozen=True, slots=True)
class _Whose:
    guide: str | None
    store: str | None


@dataclass(frozen=True, slots=True)
class _Passing:
    """Whose the group was and is."""

    before: _Whose
    after: _Whose
    moved: bool
    """It has another owner than when it was last asked for."""


async def keep(engine: AsyncEngine, look: Look, found: Found, arrivals: Sequence[Arrival], now: datetime) -> Accepted | None:
    """Keep a group as it was found, and accept what it means for its turn; None where somebody else asks for it by now."""
    async with engine.begin() as connection:
        if not await _ours(connection, look):
            return None
        passing = await _passing(connection, look, found)
        await _people(connection, look, found, passing)
        await _talk(connection, look, found, passing, now)
        await _attend(connection, look, found, now)
        accepted = await Acceptor().accept(connection, arrivals, now)
        state = {"version": found.version, "owner": found.owner or look.owner, "fetched": stamp(now)}
        await _settle(connection, look, state, now + _DAY, now)
        return accepted


async def left(engine: AsyncEngine, look: Look, version: str, gone: frozenset[str], now: datetime) -> bool:
    """Keep that these left, which makes it another version of the members; False where somebody else asks for it by now."""
    async with engine.begin() as connection:
        if not await _ours(connection, look):
            return False
        await connection.execute(_LEFT, {"id": look.conversation, "gone": sorted(gone), "now": now})
        tomorrow = datetime.fromtimestamp(look.fetched / 1000, UTC) + _DAY
        state = {"version": version, "owner": look.owner, "fetched": look.fetched}
        await _settle(connection, look, state, max(tomorrow, now), now)
        return True


async def postpone(
    engine: AsyncEngine, look: Look, arrivals: Sequence[Arrival], until: datetime, now: datetime
) -> Accepted | None:
    """The group could not be read, so again at ``until``; what is announced all the same is accepted. None as above."""
    async with engine.begin() as connection:
        if not await _ours(connection, look):
            return None
        accepted = await Acceptor().accept(connection, arrivals, now)
        _, more = await _read(connection, look)
        due = stamp(min(until, now + SETTLES) if more else until)
        asked = {"asked": due} if more or look.callbacks else {}
        await _write(connection, look, {**_kept(look), **asked, "next": due})
        return accepted


async def over(engine: AsyncEngine, look: Look, dismissal: Sequence[Arrival], now: datetime) -> bool:
    """Nothing is said any more in a group that was dismissed; False where somebody else asks for it by now.

    ``dismissal``: the callback that should have told of it, where none did.
    """
    values = {"id": look.conversation, "customer": look.customer, "reason": GONE, "now": now}
    async with engine.begin() as connection:
        if not await _ours(connection, look):
            return False
        await Acceptor().accept(connection, dismissal, now)
        for step in _OVER:
            await connection.execute(step, values)
        await _write(connection, look, {**_kept(look), "over": True})
        return True


async def _ours(connection: AsyncConnection, look: Look) -> bool:
    """Lock the group's customer; whether the lease is still ours."""
    state = (await connection.execute(_HELD, {"customer": look.customer})).scalar_one_or_none()
    return state is not None and state.get("lease") == look.lease


async def _passing(connection: AsyncConnection, look: Look, found: Found) -> _Passing:
    """A guide or store that people gave the group stays, until the group has another owner."""
    row = (await connection.execute(_WHOSE, {"id": look.conversation})).one()
    before = _Whose(row.guide, row.store)
    moved = bool(found.owner and look.owner and found.owner != look.owner)
    guide = found.guide or (None if moved else before.guide)
    store = found.store if found.store and (moved or before.store is None) else before.store
    return _Passing(before, _Whose(guide, store), moved)


async def _people(connection: AsyncConnection, look: Look, found: Found, passing: _Passing) -> None:
    """The customers: the group's own, those who move with it, whoever is in it."""
    store, before = passing.after.store, passing.before.store
    await connection.execute(_HOME, {"customer": look.customer, "store": store})
    if store != before:
        await connection.execute(_THEIRS, {"id": look.conversation, "channel": CHANNEL, "store": store, "before": before})
    address = {"channel": CHANNEL, "account": look.account, "store": store}
    unionids = [one.unionid or None for one in _sorted(found)]
    told = {**_columns(look, found), **address, "unionids": unionids}
    await connection.execute(_NEW, told)
    await connection.execute(_PEOPLE, told)


async def _talk(connection: AsyncConnection, look: Look, found: Found, passing: _Passing, now: datetime) -> None:
    """Name, guide and store of the talk, and who passed it on."""
    before, after = passing.before, passing.after
    place = {"id": look.conversation, "store": after.store}
    await connection.execute(_NAMED, {**place, "name": storable(found.name)})
    await connection.execute(_GUIDED, {"id": look.conversation, "guide": after.guide, "now": now})
    if before.store != after.store:
        await connection.execute(_WISHES, place)
    if passing.moved and before != after:
        whose = {"from_guide": before.guide, "guide": after.guide, "from_store": before.store, "store": after.store}
        await audit(connection, now, ACTOR, ("group.owner", look.conversation), **whose)


async def _attend(connection: AsyncConnection, look: Look, found: Found, now: datetime) -> None:
    """Who is there, and who is not any more."""
    shared = _columns(look, found)
    joined = [datetime.fromtimestamp(one.joined, UTC) if one.joined else None for one in _sorted(found)]
    sources = [storable(one.state) for one in _sorted(found)]
    await connection.execute(_PRESENT, {**shared, "sources": sources, "joined": joined, "now": now})
    await connection.execute(_ABSENT, {"id": look.conversation, "here": shared["externals"], "now": now})


def _sorted(found: Found) -> Sequence[Person]:
    return sorted(found.people, key=lambda one: one.id)


def _columns(look: Look, found: Found) -> dict[str, object]:
    people = _sorted(found)
    return {
        "id": look.conversation,
        "erased": ERASED,
        "customers": [customer_id(CHANNEL, look.account, one.id) for one in people],
        "externals": [one.id for one in people],
        "names": [storable(one.name) or None for one in people],
    }


async def _settle(connection: AsyncConnection, look: Look, state: dict[str, object], tomorrow: datetime, now: datetime) -> None:
    """The group was read: again ``tomorrow``, or at once where a callback came meanwhile."""
    upto, more = await _read(connection, look)
    due = {"next": stamp(now + SETTLES), "asked": stamp(now)} if more else {"next": stamp(tomorrow)}
    await _write(connection, look, {**state, "upto": upto, **due})


async def _read(connection: AsyncConnection, look: Look) -> tuple[int, bool]:
    """Id of the last callback that the look knows, and whether another one came meanwhile."""
    upto = max((one.id for one in look.callbacks), default=look.upto)
    more = (await connection.execute(_MORE, {"id": look.conversation, "upto": upto})).scalar_one()
    return upto, bool(more)


def _kept(look: Look) -> dict[str, object]:
    return {"version": look.version, "owner": look.owner, "fetched": look.fetched, "upto": look.upto}


async def _write(connection: AsyncConnection, look: Look, state: dict[str, object]) -> None:
    await connection.execute(_KEEP, {"customer": look.customer, "state": to_json(state)})
