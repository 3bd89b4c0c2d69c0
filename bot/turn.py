"""A turn: understand → whose turn is it → decide → gather → say → remember. Pure: nothing is written, nothing is sent.

Start reading here. ``take_turn`` takes all messages of a conversation that wait, oldest first, and gives everything that
the worker then keeps in one transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot import ellipsis, errands, escalation, policy, quiet, quota
from bot.brief import early
from bot.db.turns import Done, Settled, Waiting
from bot.handlers import handover
from bot.handlers.base import Draft, Turn
from bot.handlers.mirror import hints
from bot.handlers.rating import waits
from bot.handlers.table import ROUTES
from bot.handlers.trail import remember
from bot.learning import FOR, for_whom, learnt
from bot.model import Conversation, Customer, Handover, InboundMessage, Session, Speech
from bot.routing import Duty
from bot.services import Services
from bot.voice import say, trace_of
from intents import OUT_OF_SCOPE, Recognition
from recommender import current

_SILENCE = timedelta(hours=24)
"""A shopper who comes back after it starts a new episode: what was looked for yesterday is not taken for what is meant today."""
_COURTESIES = frozenset({"greet", "goodbye", "thank", "chitchat"})
"""Said in the same breath as something else, these want no answer of their own."""


@dataclass(frozen=True, slots=True)
class _Story:
    """What has happened so far in this turn."""

    session: Session
    settled: tuple[Settled, ...] = ()
    speeches: tuple[Speech, ...] = ()
    handover: Handover | None = None
    drafts: tuple[Draft, ...] = ()


def take_turn(waiting: Waiting, services: Services, now: datetime, duty: Duty | None = None) -> Done:
    """What comes of the messages that wait: how each ended, what to say, what to remember.

    ``duty``: the guides as things are now, for what may truthfully be promised; without it the brand's hours decide.
    """
    waiting = replace(waiting, session=_episode(waiting))
    scene = _Scene(_tags(waiting.conversation, services, now), services, now.astimezone(services.zone), duty or Duty())
    story = _Story(waiting.session)
    for n, message in enumerate(waiting.messages):
        story = _hear(message, waiting.messages[n + 1 :], waiting.conversation, scene, story)
    return _done(waiting, _briefed(waiting, story, scene.tags, services))


def _episode(waiting: Waiting) -> Session:
    """The memory that a turn begins with: a fresh one after a day of silence, unless a person is awaited or in charge."""
    session, first = waiting.session, waiting.messages[0]
    if waiting.touched is None or first.received_at - waiting.touched <= _SILENCE:
        return session
    if waiting.conversation.owner not in {"bot", "closed"}:
        return session
    return session.afresh()


def _briefed(waiting: Waiting, story: _Story, tags: Mapping[str, tuple[str, ...]], services: Services) -> _Story:
    """A wish for a person goes to the desk with its story."""
    if story.handover is None:
        return story
    if any(draft.erase for draft in story.drafts):
        waiting, tags = replace(waiting, session=Session()), {}
    lines = early(waiting, story.session.matter, story.handover, tags, services)
    return replace(story, handover=replace(story.handover, brief=lines))


@dataclass(frozen=True, slots=True)
class _Scene:
    """What is the same for all messages of a turn."""

    tags: Mapping[str, tuple[str, ...]]
    services: Services
    local: datetime
    duty: Duty


def _hear(
    message: InboundMessage, following: Sequence[InboundMessage], conversation: Conversation, scene: _Scene, story: _Story
) -> _Story:
    """One message more."""
    services = scene.services
    recognition = _understand(message, story.session, services, scene.local)
    option = policy.tapped(message, story.session)
    turn = Turn(message, conversation, story.session, recognition, scene.tags, scene.local, option, scene.duty)
    name = _route(turn, following, story)
    draft = _drafted(name, turn, services) if name != "after_handover" else _AFTER
    draft = _overheard(name, turn, escalation.decided(name, turn, draft, services))
    if draft.erase:
        story, turn = _forgotten(story), _nameless(turn)
    else:
        draft = replace(draft, evidence=(*draft.evidence, *learnt(turn, services)))
    trace = trace_of(name, recognition, draft, services)
    speeches, scripts = say(turn, draft, trace, services, spoken=bool(story.speeches))
    settled = Settled(message.id, draft.outcome, draft.reason or name, {**trace, "scripts": scripts})
    session = _recalling(name, turn, draft)
    return _Story(
        session if draft.erase else remember(turn, name, session, speeches),
        (*story.settled, settled),
        (*story.speeches, *speeches),
        _both(story.handover, draft.handover),
        (*story.drafts, draft),
    )


_UNHEARD = frozenset({"person_speaks", "waiting", "after_handover"})


def _overheard(name: str, turn: Turn, draft: Draft) -> Draft:
    """Whoever tells a person 退订 is heard as well, though the bot says nothing to it."""
    told = quiet.told(turn.message.text) if name in _UNHEARD and turn.message.kind == "text" else None
    return draft if told is None else replace(draft, peace=(told.wish,))


def _both(first: Handover | None, second: Handover | None) -> Handover | None:
    """Two wishes of one turn are one: the later with the greater urgency, and the guide whom either named."""
    if first is None or second is None:
        return second or first
    return replace(second, urgency=max(first.urgency, second.urgency), wanted=second.wanted or first.wanted)


def _forgotten(story: _Story) -> _Story:
    """Whoever asks to be forgotten means what they said in the same breath as well: nothing of it is answered any more."""
    settled = tuple(Settled(one.message, "silent", "顾客随后要求删除个人信息", {}) for one in story.settled)
    return replace(story, settled=settled, speeches=())


def _nameless(turn: Turn) -> Turn:
    """The turn of somebody whom we no longer know: the confirmation must not say a name again."""
    stranger = replace(turn.conversation, customer=Customer(turn.conversation.customer.id))
    return replace(turn, conversation=stranger, tags={})


_AFTER = Draft(outcome="handed_over", reason="前一句已经转给导购，这一句一起交接")


_RECALLED = 60
"""Characters of a question that are kept for whoever takes over."""


def _recalling(name: str, turn: Turn, draft: Draft) -> Session:
    """The memory after this message, with the question that a short one may follow up."""
    session = draft.session or turn.session
    if waits(session) and name not in _BESIDE:
        session = replace(session, pending=None)
    if not draft.erase and not turn.conversation.group and (whose := for_whom(turn)) is not None:
        session = replace(session, wish={**session.wish, FOR: whose})
    if turn.message.text.strip() and name not in _NO_MATTER and not draft.erase:
        session = replace(session, matter=turn.message.text.strip()[:_RECALLED])
    return session if draft.erase else ellipsis.remembering(session, name, turn.recognition.normalized)


_BESIDE = frozenset({"person_speaks", "not_addressed", "merged", "empty"})
"""Routes that leave the question for a rating open."""
_NO_MATTER = _COURTESIES | {
    "ask_human", "affirm", "deny", "waiting", "person_speaks", "merged", "empty", "not_addressed", "spam", "out_of_scope",
    "after_handover", "ask_bot_identity", "same_question", "opt_out", "opt_in", "hush",
    "name_again", "rated",
}  # fmt: skip
"""Routes whose words are no question that a guide would have to know of."""


def _drafted(name: str, turn: Turn, services: Services) -> Draft:
    """The draft of the whole message, or of its errands one after the other."""
    whole = ROUTES[name].handle(turn, services)
    if turn.option is not None or whole.handover is not None:
        return whole
    drafts: list[Draft] = []
    session = turn.session
    for part in errands.parts(turn, services.recognizer):
        one = replace(part, session=session)
        route = policy.decide(one.recognition, session, None)
        drafts.append(ROUTES.get(route, ROUTES["clarify"]).handle(one, services))
        session = drafts[-1].session or session
    return errands.together(whole, tuple(drafts)) if drafts else whole


def _route(turn: Turn, following: Sequence[InboundMessage], story: _Story) -> str:
    """The situation first, then the words."""
    alone = policy.situation(turn.message, turn.conversation, turn.now)
    if alone is not None:
        return alone
    if (wanted := _WANTED.get(str(turn.message.payload.get("handover")))) is not None:
        return wanted
    if story.handover is not None:
        return "after_handover"
    name = policy.decide(turn.recognition, turn.session, turn.option)
    if name in _COURTESIES and any(other.kind == "text" for other in following):
        return "merged"
    return name if name in ROUTES else "clarify"


_WANTED: Mapping[str, str] = {"reaction": "report_reaction", "anger": "complain", "asked": "ask_human"}
"""What a message was moved out of a group for, because it needs a person (``bot.groups``) → its route here."""


def _understand(message: InboundMessage, session: Session, services: Services, local: datetime) -> Recognition:
    """The verdict on the words, read against what we asked; what has no words says nothing."""
    if message.kind != "text" or not message.text.strip():
        return Recognition(message.text, message.text, OUT_OF_SCOPE, 0.0, (OUT_OF_SCOPE,), (), (), 0.0, 0.0)
    at, expecting = message.sent_at.astimezone(local.tzinfo), policy.expected(session)
    words = _words(message)
    full = ellipsis.completed(words, session, services.recognizer)
    return services.recognizer.recognize(full or words, at=at, expecting=expecting)


def _words(message: InboundMessage) -> str:
    """What is to be understood: for a tapped option the words that it stands for."""
    text = message.payload.get("text")
    told = message.payload.get("option") or (text.get("menu_id") if isinstance(text, Mapping) else None)
    if isinstance(told, str) and told.startswith("say:"):
        return told.removeprefix("say:")
    return message.text


def _tags(conversation: Conversation, services: Services, now: datetime) -> Mapping[str, tuple[str, ...]]:
    """What we believe of the shopper today."""
    return current(hints(conversation.customer.evidence), services.recommender.kinds, now)


def _done(waiting: Waiting, story: _Story) -> Done:
    """Everything in one value, planned into what the platform still takes."""
    conversation = waiting.conversation
    limits = quota.LIMITS.get(conversation.channel, quota.UNLIMITED)
    places = quota.left(limits, conversation.sent_since, conversation.pending_out)
    first = waiting.messages[0]
    erased = max((n for n, draft in enumerate(story.drafts) if draft.erase), default=None)
    return Done(
        before=conversation,
        seed=f"{conversation.channel}/{conversation.account}/{first.platform_id}",
        session=replace(story.session, version=waiting.session.version),
        settled=story.settled,
        speeches=quota.plan(story.speeches, places),
        handover=story.handover,
        evidence=tuple(one for draft in story.drafts[erased or 0 :] for one in draft.evidence),
        received=first.received_at,
        erase=erased is not None,
        erase_upto=None if erased is None else story.settled[erased].message,
        peace=tuple(one for draft in story.drafts for one in draft.peace),
        rating=next((draft.rating for draft in reversed(story.drafts) if draft.rating is not None), None),
    )


def apologize(waiting: Waiting, services: Services, now: datetime, reason: str, duty: Duty | None = None) -> Done:
    """What is kept when a turn failed: an honest word, a person, and every message recorded as failed."""
    nothing = Recognition("", "", OUT_OF_SCOPE, 0.0, (OUT_OF_SCOPE,), (), (), 0.0, 0.0)
    first = waiting.messages[0]
    turn = Turn(first, waiting.conversation, waiting.session, nothing, {}, now.astimezone(services.zone), duty=duty or Duty())
    silent = waiting.conversation.owner == "human"
    draft = Draft() if silent else handover.failure(turn, services)
    trace = trace_of("failure", nothing, replace(draft, reason=reason), services)
    speeches, _ = say(turn, draft, trace, services)
    settled = tuple(Settled(message.id, "failed", reason, trace) for message in waiting.messages)
    return _done(waiting, _Story(draft.session or waiting.session, settled, tuple(speeches), draft.handover))


def give_up(waiting: Waiting, reason: str) -> Done:
    """What is kept when not even an apology could be put into words: no sound, but a person, and every message failed."""
    settled = tuple(Settled(message.id, "failed", reason, {"route": "failure"}) for message in waiting.messages)
    wish = None if waiting.conversation.owner == "human" else Handover("程序处理失败，请人工接手", 1, kind="failure")
    return _done(waiting, _Story(waiting.session, settled, handover=wish))
