"""What is said when the decision fetches a person (``bot.escalation``): safe words first, then the promise."""

from collections.abc import Mapping
from dataclasses import replace

from bot.handlers import handover
from bot.handlers.base import HUMAN, Draft, Line, Route, Turn
from bot.model import Handover
from bot.services import Services

_SAFE: Mapping[str, str] = {
    "crisis": "careful_crisis",
    "scam": "careful_scam",
    "money": "careful_money",
    "infant": "careful_medical",
    "medical": "careful_medical",
}
"""Topic → what is said before anything else."""
_PROMISES: Mapping[str, str] = {
    "legal": "handover_complaint",
    "anger": "handover_complaint",
    "unhelped": "handover_confused",
    "repeated": "handover_confused",
    "high_value": "handover_unsure",
    "bulk": "handover_bulk",
    "order_over": "handover_bulk",
}
_TELLS_ANSWER = frozenset({"bulk", "order_over"})
"""Topics in which an entry that answered is still told first."""


def urgent(turn: Turn, services: Services, wish: Handover, draft: Draft) -> Draft:
    """The draft for a wish: it takes the place of what the bot would have answered, or goes over it where a person comes anyhow.

    An entry that already hands over is ops' own word on the matter: it stays, and only the reason grows.
    """
    topic = str(wish.why.get("topic", ""))
    given = draft.handover
    if given is not None and topic != "crisis" and any(line.script == "answer" for line in draft.lines):
        why = {**given.why, **wish.why}
        merged = replace(given, reason=wish.reason, urgency=max(given.urgency, wish.urgency), kind=wish.kind, why=why)
        return replace(draft, handover=merged, reason=wish.reason, trace={**draft.trace, "handover": why})
    before = [line for line in draft.lines if topic in _TELLS_ANSWER and line.script == "answer"]
    if topic in _SAFE:
        before.append(Line(_SAFE[topic], critical=True))
    turn = replace(turn, session=replace(draft.session or turn.session, trail=turn.session.trail))
    found = handover.fetch(turn, services, wish, _PROMISES.get(topic, "handover_risk"), *before)
    return replace(found, trace={**draft.trace, **found.trace})


def heard_already(turn: Turn, draft: Draft) -> Draft:
    """The very words that a person has just dealt with: answered where there is an answer, and a person again only by a tap."""
    kept = tuple(line for line in draft.lines if line.script == "answer")
    lines = (*kept, Line("handover_again", options=(HUMAN,)))
    session = replace(turn.session, pending=None)
    return Draft(lines, reason="导购刚处理过同样的话，先问要不要再请人", session=session, trace=draft.trace)


URGENT = Route(
    handover.person_speaks,
    {
        **{
            script: frozenset[str]()
            for script in sorted({*_SAFE.values(), *_PROMISES.values(), "handover_risk", "handover_again"})
        },
        "regret": frozenset(),
        **handover.WHEN,
    },
)
"""Not a route that a message takes by itself: it stands in the table for what it may say."""
