"""Campaigns of group orders in PostgreSQL: which are to be read on, what was written in their groups, and the ledger as rows.

Whoever reads a campaign on, changes it or speaks for it locks its row first: of two at once, one finds nothing left to do.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.campaigns_rows import Campaign, Doubt, Edit, Glance, Marks, OrderLine, Words
from bot.db.codec import to_json
from bot.model import JsonMap

LATE = timedelta(hours=12)
"""So long after the end of a campaign somebody who orders is told that it is over."""
_ALIVE = """
    (o.state = 'open' or (o.state = 'closed' and o.closed_at > :since
        and not exists (select from campaigns n where n.conversation_id = o.conversation_id and n.id > o.id)))
"""
_COLUMNS = """
    o.id, o.conversation_id as conversation, o.title, o.menu, o.terms, o.opens_at, o.deadline, o.state, o.author,
    o.after_inbox, o.read_upto, o.version, o.confirmed_at, o.reminded_at, o.closed_at, c.channel, c.account, c.owner, c.epoch,
    coalesce((select g.settings from groups g where g.conversation_id = o.conversation_id), '{}'::jsonb) as settings
"""
_OF_TALKS = text(
    f"select o.id from campaigns o where o.conversation_id = any(cast(:talks as text[])) and {_ALIVE} order by o.id"  # noqa: S608
)
# The last message and edit, and how many of the messages were taken back.
_MESSAGE = "(select coalesce(max(m.id), 0) from messages m where m.conversation_id = o.conversation_id)"
_LAST_EDIT = "(select coalesce(max(e.id), 0) from order_edits e where e.campaign_id = o.id)"
_RECALLED = """
    (select count(*) from messages m where m.conversation_id = o.conversation_id and m.recalled_at is not null
        and m.id > coalesce((o.terms ->> 'from')::bigint, 0))
"""
# How far was followed is kept beside the terms (``Campaign.followed``).
_NEWS = f"""
    (coalesce((o.terms -> 'followed' ->> 'message')::bigint, 0), coalesce((o.terms -> 'followed' ->> 'edit')::bigint, 0),
        coalesce((o.terms -> 'followed' ->> 'recalled')::bigint, 0))
    is distinct from ({_MESSAGE}, {_LAST_EDIT}, {_RECALLED})
"""
_GLANCE = text(
    f"""
    select o.id, o.conversation_id as conversation, c.account, o.opens_at, o.deadline, o.confirmed_at, o.reminded_at, o.terms,
        coalesce((select g.settings from groups g where g.conversation_id = o.conversation_id), '{{}}'::jsonb) as settings,
        {_NEWS} or o.terms -> 'announce' = 'true'::jsonb or jsonb_path_exists(o.terms, '$.late.* ? (@ == false)')
            or (o.state = 'closed' and coalesce(o.confirmed_at < o.closed_at, true)) as stirred,
        o.state = 'open' as open, l.n as pending, l.since as pending_since, d.since as unasked_since
    from campaigns o join conversations c on c.id = o.conversation_id,
        lateral (select count(*) as n, min(updated_at) as since from order_lines
            where campaign_id = o.id and confirmed is distinct from granted) as l,
        lateral (select min(created_at) as since from order_doubts
            where campaign_id = o.id and asked_at is null and settled_at is null) as d
    where {_ALIVE} order by o.id
    """  # noqa: S608  (pieces of our own, no input)
)
_ONE = f"select {_COLUMNS} from campaigns o join conversations c on c.id = o.conversation_id where o.id = :id"  # noqa: S608
_READ = text(_ONE)
_LOCK = text(f"{_ONE} for no key update of o")
_MARKS = text(
    f"select {_MESSAGE} as message, {_LAST_EDIT} as edit, {_RECALLED} as recalled from campaigns o where o.id = :id"  # noqa: S608
)
_WORDS = text(
    """
    select m.id, m.author, m.sender, case when i.trace -> 'alarm' is null then m.text else '' end as text,
        m.recalled_at is not null as recalled, i.id as inbox, q.id as quoted,
        coalesce(i.payload ->> 'quote', '') as quote,
        case when i.id is null then m.at when i.sent_at between i.received_at - interval '3 days' and i.received_at then i.sent_at
            else i.received_at end as at
    from messages m left join inbox i on i.id = m.inbox_id
        left join lateral (select p.id from messages p left join inbox b on b.id = p.inbox_id
            where i.payload ->> 'reply_to' is not null and p.conversation_id = m.conversation_id and p.id < m.id
                and (b.platform_id = i.payload ->> 'reply_to' or p.msgid = i.payload ->> 'reply_to')
            order by p.id desc limit 1) as q on true
    where m.conversation_id = :talk and m.id > :after and m.id <= :upto and m.kind = 'text' and (m.author = 'guide'
        or (m.author = 'shopper' and m.sender is not null)
        or (m.author = 'bot' and m.body -> 'pushed' = 'true'::jsonb
            and (m.trace ->> 'campaign' is null or m.trace -> 'script' ->> 'id' = 'order_opened')))
    order by m.id
    """
)
# Of the bot's own words only what offers something counts for +1: what was announced, never what was only confirmed.
_MEMBERS = text(
    """
    select m.id, m.name, exists (select from customers q where (q.id = p.id or q.unionid = p.unionid)
            and q.hushed_at is not null) as hushed
    from members m left join customers p on p.id = m.customer_id
    where m.conversation_id = :talk
    """
)
_EDITS = text(
    """
    select id, sender, sku, n, note, after_inbox from order_edits
    where campaign_id = :id and id > :after and id <= :upto order by id
    """
)
_LINES = text(
    """
    select sender, sku, name, n, unit, note, sources, state, granted, confirmed, place, updated_at from order_lines
    where campaign_id = :id order by place, sender, sku
    """
)
_DOUBTS = text(
    """
    select id, sender, name, message, text, question, asked_at, settled_at, created_at from order_doubts
    where campaign_id = :id order by id
    """
)
_PUT_LINE = text(
    """
    insert into order_lines (campaign_id, sender, sku, name, n, unit, note, sources, state, granted, place, updated_at)
    values (:id, :sender, :sku, :name, :n, :unit, :note, cast(:sources as text[]), :state, :granted, :place, :now)
    on conflict (campaign_id, sender, sku) do update set name = excluded.name, n = excluded.n, unit = excluded.unit,
        note = excluded.note, sources = excluded.sources, state = excluded.state, granted = excluded.granted,
        place = excluded.place, updated_at = case when order_lines.granted <> excluded.granted or order_lines.n <> excluded.n
            then excluded.updated_at else order_lines.updated_at end
    """
)
_DROP_LINES = text(
    """
    delete from order_lines l using unnest(cast(:senders as text[]), cast(:skus as text[])) as t(sender, sku)
    where l.campaign_id = :id and l.sender = t.sender and l.sku = t.sku
    """
)
_PUT_DOUBT = text(
    """
    insert into order_doubts (campaign_id, sender, name, message, text, question, asked_at, created_at)
    values (:id, :sender, :name, :message, :text, :question, :asked, :now) on conflict (campaign_id, message, text) do nothing
    """
)
_DROP_DOUBTS = text("delete from order_doubts where id = any(cast(:ids as bigint[]))")
_FOLLOWED = text(
    """
    update campaigns set read_upto = greatest(read_upto, :inbox), version = version + :more,
        terms = terms || cast(:marks as jsonb)
    where id = :id
    """
)


async def of_talks(connection: AsyncConnection, talks: Iterable[str], now: datetime) -> Sequence[int]:
    """Campaigns of these talks that are read on: open ones, and ones that ended a while ago, for whoever comes late."""
    rows = await connection.execute(_OF_TALKS, {"talks": sorted(set(talks)), "since": now - LATE})
    return [row.id for row in rows]


async def glances(connection: AsyncConnection, now: datetime) -> Sequence[Glance]:
    """All campaigns that are read on, at a glance."""
    rows = await connection.execute(_GLANCE, {"since": now - LATE})
    return [Glance(**row) for row in rows.mappings()]


async def read(connection: AsyncConnection, campaign: int) -> Campaign | None:
    """A campaign as it is; None where there is none."""
    row = (await connection.execute(_READ, {"id": campaign})).mappings().one_or_none()
    return None if row is None else Campaign(**row)


async def locked(connection: AsyncConnection, campaign: int) -> Campaign | None:
    """A campaign, locked to the end of the transaction; None where there is none any more."""
    row = (await connection.execute(_LOCK, {"id": campaign})).mappings().one_or_none()
    return None if row is None else Campaign(**row)


async def marks(connection: AsyncConnection, campaign: int) -> Marks:
    """How far its talk has come."""
    row = (await connection.execute(_MARKS, {"id": campaign})).one()
    return Marks(row.message, row.edit, row.recalled)


async def words(connection: AsyncConnection, campaign: Campaign, after: int, upto: int) -> Sequence[Words]:
    """What was written behind one message, up to another, in its order; taken-back words are marked."""
    rows = await connection.execute(_WORDS, {"talk": campaign.conversation, "after": after, "upto": upto})
    return [
        Words(row.id, row.author, row.sender or "", row.text, row.recalled, row.at, row.inbox, row.quoted, row.quote)
        for row in rows
    ]


async def members(connection: AsyncConnection, talk: str) -> Sequence[tuple[str, str, bool]]:
    """(id, name, whether they want not to be named by @) of a group's members."""
    return [(row.id, row.name, row.hushed) for row in await connection.execute(_MEMBERS, {"talk": talk})]


async def edits(connection: AsyncConnection, campaign: int, after: int, upto: int) -> Sequence[Edit]:
    """The guides' edits behind one, up to another."""
    rows = await connection.execute(_EDITS, {"id": campaign, "after": after, "upto": upto})
    return [Edit(row.id, row.sender, row.sku, row.n, row.note, row.after_inbox) for row in rows]


async def lines(connection: AsyncConnection, campaign: int) -> Sequence[OrderLine]:
    """The ledger as it stands in the database."""
    rows = await connection.execute(_LINES, {"id": campaign})
    return [OrderLine(**{**row, "sources": tuple(row["sources"])}) for row in rows.mappings()]


async def doubts(connection: AsyncConnection, campaign: int) -> Sequence[Doubt]:
    """What is unclear, the oldest first; what a guide settled is among it."""
    rows = await connection.execute(_DOUBTS, {"id": campaign})
    return [Doubt(**row) for row in rows.mappings()]


async def put_lines(connection: AsyncConnection, campaign: int, changed: Iterable[OrderLine], now: datetime) -> None:
    """Write lines that are new or not what they were."""
    values = [
        {
            "id": campaign, "sender": one.sender, "sku": one.sku, "name": one.name, "n": one.n, "unit": one.unit,
            "note": one.note, "sources": list(one.sources), "state": one.state, "granted": one.granted, "place": one.place,
            "now": now,
        }
        for one in changed
    ]  # fmt: skip
    if values:
        await connection.execute(_PUT_LINE, values)


async def drop_lines(connection: AsyncConnection, campaign: int, keys: Sequence[tuple[str, str]]) -> None:
    """Take lines out altogether."""
    if keys:
        values = {"id": campaign, "senders": [one[0] for one in keys], "skus": [one[1] for one in keys]}
        await connection.execute(_DROP_LINES, values)


async def put_doubts(connection: AsyncConnection, campaign: int, fresh: Iterable[Doubt], now: datetime) -> None:
    """Keep what is newly unclear."""
    values = [
        {
            "id": campaign, "sender": one.sender, "name": one.name, "message": one.message, "text": one.text,
            "question": one.question, "asked": one.asked_at, "now": now,
        }
        for one in fresh
    ]  # fmt: skip
    if values:
        await connection.execute(_PUT_DOUBT, values)


async def drop_doubts(connection: AsyncConnection, ids: Sequence[int]) -> None:
    """Forget what has become clear."""
    if ids:
        await connection.execute(_DROP_DOUBTS, {"ids": list(ids)})


async def followed(connection: AsyncConnection, campaign: int, inbox: int, kept: JsonMap, *, changed: bool) -> None:
    """Note how far a campaign was read (``inbox``: the last row) and what is kept beside its terms."""
    values = {"id": campaign, "inbox": inbox, "more": int(changed), "marks": to_json(kept)}
    await connection.execute(_FOLLOWED, values)
