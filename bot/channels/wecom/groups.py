"""Customer groups (客户群): which there are, what one is called, whose it is and who is in it.

``externalcontact/groupchat/list`` and ``groupchat/get`` (developer.work.weixin.qq.com, paths 92120 and 92122). Nothing that is
said in such a group can be read or written by a program (PROTOCOLS §3.7).
"""

import unicodedata
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.channels.fields import ident, items, mapping, words
from bot.channels.wecom.client import ApiError, WeComClient
from bot.errors import TemporaryDeliveryError

DISMISSED = 49008
"""``groupchat/get``: the group is no more."""
UNLICENSED = frozenset({301002, 701008})
"""``groupchat/get``: the owner has no licence for the interface, which concerns this owner's groups only."""
LONGEST_NAME = 64
"""Characters of a name that are kept."""
_TOO_MANY = 81017
"""``groupchat/list``: more than a thousand groups, so owners must be named."""
_PAGE, _OWNERS, _PAGES = 1000, 100, 100
"""Groups of one page; owners named in one call; pages of one listing."""
_SOON = timedelta(seconds=2)
_STAFF, _SHOPPER = 1, 2
_OUTSIDE = ("wm", "wo")
"""How an external_userid begins; members of staff have userids of the enterprise's own choice."""
_JOINER = "\u200d"
"""Holds the parts of one emoji together (👩‍🌾)."""


@dataclass(frozen=True, slots=True)
class Shopper:
    """Somebody in a group who is not of the staff."""

    id: str
    """external_userid."""
    name: str = ""
    """What the group calls them; empty: not told."""
    unionid: str = ""
    joined: int = 0
    """Seconds since the epoch; 0: not told."""
    state: str = ""
    """Parameter of the code (活码) by which they came; empty: by none."""


@dataclass(frozen=True, slots=True)
class GroupChat:
    """A group as WeCom tells it."""

    id: str
    name: str = ""
    owner: str = ""
    """Userid of its owner, in small letters; empty: not told."""
    version: str = ""
    """Which state of the members this is (``member_version``); empty: not told."""
    shoppers: tuple[Shopper, ...] = ()


def outside(userid: str) -> bool:
    """Whether an id is that of somebody who is not of the staff."""
    return userid.startswith(_OUTSIDE)


async def group(client: WeComClient, chat: str) -> GroupChat:
    """``groupchat/get`` with names; fields that are missing or of another kind are empty.

    Raises:
        ApiError: refused; ``DISMISSED`` where there is no such group any more.
        TemporaryDeliveryError: no usable answer came.
    """
    answer = await client.call("externalcontact/groupchat/get", {"chat_id": chat, "need_name": 1})
    told = mapping(answer.get("group_chat"))
    if not items(told.get("member_list")):  # its owner is always in it
        raise TemporaryDeliveryError("groupchat/get: no group in the answer", _SOON)
    found = [one for told_of in items(told.get("member_list")) if (one := _shopper(told_of)) is not None]
    shoppers = tuple({one.id: one for one in found}.values())
    return GroupChat(chat, _name(told.get("name")), ident(told.get("owner")).lower(), ident(told.get("member_version")), shoppers)


async def listed(client: WeComClient, owners: Sequence[str]) -> tuple[str, ...]:
    """Ids of all customer groups that the app may see; where there are too many at once, those of ``owners`` (userids).

    Raises:
        ApiError: refused.
        TemporaryDeliveryError: no usable answer came.
    """
    try:
        return tuple(dict.fromkeys([one async for one in _pages(client, {})]))
    except ApiError as error:
        if error.code != _TOO_MANY:
            raise
    found: dict[str, None] = {}
    for start in range(0, len(owners), _OWNERS):
        some = {"owner_filter": {"userid_list": list(owners[start : start + _OWNERS])}}
        found |= dict.fromkeys([one async for one in _pages(client, some)])
    return tuple(found)


async def _pages(client: WeComClient, which: Mapping[str, object]) -> AsyncIterator[str]:
    cursor = ""
    for _ in range(_PAGES):
        more = {"cursor": cursor} if cursor else {}
        answer = await client.call("externalcontact/groupchat/list", {"status_filter": 0, "limit": _PAGE, **which, **more})
        for one in items(answer.get("group_chat_list")):
            if chat := ident(one.get("chat_id")):
                yield chat
        cursor = words(answer.get("next_cursor"))
        if not cursor:
            return


def _shopper(told: Mapping[str, object]) -> Shopper | None:
    """A member who is no colleague; None for one who is, or who has no id."""
    userid = ident(told.get("userid"))
    kind = told.get("type")
    if not userid or kind == _STAFF or (kind != _SHOPPER and not outside(userid)):
        return None
    joined = told.get("join_time")
    return Shopper(
        id=userid,
        name=_name(told.get("group_nickname")) or _name(told.get("name")),
        unionid=ident(told.get("unionid")),
        joined=joined if isinstance(joined, int) and 0 < joined < 1 << 40 else 0,
        state=ident(told.get("state"))[:LONGEST_NAME],
    )


def _name(told: object) -> str:
    """A name on one line with its emoji whole, without signs that nobody sees."""
    plain = "".join(one if one == _JOINER or unicodedata.category(one)[0] != "C" else " " for one in words(told))
    return " ".join(plain.split())[:LONGEST_NAME].strip(_JOINER)
