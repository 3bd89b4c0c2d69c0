"""A group's turn: listen → decide message by message → answer once, stay silent, go private, fetch a person. Pure.

What is decided of a message now ends with it; an answer that leaves a guide the time to be faster stays in the inbox, and the
turn is taken again when that time is over. Nobody's profile is used aloud: whoever is answered in a group is a stranger there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot import turn as talk
from bot.adapters.hearing import listener
from bot.db.gathered import BOT, Aside, Gathered
from bot.db.turns import Done, Settled, Waiting
from bot.groups import acts
from bot.groups.greeting import JOINS
from bot.groups.manners import manners, settings_of
from bot.groups.memory import Room, room_of, stored
from bot.groups.scene import Came, Scene
from bot.model import InboundMessage
from bot.routing import Duty
from bot.services import Services
from intents import Recognition
from intents.groups import Decision, Remark
from intents.groups.mentions import bare
from intents.groups.unsaying import unsaid

_PAUSE = timedelta(milliseconds=200)
"""What is due a breath from now is due."""


def take_turn(waiting: Waiting, services: Services, now: datetime, duty: Duty | None = None) -> Done:
    """What comes of the messages that wait: for a group here, for a talk of two in ``bot.turn``."""
    if not waiting.conversation.group:
        return talk.take_turn(waiting, services, now, duty)
    here = waiting.gathered or Gathered()
    settings = settings_of(services.brand, here.settings)
    room = room_of(waiting.session)
    fresh = [one for one in waiting.messages if one.id not in room.held]
    # what was held and waits no more was taken back: nobody's question hangs on it
    gone = room.held - {one.id for one in waiting.messages}
    memory = unsaid(room.memory, [str(one) for one in gone]) if gone else room.memory
    remarks = [*_remarks(fresh, here, room, now), *_of_guides(here, services)]
    recognized = _understood(remarks, services)
    heard = (services.listener or listener()).listen(
        memory, remarks, now + _PAUSE, manners(services.brand, settings, ordering=here.ordering), recognized
    )
    room = replace(room, memory=heard.memory, heard=max([room.heard, *(one.id for one in here.told)]))
    scene = Scene(waiting, here, settings, services, now, duty or Duty(), recognized, room, _settles(heard.decided))
    story = _Story(room)
    for decision in _in_order(heard.decided):
        story = _act(decision, scene, story)
    return _done(scene, _rest(scene, _as_led(scene, story), heard.decided), heard.wake)


@dataclass(frozen=True, slots=True)
class _Story:
    """What has come of the turn so far."""

    room: Room
    came: tuple[Came, ...] = ()
    settled: Mapping[int, Settled] = field(default_factory=dict)


def _remarks(fresh: Sequence[InboundMessage], here: Gathered, room: Room, now: datetime) -> list[Remark]:
    """The messages as the understanding takes them; who quotes the assistant, or was asked by it, speaks to it."""
    found = []
    for one in fresh:
        member = here.members.get(one.sender or "")
        quoted = here.quotes.get(one.id)
        asked = one.kind == "text" and one.sender is not None and room.asked(one.sender, now) and len(one.text) <= _SHORT
        found.append(
            Remark(
                id=str(one.id),
                sender=one.sender or _newcomer(one),
                text=one.text,
                at=one.received_at,
                name=member.name if member else "",
                at_bot=bool(one.payload.get("at_bot")) or quoted == BOT or asked,
                reply_to=None if quoted == BOT else quoted,
                kind="joined" if one.kind in JOINS else one.kind,
            )
        )
    return found


_SHORT = 20
"""Characters of an answer to a question of ours; longer ones are about something else."""


def _newcomer(message: InboundMessage) -> str:
    """Who a message without a sender is from: whoever joined, or the platform."""
    told = message.payload.get("members")
    first = told[0] if isinstance(told, list) and told and isinstance(told[0], Mapping) else {}
    return str(first.get("id") or "系统")


def _of_guides(here: Gathered, services: Services) -> list[Remark]:
    guides = services.staff.guides
    return [
        Remark(f"g{one.key}", one.sender, one.text, one.at, guides[one.sender].name if one.sender in guides else "", guide=True)
        for one in here.told
    ]


def _understood(remarks: Sequence[Remark], services: Services) -> Mapping[str, Recognition]:
    """What the words say, mentions taken off, all in one pass."""
    said = [one for one in remarks if one.kind == "text" and one.text.strip()]
    verdicts = services.recognizer.recognize_many([bare(one.text) or one.text for one in said])
    return {one.id: verdict for one, verdict in zip(said, verdicts, strict=True)}


def _in_order(decided: Sequence[Decision]) -> Sequence[Decision]:
    """Those that speak before those that are settled by them."""
    return sorted(decided, key=lambda one: (not one.leads, _number(one.message)))


def _settles(decided: Sequence[Decision]) -> Mapping[str, tuple[int, ...]]:
    """Remark that is spoken on → inbox ids of the joins, further pieces and newcomers that are settled by it."""
    led = {one.message: one for one in decided if one.leads}
    found: dict[str, tuple[int, ...]] = {}
    for one in decided:
        number = _number(one.message)
        if not one.leads and number >= 0 and (by := _leader(one, led)) is not None:
            found[by] = (*found.get(by, ()), number)
    return found


def _leader(one: Decision, led: Mapping[str, Decision]) -> str | None:
    """The remark of the same question, or of the same welcome, that is spoken on."""
    same = [other for other in led.values() if other.action == one.action]
    told = next((other for other in same if other.message == one.joins or one.message in other.parts), None)
    thread = [other for other in same if other.thread == one.thread and set(one.to) <= set(other.to)]
    found = told or next(iter(thread), None) or (same[0] if one.action == "welcome" and same else None)
    return found.message if found is not None else None


def _number(remark: str) -> int:
    return int(remark) if remark.isdigit() else -1


def _act(decision: Decision, scene: Scene, story: _Story) -> _Story:
    """One decision more."""
    message = scene.message(decision.message)
    if message is None:
        return story
    came = acts.came(decision, message, replace(scene, room=story.room))
    settled = {**story.settled, message.id: acts.settled(decision, message, came)}
    room = story.room
    if came is not None and came.part is not None and message.sender is not None:
        room = room.with_part(message.sender, came.part, scene.now)
    if came is not None and came.peace is not None:
        # 退订 is done with: it is no beginning of what its sender asks next
        room = replace(room, memory=unsaid(room.memory, [decision.message]))
    return _Story(room, (*story.came, came) if came is not None else story.came, settled)


def _as_led(scene: Scene, story: _Story) -> _Story:
    """Whoever asked the same ends like the question that was spoken on: also where nothing could be said, or a person comes."""
    ended = dict(story.settled)
    for lead, others in scene.settles.items():
        told = ended.get(_number(lead))
        for one in others if told is not None and told.outcome != "answered" else ():
            if one in ended and told is not None:
                ended[one] = replace(ended[one], outcome=told.outcome, reason=told.reason)
    return replace(story, settled=ended)


_LOST = timedelta(minutes=2)
"""So long after its time a message that is still held was forgotten: the memory of the group was lost."""


def _rest(scene: Scene, story: _Story, decided: Sequence[Decision]) -> _Story:
    """Messages that the understanding no longer knows of end here."""
    longest = timedelta(seconds=scene.settings.hold + scene.settings.gather) + _LOST
    known = {one.message for one in decided}
    open_ = [one for one in scene.waiting.messages if str(one.id) not in known and one.id not in story.settled]
    reason = "群里这条消息的来龙去脉没有留下，不再回答"
    lost = {
        one.id: Settled(one.id, "silent", reason, {"action": "silent", "why": reason})
        for one in open_
        if scene.now - one.received_at > longest
    }
    return replace(story, settled={**story.settled, **lost})


def _done(scene: Scene, story: _Story, wake: datetime | None) -> Done:
    """Everything in one value."""
    waiting, now = scene.waiting, scene.now
    settled = tuple(story.settled[one.id] for one in waiting.messages if one.id in story.settled)
    open_ = [one.id for one in waiting.messages if one.id not in story.settled]
    due = max(wake or now, now + _PAUSE)
    speeches = tuple(speech for one in story.came for speech in one.speeches)
    first = next((one for one in waiting.messages if one.id in story.settled), waiting.messages[0])
    erased = max((one.erases for one in story.came if one.erases is not None), default=None)
    # whoever is forgotten is forgotten with the group's memory, which holds their words; what is held is heard anew
    room = Room() if erased is not None else replace(story.room, held=frozenset(open_))
    session = replace(waiting.session, room=stored(room))
    return Done(
        before=waiting.conversation,
        seed=f"group:{first.id}",
        session=session,
        settled=settled,
        speeches=speeches,
        handover=next((one.handover for one in reversed(story.came) if one.handover is not None), None),
        received=first.received_at,
        erase=erased is not None,
        erase_upto=erased,
        aside=Aside(
            held=tuple((one, due) for one in open_),
            forwards=tuple(forward for one in story.came for forward in one.forwards),
            alerts=tuple(alert for one in story.came for alert in one.alerts),
            coupons=tuple(coupon for one in story.came for coupon in one.coupons),
            peace=tuple(one.peace for one in story.came if one.peace is not None),
        ),
    )
