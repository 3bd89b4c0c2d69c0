"""Several deeds for one tap, all or none: say something, put tags on, make a task, end the talk."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import ownership
from bot.db import desk_tags, desk_tasks
from bot.db.desk_tags import Mark
from bot.db.desk_tasks import Wanted
from bot.db.reception import acting, own, speak
from bot.db.scoped import enter, leave
from bot.db.users import User, audit
from bot.ids import msgid
from bot.model import Speech

_DONE = text(
    """
    select exists (select from audit
        where id > (select max(id) from audit) - 10000 and action = 'macro' and subject = :subject)
    """
)
# A second tap comes within seconds: the newest rows are enough, and found by the key.


@dataclass(frozen=True, slots=True)
class Steps:
    """What one tap does; empty parts are left out."""

    id: str
    token: str
    """The page's id of this tap: a second one with it does nothing."""
    speech: Speech | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    task: Wanted | None = None
    close: bool = False


@dataclass(frozen=True, slots=True)
class Did:
    """What was done."""

    said: bool = False
    tags: tuple[tuple[str, str], ...] = ()
    task: int | None = None
    closed: bool = False
    again: bool = False
    """The same tap had been heard before."""


async def run(engine: AsyncEngine, viewer: User, conversation: str, steps: Steps, now: datetime) -> Did:
    """Do all of it in one transaction.

    Raises:
        BadRequestError: no such talk (404), not the viewer's (409), a tag that must not be put on; then nothing is done.
    """
    subject = f"{conversation}:{msgid('macro', conversation, viewer.actor, steps.token)}"
    async with acting(engine, viewer, conversation) as talk:
        connection = talk.connection
        if (await connection.execute(_DONE, {"subject": subject})).scalar_one():
            return Did(again=True)
        own(talk.floors[conversation], viewer)
        said = steps.speech is not None and await speak(talk, viewer, (steps.token, steps.speech), now)
        await enter(connection, viewer)
        tags = [
            (tag, value)
            for tag, value in steps.tags.items()
            if await desk_tags.put_in(connection, viewer, conversation, Mark(tag, value), now)
        ]
        task = await desk_tasks.add_in(connection, viewer, conversation, steps.task, now) if steps.task else None
        await leave(connection)
        if steps.close:
            talk.floors.change(conversation, lambda floor: ownership.closed(floor, now))
            await talk.floors.store(connection, now)
        await audit(connection, now, viewer.name, ("macro", subject), macro=steps.id)
        return Did(said, tuple(tags), task, steps.close)
