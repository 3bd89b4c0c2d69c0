"""PostgreSQL and Valkey out of packages: they belong to the folder, and stop with the last who uses them."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.adapters import embedded
from bot.db import engine as database
from bot.errors import SettingsError
from bot.motion import connection

_TENANT = """
import sys
from pathlib import Path
from bot.adapters.embedded import servers
with servers(Path(sys.argv[1]), None, None) as found:
    print(found.database_url, found.redis_url, flush=True)
    sys.stdin.readline()
"""


def _tenant(home: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", _TENANT, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip


def _address(tenant: "subprocess.Popen[str]") -> tuple[str, str]:
    assert tenant.stdout is not None
    database_url, redis_url = tenant.stdout.readline().split()
    return database_url, redis_url


def _leave(tenant: "subprocess.Popen[str]") -> None:
    tenant.communicate("\n", timeout=60)
    assert tenant.returncode == 0


async def _alive(database_url: str, redis_url: str) -> tuple[bool, bool]:
    async with database.connected(database_url, pool=1) as engine:
        facts = await database.alive(engine)
    client = connection._client(redis_url)
    motion = await connection.alive(client)
    await client.aclose()
    return facts, motion


async def test_two_who_share_a_folder_share_its_servers_and_the_last_one_stops_them(tmp_path: Path) -> None:
    first, second = _tenant(tmp_path), _tenant(tmp_path)
    address = _address(first)
    assert _address(second) == address
    assert await _alive(*address) == (True, True)
    _leave(first)
    assert await _alive(*address) == (True, True)
    _leave(second)
    assert await _alive(*address) == (False, False)


async def test_one_who_was_killed_keeps_nobody_and_loses_nothing(tmp_path: Path) -> None:
    first, second = _tenant(tmp_path), _tenant(tmp_path)
    address = _address(first)
    _address(second)
    first.kill()
    first.communicate()
    assert await _alive(*address) == (True, True)
    _leave(second)
    assert await _alive(*address) == (False, False)


async def test_servers_that_were_left_running_are_found_again(tmp_path: Path) -> None:
    first = _tenant(tmp_path)
    address = _address(first)
    first.kill()
    first.communicate()
    again = _tenant(tmp_path)
    assert _address(again) == address
    _leave(again)
    assert await _alive(*address) == (False, False)


async def test_servers_that_died_are_started_again_where_clients_look_for_them(tmp_path: Path) -> None:
    with embedded.servers(tmp_path, None, None) as found:
        client = connection._client(found.redis_url)
        await client.set("kept", 1)
        await client.execute_command("WAITAOF", 1, 0, 5000)
        await client.aclose()
        for _ in range(2):
            valkey = json.loads((tmp_path / "valkey" / "server.json").read_text())["pid"]
            postgres = int((tmp_path / "postgres" / "postmaster.pid").read_text().split()[0])
            for pid in (valkey, postgres):
                os.kill(pid, signal.SIGKILL)
                _gone(pid)
            assert await _alive(found.database_url, found.redis_url) == (False, False)
            async with asyncio.timeout(60):  # PostgreSQL waits until the dead server is buried
                while await _alive(found.database_url, found.redis_url) != (True, True):
                    embedded.revive(tmp_path, found, postgres=True, valkey=True)
                    await asyncio.sleep(0.05)
        client = connection._client(found.redis_url)
        assert await client.get("kept") == b"1"
        await client.aclose()
        embedded.revive(tmp_path, found, postgres=True, valkey=True)
        assert await _alive(found.database_url, found.redis_url) == (True, True)


def _gone(pid: int) -> None:
    """Wait for the end of a process; our own children must be taken note of."""
    try:
        os.waitpid(pid, 0)
    except ChildProcessError:
        while embedded._running(pid):
            pass


async def test_only_the_servers_that_were_not_given_are_started(tmp_path: Path) -> None:
    with embedded.servers(tmp_path, "postgresql://elsewhere/x", None) as found:
        assert found.database_url == "postgresql://elsewhere/x"
        assert not (tmp_path / "postgres").exists()
        assert (tmp_path / "valkey").exists()
    with embedded.servers(tmp_path / "b", "postgresql://elsewhere/x", "redis://elsewhere/0") as found:
        assert found.redis_url == "redis://elsewhere/0"
        assert not (tmp_path / "b" / "valkey").exists()


async def test_a_server_that_cannot_start_says_where_its_log_is(tmp_path: Path) -> None:
    (tmp_path / "valkey").mkdir(parents=True)
    (tmp_path / "valkey" / "appendonlydir").write_text("in the way")
    with pytest.raises(SettingsError, match="Valkey 没有启动"), embedded.servers(tmp_path, "postgresql://elsewhere/x", None):
        pass
    assert json.loads((tmp_path / "tenants.json").read_text()) == []


async def test_a_folder_of_nonsense_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "valkey").mkdir(parents=True)
    (tmp_path / "tenants.json").write_text("{")
    (tmp_path / "valkey" / "server.json").write_text('["x"]')
    with embedded.servers(tmp_path, "postgresql://elsewhere/x", None) as found:
        client = connection._client(found.redis_url)
        assert await connection.alive(client)
        await client.aclose()
