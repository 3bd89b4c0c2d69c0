"""这样的顾客会看到什么: what the recommender shows somebody now, and with a rule as it stands in a form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final
from weakref import WeakKeyDictionary

from pydantic import ValidationError

from bot.content import building
from bot.content.workspace import Workspace
from bot.editing.model import Value
from recommender import Product, Recommender, Rule, RuleRow, Shopper, Suggestion, Wish
from recommender.merchandising import in_force, lay_rules

LIMIT: Final = 6
_LAID: "WeakKeyDictionary[object, tuple[str, Recommender]]" = WeakKeyDictionary()
"""Desk → the catalogue of its live release, laid out once: ten thousand products take a second."""


@dataclass(frozen=True, slots=True)
class Somebody:
    """The shopper that is looked at."""

    text: str = ""
    """What they just wrote."""
    category: str = ""
    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    level: str = ""
    store: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """A product in a list."""

    sku: str
    name: str
    reason: str
    mark: str
    """``same``, ``came``, ``went``, ``moved``."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Both lists, and what is to be said of them."""

    before: tuple[Placed, ...] = ()
    after: tuple[Placed, ...] = ()
    told: str = ""
    touched: int = 0
    """Products on sale that the rule keeps away or lifts."""


def laid(owner: object, digest: str, workspace: Workspace) -> Recommender:
    """The live catalogue laid out, kept for ``owner`` as long as the content is the same."""
    known = _LAID.get(owner)
    if known is None or known[0] != digest:
        known = (digest, building.recommender(workspace))
        _LAID[owner] = known
    return known[1]


def tried(shelf: Recommender, workspace: Workspace, value: Value | None, id_: str, asked: tuple[Somebody, datetime]) -> Seen:
    """Now, and with the rule of that id being ``value`` (None: gone)."""
    somebody, at = asked
    made: Rule | None = None
    if value is not None:
        try:
            made = RuleRow.model_validate(dict(value)).rule()
        except ValidationError:
            return Seen(told="规则还没有写完整，写好了这里就能看到前后的差别")
    rules = [made if one.id == id_ and made is not None else one for one in workspace.rules if made is not None or one.id != id_]
    if made is not None and all(one.id != id_ for one in workspace.rules):
        rules.append(made)
    after = replace(shelf, rules=lay_rules(rules, shelf.index))
    before = _shown(shelf, somebody, at)
    later = _shown(after, somebody, at)
    return _compared(before, later, _said(made, after, at.astimezone(shelf.zone).date()), _touched(made, after))


def _shown(shelf: Recommender, somebody: Somebody, at: datetime) -> Sequence[Suggestion]:
    shopper = Shopper(tags=somebody.tags, level=somebody.level or None, store=somebody.store or None)
    wish = Wish(text=somebody.text or None, category=(somebody.category,) if somebody.category else ())
    return shelf.recommend(shopper, wish, limit=LIMIT, at=at).items


def _compared(before: Sequence[Suggestion], after: Sequence[Suggestion], said: str, touched: int) -> Seen:
    old, new = [one.product.sku for one in before], [one.product.sku for one in after]
    now = tuple(_placed(one.product, one.reason, "went" if one.product.sku not in new else "same") for one in before)
    then = tuple(
        _placed(
            one.product,
            one.reason,
            "came" if one.product.sku not in old else "moved" if old.index(one.product.sku) > n else "same",
        )
        for n, one in enumerate(after)
    )
    told = said or ("这位顾客看到的没有变" if old == new else "")
    return Seen(now, then, told, touched)


def _placed(product: Product, reason: str, mark: str) -> Placed:
    return Placed(product.sku, product.name, reason, mark)


def _said(made: Rule | None, shelf: Recommender, today: date) -> str:
    if made is None:
        return ""
    if not in_force(made, today):
        return "看的这一天不在这条规则的日子里，所以没有变"
    gone = [sku for sku in made.pin if (one := shelf.products.get(sku)) is not None and one.status != "active"]
    return f"{'、'.join(gone)} 不在卖，置顶了也不会出现" if gone and len(gone) == len(made.pin) else ""


def _touched(made: Rule | None, shelf: Recommender) -> int:
    if made is None:
        return 0
    rule = lay_rules([made], shelf.index)[0]
    return int((rule.blocked | rule.boosted).sum()) if rule.keeps or rule.lifts else 0
