"""DingTalk's interfaces over HTTP: the robot's sending by access token, and the webhook that a message brought with it."""

from collections.abc import Mapping

import aiohttp

from bot.channels import fields
from bot.channels.calling import Answer, Call, Pass, ask, seconds
from bot.channels.dingtalk.codes import by_name, by_number
from bot.channels.refusals import RefusedError
from bot.settings_rooms import DingTalkAccount


class DingTalkClient:
    """Calls in the name of one account."""

    def __init__(self, account: DingTalkAccount, http: aiohttp.ClientSession) -> None:
        self._account = account
        self._http = http
        self._pass = Pass(self._fetch)

    @property
    def account(self) -> DingTalkAccount:
        """Whose name it calls in."""
        return self._account

    async def call(self, path: str, body: Mapping[str, object]) -> Mapping[str, object]:
        """POST to ``/v1.0/<path>``.

        Raises:
            RefusedError: the platform refused.
            TemporaryDeliveryError: no usable answer came; with ``uncertain`` the call may have taken effect.
        """

        async def attempt(token: str) -> Mapping[str, object]:
            return await self._ask(path, body, {"x-acs-dingtalk-access-token": token})

        return await self._pass.using(attempt)

    async def back(self, webhook: str, body: Mapping[str, object]) -> None:
        """POST to a session's webhook, which needs no token; raises as ``call`` does."""
        answer = await ask(self._http, Call(webhook, "robot/sendBySession", body))
        code = answer.body.get("errcode")
        if code != 0:
            number = code if isinstance(code, int) else answer.status
            raise RefusedError(by_number(number), number)

    def ours(self, webhook: str) -> bool:
        """Whether an address is a session's webhook at all: the body that named it was signed by nobody."""
        return webhook.startswith(f"{self._account.oapi_base}/robot/sendBySession?")

    async def name(self, person: str) -> str:
        """What a member of the enterprise is called; raises as ``call`` does."""

        async def attempt(token: str) -> Mapping[str, object]:
            address = f"{self._account.oapi_base}/topapi/v2/user/get"
            call = Call(address, "user/get", {"userid": person}, query={"access_token": token})
            answer = (await ask(self._http, call)).body
            code = answer.get("errcode")
            if code != 0:
                number = code if isinstance(code, int) else 0
                raise RefusedError(by_number(number), number)
            return fields.mapping(answer.get("result"))

        return fields.name((await self._pass.using(attempt)).get("name"))

    async def _fetch(self) -> tuple[str, float]:
        who = {"appKey": self._account.app_key, "appSecret": self._account.app_secret.get_secret_value()}
        told = await self._ask("oauth2/accessToken", who, {})
        return fields.words(told.get("accessToken")), seconds(told.get("expireIn"))

    async def _ask(self, path: str, body: Mapping[str, object], headers: Mapping[str, str]) -> Mapping[str, object]:
        return _sound(await ask(self._http, Call(f"{self._account.api_base}/v1.0/{path}", path, body, headers)))


def _sound(answer: Answer) -> Mapping[str, object]:
    if answer.status < 300:
        return answer.body
    name = fields.ident(answer.body.get("code")) or f"HTTP {answer.status}"
    raise RefusedError(by_name(name, answer.status), name)
