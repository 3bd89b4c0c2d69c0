"""From a draft to what is said: each line in the brand's words, with its cards, options and deadline. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.handlers.base import Draft, Line, Turn
from bot.model import InboundMessage, Speech
from bot.services import Services
from intents import Recognition
from scripts import Listener, Reply

_WELCOME_LIFE = timedelta(seconds=20)
"""A welcome_code of kf is good for 20 seconds after the shopper entered."""

Said = tuple[list[Speech], list[dict[str, object]]]
"""Speeches, and for each line of the draft the script that gave its words."""


def say(turn: Turn, draft: Draft, trace: Mapping[str, object], services: Services) -> Said:
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
    """Facts that every script may use."""
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


def trace_of(route: str, recognition: Recognition, draft: Draft, services: Services) -> dict[str, object]:
    """Why we say what we say; of somebody who wants to be forgotten nothing is noted down."""
    if draft.erase:
        return {"route": route, "intent": recognition.intent, "why": draft.reason, "release": services.release[:12]}
    return {
        "route": route,
        "intent": recognition.intent,
        "confidence": round(recognition.confidence, 3),
        "intents": list(recognition.intents),
        "candidates": [{"intent": c.intent, "confidence": round(c.confidence, 3)} for c in recognition.candidates[:3]],
        "slots": [
            {"name": s.name, "value": s.value, "negated": s.negated, "text": s.text, "start": s.start} for s in recognition.slots
        ],
        "sentiment": round(recognition.sentiment, 2),
        "urgency": round(recognition.urgency, 2),
        **({"escalation": recognition.escalation} if recognition.escalation else {}),
        "why": draft.reason,
        **draft.trace,
        "release": services.release[:12],
    }
