"""The keeper's part in scheduled posts: puts what is due into the outbox of every group, and nowhere else.

Any number of processes may do so at once: a slot has one message id in each group, and its group is locked while it is decided.
A process only remembers which slots it has gone through to the end; what it forgets, it finds decided in the outbox.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot import posting
from bot.db import posting as rows
from bot.db.posting import Posted, Room
from bot.db.restraint import Count
from bot.groups.manners import settings_of
from bot.posting import Slot
from bot.services import Services, Shelf

_FORGET = timedelta(days=2)
_LOOK = timedelta(minutes=5)
"""Between two looks for accounts that have groups."""
_Due = tuple[Services, Sequence[Slot]]
"""Slots of one release, and that release: another one may go live before they are said."""


class Posts:
    """Goes over all groups once for every slot."""

    def __init__(self, engine: AsyncEngine, shelf: Shelf) -> None:
        self._engine = engine
        self._shelf = shelf
        self._done: dict[tuple[str, str], datetime] = {}
        self._accounts: tuple[str, ...] = ()
        self._looked: datetime | None = None

    async def step(self, now: datetime) -> frozenset[str]:
        """Decide what is due; the conversations that have something to send now."""
        if self._looked is None or now - self._looked >= _LOOK:
            async with self._engine.connect() as connection:
                self._accounts, self._looked = await rows.accounts(connection), now
        self._done = {key: at for key, at in self._done.items() if now - at < _FORGET}
        due = {account: told for account in self._accounts if (told := self._due(account, now))[1]}
        spoken: set[str] = set()
        after: str | None = "" if due else None
        while after is not None:
            async with self._engine.begin() as connection:
                found = await rows.rooms(connection, list(due), after)
                for account, told in due.items():
                    spoken |= await self._decide(connection, [one for one in found if one.account == account], told, now)
            after = found[-1].id if len(found) == rows.PAGE else None
        self._done.update({(account, slot.key): now for account, (_, slots) in due.items() for slot in slots})
        return frozenset(spoken)

    def _due(self, account: str, now: datetime) -> _Due:
        """An account's slots that this process has not gone through yet, and the content that they are of."""
        services = self._shelf.services(account)
        found = posting.slots(services.posts, now.astimezone(services.zone))
        return services, [slot for slot in found if (account, slot.key) not in self._done]

    async def _decide(self, connection: AsyncConnection, found: Sequence[Room], due: _Due, now: datetime) -> set[str]:
        """Keep what becomes of these slots in these groups, in the words of their own release; where something is said."""
        if not found:
            return set()
        services, slots = due
        local = now.astimezone(services.zone)
        known = await rows.known(connection, [rows.post_id(slot.key, room.id) for room in found for slot in slots])
        pushed = dict(await rows.pushes(connection, [room.id for room in found], local))
        spoken = set()
        for posted in _posted(found, slots, pushed, known, (services, local)):
            if await rows.post(connection, posted, now) and posted.skipped is None:
                spoken.add(posted.room.id)
        return spoken


def _posted(
    found: Sequence[Room],
    slots: Sequence[Slot],
    pushed: Mapping[str, Count],
    known: frozenset[str],
    now: tuple[Services, datetime],
) -> Iterable[Posted]:
    """What becomes of every slot in every group where it is not decided yet; what is said now counts for the next one."""
    services, local = now
    for room in found:
        settings, count = settings_of(services.brand, room.settings), pushed.get(room.id, Count())
        for slot in slots:
            if rows.post_id(slot.key, room.id) in known:
                continue
            posted = posting.judged(slot, room, count, settings, services, local)
            if posted is None:
                continue
            if posted.skipped is None:
                count = Count(count.day + 1, count.week + 1)
            yield posted
