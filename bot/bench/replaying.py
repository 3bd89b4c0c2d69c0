"""A replay before publishing: real sentences through live and draft content, in seconds and megabytes, beside the naive way.

Three drafts of the demo brand: (a) other words of one script, (b) a further entry, (c) an entry and sentences for the model.
Naive: both sides in full, one message after the other, in one process, on a sample of the same messages.
"""

import argparse
import os
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import orjson

from bot.adapters.encoder import Encoder, one_thread
from bot.adapters.encoding import encoder_of
from bot.adapters.keeping import SeenSound
from bot.adapters.models import ModelStore
from bot.adapters.segmenter import load_segmenter
from bot.bench.replay import real_talks
from bot.content import OWN, files_of
from bot.db.corrections import EARLIER
from bot.db.recorded import Recorded
from bot.rehearsal import Rehearsal
from bot.replaying import Pair, paired, replayed
from bot.replaying.running import cores
from bot.replaying.walking import works
from bot.settings import Settings
from bot.shelf import give_back_memory

_NOON: Final = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
_SAMPLE: Final = 400
"""Messages that the naive way is measured on."""
_LOOK: Final = 0.4
_ENTRY = """
- id: bench-warehouse
  questions: [发货地址在哪里, 你们从哪个仓库发, 货是从哪里发出来的]
  answer: 我们从上海嘉定的仓库发货。
  source: 仓库说明
"""
_SENTENCES = (
    "version: '3.1'\nnlu:\n  - intent: ask_shipping\n    examples: |\n      - 货从哪个仓出来的呀\n      - 你们仓库在啥地方\n"
)
_SCRIPT = "id: no_answer\nfamily: 咨询问答\nvariants:\n  - text: 这个我还没查到，不敢乱说，点「转人工」请导购来答。\n"

Files = Mapping[str, bytes]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Figures:
    """One draft replayed."""

    draft: str
    messages: int
    changed: int
    red: int
    built: float
    """Seconds until both contents stood; a model that had to be trained included."""
    seconds: float
    processor: float
    """Seconds of processor that all processes used meanwhile: what ``seconds`` would be with one core and nobody beside."""
    megabytes: float
    """Most that all processes together held above the one that had the live content loaded (proportional set size)."""
    naive_ms: float
    """Milliseconds of processor for one message the naive way."""
    ratio: float
    """Processor time of the naive way for all messages ÷ ours."""


def run(args: argparse.Namespace, say: Say) -> int:
    """All drafts one after the other; 0."""
    one_thread()
    told = Settings.from_environment()
    load_segmenter(told.home)
    encoder, models = encoder_of(told.encoder, told.home), ModelStore(told.home)
    encoder.load()
    files, _ = files_of(OWN)
    recorded = messages(args.data, args.n)
    found = []
    for name, draft in drafts(files).items():
        if not args.only or name in args.only:
            found.append(_figures(name, (files, draft), recorded, (encoder, models, SeenSound(told.home, OWN))))
            say(_row(found[-1]) if not args.json else orjson.dumps(asdict(found[-1])).decode())
    return 0


def drafts(files: Files) -> Mapping[str, Files]:
    """The drafts by name."""
    script = next(path for path, data in files.items() if path.startswith("scripts/replies/") and b"\nid: no_answer\n" in data)
    entry = {**files, "knowledge/entries/bench.yml": _ENTRY.encode()}
    return {
        "script": {**files, script: _SCRIPT.encode()},
        "entry": entry,
        "training": {**entry, "intents/training/bench.yml": _SENTENCES.encode()},
    }


def messages(data: Path, n: int) -> tuple[Recorded, ...]:
    """So many messages of real talks and searches, each with what came before it; said again where there are too few."""
    talks = real_talks(data)
    random.Random(7).shuffle(talks)  # noqa: S311  (a sample, the same in every run)
    found = [
        Recorded(f"{number}-{at}", tuple(talk[max(0, at - EARLIER) : at + 1]), channel="wecom_kf", talk=str(number))
        for number, talk in enumerate(talks)
        for at in range(len(talk))
    ]
    return tuple(found[k % len(found)] for k in range(n))


def _figures(
    name: str, sides: tuple[Files, Files], recorded: Sequence[Recorded], means: tuple[Encoder, ModelStore, SeenSound]
) -> Figures:
    encoder, models, seen = means
    live = paired(sides[0], sides[0], encoder, models, seen=seen)
    give_back_memory()
    with _watched() as most:
        begun = time.perf_counter()
        pair = paired(*sides, encoder, models, seen=seen)
        built = time.perf_counter() - begun
        del live
        spent = _processor()
        report = replayed(pair, recorded, _NOON, processes=min(2, cores()))
        spent = _processor() - spent
    naive = _naive(pair, recorded[:: max(1, len(recorded) // _SAMPLE)])
    return Figures(
        draft=name,
        messages=report.messages,
        changed=report.changed,
        red=len(report.red),
        built=round(built, 1),
        seconds=report.seconds,
        processor=round(spent, 1),
        megabytes=round(most[0], 1),
        naive_ms=round(naive * 1000, 2),
        ratio=round(naive * report.messages / spent, 2),
    )


def _naive(pair: Pair, sample: Sequence[Recorded]) -> float:
    """Seconds a message where each side plays each message with what came before it, and nothing is remembered."""
    begun = time.process_time()
    for work in works(sample, pair.live, _NOON):
        for services in (pair.live, pair.draft):
            talk = Rehearsal(services, work.path.channel)
            for words in work.path.said:
                talk.say(words, work.path.moment)
    return (time.process_time() - begun) / max(1, len(sample))


@contextmanager
def _watched() -> Iterator[list[float]]:
    """The most that this process and those it started hold together, in MB above what it held at first."""
    first = _held()
    most, over = [0.0], threading.Event()

    def look() -> None:
        while not over.wait(_LOOK):
            most[0] = max(most[0], _held() - first)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield most
    finally:
        over.set()
        thread.join()


def _processor() -> float:
    """Seconds of processor of this process and of its children that ended."""
    told = os.times()
    return told.user + told.system + told.children_user + told.children_system


def _held() -> float:
    """MB of this process and its children; what several share counts once."""
    own = os.getpid()
    children = Path(f"/proc/{own}/task/{own}/children").read_text().split()
    return sum(_size(pid) for pid in (str(own), *children)) / 1024


def _size(pid: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def _row(one: Figures) -> str:
    return (
        f"{one.draft}: {one.messages} messages in {one.seconds} s ({one.processor} s of processor), both contents after "
        f"{one.built} s, {one.megabytes} MB above idle; {one.changed} changed, {one.red} red groups; "
        f"naive {one.naive_ms} ms of processor a message, {one.ratio} times as much"
    )
