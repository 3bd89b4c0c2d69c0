"""What comes of one decision in a group: an answer, a word and a private talk, a person, a welcome, or nothing. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

from bot import turn as talk
from bot.db.turns import Done, Settled, Waiting
from bot.groups import greeting, quieting, watching
from bot.groups.forwarding import forward
from bot.groups.saying import line, named
from bot.groups.scene import Came, Scene
from bot.groups.welcoming import RULES, asks_rules
from bot.model import Customer, Handover, InboundMessage, Outcome, Peace, Session, Speech
from intents.groups import Decision

_UNSURE = frozenset({"no_answer", "clarify", "answer_choice", "handover_confused"})
"""Scripts that say that we do not know: in a group it is said once, in other words, and a guide is fetched."""
_KINDS: Mapping[str, str] = {"report_reaction": "reaction", "ask_human": "asked"}
"""Intent → kind of the handover; everything else that needs a person in a group is anger."""
_URGENT = frozenset({"report_reaction", "complain", "ask_human"})
"""What is heard before 别@我 in the same breath."""
_GRAVE = frozenset({"reaction", "anger", "risk"})
"""Where the turn itself finds these, nothing of substance is said before everybody, whatever the listening took it for."""


Act: TypeAlias = Callable[[Decision, InboundMessage, Scene], Came | None]


def came(decision: Decision, message: InboundMessage, scene: Scene) -> Came | None:
    """What comes of it; None: nothing is said, and nothing else happens."""
    watched = watching.watched(
        message, scene.waiting.conversation, scene.here, scene.services, (scene.recognized.get(str(message.id)), scene.now)
    )
    if watched is not None:
        return Came("silent", watched.reason, alerts=watched.alerts, trace={"alarm": watched.kind})
    whose = (scene.member(message.sender or ""), scene.names, scene.room.spoken_to(message.sender or "", scene.now))
    recognition = scene.recognized.get(str(message.id))
    wanted = quieting.asks_quiet(message, decision, recognition, whose)
    if scene.waiting.conversation.owner == "human":
        silent = Came("silent", "导购在接待这个群，助手不插话")
        return replace(silent, peace=_peace(wanted, message, scene)) if wanted or decision.action != "silent" else None
    if wanted is None:
        return _ACTS[decision.action](decision, message, scene)
    if recognition is not None and recognition.safety in _URGENT:
        acted = _ACTS[decision.action](decision, message, scene) or Came("silent", decision.why)
        return replace(acted, peace=_peace(wanted, message, scene))
    return _quiet(wanted, decision, message, scene)


def settled(decision: Decision, message: InboundMessage, came: Came | None) -> Settled:
    """How the message ended, with the reason of the decision and where it belongs."""
    trace: dict[str, object] = {
        "route": "group",
        "action": decision.action,
        "thread": decision.thread,
        "joins": decision.joins,
        "to": list(decision.to),
        "named": decision.named,
        "confidence": round(decision.confidence, 3),
        "why": decision.why,
    }
    if came is None:
        return Settled(message.id, "silent" if decision.action in {"silent", "order"} else "answered", decision.why, trace)
    own = [speech.trace["script"] for speech in came.speeches if speech.trace.get("route") in {"group", "welcome_group"}]
    scripts = {"scripts": own} if own else {}
    return Settled(message.id, came.outcome, came.reason or decision.why, {**came.trace, **trace, **scripts})


def _silent(decision: Decision, message: InboundMessage, scene: Scene) -> Came | None:
    """Nothing; but for whoever joined just after a welcome and has a coupon to come."""
    if message.kind not in greeting.JOINS:
        return None
    late = replace(scene, waiting=replace(scene.waiting, messages=(message,)))
    found = _welcome(replace(decision, leads=True), message, late)
    return found if found is not None and found.coupons else None


def _answer(decision: Decision, message: InboundMessage, scene: Scene) -> Came | None:
    """Once, to everybody who asked."""
    if not decision.leads:
        together = any(message.id in others for others in scene.settles.values())
        return Came("answered", "和同问的人一起答了") if together else Came("silent", "前面刚答过同样的问题，不再说一遍")
    done = _heard_alone(decision, message, scene)
    known = bool(done.settled and done.settled[0].trace.get("entry"))
    if not known and (told := _rules(decision, message, scene)) is not None:
        return told
    return _elsewise(decision, message, scene, done) or _spoken(decision, message, scene, done)


def _rules(decision: Decision, message: InboundMessage, scene: Scene) -> Came | None:
    """What may be done in this group, told where somebody asks for it, the base has no entry, and its rules are written down."""
    if not scene.settings.rules or not asks_rules(decision.asks or message.text):
        return None
    said = line(RULES, scene.waiting.conversation, scene.services, message.platform_id, {"群规": scene.settings.rules})
    return None if said is None else Came("answered", "问群规，照群规说", (_to(said, decision, message, scene),))


def _elsewise(decision: Decision, message: InboundMessage, scene: Scene, done: Done) -> Came | None:
    """What the ordinary turn brings about that is not to be said aloud, or not so; None for an answer."""
    trace = dict(done.settled[0].trace) if done.settled else {}
    if trace.get("private"):
        return _private(decision, message, scene)
    if done.erase:
        told = tuple(replace(one, options=(), mentions=(), answers=(message.id,)) for one in done.speeches)
        return Came("answered", done.settled[0].reason, told, erases=message.id, trace=trace)
    if done.handover is not None and not _unsure(trace, done) and "answer" not in _scripts(trace):
        return _fetched(decision, message, scene, done.handover.kind)
    if not done.speeches:
        return Came("silent", str(done.settled[0].reason) if done.settled else decision.why, part=done.session, trace=trace)
    return _unknown(decision, message, scene, done) if _unsure(trace, done) else None


def _spoken(decision: Decision, message: InboundMessage, scene: Scene, done: Done) -> Came:
    """The answer as it is said in the group."""
    people = scene.people(decision, message)
    first, *rest = done.speeches
    answers = _answers(decision, message, scene)
    handed = done.handover is not None
    # who comes, and when, is told to two hundred people by nobody: the guide who comes is seen
    rest = [] if handed else rest
    speeches = (replace(named(first, people), answers=answers), *(replace(one, options=(), answers=answers) for one in rest))
    return Came(
        "handed_over" if handed else "answered",
        done.settled[0].reason,
        tuple(replace(one, hands_over=False) for one in speeches),
        handover=done.handover,
        part=done.session,
        peace=_kept(done.peace[-1], message, scene) if done.peace else None,
        trace=done.settled[0].trace,
    )


def _heard_alone(decision: Decision, message: InboundMessage, scene: Scene) -> Done:
    """The ordinary turn for the asker alone: a stranger, for nobody's profile is used aloud."""
    conversation = scene.waiting.conversation
    stranger = Customer(
        scene.member(message.sender or "").customer or conversation.customer.id, store=conversation.customer.store
    )
    alone = replace(conversation, customer=stranger, owner="bot", human_upto=0)
    said = replace(message, text=decision.asks or message.text, payload={**message.payload, "at_bot": True})
    part = scene.room.part(message.sender or "", scene.now)
    return talk.take_turn(Waiting(alone, part, (said,)), scene.services, scene.now, scene.duty)


def _answers(decision: Decision, message: InboundMessage, scene: Scene) -> tuple[int, ...]:
    """Inbox ids that an answer settles: the message, its pieces, and whoever asked the same."""
    parts = [int(one) for one in decision.parts if one.isdigit()]
    return tuple(dict.fromkeys((message.id, *parts, *scene.settles.get(decision.message, ()))))


def _scripts(trace: Mapping[str, object]) -> set[str]:
    scripts = trace.get("scripts")
    return {str(one.get("id")) for one in scripts if isinstance(one, Mapping)} if isinstance(scripts, list | tuple) else set()


def _unsure(trace: Mapping[str, object], done: Done) -> bool:
    return bool(_scripts(trace) & _UNSURE) or (done.handover is not None and done.handover.kind in {"confused", "unsure"})


def _unknown(decision: Decision, message: InboundMessage, scene: Scene, done: Done) -> Came:
    """The base does not hold it: said once, and a guide is fetched; not asked back before two hundred people."""
    said = line("room_unsure", scene.waiting.conversation, scene.services, message.platform_id)
    words = (decision.asks or message.text).strip()[:60]
    wish = Handover(
        f"群里有人问，资料里没有：{words}", 0, scene.here.guide, kind="unsure", why={"words": words, "message": message.id}
    )
    speech = () if said is None else (_to(said, decision, message, scene),)
    trace = {**(done.settled[0].trace if done.settled else {}), "action": decision.action}
    return Came("handed_over", "资料里没有，请导购来答", speech, handover=wish, part=Session(), trace=trace)


def _to(speech: Speech, decision: Decision, message: InboundMessage, scene: Scene) -> Speech:
    people = scene.people(decision, message)
    trace = {**speech.trace, "action": decision.action, "why": decision.why}
    return replace(named(speech, people), answers=_answers(decision, message, scene), critical=True, trace=trace)


def _private(decision: Decision, message: InboundMessage, scene: Scene) -> Came | None:
    """Said in the group: that it goes on alone. The words themselves are moved there."""
    asked = (message, *filter(None, (scene.message(str(one)) for one in scene.settles.get(decision.message, ()))))
    moved = tuple(one for said in asked for one in forward(decision, said, scene.waiting.conversation, None))
    script = "room_private" if moved else "room_private_ask"
    said = line(script, scene.waiting.conversation, scene.services, message.platform_id)
    to = tuple(dict.fromkeys(one.sender for one in asked if one.sender))
    speech = () if said is None else (_to(said, replace(decision, to=to), message, scene),)
    return Came("answered", decision.why, speech, forwards=moved)


def _handover(decision: Decision, message: InboundMessage, scene: Scene) -> Came | None:
    """A person comes: to the private talk where there is one, else into the group. Nothing of substance is said here."""
    recognition = scene.recognized.get(str(message.id))
    return _fetched(decision, message, scene, _KINDS.get(recognition.intent, "anger") if recognition is not None else "anger")


def _fetched(decision: Decision, message: InboundMessage, scene: Scene, kind: str) -> Came:
    """The same for a reason that is known; what is none of the grave ones is judged once more in the private talk."""
    moved = forward(decision, message, scene.waiting.conversation, kind if kind in _GRAVE or kind == "asked" else None)
    script = "room_person" if moved else "room_person_here"
    said = line(script, scene.waiting.conversation, scene.services, message.platform_id)
    speech = () if said is None else (_to(said, replace(decision, to=()), message, scene),)
    if moved:
        return Came("handed_over", decision.why, speech, forwards=moved)
    why = {"words": message.text.strip()[:60], "message": message.id, "topic": kind}
    wish = Handover(decision.why or "群里有人要找人", 1 if kind == "asked" else 2, scene.here.guide, kind=kind, why=why)
    return Came("handed_over", decision.why, speech, handover=wish)


def _order(decision: Decision, message: InboundMessage, scene: Scene) -> Came | None:
    """The ledger reads it by itself (``bot.ordering``) and confirms at its own pace."""
    if scene.here.ordering:
        return Came("answered", "记进接龙，汇总时一起确认")
    if decision.named:
        return _answer(decision, message, scene)
    return Came("silent", "没有开着的接龙，留给导购")


def _welcome(decision: Decision, message: InboundMessage, scene: Scene) -> Came | None:
    """Newcomers are welcomed together."""
    if not decision.leads:
        return Came("answered", "和别的新朋友一起欢迎了")
    greeted = greeting.greeted(scene.waiting, scene.here, scene.services, scene.now, decision.to)
    if not greeted.speeches:
        return Came("silent", greeted.reason)
    speeches = tuple(replace(one, answers=_answers(decision, message, scene)) for one in greeted.speeches)
    return Came("answered", greeted.reason, speeches, coupons=greeted.coupons)


def _quiet(wanted: quieting.Wish, decision: Decision, message: InboundMessage, scene: Scene) -> Came:
    """别@我, 退订, and the way back: kept for the person, everywhere, and confirmed without naming them by @."""
    where = scene.waiting.conversation
    said = line(wanted.script, where, scene.services, message.platform_id) if wanted.script else None
    speech = () if said is None else (replace(said, answers=(message.id,)),)
    outcome: Outcome = "answered" if speech else "silent"
    trace = {"decided": decision.action}
    return Came(outcome, wanted.reason, speech, peace=_peace(wanted, message, scene), trace=trace)


def _peace(wanted: quieting.Wish | None, message: InboundMessage, scene: Scene) -> tuple[str, Peace] | None:
    return None if wanted is None else _kept(wanted.wish, message, scene)


def _kept(wish: Peace, message: InboundMessage, scene: Scene) -> tuple[str, Peace] | None:
    customer = scene.member(message.sender or "").customer
    return None if customer is None else (customer, wish)


_ACTS: Mapping[str, Act] = {
    "silent": _silent,
    "answer": _answer,
    "private": _private,
    "handover": _handover,
    "order": _order,
    "welcome": _welcome,
}
