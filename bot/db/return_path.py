"""What an outgoing message answers, with the payloads that the platform sent: its way back where a platform gives one."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db import loading
from bot.model import InboundMessage, Outgoing

_OTHERS = 5
_HEARD = text(
    """
    select id, conversation_id, kind, text, payload, sent_at, received_at, platform_id, sender, attempts,
        id = any(cast(:answers as bigint[])) as answered
    from (
        (select * from inbox where conversation_id = :conversation and id = any(cast(:answers as bigint[])))
        union
        (select * from inbox where conversation_id = :conversation order by id desc limit :others)
    ) as i
    order by answered desc, id desc
    """
)


async def heard(engine: AsyncEngine, message: Outgoing) -> tuple[InboundMessage, ...]:
    """What ``message`` answers, newest first, then the latest others of its conversation, newest first."""
    asked = {"conversation": message.conversation, "answers": list(message.speech.answers), "others": _OTHERS}
    async with engine.connect() as connection:
        rows = await connection.execute(_HEARD, asked)
        return tuple(map(loading.message, rows))
