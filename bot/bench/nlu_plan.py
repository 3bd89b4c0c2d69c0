"""What ``python -m bot.bench nlu`` is asked to measure; light to import, so that every other command stays quick."""

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.bench.parts import chosen

NAMES = ("accuracy", "speed", "slots", "robust", "moods", "encoders")
"""The parts, in the order in which they are measured."""
NONE = "none"
"""Stands among encoders for the classifier that has no sentence vectors."""
RASA = ("none", "serve", "train")
"""none: not at all; serve: in the race of `speed`; train: on the data of `accuracy` as well."""
_RETAIL = frozenset(("accuracy", "speed", "slots", "robust"))
"""Parts for which it matters whose workspace is learnt."""
_PIPELINES = ("jieba", "characters")
_EVERY = 5.0
"""Seconds between two lines about the same work."""

Say = Callable[[str], None]
Progress = Callable[[str, int, int], None]
"""Told (what, done, of how many)."""
Pairs = Sequence[tuple[str, str]]
"""(sentence, label)"""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured, and on what."""

    data: Path
    """The folder of the public data."""
    parts: tuple[str, ...] = NAMES
    encoders: tuple[str, ...] = ()
    """Values of DAOGOU_ENCODER and `NONE`, the default one first; empty: what is quick enough to be always asked."""
    rasa: str = NONE
    pipeline: str = "characters"
    epochs: int = 100
    rasa_folder: Path | None = None
    """Where Rasa's models are kept for a second run; None forgets them."""
    sample: int = 0
    """So many sentences of each set at most; 0: all."""
    seconds: float = 10.0
    """For each walk of `speed`."""
    seeds: int = 3
    """Times that each sentence is disturbed in `robust`."""
    workspace: Path | None = None
    """Whose training data is learnt; None: the demo brand's."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the public data")
    parser.add_argument("--parts", type=chosen(NAMES), default=NAMES, help=f"some of {','.join(NAMES)}")
    parser.add_argument(
        "--encoders", type=_list, default=(), help="values of DAOGOU_ENCODER, and none for no vectors; the default one first"
    )
    parser.add_argument("--rasa", choices=RASA, default=NONE, help="serve: race against it; train: judge its labels too")
    parser.add_argument("--rasa-pipeline", choices=_PIPELINES, default="characters")
    parser.add_argument("--rasa-epochs", type=int, default=100)
    parser.add_argument("--rasa-folder", type=Path, help="keep Rasa's models here, so that a second run need not train")
    parser.add_argument("--sample", type=int, default=0, help="so many sentences of each set, for a look")
    parser.add_argument("--seconds", type=float, default=10.0, help="for each walk of speed")
    parser.add_argument("--seeds", type=int, default=3, help="times that each sentence is disturbed")
    parser.add_argument("--workspace", type=Path, help="whose training data is learnt")
    parser.add_argument("--out", type=Path, help="a Markdown file for the tables")


def plan_of(args: argparse.Namespace) -> Plan:
    """The plan that the options describe."""
    return Plan(
        data=args.data,
        parts=args.parts,
        encoders=args.encoders,
        rasa=args.rasa,
        pipeline=args.rasa_pipeline,
        epochs=args.rasa_epochs,
        rasa_folder=args.rasa_folder,
        sample=args.sample,
        seconds=args.seconds,
        seeds=args.seeds,
        workspace=args.workspace,
    )


def command(plan: Plan, part: str) -> str:
    """The words that measure one part again."""
    words = ["python -m bot.bench nlu --parts", part]
    if part in {"accuracy", "moods", "encoders"}:
        words += ["--data", str(plan.data)]
    if plan.encoders and part in {"accuracy", "speed", "robust", "encoders"}:
        words += ["--encoders", ",".join(plan.encoders)]
    if (part == "accuracy" and plan.rasa == "train") or (part == "speed" and plan.rasa != NONE):
        words += ["--rasa", plan.rasa, "--rasa-pipeline", plan.pipeline, "--rasa-epochs", str(plan.epochs)]
    if plan.sample:
        words += ["--sample", str(plan.sample)]
    if plan.workspace is not None and part in _RETAIL:
        words += ["--workspace", str(plan.workspace)]
    if part == "speed":
        words += ["--seconds", f"{plan.seconds:g}"]
    if part == "robust":
        words += ["--seeds", str(plan.seeds)]
    return " ".join(words)


def heard(say: Say, who: str, now: Callable[[], float] = time.monotonic) -> Progress:
    """Progress as lines: each new kind of work, then at most one line every few seconds."""
    told: dict[str, float] = {}

    def tell(what: str, done: int, total: int) -> None:
        moment = now()
        if what not in told or moment - told[what] >= _EVERY:
            told.clear()
            told[what] = moment
            say(f"  {who}: {what} {done}/{total}")

    return tell


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Markdown; the first column left, the others right."""
    lines = [f"| {' | '.join(head)} |", "|---|" + "---:|" * (len(head) - 1)]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def mutter(line: str) -> None:
    """A line for whoever watches."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _list(told: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.strip() for one in told.split(",") if one.strip()))
