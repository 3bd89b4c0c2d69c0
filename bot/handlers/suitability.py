"""May this person use it: what rules forbid is said with its reason; what nobody states is no yes; unsure, a person decides."""

import re
from collections.abc import Iterable, Mapping, Sequence

from bot.handlers import handover, questions
from bot.handlers.base import HUMAN, Draft, Line, Route, Turn
from bot.handlers.pointing import named, told
from bot.handlers.products import people
from bot.model import Handover
from bot.services import Services
from recommender import Product, Unsuitable

_TAGS: Mapping[str, tuple[str, ...]] = {
    "新生儿": ("0-6月",),
    "孕妇": ("孕期可用",),
    "哺乳期": ("哺乳期可用",),
    "婴儿": ("婴儿可用", "全家可用"),
}
"""Person → further tags by which the catalogue says that a product is for them."""
_SPOKEN = {"敏感性": "敏感肌", "油性": "油皮", "干性": "干皮", "混合性": "混合皮", "中性": "中性皮肤"}
"""Standard values as one says them; the skin types among people."""
_MYSELF = re.compile(r"我(?:自己)?(?:能|可以|可不可以|能不能|适合|适不适合|用)|适合我")


def suitability(turn: Turn, services: Services) -> Draft:
    """For whom it is asked: those whom the message names, else the shopper as far as we know them."""
    product = named(turn, services)
    asked = [str(s.value) for s in turn.recognition.slots if s.name in {"audience", "skin_type"} and not s.negated]
    if product is None:
        return questions.question(turn, services)
    if (against := unfit(product, {*asked, *_of_the_shopper(turn)} if _safe(asked) else asked, turn, services)) is not None:
        return told(turn, product, refusal(product, against), against[1].evidence)
    who = asked or (sorted(_of_the_shopper(turn)) if _MYSELF.search(turn.message.text) else [])
    if not who:
        return questions.question(turn, services)
    if all(product.tags & _declared(person) for person in who):
        facts = {"商品名": product.name, "人群": "、".join(map(spoken, who))}
        return told(turn, product, Line("suitable", facts), "tags")
    return _declared_otherwise(turn, services, product, who)


_Against = tuple[str, Unsuitable]
"""Whom of those asked for a product is not for, and why."""


def unfit(product: Product, who: Iterable[str], turn: Turn, services: Services) -> _Against | None:
    """The first word that a rule or a hard tag speaks against these people; every group that a rule names must be among them."""
    asked = frozenset(who)
    for one in services.recommender.compare([product.sku], at=turn.now).unsuitable.get(product.sku, ()):
        groups = [asked.intersection(group.split("、")) for group in one.who.split("，")]
        if all(groups):
            return "、".join(spoken(person) for group in groups for person in sorted(group)), one
    return None


def warning(turn: Turn, product: Product, services: Services) -> Draft | None:
    """The honest word before a product is shown or sold to somebody whom it is not for; None where nothing is against it."""
    against = unfit(product, people(turn), turn, services)
    return None if against is None else told(turn, product, refusal(product, against), against[1].evidence)


def refusal(product: Product, against: _Against) -> Line:
    """Not for you, and why."""
    facts = {"商品名": product.name, "人群": against[0], "原因": against[1].reason or "配方里有不适合的成分"}
    return Line("not_suitable", facts, options=(HUMAN,))


def spoken(person: str) -> str:
    """A standard value as one says it."""
    return _SPOKEN.get(person, person)


def _declared_otherwise(turn: Turn, services: Services, product: Product, who: Sequence[str]) -> Draft:
    """Nothing forbids it and nothing says that it suits: for a skin type what the label says, else the base, else a person."""
    kinds = product.attributes.get("适用肤质")
    if kinds and set(who) <= set(_SPOKEN):
        text = kinds if isinstance(kinds, str) else "、".join(map(spoken, kinds))
        facts = {"商品名": product.name, "人群": "、".join(map(spoken, who)), "内容": text}
        return told(turn, product, Line("suitable_not_listed", facts), "attribute:适用肤质")
    answer = questions.find(turn, services)
    if answer.entry is not None:
        return questions.respond(turn, services, answer)
    why = {"rule": "拿不准能不能用，不猜", "topic": "safety", "sku": product.sku, "who": list(who)}
    return handover.fetch(turn, services, Handover("拿不准产品是否适合顾客", 1, kind="unsure", why=why), "handover_suitability")


def _declared(person: str) -> frozenset[str]:
    """The tags by which the catalogue says that a product is for such a person."""
    return frozenset({person, f"{person}可用", *_TAGS.get(person, ())})


def _of_the_shopper(turn: Turn) -> frozenset[str]:
    """What we know of the shopper; nothing where others listen."""
    if turn.conversation.group:
        return frozenset()
    return frozenset((*turn.tags.get("audience", ()), *turn.tags.get("skin_type", ())))


def _safe(asked: Sequence[str]) -> bool:
    """Whether what is known of the shopper counts as well: 我妈能用吗 and 宝宝能用吗 are about somebody else."""
    return not asked or set(asked) <= set(_SPOKEN)


SUITABILITY = Route(
    suitability,
    {
        **questions.QUESTION.says,
        "suitable": frozenset({"商品名", "人群"}),
        "suitable_not_listed": frozenset({"商品名", "人群", "内容"}),
        "not_suitable": frozenset({"商品名", "人群", "原因"}),
        "handover_suitability": frozenset(),
        "hold_off": frozenset(),
        **handover.WHEN,
    },
)
