"""DingTalk as a channel: by the session's webhook while it lives, which names people for real, else by the robot itself.

DingTalk knows no id of ours that would make a repeat harmless. So what may have arrived is never said again: such a message
becomes a failure that a person sees.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta

import aiohttp

from bot.channels import fields
from bot.channels.dingtalk import outbound
from bot.channels.dingtalk.client import DingTalkClient
from bot.channels.dingtalk.codes import TOO_FAST
from bot.channels.refusals import RefusedError
from bot.channels.return_path import Heard
from bot.errors import PermanentDeliveryError, TemporaryDeliveryError
from bot.model import Outgoing
from bot.ports import Ability, Clock
from bot.settings_rooms import DingTalkAccount

CHANNEL = "dingtalk"
GROUP = "group"
"""``peer`` of a group; empty in a talk of two."""
_MARGIN = timedelta(minutes=1)
"""A webhook is not used in the last minute before its end."""
_UNSURE = "钉钉没有说上一次发没发到，为了不说两遍，不再发"


class DingTalkChannel:
    """Sends through one robot; ``external`` is a group's ``openConversationId`` or a person's ``staffId``."""

    name = CHANNEL
    ability = Ability(groups=True, private=True, buttons=True, cards=True)

    def __init__(self, account: DingTalkAccount, http: aiohttp.ClientSession, clock: Clock, heard: Heard) -> None:
        self.client = DingTalkClient(account, http)
        self._clock = clock
        self._heard = heard

    async def send(self, message: Outgoing) -> None:
        """Hand one message to the platform.

        Raises:
            DeliveryError: by what can be done about it.
        """
        if message.uncertain:
            raise PermanentDeliveryError(_UNSURE)
        webhook = await self._webhook(message)
        try:
            if not webhook or not await self._back(message, webhook):
                await self._by_itself(message)
        except RefusedError as error:
            raise error.delivery() from error
        except TemporaryDeliveryError as error:
            if error.uncertain:
                raise PermanentDeliveryError(f"{_UNSURE}（{error}）", error.code) from error
            raise

    async def _webhook(self, message: Outgoing) -> str:
        """The way back that the words brought which this answers, or the latest words did; empty where none is alive."""
        for one in await self._heard(message):
            address = fields.words(one.payload.get("webhook"))
            end = fields.moment(one.payload.get("webhook_until"), datetime.fromtimestamp(0, UTC))
            if address and self.client.ours(address) and self._clock.now() + _MARGIN < end:
                return address
        return ""

    async def _back(self, message: Outgoing, webhook: str) -> bool:
        """Whether the webhook took it; False where it is spent and nothing was said."""
        try:
            await self._formed(lambda markdown: self.client.back(webhook, outbound.back(message.speech, markdown=markdown)))
        except RefusedError as error:
            if error.refusal.action != "used":
                raise
            return False
        return True

    async def _by_itself(self, message: Outgoing) -> None:
        await self._formed(lambda markdown: self._robot(message, outbound.sent(message.speech, markdown=markdown)))

    async def _formed(self, attempt: Callable[[bool], Awaitable[None]]) -> None:
        """In its best form, and as plain text where that is not taken."""
        try:
            await attempt(True)
        except RefusedError as error:
            if error.refusal.action != "plain_text":
                raise
            await attempt(False)

    async def _robot(self, message: Outgoing, content: Mapping[str, str]) -> None:
        robot = {"robotCode": self.client.account.robot, **content}
        if message.peer == GROUP:
            await self.client.call("robot/groupMessages/send", {**robot, "openConversationId": message.external})
            return
        if message.external.startswith("$:"):
            raise PermanentDeliveryError("这位不是本企业的同事，只能在他说话后的一个多小时里回复")
        told = await self.client.call("robot/oToMessages/batchSend", {**robot, "userIds": [message.external]})
        if message.external in _listed(told.get("flowControlledStaffIdList")):
            raise RefusedError(TOO_FAST, "flowControlled")
        if message.external in _listed(told.get("invalidStaffIdList")):
            raise PermanentDeliveryError("收件人不在企业里，或看不到这个机器人")


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []
