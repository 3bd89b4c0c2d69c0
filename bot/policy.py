"""Decide what a turn is about: a pure function of what was understood, what we remember, and who has the floor."""

import re
from collections.abc import Mapping
from datetime import datetime

from bot import alarms, followups, ownership, quiet
from bot.handlers import care, privacy, rating
from bot.handlers.products import ASKS
from bot.model import Conversation, InboundMessage, Option, Session
from intents import OUT_OF_SCOPE, Recognition

UNSURE = 0.30
"""Below this calibrated confidence an intent says nothing: 46 labels, so chance alone is 0.02; under a third we would be
wrong more often than right."""

SURE = 0.6
"""Below it a verdict that would be acted on without asking the base (silence, an apology, first aid, small talk) is not."""
SURELY_SPAM = 0.8
"""Silence is a hard answer to a shopper who types pinyin."""
_ACTED_ON = frozenset(
    {"report_reaction", "complain", "spam", "opt_out", "greet", "thank", "goodbye", "chitchat", "praise", "ask_human"}
    | {"ask_bot_identity", "deny", "affirm"}
)

_WELCOMES = {"enter_session": "welcome", "contact_added": "welcome_contact", "group_joined": "welcome_group"}
"""Events that tell of somebody who came."""

_ABOUT_GOODS = frozenset({"recommend_product", "provide_info", "ask_product_info", "ask_usage", "place_order"})

_CARRIES_ON = frozenset({"provide_info", "affirm", "greet", "chitchat", OUT_OF_SCOPE, "ask_suitability", "recommend_product"})
"""Intents that a bare value (油皮, 两百以内) is easily taken for, when it only answers our question."""


def situation(message: InboundMessage, conversation: Conversation, now: datetime) -> str | None:
    """The route that the situation alone decides, before a word is understood; None where the words decide."""
    floor = ownership.floor_of(conversation)
    if message.kind in _WELCOMES:
        return _WELCOMES[message.kind] if conversation.owner in {"bot", "closed"} else "person_speaks"
    if message.id <= conversation.human_upto or conversation.owner == "human":
        return "person_speaks"
    if conversation.group and not message.payload.get("at_bot"):
        return "not_addressed"
    if not ownership.bot_may_answer(floor, now):
        return "waiting"
    if message.kind != "text":
        return "media"
    return "empty" if not message.text.strip() else None


def tapped(message: InboundMessage, session: Session) -> str | None:
    """The id of the option that was tapped, or typed word for word; None for free text."""
    text = message.payload.get("text")
    told = message.payload.get("option") or (text.get("menu_id") if isinstance(text, Mapping) else None)
    if isinstance(told, str) and told:
        return told
    options: tuple[Option, ...] = session.pending.options if session.pending is not None else ()
    said = message.text.strip()
    return next((option.id for option in options if option.label == said), None)


def decide(recognition: Recognition, session: Session, option: str | None) -> str:
    """The name of the route for what was said."""
    if (route := _told(recognition, session, option)) is not None:
        return route
    if privacy.concerned(recognition.text, session):
        return "ask_privacy"
    if care.answered(recognition.text, session) or (option is not None and care.waits(session)):
        return "provide_info"
    if _answers_pending(recognition, session):
        return "provide_info"
    if followups.of_an_illness(recognition):
        return _weighed(recognition)
    return followups.carried_on(recognition, session) or _weighed(recognition)


def _told(recognition: Recognition, session: Session, option: str | None) -> str | None:
    """What needs no weighing: a rating, a tap, what must not be missed, yes to a person."""
    rated = "rated" if rating.given(recognition.text, option, session) is not None else None
    return rated or _chosen(option) or _in_peace(recognition) or _surely(recognition) or _taken(recognition.text, session)


_PEACE = {"out": "opt_out", "back": "opt_in", "hush": "hush", "named": "name_again"}


def _in_peace(recognition: Recognition) -> str | None:
    """What a shopper wants to be spared of, or no longer, in words that leave no doubt; never before what must not be missed."""
    if recognition.safety not in {None, "opt_out"}:
        return None
    told = quiet.told(recognition.text)
    return _PEACE[told.wish] if told is not None else None


def _surely(recognition: Recognition) -> str | None:
    """What a rule found or words say that no rule has, unless it is denied, meant fondly or somebody else's matter."""
    text = recognition.text.strip()
    if recognition.safety is not None and not _false_alarm(recognition.safety, recognition):
        return recognition.safety
    return "ask_human" if alarms.wants_somebody(text) else None


def _false_alarm(intent: str, recognition: Recognition) -> bool:
    """不找人工了, 经理同款: no wish for a person; 坑爹的天气, 不是投诉: no complaint; 别@所有人了: nobody unsubscribes."""
    text = recognition.text
    if intent == "ask_human":
        return alarms.wants_nobody(text)
    if intent == "opt_out":
        return quiet.not_said(text)
    return intent == "complain" and (alarms.denied(text) or alarms.not_at_us(text))


_WANTS = re.compile(
    r"(?:好的?|嗯+|行|可以|那|那就|对|是的?|麻烦|请|帮我|给我|我|快|都?)*[,， ]*(?:要|需要|转|转吧|转一?下|转人工|要的|"
    r"找|找吧|叫|叫吧|请人|请吧)(?:吧|的|啊|呀|了|一下|一?个)*[,，。.!！~ ]*(?:谢谢)?"
)
"""Words that take the offer of a person wherever it stood."""
_YES = re.compile(
    r"(?:好+的?|行|可以|嗯+|ok|OK|对|是|是的|成|中|得|那好|好呀|好啊)(?:吧|呀|啊|的|嘞|哒|了)*[,，。.!！~ ]*(?:谢谢|"
    r"麻烦了|麻烦你了?|辛苦了?)?|麻烦(?:你|您)?了"
)
"""Words that take it only where nothing else was asked or offered."""


def _taken(text: str, session: Session) -> str | None:
    """``ask_human`` where a person was offered just now and the shopper says yes to it."""
    offer, plain = session.trail.get("offer"), text.strip()
    if offer is None or (session.pending is not None and session.pending.slot not in {"entry", rating.SLOT}):
        return None
    return "ask_human" if _WANTS.fullmatch(plain) or (offer == "plain" and _YES.fullmatch(plain)) else None


def _chosen(option: str | None) -> str | None:
    """The route of a tapped option; None where only its words count."""
    if option == "human":
        return "ask_human"
    if option is not None and option.startswith("entry:"):
        return "chosen_entry"
    return "provide_info" if option is not None and option.startswith("slot:") else None


def _weighed(recognition: Recognition) -> str:
    """The intent, where it is sure enough for what it would set off."""
    intent, sure = recognition.intent, recognition.confidence
    if intent in {"ask_human", "complain", "opt_out"} and _false_alarm(intent, recognition):
        return _instead(intent, recognition)
    if intent in _ABOUT_GOODS and followups.of_an_illness(recognition):
        return "ask_suitability"
    needed = SURELY_SPAM if intent == "spam" else SURE if intent in _ACTED_ON else UNSURE
    if intent == OUT_OF_SCOPE or sure >= needed:
        return intent
    if followups.names_a_wish(recognition):
        return "recommend_product"
    # First aid that nobody needed does less harm than a burning face that was overheard.
    return intent if intent == "report_reaction" and sure >= UNSURE else "clarify"


def _instead(intent: str, recognition: Recognition) -> str:
    """The next best guess, where the best was a false alarm; small talk where nothing else is likely."""
    never = {intent, "complain", "ask_human", "report_reaction", "opt_out"}
    rest = [one for one in recognition.candidates if one.intent not in never]
    total = sum(one.confidence for one in rest) or 1.0
    best = rest[0] if rest else None
    if best is None or best.confidence / total < SURE:
        return "clarify" if _asks(recognition.normalized) else "chitchat"
    return best.intent


def _asks(text: str) -> bool:
    return re.search(r"[吗么?]|有没有|怎么|什么|多少|几|哪|问", text) is not None


def expected(session: Session) -> str | None:
    """The slot in which an answer to our question would stand; ``yes_no`` for a plain yes or no."""
    if session.pending is None:
        return None
    return {
        "age_stage": "age_months",
        "budget_wider": "yes_no",
        "entry": None,
        "mirror": None,
        "erase": None,
        "safety": None,
        "rating": None,
    }.get(session.pending.slot, session.pending.slot)


def _answers_pending(recognition: Recognition, session: Session) -> bool:
    """Whether the message gives the value that we asked for."""
    if session.pending is None or f"ask_{session.pending.slot}" not in ASKS:
        return False
    slot = expected(session)
    given = any(found.name == slot for found in recognition.slots)
    return given and recognition.intent in _CARRIES_ON
