"""Channels in which no program may send: a guide's own contacts (客户联系) and customer groups (客户群).

We hear only that somebody came or left (PROTOCOLS §3.1), never what is written there. What we would say is offered to the
guide in the sidebar, and their tap is the send (§3.7, §3.8).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bot.errors import ConfirmDeliveryError
from bot.ids import conversation_id
from bot.model import Arrival, ConversationId, Outgoing
from bot.ports import Ability

CONTACT, GROUP = "wecom_contact", "wecom_group"
CAME, LEFT, JOINED = "contact_added", "contact_removed", "group_joined"
_ADDED = frozenset({"add_external_contact", "add_half_external_contact"})
_REMOVED = {"del_external_contact": "导购删除了这位客户", "del_follow_user": "客户删除了导购"}
_OUTSIDE = ("wm", "wo")
"""How an external_userid begins; members of staff have userids of the enterprise's own choice."""
_LONGEST = 128


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


class GroupChannel(_Through):
    """A customer group: ``external`` is its chat_id."""

    name = GROUP
    ability = replace(_Through.ability, groups=True)


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
    return Place(CONTACT, account, _name(userid).lower(), _name(external))


def group_of(account: str, chat: str) -> Place:
    """The talk of a customer group."""
    return Place(GROUP, account, "", _name(chat))


def change(told: Arrival) -> tuple[Place, Arrival] | None:
    """What a kept callback of WeCom means for a talk: somebody came (then it waits for a turn) or left; None for all else."""
    if told.kind == "change_external_contact":
        return _contact(told)
    return _group(told) if told.kind == "change_external_chat" else None


def _contact(told: Arrival) -> tuple[Place, Arrival] | None:
    kind, userid, external = (_name(told.payload.get(key)) for key in ("ChangeType", "UserID", "ExternalUserID"))
    if not userid or not external or (kind not in _ADDED and kind not in _REMOVED):
        return None
    place = contact_of(told.account, userid, external)
    if kind in _ADDED:
        return place, _moved(told, place, kind=CAME, settled=None)
    return place, _moved(told, place, kind=LEFT, settled=("silent", _REMOVED[kind]), hands_back=True)


def _group(told: Arrival) -> tuple[Place, Arrival] | None:
    kind, detail, chat = (_name(told.payload.get(key)) for key in ("ChangeType", "UpdateDetail", "ChatId"))
    if not chat or kind not in {"create", "update"}:
        return None
    place = group_of(told.account, chat)
    if kind == "update" and detail == "add_member" and _strangers(told.payload.get("MemChangeList")):
        return place, _moved(told, place, kind=JOINED, settled=None)
    return place, _moved(told, place, kind="group_changed", settled=("silent", "客户群有变化，已存下"))


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


def _strangers(told: object) -> bool:
    """Whether customers are among those who came; where the event does not name them (before 2024), somebody may be."""
    items = told.get("Item") if isinstance(told, Mapping) else told
    named = items if isinstance(items, list) else str(items).split(",") if items else []
    return not named or any(isinstance(one, str) and one.startswith(_OUTSIDE) for one in named)


def _name(value: object) -> str:
    """An id as the platform writes it; nothing that is longer than any or cannot be printed."""
    return value if isinstance(value, str) and len(value) <= _LONGEST and value.isprintable() else ""
