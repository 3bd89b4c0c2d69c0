"""What the enterprise knows of its external contacts (客户联系): its tags, and who of the staff has whom with which tags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.sandbox.errors import ActRefusedError, PlatformError
from bot.sandbox.model import Shopper

if TYPE_CHECKING:
    from bot.sandbox.world import World


@dataclass(frozen=True, slots=True)
class CorpTag:
    """One tag of the enterprise."""

    id: str
    group_id: str
    group: str
    name: str
    at: int


@dataclass(slots=True)
class Relation:
    """A member of staff and a shopper; `unionid` belongs to the shopper and is shown with it."""

    at: int
    tags: list[str] = field(default_factory=list)


class ContactBook:
    """Tags and relations; nobody is anybody's contact at first, and the app may not ask."""

    def __init__(self) -> None:
        """An enterprise that has not set up contacts."""
        self.granted = False
        self.corp: dict[str, CorpTag] = {}
        self.relations: dict[tuple[str, str], Relation] = {}
        self.unionids: dict[str, str] = {}

    def declare(self, world: World, group: str, names: Iterable[str]) -> Mapping[str, str]:
        """Tags of the enterprise, name → id; what is there already stays."""
        if not group or len(group) > 15:
            raise ActRefusedError("标签组名要 1 到 15 个字")
        known = {tag.name: tag.id for tag in self.corp.values() if tag.group == group}
        group_id = next((tag.group_id for tag in self.corp.values() if tag.group == group), "")
        for name in names:
            if not name or len(name) > 30:
                raise ActRefusedError("标签名要 1 到 30 个字")
            if name not in known:
                group_id = group_id or "et" + world.ids.make("tag_group", 30)
                tag = CorpTag("et" + world.ids.make("tag", 30), group_id, group, name, int(world.now()))
                self.corp[tag.id] = tag
                known[name] = tag.id
        return known

    def befriend(self, world: World, userid: str, shopper: Shopper) -> None:
        """From now on this member has the shopper as a contact, of which a callback tells."""
        self.unionids.setdefault(shopper.external_userid, "ox" + world.ids.make("unionid", 26))
        who = (userid, shopper.external_userid)
        if who not in self.relations:
            self.relations[who] = Relation(int(world.now()))
            code = world.ids.make("contact_welcome", 40)
            world.callback("change_external_contact", {"ChangeType": "add_external_contact", **_ends(who), "WelcomeCode": code})

    def part(self, world: World, userid: str, shopper: Shopper, *, by_shopper: bool = False) -> None:
        """One of them removes the other."""
        who = (userid, shopper.external_userid)
        if self.relations.pop(who, None) is None:
            raise ActRefusedError(f"{userid} 没有这位客户")
        kind = "del_follow_user" if by_shopper else "del_external_contact"
        world.callback("change_external_contact", {"ChangeType": kind, **_ends(who)})

    def by_hand(self, world: World, who: tuple[str, str], what: tuple[str, str], *, on: bool) -> None:
        """A member puts a tag on their contact in the client, or takes it off."""
        if who not in self.relations:
            raise ActRefusedError(f"{who[0]} 没有这位客户")
        found = next((tag.id for tag in self.corp.values() if (tag.group, tag.name) == what), None)
        if found is None:
            raise ActRefusedError(f"没有标签 {what[0]}/{what[1]}")
        self.mark(who, [found] if on else [], [] if on else [found])
        detail = {"act": "tag", "by": who[0], "who": who[1], "tag": "/".join(what), "on": on}
        world.ledger.write("servicer", world.now(), detail, "tag")

    def mark(self, who: tuple[str, str], add: Iterable[str], remove: Iterable[str]) -> None:
        """Put tags on a relation and take tags off; twice is as good as once. Raises PlatformError."""
        relation = self.relations.get(who)
        if relation is None:
            raise PlatformError(84061)
        add, remove = list(add), set(remove)
        if unknown := [one for one in (*add, *remove) if one not in self.corp]:
            raise PlatformError(40068, unknown[0])
        relation.tags = [one for one in dict.fromkeys((*relation.tags, *add)) if one not in remove]

    def followers(self, external: str) -> Mapping[str, Relation]:
        """Member → relation of one shopper."""
        return {userid: relation for (userid, whom), relation in self.relations.items() if whom == external}

    def tags_of(self, external: str) -> Mapping[str, list[str]]:
        """Member → `group/name` of the tags on the relation."""
        return {
            userid: [f"{self.corp[one].group}/{self.corp[one].name}" for one in relation.tags]
            for userid, relation in self.followers(external).items()
        }

    def to_json(self) -> dict[str, object]:
        """For the page and the control API."""
        groups: dict[str, list[str]] = {}
        for tag in self.corp.values():
            groups.setdefault(tag.group, []).append(tag.name)
        people = sorted({whom for _, whom in self.relations})
        return {"granted": self.granted, "corp_tags": groups, "tags": {whom: self.tags_of(whom) for whom in people}}


def _ends(who: tuple[str, str]) -> Mapping[str, str]:
    return {"UserID": who[0], "ExternalUserID": who[1]}
