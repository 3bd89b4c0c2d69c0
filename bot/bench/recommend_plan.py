"""What ``python -m bot.bench recommend`` is asked to measure; light to import."""

import argparse
from dataclasses import dataclass
from pathlib import Path

from bot.bench.nlu_plan import Say
from bot.bench.parts import chosen, sizes

NAMES = ("journey", "speed", "limits")
"""The parts, in the order in which they are measured."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured, and how much of it."""

    parts: tuple[str, ...] = NAMES
    households: int = 0
    """So many of those who bought in the last weeks are asked about; 0: all."""
    sizes: tuple[int, ...] = (10_000, 1_000_000)
    """Products of the catalogues that are raced over."""
    wishes: int = 1000
    """For each of these."""
    queries: int = 50_000
    """Random wishes of random shoppers in random shops."""
    seed: int = 7


USUAL = Plan()


@dataclass(frozen=True, slots=True)
class Bench:
    """A plan, and whom to tell how it goes."""

    plan: Plan
    say: Say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("--parts", type=chosen(NAMES), default=NAMES, help=f"some of {','.join(NAMES)}")
    parser.add_argument("--households", type=int, default=0, help="so many households of the journey, for a look")
    parser.add_argument("--sizes", type=sizes, default=USUAL.sizes, help="products of the catalogues of speed")
    parser.add_argument("--wishes", type=int, default=USUAL.wishes, help="for each catalogue of speed")
    parser.add_argument("--queries", type=int, default=USUAL.queries, help="random wishes of limits")
    parser.add_argument("--seed", type=int, default=USUAL.seed)
    parser.add_argument("--out", type=Path, help="a Markdown file for the tables")


def plan_of(args: argparse.Namespace) -> Plan:
    """The plan that the options describe."""
    return Plan(args.parts, args.households, args.sizes, args.wishes, args.queries, args.seed)


def command(plan: Plan, part: str) -> str:
    """The words that measure one part again."""
    words = ["python -m bot.bench recommend --parts", part]
    if part == "journey" and plan.households:
        words += ["--households", str(plan.households)]
    if part == "speed":
        words += ["--sizes", ",".join(map(str, plan.sizes)), "--wishes", str(plan.wishes)]
    if part == "limits":
        words += ["--queries", str(plan.queries)]
    return " ".join([*words, "--seed", str(plan.seed)] if part != "journey" else words)
