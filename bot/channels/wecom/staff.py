"""Words to our own staff: as a message of the self-built app to one's phone, or by a robot in their group.

``message/send`` (developer.work.weixin.qq.com, path 90236) and group robots (path 91770).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import aiohttp
from pydantic import SecretStr

from bot.channels.wecom.client import WeComClient, ask
from bot.channels.wecom.outbound import clipped

MOST_USERS = 1000
"""Addressees of one message of the app."""
MOST_BYTES = 2048
"""Of the words of a robot or of a text."""
_TITLE, _DESCRIPTION = 128, 512
"""Bytes of a text card's title and description."""
_SAME = 600
"""Seconds in which the platform takes the same message for a repeat: longer than the first waits before we try again."""


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody of the staff is told."""

    title: str
    text: str
    url: str = ""
    """Where a tap leads; empty: there is nothing to tap on."""


async def notify(client: WeComClient, users: Sequence[str], note: Note) -> frozenset[str]:
    """Send a note to members of staff by the account's app; userids (in small letters) whom it did not reach.

    Raises:
        ApiError: refused, 81013 where none of them may be told.
        TemporaryDeliveryError: no usable answer came; a repeat within ten minutes reaches nobody twice.
    """
    body: dict[str, object] = {
        "touser": "|".join(users[:MOST_USERS]),
        "agentid": int(client.account.agent_id),
        "enable_duplicate_check": 1,
        "duplicate_check_interval": _SAME,
    }
    told = await client.call("message/send", body | _content(note))
    missed = told.get("invaliduser")
    return frozenset(missed.lower().split("|")) - {""} if isinstance(missed, str) else frozenset()


class Robot:
    """A robot in a group of the staff."""

    def __init__(self, address: SecretStr, http: aiohttp.ClientSession) -> None:
        """``address`` is its webhook, whose key is all that it takes to speak there."""
        self._address = address
        self._http = http

    async def say(self, words: str, users: Sequence[str] = ()) -> None:
        """Say something in the group, and call these members.

        Raises:
            ApiError: refused, 45009 above 20 messages a minute.
            TemporaryDeliveryError: no usable answer came; with ``uncertain`` it may stand there.
        """
        text: dict[str, object] = {"content": clipped(words, MOST_BYTES)}
        if users:
            text["mentioned_list"] = list(users)
        await ask(self._http, self._address.get_secret_value(), "webhook/send", {"msgtype": "text", "text": text})


def _content(note: Note) -> dict[str, object]:
    if not note.url:
        return {"msgtype": "text", "text": {"content": clipped(note.text, MOST_BYTES)}}
    card = {
        "title": clipped(note.title, _TITLE),
        "description": clipped(note.text, _DESCRIPTION),
        "url": note.url,
        "btntxt": "去看看",
    }
    return {"msgtype": "textcard", "textcard": card}
