"""``python -m bot.bench fence``: random interleavings of everything that may happen around who speaks, judged one by one.

The model (``fence_model``) carries out a drawn schedule (``fence_plan``) by small steps; ``fence_oracle`` judges its books.
Beside ours the same schedules run with one rule wrong each (``fence_rules``): a check that cannot fail proves nothing.
"""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.bench.arena import commit, machine
from bot.bench.fence_model import Model
from bot.bench.fence_oracle import KINDS, Books, judge, overtook
from bot.bench.fence_plan import schedule
from bot.bench.fence_rules import MUTANTS, OURS, Rules

Say = Callable[[str], None]
_CHUNK = 5_000
_SHOWN = 5
_BY_NAME = {one.name: one for one in (OURS, *MUTANTS)}


@dataclass(slots=True)
class Tally:
    """What a number of interleavings came to."""

    ran: int = 0
    broken: Counter[str] = field(default_factory=Counter)
    """Kind → interleavings in which it was broken."""
    bad: int = 0
    """Interleavings with any breach."""
    overtook: int = 0
    delivered: int = 0
    examples: list[tuple[int, str]] = field(default_factory=list)
    """(number of the interleaving, first breach)."""
    seconds: float = 0.0
    """Processor time."""

    def add(self, other: "Tally") -> None:
        """Take another part of the same run in."""
        self.ran += other.ran
        self.broken.update(other.broken)
        self.bad += other.bad
        self.overtook += other.overtook
        self.delivered += other.delivered
        self.examples = sorted([*self.examples, *other.examples])[:_SHOWN]
        self.seconds += other.seconds


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words of the command."""
    parser.add_argument("--interleavings", type=int, default=1_000_000)
    parser.add_argument("--mutants", type=int, default=50_000, help="interleavings of each rule that is wrong on purpose")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--replay", metavar="SEED:N", help="print one interleaving step by step")
    parser.add_argument("--rules", choices=tuple(_BY_NAME), default=OURS.name, help="with --replay: whose")
    parser.add_argument("--database", type=int, metavar="N", help="N interleavings through the real code and PostgreSQL instead")
    parser.add_argument("--cost", action="store_true", help="what the fence costs a send, and how long a claim waits")


def run(args: argparse.Namespace, say: Say, mutter: Say) -> int:
    """0 where ours holds and every wrong rule was caught."""
    if args.replay:
        return replay(args.replay, _BY_NAME[args.rules], say)
    say(_head(args))
    found = {rules.name: Tally() for rules in (OURS, *MUTANTS)}
    work = [*_chunks(OURS, args.interleavings), *(part for rules in MUTANTS for part in _chunks(rules, args.mutants))]
    begun = time.monotonic()
    with ProcessPoolExecutor(args.processes) as pool:
        waiting = {pool.submit(part, name, args.seed, first, last): name for name, first, last in work}
        for n, one in enumerate(as_completed(waiting), 1):
            found[waiting[one]].add(one.result())
            _progress(n / len(work), begun, found[OURS.name], mutter)
    say(table(found))
    say(f"{time.monotonic() - begun:.0f} s in {args.processes} processes")
    caught = all(found[rules.name].bad for rules in MUTANTS)
    say(
        "HOLDS"
        if not found[OURS.name].bad and caught
        else "BROKEN"
        if found[OURS.name].bad
        else "NOT PROVED: a wrong rule passed"
    )
    return 0 if not found[OURS.name].bad and (caught or not args.mutants) else 1


def _head(args: argparse.Namespace) -> str:
    words = f"python -m bot.bench fence --interleavings {args.interleavings} --mutants {args.mutants} --seed {args.seed}"
    return f"{datetime.now(UTC):%Y-%m-%d} · {machine()} · commit {commit()} · `{words}`\n"


def _chunks(rules: Rules, count: int) -> Iterator[tuple[str, int, int]]:
    for first in range(0, count, _CHUNK):
        yield rules.name, first, min(first + _CHUNK, count)


def one(rules: Rules, seed: int, n: int, told: Say | None = None) -> Books:
    """The books of one interleaving; every fourth is the web chat's, where the record is the delivery."""
    return Model(rules, web=n % 4 == 3).run(schedule(seed, n), told)


def part(name: str, seed: int, first: int, last: int) -> Tally:
    """A piece of the work, in whichever process."""
    tally, begun = Tally(), time.process_time()
    for n in range(first, last):
        books = one(_BY_NAME[name], seed, n)
        breaches = judge(books)
        tally.ran += 1
        tally.delivered += len(books.delivered)
        tally.overtook += overtook(books)
        if breaches:
            tally.bad += 1
            tally.broken.update({kind for kind, _ in breaches})
            if len(tally.examples) < _SHOWN:
                tally.examples.append((n, breaches[0][1]))
    tally.seconds = time.process_time() - begun
    return tally


def table(found: "dict[str, Tally]") -> str:
    """Ours beside what is wrong on purpose, each counted per million interleavings."""
    head = f"| rules | what is different | {' | '.join(KINDS)} | first |"
    lines = [head, f"|---|---|{'---:|' * len(KINDS)}---:|"]
    for name, tally in found.items():
        if tally.ran:
            rates = " | ".join(f"{round(tally.broken[kind] * 1e6 / tally.ran):,}" for kind in KINDS)
            first = tally.examples[0][0] if tally.examples else "–"
            lines.append(f"| {name} | {_BY_NAME[name].words} | {rates} | {first} |")
    ours = found[OURS.name]
    each = ours.seconds / max(1, ours.ran) * 1e6
    counted = (
        f"ours: {ours.ran:,} interleavings, {ours.delivered:,} messages delivered, {ours.bad} with a breach, {each:.0f} µs each"
    )
    overtaken = f"{ours.overtook} calls were on their way while a person in the platform's client came and went"
    about = "Interleavings in which it was broken, per million; the last column: the first of them (`--replay SEED:N --rules …`)."
    return "\n".join([about, "", *lines, "", counted, overtaken, *(f"  {n}: {words}" for n, words in ours.examples)])


def _progress(share: float, begun: float, ours: Tally, mutter: Say) -> None:
    if not sys.stderr.isatty():
        return
    spent = time.monotonic() - begun
    left = spent / share - spent
    mutter(f"\x1b[1A\x1b[2K{share:6.1%}  {ours.ran:,} of ours, {ours.bad} broken  {left:.0f} s left")


def replay(which: str, rules: Rules, say: Say) -> int:
    """One interleaving, told line by line, and its verdict."""
    seed, _, n = which.partition(":")
    breaches = judge(one(rules, int(seed), int(n), say))
    for kind, words in breaches:
        say(f"{kind}: {words}")
    say("holds" if not breaches else "BROKEN")
    return 1 if breaches else 0


def caught(seed: int, count: int) -> Sequence[str]:
    """Names of the wrong rules that so many interleavings find out."""
    return [rules.name for rules in MUTANTS if part(rules.name, seed, 0, count).bad]
