"""The live content: built beside what answers, swapped as one reference, the last good one kept when a build fails."""

import asyncio
import contextlib
import ctypes
import gc
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import content, metrics
from bot.adapters.clock import SystemClock
from bot.adapters.encoder import one_thread
from bot.adapters.encoding import encoder_of
from bot.adapters.keeping import SeenSound
from bot.adapters.models import ModelStore
from bot.adapters.segmenter import load_segmenter
from bot.content import Means, Recipe, Workspace, made_of
from bot.content.lessons import lesson_after
from bot.db import newest, releases
from bot.db.engine import CONNECTION_FAULTS
from bot.db.newest import News
from bot.errors import ContentError
from bot.experience import Experience
from bot.peers import rasa
from bot.ports import Clock
from bot.services import Services
from bot.settings import Settings
from bot.swapping import Settling, Swapper, Taught

log = structlog.get_logger(__name__)

_REMEMBERED = 2048
"""Texts whose vectors a process keeps (4 MB): the usual questions come again, and a batch's own must all fit."""
LOOK_EVERY = 1.0
"""Seconds between looks for a newer release, where its news did not come through."""
_AGAIN = 60.0
"""Seconds until a release that the program stumbled over is tried again."""
_TOLD = 20
"""Problems of a refused release that stand in the log."""


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
        self._means = Means(self._encoder, self._models, rasa.stand_in(settings))
        self._swapper = Swapper(settings, self._models, self._encoder, self._means.stand_in)
        self._live: Taught | None = None
        self._release: int | None = None
        self._refused = _Refused()
        self._accounts: dict[str, Taught] = {}
        bound = list(settings.workspaces)
        self._experience = Experience(engine, bound, clock or SystemClock())
        self._settling = Settling()
        self._news = News(engine)

    @property
    def ready(self) -> bool:
        """Whether anything can be answered yet."""
        return self._live is not None

    def services(self, account: str) -> Services:
        """Those of a platform account, or the program's own; only after ``load``. Ask once for what must fit together."""
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
        """Go over to the newest release; one that cannot be used changes nothing, is told once, and later ones are tried."""
        found = await releases.live(self._engine)
        if found is None or found[0] == self._release or self._refused.rests(found[0]):
            return
        number = found[0]
        try:
            with metrics.RELEASE_SECONDS.time():
                self._live = await self._newer(number)
        except CONNECTION_FAULTS:
            raise
        except Exception as error:  # whatever it is, the old release goes on answering
            await self._refuse(number, error)
            if self._live is None:
                raise
            return
        self._release = number
        metrics.RELEASE_REFUSED.set(0)
        log.info("release.live", release=number, digest=found[1][:12])
        await newest.accept(self._engine, number)

    async def _newer(self, number: int) -> Taught:
        made = made_of(self._live.services) if self._live is not None else None
        before = None if made is None else made.recipe.workspace
        files = await newest.fetch(self._engine, number, {} if before is None else before.files)
        return await self._built(partial(content.read_files, files, self._seen, before), self._live)

    async def _refuse(self, number: int, error: Exception) -> None:
        told = [str(one) for one in error.problems] if isinstance(error, ContentError) else [f"程序出错：{type(error).__name__}"]
        self._refused.note(number, asyncio.get_running_loop().time(), lasting=isinstance(error, ContentError))
        metrics.RELEASE_REFUSED.set(1)
        log.error("release.refused", release=number, problems=told[:_TOLD], count=len(told), exc_info=error)
        with contextlib.suppress(*CONNECTION_FAULTS):
            await newest.refuse(self._engine, number, told)

    async def _built(self, read: Callable[[], Workspace], now: Taught | None = None, account: str = "") -> Taught:
        """The rooms of a workspace; what answers ``now`` goes on answering until a model of its sentences may."""
        workspace = await asyncio.to_thread(read)
        made = made_of(now.services) if now is not None else None
        before = (made.recipe.workspace, now.lesson) if now is not None and made is not None else None
        lesson = await asyncio.to_thread(lesson_after, workspace, before)
        if now is not None and lesson is now.lesson:
            named, wanted = now.named, now.wanted
        else:
            named = await self._swapper.model(lesson, now.named if now else None)
            wanted = await asyncio.to_thread(lesson.fingerprint, self._encoder)
        recipe = Recipe(workspace, named.model, self._means, hasty=now is not None)
        services = await asyncio.to_thread(content.refurnished, recipe, now.services if now else None)
        return Taught(await self._learnt(services, now, account), lesson, wanted, named)

    async def _learnt(self, services: Services, now: Taught | None, account: str) -> Services:
        """At the start with all that shoppers ever did; a new release comes with what the one before had learnt."""
        if now is None or made_of(now.services) is None:
            return replace(services, recommender=await self._experience.taught(account, services.recommender))
        if services.recommender.products.keys() != now.services.recommender.products.keys():
            self._experience.again(account)
        return services

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
            else:
                self._experience.again(name)

    def _place(self, name: str, taught: Taught) -> None:
        if name:
            self._accounts[name] = taught
        else:
            self._live = taught

    def _settle(self) -> None:
        """Let the library learn by itself what it took over from the one before, when nothing was published for a while."""
        if self._live is not None:
            services = self._settling.follow(self._live.services)
            self._live = self._live if services is None else replace(self._live, services=services)

    async def watch(self) -> None:
        """Follow new releases, retrained models and new events until cancelled."""
        hearing = asyncio.create_task(self._news.run())
        try:
            while True:
                await self._news.wait(LOOK_EVERY)
                await self.look()
        finally:
            hearing.cancel()
            await asyncio.gather(hearing, return_exceptions=True)
            await self._swapper.close()
            await self._experience.close()
            await self._settling.close()

    async def look(self) -> None:
        """Once; whatever goes wrong leaves everything as it is."""
        try:
            await self._refresh()
            await self._follow()
            await self._learn()
            self._settle()
        except CONNECTION_FAULTS as error:
            log.warning("release.unseen", why=type(error).__name__)
        except Exception:  # nobody would hear of it, and no later release would ever be seen
            log.exception("release.unfollowed")


class _Refused:
    """The release that could not be used; a fault of the content stays one, one of the program may pass."""

    def __init__(self) -> None:
        self._number: int | None = None
        self._until = 0.0

    def note(self, number: int, now: float, *, lasting: bool) -> None:
        """Not to be tried again, or not for a while; ``now`` is the loop's time."""
        self._number, self._until = number, float("inf") if lasting else now + _AGAIN

    def rests(self, number: int) -> bool:
        """Whether it is not to be tried now."""
        return number == self._number and asyncio.get_running_loop().time() < self._until
