"""Reading the audit: who did what to what, and when; the newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.model import JsonMap

_LIST = text(
    r"""
    select id, at, actor, action, subject, details from audit
    where (cast(:before as bigint) is null or id < :before)
        and (:actor = '' or actor = :actor)
        and (cardinality(cast(:actions as text[])) = 0 or action = any(cast(:actions as text[])))
        and (cast(:since as timestamptz) is null or at >= :since) and (cast(:until as timestamptz) is null or at < :until)
        and (:words = '' or subject ilike :like escape '\' or details::text ilike :like escape '\')
    order by id desc limit :most
    """
)
# one step of the index for each of them, not a reading of all that was ever done
_ACTORS = text("select distinct actor from (select actor from audit order by id desc limit 5000) as newest order by 1")
_REFUSED = text(
    """
    select distinct on (subject) subject, action, at, details from audit
    where action in ('content.refused', 'content.accepted') and subject = any(cast(:releases as text[]))
    order by subject, id desc
    """
)


@dataclass(frozen=True, slots=True)
class Deed:
    """One line of the audit."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    details: JsonMap


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines; empty fields leave everything in."""

    actor: str = ""
    actions: Sequence[str] = ()
    words: str = ""
    """In the subject or the details."""
    since: datetime | None = None
    until: datetime | None = None


async def deeds(engine: AsyncEngine, wanted: Wanted, most: int, before: int | None = None) -> list[Deed]:
    """The newest lines that are wanted, at most ``most`` of them; ``before``: older than that one."""
    like = wanted.words.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    told = {
        "actor": wanted.actor,
        "actions": list(wanted.actions),
        "words": wanted.words,
        "like": f"%{like}%",
        "since": wanted.since,
        "until": wanted.until,
        "before": before,
        "most": most,
    }
    async with engine.connect() as connection:
        return [
            Deed(row.id, row.at, row.actor, row.action, row.subject, row.details) for row in await connection.execute(_LIST, told)
        ]


async def actors(engine: AsyncEngine) -> list[str]:
    """Who did something lately (of the last 5000 lines), by name."""
    async with engine.connect() as connection:
        return [str(one) for one in (await connection.execute(_ACTORS)).scalars()]


async def refused(engine: AsyncEngine, releases: Sequence[int]) -> dict[int, Deed]:
    """Of these releases those that no process could use, as it was last noted."""
    async with engine.connect() as connection:
        found = await connection.execute(_REFUSED, {"releases": [str(one) for one in releases]})
        return {
            int(row.subject): Deed(0, row.at, "", row.action, row.subject, row.details)
            for row in found
            if row.action == "content.refused"
        }
