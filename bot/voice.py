"""From a draft to what is said: each line in the brand's words, with its cards, options and deadline. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.handlers.attaching import Attached, Whom, attached
from bot.handlers.base import HUMAN, Draft, Line, Turn
from bot.handlers.listening import listener_of
from bot.model import InboundMessage, Speech
from bot.services import Services
from intents import Recognition
from scripts import Reply

_WELCOME_LIFE = timedelta(seconds=20)
"""A welcome_code of kf is good for 20 seconds after the shopper entered."""

Said = tuple[list[Speech], list[dict[str, object]]]
"""Speeches, and for each line of the draft the script that gave its words."""


@dataclass(frozen=True, slots=True)
class _Told:
    """A line with its words."""

    line: Line
    reply: Reply | None
    attached: Attached = field(default_factory=Attached)

    @property
    def source(self) -> dict[str, object]:
        """Where the words come from, and what was to go with them and does not."""
        if self.reply is None:
            return {"id": self.line.script, "missing": True}
        return self.reply.source | self.attached.source


def say(turn: Turn, draft: Draft, trace: Mapping[str, object], services: Services, *, spoken: bool = False) -> Said:
    """The draft's lines in the brand's words; a line for which there are none is left out and shows in the trace.

    ``spoken``: something was said in this turn already, so that this is no first contact any more.
    """
    told = _worded(turn, draft, services, spoken=spoken)
    parts = [(one, one.reply.text) for one in told if one.reply is not None]
    speeches = [
        Speech(
            text=text,
            cards=(*one.line.cards, *one.attached.cards),
            options=one.line.options,
            critical=one.line.critical or draft.handover is not None,
            hands_over=draft.handover is not None and n == len(parts) - 1,
            code=_code(turn.message),
            deadline=_deadline(turn.message),
            answers=(turn.message.id,),
            trace={**trace, "script": one.source},
        )
        for n, (one, text) in enumerate(parts)
    ]
    return speeches, [one.source for one in told]


def _worded(turn: Turn, draft: Draft, services: Services, *, spoken: bool) -> list[_Told]:
    """Each line with its words; where forbidden words in its facts took all of them, the honest word that we cannot answer."""
    listener, always = listener_of(turn, services, spoken=spoken), _always(turn, services)
    whom = Whom.of(turn, services)
    told: list[_Told] = []
    for line in draft.lines:
        reply = services.book.render(line.script, {**always, **line.facts}, listener, turn.message.platform_id)
        found = attached(reply.attachments, whom, services, line.cards) if reply is not None else Attached()
        told.append(_Told(line, reply, found))
        if reply is None and draft.handover is None and any(map(services.book.forbids, line.facts.values())):
            instead = Line("no_answer", options=(HUMAN,))
            told.append(_Told(instead, services.book.render("no_answer", always, listener, turn.message.platform_id)))
    return told


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
