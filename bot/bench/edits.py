"""Bad edits that must be noticed before they go live, and harmless ones that must not be held up.

``python -m bot.bench edits [--split dev|more|earlier|test]``. Each edit is made on the demo brand's content as a draft would be,
and goes the way of a draft: the whole check, the lint of what changes and of what else it made wrong (as ``asides.newly_found``),
a replay of everyday messages with the phrasings and wordings it touches. A model is not trained anew for edits of training
sentences: they are judged by check and lint alone, which is less than what a real replay sees.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import orjson

from bot import content
from bot.adapters.encoder import Encoder, one_thread
from bot.adapters.encoding import encoder_of
from bot.adapters.keeping import CHECKOUT, SeenSound
from bot.adapters.models import ModelStore
from bot.adapters.segmenter import load_segmenter
from bot.bench.edits_heard import Hearing
from bot.bench.edits_set import Trial, edit_of, messages, trials
from bot.bench.lint_list import WORDS
from bot.content import OWN, files_of
from bot.content.asides import mark, turned
from bot.content.building import beside
from bot.content.differing import Change, differences
from bot.content.editing import applied
from bot.content.hearing import heard_of
from bot.content.items import Item, Key, items
from bot.content.linting import Found, blocks, ground_of, lint, linted, warns
from bot.content.workspace import Workspace
from bot.db.recorded import Recorded
from bot.errors import ContentError
from bot.replaying import Pair, replayed
from bot.replaying.pairing import excepted
from bot.services import Services
from bot.settings import Settings

_NOON: Final = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
_DATA: Final = CHECKOUT / "tests" / "data"
_SHOWN: Final = 4
"""Reasons that are printed of one edit."""

Files = Mapping[str, bytes]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Seen:
    """What was noticed of one edit: by which step, and why."""

    trial: Trial
    check: tuple[str, ...] = ()
    block: tuple[str, ...] = ()
    warn: tuple[str, ...] = ()
    red: tuple[str, ...] = ()
    amber: tuple[str, ...] = ()
    words: bool = False
    """A plain list of forbidden words would have told."""
    seconds: float = 0.0

    @property
    def stopped(self) -> bool:
        """It does not go live without being mended, or without an explicit yes."""
        return bool(self.check or self.block or self.red)

    @property
    def noticed(self) -> bool:
        """Stopped, or somebody is told to look."""
        return self.stopped or bool(self.warn)

    @property
    def reasons(self) -> str:
        """Why, in short."""
        told = (("check", self.check), ("block", self.block), ("warn", self.warn), ("red", self.red), ("amber", self.amber))
        return "; ".join(f"{name}: {', '.join(list(dict.fromkeys(some))[:_SHOWN])}" for name, some in told if some) or "nothing"


class Desk:
    """The live content, built once, and everything that is the same for each edit."""

    def __init__(self, encoder: Encoder, models: ModelStore, home: Path, recorded: Sequence[Recorded]) -> None:
        self.files: Files = files_of(OWN)[0]
        self.there: Mapping[Key, Item] = items(self.files)
        self.workspace = content.read_files(self.files, SeenSound(home, OWN))
        self.live = content.build(self.workspace, encoder, models)
        self.today = _NOON.astimezone(self.workspace.brand.zone).date()
        self.known = {mark(one) for one in lint(self.files, self.workspace, self.today)}
        self._encoder, self._models = encoder, models
        self._heard = heard_of(self.live.recognizer.classifier)
        self._hearing = Hearing(self.live, recorded, _NOON)

    def tried(self, trial: Trial) -> Seen:
        """One edit on its way to being published."""
        begun = time.perf_counter()
        edit = edit_of(trial, self.there)
        made = applied(self.files, [edit])
        changes = differences(self.files, made)
        listed = _listed(self.there.get(trial.key), edit.value)
        try:
            workspace = content.read_files(made, None, self.workspace)
        except ContentError as error:
            return Seen(trial, tuple(one.reason for one in error.problems), words=listed, seconds=time.perf_counter() - begun)
        found = tuple(self._found(made, workspace, changes))
        red, amber = self._replayed(made)
        return Seen(
            trial,
            block=tuple(one.rule for one in blocks(found)),
            warn=tuple(one.rule for one in warns(found)),
            red=red,
            amber=amber,
            words=listed,
            seconds=time.perf_counter() - begun,
        )

    def _found(self, made: Files, workspace: Workspace, changes: Sequence[Change]) -> Iterator[Found]:
        """What ``newly_found`` says; the live content is linted once for all edits."""
        touched = {one.key for one in changes}
        ground = ground_of(made, workspace, self.today, self._heard)
        yield from (one for one in linted(made, ground) if one.key in touched or mark(one) not in self.known)
        yield from turned(changes, ground)

    def _replayed(self, made: Files) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The red and the amber groups."""
        draft: Services = beside(self.live, made, self._encoder, self._models)
        report = replayed(Pair(self.live, draft, excepted(made)), self._hearing.touched(draft), _NOON, processes=1)
        red = tuple(str(one["kind"]) for one in report.red)
        return red, tuple(str(one["kind"]) for one in report.groups if one["severity"] == "amber")


def _listed(before: Item | None, after: object) -> bool:
    """Whether a plain list of words says anything of the new item that it did not say before."""
    old, new = (orjson.dumps(value).decode() for value in (None if before is None else before.value, after))
    return any(word in new and word not in old for some in WORDS.values() for word in some)


def run(args: argparse.Namespace, say: Say) -> int:
    """Print the tables; 1 where the set is missing."""
    path = _DATA / f"edits_{args.split}.jsonl"
    if not path.is_file():
        say(f"{path.name} is not here")
        return 1
    one_thread()
    told = Settings.from_environment()
    load_segmenter(told.home)
    encoder = encoder_of(told.encoder, told.home)
    encoder.load()
    desk = Desk(encoder, ModelStore(told.home), told.home, messages(_DATA / "edits_messages.tsv", args.messages))
    found = []
    for trial in chosen(trials(path), args.limit):
        found.append(desk.tried(trial))
        if args.each:
            say(f"{trial.id}\t{trial.label}\t{trial.sort}\t{found[-1].seconds:.1f} s\t{found[-1].reasons}")
    for line in table(found):
        say(line)
    return 0


def chosen(some: Sequence[Trial], limit: int | None) -> Sequence[Trial]:
    """All of them, or so many spread over the file."""
    return some if not limit or limit >= len(some) else [some[n * len(some) // limit] for n in range(limit)]


def table(found: Sequence[Seen]) -> Iterator[str]:
    """The figures: caught by what, sort by sort; what was missed and what was flagged for nothing."""
    bad = [one for one in found if one.trial.label == "bad"]
    fine = [one for one in found if one.trial.label == "harmless"]
    yield "| | bad: noticed | harmless: noticed |\n|---|---|---|"
    for name, judge in _JUDGES.items():
        yield f"| {name} | {_share(bad, judge)} | {_share(fine, judge)} |"
    for label, some in (("bad", bad), ("harmless", fine)):
        yield f"\n| {label} | n | check | lint block | lint warn | replay red | stopped | noticed | amber only |\n|" + "---|" * 9
        for sort in dict.fromkeys(one.trial.sort for one in some):
            yield _row(sort, [one for one in some if one.trial.sort == sort])
        yield _row("all", some)
    yield "\nmissed:"
    yield from (f"  {one.trial.id} ({one.trial.sort}) {one.trial.key}: {one.reasons}" for one in bad if not one.noticed)
    yield "\nharmless, and noticed:"
    yield from (f"  {one.trial.id} ({one.trial.sort}) {one.trial.key}: {one.reasons}" for one in fine if one.noticed)
    yield f"\n{sum(one.seconds for one in found):.0f} s for {len(found)} edits"


_JUDGES: Final[Mapping[str, Callable[[Seen], bool]]] = {
    "schema check only": lambda one: bool(one.check),
    "a plain list of words + schema": lambda one: bool(one.check) or one.words,
    "check and lint, without replay": lambda one: bool(one.check or one.block or one.warn),
    "check, lint block, red group (stopped)": lambda one: one.stopped,
    "the same, and lint warn (noticed)": lambda one: one.noticed,
    "the same, and amber groups": lambda one: one.noticed or bool(one.amber),
}


def _share(some: Sequence[Seen], judge: Callable[[Seen], bool]) -> str:
    told = sum(map(judge, some))
    return f"{told} of {len(some)} ({told / len(some):.1%})" if some else "-"


def _row(name: str, some: Sequence[Seen]) -> str:
    counts = [
        len(some),
        *(sum(bool(getattr(one, step)) for one in some) for step in ("check", "block", "warn", "red", "stopped", "noticed")),
        sum(bool(one.amber) and not one.noticed for one in some),
    ]
    return f"| {name} | {' | '.join(map(str, counts))} |"
