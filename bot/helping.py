"""The desk's aids as the live release has them: read when a guide first asks, followed from then on, never two at once."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import content
from bot.adapters.keeping import SeenSound
from bot.adapters.segmenter import load_segmenter
from bot.aids import Aids
from bot.content import Workspace
from bot.db import newest, releases
from bot.db.engine import CONNECTION_FAULTS
from bot.errors import ContentError
from bot.model import Conversation, JsonMap
from bot.settings import Settings
from bot.suggesting import Situation, Suggesting
from knowledge import Library

log = structlog.get_logger(__name__)

Guide = tuple[str, str | None, str | None]
"""What a guide is called, their store, their id."""
Built = Callable[[], tuple[int | None, object] | None]
"""A library that somebody else has built already, with the release it is of; None where there is none."""


class LiveAids(Aids):
    """Aids of one release, with suggestions."""

    def __init__(self, workspace: Workspace, release: int | None, built: Built) -> None:
        super().__init__(workspace)
        self.release = release
        self._built = built
        self._suggesting = Suggesting(self)

    def replies(
        self, said: tuple[str, Sequence[str]], conversation: Conversation, guide: Guide, now: datetime
    ) -> Sequence[JsonMap]:
        """What could be answered; entries by meaning where the library of this very release is built, else by words."""
        found = self._built()
        fits = found is not None and found[0] == self.release
        library = found[1] if fits and found is not None and isinstance(found[1], Library) else None
        situation = Situation(said[0], said[1], conversation, *guide)
        return self._suggesting.replies(situation, library, now)


@dataclass(frozen=True, slots=True)
class _Kept:
    release: int | None
    aids: LiveAids


class Helping:
    """The program's own aids and those of accounts that are bound to a folder."""

    def __init__(self, engine: AsyncEngine, settings: Settings, built: Built = lambda: None) -> None:
        self._engine = engine
        self._home = settings.home
        self._fallback = settings.workspace or content.OWN
        self._bound: Mapping[str, Path] = settings.workspaces
        self._seen = SeenSound(settings.home, content.OWN)
        self._built = built
        self._folders: dict[str, LiveAids] = {}
        self._own: _Kept | None = None
        self._reading = asyncio.Lock()

    async def aids(self, account: str) -> LiveAids:
        """Those of a platform account, or the program's own; while the database is away, or unreadable, the last good ones."""
        async with self._reading:
            folder = self._bound.get(account)
            if folder is None:
                return await self._newest()
            if account not in self._folders:
                self._folders[account] = await asyncio.to_thread(self._from_folder, folder, None)
            return self._folders[account]

    def ready(self, account: str) -> LiveAids | None:
        """The same where they were read before; never waits."""
        if account in self._bound:
            return self._folders.get(account)
        return self._own.aids if self._own is not None else None

    async def _newest(self) -> LiveAids:
        try:
            found = await releases.live(self._engine)
            number = None if found is None else found[0]
            if self._own is None or self._own.release != number:
                self._own = _Kept(number, await self._read(number))
        except (ContentError, *CONNECTION_FAULTS) as error:
            if self._own is None:
                raise
            log.warning("aids.unseen", why=type(error).__name__)
        return self._own.aids

    async def _read(self, number: int | None) -> LiveAids:
        if number is None:
            return await asyncio.to_thread(self._from_folder, self._fallback, None)
        before = self._own.aids.workspace if self._own is not None else None
        files = await newest.fetch(self._engine, number, {} if before is None else before.files)
        return await asyncio.to_thread(self._laid_out, partial(content.read_files, files, self._seen, before), number)

    def _from_folder(self, folder: Path, number: int | None) -> LiveAids:
        return self._laid_out(partial(content.read_folder, folder, self._seen), number)

    def _laid_out(self, read: Callable[[], Workspace], number: int | None) -> LiveAids:
        load_segmenter(self._home)
        return LiveAids(read(), number, self._built)
