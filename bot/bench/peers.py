"""Rasa beside our own classifier in one run: how fast, how large, how soon ready — and how right on anybody's labelled data.

Everything here is synchronous and takes texts as they were typed; nothing is cached between two calls but Rasa's models.
"""

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path

import numpy as np
import orjson
import psutil  # type: ignore[import-untyped]

from bot.bench.arena import free_port
from bot.bench.figures_of import Waits, ms
from bot.bench.peer_process import Inside
from bot.content import OWN, read_folder
from bot.errors import PeerError
from bot.peers import rasa_server as server
from bot.peers.rasa_http import Parsed, RasaClient
from bot.peers.rasa_workspace import Pairs, Recipe, exported, project, rasa_labels
from intents.calibration import calibrate
from intents.evaluation import Report, auroc, ece, report

CLIENTS = 16
_ASKED_AT_ONCE = 4
_TINY = 1e-9

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Pace:
    """One server under load over HTTP, with Rasa's JSON, held to one core."""

    who: str
    startup: float
    """Seconds from spawn to the first possible answer."""
    resident: float
    """MB after the load, children included."""
    one: Waits
    """Seconds of each call, one client."""
    one_rate: float
    """Calls a second, one client."""
    many: Waits
    many_rate: float
    """Calls a second, `CLIENTS` clients."""


@dataclass(frozen=True, slots=True)
class Race:
    """Both in one run."""

    rasa: Pace
    ours: Pace
    inside: Inside
    """Our classifier where it works in the product: in the process that asks."""

    @property
    def times(self) -> Mapping[str, float]:
        """By how much ours is faster."""
        return {
            "p50, one client, over HTTP": self.rasa.one.p50 / self.ours.one.p50,
            "p99, one client, over HTTP": self.rasa.one.p99 / self.ours.one.p99,
            f"per second, {CLIENTS} clients, over HTTP": self.ours.many_rate / self.rasa.many_rate,
            "p50, in process": self.rasa.one.p50 / self.inside.p50,
            "whole verdicts a second, in process, batched": self.inside.verdicts_batched / self.rasa.many_rate,
            "labels a second, in process, batched": self.inside.labels_batched / self.rasa.many_rate,
        }

    def table(self) -> str:
        """Markdown."""
        head = (
            f"| | ready after | resident | p50 / p99, 1 client | per second, 1 client | per second, {CLIENTS} clients |\n"
            "|---|---:|---:|---:|---:|---:|"
        )
        rows = [
            f"| {one.who} | {one.startup:.1f} s | {one.resident:.0f} MB | {ms(one.one.p50)} / {ms(one.one.p99)} ms "
            f"| {one.one_rate:.0f} | {one.many_rate:.0f} |"
            for one in (self.rasa, self.ours)
        ]
        within = self.inside
        rows.append(
            f"| ours, in process | {self.ours.startup:.1f} s | {self.ours.resident:.0f} MB "
            f"| {within.p50 * 1000:.2f} / {within.p99 * 1000:.2f} ms | {within.verdicts:.0f} "
            f"| in batches {within.verdicts_batched:.0f}; "
            f"labels alone {within.labels:.0f}, in batches {within.labels_batched:.0f} |"
        )
        told = [f"{name}: {factor:.1f} ×" for name, factor in self.times.items()]
        return "\n".join([head, *rows, "", "; ".join(told)])


@dataclass(frozen=True, slots=True)
class Field:
    """Who runs, and where."""

    model: Path
    """Rasa's, from `workspace_model`."""
    workspace: Path = OWN
    rasa: Path | None = None
    """The ``rasa`` program; None looks where `make rasa` puts it."""
    core: int | None = 0
    """Servers are held to it, and the load stays off it; None lets everything run everywhere."""
    seconds: float = 10.0
    """For each of the walks."""


def race(texts: Sequence[str], ground: Field, say: Say) -> Race:
    """Both servers one after the other, each alone under the same load, and our rooms without a network.

    ``texts`` should be a few hundred different ones; for later rounds a number is put behind each, so that no memory helps.

    Raises:
        PeerError: Rasa is not installed or does not start.
    """
    rasa = _program(ground.rasa)
    cores = frozenset[int]() if ground.core is None else frozenset((ground.core,))
    with server.serving(rasa, ground.model, cores) as beside:
        theirs = _pace("Rasa", beside, texts, ground)
    say(f"Rasa: {theirs.many_rate:.0f}/s, p50 {ms(theirs.one.p50)} ms")
    with _own(ground.workspace, cores) as beside:
        inside = _inside(beside.url, texts, ground.seconds)
        ours = _pace("ours, over HTTP", beside, texts, ground)
    say(f"ours: {ours.many_rate:.0f}/s, p50 {ms(ours.one.p50)} ms; in process {inside.verdicts_batched:.0f}/s")
    return Race(theirs, ours, inside)


def workspace_model(workspace: Path, folder: Path, say: Say, recipe: Recipe | None = None, rasa: Path | None = None) -> Path:
    """Rasa's model of a workspace, as `make rasa` trains it, kept in ``folder``; raises PeerError."""
    return server.trained(_program(rasa), folder.resolve(), exported(read_folder(workspace), recipe), say)


def _program(named: Path | None) -> Path:
    found = named or server.program()
    if found is None:
        raise PeerError("没有装 Rasa：先运行 make rasa", "uninstalled")
    return found


def _pace(who: str, beside: server.Serving, texts: Sequence[str], ground: Field) -> Pace:
    """A short look tells how many calls fill the seconds."""
    away = None if ground.core is None else frozenset(range(os.cpu_count() or 1)) - {ground.core}
    probe = _shot(beside.url, _varied(texts, 50, "a"), 1, away)
    enough = max(50, int(probe[0] * ground.seconds))
    one_rate, one = _shot(beside.url, _varied(texts, enough, "b"), 1, away)
    many_rate, many = _shot(beside.url, _varied(texts, enough * 2, "c"), CLIENTS, away)
    return Pace(who, beside.seconds, _resident(beside.pid), one, one_rate, many, many_rate)


def _varied(texts: Sequence[str], n: int, mark: str) -> list[str]:
    """``n`` texts, no two alike, none of them in a list with another mark."""
    return [f"{texts[at % len(texts)]} {mark}{at // len(texts)}" for at in range(n)]


def _shot(url: str, texts: Sequence[str], clients: int, cores: frozenset[int] | None) -> tuple[float, Waits]:
    """(calls a second, waits) of the load generator; raises PeerError where a call was refused."""
    host, _, port = url.removeprefix("http://").partition(":")
    told = orjson.dumps({"host": host, "port": int(port), "rate": 0, "connections": clients}) + b"\n"
    requests = [_request(url, text) for text in texts]
    body = b"".join(len(one).to_bytes(4, "big") + one for one in requests)
    process = subprocess.Popen([sys.executable, "-m", "bot.bench.gun"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        if cores:
            os.sched_setaffinity(process.pid, cores)
        out, _ = process.communicate(told + body, 600)
    finally:
        process.kill()
        process.wait()
    found = orjson.loads(out)
    if found["refused"]:
        raise PeerError(f"{found['refused']} 次请求被拒绝", "refused")
    return len(requests) / found["seconds"], Waits.of(found["waits"])


def _request(url: str, text: str) -> bytes:
    body = orjson.dumps({"text": text})
    head = f"POST /model/parse HTTP/1.1\r\nHost: {url.removeprefix('http://')}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _inside(url: str, texts: Sequence[str], seconds: float) -> Inside:
    varied = _varied(texts, max(len(texts), int(20_000 * seconds / 10)), "d")
    body = orjson.dumps({"texts": varied, "seconds": seconds})
    with urllib.request.urlopen(urllib.request.Request(f"{url}/inside", body), timeout=600) as answer:  # noqa: S310 (our own)
        found = orjson.loads(answer.read())
    return Inside(**{one.name: float(found[one.name]) for one in fields(Inside)})


@contextmanager
def _own(workspace: Path, cores: frozenset[int]) -> Iterator[server.Serving]:
    """Our classifier behind Rasa's door, in a process of its own."""
    port, begun = free_port(), time.monotonic()
    process = subprocess.Popen(  # noqa: S603  (our own words)
        [sys.executable, "-m", "bot.bench.peer_process", str(port), "--workspace", str(workspace)], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        if cores:
            os.sched_setaffinity(process.pid, cores)
        if process.stdout.readline() != b"ready\n":
            raise PeerError("自带的分类器没有启动起来", "unstarted")
        yield server.Serving(f"http://127.0.0.1:{port}", process.pid, time.monotonic() - begun)
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def _resident(pid: int) -> float:
    process = psutil.Process(pid)
    return sum(float(one.memory_info().rss) for one in (process, *process.children(recursive=True))) / 1e6


@dataclass(frozen=True, slots=True)
class Predictions:
    """What Rasa said of texts, in their order."""

    labels: tuple[str, ...]
    confidence: tuple[float, ...]
    rankings: tuple[tuple[tuple[str, float], ...], ...] = field(repr=False)
    """All labels with their confidences, best first."""
    train_seconds: float
    """0 where the model was there already."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Rasa's figures on labelled sentences that it had not seen."""

    report: Report
    """Accuracy, macro-F1 and the like; ``ece`` with Rasa's own confidences."""
    ece_calibrated: float
    """The same after our calibration, fitted on one half of the test sentences and measured on the other, both ways."""
    auroc: float
    """Of ``1 − confidence`` for sentences from outside; 0.5 where none were given."""
    predictions: Predictions


@dataclass(frozen=True, slots=True)
class Bench:
    """How to have Rasa learn and answer."""

    folder: Path | None = None
    """Where projects and models are kept, so that a second run need not train; None forgets them."""
    recipe: Recipe = field(default_factory=Recipe)
    rasa: Path | None = None
    """The ``rasa`` program; None looks where `make rasa` puts it."""


def judged(train: Pairs, test: Pairs, bench: Bench, say: Say, outside: Sequence[str] = ()) -> Judged:
    """Teach Rasa on ``train`` and measure it on ``test``; ``outside`` are sentences that belong to no label.

    Both are (text, label), the texts as they were typed. Raises PeerError.
    """
    found = predicted(train, [*(text for text, _ in test), *outside], bench, say)
    n = len(test)
    truth = [label for _, label in test]
    said, sure = found.labels[:n], found.confidence[:n]
    unsure = [1 - one for one in found.confidence]
    return Judged(
        report(truth, said, sure),
        _calibrated_ece(truth, found.rankings[:n]),
        auroc(unsure[n:], unsure[:n]),
        found,
    )


def predicted(train: Pairs, texts: Sequence[str], bench: Bench, say: Say) -> Predictions:
    """Teach Rasa on ``train`` (text, label) and have it parse ``texts``; raises PeerError."""
    rasa, names = _program(bench.rasa), rasa_labels(label for _, label in train)
    back = {name: label for label, name in names.items()}
    files = project([(text, names[label]) for text, label in train], bench.recipe)
    with tempfile.TemporaryDirectory() as forgotten:
        begun = time.monotonic()
        folder = (bench.folder or Path(forgotten)).resolve()
        there = set(folder.glob("models/*"))
        model = server.trained(rasa, folder, files, say)
        seconds = 0.0 if model in there else time.monotonic() - begun
        with server.serving(rasa, model) as beside:
            parsed = _parsed(beside.url, texts)
    rankings = tuple(tuple((back.get(name, name), sure) for name, sure in one.ranking) for one in parsed)
    return Predictions(tuple(one[0][0] for one in rankings), tuple(one[0][1] for one in rankings), rankings, seconds)


def _parsed(url: str, texts: Sequence[str]) -> list[Parsed]:
    client = RasaClient(url, timeout=60.0)
    with ThreadPoolExecutor(_ASKED_AT_ONCE) as threads:
        found = list(threads.map(lambda text: _said(client, text), texts))
    client.close()
    return found


def _said(client: RasaClient, text: str) -> Parsed:
    """Of a text in which Rasa sees nothing at all it names no intent: that counts as an answer, and as a wrong one."""
    try:
        return client.parse(text)
    except PeerError as error:
        if error.outcome != "garbled":
            raise
        return Parsed((("", 0.0),))


def _calibrated_ece(truth: Sequence[str], rankings: Sequence[Sequence[tuple[str, float]]]) -> float:
    """Calibration error where each half is calibrated on the other one."""
    labels = sorted({label for row in rankings for label, _ in row} | set(truth))
    place = {label: column for column, label in enumerate(labels)}
    chances = np.full((len(rankings), len(labels)), _TINY)
    for number, row in enumerate(rankings):
        for label, sure in row:
            chances[number, place[label]] = max(sure, _TINY)
    margins, right = np.log(chances), np.array([place[label] for label in truth], np.int64)
    errors = []
    for half in (0, 1):
        known, asked = np.arange(len(right)) % 2 != half, np.arange(len(right)) % 2 == half
        if not known.any() or not asked.any():
            return float("nan")
        rows = calibrate(margins[known], right[known]).probabilities(margins[asked])
        said = [labels[column] for column in rows.argmax(axis=1)]
        errors.append(ece([labels[column] for column in right[asked]], said, rows.max(axis=1)))
    return float(np.mean(errors))
