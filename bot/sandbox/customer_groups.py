"""Customer groups (客户群) of the simulated enterprise: who is in which, by which code, and what the API tells of it.

A group's change is told by a callback at once; ``groupchat/get`` knows it ``settles`` seconds later, as on the platform.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from bot.sandbox.body import Body, inner, many, text, whole
from bot.sandbox.errors import ActRefusedError, PlatformError

if TYPE_CHECKING:
    from bot.sandbox.model import Shopper
    from bot.sandbox.world import World

LARGEST: Final = 500
"""Members of one group."""
LISTED: Final = 1000
"""Groups that can be listed without naming owners, and groups of one page."""
_OWNERS: Final = 100
_INVITED, _BY_CODE = 1, 3
"""``join_scene`` of ``groupchat/get``; callbacks count differently (0 and 3)."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a group."""

    id: str
    type: int
    """1 of the staff, 2 a shopper."""
    name: str
    joined: int
    state: str = ""
    invitor: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A group as the API shows it from some moment on."""

    name: str
    owner: str
    version: str
    members: Mapping[str, Member] = field(default_factory=dict)
    dismissed: bool = False


@dataclass(slots=True)
class CustomerGroup:
    """One group, with what it was lately."""

    chat: str
    created: int
    history: list[tuple[float, Shown]]

    @property
    def latest(self) -> Shown:
        """As it is."""
        return self.history[-1][1]

    def at(self, moment: float) -> Shown:
        """As it was at a moment; before its beginning as it began."""
        return next((shown for since, shown in reversed(self.history) if since <= moment), self.history[0][1])


class CustomerGroups:
    """All groups of the enterprise; every change goes out as a callback."""

    def __init__(self) -> None:
        """An enterprise without groups."""
        self.groups: dict[str, CustomerGroup] = {}
        self.settles = 0.0
        """Seconds after which the API knows a change."""

    def make(self, world: World, chat: str, owner: str = "", name: str = "") -> CustomerGroup:
        """A member of staff makes a group, and is its owner."""
        if not chat.startswith("wr"):
            raise ActRefusedError("客户群的 ID 以 wr 开头")
        if chat in self.groups:
            raise ActRefusedError("已经有这个群了")
        now = world.now()
        owner = owner or next(iter(next(iter(world.accounts.values())).servicers), "xiaolin")
        members = {owner: Member(owner, 1, owner, int(now))}
        shown = Shown(name, owner, _version(world), members)
        group = self.groups[chat] = CustomerGroup(chat, int(now), [(now, shown)])
        world.callback("change_external_chat", {"ChatId": chat, "ChangeType": "create"})
        return group

    def join(self, world: World, chat: str, shoppers: Sequence[Shopper], state: str = "") -> None:
        """Shoppers come into a group together, by a code (``state``) or invited; the first ones make it."""
        group = self.groups.get(chat) or self.make(world, chat)
        shown = self._standing(group)
        if len(state) > 30:
            raise ActRefusedError("活码的 state 最多 30 个字")
        if any(one.external_userid in shown.members for one in shoppers):
            raise ActRefusedError("顾客已经在群里了")
        if len(shown.members) + len(shoppers) > LARGEST:
            raise ActRefusedError(f"群里最多 {LARGEST} 人")
        at = int(world.now())
        invitor = "" if state else shown.owner
        new = [Member(one.external_userid, 2, one.nickname, at, state, invitor) for one in shoppers]
        members = {**shown.members, **{one.id: one for one in new}}
        after = replace(shown, members=members, version=_version(world))
        self._change(world, group, after, "add_member", [one.id for one in new], JoinScene="3" if state else "0")

    def leave(self, world: World, chat: str, people: Iterable[str], *, removed: bool = False) -> None:
        """Somebody leaves a group, or is removed by its owner."""
        group = self.find(chat)
        shown, gone = self._standing(group), list(people)
        if any(one not in shown.members or one == shown.owner for one in gone):
            raise ActRefusedError("群里没有这个人，或者是群主")
        members = {name: one for name, one in shown.members.items() if name not in gone}
        after = replace(shown, members=members, version=_version(world))
        self._change(world, group, after, "del_member", gone, QuitScene="1" if removed else "0")

    def rename(self, world: World, chat: str, name: str) -> None:
        """The group gets another name."""
        group = self.find(chat)
        self._change(world, group, replace(self._standing(group), name=name), "change_name")

    def give(self, world: World, chat: str, owner: str) -> None:
        """The group gets another owner, who comes in where they were not there."""
        group = self.find(chat)
        shown = self._standing(group)
        members = {**shown.members, owner: shown.members.get(owner) or Member(owner, 1, owner, int(world.now()))}
        self._change(world, group, replace(shown, owner=owner, members=members), "change_owner")

    def dismiss(self, world: World, chat: str) -> None:
        """The group is no more."""
        group = self.find(chat)
        shown = replace(self._standing(group), dismissed=True)
        group.history.append((world.now(), shown))
        world.callback("change_external_chat", {"ChatId": chat, "ChangeType": "dismiss"})

    def find(self, chat: str) -> CustomerGroup:
        """A group named by a person."""
        if chat not in self.groups:
            raise ActRefusedError(f"没有客户群 {chat}")
        return self.groups[chat]

    def to_json(self) -> Mapping[str, object]:
        """For the page and the control API."""
        return {
            chat: {"name": one.latest.name, "owner": one.latest.owner, "members": len(one.latest.members)}
            for chat, one in self.groups.items()
            if not one.latest.dismissed
        }

    def _standing(self, group: CustomerGroup) -> Shown:
        if group.latest.dismissed:
            raise ActRefusedError("这个群已经解散")
        return group.latest

    def _change(
        self, world: World, group: CustomerGroup, after: Shown, detail: str, people: Sequence[str] = (), **scene: str
    ) -> None:
        before, now = group.latest, world.now()
        kept = [one for one in group.history if one[0] > now - self.settles]
        last = [one for one in group.history if one[0] <= now - self.settles][-1:]
        group.history = [*last, *kept, (now, after)]
        fields: dict[str, object] = {"ChatId": group.chat, "ChangeType": "update", "UpdateDetail": detail}
        fields |= {"JoinScene": "0", "QuitScene": "0", **scene, "MemChangeCnt": str(len(people))}
        if people:
            versions = {"LastMemVer": before.version, "CurMemVer": after.version}
            fields |= {"MemChangeList": {"Item": list(people)}, **versions}
        world.callback("change_external_chat", fields)


def get(world: World, body: Body) -> Mapping[str, object]:
    """``externalcontact/groupchat/get``: 90501 for what is no group, 49008 for one that was dismissed."""
    book = _book(world)
    group = book.groups.get(text(body, "chat_id"))
    if group is None:
        raise PlatformError(90501, "chat_id")
    shown = group.at(world.now() - book.settles)
    if group.latest.dismissed:
        raise PlatformError(49008)
    named = whole(body, "need_name", 0) == 1
    listed = [_member(world, one, named=named) for one in shown.members.values()]
    told = {"chat_id": group.chat, "name": shown.name, "owner": shown.owner, "create_time": group.created, "notice": ""}
    return {"group_chat": {**told, "member_list": listed, "admin_list": [], "member_version": shown.version}}


def listing(world: World, body: Body) -> Mapping[str, object]:
    """``externalcontact/groupchat/list``: by pages; 81017 for more than a thousand without naming owners."""
    book = _book(world)
    limit = whole(body, "limit")
    if not 1 <= limit <= LISTED:
        raise PlatformError(40058, "limit")
    owners = many(inner(body, "owner_filter"), "userid_list") if "owner_filter" in body else []
    if len(owners) > _OWNERS:
        raise PlatformError(40058, "userid_list")
    standing = [one for one in book.groups.values() if not one.latest.dismissed]
    if not owners and len(standing) > LISTED:
        raise PlatformError(81017)
    found = sorted(one.chat for one in standing if not owners or one.latest.owner in owners)
    cursor = text(body, "cursor", needed=False)
    rest = [one for one in found if one > cursor]
    page = rest[:limit]
    following = {"next_cursor": page[-1]} if len(rest) > limit else {}
    return {"group_chat_list": [{"chat_id": one, "status": 0} for one in page], **following}


def _book(world: World) -> CustomerGroups:
    if not world.contacts.granted:
        raise PlatformError(48002)
    return world.customer_groups


def _member(world: World, one: Member, *, named: bool) -> Mapping[str, object]:
    told: dict[str, object] = {"userid": one.id, "type": one.type, "join_time": one.joined, "group_nickname": ""}
    told["join_scene"] = _BY_CODE if one.state else _INVITED
    if one.type == 2 and (unionid := world.contacts.unionids.get(one.id)):
        told["unionid"] = unionid
    if one.state:
        told["state"] = one.state
    if one.invitor:
        told["invitor"] = {"userid": one.invitor}
    if named:
        told["name"] = one.name
    return told


def _version(world: World) -> str:
    return world.ids.digest(world.ids.make("member_version"), 16).hex()
