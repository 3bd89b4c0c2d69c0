"""Channels in which no program may send: a guide's own contacts (客户联系) and customer groups (客户群).

We hear only that somebody came or left (PROTOCOLS §3.1), never what is written there. What we would say is offered to the
guide in the sidebar, and their tap is the send (§3.7, §3.8). Who is in a group and what it is called is read from WeCom after
it told of a change (``bot.rollcall``): newcomers are welcomed by name, so their welcome waits for that.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bot.channels.fields import ident
from bot.errors import ConfirmDeliveryError, PermanentDeliveryError
from bot.ids import conversation_id
from bot.model import Arrival, ConversationId, Outgoing
from bot.ports import Ability

CONTACT, GROUP = "wecom_contact", "wecom_group"
CAME, LEFT = "contact_added", "contact_removed"
JOINED, CHANGED, DISMISSED = "group_joined", "group_changed", "group_dismissed"
_ADDED = frozenset({"add_external_contact", "add_half_external_contact"})
_REMOVED = {"del_external_contact": "导购删除了这位客户", "del_follow_user": "客户删除了导购"}


class _Through:
    """What both have in common: a message with a guide's tap on it is out already, every other one waits for one."""

    name = ""
    ability = Ability(receive=False, send="confirm")

    def __init__(self, patience: timedelta) -> None:
        """``patience``: how long a suggestion is worth a tap."""
        self._patience = patience

    async def send(self, message: Outgoing) -> None:
        """Nothing leaves from here.

        Raises:
            ConfirmDeliveryError: nobody has tapped on it.
        """
        if message.speech.tapped is None:
            raise ConfirmDeliveryError("等导购点一下再发", self._patience)


class ContactChannel(_Through):
    """A customer whom one guide has as a contact: ``external`` is the external_userid, ``peer`` the guide's userid."""

    name = CONTACT


async def _stands(_conversation: str) -> bool:
    return False


class GroupChannel(_Through):
    """A customer group: ``external`` is its chat_id."""

    name = GROUP
    ability = replace(_Through.ability, groups=True)

    def __init__(self, patience: timedelta, gone: Callable[[str], Awaitable[bool]] = _stands) -> None:
        """``gone``: whether the group of a conversation was dismissed."""
        super().__init__(patience)
        self._gone = gone

    async def send(self, message: Outgoing) -> None:
        """Nothing leaves from here, and into a group that is no more nothing is offered.

        Raises:
            ConfirmDeliveryError: nobody has tapped on it.
            PermanentDeliveryError: the group was dismissed.
        """
        if message.speech.tapped is None and await self._gone(message.conversation):
            raise PermanentDeliveryError("这个群已经解散，不再往里发")
        await super().send(message)


CHANNELS: Mapping[str, Ability] = {one.name: one.ability for one in (ContactChannel, GroupChannel)}
"""The channels in which a person is the last step."""


@dataclass(frozen=True, slots=True)
class Place:
    """One talk in such a channel."""

    channel: str
    account: str
    peer: str
    """Userid of the guide in small letters, as WeCom tells none apart by their case; empty for groups, whose events name nobody
    of ours."""
    external: str

    @property
    def conversation(self) -> ConversationId:
        """Its id."""
        return conversation_id(self.channel, self.account, self.peer, self.external)


def contact_of(account: str, userid: str, external: str) -> Place:
    """The talk of a guide with one of their contacts."""
    return Place(CONTACT, account, ident(userid).lower(), ident(external))


def group_of(account: str, chat: str) -> Place:
    """The talk of a customer group."""
    return Place(GROUP, account, "", ident(chat))


def change(told: Arrival) -> tuple[Place, Arrival] | None:
    """What a kept callback of WeCom means for a talk: somebody came (then it waits for a turn) or left; None for all else."""
    if told.kind == "change_external_contact":
        return _contact(told)
    return _group(told) if told.kind == "change_external_chat" else None


def _contact(told: Arrival) -> tuple[Place, Arrival] | None:
    kind, userid, external = (ident(told.payload.get(key)) for key in ("ChangeType", "UserID", "ExternalUserID"))
    if not userid or not external or (kind not in _ADDED and kind not in _REMOVED):
        return None
    place = contact_of(told.account, userid, external)
    if kind in _ADDED:
        return place, _moved(told, place, kind=CAME, settled=None)
    return place, _moved(told, place, kind=LEFT, settled=("silent", _REMOVED[kind]), hands_back=True)


def _group(told: Arrival) -> tuple[Place, Arrival] | None:
    kind, chat = (ident(told.payload.get(key)) for key in ("ChangeType", "ChatId"))
    if not chat or kind not in {"create", "update", "dismiss"}:
        return None
    place = group_of(told.account, chat)
    if kind == "dismiss":
        return place, _moved(told, place, kind=DISMISSED, settled=("silent", "客户群解散了"), hands_back=True)
    return place, _moved(told, place, kind=CHANGED, settled=("silent", "客户群有变化，去取群资料；有新人就等资料取到再欢迎"))


@dataclass(frozen=True, slots=True)
class Change:
    """What a callback tells of a group."""

    detail: str
    """``create dismiss add_member del_member change_owner change_name change_notice``; empty: an update of another kind."""
    people: tuple[str, ...] = ()
    """Userids and external_userids of those who came or left; before 2024 none is named."""
    count: int = 0
    """How many came or left."""
    last: str = ""
    """Version of the members before it; empty: not told."""
    current: str = ""
    """And after it."""


def group_change(payload: Mapping[str, object]) -> Change:
    """What the kept callback of a group says; fields that are missing or of another kind are empty."""
    kind, detail, last, current = (ident(payload.get(key)) for key in ("ChangeType", "UpdateDetail", "LastMemVer", "CurMemVer"))
    told = payload.get("MemChangeList")
    listed = told.get("Item") if isinstance(told, Mapping) else told
    named = listed if isinstance(listed, list) else str(listed).split(",") if listed else []
    people = tuple(dict.fromkeys(one for one in map(ident, named) if one))
    number = payload.get("MemChangeCnt")
    count = int(number) if isinstance(number, str) and number.isascii() and number.isdigit() and len(number) < 5 else 0
    return Change(detail if kind == "update" else kind, people, max(count, len(people)), last, current)


def _moved(told: Arrival, place: Place, **more: Any) -> Arrival:
    return replace(
        told,
        channel=place.channel,
        conversation=place.conversation,
        peer=place.peer,
        external=place.external,
        sender=None,
        role="event",
        **more,
    )
