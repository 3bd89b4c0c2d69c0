"""Reading the audit: who did what to what, and when; the newest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.model import JsonMap

_LIST = "select id, at, actor, action, subject, details from audit where {wanted} order by id desc limit :most"
_WANTED: Final[Mapping[str, str]] = {
    "before": "id < :before",
    "actor": "actor = :actor",
    "actions": "action = any(cast(:actions as text[]))",
    "since": "at >= :since",
    "until": "at < :until",
    "like": r"(subject ilike :like escape '\' or details::text ilike :like escape '\')",
}
"""By what lines are chosen. Only what is asked for stands in a statement, which so has a plan, and an index, of its own."""
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
    every = {
        "before": before,
        "actor": wanted.actor or None,
        "actions": list(wanted.actions) or None,
        "since": wanted.since,
        "until": wanted.until,
        "like": f"%{like}%" if like else None,
    }
    told = {name: value for name, value in every.items() if value is not None}
    statement = text(_LIST.format(wanted=" and ".join(_WANTED[name] for name in told) or "true"))
    async with engine.connect() as connection:
        return [
            Deed(row.id, row.at, row.actor, row.action, row.subject, row.details)
            for row in await connection.execute(statement, {**told, "most": most})
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
