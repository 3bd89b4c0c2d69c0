"""What a message says about the shopper that is worth remembering; each with its evidence. What is about others is not.

Nothing is learnt in a group, of anybody but the shopper and their own child, of a kind that no tag is declared for, nor of a
shopper who wants nothing remembered. How sure we are depends on how it was said (``saying``); how long it holds is the
profile's business (``recommender.profile``).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from bot.handlers import care
from bot.handlers.base import Turn
from bot.handlers.privacy import MEMORY
from bot.learning import children, habits, saying
from bot.learning.people import FOR, People, Who, about, clause, people
from bot.model import Evidence
from bot.services import Services
from intents import Slot
from recommender import TagKind

BIRTH, DUE = "birth", "due"
"""Kinds of evidence that are no tags: the child's month of birth, the day it is expected (``recommender.profile``)."""
_WEIGHT = {"skin_type": 0.9, "audience": 0.9, "hair_type": 0.9, "skin_tone": 0.9}
_USUAL = 0.6
"""A wish (想补水) is worth less than what somebody is."""
_SAFE = frozenset({"孕妇", "备孕", "哺乳期", "产后", "素食者", "过敏体质"})
"""Of the slot audience only what bears on the shopper's own safety: 婴儿 or 男士 is for whom they shop today."""
_MOTHERS = frozenset({"孕妇", "备孕", "哺乳期", "产后"})
_NAMED = ("skin_type", "concern", "scent")
_NO_WORDS = frozenset({"occasion", "price_band", "channel_habit", "age_stage", "audience", "skin_type", "concern"})
"""Kinds that a value of another slot is never taken for."""
_WRITTEN = frozenset({"hair_type", "skin_tone"})
"""Kinds that no slot brings: their values are looked for as they are written."""
_EXPECTING_WEEKS = re.compile(r"孕(?:期)?(?:\d{1,2}|[一二三四五六七八九十]{1,3})(?:多|几)?(?:周|\+)")


@dataclass(frozen=True, slots=True)
class _Said:
    """One thing said of the shopper; ``sure`` below zero takes it back."""

    tag: str
    value: str
    sure: float


def learnt(turn: Turn, services: Services) -> tuple[Evidence, ...]:
    """The evidence of this message."""
    if turn.conversation.group or forgetful(turn):
        return ()
    kinds = services.recommender.kinds
    slots = _placed(turn)
    covered = [(slot.start, slot.end) for slot in slots if slot.name != "audience" or str(slot.value) in _SAFE]
    told = people(turn.recognition.text or turn.message.text, covered, _before(turn))
    said = (*_slots(told, slots, kinds), *_facts(turn, told, slots, kinds), *_habits(told, slots, kinds))
    if care.waits(turn.session):
        said = (*said, *_over(turn, said))
    message, unique = turn.message, {(one.tag, one.value, one.sure < 0): one for one in said}
    return tuple(
        Evidence(one.tag, one.value, round(abs(one.sure), 3), message.sent_at, f"inbox:{message.id}", retracted=one.sure < 0)
        for one in unique.values()
    )


def _over(turn: Turn, said: Iterable[_Said]) -> Iterator[_Said]:
    """What is over by the answer to our question whether it still is so."""
    now = {one.value for one in said if one.tag == "audience" and one.sure > 0 and one.value in _MOTHERS}
    if now or care.none(turn.recognition.text or turn.message.text, turn.session):
        for value in turn.tags.get("audience", ()):
            if value in _MOTHERS and value not in now:
                yield _Said("audience", value, -0.95)


def forgetful(turn: Turn) -> bool:
    """Whether the shopper wants nothing remembered: their last word on it."""
    told = [one for one in turn.conversation.customer.evidence if one.tag == MEMORY]
    return bool(told) and not told[-1].retracted


def for_whom(turn: Turn) -> Who | None:
    """Whom this talk is about after the message; None as long as nobody was named."""
    return about(turn.recognition.text or turn.message.text, _before(turn))


def _before(turn: Turn) -> Who | None:
    told = turn.session.wish.get(FOR)
    return told if told in {"self", "child", "other"} else None


def _placed(turn: Turn) -> tuple[Slot, ...]:
    """The slots with places in the text that is read; a slot that came from elsewhere (a tapped option) stands at its start."""
    text = turn.recognition.text or turn.message.text
    placed = []
    for slot in turn.recognition.slots:
        if text[slot.start : slot.end] != slot.text:
            at = text.find(slot.text) if slot.text else 0
            slot = replace(slot, start=max(at, 0), end=max(at, 0) + (len(slot.text) if at >= 0 else 0))  # noqa: PLW2901
        placed.append(slot)
    return tuple(placed)


def _slots(told: People, slots: Iterable[Slot], kinds: Mapping[str, TagKind]) -> Iterator[_Said]:
    """What the named values say, kind by kind."""
    over = {value for value, _ in saying.ended(told.text)}
    found = list(_values(told, slots, kinds))
    for tag, value, slot in found:
        mothers = value in _MOTHERS
        if (mothers and value in over) or told.whose(slot.start, mothers=mothers) != "self":
            continue
        kind = kinds[tag]
        rivals = [(s.start, s.end) for t, v, s in found if t == tag and (v != value or s is slot)]
        if kind.exclusive and len(rivals) > 1 and saying.either(told.text, rivals):
            continue
        how = saying.manner(told, slot.start, slot.end, negated=slot.negated, changes=tag == "concern")
        if (said := _said(tag, value, how)) is not None and not (how == "past" and _now(found, tag, value)):
            yield said


def _said(tag: str, value: str, how: saying.Manner) -> _Said | None:
    weight = _WEIGHT.get(tag, _USUAL)
    if how == "nothing" or (how == "past" and tag != "skin_type"):
        return None
    if how in {"past", "back"}:
        return _Said(tag, value, -max(weight, 0.8) * saying.SURE[how])
    return _Said(tag, value, weight * (1.0 if how == "wished" and tag not in _WEIGHT else saying.SURE[how]))


def _now(found: Iterable[tuple[str, str, Slot]], tag: str, value: str) -> bool:
    """Whether another value of the kind is told beside a past one: the new one says it all."""
    return any(other == tag and told != value for other, told, _ in found)


def _values(told: People, slots: Iterable[Slot], kinds: Mapping[str, TagKind]) -> Iterator[tuple[str, str, Slot]]:
    """(kind, value, where) of every value that a kind is declared for; a longer value as it is written hides a slot in it."""
    written = [
        (kind.name, value, Slot(kind.name, value, value, at, at + len(value)))
        for kind in kinds.values()
        if kind.name in _WRITTEN
        for value in kind.values
        if (at := told.text.find(value)) >= 0
    ]
    hidden = [(slot.start, slot.end) for _, _, slot in written]
    for slot in slots:
        inside = slot.end > slot.start and any(a <= slot.start and slot.end <= b for a, b in hidden)
        if not isinstance(slot.value, str) or (inside and not slot.negated):
            continue
        tag = _kind_of(slot, kinds)
        if tag is not None:
            yield tag, slot.value, slot
    taken = {(slot.start, slot.end) for slot in slots if slot.negated}
    yield from (one for one in written if (one[2].start, one[2].end) not in taken)


def _kind_of(slot: Slot, kinds: Mapping[str, TagKind]) -> str | None:
    """The kind that a slot's value is a value of; None where none is declared."""
    value = str(slot.value)
    if slot.name == "audience":
        return "audience" if "audience" in kinds and _bears_on_safety(value) else None
    if slot.name not in _NAMED:
        return None
    own = kinds.get(slot.name)
    if own is not None and (value in own.values or not own.values):
        return slot.name
    return next((kind.name for kind in kinds.values() if kind.name not in _NO_WORDS and value in kind.values), None)


def _bears_on_safety(value: str) -> bool:
    return value in _SAFE or value.endswith(("过敏", "不耐受"))


def _facts(turn: Turn, told: People, slots: tuple[Slot, ...], kinds: Mapping[str, TagKind]) -> Iterator[_Said]:
    """What follows from ages, dates and plain words about having a child; and needs that are over (现在不喝奶粉了)."""
    if "audience" in kinds:
        yield from _body(told, kinds["audience"])
        for slot in slots:
            if slot.name == "due_date" and told.whose(slot.start, mothers=True) == "self":
                yield _Said(DUE, str(slot.value), 0.9)
                yield _Said("audience", "孕妇", 0.9)
    if "age_stage" in kinds:
        asked = turn.session.pending is not None and turn.session.pending.slot == "age_stage"
        at = turn.message.sent_at.astimezone(turn.now.tzinfo)
        for month, _ in children.births(told, slots, at, asked=asked or told.before == "child"):
            yield _Said(BIRTH, month, 0.9)
    for slot in slots:
        tag = next((kind.name for kind in kinds.values() if slot.name == "category" and slot.value in kind.values), None)
        if tag not in _NO_WORDS and tag is not None and told.whose(slot.start, mothers=True) == "self":
            yield from _needs(told, slot, tag)


def _needs(told: People, slot: Slot, tag: str) -> Iterator[_Said]:
    before, rest, _ = clause(told.text, slot.start)
    if slot.negated and "了" in rest:
        yield _Said(tag, str(slot.value), -0.9)
    elif not slot.negated and habits.usual(before + rest):
        yield _Said(tag, str(slot.value), 0.8)


def _body(told: People, kind: TagKind) -> Iterator[_Said]:
    """What is over, what does no harm, and weeks of expecting."""
    for value, at in saying.ended(told.text):
        if value in kind.values and told.whose(at, mothers=True) == "self":
            yield _Said("audience", value, -0.9)
    for what, at in saying.harmless(told.text):
        meant = next((one for one in kind.values if one.endswith("过敏") and one.startswith(what)), None)
        if meant is not None and told.whose(at) == "self":
            yield _Said("audience", meant, -0.9)
    weeks = _EXPECTING_WEEKS.search(told.text)
    if weeks is not None and "孕妇" in kind.values and told.whose(weeks.start(), mothers=True) == "self":
        yield _Said("audience", "孕妇", 0.9)


def _habits(told: People, slots: tuple[Slot, ...], kinds: Mapping[str, TagKind]) -> Iterator[_Said]:
    """Where, at what price, and which brand."""
    if "channel_habit" in kinds:
        for value, sure, back, _ in habits.doors(told):
            if value in kinds["channel_habit"].values:
                yield _Said("channel_habit", value, -sure if back else sure)
    if "price_band" in kinds:
        for value, sure, _, _ in habits.price_bands(told, slots, kinds["price_band"].values):
            yield _Said("price_band", value, sure)
    for slot in slots:
        liking = habits.liked(told, slot) if slot.name == "brand" and {"brand", "brand_dislike"} & kinds.keys() else None
        if liking is not None and "brand" in kinds:
            yield _Said("brand", str(slot.value), liking)
        if liking is not None and liking < 0 and "brand_dislike" in kinds:
            yield _Said("brand_dislike", str(slot.value), -liking)


__all__ = ["FOR", "for_whom", "forgetful", "learnt"]
