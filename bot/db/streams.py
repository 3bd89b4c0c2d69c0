"""What an aibot's stream shows: the answers to one accepted message, and whether more of them will come."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db.codec import speech_from_json
from bot.model import Speech

_NEWEST = """
    (select max(a.id) from inbox a where a.kind = any(cast(:kinds as text[]))
        and a.id in (select cast(jsonb_array_elements_text({answers}) as bigint)))
"""
_ASKED = text(
    "select conversation_id, received_at, state from inbox where id = :id and channel = :channel and account = :account"
)
_TOLD = text(
    f"""
    select m.text, m.body from messages m
    where m.conversation_id = :conversation and m.author = 'bot' and m.recalled_at is null and m.at >= :since and m.at < :until
        and m.body -> 'answers' @> to_jsonb(cast(:id as bigint)) and {_NEWEST.format(answers="m.body -> 'answers'")} = :id
    order by m.id
    """  # noqa: S608  (pieces of our own, no input)
)
_COMING = text(
    f"""
    select exists (
        select from outbox o where o.conversation_id = :conversation and o.state in ('pending', 'sending') and o.author = 'bot'
            and o.speech -> 'answers' @> to_jsonb(cast(:id as bigint))
            and {_NEWEST.format(answers="o.speech -> 'answers'")} = :id)
    """  # noqa: S608  (pieces of our own, no input)
)


@dataclass(frozen=True, slots=True)
class Stream:
    """The answers to one message so far."""

    received_at: datetime
    speeches: tuple[Speech, ...]
    over: bool
    """The message is settled and nothing that answers it is on its way."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which stream is asked for, as the platform's side of it knows."""

    channel: str
    account: str
    id: int
    """Inbox id of the message."""
    kinds: tuple[str, ...]
    """Kinds of messages that have streams: where one answer is for several messages, it is shown in the newest one's."""
    shown: timedelta
    """What was recorded later than this after the message went another way."""


async def stream(engine: AsyncEngine, asked: Asked) -> Stream | None:
    """How a message's answers stand; None where no such message was accepted."""
    async with engine.connect() as connection:
        where = {"id": asked.id, "channel": asked.channel, "account": asked.account}
        found = (await connection.execute(_ASKED, where)).one_or_none()
        if found is None or found.conversation_id is None:
            return None
        place = {"id": asked.id, "conversation": found.conversation_id, "kinds": list(asked.kinds)}
        # asked before the answers: what leaves the outbox in between is seen as told
        coming = bool((await connection.execute(_COMING, place)).scalar_one())
        span = {"since": found.received_at, "until": found.received_at + asked.shown}
        rows = await connection.execute(_TOLD, place | span)
        speeches = tuple(speech_from_json({**row.body, "text": row.text}) for row in rows)
    return Stream(found.received_at, speeches, found.state == "settled" and not coming)
