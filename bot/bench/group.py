"""What is done with a group's messages, beside two simple ways: ``python -m bot.bench group --split dev``."""

import argparse
import statistics
import time
from collections.abc import Callable, Mapping, Sequence

from bot.adapters.encoding import encoder_of
from bot.adapters.hearing import listener
from bot.adapters.keeping import CHECKOUT
from bot.adapters.models import ModelStore
from bot.adapters.segmenter import load_segmenter
from bot.bench.group_rivals import by_chat, when_called
from bot.bench.group_scores import Score, scored, table
from bot.cli.grouping import listened, through
from bot.content import OWN, read_folder, recognizer, warmer
from bot.settings import Settings
from bot.teaching.group_logs import Line, Log, read_logs, texts
from intents import Recognizer
from intents.groups import Decision, Listener, Manners
from intents.groups.mentions import bare

DATA = CHECKOUT / "tests" / "data"
THREADS, JOINS, PRECISE, FOUND, MUST, MILLISECONDS = 0.90, 0.95, 0.95, 0.70, 0.98, 3.0
"""What the issue asks for: thread F1, joins exact, answers precise and found, escalated, milliseconds a message."""
_MANNERS = Manners(names=())
"""The logs call the assistant by many names; the platform says when it is named."""


def run(args: argparse.Namespace, say: Callable[[str], None]) -> int:
    """Print the table; 1 where a bar is missed."""
    logs = read_logs([DATA / f"groups_{args.split}.tsv"])
    settings = Settings.from_environment()
    encoder = encoder_of(settings.encoder, settings.home)
    load_segmenter(settings.home)
    encoder.load()
    understand = recognizer(read_folder(OWN), encoder, ModelStore(settings.home))
    ears = listener(None if args.blind else encoder)
    hearing, whole, decisions = _measured(logs, understand, ears, warmer(encoder, understand.gazetteer))
    ours, wrong = scored(logs, decisions)
    rivals = [
        ("answer when called", scored(logs, [when_called(log) for log in logs])[0]),
        ("debounce by chat, 3 s", scored(logs, [by_chat(log) for log in logs])[0]),
    ]
    for line in table([(f"ours, {args.split}", ours), *rivals]):
        say(line)
    took = f"{hearing:.2f} ms hearing, {whole:.2f} ms with understanding (medians)"
    say(f"{len(logs)} logs, {ours.messages} messages; a message: {took}")
    if args.faults and args.split == "dev":
        _tell(wrong, dict(zip((log.id for log in logs), decisions, strict=True)), say)
    return _judged(ours, whole, say)


def _measured(
    logs: Sequence[Log], understand: Recognizer, ears: Listener, warm: Callable[[Sequence[str]], None]
) -> tuple[float, float, list[Mapping[str, Decision]]]:
    """Medians over logs of the milliseconds a message: hearing alone, and with understanding, all logs in one batch."""
    said = [bare(text) for text in texts(logs)]
    begun = time.perf_counter()
    warm(said)
    ahead = (time.perf_counter() - begun) * 1000 / len(said)
    hearing, whole, found = [], [], []
    for log in logs:
        remarks = [line.remark for line in log.lines]
        begun = time.perf_counter()
        decisions, known = through(ears, remarks, _MANNERS, understand.recognize_many)
        whole.append(ahead + (time.perf_counter() - begun) * 1000 / len(remarks))
        begun = time.perf_counter()
        listened(ears, remarks, _MANNERS, known)
        hearing.append((time.perf_counter() - begun) * 1000 / len(remarks))
        found.append(decisions)
    return statistics.median(hearing), statistics.median(whole), found


def _judged(ours: Score, whole: float, say: Callable[[str], None]) -> int:
    exact = ours.joins["exact"] / max(ours.joins["gold"], 1)
    bars = {
        f"thread F1 ≥ {THREADS}": ours.threads >= THREADS,
        f"joins exact ≥ {JOINS}": exact >= JOINS,
        f"answers precise ≥ {PRECISE}": ours.precision("answer") >= PRECISE,
        f"answers found ≥ {FOUND}": ours.recall("answer") >= FOUND,
        f"must escalate ≥ {MUST}": ours.must_found >= MUST * ours.must,
        "private in public 0": ours.private_in_public == 0,
        f"≤ {MILLISECONDS} ms": whole <= MILLISECONDS,
    }
    say("bars: " + "; ".join(f"{name}: {'kept' if kept else 'MISSED'}" for name, kept in bars.items()))
    return 0 if all(bars.values()) else 1


def _tell(wrong: Sequence[tuple[Log, Line]], decisions: Mapping[str, Mapping[str, Decision]], say: Callable[[str], None]) -> None:
    for log, line in wrong:
        made = decisions[log.id][line.remark.id]
        right = "/".join(line.actions)
        say(f"{log.id} {line.remark.id} {right} → {made.action} {made.confidence:.2f} {line.remark.text!r} ({made.why})")
