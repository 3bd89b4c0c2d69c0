"""WeChat Customer Service as a channel: send with an idempotent id, welcome by code, hand a session to the servicers."""

from collections.abc import Mapping

import aiohttp
import structlog

from bot.channels.wecom import outbound
from bot.channels.wecom.client import ApiError, WeComClient
from bot.errors import DeliveryError, HeldDeliveryError, PermanentDeliveryError, TakenOverError, TemporaryDeliveryError
from bot.model import Outgoing
from bot.ports import Ability
from bot.quota import KF_LIMITS
from bot.settings import WeComAccount

log = structlog.get_logger(__name__)

_HUMAN_STATES = {2, 3}
"""Session states (kf/service_state/get) in which a person is in charge: 2 waits in the pool, 3 is served."""


class KfChannel:
    """Sends through one WeCom account."""

    name = "wecom_kf"
    ability = Ability(quota=KF_LIMITS.messages, window=KF_LIMITS.window, buttons=True)

    def __init__(self, account: WeComAccount, http: aiohttp.ClientSession) -> None:
        self.account = account
        self.client = WeComClient(account, http)

    async def send(self, message: Outgoing) -> None:
        """Hand one message to the platform.

        Raises:
            DeliveryError: by what can be done about it; TakenOverError where a person serves the shopper.
        """
        try:
            await self._say(message)
        except ApiError as error:
            await self._reread(message, error)
        if message.speech.hands_over and self.account.handover == "native":
            await self._pass_on(message)

    async def _say(self, message: Outgoing) -> None:
        """In its best form, and as plain text where the shopper's side takes nothing else."""
        try:
            await self._send(message, outbound.body(message.speech))
        except ApiError as error:
            if error.meaning.action != "plain_text":
                raise
            await self._send(message, outbound.plain(message.speech))
        except PermanentDeliveryError:
            if not outbound.daring(message.speech):
                raise
            log.warning("mini_program.refused", conversation=message.conversation)
            await self._send(message, outbound.plain(message.speech))

    async def _pass_on(self, message: Outgoing) -> None:
        """The words are out: a fault from here on neither says them again nor calls them unsaid.

        A passing fault is tried again, as uncertain; where the platform refuses for good, the wish stays on our own desk.
        """
        try:
            await self.hand_over(message.peer, message.external)
        except TemporaryDeliveryError as error:
            raise TemporaryDeliveryError(str(error), error.delay, error.code, uncertain=True) from error
        except (ApiError, DeliveryError) as error:
            log.warning("handover.refused", conversation=message.conversation, code=error.code, why=str(error))

    async def _send(self, message: Outgoing, content: Mapping[str, object]) -> None:
        retried = message.uncertain
        if message.speech.code is not None:
            body: dict[str, object] = {"code": message.speech.code, "msgid": message.msgid, **content}
            await self.client.deliver("kf/send_msg_on_event", body, retried=retried)
            return
        address = {"touser": message.external, "open_kfid": message.peer, "msgid": message.msgid}
        await self.client.deliver("kf/send_msg", {**address, **content}, retried=retried)

    async def _reread(self, message: Outgoing, error: ApiError) -> None:
        """The session is not where we thought: ask the platform, and give way if a person has it."""
        state, servicer = await self.state(message.peer, message.external)
        if state in _HUMAN_STATES:
            raise TakenOverError(str(error), error.code, servicer or "servicer") from error
        if message.author == "guide" or state not in {0, 1}:
            raise HeldDeliveryError(str(error), error.code) from error
        raise PermanentDeliveryError(str(error), error.code) from error

    async def state(self, open_kfid: str, external: str) -> tuple[int, str]:
        """The session's state and servicer as the platform sees them; -1 where it does not say."""
        try:
            answer = await self.client.call("kf/service_state/get", {"open_kfid": open_kfid, "external_userid": external})
        except ApiError:
            return -1, ""
        except TemporaryDeliveryError as error:
            # a question changes nothing, so what was refused before it stays surely unsent
            raise TemporaryDeliveryError(str(error), error.delay, error.code) from error
        state, servicer = answer.get("service_state"), answer.get("servicer_userid")
        return (state if isinstance(state, int) else -1), (servicer if isinstance(servicer, str) else "")

    async def hand_over(self, open_kfid: str, external: str) -> None:
        """Native hand-over: put the session into the pool, or to the configured servicer; the pool if they are not on duty.

        Raises:
            DeliveryError, ApiError: the platform did not do it.
        """
        place: dict[str, object] = {"open_kfid": open_kfid, "external_userid": external}
        target: dict[str, object] = {"service_state": 2}
        if self.account.servicer:
            target = {"service_state": 3, "servicer_userid": self.account.servicer}
        try:
            await self.client.deliver("kf/service_state/trans", place | target, retried=False)
        except (ApiError, PermanentDeliveryError):
            state, _ = await self.state(open_kfid, external)
            if state in _HUMAN_STATES:
                return
            if not self.account.servicer:
                raise
            await self.client.deliver("kf/service_state/trans", place | {"service_state": 2}, retried=False)
