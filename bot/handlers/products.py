"""Products: choosing for the shopper."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from bot import followups
from bot.handlers import care, places, pointing
from bot.handlers.base import HUMAN, Draft, Line, Route, Turn
from bot.model import Card, Option, Pending, Session
from bot.services import Services
from bot.wishes import store_ids, wish_from
from intents import Slot
from recommender import Product, Question, Shopper, Suggestion, Suggestions, Wish

MOST = 3
"""Products shown at once."""
MOST_QUESTIONS = 2
"""Questions back in a row; then we show what we have."""
_ABOUT_WISH = frozenset(
    {
        "category",
        "brand",
        "concern",
        "skin_type",
        "audience",
        "color",
        "size",
        "material",
        "flavor",
        "scent",
        "budget",
        "age_months",
        "age_stage",
        "store",
    }
)
_RELAXED = {
    "concern": "诉求", "brand": "品牌", "category": "品类", "budget": "预算", "color": "颜色", "scent": "香味", "flavor": "味道",
    "size": "规格", "material": "成分", "skin_type": "肤质", "audience": "适用人群", "age_stage": "年龄段", "store": "门店",
}  # fmt: skip


def shopper(turn: Turn) -> Shopper:
    """The shopper as the recommender sees them."""
    customer = turn.conversation.customer
    habit = turn.tags.get("channel_habit", ())
    return Shopper(
        turn.tags, frozenset(customer.owned), customer.level, customer.store, habit[0] if habit else None, id=customer.person
    )


def recommend(turn: Turn, services: Services) -> Draft:
    """At most three that fit what was said in this talk; one question first where its answer helps more than a guess."""
    slots = remembered(turn)
    found = suggest(turn, services, slots)
    kept = {key: value for key, value in turn.session.wish.items() if key in {"offered", "focus"}}
    session = replace(turn.session, wish={**kept, "slots": [_kept(slot) for slot in slots]}, misses=0)
    if (again := care.ask_again(turn, services, session)) is not None:
        return replace(again, session=replace(again.session or session, asked=turn.session.asked + 1))
    asked = turn.session.pending.slot if turn.session.pending is not None else None
    if (
        found.question is not None
        and not (_past_limits(turn) or followups.wants_any(turn.recognition.normalized))
        and turn.session.asked < MOST_QUESTIONS
        and _worth(found.question, asked)
    ):
        return _ask(found.question, session)
    session = replace(session, asked=0, pending=None)
    if not found.items:
        line = Line("suggest_none", {"要求": held} if (held := _held(slots)) else {}, options=(HUMAN,))
        return Draft((line,), reason="没有合适的商品", session=session, trace=_trace(found))
    shown = tuple(item.product.sku for item in found.items)
    line = Line("suggest", {"数量": str(len(shown))}, cards=tuple(_card(item, turn, services) for item in found.items))
    if found.relaxed:
        given_up = "、".join(_RELAXED.get(name, name) for name in found.relaxed)
        line = replace(line, script="suggest_relaxed", facts={**line.facts, "放宽": given_up})
    return Draft((line,), reason="按要求推荐", session=pointing.offering(session, shown), trace=_trace(found))


def _held(slots: Sequence[Slot]) -> str:
    """What is never given up of these wishes, in words."""
    found = [_RELAXED[slot.name] for slot in slots if slot.name in _NEVER_RELAXED and not slot.negated]
    return "、".join(dict.fromkeys((*found, *(["您不要的"] if any(slot.negated for slot in slots) else []))))


_NEVER_RELAXED = frozenset({"budget", "store", "audience", "age_stage"})


def suggest(turn: Turn, services: Services, slots: Sequence[Slot]) -> Suggestions:
    """What the recommender says to these wishes; products already refused by 换一个 are left out."""
    stores = store_ids((store.id, store.name) for store in services.staff.stores.values())
    wish = wish_from(slots, Wish(text=turn.message.text), kinds=services.recommender.kinds, stores=stores)
    wish = _next(turn, services, _for_whom(wish, services))
    return services.recommender.recommend(shopper(turn), wish, limit=MOST, at=turn.now)


def _next(turn: Turn, services: Services, wish: Wish) -> Wish:
    """还有别的吗 and 便宜点的: what was shown before is left out, and the price of the list is the limit."""
    text, listed = turn.recognition.normalized or turn.message.text, pointing.shown_at_once(turn.session)
    if not listed:
        return wish
    prices = [one.price for sku in listed if (one := services.recommender.product(sku)) is not None]
    if followups.wants_more(text):
        return replace(wish, exclude_sku=(*wish.exclude_sku, *turn.session.shown))
    if prices and followups.wants_cheaper(text):
        talked = services.recommender.product(pointing.focus(turn.session) or "")
        return replace(wish, budget_min=None, budget_max=(talked.price if talked else min(prices)) - Decimal("0.01"))
    if prices and followups.wants_dearer(text):
        return replace(wish, budget_min=max(prices) + Decimal("0.01"), budget_max=None)
    return wish


def _for_whom(wish: Wish, services: Services) -> Wish:
    """面霜 for a man or a baby means the catalogue's own 男士面霜, 婴儿面霜, where there is one."""
    goods = {one.category for one in services.recommender.products.values()}
    people = wish.tags.get("audience", ())
    own = tuple(f"{who}{what}" for what in wish.category for who in people if f"{who}{what}" in goods)
    if not own:
        return wish
    return replace(wish, category=own if set(people) & _CHILDREN else (*own, *wish.category))


_CHILDREN = frozenset({"婴儿", "新生儿", "儿童"})
_FOR_HIM = re.compile(r"男朋友|男友|老公|我爸|爸爸|公公|岳父|爷爷|外公|我哥|我弟|哥哥|弟弟|男生用|男的用")


def remembered(turn: Turn) -> tuple[Slot, ...]:
    """What is wanted: this message over what was said before; another category starts a new wish."""
    said = (*(slot for slot in turn.recognition.slots if slot.name in _ABOUT_WISH), *_tapped(turn), *_him(turn))
    before = tuple(_slot(kept) for kept in _list(turn.session.wish.get("slots")))
    fresh = {slot.name for slot in said if not slot.negated}
    if "category" in fresh and any(slot.name == "category" and not slot.negated for slot in before):
        before = tuple(slot for slot in before if slot.name in {"skin_type", "audience", "age_months"} or slot.negated)
    return (*(slot for slot in before if slot.negated or slot.name not in fresh), *said)


def _him(turn: Turn) -> tuple[Slot, ...]:
    """A present for a boyfriend is chosen for a man, although he is no slot of the message (INTENTS.md)."""
    told = any(slot.name == "audience" for slot in turn.recognition.slots)
    return (Slot("audience", "男士", "", 0, 0),) if not told and _FOR_HIM.search(turn.message.text) else ()


def _tapped(turn: Turn) -> tuple[Slot, ...]:
    """The value of an option that was tapped, where the words alone did not say it."""
    parts = (turn.option or "").split(":", 2)
    if len(parts) != 3 or parts[0] != "slot" or any(slot.name == parts[1] for slot in turn.recognition.slots):
        return ()
    return (Slot(parts[1], parts[2], parts[2], 0, 0),)


def wider(turn: Turn, services: Services) -> Draft:
    """Yes, also beyond the budget: the same wish without it."""
    kept = [slot for slot in _list(turn.session.wish.get("slots")) if slot.get("name") != "budget"]
    session = replace(turn.session, wish={**turn.session.wish, "slots": kept}, pending=None)
    return recommend(replace(turn, session=session), services)


def _ask(question: Question, session: Session) -> Draft:
    options = tuple(Option(f"slot:{question.slot}:{value}", value) for value in question.options[:6])
    script = question.text_key if question.text_key in ASKS else "ask_more"
    after = replace(session, pending=Pending(_slot_of(question), options), asked=session.asked + 1)
    return Draft(
        (Line(script, options=options),), reason=f"先问{question.slot}再推荐", session=after, trace={"asked": question.slot}
    )


def _slot_of(question: Question) -> str:
    return question.text_key.removeprefix("ask_")


def _past_limits(turn: Turn) -> bool:
    """After 便宜点的 nothing is asked back: what is there is shown, or said not to be there."""
    text = turn.recognition.normalized
    return bool(pointing.shown_at_once(turn.session)) and (followups.wants_cheaper(text) or followups.wants_dearer(text))


def _worth(question: Question, asked: str | None) -> bool:
    """A question that was just passed over is not put again, except where without its answer we would only guess."""
    slot = _slot_of(question)
    return slot != asked or slot in {"category", "age_stage"}


def _card(item: Suggestion, turn: Turn, services: Services) -> Card:
    """With the reason; what is to be fetched in a shop says in which, the nearest to the shopper's own first."""
    reason = item.reason
    if item.door == "store":
        wanted = places.asked(turn, services)
        shops = places.nearest(places.having(item.product, services.staff), wanted or places.home(turn, services))
        reason = "，".join(part for part in (reason, f"{shops[0].name}有货" if shops else "") if part)
    return product_card(item.product, item.link, reason)


def product_card(product: Product, link: str | None, reason: str | None = None) -> Card:
    """A product as a card; without a link it is sold in the shop."""
    return Card(
        title=product.name,
        text=reason or "",
        url=link,
        price=f"¥{product.price.normalize():f}",
        image=product.image or None,
        sku=product.sku,
        reason=reason,
    )


def provided(turn: Turn, services: Services) -> Draft:
    """Facts about the shopper: with an errand on the table they carry it on, else they are noted."""
    about = [slot for slot in turn.recognition.slots if slot.name in _ABOUT_WISH]
    if about or (turn.session.pending is not None and turn.session.pending.slot != "entry"):
        return recommend(turn, services)
    return Draft((Line("noted"),), reason="记下顾客的情况")


def people(turn: Turn) -> frozenset[str]:
    """Whom this talk is about: those it named, and the shopper, unless they shop for somebody else or others listen."""
    said = (str(slot.value) for slot in remembered(turn) if slot.name in {"audience", "skin_type"} and not slot.negated)
    known = (value for kind in ("audience", "skin_type", "age_stage") for value in turn.tags.get(kind, ()))
    return frozenset((*said, *(known if _for_themselves(turn) else ())))


def _for_themselves(turn: Turn) -> bool:
    return not turn.conversation.group and turn.session.wish.get("for") not in {"other", "child"}


def _list(value: object) -> Iterable[Mapping[str, object]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _kept(slot: Slot) -> dict[str, object]:
    return {"name": slot.name, "value": slot.value, "negated": slot.negated}


def _slot(kept: Mapping[str, object]) -> Slot:
    value = kept.get("value")
    usable = value if isinstance(value, str | int | float | dict) else ""
    return Slot(str(kept.get("name", "")), usable, "", 0, 0, negated=bool(kept.get("negated")))


def _trace(found: Suggestions) -> dict[str, object]:
    return {
        "items": [
            {"sku": item.product.sku, "score": item.score, "reason": item.reason, "evidence": list(item.evidence)}
            for item in found.items
        ],
        "relaxed": list(found.relaxed),
    }


ASKS = frozenset(
    {"ask_category", "ask_skin_type", "ask_budget", "ask_budget_wider", "ask_concern", "ask_age_stage", "ask_audience"}
)
RECOMMEND = Route(
    recommend,
    {
        "suggest": frozenset({"数量"}),
        "suggest_relaxed": frozenset({"数量", "放宽"}),
        "suggest_none": frozenset({"要求"}),
        "ask_safety": frozenset(),
        "ask_more": frozenset(),
        **{script: frozenset() for script in sorted(ASKS)},
    },
)
PROVIDED = Route(provided, {**RECOMMEND.says, "noted": frozenset()})
