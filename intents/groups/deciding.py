"""What is to be done with one remark: the policy's order of strength over what the judge and plain signs say."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from intents.groups.echoing import echo
from intents.groups.hearing import View
from intents.groups.likeness import words
from intents.groups.turns import GRAVE, Sort, Turn
from intents.groups.whose import (
    aside,
    continues,
    foreign,
    injured,
    owns,
    presses,
    scorns,
    shows_own,
    speaks_of_own,
    warns_of_harm,
)
from intents.guard import Known, guard
from intents.model import Recognition

HANDOVER, PRIVATE, ORDER = 0.11, 0.11, 0.34
"""A chance from here on is one: to overhear somebody who is hurt, or to show what is his own, costs most."""
_UNWARNED = 0.25
"""The same of the first two where no word speaks for it: of the logs' remarks that are told so less surely hardly one was one."""
_MUCH = 0.5
"""From here on somebody is rather hurt or angry than on an errand of his own; so sure a join needs no more of its own."""
_PRESSED = 0.8
"""How sure it is that who presses his complaint, or goes on about his own matter, means it."""
SPEAK: Mapping[str, float] = {"careful": 0.75, "lively": 0.5}
"""How likely a remark is a question to the shop before the assistant speaks, by level; at_only speaks when it is named."""
_ALARMING = frozenset(("accident", "body", "threat", "swallowed", "letdown", "broken"))
"""Words with which half of that chance is enough."""
_GRAVE = frozenset(("report_problem", "complain", "report_reaction", "track_order", "urge_order", "ask_human"))
_BARED = frozenset(("phone", "long_number", "own_errand", "own_health", "own_thing", "body", "accident", "swallowed", "threat"))
"""Words with which whoever asks the same shows something of his own besides."""
_HEARD = 0.5
"""Intents of which the recognizer must be so sure that half of that chance is enough."""
_NOBODY = Known()
_SURELY, _LIKELY = 0.8, 0.65
"""How sure the guard must be of an advertisement that reads like an order, and of one that reads like a complaint."""
_MIGHT = re.compile(r"怕|担心|会不会|万一|能不能|可以|能吃|适合|一口|好吃|入口")
_LIVING = re.compile(r"狗|猫|娃|宝|孩|儿子|女儿|闺女|孙|老人|爸|妈|奶|爷|柯基|泰迪|金毛|我(?!们)|他|她|它|怎么办|咋办|干呕|吐")
_INHERITED, _PLAIN, _DOUBT = 0.85, 0.6, 0.2
"""How sure it is that a join is of the sort of what it joins; from where on its own words say otherwise, and from where on they
are rather a trouble or his own than a question that is answered aloud."""


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
    if why := spam(view, chances):
        return Verdict("talk", 0.95, why, spam=True, chances=chances)
    sure = _certain(view)
    if sure is not None:
        return replace(sure, chances=chances)
    if joined is not None and (inherited := _inherited(view, joined, chances)):
        return replace(inherited, chances=chances)
    if (own := _again(view, chances)) is not None:
        return replace(own, chances=chances)
    if view.empty and not (view.cues & {"marks"}):
        return Verdict("talk", 0.97, "只有图片或表情", chances=chances)
    return replace(_likely(view, chances, speak), chances=chances)


def discreet(made: Verdict, matter: Sort, *, sure: bool, named: bool) -> Verdict:
    """The verdict on whoever takes up somebody else's matter of this sort, or (not ``sure``) may: it is never answered aloud."""
    if made.spam:
        return made
    if sure or (named and made.sort in ("ask", "order")):
        plain = made.sort in GRAVE and made.sure >= _PLAIN
        return made if plain else _as_theirs(made, matter)
    if made.sort != "ask":
        return made
    return replace(made, sort="talk", sure=max(1.0 - made.sure, 0.5), why="可能是说前面那位自己的事，不当众答")


def _as_theirs(made: Verdict, matter: Sort) -> Verdict:
    """What somebody's matter makes of a remark that takes it up."""
    if matter == "handover":
        return replace(made, sort="handover", sure=_INHERITED, why="也碰到了一样的问题，要人来处理")
    return replace(made, sort="private", sure=_INHERITED, why="问的也是自己的事，私下说")


def _certain(view: View) -> Verdict | None:
    """What plain signs settle."""
    told = view.recognition if not aside(view) else None
    if told is not None and _hurt(view, told):
        return Verdict("handover", 0.97, "身体不舒服或者出了意外，要人马上来")
    if told is not None and _threatens(view, told):
        return Verdict("handover", 0.97, "在投诉，要人来处理")
    if view.cues & {"phone", "long_number"} and not view.cues & {"advert", "list"}:
        return Verdict("private", 0.95, "带了电话、单号这些自己的信息，私下说")
    return _own(view) if view.named or not view.to else None


def _own(view: View) -> Verdict | None:
    """What plain signs settle where nobody else is spoken to."""
    told = view.recognition
    if (
        "swallowed" in view.cues
        and _LIVING.search(view.text)
        and not (view.cues & {"laugh", "amount"} or _MIGHT.search(view.text) or aside(view))
    ):
        return Verdict("handover", 0.9, "吃进去了不该吃的，要人马上来")
    if "own_health" in view.cues and view.asking:
        return Verdict("private", 0.9, "说到自己或家人的病和用药，私下说")
    if "own_errand" in view.cues and "anger" not in view.cues:
        return Verdict("private", 0.9, "是自己的订单、账户，私下说")
    if "human" in view.cues and told is not None and told.safety == "ask_human":
        return Verdict("handover", 0.96, "想找真人")
    return None


def _again(view: View, chances: Mapping[str, float]) -> Verdict | None:
    """What the sender's own words before, or plain words of his own, settle where nobody else is spoken to."""
    if view.to not in ("", "*") and not view.to_guide and not view.named:
        return None
    if presses(view, chances["ask"]):
        return Verdict("handover", _PRESSED, "还在等说法，要人来处理")
    if foreign(view) or (scorns(view) and chances["ask"] < _UNWARNED):
        return Verdict("handover", _PLAIN, "吃出了不该有的东西，或者话里有气，要人来处理")
    if chances["handover"] < _MUCH and owns(view):
        return Verdict("private", _PRESSED, "是自己的订单、账户，私下说")
    if continues(view, chances["ask"]):
        return Verdict("private", _PRESSED, "接着说自己的事，私下说")
    return None


def _threatens(view: View, told: Recognition) -> bool:
    return told.safety == "complain" and "threat" in view.cues and "laugh" not in view.cues


def _hurt(view: View, told: Recognition) -> bool:
    return told.safety == "report_reaction" and bool(view.cues & {"body", "accident"}) and not view.asking


def _inherited(view: View, joined: Turn, chances: Mapping[str, float]) -> Verdict | None:
    """Whoever joins asks, reports or misses the same; what he plainly says of himself comes first."""
    own = max(chances, key=lambda one: chances[one])
    sure = max(chances.get(joined.sort, 0.0), _INHERITED)
    if joined.sort == "handover" and own not in ("ask", "private", "order"):
        return Verdict("handover", sure, "也碰到了一样的问题，要人来处理")
    if joined.sort == "private" and own not in ("ask", "order") and chances["handover"] < _PLAIN:
        return Verdict("private", sure, "问的也是自己的事，私下说")
    ordered = chances["order"] >= ORDER and chances["order"] > chances["ask"]
    if _states(view, joined):
        return None
    if joined.sort in ("ask", "talk") and not ordered and max(chances["handover"], chances["private"]) < _doubt(view, joined):
        return Verdict("ask", max(chances["ask"], _INHERITED), "跟前面问的是同一件事")
    return None


def _states(view: View, joined: Turn) -> bool:
    """Whether it tells how it is with the sender, of which the question that it seems to join says nothing: 我家也空的."""
    if view.asking or echo(view.text) != "has":
        return False
    return not words(view.text)[0] & words(joined.text)[0]


def _doubt(view: View, joined: Turn) -> float:
    """From where on a join's own words are rather a trouble or his own: who plainly asks the same may speak of himself."""
    if view.stands or injured(view):
        return 0.0
    plainly = joined.sort == "ask" and echo(view.text) == "asks" and not view.cues & _BARED
    return _MUCH if plainly else _DOUBT


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
    share = 0.5 if _alarming(view) and chances["ask"] < _MUCH else 1.0
    least = PRIVATE * share if shows_own(view) else PRIVATE if speaks_of_own(view) else _UNWARNED
    if own >= least and own > max(hurt, chances["order"]):
        return Verdict("private", own, "是自己的订单、账户或身体情况，私下说")
    if hurt >= (HANDOVER * share if warns_of_harm(view) else _UNWARNED) and not aside(view):
        return Verdict("handover", hurt, "有人不满意或者不舒服，要人来处理")
    return None


def _alarming(view: View) -> bool:
    """Whether words or the recognizer warn that somebody may be hurt, angry or on an errand of his own."""
    if "laugh" in view.cues:
        return False
    told = view.recognition
    return bool(view.cues & _ALARMING) or (told is not None and told.confidence >= _HEARD and told.intent in _GRAVE)


def _quiet(view: View, chances: Mapping[str, float]) -> str:
    if chances["ask"] > 0.25:
        return "不确定是不是在问店里，先不插话"
    if view.asking:
        return "群友之间的话，不是问店里的"
    if view.cues & {"thanks", "fine"}:
        return "应一声、道个谢，不用接"
    return "群友闲聊，不插话"


def spam(view: View, chances: Mapping[str, float]) -> str:
    """Why a remark is an advertisement of something foreign, a lure or an impostor's; empty where it is none."""
    told = view.recognition
    likely = next((one.confidence for one in told.candidates if one.intent == "spam"), 0.0) if told else 0.0
    alarm = guard(view.written or view.text, view.name, _NOBODY, likely)
    grave = told is not None and told.safety in ("complain", "report_reaction")
    least = _SURELY if chances.get("order", 0.0) >= _PLAIN else _LIKELY if grave else 0.0
    if alarm is not None and alarm.sure >= least:
        return f"像是{alarm.matter or '广告'}，不接话"
    if grave:
        return ""
    advertises = (likely >= 0.5 and "advert" in view.cues) or (likely >= 0.9 and chances.get("ask", 0.0) < 0.3)
    return "是广告，不接话" if advertises else ""
