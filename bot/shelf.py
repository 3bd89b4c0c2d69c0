"""The live content: built whole from the newest release, swapped as one reference, the last good one kept when a build fails."""

import asyncio
import contextlib
import ctypes
import gc
from collections.abc import Mapping
from pathlib import Path

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import content
from bot.adapters.encoder import Encoder, one_thread
from bot.adapters.keeping import SeenSound
from bot.adapters.models import ModelStore
from bot.adapters.segmenter import load_segmenter
from bot.db import releases
from bot.db.engine import CONNECTION_FAULTS
from bot.errors import ContentError
from bot.services import Services
from bot.settings import Settings

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

    def __init__(self, engine: AsyncEngine, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings
        self._encoder = Encoder(_REMEMBERED, settings.home)
        self._models = ModelStore(settings.home)
        self._seen = SeenSound(settings.home, content.OWN)
        self._live: Services | None = None
        self._release: int | None = None
        self._refused: int | None = None
        self._accounts: dict[str, Services] = {}

    @property
    def ready(self) -> bool:
        """Whether anything can be answered yet."""
        return self._live is not None

    def services(self, account: str) -> Services:
        """Those of a platform account, or the program's own; only after ``load``."""
        found = self._accounts.get(account, self._live)
        if found is None:
            raise RuntimeError("no content is loaded yet")
        return found

    async def load(self) -> None:
        """Build what is live now.

        Raises:
            ContentError: nothing usable is there.
        """
        one_thread()
        # the encoder unpacks its weights outside the interpreter's lock, so both loads run at once
        await asyncio.gather(
            asyncio.to_thread(self._encoder.load), asyncio.to_thread(load_segmenter, self._settings.home), self._refresh()
        )
        for name, account in self._settings.wecom.items():
            if account.workspace is not None:
                self._accounts[name] = await asyncio.to_thread(self._build_folder, account.workspace)
        if self._live is None:
            self._live = await asyncio.to_thread(self._build_folder, content.OWN)
        give_back_memory()

    async def _refresh(self) -> None:
        found = await releases.live(self._engine)
        if found is None or found[0] in {self._release, self._refused}:
            return
        number = found[0]
        try:
            files = await releases.load(self._engine, number)
            self._live = await asyncio.to_thread(self._build, files)
        except ContentError as error:
            self._refused = number
            log.exception("release.refused", release=number, problems=len(error.problems))
            if self._live is None:
                raise
            return
        self._release = number
        log.info("release.live", release=number, digest=found[1][:12])

    def _build_folder(self, folder: Path) -> Services:
        return content.build(content.read_folder(folder, self._seen), self._encoder, self._models)

    def _build(self, files: Mapping[str, bytes]) -> Services:
        return content.build(content.read_files(files, self._seen), self._encoder, self._models)

    async def watch(self) -> None:
        """Follow new releases until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                await self._refresh()
            except CONNECTION_FAULTS as error:
                log.warning("release.unseen", why=type(error).__name__)
