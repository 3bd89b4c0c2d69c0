"""What time may have to act on: wishes that wait, talks that a person holds, parts of people that ended, tasks that fell due.

Only reading, a page at a time; what is done about it stands in ``bot.db.keeping_deeds``. A row is read twice: first without a
lock, to see whether there is anything to do, then under the lock of its conversation, whose state alone decides.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.keeping_rows import Ended, Held, Overdue, Waits, ended_of, held_of, overdue_of, waits_of

PAGE = 300
"""Rows in one look; longer lists are gone through look by look."""
ASKED_WITHIN = timedelta(minutes=15)
"""So long after a person's part ended it is still worth asking how it was."""
_ONCE_IN = timedelta(hours=24)
"""Whoever was asked is not asked again for so long, however often the talk changes hands."""

_TALK = """
    c.id, c.account, c.channel, c.is_group, c.owner, c.epoch, c.guide, c.owner_since, c.store as placed, c.last_inbound_at,
    c.sent_since, p.id as customer, coalesce(p.name, c.name) as name, p.level, p.store as home, p.guide as own,
    (select count(*) from outbox o where o.conversation_id = c.id and o.state in ('pending', 'sending', 'held')) as pending
"""
_WISH = """
    h.id as handover, h.kind, h.reason, h.urgency, h.wanted, h.skill, h.why ->> 'language' as language, h.assigned, h.assigned_at,
    h.tried, h.path, h.store as wish_store, h.due_at, h.created_at, h.claimed_at, h.first_reply_at, h.breaches
"""
_WISHES = f"""
    select {_TALK}, {_WISH}, exists (select from alerts a where a.key = 'take:' || h.id || ':' || h.assigned || ':'
            || cast(floor(extract(epoch from h.assigned_at)) as bigint)) as told,
        exists (select from alerts a where a.key = 'central:' || h.id) as escalated,
        exists (select from tasks t where t.key = 'handover:' || h.id) as noted
    from handovers h join conversations c on c.id = h.conversation_id join customers p on p.id = c.customer_id
    where h.state = 'waiting' and c.owner = 'waiting'
"""  # noqa: S608  (pieces of our own, no input)
_WAITING = text(f"{_WISHES} and h.conversation_id > :after order by h.conversation_id limit :limit")
_WISH_OF = text(f"{_WISHES} and h.conversation_id = :id")
# What was said last: the words of a guide, also those still on their way, and what the shopper has written since.
_HOLDS = f"""
    select {_TALK}, {_WISH}, c.human_at, (select max(a.created_at) from alerts a where a.conversation_id = c.id
        and a.key like 'breach\\:%\\:answer\\:%') as warned_at, g.at as said_at, o.at as leaving_at, f.at as first_at,
        l.at as last_at
    from conversations c join customers p on p.id = c.customer_id
        left join handovers h on h.conversation_id = c.id and h.state <> 'closed'
        left join lateral (select m.id, m.at from messages m where m.conversation_id = c.id and m.author = 'guide'
            order by m.id desc limit 1) as g on true
        left join lateral (select max(b.created_at) as at from outbox b where b.conversation_id = c.id and b.author = 'guide'
            and b.state in ('pending', 'sending', 'held')) as o on true
        left join lateral (select m.at from messages m where m.conversation_id = c.id and m.author = 'shopper'
            and m.recalled_at is null and m.id > coalesce(g.id, 0) and m.text !~* :courteous order by m.id limit 1) as f on true
        left join lateral (select m.at from messages m where m.conversation_id = c.id and m.author = 'shopper'
            and m.recalled_at is null and m.id > coalesce(g.id, 0) order by m.id desc limit 1) as l on true
    where c.owner = 'human'
"""  # noqa: S608  (pieces of our own, no input)
_HELD = text(
    f"{_HOLDS} and (c.owner_since, c.id) > (cast(:since as timestamptz), :after) order by c.owner_since, c.id limit :limit"
)
_HELD_ONE = text(f"{_HOLDS} and c.id = :id")
_PARTS = f"""
    select {_TALK}, {_WISH}, h.ending, h.closed_at, p.opted_out_at is not null as opted_out,
        h.rating_asked_at is not null or h.rating is not null or exists (select from handovers q
            where q.conversation_id = c.id and q.rating_asked_at > :once) as asked,
        exists (select from messages m where m.conversation_id = c.id and m.author = 'guide'
            and m.at between h.claimed_at and h.closed_at) as spoke,
        coalesce((select m.author = 'shopper' and m.at > h.closed_at from messages m where m.conversation_id = c.id
            order by m.id desc limit 1), false) as went_on
    from handovers h join conversations c on c.id = h.conversation_id join customers p on p.id = c.customer_id
    where h.state = 'closed' and h.closed_at > :since and h.claimed_at is not null
        and (h.ending is null or h.rating_asked_at is null)
"""  # noqa: S608  (pieces of our own, no input)
_ENDED = text(f"{_PARTS} order by h.closed_at desc limit :limit")
_ENDED_ONE = text(f"{_PARTS} and h.conversation_id = :id order by h.closed_at desc limit :limit")
_DUE = text(
    """
    select t.id, t.kind, t.text, t.guide, t.store, t.conversation_id, t.due_at, t.reminded_at, t.key, c.account
    from tasks t left join conversations c on c.id = t.conversation_id
    where t.state = 'open' and t.due_at <= :now and (t.due_at, t.id) > (cast(:since as timestamptz), :after)
        and (t.reminded_at is null or t.reminded_at <= :again)
    order by t.due_at, t.id limit :limit
    """
)
_COURTEOUS = (
    r"^([\s,，。!！~～.…、]|好[的滴哒呀啊吧嘞]?|嗯+|哦+|噢+|行[的吧]?|可以的?|ok(ay)?|收到|明白了?|知道[了啦]|了解了?|多?谢+|感谢|辛苦|"
    r"麻烦|[您你亲姐哥]|了|啦|哈+|再见|拜拜|晚安|没事|不用|[👌🙏👍😊🌹❤]|\[[^\]]{1,6}\])+$"
)
"""What a shopper says last without waiting for an answer: 好的谢谢, 嗯嗯, 辛苦啦."""
_ALONE = text("select id from conversations where id = :id for no key update skip locked")


async def waits(connection: AsyncConnection, after: str, limit: int = PAGE) -> Sequence[Waits]:
    """Shoppers who wait, by the id of their conversation, those behind ``after``."""
    return [waits_of(row) for row in await connection.execute(_WAITING, {"after": after, "limit": limit})]


async def waiting(connection: AsyncConnection, conversation: str) -> Waits | None:
    """One of them; None where nobody waits there any more."""
    row = (await connection.execute(_WISH_OF, {"id": conversation})).one_or_none()
    return None if row is None else waits_of(row)


async def held(connection: AsyncConnection, after: tuple[datetime, str], limit: int = PAGE) -> Sequence[Held]:
    """Talks that people hold, by the time since when they do, those behind ``after`` (that time, conversation)."""
    since, conversation = after
    rows = await connection.execute(_HELD, {"since": since, "after": conversation, "limit": limit, "courteous": _COURTEOUS})
    return [held_of(row) for row in rows]


async def holding(connection: AsyncConnection, conversation: str) -> Held | None:
    """One of them; None where nobody holds it any more."""
    row = (await connection.execute(_HELD_ONE, {"id": conversation, "courteous": _COURTEOUS})).one_or_none()
    return None if row is None else held_of(row)


async def ended(
    connection: AsyncConnection, now: datetime, conversation: str | None = None, limit: int = PAGE
) -> Sequence[Ended]:
    """Parts of people that ended lately and are not done with, the newest first; of one conversation, or of all."""
    values: dict[str, object] = {"since": now - ASKED_WITHIN, "once": now - _ONCE_IN, "limit": limit}
    if conversation is not None:
        values["id"] = conversation
    statement = _ENDED if conversation is None else _ENDED_ONE
    return [ended_of(row) for row in await connection.execute(statement, values)]


async def overdue(
    connection: AsyncConnection, now: datetime, after: tuple[datetime, int], again: timedelta, limit: int = PAGE
) -> Sequence[Overdue]:
    """Tasks that are due and of which nobody was reminded for ``again``, those behind ``after`` (due, id)."""
    values = {"now": now, "since": after[0], "after": after[1], "again": now - again, "limit": limit}
    return [overdue_of(row) for row in await connection.execute(_DUE, values)]


async def alone(connection: AsyncConnection, conversation: str) -> bool:
    """Lock a conversation to the end of the transaction; False where somebody else has it in hand just now."""
    return (await connection.execute(_ALONE, {"id": conversation})).one_or_none() is not None
