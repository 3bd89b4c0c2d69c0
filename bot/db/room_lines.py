"""Single lines of a talk on the web: one that is quoted, one that is taken back."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

_LOOK_BACK = 1000
"""Messages among which a caller's own id is looked for."""
_LINE = """
    select m.id, m.author, m.sender, m.text, m.at, m.recalled_at, coalesce(i.platform_id, m.msgid, '') as platform_id
    from messages m left join inbox i on i.id = m.inbox_id
"""
_BY_ID = text(f"{_LINE} where m.conversation_id = :id and m.id = :message")
_BY_CALLERS_ID = text(
    f"""
    {_LINE} where m.id = (
        select latest.message from (
            select n.id as message, j.platform_id from messages n join inbox j on j.id = n.inbox_id
            where n.conversation_id = :id order by n.id desc limit :back
        ) as latest
        where right(latest.platform_id, length(:tail)) = :tail order by latest.message desc limit 1
    )
    """  # noqa: S608  (pieces of our own, no input)
)


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a transcript, as much of it as quoting and taking back need."""

    id: int
    author: str
    sender: str | None
    text: str
    at: datetime
    recalled: bool
    platform_id: str
    """As the inbox knows it, or our own id of what we sent."""


async def line(engine: AsyncEngine, conversation: str, told: str) -> Line | None:
    """A message of this talk by the id that its page shows, or by the id that the caller chose when it was said."""
    by_number = told.isascii() and told.isdigit() and len(told) <= 18
    values: dict[str, object] = {"id": conversation}
    async with engine.connect() as connection:
        row = (await connection.execute(_BY_ID, values | {"message": int(told)})).one_or_none() if by_number else None
        if row is None:
            query = values | {"tail": f":{told}", "back": _LOOK_BACK}
            row = (await connection.execute(_BY_CALLERS_ID, query)).one_or_none()
    if row is None:
        return None
    return Line(row.id, row.author, row.sender, row.text, row.at, row.recalled_at is not None, row.platform_id)
