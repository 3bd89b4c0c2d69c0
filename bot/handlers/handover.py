"""Handing over to a person: always with a truthful word about when, and never a dead end."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot import alarms
from bot.handlers import skills
from bot.handlers.base import Draft, Line, Route, Turn
from bot.hours import opening_words
from bot.model import Handover
from bot.routing import Need, Outlook, outlook
from bot.services import Services

_LEADS: Mapping[str, str] = {
    "handover_complaint": "regret",
    "handover_confused": "regret",
    "apology": "regret",
    "handover_suitability": "hold_off",
}
"""Script that says why and when in one breath → what is said of the why where the when is another than usual."""
STATUS_AFTER = 60.0
"""Seconds after which a shopper who asks again hears once more how things stand: an answer to every 人呢 would be noise."""


def fetch(turn: Turn, services: Services, wish: Handover, script: str, *before: Line) -> Draft:
    """A person is fetched: what is said ``before``, then what may truthfully be promised, and the wish with whom it goes to."""
    skill = wish.skill or skills.wanted(turn, services, wish.kind, str(wish.why.get("topic", "")))
    wish = replace(wish, skill=skill, why={**evidence(turn), **wish.why})
    seen = _outlook(turn, services, wish)
    wish = replace(wish, assigned=seen.guide, path=seen.path, due=seen.opens, why={**wish.why, **_routed(seen)})
    session = replace(turn.session, pending=None, misses=0, asked=0, told_waiting=False, trail=_noted(turn, wish))
    lines = (*before, *_promise(turn, services, wish, seen, script))
    return Draft(lines, outcome="handed_over", reason=wish.reason, session=session, handover=wish, trace={"handover": wish.why})


def evidence(turn: Turn) -> dict[str, object]:
    """What was heard, for whoever asks why a person was fetched."""
    recognition = turn.recognition
    moods = turn.session.trail.get("moods")
    return {
        "words": turn.message.text.strip()[:60],
        "intent": recognition.intent,
        "confidence": round(recognition.confidence, 3),
        "sentiment": round(recognition.sentiment, 2),
        **({"escalation": recognition.escalation} if recognition.escalation else {}),
        **({"rule_of_safety": recognition.safety} if recognition.safety else {}),
        **({"trend": [*moods, round(recognition.sentiment, 2)]} if isinstance(moods, list) and moods else {}),
    }


def _routed(seen: Outlook) -> dict[str, object]:
    return {"routing": dict(seen.why)} if seen.why else {}


def _noted(turn: Turn, wish: Handover) -> dict[str, object]:
    """That a person was wished for, so that the same words after them fetch nobody anew."""
    said = turn.recognition.normalized or turn.message.text.strip()
    last = {"kind": wish.kind, "urgency": wish.urgency, "text": said[:60], "at": turn.now.timestamp()}
    return {**turn.session.trail, "wish": last}


def _outlook(turn: Turn, services: Services, wish: Handover) -> Outlook:
    """Whom the wish would go to now; where nothing is known of the guides, the brand's hours alone decide."""
    opening = services.brand.opening
    if not turn.duty.posts and not turn.duty.waiting:
        return Outlook(None, opens=None if opening.open_at(turn.now) else opening.next_opening(turn.now))
    customer = turn.conversation.customer
    need = Need(customer.store, customer.guide, wish.wanted, wish.skill, None, wish.urgency)
    return outlook(need, turn.duty, services.staff, services.brand, turn.now)


def _promise(turn: Turn, services: Services, wish: Handover, seen: Outlook, script: str) -> tuple[Line, ...]:
    """The words of a handover: who comes at once, who was told, how many wait before, or when somebody is there again."""
    told = _when(turn, services, wish, seen)
    if told is None:
        return (Line(script, _called(services, wish) if script == "handover_named" else {}, critical=True),)
    lead = _LEADS.get(script)
    return (*((Line(lead, critical=True),) if lead else ()), told)


def _when(turn: Turn, services: Services, wish: Handover, seen: Outlook) -> Line | None:
    """The line that says when; None where the script's own words say all that is known."""
    if seen.opens is not None:
        return Line("handover_after_hours", {"下次营业": opening_words(seen.opens, turn.now)}, critical=True)
    guide = services.staff.guides.get(seen.guide or "")
    if guide is None:
        return Line("handover_queue", {"前面几位": str(seen.ahead)}, critical=True) if seen.ahead > 0 else None
    facts = {"导购名": guide.name}
    if wish.wanted is not None and wish.wanted != guide.id:
        return Line("handover_instead", {**facts, "点名": _called(services, wish)["导购名"]}, critical=True)
    return Line("handover_here" if seen.present else "handover_told", facts, critical=True)


def _called(services: Services, wish: Handover) -> dict[str, str]:
    guide = services.staff.guides.get(wish.wanted or "")
    return {"导购名": guide.name} if guide is not None else {"导购名": "导购"}


def to_person(turn: Turn, services: Services) -> Draft:
    """Asked for a person, or for one by name."""
    guide = alarms.named(turn.message.text, services.staff.guides.values())
    wish = Handover("顾客要找人工" if guide is None else f"顾客要找{guide.name}", 1, guide.id if guide is not None else None)
    wish = replace(wish, why={"rule": "要找人" if guide is None else "点名找导购"})
    return fetch(turn, services, wish, "handover" if guide is None else "handover_named")


def reaction(turn: Turn, services: Services) -> Draft:
    """A body reacted: first what to do at once (stop using, rinse, see a doctor if it gets worse), then a person."""
    wish = Handover("使用后身体有反应", 2, kind="reaction", why={"rule": "身体反应，先说安全话再请人"})
    return fetch(turn, services, wish, "handover_reaction", Line("reaction_first_aid", critical=True))


def complaint(turn: Turn, services: Services) -> Draft:
    """Anger or a threat: an apology that promises nothing but a person."""
    return fetch(
        turn, services, Handover("投诉或威胁曝光", 2, kind="anger", why={"rule": "投诉、辱骂或威胁"}), "handover_complaint"
    )


def order_matter(turn: Turn, services: Services) -> Draft:
    """Something about the shopper's own order, which only a person can look up and change."""
    urgency = 1 if turn.recognition.intent in {"report_problem", "urge_order", "cancel_order"} else 0
    wish = Handover("要查或改顾客自己的订单", urgency, kind="order", why={"rule": "只有同事能查改的订单"})
    return fetch(turn, services, wish, "handover_order")


def confused(turn: Turn, services: Services) -> Draft:
    """Twice not understood or not known: a person, rather than a third guess."""
    wish = Handover("连续两次没有帮上忙", 0, kind="confused", why={"rule": "连续两次没听懂或没答案"})
    return fetch(turn, services, wish, "handover_confused")


def failure(turn: Turn, services: Services) -> Draft:
    """A fault of ours: said honestly, and given to a person."""
    wish = Handover("程序处理失败，请人工接手", 1, kind="failure", why={"rule": "程序出错"})
    return replace(fetch(turn, services, wish, "apology"), outcome="failed")


def waiting(turn: Turn, services: Services) -> Draft:
    """While a person is waited for the bot keeps quiet, but says once that the word has reached us, and how things stand when
    asked again after a while.
    """
    if not turn.session.told_waiting:
        return _status(turn, services, "waiting", "在等导购，只安抚一次")
    if _asks_again(turn):
        return _status(turn, services, "waiting_still", "还在等导购，如实说等了多久")
    return Draft(outcome="handed_over", reason="在等导购，机器人不插话")


def still_waiting(turn: Turn, services: Services, draft: Draft) -> Draft:
    """Asked for a person again while one is on the way: how things stand, no second wish; what was answered is still said."""
    status = _status(turn, services, "waiting_still", "已经在等导购，如实说等了多久，不重复登记")
    kept = tuple(line for line in draft.lines if line.script == "answer")
    return replace(status, lines=(*kept, *status.lines), trace=draft.trace)


def _asks_again(turn: Turn) -> bool:
    """Whether a shopper who waits asks how long, or for the person again, and was not told just now."""
    last = turn.session.trail.get("told_at")
    asks = turn.recognition.intent == "ask_human" or alarms.impatient(turn.message.text)
    return asks and isinstance(last, int | float) and turn.now.timestamp() - last >= STATUS_AFTER


def _status(turn: Turn, services: Services, script: str, reason: str) -> Draft:
    """How things stand: the next opening while nobody is there, else ``script`` with the minutes waited."""
    seen = _outlook(turn, services, Handover(""))
    since = turn.conversation.owner_since
    session = replace(turn.session, told_waiting=True, trail={**turn.session.trail, "told_at": turn.now.timestamp()})
    line = Line(script)
    if seen.opens is not None:
        line = Line("waiting_closed", {"下次营业": opening_words(seen.opens, turn.now)})
    elif script == "waiting_still":
        line = Line(script, {"等了几分钟": minutes} if (minutes := _waited(since, turn.now)) else {})
    return Draft((line,), outcome="handed_over", reason=reason, session=session)


def _waited(since: datetime | None, now: datetime) -> str:
    """Whole minutes, empty below one."""
    minutes = 0 if since is None else int((now - since).total_seconds() // 60)
    return str(minutes) if minutes > 0 else ""


def person_speaks(turn: Turn, services: Services) -> Draft:
    """A person has the conversation: not a word."""
    del turn, services
    return Draft(outcome="handed_over", reason="导购在接待，机器人不说话")


WHEN: Mapping[str, frozenset[str]] = {
    "handover_after_hours": frozenset({"下次营业"}),
    "handover_queue": frozenset({"前面几位"}),
    "handover_here": frozenset({"导购名"}),
    "handover_told": frozenset({"导购名"}),
    "handover_instead": frozenset({"导购名", "点名"}),
}
"""What every handover may say of when."""
TO_PERSON = Route(to_person, {"handover": frozenset(), "handover_named": frozenset({"导购名"}), **WHEN})
REACTION = Route(reaction, {"reaction_first_aid": frozenset(), "handover_reaction": frozenset(), **WHEN})
COMPLAINT = Route(complaint, {"handover_complaint": frozenset(), "regret": frozenset(), **WHEN})
ORDER_MATTER = Route(order_matter, {"handover_order": frozenset(), **WHEN})
CONFUSED = Route(confused, {"handover_confused": frozenset(), "regret": frozenset(), **WHEN})
FAILURE = Route(failure, {"apology": frozenset(), "regret": frozenset(), **WHEN})
STATUS: Mapping[str, frozenset[str]] = {"waiting_still": frozenset({"等了几分钟"}), "waiting_closed": frozenset({"下次营业"})}
WAITING = Route(waiting, {"waiting": frozenset(), **STATUS})
PERSON_SPEAKS = Route(person_speaks)
