"""Forgetting a shopper (个人信息保护法 art. 47): nothing that they said, did or were said to be stays in any table.

Rows stay where order and idempotency hang on them (inbox, transcript, outbox, wishes for a person), empty of content: a
platform that repeats an old message is still refused, a page that asks "what came after 17" still finds its place. What is
left of a shopper is the platform's address, without which nobody could tell them that it is done, and one line in the audit.

What lies outside of the tables: due-queues and live updates carry ids of conversations only; logs never hold words. The
memories of sentences (``bot.adapters.encoder``, ``bot.adapters.remembering``) map words to numbers without saying whose they
were, are bounded, and end with the process. A draft entry that ops made from a question stands without name or number of
whoever asked (``bot.db.gaps``), and is ops' text then.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import events, replays
from bot.db.users import audit
from bot.ids import customer_id

ERASED = "已按顾客要求删除"
"""Stands where words stood."""

_ASKED = text(
    """
    select i.sender, c.id, c.is_group, c.channel, c.account, c.customer_id
    from inbox i join conversations c on c.id = i.conversation_id where i.id = :inbox
    """
)
_PEOPLE = text(
    """
    select id, channel, account, external from customers where id = :id
    union select kin.id, kin.channel, kin.account, kin.external
        from customers me join customers kin on kin.unionid = me.unionid where me.id = :id
    """
)
# Customers before their talks, as everybody locks them who needs both (``bot.db.reception``).
_LOCK = text("select id from customers where id = any(cast(:customers as text[])) order by id for no key update")
_TALKS = text("select id from conversations where customer_id = any(cast(:customers as text[])) and not is_group order by id")
_ROOMS = text(
    """
    with person as (
        select * from unnest(cast(:channels as text[]), cast(:accounts as text[]), cast(:externals as text[]))
            as t(channel, account, external)
    )
    select c.id, m.id as member from members m join conversations c on c.id = m.conversation_id and c.is_group
        join person p on p.channel = c.channel and p.account = c.account and p.external = m.id
    order by 1, 2
    """
)
_GONE = (
    f"kind = 'text', text = '{ERASED}', body = '{{}}', trace = null, failure = case when failure is not null then '{ERASED}' end"
)
_UNSAID = f"""
    speech = jsonb_build_object('text', '{ERASED}', 'answers', coalesce(speech -> 'answers', '[]'::jsonb)),
    state = case when state in ('pending', 'held', 'offered') then 'dropped' else state end,
    deadline = case when state = 'sending' then cast(:now as timestamptz) else deadline end,
    reason = case when reason is not null or state in ('pending', 'held', 'offered') then '{ERASED}' end
"""
# What is being sent at this moment stays so, or a person's claim would no longer wait for it; past its deadline it is not
# sent a second time.
_UNWISHED = f"reason = '{ERASED}', kind = 'asked', brief = '{{}}', why = '{{}}', skill = null, wanted = null, rating_words = ''"
_UNTOLD = f"text = '{ERASED}', state = case when state = 'pending' then 'dropped' else state end, reason = null"
_UNHEARD = f"""
    text = '', payload = '{{}}', trace = '{{}}', state = 'settled', outcome = coalesce(outcome, 'silent'), reason = '{ERASED}',
    settled_at = coalesce(settled_at, cast(:now as timestamptz))
"""
_PAIRS = "unnest(cast(:rooms as text[]), cast(:members as text[])) as r(room, member)"
_THEIRS = f"""
    select i.id from inbox i join {_PAIRS}
        on i.conversation_id = r.room and i.sender = r.member where i.id <= :upto
"""  # noqa: S608  (pieces of our own)
_TO_THEM = f"""
    conversation_id = any(cast(:rooms as text[])) and exists (
        select from ({_THEIRS}) as t where speech -> 'answers' @> to_jsonb(t.id))
"""
_TALK = "conversation_id = any(cast(:talks as text[]))"

_PERSON: Sequence[str] = (
    "delete from customer_tags where customer_id = any(cast(:customers as text[]))",
    """
    update customers set name = null, level = null, store = null, guide = null, unionid = null, owned = '{}',
        opted_out_at = (select min(k.opted_out_at) from customers k where k.id = any(cast(:customers as text[]))),
        hushed_at = (select min(k.hushed_at) from customers k where k.id = any(cast(:customers as text[]))),
        profile = case when channel = 'wecom_kf' then jsonb_build_object('wecom', jsonb_strip_nulls(jsonb_build_object(
            'erased', cast(extract(epoch from cast(:now as timestamptz)) * 1000 as bigint),
            'undo', coalesce(profile #> '{wecom,marks}', profile #> '{wecom,undo}'),
            'lease', profile #> '{wecom,lease}')))
            else '{}' end
    where id = any(cast(:customers as text[]))
    """,
    """
    update conversations set name = null, store = case when owner in ('waiting', 'human') then store end
    where id = any(cast(:talks as text[]))
    """,
    f"update tasks set text = '{ERASED}' where customer_id = any(cast(:customers as text[]))",  # noqa: S608  (pieces of our own)
)
# Whom the guides of a store are serving at this moment stays theirs until they are done; a task stays, without saying what.
# That they want to be left alone stays, on each of their addresses: whoever is forgotten must not be written to again for it,
# and the wish says nothing of them but that.
# Of a WeCom customer stays when it was, so that nothing is read there again unless they come back, and, until the courier has
# taken them off, the ids of the tags that we put on them there (``bot.tagger``).
_IN_TALKS: Sequence[str] = (
    f"update messages set {_GONE} where {_TALK} and coalesce(inbox_id, 0) <= :upto",  # noqa: S608  (pieces of our own)
    f"update outbox set {_UNSAID} where {_TALK}",  # noqa: S608  (pieces of our own)
    f"update inbox set {_UNHEARD} where {_TALK} and id <= :upto",  # noqa: S608  (pieces of our own)
    f"update handovers set {_UNWISHED} where {_TALK}",  # noqa: S608  (pieces of our own)
    f"update tasks set text = '{ERASED}' where {_TALK}",  # noqa: S608  (pieces of our own)
    f"update alerts set {_UNTOLD} where {_TALK}",  # noqa: S608  (pieces of our own)
    f"delete from notes where {_TALK}",  # noqa: S608  (pieces of our own)
    f"delete from corrections where {_TALK}",  # noqa: S608  (pieces of our own)
)
"""In a talk of two everything goes, whoever said it."""
_ROOM = "conversation_id = any(cast(:rooms as text[]))"
_ORDERED = f"""
    (campaign_id, sender) in (select o.id, r.member from campaigns o join {_PAIRS} on o.conversation_id = r.room)
"""  # noqa: S608  (pieces of our own)
_CLOSED = f"""
    (campaign_id, sender) in (
        select o.id, r.member from campaigns o join {_PAIRS} on o.conversation_id = r.room where o.state <> 'open')
"""  # noqa: S608  (pieces of our own)
# A group order that is still open is a contract under way: what was ordered stays, with the name under which it is packed, as
# the guides' own line, for the words that it was read from go. Of one that is over only the figures stay.
_QUOTES = f"""
    {{column}} ->> 'quoted' in (select cast(m.id as text) from messages m where m.inbox_id in ({_THEIRS}))
        or {{column}} ->> 'reply_to' in (select i.platform_id from inbox i where i.id in ({_THEIRS}))
"""  # noqa: S608  (pieces of our own)
# Whoever quotes somebody carries a copy of their words.
_IN_ROOMS: Sequence[str] = (
    f"update inbox set payload = payload - 'quote' - 'raw' where {_ROOM} and ({_QUOTES.format(column='payload')})",  # noqa: S608
    f"update messages set body = body - 'quote' - 'raw' where {_ROOM} and ({_QUOTES.format(column='body')})",  # noqa: S608
    f"""
    delete from corrections where {_ROOM} and message_id in (
        select id from messages where inbox_id in ({_THEIRS}) or msgid in (select msgid from outbox where {_TO_THEM}))
    """,  # noqa: S608  (pieces of our own)
    f"update handovers set {_UNWISHED} where {_ROOM}",  # noqa: S608  (pieces of our own)
    f"update alerts set {_UNTOLD} where {_ROOM}",  # noqa: S608  (pieces of our own)
    f"update messages set {_GONE} where inbox_id in ({_THEIRS})",  # noqa: S608  (pieces of our own)
    f"update messages set {_GONE} where msgid in (select msgid from outbox where {_TO_THEM})",  # noqa: S608  (pieces of our own)
    f"update outbox set {_UNSAID} where {_TO_THEM}",  # noqa: S608  (pieces of our own)
    f"update inbox set {_UNHEARD} where id in ({_THEIRS})",  # noqa: S608  (pieces of our own)
    f"""
    insert into order_edits (campaign_id, sender, name, sku, n, author, after_inbox, at)
    select l.campaign_id, l.sender, l.name, l.sku, l.n, 'erased', :upto, :now
    from order_lines l join campaigns o on o.id = l.campaign_id and o.state = 'open'
        join {_PAIRS} on o.conversation_id = r.room and l.sender = r.member where l.n > 0
    """,  # noqa: S608  (pieces of our own)
    f"delete from order_doubts where {_ORDERED}",  # noqa: S608  (pieces of our own)
    f"update order_lines set name = '{ERASED}', note = '' where {_CLOSED}",  # noqa: S608  (pieces of our own)
    f"update order_edits set name = '{ERASED}', note = '' where {_CLOSED}",  # noqa: S608  (pieces of our own)
    f"""
    update campaigns o set terms = o.terms #- array['called', r.member] from {_PAIRS}
    where o.conversation_id = r.room and o.state <> 'open'
    """,  # noqa: S608  (pieces of our own)
    f"update members set name = '{ERASED}' where (conversation_id, id) in (select * from {_PAIRS})",  # noqa: S608  (our own)
)
"""Among others what they wrote goes, and what answered it; whose words a wish for a person holds nobody can tell."""
_SAID = text(
    f"""
    select cast(id as text) from messages where conversation_id = any(cast(:talks as text[])) or inbox_id in ({_THEIRS})
    """  # noqa: S608  (pieces of our own)
)
"""What they said, under the ids by which replays name it."""
_MEMORY = """
    update sessions set data = '{}', version = version + 1, updated_at = :now
    where conversation_id = any(cast(:talks as text[]) || cast(:rooms as text[])) and conversation_id <> :here
"""
# A turn that is being thought about elsewhere with the old memory is stale by the new version. The talk in which they asked
# gets its new memory from the turn that heard them.


@dataclass(frozen=True, slots=True)
class Reach:
    """Everything that is one shopper's."""

    upto: int
    """Inbox id of the message that asked for it: what comes after it is new."""
    here: str
    """The conversation in which it was asked."""
    customers: tuple[str, ...] = ()
    """All customers of ours that the person is."""
    talks: tuple[str, ...] = ()
    """Conversations of two."""
    rooms: tuple[tuple[str, str], ...] = ()
    """(group, member) where they spoke among others."""

    @property
    def conversations(self) -> frozenset[str]:
        """All that must be locked: an erasure reaches beyond the conversation that asked for it."""
        return frozenset((*self.talks, *(room for room, _ in self.rooms), self.here))


async def reach(connection: AsyncConnection, upto: int) -> Reach:
    """What is to be erased when the author of an inbox message asks for it; in a group the author is whoever wrote it."""
    asked = (await connection.execute(_ASKED, {"inbox": upto})).one()
    person = customer_id(asked.channel, asked.account, asked.sender or "") if asked.is_group else asked.customer_id
    people = (await connection.execute(_PEOPLE, {"id": person})).all()
    customers = tuple(sorted(one.id for one in people))
    await connection.execute(_LOCK, {"customers": list(customers)})
    talks = tuple((await connection.execute(_TALKS, {"customers": list(customers)})).scalars())
    rooms = await connection.execute(
        _ROOMS,
        {
            "channels": [one.channel for one in people],
            "accounts": [one.account for one in people],
            "externals": [one.external for one in people],
        },
    )
    found = {(room.id, room.member) for room in rooms} | (
        {(asked.id, asked.sender)} if asked.is_group and asked.sender else set()
    )
    return Reach(upto, asked.id, customers, talks, tuple(sorted(found)))


async def erase(connection: AsyncConnection, found: Reach, now: datetime) -> None:
    """Forget, inside the caller's transaction, which holds the locks of ``found.conversations``."""
    for customer in found.customers:
        await events.erase(connection, customer)
    values = {
        "customers": list(found.customers),
        "talks": list(found.talks),
        "rooms": [room for room, _ in found.rooms],
        "members": [member for _, member in found.rooms],
        "upto": found.upto,
        "here": found.here,
        "now": now,
    }
    said = (await connection.execute(_SAID, _named(_SAID.text, values))).scalars()
    await replays.forget(connection, list(said))
    for step in (*_PERSON, *_IN_TALKS, *(_IN_ROOMS if found.rooms else ()), _MEMORY):
        await connection.execute(text(step), _named(step, values))
    await audit(connection, now, "bot", ("customer.erase", found.here), upto=found.upto)


def _named(statement: str, values: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if f":{name}" in statement}


def everything(reaches: Iterable[Reach]) -> frozenset[str]:
    """The conversations that several erasures touch."""
    return frozenset[str]().union(*(one.conversations for one in reaches))
