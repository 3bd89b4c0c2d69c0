"""The JS-SDK of the sidebar: the ticket and the signature for ``wx.agentConfig``
(developer.work.weixin.qq.com, paths 96909 and 94313).
"""

from datetime import timedelta
from hashlib import sha1
from urllib.parse import urlsplit

from bot.channels.wecom.client import WeComClient
from bot.errors import TemporaryDeliveryError

_LIFE = 7200.0
_EARLY = 300.0
"""Seconds before its end at which a ticket is not used any more."""
_LONGEST = 2048
_RETRY = timedelta(seconds=1)


async def ticket(client: WeComClient) -> tuple[str, float]:
    """``ticket/get?type=agent_config``: the app's ticket, and for how many seconds it may be used.

    An app gets at most 100 an hour, so whoever asks keeps it (``bot.motion.tickets``).

    Raises:
        ApiError: refused.
        TemporaryDeliveryError: no usable answer came.
    """
    answer = await client.call("ticket/get", None, {"type": "agent_config"})
    value, told = answer.get("ticket"), answer.get("expires_in")
    if not isinstance(value, str) or not value:
        raise TemporaryDeliveryError("ticket/get: no ticket in the answer", _RETRY)
    seconds = float(told) if isinstance(told, int | float) and told > 0 else _LIFE
    return value, max(seconds - _EARLY, seconds / 2)


def signature(secret: str, nonce: str, timestamp: int, url: str) -> str:
    """SHA-1 over ticket, nonce, time in seconds and the page's address without what follows ``#``, as hex."""
    told = f"jsapi_ticket={secret}&noncestr={nonce}&timestamp={timestamp}&url={url.partition('#')[0]}"
    # the algorithm is WeCom's, not our choice
    return sha1(told.encode(), usedforsecurity=False).hexdigest()


def ours(url: str, hosts: frozenset[str]) -> bool:
    """Whether an address is a page of ours: signing one for somebody else would lend them the app's rights."""
    if not url.isprintable() or " " in url or len(url) > _LONGEST:
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and parts.netloc.lower() in hosts and "\\" not in url
    except ValueError:
        return False
