"""From what a shopper said to what is to be recommended: slots become fields of a wish. Pure.

The newest word wins where only one can hold (category, budget, store, skin type); the rest adds up. What is refused becomes
an exclusion and is no wish any more; what is wished for again is no exclusion any more.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from intents import Slot
from recommender import TagKind, Wish, age_stage

_KINDS = ("skin_type", "audience", "color", "size", "material", "flavor", "scent")
"""Slots that stand in a wish as tags of the same name."""
_ONE_AT_A_TIME = frozenset({"skin_type", "age_stage"})
"""Kinds of which a person has one value, whatever ``tags.yml`` says."""
_ABOUT_THE_PERSON = frozenset({"skin_type"})
"""我不是敏感肌 denies something of the shopper and excludes no product: what suits 敏感性 may suit everybody."""
_EXPECTING = "孕妇"


def wish_from(
    slots: Sequence[Slot],
    base: Wish = Wish(),  # noqa: B008  (frozen)
    *,
    kinds: Mapping[str, TagKind] | None = None,
    stores: Mapping[str, str] | None = None,
) -> Wish:
    """``base`` with all that the slots say.

    ``kinds`` are the workspace's (``Recommender.kinds``): an age needs the stages to fall into. ``stores`` brings the names
    that the slot ``store`` may hold to store ids (``store_ids``); a store that is not in it is not known and asks for nothing.
    """
    wish = base
    for slot in slots:
        wish = (_refused if slot.negated else _wanted)(slot, wish, kinds or {}, stores or {})
    said = {slot.name for slot in slots if not slot.negated}
    if "category" in said and "product" not in said:
        wish = replace(wish, product=())
    return replace(
        wish,
        category=_words(slots, "category", wish.exclude_category) or wish.category,
        brand=_words(slots, "brand", wish.exclude_brand) or wish.brand,
        product=_words(slots, "product", wish.exclude_sku) or wish.product,
    )


def united(said: Wish, fields: Wish) -> Wish:
    """A wish in words and the same wish in fields, both meant: nothing of either is lost, the tighter budget holds.

    Where only one can hold, the field does: whoever filled it in knew what they meant.
    """
    lows = [low for low in (said.budget_min, fields.budget_min) if low is not None]
    highs = [high for high in (said.budget_max, fields.budget_max) if high is not None]
    return Wish(
        text=fields.text or said.text,
        category=fields.category or said.category,
        budget_min=max(lows, default=None),
        budget_max=min(highs, default=None),
        concern=_once((*fields.concern, *said.concern)),
        tags={**said.tags, **fields.tags},
        exclude_tags=_once((*fields.exclude_tags, *said.exclude_tags)),
        exclude_brand=_once((*fields.exclude_brand, *said.exclude_brand)),
        exclude_category=_once((*fields.exclude_category, *said.exclude_category)),
        exclude_sku=_once((*fields.exclude_sku, *said.exclude_sku)),
        brand=fields.brand or said.brand,
        at_store=fields.at_store or said.at_store,
        product=fields.product or said.product,
    )


def store_ids(stores: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """Names and ids to ids, for ``wish_from``; takes (id, name)."""
    return {name: id_ for id_, label in stores for name in (id_, label)}


def _wanted(slot: Slot, wish: Wish, kinds: Mapping[str, TagKind], stores: Mapping[str, str]) -> Wish:
    """One thing more that is asked for."""
    word = str(slot.value)
    if slot.name == "category":
        return replace(wish, exclude_category=_without(wish.exclude_category, word))
    if slot.name == "brand":
        return replace(wish, exclude_brand=_without(wish.exclude_brand, word))
    if slot.name == "product":
        return replace(wish, exclude_sku=_without(wish.exclude_sku, word))
    if slot.name == "concern":
        kept = _without(wish.exclude_tags, word)
        return replace(wish, concern=_once((word, *wish.concern)), exclude_tags=kept)
    if slot.name in _KINDS:
        return _tagged(wish, slot.name, word, kinds)
    reader = _READERS.get(slot.name)
    return reader(slot, wish, kinds, stores) if reader else wish


def _tagged(wish: Wish, name: str, value: str, kinds: Mapping[str, TagKind]) -> Wish:
    alone = name in _ONE_AT_A_TIME or (name in kinds and kinds[name].exclusive)
    values = (value,) if alone else _once((value, *wish.tags.get(name, ())))
    return replace(wish, tags={**wish.tags, name: values}, exclude_tags=_without(wish.exclude_tags, value))


_Reader = Callable[[Slot, Wish, Mapping[str, TagKind], Mapping[str, str]], Wish]


def _budget(slot: Slot, wish: Wish, _: Mapping[str, TagKind], __: Mapping[str, str]) -> Wish:
    if not isinstance(slot.value, Mapping):
        return wish
    return replace(wish, budget_min=_yuan(slot.value.get("min")), budget_max=_yuan(slot.value.get("max")))


def _store(slot: Slot, wish: Wish, _: Mapping[str, TagKind], stores: Mapping[str, str]) -> Wish:
    known = stores.get(str(slot.value))
    return replace(wish, at_store=known) if known else wish


def _age(slot: Slot, wish: Wish, kinds: Mapping[str, TagKind], _: Mapping[str, str]) -> Wish:
    kind = kinds.get("age_stage")
    if kind is None or not isinstance(slot.value, int | float):
        return wish
    stage = age_stage(float(slot.value), kind.values)
    return _tagged(wish, "age_stage", stage, kinds) if stage else wish


def _due(_: Slot, wish: Wish, kinds: Mapping[str, TagKind], __: Mapping[str, str]) -> Wish:
    """Somebody with a due date is expecting, and what is kept from 孕妇 must be kept from her."""
    kind = kinds.get("audience")
    return _tagged(wish, "audience", _EXPECTING, kinds) if kind and _EXPECTING in kind.values else wish


_READERS: Mapping[str, _Reader] = {"budget": _budget, "store": _store, "age_months": _age, "due_date": _due}


def _refused(slot: Slot, wish: Wish, _: Mapping[str, TagKind], __: Mapping[str, str]) -> Wish:
    """One thing that is not to be shown."""
    word = str(slot.value)
    if slot.name == "category":
        return replace(wish, category=_without(wish.category, word), exclude_category=_once((*wish.exclude_category, word)))
    if slot.name == "brand":
        return replace(wish, brand=_without(wish.brand, word), exclude_brand=_once((*wish.exclude_brand, word)))
    if slot.name == "product":
        return replace(wish, product=_without(wish.product, word), exclude_sku=_once((*wish.exclude_sku, word)))
    if slot.name == "concern" or slot.name in _KINDS:
        return _untagged(wish, slot.name, word)
    return wish


def _untagged(wish: Wish, name: str, value: str) -> Wish:
    tags = {kind: left for kind, values in wish.tags.items() if (left := _without(values, value) if kind == name else values)}
    concern = _without(wish.concern, value) if name == "concern" else wish.concern
    excluded = wish.exclude_tags if name in _ABOUT_THE_PERSON else _once((*wish.exclude_tags, value))
    return replace(wish, tags=tags, concern=concern, exclude_tags=excluded)


def _words(slots: Iterable[Slot], name: str, refused: Sequence[str]) -> tuple[str, ...]:
    """What is said of a field, without what was taken back in the same breath."""
    said = (str(slot.value) for slot in slots if slot.name == name and not slot.negated)
    return _once(word for word in said if word not in refused)


def _yuan(value: object) -> Decimal | None:
    if not isinstance(value, int | float | str) or isinstance(value, bool):
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


def _without(values: Sequence[str], value: str) -> tuple[str, ...]:
    return tuple(one for one in values if one != value)
