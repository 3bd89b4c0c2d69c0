"""Lint: what the schema allows and is still wrong, in the words of whoever edits it, while typing and for a whole brand."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from bot.content import (
    linting_answers,
    linting_catalogue,
    linting_changes,
    linting_claims,
    linting_conditions,
    linting_foreign,
    linting_leftovers,
    linting_links,
    linting_meaning,
    linting_phrasings,
    linting_places,
    linting_pledges,
    linting_promises,
    linting_swaps,
    linting_texts,
    linting_turns,
    linting_values,
    linting_variants,
)
from bot.content.items import Item
from bot.content.linting_exceptions import excused, idle
from bot.content.linting_ground import Ground, ground_of
from bot.content.linting_lines import Lines
from bot.content.linting_pairs import pairs
from bot.content.linting_pieces import Found, Mark, Piece, pieces
from bot.content.linting_policies import CONTENT
from bot.content.linting_training import Heard
from bot.content.linting_words import offences
from bot.content.workspace import Workspace
from bot.errors import Problem

__all__ = ["Found", "Ground", "Heard", "blocks", "ground_of", "lint", "lint_change", "lint_item", "linted", "problem", "warns"]

_PROMISES = frozenset({"stock", "stock_store", "stock_city", "stock_shops", "stock_store_other"})
"""Scripts that the program says only when there is stock."""


def lint(files: Mapping[str, bytes], workspace: Workspace, today: date) -> tuple[Found, ...]:
    """Every finding of a whole content, sorted by file and line; approved ones are among them, with the reason.

    Raises:
        ContentError: a file cannot be read at all.
    """
    return linted(files, ground_of(files, workspace, today))


def linted(files: Mapping[str, bytes], ground: Ground) -> tuple[Found, ...]:
    """The same over what was laid out before for these files."""
    found = [one for item in ground.items.values() for one in lint_item(item, ground)]
    found += idle(found, ground.approved)
    lines = Lines(files)
    placed = [replace(one, line=lines.line(one)) for one in found]
    return tuple(sorted(placed, key=lambda one: (one.file, one.line or 0, one.path == (), tuple(map(str, one.path)), one.start)))


def lint_item(item: Item, ground: Ground) -> tuple[Found, ...]:
    """The findings of one item as it is, or as somebody has just typed it; lines are not known."""
    return excused(_found(item, _marks(item, ground)), ground.approved)


def lint_change(before: Item | None, after: Item | None, ground: Ground) -> tuple[Found, ...]:
    """What an edit turned round or lost; what is wrong with the new item as it is, ``lint_item`` tells."""
    item = after or before
    if item is None:
        return ()
    return excused(_found(item, _changed(before, after, ground)), ground.approved)


def _changed(before: Item | None, after: Item | None, ground: Ground) -> Iterator[Mark]:
    told = list(linting_changes.marks(before, after, ground.learnt))
    yield from told
    if after is None:
        if before is not None:
            yield from linting_meaning.gone(before, ground.own)
        return
    yield from linting_values.marks(before, after, ground.shelf, ground.spoken)
    if after.key.kind == "entry":
        yield from linting_phrasings.marks(before, after, ground.questions)
    two = [] if before is None else [one for one in pairs(before, after) if one[1].said]
    if before is not None:
        denied = {(one.path, one.words) for one in told if one.rule == "change.denied"}
        yield from (
            one for one in _reworded(before, after, two, ground) if (one.path, one.words) not in denied or not _again(one)
        )
    yield from _promised(before, after, two, ground)


def _again(mark: Mark) -> bool:
    """Whether it would tell of a clause what a lost no tells already."""
    return mark.rule in {"change.names", "change.turned"}


def _reworded(before: Item, after: Item, two: Sequence[tuple[Piece, Piece]], ground: Ground) -> Iterator[Mark]:
    """What the new words of each text no longer say, or say of somebody else."""
    for was, piece in two:
        yield from linting_leftovers.cut(was, piece)
        yield from linting_conditions.lost(was, piece)
        yield from linting_conditions.dropped(was, piece)
        yield from linting_foreign.marks((was, piece), before, after, ground.shared)
        yield from linting_foreign.apart((was, piece), after)
        swapped = list(linting_swaps.swaps(was, piece, ground.names, ground.claims, after))
        yield from swapped or linting_turns.marks(was, piece)


def _promised(before: Item | None, after: Item, two: Sequence[tuple[Piece, Piece]], ground: Ground) -> Iterator[Mark]:
    """What the texts that changed and those that are new promise, and what no longer warns."""
    for was, piece in two:
        yield from linting_pledges.pledged(was, piece, ground.claims)
        yield from linting_pledges.uncautioned(was, piece)
    if after.key.kind in CONTENT:
        paths, texts = {one.path for _, one in two}, {one.text for one in (pieces(before) if before else ())}
        for piece in pieces(after):
            if piece.said and piece.path not in paths and piece.text not in texts:
                yield from linting_pledges.pledged(None, piece, ground.claims)


def blocks(found: Iterable[Found]) -> tuple[Found, ...]:
    """Those that must not go live."""
    return tuple(one for one in found if one.severity == "block" and one.excepted is None)


def warns(found: Iterable[Found]) -> tuple[Found, ...]:
    """Those that a person should look at."""
    return tuple(one for one in found if one.severity == "warn" and one.excepted is None)


def problem(found: Found) -> Problem:
    """A finding as a fault of a file is told."""
    words = f"“{found.words}”" if found.words else ""
    place = found.path if found.key.kind in {"script", "brand"} else (found.key.id, *found.path)
    reason = f"{words}{found.why}。{found.way_out}（{found.rule}）"
    return Problem(found.file, found.line, " › ".join(map(str, place)), reason)


def _marks(item: Item, ground: Ground) -> Iterator[Mark]:
    yield from linting_texts.marks(item, ground.said)
    yield from linting_leftovers.marks(item)
    for piece in pieces(item):
        yield from _lawful(item, piece, ground)
    yield from linting_links.marks(item, ground.hosts, ground.shelf.products)
    yield from linting_promises.marks(item, ground.goods, ground.today)
    yield from linting_answers.marks(item)
    yield from linting_claims.marks(item, ground.claims)
    yield from linting_meaning.marks(item, ground.own)
    yield from linting_places.marks(item, ground.places)
    yield from linting_catalogue.marks(item, ground.shelf)
    if item.key.kind == "entry":
        yield from ground.questions.marks(item, ground.today)
    yield from linting_variants.marks(item, ground.around)


def _lawful(item: Item, piece: Piece, ground: Ground) -> Iterator[Mark]:
    facts = {"stock"} if item.key.kind == "script" and item.key.id in _PROMISES else set[str]()
    for rule, severity, words, start, end, why, way_out in offences(piece, ground.trade, facts):
        if rule == "promise.date" and linting_pledges.told_elsewhere(piece, start, item.key, ground.claims):
            continue
        yield Mark(rule, severity, piece.path, words, why, way_out, start, end)


def _found(item: Item, marks: Iterator[Mark]) -> list[Found]:
    return [
        Found(one.rule, one.severity, item.key, item.file, None, one.path, one.words, one.start, one.end, one.why, one.way_out)
        for one in dict.fromkeys(marks)
    ]
