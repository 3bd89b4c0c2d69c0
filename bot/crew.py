"""The guides of the live release, for roles that have no rooms: who they are, and under which names platforms know them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress

import yaml
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.brand import Guide, StaffFile, aliases
from bot.db import newest, releases
from bot.db.engine import CONNECTION_FAULTS

Names = Callable[[], Awaitable[Mapping[str, str]]]
"""Name in a platform's own client → the guide who speaks under it."""


async def nobody() -> Mapping[str, str]:
    """Where nobody knows the guides, people are called as the platform calls them."""
    return {}


class Crew:
    """The guides of the live release, read anew when another one goes live."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._release: int | None = None
        self._guides: tuple[Guide, ...] = ()

    async def __call__(self) -> Sequence[Guide]:
        """Those of now."""
        found = await releases.live(self._engine)
        if found is not None and found[0] != self._release:
            files = await newest.fetch(self._engine, found[0], {}, ("guides.yml",))
            self._guides = StaffFile.model_validate(yaml.safe_load(files.get("guides.yml", b"")) or {}).guides
            self._release = found[0]
        return self._guides

    async def names(self) -> Mapping[str, str]:
        """Under which names guides speak in a platform's own client."""
        guides: Sequence[Guide] = self._guides
        with suppress(*CONNECTION_FAULTS):  # who it was must be kept all the same: those of the last look will do
            guides = await self()
        return aliases(guides)
