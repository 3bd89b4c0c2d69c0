"""What shoppers really wrote that the model was unsure of, or that people put right: what there is to learn from, masked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db.erasure import ERASED
from bot.db.gaps import anonymous

MOST: Final = 5_000
"""Messages that are looked at: the latest."""
UNSURE: Final = 0.6
"""Confidence below which nobody should rely on the intent that was heard."""
LONGEST: Final = 80
"""Characters: what is longer is a story, and no sentence to learn from."""
_SHORTEST: Final = 2
_UNSURE = text(
    """
    select i.id, i.text, i.received_at as at, coalesce(g.name, p.name) as name, i.trace ->> 'intent' as intent
    from inbox i join conversations c on c.id = i.conversation_id join customers p on p.id = c.customer_id
        left join messages m on m.inbox_id = i.id
        left join members g on g.conversation_id = i.conversation_id and g.id = i.sender
    where i.received_at >= :since and i.state = 'settled' and i.kind = 'text'
        and char_length(btrim(i.text)) between :shortest and :longest and i.text <> :erased and m.recalled_at is null
        and case when jsonb_typeof(i.trace -> 'confidence') = 'number' then (i.trace ->> 'confidence')::float8 < :unsure
            else false end
    order by i.id desc limit :most
    """
)
_PUT_RIGHT = text(
    """
    select r.id, r.question as text, r.created_at as at, p.name, '' as intent
    from corrections r join conversations c on c.id = r.conversation_id join customers p on p.id = c.customer_id
    where r.created_at >= :since and r.state <> 'dismissed' and not r.private
        and char_length(btrim(r.question)) between :shortest and :longest
    order by r.id desc limit :most
    """
)


@dataclass(frozen=True, slots=True)
class Heard:
    """One message, without personal data."""

    text: str
    at: datetime
    why: Literal["unsure", "corrected"]
    intent: str = ""
    """What was heard in it then; empty where that is not known."""


async def unsure(engine: AsyncEngine, since: datetime) -> Sequence[Heard]:
    """Messages since a moment whose intent was a guess, and questions that guides or ops put right; the latest first."""
    told = {"since": since, "most": MOST, "shortest": _SHORTEST, "longest": LONGEST}
    async with engine.connect() as connection:
        guessed = (await connection.execute(_UNSURE, {**told, "unsure": UNSURE, "erased": ERASED})).all()
        righted = (await connection.execute(_PUT_RIGHT, told)).all()
    return [
        *(Heard(anonymous(row.text.strip(), row.name), row.at, "corrected") for row in righted),
        *(Heard(anonymous(row.text.strip(), row.name), row.at, "unsure", row.intent or "") for row in guessed),
    ]
