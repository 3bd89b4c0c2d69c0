"""How a talk went, as far as the decision on a person stands on it: moods, questions that were answered, offers of a person."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from bot import alarms
from bot.ellipsis import TOPICS
from bot.handlers.base import Turn
from bot.model import Session, Speech
from intents import Recognition

_COOLS = 0.7
"""What a mood still counts one message later."""
_KEPT = 6
"""Moods and questions that are remembered."""
_SURELY_FOND = 0.8
_APART = 2
"""Characters that the same question may have more or less."""
_SMALL = re.compile(r"请问|麻烦|到底|究竟|我(?:想|要)?问(?:一?下)?(?:的是)?|[的了呢吧啊呀哦嘛吗么你们我 ,.。!?~]")


def calm(found: Recognition) -> bool:
    """Whether bad words are fond ones, somebody else's matter, or taken back."""
    text = found.normalized
    kind = found.intent in {"praise", "thank"} and found.confidence >= _SURELY_FOND
    chat = found.intent == "chitchat" and not alarms.at_us(text)
    return kind or chat or alarms.denied(text) or alarms.fond(text) or alarms.not_at_us(text)


def pressure(found: Recognition) -> float:
    """How angry at us one message is, 0 … 1.5: its bad mood, and half the probability of a complaint.

    The weights were found on four fifths of the helpdesk dialogues (``bot.bench.handover_helpdesk``).
    """
    complains = next((one.confidence for one in found.candidates if one.intent == "complain"), 0.0)
    return 0.0 if calm(found) else max(0.0, -found.sentiment) + complains / 2


def heat(session: Session, found: Recognition) -> float:
    """How bad the moods of a talk were up to this message, the latest counting most."""
    moods = [*_moods(session), 0.0 if calm(found) else found.sentiment]
    return sum(max(0.0, -mood) * _COOLS**age for age, mood in enumerate(reversed(moods)))


def _moods(session: Session) -> list[float]:
    kept = session.trail.get("moods")
    return [float(one) for one in kept if isinstance(one, int | float)] if isinstance(kept, list | tuple) else []


def asked(session: Session) -> Sequence[str]:
    """The questions that were answered lately, oldest first."""
    kept = session.trail.get("asked")
    return [str(one) for one in kept] if isinstance(kept, list | tuple) else []


def spoken_to(session: Session) -> bool:
    """Whether there is an answer of ours that may have been none."""
    return bool(session.trail.get("asked") or session.entry or session.shown or session.misses)


def alike(one: str, other: str) -> bool:
    """Whether two messages ask the same in nearly the same words: some may be left out, none exchanged (徐汇店有货吗, 静安店)."""
    plain, before = _SMALL.sub("", one), _SMALL.sub("", other)
    if not plain or not before:
        return one == other
    if plain == before:
        return True
    if abs(len(plain) - len(before)) > _APART or len(set(plain) ^ set(before)) > _APART:
        return False
    steps = [step for step in SequenceMatcher(None, plain, before, autojunk=False).get_opcodes() if step[0] != "equal"]
    apart = sum(max(i2 - i1, j2 - j1) for _, i1, i2, j1, j2 in steps)
    return all(step[0] != "replace" for step in steps) and apart <= _APART and min(len(plain), len(before)) > 2 * apart


def remember(turn: Turn, route: str, session: Session, speeches: Sequence[Speech]) -> Session:
    """The memory that the next decision stands on: moods, questions that were answered, and whether a person was offered."""
    trail = {key: value for key, value in session.trail.items() if key != "offer"}
    felt = 0.0 if calm(turn.recognition) else round(turn.recognition.sentiment, 2)
    trail["moods"] = [*_moods(turn.session), felt][-_KEPT:]
    if route in TOPICS and turn.recognition.normalized:
        trail["asked"] = [*asked(turn.session), turn.recognition.normalized[:60]][-_KEPT:]
    if (offer := offered(speeches)) is not None:
        trail["offer"] = offer
    return replace(session, trail=trail)


_FAILED = frozenset(
    {"no_answer", "clarify", "fact_unknown", "contains_unknown", "suggest_none", "stock_none", "rated_low", "handover_again"}
)
_ASKS_WHETHER = re.compile(
    r"(?:要不要|需不需要|需要|要我|要)[^。!]{0,12}(?:转人工|请[^。]{0,6}(?:导购|同事|人))[^。]{0,4}[吗?？]"
)


def offered(speeches: Sequence[Speech]) -> str | None:
    """How a person was offered in what is said last: ``plain`` where a bare yes takes it, ``beside`` other things, or not."""
    if not speeches or speeches[-1].hands_over:
        return None
    last = speeches[-1]
    script = last.trace.get("script")
    name = script.get("id") if isinstance(script, Mapping) else None
    if _ASKS_WHETHER.search(last.text) or (name in _FAILED and [one.id for one in last.options] == ["human"]):
        return "plain"
    return "beside" if "转人工" in last.text or any(one.id == "human" for one in last.options) else None
