"""Labelled questions and wishes, judged."""

import json
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.cli import loading
from bot.cli.asking import Query, answered
from bot.cli.filters import Words
from bot.cli.recommending import Adviser, Case
from bot.content import gazetteer, library, warmer
from bot.content.explaining import explained
from bot.content.rows import Row, json_lines, tsv_rows
from bot.errors import ContentError, Problem
from knowledge.evaluation import Figures, Judged, figures
from recommender import Product, Suggestions


def questions(args: Namespace) -> tuple[Figures, list[dict[str, object]]]:
    """Figures of ``query<TAB>entry<TAB>context`` and what went wrong; several right entries are separated by ``|``.

    The context is JSON: ``at``, ``channel``, ``group``, and level, store and tags of the customer.
    """
    told = loading.settings(args)
    rows = _question_rows(args)
    workspace = loading.workspace(args, told)
    encoder, models, wait = loading.ready(told)
    names = gazetteer(workspace)
    base, now = library(workspace, encoder, models, names), loading.now()
    wait()
    warmer(encoder, names)([query.query for query, _ in rows])
    judged, wrong = [], []
    for query, right in rows:
        line = answered(base, query, now, workspace.brand.zone)
        said, sure = line["entry"], float(str(line["confidence"]))
        hits = line["hits"] if isinstance(line["hits"], list) else []
        judged.append(Judged(right, tuple(str(hit["entry"]) for hit in hits), sure, said is not None))
        if (said or None) not in (right or {None}):
            wrong.append({"query": query.query, "right": "|".join(sorted(right)), "said": said, "confidence": sure})
    return figures(judged), wrong


def _question_rows(args: Namespace) -> list[tuple[Query, frozenset[str]]]:
    data = args.data.read_bytes()
    columns = ("query", "entry", "context") if b"\t" in data.partition(b"\n")[0].partition(b"\t")[2] else ("query", "entry")
    # an empty last column may have lost its tab in an editor
    padded = b"\n".join(
        line + b"\t" * max(0, len(columns) - 1 - line.count(b"\t")) if line.strip() else line for line in data.splitlines()
    )
    found = []
    for row in tsv_rows(str(args.data), padded, columns):
        right = frozenset(part for part in str(row.value["entry"]).strip().split("|") if part)
        found.append((_query(row), right))
    return found


def _query(row: Row) -> Query:
    told = str(row.value.get("context", "")).strip()
    try:
        context = json.loads(told) if told else {}
        customer = {key: context[key] for key in ("level", "store", "tags") if key in context}
        plain = {key: context[key] for key in ("at", "channel", "group") if key in context}
        return Query.model_validate({"query": row.value["query"], "customer": customer, **plain})
    except (ValueError, TypeError) as error:
        raise ContentError([Problem(row.file, row.line, "context", f"读不懂：{told[:60]}")]) from error


class Wanted(BaseModel):
    """What every suggested product must be (``all``)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    category: Words = ()
    brand: Words = ()
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    must_have_tag: Words = ()
    """All of them."""
    must_not_tag: Words = ()
    in_stock_at: str | None = None
    not_sku: Words = ()


class Unwanted(BaseModel):
    """What no suggested product may be (``none``)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sku: Words = ()
    brand: Words = ()
    category: Words = ()
    tag: Words = ()


class Expected(BaseModel):
    """What must come of a case."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    all: Wanted = Wanted()
    none: Unwanted = Unwanted()
    empty: bool = False
    question: bool = False
    includes: Words = ()
    """Skus that must be among the suggestions."""


class LabelledCase(Case):
    """A line of ``recommend`` with what must come of it."""

    expect: Expected


def wishes(args: Namespace) -> tuple[int, list[dict[str, object]]]:
    """How many cases there are, and those that failed."""
    rows, faults = json_lines(str(args.data), args.data.read_bytes())
    cases: list[LabelledCase] = []
    for row in rows:
        try:
            cases.append(LabelledCase.model_validate(row.value))
        except ValidationError as error:
            faults += [
                Problem(row.file, row.line, ".".join(map(str, place)), reason)
                for place, reason in explained(error, LabelledCase, row.value)
            ]
    if faults:
        raise ContentError(faults)
    adviser, now = Adviser(loading.workspace(args, loading.settings())), loading.now()
    failed = []
    for case in cases:
        found = adviser.suggest(case, now)
        if why := list(_differences(found, case.expect)):
            items = [item.product.sku for item in found.items]
            failed.append({"id": case.id, "why": "；".join(why), "items": items, "relaxed": list(found.relaxed)})
    return len(cases), failed


def _differences(found: Suggestions, expect: Expected) -> Iterator[str]:
    products = [item.product for item in found.items]
    if expect.empty:
        yield from (["不该有商品"] if products else [])
        return
    if expect.question and found.question is None:
        yield "该反问一句"
    if not products and not expect.question:
        yield "一件也没推荐"
    for sku in set(expect.includes) - {one.sku for one in products}:
        yield f"缺少 {sku}"
    for product in products:
        yield from (f"{product.sku} {why}" for why in _unlike(product, expect.all))
        yield from (f"{product.sku} {why}" for why in _like(product, expect.none))


def _unlike(product: Product, wanted: Wanted) -> Iterator[str]:
    checks = (
        (not wanted.category or _among(product.category, wanted.category), f"品类是{product.category}"),
        (not wanted.brand or product.brand in wanted.brand, f"品牌是{product.brand}"),
        (wanted.price_min is None or product.price >= wanted.price_min, f"价格 {product.price} 太低"),
        (wanted.price_max is None or product.price <= wanted.price_max, f"价格 {product.price} 太高"),
        (set(wanted.must_have_tag) <= product.tags, f"缺标签 {'、'.join(sorted(set(wanted.must_have_tag) - product.tags))}"),
        (not set(wanted.must_not_tag) & product.tags, f"有标签 {'、'.join(sorted(set(wanted.must_not_tag) & product.tags))}"),
        (wanted.in_stock_at is None or product.in_stock(wanted.in_stock_at), f"{wanted.in_stock_at} 没货"),
        (product.sku not in wanted.not_sku, "不该推荐"),
    )
    return (why for kept, why in checks if not kept)


def _like(product: Product, unwanted: Unwanted) -> Iterator[str]:
    hits: Sequence[tuple[Mapping[str, object] | bool, str]] = (
        (product.sku in unwanted.sku, "不该推荐"),
        (product.brand in unwanted.brand, f"不该是{product.brand}"),
        (_among(product.category, unwanted.category), f"不该是{product.category}"),
        (bool(set(unwanted.tag) & product.tags), f"不该有{'、'.join(sorted(set(unwanted.tag) & product.tags))}"),
    )
    return (why for hit, why in hits if hit)


def _among(category: str, names: Sequence[str]) -> bool:
    return bool({category, *category.split("/")} & set(names))
