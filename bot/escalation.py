"""When a person is fetched: one decision over all that may call for one, and the evidence for it. Pure.

``decide`` is asked once for each message, after the bot knows what it would answer: what was heard (``bot.alarms``, the mood
and escalation that the recognizer reads), how the talk went so far (``Session.trail``), what the bot has to say, and what
the brand wishes (``Brand.service``). What a handler hands over by itself (a person was asked for, an entry that ops marked)
is told through the same value, ``bot.model.Handover``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from bot import alarms
from bot.brand import Service
from bot.ellipsis import TOPICS
from bot.handlers import handover
from bot.handlers.base import Draft, Turn
from bot.handlers.pointing import focus
from bot.handlers.trail import alike, asked, calm, heat, pressure, spoken_to
from bot.handlers.urgent import heard_already, urgent
from bot.model import Handover, Session
from bot.services import Services
from intents import Recognition

FURIOUS = 0.75
"""Pressure from which on what the recognizer takes for anger or a threat is anger at us: the escalation alone is wrong in three
of a hundred harmless messages, both together in fewer than one (BENCHMARKS, handover)."""
LOSING = -0.5
"""The same for money at risk, whose words are plainer."""
BOILING = 1.6
"""Bad moods of a talk, each counting 0.7 of the next, from which on a shopper is lost without a person: found on four fifths of
the helpdesk dialogues. 1 is one furious message."""
SETTLED = timedelta(minutes=30)
"""So long after a person's part the same words fetch nobody by themselves: the person has heard them."""
_REPEATS = 2
"""How often a question is put again before the answer counts as none; impatient or cross, once is enough."""
_UNSURE = frozenset(
    {"answer_choice", "no_answer", "clarify", "fact_unknown", "contains_unknown", "suggest_none", "stock_none", "stock_city_none"}
)
"""Scripts by which the bot says that it does not know."""
_STILL = frozenset({"crisis", "infant", "legal", "scam"})
"""What fetches a person however lately one spoke."""
_PRESSING = re.compile(r"到底|究竟|都说了|问了|再问|我问的是|我是问|[?!]{2,}|还是没|怎么还")


@dataclass(frozen=True, slots=True)
class Heard:
    """Everything that the decision looks at."""

    recognition: Recognition
    session: Session
    """Before this message."""
    now: datetime
    route: str = ""
    """What the message was taken for."""
    draft: Draft = field(default_factory=Draft)
    """What the bot would answer."""
    level: str | None = None
    """The shopper's membership."""
    service: Service = field(default_factory=Service)
    amount: Decimal | None = None
    """What they are about to spend, in yuan, where it is known."""
    limit: float = FURIOUS
    """Pressure at which anger fetches a person; only the bench asks with another."""


def decide(heard: Heard) -> Handover | None:
    """Whether a person must come, for what, how soon and why; None: the bot may go on."""
    wish = _of_words(heard) or _of_mood(heard) or _of_the_talk(heard) or _of_the_brand(heard)
    if wish is None or (wish.why.get("topic") not in _STILL and settled(heard)):
        return None
    return wish


def settled(heard: Heard) -> bool:
    """Whether a person has just dealt with these very words."""
    last = heard.session.trail.get("wish")
    if not isinstance(last, Mapping):
        return False
    at, said = last.get("at"), str(last.get("text", ""))
    soon = isinstance(at, int | float) and heard.now.timestamp() - at <= SETTLED.total_seconds()
    return soon and alike(heard.recognition.normalized, said)


_URGENT: Mapping[str, tuple[str, str, int]] = {
    "crisis": ("risk", "顾客可能会伤害自己，请立刻接手", 2),
    "legal": ("risk", "顾客要投诉到监管、法院或媒体", 2),
    "scam": ("risk", "顾客可能遇到诈骗或盗刷", 2),
    "money": ("risk", "顾客的钱有风险：重复扣款、退款未到或扣款不明", 1),
    "infant": ("risk", "孩子身体不舒服，要先问医生", 2),
    "medical": ("risk", "涉及疾病或用药，机器人不能拿主意", 1),
    "unhelped": ("confused", "顾客说刚才的回答没有帮上忙", 1),
    "bulk": ("rule", "大宗或企业采购", 0),
}
"""Topic of an alarm → kind, reason, urgency."""


def _of_words(heard: Heard) -> Handover | None:
    alarm = alarms.heard(heard.recognition)
    if alarm is None or (alarm.topic == "unhelped" and not spoken_to(heard.session)):
        return None
    if alarm.topic in {"medical", "infant"} and heard.route == "report_reaction":
        return None
    return _wish(alarm.topic, f"说了“{alarm.words}”", heard)


def _wish(topic: str, rule: str, heard: Heard) -> Handover:
    kind, reason, urgency = _URGENT[topic]
    return Handover(reason, urgency, kind=kind, why={"rule": rule, "topic": topic, **_trend(heard)})


def _of_mood(heard: Heard) -> Handover | None:
    """Anger and money as the recognizer reads them, where mood, words and history bear it out."""
    found = heard.recognition
    if calm(found) or heard.route in {"ask_human", "report_reaction"}:
        return None
    if found.escalation == "money" and found.sentiment <= LOSING:
        return _wish("money", "情绪模型判断钱有风险，语气也很差", heard)
    if found.escalation in {"anger", "threat"} and pressure(found) >= heard.limit and heard.route != "complain":
        return _angry("情绪模型判断在生气，语气很差", heard)
    if found.sentiment < 0 and heat(heard.session, found) >= BOILING:
        return _angry("这段对话里语气一直很差", heard)
    return None


def _angry(rule: str, heard: Heard) -> Handover:
    return Handover("顾客在生气", 2, kind="anger", why={"rule": rule, "topic": "anger", **_trend(heard)})


def _trend(heard: Heard) -> dict[str, object]:
    return {"heat": round(heat(heard.session, heard.recognition), 2)}


def _of_the_talk(heard: Heard) -> Handover | None:
    """The same question after our answer: it was none."""
    if heard.route not in TOPICS:
        return None
    said = heard.recognition.normalized
    times = sum(alike(said, one) for one in asked(heard.session))
    cross = heard.recognition.sentiment <= LOSING or _PRESSING.search(said) is not None
    if times < (1 if cross else _REPEATS):
        return None
    why = {"rule": f"同一个问题问了 {times + 1} 次", "topic": "repeated", **_trend(heard)}
    return Handover("同一个问题反复问，回答没有帮上忙", 1, kind="confused", why=why)


def _of_the_brand(heard: Heard) -> Handover | None:
    """What ops wished for in ``brand.yml``: large orders, and customers who get a person as soon as the bot is unsure once."""
    over, amount = heard.service.order_over, heard.amount
    if over is not None and amount is not None and amount > Decimal(str(over)):
        large = {"rule": f"金额 {amount:f} 元超过 {over:g} 元", "topic": "order_over"}
        return Handover(f"要买的超过 {over:g} 元", 1, kind="rule", why=large)
    unsure = sorted({line.script for line in heard.draft.lines} & _UNSURE)
    if unsure and heard.level is not None and heard.level in heard.service.high_value:
        why: dict[str, object] = {"rule": f"{heard.level} 等级，机器人拿不准就请人", "topic": "high_value", "scripts": unsure}
        return Handover("重要顾客，机器人没有把握", 1, kind="unsure", why=why)
    return None


def spending(turn: Turn, route: str, services: Services) -> Decimal | None:
    """What the shopper is about to spend: a product times its number, else the sum that they name with a wish to buy."""
    slots = [slot for slot in turn.recognition.slots if not slot.negated]
    if route in {"place_order", "ask_price", "ask_stock", "bargain", "ask_promotion"}:
        product = services.recommender.product(
            next((str(s.value) for s in slots if s.name == "product"), focus(turn.session) or "")
        )
        numbers = [s.value.get("n") for s in slots if s.name == "quantity" and isinstance(s.value, Mapping)]
        number = next((n for n in numbers if isinstance(n, int | float)), 1 if route == "place_order" else None)
        if product is not None and number is not None:
            return product.price * Decimal(str(number))
    sums = [s.value for s in slots if s.name == "budget" and isinstance(s.value, Mapping)]
    named = [one for told in sums for one in (told.get("max"), told.get("min")) if isinstance(one, int | float)]
    return Decimal(str(max(named))) if named else None


_NOT_ASKED = frozenset({"person_speaks", "not_addressed", "welcome", "media", "empty", "merged", "rated", "opt_out", "spam"})
"""Routes after which nobody is fetched by the words: they are a person's already, or there are none."""
_EMERGENCIES = frozenset({"crisis", "infant"})
"""What is answered with safe words at once, even to somebody who waits for a person."""


def decided(name: str, turn: Turn, draft: Draft, services: Services) -> Draft:
    """The draft after the decision on a person: fetched, not a second time, or left as it is."""
    if name in _NOT_ASKED or draft.erase:
        return draft
    wish = None if turn.option is not None else decide(_heard(name, turn, draft, services))
    if name in {"waiting", "after_handover"}:
        return _while_waiting(turn, draft, wish, services)
    if wish is not None:
        draft = urgent(turn, services, wish, draft)
    if draft.handover is not None and turn.conversation.owner == "waiting" and not _more_urgent(turn, draft.handover):
        return handover.still_waiting(turn, services, draft)
    if draft.handover is not None and wish is None and name not in _ALWAYS and settled(_heard(name, turn, draft, services)):
        return heard_already(turn, draft)
    return draft


_ALWAYS = frozenset({"ask_human", "report_reaction"})
"""Routes that fetch a person however lately one spoke."""


def _heard(name: str, turn: Turn, draft: Draft, services: Services) -> Heard:
    return Heard(
        turn.recognition,
        turn.session,
        turn.now,
        name,
        draft,
        turn.conversation.customer.level,
        services.brand.service,
        spending(turn, name, services),
    )


def _while_waiting(turn: Turn, draft: Draft, wish: Handover | None, services: Services) -> Draft:
    """Somebody who waits is told what to do when a body or a life is at risk; everything else waits with them."""
    if turn.recognition.safety == "report_reaction":
        return handover.reaction(turn, services)
    return urgent(turn, services, wish, draft) if wish is not None and wish.why.get("topic") in _EMERGENCIES else draft


def _more_urgent(turn: Turn, wish: Handover) -> bool:
    """Whether a wish is more than what the shopper waits for already."""
    last = turn.session.trail.get("wish")
    before = last.get("urgency") if isinstance(last, Mapping) else None
    return isinstance(before, int) and wish.urgency > before and wish.urgency >= 2
