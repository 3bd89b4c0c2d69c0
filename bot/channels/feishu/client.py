"""Feishu's open API over HTTP: one ``tenant_access_token`` for each account; errors are raised by what the caller can do."""

from collections.abc import Mapping

import aiohttp

from bot.channels import fields
from bot.channels.calling import Answer, Call, Pass, ask, seconds
from bot.channels.feishu.codes import refusal
from bot.channels.refusals import RefusedError
from bot.settings_rooms import FeishuAccount

_PASS = "auth/v3/tenant_access_token/internal"  # noqa: S105  (the path of an API)


class FeishuClient:
    """Calls in the name of one account."""

    def __init__(self, account: FeishuAccount, http: aiohttp.ClientSession) -> None:
        self._account = account
        self._http = http
        self._pass = Pass(self._fetch)

    async def call(
        self, path: str, body: Mapping[str, object] | None = None, query: Mapping[str, str] | None = None
    ) -> Mapping[str, object]:
        """POST ``body`` (GET without one) to ``/open-apis/<path>``; the answer, whose code is 0.

        Raises:
            RefusedError: the platform refused.
            TemporaryDeliveryError: no usable answer came; with ``uncertain`` the call may have taken effect.
        """

        async def attempt(token: str) -> Mapping[str, object]:
            return await self._ask(path, body, query, {"Authorization": f"Bearer {token}"})

        return await self._pass.using(attempt)

    async def _fetch(self) -> tuple[str, float]:
        who = {"app_id": self._account.app_id, "app_secret": self._account.app_secret.get_secret_value()}
        told = await self._ask(_PASS, who, None, None)
        return fields.words(told.get("tenant_access_token")), seconds(told.get("expire"))

    async def _ask(
        self,
        path: str,
        body: Mapping[str, object] | None,
        query: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
    ) -> Mapping[str, object]:
        address = f"{self._account.api_base}/open-apis/{path}"
        return _sound(await ask(self._http, Call(address, _named(path), body, headers, query)))


def _named(path: str) -> str:
    """The path as errors name it: without the ids of people and rooms in it."""
    return "/".join("…" if "_" in part and len(part) > 24 else part for part in path.split("/"))


def _sound(answer: Answer) -> Mapping[str, object]:
    code = answer.body.get("code")
    if code == 0 and answer.status < 300:
        return answer.body
    number = code if isinstance(code, int) else answer.status
    raise RefusedError(refusal(number, answer.status), number)
