"""A turn: understand → whose turn is it → decide → gather → say → remember. Pure: nothing is written, nothing is sent.

Start reading here. ``take_turn`` takes all messages of a conversation that wait, oldest first, and gives everything that
the worker then keeps in one transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot import ellipsis, errands, policy, quota
from bot.brief import brief
from bot.db.turns import Done, Settled, Waiting
from bot.handlers import handover
from bot.handlers.base import Draft, Line, Turn
from bot.handlers.mirror import hints
from bot.handlers.table import ROUTES
from bot.learning import FOR, for_whom, learnt
from bot.model import Conversation, Customer, Handover, InboundMessage, Session, Speech
from bot.services import Services
from intents import OUT_OF_SCOPE, Recognition
from recommender import current
from scripts import Listener, Reply

_WELCOME_LIFE = timedelta(seconds=20)
"""A welcome_code of kf is good for 20 seconds after the shopper entered."""
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


def take_turn(waiting: Waiting, services: Services, now: datetime) -> Done:
    """What comes of the messages that wait: how each ended, what to say, what to remember."""
    local = now.astimezone(services.zone)
    tags = _tags(waiting.conversation, services, now)
    story = _Story(waiting.session)
    for n, message in enumerate(waiting.messages):
        following = waiting.messages[n + 1 :]
        story = _hear(message, following, waiting.conversation, (tags, services, local), story)
    return _done(waiting, _briefed(waiting, story, tags, services), services)


def _briefed(waiting: Waiting, story: _Story, tags: Mapping[str, tuple[str, ...]], services: Services) -> _Story:
    """A wish for a person goes to the desk with its story."""
    if story.handover is None:
        return story
    if any(draft.erase for draft in story.drafts):
        waiting, tags = replace(waiting, session=Session()), {}
    lines = brief(waiting, story.session.matter, story.handover, tags, services)
    return replace(story, handover=replace(story.handover, brief=lines))


_Scene = tuple[Mapping[str, tuple[str, ...]], Services, datetime]


def _hear(
    message: InboundMessage, following: Sequence[InboundMessage], conversation: Conversation, scene: _Scene, story: _Story
) -> _Story:
    """One message more."""
    tags, services, local = scene
    recognition = _understand(message, story.session, services, local)
    option = policy.tapped(message, story.session)
    turn = Turn(message, conversation, story.session, recognition, tags, local, option)
    name = _route(turn, following, story)
    draft = _drafted(name, turn, services) if name != "after_handover" else _AFTER
    if draft.erase:
        story, turn = _forgotten(story), _nameless(turn)
    else:
        draft = replace(draft, evidence=(*draft.evidence, *learnt(turn, services)))
    trace = _trace(name, recognition, draft, services)
    speeches, scripts = _say(turn, draft, trace, services)
    settled = Settled(message.id, draft.outcome, draft.reason or name, {**trace, "scripts": scripts})
    return _Story(
        _recalling(name, turn, draft),
        (*story.settled, settled),
        (*story.speeches, *speeches),
        draft.handover or story.handover,
        (*story.drafts, draft),
    )


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
    if not draft.erase and not turn.conversation.group and (whose := for_whom(turn)) is not None:
        session = replace(session, wish={**session.wish, FOR: whose})
    if turn.message.text.strip() and name not in _NO_MATTER and not draft.erase:
        session = replace(session, matter=turn.message.text.strip()[:_RECALLED])
    return session if draft.erase else ellipsis.remembering(session, name, turn.recognition.normalized)


_NO_MATTER = _COURTESIES | {
    "ask_human", "affirm", "deny", "waiting", "person_speaks", "merged", "empty", "not_addressed", "spam", "out_of_scope",
    "after_handover", "ask_bot_identity", "same_question", "opt_out",
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
    if story.handover is not None:
        return "after_handover"
    name = policy.decide(turn.recognition, turn.session, turn.option)
    if name in _COURTESIES and any(other.kind == "text" for other in following):
        return "merged"
    return name if name in ROUTES else "clarify"


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


_Said = tuple[list[Speech], list[dict[str, object]]]
"""Speeches, and for each line of the draft the script that gave its words."""


def _say(turn: Turn, draft: Draft, trace: Mapping[str, object], services: Services) -> _Said:
    """The draft's lines in the brand's words; a line for which there are none is left out and shows in the trace."""
    customer = turn.conversation.customer
    tags = {tag: frozenset(values) for tag, values in turn.tags.items()}
    listener = Listener(turn.conversation.channel, customer.level, customer.store, tags)
    always = _always(turn, services)
    replies = [
        (line, services.book.render(line.script, {**always, **line.facts}, listener, turn.message.platform_id))
        for line in draft.lines
    ]
    scripts = [_source(line, reply) for line, reply in replies]
    parts = [(line, reply) for line, reply in replies if reply is not None]
    speeches = [
        Speech(
            text=reply.text,
            cards=line.cards,
            options=line.options,
            critical=line.critical or draft.handover is not None,
            hands_over=draft.handover is not None and n == len(parts) - 1,
            code=_code(turn.message),
            deadline=_deadline(turn.message),
            answers=(turn.message.id,),
            trace={**trace, "script": _source(line, reply)},
        )
        for n, (line, reply) in enumerate(parts)
    ]
    return speeches, scripts


def _source(line: Line, reply: Reply | None) -> dict[str, object]:
    """Where the words come from."""
    if reply is None:
        return {"id": line.script, "missing": True}
    return {"id": reply.script, "variant": reply.variant, "version": reply.version}


def _code(message: InboundMessage) -> str | None:
    event = message.payload.get("event")
    code = event.get("welcome_code") if message.kind == "enter_session" and isinstance(event, Mapping) else None
    return code if isinstance(code, str) else None


def _deadline(message: InboundMessage) -> datetime | None:
    """When a welcome is too late; told by the platform's time where its clock is ours."""
    if message.kind != "enter_session":
        return None
    apart = abs(message.received_at - message.sent_at) > timedelta(days=3)
    return (message.received_at if apart else message.sent_at) + _WELCOME_LIFE


def _always(turn: Turn, services: Services) -> dict[str, str]:
    brand = services.brand
    name = turn.conversation.customer.name if brand.persona.greeting_by_name else None
    hour = turn.now.hour
    greeting = "早上好" if 5 <= hour < 11 else "中午好" if hour < 13 else "下午好" if hour < 18 else "晚上好"
    return {
        "称呼": name or "",
        "人设名": brand.persona.name,
        "自称": brand.persona.self_name,
        "品牌名": brand.name,
        "营业时间": brand.opening.words(turn.now),
        "时段问候": greeting,
    }


def _trace(route: str, recognition: Recognition, draft: Draft, services: Services) -> dict[str, object]:
    """Why we say what we say; of somebody who wants to be forgotten nothing is noted down."""
    if draft.erase:
        return {"route": route, "intent": recognition.intent, "why": draft.reason, "release": services.release[:12]}
    return {
        "route": route,
        "intent": recognition.intent,
        "confidence": round(recognition.confidence, 3),
        "intents": list(recognition.intents),
        "candidates": [{"intent": c.intent, "confidence": round(c.confidence, 3)} for c in recognition.candidates[:3]],
        "slots": [{"name": s.name, "value": s.value, "negated": s.negated} for s in recognition.slots],
        "sentiment": round(recognition.sentiment, 2),
        "urgency": round(recognition.urgency, 2),
        **({"escalation": recognition.escalation} if recognition.escalation else {}),
        "why": draft.reason,
        **draft.trace,
        "release": services.release[:12],
    }


def _done(waiting: Waiting, story: _Story, services: Services) -> Done:
    """Everything in one value, planned into what the platform still takes."""
    del services
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
    )


def apologize(waiting: Waiting, services: Services, now: datetime, reason: str) -> Done:
    """What is kept when a turn failed: an honest word, a person, and every message recorded as failed."""
    nothing = Recognition("", "", OUT_OF_SCOPE, 0.0, (OUT_OF_SCOPE,), (), (), 0.0, 0.0)
    first = waiting.messages[0]
    turn = Turn(first, waiting.conversation, waiting.session, nothing, {}, now.astimezone(services.zone))
    silent = waiting.conversation.owner == "human"
    draft = Draft() if silent else handover.failure(turn, services)
    trace = _trace("failure", nothing, replace(draft, reason=reason), services)
    speeches, _ = _say(turn, draft, trace, services)
    settled = tuple(Settled(message.id, "failed", reason, trace) for message in waiting.messages)
    return _done(waiting, _Story(draft.session or waiting.session, settled, tuple(speeches), draft.handover), services)


def give_up(waiting: Waiting, services: Services, reason: str) -> Done:
    """What is kept when not even an apology could be put into words: no sound, but a person, and every message failed."""
    settled = tuple(Settled(message.id, "failed", reason, {"route": "failure"}) for message in waiting.messages)
    wish = None if waiting.conversation.owner == "human" else Handover("程序处理失败，请人工接手", 1)
    return _done(waiting, _Story(waiting.session, settled, handover=wish), services)
