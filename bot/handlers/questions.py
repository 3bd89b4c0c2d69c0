"""Questions: what an entry of the knowledge base answers, or the honest word that it does not."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot import ellipsis
from bot.handlers import handover
from bot.handlers.base import HUMAN, Draft, Line, Route, Turn
from bot.model import Card, Handover, Option, Pending
from bot.services import Services
from intents import OUT_OF_SCOPE
from knowledge import Answer, Asker, Entry

_ORDER_INTENTS = frozenset(
    {
        "track_order",
        "urge_order",
        "change_order",
        "cancel_order",
        "report_problem",
        "exchange_goods",
        "ask_warranty",
        "ask_invoice",
    }
)
"""Errands that are mostly about the shopper's own order: without an entry a person looks it up."""
WORTH_ASKING = 0.4
"""Probability from which on an entry is worth a question back; below it the shopper would shake their head most of the time."""
WORTH_ASKING_OURS = 0.15
"""The same where the errand is plainly the shop's (能退吗 alone fits several entries): three guesses to tap beat a refusal."""
SURELY_OURS = 0.6
GIVE_UP = 2
"""Misses in a row after which a person comes."""


def asker(turn: Turn, services: Services) -> Asker:
    """Who asks, as the knowledge base decides eligibility by it."""
    customer = turn.conversation.customer
    store = services.staff.stores.get(customer.store or "")
    return Asker(
        channel=turn.conversation.channel,
        group=turn.conversation.group,
        store=customer.store,
        level=customer.level,
        tags={tag: frozenset(values) for tag, values in turn.tags.items()},
        areas=frozenset({store.region, store.city} - {""}) if store else frozenset(),
    )


def find(turn: Turn, services: Services) -> Answer:
    """What the base holds for this message."""
    return services.library.ask(turn.recognition.normalized or turn.message.text, asker(turn, services), turn.now)


def question(turn: Turn, services: Services) -> Draft:
    """Answer from the base; else ask back between close ones; else say so, and after that hand over."""
    return respond(turn, services, find(turn, services))


def respond(turn: Turn, services: Services, answer: Answer) -> Draft:
    """The draft for what was found."""
    trace = _trace(answer)
    if answer.entry is not None and _again(turn, answer.entry):
        return _traced(_not_known(turn, services), {**_trace(replace(answer, entry=None)), "why": _SAME})
    if answer.entry is not None:
        return told(turn, services, answer.entry, trace)
    maybe = answer.close or _likely(turn, services, answer)
    if maybe and turn.session.asked < GIVE_UP:
        return _ask_back(turn, maybe, trace)
    return _traced(_not_known(turn, services), trace)


def _traced(draft: Draft, trace: Mapping[str, object]) -> Draft:
    return replace(draft, trace={**trace, **draft.trace})


_SAME = "又是上一条，里面没有提到顾客新说的，不算回答"


def _again(turn: Turn, entry: Entry) -> bool:
    """Whether 那金卡呢 would get the last answer once more, although that answer does not speak of it."""
    about = ellipsis.about(turn.message.text)
    if about is None or entry.id != turn.session.entry or turn.recognition.text == turn.message.text:
        return False
    words = {about, *(str(part) for slot in turn.recognition.slots if slot.text in about for part in (slot.text, slot.value))}
    spoken = " ".join((entry.answer, *entry.questions))
    return not any(word and word in spoken for word in words)


def told(turn: Turn, services: Services, entry: Entry, trace: Mapping[str, object]) -> Draft:
    """Exactly what ops wrote; an entry that asks for a person gets one after its words, a private one is not told in a group."""
    if turn.conversation.group and entry.private:
        line = Line("room_private")
        return Draft((line,), reason=f"知识库 {entry.id} 只能私下说", session=turn.session, trace={**trace, "private": True})
    cards = tuple(Card(title=one.title, url=one.url) for one in entry.attachments if one.kind != "image")
    session = replace(turn.session, misses=0, asked=0, pending=None, entry=entry.id)
    text = entry.short if turn.conversation.group and entry.short else entry.answer
    answer = Line("answer", {"答案": text}, cards=cards)
    if not entry.handover:
        return Draft((answer,), reason=f"知识库 {entry.id}", session=session, trace=trace)
    why = {"rule": f"知识库 {entry.id} 写明要人跟进", "topic": "entry", "entry": entry.id}
    wish = Handover(f"知识库 {entry.id} 要求人工跟进", 1, kind="rule", why=why)
    draft = handover.fetch(replace(turn, session=session), services, wish, "handover_after_answer", answer)
    return replace(draft, trace={**trace, **draft.trace})


def chosen(turn: Turn, services: Services) -> Draft:
    """The shopper tapped one of the entries that we offered."""
    entry = services.library.entry(str(turn.option).removeprefix("entry:"))
    if entry is None or not services.library.may_hear(entry, asker(turn, services), turn.now):
        return question(turn, services)
    return told(turn, services, entry, {"entry": {"id": entry.id, "version": entry.version}, "why": "顾客点选"})


def _likely(turn: Turn, services: Services, answer: Answer) -> tuple[Entry, ...]:
    """Entries that may well be meant although none is sure enough to be told: the shopper can say with one tap."""
    ours = turn.recognition.intent != OUT_OF_SCOPE and turn.recognition.confidence >= SURELY_OURS
    least = WORTH_ASKING_OURS if ours else WORTH_ASKING
    found = (services.library.entry(hit.entry) for hit in answer.hits if hit.score >= least)
    return tuple(entry for entry in found if entry is not None)[:3]


def _ask_back(turn: Turn, maybe: Sequence[Entry], trace: Mapping[str, object]) -> Draft:
    options = tuple(Option(f"entry:{entry.id}", entry.questions[0]) for entry in maybe[:3])
    pending = Pending("entry", (*options, HUMAN))
    session = replace(turn.session, pending=pending, asked=turn.session.asked + 1)
    line = Line("answer_choice", options=(*options, HUMAN))
    return Draft((line,), reason="把握不够，先问清楚", session=session, trace=trace)


def _not_known(turn: Turn, services: Services) -> Draft:
    if turn.session.misses + 1 >= GIVE_UP:
        return handover.confused(turn, services)
    if turn.recognition.intent in _ORDER_INTENTS:
        return handover.order_matter(turn, services)
    session = replace(turn.session, misses=turn.session.misses + 1, pending=None)
    return Draft((Line("no_answer", options=(HUMAN,)),), reason="知识库没有答案", session=session)


def problem(turn: Turn, services: Services) -> Draft:
    """Damaged, missing, wrong: what the base says to do first, and in any case a person who looks at the order."""
    answer = find(turn, services)
    draft = handover.order_matter(turn, services)
    if answer.entry is None:
        return replace(draft, trace={**_trace(answer), **draft.trace})
    first = told(turn, services, answer.entry, _trace(answer))
    return replace(draft, lines=(first.lines[0], *draft.lines), trace={**first.trace, **draft.trace})


def elsewhere(turn: Turn, services: Services) -> Draft:
    """A question that the classifier takes for none of ours: the base is asked all the same, else we say what we are for.

    Surely none of ours (shares, homework) is no miss: nobody is fetched for it, however often it is asked.
    """
    answer = find(turn, services)
    if answer.entry is not None:
        return respond(turn, services, answer)
    surely = turn.recognition.intent == OUT_OF_SCOPE and turn.recognition.confidence >= SURELY_OURS
    if not surely and turn.session.misses + 1 >= GIVE_UP:
        return _traced(handover.confused(turn, services), _trace(answer))
    session = turn.session if surely else replace(turn.session, misses=turn.session.misses + 1)
    return Draft((Line("out_of_scope", options=(HUMAN,)),), reason="不在本店能答的范围", session=session, trace=_trace(answer))


def clarify(turn: Turn, services: Services) -> Draft:
    """Not understood: an entry that surely answers is still told; else we ask for other words, and then for a person."""
    answer = find(turn, services)
    if answer.entry is not None or answer.close:
        return respond(turn, services, answer)
    if turn.session.misses + 1 >= GIVE_UP:
        return _traced(handover.confused(turn, services), _trace(answer))
    session = replace(turn.session, misses=turn.session.misses + 1)
    return Draft((Line("clarify", options=(HUMAN,)),), reason="没有听懂，请换个说法", session=session, trace=_trace(answer))


def _trace(answer: Answer) -> dict[str, object]:
    found: dict[str, object] = {
        "confidence_answer": round(answer.confidence, 3),
        "why": answer.why,
        "hits": [{"entry": hit.entry, "score": round(hit.score, 3)} for hit in answer.hits[:5]],
    }
    if answer.entry is not None:
        found["entry"] = {"id": answer.entry.id, "version": answer.entry.version, "confidence": round(answer.confidence, 3)}
    return found


_SAYS = {
    "answer": frozenset({"答案"}),
    "room_private": frozenset[str](),
    "answer_choice": frozenset[str](),
    "no_answer": frozenset[str](),
    "handover_after_answer": frozenset[str](),
    **handover.WHEN,
    **handover.CONFUSED.says,
    **handover.ORDER_MATTER.says,
}
PROBLEM = Route(problem, _SAYS)
QUESTION = Route(question, _SAYS)
CHOSEN = Route(chosen, _SAYS)
ELSEWHERE = Route(elsewhere, {**_SAYS, "out_of_scope": frozenset()})
CLARIFY = Route(clarify, {**_SAYS, "clarify": frozenset()})
