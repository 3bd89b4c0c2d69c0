"""Handing over to a person: always with a truthful word about when, and never a dead end."""

from dataclasses import replace

from bot.brand import opening_words
from bot.handlers.base import Draft, Line, Route, Turn
from bot.model import Handover
from bot.services import Services


def promise(turn: Turn, services: Services, script: str) -> Line:
    """The words of a handover: within opening hours somebody comes, outside them we say when the next one is there."""
    opening = services.brand.opening
    if opening.open_at(turn.now) or opening.next_opening(turn.now) is None:
        return Line(script, critical=True)
    following = opening.next_opening(turn.now)
    assert following is not None
    when = opening_words(following, turn.now)
    return Line("handover_after_hours", {"下次营业": when}, critical=True)


def sorry(turn: Turn, services: Services, script: str) -> tuple[Line, ...]:
    """The promise after an apology: within opening hours the script apologizes itself, outside them we do so first."""
    line = promise(turn, services, script)
    return (line,) if line.script == script else (Line("regret", critical=True), line)


def to_person(turn: Turn, services: Services) -> Draft:
    """Asked for a person, or for one by name."""
    guide = services.staff.guide_named(turn.message.text)
    line = promise(turn, services, "handover")
    if guide is not None and line.script == "handover":
        line = replace(line, script="handover_named", facts={"导购名": guide.name})
    wanted = guide.id if guide is not None else None
    return _hand_over(turn, (line,), Handover("顾客要找人工" if guide is None else f"顾客要找{guide.name}", 1, wanted))


def reaction(turn: Turn, services: Services) -> Draft:
    """A body reacted: first what to do at once (stop using, rinse, see a doctor if it gets worse), then a person."""
    lines = (Line("reaction_first_aid", critical=True), promise(turn, services, "handover_reaction"))
    return _hand_over(turn, lines, Handover("使用后身体有反应", 2))


def complaint(turn: Turn, services: Services) -> Draft:
    """Anger or a threat: an apology that promises nothing but a person."""
    return _hand_over(turn, sorry(turn, services, "handover_complaint"), Handover("投诉或威胁曝光", 2))


def order_matter(turn: Turn, services: Services) -> Draft:
    """Something about the shopper's own order, which only a person can look up and change."""
    urgency = 1 if turn.recognition.intent in {"report_problem", "urge_order", "cancel_order"} else 0
    return _hand_over(turn, (promise(turn, services, "handover_order"),), Handover("要查或改顾客自己的订单", urgency))


def confused(turn: Turn, services: Services) -> Draft:
    """Twice not understood or not known: a person, rather than a third guess."""
    return _hand_over(turn, (promise(turn, services, "handover_confused"),), Handover("连续两次没有帮上忙", 0))


def failure(turn: Turn, services: Services) -> Draft:
    """A fault of ours: said honestly, and given to a person."""
    draft = _hand_over(turn, sorry(turn, services, "apology"), Handover("程序处理失败，请人工接手", 1))
    return replace(draft, outcome="failed")


def waiting(turn: Turn, services: Services) -> Draft:
    """While a person is waited for the bot keeps quiet, but says once that the word has reached us."""
    del services
    if turn.session.told_waiting:
        return Draft(outcome="handed_over", reason="在等导购，机器人不插话")
    session = replace(turn.session, told_waiting=True)
    return Draft((Line("waiting"),), outcome="handed_over", reason="在等导购，只安抚一次", session=session)


def person_speaks(turn: Turn, services: Services) -> Draft:
    """A person has the conversation: not a word."""
    del turn, services
    return Draft(outcome="handed_over", reason="导购在接待，机器人不说话")


def _hand_over(turn: Turn, lines: tuple[Line, ...], wish: Handover) -> Draft:
    session = replace(turn.session, pending=None, misses=0, asked=0, told_waiting=False)
    return Draft(lines, outcome="handed_over", reason=wish.reason, session=session, handover=wish)


_LATER = {"handover_after_hours": frozenset({"下次营业"})}
TO_PERSON = Route(to_person, {"handover": frozenset(), "handover_named": frozenset({"导购名"}), **_LATER})
REACTION = Route(reaction, {"reaction_first_aid": frozenset(), "handover_reaction": frozenset(), **_LATER})
COMPLAINT = Route(complaint, {"handover_complaint": frozenset(), "regret": frozenset(), **_LATER})
ORDER_MATTER = Route(order_matter, {"handover_order": frozenset(), **_LATER})
CONFUSED = Route(confused, {"handover_confused": frozenset(), **_LATER})
FAILURE = Route(failure, {"apology": frozenset(), "regret": frozenset(), **_LATER})
WAITING = Route(waiting, {"waiting": frozenset()})
PERSON_SPEAKS = Route(person_speaks)
