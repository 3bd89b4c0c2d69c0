"""Calls to a platform's HTTP interface: one answer or one error by what can be done; one access token for all who wait."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import aiohttp
import orjson

from bot.channels.refusals import BACK_OFF, RETRY, RefusedError
from bot.errors import TemporaryDeliveryError

_TIMEOUT = aiohttp.ClientTimeout(total=10, connect=5)
_EARLY = 300.0
"""Seconds before its end at which a token is fetched anew."""
_LARGEST = 4 << 20

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Call:
    """One request; POST with a body, else GET."""

    url: str
    name: str
    """How errors and logs call it, as the address may hold a secret."""
    body: Mapping[str, object] | None = None
    headers: Mapping[str, str] | None = None
    query: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the HTTP status (below 500) and a JSON object."""

    status: int
    body: Mapping[str, object]


async def ask(http: aiohttp.ClientSession, call: Call) -> Answer:
    """One call.

    Raises:
        TemporaryDeliveryError: no usable answer came; with ``uncertain`` the call may have taken effect.
    """
    try:
        async with http.request(
            "GET" if call.body is None else "POST",
            call.url,
            params=call.query,
            data=None if call.body is None else orjson.dumps(call.body),
            timeout=_TIMEOUT,
            headers={"Content-Type": "application/json; charset=utf-8", **(call.headers or {})},
            allow_redirects=False,
        ) as response:
            raw, status = await response.content.read(_LARGEST), response.status
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        never_sent = isinstance(error, aiohttp.ClientConnectorError | aiohttp.InvalidURL)
        # the error's own text would repeat the address with the secret in it
        raise TemporaryDeliveryError(f"{call.name}: {type(error).__name__}", RETRY, uncertain=not never_sent) from None
    return _answer(call.name, status, raw)


def _answer(name: str, status: int, raw: bytes) -> Answer:
    if status >= 500:
        # 503 says that nobody took the call; every other one may come after it took effect
        raise TemporaryDeliveryError(f"{name}: HTTP {status}", RETRY, uncertain=status != 503)
    try:
        found: object = orjson.loads(raw)
    except orjson.JSONDecodeError:
        found = None
    if isinstance(found, dict):
        return Answer(status, found)
    if status == 200:
        raise TemporaryDeliveryError(f"{name}: the answer is no JSON object", RETRY, uncertain=True)
    raise TemporaryDeliveryError(f"{name}: HTTP {status}", BACK_OFF)


class Pass:
    """An access token: fetched once for all who wait, kept until shortly before its end, dropped when the platform refuses it."""

    def __init__(self, fetch: Callable[[], Awaitable[tuple[str, float]]], clock: Callable[[], float] = time.monotonic) -> None:
        """``fetch`` gives a token and its life in seconds; ``clock`` gives seconds."""
        self._fetch = fetch
        self._clock = clock
        self._value = ""
        self._until = 0.0
        self._fetching = asyncio.Lock()

    async def using(self, attempt: Callable[[str], Awaitable[Result]]) -> Result:
        """What ``attempt`` gives with the token; tried a second time with a new one where the platform calls the token ended.

        Raises:
            RefusedError, TemporaryDeliveryError: as ``attempt`` does. Without a token nothing was sent, so then it is never
                uncertain.
        """
        token = await self._valid()
        try:
            return await attempt(token)
        except RefusedError as error:
            if error.refusal.action != "refresh":
                raise
        if self._value == token:
            self._value = ""
        return await attempt(await self._valid())

    async def _valid(self) -> str:
        if not self._value or self._clock() > self._until:
            async with self._fetching:
                if not self._value or self._clock() > self._until:
                    await self._renew()
        return self._value

    async def _renew(self) -> None:
        try:
            value, seconds = await self._fetch()
        except TemporaryDeliveryError as error:
            raise TemporaryDeliveryError(str(error), error.delay, error.code) from None
        if not value:
            raise TemporaryDeliveryError("no access token in the answer", RETRY)
        self._value, self._until = value, self._clock() + max(seconds - _EARLY, seconds / 2)


def seconds(value: object, default: float = 7200.0) -> float:
    """How long a token lives, as the platform says it."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e9 else default
