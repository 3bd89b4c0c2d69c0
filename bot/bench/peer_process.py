"""Our own classifier as a process that can be measured: Rasa's door over HTTP, and the same work timed inside.

Prints ``ready`` as soon as it can answer. ``POST /model/parse`` answers in Rasa's JSON; ``POST /inside {"texts", "seconds"}``
times the rooms without any network and answers with `Inside`'s fields.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson
import uvloop
from aiohttp import web

from bot.adapters.encoder import one_thread
from bot.adapters.encoding import encoder_of
from bot.adapters.models import ModelStore
from bot.adapters.segmenter import load_segmenter
from bot.bench.figures_of import Waits
from bot.content import OWN, read_folder, recognizer, warmer
from bot.rasa import understood
from bot.settings import Settings
from intents import Recognizer

BATCH = 32
"""Sentences at once: what a worker thinks about together."""


@dataclass(frozen=True, slots=True)
class Inside:
    """Times without network: ``p50``, ``p99`` in seconds, the others in sentences a second."""

    p50: float
    p99: float
    verdicts: float
    """Whole verdicts (intents, slots, mood), one sentence at a time."""
    verdicts_batched: float
    labels: float
    """The classifier alone, one sentence at a time."""
    labels_batched: float


def measured(understand: Recognizer, warm: Callable[[Sequence[str]], None], texts: Sequence[str], seconds: float) -> Inside:
    """Four walks over parts of the texts, none of which is seen twice, so that no memory answers; ``seconds`` for each."""
    quarter = max(1, len(texts) // 4)
    first, second, third, fourth = (texts[start : start + quarter] for start in range(0, 4 * quarter, quarter))
    waits = _walked([[one] for one in first], lambda some: understand.recognize(some[0]), seconds)

    def batch(some: Sequence[str]) -> object:
        warm(some)
        return understand.recognize_many(some)

    verdicts = _walked(_batches(second), batch, seconds)
    labels = _walked([[one] for one in third], understand.classifier.classify, seconds)
    batched = _walked(_batches(fourth), understand.classifier.classify, seconds)
    told = Waits.of(waits)
    return Inside(told.p50, told.p99, _rate(waits, 1), _rate(verdicts, BATCH), _rate(labels, 1), _rate(batched, BATCH))


def _batches(texts: Sequence[str]) -> list[Sequence[str]]:
    return [texts[start : start + BATCH] for start in range(0, len(texts) - BATCH + 1, BATCH)] or [texts]


def _walked(batches: Sequence[Sequence[str]], do: Callable[[Sequence[str]], object], seconds: float) -> list[float]:
    """The time of each batch, until they or the seconds are used up."""
    waits: list[float] = []
    end = time.perf_counter() + seconds
    for some in batches:
        begun = time.perf_counter()
        do(some)
        now = time.perf_counter()
        waits.append(now - begun)
        if now > end:
            break
    return waits


def _rate(waits: Sequence[float], size: int) -> float:
    return len(waits) * size / sum(waits) if waits else float("nan")


async def _serve(port: int, workspace: Path) -> None:
    one_thread()
    told = Settings.from_environment()
    encoder = encoder_of(told.encoder, told.home)
    load_segmenter(told.home)
    understand = recognizer(read_folder(workspace), encoder, ModelStore(told.home))
    understand.recognize("在吗")

    async def parse(request: web.Request) -> web.Response:
        body = orjson.loads(await request.read())
        found = understood(understand, body["text"], datetime.now(UTC))
        return web.Response(body=orjson.dumps(found, default=dict), content_type="application/json")

    async def inside(request: web.Request) -> web.Response:
        body = orjson.loads(await request.read())
        found = measured(understand, warmer(encoder, understand.gazetteer), body["texts"], body["seconds"])
        return web.Response(body=orjson.dumps(asdict(found)), content_type="application/json")

    app = web.Application(client_max_size=2**27)
    app.router.add_post("/model/parse", parse)
    app.router.add_post("/inside", inside)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=1024).start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bot.bench.peer_process", description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("--workspace", type=Path, default=OWN)
    args = parser.parse_args()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
        loop.run(_serve(args.port, args.workspace))
