"""The live content: built whole from the newest release, swapped as one reference, the last good one kept when a build fails."""

import asyncio
import contextlib
import ctypes
import gc
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import content
from bot.adapters.clock import SystemClock
from bot.adapters.encoder import one_thread
from bot.adapters.encoding import encoder_of
from bot.adapters.keeping import SeenSound
from bot.adapters.models import ModelStore
from bot.adapters.segmenter import load_segmenter
from bot.content import Lesson, Workspace
from bot.db import releases
from bot.db.engine import CONNECTION_FAULTS
from bot.errors import ContentError
from bot.experience import Experience
from bot.peers import rasa
from bot.ports import Clock
from bot.services import Services
from bot.settings import Settings
from bot.swapping import Named, Swapper, Taught

log = structlog.get_logger(__name__)

_REMEMBERED = 2048
"""Texts whose vectors a process keeps (4 MB): the usual questions come again, and a batch's own must all fit."""
LOOK_EVERY = 1.0
"""Seconds between looks for a newer release: ops see their change within a breath."""


def give_back_memory() -> None:
    """What was read to build the rooms is garbage now: let the C library return it (glibc; elsewhere nothing happens)."""
    gc.collect()
    gc.freeze()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


class LiveShelf:
    """Services of the program's own workspace (from the database) and of accounts bound to a folder of their own."""

    def __init__(self, engine: AsyncEngine, settings: Settings, clock: Clock | None = None) -> None:
        """Raises SettingsError where the encoder that was chosen is not installed."""
        self._engine = engine
        self._settings = settings
        self._encoder = encoder_of(settings.encoder, settings.home, _REMEMBERED)
        self._models = ModelStore(settings.home)
        self._seen = SeenSound(settings.home, content.OWN)
        self._stand_in = rasa.stand_in(settings)
        self._swapper = Swapper(settings, self._models, self._encoder, self._stand_in)
        self._live: Taught | None = None
        self._release: int | None = None
        self._refused: int | None = None
        self._accounts: dict[str, Taught] = {}
        bound = list(settings.workspaces)
        self._experience = Experience(engine, bound, clock or SystemClock())

    @property
    def ready(self) -> bool:
        """Whether anything can be answered yet."""
        return self._live is not None

    def services(self, account: str) -> Services:
        """Those of a platform account, or the program's own; only after ``load``."""
        found = self._accounts.get(account, self._live)
        if found is None:
            raise RuntimeError("no content is loaded yet")
        return found.services

    async def load(self) -> None:
        """Build what is live now.

        Raises:
            ContentError: nothing usable is there.
            SettingsError: the encoder cannot be loaded.
        """
        one_thread()
        # first the words: whoever cuts a sentence before would have jieba read its own, slow and large
        await asyncio.to_thread(load_segmenter, self._settings.home)
        # the encoder unpacks its weights outside the interpreter's lock, so both loads run at once
        await asyncio.gather(asyncio.to_thread(self._encoder.load), self._refresh())
        for name, folder in self._settings.workspaces.items():
            self._accounts[name] = await self._built(partial(content.read_folder, folder, self._seen), None, name)
        if self._live is None:
            self._live = await self._built(partial(content.read_folder, content.OWN, self._seen))
        give_back_memory()

    async def _refresh(self) -> None:
        found = await releases.live(self._engine)
        if found is None or found[0] in {self._release, self._refused}:
            return
        number = found[0]
        try:
            files = await releases.load(self._engine, number)
            self._live = await self._built(partial(content.read_files, files, self._seen), self._live)
        except ContentError as error:
            self._refused = number
            log.exception("release.refused", release=number, problems=len(error.problems))
            if self._live is None:
                raise
            return
        self._release = number
        log.info("release.live", release=number, digest=found[1][:12])

    async def _built(self, read: Callable[[], Workspace], now: Taught | None = None, account: str = "") -> Taught:
        """All rooms of a workspace; what answers ``now`` goes on answering until a model of its sentences may."""
        workspace = await asyncio.to_thread(read)
        lesson = await asyncio.to_thread(content.lesson_of, workspace)
        named = await self._swapper.model(lesson, now.named if now else None)
        services, wanted = await asyncio.to_thread(self._furnished, workspace, lesson, named)
        experienced = await self._experience.taught(account, services.recommender)
        return Taught(replace(services, recommender=experienced), lesson, wanted, named)

    def _furnished(self, workspace: Workspace, lesson: Lesson, named: Named) -> tuple[Services, str]:
        services = content.furnished(workspace, named.model, self._encoder, self._models, self._stand_in)
        return services, lesson.fingerprint(self._encoder)

    async def _follow(self) -> None:
        """Swap in what went live, one reference at a time: a turn has the old model or the new one, never both."""
        if self._live is not None:
            self._live = await self._swapper.follow(self._live) or self._live
        for name, taught in self._accounts.items():
            self._accounts[name] = await self._swapper.follow(taught) or taught

    async def _learn(self) -> None:
        """Put in what has learnt from new events, where what it learnt on top of still answers."""
        places = {"": self._live, **self._accounts}
        now = {name: one.services.recommender for name, one in places.items() if one is not None}
        for name, (before, after) in (await self._experience.follow(now)).items():
            taught = self._accounts.get(name, self._live)
            if taught is not None and taught.services.recommender is before:
                self._place(name, replace(taught, services=replace(taught.services, recommender=after)))

    def _place(self, name: str, taught: Taught) -> None:
        if name:
            self._accounts[name] = taught
        else:
            self._live = taught

    async def watch(self) -> None:
        """Follow new releases, retrained models and new events until cancelled."""
        try:
            while True:
                await asyncio.sleep(LOOK_EVERY)
                await self.look()
        finally:
            await self._swapper.close()
            await self._experience.close()

    async def look(self) -> None:
        """Once; whatever goes wrong leaves everything as it is."""
        try:
            await self._refresh()
            await self._follow()
            await self._learn()
        except CONNECTION_FAULTS as error:
            log.warning("release.unseen", why=type(error).__name__)
        except Exception:  # nobody would hear of it, and no later release would ever be seen
            log.exception("release.unfollowed")
