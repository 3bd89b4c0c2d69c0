"""Products: choosing for the shopper, comparing, and the facts of one that is under discussion."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.handlers import questions
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
    {"category", "brand", "concern", "skin_type", "audience", "color", "size", "material", "flavor", "scent", "budget", "age_months", "age_stage", "store"}
)
_PROPERTIES = {"brand": "品牌", "category": "品类", "tags": "特点", "attributes": "其他"}
_RELAXED = {"concern": "诉求", "brand": "品牌", "category": "品类", "budget": "预算"}


def shopper(turn: Turn) -> Shopper:
    """The shopper as the recommender sees them."""
    customer = turn.conversation.customer
    habit = turn.tags.get("channel_habit", ())
    return Shopper(turn.tags, frozenset(customer.owned), customer.level, customer.store, habit[0] if habit else None)


def recommend(turn: Turn, services: Services) -> Draft:
    """At most three that fit what was said in this talk; one question first where its answer helps more than a guess."""
    slots = remembered(turn)
    found = suggest(turn, services, slots)
    session = replace(turn.session, wish={"slots": [_kept(slot) for slot in slots]}, misses=0)
    if found.question is not None and turn.session.asked < MOST_QUESTIONS:
        return _ask(found.question, session)
    session = replace(session, asked=0, pending=None)
    if not found.items:
        return Draft((Line("suggest_none", options=(HUMAN,)),), reason="没有合适的商品", session=session, trace=_trace(found))
    shown = tuple(item.product.sku for item in found.items)
    line = Line("suggest", {"数量": str(len(shown))}, cards=tuple(map(_card, found.items)))
    if found.relaxed:
        given_up = "、".join(_RELAXED.get(name, name) for name in found.relaxed)
        line = replace(line, script="suggest_relaxed", facts={**line.facts, "放宽": given_up})
    return Draft((line,), reason="按要求推荐", session=replace(session, shown=shown + turn.session.shown[:6]), trace=_trace(found))


def suggest(turn: Turn, services: Services, slots: Sequence[Slot]) -> Suggestions:
    """What the recommender says to these wishes; products already refused by 换一个 are left out."""
    stores = store_ids((store.id, store.name) for store in services.staff.stores.values())
    wish = wish_from(slots, Wish(text=turn.message.text), kinds=services.recommender.kinds, stores=stores)
    if any(word in turn.message.text for word in ("换一", "别的", "其他", "还有吗", "还有没有")):
        wish = replace(wish, exclude_sku=(*wish.exclude_sku, *turn.session.shown))
    return services.recommender.recommend(shopper(turn), wish, limit=MOST, at=turn.now)


def remembered(turn: Turn) -> tuple[Slot, ...]:
    """What is wanted: this message over what was said before; another category starts a new wish."""
    said = (*(slot for slot in turn.recognition.slots if slot.name in _ABOUT_WISH), *_tapped(turn))
    before = tuple(_slot(kept) for kept in _list(turn.session.wish.get("slots")))
    fresh = {slot.name for slot in said if not slot.negated}
    if "category" in fresh:
        before = tuple(slot for slot in before if slot.name in {"skin_type", "audience", "age_months"} or slot.negated)
    return (*(slot for slot in before if slot.negated or slot.name not in fresh), *said)


def _tapped(turn: Turn) -> tuple[Slot, ...]:
    """The value of an option that was tapped, where the words alone did not say it."""
    parts = (turn.option or "").split(":", 2)
    if len(parts) != 3 or parts[0] != "slot" or any(slot.name == parts[1] for slot in turn.recognition.slots):
        return ()
    return (Slot(parts[1], parts[2], parts[2], 0, 0),)


def wider(turn: Turn, services: Services) -> Draft:
    """Yes, also beyond the budget: the same wish without it."""
    kept = [slot for slot in _list(turn.session.wish.get("slots")) if slot.get("name") != "budget"]
    session = replace(turn.session, wish={"slots": kept}, pending=None)
    return recommend(replace(turn, session=session), services)


def _ask(question: Question, session: Session) -> Draft:
    options = tuple(Option(f"slot:{question.slot}:{value}", value) for value in question.options[:6])
    script = question.text_key if question.text_key in ASKS else "ask_more"
    slot = question.text_key.removeprefix("ask_")
    after = replace(session, pending=Pending(slot, options), asked=session.asked + 1)
    return Draft((Line(script, options=options),), reason=f"先问{question.slot}再推荐", session=after, trace={"asked": question.slot})


def _card(item: Suggestion) -> Card:
    return product_card(item.product, item.link, item.reason)


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


def link(product: Product) -> str | None:
    """The address under which the product can be bought: the brand's own mini-program before the market places."""
    for door in ("wecom_mini", "tmall", "jd"):
        address = product.links.get(door)
        if isinstance(address, str):
            return address
    return None


def compare(turn: Turn, services: Services) -> Draft:
    """Two or three named (or just shown) products side by side; where we do not know them, the base is asked."""
    skus = [str(slot.value) for slot in turn.recognition.slots if slot.name == "product" and not slot.negated]
    if len(skus) < 2:
        skus = [*skus, *(sku for sku in turn.session.shown if sku not in skus)]
    found = services.recommender.compare(skus[:3], at=turn.now)
    if len(found.products) < 2:
        return questions.question(turn, services)
    words = [f"{p.name}：¥{p.price.normalize():f}" for p in found.products]
    for difference in [one for one in found.differences if one.key != "price"][:5]:
        values = " / ".join(value or "未标注" for value in difference.values)
        words.append(f"{_PROPERTIES.get(difference.key, difference.key)}：{values}")
    for product in found.products:
        for one in found.unsuitable.get(product.sku, ())[:2]:
            words.append(f"{product.name}不适合{one.who}" + (f"（{one.reason}）" if one.reason else ""))
    cards = tuple(product_card(product, link(product)) for product in found.products)
    session = replace(turn.session, misses=0, shown=tuple(p.sku for p in found.products))
    trace = {"items": [{"sku": p.sku} for p in found.products]}
    return Draft((Line("compare", {"比较": "\n".join(words)}, cards=cards),), reason="比较商品", session=session, trace=trace)


def provided(turn: Turn, services: Services) -> Draft:
    """Facts about the shopper: with an errand on the table they carry it on, else they are noted."""
    about = [slot for slot in turn.recognition.slots if slot.name in _ABOUT_WISH]
    if about or (turn.session.pending is not None and turn.session.pending.slot != "entry"):
        return recommend(turn, services)
    return Draft((Line("noted"),), reason="记下顾客的情况")


def named(turn: Turn, services: Services) -> Product | None:
    """The product under discussion: named in the message, or the one shown last where the message points at it."""
    for slot in turn.recognition.slots:
        if slot.name == "product" and not slot.negated:
            return services.recommender.product(str(slot.value))
    pointing = any(word in turn.message.text for word in ("这个", "这款", "这瓶", "这支", "那个", "那款", "它", "第一款", "第一个"))
    if turn.session.shown and (pointing or len(turn.message.text) <= 6):
        return services.recommender.product(turn.session.shown[0])
    return None


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


ASKS = frozenset({"ask_category", "ask_skin_type", "ask_budget", "ask_budget_wider", "ask_concern", "ask_age_stage", "ask_audience"})
RECOMMEND = Route(
    recommend,
    {
        "suggest": frozenset({"数量"}),
        "suggest_relaxed": frozenset({"数量", "放宽"}),
        "suggest_none": frozenset(),
        "ask_more": frozenset(),
        **{script: frozenset() for script in sorted(ASKS)},
    },
)
PROVIDED = Route(provided, {**RECOMMEND.says, "noted": frozenset()})
COMPARE = Route(compare, {**questions.QUESTION.says, "compare": frozenset({"比较"})})
