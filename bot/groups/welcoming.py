"""Newcomers of a group: one welcome for all who came together, and the coupon of the store whose code (活码) they came by. Pure.

Who came by no code, or by one that nobody set up, is welcomed in plain words. A coupon is promised only where it is given: to
whoever never had it, in time, and of exactly the store that the code belongs to; that it is given once for ever is kept by the
table ``coupons``, which whoever calls this writes in the same transaction.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.brand import Coupon, Store, Welcome
from bot.db.gathered import Granted
from bot.handlers.listening import placed
from bot.model import Card, Speech
from bot.services import Services
from intents import normalize
from intents.guard import Known, guard
from scripts import Listener, Reply

NEUTRAL, COUPON, RULES = "welcome_group", "welcome_group_coupon", "group_rules"
"""Scripts: of a welcome without a code, of the coupon that goes with it, of the group's rules."""
NAMED = 6
"""Newcomers named in one welcome; more are counted."""
_LONGEST = 12
"""Characters of a name; platforms allow more, and some people use them."""
_GUIDES = 2
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+")


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who joined a group."""

    id: str
    """Platform id of the member."""
    name: str = ""
    state: str = ""
    """Parameter of the code they came by; empty: none, or the platform does not tell."""
    customer: str = ""
    """Id of the customer who they are; empty: not known, and so no coupon."""
    had_coupon: bool = False
    """Whether the coupon of the code's store was given to them before."""
    hushed: bool = False
    """Whether they do not want to be named."""


@dataclass(frozen=True, slots=True)
class Welcomed:
    """What is said to newcomers, and what they are given."""

    speeches: tuple[Speech, ...] = ()
    coupons: tuple[Granted, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Door:
    """One way into the group, with those who came by it."""

    rule: Welcome | None
    store: Store | None
    people: tuple[Newcomer, ...]


@dataclass(frozen=True, slots=True)
class _Gift:
    """What one store gives."""

    words: Reply
    card: Card | None
    coupons: tuple[Granted, ...]


@dataclass(frozen=True, slots=True)
class _Scene:
    """What all steps need."""

    services: Services
    today: date
    seed: str
    listener: Listener = field(default_factory=Listener)


def welcome(
    joined: Sequence[Newcomer], services: Services, now: datetime, seed: str, listener: Listener | None = None
) -> Welcomed:
    """One message for everybody who joined, with the coupons of their stores; nothing where nobody did.

    ``seed`` chooses among wordings, the same for the same event. ``listener``: the channel, for wordings of one channel.
    """
    people = _distinct(joined)
    if not people:
        return Welcomed(reason="没有新人")
    scene = _Scene(services, now.astimezone(services.zone).date(), seed, placed(listener or Listener(), services, now))
    doors = _doors(people, services)
    greeting = _greeting(doors, people, scene)
    gifts = [gift for door in doors if (gift := _gift(door, people, scene)) is not None]
    if greeting is None:
        return Welcomed(reason="没有合适的欢迎话术")
    text = "\n".join((greeting.text, *(gift.words.text for gift in gifts)))
    cards = tuple(gift.card for gift in gifts if gift.card is not None)
    reason = _reason(doors, gifts)
    trace = {"route": "welcome_group", "script": greeting.source, "why": reason, "release": services.release[:12]}
    granted = tuple(one for gift in gifts for one in gift.coupons)
    return Welcomed((Speech(text, cards=cards, trace=trace),), granted, reason)


def called(people: Sequence[Newcomer], most: int = NAMED) -> str:
    """Newcomers by name, as one says it: 小李 · 小李和小王 · 小李、小王等 9 位新朋友; empty for one whom nobody may name."""
    names = [name for one in people if not one.hushed and (name := _name(one.name))]
    if len(names) < len(people) or len(names) > most:
        head = "、".join(names[:most])
        if len(people) == 1:
            return ""
        return f"{head}等 {len(people)} 位新朋友" if head else f"{len(people)} 位新朋友"
    return "和".join(filter(None, ("、".join(names[:-1]), names[-1])))


def _distinct(joined: Sequence[Newcomer]) -> tuple[Newcomer, ...]:
    """Everybody once, as they first came."""
    found: dict[str, Newcomer] = {}
    for one in joined:
        found.setdefault(one.id, one)
    return tuple(found.values())


def _name(name: str) -> str:
    """A name that may be said aloud: on one line, not endless, and no advertisement."""
    plain = _UNSEEN.sub("", " ".join(name.split())).lstrip("@＠ ")
    if guard(plain, "", Known()) is not None:
        return ""
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "…"


def _doors(people: Sequence[Newcomer], services: Services) -> tuple[_Door, ...]:
    """The ways by which they came, in the order in which somebody first did."""
    rules = {one.state: one for one in services.brand.groups.welcomes}
    found: dict[str, list[Newcomer]] = {}
    for one in people:
        found.setdefault(one.state if one.state in rules else "", []).append(one)
    return tuple(
        _Door(rule, services.staff.stores.get(rule.store) if rule else None, tuple(come))
        for state, come in found.items()
        for rule in (rules.get(state),)
    )


def _greeting(doors: Sequence[_Door], people: Sequence[Newcomer], scene: _Scene) -> Reply | None:
    """By the words of the code where all came by one, in plain words where not, or where there are no others."""
    facts = {"新人": called(people), "称呼": called(people)}
    if len(doors) == 1 and doors[0].rule is not None:
        own = _said(doors[0].rule.script, {**facts, **_place(doors[0].store, scene)}, scene)
        if own is not None:
            return own
    return _said(NEUTRAL, facts, scene)


def _gift(door: _Door, people: Sequence[Newcomer], scene: _Scene) -> _Gift | None:
    """The coupon of a door's store for those who never had it; None where there is none for anybody."""
    coupon = door.store.coupon if door.store is not None and door.rule is not None and door.rule.coupon else None
    if coupon is None or door.store is None or (coupon.valid_until is not None and coupon.valid_until < scene.today):
        return None
    receivers = list({one.customer: one for one in reversed(door.people) if one.customer and not one.had_coupon}.values())[::-1]
    if not receivers:
        return None
    facts = {**_place(door.store, scene), **_terms(coupon, scene.today)}
    # where everybody is given one, nobody is named twice in one message
    named = ["", called(receivers)] if len(receivers) == len(people) else [called(receivers)]
    words = next((said for name in named if (said := _said(COUPON, {**facts, "新人": name}, scene)) is not None), None)
    if words is None:
        return None
    card = Card(coupon.title, coupon.text, coupon.url) if coupon.url else None
    granted = tuple(Granted(one.customer, one.id, coupon.id, door.store.id, one.state) for one in receivers)
    return _Gift(words, card, granted)


def _terms(coupon: Coupon, today: date) -> dict[str, str]:
    """What is said of a coupon; how it is used stands on its card, if it has one."""
    until = coupon.valid_until
    year = f"{until.year}年" if until is not None and until.year != today.year else ""
    return {
        "券名": coupon.title,
        "券说明": "" if coupon.url else coupon.text,
        "有效期": f"{year}{until.month}月{until.day}日前有效" if until is not None else "",
    }


def _place(store: Store | None, scene: _Scene) -> dict[str, str]:
    if store is None:
        return {}
    guides = sorted(
        (one for one in scene.services.staff.guides.values() if one.store == store.id), key=lambda one: one.role != "lead"
    )
    return {"门店名": store.name, "导购名": "、".join(one.name for one in guides[:_GUIDES])}


def _said(script: str, facts: dict[str, str], scene: _Scene) -> Reply | None:
    brand = scene.services.brand
    always = {"人设名": brand.persona.name, "自称": brand.persona.self_name, "品牌名": brand.name}
    return scene.services.book.render(script, {**always, **facts}, scene.listener, scene.seed)


def _reason(doors: Sequence[_Door], gifts: Sequence[_Gift]) -> str:
    came = "、".join(
        f"活码 {door.rule.state} {len(door.people)} 人" if door.rule else f"没有活码 {len(door.people)} 人" for door in doors
    )
    given = sum(len(gift.coupons) for gift in gifts)
    return f"新人进群：{came}；" + (f"送券 {given} 张" if given else "没有要送的券")


_POSTED = r"(?:广告|外链|链接|二维码|名片|传单|小程序码?|砍一刀|砍价|助力|拼多多|投票|红包|微商|代购|自家|自己家?|别家|闲置)"
_HERE = r"(?:群里边?|群里面|群内|本群|这个?群|咱们?这?个?群|我们群|你们群|在群)"
_MAY = r"(?:能不能|可不可以|可以|能够?|允不允许|允许|让不让|让|准不准|准|行不行|好不好)"
_DONE = (
    rf"(?:发{_POSTED}|发[^,。?!货快券票]{{0,4}}{_POSTED}|打广告|拼单|拼着买|卖东西|卖货|推销|宣传|做宣传|拉人|加人|加好友|出闲置|带货|"
    r"发红包|吵架|骂人)"
)
_ASKED = r"(?:吗|么|嘛|不$|不\?|\?|行不行|可不可以|能不能|允不允许|让不让|呢|啊\?)"
_OF_RULES = re.compile(
    rf"群规(?:是|有|呢|在哪|怎么|讲|说|里|都|发|给|来|\?|$)|(?:看|发|说|讲|问|告诉我|有没有|有)(?:一?下|个|一份|你们的?|咱们?的?)*群规"
    rf"|(?:{_HERE}|进群|入群|新人)[^,。?!]{{0,6}}(?:什么|啥|哪些|有没有)[^,。?!]{{0,4}}(?:规矩|规定|规则|要求|讲究|禁忌|注意)"
    rf"|(?:进群|入群|新人)[^,。?!]{{0,4}}(?:注意|遵守)[^,。?!]{{0,2}}(?:什么|啥|哪些)"
    rf"|{_HERE}[^,。?!]{{0,4}}(?:不能|不可以|不让|不准|不许|禁止)(?:说|发|做|聊|干)?(?:什么|啥|哪些)"
)
_EITHER = r"(?:能不能|可不可以|允不允许|让不让|准不准|行不行|好不好)"
"""Words that ask by themselves."""
_OF_DEEDS = re.compile(
    rf"{_MAY}[^,。?!]{{0,4}}{_DONE}[^。!]{{0,6}}{_ASKED}|{_EITHER}[^,。?!]{{0,4}}{_DONE}|{_DONE}[^,。?!]{{0,4}}{_EITHER}"
    rf"|{_DONE}[^,。?!]{{0,4}}{_MAY}[^,。!]{{0,4}}{_ASKED}"
)
_QUOTED = re.compile(r"按群规|违反群规|群规(?:写|第|不允许|规定)|看群规[了,!]|遵守群规")


def asks_rules(text: str) -> bool:
    """Whether somebody asks for the group's rules (群规是什么), or whether something may be done there (能发广告吗).

    Rules that are quoted or enforced (群规写着呢，别发广告) are not asked for, nor is what concerns the shop (能发货吗).
    """
    plain = normalize(text).text
    if _QUOTED.search(plain):
        return False
    return bool(_OF_RULES.search(plain) or _OF_DEEDS.search(plain))
