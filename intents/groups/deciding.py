"""What is to be done with one remark: the policy's order of strength over what the judge and plain signs say."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from intents.groups.hearing import View
from intents.groups.turns import Sort, Turn
from intents.model import Recognition

HANDOVER, PRIVATE, ORDER = 0.15, 0.15, 0.34
"""A chance from here on is one: to overhear somebody who is hurt, or to show what is his own, costs most."""
SPEAK: Mapping[str, float] = {"careful": 0.72, "lively": 0.5}
"""How likely a remark is a question to the shop before the assistant speaks, by level; at_only speaks when it is named."""
_ALARMING = frozenset(("accident", "body", "threat"))
"""Words with which half of that chance is enough."""
_INHERITED, _PLAIN = 0.85, 0.6
"""How sure it is that a join is of the sort of what it joins; from where on its own words say otherwise."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one remark is, and how likely."""

    sort: Sort
    sure: float
    why: str
    spam: bool = False
    chances: Mapping[str, float] = field(default_factory=dict)


def wanting(chances: Mapping[str, float]) -> float:
    """How likely a remark wants something of the shop."""
    return round(1.0 - chances["talk"] - chances["order"], 3) if chances else 0.0


def verdict(view: View, chances: Mapping[str, float], joined: Turn | None, speak: float) -> Verdict:
    """The sort of a member's remark; ``joined`` is what it asks or reports as well."""
    if spam(view, chances):
        return Verdict("talk", 0.95, "是广告，不接话", spam=True, chances=chances)
    sure = _certain(view)
    if sure is not None:
        return replace(sure, chances=chances)
    if joined is not None and (inherited := _inherited(joined, chances)):
        return replace(inherited, chances=chances)
    if view.empty and not (view.cues & {"marks"}):
        return Verdict("talk", 0.97, "只有图片或表情", chances=chances)
    return replace(_likely(view, chances, speak), chances=chances)


def _certain(view: View) -> Verdict | None:
    """What plain signs settle."""
    told = view.recognition
    if told is not None and _hurt(view, told):
        return Verdict("handover", 0.97, "身体不舒服或者出了意外，要人马上来")
    if told is not None and told.safety == "complain" and not view.cues & {"laugh"} and "threat" in view.cues:
        return Verdict("handover", 0.97, "在投诉，要人来处理")
    if view.cues & {"phone", "long_number"} and not view.cues & {"advert", "list"}:
        return Verdict("private", 0.95, "带了电话、单号这些自己的信息，私下说")
    if "human" in view.cues and told is not None and told.safety == "ask_human" and (view.named or not view.to):
        return Verdict("handover", 0.96, "想找真人")
    return None


def _hurt(view: View, told: Recognition) -> bool:
    return told.safety == "report_reaction" and bool(view.cues & {"body", "accident"}) and not view.asking


def _inherited(joined: Turn, chances: Mapping[str, float]) -> Verdict | None:
    """Whoever joins asks, reports or misses the same; what he plainly says of himself comes first."""
    own = max(chances, key=lambda one: chances[one])
    sure = max(chances.get(joined.sort, 0.0), _INHERITED)
    if joined.sort == "handover" and own not in ("ask", "private", "order"):
        return Verdict("handover", sure, "也碰到了一样的问题，要人来处理")
    if joined.sort == "private" and own not in ("ask", "order") and chances["handover"] < _PLAIN:
        return Verdict("private", sure, "问的也是自己的事，私下说")
    if joined.sort in ("ask", "talk") and max(chances["handover"], chances["private"]) < _PLAIN:
        return Verdict("ask", max(chances["ask"], _INHERITED), "跟前面问的是同一件事")
    return None


def _likely(view: View, chances: Mapping[str, float], speak: float) -> Verdict:
    """What the judge thinks, the stronger action first."""
    if (grave := _grave(view, chances)) is not None:
        return grave
    if chances["order"] >= ORDER and chances["order"] > max(chances["talk"], 0.0 if view.named else chances["ask"]):
        return Verdict("order", chances["order"], "在接龙下单")
    if view.named:
        return Verdict("ask", 0.97, "叫了我的名字")
    if chances["ask"] >= speak and chances["ask"] >= chances["order"]:
        return Verdict("ask", chances["ask"], "在问店里的事，没指定谁来答")
    return Verdict("talk", max(chances["talk"], 0.5), _quiet(view, chances))


def _grave(view: View, chances: Mapping[str, float]) -> Verdict | None:
    """Somebody who is hurt or angry, or one's own matter; of both the likelier."""
    hurt, own = chances["handover"], chances["private"]
    if own >= PRIVATE and own > max(hurt, chances["order"]):
        return Verdict("private", own, "是自己的订单、账户或身体情况，私下说")
    if hurt >= (HANDOVER / 2 if view.cues & _ALARMING and not view.cues & {"laugh"} else HANDOVER):
        return Verdict("handover", hurt, "有人不满意或者不舒服，要人来处理")
    return None


def _quiet(view: View, chances: Mapping[str, float]) -> str:
    if chances["ask"] > 0.25:
        return "不确定是不是在问店里，先不插话"
    if view.asking:
        return "群友之间的话，不是问店里的"
    if view.cues & {"thanks", "fine"}:
        return "应一声、道个谢，不用接"
    return "群友闲聊，不插话"


def spam(view: View, chances: Mapping[str, float]) -> bool:
    """Whether a remark advertises something foreign or lures away."""
    told = view.recognition
    if told is None or told.safety in ("complain", "report_reaction"):
        return False
    likely = next((one.confidence for one in told.candidates if one.intent == "spam"), 0.0)
    return (likely >= 0.5 and "advert" in view.cues) or (likely >= 0.9 and chances.get("ask", 0.0) < 0.3)
