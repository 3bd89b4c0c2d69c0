"""Figure 1: how many messages a second the front door keeps safe, beside a handler that only verifies and decrypts.

All three doors get the same prepared requests from the same load generator, which runs in a process of its own, in turn
within one run, so that whatever else the machine does hits them alike.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import blake2b

import orjson

from bot.bench import texts
from bot.bench.arena import ACCOUNT, Arena, Plan, arena, free_port
from bot.bench.figures_of import Waits, median, ms
from bot.channels.wecom_crypto import WeComCrypto
from bot.sandbox import DEMO_KF, Corp

CONNECTIONS = 64
_ROUNDS = 3
_CORP = Corp()


@dataclass(frozen=True, slots=True)
class Shot:
    """One round of load on one door: how many a second, and how long each took, in seconds."""

    rate: float
    waits: Waits
    refused: int


@dataclass(slots=True)
class Door:
    """What was measured of one door."""

    name: str
    full: list[Shot] = field(default_factory=list)
    """As fast as 64 connections go."""
    paced: list[Shot] = field(default_factory=list)
    """At the rate that DESIGN §6 asks for."""

    @property
    def rate(self) -> float:
        """Messages a second at full speed, the middle of the rounds."""
        return median([shot.rate for shot in self.full])

    def row(self, yardstick: float) -> str:
        """A line of the table."""
        p50, p99 = (median([getattr(shot.waits, name) for shot in self.full]) for name in ("p50", "p99"))
        q50, q99 = (median([getattr(shot.waits, name) for shot in self.paced]) for name in ("p50", "p99"))
        refused = sum(shot.refused for shot in (*self.full, *self.paced))
        return (
            f"| {self.name} | {self.rate:.0f} | {ms(p50)} / {ms(p99)} | {ms(q50)} / {ms(q99)} | {refused} "
            f"| {self.rate / yardstick:.2f} |"
        )


HEAD = (
    "| door | messages/s, 64 connections | p50 / p99 ms at that | p50 / p99 ms at 1000/s | refused | ratio to bare |\n"
    "|---|---:|---:|---:|---:|---:|"
)


async def measure(*, quick: bool, say: Callable[[str], None]) -> str:
    """Every door, in turn, three times; the table."""
    n = 1500 if quick else 6000
    async with arena(Plan(role="web")) as system, _bare() as bare:
        rooms = [[await _room(system) for _ in range(n // 12)] for _ in range(_ROUNDS)]
        doors = {
            "bare": Door("bare aiohttp: verify, decrypt, 200"),
            "hook": Door("WeCom callback"),
            "chat": Door("web chat POST"),
        }
        for turn in range(_ROUNDS):
            for name, door in doors.items():
                url = bare if name == "bare" else system.url
                for rate in (0.0, 1000.0):
                    requests = [
                        _chat(rooms[turn], turn, i, rate) if name == "chat" else _callback(turn, i, rate) for i in range(n)
                    ]
                    shots = door.paced if rate else door.full
                    shots.append(await shoot(url, requests, rate))
            say(
                f"doors: round {turn + 1} of {_ROUNDS}: "
                + ", ".join(f"{one.name} {one.full[-1].rate:.0f}/s" for one in doors.values())
            )
        yardstick = doors["bare"].rate
        return "\n".join([HEAD, *(door.row(yardstick) for door in doors.values())])


async def shoot(url: str, requests: Sequence[bytes], rate: float) -> Shot:
    """Have the load generator send prepared requests; 0 as fast as its connections go."""
    host, _, port = url.removeprefix("http://").partition(":")
    told = orjson.dumps({"host": host, "port": int(port), "rate": rate, "connections": CONNECTIONS}) + b"\n"
    body = b"".join(len(one).to_bytes(4, "big") + one for one in requests)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.bench.gun",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        out, _ = await asyncio.wait_for(process.communicate(told + body), 120)
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    found = orjson.loads(out)
    return Shot(len(requests) / found["seconds"], Waits.of(found["waits"]), found["refused"])


@asynccontextmanager
async def _bare() -> AsyncIterator[str]:
    """The yardstick in a process of its own."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.bench.bare", str(port), stdout=asyncio.subprocess.PIPE, start_new_session=True
    )
    try:
        assert process.stdout is not None
        await asyncio.wait_for(process.stdout.readline(), 30)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def _room(system: Arena) -> tuple[str, str]:
    async with system.http.post(f"{system.url}/api/chat", json={}) as answer:
        made = await answer.json()
        return made["conversation"], made["token"]


def _request(path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    told = {"Host": "127.0.0.1", "Content-Length": str(len(body)), **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body


def _chat(rooms: Sequence[tuple[str, str]], turn: int, i: int, rate: float) -> bytes:
    """Twenty-four messages a room: below the limit of what one shopper may write in ten seconds."""
    conversation, token = rooms[i % len(rooms)]
    body = orjson.dumps({"id": f"{turn}-{rate:.0f}-{i}", "text": texts.EVERYDAY[i % len(texts.EVERYDAY)]})
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    return _request(f"/api/chat/{conversation}/messages", body, headers)


def _callback(turn: int, i: int, rate: float) -> bytes:
    """A sealed and signed ``kf_msg_or_event``, another one each time."""
    crypto = WeComCrypto(_CORP.token, _CORP.aes_key, _CORP.corpid)
    mark = f"{turn}-{rate:.0f}-{i}"
    inside = (
        f"<xml><ToUserName><![CDATA[{_CORP.corpid}]]></ToUserName><CreateTime>{1_767_225_600 + i}</CreateTime>"
        "<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[kf_msg_or_event]]></Event>"
        f"<Token><![CDATA[bench-{mark}]]></Token><OpenKfId><![CDATA[{DEMO_KF.open_kfid}]]></OpenKfId></xml>"
    )
    chance = blake2b(mark.encode(), digest_size=16).digest()
    sealed, signature = crypto.encrypt(inside.encode(), "1767225600", mark, chance)
    body = f"<xml><ToUserName><![CDATA[{_CORP.corpid}]]></ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
    path = f"/hooks/wecom/{ACCOUNT}?msg_signature={signature}&timestamp=1767225600&nonce={mark}"
    return _request(path, body.encode(), {"Content-Type": "text/xml"})
