"""A running sandbox, its control client and a caller of the platform's API."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.sandbox import Sandbox, start
from bot.sandbox.client import SandboxClient
from tests.sandbox.bot import Caller


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    running = await start(clock="virtual")
    yield running
    await running.close()


@pytest.fixture
async def caller(sandbox: Sandbox, http: aiohttp.ClientSession) -> Caller:
    caller = Caller(sandbox, http)
    await caller.get_token()
    return caller


@pytest.fixture
def client(sandbox: Sandbox, http: aiohttp.ClientSession) -> SandboxClient:
    return SandboxClient(sandbox.url, http)
