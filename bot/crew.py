"""The guides of the live release, for roles that have no rooms: who they are, and under which names platforms know them."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

import yaml
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.brand import Guide, StaffFile
from bot.db import releases
from bot.db.engine import CONNECTION_FAULTS

Called = Callable[[str], Awaitable[str]]
"""Name in a platform's own client → the guide who speaks under it."""


async def as_told(name: str) -> str:
    """Where nobody knows the guides, people are called as the platform calls them."""
    return name


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
            files = await releases.load(self._engine, found[0])
            self._guides = StaffFile.model_validate(yaml.safe_load(files.get("guides.yml", b"")) or {}).guides
            self._release = found[0]
        return self._guides

    async def called(self, name: str) -> str:
        """The guide who speaks under this name in a platform's own client; the name itself where it is nobody's of ours."""
        guides: Sequence[Guide] = self._guides
        with suppress(*CONNECTION_FAULTS):  # who it was must be kept all the same: those of the last look will do
            guides = await self()
        return next((one.id for one in guides if one.wecom_userid == name), name)
