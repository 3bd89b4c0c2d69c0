"""Play ops' dialogues through the turn and tell what came out otherwise than written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.content import Dialogue, Step
from bot.db.turns import Done, Settled
from bot.model import Conversation
from bot.rehearsal import Rehearsal
from bot.services import Services

_HELD = Settled(0, "silent", "先等导购来答", {})
"""How a step stands whose answer waits for a guide."""
_PAUSE = timedelta(seconds=20)
"""Between two messages of a talk."""


@dataclass(frozen=True, slots=True)
class Result:
    """How one step came out."""

    file: str
    line: int | None
    say: str
    differences: tuple[str, ...]


def play(dialogue: Dialogue, services: Services, now: datetime) -> Iterator[Result]:
    """Every step of a talk; each group and each talk between two has a memory of its own."""
    talks: dict[str | None, Rehearsal] = {}
    moment = _while_open(now, services)
    steps = list(dialogue.steps)
    for n, (line, step) in enumerate(steps):
        moment = _moment(step, moment, services)
        talk = talks.setdefault(step.room, Rehearsal(services, group=step.room is not None))
        done = talk.say(step.say, moment, sender=step.sender, option=step.option, at_bot=step.at_bot)
        if not _guide_follows(step, steps[n + 1 :]):
            done, moment = _patiently(talk, done, moment, _next_at(step, steps[n + 1 :], services))
        found = tuple(differences(step, done, talk.conversation, services))
        if step.known_fault is not None:
            found = () if found else (f"这一句已经对了，把 known_fault: {step.known_fault} 去掉",)
        yield Result(dialogue.file, line, step.say, found)


_ROOM = timedelta(hours=1)
"""A talk without times of its own is over long before that."""


def _while_open(now: datetime, services: Services) -> datetime:
    """The first moment from now on at which the brand's people are there for a while.

    What a talk without times promises (a person comes, not: is back tomorrow) must not depend on the hour at which it is played.
    """
    local, hours = now.astimezone(services.zone), services.brand.opening
    if hours.open_at(local) and hours.open_at(local + _ROOM):
        return now
    opens = hours.next_opening(local + _ROOM)
    return now if opens is None else opens + _ROOM


def _guide_follows(step: Step, following: Sequence[tuple[int | None, Step]]) -> bool:
    """Whether a guide speaks next in the same group: then what is held must wait for what they say."""
    after = next((one for _, one in following if one.room == step.room), None)
    return after is not None and (after.sender or "").startswith("导购")


def _next_at(step: Step, following: Sequence[tuple[int | None, Step]], services: Services) -> datetime | None:
    """When somebody speaks next in the same group, where the dialogue says so."""
    after = next((one for _, one in following if one.room == step.room), None)
    return None if after is None or after.at is None else _moment(after, after.at, services)


def _patiently(talk: Rehearsal, done: Done, moment: datetime, before: datetime | None) -> tuple[Done, datetime]:
    """In a group an answer leaves a guide the time to be faster: the step is over when that time is, or somebody speaks."""
    while (due := talk.due) is not None and (before is None or due < before) and (later := talk.wait()) is not None:
        moment = max(moment, due)
        done = replace(later, speeches=(*done.speeches, *later.speeches), settled=(*done.settled, *later.settled))
    return done, moment


def _moment(step: Step, before: datetime, services: Services) -> datetime:
    if step.at is None:
        return before + _PAUSE
    return step.at if step.at.tzinfo else step.at.replace(tzinfo=services.zone)


def differences(step: Step, done: Done, after: Conversation, services: Services) -> Iterator[str]:
    """What is not as written, one line each."""
    last = done.settled[-1] if done.settled else _HELD
    trace = last.trace
    if step.intent is not None and trace.get("intent") != step.intent:
        yield f"意图：写的 {step.intent}，实际 {trace.get('intent')}（{trace.get('confidence')}）"
    yield from _slots(step, trace)
    entry = _entry(trace)
    if "entry" in step.model_fields_set and entry != step.entry:
        yield f"知识：写的 {step.entry or '不答'}，实际 {entry or '没有答'}"
    scripts = _scripts(trace)
    if step.script is not None and step.script not in scripts:
        yield f"话术：写的 {step.script}，实际 {'、'.join(scripts) or '没有'}"
    said = "\n".join(speech.text for speech in done.speeches)
    if step.reply is not None and step.reply not in said:
        yield f"回复里没有“{step.reply}”，说的是“{said}”"
    yield from _suggested(step, done, services)
    if step.owner is not None and after.owner not in _holders(step.owner):
        yield f"归谁：写的 {step.owner}，实际 {after.owner}"
    if step.silent is not None and step.silent != (not done.speeches):
        yield f"该不说话，却说了“{said}”" if step.silent else f"该说话，却没有说（{last.reason}）"


def _slots(step: Step, trace: Mapping[str, object]) -> Iterator[str]:
    found = trace.get("slots")
    slots = [one for one in found if isinstance(one, Mapping)] if isinstance(found, list | tuple) else []
    for name, value in step.slots.items():
        values = [one.get("value") for one in slots if one.get("name") == name]
        if not any(_equal(value, one) for one in values):
            yield f"槽位 {name}：写的 {value}，实际 {'、'.join(map(str, values)) or '没有'}"


def _equal(written: object, found: object) -> bool:
    """Equal, where days and numbers may be written as YAML reads them."""
    if isinstance(written, Mapping) and isinstance(found, Mapping):
        return set(written) == set(found) and all(_equal(value, found[key]) for key, value in written.items())
    if isinstance(written, list | tuple):
        return any(_equal(one, found) for one in written)
    return written == found or str(written) == str(found)


def _entry(trace: Mapping[str, object]) -> object:
    """The id of the entry that answered."""
    found = trace.get("entry")
    return found.get("id") if isinstance(found, Mapping) else found


def _scripts(trace: Mapping[str, object]) -> list[str]:
    found = trace.get("scripts")
    return [str(one.get("id")) for one in found if isinstance(one, Mapping)] if isinstance(found, list | tuple) else []


def _suggested(step: Step, done: Done, services: Services) -> Iterator[str]:
    shown = [card.sku for speech in done.speeches for card in speech.cards if card.sku]
    if step.suggests is False and shown:
        yield f"不该推荐，却推荐了 {'、'.join(shown)}"
    if step.suggests is True and not shown:
        yield "该推荐商品，却没有"
    products = services.recommender.products
    names = set(shown) | {
        part for sku in shown if sku in products for part in (products[sku].category, *products[sku].category.split("/"))
    }
    for name in step.shown:
        if name not in names:
            yield f"该推荐 {name}，推荐的是 {'、'.join(shown) or '没有'}"


def _holders(owner: str) -> frozenset[str]:
    """Whoever waits for a person is no longer the bot's."""
    return frozenset({"human", "waiting"}) if owner == "human" else frozenset({owner})
