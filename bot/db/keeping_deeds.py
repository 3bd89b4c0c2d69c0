"""What the keeper does, each a statement in the transaction that judged: offers, tasks, alerts, lines, the end of a part."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.codec import session_from_json, session_to_json, speech_to_json
from bot.db.keeping_rows import Alert, Talk
from bot.ids import msgid
from bot.model import Pending, Speech

WORTH = timedelta(minutes=10)
"""A line that time made the bot say is worth nothing later: held back by a platform it must not turn up before an answer."""

_PLACE = text(
    """
    update handovers set assigned = :assigned, path = :path, tried = cast(:tried as text[]), due_at = :due,
        breaches = cast(:breaches as text[]), assigned_at = case when :offered then :now
            when cast(:assigned as text) is null then null else assigned_at end
    where id = :id
    """
)
_STORE = text("update conversations set store = :store where id = :id and store is distinct from :store")
_TASK = text(
    """
    insert into tasks (conversation_id, customer_id, store, guide, kind, text, due_at, author, key, created_at)
    values (:id, :customer, :store, :guide, 'callback', :text, :due, 'system', :key, :now) on conflict (key) do nothing
    """
)
_ALERT = text(
    """
    insert into alerts (key, kind, guide, store, conversation_id, text, created_at)
    values (:key, :kind, :guide, :store, :conversation, :text, :now) on conflict (key) do nothing
    """
)
_BEGIN = text(
    """
    insert into handovers (conversation_id, reason, kind, store, guide, state, created_at, claimed_at)
    select id, '导购自己接的', 'taken', store, guide, 'claimed', coalesce(owner_since, :now), coalesce(owner_since, :now)
    from conversations where id = :id and owner = 'human' on conflict (conversation_id) where state <> 'closed' do nothing
    """
)
_HEARD = text("update conversations set human_at = :at where id = :id")
_REPLIED = text(
    """
    update handovers h set first_reply_at = least(
        (select min(m.at) from messages m where m.conversation_id = h.conversation_id and m.author = 'guide'
            and m.at >= h.claimed_at),
        (select min(o.created_at) from outbox o where o.conversation_id = h.conversation_id and o.author = 'guide'
            and o.state in ('pending', 'sending', 'held') and o.created_at >= h.claimed_at))
    where id = :id and first_reply_at is null
    """
)
_BREACHED = text("update handovers set breaches = cast(:breaches as text[]) where id = :id")
_QUEUED = text(
    """
    update handovers set state = 'waiting', guide = null, claimed_at = null, assigned = null, assigned_at = null, path = null,
        tried = case when :guide = any(tried) then tried else array_append(tried, cast(:guide as text)) end
    where id = :id
    """
)
_END = text("update handovers set ending = :ending where id = :id and ending is null")
_SAY = text(
    """
    insert into outbox (msgid, conversation_id, author, epoch, speech, deadline, created_at)
    values (:msgid, :id, 'bot', :epoch, cast(:speech as jsonb), :deadline, :now) on conflict (msgid) do nothing
    """
)
_ASKED = text("update handovers set rating_asked_at = :now where id = :id and rating_asked_at is null returning id")
_SESSION = text("select data, version from sessions where conversation_id = :id for update")
_PENDING = text(
    "update sessions set data = cast(:data as jsonb), version = version + 1, updated_at = :now where conversation_id = :id"
)
_REMIND = text(
    """
    update tasks set reminded_at = :now where id = (
        select id from tasks where id = :id and state = 'open' and (reminded_at is null or reminded_at <= :again)
        for update skip locked)
    returning id
    """
)
# The promise was not kept in time: whoever was promised a person goes before those who asked just now.
_HURRY = text(
    """
    update handovers set urgency = least(urgency + 1, 2)
    where 'handover:' || id = :key and conversation_id = :conversation and state = 'waiting'
    """
)
_DONE = text(
    """
    update tasks t set state = case when h.guide is null then 'cancelled' else 'done' end, done_at = :now,
        done_by = coalesce(h.guide, 'system')
    from handovers h where t.state = 'open' and t.key like 'handover\\:%'
        and h.id = cast(substr(t.key, 10) as bigint) and (h.state = 'closed' or h.first_reply_at is not null)
    returning t.conversation_id
    """
)


async def place(connection: AsyncConnection, talk: Talk, wish: int, store: str | None, values: Mapping[str, object]) -> None:
    """Where a waiting shopper stands from now on; the people of ``store`` see the talk."""
    await connection.execute(_PLACE, {"id": wish, **values})
    await connection.execute(_STORE, {"id": talk.id, "store": store})


async def task(connection: AsyncConnection, talk: Talk, values: Mapping[str, object], now: datetime) -> None:
    """A task of the customer's own guide, or of the store; a second one with the same key is none."""
    owner = {"id": talk.id, "customer": talk.customer, "guide": talk.own}
    await connection.execute(_TASK, {**owner, "now": now, **values})


async def alert(connection: AsyncConnection, alerts: Sequence[Alert], now: datetime) -> None:
    """Tell somebody; each key once."""
    if alerts:
        await connection.execute(_ALERT, [{**asdict(one), "now": now} for one in alerts])


async def begin(connection: AsyncConnection, conversation: str, now: datetime) -> None:
    """A person has the talk and nobody had asked for one: their part gets a row of its own."""
    await connection.execute(_BEGIN, {"id": conversation, "now": now})


async def heard(connection: AsyncConnection, conversation: str, at: datetime | None) -> None:
    """When a person last spoke."""
    await connection.execute(_HEARD, {"id": conversation, "at": at})


async def replied(connection: AsyncConnection, wish: int) -> None:
    """When a person first spoke in this part, on our desk or in the platform's own client."""
    await connection.execute(_REPLIED, {"id": wish})


async def breached(connection: AsyncConnection, wish: int, breaches: Sequence[str]) -> None:
    """Which times were not kept."""
    await connection.execute(_BREACHED, {"id": wish, "breaches": breaches})


async def queued(connection: AsyncConnection, wish: int, guide: str) -> None:
    """The wish waits again, and not for the guide who had it."""
    await connection.execute(_QUEUED, {"id": wish, "guide": guide})


async def end(connection: AsyncConnection, wish: int, ending: str) -> None:
    """How a part ended; what was written down first stays."""
    await connection.execute(_END, {"id": wish, "ending": ending})


async def say(connection: AsyncConnection, talk: Talk, epoch: int, said: tuple[str, Speech], now: datetime) -> None:
    """Put a line of the bot into the outbox (``said``: what makes it unique in this talk, the speech)."""
    seed, speech = said
    values = {"msgid": msgid("keeper", talk.id, seed), "id": talk.id, "epoch": epoch, "speech": speech_to_json(speech)}
    await connection.execute(_SAY, {**values, "deadline": now + WORTH, "now": now})


async def asked(connection: AsyncConnection, wish: int, now: datetime) -> bool:
    """Note that the shopper is asked how it was; False where they were already."""
    return (await connection.execute(_ASKED, {"id": wish, "now": now})).scalar_one_or_none() is not None


async def await_answer(connection: AsyncConnection, conversation: str, pending: Pending, now: datetime) -> None:
    """The next words of the shopper may answer this."""
    row = (await connection.execute(_SESSION, {"id": conversation})).one()
    session = session_from_json(row.data, row.version)
    kept = session_to_json(replace(session, pending=pending))
    await connection.execute(_PENDING, {"id": conversation, "data": kept, "now": now})


async def remind(connection: AsyncConnection, task_id: int, now: datetime, again: timedelta) -> bool:
    """Take on reminding of a task; False where somebody else has just done so, or it is done."""
    row = await connection.execute(_REMIND, {"id": task_id, "now": now, "again": now - again})
    return row.scalar_one_or_none() is not None


async def hurry(connection: AsyncConnection, key: str, conversation: str) -> None:
    """The wish behind a task is urgent now."""
    await connection.execute(_HURRY, {"key": key, "conversation": conversation})


async def settle(connection: AsyncConnection, now: datetime) -> frozenset[str]:
    """Tick off the tasks whose shopper has got their person, or needs none any more; their conversations."""
    found = (await connection.execute(_DONE, {"now": now})).scalars()
    return frozenset(str(one) for one in found if one is not None)
