"""When a remark is decided: at once, when it has waited for a guide long enough, or when a guide came first."""

import re
from collections.abc import Sequence
from dataclasses import replace

from intents.groups.cues import same_only
from intents.groups.deciding import wanting
from intents.groups.echoing import echoes_only
from intents.groups.hearing import View, turned
from intents.groups.model import Action, Decision, Manners
from intents.groups.placing import Placing
from intents.groups.turns import GRAVE, PIECES, Room, Turn

_FRAGMENTS = 3
_SETTLED = frozenset(("held", "answered", "guided"))
_NODS = re.compile(r"^(?:收到|好嘞|好滴|早|欢迎|感谢|谢谢|辛苦|哈哈|晚安|\[)")
"""A guide's nod answers nothing."""
_ACTION: dict[str, Action] = {"private": "private", "handover": "handover", "order": "order"}

Step = tuple[Room, list[Decision]]


def decided(room: Room, view: View, placing: Placing, manners: Manners) -> Step:
    """A member's remark: decided now, or held for a guide."""
    made = placing.verdict
    if made.sort in _ACTION:
        return _theirs(room, view, placing)
    if view.named and not made.spam:
        return _now(room, view, placing)
    if made.sort != "ask":
        return _left(room, view, placing, made.why, made.sure)
    return _asked(room, view, placing, manners)


def _asked(room: Room, view: View, placing: Placing, manners: Manners) -> Step:
    """A question that does not name the assistant."""
    made = placing.verdict
    if (why := _for_others(room, view, placing, manners)) is not None:
        return _left(room, view, placing, why, max(made.sure, 0.85))
    lead = _lead(room, placing.joined)
    if lead is not None and lead.state == "answered":
        return _settled_before(room, view, placing, lead)
    if lead is not None and lead.state == "held":
        return _held_with(room, view, placing, lead)
    return _held(room, view, placing, manners)


def settled(room: Room, view: View, placing: Placing) -> Step:
    """A guide's words: what they answer needs no other answer."""
    held = [] if _NODS.match(view.text) and len(view.text) < 8 else _answered_by(room, view, placing.thread)
    thread = held[0].thread if held else placing.thread
    own = Decision(view.id, thread, "silent", confidence=0.99, why="导购自己说的话")
    leads = {one.id for one in held}
    changes, told = {}, [own]
    for one in room.turns:
        if one.state == "held" and (one.id in leads or one.lead in leads):
            changes[one.id] = replace(one, state="guided")
            told.append(_decision(one, "silent", (), 0.95, "导购已经答了"))
        elif one.thread == thread and one.sort == "ask" and one.state in ("", "quiet") and view.at - one.at < 600:
            changes[one.id] = replace(one, state="guided")
    return room.changed(changes).with_turn(turned(view, thread, "talk")), told


def released(room: Room, now: float, manners: Manners) -> Step:
    """What has waited until ``now``: spoken, unless too much was said already."""
    told: list[Decision] = []
    while ripe := [one for one in room.turns if one.state == "held" and not one.lead and one.due <= now]:
        room, made = _spoken(room, min(ripe, key=lambda one: one.due), manners)
        told += made
    return room, told


def _spoken(room: Room, lead: Turn, manners: Manners) -> Step:
    """One held question, or a welcome, with all that it settles."""
    if lead.sort == "join":
        came = [one for one in room.turns if one.state == "held" and lead.id in (one.id, one.lead)]
        room = room.changed({one.id: replace(one, state="answered") for one in came})
        why = "有新人进群，欢迎一下" if len(lead.parts) < 2 else "几位新人一起欢迎"
        who = tuple(dict.fromkeys(lead.parts))
        return room, [_decision(one, "welcome", who, 0.99, why, leads=one.id == lead.id) for one in came]
    group = [one for one in room.turns if one.state == "held" and lead.id in (one.id, one.lead)]
    recent = [one for one in room.spoken if one > lead.due - 3600]
    if manners.per_hour is not None and len(recent) >= manners.per_hour:
        room = room.changed({one.id: replace(one, state="quiet") for one in group})
        return room, [_decision(one, "silent", (), 0.7, "这一小时主动说得够多了，不刷屏") for one in group]
    to = tuple(dict.fromkeys(one.by for one in group))
    room = room.changed({one.id: replace(one, state="answered") for one in group})
    room = replace(room, spoken=(*recent, lead.due))
    why = "等了一会儿导购没答，我来答" if manners.hold > 0 else lead.why
    if len(to) > 1:
        why = f"{len(to)}个人问的是同一件事，一起答"
    return room, [_decision(one, "answer", to, one.sure, why, leads=one.id == lead.id) for one in group]


def _theirs(room: Room, view: View, placing: Placing) -> Step:
    """Somebody's own matter, something for a person, a line of an order: never held."""
    made = placing.verdict
    turn = _turn(room, view, placing, state="answered" if made.sort != "order" else "")
    return room.with_turn(turn), [_decision(turn, _ACTION[made.sort], (view.by,), made.sure, made.why)]


def _left(room: Room, view: View, placing: Placing, why: str, sure: float) -> Step:
    turn = _turn(room, view, placing, state="quiet" if placing.verdict.sort == "ask" else "")
    return room.with_turn(turn), [_decision(turn, "silent", (), sure, why)]


def _now(room: Room, view: View, placing: Placing) -> Step:
    """The assistant was named: it answers at once, and with it whoever waits for the same."""
    lead = _lead(room, placing.joined)
    before = [lead] if lead is not None and lead.state == "held" else []
    before += [one for one in room.turns if _waits(one, view) and one.thread == placing.thread and not one.lead]
    leads = {one.id for one in before}
    waiting = [one for one in room.turns if one.state == "held" and (one.id in leads or one.lead in leads)]
    asked = [one for one in room.turns if one.sort == "ask" and lead is not None and lead.id in (one.id, one.lead, one.root)]
    to = tuple(dict.fromkeys((*(one.by for one in (*waiting, *asked)), view.by)))
    turn = replace(_turn(room, view, placing, state="answered"), sort="ask")
    told = [_decision(one, "answer", to, one.sure, "跟后面点名问的一起答", leads=False) for one in waiting]
    courtesy = placing.verdict.sort == "talk" and bool(view.cues & {"thanks"})
    told.append(_decision(turn, "answer", to, 0.98, "谢谢我的话，应一声" if courtesy else "叫了我的名字"))
    room = room.changed({one.id: replace(one, state="answered", lead=turn.id) for one in waiting})
    return room.with_turn(turn), told


def _settled_before(room: Room, view: View, placing: Placing, lead: Turn) -> Step:
    """The same was answered already: the sender belongs to those who were answered, nothing is said again."""
    turn = _turn(room, view, placing, state="answered", lead=lead.id)
    asked = tuple(one.by for one in room.turns if lead.id in (one.id, one.lead))
    to = tuple(dict.fromkeys((*asked, view.by)))
    return room.with_turn(turn), [_decision(turn, "answer", to, turn.sure, "前面刚答过同样的，不再重复", leads=False)]


def _held_with(room: Room, view: View, placing: Placing, lead: Turn) -> Step:
    """The same question waits already: both are answered together."""
    turn = _turn(room, view, placing, state="held", lead=lead.id, due=lead.due)
    return room.with_turn(turn), []


def _held(room: Room, view: View, placing: Placing, manners: Manners) -> Step:
    """A question of its own; a further piece of one that waits is answered with it."""
    first = _piece_of(room, view, placing)
    if first is not None:
        turn = _turn(room, view, placing, state="held", lead=first.id, due=first.due)
        asks = f"{first.asks} {view.text}".strip()[:400]
        room = room.changed({first.id: replace(first, asks=asks, parts=(*first.parts, view.id))})
        return room.with_turn(turn), []
    turn = _turn(room, view, placing, state="held", due=view.at + manners.hold)
    room = room.with_turn(turn)
    return _spoken(room, turn, manners) if manners.hold <= 0 else (room, [])


def _piece_of(room: Room, view: View, placing: Placing) -> Turn | None:
    """The sender's own question that waits and of which this is a further piece."""
    for one in reversed(room.turns):
        if one.by == view.by and one.state == "held" and one.sort != "join" and one.thread == placing.thread and not one.joins:
            lead = one if not one.lead else room.turn(one.lead)
            return lead if view.at - one.at <= PIECES and lead is not None and lead.by == view.by else None
    return None


def _for_others(room: Room, view: View, placing: Placing, manners: Manners) -> str | None:
    """Why a question is not the assistant's; None where it is."""
    joined = placing.joined
    if view.to and view.to != "*" and (joined is None or view.to != joined.by):
        who = room.names.get(view.to, "导购")
        return f"问的是{who}，等对方回" if view.to_guide else "问的是别的群友，不插话"
    lead = _lead(room, joined)
    if lead is not None and lead.state == "guided":
        return "导购已经答过同样的问题"
    if lead is not None and lead.to and lead.to != "*" and lead.state in ("", "quiet"):
        return f"跟着问{room.names.get(lead.to, '那位')}的，等对方回"
    if _with_guide(room, view, placing.thread, manners):
        return "接着问导购的，等导购回"
    if manners.level == "at_only":
        return "这个群里只在点名时说话"
    return None


def _with_guide(room: Room, view: View, thread: str, manners: Manners) -> bool:
    """Whether the sender stands in an exchange with a guide in this thread."""
    turns = [one for one in room.turns if one.thread == thread]
    words = [one for one in turns if one.guide and not one.offer and 0 <= view.at - one.at <= manners.guide_quiet]
    if not words:
        return False
    said = words[-1].at
    return any(one.by == view.by and one.at <= said and one.sort in ("ask", "private", "handover") for one in turns)


def _answered_by(room: Room, view: View, thread: str) -> list[Turn]:
    """The waiting questions that a guide's words answer."""
    held = [one for one in room.turns if one.state == "held" and one.sort == "ask" and not one.lead]
    if view.quoted is not None:
        wanted = {view.quoted.id, view.quoted.root, view.quoted.lead}
        if quoted := [one for one in held if one.id in wanted]:
            return quoted
    if view.to and view.to != "*":
        askers = {one.lead or one.id for one in room.turns if one.by == view.to}
        called = [one for one in held if one.id in askers or one.root in askers]
        return [one for one in called if one.thread == thread] or called or [one for one in held if one.thread == thread]
    return [one for one in held if one.thread == thread]


def _lead(room: Room, joined: Turn | None) -> Turn | None:
    """The turn on which the answer to a joined question is spoken."""
    if joined is None:
        return None
    lead = (room.turn(joined.lead) or joined) if joined.lead else joined
    if lead.state not in ("", "quiet"):
        return lead
    # a question that was left alone may have been answered to the next one who asked it
    return next((one for one in reversed(room.turns) if one.root == joined.id and one.state in _SETTLED and not one.lead), lead)


def _turn(room: Room, view: View, placing: Placing, **more: object) -> Turn:
    """The remark as it is remembered, with what it asks in full."""
    before = _fragments(room, view, placing)
    joined = placing.joined
    # 同问 alone asks nothing: what it joins is asked
    first = (joined.asks or joined.text) if joined is not None and joined.sort not in GRAVE and echoes_only(view.text) else ""
    asks = first or " ".join((*(one.text for one in before), view.text)).strip()[:400]
    return turned(
        view,
        placing.thread,
        placing.verdict.sort,
        root=joined.id if joined else view.id,
        joins=joined.id if joined else "",
        sure=round(placing.verdict.sure, 4),
        wants=wanting(placing.verdict.chances),
        why=placing.verdict.why,
        asks=asks,
        parts=(*(one.id for one in before), view.id),
        **more,
    )


def _fragments(room: Room, view: View, placing: Placing) -> Sequence[Turn]:
    """The sender's own unfinished words just before: 那个… 就是上次那款."""
    if placing.verdict.sort not in ("ask", "private") or same_only(view.text):
        return ()
    found: list[Turn] = []
    until = view.at
    for one in reversed(room.turns):
        if one.by != view.by:
            if until - one.at > PIECES:
                break
            continue
        if (
            one.sort != "talk"
            or one.state
            or one.named
            or until - one.at > PIECES
            or len(one.text) > 20
            or len(found) >= _FRAGMENTS
        ):
            break
        found.append(one)
        until = one.at
    return tuple(reversed([one for one in found if one.text]))


def _decision(turn: Turn, action: Action, to: tuple[str, ...], sure: float, why: str, *, leads: bool = True) -> Decision:
    speaks = action in ("answer", "private", "handover")
    return Decision(
        message=turn.id,
        thread=turn.thread,
        action=action,
        to=to,
        joins=turn.joins or None,
        confidence=round(min(max(sure, 0.01), 0.99), 4),
        why=why,
        asks=turn.asks if speaks else "",
        parts=turn.parts if speaks else (),
        named=turn.named,
        leads=leads,
    )


def _waits(one: Turn, view: View) -> bool:
    """Whether a question of the speaker's own waits; their welcome is none."""
    return one.state == "held" and one.sort != "join" and one.by == view.by
