"""Both contents as services, built so that what did not change between them is one and the same room."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache

from bot import content
from bot.adapters.encoder import Encoder
from bot.adapters.models import ModelStore, Progress
from bot.content.building import beside
from bot.content.folder import kind_of
from bot.content.items import items
from bot.content.linting_pieces import pieces
from bot.content.linting_words import trade_of
from bot.content.workspace import Seen
from bot.replaying.comparing import Ground
from bot.replaying.outcome import Outcome
from bot.services import Services
from recommender import Recommender, Shopper, Wish
from recommender.behaviour import day_of
from recommender.constraints import Limits, broken, limits
from recommender.demand import local_day, understand
from recommender.history import recall
from recommender.merchandising import orders
from scripts.lint import findings

_OWN = frozenset({"status", "stock", "budget", "owned"})
"""What the catalogue changes every day: prices, stock, what is sold at all."""

_FACTS = frozenset({"price", "date", "stock"})
"""What the program fills into a text."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The live content, and the draft beside it."""

    live: Services
    draft: Services
    exceptions: frozenset[tuple[str, str]] = frozenset()
    """(rule, words) that ops may say; the reason stands in the content."""
    trade: str | None = None
    """What the brand sells, as far as the law tells trades apart."""
    written: frozenset[str] = frozenset()
    """Texts of the draft that are said as they stand there, with no day on which they end."""


def paired(
    live: Mapping[str, bytes],
    draft: Mapping[str, bytes],
    encoder: Encoder,
    models: ModelStore,
    progress: Progress | None = None,
    seen: Seen | None = None,
) -> Pair:
    """Both sides from their files; what ``seen`` knows to be sound is not checked against itself again.

    Raises:
        ContentError: one of them is not valid as a whole.
        ValueError: the training data of one of them cannot teach anything.
    """
    workspace = content.read_files(live, seen)
    before = content.build(workspace, encoder, models, progress)
    if live == draft:
        return Pair(before, before)
    if _teaches(live) != _teaches(draft):
        # what other sentences would teach shows only in a model of theirs; ``beside`` takes it where it was trained
        lesson = content.lesson_of(content.read_files(draft, seen))
        models.model(lesson.examples, lesson.words, encoder, progress)
    after = beside(before, draft, encoder, models)
    known = items(draft, {"brand", "product", "script", "entry"})
    written = frozenset(piece.text for one in known.values() for piece in pieces(one) if not piece.ends)
    return Pair(before, after, excepted(draft), trade_of(known), written)


def _teaches(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """The files that a model is made from."""
    return {path: data for path, data in files.items() if kind_of(path) in {"training", "spellings"}}


def excepted(files: Mapping[str, bytes]) -> frozenset[tuple[str, str]]:
    """What ops may say although a rule forbids it."""
    return frozenset((str(one.value.get("rule")), str(one.value.get("words"))) for one in items(files, {"exception"}).values())


def ground_of(pair: Pair, today: date) -> Ground:
    """What outcomes of a pair are held against: advertising law with ops' exceptions, and what live forbids to recommend."""

    @cache
    def offends(text: str) -> frozenset[tuple[str, str]]:
        # what was filled in is a fact; the text around it is judged where it is written
        backed = frozenset[str]() if text in pair.written else _FACTS
        found = findings(text, pair.trade, backed)
        return frozenset((one.rule, one.words) for one in found if one.severity == "block") - pair.exceptions

    def forbidden(outcome: Outcome) -> tuple[tuple[str, str], ...]:
        return tuple(_forbidden(outcome, pair))

    return Ground(offends, forbidden, today)


def _forbidden(outcome: Outcome, pair: Pair) -> list[tuple[str, str]]:
    """Products that are shown although the live content knows why this shopper must not be shown them."""
    if not outcome.wishes:
        return []
    shopper, wish, at = outcome.wishes[-1]
    judge, offered = pair.live.recommender, pair.draft.recommender
    bounds = _limits(judge, shopper, wish, at)
    shown = [(sku, judge.product(sku) or offered.product(sku)) for sku in dict.fromkeys(outcome.skus)]
    return [(sku, name) for sku, one in shown if one is not None for name in broken(one, bounds) if name not in _OWN]


def _limits(judge: Recommender, shopper: Shopper, wish: Wish, at: datetime) -> Limits:
    """What is hard for a wish, as the recommender itself gathers it."""
    past = recall(shopper, judge.crowd, judge.index, day_of(at, judge.zone))
    known = replace(shopper, owned=shopper.owned | past.bought)
    demand = understand(known, wish, judge.words, judge.index, local_day(at, judge.zone))
    return limits(demand, judge.kinds, orders(judge.rules, demand).blocks, past.fresh)
