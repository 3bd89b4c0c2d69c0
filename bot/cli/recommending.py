"""``daogou recommend``: what to show to whom. Needs neither the model nor the encoder, and loads in a blink."""

from argparse import Namespace
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field, ValidationError, model_validator

from bot.cli import loading
from bot.cli.filters import Answer, CustomerFields, Filter, Request, Words
from bot.content import Workspace, gazetteer, products_of, recommender
from bot.content.explaining import explained
from bot.content.rows import json_lines
from bot.errors import ContentError, Problem
from bot.wishes import store_ids, united, wish_from
from intents import Gazetteer, find_slots, normalize
from intents.recognizer import LONGEST
from recommender import Event, EventRow, Recommender, Shopper, Suggestions, Wish, default_text

Yuan = Annotated[Decimal | None, Field(ge=0, le=100_000_000)]


class Budget(BaseModel):
    """In yuan; an open end is null."""

    model_config = Request.model_config

    min: Yuan = None
    max: Yuan = None

    @model_validator(mode="after")
    def _ordered(self) -> "Budget":
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min（{self.min}）不能大于 max（{self.max}）")
        return self


class Excluded(BaseModel):
    """What must not be shown."""

    model_config = Request.model_config

    tags: Words = ()
    brand: Words = ()
    category: Words = ()
    sku: Words = ()


class WishFields(BaseModel):
    """What is asked for now, in words, in fields, or both."""

    model_config = Request.model_config

    text: Annotated[str | None, Field(strict=True)] = None
    category: Words = ()
    budget: Budget | None = None
    concern: Words = ()
    brand: Words = ()
    product: Words = ()
    store: str | None = None
    tags: Mapping[str, Words] = {}
    exclude: Excluded | None = None

    def wish(self) -> Wish:
        """The fields alone."""
        budget, out = self.budget or Budget(), self.exclude or Excluded()
        return Wish(
            text=self.text,
            category=self.category,
            budget_min=budget.min,
            budget_max=budget.max,
            concern=self.concern,
            tags=self.tags,
            exclude_tags=out.tags,
            exclude_brand=out.brand,
            exclude_category=out.category,
            exclude_sku=out.sku,
            brand=self.brand,
            at_store=self.store,
            product=self.product,
        )


class Case(Request):
    """``{"id", "customer"?, "wish"?, "limit"?, "at"?}``."""

    customer: CustomerFields | None = None
    wish: WishFields | None = None
    limit: Annotated[int, Field(ge=0, le=100)] = 3


class Adviser:
    """The recommender with all that it takes to understand a wish in words."""

    def __init__(self, workspace: Workspace, products: Path | None = None, events: Path | None = None) -> None:
        """``products`` and ``events`` are files that replace the workspace's; raises ContentError."""
        goods = products_of(str(products), products.read_bytes()) if products else workspace.products
        self.recommender: Recommender = recommender(workspace, goods, events_of(events) if events else ())
        self._names: Gazetteer = gazetteer(workspace, goods)
        self._stores = store_ids((store.id, store.name) for store in workspace.staff.stores.values())
        self.zone = workspace.brand.zone

    def suggest(self, case: Case, now: datetime) -> Suggestions:
        """What the recommender says; what the text says counts like the fields."""
        at, fields = case.moment(now, self.zone), (case.wish or WishFields()).wish()
        wish = united(self._said(fields.text, at), fields) if fields.text else fields
        return self.recommender.recommend(_shopper(case.customer), wish, limit=case.limit, at=at)

    def _said(self, text: str, at: datetime) -> Wish:
        slots = find_slots(normalize(text[:LONGEST], self._names.vocabulary), self._names, at)
        return replace(wish_from(slots, kinds=self.recommender.kinds, stores=self._stores), text=text)


def _shopper(known: CustomerFields | None) -> Shopper:
    if known is None:
        return Shopper()
    return Shopper(
        tags=known.tags,
        owned=frozenset(known.owned),
        level=known.level,
        store=known.store,
        channel_habit=known.channel_habit,
        id=known.id,
    )


def run_recommend(args: Namespace) -> int:
    """Recommend until the input ends."""
    told = loading.settings()
    adviser = Adviser(loading.workspace(args, told), args.products, args.events)
    return Filter(Case, lambda case: suggested(adviser.suggest(case, loading.now()))).run()


def suggested(found: Suggestions) -> Answer:
    """The output line, without its id."""
    return {
        "items": [
            {
                "sku": item.product.sku,
                "score": item.score,
                "reason": item.reason,
                "link": item.link,
                "evidence": list(item.evidence),
                "door": item.door,
            }
            for item in found.items
        ],
        "relaxed": list(found.relaxed),
        "question": default_text(found.question) if found.question else None,
        "basis": found.basis,
    }


def events_of(path: Path) -> list[Event]:
    """What customers did, from JSON Lines; raises ContentError with every bad line."""
    rows, faults = json_lines(str(path), path.read_bytes())
    found: list[Event] = []
    for row in rows:
        try:
            found.append(EventRow.model_validate(row.value).event())
        except ValidationError as error:
            faults += [
                Problem(row.file, row.line, ".".join(map(str, place)), reason)
                for place, reason in explained(error, EventRow, row.value)
            ]
    if faults:
        raise ContentError(faults)
    return found
