"""When a person is fetched, beside keywords and a sentiment below a threshold: ``python -m bot.bench handover --data DIR``.

Short labelled dialogues go through the very turn of the product; real dialogues of a helpdesk through the decision alone, for
that helpdesk sells telephones and our base knows nothing of them.
"""

import argparse
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from bot.adapters.encoding import encoder_of
from bot.adapters.keeping import CHECKOUT
from bot.adapters.models import ModelStore
from bot.adapters.segmenter import load_segmenter
from bot.bench import handover_helpdesk
from bot.bench.handover_rivals import RIVALS, Rival
from bot.brand import Service
from bot.content import OWN, build, read_folder
from bot.model import Customer
from bot.rehearsal import Rehearsal
from bot.services import Services
from bot.settings import Settings

SETS = (CHECKOUT / "tests" / "data" / "handover_dev.yml", CHECKOUT / "tests" / "data" / "handover_test.yml")
EITHER = "either"
"""Label of a message at which a person may or may not come."""
_NOON = datetime(2026, 5, 20, 14, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
_PAUSE = timedelta(seconds=30)
_NEAR = 1
"""Messages that a person may come earlier or later than labelled."""
_SERVICE = Service(high_value=("black",), order_over=2000)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A short dialogue: what is said, and at which message a person must come."""

    said: tuple[str, ...]
    kinds: tuple[str, ...]
    """For each message the kind of the wish that is due, ``either``, or empty: nobody may be fetched."""
    level: str | None = None

    @property
    def due(self) -> int | None:
        """The message at which a person must come."""
        return next((n for n, kind in enumerate(self.kinds) if kind not in {"", EITHER}), None)


Fetched = tuple[int, str] | None
"""At which message a person was fetched, and as what."""


@dataclass(frozen=True, slots=True)
class Score:
    """What was right and wrong."""

    hit: int = 0
    false: int = 0
    missed: int = 0

    def plus(self, hit: bool, false: bool, missed: bool) -> "Score":
        """With one dialogue more."""
        return Score(self.hit + hit, self.false + false, self.missed + missed)

    @property
    def figures(self) -> tuple[float, float, float]:
        """Precision, recall, F1."""
        precision = self.hit / max(1, self.hit + self.false)
        recall = self.hit / max(1, self.hit + self.missed)
        return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def read(path: Path) -> tuple[Labelled, ...]:
    """The dialogues of a file; see its first lines for the form."""
    return tuple(_labelled(one) for one in yaml.safe_load(path.read_text("utf-8")))


def _labelled(one: object) -> Labelled:
    level = one.get("level") if isinstance(one, dict) else None
    steps = one["say"] if isinstance(one, dict) else one
    assert isinstance(steps, list)
    pairs = [next(iter(step.items())) if isinstance(step, dict) else ("", step) for step in steps]
    return Labelled(tuple(str(text) for _, text in pairs), tuple(str(kind) for kind, _ in pairs), level)


def ours(one: Labelled, services: Services) -> Fetched:
    """Through the product's own turn, until a person is fetched."""
    talk = Rehearsal(services, customer=Customer("bench", level=one.level))
    for n, text in enumerate(one.said):
        done = talk.say(text, _NOON + n * _PAUSE)
        if done.handover is not None:
            return n, done.handover.kind
    return None


def by_rival(rival: Rival, one: Labelled) -> Fetched:
    """The first message that a rival takes for a call."""
    return next(((n, "") for n, text in enumerate(one.said) if rival(text)), None)


def scores(found: Iterable[tuple[Labelled, Fetched]]) -> tuple[Score, Score]:
    """By message, within one turn, and by dialogue; what may go either way counts for nothing."""
    by_message, by_dialogue = Score(), Score()
    for one, fetched in found:
        due, at = one.due, None if fetched is None else fetched[0]
        if due is None and at is not None and one.kinds[at] == EITHER:
            continue
        near = due is not None and at is not None and abs(at - due) <= _NEAR
        by_message = by_message.plus(near, at is not None and not near, due is not None and not near)
        both = due is not None and at is not None
        by_dialogue = by_dialogue.plus(both, at is not None and due is None, due is not None and at is None)
    return by_message, by_dialogue


def wrong(found: Iterable[tuple[Labelled, Fetched]]) -> Sequence[str]:
    """Each dialogue that came out otherwise than labelled, on one line."""
    lines = []
    for one, fetched in found:
        if scores([(one, fetched)])[0].figures[2] == 1 or (one.due is None and fetched is None):
            continue
        if fetched is not None and one.kinds[fetched[0]] == EITHER and one.due is None:
            continue
        due = "-" if one.due is None else f"{one.kinds[one.due]}@{one.due}"
        lines.append(f"{due} → {fetched or '-'}：{' / '.join(one.said)}")
    return lines


def tables(paths: Sequence[Path], services: Services, mutter: Callable[[str], None]) -> Sequence[str]:
    """Precision, recall and F1 of ours and of the rivals on each set."""
    lines = [
        "| set | dialogues | who decides | message P | R | F1 | dialogue P | R | F1 | kind right |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for path in paths:
        asked = read(path)
        ways: list[tuple[str, Callable[[Labelled], Fetched]]] = [("ours", lambda one: ours(one, services))]
        ways += [(name, partial(by_rival, make(services))) for name, make in RIVALS]
        for name, way in ways:
            found = [(one, way(one)) for one in asked]
            lines.append(f"| {path.stem} | {len(asked)} | {name} | {_figures(found)} |")
            if name == "ours" and "test" not in path.stem:
                for line in wrong(found):
                    mutter(line)
    return lines


def _figures(found: Sequence[tuple[Labelled, Fetched]]) -> str:
    by_message, by_dialogue = scores(found)
    told = " | ".join(f"{figure:.3f}" for score in (by_message, by_dialogue) for figure in score.figures)
    hits = [(one.kinds[one.due], got[1]) for one, got in found if one.due is not None and got is not None]
    kinds = f"{sum(a == b for a, b in hits) / max(1, len(hits)):.3f}" if any(b for _, b in hits) else "–"
    return f"{told} | {kinds}"


def run(args: argparse.Namespace, say: Callable[[str], None], mutter: Callable[[str], None]) -> int:
    """Measure and tell."""
    built = _services(args.workspace or OWN)
    services = replace(built, brand=built.brand.model_copy(update={"service": _SERVICE}))
    lines: list[str] = []
    if args.only != "helpdesk":
        lines += tables(args.set or SETS, services, mutter)
    if args.data is not None and args.only != "dialogues":
        lines += ["", *handover_helpdesk.table(args.data / "helpdesk" / "dialogues.jsonl", services)]
    say("\n".join(lines))
    if args.out is not None:
        args.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


def _services(workspace: Path) -> Services:
    """All rooms of a workspace, with the models that are kept at home."""
    told = Settings.from_environment()
    encoder = encoder_of(told.encoder, told.home)
    load_segmenter(told.home)
    encoder.load()
    return build(read_folder(workspace), encoder, ModelStore(told.home))
