"""Scheduled posts in groups (群SOP): which of them are due now, whether a group hears one, and in what words. Pure.

A slot is one post on one day. It is decided once for every group and then never again: said, or left out with a reason. Nothing
is said late: whoever reads 早上好 in the evening loses trust in whoever wrote it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from bot.brand import Groups
from bot.db.posting import Posted, Room
from bot.db.restraint import Count
from bot.handlers.attaching import Whom, attached
from bot.handlers.listening import placed
from bot.model import Card, Speech
from bot.services import Services
from scripts import Listener, Post, fill, quiet

LATE = timedelta(hours=2)
"""A slot that was missed for longer, because everything was down, is left out."""
_LOOK_BACK = timedelta(days=1)
"""So old a missed slot is still noted down as left out; older ones nobody asks about."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A post at its moment."""

    post: Post
    at: datetime
    """In the brand's zone."""

    @property
    def key(self) -> str:
        """Unique over all posts and days."""
        return f"{self.post.id}@{self.at.date().isoformat()}T{self.at:%H:%M}"


def slots(posts: Iterable[Post], now: datetime) -> tuple[Slot, ...]:
    """The slots of the last day up to ``now`` (in the brand's zone), the earliest first."""
    found = [
        Slot(post, at)
        for post in posts
        for day in (now.date() - timedelta(days=1), now.date())
        if post.runs_on(day) and now - _LOOK_BACK < (at := _moment(day, post.at, now)) <= now
    ]
    return tuple(sorted(found, key=lambda slot: (slot.at, slot.post.id)))


def _moment(day: date, at: time, now: datetime) -> datetime:
    """A time of day in the zone of ``now``; an hour that the clocks leave out is meant as the one after."""
    zone = now.tzinfo
    local = datetime.combine(day, at, zone)
    return datetime.fromtimestamp(local.timestamp(), zone)


def judged(slot: Slot, room: Room, pushed: Count, settings: Groups, services: Services, now: datetime) -> Posted | None:
    """What becomes of a slot in a group; None where the post is not for this group, or older than it.

    ``pushed``: what the group got so far. ``settings``: those of the group, ``now`` in the brand's zone.
    """
    store = room.store or _store_of(room.guide, services)
    if not slot.post.meant_for(store, room.name) or (room.born is not None and room.born > slot.at):
        return None
    why = _why_not(slot, pushed, settings, now)
    speech = speech_of(slot, room, store, services)
    if speech is None:
        why = why or "话术里没有适合这个群的说法"
    else:
        speech = replace(speech, at_most=settings.sparing(services.brand.timezone))
    return Posted(room, slot.key, speech or Speech("", pushed=True), _worth(slot, settings), why)


def _store_of(guide: str | None, services: Services) -> str | None:
    known = services.staff.guides.get(guide or "")
    return known.store if known is not None else None


def _why_not(slot: Slot, pushed: Count, settings: Groups, now: datetime) -> str | None:
    """Why a slot is left out; None where it is said."""
    if now - slot.at > LATE:
        return "错过两个多小时了，不再补发"
    if quiet(now.time(), settings.quiet_hours) or quiet(slot.at.time(), settings.quiet_hours):
        return f"在安静时段 {settings.quiet_hours} 里，不发"
    if pushed.day >= settings.pushes_a_day:
        return f"今天已经主动发了 {pushed.day} 条，到上限了"
    if pushed.week >= settings.pushes_a_week:
        return f"这七天已经主动发了 {pushed.week} 条，到上限了"
    return None


def _worth(slot: Slot, settings: Groups) -> datetime:
    """Until when it may leave: two hours, and never into the quiet hours."""
    ends = slot.at + LATE
    if not settings.quiet_hours:
        return ends
    begins = time.fromisoformat(settings.quiet_hours.partition("-")[0])
    tonight = _moment(slot.at.date(), begins, slot.at)
    return min(ends, tonight) if tonight > slot.at else ends


def speech_of(slot: Slot, room: Room, store: str | None, services: Services) -> Speech | None:
    """The words of a post in a group; None where its script has none that fit."""
    post = slot.post
    facts = _always(services, slot.at)
    listener = placed(Listener(room.channel, None, store), services, slot.at)
    seed = f"{slot.key}\0{room.id}"
    reply = services.book.render(post.script, facts, listener, seed) if post.script else None
    words = reply.text if reply is not None else fill(post.text, facts) if post.text else None
    if not words:
        return None
    more = attached(reply.attachments if reply is not None else (), Whom(slot.at, store), services)
    cards = (*(Card(one.title, one.text, one.url, image=one.image) for one in post.cards), *more.cards)
    source = {"script": reply.source | more.source} if reply is not None else {}
    trace = {"route": "post", "post": post.id, "at": slot.at.isoformat(), **source, "release": services.release[:12]}
    return Speech(words, cards=cards, pushed=True, trace=trace)


def _always(services: Services, at: datetime) -> dict[str, str]:
    """Facts that every post may use; nobody in particular is addressed."""
    brand, hour = services.brand, at.hour
    return {
        "称呼": "大家",
        "人设名": brand.persona.name,
        "自称": brand.persona.self_name,
        "品牌名": brand.name,
        "营业时间": brand.opening.words(at),
        "时段问候": "早上好" if 5 <= hour < 11 else "中午好" if hour < 13 else "下午好" if hour < 18 else "晚上好",
    }
