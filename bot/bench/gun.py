"""The load generator as a process: prepared requests on kept-alive connections, nothing parsed but what HTTP needs.

Reads one JSON line (host, port, rate, connections) and then length-prefixed requests; writes JSON with the seconds that the
whole took and each wait. With a rate, a request's wait counts from when it was due, not from when a connection was free.
"""

import asyncio
import sys
import time
from collections.abc import Iterator

import orjson
import uvloop


def _read() -> tuple[dict[str, object], list[bytes]]:
    data = sys.stdin.buffer.read()
    line, _, rest = data.partition(b"\n")
    return orjson.loads(line), list(_split(rest))


def _split(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        yield data[at + 4 : at + 4 + size]
        at += 4 + size


class _Client(asyncio.Protocol):
    """One connection; one request under way at a time."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._answer: asyncio.Future[int] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport) or transport is not None
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self._buffer[:end]).lower()
        length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
        whole = end + 4 + int(length or 0)
        if len(self._buffer) >= whole and self._answer is not None and not self._answer.done():
            del self._buffer[:whole]
            self._answer.set_result(int(head[9:12]))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError())

    async def ask(self, request: bytes) -> int:
        """Send; the status."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer


async def _fire(told: dict[str, object], requests: list[bytes]) -> dict[str, object]:
    loop = asyncio.get_running_loop()
    rate = float(str(told["rate"]))
    clients = [
        (await loop.create_connection(_Client, str(told["host"]), int(str(told["port"]))))[1]
        for _ in range(int(str(told["connections"])))
    ]
    waits: list[float] = []
    refused = 0
    queue = iter(enumerate(requests))
    begun = time.perf_counter()

    async def work(client: _Client) -> None:
        nonlocal refused
        for n, request in queue:
            due = begun + n / rate if rate else time.perf_counter()
            ahead = due - time.perf_counter()
            if ahead > 0:
                await asyncio.sleep(ahead)
            status = await client.ask(request)
            waits.append(time.perf_counter() - due)
            refused += status >= 300

    await asyncio.gather(*(work(client) for client in clients))
    return {"seconds": time.perf_counter() - begun, "waits": waits, "refused": refused}


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        sys.stdout.buffer.write(orjson.dumps(runner.run(_fire(*_read()))))
