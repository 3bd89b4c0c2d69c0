"""The WeCom API over HTTP: one access token for each account, fetched once for all who wait, refreshed once when refused."""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
import orjson

from bot.channels.wecom.codes import BACK_OFF, Code, meaning
from bot.errors import HeldDeliveryError, PermanentDeliveryError, TemporaryDeliveryError
from bot.settings import WeComAccount

_TIMEOUT = aiohttp.ClientTimeout(total=10, connect=5)
_EARLY = 300
"""Seconds before its end at which a token is fetched anew."""
_RETRY = timedelta(seconds=1)


class ApiError(Exception):
    """The platform answered with an error code that its caller must decide about."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code} {meaning(code).words}")
        self.code = code
        self.message = message

    @property
    def meaning(self) -> Code:
        """What the table says of the code."""
        return meaning(self.code)


@dataclass(frozen=True, slots=True)
class _Token:
    value: str
    until: float


class WeComClient:
    """Calls in the name of one account; errors are raised by what the caller can do about them."""

    def __init__(self, account: WeComAccount, http: aiohttp.ClientSession) -> None:
        self._account = account
        self._http = http
        self._token: _Token | None = None
        self._fetching = asyncio.Lock()

    @property
    def account(self) -> WeComAccount:
        """Whose name it calls in."""
        return self._account

    async def call(
        self, path: str, body: Mapping[str, object] | None = None, query: Mapping[str, str] | None = None
    ) -> Mapping[str, object]:
        """POST ``body`` (GET without one) to ``/cgi-bin/<path>``; the answer, whose errcode is 0.

        Raises:
            ApiError: the platform refused.
            TemporaryDeliveryError: no usable answer came; with ``uncertain`` the call may have taken effect.
        """
        token = await self._valid_token()
        try:
            return await self._post(path, body, {**(query or {}), "access_token": token})
        except ApiError as error:
            if error.meaning.action != "refresh":
                raise
        self._drop(token)
        return await self._post(path, body, {**(query or {}), "access_token": await self._valid_token()})

    async def deliver(self, path: str, body: Mapping[str, object], *, retried: bool) -> Mapping[str, object]:
        """Call a sending API; its refusals become delivery errors.

        With ``retried`` an earlier call with the same msgid may have taken effect although we never heard so: then the
        refusal of a repeated msgid is success. (The documentation says only that a msgid must be unique within the account,
        not which code a repeat gets: 40058 or a message that names msgid are taken for it.)

        Raises:
            TemporaryDeliveryError, HeldDeliveryError, PermanentDeliveryError: as their names say.
            ApiError: with action ``reread`` or ``plain_text``, which the channel decides about.
        """
        try:
            return await self.call(path, body)
        except ApiError as error:
            if retried and (error.code == 40058 or "msgid" in error.message.lower()):
                return {"errcode": 0, "msgid": body.get("msgid")}
            match error.meaning.action:
                case "retry" | "refresh":
                    raise TemporaryDeliveryError(str(error), _RETRY, error.code) from error
                case "back_off":
                    raise TemporaryDeliveryError(str(error), BACK_OFF, error.code) from error
                case "config":
                    raise TemporaryDeliveryError(str(error), timedelta(minutes=1), error.code) from error
                case "hold":
                    raise HeldDeliveryError(str(error), error.code) from error
                case "reread" | "plain_text":
                    raise
                case _:
                    raise PermanentDeliveryError(str(error), error.code) from error

    async def _valid_token(self) -> str:
        if self._token is None or time.monotonic() > self._token.until:
            async with self._fetching:
                if self._token is None or time.monotonic() > self._token.until:
                    self._token = await self._fetch()
        return self._token.value

    def _drop(self, value: str) -> None:
        """Forget a refused token, unless somebody has fetched a new one meanwhile."""
        if self._token is not None and self._token.value == value:
            self._token = None

    async def _fetch(self) -> _Token:
        who = {"corpid": self._account.corpid, "corpsecret": self._account.secret.get_secret_value()}
        try:
            answer = await self._post("gettoken", None, who)
        except TemporaryDeliveryError as error:
            # without a token nothing was sent: whoever tries again must not take a later refusal for a repeat's
            raise TemporaryDeliveryError(str(error), error.delay, error.code) from None
        token = answer.get("access_token")
        if not isinstance(token, str) or not token:
            raise TemporaryDeliveryError("gettoken: no access_token in the answer", _RETRY)
        lifetime = answer.get("expires_in")
        seconds = float(lifetime) if isinstance(lifetime, int | float) else 7200.0
        return _Token(token, time.monotonic() + max(seconds - _EARLY, seconds / 2))

    async def _post(self, path: str, body: Mapping[str, object] | None, query: Mapping[str, str]) -> Mapping[str, object]:
        return await ask(self._http, f"{self._account.api_base}/cgi-bin/{path}", path, body, query)


async def ask(
    http: aiohttp.ClientSession, url: str, path: str, body: Mapping[str, object] | None, query: Mapping[str, str] | None = None
) -> Mapping[str, object]:
    """One call (POST with a body, else GET); ``path`` is what errors name it, as the address may hold a secret.

    Raises:
        ApiError: the platform refused.
        TemporaryDeliveryError: no usable answer came; with ``uncertain`` the call may have taken effect.
    """
    try:
        async with http.request(
            "GET" if body is None else "POST",
            url,
            params=query,
            data=None if body is None else orjson.dumps(body),
            timeout=_TIMEOUT,
            headers={"Content-Type": "application/json"},
            allow_redirects=False,
        ) as response:
            raw = await response.read()
            status = response.status
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        never_sent = isinstance(error, aiohttp.ClientConnectorError)
        # the error's own text would repeat the address with the secret in it
        raise TemporaryDeliveryError(f"{path}: {type(error).__name__}", _RETRY, uncertain=not never_sent) from None
    return _answer(path, status, raw)


def _answer(path: str, status: int, raw: bytes) -> Mapping[str, object]:
    if status >= 500:
        raise TemporaryDeliveryError(f"{path}: HTTP {status}", _RETRY, uncertain=True)
    if status != 200:
        raise TemporaryDeliveryError(f"{path}: HTTP {status}", BACK_OFF)
    answer = _read(raw)
    code = _code(answer.get("errcode", 0)) if isinstance(answer, dict) else None
    if not isinstance(answer, dict) or code is None:
        raise TemporaryDeliveryError(f"{path}: the answer is no JSON object", _RETRY, uncertain=True)
    if code:
        raise ApiError(code, str(answer.get("errmsg", "")))
    return answer


def _read(raw: bytes) -> object:
    """The JSON of an answer; halves of characters, which shoppers' phones do send, spoil only themselves."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        pass
    try:
        whole = json.dumps(json.loads(raw.decode(errors="replace")), ensure_ascii=False)
        return orjson.loads(whole.encode(errors="replace"))
    except (ValueError, RecursionError):
        return None


def _code(told: object) -> int | None:
    try:
        return int(told) if isinstance(told, int | float | str) else None
    except (ValueError, OverflowError):
        return None
