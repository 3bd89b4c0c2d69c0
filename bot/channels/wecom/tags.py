"""Tags of external contacts (客户联系): who has which, which ones the enterprise has, and putting them on and off.

``externalcontact/get``, ``get_corp_tag_list`` and ``mark_tag`` (developer.work.weixin.qq.com, paths 92114, 92117, 92118). A tag
hangs on the relation between one member of staff and the customer, so one customer may carry different ones.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.channels.fields import items, mapping, words
from bot.channels.wecom.client import WeComClient

_PAGES = 40
"""Pages of followers that are read of one customer (500 followers each); whoever has more is no customer."""


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag on a relation."""

    id: str
    """Empty for a member's own tags, which have none."""
    group: str
    name: str
    type: int
    """1 the enterprise's, 2 the member's own, 3 of a rule group."""


@dataclass(frozen=True, slots=True)
class Follower:
    """A member of staff who has the customer as a contact."""

    userid: str
    tags: tuple[Tag, ...] = ()

    @property
    def ids(self) -> frozenset[str]:
        """Ids of the tags on this relation."""
        return frozenset(tag.id for tag in self.tags if tag.id)


@dataclass(frozen=True, slots=True)
class Contact:
    """What WeCom knows of a customer."""

    name: str = ""
    unionid: str = ""
    followers: tuple[Follower, ...] = ()


async def contact(client: WeComClient, external: str) -> Contact:
    """``externalcontact/get``, all pages; fields that are missing or of another kind are empty.

    Raises:
        ApiError: refused; 84061 means that nobody of the staff has this customer as a contact.
        TemporaryDeliveryError: no usable answer came.
    """
    found, cursor, followers = Contact(), "", list[Follower]()
    for _ in range(_PAGES):
        query = {"external_userid": external, **({"cursor": cursor} if cursor else {})}
        answer = await client.call("externalcontact/get", None, query)
        person = mapping(answer.get("external_contact"))
        found = Contact(found.name or words(person.get("name")), found.unionid or words(person.get("unionid")))
        followers += (_follower(one) for one in items(answer.get("follow_user")) if words(one.get("userid")))
        cursor = words(answer.get("next_cursor"))
        if not cursor:
            break
    return Contact(found.name, found.unionid, tuple(followers))


async def corp_tags(client: WeComClient) -> Mapping[tuple[str, str], str]:
    """``externalcontact/get_corp_tag_list``: (group's name, tag's name) → id; the first of several of the same name.

    Raises:
        ApiError, TemporaryDeliveryError: as ``contact``.
    """
    answer = await client.call("externalcontact/get_corp_tag_list", {})
    found: dict[tuple[str, str], str] = {}
    for group in items(answer.get("tag_group")):
        for tag in items(group.get("tag")):
            if not tag.get("deleted") and not group.get("deleted") and words(tag.get("id")):
                found.setdefault((words(group.get("group_name")), words(tag.get("name"))), words(tag.get("id")))
    return found


async def mark(client: WeComClient, relation: tuple[str, str], add: Collection[str] = (), remove: Collection[str] = ()) -> None:
    """``externalcontact/mark_tag`` on one relation, (userid, external_userid); doing it twice changes nothing.

    Raises:
        ApiError: refused; 84061 without such a relation, 40068 for a tag id that is unknown.
        TemporaryDeliveryError: no usable answer came; it may have taken effect.
    """
    body: dict[str, object] = {"userid": relation[0], "external_userid": relation[1]}
    body |= {"add_tag": sorted(add)} if add else {}
    body |= {"remove_tag": sorted(remove)} if remove else {}
    await client.call("externalcontact/mark_tag", body)


def _follower(told: Mapping[str, object]) -> Follower:
    tags = tuple(
        Tag(words(one.get("tag_id")), words(one.get("group_name")), words(one.get("tag_name")), _whole(one.get("type")))
        for one in items(told.get("tags"))
    )
    return Follower(words(told.get("userid")), tags)


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 1
