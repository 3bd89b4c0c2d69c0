"""The external-contact calls (客户联系) that deal with tags: get, get_corp_tag_list, mark_tag."""

from __future__ import annotations

from collections.abc import Mapping

from bot.sandbox.acts import profile
from bot.sandbox.body import Body, many, text
from bot.sandbox.contact_book import ContactBook, CorpTag, Relation
from bot.sandbox.errors import PlatformError
from bot.sandbox.world import World


def get(world: World, body: Body) -> Mapping[str, object]:
    """`externalcontact/get`: 40096 for a stranger, 84061 for somebody whom none of the staff has as a contact."""
    book = _book(world)
    shopper = world.shoppers.get(text(body, "external_userid"))
    if shopper is None:
        raise PlatformError(40096, "external_userid")
    followers = book.followers(shopper.external_userid)
    if not followers:
        raise PlatformError(84061)
    seen = profile(shopper)
    person = {
        "external_userid": shopper.external_userid,
        "name": seen["nickname"],
        "avatar": seen["avatar"],
        "type": 1,
        "gender": seen["gender"],
        "unionid": book.unionids[shopper.external_userid],
    }
    return {"external_contact": person, "follow_user": [_follower(book, *one) for one in followers.items()]}


def corp_tag_list(world: World, body: Body) -> Mapping[str, object]:
    """`externalcontact/get_corp_tag_list`: all of them, or those of `group_id`, or those of `tag_id`."""
    book = _book(world)
    groups, ids = many(body, "group_id"), many(body, "tag_id")
    found: dict[str, list[CorpTag]] = {}
    for tag in book.corp.values():
        if (tag.group_id in groups) if groups else (not ids or tag.id in ids):
            found.setdefault(tag.group_id, []).append(tag)
    return {"tag_group": [_group(tags) for tags in found.values()]}


def mark_tag(world: World, body: Body) -> Mapping[str, object]:
    """`externalcontact/mark_tag`: 84061 without the relation, 40068 for an unknown tag; twice is as good as once."""
    book = _book(world)
    add, remove = ([one for one in many(body, key) if isinstance(one, str)] for key in ("add_tag", "remove_tag"))
    if not add and not remove:
        raise PlatformError(40058, "add_tag")
    who = (text(body, "userid"), text(body, "external_userid"))
    book.mark(who, add, remove)
    world.ledger.write("tags", world.now(), {"userid": who[0], "who": who[1], "add": add, "remove": remove})
    return {}


def _book(world: World) -> ContactBook:
    if not world.contacts.granted:
        raise PlatformError(48002)
    return world.contacts


def _follower(book: ContactBook, userid: str, relation: Relation) -> Mapping[str, object]:
    tags = [book.corp[one] for one in relation.tags]
    return {
        "userid": userid,
        "remark": "",
        "description": "",
        "createtime": relation.at,
        "tags": [{"group_name": one.group, "tag_name": one.name, "tag_id": one.id, "type": 1} for one in tags],
    }


def _group(tags: list[CorpTag]) -> Mapping[str, object]:
    first = tags[0]
    listed = [{"id": one.id, "name": one.name, "create_time": one.at, "order": n} for n, one in enumerate(tags)]
    return {"group_id": first.group_id, "group_name": first.group, "create_time": first.at, "order": 0, "tag": listed}
