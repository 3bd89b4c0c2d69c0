"""An aibot as a channel. A robot in callback mode cannot begin to speak: it answers, in one of two ways, and never in both.

The stream is the way for an answer that comes in time: the hook has told the platform to ask for it, and shows what the
transcript holds. So here, as in the web chat, the courier's record is the delivery, and several messages to one question become
one text. The ``response_url`` is the way for everything else: what comes after the stream, a guide's own words, what nobody asked
for. It takes one message, so a repeat is refused by the platform itself, as a repeated id is elsewhere.

Both would say a thing twice if an answer could go either way while the stream is alive. Therefore the clock alone decides
(``moments``), with a gap in which nothing leaves, and not whether the platform seems to ask still: that could change its mind.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import aiohttp

from bot.channels import fields
from bot.channels.aibot import moments, outbound
from bot.channels.aibot.codes import refusal
from bot.channels.aibot.inbound import CHANNEL
from bot.channels.calling import Call, ask
from bot.channels.refusals import RefusedError
from bot.channels.return_path import Heard
from bot.errors import HeldDeliveryError, PermanentDeliveryError, TemporaryDeliveryError
from bot.model import InboundMessage, Outgoing
from bot.ports import Ability, Clock
from bot.settings_rooms import AibotAccount

_REMEMBERED = 1000


class AibotChannel:
    """Answers through one robot; ``external`` is a group's ``chatid`` or a person's ``userid``."""

    name = CHANNEL
    ability = Ability(groups=True)

    def __init__(self, account: AibotAccount, http: aiohttp.ClientSession, clock: Clock, heard: Heard) -> None:
        self._account = account
        self._http = http
        self._clock = clock
        self._heard = heard
        self._unsure: dict[str, str] = {}

    async def send(self, message: Outgoing) -> None:
        """Leave it to the stream that is open for it, or hand it to the way back that a message brought.

        Raises:
            DeliveryError: by what can be done about it; HeldDeliveryError where nobody's words leave a way back.
        """
        now, heard = self._clock.now(), await self._heard(message)
        asked = _asked(message, heard)
        if asked is not None:
            age = now - asked.received_at
            if age < moments.STREAM:
                return
            if age < moments.BACK:
                raise TemporaryDeliveryError("流式回复刚结束，稍后走回复地址", moments.BACK - age)
        await self._back(message, self._ways(heard, now))

    def _ways(self, heard: Sequence[InboundMessage], now: datetime) -> Sequence[str]:
        """The ways back that may be alive: that of the question first, then the latest."""
        alive = (one for one in heard if timedelta() <= now - one.received_at < moments.LAST)
        told = (fields.words(one.payload.get("response_url")) for one in alive)
        return list(dict.fromkeys(url for url in told if url.startswith(f"{self._account.api_base}/cgi-bin/aibot/response?")))

    async def _back(self, message: Outgoing, ways: Sequence[str]) -> None:
        body = outbound.back(message.speech)
        unsure = self._unsure.pop(message.msgid, None)
        if message.uncertain and unsure is None:
            raise PermanentDeliveryError("企业微信没有说上一次发没发到，为了不说两遍，不再发")
        for way in [unsure] if unsure is not None else ways:
            if await self._said(message, way, body) or unsure is not None:
                # what was perhaps said by this way, and finds it spent, was said by it
                return
        raise HeldDeliveryError("没有可用的回复地址，等有人再叫机器人时再说")

    async def _said(self, message: Outgoing, way: str, body: Mapping[str, object]) -> bool:
        """Whether the way took it; False where it is spent."""
        self._unsure[message.msgid] = way
        while len(self._unsure) > _REMEMBERED:
            del self._unsure[next(iter(self._unsure))]
        try:
            answer = (await ask(self._http, Call(way, "aibot/response", body))).body
        except TemporaryDeliveryError as error:
            if not error.uncertain:
                del self._unsure[message.msgid]
            raise
        del self._unsure[message.msgid]
        code = answer.get("errcode", 0)
        if code == 0:
            return True
        number = code if isinstance(code, int) else -2
        refused = RefusedError(refusal(number), number)
        if refused.refusal.action == "used":
            return False
        raise refused.delivery()


def _asked(message: Outgoing, heard: Sequence[InboundMessage]) -> InboundMessage | None:
    """The newest of the questions that this answers, in whose stream it is shown (``bot.db.streams`` chooses the same)."""
    answered = frozenset(message.speech.answers)
    return next((one for one in heard if one.id in answered and one.kind in moments.STREAMED), None)
