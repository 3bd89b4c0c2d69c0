"""Retrieval by size: latency, memory, build time and what is lost, exact beside approximate, and a plain BM25 as the floor.

``python -m bot.bench.answers_speed --data ../shared/data``. Phrasings are the public questions, pairs and searches, each once,
in an order of chance; where more are wanted than there are, a half of one phrasing is joined to a half of another, and of every
third a character is dropped, which keeps length and vocabulary as people write them. Four phrasings make an entry. What is
asked are questions of the bases that are not stored. Every make is built in a process of its own, on one thread.
"""

import argparse
import gc
import json
import math
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from bot.adapters.encoder import Encoder, one_thread
from bot.adapters.encoding import encoder_of
from bot.adapters.keeping import CHECKOUT
from bot.bench.nlu_plan import mutter, table
from intents import normalize
from knowledge import Asker, Entry, EntryId, Library, Ruler
from knowledge.nearest import EXACT, Approximate, Candidates, Exact
from knowledge.words import Reader

SIZES: Final = (1_000, 10_000, 100_000, 1_000_000)
HEAD: Final = ("phrasings", "make", "build", "memory", "p50", "p99", "recall@10", "same first", "with reading p50", "p99")
PLAIN_MOST: Final = 10_000
"""Phrasings up to which the plain BM25 is worth waiting for."""
_ASKED: Final = 400
_PLAIN_ASKED: Final = 40
_ENTRY: Final = 4
"""Phrasings of an entry."""
_LIMIT: Final = 10
_LONGEST: Final = 60
_BASES: Final = ("lcqmc", "oppo")
_CHUNK: Final = 10_000

Say = Callable[[str], None]
Ranks = list[list[int]]
"""The best entries of each question."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One make at one size; times in seconds, memory in MB."""

    make: str
    build: float
    memory: float
    alone: tuple[float, float]
    """p50 and p99 of the search alone."""
    whole: tuple[float, float] | None
    """The same with reading and embedding the question."""
    ranks: Ranks


def speed(data: Path, sizes: Sequence[int] = SIZES, encoder: str = "static", say: Say = mutter) -> list[tuple[str, ...]]:
    """A row of `HEAD` for each size and make; raises OSError where the data is not."""
    rows: list[tuple[str, ...]] = []
    for size in sizes:
        say(f"{size} phrasings …")
        words = ["--data", str(data.resolve()), "--encoder", encoder, "--inside", str(size)]
        run = subprocess.run(  # noqa: S603  (ourselves)
            [sys.executable, "-m", "bot.bench.answers_speed", *words], stdout=subprocess.PIPE, text=True, check=True, cwd=CHECKOUT
        )
        found = [Measured(**one) for one in json.loads(run.stdout)]
        rows += [_row(size, one, found[0]) for one in found]
        say(table(HEAD, rows[-len(found) :]))
    return rows


def latencies(ask: Callable[[str], object], questions: Iterable[str]) -> tuple[float, float]:
    """p50 and p99 in seconds of asking one after the other."""
    took = []
    for question in questions:
        begun = time.perf_counter()
        ask(question)
        took.append(time.perf_counter() - begun)
    return float(np.median(took)), float(np.percentile(took, 99))


def library_speed(data: Path, size: int, encoder: str = "static") -> tuple[float, float, float]:
    """Seconds to build a library of so many phrasings with the built-in weights, then p50 and p99 of `Library.ask`."""
    engine = encoder_of(encoder, capacity=1)
    texts, questions = material(data, size)
    entries = [
        Entry(EntryId(str(at)), tuple(dict.fromkeys(texts[at : at + _ENTRY])), texts[at], "公开数据")
        for at in range(0, size, _ENTRY)
    ]
    begun = time.perf_counter()
    library = Library.build(entries, engine, normalize=_normalized, learnt=Ruler())
    built = time.perf_counter() - begun
    now, nobody = datetime.now(UTC), Asker()
    return built, *latencies(lambda question: library.ask(question, nobody, now), questions)


def material(data: Path, size: int) -> tuple[list[str], list[str]]:
    """So many phrasings, and questions that are none of them; the same on every call."""
    chance = random.Random(0)  # noqa: S311  (an order, not a secret)
    asked = list(dict.fromkeys(row["query"] for base in _BASES for row in _json(data / f"faq/{base}.queries.jsonl")))
    chance.shuffle(asked)
    unknown = set(asked)
    there = (text.strip() for text in _stored(data))
    texts = list(dict.fromkeys(text for text in there if 1 < len(text) <= _LONGEST and text not in unknown))
    chance.shuffle(texts)
    real = len(texts)
    while len(texts) < size:
        one, other = texts[chance.randrange(real)], texts[chance.randrange(real)]
        text = one[: (len(one) + 1) // 2] + other[len(other) // 2 :]
        drop = chance.randrange(len(text)) if len(texts) % 3 == 0 else len(text)
        texts.append(text[:drop] + text[drop + 1 :])
    return texts[:size], asked[:_ASKED]


class PlainBM25:
    """BM25 as the small libraries have it: every document is looked at for every word of the question (rank-bm25's way)."""

    def __init__(self, texts: Iterable[Sequence[str]]) -> None:
        self._counts = [Counter(terms) for terms in texts]
        lengths = np.array([counts.total() for counts in self._counts])
        self._norm = 0.9 * (0.5 + 0.5 * lengths / lengths.mean())
        held = Counter(term for counts in self._counts for term in counts)
        self._rarity = {term: math.log1p((len(lengths) - df + 0.5) / (df + 0.5)) for term, df in held.items()}

    def best(self, terms: Sequence[str], limit: int) -> list[int]:
        """Positions of the best texts."""
        total = np.zeros(len(self._counts))
        for term in terms:
            said = np.array([counts.get(term, 0) for counts in self._counts])
            total += self._rarity.get(term, 0.0) * said / (said + self._norm)
        return [int(at) for at in np.argsort(-total, kind="stable")[:limit]]


def inside(data: Path, size: int, encoder: str) -> list[Measured]:
    """All makes at one size, the exact one first; meant for a process of its own."""
    one_thread()
    engine = encoder_of(encoder, capacity=1)
    reader = Reader(_normalized)
    texts, questions = material(data, size)
    lines, vectors = _prepared(texts, reader, engine)
    owners = (np.arange(size) // _ENTRY).astype(np.int32)
    searching = _Searching(reader, engine, questions)
    makes: list[type[Exact | Approximate]] = [Exact]
    if vectors.size > EXACT or size >= 100_000:
        makes.append(Approximate)
    found = [searching.measured(make, lines, vectors, owners) for make in makes]
    if size <= PLAIN_MOST:
        found.append(searching.plain(lines))
    return found


class _Searching:
    """The same questions for every make."""

    def __init__(self, reader: Reader, engine: Encoder, questions: Sequence[str]) -> None:
        self._reader, self._engine, self._questions = reader, engine, questions

    def measured(
        self,
        make: type[Exact] | type[Approximate],
        lines: Sequence[str],
        vectors: npt.NDArray[np.float32],
        owners: npt.NDArray[np.int32],
    ) -> Measured:
        gc.collect()
        before, begun = _resident(), time.perf_counter()
        candidates = make((line.split("\t") for line in lines), vectors, owners)
        built = time.perf_counter() - begun
        gc.collect()
        memory = _resident() - before
        name = "exact" if make is Exact else "approximate"
        chosen = Exact if vectors.size <= EXACT else Approximate
        name += " (chosen)" if make is chosen else ""
        return Measured(name, built, memory, *self._walked(candidates))

    def plain(self, lines: Sequence[str]) -> Measured:
        gc.collect()
        before, begun = _resident(), time.perf_counter()
        index = PlainBM25(line.split("\t") for line in lines)
        built, memory = time.perf_counter() - begun, _resident() - before
        some = {question: self._reader.read(question).terms for question in self._questions[:_PLAIN_ASKED]}
        ranks: Ranks = []
        alone = latencies(lambda question: ranks.append(index.best(some[question], _LIMIT)), some)
        return Measured("plain BM25, words only", built, memory, alone, None, [])

    def _walked(self, candidates: Candidates) -> tuple[tuple[float, float], tuple[float, float], Ranks]:
        readings = {question: self._reader.read(question) for question in self._questions}
        known = {question: self._engine.embed([read.text])[0] for question, read in readings.items()}
        ranks: Ranks = []

        def ask(question: str) -> None:
            found = candidates.nearest(readings[question].terms, known[question], None, _LIMIT)
            ranks.append(found.entries.tolist())

        def ask_whole(question: str) -> None:
            read = self._reader.read(question)
            candidates.nearest(read.terms, self._engine.embed([read.text])[0], None, _LIMIT)

        ask(self._questions[0])
        ranks.clear()
        return latencies(ask, self._questions), latencies(ask_whole, self._questions), ranks


def _prepared(texts: Sequence[str], reader: Reader, engine: Encoder) -> tuple[list[str], npt.NDArray[np.float32]]:
    """The terms of each text as one string, because a million tuples would be most of the memory; and the vectors."""
    lines: list[str] = []
    vectors = np.empty((len(texts), engine.dimensions), np.float32)
    for at in range(0, len(texts), _CHUNK):
        readings = [reader.read(text) for text in texts[at : at + _CHUNK]]
        lines += ["\t".join(reading.terms) for reading in readings]
        vectors[at : at + len(readings)] = engine.embed([reading.text for reading in readings])
    return lines, vectors


def _row(size: int, one: Measured, exact: Measured) -> tuple[str, ...]:
    beside = one is not exact and bool(one.ranks)
    pairs = list(zip(exact.ranks, one.ranks, strict=True)) if beside else []
    recall = f"{np.mean([len({*known} & {*found}) / len(known) for known, found in pairs]):.4f}" if beside else "–"
    first = f"{np.mean([known[0] == found[0] for known, found in pairs]):.4f}" if beside else "–"
    times = [f"{1e3 * took:.2f} ms" for took in one.alone]
    whole = [f"{1e3 * took:.2f} ms" for took in one.whole] if one.whole else ["–", "–"]
    return f"{size:,}", one.make, f"{one.build:.1f} s", f"{one.memory:.0f} MB", *times, recall, first, *whole


def _normalized(text: str) -> str:
    return normalize(text).text


def _stored(data: Path) -> Iterator[str]:
    for base in _BASES:
        yield from (row["question"] for row in _json(data / f"faq/{base}.kb.jsonl"))
    yield from (row["question"] for row in _json(data / "faq/shop.jsonl"))
    for path in sorted((data / "pairs").glob("*.tsv")):
        for cells in _cells(path):
            if len(cells) == 3 and cells[2] in {"0", "1"}:
                yield from cells[:2]
    yield from (cells[1] for cells in _cells(data / "queries/taobao_queries.tsv") if len(cells) > 1)


def _json(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def _cells(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8") as file:
        yield from (line.rstrip("\n").split("\t") for line in file)


def _resident() -> float:
    """MB of this process that lie in memory."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def main(words: list[str] | None = None) -> int:
    """Write the table; with ``--library`` also what asking a whole library takes."""
    parser = argparse.ArgumentParser(prog="python -m bot.bench.answers_speed", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the public data")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--encoder", default="static", help="a value of DAOGOU_ENCODER")
    parser.add_argument("--library", type=int, nargs="*", default=[], metavar="SIZE", help="also build and ask whole libraries")
    parser.add_argument("--inside", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args(words)
    if args.inside is not None:
        sys.stdout.write(json.dumps([asdict(one) for one in inside(args.data, args.inside, args.encoder)]) + "\n")
        return 0
    sys.stdout.write(table(HEAD, speed(args.data, args.sizes, args.encoder)) + "\n")
    for size in args.library:
        built, p50, p99 = library_speed(args.data, size, args.encoder)
        line = f"\nLibrary of {size:,}: built in {built:.1f} s, ask p50 {1e3 * p50:.2f} ms, p99 {1e3 * p99:.2f} ms\n"
        sys.stdout.write(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
