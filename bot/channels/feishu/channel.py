"""Feishu as a channel: a message with our id as ``uuid``, which the platform takes once within an hour."""

from collections.abc import Mapping
from datetime import timedelta

import aiohttp

from bot.channels.feishu import outbound
from bot.channels.feishu.client import FeishuClient
from bot.channels.refusals import RefusedError
from bot.errors import PermanentDeliveryError
from bot.model import Outgoing
from bot.ports import Ability, Clock
from bot.settings_rooms import FeishuAccount

CHANNEL = "feishu"
_ONCE = timedelta(minutes=50)
"""The platform remembers a ``uuid`` for an hour; later than this a repeat might be said twice."""


class FeishuChannel:
    """Sends through one Feishu application; ``external`` is a group's ``chat_id`` or a person's ``open_id``."""

    name = CHANNEL
    ability = Ability(groups=True, private=True, buttons=True, cards=True)

    def __init__(self, account: FeishuAccount, http: aiohttp.ClientSession, clock: Clock) -> None:
        self.client = FeishuClient(account, http)
        self._clock = clock

    async def send(self, message: Outgoing) -> None:
        """Hand one message to the platform.

        Raises:
            DeliveryError: by what can be done about it.
        """
        if message.uncertain and message.created_at and self._clock.now() - message.created_at > _ONCE:
            raise PermanentDeliveryError("隔得太久，飞书已经不记得上一次发没发到，为了不说两遍，不再发")
        try:
            await self._say(message)
        except RefusedError as error:
            raise error.delivery() from error

    async def _say(self, message: Outgoing) -> None:
        """In its best form, and as plain text where the other side takes nothing else."""
        try:
            await self._post(message, outbound.message(message.speech, message.external), message.msgid)
        except RefusedError as error:
            if error.refusal.action != "plain_text":
                raise
            await self._post(message, outbound.plain(message.speech), f"{message.msgid}-t")

    async def _post(self, message: Outgoing, content: Mapping[str, str], uuid: str) -> None:
        kind = "chat_id" if message.external.startswith("oc_") else "open_id"
        body = {"receive_id": message.external, "uuid": uuid, **content}
        await self.client.call("im/v1/messages", body, {"receive_id_type": kind})
