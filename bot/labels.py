"""Tags of WeCom and tags of ours: which of theirs say something to us, and which of ours may stand on theirs. Pure.

A group of tags (标签组) is a kind of ours where it bears the kind's name, the name people call it by, or the one that
``tags.yml`` gives it (``wecom:``); a tag in it is a value where it is written like one. Back goes only what the shopper
said themselves and plainly, and nothing that bears on health: that stays in the house.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.channels.wecom.tags import Contact, Follower
from bot.handlers.mirror import hints
from bot.handlers.privacy import MEMORY
from bot.model import Evidence
from recommender import TagKind, current, known

NAMES: Mapping[str, str] = {
    "skin_type": "肤质",
    "hair_type": "发质",
    "skin_tone": "肤色",
    "concern": "护肤需求",
    "audience": "适用人群",
    "age_stage": "宝宝年龄",
    "texture": "质地偏好",
    "scent_preference": "香味偏好",
    "occasion": "购买场景",
    "price_band": "消费价位",
    "channel_habit": "购买渠道",
    "brand": "喜欢的品牌",
    "brand_dislike": "不喜欢的品牌",
}
"""What people call the kinds of the house's own ``tags.yml``."""
PLAINLY = 0.6
"""From this strength on, of the shopper's own words alone, a tag goes back."""
_SURE: Mapping[int, float] = {1: 0.9, 2: 0.7, 3: 0.9}
"""By the tag's type: the enterprise's own list and rules are kept with more care than a member's private notes."""
_HEALTH = re.compile(r"过敏|不耐受|敏感|孕|哺乳|产后|疾|病|症|素食")
_SAFETY = frozenset({"audience"})

Mark = Literal["doing", "ours", "off"]
Marks = Mapping[str, Mapping[str, Mark]]
"""userid → tag id → ``doing`` about to be put on, ``ours`` put on by us, ``off`` ours that a person took off again."""
CorpTags = Mapping[tuple[str, str], str]
"""(group, name) → id."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be done on one relation."""

    userid: str
    add: frozenset[str] = frozenset()
    remove: frozenset[str] = frozenset()


def groups(kind: TagKind) -> tuple[str, ...]:
    """The names under which a kind's group of tags is looked for, the first one first."""
    return (kind.wecom,) if kind.wecom else tuple(name for name in (NAMES.get(kind.name), kind.name) if name)


def heard(contact: Contact, marks: Marks, kinds: Mapping[str, TagKind], now: datetime) -> tuple[Evidence, ...]:
    """Their tags as evidence, one for each tag; what we put there ourselves says nothing new."""
    named = {group: kind for kind in kinds.values() for group in groups(kind)}
    found: dict[str, Evidence] = {}
    for follower in contact.followers:
        own = marks.get(follower.userid, {})
        for tag in follower.tags:
            kind = named.get(tag.group)
            if kind is None or not tag.name or (kind.values and tag.name not in kind.values) or own.get(tag.id) == "ours":
                continue
            source = f"wecom:{tag.id or f'{follower.userid}/{tag.group}/{tag.name}'}"
            found.setdefault(source, Evidence(kind.name, tag.name, _SURE.get(tag.type, 0.7), now, source))
    return tuple(found.values())


def believed(evidence: Iterable[Evidence], kinds: Mapping[str, TagKind], now: datetime) -> frozenset[tuple[str, str]]:
    """(kind, value) that may go back: still believed, plainly said by the shopper, and nobody's health."""
    told = hints(evidence)
    said = known([one for one in told if one.source.startswith("inbox:")], kinds, now)
    still = current(told, kinds, now)
    return frozenset(
        (one.tag, one.value)
        for one in said
        if one.strength >= PLAINLY and one.value in still.get(one.tag, ()) and _public(kinds.get(one.tag), one.value)
    )


def forgets(evidence: Iterable[Evidence]) -> bool:
    """Whether the shopper wants nothing remembered: their last word on it."""
    told = [one for one in evidence if one.tag == MEMORY]
    return bool(told) and not told[-1].retracted


def _public(kind: TagKind | None, value: str) -> bool:
    return kind is not None and not kind.hard and kind.name not in _SAFETY and _HEALTH.search(value) is None


def confirmed(marks: Marks, contact: Contact) -> Marks:
    """The marks after a look at what stands there; of relations that are over nothing is kept."""
    return {one.userid: kept for one in contact.followers if (kept := _kept(marks.get(one.userid, {}), one.ids))}


def _kept(marks: Mapping[str, Mark], there: Collection[str]) -> Mapping[str, Mark]:
    kept: dict[str, Mark] = {}
    for tag, mark in marks.items():
        if tag in there and mark != "off":  # whoever put a tag back that they had taken off made it theirs
            kept[tag] = "ours"
        elif tag not in there and mark != "doing":
            kept[tag] = "off"
    return kept


def changes(
    contact: Contact, marks: Marks, beliefs: Collection[tuple[str, str]], kinds: Mapping[str, TagKind], corp: CorpTags
) -> tuple[Change, ...]:
    """What to put on and off so that our beliefs stand there; only tags that the enterprise has, each once.

    What a person took off again is not put on a second time. Of an exclusive kind the other values go when ours comes;
    ours go when they are believed no longer.
    """
    placed = {(name, value): spot for name, value in beliefs if (spot := _place(kinds[name], value, corp))}
    goal = {corp[spot]: (kinds[name], spot) for (name, _), spot in placed.items()}
    found = (_change(one, marks.get(one.userid, {}), goal, corp) for one in contact.followers)
    return tuple(one for one in found if one.add or one.remove)


def _place(kind: TagKind, value: str, corp: CorpTags) -> tuple[str, str] | None:
    return next(((group, value) for group in groups(kind) if (group, value) in corp), None)


def _change(
    follower: Follower, marks: Mapping[str, Mark], goal: Mapping[str, tuple[TagKind, tuple[str, str]]], corp: CorpTags
) -> Change:
    there = follower.ids
    stands = {tag for tag in goal if marks.get(tag) != "off" or tag in there}
    rivals = {
        corp[other]
        for tag in stands
        for kind, (group, value) in (goal[tag],)
        if kind.exclusive
        for other in corp
        if other[0] == group and other[1] != value and (not kind.values or other[1] in kind.values)
    }
    ours = {tag for tag, mark in marks.items() if mark == "ours"}
    return Change(follower.userid, frozenset(stands - there), frozenset((ours - goal.keys() | rivals - goal.keys()) & there))


def after(marks: Marks, change: Change, mark: Mark) -> Marks:
    """The marks with what a change adds and without what it takes away."""
    own = {tag: one for tag, one in marks.get(change.userid, {}).items() if tag not in change.remove}
    own |= dict.fromkeys(change.add, mark)
    return {**marks, change.userid: own} if own else {user: one for user, one in marks.items() if user != change.userid}


def wished(marks: Marks, beliefs: Collection[tuple[str, str]], kinds: Mapping[str, TagKind], corp: CorpTags) -> Marks:
    """The marks without remembered refusals of what we do not even believe any more."""
    goal = {corp[spot] for name, value in beliefs if (spot := _place(kinds[name], value, corp))}
    kept = {user: {tag: one for tag, one in own.items() if one != "off" or tag in goal} for user, own in marks.items()}
    return {user: own for user, own in kept.items() if own}


def shown(contact: Contact, done: Iterable[Change]) -> Contact:
    """The contact as it stands after tags were taken off; what was put on is ours and says nothing."""
    gone = {one.userid: one.remove for one in done}
    followers = tuple(
        Follower(one.userid, tuple(tag for tag in one.tags if not tag.id or tag.id not in gone.get(one.userid, ())))
        for one in contact.followers
    )
    return Contact(contact.name, contact.unionid, followers)
