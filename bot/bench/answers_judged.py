"""What the whole library answers and how surely, beside one threshold for raw scores, at the threshold that suits these best."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from typing import Final

import numpy as np

from bot.adapters.answering import taught
from bot.adapters.encoder import Embeds, Encoder
from bot.adapters.encoding import encoder_of
from bot.adapters.models import ModelStore
from bot.adapters.segmenter import load_segmenter
from bot.bench.answers_cases import Case, Shop, shops
from bot.bench.answers_plan import Bench
from bot.bench.answers_rivals import Nearest, Ranked
from bot.bench.nlu_plan import Say, heard, table
from bot.content import gazetteer, lesson_of, library, warmer
from bot.content.building import normalized
from bot.content.lessons import serving
from bot.errors import SettingsError
from bot.settings import Settings
from intents import Gazetteer
from intents.gazetteer import spelt
from knowledge import THRESHOLD, Entry, Library
from knowledge.evaluation import Judged, answered_at_precision, figures
from knowledge.nearest import Mask
from knowledge.words import Reader, Reading

OURS: Final = "whole library"
PLAIN: Final = "library without senses, encoder as it is"
PRECISIONS: Final = (0.97, 0.95, 0.93, 0.9)
SURE: Final = 0.95
"""The precision at which accuracy is told as well."""
THRESHOLDS: Final = (0.9, 0.8, 0.7, 0.6, 0.5, 0.4)
_CAPACITY: Final = 40_000
_HEAD: Final = (
    "", "threshold", "recall@1", "accuracy", "precision", "answered right", "false answers", "ECE",
    f"accuracy at P≥{SURE}", *(f"right at P≥{p}" for p in PRECISIONS),
)  # fmt: skip
_LEGEND: Final = (
    "Accuracy: answered right, or rightly refused. Answered right, and right at P≥: share of the answerable. False answers: to "
    "questions that the base does not hold. All thresholds but the library's own, and all at P≥, are the best for these very "
    "questions, chosen on them. Eligibility is respected by all alike."
)
_CURVE: Final = "**Risk and coverage of the whole library** (coverage / precision / share of the answerable answered right)"

Ways = Mapping[str, Mapping[str, Sequence[Judged]]]
"""By way of answering, by table of questions; the library's own `answered` are its verdicts."""
Ask = Callable[[Reading, Mask], Ranked]


@dataclass(frozen=True, slots=True)
class Kit:
    """What every shop is built with."""

    name: str
    """Of the encoder, as in DAOGOU_ENCODER."""
    encoder: Encoder
    models: ModelStore
    say: Say
    now: datetime


def measure(bench: Bench) -> str:
    """All tables as Markdown."""
    told = Settings.from_environment()
    load_segmenter(told.home)
    name = bench.plan.encoder or told.encoder
    kit = Kit(name, encoder_of(name, told.home, _CAPACITY), ModelStore(told.home), bench.say, datetime.now(UTC))
    return tables([ways(shop, kit) for shop in shops(bench.plan.sample, bench.plan.seed)])


def ways(shop: Shop, kit: Kit) -> Ways:
    """Each way of answering on each table of a shop; raises SettingsError for an encoder that was not taught to answer."""
    understood = taught(kit.encoder)
    if understood is None:
        raise SettingsError(f"{kit.name} was never taught to answer: run python -m bot.teaching.answers")
    kit.say(f"{shop.name}: building …")
    names = gazetteer(shop.workspace)
    asked = [case.query for cases in shop.tables.values() for case in cases]
    whole = _whole(shop, kit, names)
    warmer(kit.encoder, names)(asked)
    fold = partial(normalized, keep=names.vocabulary)
    reader = Reader(fold, _words(shop))
    found = {OURS: partial(_asked, whole, shop, kit), PLAIN: partial(_asked, _bare(shop, kit, fold), shop, kit)}
    for title, embedder in ((f"{kit.name}, taught to answer", understood.embedder), (kit.name, kit.encoder)):
        raw = _Raw(shop, whole, reader, embedder)
        found |= {f"words + {title}: fused score": partial(raw.judged, raw.fused, kit)}
        found |= {f"{title}: cosine": partial(raw.judged, raw.dense, kit)}
    kit.say(f"{shop.name}: asking {len(asked)} questions in {len(found)} ways …")
    return {way: {name: ask(cases) for name, cases in shop.tables.items()} for way, ask in found.items()}


def _whole(shop: Shop, kit: Kit, names: Gazetteer) -> Library:
    """The library as it serves; its model is trained now if nobody did that yet."""
    serving(lesson_of(shop.workspace), kit.models, kit.encoder, heard(kit.say, shop.name))
    found = library(shop.workspace, kit.encoder, kit.models, names)
    if found.base is None or found.base.plain:
        raise SettingsError(f"{shop.name}: no entries, or no model of intents: run daogou train")
    return found


def _bare(shop: Shop, kit: Kit, fold: Callable[[str], str]) -> Library:
    return Library.build(shop.workspace.entries, kit.encoder, normalize=fold, words=_words(shop))


def _words(shop: Shop) -> tuple[str, ...]:
    return spelt(shop.workspace.spellings)


def _asked(base: Library, shop: Shop, kit: Kit, cases: Sequence[Case]) -> list[Judged]:
    zone = shop.workspace.brand.zone
    judged = []
    for case in cases:
        found = base.ask(case.query, case.asker, case.at or kit.now.astimezone(zone))
        told = found.entry is not None and not (found.entry.private and case.asker.group)
        judged.append(Judged(case.right, tuple(hit.entry for hit in found.hits), found.confidence, told))
    return judged


class _Raw:
    """A shop's phrasings without a judge: the score is all there is."""

    def __init__(self, shop: Shop, whole: Library, reader: Reader, embedder: Embeds) -> None:
        self._entries: Sequence[Entry] = shop.workspace.entries
        self._zone, self._whole, self._reader, self._embedder = shop.workspace.brand.zone, whole, reader, embedder
        owners = [at for at, entry in enumerate(self._entries) for _ in entry.questions]
        readings = [reader.read(question) for entry in self._entries for question in entry.questions]
        self._nearest = Nearest(readings, np.array(owners, dtype=np.int32), embedder)

    def fused(self, question: Reading, allowed: Mask) -> Ranked:
        return self._nearest.fused(question, self._embedder.embed([question.text])[0], allowed)

    def dense(self, question: Reading, allowed: Mask) -> Ranked:
        return self._nearest.dense(self._embedder.embed([question.text])[0], allowed)

    def judged(self, ask: Ask, kit: Kit, cases: Sequence[Case]) -> list[Judged]:
        """With scores for confidences; nothing counts as answered yet."""
        return [self._one(ask(self._reader.read(case.query), self._allowed(case, kit.now)), case) for case in cases]

    def _allowed(self, case: Case, now: datetime) -> Mask:
        at = case.at or now.astimezone(self._zone)
        return np.array([self._whole.may_hear(entry, case.asker, at) for entry in self._entries])

    def _one(self, ranked: Ranked, case: Case) -> Judged:
        score = min(max(ranked[0][1], 0.0), 1.0) if ranked else 0.0
        return Judged(case.right, tuple(self._entries[entry].id for entry, _ in ranked), score, answered=False)


def accuracy(judged: Sequence[Judged]) -> float:
    """Share of the questions that were answered right or rightly refused."""
    return sum(one.correct if one.answered else not one.right for one in judged) / len(judged)


def thresholded(judged: Sequence[Judged], threshold: float) -> list[Judged]:
    """The same, answered where the confidence is not below."""
    return [replace(one, answered=one.confidence >= threshold) for one in judged]


def best(judged: Sequence[Judged], precision: float = 0.0) -> tuple[float, list[Judged]]:
    """The threshold of the highest accuracy, of those with this precision at least, and what comes of it.

    Infinity, and nothing answered, where no other is better.
    """
    ranked = sorted(judged, key=lambda one: -one.confidence)
    limits = np.array([np.inf, *(one.confidence for one in ranked)])
    right = np.cumsum([0, *(one.correct for one in ranked)])
    refused = sum(not one.right for one in ranked) - np.cumsum([0, *(not one.right for one in ranked)])
    given = np.arange(len(limits))
    # Questions of one confidence stand or fall together.
    whole = np.diff(limits, append=-np.inf) < 0
    allowed = whole & (right >= precision * given)
    limit = float(limits[np.where(allowed, right + refused, -1).argmax()])
    return limit, thresholded(judged, limit)


def tables(found: Sequence[Ways]) -> str:
    """A table for each set of questions, one for all of them together, and what the library's confidence is worth."""
    sets = [name for one in found for name in one[OURS]]
    judged = {way: {name: rows for one in found for name, rows in one[way].items()} for way in found[0]}
    told = [_told(name, {way: rows[name] for way, rows in judged.items()}) for name in sets]
    if len(sets) > 1:
        pooled = {way: list(chain.from_iterable(rows.values())) for way, rows in judged.items()}
        told.append(_told("all together, one threshold", pooled))
    return "\n\n".join((*told, _LEGEND, _CURVE, curve(judged[OURS])))


def _told(name: str, judged: Mapping[str, Sequence[Judged]]) -> str:
    asked = judged[OURS]
    head = f"**{name}** ({len(asked)} questions, {sum(bool(one.right) for one in asked)} of them answerable)"
    return f"{head}\n\n{table(_HEAD, [row for way, rows in judged.items() for row in _rows(way, rows)])}"


def _rows(way: str, judged: Sequence[Judged]) -> Iterator[tuple[str, ...]]:
    if way in {OURS, PLAIN}:
        yield _row(f"**{way}**" if way == OURS else way, f"{THRESHOLD:.2f}", judged)
    if way != PLAIN:
        limit, answered = best(judged)
        yield _row(way, f"best: {limit:.2f}", answered)


def _row(way: str, threshold: str, judged: Sequence[Judged]) -> tuple[str, ...]:
    told = figures(judged)
    shares = (told.recall_at_1, accuracy(judged), told.precision, told.answered_right)
    sure = (accuracy(best(judged, SURE)[1]), *(answered_at_precision(judged, precision) for precision in PRECISIONS))
    share = "{:.3f}".format
    return way, threshold, *map(share, shares), str(told.false_answers), share(told.ece), *map(share, sure)


def curve(judged: Mapping[str, Sequence[Judged]]) -> str:
    """What answering from a threshold upwards gives: coverage, precision, and share of the answerable answered right."""
    rows = [[f"{limit:.1f}", *(_point(rows, limit) for rows in judged.values())] for limit in THRESHOLDS]
    return table(["threshold", *judged], rows)


def _point(judged: Sequence[Judged], threshold: float) -> str:
    told = figures(thresholded(judged, threshold))
    return f"{told.answered / told.n:.3f} / {told.precision:.3f} / {told.answered_right:.3f}"
