"""What time does to a wish for a person, to a talk that somebody holds, and to the end of it: promises kept or broken. Pure.

Everything here is judged twice by the keeper (``bot.keeper``), the second time under the lock of the conversation; so whatever
is decided must follow from the values alone, and must not be decided again once it is done.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from bot import ownership, quota
from bot.brand import Service
from bot.channels.wecom.through import CHANNELS as BY_HAND
from bot.db.keeping_rows import Alert, Ended, Held, Overdue, Talk, Waits, Wish
from bot.hours import opening_words
from bot.routing import Duty, Need, Outlook, on_duty, outlook
from bot.services import Services
from scripts import quiet

AGAIN = timedelta(hours=1)
"""A task that is due and open is brought to mind again after so long."""
UNASKED = "taken"
"""Kind of a part that a person began by themselves: nobody had asked, so there was nothing to be late for."""
_NUMBER = re.compile(r"\d{5}|@")
_LONGEST = 12


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a waiting shopper stands from now on."""

    assigned: str | None
    path: str | None
    store: str | None
    tried: frozenset[str]
    due_at: datetime | None
    breaches: frozenset[str]
    offered: bool = False
    """It is offered to ``assigned`` as of now."""
    task: str | None = None
    """The text of the task that must not be forgotten."""
    alerts: tuple[Alert, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """What is to be done about a talk that a person holds."""

    human_at: datetime | None
    unasked: bool = False
    """They began by themselves, and there is no row for their part yet."""
    replied: bool = False
    """Their first word of this part has come."""
    breaches: frozenset[str] = frozenset()
    alerts: tuple[Alert, ...] = ()
    ending: Literal["returned", "requeued"] | None = None
    say: str | None = None
    """Script that the shopper hears with it."""
    opens: str | None = None
    """In words when somebody is there again, where now nobody is."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What everything is judged by."""

    services: Services
    duty: Duty
    now: datetime
    """In the brand's zone."""

    @property
    def service(self) -> Service:
        """The brand's times."""
        return self.services.brand.service

    def on_duty(self, guide: str) -> bool:
        """Whether somebody works now."""
        return on_duty(guide, self.duty, self.services.staff, self.services.brand, self.now)

    def there(self, guide: str) -> bool:
        """Whether somebody works, or stays on beyond their shift."""
        post = self.duty.posts.get(guide)
        return self.on_duty(guide) or (post is not None and post.present and post.state == "on")

    def outlook(self, talk: Talk, wish: Wish, tried: frozenset[str]) -> Outlook:
        """Whom a shopper would be offered to."""
        need = Need(wish.store or talk.home, talk.own, wish.wanted, wish.skill, wish.language, wish.urgency, tried)
        return outlook(need, self.duty, self.services.staff, self.services.brand, self.now)

    def store_of(self, guide: str) -> str:
        """Whose matter it is when this guide takes it; empty for somebody of no store."""
        found = self.services.staff.guides.get(guide)
        return found.store if found is not None else ""


def placed(one: Waits, scene: Scene) -> Placed | None:
    """Where a waiting shopper stands from now on; None where everything is as it should be."""
    wish = one.wish
    tried = wish.tried | ({wish.assigned} if wish.assigned is not None and _too_late(wish, scene) else set())
    if wish.assigned is not None and wish.assigned not in tried and scene.on_duty(wish.assigned):
        next_ = _as_offered(one, scene)
    else:
        view = scene.outlook(one.talk, wish, tried)
        next_ = _offered(one, view, tried, scene) if view.guide is not None else _left_open(one, view, tried)
    late = _late(one.talk, replace(wish, due_at=next_.due_at), next_.store, scene)
    if one.talk.group:  # it stays where its own guides see it, whoever is asked to come
        next_ = replace(next_, store=one.talk.placed)
    if late:
        next_ = replace(next_, breaches=wish.breaches | {"first_response"}, alerts=(*next_.alerts, *late))
    return None if next_ == _standing(one) else next_


def _too_late(wish: Wish, scene: Scene) -> bool:
    return scene.now - (wish.assigned_at or wish.created_at) >= timedelta(minutes=scene.service.take_within)


def _standing(one: Waits) -> Placed:
    wish = one.wish
    return Placed(wish.assigned, wish.path, one.talk.placed, wish.tried, wish.due_at, wish.breaches)


def _as_offered(one: Waits, scene: Scene) -> Placed:
    """Still offered to whom it was: they can see it, and were told."""
    guide = one.wish.assigned or ""
    store = scene.store_of(guide) or one.talk.placed or one.wish.store or one.talk.home
    since = one.wish.assigned_at or one.wish.created_at
    return replace(_standing(one), store=store, alerts=() if one.told else (_take(one, guide, since, scene),))


def _offered(one: Waits, view: Outlook, tried: frozenset[str], scene: Scene) -> Placed:
    wish = one.wish
    alerts = (_take(one, view.guide or "", scene.now, scene),)
    return Placed(view.guide, view.path, view.store, tried, wish.due_at, wish.breaches, offered=True, alerts=alerts)


def _left_open(one: Waits, view: Outlook, tried: frozenset[str]) -> Placed:
    """Nobody to offer it to: all of the store see it; who asked after hours gets a task, who asked in vain the leads.

    Who did not take it this evening is asked again tomorrow.
    """
    wish = one.wish
    next_ = Placed(None, view.path, view.store, frozenset() if view.opens else tried, wish.due_at, wish.breaches)
    if view.path == "central" and not one.escalated:
        text = f"{called(one.talk.name)}在等人接待（{wish.reason}），没有导购能接，请安排一下"
        next_ = replace(next_, alerts=(Alert(f"central:{wish.id}", "central", text, None, view.store, one.talk.id),))
    if view.opens is not None:
        task = None if one.noted else f"回复{called(one.talk.name)}：{wish.reason}"
        next_ = replace(next_, due_at=wish.due_at or view.opens, task=task)
    return next_


def _take(one: Waits, guide: str, since: datetime, scene: Scene) -> Alert:
    hurry = "，很急" if one.wish.urgency >= 2 else ""
    text = f"{called(one.talk.name)}在等您：{one.wish.reason}{hurry}。{scene.service.take_within:g} 分钟内没有接会转给同事"
    return Alert(f"take:{one.wish.id}:{guide}:{int(since.timestamp())}", "take", text, guide, None, one.talk.id)


def _late(talk: Talk, wish: Wish, store: str | None, scene: Scene) -> tuple[Alert, ...]:
    """The alerts where a first word of a person is overdue; after hours the clock starts when somebody is promised."""
    waited = scene.now - max(wish.created_at, wish.due_at or wish.created_at)
    over = waited >= timedelta(minutes=scene.service.first_response)
    if wish.first_reply_at is not None or "first_response" in wish.breaches or not over:
        return ()
    text = f"{called(talk.name)}等了 {_minutes(waited)} 分钟，还没有人回：{wish.reason}"
    return tuple(_breach(talk, wish, "first_response", text, (talk.floor.guide or wish.assigned, store)))


def _breach(talk: Talk, wish: Wish, what: str, text: str, to: tuple[str | None, str | None]) -> Iterator[Alert]:
    """One for whoever is concerned, one for the leads (``to``: guide, store)."""
    guide, store = to
    key = f"breach:{wish.id}:{what}"
    if guide is not None:
        yield Alert(f"{key}:guide:{guide}", "breach", text, guide, None, talk.id)
    yield Alert(f"{key}:store", "breach", text, None, store, talk.id)


def judged(one: Held, scene: Scene) -> Judged | None:
    """What time does to a talk that a person holds; None where nothing is to be done."""
    wish = one.wish
    if wish is None:
        return Judged(one.human_at, unasked=True)
    spoke = max((at for at in (one.said_at, one.leaving_at) if at is not None), default=None)
    began = wish.claimed_at or one.talk.floor.since or scene.now
    found = Judged(
        human_at=max((at for at in (spoke, one.human_at) if at is not None), default=None),
        replied=wish.first_reply_at is None and spoke is not None and spoke >= began,
        breaches=wish.breaches,
    )
    heard = wish.first_reply_at is not None or found.replied
    open_since = _unanswered(one, wish, spoke)
    if not heard and wish.kind != UNASKED:
        found = _added(found, "first_response", _late(one.talk, wish, one.talk.placed, scene))
    found = _added(found, "resolution", tuple(_lasting(one.talk, wish, began, scene)))
    if open_since is not None:
        found = _kept_waiting(one, wish, (found, open_since), scene)
    elif _silent(one, spoke, scene):
        say = "returned" if heard and not one.talk.group and sayable(one.talk, scene.now) else None
        found = replace(found, ending="returned", say=say)
    return None if found == Judged(one.human_at, breaches=wish.breaches) else found


def _added(found: Judged, what: str, alerts: tuple[Alert, ...]) -> Judged:
    return replace(found, breaches=found.breaches | {what}, alerts=(*found.alerts, *alerts)) if alerts else found


def _unanswered(one: Held, wish: Wish, spoke: datetime | None) -> datetime | None:
    """Since when a shopper's word waits for the person's; what was said before they took the talk counts from then."""
    since = one.talk.floor.since
    if one.first_at is None or one.last_at is None or (one.leaving_at is not None and one.leaving_at >= one.last_at):
        return None
    if since is None or (spoke is not None and spoke >= since):
        return one.first_at
    if wish.kind == UNASKED and one.last_at < since:
        return None
    return max(one.first_at, since)


def _silent(one: Held, spoke: datetime | None, scene: Scene) -> bool:
    """Whether nothing came for long; a last 谢谢 of the shopper counts as a sign of life, but asks for nothing."""
    last = max((at for at in (spoke, one.talk.floor.since, one.last_at) if at is not None), default=None)
    return ownership.fell_silent(one.talk.floor, (last, None), scene.now, timedelta(minutes=scene.service.return_after))


def _lasting(talk: Talk, wish: Wish, began: datetime, scene: Scene) -> Iterator[Alert]:
    if "resolution" not in wish.breaches and scene.now - began >= timedelta(minutes=scene.service.resolution):
        text = f"{called(talk.name)}的事办了 {_minutes(scene.now - began)} 分钟还没有结束：{wish.reason}"
        yield from _breach(talk, wish, "resolution", text, (talk.floor.guide, talk.placed))


def _kept_waiting(one: Held, wish: Wish, found: tuple[Judged, datetime], scene: Scene) -> Judged:
    """The shopper's word is not answered: a reminder first; then, or where the person is not at work any more, somebody else."""
    so_far, since = found
    talk, guide = one.talk, one.talk.floor.guide or ""
    waited, patience = scene.now - since, timedelta(minutes=scene.service.answer_within)
    if waited < patience:
        return so_far
    if waited >= 2 * patience or not scene.there(guide):
        return _requeued(one, wish, so_far, waited, scene)
    if one.warned_at is not None and one.warned_at > since:
        return so_far
    text = f"{called(talk.name)}的话已经 {_minutes(waited)} 分钟没有回，再过一会儿会转给同事"
    alert = Alert(f"breach:{wish.id}:answer:{int(since.timestamp())}", "breach", text, guide, None, talk.id)
    return _added(so_far, "answer", (alert,))


def _requeued(one: Held, wish: Wish, so_far: Judged, waited: timedelta, scene: Scene) -> Judged:
    """Somebody else is to take it; what the shopper hears depends on whether anybody is there."""
    talk, guide = one.talk, one.talk.floor.guide or ""
    view = scene.outlook(talk, wish, wish.tried | {guide})
    text = f"{called(talk.name)}等了 {_minutes(waited)} 分钟没有人回，已经重新排队"
    key = f"breach:{wish.id}:requeued:{talk.floor.epoch}"
    alerts = tuple(
        Alert(f"{key}:{to}", "breach", text, to or None, None if to else view.store or talk.placed, talk.id) for to in (guide, "")
    )
    opens = opening_words(view.opens, scene.now) if view.opens is not None else None
    script = "requeued" if opens is None else "requeued_after_hours"
    say = None if talk.group or not sayable(talk, scene.now) else script
    return replace(_added(so_far, "answer", alerts), ending="requeued", say=say, opens=opens)


def sayable(talk: Talk, now: datetime) -> bool:
    """Whether something that the shopper did not ask for can be said now, the reserve for what must get through kept free."""
    if talk.channel in BY_HAND:
        return False
    limits = quota.LIMITS.get(talk.channel, quota.UNLIMITED)
    left = quota.left(limits, talk.sent_since, talk.pending)
    return quota.open_window(limits, talk.last_inbound_at, now) and (left is None or left > quota.RESERVE)


def to_ask(one: Ended, scene: Scene) -> bool:
    """Whether the shopper is asked how the person's part was: once, and only where it disturbs nobody."""
    free = ownership.may_push(one.talk.floor) and not (one.talk.group or one.opted_out or one.went_on or one.asked)
    night = quiet(scene.now.time(), scene.services.brand.groups.quiet_hours)
    return scene.service.rating and one.spoke and free and not night and sayable(one.talk, scene.now)


def ending_of(one: Ended) -> str:
    """How a part ended that nobody wrote down: by who has the floor after it."""
    return one.ending or ("closed" if one.talk.floor.owner == "closed" else "handed_back")


def reminder(task: Overdue, scene: Scene) -> Alert | None:
    """What a task that is due brings to mind; None where nobody would be there to read it again."""
    staff, brand, now = scene.services.staff, scene.services.brand, scene.now
    if task.reminded_at is not None:
        store = staff.stores.get(task.store or "")
        hours = store.opening if store is not None and store.hours else brand.opening
        there = scene.there(task.guide) if task.guide is not None else hours.open_at(now)
        if not there:
            return None
    late = f"（晚了 {_minutes(now - task.due_at)} 分钟）" if now - task.due_at >= timedelta(minutes=1) else ""
    text = f"待办到时间了{late}：{task.text}"[:200]
    key = f"task:{task.id}:{int(now.timestamp())}"
    return Alert(key, "task", text, task.guide, task.store if task.guide is None else None, task.conversation)


def called(name: str | None) -> str:
    """How an alert names a shopper: by what they call themselves, never by a number or an address."""
    plain = (name or "").strip()
    return plain[:_LONGEST] if plain and not _NUMBER.search(plain) else "一位顾客"


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)
