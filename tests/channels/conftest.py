"""The builders of the other folders serve here as well."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import structlog

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from sqlalchemy.ext.asyncio import AsyncEngine
    from wecom_groups_rig import Hall

    from bot.motion.connection import Client
    from bot.motion.due import DueQueue
    from bot.motion.live import Live

_TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(_TESTS / "unit" / "bot"), str(_TESTS / "facts")]


@pytest.fixture(autouse=True)
def plain_logs() -> None:
    """Tracebacks without the locals of every frame, which take longer to draw than the tests to run."""
    structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.JSONRenderer(default=str)])


@pytest.fixture
async def hall(engine: AsyncEngine, client: Client, queues: Mapping[str, DueQueue], live: Live) -> AsyncIterator[Hall]:
    """Customer groups on the simulated platform, and ours."""
    from wecom_groups_rig import open_hall  # noqa: PLC0415  (the path to its own builders is set above)

    async with open_hall(engine, (client, queues, live)) as opened:
        yield opened


@pytest.fixture
async def known(hall: Hall) -> Hall:
    """A group of 小林's that was read before."""
    from wecom_groups_rig import CHAT  # noqa: PLC0415  (as above)

    hall.platform.change_group(CHAT, "make", "xiaolin")
    hall.platform.change_group(CHAT, "rename", "会员福利1群")
    await hall.hear()
    await hall.call()
    return hall
