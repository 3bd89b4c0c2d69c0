"""Tags of external contacts (客户联系): who has which, which ones the enterprise has, and putting them on and off.

``externalcontact/get``, ``get_corp_tag_list`` and ``mark_tag`` (developer.work.weixin.qq.com, paths 92114, 92117, 92118). A tag
hangs on the relation between one member of staff and the customer, so one customer may carry different ones.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

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
        person = _mapping(answer.get("external_contact"))
        found = Contact(found.name or _string(person.get("name")), found.unionid or _string(person.get("unionid")))
        followers += (_follower(one) for one in _objects(answer.get("follow_user")) if _string(one.get("userid")))
        cursor = _string(answer.get("next_cursor"))
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
    for group in _objects(answer.get("tag_group")):
        for tag in _objects(group.get("tag")):
            if not tag.get("deleted") and not group.get("deleted") and _string(tag.get("id")):
                found.setdefault((_string(group.get("group_name")), _string(tag.get("name"))), _string(tag.get("id")))
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
        Tag(_string(one.get("tag_id")), _string(one.get("group_name")), _string(one.get("tag_name")), _whole(one.get("type")))
        for one in _objects(told.get("tags"))
    )
    return Follower(_string(told.get("userid")), tags)


def _objects(value: object) -> Iterator[Mapping[str, object]]:
    yield from (one for one in value if isinstance(one, dict)) if isinstance(value, list) else ()


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 1
